"""Cut files run, and what they give is what the whole model has at that place."""

import io
from pathlib import Path

import numpy as np
import pytest

from engine.errors import ModelError
from engine.model.samples import sample
from engine.model.tflite_cutting import cut, ends, shortened


def opened(content: bytes, **more):
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    plain = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    interpreter = Interpreter(model_content=content, num_threads=1, experimental_op_resolver_type=plain, **more)
    interpreter.allocate_tensors()
    return interpreter


def ran(interpreter, x: np.ndarray):
    (need,) = interpreter.get_input_details()
    interpreter.set_tensor(need["index"], x.astype(need["dtype"]))
    interpreter.invoke()
    return interpreter


@pytest.mark.parametrize("quantized", [False, True])
def test_that_every_cut_gives_what_the_whole_network_has_there(quantized: bool):
    net = sample("fashion-mobilenet")
    path: Path = net.tflite_int8 if quantized else net.tflite
    cuts = cut(path, 100)
    x = np.random.default_rng(0).random((1, 1, 28, 28)).astype(np.float32)
    whole = ran(opened(path.read_bytes(), experimental_preserve_all_tensors=True), x)
    operators = whole._get_ops_details()
    assert [part.operators for part in cuts.parts] == [(item["op_name"],) for item in operators]
    by_name = {item["name"]: item["index"] for item in whole.get_tensor_details()}
    for number in range(0, len(cuts.models), 5):
        part = ran(opened(cuts.models[number]), x)
        assert len(part._get_ops_details()) == number + 1
        details = part.get_output_details()
        assert cuts.parts[number].name in {item["name"] for item in details}
        for item in details:
            np.testing.assert_array_equal(part.get_tensor(item["index"]), whole.get_tensor(by_name[item["name"]]))
    assert len(cuts.models[0]) < len(cuts.models[-1]), "weights behind the cut do not travel"


def test_that_a_branch_that_is_needed_later_stays_an_output():
    content = sample("fashion-mobilenet").tflite.read_bytes()
    whole = opened(content)
    operators = whole._get_ops_details()
    add = next(place for place, item in enumerate(operators) if item["op_name"] == "ADD")
    first, second = (int(tensor) for tensor in operators[add]["inputs"][:2])
    assert len(opened(shortened(content, add)).get_output_details()) == 2, (first, second)


def test_that_many_operators_are_cut_in_groups_that_cover_all():
    assert ends(7, 3) == [3, 5, 7]
    cuts = cut(sample("fashion-mobilenet").tflite, 4)
    whole = opened(sample("fashion-mobilenet").tflite.read_bytes())._get_ops_details()
    assert [kind for part in cuts.parts for kind in part.operators] == [item["op_name"] for item in whole]
    assert len(cuts.models) == 4


def test_that_a_file_that_is_none_is_an_error(tmp_path: Path):
    (tmp_path / "m.tflite").write_bytes(io.BytesIO(b"TFL3" * 9).getvalue())
    with pytest.raises(ModelError):
        cut(tmp_path / "m.tflite", 9)
