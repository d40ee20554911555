"""`llmcost pricing explain`: the arithmetic of one request, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from llmcost.cli.choosing import refuse
from llmcost.cli.pricing.run import about
from llmcost.cli.reading import Reading, book_line, write
from llmcost.errors import UsageError
from llmcost.pricing.book import FEES
from llmcost.pricing.periods import clock
from llmcost.pricing.rates import FUTURE, NO_LIMIT, PAST
from llmcost.render import Table
from llmcost.render.cell import exact
from llmcost.report import records
from llmcost.report.query import reports
from llmcost.store import Store
from llmcost.store.prices import load_prices

Row = dict[str, Any]

COLUMNS = ("request_id", "meter", "quantity", "unit_price_usd", "per", "list_cost_usd", "cost_usd")
METERS = {
    "input": "input",
    "cache_read": "input from cache",
    "cache_write": "cache written, 5 minutes",
    "cache_write_1h": "cache written, 1 hour",
    "input_audio": "audio input",
    "cache_read_audio": "audio from cache",
    "input_image": "image input",
    "cache_read_image": "images from cache",
    "output": "output",
    "reasoning": "reasoning",
    "output_audio": "audio output",
    "output_image": "image output",
    "web_search": "searches",
    "request": "fee of the call",
}


def run_explain(reading: Reading, request_id: str) -> int:
    """Print the cost of a request as its parts; several rows where several models answered under one id."""
    chosen, book = reading.output_format, reading.book
    with reading.open() as store:
        load_prices(store, book)
        want(store, request_id)
        found = explained(store)
    if not found:
        raise UsageError(f"{request_id}: no such request", hint="a request's or a response's id, as the log has it")
    if chosen == "table" and reading.output is None:
        refuse("what explain prints on a terminal", "-f csv writes the parts of the cost as a table")
        for request, charges in found:
            for line in told(request, charges):
                print(line)
        print(book_line(book))
        return 0
    by_key = sorted(found, key=lambda pair: (pair[0]["request_id"], pair[0]["dedupe_key"]))
    rows = [row for _, charges in by_key for row in rows_of(charges)]
    details = {"requests": [{k: v for k, v in request.items() if k != "dedupe_key"} for request, _ in found]}
    shared = about("pricing explain", book) | details
    write(Table(f"The cost of {request_id}", COLUMNS, rows, {}, shared), chosen, reading.output)
    return 0


def want(store: Store, request_id: str) -> None:
    """Make the table `wanted` of the requests that have this id, or an answer that has it."""
    store.execute(f"create or replace temp table wanted as {reports()['wanted'].query}", {"request": request_id})


def explained(store: Store) -> list[tuple[Row, list[Row]]]:
    """Find the price of each request that is wanted, and its charges; after `load_prices`."""
    charges: dict[int, list[Row]] = {}
    for charge in records(store, "charges"):
        charges.setdefault(charge["dedupe_key"], []).append(charge)
    requests = records(store, "explanation")
    return [(request, charges.get(request["dedupe_key"], [])) for request in requests]


def rows_of(charges: list[Row]) -> list[tuple[Any, ...]]:
    """Write charges as rows of COLUMNS."""
    return [
        (c["request_id"], c["meter"], c["quantity"], c["rate"], per(c), c["list_cost_usd"], c["cost_usd"])
        for c in charges
    ]


def per(charge: Row) -> str:
    """Name the unit of a rate."""
    return "1" if charge["meter"] in FEES else "1000000 tokens"


def told(request: Row, charges: list[Row]) -> Iterator[str]:
    """Tell one request from its usage to its cost."""
    named = "/".join(part for part in (request["provider_name"], request["model_named"]) if part)
    yield f"{request['request_id']}  {request['started_at']} UTC  {named or '(no model)'}"
    yield from arithmetic(request, charges)


def arithmetic(request: Row, charges: list[Row]) -> Iterator[str]:
    """Tell what was used, at which price, and what that comes to."""
    yield f"  usage  {counted(request['input_tokens'])} in, {counted(request['output_tokens'])} out ({basis(request)})"
    if request["book_model"]:
        yield f"  price  {request['book_provider']} {request['book_model']} ({request['price_how']}){place(request)}"
    if not charges:
        yield f"  cost   {money(request['cost_usd'])} ({request['price_status']})"
        return
    width = max(len(METERS[c["meter"]]) for c in charges)
    digits = max(len(counted(c["quantity"])) for c in charges)
    rates = max(len(exact(c["rate"])) for c in charges)
    for c in sorted(charges, key=lambda c: list(METERS).index(c["meter"])):
        unit = " each" if c["meter"] in FEES else " / 1M"
        line = f"{METERS[c['meter']]:<{width}}  {counted(c['quantity']):>{digits}} x ${exact(c['rate']):<{rates}}{unit}"
        yield f"  {line} = {money(c['list_cost_usd'])}{assumed(request, c)}"
    yield from totals(request, sum((c["list_cost_usd"] for c in charges), Decimal(0)))


def totals(request: Row, total: Decimal) -> Iterator[str]:
    """Sum up: the list price, what a contract makes of it, what the gateway thought."""
    yield f"  list cost  {money(total)}"
    if request["price_status"] == "provisioned":
        yield "  cost  $0 (provisioned: paid by the hour, not by the token)"
    elif request["multiplier"] not in (None, Decimal(1)):
        yield f"  cost  x {exact(request['multiplier'])} (contract) = {money(request['cost_usd'])}"
    if request["reported_cost_usd"] is not None:
        yield f"  the log says {money(request['reported_cost_usd'])}"


def place(request: Row) -> str:
    """Say which period, size, hours and service level of the model apply."""
    start, end = request["valid_from"], request["valid_to"]
    if start is None:
        return ""
    parts = [f"service level {request['service_level']}"] if request["service_level"] else []
    parts += [f"from {start.date()}"] if start.date() != PAST else []
    parts += [f"until {end.date()}"] if end.date() != FUTURE else []
    parts += [f"over {request['tier_over']:,} input tokens"] if request["tier_over"] >= 0 else []
    parts += [f"up to {request['tier_up_to']:,} input tokens"] if request["tier_up_to"] != NO_LIMIT else []
    if not request["is_always"]:
        parts.append(f"hours {clock(request['minute_from'])}-{clock(request['minute_to'])} UTC")
    return f": {', '.join(parts)}" if parts else ""


def assumed(request: Row, charge: Row) -> str:
    """Mark a rate that the book does not name."""
    return (
        "  (the book names no such rate; its neighbour's)"
        if charge["meter"] in request["assumed_rates"].split(",")
        else ""
    )


def basis(request: Row) -> str:
    """Say how the input was counted."""
    words = {
        "inclusive": "cache inside the input",
        "exclusive": "cache beside the reported input, added",
        "writes_outside": "cache writes beside the reported input, added",
        "iterations": "summed over its iterations",
    }
    said = str(request["usage_basis"])
    return words.get(said, said)


def counted(value: int | None) -> str:
    """Write a count, or that there is none."""
    return "unknown" if value is None else f"{value:,}"


def money(value: Decimal | None) -> str:
    """Write dollars with every digit."""
    return "unknown" if value is None else f"${exact(value)}"
