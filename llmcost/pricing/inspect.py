"""What in a valid book deserves a look: jumps, prices of nothing, missing cache prices, days to come, stray names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from llmcost.pricing.book import Book, Model, Period
from llmcost.pricing.resolve import Key, Resolver
from llmcost.pricing.update import MAX_JUMP
from llmcost.pricing.waste import CacheRule, Substitute, Unbilled


class Finding(NamedTuple):
    """One place of a book to look at."""

    kind: str
    provider: str
    model: str
    start: date | None
    detail: str
    place: str


def findings(book: Book, today: date) -> Iterator[Finding]:
    """List what deserves a look, in the order of the book."""
    for model in book.models:
        for before, after in pairwise(model.periods):
            yield from jumps(model, before, after)
        for period in model.periods:
            yield from oddities(model, period, today)
    yield from strays(book)


def strays(book: Book) -> Iterator[Finding]:
    """Find rules for a provider, and substitutes for or by a model, that this book does not have."""
    providers = {*(provider.id for provider in book.providers), *(model.provider for model in book.models)}
    elsewhere = "not in this book; counts only together with a book that has it"
    rules: list[Unbilled | CacheRule | Substitute] = [*book.billing, *book.cache_rules, *book.substitutes]
    for entry in rules:
        if entry.provider and entry.provider not in providers:
            yield Finding("unknown provider", entry.provider, "", entry.start, elsewhere, entry.place)
    resolver = Resolver(book)
    for substitute in book.substitutes:
        provider, names = substitute.provider, (substitute.model, substitute.smaller, substitute.successor)
        for name in names if provider in providers else ():
            if name and resolver.resolve(Key(provider, name, None, None, False, None, None)).rule_id is None:
                yield Finding("unknown model", provider, name, substitute.start, elsewhere, substitute.place)


def jumps(model: Model, before: Period, after: Period) -> Iterator[Finding]:
    """Find rates that change more than fivefold, or to nothing."""
    for rate in before.rates:
        old, new = before.rates[rate], after.rates.get(rate)
        if new is None or old == new:
            continue
        if not new:
            yield found(f"{rate} becomes 0", model, after, f"{old} -> 0")
        elif not old or max(old / new, new / old) > MAX_JUMP:
            yield found(f"{rate} jumps", model, after, f"{old} -> {new}")


def oddities(model: Model, period: Period, today: date) -> Iterator[Finding]:
    """Find what is odd about one period."""
    rates = period.rates
    if period.start and period.start > today and not period.note:
        yield found("not yet in force", model, period, "announced prices are sometimes called off")
    if rates.get("output") and rates.get("input") and "cache_read" not in rates:
        yield found("no cache price", model, period, "cached input is priced as input")
    if not any(rates.values()):
        yield found("free", model, period, "0 means really free, not unknown")
    if rates.get("cache_read", Decimal(0)) > rates.get("input", Decimal(0)):
        yield found("cache costs more than input", model, period, f"{rates['cache_read']} > {rates.get('input', 0)}")


def found(kind: str, model: Model, period: Period, detail: str) -> Finding:
    """Make a finding about a period."""
    return Finding(kind, model.provider, model.model, period.start, detail, period.place)
