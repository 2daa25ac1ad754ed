"""The whole loop, as the README's first command runs it (its short form)."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from ..conftest import Demo, Installed

pytestmark = [pytest.mark.device, pytest.mark.slow]


def test_that_the_installed_wheel_is_not_the_checkout_and_runs_the_demo(installed: Installed, demo: Demo):
    where = subprocess.run(
        [installed.python, "-c", "import engine; print(engine.__file__)"],
        capture_output=True,
        text=True,
        check=True,
        env=demo.environment,
        cwd=demo.cwd,
    ).stdout
    assert str(installed.site) in where, where
    assert all(p["verified"] for p in demo.document["placements"])
    assert all(r["latency_ms"]["n"] >= 299 for r in demo.document["readings"])
    assert Path(demo.document["report"]).stat().st_size > 10_000


def test_that_the_document_follows_the_contract(demo: Demo):
    document = demo.document
    wanted = {
        "models",
        "model",
        "data",
        "variants",
        "device",
        "placements",
        "readings",
        "comparisons",
        "profile",
        "report",
    }
    assert wanted <= set(document)
    for variant in document["variants"]:
        assert {"id", "recipe", "parameters", "packed_bytes", "score", "loss_points", "skipped"} <= set(variant)
        assert any(name.startswith("accuracy") for name in variant["score"])


def test_that_every_variant_was_verified_on_the_device_and_measured_in_the_same_plan(demo: Demo):
    document = demo.document
    bundles = {p["bundle"] for p in document["placements"]}
    assert len(bundles) == len(document["variants"]) >= 3
    assert all(p["verified"] and p["state"] == "committed" for p in document["placements"])
    assert {r["bundle"] for r in document["readings"]} == bundles
    assert len({r["nonce"] for r in document["readings"]}) == 1
    assert all(r["latency_ms"]["n"] >= 299 and r["latency_ms"]["p99"] for r in document["readings"])
    assert all(r["origin"] == "measured" for r in document["readings"])


def test_that_every_variant_but_the_original_is_compared_with_it(demo: Demo):
    document = demo.document
    base = document["placements"][0]["bundle"]
    assert {c["b"] for c in document["comparisons"]} == {base}
    assert len(document["comparisons"]) == len(document["variants"]) - 1
    for item in document["comparisons"]:
        assert item["ci95"][0] <= item["speedup"] <= item["ci95"][1]


def test_that_compression_removes_what_it_says(demo: Demo):
    document = demo.document
    variants = {v["name"]: v for v in document["variants"]}
    base = variants["baseline"]
    assert variants["int8"]["packed_bytes"] < base["packed_bytes"] / 3
    half = variants["half-int8"]
    assert half["parameters"] < base["parameters"] / 2.5
    assert half["macs"] < base["macs"] / 2
    assert half["score"]["accuracy"]["value"] > 0.8


def test_that_the_report_is_one_file_that_loads_nothing_from_elsewhere(demo: Demo):
    document = demo.document
    text = Path(document["report"]).read_text(encoding="utf-8")
    assert "<svg" in text
    for word in ('src="http', "src='http", "@import", "url(http", "<script src", '<link rel="stylesheet"'):
        assert word not in text
    for variant in document["variants"]:
        assert variant["name"] in text


def test_that_everything_stays_under_the_home_and_nothing_outlives_the_command(demo: Demo):
    home, cwd = demo.home, demo.cwd
    assert list(cwd.iterdir()) == []
    left = []
    for process in psutil.process_iter(["cmdline"]):
        if any(str(home) in word for word in process.info["cmdline"] or ()):
            left.append(process.info["cmdline"])
    assert left == []


def test_that_the_readings_are_in_the_profile_and_the_list_is_stable(demo: Demo):
    document = demo.document

    def listed() -> str:
        return subprocess.run(
            [sys.executable, "-m", "engine.cli.main", "profile", "list", "--json"],
            capture_output=True,
            text=True,
            check=True,
            cwd=demo.cwd,
            env=demo.environment,
        ).stdout

    first = listed()
    assert json.loads(first)["profiles"][0]["rows"] == len(document["readings"]) == document["profile"]["rows"]
    assert listed() == first


def command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:  # it has ended
        return ""


def test_that_an_interrupted_demo_is_cancelled_with_130_and_leaves_no_process(tmp_path: Path, home: Path):
    process = subprocess.Popen(
        [sys.executable, "-m", "engine.cli.main", "demo", "--quick", "--jsonl"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    assert process.stdout is not None
    for line in process.stdout:
        event = json.loads(line)
        if (event["event"], event.get("name")) == ("stage", "evaluate"):
            break
    end = time.monotonic() + 60
    children: list[psutil.Process] = []
    while not any("engine.model.child_side" in command(child) for child in children):  # a model is running
        assert time.monotonic() < end
        time.sleep(0.05)
        children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    start = time.monotonic()
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130, error
    assert time.monotonic() - start < 20
    assert json.loads(error)["error"]["code"] == "cancelled"
    _, alive = psutil.wait_procs(children, timeout=5)
    assert alive == []
