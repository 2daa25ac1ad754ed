"""What and where to the left, the matrix of variants and devices to the right, releases of a device below."""

from collections.abc import Callable

from PySide6.QtWidgets import QComboBox, QLineEdit, QListWidget, QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels.damage import damaged_records
from ...viewmodels.deploy import CellState, DeployModel, summary
from ...viewmodels.releases import ReleaseRow, release_columns
from ...viewmodels.rollout import RolloutModel
from ...viewmodels.rows import RowsModel
from ...viewmodels.saying import said, trouble
from ...viewmodels.session import Session
from ...widgets.layout import Card, button, column, row
from ...widgets.more import More, Rare
from ...widgets.page import Page
from ...widgets.run_on import RunOnForm
from ...widgets.sieve import Sieve
from ...widgets.table import Table
from ...widgets.text import Text
from ...widgets.ticks import fill, ticked
from ..tools import Tools
from .matrix import Matrix
from .rollout import RolloutDialog

MARGINS = (Space.L, Space.M, Space.L, Space.M)
LEFT_PIXELS = 216  # of a small window


class DeployPage(Page):
    """Shows a :class:`DeployModel`."""

    def __init__(
        self,
        session: Session,
        style: Style,
        go: Callable[[str], object],
        tools: Tools,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(style, parent)
        self.model = DeployModel(session, self)
        self.rollouts = RolloutModel(session, self)
        self.dialog: RolloutDialog | None = None
        self._go, self._tools = go, tools
        self.more = More(self._rare, self)
        self.deploy_button = button(self._deploy, primary=True)
        self.measure_button = button(self._measure)
        self.check_button = button(lambda: self._deploy(check=True))
        self.waves_button = button(self.in_waves)
        self.cancel_button, self.retry_button = button(self.model.cancel), button(self.model.retry)
        self.variants, self.targets = QListWidget(), QListWidget()
        for made in (self.variants, self.targets):
            made.itemChanged.connect(lambda item: self._name_deploy())
        self._variants_title, self._targets_title = Text("card-title"), Text("card-title")
        self.slot, self.data = QLineEdit("main"), QLineEdit()
        self._slot_name, self._data_name = Text("muted"), Text("muted")
        self.run_on = RunOnForm()
        left = Card()
        left.setMinimumWidth(LEFT_PIXELS)
        inside = column(
            self._variants_title,
            Sieve(self.variants),
            self._targets_title,
            Sieve(self.targets),
            row(self._slot_name, self.slot),
            self._data_name,
            self.data,
            self.run_on,
            margins=MARGINS,
        )
        inside.setStretch(1, 3)
        inside.setStretch(3, 2)
        left.setLayout(inside)
        self._matrix_title, self._matrix_words = Text("card-title"), Text("caption")
        self.matrix = Matrix()
        matrix_card = Card()
        inside = column(
            row(self._matrix_title, Space.XS, self._matrix_words, None, self.retry_button, self.cancel_button),
            self.matrix,
            margins=MARGINS,
        )
        inside.setStretch(1, 1)
        matrix_card.setLayout(inside)
        self._releases_title = Text("card-title")
        self.device, self.slots = QComboBox(), QComboBox()
        self.device.activated.connect(lambda: self.model.show_releases(self.device.currentText()))
        self.slots.currentIndexChanged.connect(lambda: self._show_releases())
        self.rollback_button = button(self._roll_back)
        self.look_button = button(lambda: self.model.show_releases(self.device.currentText()))
        self.releases: RowsModel[ReleaseRow] = RowsModel(release_columns(), lambda item: str(item.number), self)
        self.releases_table = Table(self.releases, style, wide=1)
        self.releases_words = Text("caption", wrap=True)
        releases = Card()
        inside = column(
            row(self._releases_title, None, self.device, self.look_button, self.slots, self.rollback_button),
            self.releases_table,
            self.releases_words,
            margins=MARGINS,
        )
        inside.setStretch(1, 1)
        releases.setLayout(inside)
        right = column(matrix_card, releases, gap=Space.M)
        right.setStretch(0, 3)
        right.setStretch(1, 2)
        whole = row(left, right, gap=Space.M)
        whole.setStretch(0, 1)
        whole.setStretch(1, 3)
        self.content.setLayout(whole)
        self.frame(self.check_button, self.waves_button, self.measure_button, self.more.button, self.deploy_button)
        self.model.measuring.connect(lambda run: go("jobs"))
        self.model.changed.connect(self.render_state)

    def activate(self) -> None:
        """Ask for variants and devices."""
        self.model.refresh()

    def retranslate(self) -> None:
        """Set the texts."""
        self.title.setText(self.tr("Deploy"))
        self.cancel_button.setText(self.tr("Cancel"))
        self.check_button.setText(self.tr("Check first"))
        self.more.button.setText(self.tr("More"))
        self.more.button.setToolTip(self.tr("Measure as a service, try on a file, a file for a board without network"))
        self.waves_button.setText(self.tr("In waves…"))
        self.waves_button.setToolTip(self.tr("Roll out board by board, and look at earlier rollouts"))
        self.retry_button.setText(self.tr("Retry the failed"))
        self._variants_title.setText(self.tr("Variants"))
        self._targets_title.setText(self.tr("Devices"))
        self._slot_name.setText(self.tr("Slot"))
        self.slot.setToolTip(self.tr("A board runs several models; each has a slot of its own."))
        self._data_name.setText(self.tr("Golden samples from"))
        self.data.setPlaceholderText(self.tr("seeded random inputs"))
        self.data.setToolTip(self.tr("The data set whose samples prove on the board that the outputs are right."))
        self._matrix_title.setText(self.tr("Progress"))
        self._releases_title.setText(self.tr("Releases"))
        self.look_button.setText(self.tr("Show"))
        self.rollback_button.setText(self.tr("Roll back"))
        for widget, name in (
            (self.variants, self.tr("Variants")),
            (self.targets, self.tr("Devices")),
            (self.slot, self.tr("Slot")),
            (self.data, self.tr("Golden samples from")),
            (self.device, self.tr("Device")),
            (self.slots, self.tr("Slot")),
            (self.releases_table, self.tr("Releases")),
        ):
            widget.setAccessibleName(name)
        self.releases.retranslate()
        self.matrix.retranslate()
        self.run_on.retranslate()
        self.render_state()

    def render_state(self) -> None:
        """Show what the model says."""
        model = self.model
        good, bad, total = summary(model.cells)
        if total and model.only_check:
            able = sum(cell.state is CellState.PLANNED for cell in model.cells.values())
            self.sentence.setText(self.tr("Only checked: {0} of {1} can be deployed").format(able, total))
        elif total:
            words = self.tr("{0} of {1} verified, {2} failed")
            self.sentence.setText(words.format(good, total, bad))
        else:
            self.sentence.setText(
                self.tr("Pushed over SSH, verified on the board by its own runtime, then switched over.")
            )
        if self.show_query(model.project, model.refresh) or self.show_query(model.devices, model.refresh):
            return
        if not model.variants and (damaged := damaged_records(model.project.document)):
            self.show_unreadable(damaged, model.refresh)
            self._name_deploy()
            return
        if not model.variants:
            self.show_message(
                "deploy",
                self.tr("Nothing to deploy yet"),
                self.tr("Compress a model first: its variants can be deployed from here."),
                self.tr("Compress a model"),
                lambda: self._go("compress"),
                drop=False,
            )
            self._name_deploy()
            return
        self.show_content()
        fill(self.variants, [(row.id, row.label) for row in model.variants])
        fill(self.targets, [(name, name) for name in model.targets])
        if [self.device.itemText(n) for n in range(self.device.count())] != model.targets:
            self.device.clear()
            self.device.addItems(model.targets)
        self.matrix.show_cells(model.cells, model.name, model.steps)
        self._matrix_words.setText(said(model.trouble))
        self.cancel_button.setVisible(model.busy)
        self.retry_button.setVisible(bool(model.failed) and not model.busy)
        self._fill_slots()
        self._name_deploy()

    def _name_deploy(self) -> None:
        variants, targets = ticked(self.variants), ticked(self.targets)
        count = len(variants) * len(targets)
        self.deploy_button.setText(self.tr("Deploy {0}").format(count) if count else self.tr("Deploy"))
        self.deploy_button.setEnabled(bool(count) and not self.model.busy and bool(self.slot.text().strip()))
        why = "" if count else self.tr("Tick at least one variant and one device.")
        self.deploy_button.setToolTip(why)
        self.check_button.setEnabled(self.deploy_button.isEnabled())
        self.check_button.setToolTip(why or self.tr("Ask each device what would travel; nothing is changed there"))
        self.measure_button.setEnabled(bool(count) and not self.model.busy and not self.model.packing)
        self.measure_button.setText(self.tr("Packing…") if self.model.packing else self.tr("Measure"))
        self.measure_button.setToolTip(why or self.tr("Measure the ticked variants on the ticked devices, interleaved"))

    def _rare(self) -> tuple[Rare, ...]:
        """What is done with the first ticked variant and the ticked devices."""
        variant, targets = next(iter(ticked(self.variants)), ""), ticked(self.targets)
        target = next(iter(targets), "")
        return (
            Rare(self.tr("Measure otherwise…"), lambda: self._tools.measure(variant, targets)),
            Rare(self.tr("Try on a file…"), lambda: self._tools.attempt(variant, target)),
            Rare(self.tr("A file for a board without network…"), lambda: self._tools.offline(variant)),
        )

    def in_waves(self) -> None:
        """Open the rollouts; one ticked variant and the ticked devices are the plan of a new one."""
        variants, targets = ticked(self.variants), ticked(self.targets)
        variant = variants[0] if len(variants) == 1 else ""
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = RolloutDialog(self.rollouts, self.style_, self)
        slot, data = self.slot.text().strip() or "main", self.data.text().strip() or None
        self.dialog.plan(variant, self.model.name(variant), targets, slot, data, self.run_on.asked)
        self.dialog.open()

    def _deploy(self, check: bool = False) -> None:
        slot, data = self.slot.text().strip(), self.data.text().strip() or None
        self.model.deploy(ticked(self.variants), ticked(self.targets), slot, data, check=check, on=self.run_on.asked)

    def _measure(self) -> None:
        data = self.data.text().strip() or None
        self.model.measure(ticked(self.variants), ticked(self.targets), data, on=self.run_on.asked)

    def _fill_slots(self) -> None:
        names = [name for name, _, _ in self.model.slots()]
        if [self.slots.itemText(n) for n in range(self.slots.count())] != names:
            self.slots.clear()
            self.slots.addItems(names)
        self.slots.setVisible(bool(names))
        self._show_releases()

    def _show_releases(self) -> None:
        model = self.model
        chosen = self.slots.currentText()
        found = [
            ReleaseRow(number, bundle, state, number == current)
            for name, current, releases in model.slots()
            for number, bundle, state in releases
            if name == chosen
        ]
        if found != list(self.releases.rows):
            self.releases.show(found)
        rows = len(found)
        self.releases_table.setVisible(bool(rows))
        busy = model.releases.loading or model.rollback_query.loading
        failure = model.releases.failure or model.rollback_query.failure
        if busy:
            words = self.tr("Connecting…")
        elif failure is not None:
            words = trouble(failure)
        elif not rows:
            words = self.tr("Show what a device runs, and go back to the release before.")
        else:
            words = ""
        self.releases_words.setText(words)
        self.releases_words.setVisible(bool(words))
        self.rollback_button.setEnabled(rows > 1 and not busy)
        self.look_button.setEnabled(not busy)

    def _roll_back(self) -> None:
        self.model.roll_back(str(self.model.releases.arguments.get("target")), self.slots.currentText())
