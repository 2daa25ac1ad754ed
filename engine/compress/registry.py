"""Where techniques are found.

Built-ins and third parties use the same door: the decorator below; third parties are found through the entry-point
group ``flyweight.techniques``.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points

from ..errors import FlyweightError, RecipeError
from .foreign import guarded
from .other_names import close_ids
from .technique import GOALS, Apply, Effect, Need, Offer, Takes, Technique

GROUP = "flyweight.techniques"

_BUILT_IN = {
    "graph-fusion": "graph.fusion",
    "magnitude-pruning": "pruning.magnitude",
    "channel-pruning": "pruning.channel",
    "gradient-pruning": "pruning.gradient",
    "n-m-sparsity": "pruning.n_m",
    "dead-unit-removal": "pruning.dead_units",
    "entropy-pruning": "pruning.entropy",
    "connectivity-pruning": "pruning.connectivity",
    "manual-pruning": "pruning.manual",
    "svd-factorization": "lowrank.svd",
    "tensor-factorization": "lowrank.tucker",
    "pca-factorization": "lowrank.pca",
    "pca-input-reduction": "lowrank.input_reduction",
    "sparse-low-rank": "lowrank.sparse_plus",
    "autoencoder-bottleneck": "lowrank.autoencoder",
    "static-quantization": "quantization.static",
    "tflite-file": "quantization.tflite_file",
    "dynamic-quantization": "quantization.dynamic",
    "affine-quantization": "quantization.affine_weights",
    "fixed-point-quantization": "quantization.fixed_point",
    "half-precision": "quantization.half",
    "weight-only-quantization": "quantization.weight_only",
    "low-bit-weights": "quantization.low_bit",
    "weight-clustering": "quantization.clustering",
    "quantization-aware-training": "quantization.aware_training",
    "mixed-precision": "quantization.mixed_precision",
    "soft-label-distillation": "distillation.soft_label",
    "hard-label-distillation": "distillation.hard_label",
    "feature-distillation": "distillation.feature",
    "attention-transfer": "distillation.attention_transfer",
    "student": "distillation.student",
    "coreset-distillation": "distillation.coreset",
    "activation-replacement": "activation.replacement",
    "lasso-training": "sparsity.training",
    "reweighted-sparsity": "sparsity.training",
    "l0-training": "sparsity.gated",
    "dropout-sparsity": "sparsity.gated",
    "sparsity-sweep": "sparsity.sweep",
    "layer-pruning": "pruning.layer",
    "head-pruning": "pruning.head",
    "recurrent-pruning": "pruning.recurrent",
    "cross-validation": "choice.cross_validation",
}
"""Id -> module in this package: so the names are known without loading forty modules, as Tab needs them."""

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
    idempotent: bool = False,
    offers: tuple[Offer, ...] = (),
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
        run = apply if apply.__module__.startswith(f"{__package__}.") else guarded(id, apply, changes)
        about = summary or (apply.__doc__ or "").partition("\n")[0]
        _TECHNIQUES[id] = Technique(
            id,
            name or id,
            family,
            covers,
            about,
            paper,
            config,
            run,
            takes,
            needs,
            changes,
            destroys,
            idempotent,
            offers,
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
    for module in dict.fromkeys(_BUILT_IN.values()):
        import_module(f"{__package__}.{module}")
    for point in entry_points(group=GROUP):
        before = dict(_TECHNIQUES)
        try:
            point.load()
            for id in _TECHNIQUES.keys() - before.keys():
                _TECHNIQUES[id].check()
                _check_offers(_TECHNIQUES[id])
        except (Exception, SystemExit) as error:
            _TECHNIQUES.clear()
            _TECHNIQUES.update(before)
            of = "" if point.dist is None else f"package {point.dist.name} {point.dist.version}: "
            said = " ".join(str(error).split())
            why = f"{of}{type(error).__name__}: {said}"
            _BROKEN[point.name] = "".join(
                letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in why
            )


def _check_offers(technique: Technique) -> None:
    """See that what it offers to presets can be tried.

    Raises:
        RecipeError: no such preset or step, or a knob that the step does not have.
    """
    for offer in technique.offers:
        if offer.preset not in GOALS or not offer.steps:
            raise RecipeError(
                "bad-offer",
                f"{technique.id} offers a recipe of {len(offer.steps)} steps to the preset '{offer.preset}'",
                f"give steps, and one of: {', '.join(GOALS)}",
            )
        for id, knobs in offer.steps:
            if id not in _TECHNIQUES:
                raise RecipeError(
                    "bad-offer", f"{technique.id} offers a recipe with the unknown step '{id}'", "name an id"
                )
            _TECHNIQUES[id].configure(knobs)


def techniques() -> tuple[Technique, ...]:
    """All techniques by family, the most used first, and id. Loads none of torch, onnx or onnxruntime."""
    _load()
    place = {family: number for number, family in enumerate(FAMILIES)}
    return tuple(sorted(_TECHNIQUES.values(), key=lambda t: (place.get(t.family, len(place)), t.family, t.id)))


def names() -> tuple[str, ...]:
    """Ids of all techniques. Built-in ones are not loaded unless there are others."""
    return tuple(item.id for item in techniques()) if entry_points(group=GROUP) else tuple(_BUILT_IN)


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
    close = close_ids(id, _TECHNIQUES)
    hint = f"did you mean {' or '.join(close)}? " if close else ""
    raise RecipeError("unknown-technique", f"there is no technique '{id}'", f"{hint}list them: flyweight techniques")


__all__ = ["FlyweightError", "broken", "find", "names", "technique", "techniques"]
