"""Lengths of time as people write them."""

from __future__ import annotations

import re

from llmcost.pricing.loader import Node

LENGTH = re.compile(r"([0-9]+)(s|m|h|d)")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
MOST_SECONDS = 86_400


def length(node: Node, key: str) -> int:
    """Read a length of time in seconds: 90s, 15m, 1h, 1d."""
    found = LENGTH.fullmatch(node.text(key))
    if not found:
        raise node.refuse(f"`{key}: {node.text(key)}` is not a length of time", "15m, 1h, at most 1d")
    seconds = int(found[1]) * SECONDS[found[2]]
    if seconds > MOST_SECONDS:
        raise node.refuse(f"`{key}: {node.text(key)}` is more than a day")
    return seconds
