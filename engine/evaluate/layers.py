"""Layer by layer: how far a compressed network's outputs are from the original's, what was removed, what stays float.

Layers are the nodes that hold weights and multiply. A layer's output is looked at behind its batch normalisation, so that
a graph where that is folded in compares with one where it is not. Layers are matched by name, else by order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..events import Cancel
from ..model.cost import layer_table, weights
from ..model.graph import Facts, facts
from ..records import Fidelity, Format, Layer
from .fidelity import fidelity
from .predict import predict_all

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

    from ..model.data import Batch, DataSet
    from ..model.stored_weights import Weight

LAYERS = frozenset(
    {"Conv", "ConvTranspose", "Gemm", "MatMul", "LSTM", "GRU", "RNN", "MatMulNBits", "ConvInteger", "MatMulInteger"}
    | {"QLinearConv", "QLinearMatMul", "QGemm", "DynamicQuantizeMatMul", "MatMulIntegerToFloat", "DynamicQuantizeLSTM"}
)
SAMPLES = 64
BYTES = 256 << 20
"""So many bytes of layers' outputs are looked at, at most."""
_NEAR = 12


@dataclass(frozen=True)
class Part:
    """One layer of one graph.

    Attributes:
        layer: its row in the per-layer table.
        output: name of the value that is compared.
        shape: of that value for one sample, without the batch; None where it is unknown or has no batch.
        nonzero: weights that are not zero.
        dtypes: how its weights are stored.
        pieces: layers it consists of; more than one where factors took its place.
    """

    layer: Layer
    output: str
    shape: tuple[int, ...] | None
    parameters: int
    nonzero: int
    dtypes: tuple[str, ...]
    pieces: int = 1


@dataclass(frozen=True)
class LayerLoss:
    """One layer before and after; ``fidelity`` is None where its outputs cannot be compared, then ``reason`` says why."""

    before: Part
    after: Part | None
    fidelity: Fidelity | None
    reason: str | None

    def to_json(self) -> dict[str, Any]:
        """One entry of ``layers``."""
        return {
            "layer": self.before.layer.name,
            "op": self.before.layer.op,
            "before": figures(self.before),
            "after": None if self.after is None else figures(self.after),
            "sqnr_db": None if self.fidelity is None else self.fidelity.sqnr_db,
            "cosine": None if self.fidelity is None else self.fidelity.cosine,
            "reason": self.reason,
        }


def parts(model: ModelProto) -> tuple[Part, ...]:
    """The layers of a graph, in its order."""
    known, known_two = facts(model, batch=1), facts(model, batch=2)
    rows = {row.name: row for row in layer_table(model)}
    counted = {weight.name: weight for weight in weights(model)}
    maker = {name: node for node in model.graph.node for name in node.output}
    readers: dict[str, list[NodeProto]] = {}
    for node in model.graph.node:
        for name in node.input:
            readers.setdefault(name, []).append(node)
    found = []
    for node in model.graph.node:
        if node.op_type not in LAYERS:
            continue
        own = _weights_of(node, maker, counted)
        if not own:
            continue
        output = _behind(node.output[0], readers)
        row = rows.get(node.name) or Layer(node.name or node.output[0], node.op_type, 0, None)
        size, nonzero = sum(item.size for item in own), sum(item.nonzero for item in own)
        dtypes = tuple(sorted({item.dtype for item in own}))
        found.append(Part(row, output, _sample_shape(output, known, known_two), size, nonzero, dtypes))
    return tuple(found)


def matched(original: tuple[Part, ...], variant: tuple[Part, ...]) -> list[tuple[Part, Part | None]]:
    """Each layer of the original with the one it became, or the factors that took its place; None where it is gone."""
    names = {part.layer.name: part for part in variant}
    outputs = {part.output: part for part in variant}
    by_name = [names.get(part.layer.name) or _factors(part, variant) or outputs.get(part.output) for part in original]
    if sum(item is not None for item in by_name) * 2 < len(original) and len(original) == len(variant):
        return list(zip(original, variant, strict=True))
    return list(zip(original, by_name, strict=True))


def _factors(part: Part, variant: tuple[Part, ...]) -> Part | None:
    """The layers inside the module that a layer was, as one: ``/2/2.0/Conv`` and ``/2/2.1/Conv`` of ``/2/Conv``."""
    place = part.layer.name.rpartition("/")[0]
    chain = f"{place}/{place.rpartition('/')[2]}."
    found = [
        item for item in variant if place and item.layer.name.startswith((chain, f"{place}/low/", f"{place}/sparse/"))
    ]
    if len(found) < 2:
        return None
    last = found[-1]
    in_a_row = all(item.layer.name.startswith(chain) for item in found)
    macs = [item.layer.macs for item in found]
    whole = sum(item for item in macs if item is not None) if None not in macs else None
    parameters, nonzero = sum(item.parameters for item in found), sum(item.nonzero for item in found)
    row = replace(last.layer, name=" + ".join(item.layer.name for item in found), parameters=parameters, macs=whole)
    dtypes = tuple(sorted({dtype for item in found for dtype in item.dtypes}))
    return Part(row, last.output, last.shape if in_a_row else None, parameters, nonzero, dtypes, len(found))


def layer_losses(
    original: Path, variant: Path, data: DataSet, split: str, folder: Path, *, cancel: Cancel | None = None
) -> tuple[LayerLoss, ...]:
    """Compare two ONNX files layer by layer on some samples of a split.

    Args:
        original: file of the original.
        variant: file of the variant.
        data: whose inputs fit both.
        split: to take samples from; at most 64.
        folder: for the graphs with more outputs.
        cancel: ends the work.

    Raises:
        ModelError: a file cannot be run.
    """
    import onnx

    graphs = [onnx.load(str(path)) for path in (original, variant)]
    pairs = matched(parts(graphs[0]), parts(graphs[1]))
    comparable = [(a, b) for a, b in pairs if b is not None and a.shape is not None and a.shape == b.shape]
    each = sum(4 * int(np.prod(a.shape or (1,))) for a, _ in comparable)
    limit = max(1, min(SAMPLES, BYTES // max(each, 1)))
    outputs = [
        _outputs(graph, [pair[side].output for pair in comparable], data, split, limit, folder / f"{side}.onnx", cancel)
        for side, graph in enumerate(graphs)
        if comparable
    ]
    close = {}
    for number, (before, _) in enumerate(comparable):
        flat = [side[number].reshape(len(side[number]), -1) for side in outputs]
        close[before.output] = fidelity(flat[0], flat[1])
    return tuple(LayerLoss(a, b, close.get(a.output), None if a.output in close else _why(a, b)) for a, b in pairs)


def _why(before: Part, after: Part | None) -> str:
    if after is None:
        return "the layer is gone: removed, folded into another, or split into several"
    if before.shape != after.shape and before.shape is not None and after.shape is not None:
        return f"its output changed from {list(before.shape)} to {list(after.shape)}"
    if after.pieces > 1 and after.shape is None:
        return "its factors are added up"
    return "the shape of its output is not known"


def figures(part: Part) -> dict[str, Any]:
    """What is told of a layer in documents."""
    return {
        "output_shape": None if part.shape is None else list(part.shape),
        "parameters": part.parameters,
        "nonzero": part.nonzero,
        "macs": part.layer.macs,
        "stored_as": list(part.dtypes),
    }


def _outputs(
    graph: ModelProto, names: list[str], data: DataSet, split: str, limit: int, path: Path, cancel: Cancel | None
) -> list[np.ndarray]:
    """The named values for the first samples; the graph gets them as further outputs."""
    import onnx

    own = [item.name for item in graph.graph.output]
    extended = onnx.ModelProto()
    extended.CopyFrom(graph)
    for name in dict.fromkeys(names):
        if name not in own:
            extended.graph.output.append(onnx.helper.make_empty_tensor_value_info(name))
    onnx.save(extended, str(path))
    wanted = [item.name for item in data.contract.inputs]
    found = predict_all(path, Format.ONNX, _first(data, split, limit), names=wanted, cancel=cancel)
    places = {item.name: number for number, item in enumerate(extended.graph.output)}
    return [found[places[name]] for name in names]


def _first(data: DataSet, split: str, limit: int) -> Iterator[Batch]:
    return data.batches(split, limit, limit=limit)


def _behind(output: str, readers: Mapping[str, list[NodeProto]]) -> str:
    """The value behind a batch normalisation that alone reads the output."""
    following = readers.get(output, [])
    if len(following) == 1 and following[0].op_type == "BatchNormalization":
        return str(following[0].output[0])
    return output


def _weights_of(node: NodeProto, maker: Mapping[str, NodeProto], counted: Mapping[str, Weight]) -> list[Weight]:
    """The weights a node reads, also through the nodes that decode them."""
    waiting, seen, found = [(name, 0) for name in list(node.input)[1:]], set(), {}
    if node.op_type in ("MatMul", "Gemm", "MatMulInteger"):
        waiting.append((node.input[0], 0))
    while waiting:
        name, depth = waiting.pop()
        if not name or name in seen or depth > _NEAR:
            continue
        seen.add(name)
        if name in counted:
            found[name] = counted[name]
        elif name in maker and maker[name].op_type not in LAYERS and _constant(name, maker, counted):
            waiting.extend((item, depth + 1) for item in maker[name].input)
    return list(found.values())


def _constant(name: str, maker: Mapping[str, NodeProto], counted: Mapping[str, Weight]) -> bool:
    """Whether the value is decoded from stored weights: its first input, followed back, is one of them."""
    for _ in range(_NEAR):
        if name in counted:
            return True
        node = maker.get(name)
        if node is None:
            return False
        if node.op_type == "Constant" or not node.input:
            return False
        name = node.input[0]
    return False


def _sample_shape(name: str, one: Facts, two: Facts) -> tuple[int, ...] | None:
    """Shape without the batch axis, where that is the first one."""
    first, second = one.shape(name), two.shape(name)
    if not first or not second or first[0] != 1 or second[0] != 2 or first[1:] != second[1:]:
        return None
    known = [size for size in first[1:] if size is not None]
    return tuple(known) if len(known) == len(first) - 1 else None
