"""Is a comparison honest? Pairs of identical models, and pairs of which one is 5 % slower, on this computer's board.

Goals: of 100 identical pairs at most 5 come out faster or slower at a 99 % interval, median width of it at most 3 %; a planted
5 % slowdown is found in 9 of 10. The slowdown is planted in the raw samples, so that its size is known exactly.

The machine is loaded by this program itself, by one process for each processor that works and sleeps by turns of random length;
LOAD is another number of them, 0 for none. SECONDS is the longest time of a side; the plans are those of ``flyweight measure``,
with several processes of each side unless PROCESSES says how many. What processes of one model differ by on this machine is
printed beside what the product's intervals expect.
Each pair's result is printed as it comes, with what all so far add up to, so that a run cut short tells something too.
With RAW the blocks of the pairs are kept in that file; a run that was stopped goes on where it was, and one with all of them
only counts again.

Run: python -m tests.benchmarks.bench_pairs [PAIRS [SECONDS [LOAD [RAW [PROCESSES]]]]]
"""

import math
import os
import pickle
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from scipy.stats import norm, t

from device_agent.contract.messages import MeasurePlan, PlanEntry, RuntimeChoice, StopRule
from engine.deploy.connect import connect
from engine.deploy.release import stage
from engine.events import Cancel, ignore
from engine.measure.plan import BLOCK_S, WARMUP_MOST_S, fresh_nonce, least_rounds, processes
from engine.measure.processes import EXPECTED_SPREAD, PROCESS_SPREAD, freedom, jackknife
from engine.measure.ratio import between_processes, paired_ratio
from engine.measure.statistics import Z_95
from engine.measure.trust import blocks_of, check_answer, unpack_raw
from engine.model.samples import sample
from engine.package.bundle import make_bundle
from engine.package.keys import signing_key
from engine.records import Format, Recipe

PLANTED = 1.05
TOGETHER = 2
"""Sides of a plan, as ``flyweight measure A --against B`` makes it."""
BUSY = """
import random, time
draw, block = random.Random(%d), bytearray(1 << 21)
while True:
    end = time.monotonic() + draw.expovariate(20)
    while time.monotonic() < end:
        sum(block[:: draw.choice([64, 640])])
    time.sleep(draw.expovariate(40))
"""
"""Works two thirds of the time, through memory now and then."""


@contextmanager
def loaded(count):
    """Other work meanwhile."""
    busy = [subprocess.Popen([sys.executable, "-c", BUSY % number]) for number in range(count)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def pairs(client, bundle, found, count, seconds, each):
    """Blocks of identical models and which process ran each round, from pair ``found`` on, each as soon as it is measured."""
    stop = StopRule(max_s=seconds)
    each = each or processes(stop, client.hello.minor)
    while found < count:
        entry = PlanEntry(bundle.sha256, "model.onnx", RuntimeChoice("onnxruntime"))
        plan = MeasurePlan(
            [entry] * TOGETHER, fresh_nonce(), found, stop, BLOCK_S, least_rounds(each), WARMUP_MOST_S, processes=each
        )
        result, raw = client.measure(plan)
        samples = unpack_raw(result, raw)
        check_answer(plan, result, samples, client.hello)
        for index in range(0, TOGETHER, 2):
            sides = [{b.round: s[b.first : b.first + b.count] for b in blocks_of(result, i)} for i, s in
                     ((index, samples[index]), (index + 1, samples[index + 1]))]  # fmt: skip
            rounds = sorted(set(sides[0]) & set(sides[1]))
            found += 1
            ran_by = {block.round: block.process for block in result.blocks}
            yield [sides[0][r] for r in rounds], [sides[1][r] for r in rounds], [ran_by[r] for r in rounds]


def interval99(within):
    """The product's interval, stretched from 95 % to 99 %."""
    ratio, count = between_processes(within), len(within.left_out)
    centre = math.log(ratio.value)
    quantile = t(freedom(count)) if count > 1 else norm()
    stretch = quantile.ppf(0.995) / quantile.ppf(0.975)
    low, high = ((math.log(edge) - centre) * stretch + centre for edge in ratio.ci95)
    return math.exp(low), math.exp(high)


def taken(found, count, seconds, load, each):
    """The blocks of identical pairs beyond those found already on this computer's board, while it has other work."""
    with tempfile.TemporaryDirectory() as folder, connect("loopback") as client:
        files = {Format.ONNX: sample("fashion-mobilenet").onnx}
        bundle = make_bundle(
            files, data=None, recipe=Recipe(()), name="a", out_dir=Path(folder), signing_key=signing_key(), model="m"
        )
        stage(client, bundle, emit=ignore, cancel=Cancel())
        with loaded(load):
            yield from pairs(client, bundle, found, count, seconds, each)


class Tally:
    """What the pairs so far say."""

    def __init__(self):
        self.found, self.planted, self.squares, self.processes, self.rounds = [], [], [], [], []

    def add(self, reference, subject, ran_by):
        within = paired_ratio(reference, subject, ran_by)
        half = math.log(within.ci95[1] / within.ci95[0]) / 2 / Z_95
        count = max(len(within.left_out), 1)
        own = math.log(within.value) ** 2 if count == 1 else jackknife(np.array(within.left_out)) ** 2
        self.squares.append((count * own, count * half**2))
        self.processes.append(count)
        self.rounds.append(within.pairs)
        self.found.append(interval99(within))
        self.planted.append(interval99(paired_ratio([x * PLANTED for x in reference], subject, ran_by)))

    @property
    def spread(self):
        """Standard deviation of the ratio of two processes of one model beyond what their own runs explain."""
        whole, own = np.mean(self.squares, axis=0)
        return math.sqrt(max(whole - own, 0.0))

    @property
    def wrong(self):
        return sum(not low <= 1 <= high for low, high in self.found)

    @property
    def hits(self):
        return sum(low > 1 for low, _ in self.planted)

    @property
    def width(self):
        return float(np.median([high - low for low, high in self.found]))

    def line(self):
        low, high = self.found[-1]
        return (
            f"pair {len(self.found)}: {low:.4f}..{high:.4f} by {self.processes[-1]} processes in {self.rounds[-1]} rounds; "
            f"so far {self.wrong} wrong, median width {self.width:.2%}, "
            f"planted found {self.hits}, load average {os.getloadavg()[0]:.1f}"
        )


def main():
    given = sys.argv[1:]
    count = int(given[0]) if given else 100
    seconds = float(given[1]) if len(given) > 1 else StopRule().max_s
    load = int(given[2]) if len(given) > 2 else os.cpu_count() or 1
    raw = Path(given[3]) if len(given) > 3 else None
    each = int(given[4]) if len(given) > 4 else 0
    same, tally = pickle.loads(raw.read_bytes())[:count] if raw is not None and raw.exists() else [], Tally()
    for pair in same:
        tally.add(*pair)
        print(tally.line(), flush=True)
    for pair in taken(len(same), count, seconds, load, each) if len(same) < count else ():
        same.append(pair)
        tally.add(*pair)
        print(tally.line(), flush=True)
        if raw is not None:
            whole = raw.with_name(raw.name + ".new")  # a run killed while it writes loses nothing
            whole.write_bytes(pickle.dumps(same))
            whole.replace(raw)
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors, {load} processes of it made here")
    print(f"{tally.wrong} of {count} identical pairs came out different at 99 %; median width {tally.width:.1%}")
    print(
        f"two processes of one model differ by {tally.spread:.2%} here (the product expects {EXPECTED_SPREAD:.2%} of several, "
        f"{PROCESS_SPREAD:.2%} of one); {np.mean(tally.processes):.1f} processes of each side"
    )
    print(f"a planted slowdown of {PLANTED - 1:.0%} was found in {tally.hits} of {count}")


if __name__ == "__main__":
    main()
