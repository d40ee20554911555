"""Bring what a price book says of waste into the connection: unbilled statuses, cache rules, substitutes.

Reports do not need it, so it is not part of `load_prices`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from importlib import resources
from itertools import pairwise
from typing import TypeVar

from llmcost.pricing import Book, Key, Resolution, Resolver
from llmcost.pricing.entries import pattern
from llmcost.pricing.rates import FUTURE, PAST, rows_of
from llmcost.pricing.waste import CacheRule, Substitute, Unbilled
from llmcost.store.connection import Store
from llmcost.store.prices import RULE_ID, insert, insert_prices

SCRIPT = resources.files("llmcost.store") / "detection_setup" / "1_rules.sql"
EPOCH = datetime(1970, 1, 1)
Dated = TypeVar("Dated", Unbilled, CacheRule)
# (provider, model) of the book, as in `resolved`
Pair = tuple[str, str]
# whose entries of the book hold for it: the provider's own, then those of who lends it the price
Owners = Mapping[Pair, list[str]]


def load_detection_rules(store: Store, book: Book) -> None:
    """Make the tables of detection_setup/1_rules.sql; after `load_prices` with the same book, and without `as_of`."""
    store.execute(SCRIPT.read_text(encoding="utf-8"))
    names = [(Key(*row[:RULE_ID]), Resolution(*row[RULE_ID:])) for row in store.rows("from resolved")]
    owners = owners_of(resolution for _, resolution in names)
    insert(store, "unbilled_statuses", unbilled_rows(book))
    insert(store, "cache_rules", cache_rows(book, owners))
    substitutes = substitutes_of(book, owners)
    insert(store, "successor_days", day_rows(substitutes))
    resolver = Resolver(book)
    for table, kind in (("smaller_names", "smaller"), ("successor_names", "successor")):
        rows = list(name_rows(resolver, names, {pair: getattr(entry, kind) for pair, entry in substitutes.items()}))
        insert(store, table, rows)
        add_prices(store, book, {row[RULE_ID] for row in rows})


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
    resolver: Resolver, names: Iterable[tuple[Key, Resolution]], stand_ins: Mapping[Pair, str | None]
) -> Iterator[tuple[object, ...]]:
    """Resolve the names of models that have a stand-in to it, as bought from the same provider."""
    for key, found in names:
        model = stand_ins.get((found.provider or "", found.model or ""))
        if model:
            # a log may name the provider in the model alone, as in azure/gpt-4o
            yield *key, *resolver.stand_in(key._replace(provider_name=found.provider), model)


def add_prices(store: Store, book: Book, rule_ids: set[object]) -> None:
    """Put the prices of rules that no request of its own needs beside the others."""
    known = {rule_id for (rule_id,) in store.rows("select distinct rule_id from prices")}
    missing = sorted(rule_id for rule_id in rule_ids - known if isinstance(rule_id, int))
    insert_prices(store, rows_of(book, missing))


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
