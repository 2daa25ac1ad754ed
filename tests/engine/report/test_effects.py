"""The effect map against the figures of the sample report."""

import re
from dataclasses import replace

import pytest

from engine.report.effects import effects, markdown
from engine.report.html import render
from engine.report.texts import LANGUAGES
from profiles.reading import Quality

from .sample import report


@pytest.fixture(scope="module")
def data():
    return report()


def test_that_factors_are_original_over_variant_and_speed_is_the_paired_one(data):
    rows = effects(data.variants, data.readings, data.comparisons)
    (row,) = [row for row in rows if row.name == "int8" and row.model == "sample:fashion-resnet"]
    assert row.techniques == ("static-quantization",)
    assert row.size_factor == pytest.approx(1_240_000 / 338_000)
    assert row.packed_factor == pytest.approx(1_140_000 / 252_000)
    assert (row.speed_factor, row.target, row.board) == (2.04, "loopback", "pc-intel-xeon-2c")
    assert row.loss_points.value == 0.08
    assert row.words == "both"
    assert [len(item.techniques) for item in rows] == sorted(len(item.techniques) for item in rows)


def test_that_nothing_is_said_of_speed_without_a_trusted_comparison_with_the_original(data):
    for readings, comparisons in (
        (data.readings, ()),
        ([replace(item, quality=Quality.REJECTED) for item in data.readings], data.comparisons),
        (data.readings, [replace(item, b=data.comparisons[0].a) for item in data.comparisons]),
    ):
        rows = effects(data.variants, readings, comparisons)
        assert rows
        assert {(row.target, row.speed_factor) for row in rows} == {(None, None)}
        assert all("not measured" in row.words for row in rows)


def test_that_slower_and_neither_are_said(data):
    slow = [replace(item, speedup=0.8, ci95=(0.78, 0.82)) for item in data.comparisons]
    assert {row.words for row in effects(data.variants, data.readings, slow)} == {"smaller and slower"}
    open_ = [replace(item, speedup=1.0, ci95=(0.9, 1.1)) for item in data.comparisons]
    variants = [replace(item, packed_bytes=1000) for item in data.variants]
    assert {row.words for row in effects(variants, data.readings, open_)} == {"neither"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_that_the_report_has_the_map(data, language):
    page = render(data, language)
    assert "channel-pruning + soft-label-distillation + static-quantization" in page
    assert "2.04× [" in page


def test_that_markdown_has_a_row_for_each_effect_and_foreign_names_stay_in_their_cell(data):
    rows = effects(data.variants, data.readings, data.comparisons)
    text = markdown([replace(rows[0], name="a|b\n| <b>c"), *rows[1:]])
    lines = text.splitlines()
    assert len(lines) == 2 + len(rows)
    assert "a\\|b \\| &lt;b>c" in lines[2]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines} == {10}
    int8 = next(row for row in rows if row.name == "int8" and row.model == "sample:fashion-resnet")
    shown = next(line for line in lines if "| int8 |" in line and "fashion-resnet" in line)
    assert f"| {int8.size_factor:.2f}x | {int8.packed_factor:.2f}x | 2.04x [" in shown
    assert "+0.08" in shown


def test_that_the_same_variant_on_a_gpu_is_an_effect_of_its_own(data):
    here = [replace(item, nonce="on-cpu") for item in data.readings]
    there = [replace(item, provider="CUDAExecutionProvider", nonce="on-gpu") for item in data.readings]
    slower = [replace(item, nonce="on-cpu") for item in data.comparisons]
    faster = [replace(item, nonce="on-gpu", speedup=9.0, ci95=(8.9, 9.1)) for item in data.comparisons]
    rows = effects(data.variants, [*here, *there], [*slower, *faster])
    own = {row.runtime: row.speed_factor for row in rows if row.name == "int8" and row.model == "sample:fashion-resnet"}
    assert own == {"onnxruntime": 2.04, "onnxruntime on CUDA": 9.0}
