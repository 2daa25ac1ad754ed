"""When the models of a plan go on in fresh processes: what one process is slower or faster by does not show within it.

Where the memory of a process happens to lie makes it a little faster or slower for its whole life. A plan that asks for several
processes per entry is cut into legs; at the end of a leg all of its processes are ended and started anew, so that the desktop
can tell from the readings what processes of one model differ by.
"""

import math
from typing import List, Sequence

from .contract.measuring import Block, MeasurePlan
from .entries import Entry

RENEWAL_SHARE = 0.3
"""Of a plan's longest time, that starting processes anew may take on top of it; a model that loads slowly gets fewer."""
WARM_AGAIN_S = 0.15
"""The longest warm-up of a process that follows another: the board is warm already, only its memory is not."""


class Legs:
    """The legs of a plan: the first ones share the least that the stop rule wants, equal ones follow as long as it goes on.

    Args:
        plan: with its rule and how many processes of each entry it asks for.
        renewal_s: what starting the processes of all entries took.
    """

    def __init__(self, plan: MeasurePlan, renewal_s: float) -> None:
        entries, stop = len(plan.entries), plan.stop
        self._entries, self._most_s = entries, RENEWAL_SHARE * stop.max_s * entries
        self._least = min(plan.processes, 1 + int(self._most_s / max(renewal_s, 1e-3)))
        self._rounds, self._runs = math.ceil(plan.min_blocks / self._least), stop.min_n / self._least
        self._spent_ns, self._most_ns = stop.min_s * 1e9 / self._least, stop.max_s * 1e9 / self._least
        self._first_round, self._renewing_s = 0, 0.0
        self.renewal_s, self.number = renewal_s, 0

    @property
    def renewals_left(self) -> int:
        """How often processes will be started anew before the stop rule may end the plan."""
        return max(self._least - 1 - self.number, 0)

    def complete(self, entries: Sequence[Entry], blocks: Sequence[Block]) -> bool:
        """Whether the first legs are over, so that the stop rule may end the plan; arguments as of :meth:`over`."""
        if self._least < 2 or self.number >= self._least:
            return True
        return not self.renewals_left and self._is_done(entries, self._own(blocks))

    @property
    def beyond_s(self) -> float:
        """What starting anew took of each entry beyond its share; the rounds get so much less time."""
        return max(self._renewing_s - self._most_s, 0.0) / self._entries

    def over(self, entries: Sequence[Entry], blocks: Sequence[Block]) -> bool:
        """Whether the present processes have done their part and others take over.

        Past the first legs a leg lasts at least as long as starting its processes did.

        Args:
            entries: that still run.
            blocks: of all rounds so far; a disturbed one counts for nothing.
        """
        if self._least < 2:
            return False
        own = self._own(blocks)
        if self.number >= self._least and sum(block.wall_ns for block in own) < self.renewal_s * 1e9:
            return False
        return self._is_done(entries, own)

    def _own(self, blocks: Sequence[Block]) -> List[Block]:
        """The undisturbed blocks of the present leg."""
        own = []
        for block in reversed(blocks):
            if block.round < self._first_round:
                break
            if not block.disturbed:
                own.append(block)
        return own

    def _is_done(self, entries: Sequence[Entry], own: Sequence[Block]) -> bool:
        for entry in entries:
            mine = [block for block in own if block.entry == entry.index]
            spent_ns = sum(block.wall_ns for block in mine)
            if len(mine) < self._rounds or spent_ns < self._spent_ns:
                return False
            if sum(block.count for block in mine) < self._runs and spent_ns < self._most_ns:
                return False
        return True

    def begin(self, rounds: int, renewal_s: float) -> None:
        """The next leg.

        Args:
            rounds: that were run before it.
            renewal_s: what starting its processes took.
        """
        self.number += 1
        self._first_round = rounds
        self._renewing_s += renewal_s
        self.renewal_s = renewal_s
        if self._renewing_s + renewal_s > self._most_s:
            self._least = min(self._least, self.number + 1)
