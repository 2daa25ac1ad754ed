"""Measure every form of every sample: ``python -m engine.model.samples.scoring`` writes ``accuracy.json``.

Counted are right top-1 answers on all 10,000 test images, and among the first 5,000 of them, the ones that are shipped.
"""

import argparse
import datetime
import json
import platform
from collections.abc import Callable
from importlib.metadata import version
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from . import Sample, names, sample
from .make_data import SOURCE, TEST_IMAGES, held_out_split

Inputs = npt.NDArray[np.float32]
Classes = npt.NDArray[np.int64]

BATCH = 500


def predicted_by_torch(chosen: Sample, inputs: Inputs) -> Classes:
    """Top-1 classes from the torch form."""
    import torch

    from .export import load_network

    network = load_network(chosen)
    with torch.inference_mode():
        return _in_batches(lambda batch: network(torch.from_numpy(batch)).numpy(), inputs, BATCH)


def predicted_by_onnxruntime(path: Path, inputs: Inputs, *, exact: bool = False) -> Classes:
    """Top-1 classes from an ONNX file on the CPU.

    Args:
        path: of the file.
        inputs: ``float32[n, ...]``.
        exact: sum int8 products in 32 bits also on x86 processors without VNNI, whose fast kernels saturate at 16.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    if exact:
        options.add_session_config_entry("session.x64quantprecision", "1")
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return _in_batches(lambda batch: session.run(None, {name: batch})[0], inputs, BATCH)


def predicted_by_litert(path: Path, inputs: Inputs) -> Classes:
    """Top-1 classes from a TFLite file with float32 inputs and outputs and a batch of one."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=str(path), num_threads=1)
    interpreter.allocate_tensors()
    source, target = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]

    def logits(batch: Inputs) -> npt.NDArray[np.float32]:
        interpreter.set_tensor(source, batch)
        interpreter.invoke()
        out: npt.NDArray[np.float32] = interpreter.get_tensor(target)
        return out

    return _in_batches(logits, inputs, 1)


def predictors(chosen: Sample) -> dict[str, Callable[[Inputs], Classes]]:
    """One function from inputs to top-1 classes per form."""
    return {
        "torch": lambda inputs: predicted_by_torch(chosen, inputs),
        "onnx": lambda inputs: predicted_by_onnxruntime(chosen.onnx, inputs),
        "onnx_int8": lambda inputs: predicted_by_onnxruntime(chosen.onnx_int8, inputs),
        "tflite": lambda inputs: predicted_by_litert(chosen.tflite, inputs),
        "tflite_int8": lambda inputs: predicted_by_litert(chosen.tflite_int8, inputs),
    }


def wilson(right: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share (Wilson, 1927).

    >>> [round(limit, 4) for limit in wilson(9377, 10_000)]
    [0.9328, 0.9423]
    """
    z = 1.959963984540054
    share = right / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return centre - half, centre + half


def counted(predicted: Classes, labels: npt.NDArray[np.uint8]) -> dict[str, Any]:
    """Right answers, their share and its interval, as they stand in ``accuracy.json``."""
    right, n = int((predicted == labels).sum()), len(labels)
    low, high = wilson(right, n)
    return {"value": right / n, "ci95": [round(low, 6), round(high, 6)], "right": right, "n": n}


def measured(chosen: Sample, source: Path = SOURCE) -> dict[str, Any]:
    """Parameters, sizes and accuracies of one sample."""
    from .export import load_network, model_inputs

    test = held_out_split(source)
    inputs = model_inputs(test.images)
    accuracies = {}
    for form, predict in predictors(chosen).items():
        predicted = predict(inputs)
        shipped = counted(predicted[:TEST_IMAGES], test.labels[:TEST_IMAGES])
        accuracies[form] = {"test": counted(predicted, test.labels), "test_shipped": shipped}
    paths = (chosen.safetensors, chosen.onnx, chosen.onnx_int8, chosen.tflite, chosen.tflite_int8)
    return {
        "parameters": sum(parameter.numel() for parameter in load_network(chosen).parameters()),
        "size_bytes": {path.name: path.stat().st_size for path in paths},
        "accuracy_top1": accuracies,
    }


def main(arguments: list[str] | None = None) -> int:
    """Command line: measure and write the record."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--source", type=Path, default=SOURCE, help="folder of the idx files")
    parser.add_argument("--target", type=Path, default=Path(__file__).with_name("accuracy.json"), help="file to write")
    options = parser.parse_args(arguments)
    packages = ("torch", "onnxruntime", "ai-edge-litert", "numpy")
    record = {
        "measured_on": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "splits": {"test": "all 10,000 test images", "test_shipped": f"the first {TEST_IMAGES:,} of them"},
        "machine": platform.machine(),
        "packages": {name: version(name) for name in packages},
        "networks": {name: measured(sample(name), options.source) for name in names()},
    }
    options.target.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(options.target.read_text("utf-8"))
    return 0


def _in_batches(logits: Callable[[Inputs], npt.NDArray[np.float32]], inputs: Inputs, size: int) -> Classes:
    parts = [logits(inputs[start : start + size]).argmax(1) for start in range(0, len(inputs), size)]
    return np.concatenate(parts)


if __name__ == "__main__":
    raise SystemExit(main())
