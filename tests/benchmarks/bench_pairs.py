"""Is a comparison honest? Pairs of identical models, and pairs of which one is 5 % slower, on this computer's board.

Goals: of 100 identical pairs at most 5 come out faster or slower at a 99 % interval, median width of it at most 3 %; a planted
5 % slowdown is found in 9 of 10. The slowdown is planted in the raw samples, so that its size is known exactly.

Run: python -m tests.benchmarks.bench_pairs [PAIRS]
"""

import math
import sys
import tempfile
from pathlib import Path

import numpy as np

from device_agent.contract.messages import MeasurePlan, PlanEntry, RuntimeChoice, StopRule
from engine.deploy.connect import connect
from engine.deploy.release import stage
from engine.events import Cancel, ignore
from engine.measure.plan import fresh_nonce
from engine.measure.statistics import Z_95, between_processes, paired_ratio
from engine.measure.trust import blocks_of, check_answer, unpack_raw
from engine.model.samples import sample
from engine.package.bundle import make_bundle
from engine.package.keys import signing_key
from engine.records import Format, Recipe

Z_99 = 2.5758293035489
PLANTED = 1.05
TOGETHER = 8
STOP = StopRule(min_n=299, min_s=1.0, max_s=10.0, half_width=0.005)
"""Half of the longest time ``flyweight measure`` takes for a variant; on a quiet machine both end after a few seconds."""


def pairs(client, bundle, count):
    """Blocks of identical models, as many pairs as asked for."""
    found = []
    while len(found) < count:
        entry = PlanEntry(bundle.sha256, "model.onnx", RuntimeChoice("onnxruntime"))
        plan = MeasurePlan([entry] * TOGETHER, fresh_nonce(), len(found), STOP, 0.02, 40, 1.5)
        result, raw = client.measure(plan)
        samples = unpack_raw(result, raw)
        check_answer(plan, result, samples, client.hello)
        for index in range(0, TOGETHER, 2):
            sides = [{b.round: s[b.first : b.first + b.count] for b in blocks_of(result, i)} for i, s in
                     ((index, samples[index]), (index + 1, samples[index + 1]))]  # fmt: skip
            rounds = sorted(set(sides[0]) & set(sides[1]))
            found.append(([sides[0][r] for r in rounds], [sides[1][r] for r in rounds]))
    return found[:count]


def interval99(reference, subject):
    """The product's interval, stretched from 95 % to 99 %."""
    ratio = between_processes(paired_ratio(reference, subject))
    centre = math.log(ratio.value)
    low, high = ((math.log(edge) - centre) * Z_99 / Z_95 + centre for edge in ratio.ci95)
    return math.exp(low), math.exp(high)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with tempfile.TemporaryDirectory() as folder, connect("loopback") as client:
        files = {Format.ONNX: sample("fashion-mobilenet").onnx}
        bundle = make_bundle(
            files, data=None, recipe=Recipe(()), name="a", out_dir=Path(folder), signing_key=signing_key(), model="m"
        )
        stage(client, bundle, emit=ignore, cancel=Cancel())
        same = pairs(client, bundle, count)
    found = [interval99(a, b) for a, b in same]
    wrong = sum(not low <= 1 <= high for low, high in found)
    width = float(np.median([high - low for low, high in found]))
    planted = [interval99([x * PLANTED for x in a], b) for a, b in same]
    hits = sum(low > 1 for low, _ in planted)
    print(f"{wrong} of {count} identical pairs came out different at 99 %; median width {width:.1%}")
    print(f"a planted slowdown of {PLANTED - 1:.0%} was found in {hits} of {count}")


if __name__ == "__main__":
    main()
