"""The cost of one request in words: what was used, at which price, and what that comes to."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from llmcost.pricing.book import FEES
from llmcost.pricing.periods import clock
from llmcost.pricing.rates import FUTURE, NO_LIMIT, PAST
from llmcost.render.money import exact, exact_dollars

Row = dict[str, Any]
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
    "file_search": "file searches",
    "x_search": "X searches",
    "code_interpreter": "code containers",
    "map_search": "map searches",
    "search_source": "search sources",
    "page": "pages",
    "image": "images",
    "second": "seconds",
    "request": "fee of the call",
}


def describe(request: Row, charges: list[Row]) -> Iterator[str]:
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
        yield f"  cost   {exact_dollars(request['cost_usd'])} ({request['price_status']})"
        return
    width = max(len(METERS[c["meter"]]) for c in charges)
    digits = max(len(counted(c["quantity"])) for c in charges)
    rates = max(len(exact_dollars(c["rate"])) for c in charges)
    for c in sorted(charges, key=lambda c: list(METERS).index(c["meter"])):
        unit = " each" if c["meter"] in FEES else " / 1M"
        used = f"{METERS[c['meter']]:<{width}}  {counted(c['quantity']):>{digits}}"
        rate = f"{exact_dollars(c['rate']):<{rates}}{unit}"
        yield f"  {used} x {rate} = {exact_dollars(c['list_cost_usd'])}{assumed(request, c)}"
    yield from totals(request, sum((c["list_cost_usd"] for c in charges), Decimal(0)))


def totals(request: Row, total: Decimal) -> Iterator[str]:
    """Sum up: the list price, what a contract makes of it, what the gateway thought."""
    yield f"  list cost  {exact_dollars(total)}"
    if request["price_status"] == "provisioned":
        yield "  cost  $0 (provisioned: paid by the hour, not by the token)"
    elif request["multiplier"] not in (None, Decimal(1)):
        yield f"  cost  x {exact(request['multiplier'])} (contract) = {exact_dollars(request['cost_usd'])}"
    if request["reported_cost_usd"] is not None:
        yield f"  the log says {exact_dollars(request['reported_cost_usd'])}"


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
        "run": "summed over the calls of a run, so never over a size that has its own price",
    }
    said = str(request["usage_basis"])
    return words.get(said, said)


def counted(value: int | None) -> str:
    """Write a count, or that there is none."""
    return "unknown" if value is None else f"{value:,}"
