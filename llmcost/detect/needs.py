"""Whether logs have what a question needs."""

from __future__ import annotations

from typing import Any

from llmcost.store import Scope


def missing_requirements(scope: Scope, needs: list[dict[str, Any]]) -> list[str]:
    """Say what no request of a scope has, in the words of the needs."""
    return [need["says"] for need in needs if not scope.rows(f"select 1 from scope where {condition(need)} limit 1")]


def requests_with(scope: Scope, needs: list[dict[str, Any]]) -> int:
    """Count the requests of a scope that have the rarest of what is needed."""
    return min(int(scope.value(f"select count(*) from scope where {condition(need)}")) for need in needs)


def condition(need: dict[str, Any]) -> str:
    """Write a need as a condition on a request: one of its fields is there."""
    return f"({' or '.join(f'{field} is not null' for field in need['fields'])}) and {need.get('of', 'true')}"
