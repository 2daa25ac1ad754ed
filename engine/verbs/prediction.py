"""The verb ``run``: predict on a board."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from device_agent.contract.messages import PredictInput, PredictRequest

from ..deploy.connect import connect
from ..errors import DataError
from ..records import sha256_hex

KINDS = {".png": "png", ".npy": "npy", ".csv": "csv"}
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
    target: str, files: Sequence[Path], *, slot: str = "main", top_k: int = 3, timeout_s: float = 60.0
) -> Predicted:
    """Predict on the board with the slot's current model, through the bundle's own pre- and post-processing.

    PNG, .npy and .csv files travel as they are; other image formats are decoded here to PNG, bit for bit.

    Raises:
        DataError: a file is missing, too large or no image.
        DeviceError: the board cannot be reached, or the slot is empty.
    """
    inputs = [(path, *_content(Path(path))) for path in files]
    with connect(target, timeout_s=timeout_s) as client:
        wanted = []
        for path, kind, content in inputs:
            digest = sha256_hex(content)
            client.put_blob(content, digest)
            wanted.append(PredictInput(digest, kind, Path(path).name))
        answers = client.predict(PredictRequest(slot, wanted, top_k))
    return Predicted(
        target, slot, tuple({"file": str(path), **answer} for path, answer in zip(files, answers, strict=True))
    )


def _content(path: Path) -> tuple[str, bytes]:
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise DataError("file-too-large", f"{path} has {size:,} bytes", f"use files up to {MAX_FILE_BYTES:,} bytes")
        content = path.read_bytes()
    except OSError as error:
        raise DataError(
            "file-unreadable", f"{path}: {error.strerror}", "give files that exist and can be read"
        ) from None
    kind = KINDS.get(path.suffix.lower())
    return (kind, content) if kind else ("png", _as_png(path))


def _as_png(path: Path) -> bytes:
    from io import BytesIO

    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            out = BytesIO()
            image.convert("L" if image.mode in ("1", "L", "I;16") else "RGB").save(out, "PNG")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise DataError("not-an-image", f"{path}: {error}", "give PNG, JPEG, BMP, .npy or .csv files") from None
    return out.getvalue()
