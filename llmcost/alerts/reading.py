"""The section `alerts` of llmcost.yaml: rules over the founding ones, each complaint with its line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from llmcost.alerts.channels.reading import channels_of
from llmcost.alerts.lengths import length
from llmcost.alerts.metric import metrics
from llmcost.alerts.rules import (
    ALL,
    BASELINES,
    FOUNDING,
    SAME_HOUR,
    STALE,
    THROTTLE,
    AlertSettings,
    Rule,
    founding_rules,
)
from llmcost.errors import UsageError
from llmcost.pricing.loader import Node, only
from llmcost.pricing.nearest import among
from llmcost.store.zone import read_zone

OFF = "off"
KEYS = {
    "metric",
    "by",
    "sql",
    "over",
    "times",
    "below",
    "baseline",
    "floor",
    "window",
    "widen",
    "for",
    "at_least",
    "warn",
}
# what a rule that counts for itself can say
# what cuts time, as a rule does itself
TIMES = {"block", "hour", "day", "week", "month"}
FEW_KEYS = {STALE: {"times", "floor"}, "key-budget": {"by", "warn", "then"}, "daily-spend": {"times", "floor", "warn"}}


def alerts_of(node: Node) -> AlertSettings:
    """Read the section. Raises UsageError, its message beginning with FILE:LINE."""
    found = node.mapping({"evaluation_delay", "tz", "rules", "notify"}, "alerts")
    usual = AlertSettings()
    rules = {rule_name: [*rules] for rule_name, rules in by_name(founding_rules()).items()}
    for name, entry in found["rules"].pairs("rules").items() if "rules" in found else ():
        rules[name] = list(rules_of(name, entry))
    return AlertSettings(
        usual.evaluation_delay
        if "evaluation_delay" not in found
        else length(found["evaluation_delay"], "evaluation_delay"),
        only(found, "tz", zone_of) or usual.zone,
        tuple(rule for named in rules.values() for rule in named),
        channels_of(found["notify"], rules) if "notify" in found else (),
    )


def by_name(rules: tuple[Rule, ...]) -> dict[str, list[Rule]]:
    """Sort rules by their names."""
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        found.setdefault(rule.name, []).append(rule)
    return found


def rules_of(name: str, node: Node) -> Iterator[Rule]:
    """Read one rule, which is one for each column that it is by; `off` is none."""
    if getattr(node.yaml, "value", None) == OFF:
        return
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
        raise node.refuse(f"{name}: a rule is called by small letters, digits and dashes")
    # who says `then` of another rule gets to know why not
    found = node.mapping({*FEW_KEYS.get(name, KEYS), "then"}, name)
    columns, usual = FOUNDING.get(name, ((ALL,), {}))
    fields: dict[str, Any] = dict(usual)
    if {"over", "below", "sql"} & found.keys() and not {"times", "baseline"} & found.keys():
        # another limit stands in the place of the usual one
        fields = {key: value for key, value in fields.items() if key not in ("over", "times", "below", "baseline")}
    fields |= {FIELDS.get(key, key): READERS[key](value, key) for key, value in found.items() if key != "by"}
    for by in columns_of(found["by"]) if "by" in found else columns:
        rule = Rule(name, by=by, **fields)
        check(rule, node)
        check_then(rule, node)
        yield rule


def check(rule: Rule, node: Node) -> None:
    """Refuse a rule that could never hold, or whose parts do not fit."""
    limits = [rule.over, rule.times, rule.below]
    if rule.is_budget or rule.name == STALE:
        return
    if sum(limit is not None for limit in limits) != 1:
        raise node.refuse(
            f"{rule.name} has {'no' if limits == [None] * 3 else 'more than one'} limit", "over, times or below"
        )
    if (rule.times is not None) and rule.baseline is None:
        raise node.refuse(f"{rule.name}: `times` of what?", f"baseline: {' or '.join(BASELINES)}")
    if rule.over is not None and rule.baseline is not None:
        raise node.refuse(f"{rule.name}: `over` is a limit by itself", "times: 2 holds over twice the baseline")
    if rule.at_least != 1 and rule.sql is None and metrics()[rule.metric].kind == "sum":
        raise node.refuse(f"{rule.name}: `at_least` is for shares and percentiles", "a sum has a `floor`")
    if rule.sql is not None and (rule.by != ALL or rule.baseline or rule.times):
        raise node.refuse(f"{rule.name}: a query names its groups itself, and has `over` or `below`")
    if rule.baseline == SAME_HOUR and (metrics()[rule.metric].kind != "sum" or rule.is_drop):
        raise node.refuse(f"{rule.name}: same_hour is for sums that grow", "baseline: mean_7d")


def check_then(rule: Rule, node: Node) -> None:
    """Refuse to throttle for what may be a good day: only what is over its budget is over it whatever is usual."""
    if rule.then and not (rule.is_budget and rule.by == "key"):
        raise node.refuse(
            f"{rule.name}: `then: {rule.then}` is for the daily budgets of keys, never for a spike alone",
            "key-budget: {then: throttle}",
        )


def columns_of(node: Node) -> tuple[str, ...]:
    """Read a column, or a list of them."""
    columns = node.texts("by") if hasattr(node.yaml, "flow_style") else (node.text("by"),)
    if "tag" in columns:
        raise node.refuse("`by: tag`: a request has several tags, and would count for each", "a query of your own can")
    timed = [column for column in columns if column in TIMES]
    if timed:
        raise node.refuse(f"`by: {timed[0]}`: a rule looks at times one after the other", "by: key, by: [team, model]")
    return columns


def window(node: Node, key: str) -> int:
    """Read a window, which is made of whole slots."""
    seconds = length(node, key)
    if not seconds or seconds % 300:
        raise node.refuse(f"`{key}: {node.text(key)}` is not a number of times five minutes", "5m, 15m, 1h")
    return seconds


def number(node: Node, key: str) -> float:
    """Read a number; 5% is 0.05."""
    text = node.text(key)
    if re.fullmatch(r"[0-9]+([.][0-9]+)?%", text):
        return float(text[:-1]) / 100
    return float(node.number(key))


def choice(names: Callable[[], Any]) -> Callable[[Node, str], str]:
    """Read one of several names."""

    def read(node: Node, key: str) -> str:
        name = node.text(key)
        if name not in names():
            raise node.refuse(f"`{key}: {name}`: there is none of this name", among(name, [*names()], "there are"))
        return name

    return read


def zone_of(node: Node) -> Any:
    """Read the name of a time zone."""
    try:
        return read_zone(node.text("tz"))
    except UsageError as error:
        raise node.refuse(error.message.removeprefix("--"), error.hint) from None


READERS: dict[str, Callable[[Node, str], Any]] = {
    **dict.fromkeys(("over", "times", "below", "floor", "warn"), number),
    **dict.fromkeys(("window", "widen"), window),
    "for": length,
    "at_least": lambda node, key: node.whole(key),
    "metric": choice(metrics),
    "baseline": choice(lambda: BASELINES),
    "sql": lambda node, key: node.text(key),
    "then": choice(lambda: (THROTTLE,)),
}
FIELDS = {"for": "hold"}
