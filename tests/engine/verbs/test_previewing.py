import numpy as np
import pytest

from engine.errors import DataError, UsageError
from engine.verbs import data_preview


def test_that_images_are_shown_as_the_model_takes_them():
    found = data_preview("fashion-mnist:shipped", model="sample:fashion-resnet", samples=3)
    assert found.metrics[0] == "accuracy"
    assert "f1_macro" in found.metrics
    document = found.to_json()
    assert document["counts"] == {"train": 10_000, "calibration": 500, "test": 5000}
    assert [sample["shape"] for sample in document["samples"]] == [[28, 28, 1]] * 3
    contract = document["contract"]["inputs"][0]
    from engine.model.datasets import open_data
    from engine.model.open import inspect

    batch = next(open_data("fashion-mnist:shipped", inspect("sample:fashion-resnet").inputs).batches("test", 3))
    for place, sample in enumerate(found.samples):
        assert np.reshape(sample.values, (28, 28)) == pytest.approx(batch.inputs[0][place, 0], rel=1e-3, abs=1e-3)
        assert sample.label == found.classes[batch.labels[place]]
        assert sample.low == pytest.approx(-contract["mean"][0] / contract["std"][0], rel=1e-4), "black, normalised"


def test_that_rows_of_a_table_and_large_arrays_are_shown_as_lines(tmp_path):
    (tmp_path / "rows.csv").write_text("a,b,label\n" + "1,2,x\n3,4,y\n5,6,x\n" * 4)
    found = data_preview(str(tmp_path / "rows.csv"), samples=2)
    assert {sample.kind for sample in found.samples} == {"table"}
    assert {sample.shape for sample in found.samples} == {(2,)}
    np.savez(tmp_path / "big.npz", x=np.linspace(0, 1, 3 * 20_000, dtype=np.float32).reshape(3, 20_000), y=[0, 1, 0])
    shown = data_preview(str(tmp_path / "big.npz"), samples=1).samples[0]
    assert (shown.kind, len(shown.values) <= 4096) == ("tensor", True)
    assert shown.low <= min(shown.values) <= max(shown.values) <= shown.high


def test_that_data_of_another_shape_and_absurd_numbers_are_refused(tmp_path):
    np.savez(tmp_path / "other.npz", x=np.zeros((4, 7), np.float32), y=[0, 1, 0, 1])
    with pytest.raises(DataError):
        data_preview(str(tmp_path / "other.npz"), model="sample:fashion-resnet")
    with pytest.raises(UsageError, match="99"):
        data_preview("digits", samples=99)
