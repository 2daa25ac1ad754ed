"""The report as a page: self-contained, safe, complete, in two languages and two themes."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib import resources

import pytest

from engine.errors import UsageError
from engine.evaluate.judging import METRICS
from engine.records import Skip
from engine.report.html import render
from engine.report.rows import metric_name, titled
from engine.report.texts import LANGUAGES, Texts, catalogue
from engine.report.write import write_report
from profiles.reading import Origin, Quality, Verdict

from .sample import report

VOID = {"meta", "br", "img", "input", "link", "hr"}
DRAWN = {"path", "line", "circle", "rect"}


class Page(HTMLParser):
    """Checks nesting on the way and collects tags, attributes and text."""

    def __init__(self, source):
        super().__init__()
        self.open, self.tags, self.attributes, self.text = [], [], [], []
        self.feed(source)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        assert tag in DRAWN | VOID
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not self.open or self.open[-1] != "style":
            self.text.append(data)

    @property
    def words(self):
        return " ".join(" ".join(self.text).split())


def test_that_the_page_needs_nothing_from_outside():
    source = render(report())
    page = Page(source)
    assert not {"script", "link", "img", "iframe", "object", "base", "form"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name == "src" or name.startswith("on")]
    links = [value for name, value in page.attributes if name == "href"]
    assert links
    assert set(links) <= {f"#{value}" for name, value in page.attributes if name == "id"}, (
        "each leads to a part of the page"
    )
    assert "default-src 'none'" in source
    assert not re.search(r"https?://|url\(|@import", source)


def test_that_the_card_says_size_speed_and_accuracy_of_the_recommended_variant():
    words = Page(render(report())).words
    assert "half-guided recommended verified on loopback, slot fashion-resnet 13.6× smaller" in words
    assert "3.42× faster 0.239 → 0.0699 ms, 95 % interval 3.39–3.45×" in words
    assert "−0.81 points of accuracy 95 % interval −1.14 to −0.48, 5,000 samples" in words


def test_that_every_variant_has_a_row_with_its_verdict():
    source = render(report())
    table = source[source.index("<tr><td><b>") :]
    table = table[: table.index("</tbody>")]
    rows = [Page(row).words for row in re.findall(r"<tr.*?</tr>", table, re.S)]
    assert len(rows) == 8
    assert rows[0].startswith("fp32 onnxruntime 92.36 %")
    assert "baseline" in rows[0]
    assert "0.88× 0.87–0.89 slower" in rows[-1]
    assert "half-guided recommended" in rows[1]


def test_that_method_machine_recipes_and_remarks_are_told():
    words = Page(render(report())).words
    for expected in (
        "4,210 to 4,217 per variant, 64 paired rounds",
        "litert 2.3.0, CPU; onnxruntime 1.32.0, CPUExecutionProvider",
        "Intel Xeon 2.7 GHz × 2 x86_64",
        "avx2 avx512_vnni fma",
        "24.0 GiB",
        "cannot be read here",
        "contended: the model had 83% of the processor time of its threads (fp32-litert)",
        "channel-pruning (ratio 0.5) → soft-label-distillation (epochs 8) → static-quantization",
        "left alone: stage1.conv0, stage1.conv1: stays float: the network is measured to be faster so, or it was excluded",
        "lower bound is at least 0.97×",
    ):
        assert expected in words


def test_that_hostile_names_stay_text():
    evil = "<img src=x onerror=alert(1)>\"'&{0}%s\u202e\x1b[31m"
    base = report()
    variants = tuple(
        replace(v, name=evil, model=evil, notes=(evil,), skipped=(Skip(evil, evil),)) for v in base.variants[:3]
    )
    readings = tuple(
        replace(r, target=evil, reasons=(evil,), governor=evil, runtime_version=evil) for r in base.readings
    )
    source = render(
        replace(base, variants=variants, readings=readings, notes=(evil,), device=replace(base.device, name=evil))
    )
    page = Page(source)
    assert "img" not in page.tags
    assert not [name for name, _ in page.attributes if name == "onerror"]
    assert "\x1b" not in source
    assert "\u202e" not in source
    assert "<img src=x onerror=alert(1)>" in page.words


def test_that_a_report_without_readings_or_scores_is_still_a_page():
    base = report()
    bare = tuple(replace(v, score=None, loss_points=None) for v in base.variants)
    words = Page(render(replace(base, variants=bare, readings=(), comparisons=(), device=None, placements=()))).words
    assert "not measured" in words
    assert "none is recommended" in words


def test_that_nothing_is_recommended_that_is_not_surely_as_fast():
    base = report()
    slow = tuple(replace(c, verdict=Verdict.INCONCLUSIVE) for c in base.comparisons)
    words = Page(render(replace(base, comparisons=slow))).words
    assert "recommended verified" not in words
    assert "so none is recommended" in words


def test_that_a_rejected_reading_is_never_recommended_and_says_so():
    base = report()
    spoiled = tuple(
        replace(r, quality=Quality.REJECTED, reasons=("the board throttled during the run",)) for r in base.readings
    )
    words = Page(render(replace(base, readings=spoiled))).words
    assert "so none is recommended" in words
    assert "the board throttled during the run (fp32, half-guided" in words


def test_that_simulated_readings_are_announced_at_the_top():
    base = report()
    fake = tuple(replace(r, origin=Origin.SIMULATED) for r in base.readings)
    assert "simulated" in Page(render(replace(base, readings=fake))).words[:600]
    assert "simulated" not in Page(render(base)).words


def test_that_every_language_has_every_text_with_the_same_values():
    english = catalogue("en")
    for language in LANGUAGES:
        texts = catalogue(language)
        assert set(texts) == set(english)
        for key, text in texts.items():
            assert set(re.findall(r"{(\w+)}", text)) == set(re.findall(r"{(\w+)}", english[key])), (language, key)


def test_that_every_text_is_used():
    folder = resources.files("engine.report")
    code = "".join(
        folder.joinpath(name).read_text()
        for name in (
            "html.py",
            "facts.py",
            "overview.py",
            "rows.py",
            "tables.py",
            "write.py",
            "histogram_plot.py",
            "isolation.py",
        )
    )
    spoken = {str(verdict) for verdict in Verdict} | {f"metric_{name}" for names in METRICS.values() for name in names}
    assert [key for key in catalogue("en") if not re.search(f"""["']{key}["']""", code) and key not in spoken] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_that_every_metric_a_model_can_be_judged_by_has_its_word(language):
    texts = Texts(language)
    words = {name: metric_name(name, texts) for names in METRICS.values() for name in names}
    assert [name for name, word in words.items() if not word or "_" in word] == []
    assert [titled(words[name]) for name in ("map50", "map50_95")] == ["mAP@50", "mAP@50:95"]
    if language == "en":
        assert titled(words["wer"]) == "Word error rate"
    else:
        assert [words[name] for name in ("rmse", "miou", "wer")] == [
            "均方根误差 RMSE",
            "平均交并比 mIoU",
            "词错误率 WER",
        ]
    assert metric_name("my_own", texts) == "my own"


def test_that_the_chinese_page_speaks_chinese():
    page = Page(render(report(), "zh_CN"))
    assert "更小" in page.words
    assert ("lang", "zh-CN") in page.attributes
    assert "smaller" not in page.words


def test_that_how_it_was_measured_says_how_many_processes_ran_a_variant():
    base = report()
    readings = tuple(replace(item, processes=8 - i % 2) for i, item in enumerate(base.readings))
    for language in LANGUAGES:
        words = catalogue(language)["processes_text"].format(low=7, high=8)
        assert words in render(replace(base, readings=readings), language)
        assert f"<dt>{catalogue(language)['processes']}</dt>" not in render(base, language), "one each needs no word"


def test_that_an_unknown_language_or_ending_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="klingon"):
        render(report(), "klingon")
    with pytest.raises(UsageError, match=r"\.docx"):
        write_report(tmp_path / "report.docx", report())


def contrast(one, other):
    def luminance(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def themes():
    style = resources.files("engine.report").joinpath("report.css").read_text()
    blocks = re.findall(r":root \{([^}]*--bg[^}]*--surface[^}]*)\}", style)
    found = [dict(re.findall(r"--([a-z-]+): (#[0-9A-F]{6})", block)) for block in blocks]
    return dict(zip(("light", "dark"), found, strict=True))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("front", "back", "least"),
    [
        ("text", "bg", 4.5), ("text", "surface", 4.5), ("muted", "surface", 4.5), ("muted", "bg", 4.5),
        ("text", "accent-soft", 4.5),
        ("ok", "ok-soft", 4.5), ("warn", "warn-soft", 4.5), ("bad", "bad-soft", 4.5), ("accent", "accent-soft", 4.5),
        ("accent", "surface", 3.0), ("dim", "surface", 3.0), ("muted", "grid", 4.5),
    ],
)  # fmt: skip
def test_that_colours_keep_the_contrast_of_wcag(theme, front, back, least):
    colours = themes()[theme]
    assert contrast(colours[front], colours[back]) >= least


def test_that_the_reason_says_whose_choice_it_was():
    base = report()
    by_itself = Page(render(replace(base, recommended=(base.variants[6].id,)))).words
    assert "Gains most in size and speed of the 6 variants" in by_itself
    only = base.variants[6]
    kept = tuple(one for one in base.variants if one.model != only.model or one.baseline is None or one is only)
    alone = Page(render(replace(base, variants=kept, recommended=(only.id,)))).words
    assert "The only variant that loses at most 1 point and is surely not slower." in alone
    by_caller = Page(render(replace(base, recommended=(base.variants[2].id,)))).words
    assert "Chosen by the run that made this report." in by_caller


def test_that_notes_of_the_run_come_before_the_variants():
    words = Page(render(replace(report(), notes=("goal reached by half-guided",)))).words
    assert words.index("goal reached by half-guided") < words.index("13.6×")
    assert "Notes of this run" not in Page(render(report())).words


def test_that_one_remark_of_many_variants_is_one_line_with_the_range():
    base = report()
    disturbed = tuple(
        replace(r, reasons=(f"contended: the model had {49 + i % 3}% of the processor time of its threads",))
        for i, r in enumerate(base.readings)
    )
    words = Page(render(replace(base, readings=disturbed))).words
    assert words.count("contended") == 4  # one line below the figures and one among the remarks of each network
    assert "the model had 49–51% of the processor time of its threads (fp32, half-guided" in words


def test_that_the_figures_at_the_top_say_where_they_come_from_and_what_speaks_against_them():
    base = report()
    words = Page(render(base)).words
    assert (
        "At a glance fashion-resnet half-guided · 13.6× smaller · 3.42× faster · −0.81 points fashion-mobilenet"
        in words
    )
    assert "p50 of 4,216 runs with onnxruntime 1.32.0, 1 thread, on loopback (" in words
    assert "read with care" not in words
    hot = tuple(replace(r, reasons=("the board was throttled",), threads=4) for r in base.readings)
    words = Page(render(replace(base, readings=hot))).words
    assert "onnxruntime 1.32.0, 4 threads, on loopback" in words
    assert "read with care the board was throttled Data sheet" in words


def test_that_faster_is_said_only_where_the_whole_interval_is_beyond_the_margin():
    base = report()
    close = tuple(replace(c, ci95=(1.02, 1.2), margin=0.03, equal=False) for c in base.comparisons)
    clear = tuple(replace(c, ci95=(1.04, 1.2), margin=0.03, equal=False) for c in base.comparisons)
    told = [re.findall(r'class="pill ok">([^<]*)', render(replace(base, comparisons=item))) for item in (close, clear)]
    assert "faster" not in told[0]
    assert "not slower" in told[0]
    assert "faster" in told[1]


def test_that_a_variant_that_surely_lost_more_than_a_point_is_marked():
    source = render(report())
    assert re.findall(r'class="lost">([^<]*)', source) == ["−36.00"]


def test_that_the_rules_for_paper_come_last_so_that_nothing_overrules_them():
    style = resources.files("engine.report").joinpath("report.css").read_text()
    assert style.rindex("@media print") > style.rindex("@media (max-width")
    assert style[style.rindex("@media print") :].rstrip().count("\n}") == 1, "nothing follows them"
    assert style.count("@media screen and (prefers-color-scheme: dark)") == 1, "paper is light"
