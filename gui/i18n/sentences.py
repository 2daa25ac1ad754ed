"""Finds the sentences of the engine that a person may read in the window: errors with their remedies, remarks, log lines.

They are collected from the source, as lupdate does it for the window's own texts, so that a new sentence is unfinished in
the catalogue until somebody translates it. What a sentence takes in (names, figures) becomes a numbered field: ``{0}``.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from engine.errors import SYSTEM_WORDS
from engine.saying import METRICS, SEMICOLON

PACKAGES = ("engine", "profiles", "device_agent")
NOT_IN_THE_WINDOW = (
    "engine/cli",
    "engine/worker.py",
    *(f"engine/report/{name}.py" for name in ("html", "effects", "plot")),
    "engine/evaluate/folds",
    *(f"device_agent/{name}.py" for name in ("offline", "desktop", "__main__")),
)
"""Code behind commands that the window has no page for, and words that only a terminal shows."""

SAID = {
    "Log": (0,),
    "Skip": (1,),
    "Stage": (1,),
    "Check": (0, 2, 3),
    "_try": (0,),
    "_setting": (0,),
    "Problem": (1, 2),
    "Outcome": (1,),
    "GoldenVerdict": (3,),
    "check": (2,),
    "noted": (1,),
    "_spoiled": (1,),
    "unavailable": (3,),
    "rejected": (4,),
    "revert": (1,),
    "lease": (0,),
    "_Mixed": (0,),
}
"""Calls, and which of their arguments a person reads; errors are known by their name."""
BARE_ERRORS = ("ContractError", "VersionError")
"""Errors that are raised with a message and, may be, a remedy, but without a code before them."""
KEYWORDS = ("reason", "remedy", "message", "note", "why", "otherwise")
"""Arguments and variables that hold sentences."""
TELLS = re.compile(
    r"(reason|remark|note|said|why|words|conflict|beyond|misses|trouble|suggestion|rejected|disturb|lack|doubt|explain"
    r"|describe|no_runtime)"
)
"""Functions that answer with a sentence."""
TALKATIVE = ("engine/compress/", "engine/evaluate/")
"""Code whose functions answer with a layer or with a sentence about why not, with notes, or with both."""
SENTENCE_WORDS = 4
"""A text of that many words that such a function answers with is a sentence."""
TABLES = re.compile(r"(REASONS|WORDS|NOW|NEEDS)$")
"""Constants that hold words by a key."""
COLLECTED_IN = re.compile(r"(^|[._])(reasons?|notes?|warnings?|remarks?|problems?|said|found|rejected)$")
REFUSES = re.compile(r"^_?(refuse|refused|bad_\w+|unusable|damaged|lost|wrong|invalid|malformed)$")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
LEAVES = (ast.Constant, ast.Name, ast.arguments, ast.Load, ast.Store, ast.Import, ast.ImportFrom)
"""Parts of a program in which nothing is called."""
FIELD = "\0"
PLACE = re.compile(r"%(?:\([a-z_]+\))?[-+ #0]*\d*(?:\.\d+)?[sdrfgx]")
LETTERS = re.compile(r"[A-Za-z]{2,}")


OTHERS = (
    SEMICOLON,
    *METRICS,
    "update Flyweight on both sides: flyweight device add NAME ADDRESS again",
    "the layer is gone or was split",
    "{0} -> {1} weights",
    "{0} -> {1} weights in {2} layers",
    "{0} -> {1} zeros",
    "stored as {0} instead of {1}",
    "{0}x the time of its sisters",
    "{0} stale",
    "stale: {0}",
    "extra {0}",
    "not installed (optional): {0}",
    "{0} readings in {1}",
    "{0}, Python {1}, protocol {2}",
    "none yet; the first deploy brings one",
    "{0} (this computer)",
    "This computer ({0})",
    "{0}, {1} cores",
    "the agent runs as root; an account of its own is safer",
    "no power monitor is known to the kernel",
    "the agent there does not tell it",
    "board {0}",
    "system {0}, kernel {1}",
    "ISA {0}",
    "governor unknown, power mode unknown",
    "governor {0}, power mode unknown",
    "governor {0}, power mode {1}",
    "goal within {0} point of the original: reached by {1}",
    "goal within {0} point of the original: missed in this run",
    "goal within {0} points of the original: reached by {1}",
    "goal within {0} points of the original: missed in this run",
    "goal {0}x smaller packed and surely {1}x faster at {2} point or less: reached by {3}",
    "goal {0}x smaller packed and surely {1}x faster at {2} point or less: missed in this run",
    "estimated neither smaller nor faster than {0}, which changes less",
    "left out to keep the run short: at most {0} candidates are compressed",
    "within the limits, but {0} is the better choice: {1} ms against {2} ms",
    "within the limits, and as good as {0} in all that counts",
    "within the limits, but {0} is the better choice: {1} bytes against {2}",
    "within the limits, but {0} is the better choice: {1} points lost against {2}",
    "none of {0} measured candidates is within the limits",
    "lowest latency of {0} within the limits: {1} ms",
    "smallest of {0} within the limits: {1} bytes packed",
    "least accuracy loss of {0} within the limits: {1} points",
    "least loss of {0} of {1} within the limits: {2} points",
    "fine-tuning",
    "distillation",
    "distillation of a student",
    "distillation on a coreset",
    "feature distillation",
    "attention transfer",
    "sparsity training",
    "quantization-aware training",
    "codebooks",
    "device {0}",
    "devices {0}",
    "instructions {0}",
    "clocks governor {0}, power mode {1}",
    "clocks governor unknown, power mode unknown",
    "clocks governor {0}, power mode unknown",
    "imported {0} of the readings, measured by others: @ and the signing key follow the name",
    "measured {0} reading, {1} UTC",
    "measured {0} readings, {1} UTC",
    "measured {0} readings, from {1} to {2} UTC",
    "{0} bundles",
    "1 bundle",
    "{0} point",
    "{0} points",
    "loss of {0}",
    "points of {0}",
    "loss of {0} within {1} points",
    "loss of {0} within {1} point",
    "{0} (geometric mean of {1} boards)",
    "within the limits on each of {0} boards",
    "on {0}: {1}",
    "the only one within the limits: {0} ms",
    "the only one within the limits: {0} bytes packed",
    "the only one within the limits: {0} points",
    "as good as {0} in that, but is faster",
    "as good as {0} in that, but is smaller",
    "as good as {0} in that, but loses less accuracy",
    "as good as {0} in that, but loses less of {1}",
    "the same arithmetic with fewer operators",
    "integers wherever the board is faster with them",
    "a quarter of the channels less, in floating point",
    "a quarter of the channels less, run by LiteRT",
    "a quarter of the channels less, integers where faster",
    "half the channels, in floating point",
    "half the channels, run by LiteRT instead of onnxruntime",
    "half the channels, integers where faster",
    "a quarter of the channels kept, integers where faster",
    "a light network taught by the original, integers where faster",
    "integers of one byte",
    "half the weights zero, then integers",
    "half the weights zero, the others trained to four bits",
    "four of five weights zero, then integers",
    "a quarter of the channels less, then integers",
    "half the channels, then integers",
    "half the channels, many zeros, integers",
    "a quarter of the channels kept, then integers",
    "a light network taught by the original, then integers",
    "weights of two bytes",
    "weights of one byte, arithmetic in floating point",
    "integers with equalised ranges and corrected biases",
    "a quarter of the channels less, taught by the original",
    "points",
    "point",
    "groups",
    "tags",
    "address",
    "identity",
    "python",
    "bytes",
    "accuracy loss within {0} points",
    "accuracy loss within {0} point",
    "latency (upper end) within {0} ms",
    "packed size within {0} bytes",
    "energy within {0} mJ",
    "memory within {0} MB",
    "memory",
    "the run was asked to finish before its turn",
    "no energy: {0}",
    "energy rejected: {0}",
    "no undisturbed round of every model: {0}",
    "failed: {0}, allowed: {1}; {2}: {3}",
    "failed: {0}, allowed: {1}",
    "the board's runtime gives other golden outputs: largest difference {0}, allowed {1}",
    "switched: {0} to release {1} ({2})",
    "switched on trial: {0} to release {1} ({2})",
    "committed ({0})",
    "went back ({0})",
    "went back ({0}): {1}",
    "{0} release {1}",
    "verified {0}",
    "rejected {0}: {1}",
    "runtime {0} installed, {1} wheels",
    "signing keys changed, {0} are trusted",
    "measure: {0} models",
    "scenario: {0} models",
    "deploy failed: {0}",
    "step {0}: {1}",
    "health: {0}",
    "{0} is not active",
    "gate {0}: {1}",
    "predicted from {0} anchors on this board ({1}) and published {2} figures of {3} other boards",
    "predicted from {0} anchors on this board ({1}) and readings of {2} other boards",
    "the anchors ran with {0}, the table's models with {1}: no interval covers that",
    "{0} rows of the micro-benchmark",
    "the processor's clock is held steady while something is measured",
    "power of a Raspberry Pi 5, throttling and under-voltage of every Raspberry Pi",
    "energy of an x86 processor",
    "how busy a Jetson's GPU is",
    "system: {0} -> {1}",
    "kernel: {0} -> {1}",
    "power mode: {0} -> {1}",
    "governor: {0} -> {1}",
    "the network does not run with fewer of its channels: {0}",
    "the dependency graph does not reach it",
    "its channels are in blocks and leave only one of each",
    "its width is the model's output",
    "{0} has no kernel with static ranges, so it runs in float; dynamic-quantization runs LSTM on int8 kernels",
    "zeros make the packed file smaller; dense kernels do not run faster with them",
    "it runs in float and its weights are stored as int8",
    "float is fastest and stays",
    "{0} is kept",
    "{0} weight tensors stored with {1} bits, {2} of them rounded adaptively; they run as float, so nothing gets faster",
    "int8 blocks need onnxruntime 1.22 or newer on the board",
    "{0} bits on average",
    "{0} weights left, but none that are multiplied for each sample",
    "speed: {0} fewer MACs, but {1}",
    "packed size",
    "the run was not finished",
    "the sensor fell silent",
    "fewer than three samples",
    "its reading is stale ({0})",
    "{0} {1}: {2} points lost, {3} {4}, cost {5}",
    "{0} {1}: {2} points lost, {3} {4}, cost {5} (chosen)",
    "weights between the first and the last layer were trained to {0} bits, stored as int8",
    *(f"{words}: {{0}}" for words in dict.fromkeys(SYSTEM_WORDS.values())),
)
"""Sentences that are put together in ways the collector does not follow, or that come from recordings of older versions."""


@cache
def sentences() -> tuple[str, ...]:
    """All of them, in the order of the source; fields are ``{0}``, ``{1}``."""
    found: dict[str, None] = dict.fromkeys(OTHERS)
    for package in PACKAGES:
        folder = Path(str(find_spec(package).origin)).parent  # type: ignore[union-attr]  # they come with this one
        for path in sorted(folder.rglob("*.py")):
            name = path.relative_to(folder.parent).as_posix()
            if not name.startswith(NOT_IN_THE_WINDOW):
                for text in texts_of(path.read_text(encoding="utf-8"), talkative=name.startswith(TALKATIVE)):
                    found.setdefault(text)
    return tuple(found)


def texts_of(source: str, *, talkative: bool = False) -> list[str]:
    """The sentences of one file; of talkative code also those that any function answers with."""
    return list(_Module(ast.parse(source), talkative).texts())


class _Module:
    """One file: its constants, and what its calls say."""

    def __init__(self, tree: ast.Module, talkative: bool) -> None:
        self._tree, self._talkative = tree, talkative
        self._constants = {
            target.id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }

    def texts(self) -> Iterator[str]:
        """Sentences of this file."""
        for name, value in self._constants.items():
            if TABLES.search(name) and isinstance(value, ast.Dict):
                yield from filter(None, (_numbered(t) for v in value.values for t in self._alternatives(v, {})))
        for scope in _scopes(self._tree):
            tells = bool(TELLS.search(scope.name))
            parts = [part for call in scope.calls for part in _said(call)]
            parts += [part for value in scope.returned if tells for part in _parts(value)]
            parts += [value for name in KEYWORDS for value in scope.assigned.get(name, ())]
            for part in parts:
                for text in self._alternatives(part, scope.assigned):
                    if words := _numbered(text):
                        yield words
            for value in scope.returned if self._talkative and not tells else ():
                for text in (text for part in _parts(value) for text in self._alternatives(part, scope.assigned)):
                    if len(LETTERS.findall(text)) >= SENTENCE_WORDS and (words := _numbered(text)):
                        yield words

    def _alternatives(self, node: ast.expr, local: dict[str, list[ast.expr]], depth: int = 0) -> list[str]:
        """What an expression can be, with FIELD for what is only known when it runs."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return [node.value]
        if isinstance(node, ast.JoinedStr):
            return self._joined(node, local, depth)
        if isinstance(node, ast.IfExp):
            return [t for part in (node.body, node.orelse) for t in self._alternatives(part, local, depth)]
        if isinstance(node, ast.BoolOp):
            return [t for part in node.values for t in self._alternatives(part, local, depth)]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = (self._alternatives(part, local, depth) for part in (node.left, node.right))
            return [one + other for one in left for other in right]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            return [PLACE.sub(FIELD, text).replace("%%", "%") for text in self._alternatives(node.left, local, depth)]
        if isinstance(node, ast.Name) and depth < 2:
            known = local.get(node.id) or ([self._constants[node.id]] if node.id in self._constants else [])
            return [t for part in known for t in self._alternatives(part, local, depth + 1)] or [FIELD]
        return [FIELD]

    def _prefix(self, node: ast.AST) -> bool:
        """Whether this is a constant of the file that ends like the beginning of a sentence: ``speed: ``."""
        value = self._constants.get(node.id) if isinstance(node, ast.Name) else None
        return isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value.endswith(": ")

    def _joined(self, node: ast.JoinedStr, local: dict[str, list[ast.expr]], depth: int) -> list[str]:
        texts = [""]
        for part in node.values:
            inner = part.value if isinstance(part, ast.FormattedValue) else part
            known = isinstance(inner, ast.Constant | ast.IfExp) or self._prefix(inner)
            words = self._alternatives(inner, local, depth) if known else [FIELD]
            texts = [text + word for text in texts for word in words]
        return texts


def _parts(value: ast.expr) -> list[ast.expr]:
    """What a function returns, item by item: a tuple, a list or the values of a table that is looked up."""
    if isinstance(value, ast.Tuple | ast.List):
        return [part for item in value.elts for part in _parts(item)]
    if isinstance(value, ast.Subscript) and isinstance(value.value, ast.Dict):
        return value.value.values
    return [value]


@dataclass
class _Scope:
    """A function, or the module: what is called, returned and assigned in it, but not in functions within."""

    name: str = ""
    calls: list[ast.Call] = field(default_factory=list)
    returned: list[ast.expr] = field(default_factory=list)
    assigned: dict[str, list[ast.expr]] = field(default_factory=dict)

    def assign(self, target: ast.expr, value: ast.expr) -> None:
        """A name gets a value."""
        if isinstance(target, ast.Name):
            self.assigned.setdefault(target.id, []).append(value)
        elif isinstance(target, ast.Subscript) and COLLECTED_IN.search(ast.unparse(target.value)):
            self.assigned.setdefault("reason", []).append(value)
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for name, part in zip(target.elts, value.elts, strict=False):
                self.assign(name, part)


def _scopes(tree: ast.Module) -> list[_Scope]:
    """All scopes of a file, in one walk."""
    found = [_Scope()]
    left: list[tuple[ast.AST, _Scope]] = [(tree, found[0])]
    while left:
        node, scope = left.pop()
        kind = type(node)
        if kind in FUNCTIONS:
            scope = _Scope(node.name)  # type: ignore[attr-defined]
            found.append(scope)
        elif kind is ast.Call:
            scope.calls.append(node)  # type: ignore[arg-type]
        elif kind in (ast.Return, ast.Yield) and node.value is not None:  # type: ignore[attr-defined]
            scope.returned.append(node.value)  # type: ignore[attr-defined]
        elif kind is ast.Assign:
            for target in node.targets:  # type: ignore[attr-defined]
                scope.assign(target, node.value)  # type: ignore[attr-defined]
        for name in node._fields:
            value = getattr(node, name)
            for child in value if type(value) is list else (value,):
                if isinstance(child, ast.AST) and type(child) not in LEAVES:
                    left.append((child, scope))
    return found


def _said(call: ast.Call) -> list[ast.expr]:
    """The arguments of a call that a person reads."""
    function = call.func
    name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    named = [item.value for item in call.keywords if item.arg in KEYWORDS]
    if name in BARE_ERRORS:
        return [*named, *call.args[:2]]
    if name.endswith("Error") and len(call.args) >= 3:
        return [*named, *call.args[1:3]]
    if name in SAID:
        return [*named, *(call.args[place] for place in SAID[name] if place < len(call.args))]
    if name in ("append", "add") and isinstance(function, ast.Attribute):
        return call.args if COLLECTED_IN.search(ast.unparse(function.value)) else []
    return [*named, *(call.args if REFUSES.match(name) else [])]


def _numbered(text: str) -> str:
    """A sentence with numbered fields; empty when there is nothing to translate in it."""
    text = " ".join(text.split())
    while FIELD + FIELD in text:
        text = text.replace(FIELD + FIELD, FIELD)
    fixed = text.split(FIELD)
    if len(LETTERS.findall(" ".join(fixed))) < (2 if len(fixed) > 1 else 1):
        return ""
    return fixed[0] + "".join(f"{{{number}}}{part}" for number, part in enumerate(fixed[1:]))
