"""The dialog of rollouts: the plan of a new one above, the boards of one of them below."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QLineEdit, QPlainTextEdit, QSpinBox, QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels.rollout import BAD, DEFAULT_WAVES, RolloutModel, moment, rollout_state
from ...viewmodels.saying import said
from ...widgets.layout import button, column, framed, resize_on_screen, row
from ...widgets.table import Table
from ...widgets.text import Pill, Text

SIZE = (900, 620)
WAVES_WIDTH = 190


class RolloutDialog(QDialog):
    """Shows a :class:`RolloutModel`; a rollout goes on when the dialog is closed."""

    def __init__(self, model: RolloutModel, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        resize_on_screen(self, *SIZE)
        self.model = model
        self.variant, self.label = "", ""
        self.data: str | None = None
        self.targets: list[str] = []
        self.slot = "main"
        self.on: Mapping[str, Any] = {}
        self.setWindowTitle(self.tr("Rollouts in waves"))
        self._title, self.words = Text("card-title"), Text("muted", wrap=True)
        self._title.setText(self.tr("Rollouts in waves"))
        self.waves, self.most, self.gate = QLineEdit(DEFAULT_WAVES), QSpinBox(), QCheckBox()
        self.waves.setMinimumWidth(WAVES_WIDTH)
        self.most.setRange(0, 9999)
        self.most.lineEdit().setTextMargins(Space.S, 0, 0, 0)
        self.gate.setText(self.tr("Measure before the switch"))
        self.gate.setToolTip(self.tr("Each board compares the new release with what it runs; slower is rejected."))
        self.waves.setToolTip(self.tr("Boards or shares that must run it before more follow."))
        self.start_button = button(self._start, primary=True)
        self.start_button.setText(self.tr("Start the rollout"))
        self.plan_words = Text("caption", wrap=True)
        self.rollouts, self.pill, self.state_words = QComboBox(), Pill(), Text("caption", wrap=True)
        self.rollouts.setAccessibleName(self.tr("Rollouts"))
        self.rollouts.activated.connect(lambda: model.choose(self.rollouts.currentData()))
        self.table = Table(model.boards, style, model.selection, wide=4)
        self.table.setAccessibleName(self.tr("Boards of the rollout"))
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setAccessibleName(self.tr("What happened"))
        self.log.setPlaceholderText(self.tr("What happened in the rollout is told here."))
        self.pause_button, self.resume_button = button(model.pause), button(lambda: model.resume())
        self.retry_button = button(lambda: model.resume(retry_failed=True))
        self.end_button, self.back_button = button(model.end), button(self._roll_back)
        self.close_button = button(self.reject)
        for made, name in (
            (self.pause_button, self.tr("Pause")),
            (self.resume_button, self.tr("Resume")),
            (self.retry_button, self.tr("Retry the failed")),
            (self.end_button, self.tr("End it")),
            (self.back_button, self.tr("Roll back this board")),
            (self.close_button, self.tr("Close")),
        ):
            made.setText(name)
        inside = column(
            row(self._title, None),
            self.words,
            row(
                self._named(self.tr("Waves"), self.waves),
                self._named(self.tr("Failures allowed"), self.most),
                self.gate,
                None,
                self.start_button,
                gap=Space.L,
            ),
            self.plan_words,
            row(
                self.rollouts,
                self.pill,
                None,
                self.pause_button,
                self.resume_button,
                self.retry_button,
                self.end_button,
            ),
            self.state_words,
            framed(self.table),
            framed(self.log),
            row(self.back_button, None, self.close_button),
            gap=Space.M,
            margins=(Space.XL, Space.L, Space.XL, Space.L),
        )
        inside.setStretch(6, 3)
        inside.setStretch(7, 2)
        self.setLayout(inside)
        model.changed.connect(self.render_state)
        self.render_state()

    def _named(self, name: str, field: QWidget) -> QWidget:
        label = Text("muted")
        label.setText(name)
        label.setBuddy(field)
        field.setAccessibleName(name)
        made = QWidget()
        made.setLayout(row(label, field))
        return made

    def plan(
        self, variant: str, label: str, targets: list[str], slot: str, data: str | None, on: Mapping[str, Any]
    ) -> None:
        """What a new rollout brings, where, and on what it runs there."""
        self.on = on
        self.variant, self.label, self.targets, self.slot, self.data = variant, label, targets, slot, data
        self.model.refresh()
        self.render_state()

    def render_state(self) -> None:
        """Show what the model says."""
        model, facts = self.model, self.model.facts
        ready = bool(self.variant and self.targets)
        self.words.setText(
            self.tr("One board first, then more: each wave must run the release before the next begins.")
        )
        self.plan_words.setText(
            self.tr("{0}  ·  devices: {1}  ·  slot {2}").format(self.label, len(self.targets), self.slot)
            if ready
            else self.tr("To start one, tick one variant and the devices on the page.")
        )
        self.start_button.setEnabled(ready and not model.busy)
        rows = [(f"{moment(item.created)}  ·  {item.slot}  ·  {item.id}", item.id) for item in model.rollouts]
        if [(self.rollouts.itemText(n), self.rollouts.itemData(n)) for n in range(self.rollouts.count())] != rows:
            self.rollouts.clear()
            for text, id_ in rows:
                self.rollouts.addItem(text, id_)
        self.rollouts.setCurrentIndex(self.rollouts.findData(model.chosen))
        state = "" if facts is None else facts.state
        self.rollouts.setVisible(bool(rows))
        self.pill.setVisible(facts is not None)
        self.pill.show_state(*rollout_state(state))
        self.pause_button.setEnabled(state == "running")
        self.resume_button.setEnabled(state in ("paused", "stopped", "waiting", "interrupted") and not model.busy)
        failed = facts is not None and any(board.state in BAD for board in facts.boards)
        self.retry_button.setEnabled(failed and not model.busy and state != "cancelled")
        self.end_button.setEnabled(state not in ("", "finished", "cancelled"))
        board = self._board
        self.back_button.setEnabled(board is not None and not model.back.loading and not model.busy)
        self._say()

    def _say(self) -> None:
        facts = self.model.facts
        words = ""
        if facts is not None:
            words = self.tr("{0} of {1} boards run it").format(facts.done, len(facts.boards))
            words += f"  ·  {', '.join(facts.waves)}" + (f"  ·  {said(facts.reason)}" if facts.reason else "")
            text = "\n".join(facts.log)
            if self.log.toPlainText() != text:
                self.log.setPlainText(text)
                self.log.verticalScrollBar().setValue(self.log.verticalScrollBar().maximum())
        lost = ""
        if facts is not None and facts.state == "interrupted":
            lost = self.tr("The process that worked on it is gone. Resume goes on where it ended.")
        self.state_words.setText("\n".join(filter(None, (self.model.failure, lost, words))))

    @property
    def _board(self) -> str | None:
        """The selected board, when it runs the release."""
        place = None if self.model.selection.first is None else self.model.boards.position(self.model.selection.first)
        found = None if place is None else self.model.boards.row(place)
        return found.name if found is not None and found.state == "committed" else None

    def _start(self) -> None:
        self.model.start(
            self.variant,
            self.targets,
            slot=self.slot,
            data=self.data,
            waves=self.waves.text(),
            max_failures=self.most.value(),
            gate=self.gate.isChecked(),
            on=self.on,
        )

    def _roll_back(self) -> None:
        if self._board is not None:
            self.model.roll_back(self._board)
