import hashlib
import json
import os
import threading
import time

import numpy as np

from engine.model import packed_size as module
from engine.model.packed import pack, unpack
from engine.model.packed_size import packed_size
from engine.model.samples import sample
from engine.records import Format
from engine.verbs import compare, compress

INT8 = [{"technique": "weight-only-quantization", "knobs": {}}]


def test_that_a_model_is_packed_once_whichever_project_compresses_it(tmp_path, monkeypatch):
    packed = []
    monkeypatch.setattr(module, "pack", lambda content, format: packed.append(1) or pack(content, format))
    model = str(sample("fashion-resnet").onnx)
    first = compress(model, recipes=[INT8], project=tmp_path / "first")
    assert len(packed) == 2, "the original and the variant"
    second = compress(model, recipes=[INT8], project=tmp_path / "second")
    assert second.variants[0].sha256 == first.variants[0].sha256
    rows = compare([model, second.variants[0].id], project=tmp_path / "second").rows
    assert len(packed) == 2
    for one, other, row in (
        (first.baseline, second.baseline, rows[0]),
        (first.variants[0], second.variants[0], rows[1]),
    ):
        assert one.packed_bytes == other.packed_bytes == row.packed_bytes > 0
        assert one.cost["decode_cpu_s"] == other.cost["decode_cpu_s"] > 0


def test_that_a_kept_size_that_is_damaged_or_of_other_bytes_is_not_believed(home):
    content = np.random.default_rng(0).bytes(5000)
    size = packed_size(content, Format.ONNX)
    assert size.size_bytes == len(pack(content, Format.ONNX))
    (kept,) = (home / ".cache").rglob("packed-sizes/*.json")
    kept.write_text(json.dumps({"size_bytes": 7, "decode_cpu_s": 1.0}))
    assert packed_size(content, Format.ONNX).size_bytes == 7, "it is this file that is read"
    assert packed_size(content[:-1], Format.ONNX).size_bytes != 7
    for damaged in (
        "{",
        "[]",
        "{}",
        '{"size_bytes": null, "decode_cpu_s": 1.0}',
        '{"size_bytes": 7, "decode_cpu_s": NaN}',
    ):
        kept.write_text(damaged)
        assert packed_size(content, Format.ONNX).size_bytes == size.size_bytes, damaged


def test_that_of_too_many_kept_sizes_the_oldest_go(home, monkeypatch):
    monkeypatch.setattr(module, "KEPT", 4)
    contents = [bytes([number]) * 100 for number in range(5)]
    for number, content in enumerate(contents):
        before = set((home / ".cache").rglob("packed-sizes/*.json"))
        packed_size(content, Format.ONNX)
        for path in set((home / ".cache").rglob("packed-sizes/*.json")) - before:
            os.utime(path, (number, number))
    kept = sorted((home / ".cache").rglob("packed-sizes/*.json"), key=lambda path: path.stat().st_mtime)
    assert len(kept) == 3
    assert [path.stat().st_mtime for path in kept] == [2, 3, 4]


def test_that_the_time_to_restore_is_that_of_the_restoring_thread(home, monkeypatch):
    def beside(packed):
        other = threading.Thread(target=lambda: hashlib.sha256(bytes(100 << 20)).digest())
        other.start()
        other.join()
        return unpack(packed)

    monkeypatch.setattr(module, "unpack", beside)
    start = time.process_time()
    told = packed_size(bytes(3000), Format.ONNX).decode_cpu_s
    assert told < (time.process_time() - start) / 2


def test_that_a_user_without_a_cache_is_served(tmp_path, monkeypatch):
    (tmp_path / "no-folder").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "no-folder"))
    assert packed_size(bytes(3000), Format.ONNX).size_bytes == len(pack(bytes(3000), Format.ONNX))
