"""The pages, in the order of the flow. A page is built when it is shown for the first time."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from ..widgets.page import Page
    from ..window import MainWindow


@dataclass(frozen=True)
class PageSpec:
    """A page as the navigation sees it; its id is the name of its icon, too."""

    id: str
    shortcut: str
    make: "Callable[[MainWindow], Page]"

    @property
    def title(self) -> str:
        """Its name in the language of the window."""
        return {
            "start": QCoreApplication.translate("Pages", "Start"),
            "models": QCoreApplication.translate("Pages", "Models"),
            "compress": QCoreApplication.translate("Pages", "Compress"),
            "jobs": QCoreApplication.translate("Pages", "Jobs"),
            "variants": QCoreApplication.translate("Pages", "Variants"),
            "devices": QCoreApplication.translate("Pages", "Devices"),
            "deploy": QCoreApplication.translate("Pages", "Deploy"),
            "profiles": QCoreApplication.translate("Pages", "Profiles"),
            "report": QCoreApplication.translate("Pages", "Report"),
            "settings": QCoreApplication.translate("Pages", "Settings"),
        }[self.id]


def _models(window: "MainWindow") -> "Page":
    from .models import ModelsPage

    page = ModelsPage(window.session, window.style_, compress=lambda model: window.compress(model))
    page.model.recent = list(window.settings.models)
    page.model.opened.connect(window.model_opened)
    return page


def _compress(window: "MainWindow") -> "Page":
    from .compress import CompressPage

    return CompressPage(window.session, window.style_, go=window.go)


def _jobs(window: "MainWindow") -> "Page":
    from .jobs import JobsPage

    return JobsPage(window.session, window.style_, go=window.go)


def _variants(window: "MainWindow") -> "Page":
    from .variants import VariantsPage

    return VariantsPage(window.session, window.style_, go=window.go, tools=window.tools)


def _devices(window: "MainWindow") -> "Page":
    from .devices import DevicesPage

    return DevicesPage(window.session, window.style_, tools=window.tools)


def _deploy(window: "MainWindow") -> "Page":
    from .deploy import DeployPage

    return DeployPage(window.session, window.style_, go=window.go, tools=window.tools)


def _profiles(window: "MainWindow") -> "Page":
    from .profiles import ProfilesPage

    return ProfilesPage(window.session, window.style_, go=window.go, tools=window.tools)


def _report(window: "MainWindow") -> "Page":
    from .report import ReportPage

    return ReportPage(window.session, window.style_, window.opener, go=window.go)


def _settings(window: "MainWindow") -> "Page":
    from .settings import SettingsPage

    return SettingsPage(window.session, window.style_, window.looks, window.commands)


PAGES = (
    PageSpec("start", "Ctrl+1", lambda window: window.start_page),
    PageSpec("models", "Ctrl+2", _models),
    PageSpec("compress", "Ctrl+3", _compress),
    PageSpec("jobs", "Ctrl+4", _jobs),
    PageSpec("variants", "Ctrl+5", _variants),
    PageSpec("devices", "Ctrl+6", _devices),
    PageSpec("deploy", "Ctrl+7", _deploy),
    PageSpec("profiles", "Ctrl+8", _profiles),
    PageSpec("report", "Ctrl+9", _report),
    PageSpec("settings", "Ctrl+,", _settings),
)
