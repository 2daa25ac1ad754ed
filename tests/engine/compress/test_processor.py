from pathlib import Path

import pytest

from engine.compress.processor import Processor, flags, this_processor


@pytest.mark.parametrize(
    ("arch", "isa", "saturates"),
    [
        ("x86_64", ["avx2"], True),
        ("AMD64", ["avx512f", "avx512bw"], True),
        ("x86_64", [], True),
        ("x86_64", ["avx2", "avx_vnni"], False),
        ("x86_64", ["avx512f", "avx512_vnni"], False),
        ("aarch64", ["asimd"], False),
        ("armv7l", ["neon"], False),
    ],
)
def test_that_only_x86_without_vnni_is_taken_to_saturate(arch, isa, saturates):
    assert Processor.of(arch, isa).saturates is saturates


def test_that_flags_of_arm_and_x86_are_read_from_the_kernels_text_and_a_strange_text_gives_none():
    assert flags("model name: X\nflags\t\t: fpu avx2 avx_vnni\n") == {"fpu", "avx2", "avx_vnni"}
    assert flags("Features\t: fp asimd asimddp\n") == {"fp", "asimd", "asimddp"}
    assert flags("no colon here\n") == frozenset()


def test_that_this_processor_says_what_the_agent_says_of_the_same_computer():
    from device_agent.board import read_machine

    machine = read_machine("/")
    assert this_processor().arch == machine.arch
    assert set(machine.isa) <= set(this_processor().isa)
    assert this_processor().saturates == Processor.of(machine.arch, machine.isa).saturates


def test_that_the_flags_come_from_the_kernels_own_text():
    assert this_processor().isa == flags(Path("/proc/cpuinfo").read_text())
