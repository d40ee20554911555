"""`llmcost whatif`: the same traffic repriced, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from llmcost.cli.coverage import print_coverage
from llmcost.cli.notes import note
from llmcost.cli.output import envelope, write
from llmcost.cli.reading import Reading
from llmcost.counts import counted
from llmcost.errors import UsageError
from llmcost.render import Table
from llmcost.report.whatif import WhatIf, what_if

HIDE_WHEN_NARROW = ("input_tokens", "output_tokens", "compared_requests", "saving_share", "requests")


def run_whatif(reading: Reading, maps: Sequence[str]) -> int:
    """Print what other models would cost for the same tokens; 4 under --strict where something has no cost."""
    filters, book, models = reading.filters, reading.book, pairs(maps, "--map")
    if not models:
        raise UsageError("nothing to map", hint="--map gpt-4o=gpt-4o-mini")
    with reading.open() as store:
        result = what_if(store, book, models, filters, reading.as_of)
    columns = tuple(result.rows[0] if result.rows else result.totals)
    rows = [tuple(row.values()) for row in result.rows]
    shared = envelope("whatif", book, filters, result.coverage)
    table = Table("The same tokens at other prices", columns, rows, result.totals, shared, HIDE_WHEN_NARROW)
    write(table, reading)
    for line in caveats(result):
        note(line)
    print_coverage(book, result.coverage, strict=reading.strict)
    return 0


def caveats(result: WhatIf) -> list[str]:
    """Say what the comparison leaves out."""
    missing = result.totals["requests"] - result.totals["compared_requests"]
    lines = ["same tokens: another model may count, cache or answer differently, and may not be good enough"]
    return [*lines, *([f"not compared: {counted(missing, 'request')} without a cost on one side"] if missing else [])]


def pairs(texts: Sequence[str], option: str) -> dict[str, str]:
    """Read MODEL=MODEL; commas separate several."""
    found = {}
    for text in ",".join(texts).split(",") if texts else ():
        model, equals, other = text.partition("=")
        if not equals or not model.strip() or not other.strip():
            raise UsageError(f"{option} {text}: not of the form MODEL=MODEL", hint=f"{option} gpt-4o=gpt-4o-mini")
        found[model.strip()] = other.strip()
    return found
