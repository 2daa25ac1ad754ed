"""The effect map on a terminal: names stay whole, and of several models each row says which."""

import io
from types import SimpleNamespace

import pytest
from rich.console import Console

from engine.cli.effects import _render
from engine.report.effects import Effect


def shown(*models):
    rows = [
        Effect(
            ("static-quantization",), model, f"id{model}", "int8", 3.5, 4.2, None, target, board, "onnxruntime", 0.5, (0.4, 0.6)
        )
        for model in models
        for target, board in (("loopback", "pc-intel-xeon-2c"), ("pi5", "raspberry-pi-5"))
    ]  # fmt: skip
    out = io.StringIO()
    _render(SimpleNamespace(rows=rows), Console(file=out, width=120, markup=False, highlight=False))
    return out.getvalue()


@pytest.mark.parametrize("models", [("net",), ("net", "other")])
def test_that_names_stay_whole_and_the_model_is_named_where_there_are_several(models):
    text = shown(*models)
    assert text.count("static-quantization") == 2 * len(models)
    assert text.count("pc-intel-xeon-2c") == text.count("raspberry-pi-5") == len(models)
    assert ("other" in text, "model" in text) == (len(models) > 1, len(models) > 1)
    assert "0.50x [0.40, 0.60]" in text
