"""Raw strings of boards, from a tree that stands for /."""

from pathlib import Path

import pytest

from device_agent.board import architecture, parse_l4t, power_mode, read_board, read_machine

PI5_CPU = """processor\t: 0
BogoMIPS\t: 108.00
Features\t: fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm lrcpc dcpop asimddp
CPU implementer\t: 0x41
CPU part\t: 0xd0b
"""


def board(root: Path, files: dict[str, bytes]) -> str:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return str(root)


def test_that_a_pi_is_read_from_the_device_tree(tmp_path: Path):
    root = board(
        tmp_path,
        {
            "proc/device-tree/model": b"Raspberry Pi 5 Model B Rev 1.0\0",
            "proc/device-tree/compatible": b"raspberrypi,5-model-b\0brcm,bcm2712\0",
            "proc/device-tree/serial-number": b"10000000abcdef01\0",
        },
    )
    found = read_board(root)
    assert found.model == "Raspberry Pi 5 Model B Rev 1.0"
    assert found.compatible == ["raspberrypi,5-model-b", "brcm,bcm2712"]
    assert found.serial == "10000000abcdef01"
    assert found.dmi is None


def test_that_the_second_place_of_the_device_tree_counts_too(tmp_path: Path):
    root = board(tmp_path, {"sys/firmware/devicetree/base/model": b"NVIDIA Jetson Orin Nano Developer Kit\0"})
    assert read_board(root).model == "NVIDIA Jetson Orin Nano Developer Kit"


def test_that_a_pc_is_read_from_dmi(tmp_path: Path):
    root = board(
        tmp_path,
        {
            "sys/class/dmi/id/sys_vendor": b"LENOVO\n",
            "sys/class/dmi/id/product_name": b"20XW\n",
            "sys/class/dmi/id/board_name": b"\n",
        },
    )
    found = read_board(root)
    assert (found.model, found.compatible, found.serial, found.dmi) == (None, [], None, "LENOVO / 20XW")


def test_that_a_machine_without_any_of_it_is_none_and_not_empty_text(tmp_path: Path):
    found = read_board(str(tmp_path))
    assert (found.model, found.compatible, found.serial, found.dmi) == (None, [], None, None)


def test_that_core_flags_memory_and_system_are_read(tmp_path: Path):
    root = board(
        tmp_path,
        {
            "proc/cpuinfo": PI5_CPU.encode(),
            "proc/meminfo": b"MemTotal:        8245632 kB\nMemFree: 1 kB\n",
            "etc/os-release": b'NAME="x"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
            "proc/sys/kernel/random/boot_id": b"b-1\n",
            "sys/devices/system/cpu/cpufreq/policy0/scaling_governor": b"ondemand\n",
            "var/lib/nvpmodel/status": b"pmode:0002\n",
        },
    )
    machine = read_machine(str(tmp_path), root)
    assert machine.cpu_model == "Cortex-A76"
    assert machine.isa == ["asimd", "asimddp", "asimdhp", "fphp"]
    assert machine.ram_bytes == 8245632 * 1024
    assert machine.os == "Debian GNU/Linux 12 (bookworm)"
    assert (machine.boot_id, machine.governor, machine.power_mode) == ("b-1", "ondemand", "pmode:0002")
    assert machine.machine_id is None


@pytest.mark.parametrize(
    ("text", "release"),
    [
        ("# R36 (release), REVISION: 4.4, GCID: 41062509, BOARD: generic, EABI: aarch64, DATE: Mon Jun 16", "36.4.4"),
        ("# R32 (release), REVISION: 7.4, GCID: 33514132, BOARD: t210ref, EABI: aarch64", "32.7.4"),
        ("# R39 (release), REVISION: 2, GCID: 1", "39.2"),
        ("# R36 (release)", None),
        ("R36, REVISION: 4.4,", None),
        ("# R36 (release), REVISION: x.4, GCID", None),
        ("", None),
        (None, None),
    ],
)
def test_that_the_release_of_a_jetsons_system_is_read(text: str | None, release: str | None):
    assert parse_l4t(text) == release


@pytest.mark.parametrize(
    ("kernel", "largest", "arch"),
    [
        ("aarch64", 2**63 - 1, "aarch64"),
        ("aarch64", 2**31 - 1, "armv7l"),
        ("armv7l", 2**31 - 1, "armv7l"),
        ("armv6l", 2**31 - 1, "armv6l"),
        ("x86_64", 2**31 - 1, "i686"),
    ],
)
def test_that_a_32_bit_system_on_a_64_bit_kernel_is_told_for_what_it_is(kernel: str, largest: int, arch: str):
    assert architecture(kernel, largest) == arch


def test_that_a_pi_whose_device_tree_is_hidden_is_known_by_its_kernel_and_a_pcs_model_number_is_no_board(
    tmp_path: Path,
):
    pi = board(tmp_path / "pi", {"proc/cpuinfo": PI5_CPU.encode() + b"\nModel\t\t: Raspberry Pi 4 Model B Rev 1.4\n"})
    assert read_board(pi).model == "Raspberry Pi 4 Model B Rev 1.4"
    pc = board(tmp_path / "pc", {"proc/cpuinfo": b"processor\t: 0\nmodel\t\t: 167\nmodel name\t: Intel(R) Xeon(R)\n"})
    assert read_board(pc).model is None


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ([(729600, 1510400)], "pmode:0000"),
        ([(1510400, 1510400)], "pmode:0000, clocks fixed"),
        ([(1510400, 1510400), (729600, 1510400)], "pmode:0000"),
        ([], "pmode:0000"),
    ],
)
def test_that_a_jetsons_power_mode_tells_whether_its_clocks_are_fixed(
    tmp_path: Path, limits: list[tuple[int, int]], expected: str
):
    files = {"var/lib/nvpmodel/status": b"pmode:0000\n"}
    for number, pair in enumerate(limits):
        for name, value in zip(("min", "max"), pair, strict=True):
            files[f"sys/devices/system/cpu/cpufreq/policy{number}/scaling_{name}_freq"] = b"%d\n" % value
    assert power_mode(board(tmp_path, files)) == expected


def test_that_other_boards_have_no_power_mode(tmp_path: Path):
    held = {f"sys/devices/system/cpu/cpufreq/policy0/scaling_{name}_freq": b"1800000\n" for name in ("min", "max")}
    assert power_mode(board(tmp_path, held)) is None
