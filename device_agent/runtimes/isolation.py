"""What really keeps a model's process in, found out by the process itself once its walls were set.

An emulator or a container may say yes to a limit and not keep it, so what can be tried is tried: to get out to the network, to
map more memory than the limit, to make a file longer than the limit. Nothing is sent, touched or written by it.
"""

import mmap
import os
import resource
from typing import Any, Dict, Optional


def what_holds(network: Optional[str]) -> Dict[str, Any]:
    """The fields of the contract's ``Isolation``.

    Args:
        network: the wall that held when it was tried (see ``network.py``).
    """
    return {
        "network": network,
        "memory_bytes": _memory_limit(),
        "cpu_s": _told(resource.RLIMIT_CPU),
        "file_bytes": _file_limit(),
        "open_files": _told(resource.RLIMIT_NOFILE),
    }


def _told(kind: int) -> Optional[int]:
    """A limit as the kernel tells it; None = there is none."""
    soft, _ = resource.getrlimit(kind)
    return None if soft == resource.RLIM_INFINITY else soft


def _memory_limit() -> Optional[int]:
    """Bytes of addresses that cannot be mapped."""
    limit = _told(resource.RLIMIT_AS)
    if limit is None:
        return None
    try:
        mmap.mmap(-1, limit, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mmap.PROT_READ).close()
    except (OSError, OverflowError):
        return limit
    return None


def _file_limit() -> Optional[int]:
    """Bytes that no file can exceed."""
    limit = _told(resource.RLIMIT_FSIZE)
    if limit is None or not hasattr(os, "memfd_create"):
        return limit
    try:
        descriptor = os.memfd_create("flyweight")
    except OSError:
        return limit
    try:
        os.ftruncate(descriptor, limit + 1)
    except OSError:
        return limit
    finally:
        os.close(descriptor)
    return None
