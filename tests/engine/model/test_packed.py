import zlib

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from device_agent.contract import packed as container
from engine.errors import ModelError
from engine.model import rans
from engine.model.packed import pack, unpack
from engine.model.samples import sample
from engine.model.tensor_spans import tensor_spans
from engine.records import Format


def model_of(*arrays: np.ndarray) -> bytes:
    tensors = [numpy_helper.from_array(array, f"w{i}") for i, array in enumerate(arrays)]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])
    graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "g", [x], [x], tensors)
    return helper.make_model(graph).SerializeToString()


def gaussian_int8(count: int, sigma: float, seed: int = 0) -> np.ndarray:
    return np.clip(np.round(np.random.default_rng(seed).normal(0, sigma, count)), -128, 127).astype(np.int8)


def entropy_bytes(array: np.ndarray) -> float:
    share = np.bincount(array.view(np.uint8), minlength=256) / array.size
    share = share[share > 0]
    return float(-(share * np.log2(share)).sum() * array.size / 8)


@pytest.mark.parametrize("name", ["fashion-resnet", "fashion-mobilenet"])
@pytest.mark.parametrize("form", ["onnx", "onnx_int8", "tflite", "tflite_int8"])
def test_that_shipped_networks_come_back_bit_for_bit_and_smaller_than_zlib(name, form):
    content = getattr(sample(name), form).read_bytes()
    packed = pack(content, Format.ONNX if form.startswith("onnx") else Format.TFLITE)
    assert unpack(packed) == content
    assert len(packed) < len(zlib.compress(content, 9))
    assert pack(content, Format.ONNX if form.startswith("onnx") else Format.TFLITE) == packed


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00", b"not a model", bytes(range(256)) * 40, b"\x08\x07" + b"\xff" * 300, bytes(100_000)],
    ids=["empty", "one byte", "text", "all bytes", "damaged", "zeros"],
)
@pytest.mark.parametrize("format_", [Format.ONNX, Format.TFLITE, Format.KERAS])
def test_that_anything_comes_back_bit_for_bit(content, format_):
    assert unpack(pack(content, format_)) == content


@pytest.mark.parametrize("dtype", ["float32", "float16", "float64", "int8", "uint8", "int32", "int64", "uint16"])
def test_that_tensors_of_every_width_come_back_with_zeros_and_without(dtype):
    rng = np.random.default_rng(3)
    dense = (rng.normal(0, 40, 30_000)).astype(dtype)
    sparse = np.where(rng.random(30_000) < 0.8, 0, dense).astype(dtype)
    content = model_of(dense, sparse, dense[:100], sparse[:100], np.zeros(0, dtype))
    assert unpack(pack(content, Format.ONNX)) == content


def test_that_int8_weights_cost_what_their_entropy_says():
    weights = gaussian_int8(200_000, 9.0)
    content = model_of(weights)
    packed = len(pack(content, Format.ONNX))
    assert entropy_bytes(weights) < packed < 1.01 * entropy_bytes(weights) + 400
    assert packed < 0.97 * len(zlib.compress(content, 9))


def test_that_sparse_int8_weights_cost_less_than_huffman_codes_can():
    keep = np.random.default_rng(1).random(200_000) < 0.1
    weights = np.where(keep, gaussian_int8(200_000, 30.0), 0).astype(np.int8)
    content = model_of(weights)
    packed = len(pack(content, Format.ONNX))
    assert packed < 1.02 * entropy_bytes(weights) + 600
    assert packed < 0.85 * len(zlib.compress(content, 9))


def test_that_zeros_among_floats_cost_only_their_mask():
    rng = np.random.default_rng(0)
    floats = rng.normal(size=100_000).astype(np.float32)
    keep = rng.random(floats.size) < 0.2
    content = model_of(np.where(keep, floats, np.float32(0)))
    mask_bytes = floats.size / 8
    assert len(pack(content, Format.ONNX)) < 4 * keep.sum() * 0.9 + mask_bytes + 1000
    assert len(pack(content, Format.ONNX)) < 0.85 * len(zlib.compress(content, 9))


@pytest.mark.parametrize("values", [2, 3, 16, 200])
def test_that_few_different_floats_cost_a_codebook_and_the_entropy_of_their_indices(values):
    rng = np.random.default_rng(2)
    table = np.unique(rng.normal(size=values).astype(np.float32))
    share = rng.dirichlet(np.ones(table.size))
    indices = rng.choice(table.size, 60_000, p=share)
    content = model_of(table[indices])
    packed = pack(content, Format.ONNX)
    assert unpack(packed) == content
    assert len(packed) < 1.02 * entropy_bytes(indices.astype(np.uint8)) + 4 * values + 700


def test_that_small_clustered_tensors_are_bit_packed_each_with_a_codebook_of_its_own():
    rng = np.random.default_rng(4)
    tensors = [rng.normal(size=4).astype(np.float32)[rng.integers(0, 4, 400)] for _ in range(30)]
    content = model_of(*tensors)
    packed = pack(content, Format.ONNX)
    assert unpack(packed) == content
    # 2 bits a value, 4 floats a table, two blocks of 9 bytes, and what names and spans take
    assert len(packed) - len(pack(model_of(*(t[:0] for t in tensors)), Format.ONNX)) < 30 * (100 + 16 + 18 + 25)


def test_that_a_container_of_version_2_is_still_read_and_cannot_hold_codebooks():
    packed = bytearray(pack(model_of(gaussian_int8(20_000, 9.0)), Format.ONNX))
    plain = unpack(bytes(packed))
    packed[4] = 2
    assert unpack(bytes(packed)) == plain
    clustered = bytearray(pack(model_of(np.tile(np.float32([0.5, 1.5]), 500)), Format.ONNX))
    clustered[4] = 2
    with pytest.raises(ModelError):
        unpack(bytes(clustered))


def test_that_spans_are_the_raw_data_of_the_initializers():
    arrays = [gaussian_int8(500, 5), np.random.default_rng(1).normal(size=200).astype(np.float32)]
    content = model_of(*arrays)
    spans = tensor_spans(content, "onnx")
    found = {content[s.start : s.start + s.size]: (s.kind, s.width) for s in spans}
    expected = {t.raw_data: t.data_type for t in onnx.load_from_string(content).graph.initializer}
    assert set(found) == set(expected)
    assert set(found.values()) == {("i", 1), ("f", 4)}


def test_that_rans_codes_any_table_and_symbols_exactly_beside_others_as_alone():
    rng = np.random.default_rng(5)
    shapes = [(1, 1), (2, 256), (4095, 2), (5000, 256), (100_001, 17), *[(30, 9)] * 260, (9_000_000, 40), (2048, 3)]
    works = []
    for count, spread in shapes:
        symbols = rng.integers(0, spread, count).astype(np.uint8)
        works.append((symbols, rans.frequencies(np.bincount(symbols, minlength=256))))
        assert works[-1][1].sum() == container.TOTAL
    for work, coded in zip(works, rans.encode(works), strict=True):
        assert (container.decode(coded, work[1], work[0].size) == work[0]).all()
        assert work[0].size > 1_000_000 or rans.encode([work]) == [coded]
    assert rans.encode([]) == []


def test_that_a_damaged_container_is_refused_with_a_typed_error_or_restored_exactly():
    content = model_of(gaussian_int8(9000, 7), np.where(np.arange(9000) % 3 == 0, 1.5, 0.0).astype(np.float32))
    packed = pack(content, Format.ONNX)
    rng = np.random.default_rng(0)
    for _ in range(150):
        damaged = bytearray(packed)
        damaged[rng.integers(0, len(packed))] ^= 1 << rng.integers(0, 8)
        with pytest.raises(ModelError):
            unpack(bytes(damaged))
    for length in [*range(0, 60, 7), len(packed) // 2, len(packed) - 1]:
        with pytest.raises(ModelError):
            unpack(packed[:length])
    with pytest.raises(ModelError) as refused:
        unpack(packed + b"\x00")
    assert refused.value.code == "packed-damaged"
    assert refused.value.remedy


def test_that_bytes_that_are_no_container_are_named_so():
    with pytest.raises(ModelError) as refused:
        unpack(b"PK\x03\x04 something else")
    assert refused.value.code == "not-packed"


def test_that_a_claimed_giant_is_refused_before_memory_is_taken():
    packed = bytearray(pack(b"small", Format.ONNX))
    packed[37:45] = (1 << 50).to_bytes(8, "little")
    with pytest.raises(ModelError) as refused:
        unpack(bytes(packed))
    assert refused.value.code == "packed-version"
