"""Plot and table of the variants with one selection; to the right the selected one, or two to four compared."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QInputDialog, QLineEdit, QMenu, QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels import wording
from ...viewmodels.session import Session
from ...viewmodels.variants import quantity
from ...viewmodels.variants_model import VariantsModel
from ...widgets.choices import choice_box
from ...widgets.flow import Flow
from ...widgets.layout import Card, Scrolled, button, column, row
from ...widgets.limit_slider import LimitSlider
from ...widgets.page import Page
from ...widgets.plots import ScatterPlot
from ...widgets.table import Table
from ...widgets.text import Text
from ..tools import Tools
from .detail import Detail
from .layers import LayersDialog

MARGINS = (Space.L, Space.M, Space.L, Space.M)
LEAST_PLOT, LEAST_ROWS = 170, 140  # pixels; what has no room in a small window is scrolled to


class VariantsPage(Page):
    """Shows a :class:`VariantsModel`."""

    def __init__(
        self,
        session: Session,
        style: Style,
        go: Callable[[str], object],
        tools: Tools,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(style, parent)
        self._session = session
        self.model = VariantsModel(session, self)
        self._go = go
        self.refresh_button = button(self.model.refresh)
        self.export_button = button(self._export_plot)
        self.deploy_button = button(lambda: go("deploy"), primary=True)
        self.x_axis, self.y_axis, self.device, self.network = (choice_box() for _ in range(4))
        self.x_axis.activated.connect(lambda: self.model.show(x=quantity(self.x_axis.currentData())))
        self.y_axis.activated.connect(lambda: self.model.show(y=quantity(self.y_axis.currentData())))
        self.device.activated.connect(lambda: self.model.show(target=self.device.currentText()))
        self.network.activated.connect(lambda: self.model.show(model=self.network.currentData()))
        self.limited, self.limit = QCheckBox(), QLineEdit("1")
        self.limit.setFixedWidth(56)
        self.limited.toggled.connect(lambda: self._limit())
        self.limit.editingFinished.connect(self._limit)
        self.latency = LimitSlider(wording.milliseconds, self.model.limit_latency)
        self.packed = LimitSlider(lambda value: wording.size(round(value)), self.model.limit_packed)
        self.view_button = button(self._show_views)
        self._title, self._conditions = Text("card-title"), Text("caption")
        self._against = Text("caption")
        self.plot = ScatterPlot(style, lambda id_: self.model.selection.select([id_]))
        said, axes, lost = QWidget(), QWidget(), QWidget()
        said.setLayout(row(self._title, Space.XS, self._conditions))
        axes.setLayout(row(self.y_axis, self._against, self.x_axis))
        lost.setLayout(row(self.limited, self.limit))
        plot_card = Card()
        inside = column(
            Flow(said, None, axes),
            self.plot,
            margins=MARGINS,
        )
        inside.setStretch(1, 1)
        plot_card.setLayout(inside)
        self._table_title = Text("card-title")
        self.damaged = Text("error", wrap=True)
        self.table = Table(self.model.table, style, self.model.selection, many=True)
        table_card = Card()
        table_card.setLayout(
            column(
                Flow(self._table_title, None, self.view_button, self.network, self.device),
                Flow(self.latency, self.packed, None, lost, gap=Space.L),
                self.damaged,
                self.table,
                margins=MARGINS,
            )
        )
        left = column(plot_card, table_card, gap=Space.M)
        left.setStretch(0, 5)
        left.setStretch(1, 4)
        self.detail = Detail(self.model, tools, self.compare_layers, self._save_variant, style)
        self.layers: LayersDialog | None = None
        self.plot.setMinimumHeight(LEAST_PLOT)
        self.table.setMinimumHeight(LEAST_ROWS)
        whole = row(Scrolled(left), self.detail, gap=Space.M)
        whole.setStretch(0, 7)
        whole.setStretch(1, 4)
        self.content.setLayout(whole)
        self.frame(self.refresh_button, self.export_button, self.deploy_button)
        self.model.changed.connect(self.render_state)

    def activate(self) -> None:
        """Ask for the variants."""
        self.model.refresh()

    def compare_layers(self) -> None:
        """Show the selected variants layer by layer."""
        chosen = self.model.compared
        if len(chosen) > 1:
            self.layers = LayersDialog(self._session, self.style_, chosen, self)
            self.layers.open()

    def retranslate(self) -> None:
        """Set the texts."""
        self.title.setText(self.tr("Variants"))
        self.refresh_button.setText(self.tr("Refresh"))
        self.export_button.setText(self.tr("Save the plot…"))
        self.deploy_button.setText(self.tr("Deploy…"))
        self._title.setText(self.tr("Trade-off"))
        self._against.setText(self.tr("against"))
        self._table_title.setText(self.tr("All variants"))
        self.view_button.setText(self.tr("Views and columns"))
        self.latency.retranslate(self.tr("Latency"))
        self.packed.retranslate(self.tr("Packed size"))
        self.limited.setText(self.tr("Lost points at most"))
        for widget, name in (
            (self.x_axis, self.tr("Horizontal axis")),
            (self.y_axis, self.tr("Vertical axis")),
            (self.device, self.tr("Device")),
            (self.network, self.tr("Network")),
            (self.limit, self.tr("Lost points at most")),
            (self.table, self.tr("Variants")),
        ):
            widget.setAccessibleName(name)
        self.model.table.retranslate()
        self.detail.retranslate()
        self.render_state()

    def render_state(self) -> None:
        """Show what the model says."""
        model = self.model
        if model.reading:
            return  # what was shown before stays until the new rows are read
        if self.show_query(model.query, model.refresh):
            self.sentence.setText(self.tr("What was made in this project, and what it gains."))
            return
        if not model.all:
            self.sentence.setText(self.tr("What was made in this project, and what it gains."))
            self.export_button.hide()
            self._show_none()
            return
        self.export_button.show()
        measured = sum(r.latency_ms is not None for r in model.all)
        front = sum(point.front for point in model.points)
        self.sentence.setText(
            self.tr("{0} variants, {1} measured, {2} on the front").format(len(model.all), measured, front)
        )
        self.damaged.setText("\n".join(model.damaged))
        self.damaged.setVisible(bool(model.damaged))
        self.show_content()
        self._fill_choices()
        self._say_conditions()
        titles = (model.x.axis, model.y.axis)
        self.plot.setAccessibleName(f"{model.y.title} / {model.x.title}")
        better = (model.x.high_is_better, model.y.high_is_better)
        self.plot.show_points(model.points, model.selection.ids, titles, better)
        self.detail.render_state()

    def _show_none(self) -> None:
        """There is nothing to list: none was made, or none can be read."""
        if damaged := self.model.damaged:
            self.show_unreadable(damaged, self.model.refresh)
            return
        self.show_message(
            "variants",
            self.tr("No variants yet"),
            self.tr("Each recipe makes a variant, compared with the original here."),
            self.tr("Compress a model"),
            lambda: self._go("compress"),
            drop=False,
        )

    def _say_conditions(self) -> None:
        known = [r for r in self.model.rows if r.latency_ms is not None]
        if not known:
            self._conditions.setText(self.tr("nothing measured yet"))
            return
        runs = min((r.runs for r in known if r.runs is not None), default=0)
        missing = len(self.model.rows) - len(self.model.points)
        words = [self.model.target or "", self.tr("at least {0} runs each").format(wording.count(runs))]
        if missing:
            words.append(self.tr("{0} without both values").format(missing))
        self._conditions.setText(" · ".join(filter(None, words)))

    def _fill_choices(self) -> None:
        model = self.model
        quantities = [(q.title, q.id) for q in model.quantities()]
        _fill(self.x_axis, quantities, model.x.id)
        _fill(self.y_axis, quantities, model.y.id)
        _fill(self.device, [(name, name) for name in model.targets], model.target or "")
        networks = [(self.tr("All networks"), ""), *((name, name) for name in model.models)]
        _fill(self.network, networks, model.model or "")
        self.network.setVisible(len(model.models) > 1)
        for place, column_ in enumerate(model.table.columns):
            alone = column_.id == "model" and len(model.models) < 2
            self.table.setColumnHidden(place, alone or column_.id in model.hidden)
        of_network = [r for r in model.all if model.model in (None, r.model)]
        self.latency.show_range([r.latency_ms for r in of_network if r.latency_ms is not None], model.max_latency_ms)
        self.packed.show_range(
            [r.packed_bytes for r in of_network if r.packed_bytes is not None], model.max_packed_bytes
        )
        for widget in (self.limited, self.limit):
            widget.blockSignals(True)
        self.limited.setChecked(model.max_lost is not None)
        if model.max_lost is not None and not self.limit.hasFocus():
            self.limit.setText(f"{model.max_lost:g}")
        for widget in (self.limited, self.limit):
            widget.blockSignals(False)
        self.device.setVisible(bool(model.targets))

    def _limit(self) -> None:
        try:
            wanted = float(self.limit.text())
        except ValueError:
            wanted = 1.0
            self.limit.setText("1")
        self.model.limit(wanted if self.limited.isChecked() else None)

    def _show_views(self) -> None:
        self.fill_views().popup(self.view_button.mapToGlobal(self.view_button.rect().bottomLeft()))

    def fill_views(self) -> QMenu:
        """The menu of saved views and columns."""
        menu = QMenu(self)
        for view in self.model.views.all:
            menu.addAction(view.name).triggered.connect(lambda _=False, name=view.name: self.model.use_view(name))
        if self.model.views.all:
            menu.addSeparator()
        menu.addAction(self.tr("Save this view…")).triggered.connect(self._name_view)
        if self.model.views.all:
            forget = menu.addMenu(self.tr("Forget a view"))
            for view in self.model.views.all:
                forget.addAction(view.name).triggered.connect(
                    lambda _=False, name=view.name: self.model.drop_view(name)
                )
        columns = menu.addMenu(self.tr("Columns"))
        for place, column_ in enumerate(self.model.table.columns[1:], 1):
            if column_.id == "model" and len(self.model.models) < 2:
                continue
            action = columns.addAction(column_.title())
            action.setCheckable(True)
            action.setChecked(not self.table.isColumnHidden(place))
            action.toggled.connect(lambda on, id_=column_.id: self.model.hide_column(id_, not on))
        return menu

    def _name_view(self) -> None:
        name, fine = QInputDialog.getText(self, self.tr("Save this view…"), self.tr("Name of the view"))
        if fine and name.strip():
            self.model.keep_view(name)

    def _save_variant(self) -> None:
        kinds = ["ONNX (*.onnx)", "TFLite (*.tflite)", "PyTorch (*.pt2)", self.tr("Packed") + " (*.flwp)"]
        suggested = f"{self.model.selected[0].name}.onnx" if self.model.selected else ""
        path, kind = QFileDialog.getSaveFileName(self, self.tr("Save as…"), suggested, ";;".join(kinds))
        if path:
            self.model.export(path if Path(path).suffix else path + kind[kind.rindex("*") + 1 : -1])

    def _export_plot(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, self.tr("Save the plot…"), "variants.svg", "*.svg *.png")
        if path:
            self.save_plot(path)

    def save_plot(self, path: str) -> None:
        """Write the plot as a picture: SVG, else PNG."""
        self.plot.save_picture(path)


def _fill(box: QComboBox, choices: list[tuple[str, str]], current: str) -> None:
    """Replace the choices of a box where they are others than before."""
    if [(box.itemText(n), box.itemData(n)) for n in range(box.count())] != choices:
        box.clear()
        for text, data in choices:
            box.addItem(text, data)
    box.setCurrentIndex(max(box.findData(current), 0))
