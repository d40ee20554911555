"""What a price book says of waste, as tables: unbilled statuses, cache rules, substitutes.

Times are microseconds since 1970 in UTC, the second of a pair exclusive. No two rows of one key share a moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, TypeVar

from llmcost.pricing import Book, Key, Resolution, Resolver
from llmcost.pricing.entries import pattern
from llmcost.pricing.rates import FUTURE, PAST
from llmcost.pricing.waste import CacheRule, Substitute, Unbilled
from llmcost.store.engine import DerivedTable, Engine, Inputs, Tables, table_of
from llmcost.store.priced import Priced
from llmcost.store.prices import KEY, RULE_ID

PERIOD = {"valid_from_us": "bigint", "valid_to_us": "bigint"}
# failed requests that are not billed, although their usage may be logged
UNBILLED = {"provider": "varchar", "http_status_code": "smallint", **PERIOD}
# how prompts of a model can be cached: one row per (provider, model, policy, period)
CACHE_RULES = {
    **{"provider": "varchar", "model": "varchar", "policy": "varchar"},
    **{"ttl_us": "bigint", "min_tokens": "bigint", "step_tokens": "bigint"},
    "write_rate": "varchar",  # the rate of the book at which a prefix is written
    # of the hits that a simulation finds
    **dict.fromkeys(("low_hit_share", "hit_share", "high_hit_share"), "decimal(5, 4)"),
    **PERIOD,
}
# since when a model has had its successor
SUCCESSOR_DAYS = {"provider": "varchar", "model": "varchar", "from_us": "bigint"}
# what is made of a book's rules, and what a row of each table is
MADE = {
    "unbilled_statuses": "A status of failed requests that a provider does not bill, while that holds",
    "cache_rules": "How prompts of a model can be cached, under one policy, while that holds",
    "successor_days": "Since when a model has had its successor",
    "smaller_names": "A name in the logs, resolved to the model that the book names as smaller",
    "successor_names": "A name in the logs, resolved to the model that succeeded its own",
}
EPOCH = datetime(1970, 1, 1)
Dated = TypeVar("Dated", Unbilled, CacheRule)
# a name in the store by its number, and what it is resolved to
Name = tuple[int, Key, Resolution]
# (provider, model) of the book, as in `resolved`
Pair = tuple[str, str]
# whose entries of the book hold for it: the provider's own, then those of who lends it the price
Owners = Mapping[Pair, list[str]]


@dataclass(frozen=True)
class DetectionRules(Tables):
    """What a book says of waste, and prices with those of the substitutes.

    `made` are the tables of MADE; the names in the store that have a substitute are resolved to it.
    """

    priced: Priced
    made: Inputs

    @property
    def engine(self) -> Engine:
        """The store that the names are in."""
        return self.priced.engine

    @property
    def tables(self) -> Inputs:
        """The rules, and what is made of prices."""
        return {**self.priced.tables, **self.made}


def detection_rules(priced: Priced) -> DetectionRules:
    """Take from the book what it says of waste."""
    book, names = priced.book, resolved_names(priced)
    owners = owners_of(found for _, _, found in names)
    substitutes = substitutes_of(book, owners)
    tables: dict[str, DerivedTable] = {
        "unbilled_statuses": table_of(UNBILLED, list(unbilled_rows(book))),
        "cache_rules": table_of(CACHE_RULES, list(cache_rows(book, owners))),
        "successor_days": table_of(SUCCESSOR_DAYS, list(day_rows(substitutes))),
    }
    for kind in ("smaller", "successor"):
        stand_ins = {pair: getattr(entry, kind) for pair, entry in substitutes.items()}
        priced, tables[f"{kind}_names"] = priced_as(priced, names, stand_ins)
    return DetectionRules(priced, tables)


def resolved_names(priced: Priced) -> list[Name]:
    """List the names in the store by number, and what each is resolved to."""
    return [(row[0], Key(*row[KEY]), Resolution(*row[RULE_ID:])) for row in priced.rows("from resolved")]


def priced_as(
    priced: Priced, names: Iterable[Name], stand_ins: Mapping[Pair, str | None]
) -> tuple[Priced, DerivedTable]:
    """Resolve names to the stand-ins of their models, as a table like `resolved`, and see to their prices."""
    rows = list(name_rows(Resolver(priced.book), names, stand_ins))
    also = {row[RULE_ID] for row in rows if isinstance(row[RULE_ID], int)}
    kinds = priced.engine.columns("from resolved", {"resolved": priced})
    return replace(priced, also=priced.also | also), table_of(kinds, rows)


def owners_of(resolutions: Iterable[Resolution]) -> Owners:
    """List whose entries hold for each model in the store."""
    owners: dict[Pair, list[str]] = {}
    for found in resolutions:
        if found.provider and found.model:
            known = owners.setdefault((found.provider, found.model), [])
            known.extend(owner for owner in found.owner if owner not in known)
    return owners


def unbilled_rows(book: Book) -> Iterator[tuple[object, ...]]:
    """List each provider's statuses that cost nothing."""
    providers = dict.fromkeys([*(p.id for p in book.providers), *(model.provider for model in book.models)])
    for provider in providers:
        entries = [entry for entry in book.billing if entry.provider in (None, provider)]
        for start, end, entry in first_of(entries):
            for status in entry.statuses:
                yield provider, status, start, end


def cache_rows(book: Book, owners: Owners) -> Iterator[tuple[object, ...]]:
    """List the policies of each model in the store."""
    rules = [(rule, [pattern(text) for text in rule.models]) for rule in book.cache_rules]
    for (provider, model), homes in owners.items():
        fitting = [
            rule
            for home in homes
            for rule, patterns in rules
            if rule.provider == home and any(matches.fullmatch(model) for matches in patterns)
        ]
        for start, end, rule in first_of(fitting):
            for policy in rule.policies:
                how = (policy.name, policy.ttl_seconds * 1_000_000, rule.min_tokens, rule.step_tokens, policy.write)
                yield provider, model, *how, *policy.hit_share, start, end


def substitutes_of(book: Book, owners: Owners) -> dict[Pair, Substitute]:
    """Find the substitutes of the models in the store."""
    # the first entry counts
    entries = {(entry.provider, entry.model.lower()): entry for entry in reversed(book.substitutes)}
    return {
        pair: found[0]
        for pair, homes in owners.items()
        if (found := [entries[home, pair[1].lower()] for home in homes if (home, pair[1].lower()) in entries])
    }


def day_rows(substitutes: Mapping[Pair, Substitute]) -> Iterator[tuple[object, ...]]:
    """List since when there has been a successor."""
    for pair, entry in substitutes.items():
        if entry.start:
            yield *pair, microseconds(entry.start)


def name_rows(
    resolver: Resolver, names: Iterable[Name], stand_ins: Mapping[Pair, str | None]
) -> Iterator[tuple[Any, ...]]:
    """Resolve the names of models that have a stand-in to it, as bought from the same provider."""
    for number, key, found in names:
        model = stand_ins.get((found.provider or "", found.model or ""))
        if model:
            # a log may name the provider in the model alone, as in azure/gpt-4o
            yield number, *key, *resolver.stand_in(key._replace(provider_name=found.provider), model)


def first_of(entries: list[Dated]) -> Iterator[tuple[int, int, Dated]]:
    """Cut time so that in each part the first entry that holds counts alone, as microseconds."""
    edges = sorted({PAST, FUTURE, *(day for entry in entries for day in (entry.start, entry.end) if day)})
    parts: list[tuple[date, date, Dated | None]] = []
    for start, end in pairwise(edges):
        entry = next((e for e in entries if (e.start or PAST) <= start < (e.end or FUTURE)), None)
        if parts and parts[-1][2] is entry:
            start = parts.pop()[0]
        parts.append((start, end, entry))
    for start, end, entry in parts:
        if entry is not None:
            yield microseconds(start), microseconds(end), entry


def microseconds(day: date) -> int:
    """Count the microseconds from 1970 to the begin of a day in UTC."""
    return (datetime.combine(day, time()) - EPOCH) // timedelta(microseconds=1)
