"""What a measured preset says of its candidates, in the language of the window.

The engine speaks English with figures in it; a sentence this module does not know is shown as the engine wrote it.
"""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from .saying import fitted


def why(text: str) -> str:
    """What a candidate of a preset is there for (:mod:`engine.compress.presets`)."""
    return {
        "the same arithmetic with fewer operators": QCoreApplication.translate(
            "Candidates", "the same arithmetic with fewer operators"
        ),
        "integers wherever the board is faster with them": QCoreApplication.translate(
            "Candidates", "integers wherever the board is faster with them"
        ),
        "a quarter of the channels less, in floating point": QCoreApplication.translate(
            "Candidates", "a quarter of the channels less, in floating point"
        ),
        "a quarter of the channels less, run by LiteRT": QCoreApplication.translate(
            "Candidates", "a quarter of the channels less, run by LiteRT"
        ),
        "a quarter of the channels less, integers where faster": QCoreApplication.translate(
            "Candidates", "a quarter of the channels less, integers where faster"
        ),
        "half the channels, in floating point": QCoreApplication.translate(
            "Candidates", "half the channels, in floating point"
        ),
        "half the channels, run by LiteRT instead of onnxruntime": QCoreApplication.translate(
            "Candidates", "half the channels, run by LiteRT instead of onnxruntime"
        ),
        "half the channels, integers where faster": QCoreApplication.translate(
            "Candidates", "half the channels, integers where faster"
        ),
        "a quarter of the channels left, integers where faster": QCoreApplication.translate(
            "Candidates", "a quarter of the channels left, integers where faster"
        ),
        "integers of one byte": QCoreApplication.translate("Candidates", "integers of one byte"),
        "half the weights zero, then integers": QCoreApplication.translate(
            "Candidates", "half the weights zero, then integers"
        ),
        "four of five weights zero, then integers": QCoreApplication.translate(
            "Candidates", "four of five weights zero, then integers"
        ),
        "a quarter of the channels less, then integers": QCoreApplication.translate(
            "Candidates", "a quarter of the channels less, then integers"
        ),
        "half the channels, then integers": QCoreApplication.translate(
            "Candidates", "half the channels, then integers"
        ),
        "half the channels, many zeros, integers": QCoreApplication.translate(
            "Candidates", "half the channels, many zeros, integers"
        ),
        "a quarter of the channels left, then integers": QCoreApplication.translate(
            "Candidates", "a quarter of the channels left, then integers"
        ),
        "weights of two bytes": QCoreApplication.translate("Candidates", "weights of two bytes"),
        "weights of one byte, arithmetic in floating point": QCoreApplication.translate(
            "Candidates", "weights of one byte, arithmetic in floating point"
        ),
        "integers with equalised ranges and corrected biases": QCoreApplication.translate(
            "Candidates", "integers with equalised ranges and corrected biases"
        ),
        "a quarter of the channels less, taught by the original": QCoreApplication.translate(
            "Candidates", "a quarter of the channels less, taught by the original"
        ),
    }.get(text, text)


def _sentences() -> tuple[tuple[str, str], ...]:
    """Sentences of :mod:`engine.measure.choice` with fields for their figures and names, and their translation."""
    return (
        (
            "estimated neither smaller nor faster than {0}, which changes less",
            QCoreApplication.translate(
                "Candidates", "estimated neither smaller nor faster than {0}, which changes less"
            ),
        ),
        (
            "left out to keep the run short: at most {0} candidates are compressed",
            QCoreApplication.translate(
                "Candidates", "left out to keep the run short: at most {0} candidates are compressed"
            ),
        ),
        (
            "estimated at {0} bytes, the limit is {1}",
            QCoreApplication.translate("Candidates", "estimated at {0} bytes, the limit is {1}"),
        ),
        (
            "estimated at {0} ms, the limit is {1}",
            QCoreApplication.translate("Candidates", "estimated at {0} ms, the limit is {1}"),
        ),
        (
            "within the limits, but {0} is the better choice: {1} ms against {2} ms",
            QCoreApplication.translate(
                "Candidates", "within the limits, but {0} is the better choice: {1} ms against {2} ms"
            ),
        ),
        (
            "within the limits, but {0} is the better choice: {1} bytes against {2}",
            QCoreApplication.translate(
                "Candidates", "within the limits, but {0} is the better choice: {1} bytes against {2}"
            ),
        ),
        (
            "within the limits, but {0} is the better choice: {1} points lost against {2}",
            QCoreApplication.translate(
                "Candidates", "within the limits, but {0} is the better choice: {1} points lost against {2}"
            ),
        ),
        (
            "none of {0} measured candidates is within the limits",
            QCoreApplication.translate("Candidates", "none of {0} measured candidates is within the limits"),
        ),
        (
            "lowest latency of {0} within the limits: {1} ms",
            QCoreApplication.translate("Candidates", "lowest latency of {0} within the limits: {1} ms"),
        ),
        (
            "smallest of {0} within the limits: {1} bytes packed",
            QCoreApplication.translate("Candidates", "smallest of {0} within the limits: {1} bytes packed"),
        ),
        (
            "least accuracy loss of {0} within the limits: {1} points",
            QCoreApplication.translate("Candidates", "least accuracy loss of {0} within the limits: {1} points"),
        ),
        (
            "the only one within the limits: {0} ms",
            QCoreApplication.translate("Candidates", "the only one within the limits: {0} ms"),
        ),
        (
            "the only one within the limits: {0} bytes packed",
            QCoreApplication.translate("Candidates", "the only one within the limits: {0} bytes packed"),
        ),
        (
            "the only one within the limits: {0} points",
            QCoreApplication.translate("Candidates", "the only one within the limits: {0} points"),
        ),
        (
            "as good as {0} in that, but is faster",
            QCoreApplication.translate("Candidates", "as good as {0} in that, but is faster"),
        ),
        (
            "as good as {0} in that, but loses less accuracy",
            QCoreApplication.translate("Candidates", "as good as {0} in that, but loses less accuracy"),
        ),
        (
            "{0}x the speed of the original, measured side by side",
            QCoreApplication.translate("Candidates", "{0}x the speed of the original, measured side by side"),
        ),
        *_about_limits(),
    )


def _about_limits() -> list[tuple[str, str]]:
    """The same three sentences for every quantity that can be limited."""
    words = {
        "accuracy loss": QCoreApplication.translate("Candidates", "accuracy loss"),
        "latency (upper end)": QCoreApplication.translate("Candidates", "latency (upper end)"),
        "packed size": QCoreApplication.translate("Candidates", "packed size"),
        "energy": QCoreApplication.translate("Candidates", "energy"),
    }
    within = QCoreApplication.translate("Candidates", "%1 within {0} {1}")
    beyond = QCoreApplication.translate("Candidates", "%1 is {0}, the limit is {1} {2}")
    unknown = QCoreApplication.translate("Candidates", "%1 is unknown, the limit is {0} {1}")
    found = []
    for name, word in words.items():
        found += [
            (f"{name} is unknown, the limit is {{0}} {{1}}", unknown.replace("%1", word)),
            (f"{name} is {{0}}, the limit is {{1}} {{2}}", beyond.replace("%1", word)),
            (f"{name} within {{0}} {{1}}", within.replace("%1", word)),
        ]
    return found


def reason(text: str) -> str:
    """Why a candidate was or was not taken."""
    return fitted(text, _sentences(), _unit)


def _unit(text: str) -> str:
    """Units that are words."""
    known: dict[str, Callable[[], str]] = {
        "points": lambda: QCoreApplication.translate("Candidates", "points"),
        "bytes": lambda: QCoreApplication.translate("Candidates", "bytes"),
    }
    return known[text]() if text in known else text
