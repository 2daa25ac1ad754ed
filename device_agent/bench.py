"""Runs a measuring plan: a fresh child per entry, warm-up to steady state, interleaved blocks, stop rule."""

import os
import random
import sys
import time
import zlib
from array import array
from dataclasses import replace
from functools import partial
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from .children import ChildProcess
from .contract.errors import AgentError, FlyweightError
from .contract.manifest import Manifest
from .contract.measuring import (
    ENGINE_BUILD_S,
    TENSORRT,
    Block,
    Conditions,
    EnergyPlan,
    EnergyRun,
    MeasurePlan,
    MeasureResult,
    PlanEntry,
    ScenarioPlan,
    ScenarioResult,
    StopRule,
)
from .contract.messages import Machine, Sample, encode
from .engines import ON_GPU, cache_option
from .entries import LOAD_TIMEOUT_S, Alone, Entry, Neighbour
from .legs import WARM_AGAIN_S, Legs
from .pinning import best_cpus
from .preflight import Watch, look, probe
from .scenarios import BLOCK_STREAM_S, WARM_STREAM_S, checked, queries
from .seat import Seat
from .sensors import load, read_all, read_power, throttling
from .warmth import Warmth

CPU_RESERVE_S = 120
MAX_ENTRIES = 64
MAX_PROCESSES = 64
"""Of each entry, that a plan may ask for."""
MAX_DETAILED = 16
"""Entries of a plan with energy or operators, whose traces must fit into one reply."""
MAX_BLOCKS = 5000
"""So that the reply stays below the cap of a frame; a larger plan gets longer blocks."""
MAX_SAMPLES = 1_000_000
MOST_REPEATED = 2.0
"""So many times its longest time a plan may take because rounds were disturbed and are made again."""
PATIENCE = 3
"""So many times the longest time an entry may take while one has fewer runs than the rule wants at least."""
SPIN_DOWN_S = 0.005
"""Threads of a runtime spin for a moment after their work; the next entry must not compete with them."""
RANKED = 20_000
Z_95 = 1.959964
CLOCK = getattr(time, "CLOCK_MONOTONIC_RAW", time.CLOCK_MONOTONIC)

Locate = Callable[[str, str], Tuple[Manifest, str]]
"""Manifest and folder of a verified bundle whose named model file was hashed again."""
Progress = Callable[[Dict[str, Any]], None]


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


def narrow(samples: Sequence[int], spent_ns: int, stop: StopRule, lost: int = 0) -> bool:
    """Whether there are enough runs over enough time for a narrow interval; ``lost`` ones do not count."""
    if not samples or len(samples) - lost < stop.min_n or spent_ns < stop.min_s * 1e9:
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
        self._cpus: List[int] = []

    def run(
        self, plan: MeasurePlan, device_id: str, progress: Progress, governor: Optional[str] = None
    ) -> Tuple[MeasureResult, bytes]:
        """Measure a plan.

        Args:
            plan: entries name verified bundles.
            device_id: of this board, for the result.
            progress: called with ``{"stage", "done", "total"}`` and, while measuring, ``"eta_s"``.
            governor: the clocks are held with it meanwhile; None = nobody could set one.

        Returns:
            The result and the zlib-compressed samples of all entries, in their order.
        """
        self._check_plan(plan)
        ready = look(self._root)
        before, times = read_all(self._root), load.cpu_times(self._root)
        self._cpus = best_cpus(self._root, max(spec.threads for spec in plan.entries))
        entries = [Entry(index, spec) for index, spec in enumerate(plan.entries)]
        neighbours: List[Neighbour] = []
        try:
            for slot, spec in zip(plan.beside, self._beside):
                neighbours.append(self._neighbour(plan, slot, spec))
            began = time.monotonic()
            for entry in entries:
                progress({"stage": "load", "done": entry.index, "total": len(entries)})
                self._guard(entry, lambda item: self._open(plan, item))
            renewal_s = time.monotonic() - began + WARM_AGAIN_S * len(entries)
            block_s = max(plan.block_s, plan.stop.max_s * len(entries) / MAX_BLOCKS)
            for entry in entries:
                progress({"stage": "warm-up", "done": entry.index, "total": len(entries)})
                self._guard(entry, lambda item: item.warm(plan.warmup_max_s, block_s))
            seat, legs = self._seat(entries), Legs(plan, renewal_s)
            alone = Alone(neighbours, self._check) if plan.neighbours and neighbours else None
            if alone is not None:
                alone.wait()
            own_cpu, own_wall = time.process_time_ns(), time.monotonic_ns()
            warmth = Warmth(self._root)
            blocks, stopped = self._rounds(plan, entries, progress, seat, legs, warmth, alone)
            own_cpu, own_wall = time.process_time_ns() - own_cpu, time.monotonic_ns() - own_wall
            if alone is not None:
                alone.wait()
            seat.leave(child.pid for child in self._children)
            if plan.energy is not None:
                self._energy(plan.energy, entries, progress)
            for entry in entries:
                self._guard(entry, lambda item: item.finish(plan.shared_child, plan.operators))
            idle = [item for item in neighbours if item.ended or item.runs == 0]
        finally:
            for neighbour in neighbours:
                neighbour.stop()
            for child in self._children:
                child.close()
        if idle:
            raise AgentError(
                "neighbour-idle",
                "a model of another slot did not run beside to the end",
                "see that the board has memory for both, then measure again",
            )
        after = read_all(self._root)
        conditions = replace(
            self._conditions(before, after, load.steal_share(times, load.cpu_times(self._root))),
            governor=governor or self._machine.governor,
            preflight=ready,
            probe_after_ns=probe(),
            pinned_governor=governor,
            pinned_cpus=self._cpus,
            agent_cpu_ns=own_cpu,
            agent_wall_ns=own_wall,
        )
        beside = [item.result() for item in neighbours] if plan.neighbours else []
        every = [*(entry.samples for entry in entries), *(samples for _, samples in beside)]
        packed = zlib.compress(b"".join(map(_little, every)), 6)
        origin = "measured" if self._root == "/" else "simulated"
        results = [entry.result() for entry in entries]
        facts = (results, blocks, conditions, stopped, len(packed), origin, time.clock_gettime_ns(CLOCK))
        told, alone_ns = [result for result, _ in beside], [] if alone is None else alone.times_ns
        return MeasureResult(plan.nonce, device_id, *facts, warmth.traces(), told, alone_ns), packed

    def _check_plan(self, plan: MeasurePlan) -> None:
        """Refuse what a board cannot do at once."""
        if not 0 < len(plan.entries) <= MAX_ENTRIES:
            raise AgentError("bad-plan", "a plan has 1 to %d entries" % MAX_ENTRIES, "split the plan")
        if (plan.energy is not None or plan.operators) and len(plan.entries) > MAX_DETAILED:
            raise AgentError("bad-plan", "energy and operators of at most %d entries" % MAX_DETAILED, "split the plan")
        if self._beside and plan.shared_child:
            raise AgentError(
                "bad-plan", "candidates share one process; nothing can run beside", "measure without slots"
            )
        if not 0 < plan.processes <= (1 if plan.shared_child else MAX_PROCESSES):
            said = "each entry has 1 to %d processes, candidates share one" % MAX_PROCESSES
            raise AgentError("bad-plan", said, "ask for fewer")

    def _neighbour(self, plan: MeasurePlan, slot: str, spec: PlanEntry) -> "Neighbour":
        """Start a model that runs beside the plan."""
        entry = Entry(0, spec)
        try:
            self._open(plan, entry, alone=True)
        except FlyweightError as error:
            raise AgentError(
                "neighbour-failed", "a model beside cannot run: %s" % error.message, error.remedy
            ) from None
        return Neighbour(entry, slot, plan.neighbours)

    def stream(
        self, plan: ScenarioPlan, device_id: str, progress: Progress, governor: Optional[str] = None
    ) -> Tuple[ScenarioResult, bytes]:
        """Run one model as a service: queries come at their own times, whether the model is ready or not.

        Args:
            plan: names a verified bundle.
            device_id: of this board, for the result.
            progress: called with ``{"stage", "done", "total"}``.
            governor: the clocks are held with it meanwhile; None = nobody could set one.

        Returns:
            The result and the zlib-compressed table of all queries.
        """
        resting_s = checked(plan)
        ready = look(self._root)
        before, times = read_all(self._root), load.cpu_times(self._root)
        entry = Entry(0, plan.entry)
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
                "columns": plan.columns,
            }
            more = {"per_query": plan.per_query, **self._files(plan.entry), **wanted}
            limit_s = LOAD_TIMEOUT_S + max(plan.seconds, resting_s) + 4 * count * max(plan.per_query, 1) * median_s
            watch = Watch(self._root)
            answer, table = entry.ask("stream", limit_s, 8 * plan.columns * count, **more)
            disturbed = watch.since()
            entry.finish(False, False)
        finally:
            for child in self._children:
                child.close()
        after = read_all(self._root)
        conditions = self._conditions(before, after, load.steal_share(times, load.cpu_times(self._root)))
        conditions = replace(
            conditions,
            governor=governor or self._machine.governor,
            pinned_governor=governor,
            preflight=ready,
            probe_after_ns=probe(),
        )
        packed = zlib.compress(table, 6)
        origin = "measured" if self._root == "/" else "simulated"
        facts = (count, int(answer["wall_ns"]), int(answer["cpu_ns"]), int(answer["backlog"]), bool(answer["raw"]))
        rest = (entry.result(), conditions, len(packed), origin, time.clock_gettime_ns(CLOCK))
        found = ScenarioResult(plan.nonce, device_id, *facts, *rest, columns=plan.columns, disturbed=disturbed)
        return found, packed

    def _files(self, spec: PlanEntry) -> Dict[str, Any]:
        """The bundle's I/O contract and raw golden files, which a camera's frames are made from."""
        manifest, folder = self._locate(spec.bundle, spec.file)
        raw = [{"path": folder + "/" + item.file, "kind": item.kind} for item in manifest.golden.raw]
        return {"io": encode(manifest.io) if raw else None, "raw": raw}

    def _open(self, plan: MeasurePlan, entry: Entry, alone: bool = False) -> None:
        spec = entry.spec
        manifest, folder = self._locate(spec.bundle, spec.file)
        provider = spec.runtime.provider
        entry.model = {
            "runtime": spec.runtime.id,
            "provider": provider,
            "options": {**spec.runtime.options, **cache_option(provider, folder, self._root)},
            "threads": spec.threads,
            "path": folder + "/" + manifest.file(spec.file).name,
            "file": spec.file,
            "golden": folder + "/" + manifest.golden.file if manifest.golden.samples else "",
        }
        self._start(plan, entry, alone)

    def _start(self, plan: MeasurePlan, entry: Entry, alone: bool = False) -> None:
        """Load the entry's model into a process; what the first one told of it stays."""
        spec = entry.spec
        provider = spec.runtime.provider
        build_s = ENGINE_BUILD_S if provider == TENSORRT else 0
        if plan.shared_child and self._children:
            entry.child = self._children[0]
        else:
            share = len(plan.entries) if plan.shared_child or alone else 1
            longest_s = plan.stop.max_s * 2 * MOST_REPEATED + plan.warmup_max_s
            busy_s = longest_s + (
                0.0 if plan.energy is None else 4 * plan.energy.window_s
            )  # twice where a sensor has a gap
            seconds = busy_s * max(spec.threads, 1) * share
            folders = self._folders(spec.env)
            # A neighbour is asked from its own thread, which must not look at the desktop's channel.
            check = (lambda: None) if alone else self._check
            limit_s = int(seconds) + CPU_RESERVE_S + build_s
            on_gpu = provider in ON_GPU
            entry.child = ChildProcess(folders, limit_s, self._machine.ram_bytes, check, self._cpus, on_gpu)
            self._children.append(entry.child)
        told = entry.ask("load", LOAD_TIMEOUT_S + build_s)[0]
        entry.loaded = entry.loaded or told

    def _renew(self, plan: MeasurePlan, entries: Sequence[Entry], seat: Seat) -> float:
        """Go on in fresh processes; returns the seconds it took."""
        began = time.monotonic()
        for entry in entries:
            self._guard(entry, Entry.weigh)
        for entry in entries:  # all of them before the first new one: a small board has memory for one of each
            if entry.child is not None:
                self._children.remove(entry.child)
                entry.child.close()
        for entry in entries:
            self._guard(entry, partial(self._start, plan))
        seat.bring(child.pid for child in self._children)
        for entry in entries:
            self._guard(entry, lambda item: item.warm_again(WARM_AGAIN_S))
        seat.look()
        return time.monotonic() - began

    def _rounds(
        self,
        plan: MeasurePlan,
        entries: List[Entry],
        progress: Progress,
        seat: Seat,
        legs: Legs,
        warmth: Warmth,
        alone: Optional[Alone],
    ) -> Tuple[List[Block], str]:
        order, number, next_look = random.Random(plan.seed), 0, plan.min_blocks
        blocks: List[Block] = []
        watch = Watch(self._root)
        while True:
            alive = [entry for entry in entries if entry.error is None]
            order.shuffle(alive)
            own_cpu_s = sum(block.cpu_ns for block in blocks[-len(entries) :] if block.round == number - 1) / 1e9
            seat.take([child.pid for child in self._children], own_cpu_s)
            for entry in alive:
                self._guard(entry, partial(_add_block, blocks, number))
                if entry.spec.threads > 1:
                    time.sleep(SPIN_DOWN_S)
            _mark(blocks, entries, number, watch.since())
            warmth.look()
            number += 1
            alive = [entry for entry in entries if entry.error is None]
            if not alive:
                return blocks, "max-s"
            if number >= next_look and legs.complete(alive, blocks):
                if all(narrow(entry.samples, entry.spent_ns - entry.lost_ns, plan.stop, entry.lost) for entry in alive):
                    return blocks, "half-width"
                next_look = number + max(number // 10, 1)
            longest = max(entry.spent_ns - min(entry.lost_ns, entry.spent_ns / MOST_REPEATED) for entry in alive)
            most = max(len(entry.samples) for entry in alive)
            enough = all(len(entry.samples) - entry.lost >= plan.stop.min_n for entry in alive)
            limit_s = plan.stop.max_s * (1 if enough else PATIENCE) - legs.beyond_s
            if longest >= limit_s * 1e9 or most >= MAX_SAMPLES:
                return blocks, "max-s"
            if number % 4 == 0:
                progress({"stage": "measure", **_share(alive, plan, number, legs)})
            if legs.over(alive, blocks):
                # Which entry's process starts first alternates: the later one is a little faster.
                legs.begin(number, self._renew(plan, alive[:: 1 if legs.number % 2 else -1], seat))
                watch.since()  # what happened while models were loaded disturbed no round
            if alone is not None and alone.is_due(number):
                alone.wait(number)
                watch.since()

    def _seat(self, entries: List[Entry]) -> Seat:
        """One processor for each round, where every entry needs just one."""
        plain = all(entry.spec.threads == 1 and entry.spec.runtime.provider not in ON_GPU for entry in entries)
        return Seat(self._root, (self._cpus or sorted(os.sched_getaffinity(0))) if plain else [])

    def _energy(self, plan: EnergyPlan, entries: List[Entry], progress: Progress) -> None:
        """Energy of each entry, where a sensor tells any; this comes after the latency and never mixes with it."""
        from . import sampler

        why = sampler.reason(read_power(self._root))
        for entry in entries:
            if why is not None and not plan.always:
                entry.energy = EnergyRun(reason=why)
                continue
            progress({"stage": "energy", "done": entry.index, "total": len(entries)})
            entry.energy = self._energy_of(plan, entry, why)
            if sampler.gap(entry.energy.traces):  # once more; what has a gap again is for the desktop to reject
                entry.energy = self._energy_of(plan, entry, why)

    def _energy_of(self, plan: EnergyPlan, entry: Entry, why: Optional[str]) -> EnergyRun:
        from . import sampler

        with sampler.Sampler(self._root, plan.period_s) as running:
            if why is None:
                running.wait(self._check)
            instants: List[int] = []
            runs = [0]

            def take(item: Entry) -> None:
                instants.extend((sampler.now_ns(), self._idle(plan.idle_s), sampler.now_ns()))
                runs[0] = item.work(plan.window_s)
                instants.extend((sampler.now_ns(), sampler.now_ns(), self._idle(plan.idle_s)))

            self._guard(entry, take)
            if len(instants) != 6:
                return EnergyRun([], runs[0], [])
            return EnergyRun(instants, runs[0], sampler.cut(running.finish(), instants[0], instants[-1]))

    def _idle(self, seconds: float) -> int:
        """Wait, and say when it was over."""
        from .sampler import now_ns

        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._check()
            time.sleep(min(0.25, max(end - time.monotonic(), 0.0)))
        return now_ns()

    def _guard(self, entry: Entry, act: Callable[[Entry], Any]) -> None:
        """A model that fails or a child that dies costs its own entry only."""
        if entry.error is not None:
            return
        try:
            act(entry)
        except FlyweightError as error:
            if error.code in ("deadline", "cancelled"):
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


def _add_block(blocks: List[Block], number: int, entry: Entry) -> None:
    blocks.append(entry.block(number))


def _mark(blocks: List[Block], entries: List[Entry], number: int, why: str) -> None:
    """Note in the blocks of a round what disturbed it; it is made again as long as there is time."""
    if not why:
        return
    for index in range(len(blocks) - 1, -1, -1):
        if blocks[index].round != number:
            return
        block = blocks[index] = replace(blocks[index], disturbed=why)
        entries[block.entry].lost += block.count
        entries[block.entry].lost_ns += block.wall_ns


def _share(entries: Sequence[Entry], plan: MeasurePlan, rounds: int, legs: Legs) -> Dict[str, Any]:
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
    eta_s += legs.renewals_left * legs.renewal_s
    return {"done": round(min(done, 1.0), 3), "total": 1, "eta_s": round(max(eta_s, 0.0), 1)}


def _little(samples: "array[int]") -> bytes:
    if sys.byteorder == "little":
        return samples.tobytes()
    swapped = array("q", samples)
    swapped.byteswap()
    return swapped.tobytes()
