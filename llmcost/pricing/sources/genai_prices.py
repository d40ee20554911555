"""The data of pydantic/genai-prices (MIT) as models: the only public prices with dates.

Its known defects are fixed here: hours of the day that know no week, prices of a service level that begin
later than the model, more than nine decimals. Clauses that match by a part of a name become that name alone: dates
and versions are stripped by llmcost, anything else would be a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, time
from decimal import Decimal
from importlib.metadata import version
from itertools import pairwise
from typing import Any

from llmcost.errors import UsageError
from llmcost.pricing.book import AXES, FEES, Model, Period, Rates, Tier, Variant, Window
from llmcost.pricing.periods import DAY_END
from llmcost.pricing.sources import Source, tidy

RATES = {
    "input_mtok": "input",
    "output_mtok": "output",
    "cache_read_mtok": "cache_read",
    "cache_write_mtok": "cache_write",
    "cache_write_1h_mtok": "cache_write_1h",
    "output_reasoning_mtok": "reasoning",
    "input_audio_mtok": "input_audio",
    "output_audio_mtok": "output_audio",
    "input_image_mtok": "input_image",
    "output_image_mtok": "output_image",
    "cache_audio_read_mtok": "cache_read_audio",
    "cache_image_read_mtok": "cache_read_image",
    "web_searches_kcount": "web_search",
    "requests_kcount": "request",
}
# The source knows hours but no days; DeepSeek's own page says Monday to Friday for what came with V4.
WEEKDAYS_ONLY = {"deepseek-flash", "deepseek-v4-flash", "deepseek-v4-pro", "deepseek-pro"}
# Where an inference profile of Bedrock may send a request; its price is that of the region, not the global one.
REGIONS = ("us", "us-gov", "eu", "apac", "jp", "au", "ca", "sa", "in")
VERSION = re.compile(r"-v\d+(?::\d+)?$|:\d+$")
EVERY_DAY, WORKING_DAYS = tuple(range(7)), tuple(range(5))


def read_genai_prices() -> Source:
    """Read the installed package; nothing is fetched. Raises UsageError where it is not installed."""
    try:
        from genai_prices.data import providers
    except ImportError:
        raise UsageError("genai-prices is not installed", hint="pip install 'llmcost-cli[prices]'") from None
    source = Source(f"genai-prices {version('genai-prices')}")
    for provider in providers:
        for model in provider.models:
            periods = read_periods(model, source)
            if model.id.endswith("-"):
                source.left_out["names cut short"] += 1
            elif periods:
                source.models.append(
                    Model(provider.id, own_name(model.id), names_of(model, provider.id), tuple(periods))
                )
            else:
                source.left_out["models without a price per token or call"] += 1
    return source


def read_periods(model: Any, source: Source) -> list[Period]:
    """Turn conditional prices into periods; what holds for hours of the day goes into the last one."""
    conditional = model.prices if isinstance(model.prices, list) else [None]
    dated: dict[date | None, Any] = {}
    hourly = []
    for item in conditional:
        prices = model.prices if item is None else item.prices
        constraint = None if item is None else item.constraint
        if hasattr(constraint, "start_time"):
            hourly.append((constraint, rates_of(prices, source)[0]))
        else:
            dated[constraint.start_date if constraint else None] = prices
    starts = sorted(dated, key=lambda start: start or date.min)
    periods = []
    for start, end in pairwise([*starts, None]):
        rates, tiers = rates_of(dated[start], source)
        windows = tuple(windows_of(hourly, model.id)) if end is None else ()
        if rates:
            held = levels_until(model, end)
            variants = tuple(variants_of(held, rates, tiers, start=start, end=end, source=source))
            periods.append(Period(start, end, rates, tiers, variants, windows, source.name, None, None, model.id))
    return periods


def rates_of(prices: Any, source: Source) -> tuple[Rates, tuple[Tier, ...]]:
    """Read the rates of one price, and of each size above which others hold."""
    base: Rates = {}
    steps: dict[int, Rates] = {}
    for name, value in sorted(prices.__dict__.items()):
        if value is None:
            continue
        if name not in RATES:
            source.left_out[name] += 1
            continue
        rate = RATES[name]
        base[rate] = in_unit(rate, getattr(value, "base", value))
        for tier in getattr(value, "tiers", ()):
            steps.setdefault(tier.start, {})[rate] = in_unit(rate, tier.price)
    return base, tuple(full_tiers(steps))


def full_tiers(steps: dict[int, Rates]) -> Iterator[Tier]:
    """Give every tier all that changed at its size or below it."""
    rates: Rates = {}
    for over in sorted(steps):
        rates = {**rates, **steps[over]}
        yield Tier(over, {name: rate for name, rate in rates.items() if name not in FEES})


def in_unit(rate: str, value: Decimal) -> Decimal:
    """Give a fee for one call instead of a thousand; nine decimals are all that a price has."""
    return tidy(value / 1000 if rate in FEES else value)


def windows_of(hourly: list[tuple[Any, Rates]], model: str) -> Iterator[Window]:
    """Turn hours of the day into windows; one over midnight is two."""
    days = WORKING_DAYS if model in WEEKDAYS_ONLY else EVERY_DAY
    for constraint, rates in hourly:
        start, end = minute_of(constraint.start_time), minute_of(constraint.end_time)
        for left, right in [(start, end)] if start < end else [(start, DAY_END), (0, end)]:
            if left < right:
                yield Window(days, left, right, {k: v for k, v in rates.items() if k not in FEES}, None)


def minute_of(clock: time) -> int:
    """Give a time of day in UTC as minutes."""
    offset = clock.utcoffset()
    return (clock.hour * 60 + clock.minute - (int(offset.total_seconds()) // 60 if offset else 0)) % DAY_END


def levels_until(model: Any, end: date | None) -> list[Any]:
    """Take of each service level what holds at the end of a period: the first that has begun by then."""
    held: dict[tuple[tuple[str, str], ...], Any] = {}
    for variant in model.price_variants or ():
        if begin_of(variant) < (end or date.max):
            held.setdefault(tuple(sorted(variant.when.items())), variant)
    return list(held.values())


def begin_of(variant: Any) -> date:
    """Give the day from which the source has a service level's price."""
    return getattr(variant.constraint, "start_date", None) or date.min


def variants_of(
    held: list[Any], rates: Rates, tiers: tuple[Tier, ...], *, start: date | None, end: date | None, source: Source
) -> Iterator[Variant]:
    """Read the service levels of a period: as a factor where it is one, else as rates of their own.

    The source dates most of them to the day when it learnt of them; here they hold for the whole period.
    """
    for variant in held:
        when = tuple(sorted((axis, value.lower()) for axis, value in variant.when.items()))
        own, own_tiers = rates_of(variant.prices, source)
        if not own:
            continue  # service_tier default: the standard price once more
        if any(axis not in AXES for axis, _ in when):
            source.left_out[" and ".join(f"{axis}: {value}" for axis, value in when)] += 1
            continue
        factor = common_factor(own, own_tiers, rates, tiers)
        if factor is not None:
            yield Variant(when, {}, (), factor)
        elif end is None or begin_of(variant) > (start or date.min):
            # rates of a later day say nothing of a period with other standard rates
            standard = {name: rate for name, rate in rates.items() if name not in FEES}
            yield Variant(when, {**standard, **own}, merged_tiers(own, own_tiers, tiers), None)


def merged_tiers(own: Rates, own_tiers: tuple[Tier, ...], tiers: tuple[Tier, ...]) -> tuple[Tier, ...]:
    """Give the tiers of a service level: its own rates', and the standard ones of what it does not name."""
    steps = {tier.over: {name: rate for name, rate in tier.rates.items() if name not in own} for tier in tiers}
    for tier in own_tiers:
        steps[tier.over] = {**steps.get(tier.over, {}), **tier.rates}
    return tuple(tier for tier in full_tiers(steps) if tier.rates)


def common_factor(own: Rates, own_tiers: tuple[Tier, ...], rates: Rates, tiers: tuple[Tier, ...]) -> Decimal | None:
    """Find the one factor between a service level and the standard price, where every rate has it."""
    if set(own) != {name for name in rates if name not in FEES} or set(own) & set(FEES):
        return None
    if [tier.over for tier in own_tiers] != [tier.over for tier in tiers]:
        return None
    pairs = [(own[name], rates[name]) for name in own]
    for mine, theirs in zip(own_tiers, tiers, strict=True):
        if set(mine.rates) != set(theirs.rates):
            return None
        pairs += [(mine.rates[name], theirs.rates[name]) for name in mine.rates]
    factors = {own_rate / rate for own_rate, rate in pairs if rate}
    if len(factors) != 1 or any(own_rate for own_rate, rate in pairs if not rate):
        return None
    factor = tidy(factors.pop())
    return factor if -int(factor.as_tuple().exponent) <= 4 else None


def names_of(model: Any, provider: str) -> tuple[str, ...]:
    """Read the other names of a model; a part of a name counts as a whole one."""
    names = [
        name for name in clauses(model.match) if name.lower() not in (model.id.lower(), own_name(model.id).lower())
    ]
    if provider == "aws":
        names = [*names, *bedrock_names(model.id)]
    return tuple(dict.fromkeys(names))


def bedrock_names(name: str) -> Iterator[str]:
    """Give Bedrock's names of a model that is not the `global` one: of a region, or of an inference profile."""
    if name.startswith("global."):
        return
    bare = VERSION.sub("", own_name(name))
    if bare != own_name(name):
        yield bare
    yield f"re:(?:{'|'.join(REGIONS)})\\.{re.escape(bare)}"


def own_name(name: str) -> str:
    """Name a model as Bedrock does: the source puts a word before what is not its `global` one."""
    return name.removeprefix("regional.")


def clauses(clause: Any) -> Iterator[str]:
    """Give the names in a clause and the clauses inside it."""
    for inner in [*getattr(clause, "or_", ()), *getattr(clause, "and_", ())]:
        yield from clauses(inner)
    if hasattr(clause, "equals"):
        yield clause.equals
    for kind in ("starts_with", "ends_with", "contains"):
        part = getattr(clause, kind, "")
        # cut inside a date or a version it is not a name
        if part and part[-1] not in "-@." and not part.endswith(("-2024", "-2025", "-2026")) and len(part) > 3:
            yield part.lstrip("/")
