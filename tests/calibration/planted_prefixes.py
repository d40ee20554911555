"""Waste: long beginnings of prompts that nobody caches, one or two of them in a key."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple

from llmcost.demo.plan import Call, after
from llmcost.demo.records import App, Prompt, Record, answered, digest, fresh
from tests.calibration.lines import ANTHROPIC, SPAN, about, lasting
from tests.calibration.rates import PRICES, Price

DETECTOR = "prompt-tax"
# how long an entry of a cache lives after it was last read, and what it costs to write one
SHORT, LONG = timedelta(minutes=5), timedelta(hours=1)


class Sent(NamedTuple):
    """One request, and the beginning that it has in common with others."""

    record: Record
    at: datetime
    system_tokens: int


def prefixed(chance: Random, key: str) -> Iterator[Call]:
    """Invent an application that sends one beginning, or two by turns, and never caches it."""
    provider, model = chance.choice(ANTHROPIC)
    sizes = [round(about(chance, 12_000, 0.8, 5000))]
    if chance.random() < 0.35:
        sizes.append(round(sizes[0] * chance.choice((0.3, 0.6, 1.8, 3))))
    apps = [App(f"{key}", provider, model, "team", min(size, 120_000)) for size in sizes]
    sent = list(asks(chance, apps, about(chance, 120, 0.8), chance.uniform(0.3, 1)))
    for app in apps:
        alike = [one for one in sent if one.system_tokens == app.system_tokens]
        savings = better(alike, PRICES[model], app.system_tokens)
        for one, saving in zip(alike, savings, strict=True):
            yield Call(one.record, DETECTOR, saving) if saving else Call(one.record)


def asks(chance: Random, apps: list[App], median: float, spread: float) -> Iterator[Sent]:
    """Ask one after the other in office hours, with pauses of seconds, minutes or half an hour between them."""
    gap, share = chance.choice((20, 90, 400, 1500)), chance.uniform(0.2, 0.8)
    for day in SPAN:
        at, end = after(day, 9 * 3600), after(day, 17 * 3600)
        for _ in range(120):
            at = after(at, chance.expovariate(1 / gap) + 0.1)
            if at > end:
                break
            app = apps[-1 if chance.random() < share else 0]
            tokens, output = app.system_tokens + about(chance, median, spread), about(chance, 200, 0.5)
            prompt = Prompt((digest("system", app.key, app.system_tokens), fresh(chance)), (app.system_tokens, tokens))
            record = answered(app, chance, at, lasting(output), prompt, output)
            yield Sent(record, at, app.system_tokens)
            at = after(at, lasting(output))


def better(alike: list[Sent], price: Price, tokens: int) -> list[Decimal]:
    """Keep the beginning in the cache that saves more, request by request; none where neither saves anything."""
    ways = [
        kept(alike, price, tokens, SHORT, price.cache_write),
        kept(alike, price, tokens, LONG, price.cache_write_1h),
    ]
    best = max(ways, key=sum)
    return netted(best) if sum(best) > 0 else [Decimal(0)] * len(alike)


def kept(alike: list[Sent], price: Price, tokens: int, life: timedelta, write: Decimal) -> list[Decimal]:
    """Say what each request would have saved, or cost more, with a cache of such a life."""
    changes, last = [], None
    for _, at, _ in alike:
        is_hit = last is not None and at - last <= life
        changes.append((price.input - (price.cache_read if is_hit else write)) * tokens / 1_000_000)
        last = at
    return changes


def netted(changes: list[Decimal]) -> list[Decimal]:
    """Take what writing costs off what reading saves, the first savings first, so that nothing saves less than 0."""
    off = -sum((change for change in changes if change < 0), Decimal(0))
    left = []
    for change in changes:
        taken = min(off, max(change, Decimal(0)))
        off -= taken
        left.append(max(change, Decimal(0)) - taken)
    return left
