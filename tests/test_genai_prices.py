"""The shipped book against the package that it was seeded from: the same dollars on random requests."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import groupby

import pytest

from llmcost.pricing import Book, PriceRow, price_rows
from llmcost.pricing.rates import rules
from llmcost.pricing.sources.genai_prices import own_name

genai_prices = pytest.importorskip("genai_prices", reason="the test extra genai-prices is not installed")
data = pytest.importorskip("genai_prices.data")

CASES = 10_000
FIRST, DAYS = date(2025, 6, 15), 520  # until 2026-11-16
# Requests at noon: no peak hour of DeepSeek's, which the source counts on Sundays and in the past, too.
NOON = timedelta(hours=12)
# The source dates most service levels to the day when it learnt of them; the book opens them to the model's start.
LEVELS_SINCE = date(2026, 10, 16)
# A rate of the source with more than nine decimals, such as 0.08333333333333334, is rounded when it is imported.
ROUNDED = Decimal("0.0000000005")
# Where the book deliberately says otherwise.
DIFFERENT = {
    "o3": "its cached rate before June 2025",
    "deepseek-v4-flash": "what was called so before September 2026",
    "deepseek-chat": "what it was since September 2025, see cases/public/names.yaml",
    "deepseek-reasoner": "what it was since September 2025",
    "deepseek-v3.2": "DeepSeek's own price, not a reseller's",
    "deepseek-v3.2-exp": "DeepSeek's own price, not a reseller's",
    "google/claude-3-5-haiku": "Vertex AI's own price, not Anthropic's",
    "sonar": "the fee of a low search where no size is said",
    "sonar-pro": "the fee of a low search where no size is said",
    "sonar-reasoning": "the fee of a low search where no size is said",
    "sonar-reasoning-pro": "the fee of a low search where no size is said",
}


def price(row: PriceRow, usage: dict[str, int]) -> Decimal | None:
    """Cost a request in plain decimals; None where a rate is not known."""
    written, read = usage["cache_write_tokens"], usage["cache_read_tokens"]
    leaves = [
        (usage["input_tokens"] - written - read, row.input),
        (read, row.cache_read),
        (written, row.cache_write),
        (usage["output_tokens"], row.output),
    ]
    if any(count and rate is None for count, rate in leaves):
        return None
    return sum((count * rate for count, rate in leaves if rate is not None), Decimal(0)) / 1_000_000 + row.request


def calculated(provider: str, model: str, usage: dict[str, int], moment: datetime, context: str) -> Decimal | None:
    """Ask the package; None where it does not find a model by its own id, or finds another."""
    try:
        said = genai_prices.calc_price(
            genai_prices.Usage(**usage),
            model,
            provider_id=provider,
            genai_request_timestamp=moment.replace(tzinfo=UTC),
            price_context={"processing": "batch"} if context else None,
        )
    except LookupError:
        return None
    return said.total_price if said.model.id == model else None


def test_the_book_costs_what_its_source_costs(book: Book) -> None:
    chance = random.Random(20_261_125)
    known = {(p.id, own_name(m.id)): m.id for p in data.providers for m in p.models}
    every = rules(book)
    tables = {k: list(v) for k, v in groupby(sorted(price_rows(book), key=lambda r: r.rule_id), lambda r: r.rule_id)}
    own = [i for i, rule in enumerate(every) if rule.provider == rule.model.provider]
    usable = [
        i
        for i in own
        if (every[i].provider, every[i].model.model) in known
        # what another source says is not this one's
        and not any((period.source or "").startswith("litellm") for period in every[i].model.periods)
    ]
    agreed = 0
    differing: list[object] = []
    while agreed + len(differing) < CASES:
        rule_id = chance.choice(usable)
        provider, model = every[rule_id].provider, every[rule_id].model.model
        day = FIRST + timedelta(days=chance.randrange(DAYS))
        moment = datetime(day.year, day.month, day.day) + NOON
        size = chance.choice([100, 30_000, 199_999, 200_000, 200_001, 272_001, 900_000])
        read, written = (chance.choice([0, size // 10]) for _ in range(2))
        usage = {
            "input_tokens": size,
            "cache_read_tokens": read,
            "cache_write_tokens": written,
            "output_tokens": chance.choice([0, 1, 777]),
        }
        context = "processing=batch" if day >= LEVELS_SINCE and chance.random() < 0.5 else ""
        rows = [
            row
            for row in tables[rule_id]
            if row.context == context
            and row.valid_from <= moment < row.valid_to
            and row.tier_over < size <= row.tier_up_to
            and row.days >> moment.weekday() & 1
            and row.minute_from <= 720 < row.minute_to
        ]
        ours = price(rows[0], usage) if rows else None
        if ours is None:
            continue
        called = known[provider, model]
        said = calculated(provider, called, usage, moment, context)
        # a batch at the standard price is one that the source does not know
        if said is None or (context and said == calculated(provider, called, usage, moment, "")):
            continue
        if abs(ours - said) <= ROUNDED * (size + 777) / 1_000_000:
            agreed += 1
        elif not DIFFERENT.keys() & {model, f"{provider}/{model}"}:
            differing.append((provider, model, moment, context, usage, ours, said))

    assert [] == differing, f"{len(differing)} of {agreed + len(differing)} differ"
