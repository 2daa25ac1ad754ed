"""Modules to bytes and back: a hash of all weights, and a changed module stored as weights and changed sizes, no pickles.

A pruned module is the original with other sizes: its tensors go to safetensors, and the whole numbers that its layers
keep (``in_channels``, ``groups``, ...) to JSON where they differ from the original's. A module whose make-up changed
(layers replaced or added) is not stored; the step that made it is done again.
"""

from __future__ import annotations

import copy
import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor, nn

MASK = "mask:"


def module_sha256(module: nn.Module) -> str:
    """Hash of the names, shapes, types and values of all parameters and buffers."""
    digest = hashlib.sha256()
    for name, tensor in module.state_dict().items():
        digest.update(f"{name}|{list(tensor.shape)}|{tensor.dtype}|".encode())
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def module_to_bytes(module: nn.Module, original: nn.Module, masks: Mapping[str, Tensor]) -> bytes | None:
    """A module as safetensors bytes; None where it is not the original with other sizes and values."""
    from safetensors.torch import save

    if _make_up(module) != _make_up(original) or _shares_tensors(module):
        return None
    tensors = {name: tensor.detach().clone().contiguous() for name, tensor in _tensors(module).items()}
    tensors |= {MASK + name: mask.clone().contiguous() for name, mask in masks.items()}
    before = dict(original.named_modules())
    changed = {
        name: difference
        for name, layer in module.named_modules()
        if (difference := _changed(_sizes(layer), _sizes(before[name])))
    }
    content: bytes = save(tensors, metadata={"sizes": json.dumps(changed)})
    return content


def module_from_bytes(content: bytes, original: nn.Module) -> tuple[nn.Module, dict[str, Tensor]]:
    """The module and its masks; the original is copied, not changed.

    Raises:
        ValueError, KeyError: the bytes do not belong to this original.
    """
    import torch
    from safetensors.torch import load

    tensors: dict[str, Tensor] = load(content)
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    module = copy.deepcopy(original)
    for name, sizes in json.loads(header["__metadata__"]["sizes"]).items():
        layer = module.get_submodule(name)
        for attribute, value in sizes.items():
            setattr(layer, attribute, tuple(value) if isinstance(value, list) else value)
    for name, old in _tensors(module).items():
        path, _, last = name.rpartition(".")
        owner = module.get_submodule(path)
        if isinstance(old, torch.nn.Parameter):
            owner._parameters[last] = torch.nn.Parameter(tensors[name], requires_grad=old.requires_grad)
        else:
            owner._buffers[last] = tensors[name]
    for layer in module.modules():
        if isinstance(layer, torch.nn.RNNBase):  # it keeps a list of its weights beside the parameters
            layer._flat_weights = [getattr(layer, name, None) for name in layer._flat_weights_names]
    masks = {name.removeprefix(MASK): tensor for name, tensor in tensors.items() if name.startswith(MASK)}
    return module.eval(), masks


def _tensors(module: nn.Module) -> dict[str, Tensor]:
    return {**dict(module.named_parameters()), **dict(module.named_buffers())}


def _make_up(module: nn.Module) -> tuple[list[tuple[str, str]], list[str]]:
    return [(name, _kind(layer)) for name, layer in module.named_modules()], sorted(_tensors(module))


def _kind(layer: nn.Module) -> str:
    """Class and, for a traced graph (every copy has a class of its own), its code."""
    kind = type(layer)
    return f"{kind.__module__}.{kind.__qualname__} {getattr(layer, 'code', '')}"


def _shares_tensors(module: nn.Module) -> bool:
    return len(list(module.named_parameters())) != len(list(module.named_parameters(remove_duplicate=False)))


def _sizes(layer: nn.Module) -> dict[str, Any]:
    return {name: value for name, value in vars(layer).items() if not name.startswith("_") and _is_size(value)}


def _is_size(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(_is_size(item) for item in value)
    return isinstance(value, int) and not isinstance(value, bool)


def _changed(now: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in now.items() if before.get(name) != value}
