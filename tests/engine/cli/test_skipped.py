"""Layers a recipe skipped, as ``compress`` tells them."""

from engine.cli.compress import _skips
from engine.records import Skip


def test_that_a_reason_is_told_once_with_the_first_of_its_layers():
    deep = [Skip(f"block{number}", "too narrow") for number in range(24)]
    lines = _skips([deep[0], Skip("head", "its channels are the model's output"), *deep[1:]])
    assert lines == [
        "block0, block1, block2 and 21 more layers skipped: too narrow",
        "head skipped: its channels are the model's output",
    ]


def test_that_few_layers_are_all_named():
    assert _skips([Skip("a", "too narrow"), Skip("b", "too narrow")]) == ["a, b skipped: too narrow"]
    assert _skips([]) == []
