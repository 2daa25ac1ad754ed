"""The verb ``run``: predict on a board."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from device_agent.contract.messages import PredictInput, PredictRequest

from ..deploy.connect import connect
from ..deploy.run_on import RunOn
from ..deploy.transport import Deadline
from ..errors import DataError
from ..events import Cancel
from ..records import sha256_hex

STARTS = {b"\x89PNG\r\n": "png", b"\x93NUMPY": "npy"}
CSV_BYTES = frozenset(b"0123456789+-.eE,; \t\r\n")
KINDS = {".png": "png", ".npy": "npy", ".csv": "csv", ".wav": "wav"}
MAX_FILE_BYTES = 64_000_000


@dataclass(frozen=True)
class Predicted:
    """One prediction per file: ``{"file", "classes": [{"label", "index", "probability"}], "outputs"}``."""

    target: str
    slot: str
    predictions: tuple[dict[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight run --json``."""
        return {"target": self.target, "slot": self.slot, "predictions": list(self.predictions)}


def run(
    target: str,
    files: Sequence[str | Path],
    *,
    slot: str = "main",
    top_k: int = 3,
    runtime: str | None = None,
    provider: str | None = None,
    timeout_s: float = 60.0,
    cancel: Cancel | None = None,
) -> Predicted:
    """Predict on the board with the slot's current model, through the bundle's own pre- and post-processing.

    PNG, .wav, .npy and .csv files travel as they are; other image formats are decoded here to PNG, bit for bit. The file ``-``
    is the standard input; what it holds is told by its first bytes.

    Args:
        target: one device.
        files: what to predict on, one answer each.
        slot: of the board, whose current release answers.
        top_k: classes told of each file, the likeliest first.
        runtime, provider: something else its bundle was verified on; default: what the slot was deployed for.
        timeout_s: for all of it.

    Raises:
        DataError: a file is missing, too large or no image.
        DeviceError: the board cannot be reached, or the slot is empty.
        AgentError: the bundle was not verified on what is asked for.
    """
    inputs = [(path, *_content(Path(path))) for path in files]
    deadline, run_on = Deadline(timeout_s, cancel), RunOn.of(runtime, provider)
    with connect(target, cancel=cancel, timeout_s=timeout_s) as client:
        client.limit = deadline
        told = run_on.told(client, slot)
        wanted = []
        for path, kind, content in inputs:
            digest = sha256_hex(content)
            client.put_blob(content, digest)
            wanted.append(PredictInput(digest, kind, Path(path).name))
        answers = client.predict(PredictRequest(slot, wanted, top_k, told))
    return Predicted(
        target, slot, tuple({"file": str(path), **answer} for path, answer in zip(files, answers, strict=True))
    )


def _content(path: Path) -> tuple[str, bytes]:
    if str(path) == "-":
        return _standard_input()
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise _too_large(path, f"{size:,} bytes")
        content = path.read_bytes()
    except OSError as error:
        raise DataError(
            "file-unreadable", f"{path}: {error.strerror}", "give files that exist and can be read"
        ) from None
    kind = KINDS.get(path.suffix.lower()) or _kind(content)
    return (kind, content) if kind else ("png", _as_png(path, content))


def _standard_input() -> tuple[str, bytes]:
    content = sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        raise _too_large(Path("-"), "more")
    if not content:
        raise DataError("no-input", "the standard input is empty", "for example: cat shoe.png | flyweight run pi5 -")
    kind = _kind(content) or ("csv" if not set(content[:4096]) - CSV_BYTES else None)
    return (kind, content) if kind else ("png", _as_png(Path("-"), content))


def _kind(content: bytes) -> str | None:
    """What the first bytes tell; None for other image formats."""
    if content.startswith(b"RIFF") and content[8:12] == b"WAVE":
        return "wav"
    return next((kind for start, kind in STARTS.items() if content.startswith(start)), None)


def _too_large(path: Path, found: str) -> DataError:
    return DataError("file-too-large", f"{path} has {found}", f"use files up to {MAX_FILE_BYTES:,} bytes")


def _as_png(path: Path, content: bytes) -> bytes:
    from io import BytesIO

    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(BytesIO(content)) as image:
            out = BytesIO()
            image.convert("L" if image.mode in ("1", "L", "I;16") else "RGB").save(out, "PNG")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        said = str(error) if "BytesIO" not in str(error) else "it is no image of a known format"
        raise DataError("not-an-image", f"{path}: {said}", "give PNG, JPEG, BMP, .npy or .csv files") from None
    return out.getvalue()
