import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from gui.viewmodels.results import read_results, result_columns, row_id
from gui.viewmodels.rows import PILL_ROLE, RowsModel
from tests.gui.fake_worker import document


def table(document):
    model = RowsModel(result_columns(), row_id)
    model.show(read_results(document).rows)
    return model


def test_that_rows_join_variant_reading_and_comparison():
    results = read_results(document(quick=False))
    assert results.models == ("fashion-resnet", "fashion-mobilenet")
    best = results.recommended("fashion-mobilenet")
    assert best.name == "quarter-guided"
    assert best.smaller == pytest.approx(2_590_113 / 161_730)
    assert (best.speedup, best.speedup_ci95, best.verdict) == (5.15, (5.02, 5.31), "PASS")
    assert best.latency_p50_ms == 0.371
    assert (results.placed, results.verified, results.runs, results.threads) == (10, 10, 312, 1)


def test_that_the_baseline_has_no_verdict_of_its_own():
    base = read_results(document()).rows[0]
    assert (base.verdict, base.speedup, base.lost_points) == (None, None, None)


def test_that_a_variant_that_was_not_measured_shows_so():
    found = document()
    found["readings"].pop()
    model = table(found)
    assert model.index(4, model.column("latency")).data() == "–"
    assert model.index(4, model.column("speedup")).data() == "–"


def test_that_only_verified_placements_count():
    found = document()
    found["placements"][0]["verified"] = False
    results = read_results(found)
    assert (results.placed, results.verified) == (5, 4)


@pytest.mark.parametrize("key", ["variants", "readings", "comparisons", "device", "recommended", "placements", "notes"])
@pytest.mark.parametrize("damage", [None, 3, "x", [None, 1], {"a": []}, [{"score": 1, "id": [], "latency_ms": "x"}]])
def test_that_a_damaged_document_reads_without_an_error(key, damage):
    found = document()
    found[key] = damage
    model = table(found)
    for row in range(model.rowCount()):
        for column in range(model.columnCount()):
            assert isinstance(model.index(row, column).data(), str)


def test_that_numbers_stand_to_the_right_and_cells_can_be_read_aloud():
    model = table(document())
    cell = model.index(2, model.column("speedup"))
    assert cell.data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight
    assert cell.data(Qt.ItemDataRole.AccessibleTextRole) == "Speed-up: 1.92× [1.86, 1.97]"
    assert model.index(3, model.column("verdict")).data(PILL_ROLE) == "warn"
    assert model.headerData(model.column("speedup"), Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)


def test_that_a_captured_document_of_the_demo_reads_whole():
    """The file is what ``flyweight demo --quick --json`` printed, without paths and ids of the computer."""
    captured = json.loads((Path(__file__).parents[1] / "cases" / "demo_quick.json").read_text())
    results = read_results(captured)
    assert [row.name for row in results.rows] == ["baseline", "fp32-litert", "int8", "half-int8"]
    best = results.recommended("fashion-resnet")
    assert best.name == "int8"
    assert best.verdict == "PASS"
    assert best.speedup > 1.5
    assert best.smaller > 3
    assert all(row.latency_p50_ms and row.accuracy_percent and row.packed_bytes for row in results.rows)
    assert results.board == "AMD EPYC, 2 cores"
    assert results.runs >= 299
    assert results.report


def test_that_a_tiny_loss_has_no_minus_before_zero():
    found = document()
    found["variants"][1]["loss_points"] = {"value": -0.0004, "ci95": [-0.004, 0.004]}
    model = table(found)
    assert model.index(1, model.column("lost")).data() == "0.00 [0.00, 0.00]"
