"""The words of a report in each language, from ``texts.*.toml``. English is the source; a test checks that none is missing.

What the engine said when it compressed and measured is translated as the window does it (:mod:`engine.saying`).
"""

import tomllib
from functools import cache
from importlib import resources

from ..errors import UsageError
from ..saying import Saying, translations

LANGUAGES = ("en", "zh_CN")


@cache
def catalogue(language: str) -> dict[str, str]:
    """All texts of one language."""
    return tomllib.loads(resources.files(__package__).joinpath(f"texts.{language}.toml").read_text(encoding="utf-8"))


@cache
def _saying(language: str) -> Saying:
    known = translations(language)
    return Saying(known, lambda text: known.get(text, text))


class Texts:
    """The texts of one language.

    Raises:
        UsageError: there is no such language.
    """

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            raise UsageError("unknown-language", f"there is no report in '{language}'", f"use: {', '.join(LANGUAGES)}")
        self.language = language
        self._texts = catalogue(language)

    def __call__(self, key: str, **values: object) -> str:
        """The text of ``key`` with its values filled in."""
        return self._texts[key].format(**values)

    def __contains__(self, key: str) -> bool:
        """Whether there is such a text."""
        return key in self._texts

    def said(self, text: str) -> str:
        """A remark, a reason or a note of the engine in the language of the report."""
        return text if self.language == "en" else _saying(self.language)(text).replace(" -> ", " → ")
