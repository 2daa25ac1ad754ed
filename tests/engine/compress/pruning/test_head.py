"""Heads leave with their rows and columns; what is left computes what the silenced network computes."""

import copy

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from engine.compress.attention_form import PlainAttention
from engine.compress.pruning.head import choose_heads
from engine.compress.registry import find
from engine.compress.technique import Context, ModelState
from engine.model.onnx_to_torch import module_inputs, to_module
from engine.model.save import to_onnx
from engine.records import TensorSpec
from tests.engine.compress.toys import (
    context_for,
    exported_difference,
    inputs_for,
    outputs_of,
    parameter_count,
    state_of,
)

TECHNIQUE = find("head-pruning")


def pruned(state, context=None, **knobs):
    return TECHNIQUE.apply(state, TECHNIQUE.configure({"importance": "l2", **knobs}), context or Context(None, 0))


class FusedAttention(nn.Module):
    """One layer for queries, keys and values, as in vision transformers."""

    def __init__(self, width=16, heads=4):
        super().__init__()
        self.num_heads, self.embed_dim = heads, width
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x):
        n, t, _ = x.shape
        q, k, v = self.qkv(x).reshape(n, t, 3, self.num_heads, -1).permute(2, 0, 3, 1, 4)
        y = (q @ k.transpose(-2, -1)).softmax(-1) @ v
        return self.proj(y.transpose(1, 2).reshape(n, t, self.embed_dim))


class BertAttention(nn.Module):
    """The mixing layer lies outside, and a second number has to follow the heads."""

    def __init__(self, width=16, heads=4):
        super().__init__()
        self.num_attention_heads, self.attention_head_size, self.all_head_size = heads, width // heads, width
        self.query, self.key, self.value = (nn.Linear(width, width) for _ in range(3))

    def forward(self, x):
        n, t, _ = x.shape
        shape = (n, t, self.num_attention_heads, self.attention_head_size)
        q, k, v = (layer(x).view(shape).transpose(1, 2) for layer in (self.query, self.key, self.value))
        y = (q @ k.transpose(-2, -1) / 2).softmax(-1) @ v
        return (y.transpose(1, 2).reshape(n, t, self.all_head_size),)


class Sandwich(nn.Module):
    def __init__(self, attention, mixer=None):
        super().__init__()
        self.attention, self.mixer, self.head = attention, mixer, nn.Linear(16, 4)

    def forward(self, x):
        y = self.attention(x)
        return self.head((self.mixer(y[0]) if self.mixer is not None else y).mean(1))


def sandwich(kind):
    torch.manual_seed(1)
    module = Sandwich(FusedAttention()) if kind == "fused" else Sandwich(BertAttention(), nn.Linear(16, 16))
    return ModelState((TensorSpec("x", (None, 5, 16), "float32"),), module=module.eval())


def silent(module, mixer, heads):
    """A copy whose mixing layer reads zeros from these heads of width 4, and makes them the least important."""
    copied = copy.deepcopy(module)
    with torch.no_grad():
        for head in heads:
            copied.get_submodule(mixer).weight[:, 4 * head : 4 * head + 4] = 0
    return copied


@pytest.mark.parametrize(
    ("state", "mixer", "layers"),
    [
        (sandwich("fused"), "attention.proj", 1),
        (sandwich("bert"), "mixer", 1),
        (state_of("vision-transformer"), "blocks.0.attention.proj", 2),
        (state_of("text-transformer"), "attention.0.out_proj", 2),
    ],
    ids=["fused", "bert", "vision", "multihead"],
)
def test_that_silent_heads_leave_without_changing_the_function(state, mixer, layers):
    quiet = ModelState(state.inputs, module=silent(state.module, mixer, [0, 2]))
    others = ["blocks.1*"] if "blocks" in mixer else ["attention.1"] if layers == 2 else []
    made = pruned(quiet, ratio=0.5, exclude=others)
    inputs = inputs_for(state)
    assert torch.allclose(outputs_of(made, inputs), outputs_of(quiet, inputs), atol=1e-5)
    # two of four heads: 8 rows of three 16-wide projections with their biases, and 8 columns of the mixing layer
    assert parameter_count(state.module) - parameter_count(made.module) == 3 * 8 * (16 + 1) + 16 * 8
    assert exported_difference(made, inputs) < 1e-4
    assert made.notes == (f"2 of {4 if not others else 8 - 4} attention heads removed",)


@pytest.mark.parametrize("batch_first", [True, False])
def test_that_the_plain_form_computes_what_multihead_attention_computes(batch_first):
    torch.manual_seed(0)
    original = nn.MultiheadAttention(16, 4, batch_first=batch_first).eval()
    plain = PlainAttention(original)
    x = torch.randn(3, 5, 16)
    ignored = torch.zeros((3, 5) if batch_first else (5, 3), dtype=torch.bool)
    ignored[:, -1] = True
    causal = torch.triu(torch.ones(5, 5, dtype=torch.bool), 1) if batch_first else None
    for options in ({}, {"key_padding_mask": ignored}, {"attn_mask": causal}, {"need_weights": False}):
        expected, wanted = original(x, x, x, **options)
        got, weights = plain(x, x, x, **options)
        assert torch.allclose(got, expected, atol=1e-6, equal_nan=True)
        assert (weights is None) == (wanted is None)
        assert weights is None or torch.allclose(weights, wanted, atol=1e-6)


def test_that_a_transformer_encoder_layer_of_torch_loses_heads():
    torch.manual_seed(0)
    encoder = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True)
    state = ModelState((TensorSpec("x", (None, 5, 16), "float32"),), module=nn.Sequential(encoder).eval())
    made = pruned(state, ratio=0.5)
    assert made.module[0].self_attn.query.out_features == 8
    assert exported_difference(made, inputs_for(state)) < 1e-4


def test_that_the_gradient_importance_is_the_derivative_by_a_gate():
    state, context = state_of("vision-transformer"), context_for("vision-transformer")
    batch = next(iter(context.data.batches("calibration", 1)))
    inputs, labels = torch.from_numpy(batch.inputs[0]), torch.from_numpy(batch.labels)
    mixer = state.module.blocks[0].attention.proj
    step, numeric = 1e-2, []
    for head in range(4):
        losses = []
        for sign in (1, -1):
            changed = copy.deepcopy(state.module)
            with torch.no_grad():
                changed.blocks[0].attention.proj.weight[:, 4 * head : 4 * head + 4] *= 1 + sign * step
                losses.append(float(functional.cross_entropy(changed(inputs), labels)))
        numeric.append(abs(losses[0] - losses[1]) / (2 * step))
    weakest = int(np.argmin(numeric))
    made = pruned(state, context, importance="gradient", ratio=0.25, samples=1, exclude=["blocks.1*"])
    kept = [head for head in range(4) if head != weakest]
    columns = torch.cat([mixer.weight[:, 4 * head : 4 * head + 4] for head in kept], 1)
    assert torch.equal(made.module.blocks[0].attention.proj.weight, columns)


def test_that_every_layer_keeps_a_head_and_the_lowest_of_all_leave():
    scores = {"a": np.array([0.1, 0.2, 0.3]), "b": np.array([5.0, 0.4, 6.0])}
    gone = choose_heads(scores, 0.5, "global")
    assert gone["a"].tolist() == [0, 1]
    assert gone["b"].tolist() == [1]
    assert [len(units) for units in choose_heads(scores, 0.9, "local").values()] == [2, 2]


def test_that_a_network_without_attention_says_so():
    made = pruned(state_of("residual"))
    assert made.skipped[0].reason.startswith("no attention layer")


class Outside(nn.Module):
    """Attention whose graph has nowhere a linear layer behind the heads."""

    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(16, 48)

    def forward(self, x):
        n, t, _ = x.shape
        q, k, v = self.qkv(x).reshape(n, t, 3, 4, 4).permute(2, 0, 3, 1, 4)
        return ((q @ k.transpose(-2, -1)).softmax(-1) @ v).mean((1, 2))


def imported(state):
    graph = to_onnx(state.module, state.inputs)
    return ModelState(module_inputs(graph), module=to_module(graph))


@pytest.mark.parametrize("name", ["vision-transformer", "text-transformer", "fused", "bert"])
def test_that_heads_leave_a_network_that_came_as_an_onnx_file(name):
    if name in ("fused", "bert"):
        torch.manual_seed(1)
        layers = (FusedAttention(),) if name == "fused" else (BertAttention(), nn.Linear(16, 16))
        state = ModelState((TensorSpec("input", (None, 5, 16), "float32"),), module=Sandwich(*layers).eval())
    else:
        state = state_of(name)
    state = imported(state)
    half = pruned(state, ratio=0.5)
    before = parameter_count(state.module)
    count = 2 if "transformer" in name else 1
    # of two of four heads of width 4: 8 rows of three projections with their biases, 8 columns of the mixing layer
    assert parameter_count(half.module) == before - count * (3 * 8 * (16 + 1) + 16 * 8)
    assert not half.skipped
    assert half.notes == (f"{2 * count} of {4 * count} attention heads removed",)
    inputs = inputs_for(state)
    assert exported_difference(half, inputs) < 1e-4
    # what is left computes what the network computes when the layers that mix the heads read nothing of those gone
    silent = copy.deepcopy(state)
    for layer, smaller in zip(mixers(silent.module), mixers(half.module), strict=True):
        blocks = layer.weight.detach().reshape(16, 4, 4)
        kept = smaller.weight.detach().reshape(16, 2, 4)
        stay = [any(torch.equal(blocks[:, head], kept[:, other]) for other in range(2)) for head in range(4)]
        assert sum(stay) == 2
        with torch.no_grad():
            layer.weight *= torch.tensor(stay).repeat_interleave(4)
    assert torch.allclose(outputs_of(half, inputs), outputs_of(silent, inputs), atol=1e-5)


def mixers(module):
    names = ("proj", "out_proj", "mixer")
    return [layer for name, layer in module.named_modules() if isinstance(layer, nn.Linear) and name.endswith(names)]


def test_that_an_imported_attention_without_a_mixing_layer_keeps_its_heads_with_the_reason():
    inputs = (TensorSpec("input", (None, 5, 16), "float32"),)
    half = pruned(imported(ModelState(inputs, module=Outside().eval())), ratio=0.5)
    assert [skip.reason for skip in half.skipped] == ["the layer that mixes its heads was not found"]
