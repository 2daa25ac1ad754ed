"""What the firmware of a Raspberry Pi tells: rails of the Pi 5's power chip, throttling, temperature, clock, voltage.

The firmware is asked through ``/dev/vcio_gencmd`` (or ``/dev/vcio``, group ``video``) by one ioctl, which is what ``vcgencmd``
does; no process is started. Under another root than ``/`` that device is a folder of captured answers, one file per command.
The ioctl was not run on hardware for this file; the texts are captured ones.
"""

import os
import re
import struct
from typing import Callable, Dict, List, Optional

from .. import board
from ..contract.messages import Sample
from .sample import estimated, measured, rejected, unavailable
from .texts import Look, Opener, Text, once

DEVICES = ("dev/vcio_gencmd", "dev/vcio")
TAG_GENCMD = 0x00030080
BUFFER = 4096
REQUEST = (3 << 30) | (struct.calcsize("P") << 16) | (100 << 8)
"""_IOWR(100, 0, char*)."""

RAIL = re.compile(r"^[^\S\n]*(\S+)_([AV])[^\S\n]+(?:current|volt)\(\d+\)=(\d+(?:\.\d+)?)\2[^\S\n]*$", re.MULTILINE)
NUMBER = re.compile(r"(-?\d+(?:\.\d+)?)")
FIT, FIT_SLOPE, FIT_OFFSET_W = "rpi5-power", 1.1327, 0.6444
"""From the sum of the rails to what a USB meter shows; published (RPi5-power), without fan, USB and HAT loads."""
FIT_NAME = "fit %s: %g * rails + %g W" % (FIT, FIT_SLOPE, FIT_OFFSET_W)
LARGEST_V, LARGEST_A, LARGEST_W = 30.0, 40.0, 60.0

Ask = Callable[[str], Optional[str]]
"""The firmware's answer to a command; None when it cannot be asked."""


def firmware(root: str = "/", text: Opener = once) -> Optional[Ask]:
    """How to ask the firmware; None on a board without it."""
    for device in DEVICES:
        path = os.path.join(root, device)
        if os.path.isdir(path) and root != "/":
            return _captured(root, device, text)
        if os.path.exists(path):
            return lambda command: _ioctl(path, command)
    return None


def _captured(root: str, device: str, text: Opener) -> Ask:
    answers: Dict[str, Text] = {}

    def ask(command: str) -> Optional[str]:
        if command not in answers:
            answers[command] = text(root, device, command.replace(" ", "_"))
        return answers[command]()

    return ask


def message(command: str) -> bytearray:
    """The property buffer that carries a command."""
    text = command.encode().ljust(BUFFER, b"\0")
    body = struct.pack("<4I", TAG_GENCMD, BUFFER, 0, 0) + text + struct.pack("<I", 0)
    return bytearray(struct.pack("<2I", 8 + len(body), 0) + body)


def answer(buffer: bytearray) -> Optional[str]:
    """The text in a buffer that came back; None when the firmware refused."""
    if struct.unpack_from("<I", buffer, 20)[0] != 0:
        return None
    return bytes(buffer[24 : 24 + BUFFER]).partition(b"\0")[0].decode("ascii", "replace").strip("\n")


def _ioctl(path: str, command: str) -> Optional[str]:
    import fcntl

    buffer = message(command)
    try:
        with open(path, "rb", buffering=0) as device:
            fcntl.ioctl(device.fileno(), REQUEST, buffer)
    except OSError:
        return None
    text = answer(buffer)
    if text is not None and board.heard is not None:  # as the captured answers lie in a test's folder
        board.heard["%s/%s" % (DEVICES[0], command.replace(" ", "_"))] = text
    return text


def read(root: str = "/") -> List[Sample]:
    """Rails, total, estimate and input voltage of a Pi 5; nothing on a board without this firmware."""
    ask = firmware(root)
    return [] if ask is None else parse_pmic(ask("pmic_read_adc"))


def watch(root: str = "/", text: Opener = once) -> List[Look]:
    """One look at the sum of the rails and the estimate from it: each rail is a part of them, and is not told by itself."""
    ask = firmware(root, text)
    return [] if ask is None else [lambda: parse_pmic(ask("pmic_read_adc"), whole=True)]


def parse_pmic(text: Optional[str], source: str = "pmic_read_adc", whole: bool = False) -> List[Sample]:
    """The answer to ``pmic_read_adc``: rails are paired by name, because the channel numbers of both halves differ.

    Args:
        text: the answer.
        source: what the samples say about where they come from.
        whole: leave out the rails and voltages the sum is made of; they are checked all the same.
    """
    if text is None:
        reason = "the firmware cannot be asked: the user must be in the group video"
        return [unavailable("power:pmic/rails", "W", source, reason, "board")]
    halves: Dict[str, Dict[str, float]] = {"V": {}, "A": {}}
    for rail, what, value in RAIL.findall(text):
        halves[what][rail] = float(value)
    volts, amperes = halves["V"], halves["A"]
    watts = {rail: volts[rail] * ampere for rail, ampere in amperes.items() if rail in volts}
    if not watts:
        return [unavailable("power:pmic/rails", "W", source, "this board's firmware measures no current", "board")]
    absurd = [rail for rail in watts if volts[rail] > LARGEST_V or amperes[rail] > LARGEST_A]
    total = sum(watts.values())
    if absurd or not 0 < total <= LARGEST_W:
        reason = "%s cannot be true" % (", ".join(sorted(absurd)) or "%g W" % total)
        return [rejected("power:pmic/rails", "W", source, "pmic", reason, "board")]
    found = [] if whole else [measured("power:pmic/" + rail, watt, "W", source, "pmic") for rail, watt in watts.items()]
    found.append(measured("power:pmic/rails", total, "W", source, "sum of %d rails" % len(watts), "module"))
    wall = FIT_SLOPE * total + FIT_OFFSET_W
    found.append(estimated("power:pmic/board", wall, "W", source, FIT_NAME, "board"))
    if "EXT5V" in volts and not whole:
        found.append(measured("voltage:pmic/EXT5V", volts["EXT5V"], "V", source, "pmic", "board"))
    return found


def parse_temperature(text: Optional[str]) -> Sample:
    """``temp=39.5'C``."""
    return _single("temperature:firmware", text, "C", "measure_temp", r"temp=(-?[\d.]+)'C\Z", 1.0, (-40.0, 150.0))


def parse_clock(text: Optional[str]) -> Sample:
    """``frequency(48)=1800457088``; the number in brackets differs between firmwares."""
    return _single(
        "frequency:firmware", text, "MHz", "measure_clock", r"frequency\(\d+\)=(\d+)\Z", 1e6, (1.0, 10_000.0)
    )


def parse_volts(text: Optional[str]) -> Sample:
    """``volt=0.7200V``: what is asked for, not what is delivered."""
    return _single("voltage:requested", text, "V", "measure_volts", r"volt=([\d.]+)V\Z", 1.0, (0.1, LARGEST_V))


def _single(
    sensor: str,
    text: Optional[str],
    unit: str,
    command: str,
    pattern: str,
    divisor: float,
    limits: "tuple[float, float]",
) -> Sample:
    match = re.match(pattern, (text or "").strip())
    if match is None or NUMBER.fullmatch(match[1]) is None:
        return unavailable(sensor, unit, command, "the firmware did not answer with a number")
    value = float(match[1]) / divisor
    if not limits[0] <= value <= limits[1]:
        return rejected(sensor, unit, command, "firmware", "%g %s cannot be true" % (value, unit))
    return measured(sensor, value, unit, command, "firmware")
