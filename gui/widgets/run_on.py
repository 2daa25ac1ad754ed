"""On what boards run a model: runtime, provider, delegate; all of it is left open unless a person says more."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from ..theme.tokens import Space
from .layout import button, column, row
from .text import Text

RUNTIMES = ("onnxruntime", "litert", "tflite")
PROVIDERS = ("cpu", "cuda", "tensorrt")
DELEGATES = ("xnnpack", "none")


class RunOnForm(QWidget):
    """Four fields that are folded away until they are wanted."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.toggle_button = button(self._toggle, quiet=True)
        self.runtime, self.provider, self.delegate = (_open_choice(known) for known in (RUNTIMES, PROVIDERS, DELEGATES))
        self.options = QLineEdit()
        self._names = [Text("muted") for _ in range(4)]
        self.fields = QWidget()
        grid = QGridLayout(self.fields)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.S)
        grid.setVerticalSpacing(Space.XS)
        grid.setColumnStretch(1, 1)
        for number, (name, field) in enumerate(zip(self._names, self._editors, strict=True)):
            name.setBuddy(field)
            grid.addWidget(name, number, 0)
            grid.addWidget(field, number, 1)
        self.fields.hide()
        self.setLayout(column(row(self.toggle_button, None), self.fields, gap=Space.XS))
        for box in (self.runtime, self.provider, self.delegate):
            box.currentTextChanged.connect(lambda _: self.changed.emit())

    @property
    def _editors(self) -> tuple[QWidget, ...]:
        return (self.runtime, self.provider, self.delegate, self.options)

    @property
    def asked(self) -> dict[str, Any]:
        """Arguments of ``deploy`` and ``profile_run``; what was left open is not among them."""
        named = {"runtime": self.runtime, "provider": self.provider, "delegate": self.delegate}
        found: dict[str, Any] = {name: words for name, box in named.items() if (words := box.currentText().strip())}
        options = [part.strip() for part in self.options.text().split(",") if part.strip()]
        return {**found, "delegate_options": options} if options else found

    def retranslate(self) -> None:
        """Set the texts."""
        words = (self.tr("Runtime"), self.tr("Provider"), self.tr("Delegate"), self.tr("Its options"))
        for name, field, text in zip(self._names, self._editors, words, strict=True):
            name.setText(text)
            field.setAccessibleName(text)
        usual = self.tr("the board's usual")
        for box in (self.runtime, self.provider, self.delegate):
            editor = box.lineEdit()
            if editor is not None:
                editor.setPlaceholderText(usual)
                editor.setAccessibleName(box.accessibleName())
        self.options.setPlaceholderText(self.tr("KEY=VALUE, separated by commas"))
        self.runtime.setToolTip(self.tr("One that the board has, or an adapter that was added to it"))
        self.provider.setToolTip(self.tr("What the runtime computes on: cpu, cuda, tensorrt or its own name"))
        self.delegate.setToolTip(self.tr("Of TFLite: xnnpack, none, or the path of a library on the board"))
        self._name_button()

    def _toggle(self) -> None:
        self.fields.setVisible(self.fields.isHidden())
        self._name_button()

    def _name_button(self) -> None:
        folded = self.fields.isHidden()
        self.toggle_button.setText(self.tr("Run on…") if folded else self.tr("Hide what it runs on"))


def _open_choice(known: tuple[str, ...]) -> QComboBox:
    """Names that are known, and room for any other."""
    box = QComboBox()
    box.setEditable(True)
    box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    box.addItems(["", *known])
    return box
