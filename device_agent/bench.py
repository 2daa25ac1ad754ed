"""Runs a measuring plan: a fresh child per entry, warm-up to steady state, interleaved blocks, stop rule."""

import sys
import zlib
from array import array
from functools import partial
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from .children import ChildProcess
from .contract.errors import AgentError
from .contract.manifest import Manifest
from .contract.messages import (
    Block,
    Conditions,
    EntryResult,
    Machine,
    MeasurePlan,
    MeasureResult,
    Memory,
    PlanEntry,
    Runtime,
    Sample,
    StopRule,
    decode,
)
from .sensors import load, read_all, throttling

LOAD_TIMEOUT_S = 120.0
MAX_BLOCK_RUNS = 100_000
Z_95 = 1.959964

Locate = Callable[[str], Tuple[Manifest, str]]
"""Manifest and folder of a verified bundle."""


class _Entry:
    """An entry while it is measured."""

    def __init__(self, child: ChildProcess, index: int, spec: PlanEntry, loaded: Dict[str, Any]) -> None:
        self.child, self.index, self.spec, self.loaded = child, index, spec, loaded
        self.samples = array("q")
        self.spent_ns = 0
        self.warmup_runs = 0
        self.steady = False
        self.block_runs = 1
        self.error: Optional[str] = None

    def warm(self, max_s: float, block_s: float) -> None:
        answer, _ = self.child.ask({"do": "warm", "index": self.index, "max_s": max_s}, max_s + LOAD_TIMEOUT_S)
        self.warmup_runs, self.steady = int(answer["runs"]), bool(answer["steady"])
        median = max(int(answer["median_ns"] or 1), 1)
        self.block_runs = max(1, min(int(block_s * 1e9 / median), MAX_BLOCK_RUNS))

    def block(self, number: int, entry: int) -> Block:
        request = {"do": "block", "index": self.index, "count": self.block_runs}
        answer, payload = self.child.ask(request, LOAD_TIMEOUT_S, chunks=8 * self.block_runs)
        first = len(self.samples)
        fresh = array("q")
        fresh.frombytes(payload)
        if sys.byteorder == "big":
            fresh.byteswap()
        self.samples.extend(fresh)
        self.spent_ns += int(answer["wall_ns"])
        return Block(
            number, entry, first, len(fresh), int(answer["start_ns"]), int(answer["wall_ns"]), int(answer["cpu_ns"])
        )


def half_width(samples: Sequence[int]) -> float:
    """Half of the 95 % interval of the median by order statistics, relative to the median."""
    ordered = sorted(samples)
    count = len(ordered)
    spread = Z_95 * count**0.5 / 2
    low, high = max(int(count / 2 - spread), 0), min(int(count / 2 + spread), count - 1)
    return (ordered[high] - ordered[low]) / 2 / max(ordered[count // 2], 1)


def finished(entry: "_Entry", stop: StopRule) -> bool:
    """Whether one entry has enough runs, enough time, and a narrow interval."""
    if len(entry.samples) < stop.min_n or entry.spent_ns < stop.min_s * 1e9:
        return False
    return half_width(entry.samples) <= stop.half_width


class Bench:
    """Measures plans on this board."""

    def __init__(
        self, locate: Locate, folders: Callable[[Optional[str]], List[str]], machine: Machine, root: str
    ) -> None:
        self._locate, self._folders, self._machine, self._root = locate, folders, machine, root

    def run(
        self, plan: MeasurePlan, device_id: str, progress: Callable[[Dict[str, Any]], None]
    ) -> Tuple[MeasureResult, bytes]:
        """Measure a plan.

        Args:
            plan: entries name verified bundles.
            device_id: of this board, for the result.
            progress: called with ``{"stage", "done", "total"}``.

        Returns:
            The result and the zlib-compressed samples of all entries, in their order.
        """
        before, times = read_all(self._root), load.cpu_times(self._root)
        children: List[ChildProcess] = []
        entries: List[Optional[_Entry]] = []
        errors: Dict[int, str] = {}
        try:
            for index, spec in enumerate(plan.entries):
                progress({"stage": "load", "done": index, "total": len(plan.entries)})
                try:
                    entries.append(self._open(plan, spec, index, children))
                except AgentError as error:
                    entries.append(None)
                    errors[index] = error.message
            blocks, stopped = self._rounds(plan, entries, progress, errors)
            results = [self._result(plan, index, entry, errors) for index, entry in enumerate(entries)]
        finally:
            for child in children:
                child.close()
        raw = b"".join(_little(entry.samples) if entry is not None else b"" for entry in entries)
        after = read_all(self._root)
        packed = zlib.compress(raw, 6)
        conditions = self._conditions(before, after, load.steal_share(times, load.cpu_times(self._root)))
        origin = "measured" if self._root == "/" else "simulated"
        return MeasureResult(plan.nonce, device_id, results, blocks, conditions, stopped, len(packed), origin), packed

    def _open(self, plan: MeasurePlan, spec: PlanEntry, index: int, children: List[ChildProcess]) -> _Entry:
        manifest, folder = self._locate(spec.bundle)
        if not plan.shared_child or not children:
            seconds = int((plan.stop.max_s + plan.warmup_max_s) * max(spec.threads, 1) * 2 + LOAD_TIMEOUT_S)
            if plan.shared_child:
                seconds *= len(plan.entries)
            children.append(ChildProcess(self._folders(spec.env), seconds, self._machine.ram_bytes))
        child = children[-1]
        golden = "" if manifest.purpose == "trial" else folder + "/" + manifest.golden.file
        request = {
            "do": "load",
            "index": index,
            "runtime": spec.runtime.id,
            "provider": spec.runtime.provider,
            "options": spec.runtime.options,
            "threads": spec.threads,
            "path": folder + "/" + manifest.file(spec.file).name,
            "file": spec.file,
            "golden": golden,
        }
        return _Entry(child, index, spec, child.ask(request, LOAD_TIMEOUT_S)[0])

    def _rounds(
        self,
        plan: MeasurePlan,
        entries: List[Optional[_Entry]],
        progress: Callable[[Dict[str, Any]], None],
        errors: Dict[int, str],
    ) -> Tuple[List[Block], str]:
        import random

        order = random.Random(plan.seed)
        for index, entry in enumerate(entries):
            progress({"stage": "warm-up", "done": index, "total": len(entries)})
            if entry is not None:
                self._guard(index, entries, errors, lambda e: e.warm(plan.warmup_max_s, plan.block_s))
        blocks: List[Block] = []
        number = 0
        while True:
            alive = [index for index, entry in enumerate(entries) if entry is not None]
            if not alive:
                return blocks, "max-s"
            order.shuffle(alive)
            for index in alive:
                self._guard(index, entries, errors, partial(_add_block, blocks, number, index))
            number += 1
            left = [entry for entry in entries if entry is not None]
            if number >= plan.min_blocks and all(finished(entry, plan.stop) for entry in left):
                return blocks, "half-width"
            enough = number >= plan.min_blocks and all(len(entry.samples) >= plan.stop.min_n for entry in left)
            if enough and all(entry.spent_ns >= plan.stop.max_s * 1e9 for entry in left):
                return blocks, "max-s"
            if number % 4 == 0 and left:
                progress({"stage": "measure", **_share(left, plan)})

    def _guard(
        self,
        index: int,
        entries: List[Optional[_Entry]],
        errors: Dict[int, str],
        act: Callable[[_Entry], Any],
    ) -> None:
        """A child that dies costs its own entry only."""
        entry = entries[index]
        if entry is None:
            return
        try:
            act(entry)
        except AgentError as error:
            errors[index] = error.message
            entries[index] = None

    def _result(self, plan: MeasurePlan, index: int, entry: Optional[_Entry], errors: Dict[int, str]) -> EntryResult:
        spec = plan.entries[index]
        if entry is None:
            runtime = Runtime(spec.runtime.id, "unknown")
            return EntryResult(0, 0, 0, 0, False, runtime, spec.threads, Memory(None, None, None), {}, errors[index])
        memory = Memory(None, None, None)
        if not plan.shared_child:
            answer, _ = entry.child.ask({"do": "memory"}, LOAD_TIMEOUT_S)
            memory = Memory(entry.loaded["base"], entry.loaded["load"], answer["peak"])
        return EntryResult(
            len(entry.samples),
            int(entry.loaded["load_ns"]),
            int(entry.loaded["first_ns"]),
            entry.warmup_runs,
            entry.steady,
            decode(Runtime, entry.loaded["runtime"]),
            spec.threads,
            memory,
        )

    def _conditions(self, before: List[Sample], after: List[Sample], steal: Optional[float]) -> Conditions:
        return Conditions(
            before,
            after,
            self._machine.governor,
            self._machine.boot_id,
            self._machine.kernel,
            load.load_1min(self._root),
            steal,
            throttling.happened(before, after),
        )


def _add_block(blocks: List[Block], number: int, index: int, entry: _Entry) -> None:
    blocks.append(entry.block(number, index))


def _share(entries: Sequence[_Entry], plan: MeasurePlan) -> Dict[str, float]:
    stop = plan.stop
    done = min(
        min(len(entry.samples) / max(stop.min_n, 1), entry.spent_ns / (max(stop.min_s, 0.001) * 1e9))
        for entry in entries
    )
    return {"done": round(min(done, 1.0), 3), "total": 1}


def _little(samples: "array[int]") -> bytes:
    if sys.byteorder == "little":
        return samples.tobytes()
    swapped = array("q", samples)
    swapped.byteswap()
    return swapped.tobytes()
