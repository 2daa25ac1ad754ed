"""Every error of the product is written in one style: a message, and what to do next."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
OWN = {
    "AgentError", "AuthenticationError", "BundleError", "DataError", "FlyweightError", "HostKeyError", "LimitError", "ModelError",
    "ProfileError", "RecipeError", "RejectedError", "TechniqueError", "UnreachableError", "UsageError", "WorkspaceError",
}  # fmt: skip
"""Raised with a code, a message and a remedy. A ``ContractError`` has one remedy for all: measure again, or update."""


NAMES = {"Keras", "Python", "Tab"}
"""What may begin a message with a capital."""


def _texts() -> Iterator[tuple[str, str, str, str]]:
    """Place, code, message and remedy of each error; texts that are worked out elsewhere are empty."""
    for package in ("engine", "profiles", "device_agent"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in OWN:
                    texts = [_text(item) for item in node.args[:3]]
                    if len(texts) == 3:
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", *texts


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return ""


def test_that_messages_and_remedies_have_one_style():
    found = list(_texts())
    assert len(found) > 500
    wrong = []
    for place, code, message, remedy in found:
        if code and not code.replace("{}", "x").replace("-", "").isalnum():
            wrong.append(f"{place}: code '{code}'")
        for text in filter(None, (message, remedy)):
            if text.endswith((".", "!", " ")) and not text.endswith("..."):
                wrong.append(f"{place}: ends like a sentence: {text}")
            first = text.split()[0]
            if first[0].isupper() and first.isalpha() and first[1:].islower() and first not in NAMES:
                wrong.append(f"{place}: begins with a capital: {text}")
        if remedy.startswith("flyweight ") and " says why " not in remedy:
            wrong.append(f"{place}: a bare command as remedy: {remedy}")
    assert wrong == []
