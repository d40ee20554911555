"""`llmcost pricing list`, `show` and `check`: what the book says."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from llmcost.cli.books import open_book
from llmcost.cli.days import read_day, today
from llmcost.cli.reading import book_line, format_of, write
from llmcost.errors import UsageError
from llmcost.pricing import Book, Key, Resolver, load_book
from llmcost.pricing.book import FEES, Period
from llmcost.pricing.inspect import findings
from llmcost.pricing.periods import DAY_END, clock
from llmcost.pricing.rates import EVERY_DAY, FUTURE, NO_LIMIT, PAST, RATE_COLUMNS, PriceRow, rows_of
from llmcost.pricing.resolve import Resolution
from llmcost.pricing.update import period_at
from llmcost.render import Table

LIST_GIVES_WAY = ("also", "cache_write_1h_usd_per_mtok", "since", "cache_write_usd_per_mtok")
LISTED = ("input", "output", "cache_read", "cache_write", "cache_write_1h")


def run_list(
    provider: str | None, at: str | None, format: str | None, output: Path | None, pricing: Path | None
) -> int:
    """Print one row per model: its standard rates on a day."""
    chosen, book, day = format_of(format, output), open_book(pricing), read_day(at, "--at") or today()
    known = {name: p.id for p in book.providers for name in (p.id, *p.names)}
    wanted = known.get(provider, provider) if provider else None
    models = [m for m in book.models if wanted in (None, m.provider)]
    if not models:
        raise UsageError(f"--provider {provider}: the book has none", hint=", ".join(sorted(set(known.values()))))
    rows = []
    for model in sorted(models, key=lambda m: (m.provider, m.model)):
        period = period_at(model, day)
        rates = period.rates if period else {}
        since = period.start if period else None
        rows.append((model.provider, model.model, since, *(rates.get(name) for name in LISTED), parts_of(period)))
    columns = ("provider", "model", "since", *(f"{name}_usd_per_mtok" for name in LISTED), "also")
    write(
        Table(f"Prices on {day}, USD per 1M tokens", columns, rows, {}, about("pricing list", book), LIST_GIVES_WAY),
        chosen,
        output,
    )
    return 0


def parts_of(period: Period | None) -> str:
    """Name what else decides the price of a model."""
    if period is None:
        return "no price on this day"
    levels = [value for variant in period.variants for _, value in variant.when]
    parts = [*(["size"] if period.tiers else []), *(["hours"] if period.windows else []), *dict.fromkeys(levels)]
    return ", ".join(parts)


def run_show(
    name: str, provider: str | None, at: str | None, format: str | None, output: Path | None, pricing: Path | None
) -> int:
    """Print how a name is resolved and every price of the model on a day."""
    chosen, book, day = format_of(format, output), open_book(pricing), read_day(at, "--at") or today()
    resolver = Resolver(book)
    found = resolver.resolve(Key(provider, name, None, None, False, None, None))
    if found.rule_id is None:
        raise UsageError(f"{name}: {found.price_status}", hint=hint_for(book, name, provider))
    moment = datetime(day.year, day.month, day.day)
    prices = [row for row in rows_of(book, [found.rule_id]) if row.valid_from <= moment < row.valid_to]
    if not prices:
        raise UsageError(f"{found.provider} {found.model}: no price on {day}")
    used = [r for r in (*RATE_COLUMNS, *FEES) if any(shown(row, r) is not None for row in prices)]
    rows = [(*place_of(row), *(shown(row, rate) for rate in used)) for row in prices]
    columns = ("service level", "input tokens", "hours (UTC)", "from", "to", *(heading_of(rate) for rate in used))
    title = f"{found.provider} {found.model} on {day} ({found.how}), USD per 1M tokens"
    write(Table(title, columns, rows, {}, about("pricing show", book) | resolved(found)), chosen, output)
    if chosen == "table":
        for line in origin(book, found, day):
            print(line)
    return 0


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


def hint_for(book: Book, name: str, provider: str | None) -> str:
    """Name who sells a model of that name, where the provider was not said."""
    sellers = sorted({m.provider for m in book.models if m.model.lower() == name.lower()})
    if provider is None and len(sellers) > 1:
        return f"--provider one of {', '.join(sellers)}"
    return "llmcost pricing list shows what there is; the book never guesses at a similar name"


def resolved(found: Resolution) -> dict[str, Any]:
    """Say in the envelope what a name was taken for."""
    return {"model": found.model, "provider": found.provider, "how": found.how}


def run_check(file: Path | None, format: str | None, output: Path | None, pricing: Path | None) -> int:
    """Print what of a book deserves a look; a book that is none is refused before."""
    chosen = format_of(format, output)
    if file is not None and not file.is_file():
        raise UsageError(f"{file}: no such price book")
    book = load_book([file]) if file else open_book(pricing)
    rows = [tuple(finding) for finding in findings(book, today())]
    columns = ("finding", "provider", "model", "from_day", "detail", "place")
    write(
        Table("What deserves a look", columns, rows, {}, about("pricing check", book), ("place", "from_day")),
        chosen,
        output,
    )
    return 0


def about(command: str, book: Book) -> dict[str, Any]:
    """Make the envelope of a command that reads no requests."""
    checked = None if book.checked is None else str(book.checked)
    return {"schema_version": 1, "command": command, "pricing": {"sha256": book.sha256, "checked": checked}}
