"""Two sides case by case: what is compared, and what only one of them has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from llmcost.check.keys import TEMPLATE
from llmcost.check.sides import CaseRuns, Side
from llmcost.counts import counted

PAIRED, NEW, REMOVED, UNPRICED = "paired", "new", "removed", "unpriced"


@dataclass(frozen=True)
class Change:
    """A case on both sides. `state` is paired, new, removed, or unpriced: on one side a request has no cost.

    Costs are means of its runs in USD, None where the side has none; `is_over` is more than a single case may grow, and
    `is_possibly_over` is that too, but no more than the noise of this comparison.
    """

    id: str
    state: str
    base: CaseRuns | None
    head: CaseRuns | None
    is_over: bool = False
    is_possibly_over: bool = False

    @property
    def base_usd(self) -> Fraction | None:
        """What a run of the case cost before."""
        return self.base.cost if self.base else None

    @property
    def head_usd(self) -> Fraction | None:
        """What it costs now."""
        return self.head.cost if self.head else None

    @property
    def delta_usd(self) -> Fraction | None:
        """What a run costs more; None where it is not known on both sides."""
        return None if self.base_usd is None or self.head_usd is None else self.head_usd - self.base_usd

    @property
    def ratio(self) -> float | None:
        """How many times as dear it is; None of what cost nothing."""
        return float(self.head_usd / self.base_usd) if self.base_usd and self.head_usd is not None else None


def pair(base: Side, head: Side) -> tuple[Change, ...]:
    """Pair the cases of two sides, in the order of their names."""
    return tuple(
        Change(name, state_of(base.tried.get(name), head.tried.get(name)), base.tried.get(name), head.tried.get(name))
        for name in sorted({*base.tried, *head.tried})
    )


def state_of(base: CaseRuns | None, head: CaseRuns | None) -> str:
    """Say whether a case can be compared."""
    if base is None or head is None:
        return NEW if base is None else REMOVED
    return UNPRICED if base.cost is None or head.cost is None else PAIRED


def with_labels(base: Side, head: Side) -> tuple[Side, Side]:
    """Name routes for people: a template is named by a number and the length of its system prompt."""
    routes: dict[str, list[CaseRuns]] = {}
    for tried in {**head.tried, **base.tried}.values():
        routes.setdefault(tried.id.partition(TEMPLATE)[0], []).append(tried)
    names = {name: label for route, found in routes.items() for name, label in labels(route, found)}
    return renamed(base, names), renamed(head, names)


def renamed(side: Side, names: Mapping[str, str]) -> Side:
    """Give the cases of a side their new names."""
    return replace(side, tried={names[name]: replace(tried, id=names[name]) for name, tried in side.tried.items()})


def labels(route: str, found: list[CaseRuns]) -> Iterator[tuple[str, str]]:
    """Name the templates of a route, the most expensive first: a key alone would be another in each store."""
    if len(found) == 1:
        yield found[0].id, route
        return
    for number, tried in enumerate(sorted(found, key=lambda one: (-(one.cost or 0), one.prompt_chars or 0)), start=1):
        size = (
            "no system prompt"
            if tried.prompt_chars is None
            else f"system prompt of {counted(tried.prompt_chars, 'character')}"
        )
        yield tried.id, f"{route} {number} ({size})"
