"""Data sets: splits, streaming, contracts that agree with the reference pre-processing, and errors that name the place."""

import gzip
import io
import json
import tracemalloc
import warnings

import numpy as np
import pytest
import torch
from PIL import Image

from device_agent.contract.io import preprocess
from engine.errors import DataError
from engine.model.data import CALIBRATION, TEST, TRAIN
from engine.model.datasets import check_fits, open_data
from engine.model.datasets.fashion_mnist import open_fashion_mnist
from engine.model.samples import data_file
from engine.records import TensorSpec

IMAGE = (TensorSpec("input", (None, 1, 28, 28), "float32"),)


def all_batches(data, split, **options):
    return list(data.batches(split, options.pop("batch_size", 64), **options))


@pytest.fixture(scope="module")
def shipped():
    return open_data("fashion-mnist:shipped", IMAGE)


@pytest.fixture
def arrays():
    random = np.random.default_rng(0)
    return random.random((50, 3, 4, 4), np.float32), np.arange(50) % 4


def test_that_the_shipped_set_has_its_splits(shipped):
    assert [shipped.count(split) for split in (TRAIN, CALIBRATION, TEST, "test-full")] == [10_000, 500, 5_000, 0]
    assert len(shipped.classes) == 10
    batch = next(shipped.batches(TRAIN, 32))
    assert batch.inputs[0].shape == (32, 1, 28, 28)
    assert batch.inputs[0].dtype == np.float32
    assert batch.labels.dtype == np.int64


def test_that_the_vectorised_preparation_equals_the_reference_on_raw_samples(shipped):
    batch = next(shipped.batches(TEST, 8))
    for index in range(8):
        raw = shipped.raw(TEST, index)
        assert raw.kind == "png"
        reference = preprocess(shipped.contract.inputs[0], raw.content, raw.kind)
        assert np.allclose(reference, batch.inputs[0][index], atol=1e-6)
        assert raw.label == batch.labels[index]


def test_that_channels_come_last_for_models_that_want_them_so():
    data = open_data("fashion-mnist:shipped", (TensorSpec("x", (1, 28, 28, 1), "float32"),))
    batch = next(data.batches(CALIBRATION, 2))
    assert batch.inputs[0].shape == (2, 28, 28, 1)
    raw = data.raw(CALIBRATION, 1)
    assert np.allclose(preprocess(data.contract.inputs[0], raw.content, raw.kind), batch.inputs[0][1], atol=1e-6)


def write_idx(folder, counts=(60, 20), compressed=True):
    random = np.random.default_rng(1)
    for part, count in zip(("train", "t10k"), counts, strict=True):
        images = random.integers(0, 256, (count, 28, 28), np.uint8)
        labels = (np.arange(count) % 10).astype(np.uint8)
        for name, array in ((f"{part}-images-idx3-ubyte", images), (f"{part}-labels-idx1-ubyte", labels)):
            header = b"\0\0\x08" + bytes([array.ndim]) + np.asarray(array.shape, ">u4").tobytes()
            content = header + array.tobytes()
            path = folder / (name + ".gz" if compressed else name)
            path.write_bytes(gzip.compress(content) if compressed else content)


def test_that_the_complete_set_is_used_where_it_is(tmp_path):
    write_idx(tmp_path)
    data = open_fashion_mnist("", IMAGE, source=tmp_path)
    assert [data.count(split) for split in (TRAIN, CALIBRATION, TEST, "test-full")] == [60, 500, 20, 20]
    assert sorted(next(data.batches(TRAIN, 10)).labels) == list(range(10))


def test_that_the_shipped_part_is_used_where_the_complete_set_is_missing(tmp_path):
    assert open_fashion_mnist("", IMAGE, source=tmp_path).count(TRAIN) == 10_000


@pytest.mark.parametrize("compressed", [True, False])
def test_that_a_folder_of_idx_files_is_a_data_set(tmp_path, compressed):
    write_idx(tmp_path, compressed=compressed)
    data = open_data(str(tmp_path), IMAGE)
    assert (data.count(TRAIN), data.count(CALIBRATION), data.count(TEST)) == (60, 60, 20)
    assert data.classes == tuple("0123456789")
    assert next(data.batches(TEST, 4)).inputs[0].max() <= 1


@pytest.mark.parametrize("damage", [b"", b"\0\0\x08\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", b"nonsense"])
def test_that_a_damaged_idx_file_is_named(tmp_path, damage):
    write_idx(tmp_path, compressed=False)
    (tmp_path / "train-images-idx3-ubyte").write_bytes(damage)
    data = open_data(str(tmp_path), IMAGE)
    with pytest.raises(DataError, match="train-images-idx3-ubyte"):
        data.count(TRAIN)


def test_that_digits_fit_vectors_and_images():
    flat = open_data("digits", (TensorSpec("x", (None, 64), "float32"),))
    square = open_data("digits")
    assert (square.count(TRAIN), square.count(TEST), square.count("all")) == (1438, 359, 1797)
    a, b = next(flat.batches(TEST, 5)), next(square.batches(TEST, 5))
    assert a.inputs[0].shape == (5, 64)
    assert np.array_equal(a.inputs[0], b.inputs[0].reshape(5, 64))
    assert a.inputs[0].max() <= 1


def test_that_train_and_test_do_not_overlap():
    data = open_data("digits")
    seen = {row.tobytes() for batch in data.batches(TRAIN, 500) for row in batch.inputs[0]}
    held_out = [row.tobytes() for batch in data.batches(TEST, 500) for row in batch.inputs[0]]
    assert len(held_out) == 359
    assert not seen & set(held_out)


def test_that_a_seed_fixes_the_order_and_a_limit_the_samples(shipped):
    first = all_batches(shipped, TRAIN, seed=1, limit=200)
    again = all_batches(shipped, TRAIN, seed=1, limit=200)
    other = all_batches(shipped, TRAIN, seed=2, limit=200)
    plain = all_batches(shipped, TRAIN, limit=200)
    assert [len(batch.labels) for batch in plain] == [64, 64, 64, 8]
    assert all(np.array_equal(a.inputs[0], b.inputs[0]) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0].labels, other[0].labels)
    sums = [sorted(float(row.sum()) for batch in batches for row in batch.inputs[0]) for batches in (first, plain)]
    assert sums[0] == sums[1]


def test_that_streaming_does_not_hold_the_prepared_set(shipped):
    shipped.count(TRAIN)
    tracemalloc.start()
    for _ in shipped.batches(TRAIN, 100, seed=3):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 << 20  # all prepared images would be 31 MB


def save_npz(path, compressed=False, **values):
    (np.savez_compressed if compressed else np.savez)(path, **values)
    return str(path)


@pytest.mark.parametrize("compressed", [False, True])
def test_that_an_npz_with_x_and_y_is_read(tmp_path, arrays, compressed):
    x, y = arrays
    data = open_data(save_npz(tmp_path / "a.npz", compressed, x=x, y=y))
    assert [data.count(split) for split in (TRAIN, CALIBRATION, TEST, "all")] == [40, 40, 10, 50]
    batch = next(data.batches("all", 50))
    assert np.array_equal(batch.inputs[0], x)
    assert np.array_equal(batch.labels, y)
    raw = data.raw("all", 3)
    assert np.array_equal(preprocess(data.contract.inputs[0], raw.content, raw.kind), x[3])


def test_that_an_uncompressed_npz_is_mapped_and_not_read(tmp_path):
    path = save_npz(tmp_path / "large.npz", x=np.zeros((2000, 64, 64), np.float32))
    tracemalloc.start()
    batch = next(open_data(path).batches("all", 4))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert batch.labels is None
    assert peak < 2 << 20  # the array has 32 MB


def test_that_an_npz_with_parts_keeps_them(tmp_path, arrays):
    x, y = arrays
    data = open_data(save_npz(tmp_path / "a.npz", train_x=x[:30], train_y=y[:30], test_x=x[30:], test_y=y[30:]))
    assert (data.count(TRAIN), data.count(CALIBRATION), data.count(TEST)) == (30, 30, 20)
    assert data.classes == ("0", "1", "2", "3")


def test_that_several_inputs_are_matched_by_name(tmp_path, arrays):
    x, y = arrays
    inputs = (TensorSpec("b", (None, 2), "int64"), TensorSpec("a", (None, 3, 4, 4), "float32"))
    path = save_npz(tmp_path / "a.npz", a=x, b=np.ones((50, 2), np.int64), y=y)
    data = open_data(path, inputs)
    check_fits(data, inputs)
    batch = next(data.batches(TEST, 3))
    assert [array.shape for array in batch.inputs] == [(3, 2), (3, 3, 4, 4)]
    assert data.raw(TEST, 0).kind == "npz"
    with pytest.raises(DataError, match=r"input\(s\) c"):
        open_data(path, (*inputs, TensorSpec("c", (None,), "float32")))


class Evil:
    def __reduce__(self):
        return (open, ("executed", "w"))


def test_that_an_npz_with_pickles_is_refused_and_not_executed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = save_npz(tmp_path / "evil.npz", x=np.array([Evil()], dtype=object))
    (tmp_path / "executed").unlink(missing_ok=True)
    with pytest.raises(DataError, match="Python objects"):
        open_data(path)
    assert not (tmp_path / "executed").exists()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"x": np.zeros((3, 2)), "y": np.zeros(4, int)}, r"\[3, 4\] samples"),
        ({"x": np.zeros((0, 2))}, "samples"),
        ({"x": np.zeros((3, 2)), "y": np.array([0.5, 1, 2])}, "class number"),
        ({"x": np.zeros((3, 2)), "y": np.array([-1, 1, 2])}, "class number"),
        ({"x": np.array(1.0)}, "single number"),
        ({"y": np.zeros(3)}, "no array of inputs"),
    ],
)
def test_that_an_npz_that_makes_no_sense_is_named(tmp_path, values, message):
    with pytest.raises(DataError, match=message):
        open_data(save_npz(tmp_path / "a.npz", **values))


@pytest.mark.parametrize("keep", [0, 20, 400])
def test_that_a_cut_npz_is_named(tmp_path, arrays, keep):
    path = tmp_path / "a.npz"
    save_npz(path, x=arrays[0])
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(DataError, match=r"not a complete .npz"):
        open_data(str(path))


def test_that_a_csv_is_read_with_its_label_column(tmp_path):
    rows = [f"{index},{index / 2},{'cat' if index % 2 else 'dog'},{index * 3}" for index in range(10)]
    (tmp_path / "a.csv").write_text("\n".join(["a,b,label,c", *rows]))
    data = open_data(str(tmp_path / "a.csv"))
    assert data.classes == ("cat", "dog")
    batch = next(data.batches("all", 10))
    assert batch.inputs[0][3].tolist() == [3.0, 1.5, 9.0]
    assert batch.labels.tolist() == [1, 0] * 5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,x\nhello,y\n", "line 3, column 'a': 'hello' is not a number"),
        ("a,b\n1,x\n1,2,3\n", "line 3: 3 columns where 2"),
        ("a,b\n", "no rows"),
        ("", "no header"),
        ("a\n1\n", "no header"),
    ],
)
def test_that_a_bad_csv_names_the_line(tmp_path, text, message):
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(DataError, match=message):
        open_data(str(tmp_path / "a.csv"))


def write_images(folder, count=12, size=(20, 14), suffixes=(".png", ".jpg", ".bmp")):
    random = np.random.default_rng(5)
    for name in ("cats", "dogs"):
        (folder / name).mkdir(parents=True)
        for index in range(count):
            pixels = random.integers(0, 256, (*size, 3), np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{index}{suffixes[index % len(suffixes)]}")


def test_that_a_folder_of_images_is_resized_to_the_models_input(tmp_path):
    write_images(tmp_path)
    inputs = (TensorSpec("image", (None, 3, 8, 10), "float32"),)
    data = open_data(str(tmp_path), inputs)
    check_fits(data, inputs)
    assert data.classes == ("cats", "dogs")
    assert sum(data.count(split) for split in (TRAIN, CALIBRATION, TEST)) == data.count("all") == 24
    batch = next(data.batches("all", 24))
    assert batch.inputs[0].shape == (24, 3, 8, 10)
    assert 0 <= batch.inputs[0].min() < batch.inputs[0].max() <= 1
    assert sorted(batch.labels) == [0] * 12 + [1] * 12
    raw = data.raw("all", 5)
    assert np.allclose(preprocess(data.contract.inputs[0], raw.content, raw.kind), batch.inputs[0][5])


def test_that_the_split_of_a_folder_does_not_move_when_files_are_added(tmp_path):
    write_images(tmp_path, 12, suffixes=(".png",))
    before = {data.name: split for split in (TRAIN, TEST) for data in samples(open_data(str(tmp_path)), split)}
    Image.new("RGB", (20, 14)).save(tmp_path / "cats" / "new.png")
    after = {data.name: split for split in (TRAIN, TEST) for data in samples(open_data(str(tmp_path)), split)}
    assert before.items() <= after.items()


def samples(data, split):
    return [data.raw(split, index) for index in range(data.count(split))]


def test_that_train_and_test_folders_keep_their_split(tmp_path):
    write_images(tmp_path / "train", 3, suffixes=(".png",))
    write_images(tmp_path / "test", 2, suffixes=(".png",))
    data = open_data(str(tmp_path))
    assert (data.count(TRAIN), data.count(CALIBRATION), data.count(TEST)) == (6, 6, 4)


def test_that_a_settings_file_states_the_normalisation(tmp_path):
    write_images(tmp_path, 4, suffixes=(".png",))
    (tmp_path / "flyweight.json").write_text(json.dumps({"size": [6, 6], "mean": [0.5] * 3, "std": [0.25] * 3}))
    batch = next(open_data(str(tmp_path)).batches("all", 8))
    assert batch.inputs[0].shape == (8, 3, 6, 6)
    assert batch.inputs[0].min() < 0
    (tmp_path / "flyweight.json").write_text('{"sise": 3}')
    with pytest.raises(DataError, match="unknown keys"):
        open_data(str(tmp_path))


@pytest.mark.parametrize("suffix", ["png", "jpg", "bmp"])
def test_that_a_damaged_image_is_named(tmp_path, suffix):
    write_images(tmp_path, 3, suffixes=(".png",))
    (tmp_path / "cats" / f"broken.{suffix}").write_bytes(b"not an image")
    inputs = (TensorSpec("x", (None, 3, 14, 20), "float32"),)
    with pytest.raises(DataError, match=rf"broken.{suffix}"):
        all_batches(open_data(str(tmp_path), inputs), "all")


def test_that_a_folder_without_images_is_refused(tmp_path):
    (tmp_path / "cats").mkdir()
    with pytest.raises(DataError, match="no class sub-folders"):
        open_data(str(tmp_path))


class Squares(torch.utils.data.Dataset):
    classes = ("even", "odd")

    def __len__(self):
        return 30

    def __getitem__(self, index):
        if index >= 30:
            raise IndexError
        return torch.full((1, 4, 4), float(index)), index % 2


class Unequal(Squares):
    def __getitem__(self, index):
        return torch.zeros(index + 1), 0


def dataset_factory():
    return Squares()


def loader_factory():
    return torch.utils.data.DataLoader(Squares(), batch_size=3)


def pair_factory():
    return Squares(), torch.utils.data.Subset(Squares(), range(7))


def unequal_factory():
    return Unequal()


def nothing_factory():
    return 5


HERE = "tests.engine.model.datasets.test_datasets"


@pytest.mark.parametrize(("name", "counts"), [("dataset", (24, 6)), ("loader", (24, 6)), ("pair", (30, 7))])
def test_that_a_factory_gives_data(name, counts):
    data = open_data(f"{HERE}:{name}_factory")
    assert (data.count(TRAIN), data.count(TEST)) == counts
    batch = next(data.batches(TEST, 4))
    assert batch.inputs[0].shape == (4, 1, 4, 4)
    assert np.array_equal(batch.labels, batch.inputs[0][:, 0, 0, 0].astype(int) % 2)
    assert data.classes == ("even", "odd") or name == "pair"


@pytest.mark.parametrize("name", ["nothing_factory", "missing_factory"])
def test_that_a_factory_without_data_is_refused(name):
    with pytest.raises(DataError):
        open_data(f"{HERE}:{name}")


def test_that_items_of_unequal_shape_are_named():
    with pytest.raises(DataError, match="differ in shape"):
        all_batches(open_data(f"{HERE}:unequal_factory"), TRAIN)


@pytest.mark.parametrize("spec", ["no-such-set", "/nowhere/at/all", "fashion-mnist:/nowhere"])
def test_that_data_that_is_not_there_is_refused(spec):
    with pytest.raises(DataError) as caught:
        open_data(spec)
    assert caught.value.remedy


def test_that_another_file_format_is_refused(tmp_path):
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    with pytest.raises(DataError, match="format"):
        open_data(str(tmp_path / "a.parquet"))


def test_that_data_that_does_not_fit_names_both_shapes(shipped):
    with pytest.raises(DataError, match="gives 1 x 28 x 28 for input 'image', the model takes 3 x 32 x 32"):
        check_fits(shipped, (TensorSpec("image", (None, 3, 32, 32), "float32"),))
    with pytest.raises(DataError, match="has 1 input\\(s\\) and the model takes 2"):
        check_fits(shipped, IMAGE * 2)
    check_fits(shipped, (TensorSpec("image", (None, 1, None, None), "float32"),))


def test_that_a_sample_beyond_the_end_is_refused(shipped):
    with pytest.raises(DataError, match="has 500 samples"):
        shipped.raw(CALIBRATION, 500)


def test_that_reading_warns_of_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with np.load(io.BytesIO(data_file().read_bytes()), allow_pickle=False) as archive:
            assert archive["test_x"].shape == (5000, 28, 28)


def test_that_a_parquet_table_reads_as_the_csv_of_the_same_values(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    values = np.random.default_rng(0).random((30, 3)).astype(np.float32)
    labels = [["b", "a", "c"][index % 3] for index in range(30)]
    table = pyarrow.table({"x": values[:, 0], "label": labels, "y0": values[:, 1], "z": values[:, 2]})
    parquet.write_table(table, tmp_path / "t.parquet")
    rows = [f"{a!r},{label},{b!r},{c!r}" for (a, b, c), label in zip(values.tolist(), labels, strict=True)]
    (tmp_path / "t.csv").write_text("\n".join(["x,label,y0,z", *rows]))
    found, same = (next(open_data(str(tmp_path / name)).batches("all", 30)) for name in ("t.parquet", "t.csv"))
    np.testing.assert_array_equal(found.inputs[0], same.inputs[0])
    np.testing.assert_array_equal(found.labels, same.labels)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + b"\x00" * 100 + b"PAR1", b"junk" * 100])
def test_that_a_damaged_parquet_file_is_named(tmp_path, content):
    pytest.importorskip("pyarrow")
    (tmp_path / "t.parquet").write_bytes(content)
    with pytest.raises(DataError, match=r"t\.parquet"):
        open_data(str(tmp_path / "t.parquet"))


def test_that_a_parquet_column_without_numbers_is_named(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    parquet.write_table(pyarrow.table({"words": ["a", "b"], "label": [0, 1]}), tmp_path / "t.parquet")
    with pytest.raises(DataError, match="column 'words'"):
        open_data(str(tmp_path / "t.parquet"))


@pytest.mark.parametrize("spec", ["x" * 5000, "", "~nobody-here/x.npz", "a\x1b[31mb"])
def test_that_a_name_no_file_can_have_is_not_found(spec):
    with pytest.raises(DataError) as caught:
        open_data(spec)
    assert caught.value.code == "data-not-found"
    assert "\x1b" not in caught.value.message
    assert len(caught.value.message) < 300


def test_that_a_factory_in_a_file_is_found_by_its_whole_path(tmp_path):
    (tmp_path / "mine.py").write_text("def data():\n    return [([float(i)], i % 2) for i in range(10)]\n")
    assert open_data(f"{tmp_path}/mine.py:data").count("all") == 10
