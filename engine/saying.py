"""What the engine says, in another language: a sentence with names and figures in it is found by what is fixed in it.

The engine speaks English. What a person may read has a catalogue for each other language (``gui/i18n/engine_*.ts``, collected
from the source); ``python -m gui.i18n.update`` writes it into the tables beside this file, too, for reports are made without Qt.
What the catalogue does not know stays English.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

FIELD = re.compile(r"\{(\d+)\}")
METRICS = (
    "top5_accuracy",
    "f1_macro",
    "f1_weighted",
    "precision_macro",
    "recall_macro",
    "roc_auc_macro",
    "rmse",
    "mae",
    "map50_95",
    "map50",
    "recall50",
    "miou",
    "pixel_accuracy",
    "wer",
    "cer",
)
"""Names of metrics that are nothing else; ``r2`` and ``exact`` may be the name of a rollout or a mode and stay."""
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
    *METRICS,
)
"""Single words that stand in a field of a sentence; other single words there are names."""
SEMICOLON = "; "
"""Stands between two sentences in one text; the catalogues have it, too."""
DEEPEST = 4
"""Sentences within sentences."""


@cache
def translations(language: str) -> Mapping[str, str]:
    """The sentences of the engine in a language, with numbered fields; there is none for English."""
    content = resources.files(__package__).joinpath(f"sentences.{language}.json").read_text(encoding="utf-8")
    found: dict[str, str] = json.loads(content)
    return found


class _Sentence(NamedTuple):
    """A sentence with fields: the longest fixed piece of it, and the expression it fits."""

    source: str
    longest: str

    def fields(self, text: str) -> tuple[str, ...] | None:
        """What stands in the fields of a text; None when the sentence is another one."""
        found = _pattern(self.source).fullmatch(text) if self.longest in text else None
        return None if found is None else found.groups()


class Saying:
    """Translates what the engine says.

    Args:
        sentences: all there are, in English; those without a field are passed over.
        translate: the translation of one of them, or the text itself where there is none.
    """

    def __init__(self, sentences: Iterable[str], translate: Callable[[str], str]) -> None:
        self._translate = translate
        lines = sorted((text for text in sentences if FIELD.search(text)), key=lambda line: -len(FIELD.sub("", line)))
        # those with more fixed letters come first, for they say more exactly what is meant
        self._sentences = tuple(_Sentence(line, max(FIELD.sub("\0", line).split("\0"), key=len)) for line in lines)

    def __call__(self, text: str) -> str:
        """A text of the engine in the other language.

        >>> known = {"{0} is hot": "{0} ist warm", "; ": "; "}
        >>> Saying(known, lambda text: known.get(text, text))("pi5 is hot; so what")
        'pi5 ist warm; so what'
        """
        return self._said(text, DEEPEST)

    def _said(self, text: str, depth: int) -> str:
        known = self._translate(text)
        if known != text or not depth:
            return known
        for sentence in self._sentences:
            fields = sentence.fields(text)
            if fields is not None:
                return _filled(self._translate(sentence.source), [self._field(field, depth - 1) for field in fields])
        parts = text.split(SEMICOLON)
        if len(parts) > 1:
            return self._translate(SEMICOLON).join(self._said(part, depth - 1) for part in parts)
        return text

    def _field(self, text: str, depth: int) -> str:
        """A field can hold a sentence of its own."""
        return self._said(text, depth) if " " in text or text in WORDS else text


def _filled(sentence: str, words: Sequence[str]) -> str:
    """A sentence with its fields filled; other braces stay."""
    return FIELD.sub(lambda place: words[int(place[1])], sentence)


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    pieces = FIELD.sub("\0", sentence).split("\0")
    return re.compile("(.*?)".join(map(re.escape, pieces)), re.DOTALL)
