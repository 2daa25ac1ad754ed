"""A runtime is one file a user adds: signed, named by its content, loaded in the child alone, and then like any other."""

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from device_agent.contract.errors import AgentError
from device_agent.contract.io import InputContract, IoContract
from device_agent.contract.manifest import BundleFile, GoldenSet, Manifest, ModelFile, Tolerance, to_bytes
from engine.package.runner_files import runner_files

from .session import KEY, KEY_ID, Agent, Made, npz, plan, sha256

PRODUCT = b'''
from ..session import Session

class Product(Session):
    """x times the matrix in the file, plus what the option says."""
    runtime = "product"
    formats = ("matrix",)
    default_provider = "NPU"

    @classmethod
    def version(cls):
        return "1.5"

    @classmethod
    def providers(cls):
        return ["NPU", "OTHER"]

    def __init__(self, path, provider, threads, options):
        import numpy
        self._matrix = numpy.load(path) + float(options.get("shift", 0))

    def run(self, inputs):
        return [inputs[0] @ self._matrix]

    def shapes(self):
        return [[-1, len(self._matrix)]]

    def dtypes(self):
        return ["float32"]

    @classmethod
    def placement(cls, path, provider, options, feed):
        return {"NPU": 1}

ADAPTER = Product
'''
MATRIX = np.arange(12, dtype=np.float32).reshape(4, 3) / 7


def order(agent: Agent, counter: int = 1, *, add=(), remove=(), **more) -> dict[str, str]:
    value = {"schema": 1, "kind": "adapters", "device": agent.hello["device_id"], "counter": counter}
    text = json.dumps({**value, "add": list(add), "remove": list(remove), **more})
    return {"order": text, "signature": KEY.sign(text.encode()).hex(), "key": KEY_ID}


def add(agent: Agent, content: bytes = PRODUCT, counter: int = 1) -> list[dict]:
    return agent.request("adapters.change", order(agent, counter, add=[agent.put(content)]))["adapters"]


def npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def matrix_bundle() -> Made:
    """A bundle that only the adapter above can run."""
    x = np.random.default_rng(0).random((16, 4)).astype(np.float32)
    files = {"model.matrix": npy(MATRIX), "golden.npz": npz({"input_0": x, "model.matrix/output_0": x @ MATRIX})}
    files |= {name: content for name, content in runner_files().items() if name in ("loader.py", "board.zip")}
    manifest = Manifest(
        "matrix",
        [BundleFile(k, sha256(v), len(v), "model") for k, v in sorted(files.items())],
        [ModelFile("model.matrix", "matrix", "mixed", Tolerance("float", 1e-4))],
        IoContract([InputContract("x", "tensor", [4])]),
        GoldenSet("golden.npz", 16),
    )
    return Made(to_bytes(manifest), files)


def stage(agent: Agent, made: Made, **run: str) -> dict:
    for content in [*made.files.values(), made.manifest]:
        agent.put(content)
    request = {"manifest": made.id, "signature": made.signature, "key": KEY_ID, "run": run}
    return agent.request("bundle.stage", request)


def test_that_an_added_adapter_is_listed_probed_and_runs_golden_check_prediction_and_plan(agent: Agent):
    (listed,) = add(agent)
    assert listed == {
        "id": "product", "sha256": sha256(PRODUCT), "formats": ["matrix"], "version": "1.5", "providers": ["NPU", "OTHER"],
        "reason": None,
    }  # fmt: skip
    found = {item["id"]: item for item in agent.request("runtimes")["runtimes"]}
    assert found["product"]["adapter"] == sha256(PRODUCT)
    assert found["onnxruntime"]["formats"] == ["onnx"]
    made = matrix_bundle()
    result = stage(agent, made)
    assert result["state"] == "verified", result
    assert (result["golden"][0]["runtime"], result["golden"][0]["nodes"]) == ("product 1.5", {"NPU": 1})
    agent.activate({"main": made.id}, 1)
    sample = agent.put(npy(np.ones(4, np.float32)))
    request = {"slot": "main", "inputs": [{"sha256": sample, "kind": "npy", "name": "a"}]}
    (answer,) = agent.request("predict", request)["predictions"]
    assert answer["outputs"][0] == pytest.approx((np.ones(4, np.float32) @ MATRIX).tolist(), abs=1e-5)
    entry = {"bundle": made.id, "file": "model.matrix", "runtime": {"id": "product", "provider": "NPU"}}
    measured = agent.request("measure", plan([entry]))["entries"][0]
    assert measured["samples"] >= 50
    assert (measured["runtime"]["id"], measured["providers"]) == ("product", {"NPU": 1})


def test_that_a_slot_runs_on_what_its_order_says_and_only_on_what_was_verified(agent: Agent):
    add(agent)
    made = matrix_bundle()
    refused = stage(agent, made, runtime="product", shift="1")
    assert refused["state"] == "rejected", "another option gives other outputs"
    elsewhere = stage(agent, made, runtime="product", provider="OTHER")
    assert elsewhere["state"] == "rejected"
    assert "nothing of it ran on OTHER" in elsewhere["reason"]
    chosen = {"runtime": "product", "provider": "NPU"}
    assert stage(agent, made, **chosen)["state"] == "verified"
    with pytest.raises(AgentError, match="not verified on provider=OTHER"):
        agent.activate({"main": made.id}, 1, run={"main": {"runtime": "product", "provider": "OTHER"}})
    with pytest.raises(AgentError, match="not verified on the board's usual"):
        agent.activate({"main": made.id}, 1)
    assert agent.activate({"main": made.id}, 2, run={"main": chosen}) == {"main": 2}
    assert agent.slots()["main"]["releases"][0]["run"] == chosen
    assert stage(agent, made, runtime="product", shift="1")["state"] == "rejected"
    assert agent.activate({"ear": made.id}, 3, run={"ear": chosen}) == {"ear": 3}, (
        "a later failure elsewhere changes nothing"
    )


def test_that_the_loader_of_a_bundle_finds_the_adapter_and_what_the_slot_runs_on(agent: Agent):
    add(agent)
    made = matrix_bundle()
    chosen = {"runtime": "product", "provider": "NPU"}
    stage(agent, made, **chosen)
    agent.activate({"main": made.id}, 1, run={"main": chosen})
    current = agent.home / "slots" / "main" / "current"
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\nimport numpy\nfrom loader import load\nmodel = load(sys.argv[1])\n"
        "print(type(model._session).__name__, model.predict(numpy.ones(4, numpy.float32))[0].tolist())"
    )
    command = [sys.executable, "-c", program, str(current)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd="/")
    assert done.returncode == 0, done.stderr
    name, _, values = done.stdout.partition(" ")
    assert name == "Product"
    assert json.loads(values) == pytest.approx((np.ones(4) @ MATRIX).tolist(), abs=1e-5)
    file = next(agent.home.glob("adapters/*/product.py"))
    file.write_bytes(file.read_bytes() + b"\n# changed\n")
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd="/")
    assert done.returncode != 0
    assert "device adapter add" in done.stderr or "no runtime" in done.stderr


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"this is no python", "SyntaxError"),
        (b"x = 1\n", "no ADAPTER"),
        (b"import no_such_library_anywhere\n", "no_such_library_anywhere"),
        (PRODUCT.replace(b'runtime = "product"', b'runtime = "onnxruntime"'), "comes with the agent"),
        (PRODUCT.replace(b'runtime = "product"', b'runtime = "../x"'), "no id"),
        (PRODUCT.replace(b'("matrix",)', b'"matrix"'), "no format"),
        (PRODUCT.replace(b"def dtypes", b"def other"), "lacks dtypes"),
        (b"import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n", "SIGSEGV"),
    ],
)
def test_that_a_file_that_is_no_adapter_is_refused_and_nothing_is_kept(agent: Agent, content: bytes, words: str):
    with pytest.raises(AgentError, match=words):
        add(agent, content)
    assert agent.request("adapters.list") == {"counter": 0, "adapters": []}
    assert agent.request("ping")


def test_that_an_adapter_whose_runtime_is_missing_is_kept_with_the_reason_and_hides_no_other(agent: Agent):
    missing = PRODUCT.replace(b'return "1.5"', b"import no_such_npu_library")
    (listed,) = add(agent, missing)
    assert listed["version"] is None
    assert "no_such_npu_library" in listed["reason"]
    ids = [item["id"] for item in agent.request("runtimes")["runtimes"]]
    assert "product" not in ids
    assert "onnxruntime" in ids
    with pytest.raises(AgentError, match="no runtime for the bundle \\(matrix\\)"):
        stage(agent, matrix_bundle())


def test_that_an_order_is_refused_unsigned_replayed_or_for_another_board(agent: Agent):
    name = agent.put(PRODUCT)
    unsigned = {**order(agent, add=[name]), "signature": "00" * 64}
    foreign = order(agent, add=[name], device="another")
    for request, code in (
        (unsigned, "signature-wrong"),
        (foreign, "other-device"),
        (order(agent, add=["x"]), "bad-order"),
    ):
        with pytest.raises(AgentError) as caught:
            agent.request("adapters.change", request)
        assert caught.value.code == code
    first = order(agent, 1, add=[name])
    agent.request("adapters.change", first)
    assert agent.request("adapters.change", order(agent, 2, remove=["product"]))["adapters"] == []
    with pytest.raises(AgentError, match="comes after") as caught:
        agent.request("adapters.change", first)
    assert caught.value.code == "old-order"
    assert list(agent.home.glob("adapters/*/*.py")) == []


def test_that_an_adapter_that_was_changed_on_the_board_is_not_loaded(agent: Agent):
    add(agent)
    file = next(agent.home.glob("adapters/*/product.py"))
    marker: Path = agent.home / "loaded"
    file.unlink()
    file.write_bytes(PRODUCT + f"\nopen({str(marker)!r}, 'w').close()\n".encode())
    (listed,) = agent.request("adapters.list")["adapters"]
    assert "damaged" in listed["reason"]
    assert "product" not in [item["id"] for item in agent.request("runtimes")["runtimes"]]
    assert not marker.exists()
