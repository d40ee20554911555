"""`llmcost report`: one report over the store, or over logs named on the command line."""

from __future__ import annotations

from dataclasses import dataclass

from llmcost.cli.days import read_day
from llmcost.cli.reading import Reading, envelope, print_coverage, write
from llmcost.cli.whatif import pairs
from llmcost.render import Table
from llmcost.report import run


@dataclass(frozen=True)
class WhatIfs:
    """How the report is to be priced otherwise than it happened."""

    prices_as_of: str | None = None
    assume: tuple[str, ...] = ()


def run_report(reading: Reading, by: tuple[str, ...], otherwise: WhatIfs) -> int:
    """Print the report on stdout and its coverage on stderr; 4 under --strict where it is incomplete."""
    output_format, filters, book = reading.output_format, reading.filters, reading.book
    with reading.open() as store:
        as_of, assume = read_day(otherwise.prices_as_of, "--prices-as-of"), pairs(otherwise.assume, "--assume")
        result = run(store, book, by=by, filters=filters, as_of=as_of, assume=assume)
    shared = envelope("report", filters, book, result.coverage)
    write(Table(result.title, result.columns, result.rows, result.totals, shared), output_format, reading.output)
    print_coverage(book, result.coverage, strict=reading.strict)
    return 0
