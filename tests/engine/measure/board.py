"""A board that answers plans with simulated times: drifting, noisy, and lying where a test asks it to."""

import zlib
from dataclasses import replace

import numpy as np

from device_agent.contract.messages import (
    Block,
    Board,
    Conditions,
    EntryResult,
    Hello,
    Machine,
    MeasureResult,
    Memory,
    Runtime,
    Sample,
)
from device_agent.contract.version import MINOR
from engine.measure.plan import Subject

MACHINE = Machine(
    "x86_64", "Intel(R) Xeon(R) Processor @ 2.70GHz", 2, ["avx2"],
    24 << 30, 1 << 30, "Debian 12", "6.1", "glibc 2.36", "host", "boot-1"
)  # fmt: skip
CPU = "CPUExecutionProvider"
HELLO = Hello(1, 0, "a" * 64, "device-1", "random", Board(), MACHINE, "3.11", "/home/x/.flyweight")


def subject(index, name="v"):
    return Subject(
        f"{index:064x}", f"{name}{index}", "model.onnx", "onnx", "float", "sample:net", f"variant-{index}", 1
    )


TODAY = replace(HELLO, minor=MINOR)
"""A board whose agent knows all that this desktop may ask for."""


class FakeBoard:
    """``medians_us`` in microseconds, one per entry of the plan; ``change`` alters the answer before it is sent.

    ``layout`` is what processes of one model differ by: the standard deviation of the logarithm of the time of each.
    """

    def __init__(self, medians_us, *, rounds=30, runs=20, seed=0, drift=0.02, change=None, hello=HELLO, layout=0.0):
        self.hello = hello
        self.plans = []
        self._medians, self._rounds, self._runs, self._drift, self._change = medians_us, rounds, runs, drift, change
        self._draw = np.random.default_rng(seed)
        self._layout = layout

    def runtimes(self):
        return (Runtime("onnxruntime", "1.32.0", [CPU], "2.4", "env-1", ["onnx"], CPU),)

    def claim(self, plan):
        return plan

    def measure(self, plan, on_event=None):
        self.plans.append(plan)
        samples, blocks, now, speed, process = [[] for _ in plan.entries], [], 1_000, 1.0, -1
        for number in range(self._rounds):
            if number * plan.processes // self._rounds != process:
                process = number * plan.processes // self._rounds
                luck = np.exp(self._draw.normal(0, self._layout, len(plan.entries)))  # of each, for its whole life
            if on_event is not None:
                on_event({"stage": "measure", "done": number, "total": self._rounds, "eta_s": self._rounds - number})
            speed *= float(np.exp(self._draw.normal(0, self._drift)))
            for index in self._draw.permutation(len(plan.entries)):
                median = self._medians[index] * luck[index] * 1000 * speed
                taken = (median * self._draw.lognormal(0, 0.05, self._runs)).astype(np.int64)
                wall = int(taken.sum() * 1.01)
                first, cpu = len(samples[index]), int(wall * 0.99)
                blocks.append(Block(number, int(index), first, self._runs, now, wall, cpu, process=process))
                samples[index].extend(taken.tolist())
                now += wall + 1000
        raw = zlib.compress(np.concatenate([np.array(s, dtype="<i8") for s in samples]).tobytes())
        entries = [
            EntryResult(
                len(s), 5_000_000, 900_000, 50, True, self.runtimes()[0], e.threads, Memory(40 << 20, 5 << 20, 7 << 20)
            )
            for s, e in zip(samples, plan.entries, strict=True)
        ]
        sample = Sample("temperature:cpu-thermal", 51.5, "C", "/sys", "sysfs", 0)
        conditions = Conditions([sample], [sample], "performance", self.hello.machine.boot_id, "6.1", 0.1, 0.0, False)
        result = MeasureResult(plan.nonce, self.hello.device_id, entries, blocks, conditions, "half-width", len(raw))
        return (result, raw) if self._change is None else self._change(result, raw)


def entry(index=0, **changes):
    """A change of one entry of the answer."""

    def apply(result, raw):
        entries = list(result.entries)
        entries[index] = replace(entries[index], **changes)
        return replace(result, entries=entries), raw

    return apply


def block(index=5, **changes):
    """A change of one block of the answer."""

    def apply(result, raw):
        blocks = list(result.blocks)
        blocks[index] = replace(blocks[index], **changes)
        return replace(result, blocks=blocks), raw

    return apply


def conditions(**changes):
    """A change of the conditions of the answer."""
    return lambda result, raw: (replace(result, conditions=replace(result.conditions, **changes)), raw)


def times(alter):
    """A change of the samples themselves: ``alter`` gets and returns an int64 array."""

    def apply(result, raw):
        values = alter(np.frombuffer(zlib.decompress(raw), dtype="<i8").copy())
        return result, zlib.compress(values.astype("<i8").tobytes())

    return apply
