import onnx
import pytest
from onnx import TensorProto, helper

from engine.model.noted_steps import KEY, note_steps, noted_steps

NO_STEPS = [
    *("", "no json", "[1]", "7", '{"a": 1}', '{"a": [0.1, 128]}', '{"a": [0.1, 0.5]}', '{"a": [0.1, true]}'),
    *('{"a": [0.0, 0]}', '{"a": [-1.0, 0]}', '{"a": [NaN, 0]}', '{"a": [Infinity, 0]}', '{"a": [1, 2, 3]}'),
    "[" * 100_000,
]


@pytest.fixture
def model():
    value = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])
    result = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])
    return helper.make_model(helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "g", [value], [result]))


def test_that_steps_are_read_as_they_were_written_and_later_ones_join_them(model):
    model.metadata_props.add(key="author", value="me")
    note_steps(model, {"a": (0.1, -128)})
    note_steps(model, {"b": (3e-39, 127)})
    again = onnx.load_from_string(model.SerializeToString())
    assert noted_steps(again) == {"a": (0.1, -128), "b": (3e-39, 127)}
    assert [item.value for item in again.metadata_props if item.key == "author"] == ["me"]


def test_that_a_file_without_steps_has_none_and_stays_without(model):
    note_steps(model, {})
    assert noted_steps(model) == {}
    assert not model.metadata_props


@pytest.mark.parametrize(
    "text",
    NO_STEPS,
)
def test_that_what_are_no_steps_is_passed_over(model, text):
    model.metadata_props.add(key=KEY, value=text)
    assert noted_steps(model) == {}
