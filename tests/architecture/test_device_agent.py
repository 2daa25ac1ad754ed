"""The agent runs on a bare Python 3.8: its grammar, its imports, its size."""

import ast
import sys
from pathlib import Path

import pytest

AGENT = Path(__file__).parents[2] / "device_agent"
FILES = sorted(AGENT.rglob("*.py"))
IN_CHILD_ONLY = {"numpy", "onnxruntime", "ai_edge_litert", "tflite_runtime", "PIL"}
"""Imported inside functions that run in the child; never by the agent itself."""


def imports(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(item.name.partition(".")[0] for item in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add((node.module or "").partition(".")[0])
    return found


def at_import(tree: ast.Module) -> set[str]:
    """What the module imports when it is loaded: not in functions, not for type checkers alone."""
    found: set[str] = set()
    pending: list[ast.AST] = list(tree.body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        found |= imports(ast.Module([node], [])) if isinstance(node, ast.Import | ast.ImportFrom) else set()
        pending.extend(ast.iter_child_nodes(node))
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(AGENT)))
def test_that_every_file_is_python_3_8(path: Path):
    ast.parse(path.read_text(), feature_version=(3, 8))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(AGENT)))
def test_that_every_file_loads_with_the_standard_library_alone(path: Path):
    tree = ast.parse(path.read_text())
    assert at_import(tree) <= sys.stdlib_module_names
    assert imports(tree) <= sys.stdlib_module_names | IN_CHILD_ONLY


def test_that_the_test_sees_an_import_that_is_not_allowed():
    tree = ast.parse("import os\nif True:\n    import numpy\ndef f():\n    import torch\n")
    assert at_import(tree) == {"os", "numpy"}
    assert imports(tree) == {"os", "numpy", "torch"}


def test_that_annotations_need_nothing_newer_than_python_3_8():
    """``list[int]`` and ``int | None`` parse, but fail when Python 3.8 evaluates them."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            for annotation in _annotations(node):
                for part in ast.walk(annotation):
                    name = part.value.id if isinstance(part, ast.Subscript) and isinstance(part.value, ast.Name) else ""
                    assert name not in ("list", "dict", "set", "tuple", "type"), (
                        f"{path.name}: {ast.unparse(annotation)}"
                    )
                    assert not isinstance(part, ast.BitOr), f"{path.name}: {ast.unparse(annotation)}"


def _annotations(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.FunctionDef):
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        return [item for item in [node.returns, *(argument.annotation for argument in arguments)] if item is not None]
    return [node.annotation] if isinstance(node, ast.AnnAssign) else []


def test_that_the_agent_never_starts_a_shell_or_opens_a_port():
    for path in FILES:
        text = path.read_text()
        for word in ("shell=True", "os.system", "os.popen", "import socket", ".listen("):
            assert word not in text, f"{path.name}: {word}"
