"""The words of the window: stages, durations, sizes, reasons. Every text is a literal, so that lupdate finds it."""

import re
import signal
from collections.abc import Callable, Iterable

from PySide6.QtCore import QCoreApplication, QLocale

from profiles.columns import Scale, byte_counts, figures

from ..operations import OperationState
from ..protocol import Crash
from .metrics import metric_name
from .phases import Phase
from .saying import said

NO_VALUE = "–"
SPENT_SHOWN_AFTER_S = 2.0
PLACE = re.compile(r"(\S+) (on|to|of) (\S+)")


def stage(name: str) -> str:
    """A stage of the engine in words; techniques have theirs."""
    words = {
        "demo": QCoreApplication.translate("Words", "Sample project"),
        "profile_run": QCoreApplication.translate("Words", "Profile the boards"),
        "profile-run": QCoreApplication.translate("Words", "Profile the boards"),
        "device": QCoreApplication.translate("Words", "Check the device"),
        "connect": QCoreApplication.translate("Words", "Connect"),
        "find Python": QCoreApplication.translate("Words", "Look for Python"),
        "check board": QCoreApplication.translate("Words", "Board"),
        "check disk": QCoreApplication.translate("Words", "Free disk"),
        "check runtimes": QCoreApplication.translate("Words", "Runtimes"),
        "check sensors": QCoreApplication.translate("Words", "Sensors"),
        "own key": QCoreApplication.translate("Words", "Leave this desktop's own key"),
        "look": QCoreApplication.translate("Words", "Ask the agent what the board has"),
        "install the agent": QCoreApplication.translate("Words", "Install the agent"),
        "runtime": QCoreApplication.translate("Words", "Install the runtime"),
        "baseline": QCoreApplication.translate("Words", "Prepare the original"),
        "compress": QCoreApplication.translate("Words", "Compress"),
        "train": QCoreApplication.translate("Words", "Fine-tune"),
        "teacher": QCoreApplication.translate("Words", "Ask the teacher"),
        "choose": QCoreApplication.translate("Words", "Measured preset"),
        "estimate": QCoreApplication.translate("Words", "Estimate"),
        "time": QCoreApplication.translate("Words", "Time on the device"),
        "evaluate": QCoreApplication.translate("Words", "Evaluate"),
        "compare": QCoreApplication.translate("Words", "Compare"),
        "explain": QCoreApplication.translate("Words", "Where it lost"),
        "robustness": QCoreApplication.translate("Words", "Robustness"),
        "pipeline": QCoreApplication.translate("Words", "Pipeline"),
        "bundle": QCoreApplication.translate("Words", "Pack and sign"),
        "deploy": QCoreApplication.translate("Words", "Deploy"),
        "upload": QCoreApplication.translate("Words", "Upload"),
        "uploading": QCoreApplication.translate("Words", "Upload"),
        "verify": QCoreApplication.translate("Words", "Verify on the device"),
        "activate": QCoreApplication.translate("Words", "Switch over"),
        "measure": QCoreApplication.translate("Words", "Measure"),
        "measuring": QCoreApplication.translate("Words", "Measure before the switch"),
        "rollback": QCoreApplication.translate("Words", "Roll back"),
        "report": QCoreApplication.translate("Words", "Write the report"),
    }
    return words.get(name) or said(name)


def technique(id_: str) -> str:
    """A technique by its id; in English it is the id, as recipes and commands have it."""
    return QCoreApplication.translate("Technique", id_)


def recipe(techniques: Iterable[str]) -> str:
    """The techniques of a recipe one after the other."""
    return " → ".join(map(technique, techniques)) or NO_VALUE


def aside(words: str, remark: str) -> str:
    """Words with a remark in brackets."""
    return QCoreApplication.translate("Words", "{0} ({1})").format(words, remark)


def work(verb: str) -> str:
    """What kind of work a verb is, as a noun: "Compression"."""
    words = {
        "demo": QCoreApplication.translate("Words", "Sample project"),
        "compress": QCoreApplication.translate("Words", "Compression"),
        "choose": QCoreApplication.translate("Words", "Measured preset"),
        "deploy": QCoreApplication.translate("Words", "Deployment"),
        "measure": QCoreApplication.translate("Words", "Measurement"),
        "measure_scenario": QCoreApplication.translate("Words", "Measurement as a service"),
        "offline": QCoreApplication.translate("Words", "File for a board without network"),
        "profile_run": QCoreApplication.translate("Words", "Profiling of the boards"),
        "profile-run": QCoreApplication.translate("Words", "Profiling of the boards"),
        "fleet_rollout": QCoreApplication.translate("Words", "Rollout in waves"),
        "fleet_resume": QCoreApplication.translate("Words", "Rollout in waves"),
        "search": QCoreApplication.translate("Words", "Search"),
        "pipeline": QCoreApplication.translate("Words", "Pipeline"),
        "evaluate": QCoreApplication.translate("Words", "Evaluation"),
        "robustness": QCoreApplication.translate("Words", "Robustness"),
        "explain": QCoreApplication.translate("Words", "Where it lost"),
    }
    return words.get(verb) or stage(verb)


def phase(value: Phase) -> str:
    """Title of a phase."""
    return {
        Phase.DEVICE: QCoreApplication.translate("Words", "Check the device"),
        Phase.COMPRESS: QCoreApplication.translate("Words", "Compress and evaluate"),
        Phase.DEPLOY: QCoreApplication.translate("Words", "Deploy and verify"),
        Phase.MEASURE: QCoreApplication.translate("Words", "Measure"),
        Phase.FINISH: QCoreApplication.translate("Words", "Activate and report"),
    }[value]


def state(value: OperationState) -> str:
    """State of an operation in one word."""
    return {
        OperationState.IDLE: QCoreApplication.translate("Words", "Ready"),
        OperationState.WAITING: QCoreApplication.translate("Words", "Waiting"),
        OperationState.RUNNING: QCoreApplication.translate("Words", "Running"),
        OperationState.CANCELLING: QCoreApplication.translate("Words", "Stopping"),
        OperationState.SUCCEEDED: QCoreApplication.translate("Words", "Done"),
        OperationState.FAILED: QCoreApplication.translate("Words", "Failed"),
        OperationState.CANCELLED: QCoreApplication.translate("Words", "Cancelled"),
        OperationState.CRASHED: QCoreApplication.translate("Words", "Crashed"),
    }[value]


def time_left(seconds: float) -> str:
    """A rounded rest: "about 40 s left", "about 2 min left"."""
    if seconds < 10:
        return QCoreApplication.translate("Words", "a few seconds left")
    if seconds < 90:
        return QCoreApplication.translate("Words", "about {0} s left").format(round(seconds / 10) * 10)
    return QCoreApplication.translate("Words", "about {0} min left").format(round(seconds / 60))


def time_spent(seconds: float) -> str:
    """How long a step has been going on: "for 14 s", "for 3 min"."""
    if seconds < 90:
        return QCoreApplication.translate("Words", "for {0} s").format(int(seconds))
    return QCoreApplication.translate("Words", "for {0} min").format(round(seconds / 60))


def percent(share: float) -> str:
    """How much of the current step is done."""
    return QCoreApplication.translate("Words", "{0} % of this step").format(int(share * 100))


def crash(value: Crash) -> str:
    """Why a worker is gone, in one sentence."""
    if value.signal_number == signal.SIGKILL:
        return QCoreApplication.translate(
            "Words", "The worker was killed from outside (signal 9). The computer may have run out of memory."
        )
    if value.signal_number is not None:
        return QCoreApplication.translate("Words", "The worker crashed with signal {0} ({1}).").format(
            value.signal_number, value.signal_name
        )
    return QCoreApplication.translate("Words", "The worker ended with exit code {0} before it was done.").format(
        value.exit_code
    )


def crash_remedy() -> str:
    """What to do after a crash."""
    return QCoreApplication.translate(
        "Words", "The window is fine. Finished steps are kept, so a new run goes on from there."
    )


def stopped() -> str:
    """A person ended the run."""
    return QCoreApplication.translate("Words", "You stopped this run.")


def stopped_remedy() -> str:
    """What to do after a stop."""
    return QCoreApplication.translate("Words", "Finished steps are kept, so a new run goes on from there.")


def stage_line(name: str, detail: str) -> str:
    """A stage as a line of the log."""
    return " · ".join(filter(None, (stage(name), stage_detail(detail))))


def stage_detail(detail: str) -> str:
    """What a stage works on: often a name and a device."""
    place = PLACE.fullmatch(detail)
    if place is None:
        return said(detail)
    words = {
        "on": QCoreApplication.translate("Words", "{0} on {1}"),
        "to": QCoreApplication.translate("Words", "{0} to {1}", "a bundle to a device"),
        "of": QCoreApplication.translate("Words", "{0} of {1}"),
    }
    return words[place[2]].format(place[1], place[3])


def metric_line(name: str, value: float, step: float) -> str:
    """A metric as a line of the log."""
    return f"{metric_name(name)} {value:.4g} ({step:g})"


def artifact_line(what: str, where: str) -> str:
    """What was made, as a line of the log."""
    word = {"variant": QCoreApplication.translate("Words", "Made")}.get(what, what)
    return f"{word} · {within_project(where)}"


def within_project(path: str) -> str:
    """A file of a project without the folder the project lies in."""
    return path.rpartition("/.flyweight/")[2]


def log_line(message: str, level: str) -> str:
    """A log event as a line of the log."""
    return (QCoreApplication.translate("Words", "Warning: ") if level == "warning" else "") + said(message)


def verdict(value: str | None) -> str:
    """What a verdict of the engine judges, the speed, in words."""
    return {
        "PASS": QCoreApplication.translate("Words", "Not slower"),
        "FAIL": QCoreApplication.translate("Words", "Slower"),
        "INCONCLUSIVE": QCoreApplication.translate("Words", "Inconclusive"),
        None: QCoreApplication.translate("Words", "Baseline"),
    }.get(value, str(value))


def verdict_kind(value: str | None) -> str:
    """The kind of pill a verdict is shown in."""
    return {"PASS": "ok", "FAIL": "bad", "INCONCLUSIVE": "warn"}.get(value or "", "idle")


def number(value: float, decimals: int) -> str:
    """A number in the language of the window."""
    shown = float(value) if value > 0 else round(float(value), decimals) + 0.0  # never "-0.0"
    return QLocale().toString(shown, "f", decimals)


def size(count: int | None) -> str:
    """Bytes in decimal units: "1.24 MB"."""
    if count is None:
        return NO_VALUE
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= scale:
            shown = count / scale
            return f"{number(shown, 0 if shown >= 100 else 1)} {unit}"
    return f"{count} B"


def sizes(counts: Iterable[float | None]) -> Callable[[float], str]:
    """Writes the byte counts of a column in one unit with the same decimals."""
    return _scaled(byte_counts(counts))


def latencies(values_ms: Iterable[float | None]) -> Callable[[float], str]:
    """Writes the latencies of a column with the same decimals."""
    return _scaled(figures(values_ms, "ms"))


def _scaled(scale: Scale) -> Callable[[float], str]:
    return lambda value: f"{number(value / scale.factor, scale.decimals)} {scale.unit}"


def with_interval(value: float | None, interval: tuple[float, float] | None, decimals: int, unit: str = "") -> str:
    """A value and its 95 % interval: "91.3 % [90.7, 91.8]"."""
    if value is None:
        return NO_VALUE
    shown = number(value, decimals) + unit
    if interval is None:
        return shown
    return f"{shown} [{number(interval[0], decimals)}, {number(interval[1], decimals)}]"


def count(value: int | None) -> str:
    """A whole number with separators: "1,234,567"."""
    return NO_VALUE if value is None else QLocale().toString(value)


def short_count(value: float | None) -> str:
    """A number with three digits and its magnitude: "13.0 M"."""
    if value is None:
        return NO_VALUE
    for unit, scale in ((" G", 1e9), (" M", 1e6), (" k", 1e3)):
        if value >= scale:
            shown = value / scale
            return number(shown, 0 if shown >= 100 else 1) + unit
    return number(value, 0)


def share(value: float | None) -> str:
    """A share of a whole: "12.5 %"."""
    return NO_VALUE if value is None else f"{number(100 * value, 1)} %"


def times(value: float) -> str:
    """How many times as fast or as small: "1.92×"."""
    return f"{number(value, 2)}×"


def points(value: float) -> str:
    """Percentage points, without a unit."""
    return number(value, 2)


def milliseconds(value: float | None) -> str:
    """A latency by itself, with as many figures as a column of it has: "0.142 ms"."""
    return NO_VALUE if value is None else latencies([value])(value)


def rest(done: float | None, eta_s: float | None, spent_s: float) -> str:
    """How far a step is: share, time left; the time spent while neither is known."""
    words = [] if done is None else [percent(done)]
    if eta_s is not None:
        words.append(time_left(eta_s))
    if not words and spent_s >= SPENT_SHOWN_AFTER_S:
        words.append(time_spent(spent_s))
    return " · ".join(words)


def finishing() -> str:
    """The run was asked to end with the best it has."""
    return QCoreApplication.translate("Words", "Finishing: the best result so far is kept.")


def whole_run(spent_s: float, expected_s: tuple[float, float] | None, memory_bytes: int | None) -> str:
    """The whole run: time so far, time expected in all, memory of the worker."""
    words = [QCoreApplication.translate("Words", "{0} so far").format(duration(spent_s))]
    if expected_s is not None:
        words.append(QCoreApplication.translate("Words", "{0} expected in all").format(time_range(expected_s)))
    if memory_bytes is not None:
        words.append(QCoreApplication.translate("Words", "{0} of memory").format(size(memory_bytes)))
    return " · ".join(words)


def duration(seconds: float) -> str:
    """A length of time, rounded: "40 s", "3 min", "2.5 h"."""
    if seconds < 90:
        return QCoreApplication.translate("Words", "{0} s").format(max(round(seconds), 1))
    if seconds < 5400:
        return QCoreApplication.translate("Words", "{0} min").format(round(seconds / 60))
    return QCoreApplication.translate("Words", "{0} h").format(number(seconds / 3600, 1))


def time_range(value: tuple[float, float]) -> str:
    """A range of time: "2 min to 8 min"."""
    low, high = duration(value[0]), duration(value[1])
    return low if low == high else QCoreApplication.translate("Words", "{0} to {1}").format(low, high)


def waiting() -> str:
    """Something that has not begun."""
    return QCoreApplication.translate("Words", "Waiting")


def planned() -> str:
    """A bundle that could be deployed; nothing was changed yet."""
    return QCoreApplication.translate("Words", "Can be deployed")


def to_send(count: int | None, remark: str) -> str:
    """What a deploy would send, and what the device said."""
    return QCoreApplication.translate("Words", "{0} to send").format(size(count)) + (f"; {remark}" if remark else "")


def verified() -> str:
    """A bundle that runs on its device."""
    return QCoreApplication.translate("Words", "Verified")


def rejected() -> str:
    """A bundle that its device refused."""
    return QCoreApplication.translate("Words", "Rejected")
