"""A recipe's steps run in order, each in the form it takes, and a killed run does not do them twice."""

from dataclasses import replace

import numpy as np
import onnx
import pytest
import torch

from engine.compress import registry
from engine.compress.processor import Processor
from engine.compress.run import apply_recipe, fingerprint
from engine.compress.technique import Takes
from engine.errors import Cancelled, ModelError
from engine.events import Cancel, Stage
from engine.model.save import to_onnx
from engine.records import Recipe, RecipeStep
from tests.engine.compress.toys import context_for, graph_of, inputs_for, outputs_of, state_of

PRUNE = RecipeStep("channel-pruning", {"ratio": 0.5, "round_to": 1})
SPARSE = RecipeStep("magnitude-pruning", {"sparsity": 0.5, "min_weights": 16})
TEACH = RecipeStep("soft-label-distillation", {"epochs": 1, "batch_size": 64, "augment": "none"})
FUSE = RecipeStep("graph-fusion", {})


@pytest.fixture
def calls(monkeypatch):
    """Which techniques were really applied."""
    done = []
    registry.techniques()
    for name, technique in list(registry._TECHNIQUES.items()):

        def apply(state, config, context, technique=technique):
            done.append(technique.id)
            return technique.apply(state, config, context)

        monkeypatch.setitem(registry._TECHNIQUES, name, replace(technique, apply=apply))
    return done


def test_that_an_empty_recipe_gives_the_model_back():
    state = state_of("residual")
    assert apply_recipe(state, Recipe(()), context_for("residual"), graph_of) is state


def test_that_steps_run_in_order_and_change_the_form_where_needed():
    seen = []
    state = apply_recipe(
        state_of("residual"), Recipe((PRUNE, FUSE)), replace(context_for("residual"), emit=seen.append), graph_of
    )
    assert state.form is Takes.ONNX
    assert [event.detail for event in seen if isinstance(event, Stage)] == ["step 1 of 2", "step 2 of 2"]
    assert [cost.technique for cost in state.costs] == ["channel-pruning", "graph-fusion"]
    assert all(cost.wall_s >= 0 and cost.peak_rss_mb > 10 for cost in state.costs)


def test_that_a_graph_becomes_a_module_for_steps_that_train():
    start = state_of("residual")
    graph = replace(start, module=None, onnx=to_onnx(start.module, start.inputs))
    pruned = apply_recipe(graph, Recipe((PRUNE,)), context_for("residual"), graph_of)
    assert pruned.form is Takes.TORCH


@pytest.mark.parametrize("form", ["module", "graph"])
def test_that_finished_torch_steps_are_not_done_again_and_the_result_is_the_same(tmp_path, calls, form):
    start = state_of("residual")
    if form == "graph":
        start = replace(start, module=None, onnx=to_onnx(start.module, start.inputs))
    recipe = Recipe((PRUNE, SPARSE, TEACH))
    context = context_for("residual", scratch=tmp_path)
    first = apply_recipe(start, recipe, context, graph_of)
    applied = list(calls)
    again = apply_recipe(start, recipe, context, graph_of)
    assert applied == ["channel-pruning", "magnitude-pruning", "soft-label-distillation"]
    assert calls == applied
    inputs = inputs_for(start)
    assert torch.equal(outputs_of(first, inputs), outputs_of(again, inputs))
    assert first.notes == again.notes
    assert first.skipped == again.skipped
    assert {name: mask.sum() for name, mask in first.masks.items()} == {n: m.sum() for n, m in again.masks.items()}


def test_that_a_run_killed_between_two_steps_goes_on_at_the_second(tmp_path, calls):
    context = context_for("residual", scratch=tmp_path)
    apply_recipe(state_of("residual"), Recipe((PRUNE,)), context, graph_of)
    whole = apply_recipe(state_of("residual"), Recipe((PRUNE, SPARSE)), context, graph_of)
    fresh = apply_recipe(state_of("residual"), Recipe((PRUNE, SPARSE)), context_for("residual"), graph_of)
    assert calls == ["channel-pruning", "magnitude-pruning", "channel-pruning", "magnitude-pruning"]
    inputs = inputs_for(whole)
    assert torch.equal(outputs_of(whole, inputs), outputs_of(fresh, inputs))


def test_that_a_damaged_result_is_made_again(tmp_path, calls):
    context = context_for("residual", scratch=tmp_path)
    apply_recipe(state_of("residual"), Recipe((PRUNE,)), context, graph_of)
    (path,) = tmp_path.glob("*.safetensors")
    path.write_bytes(path.read_bytes()[:-1] + b"X")
    apply_recipe(state_of("residual"), Recipe((PRUNE,)), context, graph_of)
    assert calls == ["channel-pruning", "channel-pruning"]


def test_that_another_seed_or_knob_is_another_result(tmp_path, calls):
    for seed, ratio in ((0, 0.5), (1, 0.5), (0, 0.25)):
        step = RecipeStep("channel-pruning", {"ratio": ratio, "round_to": 1})
        apply_recipe(state_of("residual"), Recipe((step,)), context_for("residual", seed, scratch=tmp_path), graph_of)
    assert len(calls) == 3


def test_that_a_result_made_for_another_processor_is_not_taken(tmp_path, calls):
    for isa in ({"avx2"}, {"avx2", "avx512_vnni"}, {"avx2", "avx512_vnni"}):
        context = replace(context_for("residual", scratch=tmp_path), processor=Processor("x86_64", frozenset(isa)))
        apply_recipe(state_of("residual"), Recipe((FUSE,)), context, graph_of)
    assert calls.count("graph-fusion") == 2


def test_that_cancelling_stops_between_steps():
    cancel = Cancel()

    def stop(event):
        if isinstance(event, Stage) and event.detail == "step 1 of 2":
            cancel.set()

    context = replace(context_for("logistic"), emit=stop, cancel=cancel)
    with pytest.raises(Cancelled):
        apply_recipe(state_of("logistic"), Recipe((SPARSE, FUSE)), context, graph_of)


def test_that_a_quantized_model_is_refused():
    state = state_of("dense")
    dynamic = apply_recipe(state, Recipe((RecipeStep("dynamic-quantization", {}),)), context_for("dense"), graph_of)
    with pytest.raises(ModelError, match="already quantized"):
        apply_recipe(dynamic, Recipe((FUSE,)), context_for("dense"), graph_of)


def test_that_the_fingerprint_tells_weights_and_structure_apart():
    state, other = state_of("dense"), state_of("dense")
    assert fingerprint(state) == fingerprint(other)
    with torch.no_grad():
        other.module.head.bias[0] += 1
    assert fingerprint(state) != fingerprint(other)
    graph = to_onnx(state.module, state.inputs)
    changed = onnx.ModelProto()
    changed.CopyFrom(graph)
    changed.graph.initializer[0].raw_data = np.zeros(changed.graph.initializer[0].dims, np.float32).tobytes()
    assert fingerprint(replace(state, module=None, onnx=graph)) != fingerprint(
        replace(state, module=None, onnx=changed)
    )


@pytest.mark.parametrize("form", ["module", "graph"])
def test_that_zeros_a_network_came_with_stay_zero_while_it_is_trained(form):
    state, context = state_of("dense"), context_for("dense")
    weight = state.module.get_parameter(next(n for n, p in state.module.named_parameters() if p.ndim == 2))
    with torch.no_grad():
        weight[weight.abs() < weight.abs().quantile(0.6)] = 0.0
    zeros = (weight == 0).numpy()
    if form == "graph":
        state = replace(state, module=None, onnx=to_onnx(state.module, state.inputs))
    made = apply_recipe(state, Recipe((TEACH,)), context, graph_of)
    after = next(p for p in made.module.parameters() if p.shape == weight.shape)
    assert ((after == 0).numpy() == zeros).all()
    assert not np.array_equal(after.detach().numpy(), weight.detach().numpy())
    assert any("came as zeros" in note for note in made.notes)
