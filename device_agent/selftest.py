"""Reads every sensor once while listening, then again from what was heard: the texts alone must give the same samples.

What comes out is what a test needs to know this board: its files with their texts, and the samples they stand for. Serial
numbers are left out.
"""

import os
import tempfile
from typing import Any, Dict, List

from . import board
from .contract.messages import Sample, encode
from .sensors import read_all
from .store import remove_tree

PRIVATE = ("serial", "machine-id", "hostname")
MAX_TEXT = 20_000
MAX_RAW = 400_000


def selftest(root: str) -> Dict[str, Any]:
    """Texts, samples, and the sensors whose texts gave another sample the second time."""
    heard: Dict[str, str] = {}
    board.heard = heard
    try:
        board.read_board(root)
        samples = read_all(root)
    finally:
        board.heard = None
    raw: Dict[str, str] = {}
    for path, text in sorted(heard.items()):
        private = any(word in os.path.basename(path) for word in PRIVATE)
        if not private and len(text) <= MAX_TEXT and sum(map(len, raw.values())) + len(text) <= MAX_RAW:
            raw[path] = text
    again = {item.sensor: _shown(item) for item in _replayed(raw)}
    differs = [item.sensor for item in samples if again.get(item.sensor) != _shown(item)]
    return {"raw": raw, "samples": [encode(item) for item in samples], "differs": differs}


def _shown(sample: Sample) -> Any:
    return sample.value, sample.unit, sample.quality


def _replayed(raw: Dict[str, str]) -> List[Sample]:
    folder = tempfile.mkdtemp(prefix="flyweight-selftest-")
    try:
        for path, text in raw.items():
            place = os.path.join(folder, path)
            os.makedirs(os.path.dirname(place), exist_ok=True)
            with open(place, "w", encoding="utf-8") as stream:
                stream.write(text)
        return read_all(folder)
    finally:
        remove_tree(folder)
