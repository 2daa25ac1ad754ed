import ast
from pathlib import Path

import pytest

import gui

FOLDER = Path(gui.__file__).parent
FILES = sorted(FOLDER.rglob("*.py"))
ENGINE = {"engine.events", "engine.errors", "engine.records", "engine.saying"}


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(FOLDER)))
def test_that_the_window_knows_records_events_errors_and_sentences_of_the_engine_alone(path):
    foreign = {name for name in imports(path) if name.partition(".")[0] in ("engine", "device_agent", "profiles")}
    assert {name for name in foreign if not name.startswith("profiles")} <= ENGINE


@pytest.mark.parametrize("path", sorted((FOLDER / "viewmodels").glob("*.py")), ids=lambda p: p.name)
def test_that_view_models_need_no_widgets(path):
    qt = {name for name in imports(path) if name.startswith("PySide6")}
    assert qt <= {"PySide6.QtCore"}


@pytest.mark.parametrize("name", ["protocol.py", "settings.py", "theme/tokens.py", "viewmodels/phases.py"])
def test_that_the_plain_parts_need_no_qt(name):
    assert not any(found.startswith("PySide6") for found in imports(FOLDER / name))


def test_that_only_the_bridge_starts_processes():
    users = {p.name for p in FILES if imports(p) & {"subprocess", "multiprocessing"} or "QProcess(" in p.read_text()}
    assert users == {"bridge.py", "update.py"}
