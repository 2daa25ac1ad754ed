"""What the engine says, in the language of the window.

The engine speaks English. Its texts have a catalogue of their own, collected from the engine (:mod:`gui.i18n.update`): names and
help texts of techniques, errors with their remedies, remarks, log lines. A sentence with names and figures in it is found by
what is fixed in it (:mod:`engine.saying`). What the catalogue does not know stays English.
"""

from collections.abc import Iterable
from functools import cache

from PySide6.QtCore import QCoreApplication

from engine.saying import SEMICOLON, Saying, translations

from ..i18n import Language
from ..protocol import Failure

ENGINE, CHOICE, UNIT = "Engine", "Choice", "Unit"
KNOWN_EVERYWHERE = "signing key"
"""A text that every catalogue translates; where it stays as it is, the window speaks the engine's own language."""
COMMANDS = ("flyweight", "pip", "sudo", "python", "ulimit")
"""Words that are typed as they stand."""


def said(text: str) -> str:
    """A text of the engine in the language of the window, with the window's arrows."""
    foreign = QCoreApplication.translate(ENGINE, KNOWN_EVERYWHERE) != KNOWN_EVERYWHERE
    return (_saying()(text) if text and foreign else text).replace(" -> ", " → ")


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
        words += (" " if words else "") + text if whole else QCoreApplication.translate(ENGINE, SEMICOLON) + text
    return words


def choice_words(choice: str) -> str:
    """A value of a knob in words; in English it is what a recipe file has."""
    return QCoreApplication.translate(CHOICE, choice)


def unit_words(unit: str) -> str:
    """What a knob is counted in; behind a number it has other words than as its name."""
    return QCoreApplication.translate(UNIT, unit) if unit else ""


@cache
def _saying() -> Saying:
    return Saying(translations(Language.CHINESE), lambda text: QCoreApplication.translate(ENGINE, text))
