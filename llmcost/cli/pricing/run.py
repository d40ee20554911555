"""`llmcost pricing list`, `show` and `check`: what the book says."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any

from llmcost.cli.books import open_book
from llmcost.cli.days import read_day, today
from llmcost.cli.notes import note
from llmcost.cli.reading import book_line, format_of, write
from llmcost.counts import counted
from llmcost.errors import UsageError
from llmcost.pricing import Book, Key, Resolver, load_book
from llmcost.pricing.book import FEES, Period
from llmcost.pricing.inspect import Finding, findings
from llmcost.pricing.nearest import among, nearest_hint, sellers_of
from llmcost.pricing.periods import DAY_END, clock
from llmcost.pricing.rates import EVERY_DAY, FUTURE, NO_LIMIT, PAST, RATE_COLUMNS, PriceRow, rows_of
from llmcost.pricing.resolve import Resolution
from llmcost.pricing.update import period_at
from llmcost.render import Table

LIST_GIVES_WAY = ("also", "cache_write_1h_usd_per_mtok", "since", "cache_write_usd_per_mtok")
PLACE = ("service level", "input tokens", "hours (UTC)", "from", "to")
SHOW_GIVES_WAY = ("to", "hours (UTC)", "from", "web_search_usd", "request_usd", "input tokens")
# of so many findings of one kind a person wants the number
MOST_ALIKE = 10
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
        hint = among(provider or "", sorted(set(known.values())))
        raise UsageError(f"--provider {provider}: the book has none", hint=hint)
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
    sold = resolutions(book, name, provider)
    moment = datetime(day.year, day.month, day.day)
    prices = [
        (found, row)
        for found in sold
        for row in rows_of(book, [rule for rule in [found.rule_id] if rule is not None])
        if row.valid_from <= moment < row.valid_to
    ]
    if not prices:
        raise UsageError(f"{sold[0].provider} {sold[0].model}: no price on {day}")
    used = [r for r in (*RATE_COLUMNS, *FEES) if any(shown(row, r) is not None for _, row in prices)]
    whose = ("provider",) if len(sold) > 1 else ()
    rows = [
        (*(found.provider for _ in whose), *place_of(row), *(shown(row, rate) for rate in used))
        for found, row in prices
    ]
    columns = (*whose, *PLACE, *(heading_of(rate) for rate in used))
    about_it = about("pricing show", book) | resolved(sold)
    write(Table(title_of(sold, day), columns, rows, {}, about_it, SHOW_GIVES_WAY), chosen, output)
    if whose:
        sellers = ", ".join(str(found.provider) for found in sold)
        note(f"ambiguous: {name} is sold by {sellers}; a log that does not say which of them has no price")
    if chosen == "table":
        for line in dict.fromkeys(line for found in sold for line in origin(book, found, day)):
            print(line)
    return 0


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


def run_check(file: Path | None, format: str | None, output: Path | None, pricing: Path | None) -> int:
    """Print what of a book deserves a look; a book that is none is refused before."""
    chosen = format_of(format, output)
    if file is not None and not file.is_file():
        raise UsageError(f"{file}: no such price book")
    book = load_book([file]) if file else open_book(pricing)
    found = list(findings(book, today()))
    rows = [tuple(finding) for finding in (together(found) if chosen in ("table", "md") else found)]
    columns = ("finding", "provider", "model", "from_day", "detail", "place")
    write(
        Table("What deserves a look", columns, rows, {}, about("pricing check", book), ("place", "from_day")),
        chosen,
        output,
    )
    return 0


def together(found: list[Finding]) -> list[Finding]:
    """Put many findings of one kind into one line with their number."""
    counts = Counter(finding.kind for finding in found)
    few = [finding for finding in found if counts[finding.kind] <= MOST_ALIKE]
    many = [
        Finding(kind, "", counted(count, "price"), None, f"{example(found, kind)}; -f json lists all", "")
        for kind, count in counts.items()
        if count > MOST_ALIKE
    ]
    return [*few, *many]


def example(found: list[Finding], kind: str) -> str:
    """Take what the findings of a kind say, or where they differ, whose the first one is."""
    alike = [finding for finding in found if finding.kind == kind]
    details = {finding.detail for finding in alike}
    return alike[0].detail if len(details) == 1 else f"such as {alike[0].provider} {alike[0].model}: {alike[0].detail}"


def about(command: str, book: Book) -> dict[str, Any]:
    """Make the envelope of a command that reads no requests."""
    checked = None if book.checked is None else str(book.checked)
    return {"schema_version": 1, "command": command, "pricing": {"sha256": book.sha256, "checked": checked}}
