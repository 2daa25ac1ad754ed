"""Read a Keras 3 file; runs in the limited child only.

What the file may hold is checked before Keras is imported (:mod:`engine.model.keras_gate`); then Keras itself loads it in
its safe mode, it is converted to ONNX, and both compute the same random input: a conversion that differs is refused.
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ModelError
from .child import GIB, printable
from .child_side import stage
from .keras_gate import EXPORT, check
from .keras_to_onnx import supported, to_onnx_graph

if TYPE_CHECKING:
    from onnx import ModelProto

_FREE_SIZE = 32
"""What an axis that the model leaves free gets in the comparison."""
_CLOSE = 1e-3


def read_task(payload: dict[str, Any]) -> dict[str, Any]:
    """Child task: a Keras file at ``path`` to ONNX at ``out``; gives its description. ``trial_s``: for one inference."""
    from .onnx_reading import describe

    path, trial_s = Path(payload["path"]), float(payload["trial_s"])
    stage("checking what it holds", 2 * trial_s)
    layers, operations = supported()
    size = check(path, layers, operations)
    stage("importing Keras")
    keras = _import_keras()
    _limit_memory(size)
    stage("building the model", 2 * trial_s + 8.0)
    model = _load(keras, path)
    stage("converting to ONNX")
    converted = to_onnx_graph(model)
    stage("comparing with Keras", 2 * trial_s)
    _compare(model, converted, path.name)
    Path(payload["out"]).write_bytes(converted.SerializeToString())
    result = describe(converted, trial_s)
    result["size_bytes"] = path.stat().st_size
    return result


def _import_keras() -> Any:
    """Keras on torch, without what it merely offers to work with: that halves the time of the import."""
    os.environ |= {"KERAS_BACKEND": "torch", "KERAS_HOME": os.getcwd()}  # noqa: PTH109 - the child's own folder
    for name in ("jax", "sklearn"):
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # what makes an import of it fail
    import keras

    return keras


def _limit_memory(size: int) -> None:
    """From here on a model gets what its own weights explain: a layer of billions of units fails when it is built."""
    with open("/proc/self/statm") as stream:  # noqa: PTH123 - no file
        used = int(stream.read().split()[0]) * resource.getpagesize()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (used + GIB + 8 * size, hard))


def _load(keras: Any, path: Path) -> Any:
    try:
        model = keras.saving.load_model(path, compile=False, safe_mode=True)
    except MemoryError:
        raise
    except Exception as error:  # Keras has no exception of its own for damaged files
        if "llocat" in str(error) or "memory" in str(error).lower():
            raise MemoryError from error
        text = printable((str(error).strip() or type(error).__name__).splitlines()[0], 200)
        remedy = f"save the model again where it was made: model.save('{path.stem}.keras')"
        raise ModelError("damaged-keras", f"Keras cannot load {path.name}: {text}", remedy) from error
    if not getattr(model, "built", False) or not getattr(model, "inputs", None):
        raise ModelError(
            "keras-unbuilt",
            f"{path.name} holds a model that was never given the shape of its input",
            "begin it with keras.Input(shape=...), or call it once before it is saved",
        )
    return model


def _compare(model: Any, converted: ModelProto, name: str) -> None:
    """Run both on one random input."""
    import onnxruntime

    feeds = _random_inputs(model)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 4
    session = onnxruntime.InferenceSession(converted.SerializeToString(), options, providers=["CPUExecutionProvider"])
    got = session.run(None, dict(zip([item.name for item in session.get_inputs()], feeds, strict=True)))
    wanted = model(feeds if len(feeds) > 1 else feeds[0], training=False)
    for ours, theirs in zip(got, _arrays(wanted), strict=True):
        reach = max(1.0, float(np.abs(theirs).max(initial=0.0)))
        if ours.shape != theirs.shape or not np.allclose(ours, theirs, atol=_CLOSE * reach, equal_nan=True):
            raise ModelError(
                "keras-differs", f"{name} computes something else after its conversion than Keras itself", EXPORT
            )


def _arrays(outputs: Any) -> list[np.ndarray]:
    import keras

    return [item.detach().float().cpu().numpy() for item in keras.tree.flatten(outputs)]


def _random_inputs(model: Any) -> list[np.ndarray]:
    """Small numbers, whole ones below the vocabulary where the model looks rows up."""
    random = np.random.default_rng(0)
    tables = [layer.input_dim for layer in model._flatten_layers() if type(layer).__name__ == "Embedding"]
    inputs = []
    for tensor in model.inputs:
        shape = [2, *(_FREE_SIZE if size is None else size for size in tensor.shape[1:])]
        if tables or "int" in str(tensor.dtype):
            kind = str(tensor.dtype) if "int" in str(tensor.dtype) else "float32"
            inputs.append(random.integers(0, min([*tables, 8]), shape).astype(kind))
        else:
            inputs.append(random.random(shape, np.float32))
    return inputs
