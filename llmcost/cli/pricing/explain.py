"""`llmcost pricing explain`: the arithmetic of one request, line by line."""

from __future__ import annotations

from llmcost.cli.output import envelope, write
from llmcost.cli.reading import Reading
from llmcost.errors import UsageError
from llmcost.pricing.book import book_line
from llmcost.render import Table
from llmcost.report.arithmetic import describe
from llmcost.report.explain import COLUMNS, explained, rows_of, wanted


def run_explain(reading: Reading, request_id: str) -> int:
    """Print the cost of a request as its parts; several rows where several models answered under one id."""
    book = reading.book
    with reading.open() as store:
        priced = store.price(book)
        found = explained(priced, wanted(priced, request_id))
    if not found:
        raise UsageError(f"{request_id}: no such request", hint="a request's or a response's id, as the log has it")
    if reading.output_format == "table" and reading.output is None:
        reading.refuse_choice("what explain prints on a terminal", "-f csv writes the parts of the cost as a table")
        for request, charges in found:
            for line in describe(request, charges):
                print(line)
        print(book_line(book))
        return 0
    by_key = sorted(found, key=lambda pair: (pair[0]["request_id"], pair[0]["dedupe_key"]))
    rows = [row for _, charges in by_key for row in rows_of(charges)]
    details = {"requests": [{k: v for k, v in request.items() if k != "dedupe_key"} for request, _ in found]}
    shared = envelope("pricing explain", book) | details
    write(Table(f"The cost of {request_id}", COLUMNS, rows, {}, shared), reading)
    return 0
