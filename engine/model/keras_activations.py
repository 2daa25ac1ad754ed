"""Activation functions of Keras as ONNX nodes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .keras_emitter import Emitter, Value, refused

Function = Callable[[Emitter, str, str], str]


def activate(emitter: Emitter, function: Any, value: Value, path: str) -> Value:
    """The value behind the activation of a layer; ``function`` is what Keras keeps in ``layer.activation``.

    Raises:
        UnsupportedOperatorError: Keras knows it and ONNX does not.
    """
    name = "linear" if function is None else getattr(function, "__name__", type(function).__name__)
    if name == "linear":
        return value
    if name == "softmax":
        return softmax(emitter, value, path)
    if name not in FUNCTIONS:
        raise refused(f"layer '{path}'", f"uses the activation {name}, which has no rule")
    return Value(FUNCTIONS[name](emitter, value.name, path), value.shape, value.first, value.planes)


def softmax(emitter: Emitter, value: Value, path: str) -> Value:
    """Softmax over what Keras has last."""
    axis = 1 if value.first else value.rank - 1
    return Value(emitter.one("Softmax", [value.name], path, axis=axis), value.shape, value.first, value.planes)


def _node(kind: str, **attributes: Any) -> Function:
    return lambda emitter, name, path: emitter.one(kind, [name], path, **attributes)


def _clipped(top: float) -> Function:
    def function(emitter: Emitter, name: str, path: str) -> str:
        limits = [emitter.weight(f"{path}.limit", np.float32(limit)) for limit in (0, top)]
        return emitter.one("Clip", [name, *limits], path)

    return function


def _silu(emitter: Emitter, name: str, path: str) -> str:
    return emitter.one("Mul", [name, emitter.one("Sigmoid", [name], path)], path)


def _gelu(emitter: Emitter, name: str, path: str) -> str:
    """``x / 2 (1 + erf(x / sqrt 2))``, in the form that runtimes fuse."""
    root, one, half = (
        emitter.weight(f"{path}.{n}", np.float32(v)) for n, v in (("root", 2**0.5), ("one", 1), ("half", 0.5))
    )
    error = emitter.one("Erf", [emitter.one("Div", [name, root], path)], path)
    return emitter.one("Mul", [emitter.one("Mul", [name, emitter.one("Add", [error, one], path)], path), half], path)


FUNCTIONS: dict[str, Function] = {
    "relu": _node("Relu"),
    "relu6": _clipped(6.0),
    "sigmoid": _node("Sigmoid"),
    "tanh": _node("Tanh"),
    "elu": _node("Elu"),
    "selu": _node("Selu"),
    "leaky_relu": _node("LeakyRelu", alpha=0.2),
    "softplus": _node("Softplus"),
    "softsign": _node("Softsign"),
    "exponential": _node("Exp"),
    "mish": _node("Mish"),
    "silu": _silu,
    "swish": _silu,
    "gelu": _gelu,
    "hard_sigmoid": _node("HardSigmoid", alpha=1 / 6, beta=0.5),
    "hard_silu": _node("HardSwish"),
    "hard_swish": _node("HardSwish"),
}
"""By the name Keras stores; what is not here is refused."""
