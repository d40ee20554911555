"""What did not become a request, and why: on stderr, with its place, never its text."""

from __future__ import annotations

from collections.abc import Iterator

from llmcost.cli.notes import note
from llmcost.counts import counted
from llmcost.ingest import Summary
from llmcost.render.cell import sanitize_for_terminal

SHOWN = 20


def print_problems(summary: Summary) -> None:
    """Name rejected lines, records passed over, cut files and files that are not logs."""
    for line in problem_lines(summary):
        # a name may hold the end of a line
        note(sanitize_for_terminal(line))


def problem_lines(summary: Summary) -> Iterator[str]:
    """Write one line for each problem; long lists are cut, and say so."""
    rejected = [f"rejected {reject.path}:{reject.line}: {reject.reason}" for reject in summary.rejects]
    yield from cut(rejected, "the store's table `rejects` has them all")
    for (name, reason), count in sorted(summary.passed_over.items()):
        yield f"passed over: {counted(count, f'{name} record')}: {reason}"
    yield from (f"unfinished {path}: its last line is cut; it is read when it is whole" for path in summary.unfinished)
    yield from (
        f"sums {path}: each row is a day of one model and key, of an unknown number of requests; counted as one"
        for path in summary.summed
    )
    if summary.ambiguous:
        requests = counted(summary.ambiguous, "request")
        yield f"ambiguous: {requests} with counts that fit no reading of their total; read as the format counts"
    if summary.keys:
        keys = counted(len(summary.keys), "raw API key")
        yield f"replaced: {keys} in these logs, each by a hash and its last four characters; fix what logs them"
    yield from cut([f"skipped {path}: {reason}" for path, reason in summary.skipped], "none of them is a log")


def cut(lines: list[str], rest: str) -> Iterator[str]:
    """Show the first lines, and how many more there are."""
    yield from lines[:SHOWN]
    if len(lines) > SHOWN:
        yield f"... and {len(lines) - SHOWN:,} more; {rest}"
