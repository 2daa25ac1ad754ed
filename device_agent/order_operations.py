"""Operations about orders and leases; loaded when one is asked for, so that waiting costs little."""

from typing import Any, Dict

from .contract.errors import AgentError
from .contract.messages import decode
from .lease import LEASE_S
from .operations import LOCK_WAIT_S, Answer, Operations, text_of


def activate(agent: Operations, arguments: Dict[str, Any]) -> Answer:
    """Switch slots."""
    from .contract.releasing import ActivateRequest

    request, ram_bytes = decode(ActivateRequest, arguments), agent.machine().ram_bytes
    return {"placements": agent.releases().activate(request, agent.device_id()[0], agent._root, ram_bytes)}, b""


def slot_check(agent: Operations, arguments: Dict[str, Any]) -> Answer:
    """Look whether a trial is well; an unwell one goes back."""
    from . import trial

    generations, order = agent.releases().generations, text_of(arguments, "order")
    state = generations.state()
    if state.trial is None or state.order != order:
        raise AgentError("trial-over", "this order is not on trial", "deploy again")
    healthy, detail = trial.examine(state.trial, agent._desktop.check)
    if not healthy:
        trial.revert(generations, detail)
        trial.run_hook(generations, agent._desktop.check, min(state.trial["window_s"], trial.HOOK_S))
    return {"healthy": healthy, "detail": detail[:500]}, b""


def slot_commit(agent: Operations, arguments: Dict[str, Any]) -> Answer:
    """End a trial: its releases stay."""
    from . import trial

    return {"placements": trial.commit(agent.releases().generations, text_of(arguments, "order"))}, b""


def slot_revert(agent: Operations, arguments: Dict[str, Any]) -> Answer:
    """End a trial: its releases go."""
    from . import trial

    generations, order = agent.releases().generations, text_of(arguments, "order")
    back = trial.revert(generations, "the desktop asked for it") if generations.state().order == order else {}
    trial.run_hook(generations, agent._desktop.check)
    return {"placements": back}, b""


def keys_change(agent: Operations, arguments: Dict[str, Any]) -> Answer:
    """Change the keys this board trusts."""
    from .contract.releasing import ActivateRequest
    from .trust import change

    return {"keys": change(agent._store, decode(ActivateRequest, arguments), agent.device_id()[0])}, b""


def lease_take(agent: Operations, arguments: Dict[str, Any]) -> Answer:
    """Take the board for one desktop; what a dead session of it left behind is ended."""
    who, what = text_of(arguments, "who"), text_of(arguments, "what")
    desktop = text_of(arguments, "desktop") if "desktop" in arguments else ""
    agent._lease.drop()
    ghost = agent._lease.ghost_of(desktop)
    if ghost is not None:
        from .holder import end

        end(agent._store.path("lock"), agent._desktop.check, only=ghost)
        agent._store.lock(LOCK_WAIT_S)
        try:
            if agent._lease.ghost_of(desktop) is not None:
                agent._lease.end()
        finally:
            agent._store.unlock()
    agent._lock()
    try:
        agent._lease.take(who, what, desktop)
    finally:
        agent._store.unlock()
    return {"seconds": LEASE_S}, b""


def lease_show(agent: Operations, arguments: Dict[str, Any]) -> Answer:
    """Who has the board."""
    from .holder import who

    return {"lease": agent._lease.other(), "holder": who(agent._store.path("lock"))}, b""


def lease_break(agent: Operations, arguments: Dict[str, Any]) -> Answer:
    """Take the board from whoever has it."""
    from .holder import end, who

    found = {"lease": agent._lease.other(), "holder": who(agent._store.path("lock"))}
    end(agent._store.path("lock"), agent._desktop.check)
    agent._store.lock(LOCK_WAIT_S)
    try:
        agent._lease.end()
    finally:
        agent._store.unlock()
    return found, b""
