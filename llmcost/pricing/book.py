"""What a price book says, as frozen data; format `llmcost-pricing/1`.

Rates are USD per 1,000,000 tokens; fees (FEES) are USD per call or unit. Periods begin at 00:00 UTC of `from`
and end where the next begins, or at `to`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations

from llmcost.pricing.waste import CacheRule, Substitute, Unbilled

TOKEN_RATES = (
    *("input", "output", "cache_read", "cache_write", "cache_write_1h"),
    *("reasoning", "input_audio", "output_audio", "input_image", "output_image"),
    *("cache_read_audio", "cache_read_image"),
)
# what a request can be billed by beside tokens and calls of tools
UNITS = ("map_search", "search_source", "page", "image", "second")
FEES = ("web_search", "file_search", "x_search", "code_interpreter", *UNITS, "request")
# those that are asked for a provider's tools, and not for what a model made or read
TOOL_FEES = (*FEES[:4], "map_search", "search_source")
AXES = ("processing", "service_tier", "speed", "inference_geo", "search_context_size")
# Ways to be served of which a request has one; what stands on other axes stacks with it.
SERVED = ("processing", "service_tier", "speed")
Rates = dict[str, Decimal]


@dataclass(frozen=True)
class Tier:
    """Rates of a whole request with more than `over` input tokens, cache included."""

    over: int
    rates: Rates


@dataclass(frozen=True)
class Variant:
    """What a service level costs: rates of its own (with tiers), a factor on the token rates, or fees of its own."""

    when: tuple[tuple[str, str], ...]
    rates: Rates
    tiers: tuple[Tier, ...]
    multiply: Decimal | None

    @property
    def token_rates(self) -> Rates:
        """The rates per token; without any, those of the period hold."""
        return {name: rate for name, rate in self.rates.items() if name in TOKEN_RATES}


@dataclass(frozen=True)
class Window:
    """Rates of some hours: `days` are 0 (Monday) to 6, minutes are of the day in UTC, the second exclusive.

    What `rates` does not name is as in the period.
    """

    days: tuple[int, ...]
    minute_from: int
    minute_to: int
    rates: Rates
    multiply: Decimal | None


@dataclass(frozen=True)
class Period:
    """The prices from one day to the next change; `start` None is open to the past."""

    start: date | None
    end: date | None
    rates: Rates
    tiers: tuple[Tier, ...]
    variants: tuple[Variant, ...]
    windows: tuple[Window, ...]
    source: str | None
    checked: date | None
    note: str | None
    place: str

    def contexts(self) -> Iterator[tuple[str, tuple[Variant, ...]]]:
        """Name every combination of service levels that has a price; '' is the standard one."""
        for size in range(len(self.variants) + 1):
            for chosen in combinations(self.variants, size):
                pairs = sorted(pair for variant in chosen for pair in variant.when)
                axes = [axis for axis, _ in pairs]
                served = sum(1 for v in chosen if any(axis in SERVED for axis, _ in v.when))
                if len(set(axes)) == len(axes) and served <= 1 and sum(1 for v in chosen if v.token_rates) <= 1:
                    yield ";".join(f"{axis}={value}" for axis, value in pairs), chosen


@dataclass(frozen=True)
class Model:
    """One model of one provider: its id, the patterns of its other names, its price history."""

    provider: str
    model: str
    match: tuple[str, ...]
    periods: tuple[Period, ...]


@dataclass(frozen=True)
class Provider:
    """A provider's id, the names that gateways give it, and whose prices hold where its own are missing.

    `resells` others' models: where a log names no provider, the price of the model's maker counts. `ids` are patterns
    of model ids that nobody else writes so: they say who served a request whose log does not. `zones` are regions that
    its ids begin with, such as `eu/`, each with its factor on the token rates. `fees` are for its own tools, whatever
    model called them.
    """

    id: str
    names: tuple[str, ...]
    fallback: tuple[str, ...]
    resells: bool = False
    ids: tuple[str, ...] = ()
    zones: tuple[tuple[str, Decimal], ...] = ()
    fees: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True)
class Deployment:
    """A deployment's name (a glob) and the model behind it; a provisioned one is paid by the hour, not by the token."""

    name: str
    provider: str
    model: str
    is_provisioned: bool


@dataclass(frozen=True)
class Adjust:
    """A contract's factor on the list prices of a provider, or of one of its models, for a time."""

    provider: str
    model: str | None
    start: date | None
    end: date | None
    multiply: Decimal
    place: str


@dataclass(frozen=True)
class Book:
    """A whole price book; `sha256` is over its files, `checked` the day when its sources were last looked at.

    Of `deployments`, `billing`, `cache_rules` and `substitutes` the first that fits counts.
    """

    providers: tuple[Provider, ...]
    models: tuple[Model, ...]
    deployments: tuple[Deployment, ...]
    adjust: tuple[Adjust, ...]
    billing: tuple[Unbilled, ...]
    cache_rules: tuple[CacheRule, ...]
    substitutes: tuple[Substitute, ...]
    checked: date | None
    sha256: str


def book_line(book: Book) -> str:
    """Name the book, so that the same numbers can be had again."""
    return f"prices: book {book.sha256[:12]}, checked {book.checked or 'never'}"
