"""Runs a recipe: one step after the other, changing the model's form where a step needs the other one."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from ..errors import ModelError
from ..events import Stage
from ..records import Recipe, RecipeStep, Skip, canonical_json
from ..workspace import write_atomic
from .registry import find
from .technique import Context, ModelState, Takes

if TYPE_CHECKING:
    from onnx import ModelProto

ToGraph = Callable[[ModelState], "ModelProto"]


def apply_recipe(state: ModelState, recipe: Recipe, context: Context, graph: ToGraph) -> ModelState:
    """Apply all steps to a model.

    Args:
        state: the original; it is not changed.
        recipe: its steps in order; an empty one returns ``state``.
        context: services and data.
        graph: turns a state into its ONNX graph.

    Returns:
        The final state with everything that was skipped and noted on the way. Steps whose result is a graph are kept in
        ``context.scratch`` and not worked on again; training keeps its own checkpoints there.

    Raises:
        ModelError: a step needs a trainable model and this one cannot be made into one.
        FlyweightError: whatever a technique raises; Cancelled between steps.
    """
    if recipe.steps:
        _refuse_quantized(state)
    key = fingerprint(state)
    for number, step in enumerate(recipe.steps, 1):
        context.cancel.check()
        technique = find(step.technique)
        context.emit(Stage(technique.name, f"step {number} of {len(recipe.steps)}"))
        key = hashlib.sha256(key.encode() + canonical_json([step.to_json(), context.seed])).hexdigest()
        known = _recall(context, key, state)
        if known is not None:
            state = known
            continue
        state = _in_form(state, technique.takes, graph)
        state = technique.apply(state, technique.configure(step.knobs), context)
        _remember(context, key, state)
    return state


def fingerprint(state: ModelState) -> str:
    """Hash of a model's weights and structure."""
    digest = hashlib.sha256()
    if state.onnx is not None:
        digest.update(state.onnx.SerializeToString(deterministic=True))
    if state.module is not None:
        digest.update(str(state.module).encode())
        for name, tensor in state.module.state_dict().items():
            digest.update(name.encode())
            digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def _in_form(state: ModelState, takes: Takes, graph: ToGraph) -> ModelState:
    if takes is Takes.ONNX and state.onnx is None:
        return replace(state, module=None, onnx=graph(state), masks={})
    if takes is Takes.TORCH and state.module is None:
        from ..model.onnx_to_torch import to_module

        assert state.onnx is not None
        return replace(state, module=to_module(state.onnx), onnx=None)
    return state


def _refuse_quantized(state: ModelState) -> None:
    if state.onnx is None:
        return
    from ..model.cost import is_quantized

    if is_quantized(state.onnx):
        raise ModelError(
            "already-quantized",
            "the model is already quantized; it is not quantized or pruned again",
            "compress the float model it was made from; evaluate, bundle and deploy take this one as it is",
        )


def _remember(context: Context, key: str, state: ModelState) -> None:
    if context.scratch is None or state.onnx is None:
        return
    notes = {"skipped": [item.to_json() for item in state.skipped], "notes": list(state.notes)}
    context.scratch.mkdir(parents=True, exist_ok=True)
    write_atomic(context.scratch / f"{key[:32]}.json", json.dumps(notes).encode())
    write_atomic(context.scratch / f"{key[:32]}.onnx", state.onnx.SerializeToString())


def _recall(context: Context, key: str, state: ModelState) -> ModelState | None:
    if context.scratch is None:
        return None
    path = context.scratch / f"{key[:32]}.onnx"
    if not path.exists():
        return None
    import onnx

    notes = json.loads(path.with_suffix(".json").read_text())
    return ModelState(
        state.inputs,
        onnx=onnx.load_from_string(path.read_bytes()),
        skipped=tuple(Skip(**item) for item in notes["skipped"]),
        notes=tuple(notes["notes"]),
    )


__all__ = ["RecipeStep", "apply_recipe", "fingerprint"]
