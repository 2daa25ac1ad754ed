"""Efficiency, cost and the data sheet of the recommended variant, against figures worked out by hand."""

from dataclasses import replace

import pytest

from engine.evaluate.efficiency import improvement
from engine.records import Estimate, Score
from engine.report.data import sections
from engine.report.html import render
from engine.report.markdown import to_markdown
from engine.report.rows import markdown_text
from engine.report.tables import effects_table, efficiency_table, sheet
from engine.report.texts import Texts

from .sample import report

ENGLISH = Texts("en")


def table_of(data, place=0):
    heads, rows = efficiency_table(sections(data)[place], ENGLISH)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def test_that_efficiency_and_cost_of_a_variant_are_those_of_their_definitions():
    rows = {row["Variant"]: row for row in table_of(report())}
    half = rows["half-guided"]
    assert half["Predictions/s"] == f"{1000 / 0.0699:,.0f}"
    assert half["Bytes per score"] == "129 kB"  # 118,000 / 0.9155
    assert half["Size saved"] == "+90 %"
    assert improvement(1_240_000, 118_000) == pytest.approx(0.905, abs=1e-3)
    assert half["Latency saved"] == "+71 %"  # (0.2391 - 0.0699) / 0.2391
    assert half["MACs saved"] == "0 %"
    assert (half["Made in (CPU s)"], half["Peak when made (MB)"]) == ("75.0", "906")
    assert (half["Unpacked in (CPU s)"], half["Loads in (ms)"]) == ("0.004", "8.0")
    assert rows["fp32-litert"]["Latency saved"] == "\N{MINUS SIGN}13 %"
    base = rows["fp32"]
    assert (base["Size saved"], base["Made in (CPU s)"], base["Predictions/s"]) == ("", "", "4,182")


def test_that_errors_count_the_other_way_round():
    base = report()
    heard = tuple(replace(v, score=Score({"wer": Estimate(0.2, None, 9)}, "speech")) for v in base.variants)
    assert table_of(replace(base, variants=heard))[0]["Bytes per score"] == "1,550 kB"  # 1,240,000 / 0.8


def test_that_a_column_nobody_knows_is_left_out_and_without_figures_there_is_no_table():
    base = report()
    bare = replace(base, variants=tuple(replace(v, cost={}, macs=None) for v in base.variants), readings=())
    assert set(table_of(bare)[0]) == {"Variant", "Bytes per score", "Size saved"}
    blank = tuple(replace(v, cost={}, macs=None, score=None, baseline=None) for v in base.variants[:1])
    assert efficiency_table(sections(replace(bare, variants=blank))[0], ENGLISH) is None


def test_that_the_data_sheet_sets_the_recommended_variant_beside_the_original():
    heads, rows = sheet(sections(report())[0], ENGLISH)
    assert heads == ["Figure", "Original", "half-guided", "Change"]
    lines = {row[0]: row[1:] for row in rows}
    assert lines["Accuracy (%)"] == ["92.36", "91.55", "−0.81"]
    assert lines["Packed"] == ["1,140.0 kB", "83.8 kB", "÷ 13.6"]
    assert lines["p50 (ms)"] == ["0.2391", "0.0699", "÷ 3.42"]
    assert lines["MACs"] == ["9,300,000", "9,300,000", "="]


def test_that_what_grew_says_so():
    base = report()
    slow = tuple(replace(r, load_ms=20.0 if r.variant.endswith("6") else 8.0) for r in base.readings)
    lines = {row[0]: row[1:] for row in sheet(sections(replace(base, readings=slow))[0], ENGLISH)[1]}
    assert lines["Loads in (ms)"] == ["8.0", "20.0", "× 2.50"]


def test_that_without_a_recommendation_there_is_no_data_sheet():
    assert sheet(sections(replace(report(), comparisons=()))[0], ENGLISH) is None


def test_that_both_documents_hold_the_same_tables():
    data = report()
    section = sections(data)[1]
    page, paper = render(data), to_markdown(data, ENGLISH, lambda svg: "x.svg")
    for table in (efficiency_table(section, ENGLISH), sheet(section, ENGLISH), effects_table(data, ENGLISH)):
        heads, rows = table
        assert "| " + " | ".join(map(markdown_text, heads)) + " |" in paper
        for row in rows:
            assert "<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" in page
            assert "| " + " | ".join(map(markdown_text, row)) + " |" in paper
