"""Single requests, the first of them by any column: the dearest, the longest, the slowest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from llmcost.errors import UsageError
from llmcost.render import Table
from llmcost.render.choose import sort_columns
from llmcost.report.query import queries
from llmcost.store import Filters, Priced, Row, Rows
from llmcost.store.quote import quoted
from llmcost.store.scope import GROUPS

BY = ("key", "model")
BEFORE = ("request_id", "started_at")
AFTER = ("input_tokens", "cached_tokens", "output_tokens", "total_tokens", "latency_ms", "status", "cost_usd")
DEAREST = ("-cost_usd",)
FIRST = 20
# of ten million, so many are found without sorting all of them
MOST = 10_000


@dataclass(frozen=True)
class Requests:
    """The first requests by some order: `columns` in order, `rows` as tuples.

    `found` is how many there are, `totals` what these come to, by column; what a column is not known of is in no sum.
    """

    columns: tuple[str, ...]
    rows: Rows
    found: int
    totals: Row

    @property
    def more(self) -> int:
        """How many there are besides."""
        return self.found - len(self.rows)


def first_requests(
    priced: Priced,
    filters: Filters,
    *,
    by: tuple[str, ...] | None = None,
    sort: Sequence[str] = DEAREST,
    top: int | None = None,
) -> Requests:
    """List the first requests of a scope that are known by themselves, and not as a sum.

    `by` are columns that stand beside each of them, the key and the model by default; `sort` names columns, with a
    minus where the largest come first; what is not known comes last either way. `top` is how many, 20 by default.

    Raises UsageError for what does not exist.
    """
    by, count = beside(BY if by is None else by), checked(top)
    columns = (*BEFORE, *by, *AFTER)
    order = ", ".join([*ordered(columns, by, sort), "started_at", "request_id", "dedupe_key"])
    scope = priced.scope(filters, by)
    shown = ", ".join((*BEFORE, *GROUPS[: len(by)], *AFTER))
    rows = scope.rows(
        f"select {shown} from listed order by {order} limit $count",
        {"listed": scope.derive_view(queries()["requests"])},
        count=count,
    )
    totals = priced.scope(filters).records(queries()["request_totals"])[0]
    return Requests(columns, rows, totals.pop("requests"), totals)


def beside(by: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out of the columns that are asked for those that are there anyway. Raises UsageError."""
    if "tag" in by:
        raise UsageError("--by tag: a request has several tags, and would stand there for each", hint="--by team,user")
    return tuple(name for name in dict.fromkeys(by) if name not in (*BEFORE, *AFTER))


def checked(top: int | None) -> int:
    """Give how many requests are listed. Raises UsageError."""
    count = FIRST if top is None else top
    if count < 1:
        raise UsageError(f"--top {count}: not a number of requests", hint="for example --top 50")
    if count > MOST:
        raise UsageError(f"--top {count}: at most {MOST:,} requests", hint="llmcost export requests writes all")
    return count


def ordered(columns: tuple[str, ...], by: tuple[str, ...], sort: Sequence[str]) -> list[str]:
    """Write the order of rows in SQL, as tables are sorted: texts whatever their case, what is not known last."""
    names = dict(zip(by, GROUPS, strict=False))
    order = []
    for column, is_descending in sort_columns(Table("", columns, (), {}, {}), sort or DEAREST):
        name, way = names.get(column, quoted(column)), "desc" if is_descending else "asc"
        if column in (*by, "request_id", "status"):
            order.append(f"lower(cast({name} as varchar)) {way} nulls last")
        order.append(f"{name} {way} nulls last")
    return order
