"""What happens around a measurement: how many runs, the board's own service, energy from a plug or a meter."""

from PySide6.QtWidgets import QLineEdit, QWidget

from ...viewmodels.measuring import AROUND
from ...widgets.folded import FoldedForm


class AroundForm(FoldedForm):
    """A field for each of :data:`AROUND`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.editors = {name: QLineEdit() for name in AROUND}
        super().__init__(tuple(self.editors.values()), parent)

    @property
    def asked(self) -> dict[str, str]:
        """What was filled in."""
        return {name: text for name, field in self.editors.items() if (text := field.text().strip())}

    def retranslate(self) -> None:
        """Set the texts."""
        words = {
            "min_runs": (self.tr("Runs at least"), "299", self.tr("Of each variant; p99 needs 299")),
            "before": (
                self.tr("Before, on the board"),
                self.tr("nothing"),
                self.tr("A command that stops your own service there: systemctl --user stop door"),
            ),
            "after": (
                self.tr("After, on the board"),
                self.tr("nothing"),
                self.tr("A command that starts it again, whatever happens: systemctl --user start door"),
            ),
            "plug": (
                self.tr("Energy from a plug"),
                "shelly://192.168.1.40",
                self.tr("The board hangs on it alone: shelly://HOST, shelly1://HOST or tasmota://HOST"),
            ),
            "declared_power": (
                self.tr("Power read off"),
                "2.7:4.1",
                self.tr("Watts of a meter at rest and under load; readings are marked as declared"),
            ),
        }
        self.name(
            [words[name][0] for name in AROUND], show=self.tr("Runs, service, meter…"), hide=self.tr("Hide these")
        )
        for name, field in self.editors.items():
            field.setPlaceholderText(words[name][1])
            field.setToolTip(words[name][2])
