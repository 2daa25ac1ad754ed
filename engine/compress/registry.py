"""Where techniques are found.

Built-ins and third parties use the same door: the decorator below; third parties are found through the entry-point
group ``flyweight.techniques``.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points

from ..errors import FlyweightError, RecipeError
from .technique import Apply, Effect, Need, Takes, Technique

GROUP = "flyweight.techniques"

_BUILT_IN = (
    "engine.compress.graph.fusion",
    "engine.compress.pruning.magnitude",
    "engine.compress.pruning.channel",
    "engine.compress.pruning.gradient",
    "engine.compress.pruning.n_m",
    "engine.compress.pruning.dead_units",
    "engine.compress.pruning.entropy",
    "engine.compress.pruning.connectivity",
    "engine.compress.pruning.manual",
    "engine.compress.lowrank.svd",
    "engine.compress.lowrank.tucker",
    "engine.compress.lowrank.pca",
    "engine.compress.lowrank.input_reduction",
    "engine.compress.lowrank.sparse_plus",
    "engine.compress.lowrank.autoencoder",
    "engine.compress.quantization.static",
    "engine.compress.quantization.tflite_file",
    "engine.compress.quantization.dynamic",
    "engine.compress.quantization.affine_weights",
    "engine.compress.quantization.fixed_point",
    "engine.compress.quantization.half",
    "engine.compress.quantization.weight_only",
    "engine.compress.quantization.low_bit",
    "engine.compress.quantization.clustering",
    "engine.compress.quantization.aware_training",
    "engine.compress.quantization.mixed_precision",
    "engine.compress.distillation.soft_label",
    "engine.compress.distillation.hard_label",
    "engine.compress.distillation.feature",
    "engine.compress.distillation.attention_transfer",
    "engine.compress.distillation.student",
    "engine.compress.distillation.coreset",
    "engine.compress.activation.replacement",
    "engine.compress.sparsity.training",
    "engine.compress.sparsity.gated",
    "engine.compress.sparsity.sweep",
    "engine.compress.pruning.layer",
    "engine.compress.pruning.head",
    "engine.compress.pruning.recurrent",
    "engine.compress.choice.cross_validation",
)

_TECHNIQUES: dict[str, Technique] = {}
_BROKEN: dict[str, str] = {}


def technique(
    id: str,
    *,
    name: str,
    family: str,
    covers: tuple[str, ...],
    summary: str,
    paper: str,
    config: type,
    takes: Takes,
    needs: tuple[Need, ...] = (),
    changes: tuple[Effect, ...] = (),
    destroys: tuple[Effect, ...] = (),
) -> Callable[[Apply], Apply]:
    """Register the decorated function as a technique.

    Raises:
        RecipeError: the id is taken by another technique.
    """

    def register(apply: Apply) -> Apply:
        known = _TECHNIQUES.get(id)
        if known is not None and known.apply.__module__ != apply.__module__:
            raise RecipeError(
                "duplicate-technique",
                f"technique '{id}' of {apply.__module__} is already provided by {known.apply.__module__}",
                "uninstall one of the two packages",
            )
        _TECHNIQUES[id] = Technique(
            id, name, family, covers, summary, paper, config, apply, takes, needs, changes, destroys
        )
        return apply

    return register


FAMILIES = (
    "quantization",
    "pruning",
    "distillation",
    "lowrank",
    "sparsity",
    "clustering",
    "activation",
    "graph",
    "choice",
)
"""In the order they are listed in; a family of a package of its own comes after them."""


@cache
def _load() -> None:
    for module in _BUILT_IN:
        import_module(module)
    for point in entry_points(group=GROUP):
        try:
            point.load()
        except Exception as error:
            _BROKEN[point.name] = str(error) or type(error).__name__


def techniques() -> tuple[Technique, ...]:
    """All techniques by family, the most used first, and id. Loads none of torch, onnx or onnxruntime."""
    _load()
    place = {family: number for number, family in enumerate(FAMILIES)}
    return tuple(sorted(_TECHNIQUES.values(), key=lambda t: (place.get(t.family, len(place)), t.family, t.id)))


def broken() -> dict[str, str]:
    """Entry points that could not be loaded: name -> reason."""
    _load()
    return dict(_BROKEN)


def find(id: str) -> Technique:
    """One technique by id.

    Raises:
        RecipeError: unknown id; the remedy names close matches.
    """
    _load()
    if id in _TECHNIQUES:
        return _TECHNIQUES[id]
    from difflib import get_close_matches

    close = get_close_matches(id, _TECHNIQUES, n=3, cutoff=0.4)
    hint = f"did you mean {' or '.join(close)}? " if close else ""
    raise RecipeError("unknown-technique", f"there is no technique '{id}'", f"{hint}list them: flyweight techniques")


__all__ = ["FlyweightError", "broken", "find", "technique", "techniques"]
