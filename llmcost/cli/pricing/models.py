"""`llmcost pricing list`: the models of the book with their rates."""

from __future__ import annotations

from datetime import date
from typing import Any

from llmcost.cli.days import read_day, today
from llmcost.cli.output import envelope, write
from llmcost.cli.reading import BookTable
from llmcost.errors import UsageError
from llmcost.pricing import Book
from llmcost.pricing.book import Model, Period
from llmcost.pricing.nearest import among
from llmcost.pricing.update import period_at
from llmcost.render import Table

LISTED = ("input", "output", "cache_read", "cache_write", "cache_write_1h")
COLUMNS = ("provider", "model", "since", *(f"{name}_usd_per_mtok" for name in LISTED), "also")
HIDE_WHEN_NARROW = ("also", "cache_write_1h_usd_per_mtok", "since", "cache_write_usd_per_mtok")


def run_list(reading: BookTable, provider: str | None, at: str | None) -> int:
    """Print one row per model: its standard rates on a day."""
    book, day = reading.book, read_day(at, "--at") or today()
    rows = [row_of(model, day) for model in models_of(book, provider)]
    shared = envelope("pricing list", book)
    write(Table(f"Prices on {day}, USD per 1M tokens", COLUMNS, rows, {}, shared, HIDE_WHEN_NARROW), reading)
    return 0


def models_of(book: Book, provider: str | None) -> list[Model]:
    """Take the models of a provider by any of its names, or all. Raises UsageError where there are none."""
    known = {name: p.id for p in book.providers for name in (p.id, *p.names)}
    wanted = known.get(provider, provider) if provider else None
    models = [model for model in book.models if wanted in (None, model.provider)]
    if not models:
        hint = among(provider or "", sorted(set(known.values())))
        raise UsageError(f"--provider {provider}: the book has none", hint=hint)
    return sorted(models, key=lambda model: (model.provider, model.model))


def row_of(model: Model, day: date) -> tuple[Any, ...]:
    """Write a model as a row of COLUMNS."""
    period = period_at(model, day)
    rates = period.rates if period else {}
    since = period.start if period else None
    return (model.provider, model.model, since, *(rates.get(name) for name in LISTED), parts_of(period))


def parts_of(period: Period | None) -> str:
    """Name what else decides the price of a model."""
    if period is None:
        return "no price on this day"
    levels = [value for variant in period.variants for _, value in variant.when]
    parts = [*(["size"] if period.tiers else []), *(["hours"] if period.windows else []), *dict.fromkeys(levels)]
    return ", ".join(parts)
