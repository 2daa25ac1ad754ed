"""Nothing was run yet: one sentence, three ways in."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QWidget

from ...actions import Command
from ...theme.icons import pixmap
from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels.start import StartModel
from ...widgets.layout import Card, button, column, row
from ...widgets.text import Text

ICON_PIXELS = 44


class EmptyState(Card):
    """The invitation to run the sample project."""

    def __init__(
        self,
        model: StartModel,
        run: Command,
        style: Style,
        do: Callable[[str], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(empty=True, parent=parent)
        self._model, self._style, self._run = model, style, run
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title, self._sentence = Text("card-title"), Text("muted", wrap=True)
        for text in (self._title, self._sentence):
            text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._sentence.setFixedWidth(560)
        self.run_button = button(run, primary=True)
        self.model_button = button(lambda: do("open-model"))
        self.project_button = button(lambda: do("open-project"))
        self.quick = QCheckBox()
        self.quick.setChecked(model.quick)
        self.quick.toggled.connect(self._set_quick)
        middle = column(
            self._icon,
            Space.XS,
            self._title,
            row(None, self._sentence, None),
            Space.S,
            row(None, self.run_button, self.model_button, self.project_button, None),
            Space.XS,
            row(None, self.quick, None),
            gap=Space.S,
        )
        self.setLayout(column(None, middle, None, margins=(Space.XL,) * 4))
        style.changed.connect(self._draw)
        self._draw()
        self.retranslate()

    def retranslate(self) -> None:
        """Set the texts."""
        self._title.setText(self.tr("Three ways to begin"))
        self._sentence.setText(
            self.tr(
                "The sample project compresses a small image network, deploys it to this computer over SSH,"
                " verifies it there and measures what you gained."
            )
        )
        self.run_button.setText(self.tr("Run the sample project"))
        self.run_button.setToolTip(self._run.hint)
        self.model_button.setText(self.tr("Open a model…"))
        self.model_button.setToolTip(
            self.tr("ONNX, TFLite, PyTorch, Keras or safetensors; a file can also be dropped on the window")
        )
        self.project_button.setText(self.tr("Open a project folder…"))
        self.project_button.setToolTip(
            self.tr(
                "Variants, jobs and rollouts of a project are kept in its folder; an empty one begins a new project"
            )
        )
        self.quick.setText(self.tr("Quick: one network, about a minute"))
        self.quick.setToolTip(self.tr("Without it: two networks with ten variants each, about five minutes"))

    def render_state(self) -> None:
        """Show what the model says."""
        self.quick.setChecked(self._model.quick)

    def _set_quick(self, quick: bool) -> None:
        self._model.quick = quick

    def _draw(self) -> None:
        ratio = self.devicePixelRatioF()
        self._icon.setPixmap(pixmap("flyweight", self._style.tokens.faint, ICON_PIXELS, max(ratio, 1.0), 1.3))
