"""Whether the agent may run as root for a desktop elsewhere: only where its enrolment said so.

As root a fault of a model's runtime reaches the whole board, and nothing the agent does needs it. What was said is kept in
the store, so that it holds for every desktop and goes with the store. Whoever starts the agent on the machine itself (by hand,
as an offline file, as the loopback device of this very computer) as root has said it by that.
"""

import os

from .contract.errors import AgentError
from .store import Store

ALLOWED = "allow-root"
FROM_ELSEWHERE = "SSH_CONNECTION"
"""Set by an SSH server for every login."""

REMEDY = (
    "give the agent a user of its own: on the board sudo adduser flyweight, here flyweight device add NAME flyweight@HOST; "
    "or say that root is meant: flyweight device add NAME USER@HOST --allow-root"
)


def check(store: Store) -> None:
    """AgentError where a login from elsewhere is root, and nobody said that it may be."""
    if os.geteuid() == 0 and FROM_ELSEWHERE in os.environ and not os.path.exists(store.path(ALLOWED)):
        raise AgentError("runs-as-root", "the agent does not run as root unless it is told to", REMEDY)
