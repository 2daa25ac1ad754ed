"""Models in: inspect a file or open it for compression.

Files are parsed, converted and tried in a limited child (:mod:`engine.model.child`); this process only ever sees ONNX
graphs that were checked there, TFLite bytes, and weights as safetensors. Python code runs in this process in one
case: the factory the user named, as ``module:factory`` or with ``--arch``.

| what                          | ``OpenedModel.module``              | ``OpenedModel.onnx``                |
|-------------------------------|-------------------------------------|-------------------------------------|
| ``.onnx``                     | None                                | the file, external data inlined     |
| ``.pt2``, TorchScript, Keras  | None                                | converted in the child              |
| ``module:factory``            | what the factory returns            | None                                |
| state dict, safetensors       | the factory's module with weights   | None                                |
| ``sample:NAME``               | the reference network               | None                                |
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ModelError
from ..events import Cancel
from ..records import Format, Layer, ModelInfo, TensorSpec, sha256_hex
from .child import CONVERT, PARSE, Limits, printable, run_limited, temporary_workdir
from .described import Described
from .formats import detect
from .module_inputs import GUESSED
from .source import call_factory, is_factory

if TYPE_CHECKING:
    from onnx import ModelProto
    from torch import nn

SAMPLE = "sample:"
_WEIGHTS = (Format.STATE_DICT, Format.SAFETENSORS)
_PROGRAMS = (Format.PT2, Format.TORCHSCRIPT)
_DESCRIBED = Described()


@dataclass(frozen=True)
class OpenedModel:
    """A model ready for a recipe: a torch module or an ONNX graph, never both.

    ``guessed``: the model does not state its inputs; those given here are the first likely ones that work.
    """

    module: nn.Module | None
    onnx: bytes | None
    inputs: tuple[TensorSpec, ...]
    info: ModelInfo
    name: str
    guessed: bool = False


def inspect(
    spec: str | Path,
    arch: str | None = None,
    *,
    inputs: Sequence[TensorSpec] | None = None,
    cancel: Cancel | None = None,
) -> ModelInfo:
    """Describe a model: format, shapes, parameters, MACs, bytes, layers.

    Args:
        spec: a file, ``sample:NAME`` or ``module:factory``.
        arch: for weights: the factory of the network.
        inputs: the inputs of modules and programs whose file does not state them.
        cancel: ends the child.

    Raises:
        ModelError: the file is damaged, hostile, too large, or of no known format.
    """
    path = _as_file(str(spec))
    format_ = None if path is None else detect(path)
    if path is not None and format_ in _WEIGHTS and arch is None:
        return _weights_info(path, format_, cancel)
    if path is not None and format_ is Format.TFLITE:
        return _tflite_info(path, cancel)
    return open_model(spec, arch, inputs=inputs, cancel=cancel).info


def open_model(
    spec: str | Path,
    arch: str | None = None,
    trust: bool = False,
    *,
    inputs: Sequence[TensorSpec] | None = None,
    cancel: Cancel | None = None,
) -> OpenedModel:
    """Open a model for compression; see the table in the module's docstring.

    Args:
        spec: a file, ``sample:NAME`` or ``module:factory``.
        arch: for weights: the factory of the network.
        trust: give a conversion ten minutes instead of three; it stays in the child either way.
        inputs: the inputs of modules and programs whose file does not state them.
        cancel: ends the child.

    Raises:
        ModelError: it cannot be opened; the remedy says how it can.
    """
    text = str(spec)
    given = tuple(inputs or ())
    if text.startswith(SAMPLE):
        return _open_sample(text)
    path = _as_file(text)
    if path is None:
        return _open_module(call_factory(text), text, Format.MODULE, given, None)
    format_ = detect(path)
    if format_ is Format.ONNX:
        return _open_onnx(path, cancel)
    if format_ in _PROGRAMS:
        limits = replace(CONVERT, wall_s=600.0, cpu_s=1200) if trust else CONVERT
        return _open_program(path, format_, given, limits, cancel)
    if format_ in _WEIGHTS:
        if arch is None:
            raise ModelError(
                "arch-needed",
                f"{path} holds weights without the network they belong to",
                "name the function that builds it: --arch module:factory",
            )
        return _open_weights(path, format_, arch, given, cancel)
    if format_ is Format.TFLITE:
        raise ModelError(
            "tflite-is-final",
            f"{path} is a TFLite file, which can be inspected, evaluated and deployed, but not compressed",
            "give the ONNX or PyTorch model it was made from",
        )
    return _open_keras(path, cancel)


def is_there(spec: str) -> bool:
    """Whether a spec names something on disk; False for names that no file can have."""
    try:
        return bool(spec) and Path(spec).expanduser().exists()
    except (OSError, RuntimeError):
        return False


def _as_file(spec: str) -> Path | None:
    if not spec:
        raise ModelError("model-not-found", "no model is named", "give a file, sample:fashion-resnet or module:factory")
    path = Path(spec)
    with suppress(RuntimeError):  # a user that is not there
        path = path.expanduser()
    if not is_there(spec) and (is_factory(spec) or spec.startswith(SAMPLE)):
        return None
    return path.resolve() if is_there(spec) and path.is_file() else path


def _trial_seconds(size_bytes: int) -> float:
    return 4.0 + size_bytes * 40e-9


def _open_onnx(path: Path, cancel: Cancel | None) -> OpenedModel:
    known = _DESCRIBED.find(Format.ONNX, path)
    content, result = _read_onnx(path, cancel) if known is None else known
    info = _info(Format.ONNX, result, sha256_hex(content))
    return OpenedModel(None, content, info.inputs, info, path.stem)


def _read_onnx(path: Path, cancel: Cancel | None) -> tuple[bytes, dict[str, Any]]:
    size = _total_bytes(path)
    with temporary_workdir() as workdir:
        out = workdir / "model.onnx"
        payload = {"path": str(path), "out": str(out), "trial_s": _trial_seconds(size)}
        result = run_limited(
            "engine.model.onnx_reading:read_task",
            stdin_json=payload,
            limits=PARSE.scaled_to(size),
            workdir=workdir,
            what=path.name,
            cancel=cancel,
        )
        content = _collected(out, path)
    if result["self_contained"]:
        _DESCRIBED.keep(Format.ONNX, content, result)
    return content, result


def _total_bytes(path: Path) -> int:
    """The file and what lies beside it under the same name, as exporters put external data."""
    beside = [other for other in path.parent.glob(f"{path.name}*") if other.is_file()]
    return sum(other.stat().st_size for other in {path, *beside})


def _open_program(
    path: Path, format_: Format, inputs: tuple[TensorSpec, ...], limits: Limits, cancel: Cancel | None
) -> OpenedModel:
    with temporary_workdir() as workdir:
        out = workdir / "model.onnx"
        payload = {
            "path": str(path),
            "format": str(format_),
            "out": str(out),
            "inputs": [spec.to_json() for spec in inputs] or None,
            "trial_s": _trial_seconds(path.stat().st_size),
        }
        result = run_limited(
            "engine.model.torch_reading:program_task",
            stdin_json=payload,
            limits=limits.scaled_to(path.stat().st_size),
            workdir=workdir,
            what=path.name,
            cancel=cancel,
        )
        content = _collected(out, path)
    info = _info(format_, result, sha256_hex(path.read_bytes()))
    guessed = not inputs and any(GUESSED in item for item in info.warnings)
    return OpenedModel(None, content, info.inputs, info, path.stem, guessed)


def _open_keras(path: Path, cancel: Cancel | None) -> OpenedModel:
    from importlib.util import find_spec

    if find_spec("keras") is None:
        raise ModelError(
            "keras-missing",
            f"{path} is a Keras file, and Keras, which reads it, is not installed",
            "in the clone, pip install -c constraints.txt '.[keras]', or export it from Keras 3: "
            "model.export('model.onnx', format='onnx')",
        )
    size = path.stat().st_size
    with temporary_workdir() as workdir:
        out = workdir / "model.onnx"
        result = run_limited(
            "engine.model.keras_reading:read_task",
            stdin_json={"path": str(path), "out": str(out), "trial_s": _trial_seconds(size)},
            limits=CONVERT.scaled_to(size),
            workdir=workdir,
            what=path.name,
            cancel=cancel,
        )
        content = _collected(out, path)
    info = _info(Format.KERAS, result, sha256_hex(path.read_bytes()))
    return OpenedModel(None, content, info.inputs, info, path.stem)


def _collected(out: Path, path: Path) -> bytes:
    if not out.is_file() or out.is_symlink():
        raise ModelError("child-failed", f"{path.name} gave no model", "check the file; see: flyweight doctor")
    return out.read_bytes()


def _weights_result(path: Path, format_: Format, out: Path | None, workdir: Path, cancel: Cancel | None) -> list[Any]:
    payload = {"path": str(path), "format": str(format_), "out": None if out is None else str(out)}
    limits = replace(CONVERT, cpu_s=60, wall_s=30.0).scaled_to(path.stat().st_size)
    result = run_limited(
        "engine.model.torch_reading:weights_task",
        stdin_json=payload,
        limits=limits,
        workdir=workdir,
        what=path.name,
        cancel=cancel,
    )
    rows: list[Any] = result["tensors"]
    return rows


def _weights_info(path: Path, format_: Format, cancel: Cancel | None) -> ModelInfo:
    with temporary_workdir() as workdir:
        rows = [row for row in _weights_result(path, format_, None, workdir, cancel) if not row["statistics"]]
    return ModelInfo(
        format=format_,
        inputs=(),
        outputs=(),
        parameters=sum(row["size"] for row in rows),
        nonzero_parameters=sum(row["nonzero"] for row in rows),
        macs=None,
        size_bytes=path.stat().st_size,
        quantized=False,
        layers=tuple(Layer(row["name"], "weight", row["size"], None, tuple(row["shape"])) for row in rows),
        warnings=("weights only: shapes of inputs and MACs need the network; give --arch module:factory",),
        sha256=sha256_hex(path.read_bytes()),
    )


def _open_weights(
    path: Path, format_: Format, arch: str, inputs: tuple[TensorSpec, ...], cancel: Cancel | None
) -> OpenedModel:
    from safetensors.torch import load_file

    with temporary_workdir() as workdir:
        out = workdir / "weights.safetensors"
        _weights_result(path, format_, out, workdir, cancel)
        tensors = load_file(out)
    value = call_factory(arch)
    module, _ = _module_of(value, arch)
    _load_weights(module, tensors, path, arch)
    opened = _open_module(value, path.stem, format_, inputs, path)
    return replace(opened, info=replace(opened.info, sha256=sha256_hex(path.read_bytes())))


def _load_weights(module: nn.Module, tensors: dict[str, Any], path: Path, arch: str) -> None:
    try:
        missing, unexpected = module.load_state_dict(tensors, strict=False)
    except RuntimeError as error:
        detail = printable(str(error).partition(":\n")[2] or str(error), 300)
        raise ModelError(
            "weights-do-not-fit",
            f"the weights in {path} do not fit {arch}: {detail}",
            "name the network they belong to",
        ) from error
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    if missing or unexpected:
        words = [f"missing: {', '.join(missing[:4])}"] if missing else []
        words += [f"not in the network: {', '.join(unexpected[:4])}"] if unexpected else []
        raise ModelError(
            "weights-do-not-fit",
            f"the weights in {path} do not fit {arch}: {printable('; '.join(words), 300)}",
            "name the network they belong to",
        )


def _open_sample(spec: str) -> OpenedModel:
    from safetensors.torch import load_file

    from .samples import sample

    record = sample(spec)
    module = call_factory(record.architecture)
    module.load_state_dict(load_file(record.safetensors))
    inputs = (TensorSpec("input", (None, *record.input_shape), "float32"),)
    opened = _open_module(module, record.name, Format.SAFETENSORS, inputs, record.safetensors)
    return replace(opened, info=replace(opened.info, sha256=sha256_hex(record.safetensors.read_bytes())))


def _module_of(value: Any, spec: str) -> tuple[nn.Module, tuple[TensorSpec, ...]]:
    """The module, and the inputs it states, from what a factory returned: a module or (module, example inputs)."""
    import torch

    from .module_inputs import specs_of, stated_inputs
    from .sklearn_models import is_estimator, linear_module

    if is_estimator(value):
        return linear_module(value, spec)
    examples: Any = ()
    if isinstance(value, (tuple, list)) and len(value) == 2:
        value, examples = value
    examples = (examples,) if isinstance(examples, torch.Tensor) else tuple(examples)
    if not isinstance(value, torch.nn.Module):
        raise ModelError(
            "not-a-module",
            f"{spec} returned {type(value).__name__}, not a torch module",
            "return a torch.nn.Module, (module, (example input, ...)), or a fitted linear model of scikit-learn",
        )
    return value, specs_of(examples) if examples else stated_inputs(value)


def _open_module(
    value: Any, name: str, format_: Format, inputs: tuple[TensorSpec, ...], path: Path | None
) -> OpenedModel:
    from .module_inputs import guess_inputs
    from .save import to_onnx

    module, stated = _module_of(value, name)
    module.eval()
    notes: list[str] = []
    if not inputs:
        inputs, notes = (stated, []) if stated else guess_inputs(module)
    model = to_onnx(module, inputs)
    info = module_info(module, model, inputs, format_)
    size = path.stat().st_size if path is not None else sum(p.numel() * p.element_size() for p in module.parameters())
    info = replace(info, size_bytes=size, warnings=(*notes, *info.warnings))
    shown = name.rpartition(":")[2] if path is None else name
    return OpenedModel(module, None, inputs, info, shown, guessed=bool(notes))


def module_info(module: nn.Module, model: ModelProto, inputs: Sequence[TensorSpec], format_: Format) -> ModelInfo:
    """Describe a module of this process by its own parameters and the graph it exports to."""
    import torch

    from .cost import count_macs, layer_table
    from .graph import opset, output_specs
    from .live_memory import peak_activation_bytes

    content = model.SerializeToString()
    parameters = [tensor.detach() for tensor in module.parameters()]
    return ModelInfo(
        format=format_,
        inputs=tuple(inputs),
        outputs=output_specs(model),
        parameters=sum(tensor.numel() for tensor in parameters),
        nonzero_parameters=sum(int(torch.count_nonzero(tensor)) for tensor in parameters),
        macs=count_macs(model),
        size_bytes=len(content),
        quantized=False,
        layers=layer_table(model),
        sha256=sha256_hex(content),
        opset=opset(model),
        ir_version=int(model.ir_version),
        peak_activation_bytes=peak_activation_bytes(model),
    )


def onnx_info(model: ModelProto) -> ModelInfo:
    """Describe a graph made in this process (foreign files go through :func:`inspect`)."""
    from .cost import count_macs, count_nonzero, count_parameters, is_quantized, layer_table
    from .graph import input_specs, opset, output_specs
    from .live_memory import peak_activation_bytes

    content = model.SerializeToString()
    return ModelInfo(
        format=Format.ONNX,
        inputs=input_specs(model),
        outputs=output_specs(model),
        parameters=count_parameters(model),
        nonzero_parameters=count_nonzero(model),
        macs=count_macs(model),
        size_bytes=len(content),
        quantized=is_quantized(model),
        layers=layer_table(model),
        sha256=sha256_hex(content),
        opset=opset(model),
        ir_version=int(model.ir_version),
        peak_activation_bytes=peak_activation_bytes(model),
    )


def _tflite_info(path: Path, cancel: Cancel | None) -> ModelInfo:
    known = _DESCRIBED.find(Format.TFLITE, path)
    if known is not None:
        return _info(Format.TFLITE, known[1], sha256_hex(known[0]))
    size = path.stat().st_size
    result = run_limited(
        "engine.model.tflite_reading:read_task",
        stdin_json={"path": str(path), "trial_s": _trial_seconds(size)},
        limits=PARSE.scaled_to(size),
        what=path.name,
        cancel=cancel,
    )
    content = path.read_bytes()
    _DESCRIBED.keep(Format.TFLITE, content, result)
    return _info(Format.TFLITE, result, sha256_hex(content))


def _info(format_: Format, result: dict[str, Any], sha256: str) -> ModelInfo:
    def specs(key: str) -> tuple[TensorSpec, ...]:
        return tuple(TensorSpec(row["name"], tuple(row["shape"]), row["dtype"]) for row in result[key])

    layers = tuple(
        Layer(row["name"], row["op"], row["parameters"], row["macs"], _shape(row["output_shape"]))
        for row in result["layers"]
    )
    return ModelInfo(
        format=format_,
        inputs=specs("inputs"),
        outputs=specs("outputs"),
        parameters=result["parameters"],
        nonzero_parameters=result["nonzero_parameters"],
        macs=result["macs"],
        size_bytes=result["size_bytes"],
        quantized=result["quantized"],
        layers=layers,
        warnings=tuple(result["warnings"]),
        sha256=sha256,
        opset=result["opset"],
        ir_version=result["ir_version"],
        peak_activation_bytes=result.get("peak_activation_bytes"),
    )


def _shape(value: Any) -> tuple[int | None, ...] | None:
    return None if value is None else tuple(value)
