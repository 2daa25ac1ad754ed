"""A real agent in a process of its own, spoken to over pipes; and bundles for it, made and signed here."""

import hashlib
import itertools
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from device_agent.contract import codec
from device_agent.contract.errors import AgentError
from device_agent.contract.io import InputContract, IoContract, OutputContract
from device_agent.contract.manifest import (
    MANIFEST,
    BundleFile,
    GoldenSet,
    Manifest,
    ModelFile,
    RawGolden,
    Tolerance,
    to_bytes,
)
from device_agent.contract.messages import decode, encode
from device_agent.contract.version import MARKER

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY_ID = hashlib.sha256(KEY.public_key().public_bytes_raw()).hexdigest()[:16]
EXACT = Tolerance("float", 1e-4, 1e-3)
MORE: dict[str, str] = {}
"""In the environment of the agents."""


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def trust(home: Path) -> None:
    """What the enrolment does: put the desktop's key where the agent looks."""
    (home / "keys").mkdir(parents=True, exist_ok=True)
    (home / "keys" / f"{KEY_ID}.pub").write_text(KEY.public_key().public_bytes_raw().hex() + "\n")


class Agent:
    """A session. ``request`` returns the reply or raises the agent's error."""

    def __init__(self, pyz: Path, home: Path, *, python: str = sys.executable, root: str = "/", greet: bool = True):
        self.home = home
        self._count = itertools.count(1)
        self.events: list[dict[str, Any]] = []
        self.process = subprocess.Popen(
            [python, "-I", "-S", str(pyz), "serve", "--home", str(home), "--root", root],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env={"PATH": os.environ["PATH"], "HOME": str(home), **MORE},
        )
        assert self._stdout.read(len(MARKER)) == MARKER
        self.hello = self.request("hello", {"major": 1, "minor": 0}) if greet else {}

    @property
    def _stdin(self):
        assert self.process.stdin is not None
        return self.process.stdin

    @property
    def _stdout(self):
        assert self.process.stdout is not None
        return self.process.stdout

    def __enter__(self) -> "Agent":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> int:
        """Close stdin, which must end the agent."""
        if not self._stdin.closed:
            self._stdin.close()
        try:
            return self.process.wait(10)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            self._stdout.close()
            self.process.stderr.close()

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.close()

    def send(
        self, op: str, args: dict[str, Any] | None = None, *, id: str | None = None, deadline_s: float = 60.0
    ) -> str:
        name = id or f"op-{next(self._count)}"
        codec.write_json(self._stdin, {"id": name, "op": op, "deadline_s": deadline_s, "args": args or {}})
        return name

    def send_raw(self, data: bytes) -> None:
        while data:
            data = data[self._stdin.write(data) :]

    def answer(self) -> dict[str, Any]:
        """The next message that is no event."""
        while True:
            message = codec.read_json(self._stdout.read)
            if "event" not in message:
                return message
            self.events.append(message["event"])

    def result(self, name: str) -> tuple[dict[str, Any], bytes]:
        message = self.answer()
        assert message["id"] in (name, ""), message
        if "error" in message:
            raise AgentError(*(message["error"][key] for key in ("code", "message", "remedy")))
        payload = b""
        while len(payload) < message.get("chunks", 0):
            payload += codec.read_frame(self._stdout.read)[1]
        return message["reply"], payload

    def request(self, op: str, args: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        return self.result(self.send(op, args, **more))[0]

    def put(self, content: bytes, *, chunk: int = 1 << 18) -> str:
        """Upload a blob the way the desktop does; returns its name."""
        name = sha256(content)
        place = self.request("blob.open", {"sha256": name, "size": len(content)})
        if not place["complete"]:
            offset = place["offset"]
            request = self.send("blob.put", {"sha256": name, "size": len(content), "offset": offset})
            for start in range(offset, len(content), chunk):
                part = content[start : start + chunk]
                self.send_raw(codec.chunk_header(len(part)) + part)
            assert self.result(request)[0] == {"bytes": len(content) - offset}
        return name

    def stage(self, bundle: "Made", *, env: str | None = None, timeout_s: float = 60.0) -> dict[str, Any]:
        for content in bundle.files.values():
            self.put(content)
        self.put(bundle.manifest)
        request = {"manifest": bundle.id, "signature": bundle.signature, "key": KEY_ID, "env": env}
        return self.request("bundle.stage", {**request, "timeout_s": timeout_s})

    def activate(self, slots: dict[str, str], counter: int, **more: Any) -> dict[str, int]:
        return self.request("slot.activate", order(self.hello["device_id"], slots, counter, **more))["placements"]

    def slots(self) -> dict[str, Any]:
        return self.request("slot.list")["slots"]

    def rss_bytes(self) -> int:
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line.split()[1] for line in text.splitlines() if line.startswith("VmRSS"))) * 1024


def order(
    device: str, slots: dict[str, str], counter: int, key: Ed25519PrivateKey = KEY, **more: Any
) -> dict[str, str]:
    text = json.dumps({"schema": 1, "device": device, "counter": counter, "slots": slots, **more}, sort_keys=True)
    return {"order": text, "signature": key.sign(text.encode()).hex(), "key": KEY_ID}


@dataclass(frozen=True)
class Made:
    """A bundle in memory."""

    manifest: bytes
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return sha256(self.manifest)

    @property
    def signature(self) -> str:
        return KEY.sign(self.manifest).hex()

    def changed(self, **fields: Any) -> "Made":
        """The same bundle with other fields in its manifest."""
        manifest = decode(Manifest, json.loads(self.manifest))
        return replace(self, manifest=to_bytes(replace(manifest, **fields)))

    def write(self, folder: Path) -> None:
        for name, content in {**self.files, MANIFEST: self.manifest}.items():
            (folder / name).write_bytes(content)


def classifier(scale: float = 1.0, *, seed: int = 0) -> bytes:
    """A small convolutional ONNX network: ``x`` [n, 1, 8, 8] to ``y`` [n, 4]."""
    import numpy as np
    from onnx import helper, numpy_helper

    random = np.random.default_rng(seed)
    weights = {
        "w": (scale * random.standard_normal((4, 1, 3, 3))).astype(np.float32),
        "f": random.standard_normal((4 * 36, 4)).astype(np.float32),
    }
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["c"]),
        helper.make_node("Relu", ["c"], ["r"]),
        helper.make_node("Flatten", ["r"], ["l"]),
        helper.make_node("MatMul", ["l", "f"], ["y"]),
    ]
    return onnx_bytes(nodes, ["n", 1, 8, 8], ["n", 4], [numpy_helper.from_array(v, k) for k, v in weights.items()])


def onnx_bytes(nodes: Iterable[Any], inputs: list[Any], outputs: list[Any], weights: Iterable[Any] = ()) -> bytes:
    from onnx import TensorProto, helper

    graph = helper.make_graph(
        list(nodes),
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, inputs)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, outputs)],
        list(weights),
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(model.SerializeToString())


def endless_loop() -> bytes:
    """An ONNX model that never ends."""
    import numpy as np
    from onnx import TensorProto, helper, numpy_helper

    body = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["on"]), helper.make_node("Identity", ["v"], ["w"])],
        "body",
        [
            helper.make_tensor_value_info("i", TensorProto.INT64, []),
            helper.make_tensor_value_info("go", TensorProto.BOOL, []),
            helper.make_tensor_value_info("v", TensorProto.FLOAT, None),
        ],
        [
            helper.make_tensor_value_info("on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("w", TensorProto.FLOAT, None),
        ],
    )
    most = numpy_helper.from_array(np.array(2**62, dtype=np.int64), "most")
    true = numpy_helper.from_array(np.array(True), "true")
    node = helper.make_node("Loop", ["most", "true", "x"], ["y"], body=body)
    return onnx_bytes([node], ["n", 1, 8, 8], ["n", 1, 8, 8], [most, true])


def run_onnx(model: bytes, x: Any) -> Any:
    import onnxruntime

    return onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"]).run(None, {"x": x})[0]


def pixels(count: int = 16) -> Any:
    import numpy as np

    return np.random.default_rng(7).integers(0, 256, (count, 8, 8), dtype=np.uint8)


def png(image: Any) -> bytes:
    import io

    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(image).save(stream, "PNG")
    return stream.getvalue()


def npz(arrays: dict[str, Any]) -> bytes:
    import io

    import numpy as np

    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


GRAY = InputContract("x", "image", [1, 8, 8], colour="gray", mean=[0.5], std=[0.25])
LABELS = OutputContract("classification", ["ant", "bee", "cat", "dog"])


def bundle(
    model: bytes | None = None,
    *,
    name: str = "tiny",
    expected: Any = None,
    tolerance: Tolerance = EXACT,
    more_models: dict[str, tuple[str, bytes, Any]] | None = None,
    purpose: str = "release",
) -> Made:
    """A bundle around an ONNX model of ``classifier``'s shape, with 16 golden images, two of them raw.

    Args:
        model: ONNX bytes.
        name: of the bundle.
        expected: outputs to promise; None runs the model.
        tolerance: of every model file.
        more_models: file name -> (format, bytes, expected outputs).
        purpose: release or trial.
    """
    model = classifier() if model is None else model
    images = pixels()
    x = ((images / 255.0 - 0.5) / 0.25).astype("float32")[:, None]
    arrays = {"input_0": x, "model.onnx/output_0": run_onnx(model, x) if expected is None else expected}
    files = {"model.onnx": model, "first.png": png(images[0]), "last.png": png(images[15])}
    models = [ModelFile("model.onnx", "onnx", "float", tolerance)]
    for file, (kind, content, outputs) in (more_models or {}).items():
        files[file] = content
        arrays[f"{file}/output_0"] = outputs
        models.append(ModelFile(file, kind, "float", tolerance))
    files["golden.npz"] = npz(arrays)
    roles = {"golden.npz": "golden", "first.png": "sample", "last.png": "sample"}
    manifest = Manifest(
        name,
        [BundleFile(k, sha256(v), len(v), roles.get(k, "model")) for k, v in sorted(files.items())],
        models,
        IoContract([GRAY], LABELS),
        GoldenSet("golden.npz", 16, [RawGolden("first.png", "png", 0), RawGolden("last.png", "png", 15)]),
        purpose=purpose,
    )
    return Made(to_bytes(manifest), files)


def plan(entries: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    stop = {"min_n": 50, "min_s": 0.05, "max_s": 1.0, "half_width": 0.05}
    base = {"entries": entries, "nonce": "n-1", "seed": 3, "stop": stop, "block_s": 0.005, "min_blocks": 5}
    return {**base, "warmup_max_s": 0.15, **more}


def entry(bundle_id: str, file: str = "model.onnx", runtime: str = "onnxruntime", **more: Any) -> dict[str, Any]:
    provider = "CPUExecutionProvider" if runtime == "onnxruntime" else "CPU"
    return {"bundle": bundle_id, "file": file, "runtime": {"id": runtime, "provider": provider}, **more}


__all__ = ["Agent", "Made", "bundle", "encode", "entry", "plan"]
