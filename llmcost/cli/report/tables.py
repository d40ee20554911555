"""The table of a report, as a terminal and other programs are given it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from llmcost.cli.report.trends import trends
from llmcost.render import Table
from llmcost.render.choose import Choice, has
from llmcost.report import Report
from llmcost.report.bases import without
from llmcost.report.blocks import ACTIVE, END
from llmcost.report.over import PARTIAL
from llmcost.store.blocks import BLOCK

EVERYTHING = Choice()


def report_table(result: Report, shared: dict[str, object], output_format: str, choice: Choice = EVERYTHING) -> Table:
    """Make the table of a report.

    On a terminal groups in time are lines of their own trend, what is partial is so by name, and how fast a block
    spends is said in a line, unless `choice` names a column that only the rows themselves have.
    """
    rows = rows_table(result, shared)
    if output_format != "table":
        return rows
    shown = on_terminal(result, shared)
    return shown if has(shown, choice) or not has(rows, choice) else rows


def on_terminal(result: Report, shared: dict[str, object]) -> Table:
    """Make the table that a terminal has room for."""
    if not result.over:
        return rows_table(without(result, result.view.counts_only), shared)
    if result.by or result.view.labels:
        return trends(result, shared)
    table = rows_table(result, shared)
    return blocks_named(table) if result.over == BLOCK else partial_named(table)


def rows_table(result: Report, shared: dict[str, object]) -> Table:
    """Make a table of a report's rows as they are."""
    view = result.view
    return Table(
        result.title,
        result.columns,
        result.rows,
        result.totals,
        shared,
        tuple(view.hide_when_narrow),
        histogram=tuple(view.histogram),
        bar=view.measure if result.over else "",
        last=(result.kept.other_label,) if result.kept else (),
    )


def partial_named(table: Table) -> Table:
    """Say in the name of a week or month that it is not all there, instead of in a column."""
    if PARTIAL not in table.columns:
        return table
    rows = [(named_partial(row), *row[1:-1]) for row in table.rows]
    return replace(table, columns=table.columns[:-1], rows=rows)


def blocks_named(table: Table) -> Table:
    """Put the time of a block's end beside it, or that it is active, and say in its name where some of it is cut."""
    end, active = table.columns.index(END), table.columns.index(ACTIVE)
    rows = [(*named_block(row, end, active), *row[1:end]) for row in table.rows]
    columns = (table.columns[0], END, *table.columns[1:end])
    return replace(table, columns=columns, rows=rows, hide_when_narrow=(*table.hide_when_narrow, END))


def named_block(row: tuple[Any, ...], end: int, active: int) -> tuple[Any, Any]:
    """Name a block and its end, which is a time of the same day or the next."""
    if row[active]:
        return row[0], "active"
    return named_partial(row), row[end] and row[end][11:16]


def named_partial(row: tuple[Any, ...]) -> Any:
    """Mark the name of a week or month that is not all there."""
    return f"{row[0]} (part)" if row[-1] else row[0]
