"""What the engine says, in the language of the window.

The engine speaks English. Its texts have a catalogue of their own, collected from the engine (:mod:`gui.i18n.update`): names and
help texts of techniques, errors with their remedies, remarks, log lines. A sentence with names and figures in it is found by
what is fixed in it. What the catalogue does not know stays English.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from ..i18n import SENTENCES
from ..protocol import Failure

ENGINE, CHOICE = "Engine", "Choice"
FIELD = re.compile(r"\{(\d+)\}")
KNOWN_EVERYWHERE = "signing key"
"""A text that every catalogue translates; where it stays as it is, the window speaks the engine's own language."""
WORDS = (
    "point",
    "points",
    "bytes",
    "energy",
    "memory",
    "cancelled",
    "paused",
    "done",
    "fine-tuning",
    "distillation",
    "codebooks",
)
"""Single words that stand in a field of a sentence; other single words there are names."""
DEEPEST = 3
COMMANDS = ("flyweight", "pip", "sudo", "python", "ulimit")
"""Words that are typed as they stand."""


class _Sentence(NamedTuple):
    """A sentence with fields: the longest fixed piece of it, and the expression it fits."""

    source: str
    longest: str

    def fields(self, text: str) -> tuple[str, ...] | None:
        """What stands in the fields of a text; None when the sentence is another one."""
        found = _pattern(self.source).fullmatch(text) if self.longest in text else None
        return None if found is None else found.groups()


def said(text: str) -> str:
    """A text of the engine in the language of the window, with the window's arrows."""
    foreign = QCoreApplication.translate(ENGINE, KNOWN_EVERYWHERE) != KNOWN_EVERYWHERE
    return (_said(text, DEEPEST) if text and foreign else text).replace(" -> ", " → ")


def capital(text: str) -> str:
    """A text of the engine as a sentence of its own; names, paths and commands stay as they are."""
    first = text.partition(" ")[0].rstrip(",:")
    plain = first.isascii() and first.isalpha() and first.islower() and first not in COMMANDS
    return text[:1].upper() + text[1:] if plain and " " in text else text


def trouble(failure: Failure) -> str:
    """What went wrong and what helps, in one line."""
    return with_remedy(failure.message, failure.remedy)


def with_remedy(message: str, remedy: str) -> str:
    """Two sentences of the engine as one."""
    return listed((message, remedy))


def listed(texts: Iterable[str]) -> str:
    """Several sentences of the engine as one; what is a whole sentence of the window stays one."""
    words = ""
    for text in filter(None, map(said, texts)):
        whole = not words or words.endswith((".", "。", "?", "？"))
        words += (" " if words else "") + text if whole else QCoreApplication.translate("Sayings", "; ") + text
    return words


def choice_words(choice: str) -> str:
    """A value of a knob in words; in English it is what a recipe file has."""
    return QCoreApplication.translate(CHOICE, choice)


def _said(text: str, depth: int) -> str:
    known = QCoreApplication.translate(ENGINE, text)
    if known != text or not depth:
        return known
    for sentence in _sentences():
        fields = sentence.fields(text)
        if fields is not None:
            words = [_field(field, depth - 1) for field in fields]
            return _filled(QCoreApplication.translate(ENGINE, sentence.source), words)
    parts = text.split("; ")
    if len(parts) > 1:
        return QCoreApplication.translate("Sayings", "; ").join(_said(part, depth - 1) for part in parts)
    return text


def _filled(sentence: str, words: Sequence[str]) -> str:
    """A sentence with its fields filled; other braces stay."""
    return FIELD.sub(lambda place: words[int(place[1])], sentence)


def _field(text: str, depth: int) -> str:
    """A field can hold a sentence of its own."""
    return _said(text, depth) if " " in text or text in WORDS else text


@cache
def _sentences() -> tuple[_Sentence, ...]:
    """The sentences with fields; those with more fixed letters come first, for they say more exactly what is meant."""
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()
    lines.sort(key=lambda line: -len(FIELD.sub("", line)))
    return tuple(_Sentence(line, max(FIELD.sub("\0", line).split("\0"), key=len)) for line in lines)


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    pieces = FIELD.sub("\0", sentence).split("\0")
    return re.compile("(.*?)".join(map(re.escape, pieces)), re.DOTALL)
