"""The operations that run models or change what can run them; loaded when one is asked for, so that waiting costs little."""

import os
import sys
from typing import Any, Callable, Dict, Optional

from .contract.errors import AgentError, ContractError
from .contract.messages import decode, encode
from .contract.releasing import ActivateRequest
from .operations import Answer, Operations, text_of

PREDICT_TIMEOUT_S = 170.0
UNPACK_TIMEOUT_S = 600.0
MAX_PREDICT_INPUTS = 1024


def unpack(agent: Operations, arguments: Dict[str, Any]) -> Answer:
    """Restore a blob that came packed: in a child, because the container is foreign and numpy reads it."""
    from .children import ChildProcess
    from .contract.releasing import UnpackRequest

    request, store = decode(UnpackRequest, arguments), agent._store
    source = store.blob(request.packed)
    if not os.path.exists(source):
        raise AgentError("blob-missing", "the blob %s is not on the board" % request.packed[:16], "deploy again")
    _, complete = store.open_blob(request.sha256, request.size)
    if not complete:
        out = store.path("staging", request.sha256 + ".unpacked")
        timeout_s = agent._desktop.left_s(UNPACK_TIMEOUT_S)
        folders, ram_bytes = agent.folders(request.env), agent.machine().ram_bytes
        with ChildProcess(folders, int(timeout_s) + 1, ram_bytes, agent._desktop.check) as child:
            child.ask({"do": "unpack", "path": source, "out": out, "size": request.size}, timeout_s)
        store.adopt(out, request.sha256, request.size)
    os.unlink(source)
    return {"bytes": request.size}, b""


def env_install(agent: Operations, arguments: Dict[str, Any]) -> Answer:
    """Unzip pushed wheels into an environment and say what can be imported from it."""
    from . import environments
    from .contract.releasing import Wheel

    name, wheels = text_of(arguments, "env"), arguments.get("wheels")
    if not isinstance(wheels, list):
        raise ContractError("env.install: expected a list of wheels")
    environments.install(agent._store, name, [decode(Wheel, item) for item in wheels], agent._desktop.check)
    agent._runtimes.pop(name, None)
    found = agent.runtimes(name)
    if not found:
        remedy = "install a runtime on the board, or use another Python: device add --python"
        if not environments.brings_numpy(agent._store, name):
            remedy = "on the board: sudo apt-get install -y python3-numpy   and then deploy again"
        environments.remove(agent._store, name)
        del agent._runtimes[name]
        raise AgentError(
            "env-unusable",
            "no runtime of the environment can be imported by Python %d.%d" % sys.version_info[:2],
            remedy,
        )
    return {"runtimes": [encode(item) for item in found]}, b""


def stage(agent: Operations, arguments: Dict[str, Any]) -> Answer:
    """Verify a pushed bundle."""
    from .contract.releasing import StageRequest

    request = decode(StageRequest, arguments)
    folders, check = agent.folders(request.env), agent._desktop.check
    runtimes = lambda: agent.runtimes(request.env)  # noqa: E731 - probed only where they are needed
    result = agent.releases().stage(request, agent.machine(), runtimes, folders, check, agent._root)
    return encode(result), b""


def predict(agent: Operations, arguments: Dict[str, Any]) -> Answer:
    """Files through the model of a slot."""
    from .contract.releasing import PredictRequest
    from .prediction import predict

    request = decode(PredictRequest, arguments)
    if not 0 < len(request.inputs) <= MAX_PREDICT_INPUTS:
        raise ContractError("predict: expected 1 to %d files" % MAX_PREDICT_INPUTS)
    timeout_s = agent._desktop.left_s(PREDICT_TIMEOUT_S)
    found = (agent.runtimes, agent.folders)
    ram_bytes, check = agent.machine().ram_bytes, agent._desktop.check
    return {"predictions": predict(agent.releases(), request, found, ram_bytes, timeout_s, check, agent._root)}, b""


def answers(agent: Operations, arguments: Dict[str, Any]) -> Answer:
    """Pushed samples through a verified model file; they are not kept."""
    from .answers import answers
    from .contract.measuring import AnswersRequest
    from .engines import check_library

    request, releases = decode(AnswersRequest, arguments), agent.releases()
    entry = request.entry
    check_library(entry.runtime.options, agent._store.home)
    place = releases.check_files(entry.bundle, [entry.file])
    samples, timeout_s = agent._store.blob(request.samples), agent._desktop.left_s(PREDICT_TIMEOUT_S)
    limits = (agent.folders(entry.env), agent.machine().ram_bytes, timeout_s)
    found = answers(entry, place, samples, limits, agent._desktop.check, agent._root)
    releases.forget(request.samples)
    return found


def measure(agent: Operations, arguments: Dict[str, Any]) -> Answer:
    """Run a plan, with clocks held and the user's service paused."""
    from .bench import Bench
    from .contract.measuring import MeasurePlan
    from .engines import check_library

    plan, releases = decode(MeasurePlan, arguments), agent.releases()
    for entry in plan.entries:
        check_library(entry.runtime.options, agent._store.home)
    beside = []
    if plan.beside:
        from .prediction import entry_of

        beside = [entry_of(releases, slot, (agent.runtimes, agent.folders)) for slot in plan.beside]
    bench = Bench(
        lambda bundle, file: releases.check_files(bundle, [file]),
        agent.folders,
        agent.machine(),
        agent._root,
        agent._desktop.check,
        beside,
    )
    return _pinned(agent, plan.service, lambda governor: bench.run(plan, agent.device_id()[0], agent._event, governor))


def scenario(agent: Operations, arguments: Dict[str, Any]) -> Answer:
    """Run one model as a service, likewise."""
    from .bench import Bench
    from .contract.measuring import ScenarioPlan
    from .engines import check_library

    plan, releases = decode(ScenarioPlan, arguments), agent.releases()
    check_library(plan.entry.runtime.options, agent._store.home)
    bench = Bench(
        lambda bundle, file: releases.check_files(bundle, [file]),
        agent.folders,
        agent.machine(),
        agent._root,
        agent._desktop.check,
    )
    return _pinned(
        agent, plan.service, lambda governor: bench.stream(plan, agent.device_id()[0], agent._event, governor)
    )


def _pinned(agent: Operations, service: Optional[ActivateRequest], work: Callable[[Optional[str]], Any]) -> Answer:
    """Work with clocks held and the user's service paused; the reply says whether that runs again."""
    from .pinning import Pinned

    with Pinned(agent._store, agent._root, service, agent._desktop.check) as pinned:
        result, data = work(pinned.governor)
    reply = encode(result)
    if service is not None:
        reply["conditions"]["service"] = pinned.failed or "paused and resumed"
    return reply, data


def list_adapters(agent: Operations, arguments: Dict[str, Any]) -> Answer:
    """The adapters a user added, each described in a limited child of its own."""
    from .adapters import Adapters, described

    known, found = Adapters(agent._store), []
    for name, sha256 in sorted(known.hashes.items()):
        try:
            if not known.is_whole(name):
                raise AgentError("adapter-damaged", "the file was damaged on the board", "add it again")
            said = describe(agent, known.path(name))
        except AgentError as error:
            said = {"formats": [], "version": None, "providers": [], "reason": error.message}
        found.append(encode(described(name, sha256, said)))
    return {"counter": known.counter, "adapters": found}, b""


def describe(agent: Operations, path: str) -> Dict[str, Any]:
    """What the adapter in a file is, by a limited child."""
    from .children import describe_adapter

    return describe_adapter([], path, agent.machine().ram_bytes, agent._desktop.check)


def adapters_change(agent: Operations, arguments: Dict[str, Any]) -> Answer:
    """Add and remove adapters by a signed order."""
    from .adapters import Adapters

    request = decode(ActivateRequest, arguments)
    Adapters(agent._store).change(request, agent.device_id()[0], lambda path: describe(agent, path))
    agent._runtimes = {}
    return list_adapters(agent, arguments)
