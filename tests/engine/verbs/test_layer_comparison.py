"""Variants side by side, layer by layer."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from engine.cli.compare_layers import cell_words
from engine.errors import UsageError
from engine.verbs import compare_layers


def gemm_net(path: Path, widths: list[int], *, zeros: float = 0.0, names: str = "fc") -> str:
    """Dense layers one behind the other; a share of the weights of the last one is zero."""
    nodes, weights, before = [], [], "x"
    for number, (rows, columns) in enumerate(pairwise(widths)):
        values = np.ones((rows, columns), np.float32)
        if number == len(widths) - 2:
            values.reshape(-1)[: int(zeros * values.size)] = 0.0
        weights.append(numpy_helper.from_array(values, f"w{number}"))
        nodes.append(
            helper.make_node("Gemm", [before, f"w{number}"], [f"{names}{number}_out"], name=f"{names}{number}")
        )
        before = f"{names}{number}_out"
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", size])
        for name, size in (("x", widths[0]), (before, widths[-1]))
    ]
    graph = helper.make_graph(nodes, "net", ends[:1], ends[1:], weights)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]), path)
    return str(path)


def test_that_layers_are_matched_and_what_differs_is_told(tmp_path: Path):
    first = gemm_net(tmp_path / "a.onnx", [8, 16, 4])
    pruned = gemm_net(tmp_path / "b.onnx", [8, 16, 4], zeros=0.5)
    narrow = gemm_net(tmp_path / "c.onnx", [8, 12, 4])
    found = compare_layers([first, pruned, narrow])
    assert [(row.name, row.differs) for row in found.layers] == [("fc0", True), ("fc1", True)]
    document = found.to_json()
    assert [cell["parameters"] for cell in document["layers"][0]["cells"]] == [128, 128, 96]
    assert [cell["nonzero"] for cell in document["layers"][1]["cells"]] == [64, 32, 48]
    same = compare_layers([first, pruned])
    assert [(row.name, row.differs) for row in same.layers] == [("fc0", False), ("fc1", True)]


def test_that_a_layer_only_one_model_has_is_a_row_of_its_own(tmp_path: Path):
    first = gemm_net(tmp_path / "a.onnx", [8, 16, 4])
    longer = gemm_net(tmp_path / "b.onnx", [8, 16, 4, 4])
    rows = compare_layers([first, longer]).layers
    assert [row.name for row in rows] == ["fc0", "fc1", "fc2"]
    assert rows[2].cells[0] is None
    assert rows[2].cells[1].parameters == 16
    assert compare_layers([longer, first]).layers[2].cells[1] is None


@pytest.mark.parametrize("count", [0, 1, 5])
def test_that_another_number_of_models_is_refused(count: int):
    with pytest.raises(UsageError, match=f"{count} models"):
        compare_layers(["x.onnx"] * count)


def test_that_a_cell_says_the_change_the_zeros_and_how_it_is_stored():
    first = {"parameters": 100, "nonzero": 100, "stored_as": ["float32"]}
    half = {"parameters": 50, "nonzero": 25, "stored_as": ["int8"]}
    assert cell_words(first, first) == "100, float32"
    assert cell_words(half, first) == "50 (-50%), int8, 50% zeros"
    assert cell_words(None, first) == "none"
