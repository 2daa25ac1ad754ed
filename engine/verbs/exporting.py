"""The verb ``export``: a variant or model as a file of another form, compared with its origin before it is written."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ModelError, UsageError
from ..events import Cancel, Emit, Stage, ignore
from ..model.formats import PACKED_SUFFIX, detect, is_packed
from ..model.open import open_model
from ..records import Format, TensorSpec
from ..workspace import Workspace, write_atomic

if TYPE_CHECKING:
    import numpy as np
    from onnx import ModelProto
    from torch import nn

PACKED = "packed"
SUFFIXES = {".onnx": Format.ONNX, ".tflite": Format.TFLITE, ".pt2": Format.PT2, PACKED_SUFFIX: PACKED}
TOLERANCE = 1e-3
SAMPLES = 4


@dataclass(frozen=True)
class Exported:
    """What was written.

    Attributes:
        path: of the file.
        format: ``onnx``, ``tflite``, ``pt2`` or ``packed``.
        size_bytes: of the file.
        off_by: largest difference of an output from the origin's on seeded random inputs, as a share of the largest output;
            None where the file holds the origin's very bytes.
    """

    path: str
    format: str
    size_bytes: int
    off_by: float | None

    def to_json(self) -> dict[str, Any]:
        """The document of ``--json``."""
        return {"path": self.path, "format": self.format, "size_bytes": self.size_bytes, "off_by": self.off_by}


def export(
    model: str,
    out: str | Path,
    *,
    force: bool = False,
    project: str | Path | None = None,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> Exported:
    """Write a model as ONNX, TFLite, a PyTorch program (.pt2) or packed (.flwp); a packed file is restored.

    Args:
        model: id or name of a variant of the project, a model file, a packed file, or ``sample:NAME``.
        out: the file; its suffix says in which form.
        force: replace a file that is there.
        project: where variants are looked for.

    Raises:
        UsageError: the suffix names no form, or the file is there already.
        ModelError: the network has an operator the form cannot express, or the result computes something else.
    """
    path = Path(out).expanduser()
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError("bad-suffix", f"{path.name} names no form to write", f"end it in {', '.join(SUFFIXES)}")
    if path.exists() and not force:
        raise UsageError("file-exists", f"{path} is there already", "choose another name, or replace it: --force")
    wanted = SUFFIXES[path.suffix.lower()]
    emit(Stage("open", model))
    source = _source(model, project, cancel)
    emit(Stage("export", f"{path.name} ({wanted})"))
    content, off_by = source.written(str(wanted))
    write_atomic(path, content)
    return Exported(str(path), str(wanted), len(content), off_by)


@dataclass(frozen=True)
class _Source:
    """A model whose origin is a file's bytes, or a graph and a module made from what was opened."""

    content: bytes | None
    format: Format
    graph: Callable[[], ModelProto]
    module: Callable[[], nn.Module]
    inputs: tuple[TensorSpec, ...]

    def written(self, form: str) -> tuple[bytes, float | None]:
        """Bytes of a form, and how far off its outputs are."""
        if form == PACKED:
            from ..model.packed import pack

            content, format_ = self._plain()
            return pack(content, format_), None
        if self.content is not None and form == self.format:
            return self.content, None
        if self.format is Format.TFLITE:
            raise ModelError(
                "tflite-is-final",
                "a TFLite file can be kept or packed, but not written in another form",
                "give the ONNX or PyTorch model it was made from",
            )
        if form == Format.ONNX:
            return self.graph().SerializeToString(), None
        return (_as_tflite if form == Format.TFLITE else _as_program)(self)

    def _plain(self) -> tuple[bytes, Format]:
        if self.content is not None:
            return self.content, self.format
        return self.graph().SerializeToString(), Format.ONNX


def _source(model: str, project: str | Path | None, cancel: Cancel | None) -> _Source:
    import onnx

    from ..model.onnx_to_torch import module_inputs, to_module
    from ..model.save import to_onnx

    def of_bytes(content: bytes, format_: Format) -> _Source:
        def graph() -> ModelProto:
            return onnx.load_from_string(content)

        inputs = module_inputs(graph()) if format_ is Format.ONNX else ()
        return _Source(content, format_, graph, lambda: to_module(graph()), inputs)

    path = Path(model).expanduser()
    if path.is_file() and is_packed(path):
        content, format_ = _restored(path, cancel)
        return of_bytes(content, format_)
    if path.is_file() and detect(path) is Format.TFLITE:
        return of_bytes(path.read_bytes(), Format.TFLITE)
    if path.is_file() or model.startswith("sample:"):
        opened = open_model(model, cancel=cancel)
        if opened.onnx is not None:
            return of_bytes(opened.onnx, Format.ONNX)
        module = opened.module
        assert module is not None
        return _Source(
            None, Format.MODULE, lambda: to_onnx(module, opened.inputs), lambda: module, tuple(opened.inputs)
        )
    variant = Workspace.find(project).load_variant(model)
    return of_bytes(Path(variant.path).read_bytes(), variant.format)


def _restored(path: Path, cancel: Cancel | None) -> tuple[bytes, Format]:
    """A packed file, restored in a limited child because it may come from anywhere."""
    from ..model.child import PARSE, run_limited, temporary_workdir

    with temporary_workdir() as workdir:
        out = workdir / "model"
        payload = {"path": str(path.resolve()), "out": str(out)}
        limits = PARSE.scaled_to(path.stat().st_size)
        run_limited(
            "engine.model.packed:unpack_task",
            stdin_json=payload,
            limits=limits,
            workdir=workdir,
            what=path.name,
            cancel=cancel,
        )
        return out.read_bytes(), detect(out)


def _as_tflite(source: _Source) -> tuple[bytes, float]:
    import tempfile

    from ..evaluate.runtime import in_batches, open_runner
    from ..model.cost import is_quantized
    from ..model.onnx_to_tflite import to_tflite

    graph = source.graph()
    content = to_tflite(graph)
    arrays = _examples(source.inputs)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.tflite"
        file.write_bytes(content)
        got = in_batches(open_runner(file, Format.TFLITE, 1), arrays)
    # Integer kernels of the two runtimes round differently, so there the difference is told and not judged.
    return content, _compared(_expected(graph, arrays), got, "TFLite", judged=not is_quantized(graph))


def _as_program(source: _Source) -> tuple[bytes, float]:
    import torch

    module = source.module().eval()
    arrays = _examples(source.inputs)
    examples = tuple(torch.from_numpy(array) for array in arrays)
    batch = torch.export.Dim("batch")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # FutureWarnings of torch's own tree code, none of them about this module
        try:
            shapes = tuple({0: batch} for _ in examples)
            program = torch.export.export(module, examples, dynamic_shapes=(shapes,) if _variadic(module) else shapes)
        except Exception as error:
            raise ModelError(
                "export-failed",
                f"torch.export cannot write this network: {str(error).strip().splitlines()[0][:300]}",
                "write it as ONNX instead",
            ) from error
        stream = io.BytesIO()
        torch.export.save(program, stream)
        loaded = torch.export.load(io.BytesIO(stream.getvalue())).module()
        with torch.inference_mode():
            outputs = loaded(*examples)
    got = [item.numpy() for item in (outputs if isinstance(outputs, (tuple, list)) else [outputs])]
    return stream.getvalue(), _compared(_expected(source.graph(), arrays), got, "program", judged=True)


def _variadic(module: nn.Module) -> bool:
    import inspect

    return any(item.kind is item.VAR_POSITIONAL for item in inspect.signature(module.forward).parameters.values())


def _examples(inputs: Sequence[TensorSpec]) -> list[np.ndarray]:
    from ..model.save import example_inputs

    return [tensor.numpy() for tensor in example_inputs(inputs, SAMPLES, seed=7)]


def _expected(graph: ModelProto, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
    from ..model.save import run_onnx

    return run_onnx(graph, arrays)


def _compared(expected: Sequence[np.ndarray], got: Sequence[np.ndarray], what: str, *, judged: bool) -> float:
    import numpy as np

    worst = 0.0
    for wanted, found in zip(expected, got, strict=True):
        largest = max(float(np.abs(wanted).max(initial=0.0)), 1e-12)
        worst = max(worst, float(np.abs(wanted.astype(np.float64) - found).max(initial=0.0)) / largest)
    if judged and not worst <= TOLERANCE:
        raise ModelError(
            "export-differs",
            f"the {what} computes something else: off by {worst:.2%} of the largest output",
            "this is a fault of Flyweight; please report it with the model",
        )
    return worst
