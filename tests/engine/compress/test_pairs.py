"""What one step made is still there after the next one: pairs the chain checker allows, run on a network of 3,000 weights."""

import numpy as np
import onnxruntime
import pytest
import torch

from engine.compress.chain import find_problems
from engine.compress.recipe import load_recipe
from engine.compress.run import apply_recipe
from engine.compress.technique import Effect
from engine.model.cost import count_nonzero, count_parameters

from .examples import KNOBS, TRAINED
from .toys import context_for, graph_of, inputs_for, state_of

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
AGAIN = {
    "magnitude-pruning": {"sparsity": 0.2},
    "gradient-pruning": {"sparsity": 0.2},
    "n-m-sparsity": {"n": 3, "m": 4},
    "manual-pruning": {"channels": [], "connections": ["a1: 0,1"]},
    "sparsity-sweep": {"over": "ratio", "values": [0.2]},
}
"""Techniques that make zeros after others were made, with knobs that ask for fewer."""


def step(id):
    return {"technique": id, "knobs": {**KNOBS.get(id, {}), **({"bits": 8} if id == "affine-quantization" else {})}}


def made_by(*ids):
    recipe = load_recipe([step(id) for id in ids])
    assert not [problem for problem in find_problems(recipe) if problem.fatal]
    return apply_recipe(state_of("residual"), recipe, context_for("residual"), graph_of)


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


@pytest.mark.parametrize("second", AGAIN)
def test_that_a_gentler_pruning_that_trains_lets_no_weight_grow_back(second):
    recipe = [{"technique": "magnitude-pruning", "knobs": {"sparsity": 0.8, "min_weights": 16}}]
    knobs = {**KNOBS.get(second, {}), **TRAINED, **AGAIN[second]}
    recipe.append({"technique": second, "knobs": knobs})
    first, both = (
        apply_recipe(state_of("residual"), load_recipe(steps), context_for("residual"), graph_of)
        for steps in (recipe[:1], recipe)
    )
    for name, mask in first.masks.items():
        weight = both.module.get_parameter(name)
        assert not bool(weight[~mask].any()), name
        assert not bool(both.masks[name][~mask].any()), name
    assert any(
        not torch.equal(both.module.get_parameter(name), first.module.get_parameter(name)) for name in first.masks
    )


def _changes(id):
    from engine.compress.registry import find

    return find(id).changes


def test_that_these_are_at_most_sixty_pairs_of_a_small_network():
    assert len(PAIRS) + len(AGAIN) <= 60
    assert sum(p.numel() for p in state_of("residual").module.parameters()) < 10_000
