"""What an accelerator needs from the agent: a folder for its engines, other limits, and a sweep that takes them again."""

import resource
from pathlib import Path

import pytest

from device_agent import children, engines
from device_agent.engines import cache_option, gpu_name
from device_agent.releases import Releases
from device_agent.store import Store

JETSON = b"NVIDIA Jetson Orin Nano Developer Kit\0"
CARD = b"Model: \t\t NVIDIA GeForce RTX 3060\nIRQ:   \t\t 147\nGPU UUID: \t GPU-1\n"


def put(root: Path, path: str, content: bytes) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(content)


def test_that_a_gpu_is_named_by_the_driver_else_by_the_board(tmp_path: Path):
    assert gpu_name(str(tmp_path)) == "unknown"
    put(tmp_path, "proc/device-tree/model", JETSON)
    assert gpu_name(str(tmp_path)) == "nvidia-jetson-orin-nano-developer-kit"
    put(tmp_path, "proc/driver/nvidia/gpus/0000:01:00.0/information", CARD)
    assert gpu_name(str(tmp_path)) == "nvidia-geforce-rtx-3060"


def test_that_engines_lie_in_the_store_by_bundle_and_gpu_and_only_for_tensorrt(tmp_path: Path):
    put(tmp_path, "proc/device-tree/model", b"../../Orin/..\0")
    folder = "/home/x/.flyweight/bundles/" + "a" * 64
    option = cache_option(engines.TENSORRT, folder, str(tmp_path))
    assert option == {"engine_cache": "/home/x/.flyweight/engines/" + "a" * 64 + "/orin"}
    assert cache_option("CUDAExecutionProvider", folder, str(tmp_path)) == {}


def test_that_engines_go_with_their_bundle(tmp_path: Path):
    store = Store(str(tmp_path / "store"))
    kept, gone = "a" * 64, "b" * 64
    put(tmp_path, f"store/bundles/{kept}/verified.json", b"{}")
    for bundle in (kept, gone):
        put(tmp_path, f"store/engines/{bundle}/orin/v/x.engine", b"x")
    Releases(store).collect()
    assert [path.name for path in (tmp_path / "store/engines").iterdir()] == [kept]


@pytest.mark.parametrize("on_gpu", [False, True])
def test_that_a_model_on_a_gpu_has_addresses_without_limit_and_all_other_limits(monkeypatch, on_gpu: bool):
    told = {}
    monkeypatch.setattr("os.setsid", lambda: None)
    monkeypatch.setattr(resource, "setrlimit", lambda kind, value: told.update({kind: value[0]}))
    children._limits(60, 1 << 33, (), on_gpu)
    assert told[resource.RLIMIT_AS] == (resource.RLIM_INFINITY if on_gpu else 1 << 33)
    assert told[resource.RLIMIT_FSIZE] == (children.ENGINE_BYTES if on_gpu else children.FILE_BYTES)
    assert (told[resource.RLIMIT_CPU], told[resource.RLIMIT_CORE]) == (60, 0)
