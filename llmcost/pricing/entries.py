"""Read the entries of a price book from YAML nodes, and refuse what breaks a rule of the format."""

from __future__ import annotations

import re
from dataclasses import replace
from fnmatch import translate
from itertools import pairwise

from llmcost.pricing.book import (
    AXES,
    FEES,
    TOKEN_RATES,
    Adjust,
    Deployment,
    Model,
    Period,
    Provider,
    Rates,
    Tier,
    Variant,
)
from llmcost.pricing.loader import Node, only


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
        node.place,
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
        tuple(read_pattern(item) for item in section(found, "match")),
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
    only(found, "checked", lambda n: n.day("checked"))
    source, _ = (only(found, key, lambda n, key=key: n.text(key)) for key in ("source", "note"))
    variants = tuple(read_variant(item) for item in section(found, "variants"))
    period = Period(start, end, rates, read_tiers(found), variants, source, node.place)
    names = [name for name, _ in period.contexts()]
    for name in names:
        if names.count(name) > 1:
            raise node.refuse(f"two `variants` give a price for {name}", "each service level has one price")
    return period


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
    if "multiply" in found and "tiers" in found:
        raise found["tiers"].refuse("`tiers` stand with rates of their own, not with `multiply`")
    if not when:
        raise node.refuse("`when` names no service level")
    return Variant(
        tuple(sorted((axis, value.text(axis).lower()) for axis, value in when.items())),
        rates,
        read_tiers(found),
        only(found, "multiply", lambda n: n.number("multiply")),
    )


def read_pattern(node: Node) -> str:
    """Read one entry of `match`."""
    text = node.text("match")
    try:
        pattern(text)
    except re.error as error:
        raise node.refuse(f"`match: {text}` is no regular expression: {error}") from error
    return text


def pattern(text: str) -> re.Pattern[str]:
    """Compile a glob, or a regular expression after `re:`; both are for the whole name."""
    expression = text.removeprefix("re:") if text.startswith("re:") else translate(text.lower())
    return re.compile(expression, re.IGNORECASE)
