"""Predictions on the board: files through the contract of a slot's current bundle, in a limited child."""

import os
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from .children import ChildProcess
from .contract.errors import AgentError
from .contract.manifest import Manifest, ModelFile
from .contract.measuring import PlanEntry, RuntimeChoice
from .contract.messages import Runtime, encode
from .contract.releasing import PredictRequest
from .golden import choose_runtime, default_provider
from .releases import Releases

Folders = Callable[[Optional[str]], List[str]]
Runtimes = Callable[[Optional[str]], List[Runtime]]


def predict(
    releases: Releases,
    request: PredictRequest,
    environments: Tuple[Runtimes, Folders],
    ram_bytes: int,
    timeout_s: float,
    check: Callable[[], None],
) -> List[Dict[str, Any]]:
    """One answer per input: ``{"name", "classes", "outputs"}``.

    Args:
        releases: of this board.
        request: slot and pushed files.
        environments: runtimes and folders by environment; None is the interpreter's own.
        ram_bytes: memory of the board.
        timeout_s: wall clock for all inputs together.
        check: called during the work; raises when it must stop.

    Raises:
        AgentError: the slot is empty, the board has no runtime for it, or a file does not fit the contract.
    """
    state = releases.generations.state()
    bundle = state.current(request.slot)
    if bundle is None:
        known = ", ".join(sorted(state.slots)) or "none"
        raise AgentError(
            "slot-empty",
            "nothing runs in slot %s (slots: %s)" % (request.slot[:64], known),
            "deploy a bundle to it first",
        )
    manifest, folder = releases.manifest(bundle)
    runtimes, folders = environments
    for environment in [None, *releases.store.environments()]:
        found = _model(manifest, runtimes(environment))
        if found is None:
            continue
        model, runtime = found
        with ChildProcess(folders(environment), int(timeout_s) + 1, ram_bytes, check) as child:
            question = _request(releases, request, manifest, os.path.join(folder, model.file), runtime.id)
            return list(child.ask(question, timeout_s)[0]["predictions"])
    raise AgentError(
        "no-runtime", "this board has no runtime for the slot's bundle", "deploy it again from the desktop"
    )


def entry_of(releases: Releases, slot: str, environments: Tuple[Runtimes, Folders]) -> PlanEntry:
    """What runs in a slot, as an entry of a plan.

    Raises:
        AgentError: the slot is empty, or the board has no runtime for it.
    """
    bundle = releases.generations.state().current(slot)
    if bundle is None:
        raise AgentError("slot-empty", "nothing runs in slot %s" % slot[:64], "deploy a bundle to it first")
    manifest, _ = releases.manifest(bundle)
    for environment in [None, *releases.store.environments()]:
        found = _model(manifest, environments[0](environment))
        if found is not None:
            choice = RuntimeChoice(found[1].id, default_provider(found[1].id))
            return PlanEntry(bundle, found[0].file, choice, 1, environment)
    raise AgentError("no-runtime", "this board has no runtime for slot %s" % slot[:64], "deploy it again")


def _model(manifest: Manifest, runtimes: Sequence[Runtime]) -> "Optional[Tuple[ModelFile, Runtime]]":
    for model in manifest.models:
        runtime = choose_runtime(model, runtimes)
        if runtime is not None:
            return model, runtime
    return None


def _request(
    releases: Releases, request: PredictRequest, manifest: Manifest, path: str, runtime: str
) -> Dict[str, Any]:
    inputs = []
    for item in request.inputs:
        blob = releases.store.blob(item.sha256)
        if not os.path.exists(blob):
            raise AgentError("blob-missing", "the file %s is not on the board" % item.name[:80], "send it again")
        inputs.append({"path": blob, "kind": item.kind, "name": item.name})
    return {
        "do": "predict",
        "runtime": runtime,
        "provider": default_provider(runtime),
        "threads": 1,
        "path": path,
        "io": encode(manifest.io),
        "inputs": inputs,
        "top_k": request.top_k,
    }
