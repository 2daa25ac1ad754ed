"""The manifest of a bundle: what desktop signs and board checks, and the rule that decides whether a model is right.

A bundle is a flat folder. ``manifest.json`` names every other file with its SHA-256 and is itself bound by the ed25519
signature in ``manifest.sig``; nothing that the manifest does not name is read.
"""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence

from . import io as samples
from .codec import loads
from .errors import ContractError
from .io import IoContract
from .messages import NAME, SHA256, Runtime, decode, encode

if TYPE_CHECKING:
    import numpy

SCHEMA = 1
MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
GOLDEN = "golden.npz"
MIN_GOLDEN = 16
MAX_FILES = 256
MAX_FILE_BYTES = 4 << 30
FORMAT = re.compile(r"^[a-z0-9][a-z0-9_-]{0,15}\Z")
"""Names of model formats: ``onnx``, ``tflite``, or one that a vendor's runtime takes."""


@dataclass(frozen=True)
class BundleFile:
    """One file of the bundle; ``role`` is model, golden, runner, loader, sample, trial or notice."""

    name: str
    sha256: str
    size: int
    role: str


@dataclass(frozen=True)
class Tolerance:
    """How far outputs on the board may be from those on the desktop.

    Attributes:
        kind: ``float`` or ``integer``.
        atol: absolute part; for floats 1e-4 of the output range, for integer models 4 times the largest difference
            between integer and de-quantized execution on the golden inputs, at least 2 output steps.
        rtol: relative part; 1e-3 for floats, 0 for integers.
        output_step: one step of the quantized output, None for float models.
    """

    kind: str
    atol: float
    rtol: float = 0.0
    output_step: Optional[float] = None


@dataclass(frozen=True)
class ModelFile:
    """One model file: the same variant may come for several runtimes."""

    file: str
    format: str  # onnx | tflite | a vendor's
    precision: str  # float | int8 | mixed
    tolerance: Tolerance
    opset: Optional[int] = None
    ir: Optional[int] = None


@dataclass(frozen=True)
class RawGolden:
    """A golden sample as a file, which goes through the board's pre-processing; ``index`` is its row in the tensors."""

    file: str
    kind: str
    index: int


@dataclass(frozen=True)
class GoldenSet:
    """Golden tensors: ``input_<i>`` and ``<model file>/output_<i>`` in one .npz; and raw samples."""

    file: str
    samples: int
    raw: List[RawGolden] = field(default_factory=list)


@dataclass(frozen=True)
class Needs:
    """What a board must have: instruction set flags and free memory."""

    isa: List[str] = field(default_factory=list)
    ram_bytes: Optional[int] = None


@dataclass(frozen=True)
class Manifest:
    """The signed description of a bundle; ``purpose`` is ``release``, or ``trial``: timed, but never activated."""

    name: str
    files: List[BundleFile]
    models: List[ModelFile]
    io: IoContract
    golden: GoldenSet
    variant: Optional[str] = None
    model: Optional[str] = None
    recipe_sha256: str = ""
    recipe: List[Dict[str, Any]] = field(default_factory=list)
    needs: Needs = field(default_factory=Needs)
    purpose: str = "release"
    created: str = ""
    schema: int = SCHEMA

    def file(self, name: str) -> BundleFile:
        """The entry of one file; ContractError when the manifest does not name it."""
        for item in self.files:
            if item.name == name:
                return item
        raise ContractError("the manifest does not name the file %r" % name)

    def sizes(self) -> int:
        """Bytes of all files together."""
        return sum(item.size for item in self.files)


def parse(content: bytes) -> Manifest:
    """Read and check a manifest.

    Raises:
        ContractError: a field is missing or wrong, a name or hash is not of its form, a file is not listed.
    """
    value = loads(content)
    schema = value.get("schema")
    if schema != SCHEMA:
        raise ContractError(
            "the bundle has schema %r, this side reads %d" % (schema, SCHEMA), "update Flyweight on the older side"
        )
    manifest = decode(Manifest, value, "manifest")
    _check(manifest)
    return manifest


def _check(manifest: Manifest) -> None:
    names = [item.name for item in manifest.files]
    if not NAME.match(manifest.name):
        raise ContractError("the bundle's name %r is not of the form letters, digits, . _ -" % manifest.name[:80])
    if not 0 < len(names) <= MAX_FILES or len(set(names)) != len(names):
        raise ContractError("the manifest names %d files, or one twice" % len(names))
    if not manifest.models:
        raise ContractError("the manifest names no model")
    if manifest.purpose not in ("release", "trial"):
        raise ContractError("unknown purpose %r" % manifest.purpose[:80])
    for item in manifest.files:
        if not NAME.match(item.name) or item.name in (MANIFEST, SIGNATURE):
            raise ContractError("%r is no name for a file in a bundle" % item.name[:80])
        if not SHA256.match(item.sha256) or not 0 <= item.size <= MAX_FILE_BYTES:
            raise ContractError("%s: hash or size is not of its form" % item.name)
    for model in manifest.models:
        manifest.file(model.file)
        if not FORMAT.match(model.format):
            raise ContractError("%s: %r is no name of a format" % (model.file, model.format[:80]))
        if model.tolerance.kind not in ("float", "integer"):
            raise ContractError("%s: unknown kind of tolerance %r" % (model.file, model.tolerance.kind[:40]))
        if model.tolerance.atol < 0 or model.tolerance.rtol < 0:
            raise ContractError("%s: a tolerance below zero" % model.file)
    samples.check(manifest.io)
    if manifest.purpose == "release":
        _check_golden(manifest)


def _check_golden(manifest: Manifest) -> None:
    manifest.file(manifest.golden.file)
    if manifest.golden.samples < MIN_GOLDEN:
        raise ContractError(
            "a release needs at least %d golden samples, this has %d" % (MIN_GOLDEN, manifest.golden.samples)
        )
    for raw in manifest.golden.raw:
        manifest.file(raw.file)
        if not 0 <= raw.index < manifest.golden.samples:
            raise ContractError("%s: no golden sample %d" % (raw.file, raw.index))


def to_bytes(manifest: Manifest) -> bytes:
    """The canonical bytes that are hashed and signed: sorted keys, no white space."""
    import json

    return json.dumps(
        encode(manifest), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode("utf-8")


@dataclass(frozen=True)
class GoldenVerdict:
    """Whether outputs agree with the expected ones."""

    passed: bool
    top1_agreement: Optional[float]
    max_abs_diff: Optional[float]
    reason: Optional[str] = None


def within(expected: "numpy.ndarray", actual: "numpy.ndarray", tolerance: Tolerance) -> GoldenVerdict:
    """Compare outputs with the expected ones.

    Passed = every value within ``atol + rtol * |expected|`` and, for outputs of shape ``[n, classes]``, the same top-1
    wherever the expected margin between first and second exceeds the largest allowance of that sample.

    Args:
        expected: ``[n, ...]`` from the desktop.
        actual: the same from the board.
        tolerance: of the manifest.
    """
    import numpy

    if actual.shape != expected.shape:
        return GoldenVerdict(False, None, None, "output has shape %s, expected %s" % (actual.shape, expected.shape))
    wanted, got = expected.astype(numpy.float64), actual.astype(numpy.float64)
    if not (numpy.isfinite(got).all() and numpy.isfinite(wanted).all()):
        return GoldenVerdict(False, None, None, "the output holds values that are not finite")
    difference = numpy.abs(wanted - got).reshape(len(wanted), -1)
    allowed = (tolerance.atol + tolerance.rtol * numpy.abs(wanted)).reshape(difference.shape)
    worst = float(difference.max()) if difference.size else 0.0
    agreement, reason = None, None
    if (difference > allowed).any():
        sample, place = numpy.unravel_index(int((difference - allowed).argmax()), difference.shape)
        reason = "sample %d differs by %.4g, allowed is %.4g" % (
            sample,
            difference[sample, place],
            allowed[sample, place],
        )
    if wanted.ndim == 2 and wanted.shape[1] > 1:
        same = wanted.argmax(axis=1) == got.argmax(axis=1)
        agreement = float(same.mean())
        ranked = numpy.sort(wanted, axis=1)
        wrong = ~same & (ranked[:, -1] - ranked[:, -2] > allowed.max(axis=1))
        if wrong.any():
            reason = "%d of %d samples have another top-1 although the margin is clear" % (wrong.sum(), len(same))
    return GoldenVerdict(reason is None, agreement, worst, reason)


def runtimes_for(format_: str, runtimes: Sequence[Runtime], wanted: str = "") -> List[Runtime]:
    """Those of a board that take a model format, preferred first: what comes with the agent before what a user added.

    Args:
        format_: of the model file.
        runtimes: of the board.
        wanted: id of the only one that will do; "" = any.
    """
    found = [item for item in runtimes if format_ in item.formats and wanted in ("", item.id)]
    return sorted(found, key=lambda item: (item.adapter is not None, item.id))


def fits(manifest: Manifest, isa: List[str], ram_bytes: int) -> Optional[str]:
    """Why a board cannot take this bundle, or None."""
    missing = [flag for flag in manifest.needs.isa if flag not in isa]
    if missing:
        return "the board's CPU lacks %s" % ", ".join(missing)
    if manifest.needs.ram_bytes is not None and manifest.needs.ram_bytes > ram_bytes:
        return "the bundle needs %d MB of memory, the board has %d MB" % (
            manifest.needs.ram_bytes // 1_000_000,
            ram_bytes // 1_000_000,
        )
    return None
