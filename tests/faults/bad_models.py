"""Models that must never serve: each is signed and sent to a board that runs a good one, which must go on running."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from device_agent.contract.errors import AgentError
from device_agent.contract.manifest import Tolerance
from tests.device_agent.session import (
    EXACT,
    Agent,
    Made,
    bundle,
    classifier,
    endless_loop,
    onnx_bytes,
    pixels,
    run_onnx,
)

LIMIT_S = 12.0
"""Wall clock each golden check may take here; an endless model takes all of it."""


def _operators(*nodes: tuple[str, list[str], list[str]], weights: dict[str, Any] | None = None, **more: Any) -> bytes:
    from onnx import helper, numpy_helper

    made = [helper.make_node(kind, inputs, outputs, **more) for kind, inputs, outputs in nodes]
    arrays = [numpy_helper.from_array(np.asarray(value), name) for name, value in (weights or {}).items()]
    return onnx_bytes(made, ["n", 1, 8, 8], [], arrays)


def _changed(change: Any) -> bytes:
    import onnx

    model = onnx.load_from_string(classifier())
    change(model)
    return bytes(model.SerializeToString())


def _external(place: str) -> bytes:
    def change(model: Any) -> None:
        tensor = model.graph.initializer[0]
        tensor.ClearField("raw_data")
        tensor.data_location = 1
        entry = tensor.external_data.add()
        entry.key, entry.value = "location", place

    return _changed(change)


def models() -> Iterator[tuple[str, bytes]]:
    """Names and contents of ONNX files that are damaged, hostile, or of no use here."""
    good = classifier()
    yield "empty", b""
    yield "text", b"this is no model at all\n" * 20
    yield "zeros", bytes(4096)
    yield "a picture", b"\x89PNG\r\n\x1a\n" + bytes(500)
    yield (
        "a pickle",
        b"\x80\x04\x95\x1e\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x02id\x94\x85\x94R\x94.",
    )
    for share in (0.2, 0.5, 0.9, 0.99):
        yield f"cut at {share:.0%}", good[: int(len(good) * share)]
    for seed in range(4):
        noise = np.random.default_rng(seed)
        damaged = bytearray(good)
        for place in noise.integers(0, 120, 12):
            damaged[place] = int(noise.integers(0, 256))
        yield f"damaged head {seed}", bytes(damaged)
    yield "endless loop", endless_loop()
    shape = np.array([1 << 18, 1 << 18], dtype=np.int64)
    yield "160 GB", _operators(("ConstantOfShape", ["s"], ["big"]), ("ReduceSum", ["big"], ["y"]), weights={"s": shape})
    yield "unknown operator", _operators(("NoSuchOperator", ["x"], ["y"]))
    yield "unknown domain", _operators(("Relu", ["x"], ["y"]), domain="example.org.nowhere")
    yield "opset of the future", _changed(lambda model: setattr(model.opset_import[0], "version", 900))
    yield "IR of the future", _changed(lambda model: setattr(model, "ir_version", 900))
    yield "weights missing", _changed(lambda model: model.graph.initializer.pop())
    yield "a circle", _operators(("Add", ["x", "b"], ["a"]), ("Relu", ["a"], ["b"]), ("Relu", ["a"], ["y"]))
    yield "wrong shapes", _operators(("MatMul", ["x", "w"], ["y"]), weights={"w": np.zeros((3, 3), np.float32)})
    yield "not a number", _operators(("Sqrt", ["m"], ["y"]), weights={"m": np.full((16, 4), -1, np.float32)})
    yield "external data outside", _external("../../../../etc/passwd")
    yield "external data absolute", _external("/etc/passwd")
    yield "external data missing", _external("weights.bin")
    yield "input of another name", _changed(lambda model: setattr(model.graph.input[0], "name", "z"))


def bundles() -> Iterator[tuple[str, Made]]:
    """Each model in a bundle that promises what the good one gives; and good models with false promises."""
    x = ((pixels() / 255.0 - 0.5) / 0.25).astype("float32")[:, None]
    promised = run_onnx(classifier(), x)
    for name, content in models():
        yield name, bundle(content, expected=promised)
    yield "other weights", bundle(classifier(seed=3), expected=promised)
    yield "outputs exchanged", bundle(expected=promised[:, ::-1].copy())
    yield "promise of another shape", bundle(expected=np.zeros((16, 7), np.float32))
    yield "promise of no numbers", bundle(expected=np.full((16, 4), np.nan, np.float32))
    yield "beyond its tolerance", bundle(expected=promised + np.float32(0.5), tolerance=Tolerance("float", 0.1))
    tflite = {"model.tflite": ("tflite", b"\x18\x00\x00\x00TFL3" + bytes(64), promised)}
    yield "TFLite twin damaged", bundle(expected=promised, more_models=tflite, tolerance=EXACT)


def trial(agent: Agent, good: Made, names: set[str] | None = None) -> list[dict[str, Any]]:
    """Stage each bad bundle; what the board said, how long it took, and what serves afterwards."""
    seen = []
    for name, made in bundles():
        if names is not None and name not in names:
            continue
        start = time.monotonic()
        try:
            result = agent.stage(made, timeout_s=LIMIT_S)
            said = (result["state"], str(result["reason"]))
        except AgentError as error:
            said = (error.code, error.message)
        serves = (agent.home / "slots/main/current").resolve().name == good.id
        seen.append({"name": name, "said": said, "seconds": time.monotonic() - start, "serves": serves})
        assert agent.request("ping")
    return seen


def serving(pyz: Path, store: Path) -> tuple[Agent, Made]:
    """A session with a board that runs a good model."""
    good, agent = bundle(), Agent(pyz, store)
    assert agent.stage(good)["state"] == "verified"
    agent.activate({"main": good.id}, 1)
    return agent, good
