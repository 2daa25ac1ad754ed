"""One model of a plan while it is measured: its process, its samples, its blocks; and models that run beside."""

import sys
import threading
import time
from array import array
from dataclasses import replace
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from .children import ChildProcess
from .contract.errors import AgentError, FlyweightError
from .contract.measuring import (
    Block,
    EnergyRun,
    EntryResult,
    Isolation,
    Memory,
    NeighbourResult,
    OperatorTime,
    PlanEntry,
)
from .contract.messages import Runtime, decode

LOAD_TIMEOUT_S = 120.0
MAX_BLOCK_RUNS = 100_000
TOO_SHORT, TOO_LONG = 0.5, 3.0
"""Of the asked length of a block: beyond these the number of its runs is changed."""
NEIGHBOUR_S = 0.2
WARM_NEIGHBOUR_S = 2.0
ALONE_S, ALONE_EVERY = 0.15, 3
"""How long neighbours run alone again and again, and after how many rounds each time."""
ALONE_MAX_S, WHOLE_RUNS = 3.0, 3
"""Of slow neighbours alone, and how many of their runs that takes; one over an edge tells nothing."""
KEPT_BLOCKS, KEPT_SAMPLES = 512, 1_000_000
"""Of a neighbour, so that the reply stays below the cap of a frame; where there are more, every other block goes."""
CLOCK = getattr(time, "CLOCK_MONOTONIC_RAW", time.CLOCK_MONOTONIC)
"""That of blocks."""
SPIN_S = 0.5
"""Of work per request while energy is measured: short enough to be cancelled, long enough to be back to back."""


class Entry:
    """One entry of the plan while it is measured; ``error`` ends its part, what it gave until then stays."""

    def __init__(self, index: int, spec: PlanEntry) -> None:
        self.index, self.spec = index, spec
        self.child: Optional[ChildProcess] = None
        self.model: Dict[str, Any] = {}
        self.loaded: Dict[str, Any] = {}
        self.samples = array("q")
        self.spent_ns = 0
        self.lost = self.lost_ns = 0
        """Samples and time of rounds in which the machine was disturbed."""
        self.warmup_runs = 0
        self.steady = False
        self.block_runs = 1
        self._block_ns = 0.0
        self.process = 0
        self._memory: Optional[Memory] = None
        self.providers: Dict[str, int] = {}
        self.error: Optional[str] = None
        self.energy: Optional[EnergyRun] = None
        self.operators: List[OperatorTime] = []

    def ask(self, what: str, timeout_s: float, chunks: int = 0, **more: Any) -> Tuple[Dict[str, Any], bytes]:
        """A command to the child, about this entry's model."""
        if self.child is None:
            raise AgentError("no-child", "the entry has no process", "measure again")
        return self.child.ask({"do": what, "index": self.index, **self.model, **more}, timeout_s, chunks)

    def warm(self, max_s: float, block_s: float) -> None:
        """Warm up, and find out how many runs make a block."""
        answer, _ = self.ask("warm", max_s + LOAD_TIMEOUT_S, max_s=max_s)
        self.warmup_runs, self.steady = int(answer["runs"]), bool(answer["steady"])
        self._block_ns = block_s * 1e9
        self.block_runs = max(1, min(round(self._block_ns / max(int(answer["median_ns"]), 1)), MAX_BLOCK_RUNS))

    def warm_again(self, max_s: float) -> None:
        """Warm up a process that follows another; what is told of the warm-up stays the first one's."""
        self.ask("warm", max_s + LOAD_TIMEOUT_S, max_s=max_s)
        self.process += 1

    def _fit_blocks(self, wall_ns: int, count: int) -> None:
        """Bring the length of the next block nearer to what was asked for: a disturbed warm-up is a bad guess."""
        if wall_ns < self._block_ns * TOO_SHORT:
            self.block_runs = min(2 * count, MAX_BLOCK_RUNS)
        elif wall_ns > self._block_ns * TOO_LONG:
            self.block_runs = max(count // 2, 1)

    def block(self, number: int) -> Block:
        """One block of consecutive runs."""
        answer, payload = self.ask("block", LOAD_TIMEOUT_S, 8 * self.block_runs, count=self.block_runs)
        first = len(self.samples)
        fresh = array("q")
        fresh.frombytes(payload)
        if sys.byteorder == "big":
            fresh.byteswap()
        self.samples.extend(fresh)
        self.spent_ns += int(answer["wall_ns"])
        start, wall, cpu = int(answer["start_ns"]), int(answer["wall_ns"]), int(answer["cpu_ns"])
        self._fit_blocks(wall, len(fresh))
        return Block(number, self.index, first, len(fresh), start, wall, cpu, process=self.process)

    def work(self, seconds: float) -> int:
        """Inferences back to back for a while; returns how many."""
        end, runs = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            runs += int(self.ask("spin", LOAD_TIMEOUT_S, max_s=min(SPIN_S, seconds))[0]["count"])
        return runs

    def finish(self, shared: bool, operators: bool) -> None:
        """Memory, and where the nodes ran; asked last because a traced run takes memory of its own.

        Candidates that share a process are ranked by time alone, and a trace of each would take longer than that.
        """
        if not shared:
            self.weigh()
            try:
                self.providers = dict(self.ask("placement", LOAD_TIMEOUT_S)[0]["providers"])
            except AgentError:
                self.providers = {}  # a trace that fails leaves the table empty; the timings stand
        if operators:
            answer, _ = self.ask("operators", LOAD_TIMEOUT_S)
            self.operators = [decode(OperatorTime, item) for item in answer["operators"]]

    def weigh(self) -> None:
        """Memory of the process: that of the entry's first one stays."""
        if self._memory is None:
            told = self.ask("memory", LOAD_TIMEOUT_S)[0]
            more = (told["peak"], told.get("pss"), told.get("group_peak"))
            self._memory = Memory(self.loaded["base"], self.loaded["load"], *more)

    def result(self) -> EntryResult:
        """What the entry gave."""
        runtime = decode(Runtime, self.loaded["runtime"]) if self.loaded else Runtime(self.spec.runtime.id, "unknown")
        isolation = self.loaded.get("isolation")
        return EntryResult(
            len(self.samples),
            int(self.loaded.get("load_ns", 0)),
            int(self.loaded.get("first_ns", 0)),
            self.warmup_runs,
            self.steady,
            runtime,
            self.spec.threads,
            self._memory or Memory(None, None, None),
            self.providers,
            self.error,
            self.energy,
            self.operators,
            None if isolation is None else decode(Isolation, isolation),
        )


class Neighbour:
    """A model of another slot that runs without a pause in a thread's care until it is stopped.

    Args:
        entry: with its model loaded.
        slot: its name.
        timed: keep the time of every run.
    """

    def __init__(self, entry: Entry, slot: str, timed: bool) -> None:
        self._entry, self.slot, self._timed = entry, slot, timed
        self.runs, self._go = 0, True
        self.ended = False
        """Whether it did not run to the end."""
        self.blocks: List[Block] = []
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def _work(self) -> None:
        try:
            if self._timed:
                self._entry.warm(WARM_NEIGHBOUR_S, NEIGHBOUR_S)
                self.runs = self._entry.warmup_runs
            while self._go:
                self._turn()
        except (FlyweightError, OSError, ValueError):
            self.ended = self._go

    def _turn(self) -> None:
        if not self._timed:
            self.runs += int(self._entry.ask("spin", LOAD_TIMEOUT_S, max_s=NEIGHBOUR_S)[0]["count"])
            return
        block = self._entry.block(len(self.blocks))
        self.runs += block.count
        self.blocks.append(block)
        if len(self.blocks) > KEPT_BLOCKS or len(self._entry.samples) > KEPT_SAMPLES:
            self._thin()

    def _thin(self) -> None:
        """Let every other block go."""
        kept: List[Block] = []
        samples = array("q")
        for block in self.blocks[::2]:
            own = self._entry.samples[block.first : block.first + block.count]
            kept.append(replace(block, round=len(kept), first=len(samples)))
            samples.extend(own)
        self.blocks, self._entry.samples = kept, samples

    def result(self) -> Tuple[NeighbourResult, "array[int]"]:
        """What it did, with the time of every run; of one whose process was closed."""
        self._thread.join(10 * NEIGHBOUR_S)  # a slow model may have been in the midst of a block
        return NeighbourResult(self.slot, len(self._entry.samples), self.blocks), self._entry.samples

    def stop(self) -> None:
        """Let it finish its present turn."""
        self._go = False
        self._thread.join(10 * NEIGHBOUR_S + (WARM_NEIGHBOUR_S if self._timed else 0.0))


class Alone:
    """The moments in which nothing but the neighbours runs; each, and the time between two, holds some runs of the slowest.

    Args:
        neighbours: that keep the time of every run.
        check: called all the time; raises when the work must stop.
    """

    def __init__(self, neighbours: Sequence[Neighbour], check: Callable[[], None]) -> None:
        self._neighbours, self._check = neighbours, check
        self._rounds = 0
        self.times_ns: List[int] = []
        """Begin and end of each, by the clock of the blocks."""

    def wait(self, rounds: int = 0) -> None:
        """Wait for such a moment, after so many rounds; the first time until the neighbours are warm, too."""
        self._rounds = rounds
        warm_s = time.monotonic() + LOAD_TIMEOUT_S
        while any(not (item.blocks or item.ended) for item in self._neighbours) and time.monotonic() < warm_s:
            self._check()
            time.sleep(0.01)
        begin, end = time.clock_gettime_ns(CLOCK), time.monotonic() + max(ALONE_S, self._whole_runs_s())
        while time.monotonic() < end:
            self._check()
            time.sleep(0.01)
        self.times_ns += [begin, time.clock_gettime_ns(CLOCK)]

    def is_due(self, rounds: int) -> bool:
        """Whether it is time for one after so many rounds."""
        passed_s = (time.clock_gettime_ns(CLOCK) - self.times_ns[-1]) / 1e9
        return rounds - self._rounds >= ALONE_EVERY and passed_s >= self._whole_runs_s()

    def _whole_runs_s(self) -> float:
        newest = [item.blocks[-1] for item in self._neighbours if item.blocks]
        slowest_s = max((block.wall_ns / block.count / 1e9 for block in newest), default=0.0)
        return min(WHOLE_RUNS * slowest_s, ALONE_MAX_S)
