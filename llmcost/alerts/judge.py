"""Replay slots through the rules: the same for a check, which goes on where the last one was, and for a back-test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo

import numpy as np

from llmcost.alerts.daily import budget_of, local_day, spent, spent_of_expected
from llmcost.alerts.machine import OK, RESOLVED, Seen, State, step, step_budget
from llmcost.alerts.metric import metrics
from llmcost.alerts.observe import Flags, Observed, alive, observe, silence
from llmcost.alerts.rules import ALL, STALE, Rule
from llmcost.alerts.slots import SLOT_SECONDS, History, Numbers, Watched, end_of
from llmcost.report.budget import Budget

EVERY_REQUEST: Watched = ("requests", ALL)
# so long an alert that ended is still shown
SHOWN = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Alert:
    """A rule and the group that it holds for."""

    rule: str
    by: str
    name: str

    @property
    def fingerprint(self) -> str:
        """The name of it that stays the same."""
        return f"{self.rule}/{self.by}" if self.by == self.name else f"{self.rule}/{self.by}={self.name}"


@dataclass(frozen=True)
class Reading:
    """What a rule read of a group in the slot that ends `at`; nan is what there is not."""

    at: datetime
    value: float
    limit: float
    baseline: float
    amount: float
    base: float


@dataclass(frozen=True)
class Event:
    """Something to tell: what happened to which alert, since when, what was read then, and whose midnight counts."""

    alert: Alert
    rule: Rule
    event: str
    since: datetime
    reading: Reading
    zone: tzinfo = UTC


@dataclass(frozen=True)
class Judging:
    """How slots are judged: from which to which, since when they may begin alerts, whose midnight, which budgets."""

    first: int
    last: int
    fresh: datetime
    zone: tzinfo = UTC
    budgets: tuple[Budget, ...] = ()
    acknowledged: frozenset[str] = frozenset()


@dataclass
class Judged:
    """Where each alert is, what was last read of it, what is to be said, in order, and when alerts ended."""

    states: dict[Alert, State] = field(default_factory=dict)
    readings: dict[Alert, Reading] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    ends: list[tuple[Alert, datetime]] = field(default_factory=list)


def watched_by(rules: tuple[Rule, ...]) -> list[Watched]:
    """List what the rules need to be read, each once, and what tells whether logs say anything."""
    named = ((rule.metric, rule.by) for rule in rules if rule.name != STALE and rule.sql is None)
    return list(dict.fromkeys([EVERY_REQUEST, *named]))


@dataclass(frozen=True)
class Group:
    """One group under one rule: what is seen of it from the slot `first` on."""

    alert: Alert
    rule: Rule
    seen: Observed
    first: int

    def reading(self, slot: int) -> Reading:
        """Give what is read in a slot."""
        at, seen = slot - self.first, self.seen
        return Reading(
            end_of(slot),
            *(float(each[at]) for each in (seen.value, seen.limit, seen.baseline, seen.amount, seen.base)),
        )

    def next_holding(self, slot: int, last: int) -> int:
        """Find the next slot in which the rule holds; the one after the last, where it does not any more."""
        seen = self.seen
        part = slice(slot - self.first, last - self.first + 1)
        value, limit = seen.value[part], seen.limit[part]
        if self.rule.is_budget:
            holds = value >= limit * self.rule.warn
        else:
            holds = (value < limit) if self.rule.is_drop else (value > limit)
        following = np.flatnonzero(holds & seen.is_known[part])
        return slot + int(following[0]) if len(following) else last + 1

    def step(self, state: State, slot: int, how: Judging) -> tuple[State, str | None]:
        """Give the state after a slot, and what is said of it."""
        read = self.reading(slot)
        value = read.value if self.seen.is_known[slot - self.first] else None
        seen = Seen(read.at, value, read.limit, self.rule.is_drop, read.at >= how.fresh)
        if self.rule.is_budget:
            return step_budget(state, seen, self.rule.warn, local_day(slot, how.zone))
        is_acknowledged = self.alert.fingerprint in how.acknowledged
        return step(state, seen, timedelta(seconds=self.rule.hold), is_acknowledged=is_acknowledged)


def judge(history: History, rules: tuple[Rule, ...], states: Mapping[Alert, State], how: Judging) -> Judged:
    """Judge every slot from first to last by every rule, each group beginning with its state."""
    found = Judged()
    requests = history.sums(EVERY_REQUEST, ALL).samples
    is_alive = alive(requests)
    for rule in rules:
        if rule.sql is None:
            for group in groups_of(history, rule, states, how, requests, is_alive):
                follow(found, group, states.get(group.alert, State()), how)
    found.events.sort(key=lambda event: (event.reading.at, event.alert))
    return found


def groups_of(
    history: History, rule: Rule, states: Mapping[Alert, State], how: Judging, requests: Numbers, is_alive: Flags
) -> Iterator[Group]:
    """Give every group of a rule with what is seen of it."""
    if rule.name == STALE:
        seen = silence(requests)
        limit = np.maximum(seen.limit * (rule.times or 0), rule.floor)
        yield Group(Alert(STALE, rule.by, rule.by), rule, replace(seen, limit=limit), history.first)
        return
    watched = (rule.metric, rule.by)
    known = [alert.name for alert in states if (alert.rule, alert.by) == (rule.name, rule.by)]
    for name in dict.fromkeys([*history.names(watched), *known]):
        budget = budget_of(how.budgets, rule.by, name) if rule.is_budget else None
        if rule.is_budget and budget is None and not rule.expected:
            continue
        if name not in known and is_small(history, rule, name, how.first):
            continue
        sums = history.sums(watched, name)
        if budget is not None:
            seen = spent(sums.amount, float(budget), history.first, how.zone)
        elif rule.is_budget:
            seen = spent_of_expected(sums.amount, rule, history.first, how.zone)
        else:
            seen = observe(rule, metrics()[rule.metric], sums, is_alive)
        # a budget is one whether or not there is something to expect
        held = rule if budget is None else replace(rule, times=None)
        yield Group(Alert(rule.name, rule.by, name), held, seen, history.first)


def is_small(history: History, rule: Rule, name: str, first: int) -> bool:
    """Tell whether all that a group had since the window of the first slot is under the least limit of the rule."""
    if rule.is_budget or rule.times is None or not rule.floor or metrics()[rule.metric].kind != "sum":
        return False
    return history.most((rule.metric, rule.by), name, first - rule.window // SLOT_SECONDS) < rule.floor


def is_shown(state: State, at: datetime) -> bool:
    """Tell whether a state is more than that all is well, or was until a day ago."""
    return state.state != OK or (state.since is not None and at - state.since <= SHOWN)


def follow(found: Judged, group: Group, state: State, how: Judging) -> None:
    """Step one alert from slot to slot; what is well is passed over up to the next slot in which the rule holds."""
    slot = how.first
    while slot <= how.last:
        if state.state == OK and (slot := group.next_holding(slot, how.last)) > how.last:
            break
        before = state
        state, event = group.step(state, slot, how)
        if event:
            began = before.began if event == RESOLVED else state.began
            read = group.reading(slot)
            found.events.append(Event(group.alert, group.rule, event, began or read.at, read, how.zone))
        if before.is_firing and not state.is_firing:
            found.ends.append((group.alert, end_of(slot)))
        slot += 1
    if is_shown(state, end_of(how.last)):
        found.states[group.alert] = state
        found.readings[group.alert] = group.reading(how.last)
