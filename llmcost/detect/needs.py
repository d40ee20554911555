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


def requests_by_tier(scope: Scope, tiers: dict[str, dict[str, Any]]) -> dict[str, int]:
    """Count the requests of a scope by the surest tier of evidence that each has, in the order of the tiers."""
    if not tiers:
        return {}
    cases = " ".join(f"when {condition(tier)} then '{name}'" for name, tier in tiers.items())
    counts: dict[str | None, int] = dict(
        scope.rows(f"select case {cases} end as tier, count(*) from scope group by tier")
    )
    return {name: int(counts.get(name, 0)) for name in tiers}


def condition(need: dict[str, Any]) -> str:
    """Write a need as a condition on a request: one of its fields is there."""
    return f"({' or '.join(f'{field} is not null' for field in need['fields'])}) and {need.get('of', 'true')}"
