"""Run a model file over arrays in a limited child: onnxruntime for ONNX, LiteRT for TFLite.

Inputs are written to the child's folder in parts and read back one batch at a time, so neither side holds a data set.
"""

import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ModelError
from ..events import Cancel
from ..model.child import INFER, run_limited, temporary_workdir
from ..model.data import Batch
from ..records import Format

MODES = ("as-is", "dequantized")
"""``dequantized`` runs QDQ graphs in float, with every optimisation off: the reference for integer models."""


def predict(
    path: Path,
    format_: Format,
    batches: Iterable[Batch],
    *,
    threads: int = 2,
    mode: str = "as-is",
    cancel: Cancel | None = None,
) -> tuple[tuple[np.ndarray, ...], np.ndarray | None]:
    """Outputs of a model on batches, and the labels that came with them.

    Args:
        path: ONNX or TFLite file.
        format_: which of them.
        batches: pre-processed inputs.
        threads: of the runtime.
        mode: see :data:`MODES`.
        cancel: ends the child.

    Returns:
        One array ``[n, ...]`` per output, and int64 labels ``[n]`` or None.

    Raises:
        ModelError: the model does not run, or takes other inputs than the data gives.
    """
    labels: list[np.ndarray] = []
    with temporary_workdir() as folder:
        parts = 0
        for parts, batch in enumerate(batches, 1):
            np.savez(folder / f"in_{parts - 1}.npz", *batch.inputs)
            if batch.labels is not None:
                labels.append(batch.labels)
        if parts == 0:
            raise ModelError(
                "no-samples", f"there are no samples to run {path.name} on", "give a split that is not empty"
            )
        payload = {
            "path": str(path.resolve()),
            "format": str(format_),
            "parts": parts,
            "threads": threads,
            "mode": mode,
        }
        run_limited(
            "engine.evaluate.predict:task",
            stdin_json=payload,
            limits=INFER,
            workdir=folder,
            what=path.name,
            cancel=cancel,
        )
        with np.load(folder / "out.npz", allow_pickle=False) as archive:
            outputs = tuple(archive[f"arr_{i}"] for i in range(len(archive.files)))
    return outputs, np.concatenate(labels).astype(np.int64) if labels else None


def task(payload: dict[str, Any]) -> dict[str, Any]:
    """The child's side: run all parts, leave ``out.npz`` in the current folder."""
    run = _onnx(payload) if payload["format"] == "onnx" else _tflite(payload)
    start = time.process_time()
    collected: list[Sequence[np.ndarray]] = []
    for number in range(int(payload["parts"])):
        with np.load(f"in_{number}.npz", allow_pickle=False) as archive:
            collected.append(run([archive[f"arr_{i}"] for i in range(len(archive.files))]))
    np.savez("out.npz", *(np.concatenate(items) for items in zip(*collected, strict=True)))
    return {"cpu_s": time.process_time() - start}


def _onnx(payload: dict[str, Any]) -> Any:
    import onnxruntime

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = int(payload["threads"])
    settings.log_severity_level = 3
    if payload["mode"] == "dequantized":
        settings.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(payload["path"], settings, providers=["CPUExecutionProvider"])
    inputs = session.get_inputs()

    def run(arrays: list[np.ndarray]) -> Sequence[np.ndarray]:
        _same_count(len(arrays), len(inputs))
        size = inputs[0].shape[0] if inputs[0].shape else None
        feeds = [(spec.name, array) for spec, array in zip(inputs, arrays, strict=True)]
        if not isinstance(size, int) or size == len(arrays[0]):
            return list(session.run(None, dict(feeds)))
        single = [session.run(None, {name: array[i : i + 1] for name, array in feeds}) for i in range(len(arrays[0]))]
        return [np.concatenate(items) for items in zip(*single, strict=True)]

    return run


def _tflite(payload: dict[str, Any]) -> Any:
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    resolver = OpResolverType.BUILTIN_REF if payload["mode"] == "dequantized" else OpResolverType.AUTO
    interpreter = Interpreter(
        model_path=payload["path"], num_threads=int(payload["threads"]), experimental_op_resolver_type=resolver
    )
    interpreter.allocate_tensors()
    inputs, outputs = interpreter.get_input_details(), interpreter.get_output_details()

    def run(arrays: list[np.ndarray]) -> Sequence[np.ndarray]:
        _same_count(len(arrays), len(inputs))
        rows = []
        for i in range(len(arrays[0])):
            for detail, array in zip(inputs, arrays, strict=True):
                interpreter.set_tensor(detail["index"], array[i : i + 1].astype(detail["dtype"], copy=False))
            interpreter.invoke()
            rows.append([interpreter.get_tensor(detail["index"]) for detail in outputs])
        return [np.concatenate(items) for items in zip(*rows, strict=True)]

    return run


def _same_count(given: int, wanted: int) -> None:
    if given != wanted:
        raise ModelError(
            "inputs-differ", f"the model has {wanted} inputs, the data {given}", "give one array per input"
        )
