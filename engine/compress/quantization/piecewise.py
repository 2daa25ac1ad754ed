"""A graph that is run piece by piece, so that what one layer gives can be looked at, and changed, before the next one runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto


def layer_outputs(
    graph: ModelProto, layers: Collection[str], arrays: Sequence[np.ndarray]
) -> Iterator[tuple[str, list[np.ndarray]]]:
    """Run a graph once, and stop behind each of the named nodes with its output, which may be changed in place.

    Yields:
        The node's name and its output ``[1, channels, ...]`` for each sample.
    """
    from ...model.graph import real_inputs

    pieces = _Pieces(graph)
    inputs = [item.name for item in real_inputs(graph.graph)]
    values = [
        {name: array[row : row + 1] for name, array in zip(inputs, arrays, strict=True)}
        for row in range(len(arrays[0]))  # one by one: the batch may be fixed
    ]
    for node in [node for node in graph.graph.node if node.name in layers]:
        pieces.run(node, values)
        yield node.name, [item[node.output[0]] for item in values]


class _Pieces:
    """A graph that is run in pieces: each node once, and only what is still read is kept."""

    def __init__(self, graph: ModelProto) -> None:
        self._graph = graph
        self._tensors = {item.name: item for item in graph.graph.initializer}
        self._waiting = dict(enumerate(graph.graph.node))
        self._reads = {number: set(_read(node)) for number, node in self._waiting.items()}
        self._maker = {name: number for number, node in self._waiting.items() for name in node.output}
        self._readers = Counter(name for names in self._reads.values() for name in names)

    def run(self, last: NodeProto, values: Sequence[dict[str, np.ndarray]]) -> None:
        """Run a node and what it needs; ``values`` of each sample get what is read later, and lose what is not."""
        part = self._behind(last)
        nodes = [self._waiting.pop(number) for number in part]
        for number in part:
            self._readers.subtract(self._reads[number])
        made = [name for node in nodes for name in node.output if self._readers[name] > 0 or name == last.output[0]]
        read = {name for number in part for name in self._reads[number]}
        session = _session(self._model(nodes, read, values[0], made))
        given = [item.name for item in session.get_inputs()]
        for item in values:
            found = session.run(made, {name: item[name] for name in given})
            for name in [name for name in item if self._readers[name] <= 0]:
                del item[name]
            item.update(zip(made, found, strict=True))

    def _behind(self, last: NodeProto) -> list[int]:
        """What has to run for a node, itself with it, in the graph's order."""
        found: set[int] = set()
        asked = [self._maker[last.output[0]]]
        while asked:
            number = asked.pop()
            if number in self._waiting and number not in found:
                found.add(number)
                asked += [self._maker[name] for name in self._reads[number] if name in self._maker]
        return sorted(found)

    def _model(
        self, nodes: Sequence[NodeProto], read: Collection[str], known: Mapping[str, np.ndarray], made: Sequence[str]
    ) -> ModelProto:
        """Some nodes of the graph, as they are written."""
        import onnx
        from onnx import helper

        part = onnx.ModelProto()
        part.ir_version = self._graph.ir_version
        part.opset_import.extend(self._graph.opset_import)
        part.functions.extend(self._graph.functions)
        part.graph.name = "part"
        part.graph.node.extend(nodes)
        part.graph.initializer.extend(self._tensors[name] for name in sorted(read & self._tensors.keys()))
        for name in sorted(read & known.keys()):
            kind = helper.np_dtype_to_tensor_dtype(known[name].dtype)
            part.graph.input.append(helper.make_tensor_value_info(name, kind, [None] * known[name].ndim))
        for name in made:
            part.graph.output.add().name = name
        return part


def _read(node: NodeProto) -> Iterator[str]:
    """Names a node reads, those of its branches with them."""
    from ...model.graph import sub_graphs

    yield from filter(None, node.input)
    for branch in sub_graphs(node):
        yield from (item.name for item in branch.output)
        for inner in branch.node:
            yield from _read(inner)


def _session(graph: ModelProto) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level, options.intra_op_num_threads = 3, 1
    return onnxruntime.InferenceSession(graph.SerializeToString(), options, providers=["CPUExecutionProvider"])
