"""A TFLite file cut after its first operators: what the part before a cut costs is the time of the file that ends there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..events import Cancel
from .child import Limits, printable, run_limited, temporary_workdir
from .tflite_convert import with_inline_buffers

MOST_BYTES = 64_000_000
"""Of all cuts of one model together: they travel to the board."""
RUN = Limits(cpu_s=120, wall_s=120.0)


@dataclass(frozen=True)
class Part:
    """The operators between one cut and the next: the name of what the last one makes, and their kinds."""

    name: str
    operators: tuple[str, ...]


@dataclass(frozen=True)
class Cuts:
    """For each part the file that ends with it; the last one is the whole model."""

    parts: tuple[Part, ...]
    models: tuple[bytes, ...]


def cut(path: Path, most: int, *, cancel: Cancel | None = None) -> Cuts:
    """Cut a model after every operator, or after groups of them where these are more than ``most``.

    Raises:
        ModelError: the file cannot be read.
    """
    with temporary_workdir() as folder:
        answer = run_limited(
            "engine.model.tflite_cutting:cut_task",
            stdin_json={"path": str(path.resolve()), "most": most},
            limits=RUN.scaled_to(path.stat().st_size),
            workdir=folder,
            what=path.name,
            cancel=cancel,
        )
        models = tuple((folder / f"cut_{number}.tflite").read_bytes() for number in range(len(answer["parts"])))
    parts = tuple(Part(str(item["name"]), tuple(map(str, item["operators"]))) for item in answer["parts"])
    return Cuts(parts, models)


def cut_task(payload: dict[str, Any]) -> dict[str, Any]:
    """Child task: writes ``cut_<i>.tflite`` and describes the parts."""
    content = with_inline_buffers(Path(payload["path"]).read_bytes())
    schema = _schema()
    names = {value: name for name, value in vars(schema.BuiltinOperator).items() if isinstance(value, int)}
    whole = schema.ModelT.InitFromPackedBuf(bytearray(content), 0)
    graph = whole.subgraphs[0]
    most = max(min(int(payload["most"]), 2 * MOST_BYTES // max(len(content), 1)), 1)
    parts, first = [], 0
    for number, end in enumerate(ends(len(graph.operators), most)):
        Path(f"cut_{number}.tflite").write_bytes(shortened(content, end))
        kinds = [_kind(whole, operator, names) for operator in graph.operators[first:end]]
        made = graph.tensors[graph.operators[end - 1].outputs[0]]
        parts.append({"name": printable((made.name or b"").decode("utf-8", "replace"), 1000), "operators": kinds})
        first = end
    return {"parts": parts}


def ends(count: int, most: int) -> list[int]:
    """Behind which operators to cut, evenly where not behind each.

    >>> ends(3, 10), ends(10, 4)
    ([1, 2, 3], [3, 5, 8, 10])
    """
    if count <= most:
        return list(range(1, count + 1))
    return [-(-count * (place + 1) // most) for place in range(most)]


def shortened(content: bytes, end: int) -> bytes:
    """The file with its first ``end`` operators; every tensor that the others need of them becomes an output."""
    import flatbuffers

    schema = _schema()
    model = schema.ModelT.InitFromPackedBuf(bytearray(content), 0)
    graph = model.subgraphs[0]
    kept, rest = graph.operators[:end], graph.operators[end:]
    needed = {int(tensor) for operator in rest for tensor in operator.inputs} | {int(item) for item in graph.outputs}
    made = [int(tensor) for operator in kept for tensor in operator.outputs]
    graph.operators, graph.outputs = kept, [tensor for tensor in made if tensor in needed]
    used = {int(tensor) for operator in kept for tensor in [*operator.inputs, *operator.outputs]}
    buffers = {graph.tensors[tensor].buffer for tensor in used if tensor >= 0}
    for number, buffer in enumerate(model.buffers):
        if number not in buffers:
            buffer.data = None
    for number, tensor in enumerate(graph.tensors):
        if number not in used and number not in {int(item) for item in graph.inputs}:
            tensor.buffer = 0
    model.signatureDefs = None
    builder = flatbuffers.Builder(len(content) + 4096)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def _schema() -> Any:
    from ai_edge_litert import schema_py_generated as schema

    return schema


def _kind(model: Any, operator: Any, names: dict[int, str]) -> str:
    code = model.operatorCodes[operator.opcodeIndex]
    return names.get(max(code.builtinCode, code.deprecatedBuiltinCode), "CUSTOM")
