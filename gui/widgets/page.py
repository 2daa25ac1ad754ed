"""The frame of every page: title, one sentence, buttons to the right, and below either the content or a message."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from ..theme.style import Style
from ..theme.tokens import Space
from ..viewmodels.query import Query
from ..viewmodels.saying import capital, said
from .layout import column, row
from .message import MessageCard
from .text import Text

if TYPE_CHECKING:
    from ..actions import Command


class Page(QWidget):
    """Base of the pages. Subclasses build ``content``, set texts in ``retranslate`` and ask in ``activate``."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.style_ = style
        self.title, self.sentence = Text("page-title"), Text("muted", wrap=True)
        self.message = MessageCard(style, self)
        self.content = QWidget()
        self._primary: list[QPushButton] = []
        self._footer: QWidget | None = None
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    @property
    def commands(self) -> Sequence["Command"]:
        """What can be done on this page by shortcut, besides what every page can."""
        return ()

    def frame(self, *buttons: QPushButton, footer: QWidget | None = None) -> None:
        """Lay it out; call once at the end of ``__init__``."""
        self._primary = [made for made in buttons if made.property("primary")]
        self._footer = footer
        words = column(self.title, self.sentence, gap=Space.XS)
        head = row(words, *buttons, gap=Space.S)
        head.setStretch(0, 1)
        head.setAlignment(words, Qt.AlignmentFlag.AlignTop)
        body = column(head, self.message, self.content, gap=Space.L, margins=(Space.XL, Space.L, Space.XL, Space.L))
        for part in (self.message, self.content):
            body.setStretchFactor(part, 1)
        self.message.hide()
        parts: list[QWidget] = [] if footer is None else [footer]
        self.setLayout(column(body, *parts, gap=0))

    def focusNextPrevChild(self, forward: bool) -> bool:
        """The Tab key comes to the footer last: Qt has what was made after it behind it."""
        if self._footer is not None:
            self._footer_last(self._footer)
        return super().focusNextPrevChild(forward)

    def _footer_last(self, footer: QWidget) -> None:
        inside: list[QWidget] = []
        acts: list[QWidget] = []
        widget: QWidget | None = self.nextInFocusChain()
        while widget is not None and widget is not self:
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                if self.content.isAncestorOf(widget):
                    inside.append(widget)
                elif footer.isAncestorOf(widget):
                    acts.append(widget)
            widget = widget.nextInFocusChain()
        if inside:
            for first, second in pairwise([inside[-1], *acts]):
                QWidget.setTabOrder(first, second)

    def show_content(self) -> None:
        """The content instead of the message."""
        self.message.hide()
        self._step_aside(False)
        self.content.show()

    def show_message(
        self,
        icon: str,
        title: str,
        sentence: str = "",
        action: str = "",
        act: Callable[[], object] | None = None,
        *,
        drop: bool = True,
    ) -> None:
        """A message instead of the content."""
        self.message.say(icon, title, sentence, action, act, drop=drop)
        self._step_aside(bool(action))
        self.content.hide()
        self.message.show()

    def show_unreadable(self, reasons: Sequence[str], again: Callable[[], object]) -> None:
        """The project has variants, and none of them can be read."""
        words = "\n\n".join(reasons)
        self.show_message("warning", self.tr("No variant can be read"), words, self.tr("Try again"), again, drop=False)

    def _step_aside(self, message_acts: bool) -> None:
        """A page has one primary button: where the message has it, the one of the page goes."""
        for made in self._primary:
            if message_acts and not made.isHidden():
                made.hide()
                made.setProperty("aside", True)
            elif not message_acts and made.property("aside"):
                made.setProperty("aside", False)
                made.show()

    def show_query(self, query: Query, again: Callable[[], object]) -> bool:
        """Show loading or failure of a query; False when there is an answer to show."""
        if query.failure is not None and not query.loading:
            failure = query.failure
            words = (capital(said(failure.message)), capital(said(failure.remedy)))
            self.show_message("warning", *words, self.tr("Try again"), again, drop=False)
            return True
        if query.document is None:
            self.show_message("flyweight", self.tr("Loading…"), "", drop=False)
            return True
        return False

    def activate(self) -> None:
        """The page is shown now."""

    def retranslate(self) -> None:
        """Set the texts."""

    def first_focus(self) -> None:
        """The page takes the focus without a ring."""
        take_focus(self)


def take_focus(widget: QWidget) -> None:
    """Give a part of the window the focus without a ring; the Tab key goes on from its first field."""
    widget.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    widget.setFocus(Qt.FocusReason.OtherFocusReason)
