"""The manifest's strict reader and the golden rule."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device_agent.contract.errors import ContractError
from device_agent.contract.io import InputContract, IoContract
from device_agent.contract.manifest import (
    BundleFile,
    GoldenSet,
    Manifest,
    ModelFile,
    Needs,
    RawGolden,
    Tolerance,
    fits,
    parse,
    to_bytes,
    within,
)

FLOAT = Tolerance("float", 1e-3, 1e-3)
INTEGER = Tolerance("integer", 0.2, 0.0, 0.1)

GOOD = Manifest(
    name="net",
    files=[
        BundleFile("model.onnx", "a" * 64, 10, "model"),
        BundleFile("golden.npz", "b" * 64, 20, "golden"),
        BundleFile("golden-0.png", "c" * 64, 30, "sample"),
    ],
    models=[ModelFile("model.onnx", "onnx", "float", FLOAT, 17, 8)],
    io=IoContract([InputContract("input", "image", [1, 28, 28], colour="gray", mean=[0.3], std=[0.4])]),
    golden=GoldenSet("golden.npz", 16, [RawGolden("golden-0.png", "png", 3)]),
    recipe=[{"technique": "x", "knobs": {"a": [1, None, True]}}],
)


def test_that_a_manifest_survives_the_round_trip():
    assert parse(to_bytes(GOOD)) == GOOD


def test_that_the_signed_bytes_do_not_depend_on_the_order_of_keys():
    value = json.loads(to_bytes(GOOD))
    shuffled = dict(reversed(value.items()))
    assert to_bytes(parse(json.dumps(shuffled).encode())) == to_bytes(GOOD)


def changed(**fields):
    return to_bytes(replace(GOOD, **fields))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "JSON"),
        (b"[]", "list"),
        (b'{"schema": 1}', "missing"),
        (changed(schema=2), "schema"),
        (changed(name="../up"), "name"),
        (changed(files=[]), "0 files"),
        (changed(files=GOOD.files * 100), "300 files"),
        (changed(files=[*GOOD.files, GOOD.files[0]]), "twice"),
        (changed(files=[replace(GOOD.files[0], name="../../etc/passwd"), *GOOD.files]), "no name"),
        (changed(files=[replace(GOOD.files[0], name="manifest.json"), *GOOD.files]), "no name"),
        (changed(files=[replace(GOOD.files[0], sha256="A" * 64), *GOOD.files[1:]]), "hash"),
        (changed(files=[replace(GOOD.files[0], size=-1), *GOOD.files[1:]]), "size"),
        (changed(files=[replace(GOOD.files[0], size=1 << 50), *GOOD.files[1:]]), "size"),
        (changed(models=[]), "no model"),
        (changed(models=[replace(GOOD.models[0], file="other.onnx")]), "other.onnx"),
        (changed(models=[replace(GOOD.models[0], format="../exe")]), "format"),
        (changed(models=[replace(GOOD.models[0], tolerance=Tolerance("float", -1.0))]), "tolerance"),
        (changed(models=[replace(GOOD.models[0], tolerance=Tolerance("vague", 1.0))]), "tolerance"),
        (changed(golden=replace(GOOD.golden, samples=15)), "16 golden"),
        (changed(golden=replace(GOOD.golden, file="absent.npz")), "absent"),
        (changed(golden=replace(GOOD.golden, raw=[RawGolden("golden-0.png", "png", 16)])), "no golden sample 16"),
        (changed(golden=replace(GOOD.golden, raw=[RawGolden("absent.png", "png", 0)])), "absent"),
        (changed(purpose="anything"), "purpose"),
        (changed(io=IoContract([InputContract("x", "tensor", [1], dtype="object")])), "dtype"),
        (to_bytes(GOOD).replace(b'"size":10', b'"size":"10"'), "size"),
        (to_bytes(GOOD).replace(b'"size":10', b'"size":10,"size":11'), "twice"),
        (to_bytes(GOOD).replace(b'"atol":0.001', b'"atol":NaN'), "NaN"),
        (to_bytes(GOOD).replace(b'"atol":0.001', b'"atol":1e999'), "finite"),
    ],
)
def test_that_a_bad_manifest_is_refused_with_the_reason(content, words):
    with pytest.raises(ContractError, match=words):
        parse(content)


def test_that_fields_of_a_newer_minor_are_ignored():
    value = {**json.loads(to_bytes(GOOD)), "colour_of_the_box": "red"}
    assert parse(json.dumps(value).encode()) == GOOD


def test_that_a_trial_needs_no_golden_samples():
    trial = replace(GOOD, purpose="trial", golden=GoldenSet("", 0))
    assert parse(to_bytes(trial)) == trial


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_that_any_bytes_give_a_manifest_or_a_contract_error(content):
    with pytest.raises(ContractError):
        parse(content)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=250, deadline=None)
@given(st.data(), JSON)
def test_that_any_value_in_any_place_gives_a_manifest_or_a_contract_error(data, value):
    tree = json.loads(to_bytes(GOOD))
    node = tree
    while True:
        key = data.draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))
        if not isinstance(node[key], (dict, list)) or not node[key] or data.draw(st.booleans()):
            break
        node = node[key]
    node[key] = value
    try:
        again = parse(json.dumps(tree).encode("utf-8", "surrogatepass"))
    except ContractError:
        return
    assert parse(to_bytes(again)) == again


EXPECTED = np.array([[0.0, 1.0, 3.0], [2.0, 1.95, 0.0]])


def test_that_equal_outputs_pass():
    verdict = within(EXPECTED, EXPECTED.copy(), FLOAT)
    assert (verdict.passed, verdict.top1_agreement, verdict.max_abs_diff, verdict.reason) == (True, 1.0, 0.0, None)


def test_that_one_step_of_an_integer_model_passes_and_three_fail():
    assert within(EXPECTED, EXPECTED + 0.1, INTEGER).passed
    verdict = within(EXPECTED, EXPECTED + 0.3, INTEGER)
    assert not verdict.passed
    assert "differs by 0.3, allowed is 0.2" in verdict.reason


def test_that_the_relative_part_grows_with_the_expected_value():
    expected = np.array([[1000.0, 0.0]])
    assert within(expected, expected + np.array([[0.9, 0.0]]), FLOAT).passed
    assert not within(expected, expected + np.array([[0.0, 0.9]]), FLOAT).passed


def test_that_another_top1_passes_only_where_the_margin_is_within_the_tolerance():
    swapped = np.array([[0.0, 1.0, 3.0], [1.95, 2.0, 0.0]])
    verdict = within(EXPECTED, swapped, INTEGER)
    assert verdict.passed
    assert verdict.top1_agreement == 0.5
    clear = np.array([[0.0, 0.3], [0.0, 1.0]])
    flipped = within(clear, np.array([[0.16, 0.14], [0.0, 1.0]]), INTEGER)
    assert not flipped.passed
    assert flipped.max_abs_diff <= INTEGER.atol
    assert flipped.reason == "1 of 2 samples have another top-1 although the margin is clear"


def test_that_a_wrong_model_fails_and_names_the_sample():
    wrong = EXPECTED.copy()
    wrong[1] += 1
    verdict = within(EXPECTED, wrong, FLOAT)
    assert not verdict.passed
    assert verdict.reason.startswith("sample 1 differs by 1,")


def test_that_missing_outputs_and_values_that_are_not_finite_fail():
    assert "shape" in within(EXPECTED, EXPECTED[:1], FLOAT).reason
    for value in (np.nan, np.inf):
        broken = EXPECTED.copy()
        broken[0, 0] = value
        assert not within(EXPECTED, broken, FLOAT).passed
        assert not within(broken, EXPECTED, FLOAT).passed


def test_that_outputs_without_classes_are_compared_by_value_alone():
    maps = np.arange(24.0).reshape(2, 3, 2, 2)
    assert within(maps, maps + 5e-4, FLOAT).top1_agreement is None
    assert within(maps, maps + 5e-4, FLOAT).passed
    assert not within(maps, maps + 1, FLOAT).passed


def test_that_integer_outputs_do_not_wrap_around():
    expected, actual = np.array([[250, 0]], np.uint8), np.array([[5, 0]], np.uint8)
    assert within(expected, actual, Tolerance("integer", 20.0)).max_abs_diff == 245


def test_that_needs_are_compared_with_the_board():
    needing = replace(GOOD, needs=Needs(["asimddp"], 500_000_000))
    assert fits(needing, ["asimd", "asimddp"], 1_000_000_000) is None
    assert "asimddp" in fits(needing, ["asimd"], 1_000_000_000)
    assert "500 MB" in fits(needing, ["asimddp"], 100_000_000)
