"""The languages of the window: English in the source, the others as compiled catalogues beside this file."""

from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication

FOLDER = Path(__file__).parent
CATALOGUES = ("flyweight", "engine")
"""Texts of the window, and what the engine says."""


class Language(StrEnum):
    """Languages by their locale."""

    ENGLISH = "en"
    CHINESE = "zh_CN"

    @property
    def own_name(self) -> str:
        """The language in its own words."""
        return {Language.ENGLISH: "English", Language.CHINESE: "中文"}[self]


def system_language() -> Language:
    """The language the desktop prefers, English where there is no catalogue."""
    return Language.CHINESE if QLocale.system().language() == QLocale.Language.Chinese else Language.ENGLISH


def can_show(language: Language) -> bool:
    """False when no installed font has the glyphs."""
    if language is Language.ENGLISH:
        return True
    return bool(QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese))


class Translation:
    """The catalogues in use."""

    def __init__(self, application: QApplication) -> None:
        self._application = application
        self._installed: list[QTranslator] = []
        self.language = Language.ENGLISH

    def use(self, language: Language) -> None:
        """Switch; every widget gets a LanguageChange event."""
        for translator in self._installed:
            self._application.removeTranslator(translator)
        self._installed = []
        self.language = language
        QLocale.setDefault(QLocale(QLocale.Language.English) if language is Language.ENGLISH else QLocale(language))
        if language is not Language.ENGLISH:
            qt = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
            own = [FOLDER / f"{name}_{language}.qm" for name in CATALOGUES]
            for path in (Path(qt) / f"qtbase_{language}.qm", *own):
                translator = QTranslator(self._application)
                if translator.load(str(path)):
                    self._application.installTranslator(translator)
                    self._installed.append(translator)
