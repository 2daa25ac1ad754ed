"""The wall between a model and the network: a network namespace of its own, else a filter of system calls.

A namespace without interfaces is the better wall, because nothing has to be foreseen. Where an unprivileged user may make none
(Debian's and Ubuntu's switches, containers), a seccomp filter refuses every socket but those of one machine (AF_UNIX), which
drivers need to speak to their services. It needs no rights, and goes on to every thread and program the child starts.

Neither is believed because the kernel said so: the process then tries to get out (:func:`reached`), and a wall it gets through is
none.
"""

import _socket  # the module ``socket`` without the enumerations around it, which cost a small board more than all of this
import ctypes
import os
import struct
import sys
from typing import List, NamedTuple, Optional, Tuple

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
NAMESPACE, FILTER = "namespace", "filter"

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
AF_UNIX, EPERM = 1, 1
ADDRESSES = ((_socket.AF_INET, ("127.0.0.1", "192.0.2.1")), (_socket.AF_INET6, ("::1", "2001:db8::1")))
"""This computer and the world; the latter are kept for documentation, so that nobody is meant."""
IO_URING_SETUP = 425  # it opens sockets without the call of that name; the same number everywhere
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | EPERM
LOAD, EQUAL, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06  # BPF: ld [k]; jeq k; jge k; ret k
CALL_AT, ARCHITECTURE_AT, FIRST_ARGUMENT_AT = 0, 4, 16  # in struct seccomp_data of a little-endian machine


class Calls(NamedTuple):
    """How an architecture numbers its system calls."""

    audit: int  # AUDIT_ARCH_*
    socket: int
    foreign: int  # from here on they belong to another convention (x32, OABI), which nothing here is built for


X86_64 = Calls(0xC000003E, 41, 0x40000000)
AARCH64 = Calls(0xC00000B7, 198, 0x40000000)
ARM = Calls(0x40000028, 281, 0x900000)


def calls(machine: str, pointer_bytes: int) -> Optional[Calls]:
    """The numbers for a process; None where they are not known. A 64-bit kernel may run a 32-bit system.

    Args:
        machine: as ``uname -m`` tells.
        pointer_bytes: of this process.
    """
    if pointer_bytes == 8:
        return {"x86_64": X86_64, "aarch64": AARCH64}.get(machine)
    return ARM if machine == "aarch64" or machine.startswith("arm") else None


def program(known: Calls) -> bytes:
    """The filter: ``struct sock_filter[]``."""
    steps: List[Tuple[int, int, int, int]] = [  # code, jump if true, jump if false, k
        (LOAD, 0, 0, ARCHITECTURE_AT),
        (EQUAL, 0, 7, known.audit),  # another architecture's call: refuse
        (LOAD, 0, 0, CALL_AT),
        (AT_LEAST, 5, 0, known.foreign),  # refuse
        (EQUAL, 4, 0, IO_URING_SETUP),  # refuse
        (EQUAL, 0, 2, known.socket),  # any other call: allow
        (LOAD, 0, 0, FIRST_ARGUMENT_AT),  # the kernel, too, takes the low half alone
        (EQUAL, 0, 1, AF_UNIX),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, REFUSE),
    ]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_char_p)]


def refuse_sockets(library: ctypes.CDLL) -> bool:
    """Refuse this thread and all it starts any socket but AF_UNIX; False where that is not possible."""
    known = calls(os.uname().machine, ctypes.sizeof(ctypes.c_void_p))
    if known is None or sys.byteorder != "little":
        return False
    steps = program(known)
    filter_ = _Program(len(steps) // 8, steps)
    one, zero = ctypes.c_ulong(1), ctypes.c_ulong(0)
    if library.prctl(PR_SET_NO_NEW_PRIVS, one, zero, zero, zero) != 0:
        return False
    mode = ctypes.c_ulong(SECCOMP_MODE_FILTER)
    return bool(library.prctl(PR_SET_SECCOMP, mode, ctypes.byref(filter_), zero, zero) == 0)


def reached() -> Optional[str]:
    """An address that a socket of this process finds a way to, this computer's own included; None = none. Nothing is sent."""
    for family, addresses in ADDRESSES:
        for address in addresses:
            try:
                link = _socket.socket(family, _socket.SOCK_DGRAM)
            except OSError:
                break
            try:
                link.connect((address, 9))
            except OSError:
                continue
            finally:
                link.close()
            return address
    return None


def wall_off(library: ctypes.CDLL) -> Optional[str]:
    """Take the network from this process while it has one thread; which wall was tried and held, None = none does."""
    apart = library.unshare(CLONE_NEWNET) == 0 or library.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0
    if apart and reached() is None:
        return NAMESPACE
    return FILTER if refuse_sockets(library) and reached() is None else None
