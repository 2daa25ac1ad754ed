"""The processor a compressed model is made for, and what its integer arithmetic is worth.

x86 processors without VNNI multiply unsigned by signed bytes with an instruction (``vpmaddubsw``) that adds two products
in 16 bits and saturates there: 255 * 127 * 2 does not fit. Weights of 7 bits do: 255 * 64 * 2 = 32,640.
Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, PMADDUBSW.
"""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_X86 = {"x86_64", "amd64", "i386", "i486", "i586", "i686"}
_WIDE_SUMS = {"avx512_vnni", "avx_vnni"}
_BFLOAT16 = {"amx_bf16", "avx512_bf16", "bf16"}
"""As Linux names them on x86 (amx_bf16, avx512_bf16) and Arm (bf16)."""


@dataclass(frozen=True)
class Processor:
    """Architecture (``x86_64``, ``aarch64``) and instruction-set flags as the kernel names them."""

    arch: str
    isa: frozenset[str] = frozenset()

    @classmethod
    def of(cls, arch: str, isa: Sequence[str]) -> Processor:
        """From the facts a board tells of itself."""
        return cls(arch, frozenset(isa))

    @property
    def is_x86(self) -> bool:
        """True for 32-bit and 64-bit x86."""
        return self.arch.lower() in _X86

    @property
    def saturates(self) -> bool:
        """True where products of uint8 and int8 are summed in 16 bits.

        >>> Processor("x86_64", frozenset({"avx2"})).saturates, Processor("aarch64").saturates
        (True, False)
        """
        return self.is_x86 and not self.isa & _WIDE_SUMS

    @property
    def multiplies_bfloat16(self) -> bool:
        """True where matrix products of bfloat16 have instructions of their own.

        >>> Processor("x86_64", frozenset({"avx2"})).multiplies_bfloat16
        False
        """
        return bool(self.isa & _BFLOAT16)


@cache
def this_processor() -> Processor:
    """That of this computer; without readable flags an x86 processor counts as one that saturates."""
    try:
        text = Path("/proc/cpuinfo").read_text("utf-8", "replace")
    except OSError:
        text = ""
    return Processor(platform.machine(), flags(text))


def flags(cpuinfo: str) -> frozenset[str]:
    """The flags in the text of ``/proc/cpuinfo``.

    >>> sorted(flags("flags : avx2 avx512_vnni"))
    ['avx2', 'avx512_vnni']
    """
    for line in cpuinfo.splitlines():
        key, _, value = line.partition(":")
        if key.strip().lower() in ("flags", "features"):
            return frozenset(value.split())
    return frozenset()
