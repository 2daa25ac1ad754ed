"""How well latency is predicted on this computer's board: random networks are timed there, some are held out.

Goal: nine of ten held-out networks within 10 % of the measured median; the interval's coverage beside it. Every network is timed
in several processes, and its reading is their mean, as ``flyweight measure`` makes it: what its halves differ by is printed, as
the floor under every prediction. Each is traced, too, by the agent's own code, as ``flyweight measure --operators`` does; what
readings without a trace give stands beside it. With a file, the rows are written there, or taken from there when it exists, so
that one measurement serves many changes of the predictor; whoever changes it for one seed's networks judges it on another's.

Then what the first board of a new class costs and gives. Goals: at most 15 % off after five anchors, at most three minutes of
board time. The time is this computer's: the micro-benchmark, and five networks as bundles in one plan as ``flyweight measure``
makes it, with sending and verifying them; a slower board takes longer, at most the plan's longest time. The error is that of
the five readings above, and that of the published tables when every class of cores in turn is left out.

Run: python -m tests.benchmarks.bench_predictor [NETWORKS [FILE [SEED]]]
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from device_agent.contract.messages import StopRule
from device_agent.runtimes.adapters.onnxruntime_ import OnnxRuntimeSession
from engine.deploy.connect import connect
from engine.deploy.release import stage
from engine.events import Cancel, ignore
from engine.measure.candidates import candidate_timer
from engine.measure.features import operator_rows, operators
from engine.measure.plan import Subject, measure_on
from engine.measure.probe import STOP, Chain, probe, probe_models
from engine.package.bundle import make_bundle
from engine.package.keys import signing_key
from engine.records import Format, Recipe
from profiles.predict import Known, Source, _Evidence, fit
from tests.benchmarks.bench_transfer import classes_left_out, told

TOGETHER = 48
"""Networks in one plan, whose blocks are mixed: what a machine does meanwhile comes to all of them. An agent takes 64 at most."""
PASSES = 6
SPLITS = 20
SEED = 7
ANCHORS = 5
ADVISED = (10, 20, 30)
"""Readings after which those that were advised are judged beside as many at random."""
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


def measured(count, seed):
    """Milliseconds of the micro-benchmark's graphs, and of each network in several passes, each in processes of its own."""
    models = networks(count, seed)
    with candidate_timer("loopback", stop=STOP) as timer:
        begin = time.perf_counter()
        probes = [item.p50_ms for item in probe(timer)]
        print(f"micro-benchmark: {len(probes)} graphs in {time.perf_counter() - begin:.1f} s")
    with candidate_timer("loopback", stop=LONGER) as timer:
        passes = []
        for number in range(PASSES):
            order = np.random.default_rng(number).permutation(len(models))
            taken = np.zeros(len(models))
            for start in range(0, len(models), TOGETHER):
                part = order[start : start + TOGETHER]
                timed = timer([models[i].SerializeToString() for i in part])
                taken[part] = [item.p50_ms for item in timed]
            passes.append(taken.tolist())
    return {"network_seed": seed, "probe_ms": probes, "passes_ms": passes, "operators": [traced(m) for m in models]}


def traced(model):
    """Time of every operator of a network, as a board tells it."""
    shape = [size.dim_value for size in model.graph.input[0].type.tensor_type.shape.dim]
    feed = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        path.write_bytes(model.SerializeToString())
        return OnnxRuntimeSession.operators(str(path), OnnxRuntimeSession.default_provider, 1, {}, [feed])


def traces(document, known):
    """Rows of each network's operators; none of an older document."""
    told = document.get("operators") or []
    models = networks(len(told), document["network_seed"])
    return [
        operator_rows(model, operators, item.p50_ms, item.model)
        for model, operators, item in zip(models, told, known, strict=bool(told))
    ]


def rows(document):
    """Rows of a measured document: of the micro-benchmark, and of the networks."""
    graphs = probe_models()[: len(document["probe_ms"])]  # an older document lacks those that came last
    probes = [Known(operators(m), ms, Source.PROBE) for m, ms in zip(graphs, document["probe_ms"], strict=True)]
    models = networks(len(document["passes_ms"][0]), document["network_seed"])
    taken = geometric_mean(document["passes_ms"])
    known = zip(models, taken, strict=True)
    return probes, [Known(operators(m), float(ms), model=str(number)) for number, (m, ms) in enumerate(known)]


def geometric_mean(passes_ms):
    """Of each network over the passes."""
    return np.exp(np.log(np.array(passes_ms)).mean(axis=0))


def held_out(probes, known, train, seed, traced=()):
    """Relative errors of the networks that were not read, and whether each interval held its figure.

    Args:
        traced: rows of each network's operators, of which those of the networks that were read are known.
    """
    order = np.random.default_rng(seed).permutation(len(known))
    seen = [row for i in order[:train] for row in (traced[i] if traced else ())]
    model = fit([*probes, *seen, *(known[i] for i in order[:train])])
    errors, covered, widths = [], [], []
    for i in order[train:]:
        found = model.predict(known[i].operators)
        errors.append(found.p50_ms / known[i].p50_ms - 1)
        if found.interval is not None:
            covered.append(found.interval[0] <= known[i].p50_ms <= found.interval[1])
            widths.append(found.interval[1] / found.p50_ms - 1)
    return np.array(errors), covered, widths


def advised(probes, known, seed):
    """Errors on a third that is never read, after readings at random and after those that are advised next.

    The advice is that of ``flyweight profile predict``: of what is left, the network that lies farthest from what is known.
    """
    order = np.random.default_rng(seed).permutation(len(known))
    test, pool = order[: len(known) // 3], order[len(known) // 3 :]
    errors = {}
    for how in ("random", "advised"):
        left, chosen = [*pool], []
        while left and len(chosen) < max(ADVISED):
            model = _Evidence([*probes, *(known[i] for i in chosen)]).fitted()
            far = 0 if how == "random" else int(np.argmax([model.leverage(known[i].operators) for i in left]))
            chosen.append(left.pop(far))
            if len(chosen) in ADVISED:
                model = _Evidence([*probes, *(known[i] for i in chosen)]).fitted()
                errors[how, len(chosen)] = [model.middle(known[i].operators) / known[i].p50_ms - 1 for i in test]
    return errors


def anchors_taken():
    """Seconds of the micro-benchmark and of five anchors on this computer's board."""
    begin = time.perf_counter()
    with candidate_timer("loopback", stop=STOP) as timer:
        probe(timer)
    probed_s = time.perf_counter() - begin
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, connect("loopback") as client:
        subjects = []
        for number, model in enumerate(networks(ANCHORS, SEED + 1)):
            path = Path(folder) / f"{number}.onnx"
            path.write_bytes(model.SerializeToString())
            bundle = make_bundle(
                {Format.ONNX: path}, data=None, recipe=Recipe(()), name=f"anchor-{number}", out_dir=Path(folder),
                signing_key=signing_key(), model="anchors",
            )  # fmt: skip
            stage(client, bundle, emit=ignore, cancel=Cancel())
            subjects.append(Subject.of(bundle))
        measured = measure_on(client, "loopback", subjects, baselines=[None] * ANCHORS)
    return probed_s, time.perf_counter() - begin, [item.latency_ms for item in measured.readings]


def new_class(errors):
    """Print what the first board of a class costs and gives.

    Args:
        errors: absolute relative errors of networks on this computer's board after five readings.
    """
    probed_s, anchors_s, found = anchors_taken()
    runs = f"{min(item.n for item in found)} to {max(item.n for item in found)} runs each"
    print(
        f"first board of a class: micro-benchmark {probed_s:.0f} s and {ANCHORS} anchors {anchors_s:.0f} s ({runs}), "
        f"{probed_s + anchors_s:.0f} s of board time; goal 180 s"
    )
    print(f"  this board after {ANCHORS} readings: median error {np.median(errors):.1%}; goal 15 %")
    for source in ("ncnn", "xnnpack"):
        for name, pairs in (left := classes_left_out(source, ANCHORS)).items():
            print(f"  {source}, {name} left out: median error {np.median([error for error, _ in pairs]):.1%}")
        print(f"  {source}, all {len(left)} classes: {told(left)}; goal 15 %")


def after_readings(probes, known, traced):
    """Print what a growing number of readings gives; absolute errors after five of them."""
    after_anchors = np.array([])
    for train in (0, 5, 10, 20, 30, 40):
        if train >= len(known):
            break
        found = [held_out(probes, known, train, seed, traced) for seed in range(SPLITS if train else 1)]
        errors = np.abs(np.concatenate([e for e, _, _ in found]))
        if train == ANCHORS:
            after_anchors = errors
        text = (
            f"{train:>3} readings: median error {np.median(errors):.1%}, within 10 % {np.mean(errors <= 0.1):.0%},"
            f" nine of ten within {np.quantile(errors, 0.9):.0%}"
        )
        covered, widths = [c for _, cs, _ in found for c in cs], [w for _, _, ws in found for w in ws]
        if covered:
            text += f", 90 % interval covers {np.mean(covered):.0%}, half-width {np.median(widths):.0%}"
        print(text)
    return after_anchors


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 48
    file = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    if file is not None and file.exists():
        document = json.loads(file.read_text())
    else:
        document = measured(count, int(sys.argv[3]) if len(sys.argv) > 3 else SEED)
        if file is not None:
            file.write_text(json.dumps(document, indent=1))
    passes = document["passes_ms"]
    for name, one, other in (
        ("one process", passes[:1], passes[1:2]),
        ("half of the processes", passes[::2], passes[1::2]),
    ):
        scatter = np.abs(geometric_mean(other) / geometric_mean(one) - 1)
        print(
            f"{name} and as many others: median {np.median(scatter):.1%} apart, within 10 % {np.mean(scatter <= 0.1):.0%}"
        )
    probes, known = rows(document)
    after_anchors = after_readings(probes, known, ())
    if told := traces(document, known):
        print("with the operators of each reading:")
        after_readings(probes, known, told)
    picked = [advised(probes, known, seed) for seed in range(SPLITS)]
    for how, train in picked[0]:
        errors = np.abs(np.concatenate([item[how, train] for item in picked]))
        print(
            f"{train:>3} readings, {how}: median error {np.median(errors):.1%}, within 10 % {np.mean(errors <= 0.1):.0%} "
            "of a third that is never read"
        )
    new_class(after_anchors)


if __name__ == "__main__":
    main()
