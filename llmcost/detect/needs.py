"""Whether logs have what a question needs."""

from __future__ import annotations

from typing import Any

from llmcost.store import Store


def lacking(store: Store, needs: list[dict[str, Any]]) -> list[str]:
    """Say what no request of the present scope has, in the words of the needs."""
    return [need["says"] for need in needs if not filled(store, need)]


def requests_with(store: Store, needs: list[dict[str, Any]]) -> int:
    """Count the requests of the present scope that have the rarest of what is needed; 0 if one thing is lacking."""
    return min((filled(store, need) for need in needs), default=0)


def filled(store: Store, need: dict[str, Any]) -> int:
    """Count the requests that have one of the fields."""
    condition = " or ".join(f"{field} is not null" for field in need["fields"])
    return int(store.value(f"select count(*) from scope where ({condition}) and {need.get('of', 'true')}"))
