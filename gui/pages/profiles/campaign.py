"""The dialog that profiles a fleet: what and where to the left, the matrix to the right."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDialog, QLineEdit, QListWidget, QProgressBar, QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels.campaign import CampaignModel, campaign_state
from ...viewmodels.saying import said, trouble, with_remedy
from ...widgets.layout import Card, button, column, resize_on_screen, row
from ...widgets.sieve import Sieve
from ...widgets.table import Table
from ...widgets.text import Pill, Text
from ...widgets.ticks import fill, ticked

SIZE = (1080, 660)
LEFT_PIXELS = 300
MARGINS = (Space.L, Space.M, Space.L, Space.M)


class CampaignDialog(QDialog):
    """Shows a :class:`CampaignModel`; a campaign goes on when the dialog is closed."""

    def __init__(self, model: CampaignModel, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self.model, self._style = model, style
        resize_on_screen(self, *SIZE)
        self.setWindowTitle(self.tr("Profile the fleet"))
        self._title, self.words = Text("card-title"), Text("muted", wrap=True)
        self._title.setText(self.tr("Profile the fleet"))
        self.words.setText(
            self.tr(
                "Measures every ticked variant on every ticked board, side by side. What is cut off goes on where it stopped."
            )
        )
        self.variants, self.targets = QListWidget(), QListWidget()
        for made, name in ((self.variants, self.tr("Variants")), (self.targets, self.tr("Devices"))):
            made.setAccessibleName(name)
            made.itemChanged.connect(lambda _: self.render_state())
        self.threads = QLineEdit("1")
        self.threads.setFixedWidth(88)
        self.threads.textChanged.connect(lambda _: self.render_state())
        self.only_stale, self.energy = QCheckBox(self.tr("Only what has no fresh reading")), QCheckBox()
        self.operators = QCheckBox(self.tr("Time per layer, for predictions"))
        self.only_stale.setChecked(True)
        self.energy.setText(self.tr("Energy, too, where there is a sensor"))
        self.start_button = button(self._start, primary=True)
        self.start_button.setText(self.tr("Measure"))
        left = Card()
        left.setFixedWidth(LEFT_PIXELS)
        inside = column(
            self._head(self.tr("Variants")),
            Sieve(self.variants),
            self._head(self.tr("Devices")),
            Sieve(self.targets),
            self._named(self.tr("Threads"), self.threads),
            self.only_stale,
            self.energy,
            self.operators,
            margins=MARGINS,
        )
        inside.setStretch(1, 3)
        inside.setStretch(3, 2)
        left.setLayout(inside)
        self.pill, self.told = Pill(), Text("muted", wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Cells measured"))
        self.stop_button, self.resume_button = button(model.stop), button(model.resume)
        self.stop_button.setText(self.tr("Stop"))
        self.resume_button.setText(self.tr("Resume"))
        self._matrix = column()
        self.table: Table | None = None
        self._shape: object = None
        self.empty = Text("muted", wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setText(self.tr("Tick variants and devices, then measure: each pair is shown here."))
        self.reasons = Text("caption", wrap=True)
        self.reasons.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        right = Card()
        head = row(self.pill, self.told, self.stop_button, self.resume_button)
        head.setStretch(1, 1)
        inside = column(head, self.bar, self.empty, self._matrix, self.reasons, gap=Space.M, margins=MARGINS)
        inside.setStretch(2, 1)
        inside.setStretch(3, 1)
        right.setLayout(inside)
        middle = row(left, right, gap=Space.M)
        middle.setStretch(1, 1)
        self.close_button = button(self.reject)
        self.close_button.setText(self.tr("Close"))
        whole = column(
            self._title,
            self.words,
            middle,
            row(None, self.close_button, self.start_button),
            gap=Space.M,
            margins=(Space.XL, Space.L, Space.XL, Space.L),
        )
        whole.setStretch(2, 1)
        self.setLayout(whole)
        model.changed.connect(self.render_state)
        model.deploy.refresh()
        self.render_state()

    def _head(self, words: str) -> Text:
        made = Text("strong")
        made.setText(words)
        return made

    def _named(self, name: str, field: QWidget) -> QWidget:
        label = Text("muted")
        label.setText(name)
        label.setBuddy(field)
        field.setAccessibleName(name)
        field.setToolTip(self.tr("One count, or several with commas between: 1, 2, 4"))
        made = QWidget()
        made.setLayout(row(label, field, None))
        return made

    @property
    def counts(self) -> list[int]:
        """Thread counts; empty where something else was typed."""
        parts = [part.strip() for part in self.threads.text().split(",")]
        return [int(part) for part in parts] if all(part.isdigit() and int(part) for part in parts) else []

    def render_state(self) -> None:
        """Show what the model says."""
        model = self.model
        fill(self.variants, [(item.id, item.label) for item in model.deploy.variants])
        fill(self.targets, [(name, name) for name in model.deploy.targets])
        count = len(ticked(self.variants)) * len(ticked(self.targets)) * len(self.counts)
        self.start_button.setText(self.tr("Measure {0}").format(count) if count else self.tr("Measure"))
        self.start_button.setEnabled(bool(count) and not model.busy)
        self.start_button.setToolTip("" if count else self.tr("Tick at least one variant and one device."))
        self.pill.show_state(*campaign_state(model))
        self.told.setText(self._told())
        done, total = model.done
        self.bar.setVisible(model.busy and bool(total))
        self.bar.setRange(0, 1000)
        share = None if model.run is None else model.run.step.share
        self.bar.setValue(round(1000 * (share if share is not None else done / total if total else 0.0)))
        self.stop_button.setVisible(model.run is not None and model.busy)
        self.resume_button.setVisible(model.resumable and not model.busy)
        self._show_matrix()
        self.reasons.setText("\n".join(model.missing))
        self.reasons.setVisible(bool(model.missing))

    def _told(self) -> str:
        model = self.model
        for query in (model.deploy.project, model.deploy.devices):
            if query.failure is not None and not query.loading:
                return trouble(query.failure)
        if model.deploy.trouble:
            return said(model.deploy.trouble)
        if model.run is not None and model.run.notice is not None:
            return with_remedy(model.run.notice.message, model.run.notice.remedy)
        done, total = model.done
        if not total:
            return ""
        words, missing = self.tr("{0} of {1} measured").format(done - model.lost, total), self.tr("{0} missing")
        return f"{words} · {missing.format(model.lost)}" if model.lost else words

    def _show_matrix(self) -> None:
        model = self.model
        self.empty.setVisible(not model.rows)
        shape = (model.targets, model.threads)
        if model.rows and shape != self._shape:
            self._shape = shape
            if self.table is not None:
                self.table.hide()
                self.table.deleteLater()
            rows = model.table()
            self.table = Table(rows, self._style)
            rows.setParent(self.table)
            self.table.setAccessibleName(self.tr("Variants and devices"))
            self._matrix.addWidget(self.table)
        if self.table is not None and tuple(self.table.rows.rows) != model.rows:
            self.table.rows.show(model.rows)

    def _start(self) -> None:
        self.model.start(
            ticked(self.variants),
            ticked(self.targets),
            self.counts,
            only_stale=self.only_stale.isChecked(),
            energy=self.energy.isChecked(),
            operators=self.operators.isChecked(),
        )
