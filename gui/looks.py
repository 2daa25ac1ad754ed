"""Theme and language of the window: one place that changes them and remembers."""

from PySide6.QtCore import QObject, Signal

from .i18n import Language, Translation, can_show
from .theme.style import Style
from .theme.tokens import Theme


class Looks(QObject):
    """What a person may choose about how the window looks and speaks."""

    changed = Signal()

    def __init__(self, style: Style, translation: Translation, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.style_ = style
        self.translation = translation
        style.changed.connect(self.changed)

    @property
    def theme(self) -> Theme | None:
        """The chosen theme; None follows the desktop."""
        return None if self.style_.follows else self.style_.theme

    def use_theme(self, theme: Theme | None) -> None:
        """Light, dark, or (None) as the desktop says."""
        if theme is None:
            self.style_.follow_system()
        else:
            self.style_.use(theme)

    def toggle_theme(self) -> None:
        """Light to dark, dark to light."""
        self.use_theme(Theme.LIGHT if self.style_.theme is Theme.DARK else Theme.DARK)

    @property
    def language(self) -> Language:
        """The language in use."""
        return self.translation.language

    @property
    def other_language(self) -> Language:
        """The one a toggle goes to."""
        return Language.CHINESE if self.language is Language.ENGLISH else Language.ENGLISH

    def shows(self, language: Language) -> bool:
        """False where no font has the glyphs."""
        return can_show(language)

    def use_language(self, language: Language) -> None:
        """Speak this language, if it can be shown."""
        if self.shows(language):
            self.translation.use(language)
            self.changed.emit()

    def choices(self) -> list[tuple[Language, bool]]:
        """Languages and whether they can be shown."""
        return [(language, self.shows(language)) for language in Language]
