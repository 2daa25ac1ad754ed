"""Soft labels: the student comes to say what the teacher says, and the teacher stays."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from engine.compress.registry import find
from engine.errors import TechniqueError
from tests.engine.compress.toys import context_for, inputs_for, outputs_of, state_of

TECHNIQUE = find("soft-label-distillation")
FAST = {"batch_size": 40, "augment": "none", "holdout": 0.0, "keep_best": False}


@pytest.mark.parametrize("loss", ["kl", "ce", "mse"])
def test_that_a_wrecked_student_comes_close_to_its_teacher_again(loss):
    state, context = state_of("dense"), context_for("dense")
    nn.init.normal_(state.module.head.weight, std=0.3, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        for parameter in context.teacher.parameters():
            parameter.mul_(2)
    before = {name: tensor.clone() for name, tensor in context.teacher.state_dict().items()}
    x = (torch.from_numpy(next(context.data.batches("train", 160)).inputs[0]),)
    with torch.no_grad():
        target = context.teacher(*x).softmax(1)
    config = TECHNIQUE.configure({**FAST, "epochs": 12, "alpha": 1.0, "loss": loss, "temperature": 2.0})
    after = TECHNIQUE.apply(state, config, context)

    def off(some):
        return float((outputs_of(some, x).softmax(1) - target).abs().mean())

    assert off(after) < 0.4 * off(state)
    assert all(torch.equal(before[name], tensor) for name, tensor in context.teacher.state_dict().items())


def test_that_it_needs_labels_only_where_they_count():
    assert [str(n) for n in TECHNIQUE.needs_of(TECHNIQUE.configure({"alpha": 1.0}))] == ["data"]
    assert [str(n) for n in TECHNIQUE.needs_of(TECHNIQUE.configure({"alpha": 0.5}))] == ["labels"]


def test_that_a_missing_teacher_is_told():
    with pytest.raises(TechniqueError, match="original as a torch module"):
        TECHNIQUE.apply(state_of("dense"), TECHNIQUE.configure(FAST), replace(context_for("dense"), teacher=None))


def test_that_the_networks_inputs_and_form_stay():
    after = TECHNIQUE.apply(state_of("dense"), TECHNIQUE.configure({**FAST, "epochs": 1}), context_for("dense"))
    assert outputs_of(after, inputs_for(after)).shape == (3, 4)
