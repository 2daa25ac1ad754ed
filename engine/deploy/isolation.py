"""What keeps a model's process in on a board, in words. Its process found out by trying; a device is not believed further."""

from device_agent.contract.errors import ContractError
from device_agent.contract.measuring import Isolation

from ..errors import RejectedError

MOST = 1 << 60
LONGEST_NAME = 40

WALLS = {"namespace": "no network (a namespace of its own)", "filter": "no network (a filter of system calls)"}
OPEN = "the network is OPEN to it"
UNTOLD = "the agent is too old to tell"
REMEDY = (
    "run only models you trust there; a kernel with seccomp (CONFIG_SECCOMP_FILTER) or one that lets users make namespaces "
    "(sysctl user.max_user_namespaces) closes it"
)


def believable(found: Isolation | None) -> Isolation | None:
    """What a board said.

    Raises:
        ContractError: a figure no board can have.
    """
    if found is not None:
        figures = (found.memory_bytes, found.cpu_s, found.file_bytes, found.open_files)
        if (
            any(value is not None and not 0 <= value < MOST for value in figures)
            or len(found.network or "") > LONGEST_NAME
        ):
            raise ContractError("the board tells limits of a process that cannot be")
    return found


def words(found: Isolation | None) -> str:
    """What holds and what does not, for people.

    >>> words(Isolation("filter", 4_000_000_000, 120, 67_108_864, 512))
    'no network (a filter of system calls); at most 4.0 GB of addresses, 120 s of processor time, 67 MB a file, 512 open files'
    >>> words(Isolation())
    'the network is OPEN to it; NO limit of addresses, processor time, files, open files'
    """
    if found is None:
        return UNTOLD
    limits = (
        ("addresses", None if found.memory_bytes is None else f"{found.memory_bytes / 1e9:.1f} GB of addresses"),
        ("processor time", None if found.cpu_s is None else f"{found.cpu_s} s of processor time"),
        ("files", None if found.file_bytes is None else f"{found.file_bytes / 1e6:.0f} MB a file"),
        ("open files", None if found.open_files is None else f"{found.open_files} open files"),
    )
    held, missing = [text for _, text in limits if text], [name for name, text in limits if not text]
    parts = [OPEN if found.network is None else WALLS.get(found.network, f"no network ({found.network})")]
    if held:
        parts.append(f"at most {', '.join(held)}")
    if missing:
        parts.append(f"NO limit of {', '.join(missing)}")
    return "; ".join(parts)


def check(found: Isolation | None) -> str:
    """The words, where the network is closed or nobody can tell.

    Raises:
        RejectedError: a model there reaches the network.
    """
    if found is not None and found.network is None:
        raise RejectedError("network-open", words(found), REMEDY)
    return words(found)
