"""The forecast against what a real run of the same recipe makes."""

from pathlib import Path

import pytest

from engine.errors import UsageError
from engine.verbs import forecast

STEPS = [{"technique": "static-quantization", "knobs": {}}]


def test_that_the_size_of_an_int8_file_lies_in_the_range_that_was_told(tmp_path):
    told = forecast("sample:fashion-mobilenet", recipe=STEPS, data="digits", project=tmp_path)
    assert told.sample_passes == (0, 0)
    assert told.based_on == 0
    shipped = Path(__file__).parents[3] / "engine" / "model" / "samples"
    int8 = next(shipped.rglob("*mobilenet*int8*.onnx"))
    assert told.size_bytes is not None
    assert told.size_bytes[0] * 0.8 < int8.stat().st_size < told.size_bytes[1] * 1.2


def test_that_a_preset_takes_longer_than_its_gentlest_candidate(tmp_path):
    told = forecast("sample:fashion-mobilenet", preset="latency", data="digits", project=tmp_path).to_json()
    assert told["train_samples"] > 1000
    assert told["sample_passes"][0] == 0
    assert told["seconds"][0] < told["seconds"][1]
    assert told["size_bytes"] is None


def test_that_an_unknown_preset_is_refused(tmp_path):
    with pytest.raises(UsageError):
        forecast("sample:fashion-mobilenet", preset="tiny", project=tmp_path)
