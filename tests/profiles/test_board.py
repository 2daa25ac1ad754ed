"""Raw board strings to board ids: every string of the fact sheet, revisions, relatives, computers, strangers."""

import re
from collections import Counter

import pytest

from device_agent.contract.messages import Board, Machine
from profiles.board import descriptions, identify, parse, slug
from profiles.errors import ProfileError


def machine(cpu="Cortex-A76", cpus=4, arch="aarch64"):
    return Machine(arch, cpu, cpus, [], 8 << 30, 1 << 30, "Debian 12", "6.6", "glibc 2.36", "host", "boot")


def by_model(model):
    return identify(Board(model), machine())


def by_compatible(*compatible):
    return identify(Board("some string", list(compatible)), machine())


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("Raspberry Pi Zero 2 W Rev 1.0", "raspberry-pi-zero-2-w"),
        ("Raspberry Pi 3 Model B Rev 1.2", "raspberry-pi-3b"),
        ("Raspberry Pi 3 Model B Plus Rev 1.3", "raspberry-pi-3b-plus"),
        ("Raspberry Pi 4 Model B Rev 1.4", "raspberry-pi-4b"),
        ("Raspberry Pi 400 Rev 1.0", "raspberry-pi-400"),
        ("Raspberry Pi Compute Module 4 Rev 1.0", "raspberry-pi-cm4"),
        ("Raspberry Pi 5 Model B Rev 1.0", "raspberry-pi-5"),
        ("Raspberry Pi 5 Model B Rev 1.1", "raspberry-pi-5"),
        ("Raspberry Pi Compute Module 5 Rev 1.0", "raspberry-pi-cm5"),
        ("Raspberry Pi 500 Rev 1.0", "raspberry-pi-500"),
        ("NVIDIA Jetson Nano Developer Kit", "jetson-nano"),
        ("NVIDIA Jetson Nano 2GB Developer Kit", "jetson-nano-2gb"),
        ("quill", "jetson-tx2"),
        ("NVIDIA Jetson TX2 Developer Kit", "jetson-tx2"),
        ("NVIDIA Jetson Xavier NX Developer Kit", "jetson-xavier-nx"),
        ("Jetson-AGX", "jetson-agx-xavier"),
        ("NVIDIA Jetson AGX Xavier Developer Kit", "jetson-agx-xavier"),
        ("NVIDIA Jetson Orin Nano Developer Kit", "jetson-orin-nano"),
        ("NVIDIA Jetson Orin Nano Engineering Reference Developer Kit", "jetson-orin-nano"),
        ("NVIDIA Jetson Orin Nano Engineering Reference Developer Kit Super", "jetson-orin-nano"),
        ("NVIDIA Jetson Orin NX Engineering Reference Developer Kit Super", "jetson-orin-nx"),
        ("NVIDIA Jetson AGX Orin Developer Kit", "jetson-agx-orin"),
        ("Jetson AGX Orin", "jetson-agx-orin"),
        ("NVIDIA Jetson AGX Thor Developer Kit", "jetson-agx-thor"),
        ("Orange Pi 5", "orange-pi-5"),
        ("Radxa ROCK 5B", "rock-5b"),
        ("Radxa ROCK 5 Model B", "rock-5b"),
        ("Khadas VIM3", "khadas-vim3"),
        ("BeagleBoard.org BeagleBone AI-64", "beaglebone-ai-64"),
        ("Freescale i.MX8MQ Phanbell", "coral-dev-board"),
    ],
)
def test_that_a_model_string_with_or_without_revision_names_its_board(model, expected):
    match = by_model(model)
    assert (match.id, match.by) == (expected, "model")
    assert match.description is not None


@pytest.mark.parametrize(
    ("compatible", "expected"),
    [
        (("raspberrypi,5-model-b", "brcm,bcm2712"), "raspberry-pi-5"),
        (("raspberrypi,4-model-b", "brcm,bcm2711"), "raspberry-pi-4b"),
        (("raspberrypi,3-model-b-plus", "brcm,bcm2837"), "raspberry-pi-3b-plus"),
        (("raspberrypi,model-zero-2-w", "brcm,bcm2837"), "raspberry-pi-zero-2-w"),
        (("nvidia,jetson-nano", "nvidia,tegra210"), "jetson-nano"),
        (("nvidia,p3450-0000", "nvidia,tegra210"), "jetson-nano"),
        (("nvidia,p3541-0000", "nvidia,tegra210"), "jetson-nano-2gb"),
        (("nvidia,p3509-0000+p3668-0000", "nvidia,tegra194"), "jetson-xavier-nx"),
        (("nvidia,p3768-0000+p3767-0005-super", "nvidia,p3767-0005", "nvidia,tegra234"), "jetson-orin-nano"),
        (("nvidia,p3768-0000+p3767-0004", "nvidia,tegra234"), "jetson-orin-nano-4gb"),
        (("nvidia,p3768-0000+p3767-0000", "nvidia,tegra234"), "jetson-orin-nx"),
        (("nvidia,p3768-0000+p3767-0001-super", "nvidia,tegra234"), "jetson-orin-nx-8gb"),
        (("nvidia,p3737-0000+p3701-0004", "nvidia,tegra234"), "jetson-agx-orin-32gb"),
        (("nvidia,p3971-0089+p3834-0008", "nvidia,tegra264"), "jetson-agx-thor"),
        (("xunlong,orangepi-5", "rockchip,rk3588s"), "orange-pi-5"),
        (("radxa,rock-5b", "rockchip,rk3588"), "rock-5b"),
        (("khadas,vim3", "amlogic,a311d"), "khadas-vim3"),
    ],
)
def test_that_compatible_strings_win_over_the_model_and_tell_modules_apart(compatible, expected):
    match = by_compatible(*compatible)
    assert (match.id, match.by) == (expected, "compatible")


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("Orange Pi 5 Plus", "orange-pi-5-plus"),
        ("Raspberry Pi 6 Model B Rev 1.0", "raspberry-pi-6-model-b"),
        ("FriendlyElec NanoPi R6S", "friendlyelec-nanopi-r6s"),
        ("../../etc/passwd", "etc-passwd"),
        ("板\x1b[31m", "31m"),
        ("板", "unnamed"),
    ],
)
def test_that_a_relative_or_a_stranger_is_not_taken_for_a_known_board(model, expected):
    match = by_model(model)
    assert (match.id, match.description) == (expected, None)


def test_that_a_system_on_chip_alone_names_no_board():
    assert by_compatible("rockchip,rk3588").description is None


@pytest.mark.parametrize(
    ("dmi", "cpu", "expected", "by"),
    [
        (None, "Intel(R) Xeon(R) Processor @ 2.70GHz", "pc-intel-xeon-2-70ghz-4c", "cpu"),
        ("Dell Inc. / XPS 13 9310 / 0MRT12", "11th Gen Intel(R) Core(TM) i7-1165G7 @ 2.80GHz",
         "pc-dell-inc-xps-13-9310-11th-gen-intel-core-i7-1165g7-2-80ghz-4c", "dmi"),
        ("To Be Filled By O.E.M. / System Product Name", "AMD Ryzen 7 5800X 8-Core Processor",
         "pc-amd-ryzen-7-5800x-8-core-4c", "cpu"),
        ("QEMU / Standard PC (i440FX + PIIX, 1996)", "Intel Xeon", "pc-intel-xeon-4c", "cpu"),
        ("ASUS / ROG", None, "pc-asus-rog-4c", "dmi"),
        (None, None, "unknown-x86-64", "unknown"),
    ],
)  # fmt: skip
def test_that_a_computer_is_named_by_product_and_processor(dmi, cpu, expected, by):
    match = identify(Board(dmi=dmi), machine(cpu, 4, "x86_64"))
    assert (match.id, match.by) == (expected, by)


def test_that_two_computers_with_other_processors_never_share_an_id():
    one, other = (
        identify(Board(dmi="Acme / Box"), machine(cpu, 4, "x86_64")).id for cpu in ("Intel N100", "Intel N305")
    )
    assert one != other


def test_that_ids_and_strings_are_unique_and_every_description_says_where_it_is_from():
    found = descriptions()
    assert len(found) == len({item.id for item in found}) >= 26
    for item in found:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", item.id)
        assert item.source
        assert item.version >= 1
        assert item.facts["cpu"]
        assert item.facts["power_sensor"]
        assert set(item.unverified) <= {*item.facts, "compatible", "model"}
        assert not item.verified  # nothing may claim a board that nobody measured
    strings = Counter(text for item in found for text in (*item.compatible, *item.models))
    assert max(strings.values()) == 1


def test_that_dot_products_are_claimed_only_where_the_instructions_are():
    for item in descriptions():
        isa = item.facts["isa"]
        assert isinstance(isa, list)
        assert item.facts["int8_dot"] == ("asimddp" in isa), item.id
        assert item.facts["fp16_arithmetic"] == ("asimdhp" in isa), item.id


HEAD = "schema = 1\nversion = 1\n"


@pytest.mark.parametrize("text", ["not toml [", "schema = 9\nboard = []", HEAD, HEAD + "board = [1]"])
def test_that_a_damaged_file_is_named(text):
    with pytest.raises(ProfileError, match=r"mine\.toml"):
        parse("mine.toml", text)


def test_that_a_slug_is_short_and_plain():
    assert slug("x" * 200) == "x" * 60
    assert slug("Intel(R) Core(TM) i7 CPU") == "intel-core-i7"
