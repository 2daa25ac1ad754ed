"""On what boards run a model: runtime, provider, delegate; all of it is left open unless a person says more."""

from typing import Any

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from .folded import FoldedForm

RUNTIMES = ("onnxruntime", "litert", "tflite")
PROVIDERS = ("cpu", "cuda", "tensorrt")
DELEGATES = ("xnnpack", "none")


class RunOnForm(FoldedForm):
    """Four fields that are folded away until they are wanted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.runtime, self.provider, self.delegate = (_open_choice(known) for known in (RUNTIMES, PROVIDERS, DELEGATES))
        self.options = QLineEdit()
        super().__init__((self.runtime, self.provider, self.delegate, self.options), parent)

    @property
    def asked(self) -> dict[str, Any]:
        """Arguments of ``deploy`` and ``profile_run``; what was left open is not among them."""
        named = {"runtime": self.runtime, "provider": self.provider, "delegate": self.delegate}
        found: dict[str, Any] = {name: words for name, box in named.items() if (words := box.currentText().strip())}
        options = [part.strip() for part in self.options.text().split(",") if part.strip()]
        return {**found, "delegate_options": options} if options else found

    def retranslate(self) -> None:
        """Set the texts."""
        self.name(
            (self.tr("Runtime"), self.tr("Provider"), self.tr("Delegate"), self.tr("Its options")),
            show=self.tr("Run on…"),
            hide=self.tr("Hide what it runs on"),
        )
        usual = self.tr("the board's usual")
        for box in (self.runtime, self.provider, self.delegate):
            editor = box.lineEdit()
            if editor is not None:
                editor.setPlaceholderText(usual)
        self.options.setPlaceholderText(self.tr("KEY=VALUE, separated by commas"))
        self.runtime.setToolTip(self.tr("One that the board has, or an adapter that was added to it"))
        self.provider.setToolTip(self.tr("What the runtime computes on: cpu, cuda, tensorrt or its own name"))
        self.delegate.setToolTip(self.tr("Of TFLite: xnnpack, none, or the path of a library on the board"))


def _open_choice(known: tuple[str, ...]) -> QComboBox:
    """Names that are known, and room for any other."""
    box = QComboBox()
    box.setEditable(True)
    box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    box.addItems(["", *known])
    return box
