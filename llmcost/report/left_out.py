"""What a report does not show row by row, said: groups that are one row, and times that are not filled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from llmcost.render.cell import plain
from llmcost.report.over import LONG
from llmcost.report.run import Report

MOST_GAPS = 3


def groups_left(result: Report, most: int) -> Iterator[str]:
    """Say how many of a report's groups stand alone, and where all are."""
    if result.kept:
        count, columns = most + result.kept.others, " and ".join(result.by)
        yield f"groups: {most:,} of {count:,} by {columns}; the rest as one, -f csv has all"
    rows, labels = len(result.rows), result.view.labels
    if labels and not result.over and rows > most + 1:
        yield f"rows: {most + 1:,} of {rows:,}; the rest as one, -f csv has all"


def gap_lines(result: Report) -> Iterator[str]:
    """Say which times between two requests are too long to be shown empty."""
    for gap in result.gaps[:MOST_GAPS]:
        yield f"gap: no requests between {plain(gap.after)} and {plain(gap.before)}; not filled, is a clock wrong?"
    if len(result.gaps) > MOST_GAPS:
        yield f"gap: ... and {len(result.gaps) - MOST_GAPS:,} more"


def partial_lines(result: Report) -> Iterator[str]:
    """Name the weeks or months that are not all there."""
    if result.over in LONG:
        names = dict.fromkeys(str(row[0]) for row in result.rows if row[-1])
        if names:
            yield f"unfinished: {' and '.join(names)}; their days are not all in these logs, or not over"


def gap_records(result: Report) -> list[dict[str, Any]]:
    """List the times that are not filled, for JSON."""
    return [{"after": gap.after, "before": gap.before} for gap in result.gaps]
