"""Every method that changes structure over every network of the zoo: nothing crashes, what stays has its reason."""

from dataclasses import replace
from functools import cache

import pytest
import torch

from engine.compress.registry import find
from engine.compress.technique import Effect
from engine.evaluate.speed_reason import speed_notes
from engine.model.cost import count_macs, count_parameters
from engine.model.save import to_onnx
from tests.engine.compress.toys import (
    context_for,
    exported_difference,
    inputs_for,
    outputs_of,
    parameter_count,
    state_of,
)
from tests.engine.model.zoo import MODULES, ZOO

METHODS = {
    "head-pruning": {"importance": "l2"},
    "recurrent-pruning": {"round_to": 2},
    "layer-pruning": {"impact": "turn", "ratio": 0.5, "samples": 32},
    "entropy-pruning": {"round_to": 2, "samples": 32},
    "dead-unit-removal": {"zeros": 0.6, "samples": 32},
    "connectivity-pruning": {"round_to": 2},
    "svd-factorization": {"ratio": 0.3},
    "tensor-factorization": {"ratio": 0.4, "rounds": 3},
    "pca-factorization": {"ratio": 0.3, "samples": 32},
    "student": {"network": "copy", "epochs": 0},
}
"""Channel pruning walks the zoo in its own test."""

MUST_SHRINK = {
    "head-pruning": {"vision-transformer", "text-transformer"},
    "recurrent-pruning": {"lstm", "gru"},
    "layer-pruning": {"deep-residual", "vision-transformer"},
    "entropy-pruning": {"residual", "mobile", "squeeze-excite", "dense-concat", "dense", "vision-transformer"},
    "connectivity-pruning": {"residual", "mobile", "squeeze-excite", "dense-concat", "dense", "vision-transformer"},
    "svd-factorization": {"dense", "vision-transformer", "text-transformer", "mobile"},
    "pca-factorization": {"dense", "vision-transformer", "residual"},
    "tensor-factorization": {"residual", "deep-residual", "dense-concat"},
    "student": {"residual", "dense", "vision-transformer"},
}


@pytest.mark.parametrize("name", sorted(ZOO | MODULES))
@pytest.mark.parametrize("method", sorted(METHODS))
def test_that_every_structural_method_bears_every_network(method, name):
    technique, state = find(method), state_of(name)
    assert Effect.STRUCTURE in technique.changes
    made = technique.apply(state, technique.configure(METHODS[method]), context_for(name))
    inputs = inputs_for(state)
    outputs = outputs_of(made, inputs)
    assert outputs.shape == outputs_of(state, inputs).shape
    assert bool(torch.isfinite(outputs).all())
    before, after = parameter_count(state.module), parameter_count(made.module)
    assert after < before if name in MUST_SHRINK.get(method, ()) else after <= before
    if after == before and method != "student":
        assert made.skipped, "it did nothing and gives no reason"
    assert all(skip.layer and len(skip.reason) > 10 for skip in made.skipped)
    graph = to_onnx(made.module, made.inputs)
    assert exported_difference(replace(made, onnx=graph), inputs) < 1e-3
    was, macs = graph_of(name)
    reasons = speed_notes(was, graph)
    assert reasons or count_macs(graph) < 0.995 * macs, "it is no faster and the result does not say why"
    assert all(reason.startswith("speed: ") for reason in reasons)


@cache
def graph_of(name):
    """The untouched network as a graph, and its multiply-accumulates."""
    state = state_of(name)
    graph = to_onnx(state.module, state.inputs)
    return graph, count_macs(graph)


@pytest.mark.parametrize("name", ["residual", "dense", "vision-transformer"])
def test_that_what_left_is_not_in_the_file_either(name):
    """The file's own weights are counted, normalisation being folded into the layers before it."""
    technique, state = find("connectivity-pruning"), state_of(name)
    made = technique.apply(state, technique.configure({"round_to": 2}), context_for(name))
    left = parameter_count(state.module) - parameter_count(made.module)
    written = count_parameters(to_onnx(state.module, state.inputs)) - count_parameters(
        to_onnx(made.module, made.inputs)
    )
    assert 0.7 * left < written <= left
