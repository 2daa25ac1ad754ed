"""Runs a measuring plan: a fresh child per entry, warm-up to steady state, interleaved blocks, stop rule."""

import random
import sys
import threading
import time
import zlib
from array import array
from functools import partial
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from .children import ChildProcess
from .contract.errors import AgentError, FlyweightError
from .contract.manifest import Manifest
from .contract.messages import (
    Block,
    Conditions,
    EnergyPlan,
    EnergyRun,
    EntryResult,
    Machine,
    MeasurePlan,
    MeasureResult,
    Memory,
    OperatorTime,
    PlanEntry,
    Runtime,
    Sample,
    ScenarioPlan,
    ScenarioResult,
    StopRule,
    decode,
    encode,
)
from .sensors import load, read_all, read_power, throttling

LOAD_TIMEOUT_S = 120.0
CPU_RESERVE_S = 120
MAX_ENTRIES = 64
MAX_DETAILED = 16
"""Entries of a plan with energy or operators, whose traces must fit into one reply."""
MAX_BLOCKS = 6000
"""So that the reply stays below the cap of a frame; a larger plan gets longer blocks."""
MAX_SAMPLES = 1_000_000
MAX_BLOCK_RUNS = 100_000
TOO_SHORT, TOO_LONG = 0.5, 3.0
"""Of the asked length of a block: beyond these the number of its runs is changed."""
PATIENCE = 3
"""So many times the longest time an entry may take while one has fewer runs than the rule wants at least."""
SPIN_DOWN_S = 0.005
"""Threads of a runtime spin for a moment after their work; the next entry must not compete with them."""
RANKED = 20_000
NEIGHBOUR_S = 0.2
SPIN_S = 0.5
"""Of work per request while energy is measured: short enough to be cancelled, long enough to be back to back."""
Z_95 = 1.959964

KINDS = ("server", "camera", "multi-stream", "offline")
OPEN_LOOP = ("server", "camera")
"""Queries that come at times of their own: how long one takes includes how long it waited."""
STREAM_COLUMNS = 4
"""Of a query: latency, and the parts prepare, infer and finish, in ns; a dropped query has -1 in all."""
MAX_STREAM_S, MAX_RATE_HZ, MAX_QUERIES = 3600.0, 10_000.0, 500_000
WARM_STREAM_S, BLOCK_STREAM_S = 5.0, 0.05

Locate = Callable[[str, str], Tuple[Manifest, str]]
"""Manifest and folder of a verified bundle whose named model file was hashed again."""
Progress = Callable[[Dict[str, Any]], None]


class _Entry:
    """One entry of the plan while it is measured; ``error`` ends its part, what it gave until then stays."""

    def __init__(self, index: int, spec: PlanEntry) -> None:
        self.index, self.spec = index, spec
        self.child: Optional[ChildProcess] = None
        self.model: Dict[str, Any] = {}
        self.loaded: Dict[str, Any] = {}
        self.samples = array("q")
        self.spent_ns = 0
        self.warmup_runs = 0
        self.steady = False
        self.block_runs = 1
        self._block_ns = 0.0
        self.memory = Memory(None, None, None)
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
        return Block(number, self.index, first, len(fresh), start, wall, cpu)

    def work(self, seconds: float) -> int:
        """Inferences back to back for a while; returns how many."""
        end, runs = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            runs += int(self.ask("spin", LOAD_TIMEOUT_S, max_s=min(SPIN_S, seconds))[0]["count"])
        return runs

    def finish(self, shared: bool, operators: bool) -> None:
        """Memory, and where the nodes ran; asked last because a traced run takes memory of its own."""
        if not shared:
            peak = self.ask("memory", LOAD_TIMEOUT_S)[0]["peak"]
            self.memory = Memory(self.loaded["base"], self.loaded["load"], peak)
        try:
            self.providers = dict(self.ask("placement", LOAD_TIMEOUT_S)[0]["providers"])
        except AgentError:
            self.providers = {}  # a trace that fails leaves the table empty; the timings stand
        if operators:
            answer, _ = self.ask("operators", LOAD_TIMEOUT_S)
            self.operators = [decode(OperatorTime, item) for item in answer["operators"]]

    def result(self) -> EntryResult:
        """What the entry gave."""
        runtime = decode(Runtime, self.loaded["runtime"]) if self.loaded else Runtime(self.spec.runtime.id, "unknown")
        return EntryResult(
            len(self.samples),
            int(self.loaded.get("load_ns", 0)),
            int(self.loaded.get("first_ns", 0)),
            self.warmup_runs,
            self.steady,
            runtime,
            self.spec.threads,
            self.memory,
            self.providers,
            self.error,
            self.energy,
            self.operators,
        )


def queries(plan: ScenarioPlan, median_s: float) -> int:
    """How many queries fill the time of a scenario."""
    if plan.kind in OPEN_LOOP:
        wanted = plan.rate_hz * plan.seconds
    elif plan.kind == "multi-stream":
        wanted = plan.seconds / max(median_s * max(plan.per_query, 1), 1e-9)
    else:
        wanted = plan.seconds / max(median_s, 1e-9)
    return int(max(min(wanted, MAX_QUERIES), 10))


class _Neighbour:
    """A model of another slot that runs without a pause in a thread's care until it is stopped."""

    def __init__(self, entry: _Entry) -> None:
        self._entry, self.runs, self._go = entry, 0, True
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def _work(self) -> None:
        while self._go:
            try:
                self.runs += int(self._entry.ask("spin", LOAD_TIMEOUT_S, max_s=NEIGHBOUR_S)[0]["count"])
            except (FlyweightError, OSError, ValueError):
                return  # its process was ended with the plan's

    def stop(self) -> None:
        """Let it finish its present turn."""
        self._go = False
        self._thread.join(10 * NEIGHBOUR_S)


def half_width(samples: Sequence[int]) -> float:
    """Half of the 95 % interval of the median by order statistics, relative to the median.

    Above 20,000 samples every k-th is ranked: the ranks of the interval lie close to the middle in any case.
    """
    count = len(samples)
    ordered = sorted(samples[:: max(count // RANKED, 1)])
    spread = Z_95 / 2 / count**0.5 * len(ordered)
    middle = len(ordered) / 2
    low, high = max(int(middle - spread), 0), min(int(middle + spread), len(ordered) - 1)
    return (ordered[high] - ordered[low]) / 2 / max(ordered[len(ordered) // 2], 1)


def narrow(samples: Sequence[int], spent_ns: int, stop: StopRule) -> bool:
    """Whether there are enough runs over enough time for a narrow interval."""
    if not samples or len(samples) < stop.min_n or spent_ns < stop.min_s * 1e9:
        return False
    return half_width(samples) <= stop.half_width


class Bench:
    """Measures plans on this board.

    Args:
        locate: finds verified bundles.
        folders: of an environment.
        machine: this board.
        root: where sensors are read.
        check: called all the time; raises when the work must stop.
        beside: models that run all the while, as those of other slots do.
    """

    def __init__(
        self,
        locate: Locate,
        folders: Callable[[Optional[str]], List[str]],
        machine: Machine,
        root: str,
        check: Callable[[], None] = lambda: None,
        beside: Sequence[PlanEntry] = (),
    ) -> None:
        self._beside = beside
        self._locate, self._folders, self._machine, self._root = locate, folders, machine, root
        self._check = check
        self._children: List[ChildProcess] = []

    def run(self, plan: MeasurePlan, device_id: str, progress: Progress) -> Tuple[MeasureResult, bytes]:
        """Measure a plan.

        Args:
            plan: entries name verified bundles.
            device_id: of this board, for the result.
            progress: called with ``{"stage", "done", "total"}`` and, while measuring, ``"eta_s"``.

        Returns:
            The result and the zlib-compressed samples of all entries, in their order.
        """
        if not 0 < len(plan.entries) <= MAX_ENTRIES:
            raise AgentError("bad-plan", "a plan has 1 to %d entries" % MAX_ENTRIES, "split the plan")
        if (plan.energy is not None or plan.operators) and len(plan.entries) > MAX_DETAILED:
            raise AgentError("bad-plan", "energy and operators of at most %d entries" % MAX_DETAILED, "split the plan")
        if self._beside and plan.shared_child:
            raise AgentError(
                "bad-plan", "candidates share one process; nothing can run beside", "measure without slots"
            )
        before, times = read_all(self._root), load.cpu_times(self._root)
        entries = [_Entry(index, spec) for index, spec in enumerate(plan.entries)]
        neighbours: List[_Neighbour] = []
        try:
            for spec in self._beside:
                neighbours.append(self._neighbour(plan, spec))
            for entry in entries:
                progress({"stage": "load", "done": entry.index, "total": len(entries)})
                self._guard(entry, lambda item: self._open(plan, item))
            block_s = max(plan.block_s, plan.stop.max_s * len(entries) / MAX_BLOCKS)
            for entry in entries:
                progress({"stage": "warm-up", "done": entry.index, "total": len(entries)})
                self._guard(entry, lambda item: item.warm(plan.warmup_max_s, block_s))
            blocks, stopped = self._rounds(plan, entries, progress)
            if plan.energy is not None:
                self._energy(plan.energy, entries, progress)
            for entry in entries:
                self._guard(entry, lambda item: item.finish(plan.shared_child, plan.operators))
            busy = sum(neighbour.runs for neighbour in neighbours)
        finally:
            for neighbour in neighbours:
                neighbour.stop()
            for child in self._children:
                child.close()
        if neighbours and busy == 0:
            raise AgentError("neighbour-idle", "a model of another slot did not run beside", "measure again")
        after = read_all(self._root)
        conditions = self._conditions(before, after, load.steal_share(times, load.cpu_times(self._root)))
        packed = zlib.compress(b"".join(_little(entry.samples) for entry in entries), 6)
        origin = "measured" if self._root == "/" else "simulated"
        results = [entry.result() for entry in entries]
        return MeasureResult(plan.nonce, device_id, results, blocks, conditions, stopped, len(packed), origin), packed

    def _neighbour(self, plan: MeasurePlan, spec: PlanEntry) -> "_Neighbour":
        """Start a model that runs beside the plan."""
        entry = _Entry(0, spec)
        try:
            self._open(plan, entry, alone=True)
        except FlyweightError as error:
            raise AgentError(
                "neighbour-failed", "a model beside cannot run: %s" % error.message, error.remedy
            ) from None
        return _Neighbour(entry)

    def stream(self, plan: ScenarioPlan, device_id: str, progress: Progress) -> Tuple[ScenarioResult, bytes]:
        """Run one model as a service: queries come at their own times, whether the model is ready or not.

        Args:
            plan: names a verified bundle.
            device_id: of this board, for the result.
            progress: called with ``{"stage", "done", "total"}``.

        Returns:
            The result and the zlib-compressed table of all queries.
        """
        if plan.kind not in KINDS or not 0 < plan.seconds <= MAX_STREAM_S or not 0 <= plan.rate_hz <= MAX_RATE_HZ:
            raise AgentError("bad-plan", "no such scenario: %s" % plan.kind[:40], "use one of: " + ", ".join(KINDS))
        if plan.kind in OPEN_LOOP and plan.rate_hz <= 0:
            raise AgentError("bad-plan", "queries of a %s scenario need a rate" % plan.kind, "give a rate above 0")
        before, times = read_all(self._root), load.cpu_times(self._root)
        entry = _Entry(0, plan.entry)
        stop = StopRule(max_s=plan.seconds * 2)
        try:
            progress({"stage": "load", "done": 0, "total": 1})
            self._open(MeasurePlan([plan.entry], plan.nonce, plan.seed, stop), entry)
            progress({"stage": "warm-up", "done": 0, "total": 1})
            entry.warm(WARM_STREAM_S, BLOCK_STREAM_S)
            median_s = BLOCK_STREAM_S / entry.block_runs
            count = queries(plan, median_s)
            progress({"stage": plan.kind, "done": 0, "total": 1})
            wanted = {
                "kind": plan.kind,
                "rate_hz": plan.rate_hz,
                "depth": plan.depth,
                "seed": plan.seed,
                "count": count,
            }
            more = {"per_query": plan.per_query, **self._files(plan.entry), **wanted}
            limit_s = LOAD_TIMEOUT_S + plan.seconds + 4 * count * max(plan.per_query, 1) * median_s
            answer, table = entry.ask("stream", limit_s, 8 * STREAM_COLUMNS * count, **more)
            entry.finish(False, False)
        finally:
            for child in self._children:
                child.close()
        after = read_all(self._root)
        conditions = self._conditions(before, after, load.steal_share(times, load.cpu_times(self._root)))
        packed = zlib.compress(table, 6)
        origin = "measured" if self._root == "/" else "simulated"
        facts = (count, int(answer["wall_ns"]), int(answer["cpu_ns"]), int(answer["backlog"]), bool(answer["raw"]))
        return ScenarioResult(plan.nonce, device_id, *facts, entry.result(), conditions, len(packed), origin), packed

    def _files(self, spec: PlanEntry) -> Dict[str, Any]:
        """The bundle's I/O contract and raw golden files, which a camera's frames are made from."""
        manifest, folder = self._locate(spec.bundle, spec.file)
        raw = [{"path": folder + "/" + item.file, "kind": item.kind} for item in manifest.golden.raw]
        return {"io": encode(manifest.io) if raw else None, "raw": raw}

    def _open(self, plan: MeasurePlan, entry: _Entry, alone: bool = False) -> None:
        spec = entry.spec
        manifest, folder = self._locate(spec.bundle, spec.file)
        if plan.shared_child and self._children:
            entry.child = self._children[0]
        else:
            share = len(plan.entries) if plan.shared_child or alone else 1
            busy_s = (
                plan.stop.max_s * 2 + plan.warmup_max_s + (0.0 if plan.energy is None else 2 * plan.energy.window_s)
            )
            seconds = busy_s * max(spec.threads, 1) * share
            folders = self._folders(spec.env)
            # A neighbour is asked from its own thread, which must not look at the desktop's channel.
            check = (lambda: None) if alone else self._check
            entry.child = ChildProcess(folders, int(seconds) + CPU_RESERVE_S, self._machine.ram_bytes, check)
            self._children.append(entry.child)
        entry.model = {
            "runtime": spec.runtime.id,
            "provider": spec.runtime.provider,
            "options": spec.runtime.options,
            "threads": spec.threads,
            "path": folder + "/" + manifest.file(spec.file).name,
            "file": spec.file,
            "golden": folder + "/" + manifest.golden.file if manifest.golden.samples else "",
        }
        entry.loaded = entry.ask("load", LOAD_TIMEOUT_S)[0]

    def _rounds(self, plan: MeasurePlan, entries: List[_Entry], progress: Progress) -> Tuple[List[Block], str]:
        order, number, next_look = random.Random(plan.seed), 0, plan.min_blocks
        blocks: List[Block] = []
        while True:
            alive = [entry for entry in entries if entry.error is None]
            order.shuffle(alive)
            for entry in alive:
                self._guard(entry, partial(_add_block, blocks, number))
                if entry.spec.threads > 1:
                    time.sleep(SPIN_DOWN_S)
            number += 1
            alive = [entry for entry in entries if entry.error is None]
            if not alive:
                return blocks, "max-s"
            if number >= next_look:
                if all(narrow(entry.samples, entry.spent_ns, plan.stop) for entry in alive):
                    return blocks, "half-width"
                next_look = number + max(number // 10, 1)
            longest = max(entry.spent_ns for entry in alive)
            most = max(len(entry.samples) for entry in alive)
            enough = all(len(entry.samples) >= plan.stop.min_n for entry in alive)
            limit_s = plan.stop.max_s if enough else plan.stop.max_s * PATIENCE
            if longest >= limit_s * 1e9 or most >= MAX_SAMPLES:
                return blocks, "max-s"
            if number % 4 == 0:
                progress({"stage": "measure", **_share(alive, plan, number)})

    def _energy(self, plan: EnergyPlan, entries: List[_Entry], progress: Progress) -> None:
        """Energy of each entry, where a sensor tells any; this comes after the latency and never mixes with it."""
        from . import sampler

        why = sampler.reason(read_power(self._root))
        for entry in entries:
            if why is not None and not plan.always:
                entry.energy = EnergyRun(reason=why)
                continue
            progress({"stage": "energy", "done": entry.index, "total": len(entries)})
            with sampler.Sampler(self._root, plan.period_s) as running:
                if why is None:
                    running.wait(self._check)
                instants: List[int] = []
                runs = [0]

                def take(item: _Entry, instants: List[int] = instants, runs: List[int] = runs) -> None:
                    instants += [sampler.now_ns(), self._idle(plan.idle_s), sampler.now_ns()]
                    runs[0] = item.work(plan.window_s)
                    instants += [sampler.now_ns(), sampler.now_ns(), self._idle(plan.idle_s)]

                self._guard(entry, take)
                traces = sampler.cut(running.finish(), instants[0], instants[-1]) if len(instants) == 6 else []
                entry.energy = EnergyRun(instants if len(instants) == 6 else [], runs[0], traces)

    def _idle(self, seconds: float) -> int:
        """Wait, and say when it was over."""
        from .sampler import now_ns

        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._check()
            time.sleep(min(0.25, max(end - time.monotonic(), 0.0)))
        return now_ns()

    def _guard(self, entry: _Entry, act: Callable[[_Entry], Any]) -> None:
        """A model that fails or a child that dies costs its own entry only."""
        if entry.error is not None:
            return
        try:
            act(entry)
        except FlyweightError as error:
            if error.code == "deadline":
                raise
            entry.error = error.message

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


def _add_block(blocks: List[Block], number: int, entry: _Entry) -> None:
    blocks.append(entry.block(number))


def _share(entries: Sequence[_Entry], plan: MeasurePlan, rounds: int) -> Dict[str, Any]:
    """How far the rounds are: towards the fewest they can end with, then towards the most."""
    stop, spent_s = plan.stop, max(entry.spent_ns for entry in entries) / 1e9
    least = min(
        min(len(entry.samples) / max(stop.min_n, 1), entry.spent_ns / 1e9 / max(stop.min_s, 1e-3), 1.0)
        for entry in entries
    )
    least = min(least, rounds / max(plan.min_blocks, 1))
    total_s = sum(entry.spent_ns for entry in entries) / 1e9
    if least < 1.0:
        done, eta_s = 0.95 * least, total_s / max(least, 1e-3) - total_s
    else:
        done, eta_s = 0.95 + 0.05 * spent_s / max(stop.max_s, 1e-3), (stop.max_s - spent_s) * len(entries)
    return {"done": round(min(done, 1.0), 3), "total": 1, "eta_s": round(max(eta_s, 0.0), 1)}


def _little(samples: "array[int]") -> bytes:
    if sys.byteorder == "little":
        return samples.tobytes()
    swapped = array("q", samples)
    swapped.byteswap()
    return swapped.tobytes()
