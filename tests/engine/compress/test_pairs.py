"""What one step made is still there after the next one: pairs the chain checker allows, run on a network of 3,000 weights."""

import numpy as np
import onnxruntime
import pytest

from engine.compress.chain import find_problems
from engine.compress.recipe import load_recipe
from engine.compress.run import apply_recipe
from engine.compress.technique import Effect
from engine.model.cost import count_nonzero, count_parameters
from engine.model.save import to_onnx

from .examples import KNOBS
from .toys import context_for, inputs_for, state_of

MAKES_ZEROS = ("magnitude-pruning", "n-m-sparsity")
MAKES_SMALL = ("channel-pruning", "tensor-factorization")
KEEPS = (
    "soft-label-distillation",
    "attention-transfer",
    "weight-clustering",
    "affine-quantization",
    "half-precision",
    "static-quantization",
    "quantization-aware-training",
    "graph-fusion",
)
TRAINS_OR_STORES = ("soft-label-distillation", "weight-clustering", "quantization-aware-training")
PAIRS = [("magnitude-pruning", second) for second in KEEPS]
PAIRS += [(first, second) for first in ("n-m-sparsity", *MAKES_SMALL) for second in TRAINS_OR_STORES]
PAIRS += [("magnitude-pruning", "channel-pruning"), ("channel-pruning", "magnitude-pruning")]


def step(id):
    return {"technique": id, "knobs": {**KNOBS.get(id, {}), **({"bits": 8} if id == "affine-quantization" else {})}}


def made_by(*ids):
    recipe = load_recipe([step(id) for id in ids])
    assert not [problem for problem in find_problems(recipe) if problem.fatal]
    return apply_recipe(state_of("residual"), recipe, context_for("residual"), graph_of)


def graph_of(state):
    return state.onnx if state.onnx is not None else to_onnx(state.module, state.inputs)


@pytest.fixture(scope="module")
def firsts():
    """Share of zeros and number of weights after the first step alone."""
    found = {}
    for first in (*MAKES_ZEROS, *MAKES_SMALL):
        graph = graph_of(made_by(first))
        found[first] = 1 - count_nonzero(graph) / count_parameters(graph), count_parameters(graph)
    return found


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_that_zeros_and_sizes_of_the_first_step_survive_the_second(firsts, first, second):
    made = made_by(first, second)
    graph = graph_of(made)
    zeros, size = firsts[first]
    assert count_parameters(graph) <= size
    if Effect.STRUCTURE not in _changes(second):
        assert 1 - count_nonzero(graph) / count_parameters(graph) >= zeros - 1e-9
    elif made.module is not None:
        assert made.masks
        for name, mask in made.masks.items():
            assert not bool(made.module.get_parameter(name)[~mask].any())
    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    (x,) = inputs_for(made)
    assert np.isfinite(session.run(None, {session.get_inputs()[0].name: x.numpy()})[0]).all()


def _changes(id):
    from engine.compress.registry import find

    return find(id).changes


def test_that_these_are_at_most_sixty_pairs_of_a_small_network():
    assert len(PAIRS) <= 60
    assert sum(p.numel() for p in state_of("residual").module.parameters()) < 10_000
