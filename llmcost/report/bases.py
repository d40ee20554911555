"""What a share is of, where that is a part of the requests: the others' logs do not tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from llmcost.render.cell import heading, humanize
from llmcost.report.run import Report


def base_lines(result: Report) -> Iterator[str]:
    """Say of each share that is known of a part of the requests how large the part is, and the least share of all."""
    totals = result.totals
    requests = totals.get("requests") or 0
    for share, (count, *of_all) in result.view.bases.items():
        answering = totals.get(count) or 0
        if totals.get(share) is None or answering >= requests:
            continue
        line = f"{heading(share)}: {humanize(share, totals[share])} is of {answering:,} of {requests:,} requests"
        if of_all and totals[of_all[1]]:
            least = totals[of_all[0]] / totals[of_all[1]]
            line += f" that tell; of all it is {humanize(share, least)} at least"
        else:
            line += ", the others do not tell"
        yield line


def without(result: Report, names: set[str]) -> Report:
    """Leave columns out."""
    ats = [at for at, name in enumerate(result.columns) if name not in names]
    rows = [tuple(row[at] for at in ats) for row in result.rows]
    return replace(result, columns=tuple(result.columns[at] for at in ats), rows=rows)
