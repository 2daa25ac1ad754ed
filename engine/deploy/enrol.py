"""Adding a board: find a Python on it, install the agent and this desktop's signing key, remember what it is.

Everything that runs on the board here is a constant of this file; what varies travels over stdin.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from ..errors import AuthenticationError, DeviceError, RejectedError, UsageError
from ..events import Cancel, Emit, Log, Stage, ignore
from ..package.keys import signing_key
from .agent_archive import build
from .agent_client import AgentClient
from .board_python import given_python, newest_python, program, run_constant, words
from .host_keys import Confirm, fingerprint
from .inventory import Device, HostKey, Inventory, check_name, parse_address
from .login_key import HERE, SAID, agent_command, let_in, take_back
from .login_key import INSTALL as GATE_INSTALL
from .ssh import SshTransport
from .ssh_login import AskPassphrase, AskPassword
from .transport import Deadline, Transport

MAX_NOTES = 3

INSTALL = (
    "import sys,os,json,hashlib,fcntl\n"
    "i=sys.stdin.buffer\n"
    "h=json.loads(i.readline(4096).decode())\n"
    'd=i.read(h["size"])\n'
    'assert hashlib.sha256(d).hexdigest()==h["agent"],"damaged on the way"\n'
    'r=os.path.join(os.path.expanduser("~"),".flyweight")\n'
    'os.makedirs(os.path.join(r,"agent"),exist_ok=True)\n'
    'l=os.open(os.path.join(r,"agent"),os.O_RDONLY)\n'
    "try:fcntl.flock(l,fcntl.LOCK_EX)\n"
    "except OSError:pass\n"
    "def keep(p):\n"
    "  g=os.open(p,os.O_RDONLY)\n"
    "  os.fsync(g)\n"
    "  os.close(g)\n"
    "def put(p,c):\n"
    "  p=os.path.join(r,p)\n"
    "  os.makedirs(os.path.dirname(p),exist_ok=True)\n"
    '  t=p+".new"\n'
    '  f=open(t,"wb")\n'
    "  f.write(c)\n"
    "  f.flush()\n"
    "  os.fsync(f.fileno())\n"
    "  f.close()\n"
    "  os.replace(t,p)\n"
    "  keep(os.path.dirname(p))\n"
    'put("agent/"+h["agent"]+".pyz",d)\n'
    'a=os.path.join(r,"agent")\n'
    'o=[os.path.join(a,n) for n in os.listdir(a) if len(n)==68 and n.endswith(".pyz") and n[:64]!=h["agent"]]\n'
    "for p in sorted(o,key=os.path.getmtime)[:-1]:os.unlink(p)\n"
    'if h.get("allow_root") and os.geteuid()==0:put("allow-root",b"")\n'
    'put("keys/"+h["key_id"]+".pub",h["key"].encode())\n'
    'c=os.path.join(r,"agent","current.pyz")\n'
    'if os.path.lexists(c+".new"):os.unlink(c+".new")\n'
    'os.symlink(h["agent"]+".pyz",c+".new")\n'
    'os.replace(c+".new",c)\n'
    "for p in (a,r,os.path.dirname(r)):keep(p)\n"
    'print("INSTALLED "+h["agent"])\n'
)
"""Reads one JSON line and the archive from stdin, writes both files atomically; ``agent/current.pyz`` is the newest.

What it has said to be installed outlives a power cut: the line in authorized_keys that comes next starts it.

The agent before it stays, older ones go.

Two that install at once wait for each other at the folder; a network file system without such locks goes on without.
"""

LOOK = (
    "import os,sys,json,platform,glob\n"
    "def text(p):\n"
    "  try:\n"
    '    with open(p,"rb") as f:return f.read(4096).decode("utf-8","replace").strip("\\0 \\t\\r\\n")\n'
    "  except OSError:return None\n"
    'h=os.statvfs(os.path.expanduser("~"))\n'
    'm=[l.split()[1] for l in (text("/proc/meminfo") or "").splitlines() if l.startswith("MemTotal:")]\n'
    "import importlib.util as u\n"
    "def has(n):\n"
    "  try:return u.find_spec(n) is not None\n"
    "  except Exception:return False\n"
    'z=[text(p) for p in sorted(glob.glob("/sys/class/thermal/thermal_zone*/type"))[:8]]\n'
    'w=[text(p) for p in sorted(glob.glob("/sys/class/hwmon/hwmon*/name"))[:8]]\n'
    'a=platform.machine()+("" if sys.maxsize>>32 else ", 32-bit system")\n'
    'r=os.geteuid()==0 and "SSH_CONNECTION" in os.environ\n'
    'r=r and not os.path.exists(os.path.join(os.path.expanduser("~"),".flyweight","allow-root"))\n'
    'print("LOOKED "+json.dumps({"root":r,"model":text("/proc/device-tree/model"),"arch":a,'
    '"free":h.f_bavail*h.f_frsize,"ram":int(m[0])*1024 if m else None,"python":platform.python_version(),'
    '"runtimes":[n for n in ("onnxruntime","ai_edge_litert","tflite_runtime") if has(n)],'
    '"sensors":sorted(set(x for x in z+w if x))}))\n'
)
"""Prints what the board is, without anything of ours on it; ``runtimes`` are packages its Python can find."""

LEAST_FREE_BYTES = 20_000_000
"""The agent takes 1 MB; a board with less room than this could not take a bundle either."""

PURGE = (
    "import os,shutil\n"
    'r=os.path.join(os.path.expanduser("~"),".flyweight")\n'
    "shutil.rmtree(r,ignore_errors=True)\n"
    'print("PURGED" if not os.path.exists(r) else "LEFT")\n'
)


AS_ROOT = (
    "give the agent a user of its own: on the board sudo adduser flyweight, here flyweight device add NAME flyweight@HOST; "
    "or say that root is meant: the same command with --allow-root"
)

RE_KEY = (
    "the same board under two names, or two cards written from one image; on a copy: sudo rm /etc/ssh/ssh_host_* "
    "/etc/machine-id ~/.flyweight/device-id && sudo dpkg-reconfigure openssh-server && sudo systemd-machine-id-setup"
)


def add_device(
    name: str,
    address: str,
    *,
    identity: Path | None = None,
    accept_fingerprint: str | None = None,
    python: str | None = None,
    groups: tuple[str, ...] = (),
    tags: Mapping[str, str] | None = None,
    confirm: Confirm | None = None,
    ask_passphrase: AskPassphrase | None = None,
    ask_password: AskPassword | None = None,
    reflashed: bool = False,
    allow_root: bool = False,
    dry_run: bool = False,
    timeout_s: float = 120.0,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> Device:
    """Enrol a board and put it into the inventory.

    The board is looked at before anything is put there: what it is, its memory, disk, runtimes and sensors are told as stages.

    Args:
        ask_password: log in by password, this once; afterwards only this desktop's own key is used, so the board has to
            take it.
        reflashed: the pinned key of this name counts no longer; the new one has to be accepted. Groups and tags stay.
        allow_root: the login is root, and that is meant: the agent there may run as root from now on. Said by itself for
            an address of this computer while this program itself runs as root.
        dry_run: end before anything is put there, or written down here.

    Raises:
        UsageError: a bad name, address or Python path. HostKeyError, AuthenticationError, UnreachableError: see there.
        RejectedError: the board has no Python the agent runs on, or no room for the agent, or the login is root; or it says
            that it is another board of the inventory, and has not that board's host key.
    """
    if identity is not None and ask_password is not None:
        raise UsageError("key-or-password", "a key and a password exclude one another", "give one of them")
    inventory = Inventory.load()
    device = _stated(name, address, identity, groups, inventory)
    known = next((item for item in inventory.all() if item.name == name), None)
    device = replace(
        device, groups=groups or (known.groups if known else ()), tags=tags or (known.tags if known else {})
    )
    if known is not None and not reflashed and (known.host, known.port) == (device.host, device.port):
        device = replace(device, host_key=known.host_key)
    elif known is not None and not reflashed and known.host_key is not None:
        confirm = _moved(known, known.host_key, confirm, emit)
    emit(Stage("connect", device.address))
    with SshTransport(
        device,
        accept_fingerprint=accept_fingerprint,
        confirm=confirm,
        ask_passphrase=ask_passphrase,
        ask_password=ask_password,
        reflashed=reflashed,
        timeout_s=min(timeout_s, 60.0),
        emit=emit,
    ) as transport:
        device = replace(device, host_key=transport.host_key)
        emit(Stage("find Python", device.address))
        device = replace(
            device, python=given_python(transport, python, timeout_s) if python else newest_python(transport, timeout_s)
        )
        allow_root = allow_root or _is_here(device.host)
        for step, found in look_before(transport, device.python or "python3", timeout_s, allow_root=allow_root):
            emit(Stage(step, found))
        if cancel is not None:
            cancel.check()
        if dry_run:
            return device
        emit(Stage("install the agent", device.address))
        install_agent(transport, device.python or "python3", timeout_s, allow_root=allow_root)
        client = open_agent(transport, device.python or "python3", timeout_s)
        hello = client.hello
        for note in hello.notes[:MAX_NOTES]:
            emit(Log(f"{name}: {words(note)}", "warning"))
        device = replace(
            device,
            device_id=hello.device_id,
            board=hello.board.model or hello.machine.cpu_model,
            machine_id=hello.machine.machine_id,
        )
        client.finish()
        inventory.check_identity(device)
        emit(Stage("own key", device.address))
        device = _with_own_key(transport, device, timeout_s, emit, needed=ask_password is not None)
    if cancel is not None:
        cancel.check()
    inventory.enrol(device)
    twins = Inventory.load().clones().get(name, ())
    if twins:
        emit(Log(f"{name} shows the identity of {', '.join(twins)}: {RE_KEY}", "warning"))
    return device


def _stated(name: str, address: str, identity: Path | None, groups: tuple[str, ...], inventory: Inventory) -> Device:
    """The board as it was described, before anybody looked at it."""
    for item in (name, *groups):
        check_name(item)
    if any(item.name == name for item in inventory.all()) and inventory.get(name).loopback:
        raise UsageError("loopback-stays", "'loopback' is this computer", "choose another name")
    user, host, port = parse_address(address)
    if identity is not None and not identity.expanduser().is_file():
        raise UsageError(
            "no-identity", f"{identity} is no key file", "give the private key, for example ~/.ssh/id_ed25519"
        )
    return Device(name, host, port or 22, user, None if identity is None else str(identity.expanduser().resolve()))


def _is_here(host: str) -> bool:
    """Whether an address is this computer's, on which this program is root anyway."""
    return os.geteuid() == 0 and (host in ("localhost", "::1") or host.startswith("127."))


def _moved(known: Device, pinned: HostKey, ask: Confirm | None, emit: Emit) -> Confirm:
    """A board that shows the pinned key at another address is the same board; nobody is asked again."""

    def confirm(host: str, found: str) -> bool:
        if found == fingerprint(pinned):
            emit(Log(f"{known.name} shows the key it showed at {known.host}: it has moved to {host}"))
            return True
        return ask is not None and ask(host, found)

    return confirm


def _with_own_key(
    transport: Transport, device: Device, timeout_s: float, emit: Emit, *, needed: bool = False
) -> Device:
    """Have the board let this desktop's own key in, and try it; where that does not work the user's login stays in use.

    Raises:
        AuthenticationError: the key is ``needed``, because the login was by a password, and the board does not take it.
    """
    python, agent_id = device.python or "python3", build().agent_id
    if " " in python:
        if needed:
            raise UsageError(
                "bad-python",
                f"a key of its own for Flyweight starts one program, not '{python[:100]}'",
                "put the command into a script on the board and give its path, or log in with a key of yours",
            )
        emit(Log(f"{device.name}: its Python is a command of several words; your login stays in use", "warning"))
        return device
    if not let_in(transport, python, agent_id, timeout_s):
        if needed:
            raise _key_refused(device)
        return device
    own, answer = replace(device, restricted=True), ""
    try:
        with SshTransport(own, timeout_s=min(timeout_s, 30.0)) as second:
            answer = run_constant(second, HERE, b"", timeout_s)
    except DeviceError as error:
        answer = error.message
    if answer.strip() == SAID:
        return own
    take_back(transport, python, agent_id, timeout_s)
    if needed:
        raise _key_refused(device)
    emit(Log(f"{device.name} does not take a key of its own for Flyweight; your login stays in use", "warning"))
    return device


def _key_refused(device: Device) -> AuthenticationError:
    return AuthenticationError(
        "own-key-refused",
        f"{device.host} took the password, but does not take a key from ~/.ssh/authorized_keys; no password is stored",
        "allow PubkeyAuthentication for this user on the board (sshd -T shows what is set), then try again",
    )


def look_before(
    transport: Transport, python: str, timeout_s: float, *, allow_root: bool = True
) -> list[tuple[str, str]]:
    """What a board says of itself before anything is put there: pairs of a step and what was found.

    Raises:
        RejectedError: there is no room for the agent; or it would run as root, which nobody ``allow_root``-ed.
    """
    answer = run_constant(transport, program(python, LOOK, site=True), b"", timeout_s)
    line = next((item for item in answer.splitlines() if item.startswith("LOOKED ")), "")
    try:
        said = json.loads(line[len("LOOKED ") :])
    except ValueError:
        return [("check board", "it does not say what it is")]
    if not isinstance(said, dict):
        return [("check board", "it does not say what it is")]
    if said.get("root") is True and not allow_root:
        raise RejectedError("runs-as-root", "the agent does not run as root unless it is told to", AS_ROOT)
    free, ram = _size(said.get("free")), _size(said.get("ram"))
    if free is not None and free < LEAST_FREE_BYTES:
        raise RejectedError(
            "no-space",
            f"the home folder on the board has {free / 1e6:.0f} MB of free space",
            f"free some space there: {LEAST_FREE_BYTES / 1e6:.0f} MB at least, 200 MB for a runtime",
        )
    board = [words(said.get(key)) for key in ("model", "arch")]
    python_words = f"Python {words(said.get('python'))}"
    memory = "" if ram is None else f"{_gigabytes(ram)} memory"
    return [
        ("check board", ", ".join(filter(None, [*board, memory, python_words]))),
        ("check disk", "unknown" if free is None else f"{_gigabytes(free)} free"),
        ("check runtimes", words(said.get("runtimes")) or "none yet; the first deployment brings one"),
        ("check sensors", words(said.get("sensors")) or "none of temperature or power"),
    ]


def _size(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 60 else None


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


def install_agent(
    transport: Transport, python: str, timeout_s: float, *, restricted: bool = False, allow_root: bool = False
) -> None:
    """Put agent and signing key into ``~/.flyweight`` of the board.

    With ``restricted`` the login is by this desktop's own key: then the agent that is there takes in the new one, because
    a key it trusts has signed it. With ``allow_root`` it may run as root there, if that is who logs in.

    Raises:
        RejectedError: the board could not write them; its own words are in the message.
    """
    archive, key = build(), signing_key()
    content = archive.path.read_bytes()
    header: dict[str, object] = {
        "agent": archive.agent_id,
        "size": len(content),
        "key_id": key.id,
        "key": key.public.hex(),
    }
    if allow_root:
        header["allow_root"] = True
    if restricted:
        header["signature"] = key.sign(archive.agent_id.encode())
    command = GATE_INSTALL if restricted else program(python, INSTALL)
    answer = run_constant(transport, command, json.dumps(header).encode() + b"\n" + content, timeout_s)
    if f"INSTALLED {archive.agent_id}" not in answer:
        said = answer.strip().splitlines()[-1:] or ["it said nothing"]
        raise RejectedError(
            "install-failed",
            f"the agent could not be installed: {said[0][:300]}",
            "check free space and rights of the home folder on the board",
        )


def open_agent(
    transport: Transport,
    python: str,
    timeout_s: float,
    *,
    cancel: Cancel | None = None,
    on_wait: Callable[[float], None] | None = None,
) -> AgentClient:
    """Start the installed agent that fits this desktop; ``on_wait`` as in :class:`AgentClient`."""
    command = agent_command(python, build().agent_id, "serve")
    channel = transport.run(command, Deadline(timeout_s, cancel))
    return AgentClient(transport, channel, timeout_s=timeout_s, cancel=cancel, on_wait=on_wait)


def remove_device(name: str, *, purge: bool = False, timeout_s: float = 60.0) -> None:
    """Forget a board; with ``purge`` delete ``~/.flyweight`` there first, and bring authorized_keys back as it was.

    Raises:
        RejectedError: something could not be deleted there; the board stays in the inventory.
    """
    inventory = Inventory.load()
    device = inventory.get(name)
    if purge:
        from .connect import open_transport

        python = device.python or "python3"
        with open_transport(device, timeout_s=timeout_s) as transport:
            said = run_constant(transport, agent_command(python, build().agent_id, "purge"), b"", timeout_s)
            if "PURGED" not in said and device.restricted:
                install_agent(transport, python, timeout_s, restricted=True)  # one that was left at an older version
                said = run_constant(transport, agent_command(python, build().agent_id, "purge"), b"", timeout_s)
            elif "PURGED" not in said:
                said = run_constant(transport, program(python, PURGE), b"", timeout_s)
            if "PURGED" not in said:
                raise RejectedError("purge-failed", f"~/.flyweight on {name} could not be deleted", "delete it by hand")
    if not device.loopback:
        inventory.remove(name)
