r"""Torch modules to TFLite files: float, static int8, and in a form that old boards read.

The converter (litert-torch, ai-edge-quantizer: the extra ``tflite``, 1.2 GB with jax) takes seconds to import, writes
to stdout and changes process-wide settings, so it runs in a process of its own: either as a task of
``engine.model.child`` (:func:`convert_task`, :func:`quantize_task`: paths in, facts out) or from a shell::

    python -m engine.model.tflite_convert convert --arch engine.model.samples.networks:fashion_resnet \
        --weights fashion-resnet.safetensors --input-shape 1,1,28,28 --out fashion-resnet.tflite
    python -m engine.model.tflite_convert quantize fashion-resnet.tflite --calibration calibration.npz \
        --out fashion-resnet-int8.tflite

The layout of the inputs is kept (NCHW stays NCHW; the converter adds the transposes), the batch is the one of
``--input-shape``, and the only signature is ``serving_default`` with ``args_0 ...`` and ``output_0 ...``.
"""

import argparse
import contextlib
import importlib
import importlib.util
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..errors import DataError, FlyweightError, MissingExtraError, ModelError

if TYPE_CHECKING:
    from torch import Tensor, nn

Array = npt.NDArray[np.generic]

SIGNATURE = "serving_default"
CALIBRATION_THREADS = 2


def module_to_tflite(module: "nn.Module", examples: "Sequence[Tensor]") -> bytes:
    """A float TFLite model of a module in evaluation mode.

    Args:
        module: any module ``torch.export`` can trace; also the module of a loaded ``ExportedProgram``.
        examples: one tensor per argument; their shapes, the batch included, become the model's.

    Raises:
        MissingExtraError: litert-torch is not installed.
        ModelError: the module cannot be converted.
    """
    _require("litert_torch", "converting to TFLite")
    import litert_torch

    with contextlib.suppress(NotImplementedError):  # modules of exported programs have no modes
        module.eval()
    try:
        model = litert_torch.convert(module, tuple(examples))
    except FlyweightError:
        raise
    except Exception as error:  # the converter raises whatever its compiler stages raise
        raise ModelError(
            "tflite-conversion",
            f"the model cannot be converted to TFLite: {_first_line(error)}",
            "deploy the ONNX form, or replace the operator the message names",
        ) from error
    return with_inline_buffers(model.model_content())


def quantize_static(model: bytes, calibration: Iterable[Mapping[str, Array]], *, integer_io: bool = False) -> bytes:
    """Static int8 of a float TFLite model: int8 weights per output channel, int8 activations from calibrated ranges.

    Args:
        model: a float TFLite file with the signature ``serving_default``.
        calibration: the model's inputs by signature name, one mapping per run, in the model's shapes.
        integer_io: inputs and outputs become int8 with a scale and zero point; otherwise they stay float32.

    Raises:
        MissingExtraError: ai-edge-quantizer is not installed.
        ModelError: the model cannot be quantized.
        DataError: there are no calibration samples.
    """
    _require("ai_edge_quantizer", "static int8 of a TFLite model")
    from ai_edge_quantizer import quantizer, recipe

    samples = [dict(sample) for sample in calibration]
    if not samples:
        raise DataError("no-calibration", "there are no calibration samples", "give at least 100 typical inputs")
    try:
        worker = quantizer.Quantizer(bytearray(model), recipe.static_wi8_ai8())
        if not integer_io:
            for operation in (quantizer.qtyping.TFLOperationName.INPUT, quantizer.qtyping.TFLOperationName.OUTPUT):
                worker.update_quantization_recipe(".*", operation, algorithm_key=quantizer.AlgorithmName.NO_QUANTIZE)
        ranges = worker.calibrate({SIGNATURE: samples}, num_threads=CALIBRATION_THREADS)
        quantized = worker.quantize(ranges).quantized_model
    except Exception as error:  # as above: no exception type of its own
        raise ModelError(
            "tflite-quantization",
            f"the TFLite model cannot be quantized: {_first_line(error)}",
            "check that the calibration samples have the model's input names and shapes",
        ) from error
    return with_inline_buffers(bytes(quantized))


def with_inline_buffers(model: bytes) -> bytes:
    """The same model with every buffer inside the flatbuffer and without conversion metadata.

    Converter and quantizer place large buffers behind the flatbuffer (``Buffer.offset`` and ``size``), which
    tflite-runtime 2.13 and 2.14 cannot read ("Input tensor lacks data").

    Raises:
        ModelError: not a TFLite file, or a buffer reaches beyond its end.
    """
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    if model[4:8] != b"TFL3":
        raise ModelError("not-tflite", "the file is not a TFLite model", "convert the model again")
    tree = schema.ModelT.InitFromPackedBuf(bytearray(model), 0)
    for index, buffer in enumerate(tree.buffers):
        if buffer.offset > 1:  # 0 = inside already; 1 marks a buffer without data
            end = buffer.offset + buffer.size
            if end > len(model):
                message = f"buffer {index} ends at byte {end} of a TFLite file of {len(model)} bytes"
                raise ModelError("truncated-tflite", message, "convert the model again")
            buffer.data = np.frombuffer(model, np.uint8, buffer.size, buffer.offset)
        buffer.offset = buffer.size = 0
    tree.metadata = None
    tree.metadataBuffer = None
    builder = flatbuffers.Builder(len(model) + 4096)
    builder.Finish(tree.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def convert_task(payload: dict[str, Any]) -> dict[str, Any]:
    """Convert a module from files to a float TFLite file.

    Args:
        payload: ``out``; ``input_shapes`` (list of shapes, the batch included); and either ``program`` (a ``.pt2``
            file) or ``arch`` ("module:factory") with an optional ``weights`` (a ``.safetensors`` state dict).
    """
    import torch

    start = time.monotonic()
    examples = [torch.zeros(shape) for shape in payload["input_shapes"]]
    model = module_to_tflite(_load(payload), examples)
    return _written(Path(payload["out"]), model, start)


def quantize_task(payload: dict[str, Any]) -> dict[str, Any]:
    """Quantize a float TFLite file with an ``.npz`` of calibration samples.

    Args:
        payload: ``model``, ``calibration`` (array ``x`` for one input, else an array per input name; samples on the
            first axis), ``out``, and optionally ``integer_io``.
    """
    start = time.monotonic()
    model = Path(payload["model"]).read_bytes()
    samples = calibration_samples(Path(payload["calibration"]), input_shapes(model))
    quantized = quantize_static(model, samples, integer_io=bool(payload.get("integer_io", False)))
    return _written(Path(payload["out"]), quantized, start)


def input_shapes(model: bytes) -> dict[str, tuple[int, ...]]:
    """Shapes of the inputs by their name in the signature."""
    from ai_edge_litert.interpreter import Interpreter

    runner = Interpreter(model_content=model).get_signature_runner(SIGNATURE)
    return {name: tuple(map(int, about["shape"])) for name, about in runner.get_input_details().items()}


def calibration_samples(path: Path, shapes: Mapping[str, tuple[int, ...]]) -> Iterator[dict[str, Array]]:
    """The rows of an ``.npz`` as float32 model inputs; rows that do not fill the last batch are left out.

    Raises:
        DataError: an array is missing, or its samples have another shape than the model's.
    """
    with np.load(path, allow_pickle=False) as archive:
        keys = {name: name if name in archive else "x" for name in shapes}
        missing = sorted(set(keys.values()) - set(archive))
        if missing or (len(shapes) > 1 and "x" in keys.values()):
            wanted = ", ".join(sorted(shapes))
            message = f"{path.name} lacks calibration arrays for the inputs {wanted}"
            raise DataError("calibration-names", message, "name the arrays after the inputs, or x if there is one")
        arrays = {name: archive[key] for name, key in keys.items()}
    for name, array in arrays.items():
        if array.ndim == 0 or array.shape[1:] != shapes[name][1:]:
            message = f"calibration samples {array.shape[1:]} do not fit input {name} {shapes[name]}"
            raise DataError("calibration-shape", message, "pre-process the samples as the model expects them")
    batch = next(iter(shapes.values()))[0]
    count = min(len(array) for array in arrays.values())
    for start in range(0, count - count % batch, batch):
        yield {name: array[start : start + batch].astype(np.float32) for name, array in arrays.items()}


def _require(package: str, what: str) -> None:
    if importlib.util.find_spec(package) is None:
        raise MissingExtraError("tflite", what)


def _load(payload: Mapping[str, Any]) -> "nn.Module":
    if payload.get("program"):
        import torch

        return torch.export.load(payload["program"]).module()
    module, _, factory = str(payload["arch"]).partition(":")
    network: nn.Module = getattr(importlib.import_module(module), factory)()
    if payload.get("weights"):
        from safetensors.torch import load_file

        network.load_state_dict(load_file(payload["weights"]))
    return network


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:300]}" if lines else type(error).__name__


def _written(path: Path, model: bytes, start: float) -> dict[str, Any]:
    path.write_bytes(model)
    return {"out": str(path), "size_bytes": len(model), "seconds": round(time.monotonic() - start, 3)}


@contextlib.contextmanager
def _stdout_to_stderr() -> Iterator[None]:
    """The converter's C++ half prints progress to descriptor 1; stdout must carry one JSON document."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m engine.model.tflite_convert", description="Make TFLite files.")
    commands = parser.add_subparsers(dest="command", required=True)
    convert = commands.add_parser("convert", help="torch module to float TFLite")
    source = convert.add_mutually_exclusive_group(required=True)
    source.add_argument("--arch", help="module:factory of the architecture")
    source.add_argument("--program", help="a .pt2 file of torch.export")
    convert.add_argument("--weights", help="a .safetensors state dict for --arch")
    convert.add_argument("--input-shape", action="append", required=True, help="1,1,28,28; once per input")
    convert.add_argument("--out", required=True)
    quantize = commands.add_parser("quantize", help="float TFLite to static int8")
    quantize.add_argument("model")
    quantize.add_argument("--calibration", required=True, help=".npz of pre-processed samples")
    quantize.add_argument("--integer-io", action="store_true", help="int8 inputs and outputs instead of float32")
    quantize.add_argument("--out", required=True)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Command line: one JSON document on stdout, an error as JSON on stderr with exit status 1."""
    options = vars(_parser().parse_args(arguments))
    task = {"convert": convert_task, "quantize": quantize_task}[options.pop("command")]
    if "input_shape" in options:
        options["input_shapes"] = [[int(size) for size in shape.split(",")] for shape in options.pop("input_shape")]
    try:
        with _stdout_to_stderr():
            result = task(options)
    except FlyweightError as error:
        print(json.dumps({"error": error.to_json()}), file=sys.stderr)
        return error.exit_code
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
