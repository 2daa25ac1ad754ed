"""Every page of the window filled with recorded data, in both themes and both languages.

``python -m tests.gui.gallery --renew [SCENE...]`` paints the baselines anew after a page changed on purpose; look at them
before you keep them: ``python -m tests.gui.gallery --write DIR [SCENE...]`` writes the same pictures in full size.
``python -m tests.gui.gallery --clipped`` prints the texts that are cut, as JSON (used at twice the pixels).

A baseline is one small picture per scene with its four looks. They are compared block by block after shrinking, so that
another antialiasing or a digit more is nothing, and a missing card, table, plot or theme is not.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QMimeData, QPoint, QRect, QSize, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QFontInfo, QImage, QPainter
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QHeaderView,
    QLabel,
    QTableView,
    QWidget,
)

from engine.report.write import write_report
from gui.bridge import WorkerProcess
from gui.i18n import Language, Translation, can_show
from gui.operations import Operation, OperationState
from gui.theme.style import Style
from gui.theme.tokens import Theme
from gui.viewmodels.session import Session
from gui.viewmodels.wizard import WizardStep
from gui.viewmodels.wizard_state import RecipeLine, WizardState
from gui.widgets.palette import CommandPalette
from gui.widgets.text import ShrinkingText
from gui.window import SIZE, MainWindow
from tests.engine.report.sample import report

HERE = Path(__file__).parent
BASELINES = HERE / "baselines"
FONT_FILE = BASELINES / "font.txt"
SMALL = QSize(340, 215)
BLOCK = 8  # pixels of a small picture, 32 of the window
BLOCK_DIFFERS = 9.0  # levels of 255 between the mean colours of a block
SHARE_ALLOWED = 0.03
SHARE_WITH_OTHER_FONTS = 0.15
KEY = "SHA256:" + "x9Yk2" * 8 + "abc"
LOOKS = [(theme, language) for theme in Theme for language in Language]
WIZARD = WizardState(
    "sample:fashion-resnet",
    data="fashion-mnist",
    target="loopback",
    max_accuracy_loss=1.0,
    name="half-int8",
    steps=(RecipeLine("channel-pruning", {"ratio": 0.5}), RecipeLine("static-quantization")),
)


class Gallery:
    """A window whose worker answers with recordings; ``folder`` is empty and takes what the window writes."""

    def __init__(self, application: QApplication, folder: Path) -> None:
        self.application = application
        (folder / "engine").mkdir()
        for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
            os.environ[name] = str(folder / "home")
        for language in Language:
            write_report(folder / f"draft_{language}.md", report(), language=language)
        fine = {"recipe": {}, "problems": [], "repaired": None}
        (folder / "engine" / "recipe_check.json").write_text(json.dumps(fine))
        answering = [sys.executable, "-S", str(HERE / "answering_worker.py"), str(folder / "engine")]
        scripted = [sys.executable, "-S", str(HERE / "fake_worker.py"), "success"]
        (folder / "engine" / "bundle.json").write_text(json.dumps({"id": "dd6143a645f463f5"}))
        placed = {"verified": True, "release": 5, "target": "loopback"}
        (folder / "engine" / "deploy.json").write_text(json.dumps({"placements": [placed]}))
        self.style = Style(application, Theme.LIGHT)
        self.translation = Translation(application)
        self.translation.use(Language.ENGLISH)
        self.demo = Operation("demo", lambda: WorkerProcess(scripted))
        project = Path("/home/user/projects/shelf-camera")
        session = Session(project, lambda: WorkerProcess(answering))
        self.window = MainWindow(self.style, self.translation, self.demo, session=session)
        self.front: QWidget | None = None  # a dialog in front of the window
        self.engine = folder / "engine"
        self.window.looks.remembers = False
        self.window.resize(SIZE)
        self.window.show()
        self.settle()

    def close(self) -> None:
        """End what runs and take the window away."""
        self.window.session.shut_down()
        self.settle()
        self.window.close()
        self.window.deleteLater()
        self.application.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def settle(self, done: Callable[[], bool] = lambda: True) -> None:
        """Let answers arrive and layouts settle."""
        end = time.monotonic() + 20
        self.application.processEvents()
        while (self.window.session.busy or not done()) and time.monotonic() < end:
            self.application.processEvents()
            time.sleep(0.002)
        assert done(), "the page got no answer"
        for _ in range(3):
            self.application.processEvents()
        self.application.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # as the loop of the window does

    def show(self, scene: str) -> QWidget:
        """Show a scene; the page or the dialog of it."""
        self.put_away()
        made = SCENES[scene](self)
        self.front = made if isinstance(made, QWidget) else None
        self.settle()
        self.window.notifier.toast.hide()  # it tells that the run of another scene is done
        return self.front or self.window.current

    def put_away(self) -> None:
        """Close the dialog of the last scene."""
        if isinstance(self.front, QDialog):
            self.front.reject()  # its page keeps it until the next one
        elif self.front is not None:
            self.front.hide()
        self.front = None

    @property
    def top(self) -> QWidget:
        """The window in which the shown page or dialog is."""
        return self.window if self.front is None else self.front.window()

    def look(self, theme: Theme, language: Language) -> None:
        """Switch theme and language."""
        self.put_away()  # dialogs are made anew in each language
        if self.style.theme is not theme:
            self.style.use(theme)
        self.translation.use(language)
        self.settle()

    def picture(self, ratio: float = 1.0) -> QImage:
        """The window as it is painted, with so many pixels for each of its own; a dialog in its middle."""
        image = painted(self.window, ratio)
        if self.top is not self.window:
            painter = QPainter(image)
            painter.fillRect(self.window.rect(), QColor(0, 0, 0, 70))
            place = QRect(QPoint(0, 0), self.top.size())
            place.moveCenter(self.window.rect().center())
            painter.drawImage(place, painted(self.top, ratio))
            painter.setPen(QColor(self.style.tokens.faint))  # the desktop draws a frame
            painter.drawRect(place)
            painter.end()
        return image

    def walk(self, scenes: Sequence[str] = ()) -> Iterator[tuple[str, Theme, Language]]:
        """These scenes, or all, in all looks that can be shown here; the window shows each when it is yielded."""
        for theme, language in LOOKS:
            if can_show(language):
                self.look(theme, language)
                for scene in scenes or SCENES:
                    self.show(scene)
                    yield scene, theme, language


def painted(widget: QWidget, ratio: float = 1.0) -> QImage:
    """A widget as it is painted."""
    image = QImage(widget.size() * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    widget.render(image)
    return image


def _go(id_: str) -> Callable[[Gallery], None]:
    return lambda gallery: gallery.window.go(id_)


def _gained(gallery: Gallery) -> None:
    gallery.window.go("start")
    if gallery.demo.state is not OperationState.SUCCEEDED:
        gallery.window.model.quick = False
        gallery.window.command("run")()
        gallery.settle(lambda: gallery.demo.state is OperationState.SUCCEEDED)
        gallery.window.model.flush()


def _models(gallery: Gallery) -> None:
    gallery.window.go("models")
    page = gallery.window.page("models")
    if page.model.facts is None:
        page.open("sample:fashion-resnet")
        gallery.settle(lambda: page.model.facts is not None)
        page.model.sense("fashion-mnist")
        gallery.settle(lambda: page.model.sensed)


def _wizard(step: WizardStep, preset: str | None = None) -> Callable[[Gallery], None]:
    def show(gallery: Gallery) -> None:
        gallery.window.go("compress")
        page = gallery.window.page("compress")
        model = page.model
        model.set(**vars(WIZARD) | {"preset": preset})
        gallery.settle(lambda: model.catalogue is not None and model.models.facts is not None and not model.checking)
        if step is WizardStep.RESULT:
            if model.choice is None:
                model.go(WizardStep.REVIEW)
                model.start()
                gallery.settle(lambda: model.choice is not None)
            model.step = step
            model.changed.emit()
        else:
            model.go(step)
        assert model.step is step
        gallery.settle(lambda: step is not WizardStep.DATA or model.preview is not None)

    return show


def _variants(*places: int) -> Callable[[Gallery], None]:
    def show(gallery: Gallery) -> None:
        gallery.window.go("variants")
        model = gallery.window.page("variants").model
        gallery.settle(lambda: bool(model.all))
        model.selection.select([model.table.id_at(place) for place in places])

    return show


def _devices(gallery: Gallery) -> None:
    gallery.window.go("devices")
    model = gallery.window.page("devices").model
    gallery.window.page("devices").tabs.bar.setCurrentIndex(0)
    gallery.settle(lambda: model.device is not None)
    if model.board is None:
        model.look()
        gallery.settle(lambda: model.board is not None)
        model.check()
        gallery.settle(lambda: bool(model.checks.total))


def _device_tab(tab: int) -> Callable[[Gallery], None]:
    def show(gallery: Gallery) -> None:
        gallery.window.go("devices")
        page = gallery.window.page("devices")
        gallery.settle(lambda: page.model.device is not None)
        page.tabs.bar.setCurrentIndex(tab)
        if page.live.isVisible() and not page.live.model.seen:
            page.live.start_button.click()
        gallery.settle()
        page.live.model.flush()

    return show


def _deploy(gallery: Gallery) -> None:
    gallery.window.go("deploy")
    page = gallery.window.page("deploy")
    gallery.settle(lambda: page.variants.count() > 2 and page.targets.count() > 0)
    if not page.model.cells:
        for box, places in ((page.variants, (1, 2)), (page.targets, (0,))):
            for place in places:
                box.item(place).setCheckState(Qt.CheckState.Checked)
        page.deploy_button.click()
        gallery.settle(lambda: bool(page.model.cells) and not page.model.busy)
        page.look_button.click()
        gallery.settle(lambda: page.releases.count() > 0)


def _report(gallery: Gallery) -> None:
    draft = gallery.engine.parent / f"draft_{gallery.translation.language}.md"
    _answer(gallery, "report", {"path": str(draft)})
    gallery.window.go("report")
    page = gallery.window.page("report")
    gallery.settle(lambda: page.paper.markdown == draft.read_text())


def _answer(gallery: Gallery, verb: str, document: dict[str, object]) -> None:
    (gallery.engine / f"{verb}.json").write_text(json.dumps(document))


def _layers(gallery: Gallery) -> QWidget:
    _variants(0, 2)(gallery)
    page = gallery.window.page("variants")
    gallery.settle()
    page.compare_layers()
    dialog = page.layers
    assert dialog is not None
    gallery.settle(lambda: dialog.rows.total > 0)
    return dialog


def _add(step: str) -> Callable[[Gallery], QWidget]:
    def show(gallery: Gallery) -> QWidget:
        _devices(gallery)
        page = gallery.window.page("devices")
        page.add("pi@raspberrypi.local" if step != "find" else "")
        dialog = page.dialog
        dialog.name.setText("pi5" if step != "find" else "")
        if step == "key":
            error = {"code": "host-key-unknown", "message": f"the key is {KEY}", "remedy": "compare it"}
            _answer(gallery, "device_add", {"error": error})
            dialog.go_button.click()
            dialog.go_button.click()
            gallery.settle(lambda: bool(dialog.model.fingerprint))
        elif step == "failed":
            message = "raspberrypi.local: no answer (port 22)"
            remedy = "check power, network and that SSH is switched on; flyweight device doctor NAME finds the step"
            _answer(gallery, "device_add", {"error": {"code": "unreachable", "message": message, "remedy": remedy}})
            dialog.go_button.click()
            dialog.go_button.click()
            gallery.settle(lambda: bool(dialog.model.message))
        return dialog

    return show


def _forget(gallery: Gallery) -> QWidget:
    _devices(gallery)
    page = gallery.window.page("devices")
    own = page.model.list.document["devices"]
    _answer(gallery, "device_list", {"devices": [*own, {"name": "pi5", "address": "pi@raspberrypi.local"}]})
    page.model.refresh()
    gallery.settle(lambda: len(page.model.table.rows) == 2)
    page.model.selection.select(["pi5"])
    page.forget_button.click()
    box = page.box
    assert box is not None
    _answer(gallery, "device_list", {"devices": own})
    page.model.refresh()
    gallery.settle(lambda: len(page.model.table.rows) == 1)
    page.model.selection.select([own[0]["name"]])
    return box


def _unlock(gallery: Gallery) -> QWidget:
    _devices(gallery)
    page = gallery.window.page("devices")
    claim = {"who": "anna@studio-pc", "what": "a deploy of int8", "held_s": 40.0, "left_s": 20.0}
    _answer(gallery, "device_unlock", {"name": page.model.device.name, "claim": claim, "holder": None, "freed": False})
    page.held.model.ask()
    gallery.settle(lambda: page.held.isVisible())
    page.held.free_button.click()
    free = {"name": page.model.device.name, "claim": None, "holder": None, "freed": False}
    _answer(gallery, "device_unlock", free)
    box = page.held.box
    assert box is not None
    box.finished.connect(page.held.model.ask)
    return box


def _palette(gallery: Gallery) -> QWidget:
    gallery.window.go("start")
    gallery.window.find_command()
    return gallery.window.findChildren(CommandPalette)[-1]


def _rollout(gallery: Gallery) -> QWidget:
    _deploy(gallery)
    page = gallery.window.page("deploy")
    page.in_waves()
    assert page.dialog is not None
    gallery.settle()
    return page.dialog


def _drop(name: str) -> Callable[[Gallery], QWidget]:
    def show(gallery: Gallery) -> QWidget:
        _models(gallery)
        page = gallery.window.page("models")
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(f"/home/user/{name}")])
        button, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        event = QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, data, button, keys)
        gallery.application.sendEvent(page, event)
        assert page.drop.veil.isVisible()
        return page.drop.veil

    return show


SCENES: dict[str, Callable[[Gallery], QWidget | None]] = {
    "start": _gained,
    "models": _models,
    "compress-model": _wizard(WizardStep.MODEL),
    "compress-data": _wizard(WizardStep.DATA),
    "compress-target": _wizard(WizardStep.TARGET),
    "compress-methods": _wizard(WizardStep.METHODS),
    "compress-preset": _wizard(WizardStep.METHODS, "latency"),
    "compress-review": _wizard(WizardStep.REVIEW, "latency"),
    "compress-result": _wizard(WizardStep.RESULT, "latency"),
    "jobs": _go("jobs"),
    "variants": _variants(2),
    "variants-compared": _variants(0, 2, 3),
    "devices": _devices,
    "device-live": _device_tab(1),
    "device-history": _device_tab(2),
    "device-log": _device_tab(3),
    "deploy": _deploy,
    "profiles": _go("profiles"),
    "report": _report,
    "settings": _go("settings"),
    "device-runtimes": _device_tab(4),
    "drop-taken": _drop("shelf-camera.onnx"),
    "drop-refused": _drop("holiday.jpg"),
    "dialog-layers": _layers,
    "dialog-add": _add("find"),
    "dialog-add-key": _add("key"),
    "dialog-add-failed": _add("failed"),
    "dialog-forget": _forget,
    "dialog-unlock": _unlock,
    "dialog-rollout": _rollout,
    "dialog-palette": _palette,
}


def clipped(page: QWidget) -> list[str]:
    """Texts that have less room than they need: labels, buttons, chosen values, heads and cells of tables."""
    found = []
    for widget in page.findChildren(QWidget):
        if not widget.isVisibleTo(page) or isinstance(widget, ShrinkingText):
            continue
        if isinstance(widget, QLabel) and widget.text() and widget.sizePolicy().horizontalPolicy().name != "Ignored":
            needed = widget.heightForWidth(widget.width()) if widget.wordWrap() else widget.sizeHint().height()
            width = 0 if widget.wordWrap() else widget.sizeHint().width()
            if widget.width() < width or widget.height() < needed:
                found.append(f"label {widget.text()}")
        elif isinstance(widget, QAbstractButton) and widget.text() and widget.width() < widget.sizeHint().width():
            found.append(f"button {widget.text()}")
        elif isinstance(widget, QComboBox):
            room = widget.width() - widget.sizeHint().width() + _widest(widget)
            if widget.fontMetrics().horizontalAdvance(widget.currentText()) > room:
                found.append(f"choice {widget.currentText()}")
        elif isinstance(widget, QTableView):
            found += _cut_cells(widget)
    return found


def _widest(box: QComboBox) -> int:
    """What the hint of a box reckons with: its longest choice."""
    return max((box.fontMetrics().horizontalAdvance(box.itemText(n)) for n in range(box.count())), default=0)


def _cut_cells(table: QTableView) -> list[str]:
    """Numbers and heads must never be cut; a long text may end in dots where its tool tip holds it."""
    model, head, found = table.model(), table.horizontalHeader(), []
    right = Qt.AlignmentFlag.AlignRight
    for column in range(model.columnCount()):
        if table.isColumnHidden(column):
            continue
        title = str(model.headerData(column, Qt.Orientation.Horizontal) or "")
        if QHeaderView.sectionSize(head, column) < head.fontMetrics().horizontalAdvance(title) + 12:
            found.append(f"head {title}")
        for row in range(min(model.rowCount(), 12)):
            index = model.index(row, column)
            words = str(index.data() or "")
            number = bool(Qt.AlignmentFlag(index.data(Qt.ItemDataRole.TextAlignmentRole) or 0) & right)
            cut = table.columnWidth(column) < table.fontMetrics().horizontalAdvance(words) + 12
            if cut and (number or index.data(Qt.ItemDataRole.ToolTipRole) != index.data()):
                found.append(f"cell {words}")
    return found


def shrunk(image: QImage) -> QImage:
    """A picture as baselines keep it."""
    return image.scaled(SMALL, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)


def blocks(image: QImage) -> list[tuple[float, float, float]]:
    """Mean colour of every block of a small picture."""
    means = image.convertToFormat(QImage.Format.Format_RGB888).scaled(
        SMALL / BLOCK, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    colours = (means.pixelColor(x, y) for y in range(means.height()) for x in range(means.width()))
    return [(colour.red(), colour.green(), colour.blue()) for colour in colours]


def difference(first: QImage, second: QImage) -> float:
    """Share of the blocks whose mean colour differs."""
    pairs = list(zip(blocks(first), blocks(second), strict=True))
    differing = sum(max(abs(a - b) for a, b in zip(one, other, strict=True)) > BLOCK_DIFFERS for one, other in pairs)
    return differing / len(pairs)


def baseline(scene: str) -> QImage:
    """The four looks of a scene in one picture."""
    return QImage(str(BASELINES / f"{scene}.png"))


def place(theme: Theme, language: Language) -> QRect:
    """Where a look lies in a baseline."""
    number = LOOKS.index((theme, language))
    return QRect((number % 2) * SMALL.width(), (number // 2) * SMALL.height(), SMALL.width(), SMALL.height())


def font_here() -> str:
    """The family texts are really painted in."""
    return QFontInfo(QApplication.font()).family()


def allowed() -> float:
    """The share of blocks that may differ; more where other fonts make other lines."""
    return SHARE_ALLOWED if FONT_FILE.read_text().strip() == font_here() else SHARE_WITH_OTHER_FONTS


def _renew(gallery: Gallery, scenes: Sequence[str]) -> None:
    sheets = {scene: QImage(SMALL * 2, QImage.Format.Format_RGB32) for scene in scenes or SCENES}
    for scene, theme, language in gallery.walk(scenes):
        painter = QPainter(sheets[scene])
        painter.drawImage(place(theme, language).topLeft(), shrunk(gallery.picture()))
        painter.end()
    BASELINES.mkdir(exist_ok=True)
    for scene, sheet in sheets.items():
        colours = sheet.convertToFormat(QImage.Format.Format_Indexed8, Qt.ImageConversionFlag.AvoidDither)
        colours.save(str(BASELINES / f"{scene}.png"))
    FONT_FILE.write_text(font_here() + "\n")


def _write(gallery: Gallery, folder: Path, scenes: Sequence[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for scene, theme, language in gallery.walk(scenes):
        gallery.picture().save(str(folder / f"{scene}_{theme}_{language}.png"))


def _clipped(gallery: Gallery) -> dict[str, list[str]]:
    found = {}
    for language in filter(can_show, Language):
        gallery.look(Theme.LIGHT, language)
        for scene in SCENES:
            if cut := clipped(gallery.show(scene)):
                found[f"{scene} {language}"] = cut
    return found


def main(arguments: list[str]) -> None:
    """See the docstring of the module."""
    application = QApplication(["flyweight"])
    with tempfile.TemporaryDirectory() as folder:
        gallery = Gallery(application, Path(folder))
        if arguments[:1] == ["--renew"]:
            _renew(gallery, arguments[1:])
        elif arguments[:1] == ["--write"]:
            _write(gallery, Path(arguments[1]), arguments[2:])
        else:
            ratio = gallery.window.devicePixelRatioF()
            print(json.dumps({"ratio": ratio, "clipped": _clipped(gallery)}))
        gallery.close()


if __name__ == "__main__":
    main(sys.argv[1:])
