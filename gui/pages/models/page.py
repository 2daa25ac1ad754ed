"""One model: its card above, its layers below; any file may be dropped on the page."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels.models import SAMPLES, SUFFIXES, ModelsModel, welcome
from ...viewmodels.saying import said
from ...viewmodels.session import Session
from ...widgets.drop import DropTarget
from ...widgets.layout import Card, button, column, row
from ...widgets.page import Page
from ...widgets.search import SearchField
from ...widgets.table import Table
from ...widgets.text import Text
from .card import ModelCard
from .sensitivity import SensitivityCard


class ModelsPage(Page):
    """Shows a :class:`ModelsModel`."""

    def __init__(
        self, session: Session, style: Style, compress: Callable[[str], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(style, parent)
        self.model = ModelsModel(session, self)
        self._compress = compress
        self.open_button = button(self.choose)
        self.recent_button = button(self._show_recent)
        self.compress_button = button(lambda: self._compress(self.model.source), primary=True)
        self.card = ModelCard(style)
        self.sensitivity = SensitivityCard(self.model, style)
        self.layers = Table(self.model.layers, style, self.model.selection, wide=1)
        self.sense_button, self.stop_button = button(self._show_data), button(self.model.sensitivity.cancel)
        self._sensed = Text("caption")
        self.search = SearchField(self.model.layers.filter)
        self._title, self._count = Text("card-title"), Text("caption")
        below = Card()
        below.setLayout(
            column(
                row(
                    self._title,
                    Space.XS,
                    self._count,
                    None,
                    self._sensed,
                    self.stop_button,
                    self.sense_button,
                    self.search,
                ),
                self.layers,
                margins=(Space.L, Space.M, Space.L, Space.M),
            )
        )
        above = row(self.card, self.sensitivity, gap=Space.M)
        above.setStretch(1, 1)
        inside = column(above, below, gap=Space.M)
        inside.setStretch(1, 1)
        self.content.setLayout(inside)
        self.frame(self.recent_button, self.open_button, self.compress_button)
        self.sensitivity.map.picked.connect(self._unhide)
        self.drop = DropTarget(self, style, welcome, lambda path: self.open(str(path)))
        self.model.changed.connect(self.render_state)
        self.model.layers.modelReset.connect(self._say_count)

    def retranslate(self) -> None:
        """Set the texts."""
        self.title.setText(self.tr("Models"))
        self.open_button.setText(self.tr("Open a model…"))
        self.recent_button.setText(self.tr("Recent"))
        self.compress_button.setText(self.tr("Compress…"))
        self._title.setText(self.tr("Layers"))
        self.layers.setAccessibleName(self.tr("Layers"))
        self.sense_button.setText(self.tr("Sensitivity…"))
        self.sense_button.setToolTip(self.tr("How much accuracy each layer costs when it alone is changed"))
        self.stop_button.setText(self.tr("Stop"))
        self.search.setPlaceholderText(self.tr("Filter layers"))
        self.search.setAccessibleName(self.tr("Filter layers"))
        self.sensitivity.retranslate()
        self.model.layers.retranslate()
        self.render_state()

    def open(self, source: str) -> None:
        """Look into a model."""
        self.search.clear()
        self.model.open(source)

    def choose(self) -> None:
        """Ask for a file."""
        kinds = self.tr("Models") + " (" + " ".join(f"*{suffix}" for suffix in SUFFIXES) + ")"
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Open a model"), "", f"{kinds};;* (*)")
        if path:
            self.open(path)

    def render_state(self) -> None:
        """Show what the model says."""
        model = self.model
        known = model.facts is not None
        self.sentence.setText(model.name if model.source else self.tr("What you open stays on this computer."))
        self.compress_button.setVisible(known)
        self.open_button.setVisible(bool(model.source))
        self.recent_button.setVisible(bool(model.recent))
        if not model.source:
            self.show_message(
                "models",
                self.tr("No model yet"),
                self.tr("Drop an .onnx, .tflite, .pt2 or .keras file here, or begin with a sample model."),
                self.tr("Open a sample model"),
                lambda: self.open(SAMPLES[0]),
            )
        elif model.facts is not None:
            self.card.show_model(model.name, model.facts)
            self._say_count()
            self._say_sensitivity()
            self.show_content()
        else:
            self.show_query(model.query, model.again)

    def _unhide(self, id_: str) -> None:
        """A layer that is picked in the plot is seen in the table, whatever it was filtered for."""
        if self.model.layers.position(id_) is None:
            self.search.clear()

    def _say_count(self) -> None:
        shown, total = len(self.model.layers.rows), self.model.layers.total
        words = str(total) if shown == total else self.tr("{0} of {1}").format(shown, total)
        self._count.setText(words)

    def _say_sensitivity(self) -> None:
        sensitivity, known = self.model.sensitivity, self.model.sensed
        self.stop_button.setVisible(sensitivity.loading)
        self.sense_button.setVisible(not sensitivity.loading)
        failure = None if sensitivity.loading else sensitivity.failure
        self.sensitivity.render_state()
        words = ""
        if sensitivity.loading:
            words = self.tr("every layer is changed alone and judged…")
        elif failure is not None:
            words = said(failure.message)
            self._sensed.setToolTip(said(failure.remedy))
        self._sensed.setText(words)
        for place, spec in enumerate(self.model.layers.columns):
            if spec.id in ("lost_zeros", "lost_bits"):
                self.layers.setColumnHidden(place, not known)

    def _show_data(self) -> None:
        menu = QMenu(self)
        for name in ("fashion-mnist", "digits"):
            menu.addAction(name).triggered.connect(lambda checked=False, n=name: self.model.sense(n))
        menu.addAction(self.tr("A folder of data…")).triggered.connect(lambda: self._sense_folder())
        menu.addAction(self.tr("A data file…")).triggered.connect(lambda: self._sense_file())
        menu.popup(self.sense_button.mapToGlobal(self.sense_button.rect().bottomLeft()))

    def _sense_folder(self) -> None:
        if path := QFileDialog.getExistingDirectory(self, self.tr("A folder of data…")):
            self.model.sense(path)

    def _sense_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, self.tr("A data file…"), "", "*.npz *.csv *.parquet;;* (*)")
        if path:
            self.model.sense(path)

    def _show_recent(self) -> None:
        menu = QMenu(self)
        for source in dict.fromkeys([*self.model.recent, *SAMPLES]):
            menu.addAction(Path(source).name).triggered.connect(lambda checked=False, s=source: self.open(s))
        menu.popup(self.recent_button.mapToGlobal(self.recent_button.rect().bottomLeft()))
