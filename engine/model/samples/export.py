"""Write the ONNX and TFLite forms beside the weights: ``python -m engine.model.samples.export``.

Needs onnxruntime, and for the TFLite forms an interpreter with the extra ``tflite``; ``--tflite-python`` names it if
it is not this one. Static int8 is calibrated on the 500 shipped calibration images. The accuracies are measured
afterwards by ``python -m engine.model.samples.scoring``.
"""

import argparse
import contextlib
import json
import logging
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file
from torch import nn

from ...records import TensorSpec
from ..save import largest_difference, to_onnx, write_onnx
from . import Sample, data_file, names, sample
from .networks import MEAN, STD
from .train import NETWORKS

INPUT = TensorSpec("input", (None, 1, 28, 28), "float32")
LARGEST_DIFFERENCE = 1e-4
CALIBRATION_BATCH = 50


def load_network(chosen: Sample) -> nn.Module:
    """The torch form, in evaluation mode."""
    network = NETWORKS[chosen.name]()
    network.load_state_dict(load_file(chosen.safetensors))
    return network.eval()


def model_inputs(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """``uint8[N, 28, 28]`` to the networks' ``float32[N, 1, 28, 28]``."""
    pixels = images.astype(np.float32)[:, None] / np.float32(255)
    return (pixels - np.float32(MEAN)) / np.float32(STD)


def calibration_inputs() -> npt.NDArray[np.float32]:
    """The 500 calibration images as model inputs."""
    with np.load(data_file()) as archive:
        return model_inputs(archive["calibration_x"])


def write_float_onnx(chosen: Sample) -> None:
    """BatchNorm folded, free batch axis, no exporter metadata.

    Raises:
        RuntimeError: onnxruntime and torch disagree.
    """
    network = load_network(chosen)
    model = to_onnx(network, [INPUT], output_names=["logits"])
    difference = largest_difference(network, model, [INPUT])
    if difference > LARGEST_DIFFERENCE:
        msg = f"{chosen.name}: the ONNX form differs from torch by {difference}"
        raise RuntimeError(msg)
    write_onnx(model, chosen.onnx)


class _Calibration:
    """Feeds onnxruntime's calibrator in batches."""

    def __init__(self, inputs: npt.NDArray[np.float32]) -> None:
        self._batches: Iterator[npt.NDArray[np.float32]] = iter(np.split(inputs, len(inputs) // CALIBRATION_BATCH))

    def get_next(self) -> dict[str, npt.NDArray[np.float32]] | None:
        batch = next(self._batches, None)
        return None if batch is None else {INPUT.name: batch}


def write_int8_onnx(chosen: Sample) -> None:
    """Static int8 in QDQ form: int8 weights per output channel, uint8 activations with ranges from minimum to maximum.

    With int8 activations onnxruntime 1.32 left 8 of the ResNet's 12 convolutions in float; with uint8 none.
    """
    import onnx
    from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    from ..save import finished

    logging.getLogger().setLevel(logging.ERROR)  # onnxruntime's advice to pre-process, which is done here
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(sys.stderr):
        prepared, quantized = Path(folder, "prepared.onnx"), Path(folder, "quantized.onnx")
        quant_pre_process(chosen.onnx, prepared, skip_symbolic_shape=True, skip_optimization=True)
        quantize_static(
            prepared,
            quantized,
            _Calibration(calibration_inputs()),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
        )
        write_onnx(finished(onnx.load(quantized)), chosen.onnx_int8)


def write_tflite(chosen: Sample, python: str) -> None:
    """Float and static int8 TFLite (float32 inputs and outputs in both), made by ``engine.model.tflite_convert``."""
    converter = [python, "-m", "engine.model.tflite_convert"]
    shape = ",".join(str(size) for size in (1, *chosen.input_shape))
    source = ["--arch", chosen.architecture, "--weights", str(chosen.safetensors), "--input-shape", shape]
    subprocess.run([*converter, "convert", *source, "--out", str(chosen.tflite)], check=True, stdout=sys.stderr)
    with tempfile.NamedTemporaryFile(suffix=".npz") as calibration:
        np.savez(calibration.name, allow_pickle=False, x=calibration_inputs())
        samples = ["--calibration", calibration.name]
        quantize = [*converter, "quantize", str(chosen.tflite), *samples, "--out", str(chosen.tflite_int8)]
        subprocess.run(quantize, check=True, stdout=sys.stderr)


def main(arguments: list[str] | None = None) -> int:
    """Command line; prints the sizes as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", default=names(), help="samples; default: all")
    parser.add_argument("--tflite-python", default=sys.executable, help="interpreter with the extra 'tflite'")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    sizes: dict[str, int] = {}
    for name in options.names:
        chosen = sample(name)
        write_float_onnx(chosen)
        write_int8_onnx(chosen)
        write_tflite(chosen, options.tflite_python)
        written = (chosen.onnx, chosen.onnx_int8, chosen.tflite, chosen.tflite_int8)
        sizes |= {path.name: path.stat().st_size for path in written}
    print(json.dumps(sizes))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
