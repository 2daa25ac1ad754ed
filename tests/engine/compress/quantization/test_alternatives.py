from dataclasses import replace

import pytest
from onnx import helper

from engine.compress.quantization.alternatives import choose
from engine.compress.quantization.calibration import Scheme
from engine.compress.technique import Timed
from engine.errors import TechniqueError

FLOAT = helper.make_model(helper.make_graph([], "float", [], []))


def choice(context, times, scores, broken=()):
    """What is chosen where schemes have these times and accuracies, in the order of ``variations`` and float last."""
    names = ["U8S8 per channel", "U8U8 per channel", "S8S8 per channel", "U8S8 per tensor"]
    timed, scored = (dict(zip([*names, "float"], values, strict=True)) for values in (times or scores, scores))

    def build(scheme):
        if scheme.name in broken:
            raise TechniqueError("not-quantizable", "no", "no")
        return helper.make_model(helper.make_graph([], scheme.name, [], []))

    services = replace(
        context,
        score=lambda state: scored[state.graph.name],
        time=None if times is None else lambda states: [Timed(timed[s.graph.name], (0, 0), 9) for s in states],
    )
    return choose(Scheme(), build, lambda graph: graph, FLOAT, services)


def test_that_the_fastest_of_those_that_are_as_accurate_wins(context):
    found = choice(context, [2.0, 1.5, 3.0, 1.0, 4.0], [0.92, 0.92, 0.92, 0.80, 0.93])
    assert found.scheme == Scheme(weights="uint8")
    assert "80.0 %" in found.note
    assert "1.500 ms" in found.note


def test_that_the_scheme_asked_for_wins_ties_and_float_stays_where_it_is_fastest(context):
    assert choice(context, [1.0, 0.995, 1.0, 1.0, 2.0], [0.9] * 5).scheme == Scheme()
    found = choice(context, [1.0, 1.0, 1.0, 1.0, 0.5], [0.9] * 5)
    assert found.scheme is None
    assert "float is fastest" in found.note


def test_that_without_a_device_only_a_surely_better_score_displaces_the_scheme_asked_for(context):
    assert choice(context, None, [0.915, 0.92, 0.92, 0.92, 0.92]).scheme == Scheme()
    assert choice(context, None, [0.60, 0.92, 0.91, 0.90, 0.95]).scheme == Scheme(weights="uint8")


def test_that_a_scheme_that_cannot_be_built_is_passed_over(context):
    found = choice(context, [1.0, 2.0, 3.0, 4.0, 5.0], [0.9] * 5, broken={"U8S8 per channel"})
    assert found.scheme == Scheme(weights="uint8")
    with pytest.raises(TechniqueError, match="no kind of int8"):
        names = {"U8S8 per channel", "U8U8 per channel", "S8S8 per channel", "U8S8 per tensor"}
        choice(context, [1.0] * 5, [0.9] * 5, broken=names)
