"""Everything of a board that can be checked from here: sensors, units, runtimes and every step of the protocol.

The captured texts of the sensors become a fixture: a file that the tests of this product take as they take their own, so that
one run on a board that nobody here has ever seen teaches them that board.
"""

import json
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from device_agent.contract.messages import PredictInput, PredictRequest, Runtime, Sample
from device_agent.contract.version import MAJOR, MINOR

from ..errors import FlyweightError, RejectedError, UnreachableError
from ..events import Cancel, Emit, Stage, ignore
from ..records import Bundle, Format, sha256_hex
from .agent_client import AgentClient
from .doctor import Check
from .isolation import check as check_isolation
from .release import stage

UNITS = {
    "temperature": {"C"},
    "frequency": {"MHz"},
    "gpu_frequency": {"MHz"},
    "gpu_load": {"%"},
    "power": {"W"},
    "energy": {"J"},
    "voltage": {"V"},
    "current": {"A"},
    "fan": {"rpm"},
    "throttled": {"flags"},
    "throttle_count": {"events"},
    "under_voltage": {"flag"},
}
"""What each kind of sensor is told in."""

CLOCK_S, CLOCK_SLACK = 0.5, 0.01
BLOB_BYTES = 200_000

MakeBundle = Callable[[Format, Path], Bundle]


@dataclass(frozen=True)
class Selftest:
    """The checks in their order, and the fixture; None when the link was lost before the sensors were read."""

    checks: tuple[Check, ...]
    fixture: dict[str, Any] | None


Step = Callable[[list[str]], None]
"""What is appended to the list becomes the check's detail."""


class _Steps:
    """Collects checks; one that raises fails and the next one goes on, but without a link none can be tried."""

    def __init__(self, client: AgentClient, emit: Emit, cancel: Cancel) -> None:
        self.checks: list[Check] = []
        self._client, self._emit, self._cancel, self._lost = client, emit, cancel, False

    def do(self, name: str, step: Step) -> None:
        """One step."""
        self._cancel.check()
        if self._lost:
            self.checks.append(Check(name, False, "not tried: link lost", tried=False))
            return
        self._emit(Stage(name))
        said: list[str] = []
        try:
            step(said)
        except FlyweightError as error:
            if error.exit_code == 130:
                raise
            self._lost = isinstance(error, UnreachableError) and not self._answers()
            self.checks.append(Check(name, False, error.message, error.remedy, error.exit_code))
        else:
            self.checks.append(Check(name, True, "; ".join(said)))

    def _answers(self) -> bool:
        """Whether the session goes on after a step that got no answer."""
        try:
            self._client.ping()
        except FlyweightError:
            return False
        return True


def selftest(client: AgentClient, make: MakeBundle, *, emit: Emit = ignore, cancel: Cancel | None = None) -> Selftest:
    """Check a board.

    Args:
        client: a session with it.
        make: makes the bundle that is verified there, of a format, in a folder.
        emit: receives the steps.
        cancel: ends it between two steps.
    """
    steps = _Steps(client, emit, cancel or Cancel())
    captured: dict[str, Any] = {}
    runtimes: Sequence[Runtime] = ()

    def hello(said: list[str]) -> None:
        told = client.hello
        said.append(f"protocol {told.major}.{told.minor} (this desktop {MAJOR}.{MINOR}), Python {told.python}")

    def clock(said: list[str]) -> None:
        low, high = _clock(client)
        said.append(f"between {low:+.2%} and {high:+.2%} against this computer's")

    def sensors(said: list[str]) -> None:
        captured.update(client.selftest())
        bad = [*_implausible(captured["samples"]), *(f"{name} does not come out again" for name in captured["differs"])]
        if bad:
            raise RejectedError("sensors", "; ".join(bad[:5]), "send the exported file with a bug report")
        told = [item for item in captured["samples"] if item.value is not None]
        said.append(f"{len(told)} of {len(captured['samples'])} sensors tell a value, every unit is right")

    def found(said: list[str]) -> None:
        nonlocal runtimes
        runtimes = client.runtimes()
        said.append(", ".join(f"{item.id} {item.version}" for item in runtimes) or "none yet; a deploy brings one")

    def verify(form: Format, said: list[str]) -> None:
        with TemporaryDirectory() as folder:
            result = stage(client, make(form, Path(folder)), emit=ignore, cancel=cancel or Cancel())[2]
        if result.state != "verified":
            raise RejectedError(
                "golden",
                str(result.reason),
                "send the exported file with a bug report",
            )
        worst = min((item.top1_agreement for item in result.golden if item.top1_agreement is not None), default=1.0)
        said.append(f"golden outputs agree, top-1 {worst:.0%}, {result.golden[0].runtime if result.golden else ''}")

    steps.do("hello", hello)
    steps.do("clock", clock)
    steps.do("upload", partial(_upload, client))
    steps.do("refusal", lambda said: said.append(_refusal(client)))
    steps.do("sensors", sensors)
    steps.do("runtimes", found)
    steps.do("isolation", lambda said: said.append(check_isolation(client.isolation())))
    for form in _formats(runtimes):
        steps.do(f"verify {form}", partial(verify, form))
    return Selftest(tuple(steps.checks), fixture(client, captured) if captured else None)


def _upload(client: AgentClient, said: list[str]) -> None:
    """What was sent arrives once, and what is there is not sent again."""
    content = secrets.token_bytes(BLOB_BYTES)
    digest = sha256_hex(content)
    sent = client.put_blob(content, digest)
    if sent != BLOB_BYTES or client.put_blob(content, digest) != 0:
        raise RejectedError("upload", f"{sent} of {BLOB_BYTES} bytes arrived", "check the board's disk")
    said.append(f"{BLOB_BYTES:,} bytes, a second time none")


def _clock(client: AgentClient) -> tuple[float, float]:
    """Between which bounds the board's clock runs against this computer's, whatever the link and load did meanwhile."""
    before, start, after = time.monotonic_ns(), client.clock_ns(), time.monotonic_ns()
    time.sleep(CLOCK_S)
    earlier, end, later = time.monotonic_ns(), client.clock_ns(), time.monotonic_ns()
    low, high = (end - start) / (later - before) - 1, (end - start) / (earlier - after) - 1
    if low > CLOCK_SLACK or high < -CLOCK_SLACK:
        raise RejectedError(
            "clock",
            f"the board's clock runs {low:+.1%} to {high:+.1%} against this computer's",
            "look at its kernel's log",
        )
    return low, high


def _refusal(client: AgentClient) -> str:
    """A slot that is not there must be a clear error, after which the session goes on."""
    try:
        client.predict(PredictRequest("selftest-no-such-slot", [PredictInput("0" * 64, "png")]))
    except FlyweightError as error:
        client.ping()
        return f"'{error.code}', and the session goes on"
    raise RejectedError("refusal", "the board predicted with a slot that does not exist", "update Flyweight")


def _implausible(samples: Sequence[Sample]) -> list[str]:
    """What cannot be: a unit that is not the sensor's, a value and a reason for its absence at once."""
    found = []
    for item in samples:
        kind = item.sensor.partition(":")[0]
        if kind in UNITS and item.unit not in UNITS[kind]:
            found.append(f"{item.sensor} in {item.unit}")
        if (item.value is None) != (item.quality in ("unavailable", "rejected")):
            found.append(f"{item.sensor} is {item.quality} with the value {item.value}")
        if item.value is None and not item.reason:
            found.append(f"{item.sensor} has neither value nor reason")
    return found


def _formats(runtimes: Sequence[Runtime]) -> tuple[Format, ...]:
    have = {item.id for item in runtimes}
    onnx = (Format.ONNX,) if "onnxruntime" in have or not have else ()
    return (*onnx, *((Format.TFLITE,) if have & {"litert", "tflite-runtime"} else ()))


def fixture(client: AgentClient, captured: dict[str, Any]) -> dict[str, Any]:
    """The file ``tests/cases/sensors`` accepts; nothing in it says whose board it is."""
    machine, board = client.hello.machine, client.hello.board
    return {
        "board": board.model or board.dmi or machine.cpu_model or "unknown",
        "machine": {
            "arch": machine.arch,
            "cpus": machine.cpus,
            "model": board.model,
            "compatible": list(board.compatible),
            "isa": list(machine.isa),
            "ram_bytes": machine.ram_bytes,
        },
        "about": f"selftest, {machine.os}, {machine.kernel}, {machine.arch}, Python {client.hello.python}",
        "raw": captured["raw"],
        "expected": {item.sensor: [item.value, item.unit, item.quality] for item in captured["samples"]},
    }


def to_text(value: dict[str, Any]) -> str:
    """The fixture as it is written."""
    return json.dumps(value, indent=2, ensure_ascii=True) + "\n"
