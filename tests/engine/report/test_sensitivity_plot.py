"""The picture of a sensitivity table."""

import re
from xml.etree import ElementTree

import pytest

from engine.compress.sensitivity import Sensitivity, SensitivityRow
from engine.report.sensitivity_plot import sensitivity_plot
from gui.theme.tokens import LIGHT, contrast, shade

SVG = "{http://www.w3.org/2000/svg}"


def plot(rows, metric="accuracy"):
    return ElementTree.fromstring(sensitivity_plot(Sensitivity(0.5, 0.9, 1200, tuple(rows), metric)))


def hexed(fill: str) -> str:
    return fill if fill.startswith("#") else "#{:02X}{:02X}{:02X}".format(*map(int, re.findall(r"\d+", fill)))


def test_that_every_layer_and_change_has_a_cell_with_its_points():
    rows = [
        SensitivityRow(layer, change, amount, 1.0, accuracy, 1200)
        for layer, accuracy in (("stem & <first>", 0.70), ("head", 0.90), ("tail", 0.9002))
        for change, amount in (("sparsity", 0.5), ("bits", 4.0))
    ]
    root = plot(rows)
    words = [item.text for item in root.iter(f"{SVG}text")]
    assert {"stem & <first>", "head", "50 % zeros", "4 bits", "20.0", "0.0", "0", "20 or more"} <= set(words)
    assert "-0.0" not in words
    assert "untouched: accuracy 90.00 % of 1,200 samples" in words
    fills = [item.get("fill") for item in root.iter(f"{SVG}rect") if item.get("rx")]
    assert fills == ["rgb(27,33,48)"] * 2 + ["rgb(228,232,239)"] * 4
    assert "untouched: R2 0.9000 of 1,200 samples" in [item.text for item in plot(rows, "R2").iter(f"{SVG}text")]


def test_that_the_figures_can_be_read_on_every_colour_and_the_window_has_the_same_colours():
    losses = [step / 100 for step in range(0, 26)]
    rows = [SensitivityRow(f"layer{n}", "bits", 4.0, 1.0, 0.9 - lost, 1200) for n, lost in enumerate(losses)]
    root = plot(rows)
    cells = [hexed(item.get("fill")) for item in root.iter(f"{SVG}rect") if item.get("rx")]
    inks = [item.get("fill") for item in root.iter(f"{SVG}text") if re.fullmatch(r"\d+\.\d", item.text)]
    assert len(cells) == len(inks) == len(losses)
    assert min(contrast(cell, ink) for cell, ink in zip(cells, inks, strict=True)) >= 4.5
    away = [contrast(cell, "#FFFFFF") for cell in cells]
    assert away == sorted(away)
    for cell, lost in zip(cells, losses, strict=True):
        same = shade(LIGHT, min(100 * lost / 20, 1.0) ** 0.5)
        assert [int(cell[i : i + 2], 16) for i in (1, 3, 5)] == pytest.approx(
            [int(same[i : i + 2], 16) for i in (1, 3, 5)], abs=1
        )
