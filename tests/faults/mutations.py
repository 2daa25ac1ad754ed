"""Inputs that were good once: bytes flipped, cut, doubled, zeroed. Every parser answers or refuses, nothing else.

python -m tests.faults.mutations weights FOLDER COUNT SEED    the desktop's readers of weights, in a process of their own

Texts and messages are parsed here. Model files are loaded by the agent's own limited child, where a crash of a runtime is the
child's and becomes "rejected"; weights are read in a process that is started again after the input that killed it.
"""

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from device_agent.children import ChildProcess
from device_agent.contract import codec
from device_agent.contract.errors import AgentError, FlyweightError
from device_agent.contract.manifest import parse
from device_agent.contract.messages import Hello, MeasurePlan, MeasureResult, decode
from device_agent.sensors import (
    frequency,
    hwmon,
    ina3221,
    power_supply,
    powercap,
    raspberry_pi,
    tegrastats,
    thermal,
    throttling,
)

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases"
LOAD_S = 20.0
RAM = 2 << 30


def mutate(draw: random.Random, data: bytes) -> bytes:
    """One to four changes of a kind that hits lengths, offsets and text alike."""
    changed = bytearray(data)
    for _ in range(draw.randint(1, 4)):
        if not changed:
            return bytes(changed)
        at, size = draw.randrange(len(changed)), draw.choice((1, 1, 2, 4, 8, 64))
        kind = draw.randrange(6)
        if kind == 0:
            changed[at] ^= 1 << draw.randrange(8)
        elif kind == 1:
            changed[at : at + size] = draw.randbytes(size)
        elif kind == 2:
            del changed[at : len(changed) if draw.random() < 0.2 else at + size]
        elif kind == 3:
            changed[at:at] = changed[at : at + size] * draw.randint(1, 3)
        elif kind == 4:
            changed[at : at + size] = b"\0" * min(size, len(changed) - at)
        else:
            changed[at : at + size] = b"\xff" * min(size, len(changed) - at)
    return bytes(changed)


def _frames(data: bytes) -> None:
    parts = [data[i : i + 7] for i in range(0, len(data), 7)]

    def read(count: int) -> bytes:
        if not parts:
            return b""
        part = parts.pop(0)
        if len(part) > count:
            parts.insert(0, part[count:])
        return part[:count]

    while parts:
        kind, payload = codec.read_frame(read)
        if kind == codec.JSON_KIND:
            codec.loads(payload)


def _message(cls: type) -> Callable[[bytes], None]:
    return lambda data: decode(cls, codec.loads(data)) and None


def _sensors(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    samples = [
        *tegrastats.parse(text), *raspberry_pi.parse_pmic(text), raspberry_pi.parse_temperature(text),
        raspberry_pi.parse_clock(text), raspberry_pi.parse_volts(text), throttling.parse_pi(text),
        thermal.parse("cpu", text, "/s"), frequency.parse("policy0", text, "/s"), hwmon.parse("power", "a/b", text, "/s"),
        powercap.parse("package-0", text, "/s"), ina3221.product("VDD_IN", text, text, "/s"),
        power_supply.parse("BAT0", text, text, text, text),
    ]  # fmt: skip
    for item in samples:
        if (item.value is None) == (item.reason is None):
            raise AssertionError(f"{item.sensor}: neither value nor reason, or both")
        if item.value is not None and not -1e9 < item.value < 2e13:
            raise AssertionError(f"{item.sensor}: {item.value}")


def seeds() -> dict[str, tuple[list[bytes], Callable[[bytes], None]]]:
    """Good inputs of every parser, and the parser."""
    from device_agent.contract.messages import encode
    from tests.device_agent.session import bundle, entry, plan
    from tests.engine.measure.board import HELLO, FakeBoard

    made = bundle()
    wanted = plan([entry(made.id)])
    result = FakeBoard([200], rounds=3).measure(decode(MeasurePlan, wanted))[0]
    texts = [json.loads(path.read_text())["raw"].encode() for path in sorted((CASES / "texts").glob("*.json"))]
    texts += [b"52100\n", b"ondemand\n", b"2400000\n", b"throttled=0x50005\n", b"12 34"]
    frame = b"".join(codec.HEADER.pack(b"J", len(item)) + item for item in (codec.dumps(wanted), b"{}"))
    return {
        "frames": ([frame + codec.chunk_header(9) + b"123456789"], _frames),
        "manifest": ([made.manifest], lambda data: parse(data) and None),
        "plan": ([codec.dumps(wanted)], _message(MeasurePlan)),
        "hello": ([codec.dumps(encode(HELLO))], _message(Hello)),
        "result": ([codec.dumps(encode(result))], _message(MeasureResult)),
        "sensors": (texts, _sensors),
    }


def texts(name: str, count: int, seed: int) -> Counter[str]:
    """What became of mutated inputs of one parser: ``answered``, ``refused``, or the name of what escaped."""
    good, act = seeds()[name]
    for item in good:
        act(item)
    draw, seen = random.Random(seed), Counter[str]()
    for _ in range(count):
        data = mutate(draw, draw.choice(good))
        try:
            act(data)
        except (FlyweightError, EOFError):
            seen["refused"] += 1
        except Exception as error:
            seen[f"{type(error).__name__}: {error}"[:120]] += 1
        else:
            seen["answered"] += 1
    return seen


def models(runtime: str, file: Path, count: int, seed: int, folder: Path) -> Counter[str]:
    """What became of mutated model files in the agent's child; a crash of the child is ``rejected``, too."""
    draw, seen, content = random.Random(seed), Counter[str](), file.read_bytes()
    path = folder / f"mutated{file.suffix}"
    request = {
        "do": "load",
        "index": 0,
        "runtime": runtime,
        "threads": 1,
        "path": str(path),
        "golden": "",
        "options": {},
    }
    request["provider"] = "CPUExecutionProvider" if runtime == "onnxruntime" else "CPU"
    before = set(folder.iterdir())
    child = ChildProcess([], 3600, RAM)
    try:
        path.write_bytes(content)
        child.ask(request, LOAD_S)  # the good one loads
        for _ in range(count):
            path.write_bytes(mutate(draw, content))
            try:
                child.ask(request, LOAD_S)
            except AgentError as error:
                seen[error.code] += 1
                if error.code not in ("model-rejected", "memory"):
                    child.close()
                    child = ChildProcess([], 3600, RAM)
            else:
                seen["loaded"] += 1
    finally:
        child.close()
    seen["stray files"] += len(set(folder.iterdir()) - before - {path})
    return seen


def weights(file: Path, count: int, seed: int, folder: Path) -> Counter[str]:
    """What became of mutated weight files in the desktop's reader; inputs that kill its process are ``crashed``."""
    seen, start = Counter[str](), 0
    while start < count:
        arguments = [str(item) for item in (file, folder, start, count, seed)]
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.mutations", "weights", *arguments],
            capture_output=True, text=True, cwd=ROOT, check=False, timeout=3600,
        )  # fmt: skip
        lines = done.stdout.splitlines()
        seen.update(lines)
        start += len(lines)
        if done.returncode < 0:
            seen["crashed"] += 1
            start += 1
        elif done.returncode:
            raise RuntimeError(done.stderr[-2000:])
    return seen


def _weights_child(file: Path, folder: Path, start: int, count: int, seed: int) -> None:
    import resource

    from engine.model.torch_reading import weights_task

    resource.setrlimit(resource.RLIMIT_AS, (16 << 30, 16 << 30))
    content, path = file.read_bytes(), folder / f"mutated{file.suffix}"
    for number in range(start, count):
        path.write_bytes(mutate(random.Random(seed * 1_000_003 + number), content))
        try:
            weights_task(
                {"path": str(path), "format": "safetensors" if file.suffix == ".safetensors" else "state-dict"}
            )
        except FlyweightError:
            said = "refused"
        except MemoryError:
            said = "refused"
        except Exception as error:
            said = f"{type(error).__name__}: {error}"[:120].replace("\n", " ")
        else:
            said = "answered"
        os.write(1, said.encode("utf-8", "replace") + b"\n")


def good(seen: Counter[str]) -> bool:
    """Whether nothing but answers and refusals was seen (a model's child may crash: that is a refusal)."""
    allowed = {"answered", "refused", "loaded", "crashed", "memory", "model-rejected", "model-crashed", "model-killed"}
    return not [name for name, number in seen.items() if number and name not in allowed]


def summary(seen: dict[str, Counter[str]]) -> dict[str, Any]:
    """For the table: inputs, and what of each kind."""
    return {name: {kind: number for kind, number in sorted(found.items()) if number} for name, found in seen.items()}


if __name__ == "__main__":
    _weights_child(Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]), int(sys.argv[6]))
