"""A book as flat rows: one per model, service level, period and tier, every rate filled in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from llmcost.errors import PriceBookError
from llmcost.pricing.book import (
    FEES,
    TOKEN_RATES,
    TOOL_FEES,
    Adjust,
    Book,
    Model,
    Period,
    Provider,
    Rates,
    Tier,
    Variant,
    Window,
)
from llmcost.pricing.loader import MAX_DECIMALS, MAX_FEE, MAX_RATE
from llmcost.pricing.periods import DAY_END

PAST, FUTURE = date(1, 1, 1), date(9999, 12, 31)
NO_LIMIT = 2**62
EVERY_DAY = 127
NO_FEE = {"request": Decimal(0)}
MAX_FACTOR_DECIMALS = 6
# A rate that is not named is its neighbour's: for a token never 0.
NEIGHBOURS = {
    "cache_read": "input",
    "cache_write": "input",
    "cache_write_1h": "cache_write",
    "reasoning": "output",
    "input_audio": "input",
    "output_audio": "output",
    "input_image": "input",
    "output_image": "output",
    "cache_read_audio": "cache_read",
    "cache_read_image": "cache_read",
}


class Rule(NamedTuple):
    """A model as bought from a provider: its own, or one whose price it borrows; `listed` as it stands."""

    provider: str
    listed: Model
    seller: Provider | None = None

    @property
    def model(self) -> Model:
        """The model with what its seller says of every model."""
        return sold_by(self.seller, self.listed)


class PriceRow(NamedTuple):
    """One row of the table `prices`; it holds in [valid_from, valid_to) for tier_over < input tokens <= tier_up_to.

    Where it holds for some hours, `days` is a sum of 1 (Monday), 2, 4 .. 64 (Sunday), and minutes are of the day, UTC.
    Token rates are USD per 1,000,000 tokens, fees USD per call; `multiplier` is the contract's factor on both.
    """

    rule_id: int
    context: str
    valid_from: datetime
    valid_to: datetime
    tier_over: int
    tier_up_to: int
    days: int
    minute_from: int
    minute_to: int
    input: Decimal | None
    output: Decimal | None
    cache_read: Decimal | None
    cache_write: Decimal | None
    cache_write_1h: Decimal | None
    reasoning: Decimal | None
    input_audio: Decimal | None
    output_audio: Decimal | None
    input_image: Decimal | None
    output_image: Decimal | None
    cache_read_audio: Decimal | None
    cache_read_image: Decimal | None
    web_search: Decimal | None
    file_search: Decimal | None
    x_search: Decimal | None
    code_interpreter: Decimal | None
    map_search: Decimal | None
    search_source: Decimal | None
    page: Decimal | None
    image: Decimal | None
    second: Decimal | None
    request: Decimal
    multiplier: Decimal
    assumed: str


RATE_COLUMNS = [field for field in PriceRow._fields if field in TOKEN_RATES]


def price_rows(book: Book) -> list[PriceRow]:
    """Flatten a book; `rule_id` is a place in `rules(book)`, the book's own models first."""
    return rows_of(book, range(len(rules(book))))


def rows_of(book: Book, rule_ids: Iterable[int]) -> list[PriceRow]:
    """Flatten some of a book's rules."""
    contracts, every = contract_factors(book), rules(book)
    return [
        row
        for rule_id in rule_ids
        for rule in [every[rule_id]]
        for model in [rule.model]
        for period in model.periods
        for row in period_rows(rule_id, model, period, contracts.get((rule.provider, model.model), []))
    ]


def rules(book: Book) -> list[Rule]:
    """List what can be bought where: the book's models in their order, then what a fallback lends a provider."""
    # lent models have rows of their own, since a contract with one provider says nothing of the other
    sellers = {provider.id: provider for provider in book.providers}
    made: dict[str, list[Model]] = {}
    for model in book.models:
        made.setdefault(model.provider, []).append(model)
    lent = [
        Rule(provider.id, model, provider)
        for provider in book.providers
        for other in provider.fallback
        for model in made.get(other, ())
    ]
    return [*(Rule(model.provider, model, sellers.get(model.provider)) for model in book.models), *lent]


def sold_by(seller: Provider | None, model: Model) -> Model:
    """Give each period what its seller says of every model: zones as service levels, fees; its own count first.

    What another provider lends are prices of its model, not of its tools.
    """
    is_lent = seller is not None and seller.id != model.provider
    if seller is None or not (seller.zones or seller.fees or is_lent):
        return model
    levels = [Variant((("inference_geo", name),), {}, (), factor) for name, factor in seller.zones]
    periods = []
    for period in model.periods:
        own = {pair for variant in period.variants for pair in variant.when}
        added = [level for level in levels if level.when[0] not in own]
        kept = {rate: usd for rate, usd in period.rates.items() if not is_lent or rate not in TOOL_FEES}
        rates = {**dict(seller.fees), **kept}
        periods.append(replace(period, rates=rates, variants=(*period.variants, *added)))
    return replace(model, periods=tuple(periods))


def contract_factors(book: Book) -> dict[tuple[str, str], list[Adjust]]:
    """List the contract factors of each (provider, model); one that fits nothing would be lost in silence."""
    ids = {name.lower(): p.id for p in book.providers for name in (p.id, *p.names)}
    found: dict[tuple[str, str], list[Adjust]] = {}
    if not book.adjust:
        return found
    sold = list(dict.fromkeys((rule.provider, rule.listed.model) for rule in rules(book)))
    for adjust in book.adjust:
        provider = ids.get(adjust.provider.lower(), adjust.provider)
        keys = [key for key in sold if key[0] == provider and adjust.model in (None, key[1])]
        if not keys:
            wanted = " ".join(part for part in (adjust.provider, adjust.model) if part)
            raise PriceBookError(f"{adjust.place}: `adjust` is for {wanted}, which the book does not price")
        for key in keys:
            found.setdefault(key, []).append(adjust)
    return found


def period_rows(rule_id: int, model: Model, period: Period, adjust: list[Adjust]) -> Iterator[PriceRow]:
    """Write a period's rows: every service level, hour and tier, cut where a contract begins or ends."""
    for context, levels in period.contexts():
        named = {name: rate for level in levels for name, rate in level.rates.items()}
        # no fee for a call means that there is none; calls of tools whose price is not named are not free
        fees = [named.get(fee, period.rates.get(fee, NO_FEE.get(fee))) for fee in FEES]
        for days, minute_from, minute_to, window in hours(period, levels):
            for over, up_to, rates in tier_rates(period, levels, window, model):
                filled, assumed = fill(rates)
                token_rates = [filled.get(rate) for rate in RATE_COLUMNS]
                for start, end, multiplier in spans(period, adjust):
                    refuse_too_large(period, model, [rate or Decimal(0) for rate in token_rates], fees, multiplier)
                    times = (datetime.combine(start, time()), datetime.combine(end, time()))
                    place = (rule_id, context, *times, over, up_to, days, minute_from, minute_to)
                    yield PriceRow._make([*place, *token_rates, *fees, multiplier, ",".join(assumed)])


def hours(period: Period, levels: tuple[Variant, ...]) -> Iterator[tuple[int, int, int, Window | None]]:
    """Cut the week into its windows and what is left; a service level with rates of its own knows no hours."""
    if not period.windows or any(level.token_rates for level in levels):
        yield EVERY_DAY, 0, DAY_END, None
        return
    for window in period.windows:
        yield sum(1 << day for day in window.days), window.minute_from, window.minute_to, window
    free: dict[tuple[int, int], int] = {}
    for day in range(7):
        taken = sorted((w.minute_from, w.minute_to) for w in period.windows if day in w.days)
        for (_, free_from), (free_to, _) in pairwise([(0, 0), *taken, (DAY_END, DAY_END)]):
            if free_from < free_to:
                free[free_from, free_to] = free.get((free_from, free_to), 0) | 1 << day
    for (free_from, free_to), days in free.items():
        yield days, free_from, free_to, None


def tier_rates(
    period: Period, levels: tuple[Variant, ...], window: Window | None, model: Model
) -> Iterator[tuple[int, int, Rates]]:
    """Give each tier's token rates under the chosen service levels: own rates first, then factors."""
    own = next((level for level in levels if level.token_rates), None)
    base, tiers = (own.token_rates, own.tiers) if own else (period.rates, period.tiers)
    if window:
        base = {**base, **window.rates}
    factor = Decimal(1)
    for multiply in (*(level.multiply for level in levels), window.multiply if window else None):
        factor *= 1 if multiply is None else multiply
    steps = [Tier(-1, {}), *tiers]
    for at, tier in enumerate(steps):
        up_to = steps[at + 1].over if at + 1 < len(steps) else NO_LIMIT
        rates = {k: v * factor for k, v in {**base, **tier.rates}.items() if k in TOKEN_RATES}
        for name, value in rates.items():
            if -int(value.normalize().as_tuple().exponent) > MAX_DECIMALS:
                raise PriceBookError(f"{period.place}: {name} of {model.model} x {factor} has more than 9 decimals")
        yield tier.over, up_to, rates


def refuse_too_large(
    period: Period, model: Model, rates: Sequence[Decimal], fees: Sequence[Decimal | None], multiplier: Decimal
) -> None:
    """Refuse what a service level, hours or a contract make larger than a price may be. Raises PriceBookError."""
    factor = max(multiplier, Decimal(1))
    for largest, most in ((max(rates), MAX_RATE), (max(fee or Decimal(0) for fee in fees), MAX_FEE)):
        if largest * factor >= most:
            raise PriceBookError(
                f"{period.place}: {largest * factor:,f} is not a price of {model.model}",
                hint=f"with every factor, a price is below {MAX_RATE:,} USD per 1,000,000 tokens, {MAX_FEE:,} per call",
            )


def fill(rates: Rates) -> tuple[Rates, list[str]]:
    """Fill in what is not named from its neighbour, and list it; without a neighbour a rate stays unknown."""
    filled, assumed = dict(rates), []
    for rate, neighbour in NEIGHBOURS.items():
        if rate not in filled and neighbour in filled:
            filled[rate] = filled[neighbour]
            assumed.append(rate)
    return filled, assumed


def spans(period: Period, adjust: list[Adjust]) -> Iterator[tuple[date, date, Decimal]]:
    """Cut a period where a contract begins or ends, with the product of the factors that hold in each part."""
    start, end = period.start or PAST, period.end or FUTURE
    edges = {day for a in adjust for day in (a.start, a.end) if day and start < day < end}
    for left, right in pairwise(sorted({start, end, *edges})):
        factor = Decimal(1)
        for a in adjust:
            if (a.start or PAST) <= left < (a.end or FUTURE):
                factor *= a.multiply
        # setup/5_charges.sql multiplies by a decimal(8, 6): what does not fit would be rounded there in silence
        if factor >= 100 or -int(factor.normalize().as_tuple().exponent) > MAX_FACTOR_DECIMALS:
            raise PriceBookError(
                f"{period.place}: contract factor {factor} has more than 6 decimals, or is 100 or more"
            )
        yield left, right, factor
