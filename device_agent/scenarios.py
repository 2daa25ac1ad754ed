"""What the scenarios of a service are: which kinds there are, what they may ask for, how many queries fill their time."""

from .contract.errors import AgentError
from .contract.measuring import COLD_BURST, LEAST_BURSTS, ScenarioPlan

KINDS = ("server", "camera", "multi-stream", "offline", COLD_BURST)
OPEN_LOOP = ("server", "camera")
"""Queries that come at times of their own: how long one takes includes how long it waited."""
STREAM_COLUMNS = (4, 5)
"""Of a query: latency, and the parts prepare, infer, finish and (in five) decode, in ns; a dropped query has -1 in all."""
MOST_LOAD = 4.0
"""So many times more queries than can be served are run; no slot is left out, so a run takes so much longer."""
MAX_STREAM_S, MAX_RATE_HZ, MAX_QUERIES = 3600.0, 10_000.0, 500_000
WARM_STREAM_S, BLOCK_STREAM_S, MAX_BURST = 5.0, 0.05, 10_000


def checked(plan: ScenarioPlan) -> float:
    """Seconds that the rests of the fewest cold bursts take together; 0 for other scenarios.

    Raises:
        AgentError: a plan that cannot be.
    """
    if plan.kind not in KINDS or not 0 < plan.seconds <= MAX_STREAM_S or not 0 <= plan.rate_hz <= MAX_RATE_HZ:
        raise AgentError("bad-plan", "no such scenario: %s" % plan.kind[:40], "use one of: " + ", ".join(KINDS))
    if plan.kind in OPEN_LOOP and plan.rate_hz <= 0:
        raise AgentError("bad-plan", "queries of a %s scenario need a rate" % plan.kind, "give a rate above 0")
    if plan.columns not in STREAM_COLUMNS:
        raise AgentError("bad-plan", "no table of %d columns" % plan.columns, "ask for 4 or 5")
    resting_s = 0.0
    if plan.kind == COLD_BURST:
        resting_s = MAX_STREAM_S if plan.rate_hz <= 0 else LEAST_BURSTS / plan.rate_hz
        if resting_s >= MAX_STREAM_S or not 0 < plan.per_query <= MAX_BURST:
            raise AgentError(
                "bad-plan",
                "bursts have 1 to %d inferences and rest less than %d s" % (MAX_BURST, MAX_STREAM_S / LEAST_BURSTS),
                "give a shorter rest",
            )
    return resting_s


def queries(plan: ScenarioPlan, median_s: float) -> int:
    """How many queries fill the time of a scenario; bursts are whole, and enough of them.

    Raises:
        AgentError: queries come so much faster than they can be served that a run of seconds would take minutes.
    """
    if plan.kind == COLD_BURST:
        each_s = 1 / plan.rate_hz + plan.per_query * median_s
        return min(max(int(plan.seconds / each_s), LEAST_BURSTS), MAX_QUERIES // plan.per_query) * plan.per_query
    if plan.kind in OPEN_LOOP:
        wanted = plan.rate_hz * plan.seconds
        if plan.kind == "server" and plan.rate_hz * median_s > MOST_LOAD:
            raise AgentError(
                "overloaded",
                "this model serves about %.3g queries a second here, not %g" % (1 / median_s, plan.rate_hz),
                "ask for a lower rate; a little above what it serves shows how a queue grows",
            )
    elif plan.kind == "multi-stream":
        wanted = plan.seconds / max(median_s * max(plan.per_query, 1), 1e-9)
    else:
        wanted = plan.seconds / max(median_s, 1e-9)
    return int(max(min(wanted, MAX_QUERIES), 10))
