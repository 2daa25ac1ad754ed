"""The window as a process of its own: how it starts, what it loads, how it ends."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from gui.app import run
from gui.display import check_display
from gui.i18n import Language, can_show
from gui.pages import PAGES
from gui.theme.tokens import Theme

pytestmark = pytest.mark.ui
FAKE = Path(__file__).with_name("fake_worker.py")

RUNNING_WINDOW = """
import os, sys
import gui.app, gui.bridge
gui.bridge.WorkerProcess.__init__.__defaults__ = (COMMAND, None)
build = gui.app.build
def started(**options):
    application, window = build(**options)
    window.operation.stage.connect(lambda event: print("worker", window.operation.pid, flush=True))
    window.model.run()
    return application, window
gui.app.build = started
sys.exit(gui.app.run([]))
"""
DEAF_VERB = """
import sys, time
from engine import worker
from engine.events import Stage
class Answer:
    def to_json(self): return {}
def demo(*, quick, emit):
    emit(Stage("compress", "deaf"))
    while True:
        time.sleep(0.05)
worker._Verbs = lambda: {"demo": demo}
sys.exit(worker.main())
"""


def environment(**changes: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    return {**kept, **changes}


def call(*arguments: str, code: str | None = None, **changes: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-c", textwrap.dedent(code)] if code else [sys.executable, "-m", "gui.app", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=180, env=environment(**changes), check=False)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def wait_gone(pid: int, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.02)
    return not alive(pid)


@contextmanager
def running_window(command: list[str]) -> Iterator[tuple[subprocess.Popen, int]]:
    """A window in its own process whose worker runs; gives the process and the worker's id."""
    process = subprocess.Popen(
        [sys.executable, "-c", RUNNING_WINDOW.replace("COMMAND", repr(command))],
        stdout=subprocess.PIPE,
        env=environment(QT_QPA_PLATFORM="offscreen"),
    )
    pid = 0
    try:
        pid = int(process.stdout.readline().split()[1])
        yield process, pid
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        if pid and alive(pid):
            os.kill(pid, signal.SIGKILL)


def test_that_pictures_are_written_without_a_screen(qapp, tmp_path):
    looks = [f"{theme}_{language}.png" for theme in Theme for language in filter(can_show, Language)]
    pictures = {f"{page.id}_{look}" for page in PAGES for look in looks}
    (tmp_path / "engine").mkdir()
    worker = [sys.executable, "-S", str(FAKE.with_name("answering_worker.py")), str(tmp_path / "engine")]
    done = call(
        code=f"""
        import sys
        import gui.app, gui.bridge
        gui.bridge.WorkerProcess.__init__.__defaults__ = ({worker!r}, None)
        sys.exit(gui.app.run(["--screenshot", {str(tmp_path / "new" / "pictures")!r}]))
        """
    )
    assert done.returncode == 0, done.stderr
    found = {p.name: QImage(str(p)) for p in (tmp_path / "new" / "pictures").iterdir()}
    assert set(found) == pictures
    assert {(image.width(), image.height()) for image in found.values()} == {(1360, 860)}
    assert found["start_light_en.png"] != found["start_dark_en.png"]


def test_that_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    done = call("--screenshot", str(tmp_path / "file" / "pictures"))
    assert done.returncode == 1
    assert "cannot write pictures" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "no screen"),
        ({"DISPLAY": ":987"}, "':987' does not answer"),
        ({"WAYLAND_DISPLAY": "wayland-9", "XDG_RUNTIME_DIR": "/nowhere"}, "no screen"),
    ],
)
def test_that_a_missing_screen_is_one_sentence_with_a_remedy(changes, words):
    done = call(**changes)
    assert done.returncode == 1
    assert words in done.stderr or "system library" in done.stderr
    assert "  -> " in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 2


def test_that_headless_platforms_need_no_screen():
    check_display({"QT_QPA_PLATFORM": "offscreen"})
    check_display({"QT_QPA_PLATFORM": "vnc:size=800x600"})


def test_that_a_missing_extra_is_one_sentence_with_a_remedy(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "PySide6", None)
    assert run([]) == 1
    said = capsys.readouterr().err
    assert said == (
        "error: the window needs the extra 'gui', which is not installed\n"
        "  -> in the clone: pip install -c constraints.txt '.[gui]'\n"
    )


def test_that_a_missing_system_library_is_named(monkeypatch, capsys):
    broken = "import sys\nraise ImportError('libEGL.so.1: cannot open shared object file')"
    done = call(
        code=f"""
        import sys, importlib.abc, importlib.machinery
        class Broken(importlib.abc.MetaPathFinder, importlib.abc.Loader):
            def find_spec(self, name, path, target=None):
                return importlib.machinery.ModuleSpec(name, self) if name == "PySide6.QtWidgets" else None
            def exec_module(self, module): exec({broken!r})
        sys.meta_path.insert(0, Broken())
        from gui.app import run
        sys.exit(run([]))
        """,
        QT_QPA_PLATFORM="offscreen",
    )
    assert done.returncode == 1
    assert "libEGL.so.1" in done.stderr
    assert "apt install" in done.stderr
    assert "Traceback" not in done.stderr


def test_that_wrong_usage_exits_with_two():
    assert call("--nonsense").returncode == 2


def test_that_the_first_window_comes_quickly_and_loads_nothing_heavy():
    done = call(
        code="""
        import time
        start = time.process_time()
        from gui.app import _check_qt, build
        _check_qt()
        application, window = build()
        window.show()
        application.processEvents()
        window.grab()
        spent = time.process_time() - start
        import sys
        print(spent, *sorted({m.partition(".")[0] for m in sys.modules}))
        window.close()
        """,
        QT_QPA_PLATFORM="offscreen",
    )
    spent, *loaded = done.stdout.split()
    assert "PySide6" in loaded
    heavy = {"torch", "numpy", "onnx", "onnxruntime", "pyqtgraph", "paramiko", "sqlalchemy", "pydantic", "typer"}
    assert heavy.isdisjoint(loaded)
    assert float(spent) < 1.0


@pytest.mark.parametrize(
    ("scenario", "number", "limit_s"),
    [("hang", signal.SIGTERM, 7.0), ("patient", signal.SIGTERM, 3.0), ("patient", signal.SIGINT, 3.0)],
)
def test_that_a_signal_ends_window_and_worker_within_eight_seconds(scenario, number, limit_s):
    with running_window([sys.executable, str(FAKE), scenario]) as (process, worker):
        start = time.monotonic()
        process.send_signal(number)
        assert process.wait(8) == 0
        assert time.monotonic() - start < limit_s
        assert not alive(worker)


def test_that_a_killed_window_leaves_no_worker(tmp_path):
    program = tmp_path / "worker.py"
    program.write_text(DEAF_VERB)
    with running_window([sys.executable, str(program)]) as (process, worker):
        assert alive(worker)
        process.kill()
        assert wait_gone(worker, 4), "the worker ends by itself two seconds after its parent"
