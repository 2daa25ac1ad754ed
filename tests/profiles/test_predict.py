"""The cost model against machines whose truth is known."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from profiles import predict
from profiles.errors import ProfileError
from profiles.predict import FEATURES, CostModel, Known, Operator, Source, fit, total

from ..benchmarks.bench_predictor import held_out, rows

COSTS = dict.fromkeys(FEATURES, 0.0) | {
    "conv_float": 8e-8, "conv_int8": 3e-8, "depthwise_float": 2e-7, "depthwise_int8": 1e-7, "dense_float": 1e-7,
    "dense_int8": 5e-8, "other_bytes": 4e-8, "operators": 3e-3, "call": 0.02,
}  # fmt: skip
PRICED = [name for name, cost in COSTS.items() if cost]


def operator(**amounts):
    return Operator({name: float(amount) for name, amount in amounts.items()})


def network(draw):
    int8 = draw.random() < 0.5
    kind = "int8" if int8 else "float"
    return (
        operator(**{f"conv_{kind}": draw.lognormal(15.5, 0.8)}),
        operator(**{f"depthwise_{kind}": draw.lognormal(13, 1) * (draw.random() < 0.6)}),
        operator(**{f"dense_{kind}": draw.integers(1, 200) * 1000}),
        operator(other_bytes=draw.lognormal(12, 0.5), operators=draw.integers(8, 60)),
        operator(call=1),
    )


def truth(operators, draw=None, noise=0.0):
    value = sum(COSTS[name] * amount for name, amount in total(operators).items())
    return value * (math.exp(draw.normal(0, noise)) if draw is not None else 1.0)


def known(count, seed=0, noise=0.02):
    draw = np.random.default_rng(seed)
    return [Known(a, truth(a, draw, noise)) for a in (network(draw) for _ in range(count))]


def test_that_an_additive_machine_is_learnt_from_its_readings():
    model = fit(known(40, noise=0.0))
    for item in known(20, seed=1, noise=0.0):
        assert model.predict(item.operators).p50_ms == pytest.approx(item.p50_ms, rel=0.01)


def test_that_costs_are_never_negative():
    assert min(fit(known(12, noise=0.2)).costs) >= 0


def test_that_the_interval_covers_held_out_models_at_its_level():
    covered = total = 0
    for seed in range(30):
        model = fit(known(20, seed, noise=0.06))
        for item in known(20, seed + 1000, noise=0.06):
            low, high = model.predict(item.operators).interval
            covered += low <= item.p50_ms <= high
            total += 1
    assert 0.84 <= covered / total <= 0.97


def test_that_many_readings_are_left_out_in_groups_and_the_interval_still_covers(monkeypatch):
    monkeypatch.setattr(predict, "GROUPS", 8)
    given = known(50, noise=0.05)
    model = fit(given)
    assert len(model.left_out) == 50
    others = fit([item for place, item in enumerate(given) if place % 8 != 3])
    alone = {round(math.log(item.p50_ms / others.middle(item.operators)), 9) for item in given[3::8]}
    assert alone <= {round(residual, 9) for residual in model.left_out}
    asked = known(200, seed=1, noise=0.05)
    intervals = [model.predict(item.operators).interval for item in asked]
    covered = [low <= item.p50_ms <= high for item, (low, high) in zip(asked, intervals, strict=True)]
    assert 0.82 <= np.mean(covered) <= 0.98


def layer(draw):
    """A convolution whose time per multiplication depends on its shape, as that of kernels does."""
    channels, wide, pixels = (float(draw.choice(sizes)) for sizes in ((8, 16, 32, 64), (8, 16, 32, 64), (16, 64, 256)))
    macs = channels * wide * pixels * 9
    share = 1 + 0.6 * math.sin(channels) + 0.3 * math.cos(wide + pixels)
    return Operator({"conv_float": macs, "operators": 1.0}, (channels, wide, pixels, 9.0, 1.0)), 1e-6 * macs * share


def traced_networks(count, seed):
    """Networks of four such layers, with the rows of each one's operators."""
    draw, found = np.random.default_rng(seed), []
    for number in range(count):
        layers = [layer(draw) for _ in range(4)]
        taken, model = sum(ms for _, ms in layers), f"{seed}-{number}"
        rows = [Known((item,), ms, Source.TRACE, model) for item, ms in layers]
        found.append((Known(tuple(item for item, _ in layers), taken, model=model), rows))
    return found


def test_that_operators_of_the_readings_tell_more_than_their_sums():
    """Six readings, three machines' worth of them."""
    asked = [item for item, _ in traced_networks(40, 9)]

    def error(known):
        model = fit(known)
        return np.median([abs(model.predict(item.operators).p50_ms / item.p50_ms - 1) for item in asked])

    given = [traced_networks(6, seed) for seed in range(3)]
    blind = [error([item for item, _ in part]) for part in given]
    seeing = [error([row for item, rows in part for row in (item, *rows)]) for part in given]
    assert np.mean(seeing) < 0.7 * np.mean(blind)


def test_that_a_reading_is_left_out_with_its_operators():
    given = traced_networks(10, 2)
    model = fit([row for item, rows in given for row in (item, *rows)])
    others = fit([row for item, rows in given[1:] for row in (item, *rows)])
    first = given[0][0]
    assert math.log(first.p50_ms / others.middle(first.operators)) == pytest.approx(model.left_out[0])
    assert model.readings == len(model.left_out) == 10


def test_that_what_no_reading_has_costs_what_its_other_number_type_does_and_is_named():
    call = operator(call=1)
    known = [Known((operator(conv_float=macs), call), 0.01 + macs / 1e6) for macs in (1e5, 1e6, 3e6)]
    model = fit(known)
    seen, unseen = (model.predict((asked, call)) for asked in (operator(conv_float=2e6), operator(conv_int8=2e6)))
    assert seen.p50_ms == pytest.approx(2.01, rel=0.05)
    assert unseen.p50_ms == pytest.approx(seen.p50_ms)
    assert (seen.untold, unseen.untold) == ((), ("conv_int8",))
    alien = model.predict((operator(depthwise_int8=1e6), call))
    assert alien.untold == ("depthwise_int8",)
    assert alien.p50_ms < 1
    assert unseen.to_json()["untold"] == ["conv_int8"]


def test_that_below_nine_readings_no_interval_is_given():
    model = fit(known(8))
    assert model.predict(known(1, 5)[0].operators).interval is None
    assert fit(known(9)).predict(known(1, 5)[0].operators).interval is not None


def test_that_a_micro_benchmark_and_five_anchors_place_a_machine_that_is_a_third_slower():
    each = {name: 1e6 if name.endswith(("int8", "float")) else 1e5 if "bytes" in name else 20.0 for name in PRICED[:-1]}
    asked = [
        (operator(**{name: amount * times}), operator(call=1)) for name, amount in each.items() for times in (1, 4)
    ]
    probes = [Known(operators, truth(operators), Source.PROBE) for operators in asked]
    slower = [Known(item.operators, item.p50_ms * 1.33) for item in known(5, 3)]
    model = fit([*probes, *slower])
    errors = [abs(model.predict(i.operators).p50_ms / (1.33 * i.p50_ms) - 1) for i in known(30, 9, noise=0.0)]
    assert np.median(errors) <= 0.15


def test_that_what_is_unlike_everything_known_has_the_largest_leverage():
    model = fit([item for item in known(40) if "conv_float" in total(item.operators)])
    alike, unlike = (
        (operator(conv_float=5e6), operator(dense_float=1e5), operator(other_bytes=1e5, operators=20, call=1)),
        (operator(depthwise_float=5e7), operator(dense_float=1e3), operator(operators=90, call=1)),
    )
    assert model.leverage(unlike) > 3 * model.leverage(alike)


def test_that_a_model_is_plain_data_and_comes_back_the_same():
    model = fit(known(15))
    text = json.dumps(model.to_json())
    assert CostModel.from_json(json.loads(text)) == model
    with pytest.raises(ProfileError, match="another version"):
        CostModel.from_json({**model.to_json(), "version": 99})


def test_that_nothing_known_is_a_clear_error():
    with pytest.raises(ProfileError):
        fit([])
    with pytest.raises(ProfileError):
        fit([Known((operator(call=1),), 0.0)])


CAPTURED = Path(__file__).parents[1] / "cases" / "latency"


@pytest.mark.parametrize("case", sorted(CAPTURED.glob("*.json")), ids=lambda path: path.stem)
def test_that_nine_of_ten_networks_of_a_measured_machine_are_within_a_tenth(case):
    """Captured times of the micro-benchmark and of a hundred random networks; six draws of thirty readings, seventy held out."""
    probes, measured = rows(json.loads(case.read_text()))
    draws = [held_out(probes, measured, 30, seed) for seed in range(6)]
    errors = np.abs(np.concatenate([off for off, _, _ in draws]))
    assert np.mean(errors <= 0.1) >= 0.9
    assert np.median(errors) <= 0.05
    assert 0.84 <= np.mean([inside for _, covered, _ in draws for inside in covered]) <= 0.96
    unread = fit(probes)
    assert np.median([abs(unread.predict(item.operators).p50_ms / item.p50_ms - 1) for item in measured]) <= 0.08
