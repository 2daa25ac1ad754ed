"""What a Keras file may hold, checked before Keras is imported: known layers by name, and weights as large as they say.

A ``.keras`` file is a zip archive of a JSON configuration and an HDF5 file of weights; an ``.h5`` file is an HDF5 file with
the configuration as an attribute. The configuration names Python classes and functions, which a loader looks up and calls;
HDF5 can refer to other files and declare petabytes in a few bytes. So everything that is no layer with a rule in
:mod:`engine.model.keras_layers`, no plain setting of one and no plain array is refused here, in a fraction of a second.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ModelError
from .child import printable

DAMAGED = "save or copy the file again"
EXPORT = "export it from Keras 3: model.export('model.onnx', format='onnx'), and give that file"
_MAX_CONFIG_BYTES = 64 << 20
_MAX_LAYERS = 20_000
_MAX_DEPTH = 100
_FLOOR_BYTES, _RATIO = 16 << 20, 4
_CONTAINERS = frozenset({"Functional", "Sequential", "Model"})
_SETTINGS = frozenset(
    {"keras"}
    | {f"keras.{part}" for part in ("initializers", "regularizers", "constraints", "activations", "dtype_policies")}
    | {f"keras.src.{part}" for part in ("initializers", "regularizers", "constraints", "activations", "dtype_policies")}
)
_WIDTHS = ("units", "filters", "output_dim", "input_dim", "num_heads", "key_dim", "value_dim")
_PLAIN = frozenset({"__keras_tensor__", "__tuple__", "DTypePolicy", "slice", "tuple"})


@dataclass(frozen=True)
class Rules:
    """Layers and functions that can be converted, and how many bytes of weights there are for them."""

    layers: frozenset[str]
    operations: frozenset[str]
    size: int


def check(path: Path, layers: frozenset[str], operations: frozenset[str]) -> int:
    """Refuse what could harm or cannot be converted; gives the bytes of the weights.

    Args:
        path: a ``.keras`` archive or an HDF5 file.
        layers: class names of layers that can be converted. operations: of functions of ``keras.ops`` in a graph.

    Raises:
        ModelError: with the reason and the remedy.
    """
    with path.open("rb") as stream:
        zipped = stream.read(4) == b"PK\x03\x04"
    if not zipped:
        content, size = _hdf5(path, path.name, path.stat().st_size)
        if content is None:
            raise ModelError(
                "weights-alone",
                f"{path.name} holds the weights of a Keras model without its layers",
                "save the whole model: model.save('model.keras')",
            )
        _configuration(content, path.name, Rules(layers, operations, size))
        return size
    with zipfile.ZipFile(path) as archive:
        try:
            if archive.getinfo("config.json").file_size > _MAX_CONFIG_BYTES:
                raise ModelError("archive-too-large", f"the configuration in {path.name} is too large", DAMAGED)
            content = archive.read("config.json")
            weights = archive.read("model.weights.h5")
        except (
            KeyError,
            zipfile.BadZipFile,
            OSError,
            EOFError,
            NotImplementedError,
            RuntimeError,
            ValueError,
        ) as error:
            raise _damaged(path.name, error) from error
        except Exception as error:  # zlib.error and lzma.LZMAError have no common base
            raise _damaged(path.name, error) from error
    size = _hdf5(io.BytesIO(weights), path.name, len(weights))[1]
    _configuration(content, path.name, Rules(layers, operations, size))
    return size


def _damaged(name: str, error: Exception) -> ModelError:
    return ModelError("damaged-keras", f"{name} is not a complete Keras file: {printable(str(error), 200)}", DAMAGED)


def _configuration(content: bytes | str, name: str, rules: Rules) -> None:
    try:
        config = json.loads(content)
        if not isinstance(config, dict) or config.get("class_name") not in _CONTAINERS:
            kind = printable(str(config.get("class_name") if isinstance(config, dict) else type(config).__name__), 80)
            raise _custom(name, f"is a {kind}, not a Sequential or functional model")
        _container(config, name, rules, 0)
    except ModelError:
        raise
    except (ValueError, RecursionError) as error:
        raise _damaged(name, error) from error


def _custom(name: str, what: str) -> ModelError:
    return ModelError("keras-custom", f"{name} {what}; nothing in it was executed", EXPORT)


def _container(config: dict[str, Any], name: str, rules: Rules, depth: int) -> int:
    """Check a model and the models in it; gives how many layers there are."""
    if depth > _MAX_DEPTH:
        raise _custom(name, f"nests models more than {_MAX_DEPTH} deep")
    inner = config.get("config")
    entries = inner.get("layers") if isinstance(inner, dict) else inner  # Keras 1 wrote the layers alone
    if not isinstance(entries, list):
        raise _custom(name, "holds a model without a list of layers")
    count = len(entries)
    for entry in entries:
        if not isinstance(entry, dict):
            raise _custom(name, "holds a layer that is no layer")
        if entry.get("class_name") in _CONTAINERS:
            count += _container(entry, name, rules, depth + 1)
        else:
            _layer(entry, name, rules)
        if count > _MAX_LAYERS:
            raise _custom(name, f"has more than {_MAX_LAYERS} layers")
    return count


def _layer(entry: dict[str, Any], name: str, rules: Rules) -> None:
    kind, module = str(entry.get("class_name")), str(entry.get("module") or "")
    shown = printable(kind, 80)
    if "Lambda" in kind:
        raise ModelError(
            "keras-code",
            f"{name} has a {shown} layer, which carries Python code; it was not executed",
            "rebuild the model with layers of Keras in place of the Lambda, or export it where you trust the code: "
            "model.export('model.onnx', format='onnx')",
        )
    known = rules.operations if module.startswith("keras.src.ops") else rules.layers
    ours = module in ("", "keras", "keras.layers") or module.startswith(("keras.src.layers.", "keras.src.ops."))
    if not ours or kind not in known or ">" in str(entry.get("registered_name") or ""):
        raise _custom(name, f"has a layer {shown} ({printable(module, 60) or 'keras'}), which has no rule here")
    for key, value in entry.items():
        if key in ("config", "inbound_nodes"):
            _settings(value, name, rules, 0)
    inner = entry.get("config")
    settings = inner if isinstance(inner, dict) else {}
    for key in _WIDTHS:
        width = settings.get(key)
        if isinstance(width, int) and width > rules.size:
            raise ModelError(
                "archive-too-large",
                f"{name} has a {shown} layer of {width} {key}, but only {rules.size} bytes of weights",
                DAMAGED,
            )


def _settings(value: Any, name: str, rules: Rules, depth: int) -> None:
    """Refuse settings that would look up or call anything but initializers, regularizers and plain values."""
    if depth > _MAX_DEPTH:
        raise _custom(name, f"nests settings more than {_MAX_DEPTH} deep")
    if isinstance(value, list):
        for item in value:
            _settings(item, name, rules, depth + 1)
    elif isinstance(value, dict):
        if "class_name" in value and not _is_plain(value):
            _layer(value, name, rules)  # the layer that a wrapper holds
            return
        for item in value.values():
            _settings(item, name, rules, depth + 1)


def _is_plain(value: dict[str, Any]) -> bool:
    module = value.get("module")
    if value["class_name"] == "function":  # an activation by its name, as Keras 3.0 wrote it
        return module == "builtins" and str(value.get("config")).isidentifier()
    if value["class_name"] in _PLAIN:
        return module in (None, "builtins") or module in _SETTINGS
    return module in _SETTINGS and isinstance(value.get("config"), dict)


def _hdf5(source: Path | io.BytesIO, name: str, size: int) -> tuple[str | bytes | None, int]:
    """The configuration an HDF5 file carries, and the bytes of its arrays."""
    import h5py

    try:
        with h5py.File(source, "r") as file:
            total = 0
            for where, dataset in _datasets(file, name):
                if dataset.external or dataset.is_virtual:
                    raise ModelError(
                        "unsafe-weights", f"{name} takes weight '{printable(where, 80)}' from another file", DAMAGED
                    )
                total += dataset.size * dataset.dtype.itemsize
                if total > max(_FLOOR_BYTES, _RATIO * size):
                    raise ModelError(
                        "archive-too-large",
                        f"{name} declares weights of more than {total} bytes, out of proportion to its {size} bytes",
                        DAMAGED,
                    )
            content = file.attrs.get("model_config")
            return content if content is None or isinstance(content, (str, bytes)) else str(content), total
    except ModelError:
        raise
    except (OSError, RuntimeError, KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise _damaged(name, error) from error


def _datasets(group: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Every array once, by plain links alone."""
    import h5py

    waiting, seen = [group], set()
    while waiting:
        current = waiting.pop()
        for key in current:
            if not isinstance(current.get(key, getlink=True), h5py.HardLink):
                raise ModelError("unsafe-weights", f"{name} holds a link '{printable(key, 80)}' elsewhere", DAMAGED)
            item = current[key]
            place = h5py.h5o.get_info(item.id).addr
            if place in seen:
                continue
            seen.add(place)
            if isinstance(item, h5py.Dataset):
                yield item.name, item
            elif isinstance(item, h5py.Group):
                waiting.append(item)
