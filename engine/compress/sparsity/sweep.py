"""S4: sparsity sweep. Several strengths (or shares) are tried; the one that costs least at the user's price is kept."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace

import numpy as np

from ...errors import RecipeError
from ...events import Stage
from ..observation import calibration_batches
from ..quality import quality
from ..registry import technique
from ..technique import Context, Effect, ModelState, Need, Takes, knob
from ..training_knobs import TrainingKnobs
from ..weight_masks import joined, keep_masks, zero
from ..weighted_layers import prunable_weights

STRENGTHS = (1e-5, 1e-4, 1e-3)
SHARES = (0.3, 0.5, 0.7, 0.9)


@dataclass(frozen=True)
class SparsitySweep(TrainingKnobs):
    """Knobs of the sweep; those of training hold for every point of it."""

    over: str = knob(
        "lambda",
        "lambda: strengths of L1 training, judged by density; ratio: shares of magnitude pruning, judged by packed size.",
        choices=("lambda", "ratio"),
    )
    values: list[float] = knob([], "Points to try; empty takes 1e-5, 1e-4, 1e-3 or the shares 0.3, 0.5, 0.7, 0.9.")
    price: float = knob(
        0.1, "Mu: accuracy (as a share of 1) you would give for all of the size; never swept.", min=0, max=100
    )
    exclude: list[str] = knob([], "Layers left alone, by name or pattern (stem*).", advanced=True)
    epochs: int = knob(3, "Passes over the training data for each point.", unit="epochs", min=0, max=10_000)
    learning_rate: float = knob(0.02, "Peak learning rate.", min=0, max=10)

    @property
    def points(self) -> tuple[float, ...]:
        """What is tried."""
        return tuple(map(float, self.values)) or (STRENGTHS if self.over == "lambda" else SHARES)

    def passes(self, train_samples: int) -> float:
        """Sample passes of the training of every point."""
        return len(self.points) * super().passes(train_samples)


@dataclass(frozen=True)
class Point:
    """One point of the curve: what was tried, share of accuracy lost, share of size or density left, what both cost."""

    value: float
    lost: float
    left: float
    cost: float


@technique(
    "sparsity-sweep",
    name="Sparsity sweep",
    family="sparsity",
    covers=("S4", "S5"),
    summary="Tries several strengths of sparsity and keeps the best at your price of accuracy; shows the whole curve.",
    paper="Tibshirani: Regression Shrinkage and Selection via the Lasso, 1996: the path over lambda",
    config=SparsitySweep,
    takes=Takes.TORCH,
    needs=(Need.LABELS,),
    changes=(Effect.MASKS, Effect.WEIGHTS),
)
def sparsity_sweep(state: ModelState, config: SparsitySweep, context: Context) -> ModelState:
    """Minimise ``dP + mu * density`` over lambda, or ``dP + mu * packed / original packed`` over the ratio."""
    assert state.module is not None
    values = config.points
    if config.over == "ratio" and not all(0 <= value < 1 for value in values):
        raise RecipeError(
            "bad-knob", f"sparsity-sweep: values={[*values]} holds a share outside 0 .. 1", "use 0.5 or the like"
        )
    if config.over == "lambda" and config.epochs == 0:
        raise RecipeError("bad-knob", "a sweep over lambda with epochs=0 would do nothing", "use 1 epoch or more")
    before = _quality(state, context)
    whole = _left(state, state, config)
    tried: list[tuple[Point, ModelState]] = []
    for number, value in enumerate(values, 1):
        context.cancel.check()
        context.emit(Stage("sweep", f"{config.over} = {value:g}, {number} of {len(values)}"))
        made = _at(state, config, value, context)
        assert made.module is not None
        lost = before - _quality(made, context)
        left = _left(made, state, config) / whole
        tried.append((Point(value, lost, left, lost + config.price * left), made))
    best, chosen = min(tried, key=lambda item: (item[0].cost, item[0].left))
    measure = "density" if config.over == "lambda" else "packed size"
    curve = [
        f"{config.over} {point.value:g}: {100 * point.lost:+.2f} points lost, {measure} {point.left:.3f}, "
        f"cost {point.cost:.4f}{' (chosen)' if point is best else ''}"
        for point, _ in tried
    ]
    return replace(chosen, notes=(*state.notes, *curve))


def _quality(state: ModelState, context: Context) -> float:
    """Accuracy, or R2 of numbers, on calibration samples, never on test data."""
    return quality(state, calibration_batches(context, "a sparsity sweep", 2048, labels=True)).value


def _at(state: ModelState, config: SparsitySweep, value: float, context: Context) -> ModelState:
    assert state.module is not None
    knobs = TrainingKnobs(**{name: getattr(config, name) for name in TrainingKnobs.__dataclass_fields__})
    if config.over == "lambda":
        from .training import LassoTraining, lasso_training

        # the last epoch of each: an earlier one would have fewer zeros
        lasso = LassoTraining(**{**vars(knobs), "strength": value, "exclude": config.exclude, "keep_best": False})
        return lasso_training(state, lasso, context)
    module = copy.deepcopy(state.module)
    weights, skipped = prunable_weights(module, "sparsity-sweep", exclude=config.exclude)
    kept = keep_masks({name: np.abs(item.detach().numpy()) for name, item in weights.items()}, value, None, "global")
    masks, _ = joined(state.masks, zero(weights, kept))
    if config.epochs:
        from ..training import train

        module = train(module, config, context, what="fine-tuning", masks=masks)
    return replace(state, module=module.eval(), masks=masks, skipped=(*state.skipped, *skipped))


def _left(made: ModelState, state: ModelState, config: SparsitySweep) -> float:
    """Non-zero weights, or bytes of the packed file."""
    assert made.module is not None
    if config.over == "lambda":
        weights, _ = prunable_weights(made.module, "sparsity-sweep", exclude=config.exclude)
        return float(sum(int((weight != 0).sum()) for weight in weights.values())) or 1.0
    from ...model.packed import pack
    from ...model.save import to_onnx
    from ...records import Format

    return float(len(pack(to_onnx(made.module, state.inputs).SerializeToString(), Format.ONNX)))
