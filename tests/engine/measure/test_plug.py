"""Metering plugs: their answers, a real HTTP server in their place, and their samples on the board's clock."""

import json
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np
import pytest

from device_agent.contract.messages import Conditions, EnergyRun, EntryResult, MeasureResult, Memory, Runtime
from engine.errors import UnreachableError, UsageError
from engine.measure import plug
from engine.measure.energy import of_run
from engine.measure.plug import Plug, offset_ns, parse, with_plug

from .test_energy import S, trace

CASES = Path(__file__).parents[2] / "cases" / "plugs.json"


@pytest.mark.parametrize("case", json.loads(CASES.read_text()), ids=lambda case: f"{case['kind']}-{case['about']}")
def test_that_a_plugs_answer_is_its_power_or_nothing(case):
    assert parse(case["kind"], case["raw"].encode()) == case["watts"]


@pytest.fixture
def server():
    class Handler(BaseHTTPRequestHandler):
        asked: list = []  # noqa: RUF012 - one server per test

        def do_GET(self):
            self.asked.append(self.path)
            body = json.dumps({"apower": 7.5 + 0.1 * (len(self.asked) % 3)}).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    running = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield running, Handler
    running.shutdown()
    running.server_close()


def test_that_a_plug_is_sampled_on_its_own_and_stamped_between_question_and_answer(server, monkeypatch):
    monkeypatch.setattr(plug, "PERIOD_S", 0.02)
    running, handler = server
    before = time.clock_gettime_ns(plug.CLOCK)
    with Plug(f"shelly://127.0.0.1:{running.server_port}") as meter:
        time.sleep(0.3)
    found = meter.trace(1_000)
    assert set(handler.asked) == {"/rpc/Switch.GetStatus?id=0"}
    assert len(found.values) >= 3
    assert all(7.4 < watts < 7.8 for watts in found.values)
    assert before + 1_000 <= found.t_ns[0] < found.t_ns[-1] <= time.clock_gettime_ns(plug.CLOCK) + 1_000
    assert (found.scope, found.quality) == ("wall", "measured")


@pytest.mark.parametrize("url", ["http://plug", "shelly://", "shelly://me:secret@plug", "tasmota://plug/cm", "plug"])
def test_that_what_is_no_plug_is_a_usage_error(url):
    with pytest.raises(UsageError) as caught:
        Plug(url)
    assert "shelly://HOST" in caught.value.remedy


def test_that_a_silent_plug_is_told_before_anything_is_measured():
    with pytest.raises(UnreachableError, match="does not answer with a power"):
        Plug("tasmota://127.0.0.1:9")


def test_that_the_clocks_are_compared_by_the_fastest_ping():
    class Board:
        answers = 0

        def clock_ns(self):
            self.answers += 1
            if self.answers % 3:
                time.sleep(0.01)  # slow one way: the middle of such a ping is wrong by half of it
            return time.clock_gettime_ns(plug.CLOCK) + 5_000_000_000

    assert offset_ns(Board()) == pytest.approx(5_000_000_000, abs=2_000_000)


def test_that_a_minute_at_the_plug_gives_energy_at_the_wall_and_less_gives_none():
    whole = trace(hz=1, noise=0.05)
    longer = replace(
        whole,
        t_ns=[int(t) for t in np.arange(-2, 183) * S],
        values=[6.0 if 60 <= t < 120 else 3.0 for t in range(-2, 183)],
        scope="wall",
        sensor="power:plug/shelly",
    )
    run = EnergyRun([0, 60 * S, 60 * S, 120 * S, 120 * S, 180 * S], 1000, [])
    runtime = Runtime("onnxruntime", "1.32.0")
    entry = EntryResult(1, 1, 1, 1, True, runtime, 1, Memory(1, 1, 1), energy=run)
    conditions = Conditions([], [], None, "b", "k", None, None, None)
    result = MeasureResult("n", "d", [entry], [], conditions, "half-width")
    found = of_run(with_plug(result, longer).entries[0].energy)
    assert found.energy_mj["scope"] == "wall"
    assert found.energy_mj["total"]["value"] == pytest.approx(360, rel=0.03)
    assert found.energy_mj["dynamic"]["value"] == pytest.approx(180, rel=0.05)
    short = replace(run, instants_ns=[0, 10 * S, 10 * S, 30 * S, 30 * S, 40 * S])
    assert (
        of_run(with_plug(replace(result, entries=[replace(entry, energy=short)]), longer).entries[0].energy).energy_mj
        is None
    )
