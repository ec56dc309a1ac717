"""Whether a worker may go by the machine's clock: not soon after somebody has set it far ahead."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from agent import log
from agent.clock import FAR_AHEAD, Clock, Leaps


@dataclass
class Trust:
    """Watches one process's clock; ``patience`` are the seconds that one set far ahead has to be put right."""

    clock: Clock
    patience: float
    to_look: bool = True
    """Whether everything is to be looked at, as after a start: when to do so was kept by another clock, it may be."""
    _leaps: Leaps = field(init=False)
    _from: float = -math.inf

    def __post_init__(self) -> None:
        self._leaps = Leaps(self.clock)

    def __call__(self) -> bool:
        """Look at the clock, and say whether to go by it."""
        leap, steady = self._leaps.since(), self.clock.steady()
        if leap:
            log.logger().warning("the clock was set", seconds=round(leap.total_seconds()))
            self.to_look = True
            self._from = steady + self.patience if leap >= FAR_AHEAD else min(self._from, steady)
        return steady >= self._from
