"""The picture of a sensitivity table."""

from xml.etree import ElementTree

from engine.compress.sensitivity import Sensitivity, SensitivityRow
from engine.report.sensitivity_plot import sensitivity_plot

SVG = "{http://www.w3.org/2000/svg}"


def test_that_every_layer_and_change_has_a_cell_with_its_points():
    rows = [
        SensitivityRow(layer, change, amount, 1.0, accuracy, 200)
        for layer, accuracy in (("stem & <first>", 0.70), ("head", 0.90))
        for change, amount in (("sparsity", 0.5), ("bits", 4.0))
    ]
    root = ElementTree.fromstring(sensitivity_plot(Sensitivity(0.5, 0.9, 200, tuple(rows))))
    words = [item.text for item in root.iter(f"{SVG}text")]
    assert {"stem & <first>", "head", "50% zeros", "4 bits", "+20.0", "+0.0"} <= set(words)
    fills = [item.get("fill") for item in root.iter(f"{SVG}rect")][1:]
    assert fills == ["rgb(255,105,80)"] * 2 + ["rgb(255,255,255)"] * 2
