"""Opens the dialogs that several pages lead to; what was begun in one is kept as long as the window lives."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QWidget

from ...theme.style import Style
from ...viewmodels.at_hand import AtHand
from ...viewmodels.session import Session
from ...viewmodels.steps import KeptSteps, Steps
from ...viewmodels.variants import VariantRow


class Tools(QObject):
    """``dialog`` is the one that was opened last."""

    def __init__(self, session: Session, style: Style, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._style, self._window = session, style, window
        self._kept = KeptSteps(session, self)
        self._data: dict[str, str] = {}
        self.dialog: QDialog | None = None

    def measure(self, variant: str = "", targets: Collection[str] = ()) -> None:
        """Measure a variant on devices."""
        from .measure import MeasureDialog

        steps = self._kept.of(("measure", variant))
        self._open(MeasureDialog(steps, self._at_hand(), self._style, self._window, variant, targets))

    def study(self, variant: VariantRow) -> None:
        """Look closer at a variant."""
        from .study import StudyDialog

        def steps_of(study: str) -> Steps:
            return self._kept.of((study, variant.id))

        self._open(StudyDialog(steps_of, self._at_hand(), self._style, self._window, variant, self._data))

    def attempt(self, variant: str = "", target: str = "") -> None:
        """Try a variant, or what runs on a device, on files."""
        from .inference import TryDialog

        steps = self._kept.of(("try", variant, target))
        self._open(TryDialog(steps, self._at_hand(), self._session, self._style, self._window, variant, target))

    def offline(self, variant: str = "") -> None:
        """Write one file for a board without network."""
        from .offline import OfflineDialog

        steps = self._kept.of(("offline", variant))
        self._open(OfflineDialog(steps, self._at_hand(), self._style, self._window, variant))

    def rights(self, device: str, *, loopback: bool = False) -> None:
        """Grant what would let a board measure more."""
        from .rights import RightsDialog

        steps = self._kept.of(("rights", device), listed=False)
        self._open(RightsDialog(steps, self._style, self._window, device, loopback=loopback))

    def keys(self) -> None:
        """Which signing keys the boards trust."""
        from .keys import KeysDialog

        steps = self._kept.of("keys", listed=False)
        self._open(KeysDialog(steps, self._at_hand(), self._style, self._window))

    def packs(self) -> None:
        """Import a pack, check the store."""
        from .packs import PacksDialog

        self._open(PacksDialog(self._kept.of("packs", listed=False), self._style, self._window))

    def foresee(self, known: Sequence[str] = ()) -> None:
        """Predict what a variant would take."""
        from .foresight import ForesightDialog

        steps = self._kept.of("foresee", listed=False)
        self._open(ForesightDialog(steps, self._at_hand(), self._style, self._window, known))

    def _at_hand(self) -> AtHand:
        return AtHand(self._session)

    def _open(self, dialog: QDialog) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = dialog
        dialog.open()
