"""`llmcost show`: one request, from its facts and its cost to its chain, its findings and its record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from llmcost.cli.coverage import book_line
from llmcost.cli.notes import note
from llmcost.cli.output import envelope, write, write_bytes
from llmcost.cli.reading import Reading
from llmcost.cli.show.chain import CHAIN, chain_lines, chain_of, chain_rows, sums_of
from llmcost.cli.show.findings import Verdict, finding_lines, judge
from llmcost.cli.show.fold import write_folded
from llmcost.cli.show.request import fact_lines, facts
from llmcost.cli.show.source import Source, as_json, source_lines, source_of
from llmcost.errors import UsageError
from llmcost.pricing import Book
from llmcost.render import Table
from llmcost.report import queries
from llmcost.report.arithmetic import arithmetic
from llmcost.report.explain import COLUMNS, explained, rows_of, wanted
from llmcost.store import DerivedTable, Priced

Row = dict[str, Any]
HINT = "a request's or a response's id, as the log has it"
LAST_CHARACTER = "\U0010ffff"


def run_show(reading: Reading, text: str, *, detects: bool = True) -> int:
    """Print all that is known of a request; several times where attempts share its id."""
    filters, book, is_text = reading.filters, reading.book, reading.output_format == "table"
    if is_text:
        reading.refuse_choice("what show writes on a terminal", "-f csv writes the attempts of the call as a table")
    with reading.open() as store:
        priced = store.price(book)
        requests, rows = matching(priced, text)
        costs = {cost["dedupe_key"]: (cost, charges) for cost, charges in explained(priced, requests)}
        chain = chain_of(priced, rows)
        sources = {row["dedupe_key"]: source_of(store, row) for row in rows}
        verdict = judge(store, filters, book, rows, chain) if detects else None
    if is_text:
        write_folded(describe(rows, costs, chain, sources, verdict, book), reading.output)
        return 0
    shared = envelope("show", book) | {
        "window": {"since": filters.since, "until": filters.until},
        "requests": [document(row, costs[row["dedupe_key"]], sources[row["dedupe_key"]], verdict) for row in rows],
        "detectors": verdict.summary() if verdict else None,
        "chain": sums_of(chain),
    }
    chained = chain_rows(chain, verdict)
    totals = {"cost_usd": sums_of(chain)["cost_usd"]}
    write(Table(f"The chain of {text}", CHAIN, chained, totals, shared), reading)
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


def matching(priced: Priced, text: str) -> tuple[DerivedTable, list[Row]]:
    """Find the requests of an id, or of the only id that begins with a text: their keys as a table, and their facts.

    Raises UsageError where there is none, or more than one that begins so.
    """
    begin = text.strip()
    if not begin:
        raise UsageError("an empty id", hint=HINT)
    requests = wanted(priced, begin)
    if found := priced.records(queries()["show_requests"], {"wanted": requests}):
        return requests, found
    begun = priced.records(queries()["show_begun"], first=begin, last=begin + LAST_CHARACTER)
    if len(begun) > 1:
        names = ", ".join(row["id"] for row in begun[:3])
        raise UsageError(f"{begin}: several requests have an id that begins so", hint=f"for example {names}")
    if not begun:
        names = ", ".join(row["id"] for row in priced.records(queries()["show_alike"], request=begin))
        raise UsageError(f"{begin}: no such request", hint=f"alike are {names}" if names else HINT)
    requests = wanted(priced, begun[0]["request_id"])
    return requests, priced.records(queries()["show_requests"], {"wanted": requests})


def document(row: Row, cost: tuple[Row, list[Row]], source: Source, verdict: Verdict | None) -> Row:
    """Write one request for JSON: its facts, and below them what is made of them."""
    own, (price, charges) = facts(row), cost
    return own | {
        "price": {name: value for name, value in price.items() if name not in (*own, "dedupe_key")},
        "charges": [dict(zip(COLUMNS, charge, strict=True)) for charge in rows_of(charges)],
        "findings": verdict.findings_of(row) if verdict else None,
        "source": as_json(source),
    }


def describe(
    rows: list[Row],
    costs: dict[int, tuple[Row, list[Row]]],
    chain: list[Row],
    sources: dict[int, Source],
    verdict: Verdict | None,
    book: Book,
) -> Iterator[str]:
    """Describe a request in sections; a line without an indent is a heading."""
    for row in rows:
        yield from fact_lines(row)
        yield "Cost"
        yield from arithmetic(*costs[row["dedupe_key"]])
        yield f"  {book_line(book)}"
    yield from chain_lines(chain, verdict)
    if verdict:
        yield from finding_lines(rows, verdict)
    for source in {source.key: source for source in sources.values()}.values():
        yield from source_lines(source)
