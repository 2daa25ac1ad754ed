"""A model measured while another slot's runs on the same board: over OpenSSH, recomputed from the raw runs."""

import zlib

import numpy as np
import pytest

from device_agent.contract.messages import StopRule
from engine.deploy.connect import connect
from engine.deploy.release import deploy, stage
from engine.events import Cancel, ignore
from engine.measure.plan import Subject, measure_on
from engine.verbs.sheet import neighbour_lines

pytestmark = pytest.mark.device


def test_that_a_board_tells_how_fast_the_model_of_another_slot_ran_with_and_without_the_measured_one(
    board, bundles, monkeypatch
):
    monkeypatch.setattr("engine.measure.plan.WARMUP_MOST_S", 1.0)
    deploy(bundles["float"], "board", slot="door")
    heard = []
    with connect("board") as client:
        stage(client, bundles["int8"], emit=ignore, cancel=Cancel())
        whole = client.measure

        def measure(plan, on_event=None):
            heard.append(whole(plan, on_event))
            return heard[-1]

        client.measure = measure
        stop = StopRule(min_n=60, min_s=0.2, max_s=5.0, half_width=0.5)  # a busy machine makes fewer rounds
        subject = Subject.of(bundles["int8"], have=client.runtimes())
        measured = measure_on(client, "board", [subject], baselines=[None], stop=stop, beside=["door"])
    ((result, raw),) = heard
    (item,) = measured.readings[0].neighbours
    values = np.frombuffer(zlib.decompress(raw), dtype="<i8")[result.entries[0].samples :]
    (door,) = result.neighbours
    windows = list(zip(result.alone_ns[::2], result.alone_ns[1::2], strict=True))
    starts = np.concatenate(  # an independent, coarser look at the same raw runs
        [b.start_ns + np.cumsum(values[b.first : b.first + b.count]) - values[b.first] for b in door.blocks]
    )
    alone = np.concatenate([values[(starts >= begin) & (starts < end)] for begin, end in windows])
    assert item["alone_n"] == pytest.approx(len(alone), rel=0.1)
    assert item["alone_p50_ms"] == pytest.approx(np.median(alone) / 1e6, rel=0.1)
    assert item["alone_runs_per_s"] == pytest.approx(len(alone) / sum(b - a for a, b in windows) * 1e9, rel=0.15)
    assert len(windows) >= 8
    assert item["n"] > 50
    assert item["ci95"][0] <= item["slowdown"] <= item["ci95"][1]
    assert item["p50_ratio_ci95"][0] <= item["p50_ratio"] <= item["p50_ratio_ci95"][1]
    assert neighbour_lines(measured.readings[0])[0].startswith("door beside int8: ")
