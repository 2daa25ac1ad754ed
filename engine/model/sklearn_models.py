"""Linear models of scikit-learn as torch modules. The fitted object comes from the user's own function, never from a pickle.

``y = coef x + intercept`` of a regression or classifier becomes one linear layer; scalers and projections in front of it are
folded in. The result must answer like the estimator's own ``predict`` on random samples: some that have ``coef_`` do more.
Of a classifier the outputs are scores in the order of ``classes_`` (``softmax`` of them: what ``predict_proba`` of a logistic
regression gives); two classes become two scores that differ by the decision function.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ModelError
from ..records import TensorSpec

if TYPE_CHECKING:
    from torch import nn

_REMEDY = (
    "give a fitted LinearRegression, Ridge, Lasso, LogisticRegression, LinearSVC, ..., alone or behind StandardScaler, "
    "MinMaxScaler, MaxAbsScaler, RobustScaler, PCA or TruncatedSVD"
)
_PROBES = 256
_TOLERANCE = 1e-3  # of the answers' range


def is_estimator(value: object) -> bool:
    """Whether an object comes from scikit-learn; does not import it."""
    return type(value).__module__.partition(".")[0] == "sklearn"


def linear_module(estimator: Any, spec: str) -> tuple[nn.Module, tuple[TensorSpec, ...]]:
    """A linear model, or a pipeline of scalers or projections and one, as a module with its input ``[n, features]``.

    Raises:
        ModelError: it is not fitted, not linear, or predicts by more than its coefficients.
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
        weight, bias = weight * factor if factor.ndim == 1 else weight @ factor, bias + weight @ shift
    if hasattr(last, "classes_") and len(weight) == 1:
        weight, bias = np.concatenate([-weight / 2, weight / 2]), np.concatenate([-bias / 2, bias / 2])
    _check(estimator, scalers, weight, bias, spec)
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
    """Matrix and shift of ``matrix @ x + shift``, which gives ``features`` values; of a diagonal one the diagonal alone."""
    kind = type(scaler).__name__
    zeros = np.zeros(features)
    if kind == "StandardScaler" and hasattr(scaler, "n_features_in_"):
        factor = np.ones(features) if scaler.scale_ is None else 1 / scaler.scale_
        return factor, zeros if scaler.mean_ is None or not scaler.with_mean else -scaler.mean_ * factor
    if kind == "RobustScaler" and hasattr(scaler, "n_features_in_"):
        factor = np.ones(features) if scaler.scale_ is None else 1 / scaler.scale_
        return factor, zeros if scaler.center_ is None else -scaler.center_ * factor
    if kind == "MinMaxScaler" and hasattr(scaler, "scale_") and not scaler.clip:
        return scaler.scale_, scaler.min_
    if kind == "MaxAbsScaler" and hasattr(scaler, "scale_") and not getattr(scaler, "clip", False):
        return 1 / scaler.scale_, zeros
    if kind == "PCA" and hasattr(scaler, "components_"):
        matrix = scaler.components_ / (np.sqrt(scaler.explained_variance_)[:, None] if scaler.whiten else 1)
        return matrix, -matrix @ scaler.mean_
    if kind == "TruncatedSVD" and hasattr(scaler, "components_"):
        return scaler.components_, zeros
    raise ModelError("not-linear", f"{spec} returned a pipeline with {kind}, which cannot be folded in", _REMEDY)


def _check(estimator: Any, scalers: list[Any], weight: np.ndarray, bias: np.ndarray, spec: str) -> None:
    """Compare with ``predict``: a kernel machine votes between pairs of classes, a Poisson regression takes the exponential."""
    first = scalers[0] if scalers else None
    centre = next((v for v in (getattr(first, n, None) for n in ("mean_", "center_")) if v is not None), 0.0)
    spread = np.ones(weight.shape[1]) if getattr(first, "scale_", None) is None else _spread(first)
    probes = centre + spread * np.random.default_rng(0).normal(size=(_PROBES, weight.shape[1]))
    probes = probes.astype(np.float32).astype(np.float64)
    ours = probes @ weight.T + bias
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it was fitted on named columns
        theirs = np.asarray(estimator.predict(probes))
    if hasattr(estimator, "classes_") and theirs.ndim == 1:
        right = estimator.classes_[ours.argmax(axis=1)] == theirs
        top = np.sort(ours, axis=1)
        agrees = bool(np.all(right | (top[:, -1] - top[:, -2] < _TOLERANCE * np.ptp(ours))))
    else:
        theirs = theirs.reshape(len(probes), -1)
        agrees = theirs.shape == ours.shape and bool(np.all(np.abs(ours - theirs) <= _TOLERANCE * np.ptp(theirs)))
    if not agrees:
        name = type(estimator.steps[-1][1] if hasattr(estimator, "steps") else estimator).__name__
        raise ModelError(
            "not-linear", f"{spec} returned {name}, whose predict does more than coef_ x + intercept_", _REMEDY
        )


def _spread(scaler: Any) -> np.ndarray:
    """How far apart the inputs of a scaler lie."""
    return 1 / scaler.scale_ if type(scaler).__name__ == "MinMaxScaler" else np.asarray(scaler.scale_)
