"""The dialog that lists the signing keys boards trust, replaces this desktop's, and revokes others."""

import shlex
from collections.abc import Sequence

from PySide6.QtWidgets import QListWidget, QWidget

from ...theme.style import Style
from ...viewmodels.at_hand import AtHand
from ...viewmodels.findings import Findings
from ...viewmodels.signing import keys_of, read_keys
from ...viewmodels.steps import Document, Step, Steps, step
from ...widgets.layout import button, column
from ...widgets.question import Question
from ...widgets.sheets import SheetView
from ...widgets.sieve import Sieve
from ...widgets.task import TaskDialog
from ...widgets.text import Text
from ...widgets.ticks import fill, tick, ticked

VERB = "device_keys"


class KeysDialog(TaskDialog):
    """Asks all boards when it is opened."""

    def __init__(self, steps: Steps, at_hand: AtHand, style: Style, parent: QWidget) -> None:
        super().__init__(
            steps,
            style,
            self.tr("Signing keys of the boards"),
            self.tr(
                "A board runs only what a key it trusts has signed. Replace this desktop's key when somebody may have "
                "copied it, and revoke the key of a desktop that is gone."
            ),
            parent,
        )
        self.at_hand = at_hand
        at_hand.setParent(self)
        self.resize(self.width(), 480)
        self.box: Question | None = None
        self._view: SheetView | None = None
        self.empty.setText(self.tr("The boards are asked which keys they trust."))
        self.boards = QListWidget()
        named = Text("muted")
        named.setText(self.tr("Devices"))
        named.setBuddy(self.boards)
        self.name_field(self.boards, self.tr("Devices"))
        part = QWidget()
        inside = column(named, Sieve(self.boards))
        inside.setStretch(1, 1)
        part.setLayout(inside)
        self.put(part, 1)
        self.boards.itemChanged.connect(lambda _: self.render_state())
        self.revoke_button, self.rotate_button = button(self._ask_revoke), button(self._ask_rotate)
        self.revoke_button.setText(self.tr("Revoke…"))
        self.revoke_button.setToolTip(self.tr("The ticked devices trust the selected key never again"))
        self.rotate_button.setText(self.tr("Replace this desktop's key…"))
        self.lay_out(self.revoke_button, self.rotate_button, fills=True)
        at_hand.changed.connect(self._fill)
        self._fill()

    @property
    def lacking(self) -> str:
        """Why the boards cannot be asked."""
        if self.at_hand.loading and not self.boards.count():
            return self.tr("Loading…")
        return "" if ticked(self.boards) else self.at_hand.trouble or self.tr("Tick at least one device.")

    @property
    def command(self) -> str:
        """The same for a terminal."""
        return shlex.join(["flyweight", "device", "keys", *ticked(self.boards)])

    @property
    def selected(self) -> str:
        """The key that is selected; empty for none, and for this desktop's own."""
        views = self.sheets.views
        rows = views[0].table.selectionModel().selectedRows() if views else []
        key = views[0].rows.row(rows[0].row())[0].text if rows else ""
        return "" if key == (self.steps.document or {}).get("own") else key

    def work(self) -> Sequence[Step]:
        """Ask the boards."""
        return [step(VERB, targets=ticked(self.boards))]

    def findings(self, document: Document) -> Findings:
        """The keys."""
        return read_keys(document)

    def render_state(self) -> None:
        """Show what can be done."""
        super().render_state()
        for view in self.sheets.views:
            if view is not self._view:
                self._view = view
                view.table.selectionModel().selectionChanged.connect(lambda: self._enable())
        self.start_button.setText(self.tr("Ask again") if self.steps.document is not None else self.tr("Ask"))
        self._enable()

    def _enable(self) -> None:
        ready = not self.steps.busy and self.steps.document is not None and bool(ticked(self.boards))
        self.rotate_button.setEnabled(ready)
        self.revoke_button.setEnabled(ready and bool(self.selected))

    def _fill(self) -> None:
        names = [(row.name, row.name) for row in self.at_hand.devices]
        if names and not self.boards.count():
            fill(self.boards, names)
            tick(self.boards, [name for name, _ in names])
            if not self.steps.busy:
                self.steps.start(self.work())
        self.render_state()

    def _ask_revoke(self) -> None:
        key, names = self.selected, ticked(self.boards)
        holders = [name for name in keys_of(self.steps.document).get(key, []) if name in names]
        self.box = Question(
            self._style,
            self.tr("Revoke the key {0}?").format(key),
            self.tr("{0} trust it never again. What it signed before keeps running.").format(", ".join(holders)),
            ((self.tr("Revoke"), lambda: self.steps.start([step(VERB, targets=names, revoke=[key])])),),
            self,
        )
        self.box.open()

    def _ask_rotate(self) -> None:
        names = ticked(self.boards)
        left = [row.name for row in self.at_hand.devices if row.name not in names]
        words = self.tr("Nothing is replaced until all ticked devices trust the new key; then the old one is revoked.")
        if left:
            told = self.tr("These would not know the new key, and take nothing of this desktop any more: {0}")
            words += "\n\n" + told.format(", ".join(left))
        self.box = Question(
            self._style,
            self.tr("Replace this desktop's signing key?"),
            words,
            ((self.tr("Replace"), lambda: self.steps.start([step(VERB, targets=names, rotate=True)])),),
            self,
        )
        self.box.open()

    def done(self, result: int) -> None:
        """Nobody waits for the list any more."""
        self.at_hand.cancel()
        super().done(result)
