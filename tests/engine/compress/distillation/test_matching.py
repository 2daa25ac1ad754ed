"""Hard labels, features and attention maps: against their formulas, and by what the student becomes."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from engine.compress.distillation.attention_transfer import attention
from engine.compress.distillation.feature import squared_distance
from engine.compress.distillation.matching import layer_pairs
from engine.compress.registry import find
from engine.errors import RecipeError, TechniqueError
from tests.engine.compress.toys import context_for, data_for, state_of

FAST = {"batch_size": 40, "augment": "none", "holdout": 0.0, "keep_best": False}


def apply(technique, state, context, **knobs):
    found = find(technique)
    return found.apply(state, found.configure({**FAST, **knobs}), context)


def test_that_hard_labels_need_no_labels_and_the_student_comes_to_agree():
    context = replace(context_for("dense"), data=data_for("dense", labels=False))
    state = state_of("dense")
    nn.init.normal_(state.module.head.weight, std=0.3, generator=torch.Generator().manual_seed(1))
    x = torch.from_numpy(next(context.data.batches("train", 160)).inputs[0])
    with torch.no_grad():
        for parameter in context.teacher.parameters():
            parameter.mul_(2)
        wanted = context.teacher(x).argmax(1)
    after = apply("hard-label-distillation", state, context, epochs=25)
    with torch.no_grad():
        assert (after.module(x).argmax(1) == wanted).float().mean() > 0.9


def test_that_a_map_of_attention_is_the_normalised_sum_of_powers():
    a = np.random.default_rng(0).normal(size=(2, 5, 3, 4))
    expected = (np.abs(a) ** 3).sum(1).reshape(2, -1)
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    assert np.allclose(attention(torch.from_numpy(a), 3.0).numpy(), expected)
    tokens = torch.from_numpy(a.reshape(2, 5, 12).transpose(0, 2, 1).copy())
    assert np.allclose(attention(tokens, 3.0).numpy(), expected)


def test_that_the_distance_of_features_is_relative_to_the_teacher():
    a, b = np.random.default_rng(0).normal(size=(2, 4, 6))
    value = float(squared_distance(torch.from_numpy(a), torch.from_numpy(b)))
    assert value == pytest.approx(((a - b) ** 2).mean() / (b**2).mean())


@pytest.mark.parametrize(("technique", "layer"), [("feature-distillation", "a1"), ("attention-transfer", "a1")])
def test_that_the_matched_layer_comes_closer_to_the_teachers(technique, layer):
    context, state = context_for("residual"), state_of("residual")
    nn.init.normal_(state.module.a1.weight, std=0.2, generator=torch.Generator().manual_seed(1))
    x = torch.from_numpy(next(context.data.batches("train", 64)).inputs[0])

    def off(student):
        seen = []
        for module in (student, context.teacher):
            hook = module.get_submodule(layer).register_forward_hook(lambda m, i, o: seen.append(o))
            with torch.no_grad():
                module.eval()(x)
            hook.remove()
        if technique == "attention-transfer":
            return float((attention(seen[0], 2) - attention(seen[1], 2)).pow(2).sum())
        return float(squared_distance(*seen))

    knobs = {"epochs": 6, "layers": [layer]}
    plain = apply(technique, state, context, weight=0.0, **knobs)
    near = apply(technique, state, context, weight=1e4 if technique == "attention-transfer" else 10.0, **knobs)
    assert off(near.module) < 0.7 * min(off(plain.module), off(state.module))
    assert near.notes[-1] == f"matched: {layer}"


def test_that_a_narrower_student_is_matched_through_a_learned_map_that_a_checkpoint_keeps(tmp_path):
    context = context_for("residual", scratch=tmp_path)
    prune = find("channel-pruning")
    narrow = prune.apply(state_of("residual"), prune.configure({"ratio": 0.5, "round_to": 1}), context)
    first = apply("feature-distillation", narrow, context, epochs=1)
    again = apply("feature-distillation", narrow, context, epochs=1)
    assert all(torch.equal(a, b) for a, b in zip(first.module.parameters(), again.module.parameters(), strict=True))
    assert sum(p.numel() for p in first.module.parameters()) == sum(p.numel() for p in narrow.module.parameters())


def test_that_pairs_are_layers_of_one_name_or_as_the_user_says():
    state = state_of("residual")
    found = layer_pairs(state.module, state.module, [], state.inputs, (2, 3, 4))
    assert len(found) == 4
    assert all(mine == its for mine, its in found)
    assert layer_pairs(state.module, state.module, ["a1=b1"], state.inputs, (4,)) == [("a1", "b1")]
    with pytest.raises(RecipeError, match="nowhere"):
        layer_pairs(state.module, state.module, ["nowhere"], state.inputs, (4,))
    with pytest.raises(TechniqueError, match="could be matched"):
        layer_pairs(state.module, state.module, [], state.inputs, (7,))
