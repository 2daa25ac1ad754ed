"""What the agent's user may do, and the script that grants it: granting and undoing are exact opposites."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from device_agent import rights
from engine.deploy.rights import RIGHTS, script
from engine.errors import UsageError

from .session import Agent

GOVERNOR = "sys/devices/system/cpu/cpufreq/policy0/scaling_governor"
ENERGY = "sys/class/powercap/intel-rapl:0/energy_uj"
CORE = "sys/class/powercap/intel-rapl:0:0/energy_uj"

FAKE = """#!/bin/sh
echo "$(basename "$0") $*" >> "{log}"
case $(basename "$0") in
  getent) exit 2 ;;
  id) [ "$1" = -nG ] && echo pi || echo pi ;;
esac
exit 0
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A board with a governor, an energy counter and the Pi's firmware."""
    for name, mode in ((GOVERNOR, 0o644), (ENERGY, 0o400), (CORE, 0o400), ("dev/vcio", 0o660)):
        path = tmp_path / "root" / name
        path.parent.mkdir(parents=True)
        path.write_text("1\n")
        path.chmod(mode)
    (tmp_path / "root/etc/tmpfiles.d").mkdir(parents=True)
    return tmp_path / "root"


def run(root: Path, act: str, names=RIGHTS) -> tuple[str, str]:
    """Run the script with programs that only note what they were asked; its output and those notes."""
    fake, log = root.parent / "bin", root.parent / "log"
    fake.mkdir(exist_ok=True)
    log.write_text("")
    for name in ("usermod", "gpasswd", "groupadd", "groupdel", "getent", "id", "chgrp", "chown"):
        (fake / name).write_text(FAKE.format(log=log))
        (fake / name).chmod(0o755)
    done = subprocess.run(
        ["sh", "-s", act, "pi"],
        input=script(names),
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": f"{fake}:{os.environ['PATH']}", "FLYWEIGHT_ROOT": str(root)},
    )
    return done.stdout.strip(), log.read_text()


def state(root: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path.relative_to(root)): (stat.S_IMODE(path.stat().st_mode), b"" if path.is_dir() else path.read_bytes())
        for path in root.rglob("*")
    }


def test_that_granting_opens_what_is_named_and_undoing_restores_every_mode(root: Path):
    before = state(root)
    said, calls = run(root, "apply")
    assert said == "APPLIED"
    assert stat.S_IMODE((root / GOVERNOR).stat().st_mode) == 0o664
    assert stat.S_IMODE((root / ENERGY).stat().st_mode) == 0o440
    assert stat.S_IMODE((root / CORE).stat().st_mode) == 0o400  # part of the package: nobody reads it
    rules = (root / "etc/tmpfiles.d/flyweight.conf").read_text()
    assert f"z /{GOVERNOR} 0664 root flyweight" in rules
    assert "usermod -aG flyweight pi" in calls
    assert "usermod -aG video pi" in calls
    assert run(root, "apply")[0] == "APPLIED"  # twice is once: the first modes are what undoing goes back to
    said, calls = run(root, "undo")
    assert said == "UNDONE"
    assert "gpasswd -d pi video" in calls
    assert "groupdel flyweight" in calls
    assert state(root) == before
    assert run(root, "undo")[0] == "NOTHING-TO-UNDO"


def test_that_only_the_rights_that_are_named_are_granted(root: Path):
    run(root, "apply", ["rapl"])
    assert stat.S_IMODE((root / GOVERNOR).stat().st_mode) == 0o644
    assert stat.S_IMODE((root / ENERGY).stat().st_mode) == 0o440


def test_that_a_right_that_does_not_exist_never_reaches_the_script():
    with pytest.raises(UsageError, match="no right"):
        script(['"; reboot; "'])


def test_that_the_agent_tells_granted_from_absent(pyz: Path, store: Path, root: Path):
    with Agent(pyz, store, root=str(root)) as agent:
        found = {item["id"]: item for item in agent.request("rights")["rights"]}
    assert {name: item["state"] for name, item in found.items()} == {
        "governor": "granted", "pmic": "granted", "rapl": "granted", "gpu": "absent"
    }  # fmt: skip
    assert found["rapl"]["paths"] == [f"/{ENERGY}"]


def test_that_a_file_this_user_may_not_open_is_a_missing_right(root: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rights.os, "access", lambda path, mode: "scaling_governor" not in path)
    assert {item.id: item.state for item in rights.look(str(root))}["governor"] == "missing"
