"""What a study found: reads the documents of ``evaluate``, ``explain``, ``robustness``, ``pipeline``."""

import re
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication

from . import documents, wording
from .findings import Cell, Findings, Sheet
from .metrics import metric_name
from .saying import said
from .studies import Study

PLAIN = frozenset({"mse", "mae", "rmse", "r2"})
"""Metrics that are no shares."""
MAIN = ("accuracy", "r2", "map50_95", "miou", "wer")
BY = re.compile(r"(.*) \(([^()]*)\)")
"""What happened to a layer, and the techniques that did it."""
LEFT_ALONE = "left alone: "
STORED = "stored as "


def read_findings(study: Study, document: Mapping[str, Any]) -> Findings:
    """The document of a study's verb."""
    readers = {
        Study.QUALITY: _quality,
        Study.LOSS: _loss,
        Study.ROBUSTNESS: _robustness,
        Study.PIPELINE: _pipeline,
    }
    return readers[study](document)


def condition_name(name: str) -> str:
    """What the samples went through."""
    return {
        "train": QCoreApplication.translate("Findings", "Training data"),
        "test": QCoreApplication.translate("Findings", "Test data"),
        "gaussian-noise": QCoreApplication.translate("Findings", "Gaussian noise"),
        "impulse-noise": QCoreApplication.translate("Findings", "Impulse noise"),
        "brightness": QCoreApplication.translate("Findings", "Brightness"),
        "contrast": QCoreApplication.translate("Findings", "Contrast"),
        "blur": QCoreApplication.translate("Findings", "Blur"),
        "fgsm": QCoreApplication.translate("Findings", "Attack: FGSM"),
        "pgd": QCoreApplication.translate("Findings", "Attack: PGD"),
    }.get(name, name)


def _estimate(name: str, item: object) -> tuple[Cell, Cell]:
    """Value and interval of a metric: shares in per cent."""
    found = documents.object_(item)
    value, interval = documents.number(found.get("value")), documents.interval(found.get("ci95"))
    if value is None:
        return Cell(QCoreApplication.translate("Findings", "undefined")), Cell(wording.NO_VALUE)
    scale, decimals, unit = (1.0, 4, "") if name in PLAIN else (100.0, 2, " %")
    shown = Cell(wording.number(scale * value, decimals) + unit, value)
    if interval is None:
        return shown, Cell(wording.NO_VALUE)
    low, high = (wording.number(scale * end, decimals) for end in interval)
    return shown, Cell(f"{low} – {high}", interval[1] - interval[0])


def _main(score: Mapping[str, Any]) -> str:
    return next((name for name in MAIN if name in score), "accuracy")


def _points(item: object) -> Cell:
    """Points lost, with the interval."""
    found = documents.object_(item)
    value, interval = documents.number(found.get("value")), documents.interval(found.get("ci95"))
    return Cell(wording.with_interval(value, interval, 2), value)


def _points_fact(item: object) -> str:
    words = _points(item).text
    return "" if words == wording.NO_VALUE else words


def _closeness(value: object) -> str:
    """How near two models' answers are."""
    found = documents.object_(value)
    agree, cosine = documents.number(found.get("top1_agreement")), documents.number(found.get("cosine"))
    ratio = documents.number(found.get("sqnr_db"))
    same = QCoreApplication.translate("Findings", "{0} same answers")
    return " · ".join(
        filter(
            None,
            (
                "" if agree is None else same.format(wording.share(agree)),
                ""
                if cosine is None
                else QCoreApplication.translate("Findings", "cosine {0}").format(wording.number(cosine, 4)),
                "" if ratio is None else f"SQNR {wording.number(ratio, 1)} dB",
            ),
        )
    )


def _quality(document: Mapping[str, Any]) -> Findings:
    device = documents.object_(document.get("device"))
    told = [documents.text(device.get(key)) for key in ("target", "board", "runtime", "provider")]
    where = " · ".join(filter(None, (text.removesuffix("ExecutionProvider") for text in told)))
    samples = documents.whole(device.get("samples"))
    facts = (
        (
            QCoreApplication.translate("Findings", "Answered by"),
            where or QCoreApplication.translate("Findings", "this computer"),
        ),
        (QCoreApplication.translate("Findings", "Samples"), "" if samples is None else wording.count(samples)),
        (
            QCoreApplication.translate("Findings", "Lost against the original (points)"),
            _points_fact(document.get("loss_points")),
        ),
        (QCoreApplication.translate("Findings", "Agreement with the original"), _closeness(document.get("fidelity"))),
        (
            QCoreApplication.translate("Findings", "Lost against this computer (points)"),
            _points_fact(device.get("loss_points")),
        ),
        (QCoreApplication.translate("Findings", "Agreement with this computer"), _closeness(device.get("fidelity"))),
    )
    score = documents.object_(document.get("score"))
    rows = [(metric_name(name), name, item) for name, item in score.items()]
    rows += [(name, "class", item) for name, item in documents.object_(document.get("classes")).items()]
    lines = tuple((Cell(words), *_estimate(name, item), _count(item)) for words, name, item in rows)
    heads = (
        QCoreApplication.translate("Findings", "Metric"),
        QCoreApplication.translate("Findings", "Value"),
        QCoreApplication.translate("Findings", "95 % interval"),
        QCoreApplication.translate("Findings", "Samples"),
    )
    return Findings(
        facts, (Sheet(QCoreApplication.translate("Findings", "Metrics"), heads, frozenset({1, 2, 3}), lines),)
    )


def _count(item: object) -> Cell:
    found = documents.whole(documents.object_(item).get("n"))
    return Cell(wording.count(found), found)


def happened(text: str) -> str:
    """What happened to a layer and by which technique, in the language of the window.

    >>> happened("nothing")
    '–'
    """
    if text == "nothing":
        return wording.NO_VALUE
    if text.startswith(LEFT_ALONE):
        return QCoreApplication.translate("Findings", "left alone: {0}").format(said(text.removeprefix(LEFT_ALONE)))
    parts = []
    for part in text.split("; "):
        words = part.replace(" and ", "/") if part.startswith(STORED) else part
        by = BY.fullmatch(words)
        parts.append(said(words) if by is None else wording.aside(said(by[1]), _techniques(by[2])))
    return QCoreApplication.translate("Sayings", "; ").join(parts)


def _techniques(ids: str) -> str:
    """Several techniques in words, from their ids with commas between them."""
    return QCoreApplication.translate("Words", ", ").join(map(wording.technique, ids.split(", ")))


def _loss(document: Mapping[str, Any]) -> Findings:
    before, after = documents.object_(document.get("original")), documents.object_(document.get("score"))
    main = _main(after)
    roofs = documents.object_(document.get("roofline"))
    facts = (
        (metric_name(main), _from_to(main, before.get(main), after.get(main))),
        (QCoreApplication.translate("Findings", "Points lost"), _points_fact(document.get("loss_points"))),
        (QCoreApplication.translate("Findings", "Original"), _roof(documents.object_(roofs.get("original")))),
        (QCoreApplication.translate("Findings", "This variant"), _roof(documents.object_(roofs.get("variant")))),
    )
    layers = tuple(
        (
            Cell(documents.text(item.get("layer"))),
            _figure(item.get("sqnr_db"), 1),
            _figure(item.get("cosine"), 4),
            Cell(happened(documents.text(item.get("removed")))),
        )
        for item in documents.objects(document.get("layers"))
    )
    classes = tuple(
        (
            Cell(documents.text(item.get("class"))),
            _percent(item.get("before")),
            _percent(item.get("after")),
            _points(item.get("loss_points")),
        )
        for item in documents.objects(document.get("classes"))
    )
    layer_heads = (
        QCoreApplication.translate("Findings", "Layer"),
        QCoreApplication.translate("Findings", "SQNR (dB)"),
        QCoreApplication.translate("Findings", "Cosine"),
        QCoreApplication.translate("Findings", "What happened, and by what"),
    )
    class_heads = (
        QCoreApplication.translate("Findings", "Class"),
        QCoreApplication.translate("Findings", "Before"),
        QCoreApplication.translate("Findings", "After"),
        QCoreApplication.translate("Findings", "Points lost"),
    )
    by_layer = QCoreApplication.translate("Findings", "Layers")
    how = QCoreApplication.translate("Findings", "Each layer's output against the original's: high is near.")
    sheets = [Sheet(by_layer, layer_heads, frozenset({1, 2}), layers, how, wide=3)]
    if classes:
        by_class = QCoreApplication.translate("Findings", "Classes")
        first = QCoreApplication.translate("Findings", "Those that lost most come first.")
        sheets.append(Sheet(by_class, class_heads, frozenset({1, 2, 3}), classes, first))
    return Findings(facts, tuple(sheets))


def _figure(value: object, decimals: int) -> Cell:
    found = documents.number(value)
    return Cell(wording.NO_VALUE if found is None else wording.number(found, decimals), found)


def _percent(value: object) -> Cell:
    found = documents.number(value)
    return Cell(wording.NO_VALUE if found is None else f"{wording.number(100 * found, 2)} %", found)


def _from_to(name: str, before: object, after: object) -> str:
    return " → ".join(_estimate(name, item)[0].text for item in (before, after) if documents.object_(item))


def _roof(roof: Mapping[str, Any]) -> str:
    """Least time by arithmetic and memory, and what was measured."""
    bound, work = documents.number(roof.get("bound_ms")), documents.number(roof.get("macs"))
    if bound is None:
        return ""
    least = QCoreApplication.translate("Findings", "at least {0} on one core here").format(wording.milliseconds(bound))
    measured = [
        QCoreApplication.translate("Findings", "measured {0} on {1}").format(wording.milliseconds(ms), target)
        for target, value in documents.object_(roof.get("measured_ms")).items()
        if (ms := documents.number(value)) is not None
    ]
    amount = "" if work is None else f"{wording.short_count(work)} MACs"
    return " · ".join(filter(None, (amount, least, *measured)))


def _robustness(document: Mapping[str, Any]) -> Findings:
    lines = []
    conditions = documents.objects(document.get("conditions"))
    main = next((_main(documents.object_(item.get("score"))) for item in conditions), "accuracy")
    for item in conditions:
        name = condition_name(documents.text(item.get("condition")))
        if item.get("gradients_of") == "original":
            name = QCoreApplication.translate("Findings", "{0}, made for the original").format(name)
        before, after = documents.object_(item.get("original")), documents.object_(item.get("score"))
        first = _estimate(main, before.get(main))[0] if before else Cell(wording.NO_VALUE)
        lines.append((Cell(name), first, _estimate(main, after.get(main))[0], _points(item.get("loss_points"))))
    heads = (
        QCoreApplication.translate("Findings", "Condition"),
        QCoreApplication.translate("Findings", "{0} of the original").format(metric_name(main)),
        QCoreApplication.translate("Findings", "{0} of this variant").format(metric_name(main)),
        QCoreApplication.translate("Findings", "Points lost"),
    )
    remarks = "\n".join(map(said, documents.texts(document.get("notes"))))
    title = QCoreApplication.translate("Findings", "Conditions")
    words = QCoreApplication.translate("Findings", "Training against test data is the gap of generalisation.")
    sheet = Sheet(title, heads, frozenset({1, 2, 3}), tuple(lines), words)
    return Findings(((QCoreApplication.translate("Findings", "Remarks"), remarks),), (sheet,))


def _pipeline(document: Mapping[str, Any]) -> Findings:
    stages = documents.objects(document.get("stages"))
    names = {
        "one": QCoreApplication.translate("Findings", "Whole, one core"),
        "threads": QCoreApplication.translate("Findings", "Whole, {0} threads").format(len(stages)),
        "pipeline": QCoreApplication.translate("Findings", "Pipeline of {0} stages").format(len(stages)),
    }
    ways = documents.object_(document.get("ways"))
    lines = tuple(
        (Cell(words), _rate(way.get("samples_per_s")), _rate(way.get("latency_ms")))
        for name, words in names.items()
        if (way := documents.object_(ways.get(name)))
    )
    heads = (
        QCoreApplication.translate("Findings", "Way"),
        QCoreApplication.translate("Findings", "Samples per second"),
        QCoreApplication.translate("Findings", "One sample alone (ms)"),
    )
    passed_on = [documents.whole(stage.get("handed_bytes")) for stage in stages]
    passed_on_words = wording.sizes(passed_on)
    parts = tuple(
        (
            Cell(str(number)),
            Cell(wording.count(documents.whole(stage.get("macs"))), documents.number(stage.get("macs"))),
            Cell(wording.NO_VALUE if handed is None else passed_on_words(handed), handed),
        )
        for number, (stage, handed) in enumerate(zip(stages, passed_on, strict=True), 1)
    )
    part_heads = (
        QCoreApplication.translate("Findings", "Stage"),
        QCoreApplication.translate("Findings", "MACs"),
        QCoreApplication.translate("Findings", "Passes on"),
    )
    facts = (
        (QCoreApplication.translate("Findings", "Verdict"), said(documents.text(document.get("verdict")))),
        (
            QCoreApplication.translate("Findings", "Throughput against one core"),
            _rate(document.get("speedup"), "×").text,
        ),
        (
            QCoreApplication.translate("Findings", "Against threads on the same cores"),
            _rate(document.get("against_threads"), "×").text,
        ),
    )
    ways_title = QCoreApplication.translate("Findings", "Ways to run it")
    stages_title = QCoreApplication.translate("Findings", "Stages")
    return Findings(
        facts,
        (
            Sheet(ways_title, heads, frozenset({1, 2}), lines),
            Sheet(stages_title, part_heads, frozenset({1, 2}), parts),
        ),
    )


def _rate(item: object, unit: str = "") -> Cell:
    found = documents.object_(item)
    value, interval = documents.number(found.get("value")), documents.interval(found.get("ci95"))
    return Cell(wording.with_interval(value, interval, 2, unit), value)
