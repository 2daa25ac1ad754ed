"""The rows of a board's data sheet."""

from gui.viewmodels.profiles import fastest, read_readings
from profiles.wellformed import FACTS


def test_that_energy_is_that_of_one_inference_as_the_engine_writes_it():
    told = {"total": {"value": 3.5, "ci95": [3.1, 3.9]}, "dynamic": {"value": 1.2, "ci95": [1.0, 1.4]}}
    told |= {"scope": "board", "sensor": "ina3221", "quality": "measured"}
    assert FACTS["energy_mj"](told)
    rows = read_readings({"rows": [{"energy_mj": told}, {"energy_mj": None}]})
    assert [row.energy_mj for row in rows] == [3.5, None]


def test_that_what_ran_on_a_gpu_is_told_from_what_ran_on_the_processor():
    told = {
        "runtime": "onnxruntime",
        "runtime_version": "1.32.0",
        "name": "net",
        "threads": 1,
        "latency_ms": {"p50": 1.0},
    }
    places = ("CPUExecutionProvider", "CUDAExecutionProvider")
    rows = read_readings({"rows": [{**told, "provider": place} for place in places]})
    assert [row.runtime for row in rows] == ["onnxruntime 1.32.0", "onnxruntime 1.32.0 CUDA"]
    assert [point.name.partition(",")[0] for point in fastest(rows)] == ["net (onnxruntime", "net (onnxruntime CUDA"]
