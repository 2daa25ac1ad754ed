"""A dialog for one piece of work: its fields to the left, what came of them to the right."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QDialog, QProgressBar, QPushButton, QWidget

from ..operations import OperationState
from ..theme.style import Style
from ..theme.tokens import Space
from ..viewmodels import wording
from ..viewmodels.findings import Findings
from ..viewmodels.saying import with_remedy
from ..viewmodels.steps import Document, Step, Steps
from .facts import Facts
from .layout import Card, Scrolled, button, column, resize_on_screen, row
from .run_view import PILLS
from .sheets import Sheets
from .sieve import Sieve
from .text import Pill, ShrinkingText, Text

SIZE = (1160, 740)
LEFT_PIXELS = 330
NAME_PIXELS = 104
MARGINS = (Space.L, Space.M, Space.L, Space.M)


class TaskDialog(QDialog):
    """Base of such dialogs. What was begun goes on when the dialog is closed.

    Subclasses add fields, call ``lay_out`` once, and answer ``lacking``, ``work``, ``findings`` and ``command``.
    """

    def __init__(self, steps: Steps, style: Style, title: str, sentence: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.steps, self._style = steps, style
        resize_on_screen(self, *SIZE)
        self.setWindowTitle(title)
        self._title, self._sentence = ShrinkingText("card-title"), Text("muted", wrap=True)
        self._title.show_text(title)
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))
        self._fields = column(gap=Space.S, margins=MARGINS)
        self.rows: dict[QWidget, QWidget] = {}
        self.start_button, self.stop_button = button(self._start, primary=True), button(self._stop)
        self.stop_button.setText(self.tr("Stop"))
        self.copy_button = button(lambda: QGuiApplication.clipboard().setText(self.command))
        self.copy_button.setText(self.tr("Copy as CLI"))
        self.close_button = button(self.reject)
        self.close_button.setText(self.tr("Close"))
        self.pill, self.words = Pill(), Text("muted", wrap=True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName(self.tr("How far it is"))
        self.facts, self.sheets = Facts(), Sheets(style)
        self.empty = Text("muted")
        self._nothing = QWidget()  # the words in the middle of the card while nothing is known
        self._nothing.setLayout(column(None, row(None, self.empty, None), None))

    def add(self, name: str, field: QWidget, *, tip: str = "", narrow: bool = False) -> None:
        """A field with its name before it; a ``narrow`` one keeps its width."""
        label = Text("muted", wrap=True)
        label.setText(name)
        label.setFixedWidth(NAME_PIXELS)
        label.setBuddy(field)
        field.setToolTip(tip)
        self.name_field(field, name)
        if isinstance(field, Sieve):
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            label.setContentsMargins(0, Space.XS, 0, 0)
        made = QWidget()
        line = row(label, field, *((None,) if narrow else ()))
        line.setStretch(1, 0 if narrow else 1)
        made.setLayout(line)
        self.put(made)
        self.rows[field] = made

    def put(self, widget: QWidget, stretch: int = 0) -> None:
        """A widget below the fields."""
        self._fields.addWidget(widget, stretch)

    @staticmethod
    def name_field(field: QWidget, name: str) -> None:
        """Its name for a screen reader."""
        field.setAccessibleName(name)
        if isinstance(field, QComboBox) and (line := field.lineEdit()) is not None:
            line.setAccessibleName(name)

    def show_field(self, field: QWidget, shown: bool) -> None:
        """Show or hide a field with its name."""
        self.rows[field].setVisible(shown)

    def lay_out(self, *acts: QPushButton, fills: bool = False) -> None:
        """Put everything into its place; ``acts`` stand before the start button; ``fills``: a list takes the free room."""
        if not fills:
            self._fields.addStretch(1)
        left, right = Card(), Card()
        left.setFixedWidth(LEFT_PIXELS)
        left.setLayout(column(Scrolled(self._fields)))
        head = row(self.pill, self.words)
        head.setStretch(1, 1)
        inside = column(head, self.bar, self._nothing, self.facts, self.sheets, gap=Space.M, margins=MARGINS)
        inside.setStretch(2, 1)
        inside.setStretch(4, 1)
        right.setLayout(column(Scrolled(inside)))
        middle = row(left, right, gap=Space.M)
        middle.setStretch(1, 1)
        whole = column(
            self._title,
            self._sentence,
            middle,
            row(self.copy_button, None, self.close_button, *acts, self.stop_button, self.start_button),
            gap=Space.M,
            margins=(Space.XL, Space.L, Space.XL, Space.L),
        )
        whole.setStretch(2, 1)
        self.setLayout(whole)
        self.steps.changed.connect(self.render_state)
        self.render_state()

    def take_up(self, steps: Steps) -> None:
        """Show other work; what ran goes on."""
        if steps is not self.steps:
            self.steps.changed.disconnect(self.render_state)
            self.steps = steps
            steps.changed.connect(self.render_state)
        self.render_state()

    @property
    def lacking(self) -> str:
        """Why it cannot begin; empty when it can."""
        return ""

    @property
    def command(self) -> str:
        """The same for a terminal; empty where there is none."""
        return ""

    def work(self) -> Sequence[Step]:
        """What is to be done."""
        raise NotImplementedError

    def findings(self, document: Document) -> Findings:
        """What came of it."""
        raise NotImplementedError

    def render_state(self) -> None:
        """Show how far it is and what came of it."""
        steps, lacking = self.steps, self.lacking
        now, before = self.start_button, self.stop_button
        if steps.busy:
            now, before = before, now
        held = before.hasFocus()
        now.show()
        self.start_button.setEnabled(not lacking)
        if held:  # it goes on from the button that takes the other's place, not from the top of the dialog
            now.setFocus(Qt.FocusReason.OtherFocusReason)
        before.hide()
        self.start_button.setToolTip(lacking)
        self.copy_button.setVisible(bool(self.command))
        self.copy_button.setEnabled(not lacking)
        self.pill.setVisible(steps.run is not None and (steps.listed or steps.state is not OperationState.SUCCEEDED))
        self.pill.show_state(PILLS.get(steps.state, "idle"), wording.state(steps.state))
        words = steps.words if steps.busy else lacking
        if steps.waits:
            words = self.tr("Waits for the job before it")
        elif steps.notice is not None:
            words = with_remedy(steps.notice.message, steps.notice.remedy)
        self.words.setText(words)
        self.words.setVisible(bool(words) or not self.pill.isHidden())
        share = None if steps.run is None or not steps.run.state.busy else steps.run.step.share
        self.bar.setVisible(share is not None)
        self.bar.setValue(round(1000 * (share or 0.0)))
        document = steps.document
        self._nothing.setVisible(document is None)
        self.empty.setVisible(not steps.busy and steps.notice is None)  # it is on its way, or does not come
        self.facts.setVisible(document is not None)
        self.sheets.setVisible(document is not None)
        if document is not None:
            found = self.findings(document)
            self.facts.show_facts(found.facts)
            self.facts.setVisible(bool(self.facts.shown))
            self.sheets.show_sheets(found.sheets)

    def _start(self) -> None:
        if not self.lacking:
            self.steps.start(self.work())

    def _stop(self) -> None:
        self.steps.stop()
