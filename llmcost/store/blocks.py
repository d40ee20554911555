"""Blocks of five hours, as the plans of coding agents count them: which of them each request is in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from llmcost.store.engine import DerivedTable, table_of
from llmcost.store.where import read_condition

if TYPE_CHECKING:
    from llmcost.store.priced import Priced
    from llmcost.store.scope import Filters

BLOCK = "block"
LENGTH = timedelta(hours=5)
# an hour has its last moment and not its first: at a full hour the old block may end, and the new one only begins after
HOUR = "date_trunc('hour', started_at - interval 1 microsecond)"
# where only the file's date is known nobody knows the block
IS_TIMED = "not coalesce(is_file_time, false)"
FIRST_OF_HOURS = f"""
    select {HOUR} as block_hour, min(started_at) as first_at
    from scope
    where {IS_TIMED}
    group by block_hour
    order by block_hour
"""
WITH_BLOCKS = f"""
    (
        select dimensions.*, block_hours.block
        from dimensions
        left join block_hours on {HOUR} = block_hours.block_hour and {IS_TIMED}
    )
"""


def are_asked_for(by: tuple[str, ...] | None, filters: Filters) -> bool:
    """Tell whether a column or a condition is about blocks."""
    return BLOCK in (by or ()) or any(is_of_blocks(text) for text in filters.where)


def is_of_blocks(condition: str) -> bool:
    """Tell whether a condition is about blocks."""
    return read_condition(condition).column == BLOCK


def whose(filters: Filters) -> Filters:
    """Say of which requests the blocks are: those of every other condition, of all times."""
    others = tuple(text for text in filters.where if not is_of_blocks(text))
    return replace(filters, since=None, until=None, where=others)


def block_hours(priced: Priced, filters: Filters) -> DerivedTable:
    """Give the block of each hour that has requests of `filters`, which are none of times or of blocks."""
    found = priced.scope(filters, None).rows(FIRST_OF_HOURS)
    names = [block_name(start, filters.zone) for start in starts(first for _, first in found)]
    rows = [(hour, name) for (hour, _), name in zip(found, names, strict=True)]
    return table_of({"block_hour": "timestamp", BLOCK: "varchar"}, rows)


def starts(times: Iterable[datetime]) -> Iterator[datetime]:
    """Give for each time, in order, the start of its block.

    A block starts at the full hour (UTC) of its first request; what comes more than five hours after that begins
    another. This is so too of what comes more than five hours after the request before it, which is no earlier than
    the start: a pause needs no rule of its own.
    """
    start: datetime | None = None
    for time in times:
        if start is None or time - start > LENGTH:
            start = time.replace(minute=0, second=0, microsecond=0)
        yield start


def block_name(moment: datetime, zone: tzinfo) -> str:
    """Write a block's start or end, naive UTC, as time in a zone; not every zone has it at a full hour."""
    text = moment.replace(tzinfo=UTC).astimezone(zone).isoformat(timespec="minutes")
    return f"{text[:16]}Z" if zone is UTC else text
