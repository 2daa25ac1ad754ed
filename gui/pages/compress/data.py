"""Step 2: which data, which metric judges, and how much of it may be lost."""

from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QFileDialog, QLineEdit, QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels.metrics import TASKS, metric_name, task_name
from ...viewmodels.saying import trouble
from ...viewmodels.wizard import WizardModel
from ...widgets.choices import choice_box, choose_from
from ...widgets.drop import DropTarget
from ...widgets.facts import Facts
from ...widgets.layout import Card, Scrolled, button, column, row
from ...widgets.samples import SampleStrip
from ...widgets.text import Pill, Text
from .step import Step

BUILT_IN = ("fashion-mnist", "digits")
MARGINS = (Space.L, Space.M, Space.L, Space.L)


class DataStep(Step):
    """A field, two dialogs, the built-in sets; the metric and the limit on what is lost of it."""

    def __init__(self, model: WizardModel, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(model, style, parent)
        self._title, self._hint = Text("card-title"), Text("caption", wrap=True)
        self.field = QLineEdit()
        self.field.editingFinished.connect(lambda: self.model.set(data=self.field.text().strip() or None))
        self.folder_button, self.file_button = button(self._choose_folder), button(self._choose_file)
        self.built_in = [button(lambda d=d: self.model.set(data=d)) for d in BUILT_IN]  # type: ignore[misc]
        for made, name in zip(self.built_in, BUILT_IN, strict=True):
            made.setText(name)
        self.none_button = button(lambda: self.model.set(data=None))
        self._built_in_name = Text("muted")
        self.task, self._task_name = choice_box(), Text("muted")
        self.task.activated.connect(lambda: self.model.set(task=self.task.currentData() or None))
        self.pill, self.without = Pill("warn"), Text("muted", wrap=True)
        line = row(self.field, self.folder_button, self.file_button)
        line.setStretch(0, 1)
        warning = row(self.pill, self.without)
        warning.setStretch(1, 1)
        box = Card()
        box.setLayout(
            column(
                self._title,
                self._hint,
                line,
                row(self._built_in_name, *self.built_in, self.none_button, Space.L, self._task_name, self.task, None),
                warning,
                gap=Space.M,
                margins=MARGINS,
            )
        )
        self._limit_title, self._limit_hint = Text("card-title"), Text("caption", wrap=True)
        self.limited, self.limit, self._points = QCheckBox(), QLineEdit(), Text("muted")
        self.judge, self._metric_name = choice_box(), Text("muted")
        self.judge.activated.connect(lambda: self.model.choose_metric(self.judge.currentData()))
        self.limit.setFixedWidth(80)
        self.limited.toggled.connect(self._limit_changed)
        self.limit.editingFinished.connect(self._limit_changed)
        limits = Card()
        limits.setLayout(
            column(
                self._limit_title,
                self._limit_hint,
                row(self._metric_name, self.judge, Space.L, self.limited, self.limit, self._points, None),
                gap=Space.M,
                margins=MARGINS,
            )
        )
        self._preview_title, self._preview_words = Text("card-title"), Text("caption", wrap=True)
        self.strip, self.facts = SampleStrip(style), Facts()
        self.again_button = button(self.model.look_again)
        self.preview = Card()
        head = row(self._preview_title, Space.XS, self._preview_words, self.again_button)
        head.setStretch(2, 1)
        self.preview.setLayout(column(head, self.strip, self.facts, gap=Space.M, margins=MARGINS))
        self.setLayout(column(Scrolled(column(box, self.preview, limits, None, gap=Space.M))))
        DropTarget(self, style, self._welcome, lambda path: self.model.set(data=str(path)))

    def _welcome(self, path: Path) -> tuple[str, str]:
        """A folder and a file are taken alike."""
        return self.tr("Drop it to use {0}").format(path.name), ""

    def sentence(self) -> str:
        """What this step is for."""
        return self.tr("Data trains, calibrates and judges. Without it only latency can be measured.")

    def retranslate(self) -> None:
        """Set the texts."""
        self._title.setText(self.tr("Data set"))
        self._hint.setText(
            self.tr(
                "A folder with one sub-folder of images per class, an .npz with x and y, a CSV with a label column,"
                " or module:factory of your own code."
            )
        )
        self.field.setPlaceholderText(self.tr("No data"))
        self.field.setAccessibleName(self.tr("Data set"))
        self.folder_button.setText(self.tr("Choose a folder…"))
        self.file_button.setText(self.tr("Choose a file…"))
        self._built_in_name.setText(self.tr("Built in:"))
        self.none_button.setText(self.tr("No data"))
        self._task_name.setText(self.tr("Task"))
        self.task.setAccessibleName(self.tr("Task"))
        self.task.setToolTip(self.tr("What the labels mean, where the data does not say it."))
        choose_from(self.task, [("", self.tr("As the data says")), *((task, task_name(task)) for task in TASKS)])
        self.pill.setText(self.tr("Latency only"))
        self.without.setText(self.tr("Accuracy stays unknown, and methods that train or calibrate cannot be used."))
        self._preview_title.setText(self.tr("As the model sees it"))
        self.strip.setAccessibleName(self.tr("As the model sees it"))
        self.again_button.setText(self.tr("Try again"))
        self._limit_title.setText(self.tr("Acceptance"))
        self._limit_hint.setText(
            self.tr(
                "The metric judges what a method may change and what was lost. A variant that loses more is kept, but the"
                " compression counts as not accepted."
            )
        )
        self.limited.setText(self.tr("Lose at most"))
        self._metric_name.setText(self.tr("Judged by"))
        self.judge.setAccessibleName(self.tr("Judged by"))
        self.judge.clear()  # names in the other language

    def render_state(self) -> None:
        """Show what the model says."""
        state = self.model.state
        if not self.field.hasFocus():
            self.field.setText(state.data or "")
        self.pill.setVisible(state.data is None)
        self.without.setVisible(state.data is None)
        self.task.setCurrentIndex(max(self.task.findData(state.task or ""), 0))
        self.task.setEnabled(state.data is not None)
        self._render_preview()
        self._render_metric()
        limit = state.max_accuracy_loss
        for widget in (self.limited, self.limit):
            widget.blockSignals(True)
        self.limited.setChecked(limit is not None)
        self.limited.setEnabled(state.data is not None)
        self.limit.setEnabled(limit is not None and state.data is not None)
        if not self.limit.hasFocus():
            self.limit.setText("1" if limit is None else f"{limit:g}")
        for widget in (self.limited, self.limit):
            widget.blockSignals(False)

    def _render_metric(self) -> None:
        """The metrics this data has; one that was chosen for other data stays visible."""
        now, names = self.model.metric, list(self.model.metrics)
        names += [] if now in names else [now]
        choose_from(self.judge, [(name, metric_name(name)) for name in names], now)
        self.judge.setCurrentIndex(self.judge.findData(now))
        self.judge.setEnabled(self.model.state.data is not None and len(names) > 1)
        self._points.setText(self.tr("percentage points"))
        self.limit.setAccessibleName(self.tr("Lose at most, in percentage points of {0}").format(metric_name(now)))

    def _render_preview(self) -> None:
        looking, preview = self.model.looking, self.model.preview
        failure = None if looking.loading else looking.failure
        self.preview.setVisible(
            self.model.state.data is not None and (preview is not None or looking.loading or failure is not None)
        )
        self.again_button.setVisible(failure is not None)
        self.strip.setVisible(preview is not None)
        self.facts.setVisible(preview is not None)
        if failure is not None:
            self._preview_words.setText(trouble(failure))
        elif preview is None:
            self._preview_words.setText(self.tr("The first samples are being read…"))
        else:
            self._preview_words.setText(
                self.tr("the first samples, prepared as it takes them; black is the smallest value, white the largest")
            )
            self.strip.show_samples(preview.samples)
            self.facts.show_facts(preview.facts())

    def _limit_changed(self) -> None:
        try:
            value = float(self.limit.text())
        except ValueError:
            value = 1.0
        self.model.set(max_accuracy_loss=min(max(value, 0.0), 100.0) if self.limited.isChecked() else None)

    def _choose_folder(self) -> None:
        if path := QFileDialog.getExistingDirectory(self, self.tr("Choose a folder…")):
            self.model.set(data=path)

    def _choose_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Choose a file…"), "", "*.npz *.csv *.parquet;;* (*)")
        if path:
            self.model.set(data=path)
