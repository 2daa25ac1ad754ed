"""What the gallery shows of trouble: a project that is empty or cannot be read, a board that does not answer, messages."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from gui.operations import OperationState
from gui.protocol import Crash
from gui.viewmodels import wording
from gui.viewmodels.saying import said
from gui.widgets.run_view import PILLS
from gui.widgets.toast import Told

if TYPE_CHECKING:
    from .gallery import Gallery

PROJECT = "/home/user/projects/shelf-camera"
VARIANTS = f"{PROJECT}/.flyweight/variants"
DAMAGED = [
    {
        "code": "variant-damaged",
        "message": f"{VARIANTS}/{name}/variant.json cannot be read: Expecting value: line 1 column 1",
        "remedy": f"move the folder {VARIANTS}/{name} away (its model file may still be good) and compress again",
    }
    for name in ("4f0e5e14864bcc95", "61f470b0dd34d311", "a14028fb84519032", "c34e92f6c6cc1583")
]
UNREACHABLE = {
    "code": "unreachable",
    "message": "pi@shelf-3.local: no answer (port 22)",
    "remedy": "check power, network and that SSH is switched on; flyweight device doctor shelf-3 finds the step",
}
REMEDY = "is SSH switched on? on a Raspberry Pi: sudo raspi-config"
CHECKS = [
    {"name": "address", "ok": True, "detail": "shelf-3.local resolves to 192.168.1.7", "remedy": "", "tried": True},
    {"name": "port", "ok": False, "detail": UNREACHABLE["message"], "remedy": REMEDY, "tried": True},
    {"name": "login", "ok": False, "detail": "", "remedy": "", "tried": False},
]


def _project(document: dict[str, Any]) -> Callable[[Gallery], None]:
    def show(gallery: Gallery) -> None:
        answer = gallery.engine / "project_show.json"
        answer.write_text(json.dumps({"folder": f"{PROJECT}/.flyweight", "variants": [], **document}))
        gallery.window.go("variants")
        page = gallery.window.page("variants")
        gallery.settle(lambda: page.message.button.isVisible() and not page.model.reading)
        answer.unlink()

    return show


def _unreachable(gallery: Gallery) -> None:
    answers = {"device_probe": {"error": UNREACHABLE}, "device_doctor": {"checks": CHECKS}}
    for verb, document in answers.items():
        (gallery.engine / f"{verb}.json").write_text(json.dumps(document))
    gallery.window.go("devices")
    page = gallery.window.page("devices")
    page.tabs.bar.setCurrentIndex(0)
    gallery.settle(lambda: page.model.device is not None)
    page.model.probe.forget()
    page.model.look()
    page.model.check()
    gallery.settle(lambda: page.model.probe.failure is not None and page.checks_words.isVisible())
    for verb in answers:
        (gallery.engine / f"{verb}.json").unlink()


def _messages(gallery: Gallery) -> QWidget:
    gallery.window.go("settings")
    gallery.settle()
    toasts = gallery.window.notifier.toasts
    for state, verb, words in (
        (OperationState.SUCCEEDED, "compress", "fashion-resnet · half-int8"),
        (OperationState.FAILED, "deploy", said(UNREACHABLE["message"])),
        (OperationState.CRASHED, "measure", wording.crash(Crash(11, 11))),
    ):
        told = Told((PILLS[state], wording.state(state)), wording.work(verb), words)
        toasts.say(partial(replace, told), lambda: None)
    return toasts.newest


TROUBLES: dict[str, Callable[[Gallery], QWidget | None]] = {
    "trouble-empty": _project({}),
    "trouble-damaged": _project({"damaged": DAMAGED}),
    "trouble-unreachable": _unreachable,
    "trouble-messages": _messages,
}
