"""Runs a recipe: one step after the other, changing the model's form where a step needs the other one."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import FlyweightError, ModelError, TechniqueError
from ..events import Stage
from ..model.shared_values import clustered_note
from ..records import Format, Recipe, RecipeStep, Skip, canonical_json, sha256_hex
from ..workspace import write_atomic
from .module_state import module_from_bytes, module_to_bytes
from .processor import this_processor
from .registry import find
from .technique import Context, Effect, ModelState, StepCost, Takes, Technique

if TYPE_CHECKING:
    from onnx import ModelProto
    from torch import Tensor, nn

ToGraph = Callable[[ModelState], "ModelProto"]


def apply_recipe(state: ModelState, recipe: Recipe, context: Context, graph: ToGraph) -> ModelState:
    """Apply all steps to a model.

    Args:
        state: the original; it is not changed.
        recipe: its steps in order; an empty one returns ``state``.
        context: services and data.
        graph: turns a state into its ONNX graph.

    Returns:
        The final state with everything that was skipped and noted on the way. Results of steps are kept in
        ``context.scratch`` and not worked on again; training keeps its own checkpoints there.

    Raises:
        ModelError: a step needs a trainable model and this one cannot be made into one.
        FlyweightError: whatever a technique raises; Cancelled between steps.
    """
    if recipe.steps:
        from ..model.cost import is_quantized

        refuse_quantized(state.onnx is not None and is_quantized(state.onnx))
        state, context = _presented(state, context)
        state = _with_shared_values(_with_zeros(state), recipe)
    memory = _Memory(context.scratch, state)
    target = context.processor or this_processor()
    made_for = [context.seed, target.arch, target.saturates]
    keys = [fingerprint(state)]
    for step in recipe.steps:
        keys.append(hashlib.sha256(keys[-1].encode() + canonical_json([step.to_json(), *made_for])).hexdigest())
    done, state = memory.latest(keys[1:], state)
    for number, step in enumerate(recipe.steps[done:], done + 1):
        context.cancel.check()
        technique = find(step.technique)
        context.emit(Stage(technique.name, f"step {number} of {len(recipe.steps)}"))
        known = memory.recall(keys[number], state)
        if known is not None:
            state = known
            continue
        clock = _Clock()
        takes = technique.acting(technique.configure(step.knobs)).takes
        state = memory.in_form(state, takes, graph)
        state = _applied(technique, step, state, context)
        state = replace(state, costs=(*state.costs, clock.cost(technique.id)))
        if not context.cancel.finishing:  # a training cut short is not what this step gives
            memory.remember(keys[number], state)
    return state


def _applied(technique: Technique, step: RecipeStep, state: ModelState, context: Context) -> ModelState:
    """One technique on one model; what a library could not do with the model is told by the technique's name."""
    try:
        made = technique.apply(state, technique.configure(step.knobs), context)
    except (FlyweightError, MemoryError, OSError):
        raise
    except Exception as error:
        raise TechniqueError(
            "technique-failed",
            f"{technique.id} cannot work on this model: {type(error).__name__}: {str(error)[:300]}",
            f"leave the step out, or change its knobs: flyweight techniques {technique.id}",
        ) from error
    if any(not item.layer for item in made.skipped):  # the only layer is the whole model, which has no name in PyTorch
        whole = type(state.module).__name__ if state.module is not None else "(model)"
        made = replace(made, skipped=tuple(replace(item, layer=item.layer or whole) for item in made.skipped))
    return made


def fingerprint(state: ModelState) -> str:
    """Hash of a model's weights and structure, and of the file format it ends in."""
    digest = hashlib.sha256(b"" if state.format is Format.ONNX else state.format.encode())
    if state.onnx is not None:
        digest.update(state.onnx.SerializeToString(deterministic=True))
    if state.module is not None:
        digest.update(str(state.module).encode())
        for name, tensor in state.module.state_dict().items():
            digest.update(name.encode())
            digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def refuse_quantized(quantized: bool) -> None:
    """What another toolkit quantized is taken as it is.

    Raises:
        ModelError: it is quantized.
    """
    if quantized:
        raise ModelError(
            "already-quantized",
            "the model is already quantized; it is not quantized or pruned again",
            "compress the float model it was made from; evaluate, bundle and deploy take this one as it is",
        )


def _presented(state: ModelState, context: Context) -> tuple[ModelState, Context]:
    """The graph in float32 and in an opset that knows integers with a scale per channel, and the data for it."""
    if state.onnx is None:
        return state, context
    from ..model.graph import input_specs
    from ..model.present_form import WideData, present_form

    graph, said = present_form(state.onnx)
    if not said:
        return state, context
    inputs = input_specs(graph)
    if context.data is not None and any(a.dtype != b.dtype for a, b in zip(inputs, state.inputs, strict=True)):
        context = replace(context, data=WideData(context.data))
    return replace(state, onnx=graph, inputs=inputs, notes=(*state.notes, *said)), context


def _with_zeros(state: ModelState) -> ModelState:
    """With masks of the zeros that the network came with, which training keeps then."""
    if state.module is None or state.masks:
        return state
    from .weight_masks import given_masks

    masks = given_masks(state.module)
    if not masks:
        return state
    gone, every = (sum(count(mask) for mask in masks.values()) for count in (_zeros, lambda mask: mask.numel()))
    note = f"{gone:,} of {every:,} weights in {len(masks)} layers came as zeros; training keeps them so"
    return replace(state, masks=masks, notes=(*state.notes, note) if note not in state.notes else state.notes)


def _with_shared_values(state: ModelState, recipe: Recipe) -> ModelState:
    """With a note of clustered weights that the network came with, where a step gives up their sharing."""
    changed = [
        step.technique for step in recipe.steps if {Effect.WEIGHTS, Effect.INTEGERS} & {*find(step.technique).changes}
    ]
    if not changed or changed[0] == "weight-clustering":
        return state
    if state.onnx is not None:
        from onnx import numpy_helper

        note = clustered_note(
            numpy_helper.to_array(item) for item in state.onnx.graph.initializer if item.data_type == 1
        )
    else:
        assert state.module is not None
        note = clustered_note(parameter.detach().numpy() for parameter in state.module.parameters())
    return state if note is None else replace(state, notes=(*state.notes, note))


def _zeros(mask: Tensor) -> int:
    return int((~mask).sum())


class _Clock:
    """What a step costs from now on."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.monotonic(), time.process_time()

    def cost(self, technique: str) -> StepCost:
        """Until now."""
        from ..model.isolation import peak_rss_mb

        return StepCost(technique, time.monotonic() - self._wall, time.process_time() - self._cpu, peak_rss_mb())


class _Memory:
    """Results of steps in the scratch folder: graphs, and modules that are the original with other sizes and weights.

    A step that replaces layers is not kept: after a kill it is done again, its trainings go on from their checkpoints.
    """

    def __init__(self, folder: Path | None, state: ModelState) -> None:
        self._folder = folder
        self._base = state.module

    def in_form(self, state: ModelState, takes: Takes, graph: ToGraph) -> ModelState:
        """The state as a technique takes it."""
        if takes is Takes.ONNX and state.onnx is None:
            return state.as_graph(graph(state))
        if takes is Takes.TORCH and state.module is None:
            return _with_zeros(replace(state, module=self._module_of(state), onnx=None))
        return state

    def latest(self, keys: Sequence[str], state: ModelState) -> tuple[int, ModelState]:
        """How many steps need not be done again, and the state after them."""
        for number in range(len(keys), 0, -1):
            known = self.recall(keys[number - 1], state)
            if known is not None:
                return number, known
        return 0, state

    def remember(self, key: str, state: ModelState) -> None:
        """Keep the result of a step where it can be kept."""
        content, suffix = None, ".onnx"
        if state.onnx is not None:
            content = state.onnx.SerializeToString()
        elif state.module is not None:
            suffix = ".safetensors"
            if self._base is not None:
                content = module_to_bytes(state.module, self._base, state.masks)
            if content is None:  # the next step is told by what it changes of this one
                self._base = state.module
        if self._folder is None or content is None:
            return
        told = {
            "sha256": sha256_hex(content),
            "base": None if suffix == ".onnx" else _make_up(self._base),
            "skipped": [item.to_json() for item in state.skipped],
            "notes": list(state.notes),
            "costs": [asdict(item) for item in state.costs],
            "format": str(state.format),
        }
        self._folder.mkdir(parents=True, exist_ok=True)
        write_atomic(self._folder / f"{key[:32]}.json", json.dumps(told).encode())
        write_atomic(self._folder / f"{key[:32]}{suffix}", content)

    def recall(self, key: str, state: ModelState) -> ModelState | None:
        """The result of a step; None where it was not kept or its file is damaged."""
        if self._folder is None:
            return None
        try:
            told = json.loads((self._folder / f"{key[:32]}.json").read_text())
        except (OSError, ValueError):
            return None
        skipped = tuple(Skip(**item) for item in told["skipped"])
        costs = tuple(StepCost(**item) for item in told["costs"])
        format_ = Format(told.get("format", "onnx"))
        found = ModelState(state.inputs, skipped=skipped, notes=tuple(told["notes"]), costs=costs, format=format_)
        for suffix in (".onnx", ".safetensors"):
            path = self._folder / f"{key[:32]}{suffix}"
            content = path.read_bytes() if path.exists() else b""
            if not content or sha256_hex(content) != told["sha256"]:
                continue
            if suffix == ".onnx":
                import onnx

                return replace(found, onnx=onnx.load_from_string(content))
            base = self._base if self._base is not None or state.onnx is None else self._module_of(state)
            if base is not None and _make_up(base) == told["base"]:
                module, masks = module_from_bytes(content, base)
                return replace(found, module=module, masks=masks)
        return None

    def _module_of(self, state: ModelState) -> nn.Module:
        from ..model.onnx_to_torch import to_module

        assert state.onnx is not None
        module = to_module(state.onnx)
        if self._base is None:
            self._base = module
        return module


def _make_up(module: nn.Module | None) -> str:
    return sha256_hex(str(module).encode())


__all__ = ["RecipeStep", "apply_recipe", "fingerprint"]
