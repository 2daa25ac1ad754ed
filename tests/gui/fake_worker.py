"""A program that speaks the worker's protocol from a script: ``python fake_worker.py SCENARIO``. For tests only."""

import json
import os
import signal
import sys
import threading
import time

SEQ = 0


def say(event: str, **fields: object) -> None:
    global SEQ
    line = {"v": 1, "seq": SEQ, "t": time.time(), "event": event, **fields}
    SEQ += 1
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def variant(number: int, name: str, accuracy: float, size: int, packed: int, lost: float | None, model: str) -> dict:
    base = f"{model}-0"
    return {
        "id": f"{model}-{number}",
        "name": name,
        "model": model,
        "baseline": None if number == 0 else base,
        "size_bytes": size,
        "packed_bytes": packed,
        "score": {"accuracy": {"value": accuracy, "ci95": [accuracy - 0.0055, accuracy + 0.0053], "n": 10000}},
        "loss_points": None if lost is None else {"value": lost, "ci95": [lost - 0.3, lost + 0.3], "n": 10000},
    }


def document(quick: bool = True, report: str | None = None) -> dict:
    """A document of the shape of ``flyweight demo --json`` with invented figures."""
    variants, readings, comparisons = [], [], []
    for model in ["fashion-resnet"] if quick else ["fashion-resnet", "fashion-mobilenet"]:
        rows = [
            ("baseline", 0.9312, 2_801_334, 2_590_113, None, 1.912, None, None),
            ("fp32-litert", 0.9312, 2_803_012, 2_588_900, 0.0, 1.701, (1.12, 1.10, 1.14), "PASS"),
            ("int8", 0.9301, 744_910, 548_120, 0.11, 0.998, (1.92, 1.86, 1.97), "PASS"),
            ("int8-per-tensor", 0.9264, 731_120, 531_900, 0.48, 1.998, (0.96, 0.93, 0.99), "INCONCLUSIVE"),
            ("quarter-guided", 0.9248, 213_400, 161_730, 0.64, 0.371, (5.15, 5.02, 5.31), "PASS"),
        ]
        for number, (name, accuracy, size, packed, lost, p50, speed, verdict) in enumerate(rows):
            variants.append(variant(number, name, accuracy, size, packed, lost, model))
            bundle = f"bundle-{model}-{number}"
            latency = {"p50": p50, "n": 312}
            readings.append({"variant": f"{model}-{number}", "bundle": bundle, "threads": 1, "latency_ms": latency})
            if speed:
                comparisons.append(
                    {
                        "a": bundle,
                        "b": f"bundle-{model}-0",
                        "speedup": speed[0],
                        "ci95": list(speed[1:]),
                        "verdict": verdict,
                    }
                )
    return {
        "models": sorted({v["model"] for v in variants}),
        "data": "fashion-mnist",
        "variants": variants,
        "readings": readings,
        "comparisons": comparisons,
        "device": {"name": "loopback", "board_name": "This computer (x86-64)"},
        "placements": [{"verified": True} for _ in variants],
        "recommended": {f"sample:{v['model']}": "quarter-guided" for v in variants},
        "report": report,
        "notes": ["goal within 0.3 points of the original: reached by fashion-resnet.int8"],
    }


def listen() -> None:
    for line in sys.stdin:
        if json.loads(line).get("control") == "cancel":
            CANCELLED.set()
    GONE.set()
    CANCELLED.set()


CANCELLED, GONE = threading.Event(), threading.Event()
STAGES = [
    ("device", "loopback"),
    ("compress", "half-int8"),
    ("train", "half-int8, 1 epoch of 8,000 samples"),
    ("evaluate", "half-int8"),
    ("bundle", "half-int8"),
    ("deploy", "fashion-resnet.half-int8 to loopback"),
    ("measure", "5 variants on loopback, interleaved"),
]


def run(scenario: str, arguments: dict) -> None:
    say("accepted", verb="demo", pid=os.getpid())
    if scenario == "success":
        for name, detail in STAGES:
            say("stage", name=name, detail=detail)
            for done in range(1, 5):
                say("progress", done=done, total=4, unit="steps", eta_s=(4 - done) * 30.0)
                time.sleep(0.005)
        say("log", message="a library said something", level="warning")
        say("artifact", what="variant", id="abc", path="/somewhere/abc.onnx")
        say(
            "result",
            result=document(bool(arguments.get("quick")), os.environ.get("FAKE_REPORT", "/somewhere/report.html")),
        )
    elif scenario in ("patient", "measure"):
        for name, detail in STAGES if scenario == "measure" else STAGES[:3]:
            say("stage", name=name, detail=detail)
        say("progress", done=62, total=100, unit="steps", eta_s=118.0)
        while not CANCELLED.wait(0.02):
            pass
        say("cancelled", error={"code": "cancelled", "message": "cancelled", "remedy": "run it again"})
    elif scenario == "hang":
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        say("stage", name="compress", detail="deaf")
        while not GONE.wait(60):
            pass
        time.sleep(60)
    elif scenario == "deaf":
        say("stage", name="compress", detail="deaf")
        while True:
            time.sleep(1)
    elif scenario == "crash":
        say("stage", name="train", detail="int8")
        sys.stderr.write("Fatal: something in a native library\n")
        sys.stderr.flush()
        os.kill(os.getpid(), signal.SIGSEGV)
        time.sleep(60)
    elif scenario == "leave":
        say("stage", name="train", detail="int8")
        os._exit(7)
    elif scenario == "error":
        message = "loopback has 12 MB of free space, the bundle needs 40 MB"
        say(
            "error",
            error={
                "code": "no-space",
                "message": message,
                "remedy": "remove old releases: flyweight releases loopback",
            },
        )
    elif scenario == "garbage":
        sys.stdout.buffer.write(
            b"\x00\xff not json\n[1,2]\n" + b"[" * 5000 + b'\n{"v":1,"event":5}\n{"v":1,"event":"unheard of"}\n'
        )
        sys.stdout.buffer.write(
            b'{"v":1,"event":"progress","done":"x","total":null}\n{"v":1,"event":"log","message":"\\u001b[31mred<b>"}\n'
        )
        sys.stdout.buffer.flush()
        say("result", result={"variants": "none", "readings": [1], "device": None, "notes": 3})
        sys.stdout.write("after the end\n")
    elif scenario == "flood":
        for number in range(20_000):
            say("log", message=f"line {number} " + "x" * 80)
            if number % 10 == 0:
                say("progress", done=number, total=20_000)
        say("result", result=document())
    elif scenario == "future":
        sys.stdout.write('{"v":2,"seq":0,"event":"hello"}\n')


if __name__ == "__main__":
    request = json.loads(sys.stdin.readline())
    threading.Thread(target=listen, daemon=True).start()
    run(sys.argv[1], request["arguments"])
