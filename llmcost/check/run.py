"""The check: two sides, paired, priced alike, compared, and a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property

import numpy as np

from llmcost.change.factors import Traffic
from llmcost.change.split import Split, explain
from llmcost.check.caps import Caps, Reason, passed_caps
from llmcost.check.decision import Decision, Limits, decide, exploded
from llmcost.check.pairs import PAIRED, Change, pair, with_labels
from llmcost.check.routes import blocks_of, decide_routes
from llmcost.check.sides import Side, Source, measure
from llmcost.check.traffic import cohorts_of, models_of, traffic
from llmcost.counts import counted
from llmcost.errors import InputError
from llmcost.pricing import Book

CASE, ROUTE = "case", "route"
SEED = 20_261_126
FEW_RUNS = 2


@dataclass(frozen=True)
class Rules:
    """What a check holds the head to, what its random numbers begin with, and what is compared: a case or a route."""

    limits: Limits = field(default_factory=Limits)
    caps: Caps = field(default_factory=Caps)
    seed: int = SEED
    by: str = CASE


@dataclass(frozen=True)
class Compared:
    """Two sides compared, before the verdict.

    `base_usd` and `head_usd` are one run of all paired cases, at the head's prices on `day`; `price_usd` is what the
    same tokens of the base cost more than on the base's own day (None: not known), and no part of the difference.
    `split` says why the head costs what it costs more; `over` are reasons to fail that need no statistics.
    """

    by: str
    day: date
    base_day: date
    decision: Decision
    changes: tuple[Change, ...]
    over: tuple[Reason, ...]
    price_usd: Fraction | None
    split: Split
    base: Side
    head: Side

    @cached_property
    def paired(self) -> tuple[Change, ...]:
        """The cases that are compared."""
        return tuple(change for change in self.changes if change.state == PAIRED)

    @cached_property
    def base_usd(self) -> Fraction:
        """What one run of all paired cases cost before."""
        return sum((change.base_usd or Fraction() for change in self.paired), Fraction())

    @cached_property
    def head_usd(self) -> Fraction:
        """What it costs now."""
        return sum((change.head_usd or Fraction() for change in self.paired), Fraction())

    @property
    def delta_usd(self) -> Fraction:
        """What it costs more."""
        return self.head_usd - self.base_usd


def compare(base: Source, head: Source, book: Book, rules: Rules, days: tuple[date, date]) -> Compared:
    """Compare head with base, both priced with `book` as on the second of `days`; the first is the base's own.

    Raises InputError where no case is on both sides.
    """
    before = measure(base, book, days[0]) if days[0] != days[1] else None
    was, now = measure(base, book, days[1]), measure(head, book, days[1])
    changes = pair(was, now)
    paired = [change for change in changes if change.state == PAIRED]
    if not any(change.base and change.head for change in changes):
        raise nothing_shared(was, now, rules.by)
    split = explain(*sent(base, head, book, days[1], paired))
    price = Fraction() if before is None else price_change(before, was, paired)
    if rules.by == ROUTE:
        blocks = [blocks_of(side, book, days[1]) for side in (base, head)]
        in_order = sorted(paired, key=lambda change: (-(change.base_usd or 0), -(change.head_usd or 0)))
        strata = [(blocks[0][change.id], blocks[1][change.id]) for change in in_order]
        decision = decide_routes(strata, rules.limits, rules.seed)
        was, now = with_labels(was, now)
        changes = pair(was, now)
    else:
        decision, changes = decided(changes, rules)
    over = tuple(passed_caps(changes, was, now, rules.caps))
    return Compared(rules.by, days[1], days[0], decision, changes, over, price, split, was, now)


def decided(changes: Sequence[Change], rules: Rules) -> tuple[Decision, tuple[Change, ...]]:
    """Decide on the paired cases, and mark those that a single case may not grow to."""
    paired = [change for change in changes if change.state == PAIRED]
    base = np.array([float(change.base_usd or 0) for change in paired])
    head = np.array([float(change.head_usd or 0) for change in paired])
    over = {paired[at].id for at in exploded(base, head, rules.limits) if is_apart(paired[at])}
    possible = {paired[at].id for at in exploded(base, head, rules.limits, is_certain=False)} - over
    marked = tuple(replace(one, is_over=one.id in over, is_possibly_over=one.id in possible) for one in changes)
    return decide(base, head, rules.limits, rules.seed), marked


def is_apart(change: Change) -> bool:
    """Tell whether the cheapest run now costs more than the most expensive one did; a single run may be anything."""
    was, now = ([run.cost or 0 for run in side.runs] if side else [] for side in (change.base, change.head))
    return min(len(was), len(now)) < FEW_RUNS or min(now) > max(was)


def sent(
    base: Source, head: Source, book: Book, day: date, paired: Sequence[Change]
) -> tuple[list[Traffic], list[Traffic]]:
    """Sum up what both sides sent for the paired cases."""
    was, now = base.traced(book, day), head.traced(book, day)
    cohorts = cohorts_of(models_of(was), models_of(now))
    return (
        traffic(was, {change.id: len(change.base.runs) for change in paired if change.base}, cohorts),
        traffic(now, {change.id: len(change.head.runs) for change in paired if change.head}, cohorts),
    )


def price_change(before: Side, now: Side, paired: Sequence[Change]) -> Fraction | None:
    """Take what the base's own tokens cost more on the later day; None where the earlier prices are not known."""
    parts = [(before.tried[change.id].cost, now.tried[change.id].cost) for change in paired]
    if any(old is None or new is None for old, new in parts):
        return None
    return sum((Fraction(new or 0) - Fraction(old or 0) for old, new in parts), Fraction())


def nothing_shared(base: Side, head: Side, by: str) -> InputError:
    """Say why there is nothing to compare."""
    if by == CASE and not head.tried:
        return no_case(head)
    return InputError(
        f"none of the {counted(len(base.tried), by)} of the base is among the {len(head.tried):,} of these traces",
        hint="are the names the same in every run? `llmcost baseline show` lists those of a baseline",
    )


def no_case(side: Side) -> InputError:
    """Say that nothing can be paired."""
    return InputError(
        f"not one of {counted(side.requests, 'request')} names its test case",
        hint="stamp them with metadata.test_case (`pytest --llmcost` does), or say where it stands: --case-key",
    )


def cost_per_run(side: Side) -> Fraction:
    """Add up what a run of each case costs, of those that have a cost."""
    return sum((tried.cost for tried in side.tried.values() if tried.cost is not None), Fraction())
