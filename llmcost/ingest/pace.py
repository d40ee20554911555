"""How often work that never ends is done again, so that it takes a part of one core, and of the time, only."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, process_time

# a quarter of a core is the bar of `watch`; a little of it is left for drawing and for what is asked meanwhile
SHARE = 0.22
Times = tuple[float, float]
Timer = Callable[[], Times]


def times() -> Times:
    """Count seconds of the clock, and of the processor on all cores."""
    return monotonic(), process_time()


def rest(began: Times, ended: Times, share: float = SHARE) -> float:
    """Say how many seconds to rest after work, so that it takes a share of the time at most, by either count."""
    of_clock, of_processor = (after - before for before, after in zip(began, ended, strict=True))
    return max(of_clock, of_processor) / share - of_clock
