"""Techniques of other packages: what the house's own keep by review is seen to here."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from functools import wraps
from typing import Any

from ..errors import TechniqueError
from .technique import Apply, Context, Effect, ModelState


def guarded(id: str, apply: Apply, changes: tuple[Effect, ...]) -> Apply:
    """The technique, which gets a copy of the model, may not end the program, and must return a model.

    It may work in place: the original is the teacher and the start of other recipes. Zeros that it says it placed get
    masks where it gave none of its own, so that later training keeps them.

    Raises:
        TechniqueError: it ended the program, or returned something else.
    """

    @wraps(apply)
    def run(state: ModelState, config: Any, context: Context) -> ModelState:
        try:
            made: object = apply(
                replace(state, module=deepcopy(state.module), onnx=deepcopy(state.onnx)), config, context
            )
        except SystemExit as error:
            raise TechniqueError(
                "technique-failed",
                f"{id} ended the program (exit code {error.code})",
                "leave the step out, or remove sys.exit() from it",
            ) from error
        if not isinstance(made, ModelState) or (made.module is None) == (made.onnx is None):
            given = "not one form of the model" if isinstance(made, ModelState) else type(made).__name__
            raise TechniqueError(
                "technique-failed",
                f"{id} returned {given} instead of the changed model",
                "let it end with: return replace(state, module=..., onnx=None), or the other way round",
            )
        own = made.masks and made.masks is not state.masks
        if made.module is None or own or Effect.MASKS not in changes:
            return made
        from .weight_masks import given_masks

        shapes = {name: weight.shape for name, weight in made.module.named_parameters()}
        earlier = {name: mask for name, mask in made.masks.items() if shapes.get(name) == mask.shape}
        return replace(made, masks={**earlier, **given_masks(made.module)})

    return run
