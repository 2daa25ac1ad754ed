"""How much memory a worker and the processes under it hold now. Linux tells; elsewhere nothing is shown."""

from pathlib import Path

PROC = Path("/proc")


def resident_bytes(pid: int, proc: Path = PROC) -> int | None:
    """Resident memory of a process and its descendants; None where the system does not tell."""
    own = _own(pid, proc)
    if own is None:
        return None
    return own + sum(resident_bytes(child, proc) or 0 for child in _children(pid, proc))


def _own(pid: int, proc: Path) -> int | None:
    try:
        lines = (proc / str(pid) / "status").read_text().splitlines()
    except OSError:
        return None
    found = next((line for line in lines if line.startswith("VmRSS:")), None)
    return None if found is None else 1024 * int(found.split()[1])


def _children(pid: int, proc: Path) -> list[int]:
    try:
        return [int(word) for word in (proc / str(pid) / "task" / str(pid) / "children").read_text().split()]
    except OSError:
        return []
