"""What each technique changed on each measured device."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication

from . import documents, wording
from .findings import Cell, Line, Sheet

KINDS = {"both": "ok", "smaller": "info", "faster": "info", "smaller and slower": "bad", "slower": "bad"}


def effect_words(effect: str) -> str:
    """What came of a technique, in a word or two."""
    return {
        "both": QCoreApplication.translate("Effects", "smaller and faster"),
        "smaller": QCoreApplication.translate("Effects", "smaller"),
        "faster": QCoreApplication.translate("Effects", "faster"),
        "smaller and slower": QCoreApplication.translate("Effects", "smaller, but slower"),
        "slower": QCoreApplication.translate("Effects", "slower"),
        "neither": QCoreApplication.translate("Effects", "neither"),
        "smaller, speed not measured": QCoreApplication.translate("Effects", "smaller, not timed"),
        "not smaller, speed not measured": QCoreApplication.translate("Effects", "not smaller, not timed"),
    }.get(effect, effect)


def read_effects(document: Mapping[str, Any] | None) -> Sheet:
    """The document of ``flyweight effects --json``."""
    rows = documents.objects((document or {}).get("effects"))
    several = len({documents.text(item.get("model")) for item in rows}) > 1
    lines: tuple[Line, ...] = tuple(_line(item, several) for item in rows)
    heads = (
        QCoreApplication.translate("Effects", "Techniques"),
        QCoreApplication.translate("Effects", "Variant"),
        QCoreApplication.translate("Effects", "Device"),
        QCoreApplication.translate("Effects", "Effect"),
        QCoreApplication.translate("Effects", "Smaller by"),
        QCoreApplication.translate("Effects", "Packed"),
        QCoreApplication.translate("Effects", "Faster by"),
        QCoreApplication.translate("Effects", "Points lost"),
    )
    title = QCoreApplication.translate("Effects", "Effects")
    return Sheet(title, heads, frozenset({4, 5, 6, 7}), lines, wide=0, pills=frozenset({3}))


def _line(item: Mapping[str, Any], several: bool) -> Line:
    lost = documents.object_(item.get("loss_points"))
    speed, points = documents.number(item.get("speed_factor")), documents.number(lost.get("value"))
    effect, network = documents.text(item.get("effect")), documents.text(item.get("model")).removeprefix("sample:")
    where = (documents.text(item.get("target")), documents.text(item.get("runtime")))
    return (
        Cell(wording.recipe(documents.texts(item.get("techniques")))),
        Cell(".".join(filter(None, (network if several else "", documents.text(item.get("name")))))),
        Cell(" · ".join(filter(None, where)) or wording.NO_VALUE),
        Cell(effect_words(effect), pill=KINDS.get(effect, "idle")),
        _factor(item.get("size_factor")),
        _factor(item.get("packed_factor")),
        Cell(wording.with_interval(speed, documents.interval(item.get("speed_ci95")), 2, "×"), speed),
        Cell(wording.with_interval(points, documents.interval(lost.get("ci95")), 2), points),
    )


def _factor(value: object) -> Cell:
    found = documents.number(value)
    return Cell(wording.NO_VALUE) if found is None else Cell(wording.times(found), found)
