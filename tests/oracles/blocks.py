"""Blocks of five hours as ccusage's documentation and users know them, request by request, and what they burn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction

FIVE_HOURS = timedelta(hours=5)


@dataclass
class Block:
    start: datetime
    times: list[datetime] = field(default_factory=list)

    @property
    def end(self) -> datetime:
        return self.start + FIVE_HOURS

    def is_active(self, now: datetime) -> bool:
        return now - self.times[-1] < FIVE_HOURS and now < self.end


def blocks(times: Iterable[datetime]) -> list[Block]:
    """Part times into blocks: a new one more than five hours after the block's start, or after the request before."""
    found: list[Block] = []
    for time in sorted(times):
        if not found or time - found[-1].start > FIVE_HOURS or time - found[-1].times[-1] > FIVE_HOURS:
            found.append(Block(datetime(time.year, time.month, time.day, time.hour)))
        found[-1].times.append(time)
    return found


def per(amount: Fraction | int, block: Block, unit: timedelta) -> Fraction:
    """Say how much of it comes in so much time, from the first request to the last."""
    took = block.times[-1] - block.times[0]
    return Fraction(amount) * Fraction(unit // timedelta(microseconds=1), took // timedelta(microseconds=1))


def at_end(amount: Fraction | int, block: Block, now: datetime) -> Fraction:
    """Say how much it will be at the end of the block."""
    left = (block.end - now) // timedelta(microseconds=1)
    return amount + per(amount, block, timedelta(microseconds=1)) * left
