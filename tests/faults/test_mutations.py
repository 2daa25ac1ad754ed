"""A few hundred mutated inputs for every parser; ``make faults`` takes ten thousand of each."""

from pathlib import Path

import pytest

from engine.model.samples import sample

from . import mutations


@pytest.mark.parametrize("name", ["frames", "manifest", "plan", "hello", "result", "sensors"])
def test_that_a_mutated_text_is_answered_or_refused(name: str):
    seen = mutations.texts(name, 400, 1)
    assert seen.total() == 400
    assert mutations.good(seen), seen
    assert seen["refused"] + seen["answered"] == 400


def test_that_what_escapes_a_parser_would_be_seen(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(mutations, "seeds", lambda: {"careless": ([b"123"], lambda data: int(data) and None)})
    seen = mutations.texts("careless", 50, 1)
    assert not mutations.good(seen)


@pytest.mark.parametrize(("runtime", "form"), [("onnxruntime", "onnx_int8"), ("litert", "tflite_int8")])
def test_that_a_mutated_model_costs_its_own_process_at_most(runtime: str, form: str, tmp_path: Path):
    seen = mutations.models(runtime, getattr(sample("fashion-mobilenet"), form), 40, 2, tmp_path)
    assert mutations.good(seen), seen
    assert seen.total() == 40


def test_that_mutated_weights_are_refused_or_read(tmp_path: Path):
    seen = mutations.weights(sample("fashion-mobilenet").safetensors, 60, 3, tmp_path)
    assert mutations.good(seen), seen
