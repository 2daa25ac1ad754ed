"""Linear models of scikit-learn as torch modules. The fitted object comes from the user's own function, never from a pickle.

``y = coef x + intercept`` of a regression or classifier becomes one linear layer; a scaler in front of it is folded in.
Of a classifier the outputs are scores in the order of ``classes_`` (``softmax`` of them: what ``predict_proba`` of a logistic
regression gives); two classes become two scores that differ by the decision function.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ModelError
from ..records import TensorSpec

if TYPE_CHECKING:
    from torch import nn

_REMEDY = (
    "give a fitted LinearRegression, Ridge, Lasso, LogisticRegression, LinearSVC, ..., alone or behind a StandardScaler"
)


def is_estimator(value: object) -> bool:
    """Whether an object comes from scikit-learn; does not import it."""
    return type(value).__module__.partition(".")[0] == "sklearn"


def linear_module(estimator: Any, spec: str) -> tuple[nn.Module, tuple[TensorSpec, ...]]:
    """A linear model, or a pipeline of scalers and one, as a module with its input ``[n, features]``.

    Raises:
        ModelError: it is not fitted, or not linear.
    """
    import torch

    steps = [step for _, step in estimator.steps] if hasattr(estimator, "steps") else [estimator]
    *scalers, last = [step for step in steps if step is not None and step != "passthrough"] or [estimator]
    if not hasattr(last, "coef_") or not hasattr(last, "intercept_"):
        why = "is not fitted" if hasattr(last, "fit") and not _is_fitted(last) else "is not a linear model"
        raise ModelError("not-linear", f"{spec} returned {type(last).__name__}, which {why}", _REMEDY)
    weight = np.atleast_2d(_dense(last.coef_)).astype(np.float64)
    bias = np.broadcast_to(np.atleast_1d(np.asarray(last.intercept_, np.float64)), (len(weight),)).copy()
    for scaler in reversed(scalers):
        factor, shift = _affine(scaler, weight.shape[1], spec)
        weight, bias = weight * factor, bias + weight @ shift
    if hasattr(last, "classes_") and len(weight) == 1:
        weight, bias = np.concatenate([-weight / 2, weight / 2]), np.concatenate([-bias / 2, bias / 2])
    module = torch.nn.Sequential()
    module.add_module("linear", torch.nn.Linear(weight.shape[1], len(weight)))
    module.load_state_dict(
        {
            "linear.weight": torch.from_numpy(weight.astype(np.float32)),
            "linear.bias": torch.from_numpy(bias.astype(np.float32)),
        }
    )
    return module.eval(), (TensorSpec("input", (None, weight.shape[1]), "float32"),)


def _is_fitted(estimator: Any) -> bool:
    return any(name.endswith("_") and not name.startswith("_") for name in vars(estimator))


def _dense(values: Any) -> np.ndarray:
    return np.asarray(values.toarray() if hasattr(values, "toarray") else values)


def _affine(scaler: Any, features: int, spec: str) -> tuple[np.ndarray, np.ndarray]:
    """Factor and shift of ``factor * x + shift``."""
    kind = type(scaler).__name__
    ones, zeros = np.ones(features), np.zeros(features)
    if kind == "StandardScaler" and hasattr(scaler, "n_features_in_"):
        factor = ones if scaler.scale_ is None else 1 / scaler.scale_
        return factor, zeros if scaler.mean_ is None or not scaler.with_mean else -scaler.mean_ * factor
    if kind == "MinMaxScaler" and hasattr(scaler, "scale_") and not scaler.clip:
        return scaler.scale_, scaler.min_
    if kind == "MaxAbsScaler" and hasattr(scaler, "scale_"):
        return 1 / scaler.scale_, zeros
    raise ModelError("not-linear", f"{spec} returned a pipeline with {kind}, which cannot be folded in", _REMEDY)
