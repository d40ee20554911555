"""The section `throttle` of llmcost.yaml: whether anything is done, through what, and to whom never."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from llmcost.pricing.loader import Node
from llmcost.throttle.gateways import file, hooks, litellm
from llmcost.throttle.gateways.gateway import ACTIONS, LIMIT, Gateway

KINDS: dict[str, Callable[[Node], Gateway]] = {
    "litellm": litellm.read,
    "file": file.read,
    "webhook": hooks.read_webhook,
    "exec": hooks.read_exec,
}
RPM = 2


@dataclass(frozen=True)
class ThrottleSettings:
    """What is done to a key that has spent its budget; unless it says `act` it is only said what would be done."""

    act: bool = False
    gateway: Gateway | None = None
    action: str = LIMIT
    rpm: int = RPM
    never: frozenset[str] = frozenset()


def throttle_of(node: Node) -> ThrottleSettings:
    """Read the section. Raises UsageError, its message beginning with FILE:LINE."""
    found = node.mapping({"act", "through", "action", "rpm", "never"}, "throttle")
    acts = found["act"].truth("act") if "act" in found else False
    if acts and "through" not in found:
        raise node.refuse("throttle acts, but has no `through`", "through: {litellm: {url: ..., key_env: NAME}}")
    return ThrottleSettings(
        acts,
        gateway_of(found["through"]) if "through" in found else None,
        action_of(found["action"]) if "action" in found else LIMIT,
        rpm_of(found["rpm"]) if "rpm" in found else RPM,
        frozenset(found["never"].texts("never")) if "never" in found else frozenset(),
    )


def gateway_of(node: Node) -> Gateway:
    """Read through what keys are throttled: one kind with what that needs."""
    found = node.mapping({*KINDS}, "through")
    if len(found) != 1:
        raise node.refuse("`through` is one gateway", f"one of {', '.join(KINDS)}")
    ((kind, settings),) = found.items()
    return KINDS[kind](settings)


def action_of(node: Node) -> str:
    """Read what is done."""
    name = node.text("action")
    if name not in ACTIONS:
        raise node.refuse(f"`action: {name}` is none", f"one of {', '.join(ACTIONS)}")
    return name


def rpm_of(node: Node) -> int:
    """Read how many requests a minute a limited key may make."""
    number = node.whole("rpm")
    if not number:
        raise node.refuse("`rpm: 0` lets nothing through", "action: block")
    return number
