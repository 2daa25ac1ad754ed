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


def test_that_a_board_tells_how_fast_the_model_of_another_slot_ran_with_and_without_the_measured_one(board, bundles):
    deploy(bundles["float"], "board", slot="door")
    heard = []
    with connect("board") as client:
        stage(client, bundles["int8"], emit=ignore, cancel=Cancel())
        whole = client.measure

        def measure(plan, on_event=None):
            heard.append(whole(plan, on_event))
            return heard[-1]

        client.measure = measure
        stop = StopRule(min_n=60, min_s=0.5, max_s=2.0, half_width=0.5)
        subject = Subject.of(bundles["int8"], have=client.runtimes())
        measured = measure_on(client, "board", [subject], baselines=[None], stop=stop, beside=["door"])
    ((result, raw),) = heard
    (item,) = measured.readings[0].neighbours
    values = np.frombuffer(zlib.decompress(raw), dtype="<i8")[result.entries[0].samples :]
    (door,) = result.neighbours
    whole_blocks = [
        values[b.first : b.first + b.count]
        for b in door.blocks
        for begin, end in zip(result.alone_ns[::2], result.alone_ns[1::2], strict=True)
        if b.start_ns >= begin and b.start_ns + b.wall_ns <= end
    ]
    alone = np.concatenate(whole_blocks)  # an independent, coarser look at the same raw runs
    assert item["alone_n"] >= len(alone) > 100
    assert item["alone_p50_ms"] == pytest.approx(np.median(alone) / 1e6, rel=0.1)
    assert item["n"] > 50
    assert item["slowdown"] == pytest.approx(item["p50_ms"] / item["alone_p50_ms"])
    assert item["ci95"][0] < item["slowdown"] < item["ci95"][1]
    assert neighbour_lines(measured.readings[0])[0].startswith("door beside int8: p50 ")
