"""Is there a screen? Asked before Qt is, because Qt ends the process when there is none."""

import ctypes
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from engine.errors import FlyweightError

HEADLESS_PLATFORMS = ("offscreen", "minimal", "vnc", "linuxfb", "eglfs")
REMEDY = "log in to a desktop, or stay in the terminal: flyweight demo"


def check_display(environment: Mapping[str, str] = os.environ) -> None:
    """Return quietly when a window can be opened.

    Raises:
        FlyweightError: there is no screen, it does not answer, or a system library of Qt's window plug-in is missing.
    """
    if not sys.platform.startswith("linux") or _platform(environment) in HEADLESS_PLATFORMS:
        return
    if _wayland_answers(environment):
        return
    display = environment.get("DISPLAY", "")
    if not display:
        raise FlyweightError(
            "no-display", "there is no screen to open a window on (DISPLAY and WAYLAND_DISPLAY are not set)", REMEDY
        )
    _check_plugin()
    if not _x11_answers(display):
        raise FlyweightError("no-display", f"the screen {display!r} does not answer or refuses this user", REMEDY)


def _platform(environment: Mapping[str, str]) -> str:
    return environment.get("QT_QPA_PLATFORM", "").partition(":")[0]


def _wayland_answers(environment: Mapping[str, str]) -> bool:
    name, folder = environment.get("WAYLAND_DISPLAY"), environment.get("XDG_RUNTIME_DIR", "")
    if not name or _platform(environment) == "xcb":
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(Path(folder) / name))
        except OSError:
            return False
    return True


def _check_plugin() -> None:
    import PySide6

    plugin = Path(PySide6.__path__[0]) / "Qt" / "plugins" / "platforms" / "libqxcb.so"
    if not plugin.exists():
        return
    try:
        ctypes.CDLL(str(plugin))
    except OSError as error:
        raise missing_library(error) from None


def _x11_answers(display: str) -> bool:
    """Connect the way Qt will, with the same library."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError as error:
        raise missing_library(error) from None
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    for name in ("xcb_connection_has_error", "xcb_disconnect"):
        getattr(xcb, name).argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(), None)
    refused = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not refused


def missing_library(error: Exception) -> FlyweightError:
    """A system library is not there: name it and the package to install."""
    name = str(error).partition(":")[0]
    return FlyweightError(
        "system-library-missing",
        f"the window needs a system library that cannot be loaded: {name}",
        "on Debian and Ubuntu: sudo apt install libegl1 libgl1 libxkbcommon-x11-0 libdbus-1-3 libxcb-cursor0"
        " libxcb-icccm4 libxcb-keysyms1 libxcb-image0",
    )
