"""`llmcost show`: one request, from its facts and its cost to its chain, its findings and its record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from llmcost.cli.notes import note
from llmcost.cli.output import envelope, write, write_bytes
from llmcost.cli.reading import Reading
from llmcost.cli.show.chain import CHAIN, chain_lines, chain_rows, sums_of
from llmcost.cli.show.findings import finding_lines
from llmcost.cli.show.fold import write_folded
from llmcost.cli.show.found import Found, find, matching
from llmcost.cli.show.request import fact_lines, facts
from llmcost.cli.show.source import as_json, source_lines, source_of
from llmcost.errors import UsageError
from llmcost.pricing import Book
from llmcost.pricing.book import book_line
from llmcost.render import Table
from llmcost.report.arithmetic import arithmetic
from llmcost.report.explain import COLUMNS, rows_of

Row = dict[str, Any]


def run_show(reading: Reading, text: str, *, detects: bool = True) -> int:
    """Print all that is known of a request; several times where attempts share its id."""
    is_text = reading.output_format == "table"
    if is_text:
        reading.refuse_choice("what show writes on a terminal", "-f csv writes the attempts of the call as a table")
    with reading.open() as store:
        found = find(store, reading, text, detects=detects)
    if is_text:
        write_folded(describe(found, reading.book), reading.output)
    else:
        write(chain_table(found, reading, text), reading)
    return 0


def run_raw(reading: Reading, text: str) -> int:
    """Print the record of a request as its log has it, byte for byte; say on stderr where it is, or why it is not."""
    reading.refuse_choice("a record as its log has it", "leave --raw out, and name a format: -f csv")
    if reading.format is not None:
        raise UsageError("--raw prints the log's own record, in no other format", hint="leave --format or --raw out")
    with reading.open() as store:
        sources = [source_of(store, row) for row in matching(store.price(reading.book), text)[1]]
    found = {(source.path, original.line): original for source in sources for original in source.originals}
    for line in dict.fromkeys(line for source in sources for line in source.places()):
        note(line)
    write_bytes((o.text if o.text.endswith(b"\n") else o.text + b"\n" for o in found.values()), reading.output)
    return 0


def describe(found: Found, book: Book) -> Iterator[str]:
    """Describe a request in sections; a line without an indent is a heading."""
    for row in found.rows:
        yield from fact_lines(row)
        yield "Cost"
        yield from arithmetic(*found.costs[row["dedupe_key"]])
        yield f"  {book_line(book)}"
    yield from chain_lines(found.chain, found.verdict)
    if found.verdict:
        yield from finding_lines(found.rows, found.verdict)
    for source in {source.key: source for source in found.sources.values()}.values():
        yield from source_lines(source)


def chain_table(found: Found, reading: Reading, text: str) -> Table:
    """Make the table of the chain, with all else in its envelope."""
    sums, filters = sums_of(found.chain), reading.filters
    shared = envelope("show", reading.book) | {
        "window": {"since": filters.since, "until": filters.until},
        "requests": [document(found, row) for row in found.rows],
        "detectors": found.verdict.summary() if found.verdict else None,
        "chain": sums,
    }
    rows = chain_rows(found.chain, found.verdict)
    return Table(f"The chain of {text}", CHAIN, rows, {"cost_usd": sums["cost_usd"]}, shared)


def document(found: Found, row: Row) -> Row:
    """Write one request for JSON: its facts, and below them what is made of them."""
    key, own = row["dedupe_key"], facts(row)
    price, charges = found.costs[key]
    return own | {
        "price": {name: value for name, value in price.items() if name not in (*own, "dedupe_key")},
        "charges": [dict(zip(COLUMNS, charge, strict=True)) for charge in rows_of(charges)],
        "findings": found.verdict.findings_of(row) if found.verdict else None,
        "source": as_json(found.sources[key]),
    }
