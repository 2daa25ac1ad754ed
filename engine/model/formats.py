"""Which format a file is, by its content; the name's ending only decides between what content leaves open."""

from __future__ import annotations

import shlex
import struct
import zipfile
from pathlib import Path

from ..errors import ModelError
from ..records import Format

MAX_FILE_BYTES = 2**31 - 1  # what one protobuf can hold
SMALLER = (
    "cut it into parts and compress each: onnx.utils.extract_model; or export it in half precision (model.half()), which is "
    "half the size, and is evaluated and deployed as it is"
)
"""What to do with a model beyond that."""
_BOMB_RATIO, _BOMB_FLOOR = 20, 256 << 20
_MAX_MEMBERS = 100_000
_PICKLES = (".joblib", ".skops", ".pickle")
_LEGACY_TORCH = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"
PACKED_MAGIC, PACKED_SUFFIX = b"FLWP", ".flwp"
_FORMATS = "ONNX, TFLite, .keras, .h5, .pt2, TorchScript, a state dict (.pt) or safetensors"


def detect(path: Path) -> Format:
    """Format of a model file.

    Raises:
        ModelError: the file is missing, empty, too large, a zip bomb, or of no known format.
    """
    size = _size(path)
    with path.open("rb") as stream:
        head = stream.read(64)
    if path.suffix.lower() in _PICKLES or (head[:1] == b"\x80" and b"sklearn." in head):
        raise ModelError(
            "pickled-file",
            f"{path} is a pickled object, and loading one may run anything, so it is not opened",
            f"load it in a function of yours and name that: def model(): return joblib.load('{path.name}')"
            " in mine.py, then give mine.py:model",
        )
    if head[:4] == PACKED_MAGIC:
        raise ModelError(
            "packed-file",
            f"{path} is a packed model, which is kept and sent but not run as it is",
            f"restore it: flyweight export {path.name} {path.stem}.onnx",
        )
    if head[4:8] == b"TFL3":
        return Format.TFLITE
    if head.startswith(b"PK\x03\x04"):
        return _zipped(path, size)
    if head.startswith(b"\x89HDF\r\n"):
        return Format.KERAS
    if len(head) > 8 and head[8:9] == b"{" and 2 <= struct.unpack("<Q", head[:8])[0] <= size - 8:
        return Format.SAFETENSORS
    if head.startswith(_LEGACY_TORCH) or (
        head[:1] == b"\x80" and path.suffix.lower() in (".pt", ".pth", ".bin", ".pkl")
    ):
        return Format.STATE_DICT
    if head[:1] == b"\x08" or path.suffix.lower() == ".onnx":  # field 1 of ModelProto: ir_version
        return Format.ONNX
    raise ModelError("unknown-format", f"{path} is no model format known here", f"give {_FORMATS}")


_SAVED_MODEL = "saved_model.pb"


def is_packed(path: Path) -> bool:
    """Whether a file begins as a packed model does."""
    with path.open("rb") as stream:
        return stream.read(len(PACKED_MAGIC)) == PACKED_MAGIC


def _size(path: Path) -> int:
    try:
        there = path.exists()
    except OSError:  # a name no file can have
        there = False
    if not there:
        name = str(path) if len(str(path)) <= 200 else f"{str(path)[:200]}..."
        raise ModelError("model-not-found", f"there is no file {name}", "check the path, or use sample:fashion-resnet")
    saved = path.parent if path.name == _SAVED_MODEL else path
    if (saved / _SAVED_MODEL).is_file():
        raise ModelError(
            "saved-model",
            f"{saved} is a TensorFlow SavedModel, which is not read directly",
            "convert it where TensorFlow is installed: pip install tf2onnx && python -m tf2onnx.convert --saved-model "
            f"{shlex.quote(str(saved))} --opset 18 --output model.onnx",
        )
    if not path.is_file():
        raise ModelError("not-a-file", f"{path} is not a file", f"give a file: {_FORMATS}")
    try:
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except OSError as error:
        raise ModelError(
            "not-readable", f"{path} cannot be read: {error.strerror}", "make the file readable"
        ) from error
    if size == 0:
        raise ModelError("empty-file", f"{path} is empty", "export or copy the model again")
    if size > MAX_FILE_BYTES:
        raise ModelError("too-large", f"{path} has {size:,} bytes; at most {MAX_FILE_BYTES:,} are read", SMALLER)
    return size


def _zipped(path: Path, size: int) -> Format:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ModelError(
            "damaged-archive", f"{path} is not a complete archive: {error}", "save or copy the model again"
        ) from error
    if members and min(member.header_offset for member in members) > 0:  # what was found is an archive inside this one
        raise ModelError("damaged-archive", f"{path} is cut short", "save or copy the model again")
    unpacked = sum(member.file_size for member in members)
    if len(members) > _MAX_MEMBERS or unpacked > max(_BOMB_FLOOR, _BOMB_RATIO * size):
        raise ModelError(
            "archive-too-large",
            f"{path} would unpack to {unpacked} bytes in {len(members)} files, out of proportion to its {size} bytes",
            "save the model again with torch.save or torch.export.save",
        )
    names = [member.filename for member in members]
    lasts = {name.rpartition("/")[2] for name in names}
    if any(part in name for name in names for part in ("..\\", "../")) or any(name.startswith("/") for name in names):
        raise ModelError("unsafe-archive", f"{path} holds members outside the archive", "do not use this file")
    if "archive_format" in lasts and not any("models/" in name and name.endswith(".json") for name in names):
        raise ModelError(
            "damaged-pt2", f"{path} is an archive of torch without a program in it", "save it again: torch.export.save"
        )
    if "archive_format" in lasts or "serialized_exported_program.json" in lasts:
        return Format.PT2
    if "model.weights.h5" in lasts and "config.json" in lasts:
        return Format.KERAS
    if "constants.pkl" in lasts and any("/code/" in f"/{name}" for name in names):
        return Format.TORCHSCRIPT
    if "data.pkl" in lasts:
        return Format.STATE_DICT
    raise ModelError("unknown-format", f"{path} is an archive, but of no model format known here", f"give {_FORMATS}")
