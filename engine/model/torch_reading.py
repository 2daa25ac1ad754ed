"""Read torch's own files; runs in the limited child only, where nothing in them can write a file or reach the network.

Programs (``.pt2``, TorchScript) are turned into ONNX here and leave as that; weights leave as safetensors. Pickles are
read with ``weights_only=True``, and while a program is read, every other global a pickle asks for is refused as well.
"""

from __future__ import annotations

import contextlib
import re
import sys
import threading
import warnings
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ModelError
from ..records import TensorSpec
from .child import printable
from .child_side import stage

if TYPE_CHECKING:
    import torch

_PICKLE_REMEDY = (
    "save the weights alone: torch.save(model.state_dict(), 'weights.pt') or safetensors, and open them with "
    "--arch module:factory"
)
_DAMAGED_REMEDY = "save or copy the file again"
_NESTED = ("state_dict", "model_state_dict", "model", "net", "weights")
_TRIAL_S = 4.0


def weights_task(payload: dict[str, Any]) -> dict[str, Any]:
    """Child task: a state dict (``path``, ``format``) to safetensors at ``out``; tells names, shapes and counts."""
    stage("reading")
    path, out = Path(payload["path"]), payload.get("out")
    if payload["format"] == "safetensors":
        rows = _safetensors_rows(path)
        if out:
            Path(out).write_bytes(path.read_bytes())
        return {"tensors": rows}
    tensors = _state_dict(path)
    if out:
        from safetensors.torch import save_file

        save_file({name: tensor.detach().clone().contiguous() for name, tensor in tensors.items()}, out)
    return {"tensors": [_torch_row(name, tensor) for name, tensor in tensors.items()]}


def _row(name: str, shape: Iterable[int], size: int, nonzero: int) -> dict[str, Any]:
    statistics = name.endswith(("running_mean", "running_var", "num_batches_tracked"))
    shown = printable(name, 200)
    return {"name": shown, "shape": list(shape), "size": size, "nonzero": nonzero, "statistics": statistics}


def _torch_row(name: str, tensor: torch.Tensor) -> dict[str, Any]:
    import torch

    return _row(name, tensor.shape, tensor.numel(), int(torch.count_nonzero(tensor)))


def _safetensors_rows(path: Path) -> list[dict[str, Any]]:
    """By numpy, which starts ten times faster; torch reads what numpy has no type for."""
    import numpy as np
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as stored:
            arrays = ((name, stored.get_tensor(name)) for name in stored.keys())  # noqa: SIM118 - it is no mapping
            return [_row(name, array.shape, array.size, int(np.count_nonzero(array))) for name, array in arrays]
    except (TypeError, AttributeError):
        from safetensors.torch import load_file

        return [_torch_row(name, tensor) for name, tensor in load_file(path).items()]
    except (SafetensorError, ValueError, KeyError) as error:
        raise ModelError(
            "damaged-weights",
            f"{path.name} is not a complete safetensors file: {printable(str(error))}",
            _DAMAGED_REMEDY,
        ) from error


def program_task(payload: dict[str, Any]) -> dict[str, Any]:
    """Child task: a program (``path``, ``format``, ``inputs`` or None) to ONNX at ``out``; gives its description."""
    from .onnx_reading import describe
    from .save import to_onnx

    path = Path(payload["path"])
    inputs = _specs(payload.get("inputs"))
    stage("reading")
    read = _torchscript if payload["format"] == "torchscript" else _exported_program
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # notes of torch about its own formats
        module, inputs, notes = read(path, inputs, float(payload.get("trial_s", _TRIAL_S)))
        stage("converting to ONNX")
        model = to_onnx(module, inputs)
    Path(payload["out"]).write_bytes(model.SerializeToString())
    result = describe(model)
    result["warnings"] = [*notes, *result["warnings"]]
    result["size_bytes"] = path.stat().st_size
    return result


def _specs(rows: Any) -> tuple[TensorSpec, ...]:
    return tuple(TensorSpec(row["name"], tuple(row["shape"]), row["dtype"]) for row in rows or ())


def _state_dict(path: Path) -> dict[str, torch.Tensor]:
    import pickle

    import torch

    try:
        value = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise _pickle_error(path, error) from error
    except (RuntimeError, EOFError, ValueError, KeyError, OSError, AttributeError, TypeError, IndexError) as error:
        raise ModelError(
            "damaged-weights", f"{path.name} is not a complete file of torch.save: {_first(error)}", _DAMAGED_REMEDY
        ) from error
    for key in _NESTED:
        if isinstance(value, Mapping) and isinstance(value.get(key), Mapping):
            value = value[key]
    if not isinstance(value, Mapping) or not value:
        raise ModelError("no-weights", f"{path.name} holds {type(value).__name__}, not a state dict", _PICKLE_REMEDY)
    tensors = {str(name): tensor for name, tensor in value.items() if isinstance(tensor, torch.Tensor)}
    if len(tensors) != len(value):
        strange = printable(", ".join(str(name) for name in value if str(name) not in tensors), 120)
        raise ModelError("no-weights", f"{path.name} holds entries that are no tensors: {strange}", _PICKLE_REMEDY)
    if all(name.startswith("module.") for name in tensors):  # saved from DataParallel
        tensors = {name.removeprefix("module."): tensor for name, tensor in tensors.items()}
    return tensors


def _pickle_error(path: Path, error: Exception) -> ModelError:
    found = re.search(r"(?:Unsupported global: GLOBAL|Unsupported class|GLOBAL) ([\w.]+)", str(error))
    what = f" (it asks for {printable(found.group(1), 80)})" if found else ""
    if found is None and "Unsupported" not in str(error):
        return ModelError("damaged-weights", f"{path.name} cannot be read: {_first(error)}", _DAMAGED_REMEDY)
    return ModelError(
        "unsafe-pickle",
        f"{path.name} is a pickle of Python objects{what}, which could run code; it was not executed",
        _PICKLE_REMEDY,
    )


def _torchscript(
    path: Path, inputs: tuple[TensorSpec, ...], trial_s: float
) -> tuple[Any, tuple[TensorSpec, ...], list[str]]:
    import torch

    from .module_inputs import guess_inputs

    try:
        load: Any = torch.jit.load
        module = load(str(path), map_location="cpu").eval()
    except (RuntimeError, ValueError, UnicodeDecodeError) as error:
        raise ModelError(
            "damaged-torchscript", f"{path.name} is not a complete TorchScript file: {_first(error)}", _DAMAGED_REMEDY
        ) from error
    stage("one inference", trial_s)
    notes: list[str] = []
    if not inputs:
        inputs, notes = guess_inputs(module)
    return module, inputs, notes


def _exported_program(
    path: Path, inputs: tuple[TensorSpec, ...], trial_s: float
) -> tuple[Any, tuple[TensorSpec, ...], list[str]]:
    import torch

    try:
        with _no_foreign_globals():
            program = torch.export.load(path)
    except ModelError:
        raise
    except Exception as error:  # torch.export has no exception of its own for damaged files
        asked = _foreign_global(error)
        if asked is not None:
            raise _foreign(path, asked) from error
        raise ModelError(
            "damaged-pt2", f"{path.name} is not a complete exported program: {_first(error)}", _DAMAGED_REMEDY
        ) from error
    stage("one inference", trial_s)
    if not inputs:
        inputs = _program_inputs(program)
    return _callable(program), inputs, []


def _program_inputs(program: Any) -> tuple[TensorSpec, ...]:
    wanted = set(program.graph_signature.user_inputs)
    specs = []
    for node in program.graph.nodes:
        if node.op == "placeholder" and node.name in wanted:
            value = node.meta["val"]
            shape = tuple(int(size) if isinstance(size, int) else None for size in value.shape)
            specs.append(TensorSpec(node.name, (None, *shape[1:]), str(value.dtype).removeprefix("torch.")))
    return tuple(specs)


def _callable(program: Any) -> Any:
    """A plain module around an exported program, which has no modes."""
    import torch

    module = program.module(check_guards=False)

    class Exported(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.program = module

        def forward(self, *arguments: torch.Tensor) -> Any:
            return self.program(*arguments)

        def train(self, mode: bool = True) -> Any:
            del mode  # the graph was captured in one mode
            return self

    return Exported()


class _ForeignGlobalError(Exception):
    """Raised inside an unpickler."""


_ALLOWED = re.compile(
    r"(collections\.OrderedDict|torch(\._utils|\._tensor|\.storage)?\.\w+|torch\.nn\.parameter\.\w+)$"
)
_watching = threading.local()
_installed = False


@contextlib.contextmanager
def _no_foreign_globals() -> Iterator[None]:
    """Refuse every global a pickle asks for, but tensors' own; audit hooks cannot be removed, so it is switched."""
    global _installed
    if not _installed:
        sys.addaudithook(_hook)
        _installed = True
    _watching.on = True
    try:
        yield
    finally:
        _watching.on = False


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "pickle.find_class" and getattr(_watching, "on", False):
        name = f"{arguments[0]}.{arguments[1]}"
        if not _ALLOWED.match(name) or name in ("torch.load", "torch.save", "torch.compile"):
            raise _ForeignGlobalError(name)


def _foreign_global(error: BaseException | None) -> str | None:
    """The global that was refused, if that is behind an error."""
    while error is not None:
        if isinstance(error, _ForeignGlobalError):
            return str(error)
        error = error.__cause__ or error.__context__
    return None


def _foreign(path: Path, name: str) -> ModelError:
    return ModelError(
        "unsafe-pickle",
        f"{path.name} carries a pickle that asks for {printable(name, 80)}, which could run code; it was not executed",
        "export the program again with torch.export.save of a current torch",
    )


def _first(error: Exception) -> str:
    return printable((str(error).strip() or type(error).__name__).splitlines()[0], 200)
