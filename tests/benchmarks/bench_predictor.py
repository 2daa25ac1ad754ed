"""How well latency is predicted on this computer's board: random networks are timed there, some are held out.

Goal: nine of ten held-out networks within 10 % of the measured median; the interval's coverage beside it.
Run: python -m tests.benchmarks.bench_predictor [NETWORKS]
"""

import sys

import numpy as np

from device_agent.contract.messages import StopRule
from engine.measure import candidates
from engine.measure.candidates import candidate_timer
from engine.measure.features import amounts
from engine.measure.probe import Chain, probe
from profiles.predict import Known, fit

TOGETHER = 12
SPLITS = 20


def random_network(draw, int8):
    """A classifier of plain and depthwise-separable blocks of random width and depth."""
    net = Chain(3, int(draw.choice([28, 32, 48, 64])), int8).conv(1, 3, out=int(draw.choice([8, 16, 24])), stride=2)
    for _ in range(draw.integers(2, 6)):
        wide, stride = int(draw.choice([16, 24, 32, 48, 64, 96, 128])), int(draw.choice([1, 2]))
        if net.size <= 4:
            stride = 1
        if draw.random() < 0.5:
            net.conv(1, 3, depthwise=True, stride=stride).conv(1, 1, out=wide)
        else:
            net.conv(1, 3, out=wide, stride=stride)
    return net.pooled().dense(1, 10).model()


def measured(count):
    draw = np.random.default_rng(7)
    models = [random_network(draw, bool(i % 2)) for i in range(count)]
    candidates.QUICK = StopRule(min_n=60, min_s=0.3, max_s=1.5, half_width=0.01)
    rows = []
    with candidate_timer("loopback") as time:
        probes = probe(time)
        for start in range(0, count, TOGETHER):
            part = models[start : start + TOGETHER]
            timed = time([model.SerializeToString() for model in part])
            rows += [Known(amounts(m), t.p50_ms) for m, t in zip(part, timed, strict=True)]
    return probes, rows


def main():
    probes, rows = measured(int(sys.argv[1]) if len(sys.argv) > 1 else 48)
    for train in (0, 5, 10, 20, 30):
        errors, covered, widths = [], [], []
        for split in range(SPLITS):
            order = np.random.default_rng(split).permutation(len(rows))
            model = fit([*probes, *(rows[i] for i in order[:train])])
            for i in order[train:]:
                found = model.predict(rows[i].amounts)
                errors.append(abs(found.p50_ms / rows[i].p50_ms - 1))
                if found.interval is not None:
                    covered.append(found.interval[0] <= rows[i].p50_ms <= found.interval[1])
                    widths.append(found.interval[1] / found.p50_ms - 1)
        within = np.mean(np.array(errors) <= 0.1)
        text = f"{train:>3} readings: median error {np.median(errors):.1%}, within 10 % {within:.0%}"
        if covered:
            text += f", 90 % interval covers {np.mean(covered):.0%}, half-width {np.median(widths):.0%}"
        print(text)


if __name__ == "__main__":
    main()
