"""The real thing: signed bundles over SSH to the agent of this computer, measured there, filed, and put into a report."""

import hashlib
import zlib

import numpy as np
import pytest

from device_agent.contract.messages import StopRule
from engine.deploy.connect import connect
from engine.deploy.release import stage
from engine.events import Cancel, ignore
from engine.measure.candidates import time_candidates
from engine.measure.plan import Subject, measure_on
from engine.model.samples import sample
from engine.package.bundle import make_bundle
from engine.package.keys import signing_key
from engine.records import Format, Recipe
from profiles.reading import Origin
from profiles.store import Filter, ProfileStore

pytestmark = pytest.mark.device

QUICK = StopRule(min_n=299, min_s=0.1, max_s=1.0, half_width=0.02)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """One session: what the plan gave, and the timings of two candidates."""
    place = tmp_path_factory.mktemp("measure")
    network = sample("fashion-resnet")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.measure.plan.WARMUP_MOST_S", 1.0)
        patch.setenv("HOME", str(place))
        for name in ("DATA", "CACHE", "CONFIG"):
            patch.setenv(f"XDG_{name}_HOME", str(place / name.lower()))
        bundles = [
            bundle(name, path, place)
            for name, path in (("fp32", network.onnx), ("fp32-again", network.onnx), ("int8", network.onnx_int8))
        ]
        with connect("loopback") as client:
            for item in bundles:
                stage(client, item, emit=ignore, cancel=Cancel())
            subjects = [Subject.of(item) for item in bundles]
            measured = measure_on(client, "loopback", subjects, baselines=[None, 0, 0], stop=QUICK)
            models = [network.onnx.read_bytes(), network.onnx_int8.read_bytes()]
            timed = time_candidates(client, models, threads=1, seed=0, cancel=Cancel())
    return measured, timed


def bundle(name, path, place):
    return make_bundle(
        {Format.ONNX: path},
        data=None,
        recipe=Recipe(()),
        name=name,
        out_dir=place,
        signing_key=signing_key(),
        model="resnet",
        variant=name,
    )


@pytest.fixture
def measured(run):
    return run[0]


def test_that_a_model_against_itself_comes_out_as_one_on_the_real_machine(measured):
    itself = measured.comparisons[0]
    assert itself.speedup == pytest.approx(1, abs=0.2)
    assert itself.ci95[0] <= 1.05
    assert itself.ci95[1] >= 0.95
    assert itself.pairs >= 6


def test_that_readings_rest_on_enough_real_runs_and_their_raw_samples(measured):
    for reading, raw in zip(measured.readings, measured.raw, strict=True):
        samples = np.frombuffer(zlib.decompress(raw), dtype="<i8")
        assert reading.latency_ms.n == len(samples) >= 299
        assert reading.latency_ms.p99 == pytest.approx(np.percentile(samples, 99) / 1e6)
        assert "agent" in [item["name"] for item in reading.trust["checks"]], "what the agent itself took is told"
        assert sum(reading.histogram["counts"]) == len(samples)
        assert reading.raw_sha256 == hashlib.sha256(raw).hexdigest()
        assert reading.origin is Origin.MEASURED
        assert 0 < reading.latency_ms.min <= reading.latency_ms.p50 <= reading.latency_ms.max < 10_000
        assert reading.cpu_utilisation is not None
        assert (reading.memory_mb.runtime_base or 0) > 10
        assert (reading.memory_mb.run_peak or 0) > 0.1
        assert reading.runtime == "onnxruntime"


def test_that_the_run_is_filed_in_the_profile_of_this_computer(measured, tmp_path):
    with ProfileStore.open(tmp_path / "profiles.sqlite") as store:
        store.add_many(zip(measured.readings, measured.raw, strict=True), measured.comparisons)
        board = measured.readings[0].board
        assert store.readings(Filter(board=board)) == list(measured.readings)
        assert store.comparisons(Filter(nonce=measured.readings[0].nonce)) == list(measured.comparisons)
        assert store.check() == ()
        rejected = sum(str(item.quality) == "rejected" for item in measured.readings)
        assert len(store.profile(board).rows) == len(measured.readings) - rejected


def test_that_candidates_are_timed_in_one_short_plan(run):
    assert len(run[1]) == 2
    for item in run[1]:
        assert item.n >= 40
        assert 0 < item.ci95_ms[0] <= item.p50_ms <= item.ci95_ms[1] < 10_000
