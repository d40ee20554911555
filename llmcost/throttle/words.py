"""What a run says, a line each."""

from __future__ import annotations

from datetime import UTC, tzinfo
from typing import Any

from llmcost.counts import counted
from llmcost.render.cell import sanitize_for_terminal
from llmcost.throttle.decide import Decision
from llmcost.throttle.gateways.gateway import BLOCK
from llmcost.throttle.register import Throttle


def would(one: Throttle, zone: tzinfo) -> str:
    """Say what would be done."""
    return f"would {doing(one)} {until(one, zone)}: {one.reason} (dry run; `throttle: {{act: true}}` acts)"


def throttled(one: Throttle, zone: tzinfo) -> str:
    """Say what was done."""
    verb = "blocked" if one.action == BLOCK else "slowed"
    return f"{doing(one).replace('block', verb, 1).replace('slow', verb, 1)} {until(one, zone)}: {one.reason}"


def doing(one: Throttle) -> str:
    """Say what is done to which key."""
    name = sanitize_for_terminal(one.key)
    return f"block key {name}" if one.action == BLOCK else f"slow key {name} to {counted(one.rpm, 'request')} a minute"


def until(one: Throttle, zone: tzinfo) -> str:
    """Say until when, where the midnight is."""
    return f"until {one.until.replace(tzinfo=UTC).astimezone(zone):%Y-%m-%d %H:%M %Z}"


def released(one: Throttle) -> str:
    """Say that a key is as it was."""
    how = f" ({one.how})" if one.how else ""
    return f"released key {sanitize_for_terminal(one.key)}: its former limits are back{how}"


def changed(one: Throttle, change: str) -> str:
    """Say that somebody else has changed a key."""
    name = sanitize_for_terminal(one.key)
    return f"key {name} was changed at the gateway by somebody ({change}): it is left as it is for today"


def gone(one: Throttle) -> str:
    """Say that a key is nowhere any more."""
    name = sanitize_for_terminal(one.key)
    return f"key {name} is not at the gateway any more: there is nothing to throttle or to release"


def is_so_already(one: Throttle) -> str:
    """Say that nothing is to be done."""
    return f"key {sanitize_for_terminal(one.key)} is left alone: it is held as tightly already"


def left_alone(decision: Decision) -> str:
    """Say why a key is not throttled."""
    return f"key {sanitize_for_terminal(decision.key)} is left alone: {decision.reason}"


def failed(one: Throttle, said: str) -> str:
    """Say that the gateway did not do it."""
    return f"key {sanitize_for_terminal(one.key)}: the gateway {said}; the next check tries again"


def elsewhere(one: Throttle) -> str:
    """Say that a key is throttled where nobody can reach it."""
    name = sanitize_for_terminal(one.key)
    return (
        f"key {name} was throttled through {one.through}, which llmcost.yaml does not name: it stays so until it does"
    )


def change(before: dict[str, Any], after: dict[str, Any]) -> str:
    """Write what changes from what to what."""
    names = [*dict.fromkeys([*before, *after])]
    return ", ".join(f"{name} {shown(before.get(name))} -> {shown(after.get(name))}" for name in names)


def shown(value: Any) -> str:
    """Write a limit."""
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
