"""Histograms and services in a report: what is drawn and listed is what the readings hold."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from engine.measure.histogram import Histogram
from engine.report.data import sections
from engine.report.histogram_plot import histogram_plot, section_histograms
from engine.report.html import render
from engine.report.markdown import to_markdown
from engine.report.tables import services_table
from engine.report.texts import LANGUAGES, Texts

from .sample import report

HISTOGRAM = Histogram((1.0, 1.1, 1.21, 9.0), (40, 80, 1))
CAMERA = {
    "kind": "camera", "rate_hz": 30.0, "queries": 300, "dropped": 12, "backlog": 1, "throughput_per_s": 28.8, "deadline_ms": 33.3,
    "deadline_met": {"value": 0.9, "ci95": [0.86, 0.93]}, "limiting_stage": "decode",
    "stages_ms": {"decode": 20.5, "prepare": 5.25, "infer": 3.0, "finish": 0.125},
}  # fmt: skip


def told(**changes):
    """A report whose first two readings keep histograms, and whose first variant also ran as a camera."""
    data = report()
    readings = [replace(r, histogram=HISTOGRAM.to_json()) if i < 2 else r for i, r in enumerate(data.readings)]
    camera = replace(data.readings[0], scenario="camera", stream={**CAMERA, **changes}, options={"rate_hz": "30"})
    return replace(data, readings=tuple(readings), services=(camera,))


def test_that_bars_are_as_high_as_their_runs_and_the_slow_ones_stand_apart():
    svg = histogram_plot([("<a>", HISTOGRAM)], description="d", slower="{count} slower, up to {limit} ms".format)
    page = ET.fromstring(svg)
    columns = [item for item in page.iter("rect") if item.get("class") == "column"]
    heights = [float(item.get("height")) for item in columns]
    assert heights[0] / heights[1] == pytest.approx(0.5, abs=0.01)
    assert [item.get("class") for item in page.iter("rect")] == ["column", "column", "tail"]
    words = [item.text for item in page.iter("text")]
    assert words == ["<a>", "1", "1.21 ms", "1 slower, up to 9 ms"]
    assert histogram_plot([], description="d", slower=str) == ""


def test_that_times_of_seconds_are_written_out():
    slow = Histogram((1000.0, 1234.0, 1500.0, 20_000.0), (40, 80, 1))
    page = ET.fromstring(histogram_plot([("a", slow)], description="d", slower="{count} up to {limit} ms".format))
    assert [item.text for item in page.iter("text")] == ["a", "1,000", "1,500 ms", "1 up to 20,000 ms"]


def test_that_every_plot_lies_within_the_picture_whatever_the_runs():
    draw = np.random.default_rng(1)
    found = [
        (f"variant {i}", Histogram.of(draw.lognormal(13, 0.3 * i + 0.001, 900).astype(np.int64))) for i in range(6)
    ]
    page = ET.fromstring(histogram_plot(found, description="d", slower="{count} {limit}".format))
    assert page.get("viewBox") == "0 0 1040 256"
    for item in page.iter("rect"):
        x, y, width, height = (float(item.get(name)) for name in ("x", "y", "width", "height"))
        assert 0 <= x <= x + width <= 260
        assert 30 <= y <= y + height <= 94.1


@pytest.mark.parametrize("language", LANGUAGES)
def test_that_page_and_markdown_show_histograms_and_services(language):
    texts, data = Texts(language), told()
    page = render(data, language)
    kept = []
    markdown = to_markdown(data, texts, lambda svg: kept.append(svg) or "x.svg")
    for document in (page, markdown):
        assert texts("histogram") in document
        assert texts("services") in document
        assert texts("stage_decode") in document
    assert page.count('class="column"') == 4
    assert sum('class="column"' in svg and "fill" in svg for svg in kept) == 1
    assert texts("histogram") not in render(report(), language)
    assert texts("services") not in render(report(), language)


def test_that_a_service_is_listed_with_its_parts_and_what_limits():
    texts = Texts("en")
    first, *others = sections(told())
    heads, rows = services_table(first, told().services, texts)
    line = dict(zip(heads, rows[0], strict=True))
    assert line["Scenario"] == "camera, 30 Hz"
    assert (line["Decode"], line["Prepare"], line["Infer"], line["Finish"]) == ("20.5", "5.25", "3.00", "0.125")
    assert line["What limits"] == "Decode"
    assert line["In time"] == "90.0% [86.0%, 93.0%] ≤ 33.3 ms"
    assert [services_table(other, told().services, texts) for other in others] == [None] * len(others)
    older = told(stages_ms={"prepare": 25.75, "infer": 3.0, "finish": 0.125}, limiting_stage="prepare")
    heads, rows = services_table(first, older.services, texts)
    assert "Decode" not in heads
    assert "25.8" in rows[0]
    assert section_histograms(sections(report())[0], texts) is None
