"""A real PostgreSQL server on a socket of its own."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
INITDB = shutil.which("initdb") or (str(PROGRAMS[0]) if PROGRAMS else None)


def unprivileged(folder: Path) -> dict:
    """PostgreSQL refuses to run as root: its processes then run as nobody."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@contextmanager
def running(*, fsync: bool) -> Iterator[str]:
    """The URL of a server; with ``fsync`` what it acknowledges is on the disk, as it is by default."""
    with tempfile.TemporaryDirectory(prefix="fwpg") as name:
        folder, control = Path(name), Path(str(INITDB)).with_name("pg_ctl")
        who = unprivileged(folder)
        data, log = folder / "data", folder / "log"
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": name}
        run = {"check": True, "capture_output": True, "timeout": 120, "env": environment, "cwd": name, **who}
        subprocess.run([INITDB, "-D", data, "-A", "trust", "-U", "flyweight", "-E", "UTF8", "--no-sync"], **run)
        access = data / "pg_hba.conf"  # one user has to give a password
        access.write_text(f"local all stranger scram-sha-256\n{access.read_text()}")
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync={'on' if fsync else 'off'}"
        quiet = {**run, "capture_output": False, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run([control, "-D", data, "-l", log, "-o", options, "-w", "start"], **quiet)
        try:
            yield f"postgresql+psycopg://flyweight@/postgres?host={folder}"
        finally:
            subprocess.run([control, "-D", data, "-m", "immediate", "stop"], **quiet)
