"""Blocks of five hours in a report: their ends, and how fast the one that is running spends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from llmcost.report.forecast import rounded
from llmcost.report.over import PARTIAL
from llmcost.report.query import queries
from llmcost.store import Filters, Priced, Rows
from llmcost.store.blocks import BLOCK, LENGTH, block_name

END, ACTIVE = "block_end", "is_active"
PACE = ("tokens_per_minute", "cost_per_hour_usd", "expected_tokens", "expected_usd")
# of the view that has all of what these are made of
PACED_VIEW = "cost"
MINUTE, HOUR, MICRO = timedelta(minutes=1), timedelta(hours=1), timedelta(microseconds=1)
Pace = tuple[float | None, float | None, int | None, Decimal | None]


@dataclass(frozen=True)
class Block:
    """One block: its start and end as names, when its requests go from and to (naive UTC), and what they come to.

    It is cut where --since or --until leave out some of them. `left` is how long it still goes on, None where it is not
    the active one.
    """

    name: str
    end: str
    first: datetime
    last: datetime
    tokens: int | None
    cost_usd: Decimal | None
    is_cut: bool
    left: timedelta | None

    @property
    def has_pace(self) -> bool:
        """Whether it is known how fast it spends: it is active, all there, and has more than one moment."""
        return self.left is not None and not self.is_cut and self.last > self.first


def blocks(priced: Priced, filters: Filters, now: datetime | None = None) -> dict[str, Block]:
    """Give by name all blocks of what --where asks for; `now` is an aware time, the clock's by default."""
    scope = priced.scope(replace(filters, since=None, until=None), (BLOCK,))
    present = (now or datetime.now(UTC)).astimezone(UTC).replace(tzinfo=None)
    return {row["block"]: block_of(row, filters, present) for row in scope.records(queries()["blocks"])}


def block_of(row: Mapping[str, Any], filters: Filters, now: datetime) -> Block:
    """Make a block of a row of the query."""
    start = datetime.fromisoformat(row["block"]).astimezone(UTC).replace(tzinfo=None)
    first, last, end = row["first_at"], row["last_at"], start + LENGTH
    is_cut = (filters.since is not None and first < filters.since) or (
        filters.until is not None and last >= filters.until
    )
    tokens = together(row["input_tokens"], row["output_tokens"])
    # what begins later than now is a wrong clock's
    left = end - now if start <= now < end else None
    return Block(row["block"], block_name(end, filters.zone), first, last, tokens, row["cost_usd"], is_cut, left)


def together(tokens_in: int | None, tokens_out: int | None) -> int | None:
    """Add up the tokens that are known."""
    return None if tokens_in is None and tokens_out is None else (tokens_in or 0) + (tokens_out or 0)


def pace(block: Block, tokens: int | None, cost_usd: Decimal | None) -> Pace:
    """Say how fast tokens and dollars went in a block, and what they will be at its end if that goes on.

    They go from the first request of the block to its last; what is left is from now to its end. Tokens are rounded.
    """
    if not block.has_pace or block.left is None:
        return (None, None, None, None)
    took, left = block.last - block.first, block.left
    return (
        None if tokens is None else tokens / (took / MINUTE),
        None if cost_usd is None else float(cost_usd) / (took / HOUR),
        None if tokens is None else tokens + (2 * tokens * left + took) // (2 * took),
        None if cost_usd is None else rounded(cost_usd + cost_usd * Decimal(left // MICRO) / Decimal(took // MICRO)),
    )


def with_blocks(
    rows: Rows, columns: tuple[str, ...], known: Mapping[str, Block], view: str
) -> tuple[Rows, tuple[str, ...]]:
    """Add to rows whose first column is a block when it ends, whether it is active and, to costs, how fast it spends.

    Rows of one block are measured by the time of the whole block, so that what they spend adds up.
    """
    is_paced = view == PACED_VIEW
    added = (END, ACTIVE, *(PACE if is_paced else ()), PARTIAL)
    return [(*row, *of_row(row, columns, known.get(row[0]), is_paced)) for row in rows], (*columns, *added)


def of_row(row: tuple[Any, ...], columns: tuple[str, ...], block: Block | None, is_paced: bool) -> tuple[Any, ...]:
    """Say of one row what its block is; what has no block has nothing of it."""
    if block is None:
        return (None,) * (3 + (len(PACE) if is_paced else 0))
    is_active = block.left is not None
    of_block: tuple[Any, ...] = ()
    if is_paced:
        tokens_in, tokens_out, cost = (
            row[columns.index(name)] for name in ("input_tokens", "output_tokens", "cost_usd")
        )
        of_block = pace(block, together(tokens_in, tokens_out), cost)
    return (block.end, is_active, *of_block, block.is_cut or is_active)
