"""Lengths of time as people write them: read, and written so that they can be read again."""

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


def spelled(seconds: int) -> str:
    """Write a length of time in the largest unit that it is a whole number of."""
    unit = max((unit for unit, size in SECONDS.items() if seconds % size == 0), key=lambda unit: SECONDS[unit])
    return f"{seconds // SECONDS[unit]}{unit}"
