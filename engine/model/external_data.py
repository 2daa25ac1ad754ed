"""External data of ONNX files: put into the model itself, where references that leave its folder are refused, and written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any

from ..errors import ModelError
from .child import printable
from .folding import elements
from .formats import MAX_FILE_BYTES, SMALLER
from .graph import all_graphs

if TYPE_CHECKING:
    from onnx import ModelProto

INLINE_BYTES = 1024
"""Smaller tensors stay in the file: shapes and axes are read by whoever infers shapes."""
PAGE_BYTES = 4096
_REMEDY = "keep the data file beside the model, or save the model as one file: onnx.save(model, path)"


def inline_external_data(model: ModelProto, folder: Path, most_bytes: int = MAX_FILE_BYTES) -> int:
    """Replace references by the bytes they point to; returns the number of bytes read.

    Args:
        model: is changed.
        folder: of its file.
        most_bytes: that model and data may have together; nothing is read of more.

    Raises:
        ModelError: a reference is absolute, climbs out, passes a symbolic link, or does not fit its tensor; or all that is
            referred to is too much.
    """
    from onnx import TensorProto

    found = [
        (tensor, _place(tensor, folder)) for tensor in tensors(model) if tensor.data_location == TensorProto.EXTERNAL
    ]
    total = sum(length for _, (_, _, length) in found)
    if found and (whole := total + model.ByteSize()) > most_bytes:
        raise ModelError(
            "too-large", f"the model with its data has {whole:,} bytes; at most {most_bytes:,} are read", SMALLER
        )
    for tensor, (path, offset, length) in found:
        with path.open("rb") as stream:
            stream.seek(offset)
            tensor.raw_data = stream.read(length)
        tensor.ClearField("external_data")
        tensor.data_location = TensorProto.DEFAULT
    return total


def write_with_data(model: ModelProto, path: Path) -> None:
    """Write a graph whose large weights lie in a file beside it, ``PATH.data``; they are never in memory a second time.

    onnx's own ``save`` with external data empties the model it is given, so that a copy of all weights would have to be made.
    """
    import onnx

    slim = onnx.ModelProto()
    _take(slim, model, but="graph")
    _take(slim.graph, model.graph, but="initializer")
    beside = path.with_name(path.name + ".data")
    with beside.open("wb") as stream:
        for tensor in model.graph.initializer:
            added = slim.graph.initializer.add()
            content = tensor.raw_data
            if len(content) < INLINE_BYTES:
                added.CopyFrom(tensor)
                continue
            added.name, added.data_type, added.data_location = tensor.name, tensor.data_type, onnx.TensorProto.EXTERNAL
            added.dims.extend(tensor.dims)
            stream.write(bytes(-stream.tell() % PAGE_BYTES))  # runtimes map whole pages
            place = {"location": beside.name, "offset": stream.tell(), "length": len(content)}
            stream.write(content)
            for key, value in place.items():
                added.external_data.add(key=key, value=str(value))
    onnx.save(slim, path)


def _take(target: Any, source: Any, but: str) -> None:
    """Fields of one message into another of its kind, all but one."""
    for field, value in source.ListFields():
        if field.name == but:
            continue
        if field.is_repeated:
            getattr(target, field.name).extend(value)
        elif field.message_type is not None:
            getattr(target, field.name).CopyFrom(value)
        else:
            setattr(target, field.name, value)


def tensors(model: ModelProto) -> Iterator[Any]:
    """Every stored tensor of a model, in all graphs, attributes and functions."""
    nodes = [node for function in model.functions for node in function.node]
    for graph in all_graphs(model):
        yield from graph.initializer
        for sparse in graph.sparse_initializer:
            yield from (sparse.values, sparse.indices)
        nodes.extend(graph.node)
    for node in nodes:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                yield attribute.t
            yield from attribute.tensors


def _place(tensor: Any, folder: Path) -> tuple[Path, int, int]:
    """File, offset and length of a tensor's data, which are there."""
    from onnx.helper import tensor_dtype_to_np_dtype

    entries = {entry.key: entry.value for entry in tensor.external_data}
    path = _inside(entries.get("location", ""), folder)
    name = printable(tensor.name, 80)
    try:
        offset = int(entries.get("offset", "0"))
        expected = elements(tensor.dims) * tensor_dtype_to_np_dtype(tensor.data_type).itemsize
        length = int(entries.get("length", expected))
        available = path.stat().st_size
    except (ValueError, KeyError, OSError) as error:
        raise ModelError(
            "external-data", f"the external data of weight '{name}' cannot be read: {printable(str(error))}", _REMEDY
        ) from error
    if offset < 0 or length < 0 or offset + length > available or (length != expected and not _packed(tensor)):
        raise ModelError(
            "external-data", f"the external data of weight '{name}' is cut short or does not fit its shape", _REMEDY
        )
    return path, offset, length


def _packed(tensor: Any) -> bool:
    """4-bit types: numpy's item size says nothing of what is stored."""
    from onnx import TensorProto

    return tensor.data_type in (TensorProto.INT4, TensorProto.UINT4, TensorProto.FLOAT4E2M1)


def _inside(location: str, folder: Path) -> Path:
    posix, windows = PurePosixPath(location), PureWindowsPath(location)
    parts = windows.parts if "\\" in location else posix.parts
    if (
        not location
        or "\0" in location
        or posix.is_absolute()
        or windows.is_absolute()
        or ".." in parts
        or windows.drive
    ):
        raise ModelError(
            "unsafe-external-data",
            f"the model refers to data outside its folder: '{printable(location, 120)}'",
            "do not use this file unless you know where it comes from; " + _REMEDY,
        )
    base = folder.resolve()
    path = base.joinpath(*parts)
    if Path(os.path.realpath(path)) != path:
        raise ModelError(
            "unsafe-external-data",
            f"the model's data '{printable(location, 120)}' is a symbolic link",
            "put the data file itself beside the model",
        )
    if not path.is_file():
        raise ModelError("external-data", f"the model's data file '{printable(location, 120)}' is missing", _REMEDY)
    return path
