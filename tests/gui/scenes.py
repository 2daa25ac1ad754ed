"""What the gallery shows: every page and dialog filled with recorded data. A scene answers with the dialog in front, if any."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent
from PySide6.QtWidgets import QWidget

from gui.operations import OperationState
from gui.pages.tools.foresight import ForesightDialog
from gui.pages.tools.inference import TryDialog
from gui.pages.tools.measure import MeasureDialog
from gui.pages.tools.offline import OfflineDialog
from gui.pages.tools.packs import PacksDialog
from gui.pages.tools.study import StudyDialog
from gui.viewmodels.measuring import How
from gui.viewmodels.studies import Study
from gui.viewmodels.wizard import WizardStep
from gui.viewmodels.wizard_state import RecipeLine, WizardState
from gui.widgets.palette import CommandPalette
from gui.widgets.task import TaskDialog

from .answering_worker import CASES
from .troubles import TROUBLES

if TYPE_CHECKING:
    from .gallery import Gallery

KEY = "SHA256:" + "x9Yk2" * 8 + "abc"
WIZARD = WizardState(
    "sample:fashion-resnet",
    data="fashion-mnist",
    targets=("loopback",),
    max_accuracy_loss=1.0,
    name="half-int8",
    steps=(RecipeLine("channel-pruning", {"ratio": 0.5}), RecipeLine("static-quantization")),
)


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
    own = json.loads((CASES / "device_list.json").read_text())
    shelf = [{"name": name, "address": f"pi@{name}.local", "groups": ["shelf"]} for name in ("shelf-3", "shelf-4")]
    _answer(gallery, "device_list", {**own, "devices": [*own["devices"], *shelf]})
    _answer(gallery, "fleet_watch", json.loads((CASES / "fleet_watch_shelf.json").read_text()))
    gallery.window.go("devices")
    model = gallery.window.page("devices").model
    gallery.window.page("devices").tabs.bar.setCurrentIndex(0)
    gallery.settle(lambda: model.device is not None and len(model.table.rows) == 3)
    _answer(gallery, "device_list", own)
    gallery.settle(lambda: model.glances.glance("shelf-3") is not None)
    model.glances.flush()
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
        gallery.settle(lambda: page.releases.total > 0)


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
    gallery.settle(lambda: len(page.model.table.rows) == 4)
    page.model.selection.select(["pi5"])
    page.forget_button.click()
    box = page.box
    assert box is not None
    _answer(gallery, "device_list", {"devices": own})
    page.model.refresh()
    gallery.settle(lambda: len(page.model.table.rows) == 3)
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


def _study(study: Study) -> Callable[[Gallery], QWidget]:
    def show(gallery: Gallery) -> QWidget:
        _variants(2)(gallery)
        gallery.window.page("variants").detail.look_button.click()
        dialog = _opened(gallery)
        assert isinstance(dialog, StudyDialog)
        gallery.settle(lambda: dialog.device.count() > 1)
        dialog.what.setCurrentIndex(list(Study).index(study))
        return _done(gallery, dialog)

    return show


def _profiles(tab: int) -> Callable[[Gallery], None]:
    def show(gallery: Gallery) -> None:
        gallery.window.go("profiles")
        page = gallery.window.page("profiles")
        gallery.settle(lambda: bool(page.model.boards.total))
        page.tabs.bar.setCurrentIndex(tab)
        if tab == 2:
            page.versus.show_names(["raspberry-pi-4b-8gb", "raspberry-pi-5-8gb"])
            page.versus.ask()
        elif tab == 3:
            page.cover.ask()
        gallery.settle()

    return show


def _campaign(gallery: Gallery) -> QWidget:
    _profiles(0)(gallery)
    page = gallery.window.page("profiles")
    own = json.loads((CASES / "device_list.json").read_text())
    _answer(gallery, "device_list", {"devices": [*own["devices"], {"name": "shelf-3", "address": "pi@shelf-3.local"}]})
    page.profile_fleet()
    dialog = page.dialog
    assert dialog is not None
    gallery.settle(lambda: dialog.variants.count() > 2 and dialog.targets.count() == 2)
    _answer(gallery, "device_list", own)
    if not page.campaign.rows:
        for box, places in ((dialog.variants, (0, 2, 3)), (dialog.targets, (0, 1))):
            for place in places:
                box.item(place).setCheckState(Qt.CheckState.Checked)
        dialog.start_button.click()
        gallery.settle(lambda: page.campaign.run is not None and not page.campaign.busy)
    return dialog


def _opened(gallery: Gallery) -> TaskDialog:
    dialog = gallery.window.tools.dialog
    assert isinstance(dialog, TaskDialog)
    return dialog


def _done(gallery: Gallery, dialog: TaskDialog) -> TaskDialog:
    """The dialog with what came of its work, which is begun only once."""
    if dialog.steps.document is None:
        dialog.start_button.click()
        gallery.settle(lambda: dialog.steps.document is not None)
    gallery.settle()
    return dialog


def _measure(how: How) -> Callable[[Gallery], QWidget]:
    def show(gallery: Gallery) -> QWidget:
        _variants(0 if how is How.SINGLE else 2)(gallery)
        gallery.window.page("variants").detail.measure_button.click()
        dialog = _opened(gallery)
        assert isinstance(dialog, MeasureDialog)
        gallery.settle(lambda: dialog.variant.count() > 0 and dialog.targets.count() > 0)
        dialog.how.setCurrentIndex(list(How).index(how))
        return _done(gallery, dialog)

    return show


def _try(gallery: Gallery) -> QWidget:
    _devices(gallery)
    gallery.window.tools.attempt(target="loopback")
    dialog = _opened(gallery)
    assert isinstance(dialog, TryDialog)
    gallery.settle(lambda: dialog.model.count() > 0)
    said = json.loads((CASES / "run.json").read_text())["predictions"]
    dialog.take([item["file"] for item in said])
    return _done(gallery, dialog)


def _offline(gallery: Gallery) -> QWidget:
    _variants(0)(gallery)
    gallery.window.command("offline")()
    dialog = _opened(gallery)
    assert isinstance(dialog, OfflineDialog)
    gallery.settle(lambda: dialog.variant.count() > 0)
    if dialog.steps.document is None:
        dialog.save("/home/user/card.pyz")
        gallery.settle(lambda: dialog.steps.document is not None)
    return dialog


def _rights(gallery: Gallery) -> QWidget:
    said = json.loads((CASES / "device_setup.json").read_text())
    for item, state in zip(said["rights"], ("missing", "granted", "absent", "absent"), strict=True):
        item["state"] = state
    _answer(gallery, "device_setup", said)
    _devices(gallery)
    gallery.window.tools.rights("pi5")
    dialog = _opened(gallery)
    gallery.settle(lambda: dialog.steps.document is not None)
    return dialog


def _keys(gallery: Gallery) -> QWidget:
    said = json.loads((CASES / "device_keys.json").read_text())
    said["boards"]["pi5"] = [said["own"], "7be5a7ce12340f6d"]
    _answer(gallery, "device_keys", said)
    _devices(gallery)
    gallery.window.command("keys")()
    dialog = _opened(gallery)
    gallery.settle(lambda: dialog.steps.document is not None)
    return dialog


def _packs(gallery: Gallery) -> QWidget:
    key = "7be5a7ce12340f6d"
    remedy = f"if you know where it comes from: flyweight profile import FILE --accept-key {key}"
    message = f"the pack is signed by the unknown key {key}"
    _answer(gallery, "profile_import", {"error": {"code": "pack-not-trusted", "message": message, "remedy": remedy}})
    _profiles(0)(gallery)
    gallery.window.command("packs")()
    dialog = _opened(gallery)
    assert isinstance(dialog, PacksDialog)
    dialog.path.setText("/home/user/kitchen.pack")
    if dialog.steps.run is None:
        dialog.start_button.click()
    gallery.settle(lambda: bool(dialog.key))
    return dialog


def _foresee(gallery: Gallery) -> QWidget:
    said = json.loads((CASES / "profile_predict.json").read_text())
    ids = [item["id"] for item in json.loads((CASES / "project_show.json").read_text())["variants"]]
    for item, id_, ends in zip(said["models"], ids[1:], ([0.27, 0.32], [0.36, 0.44]), strict=False):
        item |= {"name": id_, "interval": ends}
    said["models"][0]["measured_ms"], said["measure_next"] = None, ids[1]
    _answer(gallery, "profile_predict", said)
    _profiles(0)(gallery)
    gallery.window.command("foresee")()
    dialog = _opened(gallery)
    assert isinstance(dialog, ForesightDialog)
    gallery.settle(lambda: dialog.device.count() > 0 and dialog.variants.count() > 2)
    for place in (1, 2):
        dialog.variants.item(place).setCheckState(Qt.CheckState.Checked)
    return _done(gallery, dialog)


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
    "profiles": _profiles(0),
    "profiles-fleet": _profiles(1),
    "profiles-versus": _profiles(2),
    "profiles-cover": _profiles(3),
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
    "dialog-study": _study(Study.QUALITY),
    "dialog-study-loss": _study(Study.LOSS),
    "dialog-campaign": _campaign,
    "dialog-measure": _measure(How.SINGLE),
    "dialog-service": _measure(How.CAMERA),
    "dialog-try": _try,
    "dialog-offline": _offline,
    "dialog-rights": _rights,
    "dialog-keys": _keys,
    "dialog-packs": _packs,
    "dialog-foresight": _foresee,
    "profiles-effects": _profiles(4),
    "profiles-drift": _profiles(5),
    **TROUBLES,
}
