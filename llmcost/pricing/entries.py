"""Read the entries of a price book from YAML nodes, and refuse what breaks a rule of the format."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from fnmatch import translate
from functools import cache
from itertools import pairwise

from llmcost.pricing.book import FEES, Adjust, Deployment, Model, Provider
from llmcost.pricing.loader import Node, only, required, section, span
from llmcost.pricing.periods import read_period

BILLINGS = ("tokens", "provisioned")

WILD = re.compile(r"[*?\[]|^re:")


def read_provider(node: Node) -> Provider:
    """Read one entry of `providers`."""
    found = node.mapping({"id", "names", "fallback", "resells", "ids", "zones", "fees"}, "a provider")
    return Provider(
        required(node, found, "id", "a provider").text("id"),
        only(found, "names", lambda n: n.texts("names")) or (),
        only(found, "fallback", lambda n: n.texts("fallback")) or (),
        only(found, "resells", lambda n: n.truth("resells")) or False,
        tuple(read_pattern(item, "ids") for item in section(found, "ids")),
        tuple(sorted((only(found, "zones", read_zones) or {}).items())),
        tuple(sorted((only(found, "fees", read_fees) or {}).items())),
    )


def read_zones(node: Node) -> dict[str, Decimal]:
    """Read the zones of a provider, each with its factor."""
    return {name.lower(): factor.number("zones") for name, factor in node.pairs("`zones`").items()}


def read_fees(node: Node) -> dict[str, Decimal]:
    """Read what a provider's tools cost, USD per call."""
    return {name: fee.number(name) for name, fee in node.mapping(set(FEES), "`fees`").items()}


def read_deployment(node: Node) -> Deployment:
    """Read one entry of `deployments`."""
    found = node.mapping({"name", "provider", "model", "billing", "note"}, "a deployment")
    name, provider, model = (
        required(node, found, key, "a deployment").text(key) for key in ("name", "provider", "model")
    )
    read_pattern(found["name"], "name")
    billing = only(found, "billing", lambda n: n.text("billing")) or "tokens"
    if billing not in BILLINGS:
        raise found["billing"].refuse(f"`billing: {billing}` is neither of {', '.join(BILLINGS)}")
    return Deployment(name, provider, model, billing == "provisioned")


def read_adjust(node: Node) -> Adjust:
    """Read one entry of `adjust`."""
    found = node.mapping({"provider", "model", "from", "to", "multiply", "note"}, "an adjustment")
    return Adjust(
        required(node, found, "provider", "an adjustment").text("provider"),
        only(found, "model", lambda n: n.text("model")),
        *span(found),
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


def read_pattern(node: Node, key: str = "match") -> str:
    """Read a name, a glob or a regular expression."""
    text = node.text(key)
    if not WILD.search(text):
        return text
    try:
        pattern(text)
    except re.error as error:
        raise node.refuse(f"`{key}: {text}` is not a regular expression: {error}") from error
    return text


@cache
def pattern(text: str) -> re.Pattern[str]:
    """Compile a glob, or a regular expression after `re:`; both are for the whole name."""
    expression = text.removeprefix("re:") if text.startswith("re:") else translate(text.lower())
    return re.compile(expression, re.IGNORECASE)


def fits(name: str, text: str) -> bool:
    """Tell whether a name, in small letters, is one that a pattern stands for."""
    # hundreds of globs take long to compile, and most begin otherwise
    begin = "" if text.startswith("re:") else WILD.split(text, maxsplit=1)[0].lower()
    return name.startswith(begin) and pattern(text).fullmatch(name) is not None
