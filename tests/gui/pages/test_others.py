"""Profiles, report and settings as a person uses them."""

import contextlib
import json
import zlib

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from engine.report.parts import Part
from engine.report.write import Form
from gui.theme.tokens import Theme
from gui.viewmodels.dates import when_iso
from gui.viewmodels.profiles import MOST_VALUES, fastest, read_readings
from gui.viewmodels.report_parts import FORMS, PARTS, form_words
from gui.viewmodels.rollout import moment
from gui.widgets.paper import write_pdf
from gui.widgets.spread import LEAST_BAR
from tests.gui.answering_worker import CASES

pytestmark = pytest.mark.ui
LEFT = Qt.MouseButton.LeftButton
SHEET = json.loads((CASES / "profile_show.json").read_text())


def shown(qtbot, window, id_: str):
    window.go(id_)
    qtbot.waitUntil(lambda: not window.session.busy, timeout=10_000)
    return window.page(id_)


def test_that_the_data_sheet_of_the_first_board_is_shown(qtbot, window):
    page = shown(qtbot, window, "profiles")
    assert page.model.readings.total == len(SHEET["rows"])
    p50 = [row.p50 for row in page.model.readings.rows]
    assert p50 == [row["latency_ms"]["p50"] for row in SHEET["rows"]]
    energy = [column.id for column in page.model.readings.columns].index("energy")
    assert page.readings.model().index(0, energy).data() == "no sensor"
    assert SHEET["rows"][0]["reasons"][0] in page.how.text(), "of the first one at once"
    page.readings.selectRow(2)
    assert SHEET["rows"][2]["reasons"][0] in page.how.text()


def test_that_the_runs_of_the_chosen_reading_are_drawn_as_a_histogram_and_told_in_words(qtbot, window, engine):
    old = {**SHEET["rows"][1], "histogram": None}
    engine.answers("profile_show", {**SHEET, "rows": [SHEET["rows"][0], old]})
    page = shown(qtbot, window, "profiles")
    view, row = page.spread, SHEET["rows"][0]
    qtbot.waitUntil(lambda: view.plot._parts is not None and bool(view.plot._parts.widget.getPlotItem().items))
    item = view.plot._parts.widget.getPlotItem()
    heights = [made.opts["height"][0] for made in item.items if type(made).__name__ == "BarGraphItem"]
    least = LEAST_BAR * max(row["histogram"]["counts"])
    assert heights == [max(count, least) for count in row["histogram"]["counts"] if count]
    spread = page.model.chosen.spread
    lines = [curve.getData()[0][0] for curve in item.items if type(curve).__name__ == "PlotCurveItem"]
    assert lines == [spread.place(row["latency_ms"][name]) for name in ("p50", "p90", "p99")]
    assert item.getAxis("bottom").labelText == "Latency (ms)"
    assert f"{sum(row['histogram']['counts']):,} runs" in view.words.text()
    assert view.plot.accessibleDescription() == spread.words
    assert view.words.text().replace("\N{NO-BREAK SPACE}", " ") == spread.words
    assert " · " not in view.words.text(), "a line that began with a dot would be odd"
    page.readings.selectRow(1)
    assert not view.plot.isVisible()
    assert "was not kept" in view.words.text()


def test_that_the_latencies_of_a_board_are_drawn_with_their_intervals_and_picked_by_a_click(qtbot, window):
    page = shown(qtbot, window, "profiles")
    rows = sorted(SHEET["rows"], key=lambda row: row["latency_ms"]["p50"])
    qtbot.waitUntil(lambda: page.plot._parts is not None, timeout=5000)
    item = page.plot._parts.widget.getPlotItem()

    def scatter():
        return next((made for made in item.items if type(made).__name__ == "ScatterPlotItem"), None)

    qtbot.waitUntil(lambda: scatter() is not None and len(scatter().points()) == len(rows), timeout=5000)
    dots = scatter()
    drawn = [(spot.pos().x(), spot.pos().y()) for spot in dots.points()]
    assert drawn == [(row["latency_ms"]["p50"], -place) for place, row in enumerate(rows)]
    whiskers = [list(curve.getData()[0]) for curve in item.items if type(curve).__name__ == "PlotCurveItem"]
    assert whiskers == [row["latency_ms"]["ci95_p50"] for row in rows]
    dots.sigClicked.emit(dots, [dots.points()[1]], None)
    assert page.model.chosen.name == rows[1]["name"]


def test_that_of_many_readings_the_fastest_are_drawn_and_equal_names_are_told_apart():
    def reading(name: str, threads: int, p50: float | None) -> dict:
        return {"name": name, "runtime": "litert", "threads": threads, "latency_ms": {"p50": p50}}

    rows = [reading("int8", 1, 3.0), reading("int8", 4, 1.0), reading("lost", 1, None)]
    rows += [reading(f"slow{n}", 1, 10.0 + n) for n in range(12)]
    found = fastest(read_readings({"rows": rows}))
    assert [(point.name, point.x) for point in found[:2]] == [("int8 (litert, 4)", 1.0), ("int8 (litert, 1)", 3.0)]
    assert [point.name for point in found[2:]] == [f"slow{n}" for n in range(MOST_VALUES - 2)]


def test_that_a_time_is_shown_in_the_zone_of_the_desktop():
    moments = ("2026-01-02T03:04:05+00:00", "2026-01-02T05:04:05+02:00", "2026-01-02T03:04:05+02:00")
    here, also_here, earlier = map(when_iso, moments)
    assert here == also_here != earlier
    assert moment("2026-01-02T03:04:05+00:00") == moment("2026-01-02T05:04:05+02:00")
    assert moment("yesterday") == "yesterday"


def test_that_an_export_goes_through_the_worker_and_names_its_file(qtbot, window, engine, tmp_path):
    page = shown(qtbot, window, "profiles")
    engine.answers("profile_export", {"path": str(tmp_path / "x.csv"), "rows": 4})
    page.model.export(str(tmp_path / "x.csv"))
    qtbot.waitUntil(lambda: "Exported" in page.note.text(), timeout=5000)
    assert engine.asked("profile_export") == [{"out": str(tmp_path / "x.csv"), "board": page.model.board}]


def test_that_a_report_is_written_in_the_chosen_language_and_opened(qtbot, window, engine, opened):
    page = shown(qtbot, window, "report")
    engine.answers("report", {"path": "/somewhere/report.html"})
    page.language.setCurrentIndex(page.language.findData("zh_CN"))
    qtbot.mouseClick(page.write_button, LEFT)
    qtbot.waitUntil(lambda: page.open_button.isVisible(), timeout=5000)
    asked = [call for call in engine.asked("report") if "out" not in call]
    assert asked == [{"project": str(window.session.project), "language": "zh_CN", "form": "html"}]
    assert page.where.text() == "/somewhere/report.html"
    qtbot.mouseClick(page.open_button, LEFT)
    assert opened == ["/somewhere/report.html"]


def test_that_the_names_of_sections_and_formats_are_those_of_the_engine():
    assert list(PARTS) == [part for part in Part if part is not Part.COVER], (
        "limits of boards are asked for on the profiles page"
    )
    assert set(FORMS) == set(Form)
    assert {name: form_words(name)[2] for name in FORMS} == {form: form.ending for form in Form}


def test_that_unticked_sections_leave_preview_and_file_and_none_is_no_report(qtbot, window, engine, tmp_path):
    draft = tmp_path / "draft.md"
    draft.write_text("# Draft\n")
    engine.answers("report", {"path": str(draft)})
    page = shown(qtbot, window, "report")
    qtbot.waitUntil(lambda: "Draft" in page.paper.toPlainText(), timeout=5000)
    items = {page.parts.item(n).text(): page.parts.item(n) for n in range(page.parts.count())}
    draft.write_text("# Shorter draft\n")
    items["Recipes"].setCheckState(Qt.CheckState.Unchecked)
    qtbot.waitUntil(lambda: "Shorter draft" in page.paper.toPlainText(), timeout=5000)
    kept = [part for part in Part if part not in (Part.RECIPES, Part.COVER)]
    assert engine.asked("report")[-1]["sections"] == kept
    page.form.setCurrentIndex(page.form.findData("pdf"))
    page.form.activated.emit(page.form.currentIndex())
    assert page.out.placeholderText() == "report.pdf"
    page.out.setText(str(tmp_path / "mine"))
    qtbot.mouseClick(page.write_button, LEFT)
    qtbot.waitUntil(lambda: page.open_button.isVisible(), timeout=5000)
    last = engine.asked("report")[-1]
    assert (last["form"], last["out"], last["sections"]) == ("pdf", str(tmp_path / "mine"), kept)
    for item in items.values():
        item.setCheckState(Qt.CheckState.Unchecked)
    assert not page.write_button.isEnabled()
    assert page.write_button.toolTip() == "Tick at least one section."
    items["Plot"].setCheckState(Qt.CheckState.Checked)
    assert page.write_button.isEnabled()


def test_that_a_report_that_cannot_be_written_says_why(qtbot, window, engine):
    page = shown(qtbot, window, "report")
    engine.fails("report", "missing-extra", "a report as PDF needs the extra 'gui'", "pip install it")
    qtbot.mouseClick(page.write_button, LEFT)
    qtbot.waitUntil(lambda: page.pill.text() == "Failed", timeout=5000)
    assert page.where.text() == "a report as PDF needs the extra 'gui'; pip install it"
    assert not page.open_button.isVisible()
    page.preview()
    qtbot.waitUntil(lambda: page._paper_words.text() == page.where.text(), timeout=5000)
    assert not page.paper.isVisible(), "an empty sheet would say nothing"


def test_that_preview_and_pdf_show_the_plots_and_no_other_file(qtbot, window, engine, tmp_path):
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30"><rect width="90" height="30" fill="#ff0000"/></svg>'
    (tmp_path / "draft-1.svg").write_text(drawing)
    (tmp_path.parent / "outside.svg").write_text(drawing)
    draft = tmp_path / "draft.md"
    draft.write_text("# Report\n\n![plot](draft-1.svg)\n\n![x](../outside.svg)\n\n![y](gone.svg)\n", encoding="utf-8")
    engine.answers("report", {"path": str(draft)})
    page = shown(qtbot, window, "report")
    qtbot.waitUntil(lambda: "Report" in page.paper.toPlainText(), timeout=5000)
    assert page.paper.toPlainText().count("\ufffc") == 1
    painted = page.paper.grab().toImage()
    red = [painted.pixelColor(painted.width() // 2, y).name() for y in range(painted.height())].count("#ff0000")
    assert red == pytest.approx(0.96 * page.paper.document().textWidth() / 3, rel=0.05), "as wide as the text"
    for name, text in (("with", page.paper.markdown), ("without", "# Report\n")):
        write_pdf(text, tmp_path / f"{name}.pdf", "Report", tmp_path)
    fills = {name: pdf_operators(tmp_path / f"{name}.pdf") for name in ("with", "without")}
    assert b"1 0 0 scn" in fills["with"]
    assert b"1 0 0 scn" not in fills["without"]
    assert b"/Subtype /Image" not in (tmp_path / "with.pdf").read_bytes(), "a drawing stays lines"


def pdf_operators(path) -> bytes:
    """The drawing operators of a PDF file."""
    content, found = path.read_bytes(), b""
    for part in content.split(b"stream\n")[1:]:
        with contextlib.suppress(zlib.error):
            found += zlib.decompress(part)
    return found


def test_that_settings_switch_theme_and_language_live(qtbot, window):
    page = shown(qtbot, window, "settings")
    page.theme.setCurrentIndex(page.theme.findData(Theme.DARK))
    page.theme.activated.emit(page.theme.currentIndex())
    assert window.style_.theme is Theme.DARK
    page.language.setCurrentIndex(page.language.findData("zh_CN"))
    page.language.activated.emit(page.language.currentIndex())
    QApplication.processEvents()
    assert page.title.text() == "设置"
    assert window._nav["settings"].text() == "设置"


def test_that_diagnostics_are_shown_and_copied(qtbot, window):
    page = shown(qtbot, window, "settings")
    checks = json.loads((CASES / "doctor.json").read_text())["checks"]
    assert page.checks.total == len(checks)
    assert page.pill.text() == "Ready"
    qtbot.mouseClick(page.copy_button, LEFT)
    assert len(QGuiApplication.clipboard().text().splitlines()) == len(checks)


def test_that_trouble_is_named(qtbot, window, engine):
    bad = {"name": "torch", "ok": False, "detail": "not installed", "remedy": "pip install torch"}
    engine.answers("doctor", {"ok": False, "checks": [bad]})
    page = shown(qtbot, window, "settings")
    assert page.pill.text() == "Trouble"
    assert page.table.model().index(0, 2).data() == "not installed · pip install torch"


def test_that_the_data_sheet_in_the_smallest_window_is_scrolled_and_not_squashed(qtbot, window):
    window.go("profiles")
    page = window.page("profiles")
    qtbot.waitUntil(lambda: page.model.chosen is not None and page.readings.isVisible(), timeout=8000)
    window.resize(1024, 640)
    qtbot.waitUntil(lambda: window.height() == 640 and page.how.height() >= page.how.heightForWidth(page.how.width()))
    assert page.readings.viewport().height() >= 2 * page.readings.rowHeight(0), "rows are seen"
    assert page.spread.height() >= 160
