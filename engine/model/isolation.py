"""What a child process gives up before it touches a foreign model; the only module with Linux system calls.

Every measure is applied where the kernel offers it and skipped where it does not: resource limits (POSIX), death with
the parent, no new privileges, an empty network (user + network namespace) and a read-only file system outside its
working folder (Landlock, Linux 5.13 or newer; from 6.7 on it refuses TCP as well). What could be applied is returned,
so that a test can name it.
"""

import ctypes
import os
import signal
import struct
import sys
from collections.abc import Sequence

_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_LANDLOCK_RULE_PATH_BENEATH = 1
# write, make and remove of every kind of file (bits of landlock_access_fs); reading and executing stay free
_WRITES_ABI1 = (1 << 1) | sum(1 << bit for bit in range(4, 13))
_REFER_ABI2 = 1 << 13
_TRUNCATE_ABI3 = 1 << 14
_TCP_ABI4 = 0b11  # bind and connect
_FILE_ONLY = (1 << 1) | _TRUNCATE_ABI3


def peak_rss_mb() -> float | None:
    """Largest resident memory of this process so far; None where the system does not tell."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def limit_resources(limits: dict[str, int]) -> None:
    """Set hard limits from ``address_bytes``, ``cpu_s``, ``file_bytes``, ``open_files``; never a core dump."""
    try:
        import resource
    except ImportError:  # not POSIX: the wall clock and the parent's kill are what remains
        return
    known = {
        "address_bytes": resource.RLIMIT_AS,
        "cpu_s": resource.RLIMIT_CPU,
        "file_bytes": resource.RLIMIT_FSIZE,
        "open_files": resource.RLIMIT_NOFILE,
    }
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for name, kind in known.items():
        wanted = int(limits[name]) + (1 if name == "cpu_s" else 0)
        _, hard = resource.getrlimit(kind)
        if hard != resource.RLIM_INFINITY:
            wanted = min(wanted, hard)
        # one second between SIGXCPU, which tells the parent why, and the kill
        resource.setrlimit(kind, (max(1, wanted - 1) if kind == resource.RLIMIT_CPU else wanted, wanted))


def die_with_parent(parent: int) -> None:
    """Be killed when the parent goes; exits at once if it is gone already."""
    if not sys.platform.startswith("linux"):
        return
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(125)


def give_up_network() -> bool:
    """Move into an empty network namespace; False where the kernel or a container forbids it."""
    if not sys.platform.startswith("linux"):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        return False
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        try:
            with open(f"/proc/self/{name}", "w") as stream:  # noqa: PTH123 - pathlib costs a third of the start-up
                stream.write(text)
        except OSError:  # the ids then show as nobody; files stay accessible by the real id
            continue
    return True


def give_up_writing(writable: Sequence[str]) -> bool:
    """Allow writes only below the ``writable`` folders (and ``/dev/null``); False where Landlock is missing."""
    if not sys.platform.startswith("linux"):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    abi = libc.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), 1)
    if abi < 1:
        return False
    access = _WRITES_ABI1 | (_REFER_ABI2 if abi >= 2 else 0) | (_TRUNCATE_ABI3 if abi >= 3 else 0)
    # from version 4 on also TCP, for kernels that allow no user namespaces: handled and never granted
    attributes = struct.pack("=QQ", access, _TCP_ABI4) if abi >= 4 else struct.pack("=Q", access)
    ruleset = libc.syscall(_LANDLOCK_CREATE, attributes, ctypes.c_size_t(len(attributes)), 0)
    if ruleset < 0:
        return False
    try:
        for path in (*writable, "/dev/null"):
            _allow(libc, ruleset, path, access)
        return bool(libc.syscall(_LANDLOCK_RESTRICT, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, access: int) -> None:
    try:
        descriptor = os.open(path, getattr(os, "O_PATH", 0) | os.O_CLOEXEC)
    except OSError:
        return
    try:
        granted = access if os.path.isdir(path) else access & _FILE_ONLY  # noqa: PTH112 - see above
        rule = struct.pack("=Qi", granted, descriptor)
        libc.syscall(_LANDLOCK_ADD, ruleset, _LANDLOCK_RULE_PATH_BENEATH, rule, 0)
    finally:
        os.close(descriptor)
