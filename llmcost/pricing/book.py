"""What a price book says, as frozen data; format `llmcost-pricing/1`.

Rates are USD per 1,000,000 tokens; `web_search` and `request` are USD per call. Periods begin at 00:00 UTC of `from`
and end where the next begins, or at `to`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from importlib import resources
from itertools import pairwise
from pathlib import Path

from llmcost.errors import PriceBookError
from llmcost.pricing.loader import Node, only, read_yaml

FORMAT = "llmcost-pricing/1"
TOKEN_RATES = (
    *("input", "output", "cache_read", "cache_write", "cache_write_1h"),
    *("reasoning", "input_audio", "output_audio", "input_image"),
)
FEES = ("web_search", "request")
AXES = ("processing", "service_tier", "speed", "inference_geo")
Rates = dict[str, Decimal]


@dataclass(frozen=True)
class Tier:
    """Rates of a whole request with more than `over` input tokens, cache included."""

    over: int
    rates: Rates


@dataclass(frozen=True)
class Variant:
    """What a service level costs: rates of its own (with tiers), or a factor on the token rates."""

    when: tuple[tuple[str, str], ...]
    rates: Rates
    tiers: tuple[Tier, ...]
    multiply: Decimal | None


@dataclass(frozen=True)
class Period:
    """The prices from one day to the next change; `start` None is open to the past."""

    start: date | None
    end: date | None
    rates: Rates
    tiers: tuple[Tier, ...]
    variants: tuple[Variant, ...]
    source: str | None


@dataclass(frozen=True)
class Model:
    """One model of one provider: its id, the patterns of its other names, its price history."""

    provider: str
    model: str
    match: tuple[str, ...]
    periods: tuple[Period, ...]


@dataclass(frozen=True)
class Provider:
    """A provider's id, the names that gateways give it, and whose prices hold where its own are missing."""

    id: str
    names: tuple[str, ...]
    fallback: tuple[str, ...]


@dataclass(frozen=True)
class Deployment:
    """A deployment's name (a glob) and the model behind it."""

    name: str
    provider: str
    model: str


@dataclass(frozen=True)
class Adjust:
    """A contract's factor on the list prices of a provider, or of one of its models, for a time."""

    provider: str
    model: str | None
    start: date | None
    end: date | None
    multiply: Decimal


@dataclass(frozen=True)
class Book:
    """A whole price book; `sha256` is over its files, `checked` the day when its sources were last looked at."""

    providers: tuple[Provider, ...]
    models: tuple[Model, ...]
    deployments: tuple[Deployment, ...]
    adjust: tuple[Adjust, ...]
    checked: date | None
    sha256: str


def shipped_book_path() -> Path:
    """Find the book that comes with llmcost: inside the installed package, or beside it in a checkout."""
    package = Path(str(resources.files("llmcost")))
    inside = package / "pricing.yaml"
    return inside if inside.exists() else package.parent / "pricing.yaml"


def load_book(paths: Sequence[Path]) -> Book:
    """Load price books as one; a later file replaces whole models of the earlier ones.

    Raises PriceBookError, its message beginning with FILE:LINE, for anything that is not the format.
    """
    books = [read_book(path) for path in paths]
    models = {(m.provider, m.model): m for book in books for m in book.models}
    providers = {p.id: p for book in books for p in book.providers}
    days = [book.checked for book in books if book.checked]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()
    return Book(
        providers=tuple(providers.values()),
        models=tuple(models.values()),
        deployments=tuple(d for book in reversed(books) for d in book.deployments),
        adjust=tuple(a for book in books for a in book.adjust),
        checked=max(days, default=None),
        sha256=digest,
    )


def read_book(path: Path) -> Book:
    """Read one file."""
    keys = {"format", "currency", "sources", "providers", "models", "deployments", "adjust"}
    top = read_yaml(path).mapping(keys, "the book")
    if "format" not in top or top["format"].text("format") != FORMAT:
        raise PriceBookError(f"{path}:1: not of format {FORMAT}", hint=f"its first line is `format: {FORMAT}`")
    if "currency" in top and top["currency"].text("currency") != "USD":
        raise top["currency"].refuse("the currency must be USD")
    sources = top["sources"].pairs("sources") if "sources" in top else {}
    models = [read_model(node) for node in section(top, "models")]
    seen: set[tuple[str, str]] = set()
    for node, model in zip(section(top, "models"), models, strict=True):
        if (model.provider, model.model) in seen:
            raise node.refuse(f"{model.provider} {model.model} stands here a second time")
        seen.add((model.provider, model.model))
    return Book(
        providers=tuple(read_provider(node) for node in section(top, "providers")),
        models=tuple(models),
        deployments=tuple(read_deployment(node) for node in section(top, "deployments")),
        adjust=tuple(read_adjust(node) for node in section(top, "adjust")),
        checked=only(sources, "checked", lambda node: node.day("checked")),
        sha256="",
    )


def section(top: dict[str, Node], key: str) -> list[Node]:
    """List the entries of a section; one that is not there has none."""
    return list(top[key].items(key)) if key in top else []


def required(node: Node, found: dict[str, Node], key: str, what: str) -> Node:
    """Take a key that must be there."""
    if key not in found:
        raise node.refuse(f"{what} has no `{key}`")
    return found[key]


def read_provider(node: Node) -> Provider:
    """Read one entry of `providers`."""
    found = node.mapping({"id", "names", "fallback"}, "a provider")
    return Provider(
        required(node, found, "id", "a provider").text("id"),
        only(found, "names", lambda n: n.texts("names")) or (),
        only(found, "fallback", lambda n: n.texts("fallback")) or (),
    )


def read_deployment(node: Node) -> Deployment:
    """Read one entry of `deployments`."""
    found = node.mapping({"name", "provider", "model"}, "a deployment")
    name, provider, model = (
        required(node, found, key, "a deployment").text(key) for key in ("name", "provider", "model")
    )
    return Deployment(name, provider, model)


def read_adjust(node: Node) -> Adjust:
    """Read one entry of `adjust`."""
    found = node.mapping({"provider", "model", "from", "to", "multiply", "note"}, "an adjustment")
    start, end = only(found, "from", lambda n: n.day("from")), only(found, "to", lambda n: n.day("to"))
    if start and end and end <= start:
        raise found["to"].refuse(f"`to: {end}` is not after `from: {start}`")
    return Adjust(
        required(node, found, "provider", "an adjustment").text("provider"),
        only(found, "model", lambda n: n.text("model")),
        start,
        end,
        required(node, found, "multiply", "an adjustment").number("multiply"),
    )


def read_model(node: Node) -> Model:
    """Read one entry of `models`, its periods in order and without overlap."""
    found = node.mapping({"provider", "model", "match", "prices"}, "a model")
    nodes = list(required(node, found, "prices", "a model").items("prices"))
    if not nodes:
        raise node.refuse("`prices` is empty")
    periods = [read_period(item) for item in nodes]
    for at, (before, after) in enumerate(pairwise(periods), start=1):
        if after.start is None or (before.start is not None and after.start <= before.start):
            raise nodes[at].refuse(f"period `from: {after.start}` does not come after `from: {before.start}`")
        if before.end is not None and before.end > after.start:
            raise nodes[at].refuse(f"period `from: {after.start}` overlaps the one before, `to: {before.end}`")
        periods[at - 1] = replace(before, end=before.end or after.start)
    return Model(
        required(node, found, "provider", "a model").text("provider"),
        required(node, found, "model", "a model").text("model"),
        only(found, "match", lambda n: n.texts("match")) or (),
        tuple(periods),
    )


def read_period(node: Node) -> Period:
    """Read one entry of `prices`."""
    keys = {"from", "to", "tiers", "variants", "source", "checked", "note", *TOKEN_RATES, *FEES}
    found = node.mapping(keys, "a price")
    start, end = only(found, "from", lambda n: n.day("from")), only(found, "to", lambda n: n.day("to"))
    if start and end and end <= start:
        raise found["to"].refuse(f"`to: {end}` is not after `from: {start}`")
    rates = read_rates(found)
    if not rates:
        raise node.refuse("a price has no rate")
    return Period(
        start,
        end,
        rates,
        read_tiers(found),
        tuple(read_variant(item) for item in section(found, "variants")),
        only(found, "source", lambda n: n.text("source")),
    )


def read_rates(found: dict[str, Node]) -> Rates:
    """Read the rates among the keys."""
    return {key: found[key].number(key) for key in (*TOKEN_RATES, *FEES) if key in found}


def read_tiers(found: dict[str, Node]) -> tuple[Tier, ...]:
    """Read `tiers`, ascending; `at_least: N` is `over: N - 1`, since tokens are whole."""
    tiers: list[Tier] = []
    for node in section(found, "tiers"):
        inner = node.mapping({"over", "at_least", *TOKEN_RATES}, "a tier")
        if ("over" in inner) == ("at_least" in inner):
            raise node.refuse("a tier has either `over` or `at_least`")
        over = inner["over"].whole("over") if "over" in inner else inner["at_least"].whole("at_least") - 1
        if tiers and over <= tiers[-1].over:
            raise node.refuse(f"tier over {over} does not come after tier over {tiers[-1].over}")
        tiers.append(Tier(over, read_rates(inner)))
    return tuple(tiers)


def read_variant(node: Node) -> Variant:
    """Read one entry of `variants`."""
    found = node.mapping({"when", "multiply", "tiers", *TOKEN_RATES}, "a variant")
    when = required(node, found, "when", "a variant").mapping(set(AXES), "`when`")
    rates = read_rates(found)
    if bool(rates) == ("multiply" in found):
        raise node.refuse("a variant has either rates of its own or `multiply`")
    return Variant(
        tuple(sorted((axis, value.text(axis).lower()) for axis, value in when.items())),
        rates,
        read_tiers(found),
        only(found, "multiply", lambda n: n.number("multiply")),
    )
