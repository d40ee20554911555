"""Run a view over a scope: its rows, its totals, its coverage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from llmcost.errors import UsageError
from llmcost.pricing import Book
from llmcost.pricing.nearest import among
from llmcost.report.assumed import assumed_costs, with_assumed
from llmcost.report.blocks import Block, blocks, with_blocks
from llmcost.report.coverage import Coverage, coverage
from llmcost.report.few import few_lines
from llmcost.report.over import LONG, PARTIAL, UNITS, Gap, by_time, gaps, in_time, with_partial
from llmcost.report.span import logged
from llmcost.report.view import View, table, view_named
from llmcost.store import Engine, Filters, Priced, Repricing, Row, Rows, TopGroups
from llmcost.store.blocks import BLOCK


@dataclass(frozen=True)
class Report:
    """One table: `columns` in order, `rows` as tuples, `totals` by column over the whole scope.

    The first columns are the groups: `over` where rows go with time, then `by`, then the view's own labels. Weeks and
    months have `is_partial` at the end: they are not all there. `gaps` are times that are too long to have rows of
    their own. `blocks` are known where rows are blocks of five hours, which have their end, `is_active` and more, too.
    """

    view: View
    by: tuple[str, ...]
    over: str | None
    columns: tuple[str, ...]
    rows: Rows
    totals: Row
    coverage: Coverage
    filters: Filters
    kept: TopGroups | None = None
    gaps: tuple[Gap, ...] = ()
    blocks: tuple[Block, ...] = ()

    @property
    def title(self) -> str:
        """What the table is called."""
        return self.view.title


@dataclass(frozen=True)
class Grouping:
    """How a view is cut: `by` columns (None: its own, in time none), `over` a unit of time, the `top` groups of it.

    `kept` names these groups where they are known. `lines` is how many rows that the view tells apart by itself stand
    alone at each time, the others as one.
    """

    by: tuple[str, ...] | None = None
    over: str | None = None
    top: int | None = None
    kept: TopGroups | None = None
    lines: int | None = None


def run(
    engine: Engine,
    book: Book,
    *,
    view: str = "cost",
    by: tuple[str, ...] | None = (),
    over: str | None = None,
    top: int | None = None,
    kept: TopGroups | None = None,
    filters: Filters | None = None,
    as_of: date | None = None,
    assume: Mapping[str, str] | None = None,
) -> Report:
    """Price the store with `book` and report a view by the columns of `by`, largest first; None: by its own.

    `over` (hour, block, day, week, month) tells rows apart by time, gaps filled; `top` keeps so many groups and makes
    the rest one, `kept` does so with groups that are known. `as_of` prices every request as on that day. `assume` adds
    a column `assumed_cost_usd` to the costs: what requests without a price would cost at another model's, never mixed
    into the cost.

    Raises UsageError for what does not exist. Money is Decimal USD, exact; shares are 0..1; what is unknown is None.
    """
    chosen, filters = view_named(view), filters or Filters()
    cut = checked(chosen, Grouping(by, over, top, kept))
    groups = cut.by or ()
    if assume and (view != "cost" or over or top):
        raise UsageError("--assume is for costs, without --over and --top", hint="llmcost report cost --assume ...")
    assumed = (
        assumed_costs(engine, book, chosen, groups, filters, Repricing(as_of, assume, only_unpriced=True))
        if assume
        else None
    )
    priced = engine.price(book, Repricing(as_of))
    result = cut_view(priced, chosen, cut, filters, coverage(priced.scope(filters)))
    if assumed is not None:
        columns, rows = with_assumed(result.columns, result.rows, groups, assumed)
        totals = {**result.totals, "assumed_cost_usd": assumed[None]}
        return Report(chosen, groups, over, columns, rows, totals, result.coverage, filters)
    return result


def checked(view: View, cut: Grouping) -> Grouping:
    """Fill in a view's own groups, and refuse what it cannot be cut by."""
    by = (() if cut.over else tuple(view.by)) if cut.by is None else cut.by
    if cut.over is not None and cut.over not in UNITS:
        raise UsageError(f"--over {cut.over}: no such unit", hint=among(cut.over, UNITS))
    if cut.over and cut.over in by:
        raise UsageError(f"--over {cut.over} and --by {cut.over} are the same", hint="leave out one of them")
    if cut.top is not None and cut.top < 1:
        raise UsageError(f"--top {cut.top}: not a number of groups", hint="for example --top 10")
    # what a view always tells apart is a group already
    by = tuple(name for name in by if name not in view.labels)
    for name in view.not_by:
        if name in by:
            raise UsageError(f"{view.name} cannot be grouped by {name}", hint="choose another column")
    return replace(cut, by=by)


def cut_view(priced: Priced, view: View, cut: Grouping, filters: Filters, covered: Coverage) -> Report:
    """Run a view over the requests of `filters`; `covered` is what their prices cover."""
    by, over = cut.by or (), cut.over
    totals = None
    if "tag" in by:
        # a request with two tags stands in two rows, and once in the total
        totals = table(priced.scope(filters), view).totals
    groups = (over, *by) if over else by
    kept = cut.kept
    if kept is None and cut.top and by:
        kept = kept_groups(priced, view, by, filters, cut.top, len(groups) - len(by))
    found = table(priced.scope(filters, groups, top=kept), view)
    rows = found.rows
    if totals is not None and "cost_share" in found.columns:
        rows = [share_of(row, found.columns, totals["cost_usd"]) for row in rows]
    if kept:
        # what stands for the others closes the table, whatever its size
        rows.sort(key=lambda row: row[kept.first] == kept.other_label)
    rows, columns = rows if over else by_time(rows, groups), found.columns
    left_out = gaps(over, [row[0] for row in rows if row[0] is not None], filters) if over else ()
    if over:
        if cut.lines and view.labels:
            rows = few_lines(rows, columns, len(groups) + len(view.labels), view, cut.lines)
        rows = in_time(rows, columns, over, len(groups) + len(view.labels), view.sums, filters)
    rows, columns, known = with_ends(priced, rows, columns, view, over, filters)
    totals = totals or found.totals
    return Report(view, by, over, columns, rows, totals, covered, filters, kept, left_out, known)


def with_ends(
    priced: Priced, rows: Rows, columns: tuple[str, ...], view: View, over: str | None, filters: Filters
) -> tuple[Rows, tuple[str, ...], tuple[Block, ...]]:
    """Add to rows in time what is not all there, and to blocks their ends; gives the blocks as well."""
    if over in LONG:
        return with_partial(rows, over, logged(priced.engine), filters), (*columns, PARTIAL), ()
    if over != BLOCK:
        return rows, columns, ()
    known = blocks(priced, filters)
    return *with_blocks(rows, columns, known, view.name), tuple(known.values())


def kept_groups(
    priced: Priced, view: View, by: tuple[str, ...], filters: Filters, top: int, first: int
) -> TopGroups | None:
    """Choose the first groups of a view; None where there are no more than `top`. `first` is where they will stand."""
    found = table(priced.scope(filters, by), view)
    sizes: dict[tuple[Any, ...], Any] = {}
    at = found.columns.index(view.sums[0])
    for row in found.rows:
        # where a view itself has several rows a group, all of them count
        sizes[row[: len(by)]] = sizes.get(row[: len(by)], 0) + (row[at] or 0)
    groups = sorted(sizes, key=lambda group: -sizes[group]) if view.labels else list(sizes)
    others = len(groups) - top
    return TopGroups(tuple(groups[:top]), f"other ({others})", first, others) if others > 0 else None


def share_of(row: tuple[Any, ...], columns: tuple[str, ...], total: Any) -> tuple[Any, ...]:
    """Give a row its share of the scope's own total: a request with two tags stands in two rows."""
    cost = row[columns.index("cost_usd")]
    share = float(cost) / float(total) if cost is not None and total else None
    at = columns.index("cost_share")
    return (*row[:at], share, *row[at + 1 :])
