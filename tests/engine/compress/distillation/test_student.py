"""A student is the largest network within its budget, answers like the original, and is truly smaller."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from ai_edge_litert.interpreter import Interpreter
from torch import nn

from engine.compress.distillation.student import macs
from engine.compress.distillation.student_networks import ChannelsFirst, ResidualBlock, ShuffleUnit
from engine.compress.registry import find
from engine.compress.technique import ModelState
from engine.errors import RecipeError, TechniqueError
from engine.model.onnx_to_tflite import to_tflite
from engine.model.save import to_onnx
from engine.records import TensorSpec
from tests.engine.compress.toys import (
    context_for,
    data_for,
    exported_difference,
    inputs_for,
    outputs_of,
    parameter_count,
    state_of,
)

TECHNIQUE = find("student")


def student_of(name, **knobs):
    knobs = {"epochs": 0, **knobs}
    state = state_of(name)
    return state, TECHNIQUE.apply(state, TECHNIQUE.configure(knobs), context_for(name))


def plain_parameters(channels, sizes, classes):
    """By hand: 3x3 kernels without bias, two values per normalised channel, two convolutions per later stage."""
    total, before = 0, channels
    for stage, size in enumerate(sizes):
        for _ in range(1 if stage == 0 else 2):
            total, before = total + 9 * before * size + 2 * size, size
    return total + before * classes + classes


@pytest.mark.parametrize("limit", [5_000, 20_000, 60_000])
def test_that_a_plain_student_is_the_widest_within_its_parameters(limit):
    _, made = student_of("residual", network="plain", max_parameters=limit)
    by_hand = [plain_parameters(3, [width, 2 * width], 5) for width in range(8, 200, 8)]
    assert parameter_count(made.module) == max(count for count in by_hand if count <= limit)


@pytest.mark.parametrize(
    ("network", "share"), [("plain", 0.3), ("residual", 0.5), ("mobilenet", 0.3), ("shufflenet", 0.3)]
)
def test_that_without_a_limit_a_light_network_has_a_share_of_the_operations_and_exports(network, share):
    state, made = student_of("residual", network=network, share=share)
    assert 0 < macs(made.module, made.inputs) <= share * macs(state.module, state.inputs)
    assert exported_difference(made, inputs_for(made)) < 1e-4


@pytest.mark.parametrize("limit", [{"max_parameters": 10}, {"max_macs": 10}, {"share": 0.001}])
def test_that_a_limit_no_student_keeps_is_named(limit):
    with pytest.raises(TechniqueError, match="the smallest student") as caught:
        student_of("residual", network="plain", **limit)
    assert caught.value.remedy == f"raise {next(iter(limit))}, or choose another network"


@pytest.mark.parametrize("name", ["waveform", "dense", "text-transformer"])
def test_that_signals_vectors_and_tokens_have_plain_students(name):
    state, made = student_of(name, max_parameters=30_000)
    assert parameter_count(made.module) <= 30_000
    inputs = inputs_for(made)
    assert outputs_of(made, inputs).shape == outputs_of(state, inputs).shape
    assert exported_difference(made, inputs) < 1e-4


def test_that_a_residual_student_of_a_signal_adds_what_its_blocks_learn():
    state, made = student_of("waveform", network="residual", max_parameters=100_000)
    assert exported_difference(made, inputs_for(made)) < 1e-4
    assert outputs_of(made, inputs_for(made)).shape == outputs_of(state, inputs_for(state)).shape
    blocks = [module for module in made.module.modules() if isinstance(module, ResidualBlock)]
    x = torch.rand(2, blocks[-1].path[0].in_channels, 8)
    torch.nn.init.zeros_(blocks[-1].path[-1].weight)  # a block that learned nothing passes its input on
    assert len(blocks) >= 2
    assert torch.equal(blocks[-1].eval()(x), x)


def residual_parameters(channels, base, classes):
    """By hand, over time: 3-kernels without bias and two values per normalised channel; a second convolution after the second
    stride, two after later ones; the stages have 2, 5, 8 and 16 halves of the base."""
    total, before = 0, channels
    for stage, halves in enumerate([2, 5]):
        size = base * halves // 2
        layers = [(before, size), *[(size, size)] * (0, 2)[stage]]
        total, before = total + sum(3 * a * b + 2 * b for a, b in layers), size
    return total + before * classes + classes


@pytest.mark.parametrize("name", ["lstm", "gru"])
def test_that_a_recurrent_model_gets_a_student_that_convolves_over_its_time(name):
    """Inputs are nine steps of three axes: 3 channels and two strides, not 9 channels and one."""
    state, made = student_of(name, max_parameters=5_000)
    by_hand = [residual_parameters(3, width // 2, 4) for width in range(8, 200, 8)]
    assert parameter_count(made.module) == max(count for count in by_hand if count <= 5_000)
    inputs = inputs_for(made)
    assert outputs_of(made, inputs).shape == outputs_of(state, inputs).shape
    first = next(layer for layer in made.module.modules() if isinstance(layer, nn.Conv1d))
    seen = []
    first.register_forward_hook(lambda layer, args, out: seen.append(out))
    outputs_of(made, inputs)
    signal = np.pad(inputs[0].numpy().transpose(0, 2, 1), ((0, 0), (0, 0), (1, 1)))
    kernel = first.weight.detach().numpy()
    by_numpy = np.stack([np.einsum("ncw,ocw->no", signal[:, :, t : t + 3], kernel) for t in range(0, 9, 2)], axis=2)
    assert np.allclose(seen[0].numpy(), by_numpy, atol=1e-5)


def test_that_the_student_of_a_recurrent_model_runs_in_both_file_formats():
    _, made = student_of("lstm", network="residual", max_parameters=5_000)
    inputs = inputs_for(made, batch=1)
    assert exported_difference(made, inputs) < 1e-4
    runner = Interpreter(model_content=to_tflite(to_onnx(made.module, made.inputs)))
    runner.allocate_tensors()
    runner.set_tensor(runner.get_input_details()[0]["index"], inputs[0].numpy())
    runner.invoke()
    answer = runner.get_tensor(runner.get_output_details()[0]["index"])
    assert np.abs(answer - outputs_of(made, inputs).numpy()).max() < 1e-4


def test_that_images_of_channels_last_get_a_student_of_their_channels():
    turned = ChannelsFirst(state_of("residual").module)
    state = ModelState((TensorSpec("input", (None, 16, 16, 3), "float32"),), module=turned)
    config = TECHNIQUE.configure({"epochs": 0, "network": "plain", "max_parameters": 20_000})
    made = TECHNIQUE.apply(state, config, replace(context_for("residual"), data=None, teacher=turned))
    _, upright = student_of("residual", network="plain", max_parameters=20_000)
    x = torch.randn(2, 16, 16, 3)
    assert torch.allclose(outputs_of(made, (x,)), outputs_of(upright, (x.permute(0, 3, 1, 2),)), atol=1e-6)


def test_that_a_shuffle_unit_interleaves_what_passes_by_with_what_was_computed():
    unit = ShuffleUnit(4, 4, 1).eval()
    x = torch.arange(16.0).reshape(1, 4, 2, 2)
    with torch.no_grad():
        out, computed = unit(x), unit.branch(x[:, 2:])
    assert torch.equal(out[:, 0::2], x[:, :2])
    assert torch.equal(out[:, 1::2], computed)


def test_that_a_copy_loses_blocks_and_channels_and_keeps_weights_of_the_rest():
    state, made = student_of("deep-residual", network="copy", width=1.0, depth=0.5)
    inputs = inputs_for(state)
    module = state.module
    kept = [index for index, block in enumerate(made.module.blocks) if not isinstance(block, nn.Identity)]
    assert len(kept) == 2
    with torch.no_grad():
        x = module.stem(inputs[0])
        for index in kept:
            x = module.blocks[index](x)
        expected = module.head(x.mean((2, 3)))
    assert torch.allclose(outputs_of(made, inputs), expected, atol=1e-6)
    _, fresh = student_of("deep-residual", network="copy", width=1.0, depth=0.5, inherit=False)
    assert not torch.allclose(outputs_of(fresh, inputs), expected, atol=1e-3)


def test_that_a_copy_is_narrowed_until_it_meets_the_limit():
    state = state_of("vision-transformer")
    limit = round(0.8 * parameter_count(state.module))
    _, made = student_of("vision-transformer", network="copy", max_parameters=limit)
    assert parameter_count(made.module) <= limit


def test_that_a_network_of_the_user_is_taken_and_held_to_the_limits():
    spec = "tests.engine.compress.distillation.test_student:small"
    _, made = student_of("dense", network="factory", factory=spec)
    assert parameter_count(made.module) == 20 * 4 + 4
    with pytest.raises(TechniqueError, match="84 parameters"):
        student_of("dense", network="factory", factory=spec, max_parameters=50)
    with pytest.raises(TechniqueError, match="outputs of shape"):
        student_of("perceptron", network="factory", factory=spec)
    with pytest.raises(RecipeError, match="needs a factory"):
        student_of("dense", network="factory")


def small():
    return nn.Linear(20, 4)


def test_that_what_no_light_network_can_replace_is_refused_with_the_remedy():
    with pytest.raises(TechniqueError, match=r"outputs of shape \[2, ") as caught:
        student_of("unet")
    assert "copy" in caught.value.remedy
    with pytest.raises(TechniqueError, match="smallest student"):
        student_of("residual", max_parameters=10)


def test_that_a_student_learns_the_teacher_where_the_labels_say_nothing():
    """The teacher decides by one linear rule on the inputs; nothing of the data's labels is used (alpha 1)."""
    state, context = state_of("logistic"), context_for("logistic")
    with torch.no_grad():
        context.teacher.linear.weight *= 20
    knobs = {"epochs": 40, "alpha": 1.0, "max_parameters": 9000, "batch_size": 20, "augment": "none", "holdout": 0.0}
    made = TECHNIQUE.apply(state, TECHNIQUE.configure(knobs), context)
    inputs = (torch.from_numpy(next(iter(data_for("logistic").batches("train", 160))).inputs[0]),)
    with torch.no_grad():
        agreement = (outputs_of(made, inputs).argmax(1) == context.teacher(*inputs).argmax(1)).double().mean()
    assert agreement > 0.9
