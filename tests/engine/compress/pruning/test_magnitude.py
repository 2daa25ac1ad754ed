"""Masks keep the large weights, exactly as many as asked, and stay through training."""

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper

from engine.compress.registry import find
from engine.compress.technique import ModelState
from engine.compress.weight_masks import keep_masks
from engine.errors import RecipeError
from engine.model.save import to_onnx
from tests.engine.compress.toys import context_for, exported_difference, inputs_for, state_of

TECHNIQUE = find("magnitude-pruning")
GENERATOR = np.random.default_rng(0)
WEIGHTS = {"a": GENERATOR.normal(size=(8, 5)), "b": GENERATOR.normal(size=(3, 4, 2, 2)) * 3}
SIZES = {name: np.abs(w) for name, w in WEIGHTS.items()}


def pruned(name="residual", state=None, context=None, **knobs):
    return TECHNIQUE.apply(state or state_of(name), TECHNIQUE.configure(knobs), context or context_for(name))


@pytest.mark.parametrize("sparsity", [0.0, 0.3, 0.9])
def test_that_global_masks_drop_the_smallest_of_all(sparsity):
    masks = keep_masks(SIZES, sparsity, None, "global")
    everything = np.concatenate([np.abs(w).ravel() for w in WEIGHTS.values()])
    gone = int(sparsity * everything.size)
    limit = np.sort(everything)[gone - 1] if gone else -1.0
    for name, w in WEIGHTS.items():
        assert np.array_equal(masks[name], np.abs(w) > limit)


def test_that_local_masks_drop_the_same_share_of_each():
    masks = keep_masks(SIZES, 0.5, None, "local")
    for name, w in WEIGHTS.items():
        assert (~masks[name]).sum() == w.size // 2
        assert np.abs(w[~masks[name]]).max() < np.abs(w[masks[name]]).min()


def test_that_a_threshold_is_taken_as_it_is():
    masks = keep_masks(SIZES, 0.99, 0.7, "global")
    assert all(np.array_equal(masks[name], np.abs(w) >= 0.7) for name, w in WEIGHTS.items())


def test_that_equal_weights_still_give_the_exact_share():
    masks = keep_masks({"same": np.ones(10)}, 0.35, None, "global")
    assert (~masks["same"]).sum() == 3


@pytest.mark.parametrize("ramp", ["one-shot", "iterative", "gradual"])
def test_that_every_ramp_ends_at_the_sparsity_asked_for(ramp):
    state = pruned(sparsity=0.6, ramp=ramp, stages=3, epochs=1, batch_size=80, holdout=0.0)
    total = sum(mask.numel() for mask in state.masks.values())
    zeros = sum(int((state.module.get_parameter(name) == 0).sum()) for name in state.masks)
    assert zeros == int(0.6 * total)
    assert exported_difference(state, inputs_for(state)) < 1e-4


def test_that_the_gradual_ramp_is_the_cubic_of_zhu_and_gupta():
    from engine.compress.pruning.magnitude import _targets

    config = TECHNIQUE.configure({"sparsity": 0.8, "ramp": "gradual", "stages": 4})
    assert _targets(config) == pytest.approx([0.8 - 0.8 * (1 - t / 4) ** 3 for t in (1, 2, 3, 4)])
    config = TECHNIQUE.configure({"sparsity": 0.8, "ramp": "iterative", "stages": 4})
    assert _targets(config) == pytest.approx([0.2, 0.4, 0.6, 0.8])


def test_that_what_was_zero_stays_zero_when_a_later_step_trains():
    state = pruned(sparsity=0.5)
    teach = find("soft-label-distillation")
    later = teach.apply(state, teach.configure({"epochs": 1, "batch_size": 40}), context_for("residual"))
    changed = later.module.head.weight.detach() != state.module.head.weight.detach()
    assert changed.any()
    for name, mask in later.masks.items():
        assert not (later.module.get_parameter(name)[~mask] != 0).any()


def test_that_excluded_and_small_layers_are_named_with_the_reason():
    state = pruned(sparsity=0.5, exclude=["stem*"], min_weights=100)
    reasons = {skip.layer: skip.reason for skip in state.skipped}
    assert reasons["stem.0"] == "excluded by the recipe"
    assert "80 weights" in reasons["head"]
    assert set(state.masks) == {"a1.weight", "b1.weight", "down.weight"}


def test_that_a_misspelt_exclusion_is_refused():
    with pytest.raises(RecipeError, match="fits no layer"):
        pruned(exclude=["sten*"])


def test_that_graphs_get_the_same_zeros_as_modules():
    start = state_of("dense")
    module = pruned("dense", sparsity=0.5, min_weights=1)
    graph = ModelState(start.inputs, onnx=to_onnx(start.module, start.inputs))
    sparse = pruned("dense", graph, sparsity=0.5, min_weights=1).onnx
    found = {t.name: numpy_helper.to_array(t) for t in sparse.graph.initializer if len(t.dims) > 1}
    zeros = sorted(int((array == 0).sum()) for array in found.values())
    assert zeros == sorted(int((~mask).sum()) for mask in module.masks.values())
    onnx.checker.check_model(sparse)


def test_that_fine_tuning_without_data_is_refused_by_its_declaration():
    assert TECHNIQUE.needs_of(TECHNIQUE.configure({})) == ()
    assert [str(need) for need in TECHNIQUE.needs_of(TECHNIQUE.configure({"epochs": 1}))] == ["labels"]


def test_that_distilled_fine_tuning_follows_the_original():
    context = context_for("dense")
    with torch.no_grad():
        for parameter in context.teacher.parameters():
            parameter.mul_(3)
    apart = pruned("dense", context=context, sparsity=0.5, epochs=2, distill=False)
    taught = pruned("dense", context=context, sparsity=0.5, epochs=2, distill=True)
    x = inputs_for(apart, 50)
    with torch.no_grad():
        target = context.teacher(*x).softmax(1)
        off = [float((state.module(*x).softmax(1) - target).abs().sum()) for state in (apart, taught)]
    assert off[1] < off[0]


class Useful(torch.nn.Module):
    """One layer that knows the classes, and one as large that nobody listens to."""

    def __init__(self, patterns):
        super().__init__()
        self.known, self.idle = torch.nn.Linear(20, 4), torch.nn.Linear(20, 4)
        self.known.weight.data = torch.from_numpy(patterns)

    def forward(self, x):
        return self.known(x) + 0.0 * self.idle(x)


def test_that_zeros_go_where_they_cost_nothing_when_sensitivity_decides():
    context = context_for("dense")
    batch = next(iter(context.data.batches("train", 160)))
    patterns = np.stack([batch.inputs[0][batch.labels == label].mean(0) for label in range(4)])
    start = ModelState(state_of("dense").inputs, module=Useful(patterns.astype(np.float32)).eval())
    state = pruned("dense", start, context, sparsity=0.5, scope="sensitivity", min_weights=16)
    shares = {name: float((~mask).float().mean()) for name, mask in state.masks.items()}
    # of 2 x 80 weights 80 become zero: 98 % of the idle layer, the rest in the other
    assert shares == pytest.approx({"known.weight": 1 / 80, "idle.weight": 78 / 80}, abs=1e-6)
    assert "known 0.01, idle 0.98" in state.notes[-1]
    assert [str(need) for need in TECHNIQUE.needs_of(TECHNIQUE.configure({"scope": "sensitivity"}))] == ["labels"]


def test_that_a_file_is_pruned_by_sensitivity_too():
    graph = to_onnx(state_of("dense").module, state_of("dense").inputs)
    state = pruned("dense", ModelState(state_of("dense").inputs, onnx=graph), scope="sensitivity", sparsity=0.6)
    total = sum(mask.numel() for mask in state.masks.values())
    assert sum(int((~mask).sum()) for mask in state.masks.values()) == pytest.approx(0.6 * total, abs=len(state.masks))


@pytest.mark.parametrize(
    ("name", "matrices"), [("lstm", 2 * 2 + 1), ("gru", 2 * 2 + 1), ("text-transformer", 2 * 4 + 1)]
)
def test_that_recurrent_layers_and_joint_projections_are_pruned_like_all_others(name, matrices):
    state = pruned(name, sparsity=0.5, scope="local", min_weights=1)
    assert len(state.masks) == matrices
    for key, mask in state.masks.items():
        weight = state.module.get_parameter(key)
        assert int((weight == 0).sum()) == int((~mask).sum()) == weight.numel() // 2, key
    start = state_of(name)
    graph = pruned(
        name, ModelState(start.inputs, onnx=to_onnx(start.module, start.inputs)), sparsity=0.5, min_weights=1
    )
    inputs = inputs_for(state)
    assert exported_difference(state, inputs) < 1e-5
    if name != "text-transformer":
        arrays = {item.name: numpy_helper.to_array(item) for item in graph.onnx.graph.initializer}
        cells = [node for node in graph.onnx.graph.node if node.op_type in ("LSTM", "GRU")]
        assert all((arrays[weight] == 0).any() for node in cells for weight in node.input[1:3])
