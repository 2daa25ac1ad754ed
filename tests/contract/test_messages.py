"""Records on the wire: what is encoded is decoded the same; what is wrong is named."""

import dataclasses
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device_agent.contract import messages
from device_agent.contract.errors import ContractError
from device_agent.contract.messages import (
    NAME,
    Hello,
    MeasurePlan,
    MeasureResult,
    PlanEntry,
    Runtime,
    RuntimeChoice,
    Sample,
    SlotList,
    StageResult,
    decode,
    encode,
)

RECORDS = [item for item in vars(messages).values() if dataclasses.is_dataclass(item) and isinstance(item, type)]

RECORDS_THAT_NEED = {
    record: {
        item.name
        for item in dataclasses.fields(record)
        if item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING
    }
    for record in RECORDS
}


@pytest.mark.parametrize("record", RECORDS, ids=lambda item: item.__name__)
@given(data=st.data())
@settings(max_examples=5, deadline=None)
def test_that_a_record_survives_the_wire(record: type, data):
    value = data.draw(st.from_type(record).filter(_is_json))
    assert decode(record, json.loads(json.dumps(encode(value)))) == value


def _is_json(value: object) -> bool:
    try:
        text = json.dumps(dataclasses.asdict(value), allow_nan=False)  # type: ignore[call-overload]
    except (ValueError, TypeError):
        return False
    return json.loads(text) == dataclasses.asdict(value)  # type: ignore[call-overload]


@pytest.mark.parametrize("record", RECORDS, ids=lambda item: item.__name__)
@given(
    value=st.recursive(
        st.none() | st.integers() | st.text() | st.floats(), lambda v: st.lists(v) | st.dictionaries(st.text(), v)
    )
)
@settings(max_examples=8, deadline=None)
def test_that_any_other_value_is_a_contract_error_or_the_record(record: type, value: object):
    if isinstance(value, dict) and not RECORDS_THAT_NEED[record] - set(value):
        return  # by chance a good one: the test above looks at those
    with pytest.raises(ContractError, match=record.__name__):
        decode(record, value)


def test_that_the_field_that_is_wrong_is_named_with_its_path():
    plan = encode(MeasurePlan([PlanEntry("b", "f", RuntimeChoice("onnxruntime"))], "n", 1))
    plan["entries"][0]["threads"] = "two"
    with pytest.raises(ContractError, match=r"MeasurePlan\.entries\[0\]\.threads: expected int, got str"):
        decode(MeasurePlan, plan)
    with pytest.raises(ContractError, match="the field 'nonce' is missing"):
        decode(MeasurePlan, {"entries": []})


def test_that_unknown_fields_are_ignored_and_missing_ones_take_their_defaults():
    assert decode(Runtime, {"id": "litert", "version": "2", "colour": "red"}) == Runtime("litert", "2")


def test_that_true_is_not_a_number():
    with pytest.raises(ContractError):
        decode(PlanEntry, {"bundle": "b", "file": "f", "runtime": {"id": "x"}, "threads": True})


def test_that_a_whole_number_is_taken_where_a_float_is_expected():
    sample = decode(Sample, {**encode(Sample("s", None, "C", "/", "m", 1)), "value": 3})
    assert sample.value == 3.0
    assert isinstance(sample.value, float)


@pytest.mark.parametrize("name", ["a", "pi5", "A-1.b_c", "x" * 64])
def test_that_plain_names_are_names(name: str):
    assert NAME.match(name)


@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_that_a_name_can_never_be_a_path_an_option_or_an_escape(text: str):
    if NAME.match(text):
        assert not set(text) & set("/\\\0\n\r\t $`'\";&|<>*?~!#(){}[]%=:,@^")
        assert not text.startswith(("-", "."))
        assert text.isascii()


def test_that_the_large_records_fit_into_a_frame():
    assert decode(SlotList, {}) == SlotList()
    assert decode(StageResult, {"bundle": "b", "state": "verified"}).golden == []
    assert {item.name for item in dataclasses.fields(MeasureResult)} >= {"entries", "blocks", "conditions", "raw_bytes"}
    assert "notes" in {item.name for item in dataclasses.fields(Hello)}
