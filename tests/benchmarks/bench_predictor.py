"""How well latency is predicted on this computer's board: random networks are timed there, some are held out.

Goal: nine of ten held-out networks within 10 % of the measured median; the interval's coverage beside it. Every network is timed
twice, in two plans, and its reading is the mean of both: what differs between the two is printed, as the floor under every
prediction. With a file, the rows are written there, or taken from there when it exists, so that one measurement serves many
changes of the predictor.

Run: python -m tests.benchmarks.bench_predictor [NETWORKS [FILE]]
"""

import json
import sys
import time
from pathlib import Path

import numpy as np

from device_agent.contract.messages import StopRule
from engine.measure import candidates
from engine.measure.candidates import candidate_timer
from engine.measure.features import amounts
from engine.measure.probe import Chain, probe_models
from profiles.predict import Known, fit

TOGETHER = 12
SPLITS = 20
SEED = 7
LONGER = StopRule(min_n=60, min_s=0.3, max_s=1.5, half_width=0.01)


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


def networks(count, seed=SEED):
    """The same networks for the same seed; every other one in int8."""
    draw = np.random.default_rng(seed)
    return [random_network(draw, bool(i % 2)) for i in range(count)]


def measured(models):
    """Milliseconds of the micro-benchmark's graphs, and of each network in two passes."""
    with candidate_timer("loopback") as timer:
        begin = time.perf_counter()
        probes = [item.p50_ms for item in timer([model.SerializeToString() for model in probe_models()])]
        print(f"micro-benchmark: {len(probes)} graphs in {time.perf_counter() - begin:.1f} s")
        candidates.QUICK = LONGER
        passes = []
        for order in (np.arange(len(models)), np.random.default_rng(1).permutation(len(models))):
            taken = np.zeros(len(models))
            for start in range(0, len(models), TOGETHER):
                part = order[start : start + TOGETHER]
                timed = timer([models[i].SerializeToString() for i in part])
                taken[part] = [item.p50_ms for item in timed]
            passes.append(taken.tolist())
    return {"network_seed": SEED, "probe_ms": probes, "network_ms": passes[0], "again_ms": passes[1]}


def rows(document):
    """Rows of a measured document: of the micro-benchmark, and of the networks."""
    probes = [Known(amounts(m), ms, probe=True) for m, ms in zip(probe_models(), document["probe_ms"], strict=True)]
    models = networks(len(document["network_ms"]), document["network_seed"])
    first = np.array(document["network_ms"])
    taken = np.sqrt(first * np.array(document.get("again_ms", first)))
    return probes, [Known(amounts(m), float(ms)) for m, ms in zip(models, taken, strict=True)]


def held_out(probes, known, train, seed):
    """Relative errors of the networks that were not read, and whether each interval held its figure."""
    order = np.random.default_rng(seed).permutation(len(known))
    model = fit([*probes, *(known[i] for i in order[:train])])
    errors, covered, widths = [], [], []
    for i in order[train:]:
        found = model.predict(known[i].amounts)
        errors.append(found.p50_ms / known[i].p50_ms - 1)
        if found.interval is not None:
            covered.append(found.interval[0] <= known[i].p50_ms <= found.interval[1])
            widths.append(found.interval[1] / found.p50_ms - 1)
    return np.array(errors), covered, widths


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 48
    file = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    if file is not None and file.exists():
        document = json.loads(file.read_text())
    else:
        document = measured(networks(count))
        if file is not None:
            file.write_text(json.dumps(document, indent=1))
    if "again_ms" in document:
        scatter = np.abs(np.array(document["again_ms"]) / np.array(document["network_ms"]) - 1)
        print(
            f"the same network again: median difference {np.median(scatter):.1%}, within 10 % {np.mean(scatter <= 0.1):.0%}"
        )
    probes, known = rows(document)
    for train in (0, 5, 10, 20, 30, 40):
        if train >= len(known):
            break
        found = [held_out(probes, known, train, seed) for seed in range(SPLITS if train else 1)]
        errors = np.abs(np.concatenate([e for e, _, _ in found]))
        text = (
            f"{train:>3} readings: median error {np.median(errors):.1%}, within 10 % {np.mean(errors <= 0.1):.0%},"
            f" nine of ten within {np.quantile(errors, 0.9):.0%}"
        )
        covered, widths = [c for _, cs, _ in found for c in cs], [w for _, _, ws in found for w in ws]
        if covered:
            text += f", 90 % interval covers {np.mean(covered):.0%}, half-width {np.median(widths):.0%}"
        print(text)


if __name__ == "__main__":
    main()
