"""`llmcost pricing show`: how a name is resolved, and every price of the model."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from llmcost.cli.days import read_day, today
from llmcost.cli.notes import note
from llmcost.cli.output import envelope, write
from llmcost.cli.reading import BookTable
from llmcost.counts import agreeing
from llmcost.errors import UsageError
from llmcost.pricing import Book, Key, Resolver
from llmcost.pricing.book import FEES, book_line
from llmcost.pricing.nearest import nearest_hint, sellers_of
from llmcost.pricing.periods import DAY_END, clock
from llmcost.pricing.rates import EVERY_DAY, FUTURE, NO_LIMIT, PAST, RATE_COLUMNS, PriceRow, rows_of
from llmcost.pricing.resolve import Resolution
from llmcost.pricing.update import period_at
from llmcost.render import Table

PLACE = ("service level", "input tokens", "hours (UTC)", "from", "to")
HIDE_WHEN_NARROW = ("to", "hours (UTC)", "from", *(f"{fee}_usd" for fee in FEES), "input tokens")


def run_show(reading: BookTable, name: str, provider: str | None, at: str | None) -> int:
    """Print how a name is resolved and every price of the model on a day."""
    book, day = reading.book, read_day(at, "--at") or today()
    sold = resolutions(book, name, provider)
    prices = prices_on(book, sold, day)
    if not prices:
        raise UsageError(f"{sold[0].provider} {sold[0].model}: no price on {day}")
    columns, rows = price_table(sold, prices)
    shared = envelope("pricing show", book) | resolved(sold)
    write(Table(title_of(sold, day), columns, rows, {}, shared, HIDE_WHEN_NARROW), reading)
    for line in who_sells(book, name, provider, sold):
        note(line)
    if reading.output_format == "table":
        for line in dict.fromkeys(line for found in sold for line in origin(book, found, day)):
            print(line)
    return 0


def who_sells(book: Book, name: str, provider: str | None, sold: list[Resolution]) -> list[str]:
    """Say what a log that names no provider costs, where several sell the model."""
    if len(sold) > 1:
        sellers = ", ".join(str(found.provider) for found in sold)
        return [f"ambiguous: {name} is sold by {sellers}; a log that does not say which of them has no price"]
    others = [] if provider else [seller for seller in sellers_of(book, name) if seller != sold[0].provider]
    if not others:
        return []
    maker = sold[0].provider
    sell = agreeing(len(others), "sells", "sell")
    return [f"{maker} makes it; {', '.join(others)} {sell} it too; a log that names no provider has {maker}'s price"]


def prices_on(book: Book, sold: list[Resolution], day: date) -> list[tuple[Resolution, PriceRow]]:
    """List the prices that apply on a day, each with whose it is."""
    moment = datetime(day.year, day.month, day.day)
    return [
        (found, row)
        for found in sold
        for row in rows_of(book, [rule for rule in [found.rule_id] if rule is not None])
        if row.valid_from <= moment < row.valid_to
    ]


def price_table(
    sold: list[Resolution], prices: list[tuple[Resolution, PriceRow]]
) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Write prices as rows: when each applies, the rates that one of them has, and of several sellers whose it is."""
    used = [rate for rate in (*RATE_COLUMNS, *FEES) if any(shown(row, rate) is not None for _, row in prices)]
    whose = ("provider",) if len(sold) > 1 else ()
    rows = [
        (*(found.provider for _ in whose), *place_of(row), *(shown(row, rate) for rate in used))
        for found, row in prices
    ]
    return (*whose, *PLACE, *(heading_of(rate) for rate in used)), rows


def resolutions(book: Book, name: str, provider: str | None) -> list[Resolution]:
    """Resolve a name, or where several providers sell it, one for each. Raises UsageError where nobody does."""
    resolver = Resolver(book)
    found = resolver.resolve(Key(provider, name, None, None, False, None, None))
    if found.rule_id is not None:
        return [found]
    sellers = sellers_of(book, name) if provider is None else []
    if not sellers:
        names = (model.model for model in book.models)
        otherwise = "llmcost pricing list shows what there is; the book never guesses at a similar name"
        raise UsageError(f"{name}: {found.price_status}", hint=nearest_hint(name, names, otherwise))
    return [resolver.resolve(Key(seller, name, None, None, False, None, None)) for seller in sellers]


def title_of(sold: list[Resolution], day: date) -> str:
    """Name what is priced, and how its name was read."""
    found = sold[0]
    whose = f"{found.provider} {found.model}" if len(sold) == 1 else f"{found.model} of {len(sold)} providers"
    return f"{whose} on {day} ({found.how}), USD per 1M tokens"


def shown(row: PriceRow, rate: str) -> Any:
    """Give a rate that the book names; what it takes from a neighbour, and a fee of nothing, is left out."""
    value = getattr(row, rate)
    return None if rate in row.assumed.split(",") or (rate in FEES and not value) else value


def heading_of(rate: str) -> str:
    """Name a rate with its unit."""
    return f"{rate}_usd" if rate in FEES else f"{rate}_usd_per_mtok"


def place_of(row: PriceRow) -> tuple[str, str, str, str, str]:
    """Say in words when a price applies."""
    over, up_to = row.tier_over, row.tier_up_to
    sizes = "any" if over < 0 and up_to == NO_LIMIT else f"> {over:,}" if up_to == NO_LIMIT else f"<= {up_to:,}"
    if over >= 0 and up_to != NO_LIMIT:
        sizes = f"> {over:,}, <= {up_to:,}"
    start = "always" if row.valid_from.date() == PAST else str(row.valid_from.date())
    end = "" if row.valid_to.date() == FUTURE else str(row.valid_to.date())
    return row.context or "standard", sizes, hours_of(row), start, end


def hours_of(row: PriceRow) -> str:
    """Say in which hours of which days a price applies."""
    if row.days == EVERY_DAY and (row.minute_from, row.minute_to) == (0, DAY_END):
        return "all"
    names = [name for at, name in enumerate(("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")) if row.days >> at & 1]
    hours = f"{clock(row.minute_from)}-{clock(row.minute_to)}"
    return f"{','.join(names)} {hours}" if len(names) < 7 else hours


def origin(book: Book, found: Resolution, day: date) -> list[str]:
    """Say where a price comes from."""
    model = next(m for m in book.models if m.model == found.model and m.provider in found.owner)
    period = period_at(model, day)
    parts = [f"{key}: {value}" for key in ("source", "checked", "note") if period and (value := getattr(period, key))]
    return [*parts, book_line(book)]


def resolved(sold: list[Resolution]) -> dict[str, Any]:
    """Say in the envelope what a name was taken for; `providers` where several sell it."""
    found = sold[0]
    if len(sold) > 1:
        return {"model": found.model, "providers": [each.provider for each in sold], "how": "ambiguous"}
    return {"model": found.model, "provider": found.provider, "how": found.how}
