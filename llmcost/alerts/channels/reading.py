"""The list `notify` of the section `alerts`: channels, each complaint with its line and without a secret."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from llmcost.alerts.channels import alertmanager, apprise, email, exec, pagerduty, slack, webhook
from llmcost.alerts.channels.channel import SEVERITIES, Channel, Way
from llmcost.pricing.loader import Node
from llmcost.pricing.nearest import among

KINDS: dict[str, Callable[[Node], Way]] = {
    "alertmanager": alertmanager.read,
    "apprise": apprise.read,
    "email": email.read,
    "exec": exec.read,
    "pagerduty": pagerduty.read,
    "slack": slack.read,
    "webhook": webhook.read,
}
NAME = re.compile(r"[a-z0-9][a-z0-9-]*")


def channels_of(node: Node, rules: Collection[str]) -> tuple[Channel, ...]:
    """Read the list; no two channels have one name. Raises UsageError, its message beginning with FILE:LINE."""
    found: dict[str, Channel] = {}
    for item in node.items("notify"):
        channel = channel_of(item, rules)
        if channel.name in found:
            raise item.refuse(f"two channels are called {channel.name}", "give one another `name`")
        found[channel.name] = channel
    return tuple(found.values())


def channel_of(node: Node, rules: Collection[str]) -> Channel:
    """Read one channel: its kind with what that needs, and beside it its name and what it takes."""
    found = node.mapping({*KINDS, "name", "rules", "severity"}, "a channel")
    kinds = found.keys() & KINDS.keys()
    if len(kinds) != 1:
        what = "several kinds" if kinds else "no kind"
        raise node.refuse(f"a channel has {what}", f"one of {', '.join(KINDS)}")
    (kind,) = kinds
    return Channel(
        name_of(found["name"]) if "name" in found else kind,
        KINDS[kind](found[kind]),
        frozenset(rule_of(one, rules) for one in found["rules"].items("rules")) if "rules" in found else None,
        severity_of(found["severity"]) if "severity" in found else SEVERITIES[0],
    )


def name_of(node: Node) -> str:
    """Read the name of a channel."""
    name = node.text("name")
    if not NAME.fullmatch(name):
        raise node.refuse(f"{name}: a channel is called by small letters, digits and dashes")
    return name


def rule_of(node: Node, rules: Collection[str]) -> str:
    """Read the name of a rule."""
    name = node.text("rules")
    if name not in rules:
        raise node.refuse(f"`rules`: there is no rule {name}", among(name, [*rules], "there are"))
    return name


def severity_of(node: Node) -> str:
    """Read the least severity."""
    name = node.text("severity")
    if name not in SEVERITIES:
        raise node.refuse(f"`severity: {name}` is none", f"one of {', '.join(SEVERITIES)}")
    return name
