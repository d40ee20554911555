"""The rules over history: when each would have fired, for how long, and what another threshold would have done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from llmcost.alerts.expected import expecting
from llmcost.alerts.judge import Alert, Event, Judged, Judging, judge, watched_by
from llmcost.alerts.machine import CRITICAL, FIRED, WARNED
from llmcost.alerts.marks import Mark
from llmcost.alerts.message import message_of
from llmcost.alerts.observe import HISTORY_SLOTS
from llmcost.alerts.own import judge_own, merged
from llmcost.alerts.rules import AlertSettings, Rule
from llmcost.alerts.slots import EPOCH, History, end_of, read_history, slot_of
from llmcost.report.budget import Budget
from llmcost.store import Priced, Store

FACTORS = (0.5, 0.75, 1.0, 1.5, 2.0)
# a month that alarms are counted by
MONTH_DAYS = 30
BEGINS = (FIRED, WARNED, CRITICAL)


@dataclass(frozen=True)
class Episode:
    """One alert from when it was notified until it ended; None is not ended."""

    event: Event
    ended: datetime | None
    until: datetime

    @property
    def began(self) -> datetime:
        """When it was notified."""
        return self.event.reading.at

    @property
    def hours(self) -> float:
        """How long it fired."""
        return ((self.ended or self.until) - self.began).total_seconds() / 3600

    @property
    def text(self) -> str:
        """What would have been said."""
        return str(message_of(self.event)["text"])

    def is_marked(self, marks: Iterable[Mark]) -> bool:
        """Whether somebody expected it."""
        alert = self.event.alert
        return any(
            mark.name in ("", alert.rule, alert.fingerprint)
            and mark.since < (self.ended or self.until)
            and self.event.since < mark.until
            for mark in marks
        )


@dataclass(frozen=True)
class Backtest:
    """What the rules would have said from the slot `first` to `last`, with all that is needed to try others."""

    history: History
    rules: tuple[Rule, ...]
    how: Judging
    judged: Judged

    @property
    def episodes(self) -> list[Episode]:
        """List the alerts in the order in which they began."""
        return list(episodes_of(self.judged, end_of(self.how.last)))

    @property
    def days(self) -> float:
        """How long it looks at."""
        return (self.how.last - self.how.first + 1) / 288


def backtest(
    store: Store,
    priced: Priced,
    settings: AlertSettings,
    budgets: tuple[Budget, ...],
    span: tuple[datetime, datetime],
) -> Backtest:
    """Judge every slot of a span as checks in its time would have, if each log had been written at once."""
    how = Judging(slot_of(span[0]), slot_of(span[1]), EPOCH, settings.zone, budgets)
    rules = expecting(settings, budgets, priced, (how.first, how.last)).rules
    history = read_history(priced, watched_by(rules), how.first - HISTORY_SLOTS, how.last)
    judged = judge(history, rules, {}, how)
    return Backtest(history, rules, how, merged(judged, judge_own(store, priced, rules, {}, how)))


def episodes_of(judged: Judged, until: datetime) -> Iterator[Episode]:
    """Pair what began with what ended it; a budget's warning lasts until it is spent."""
    begun = [event for event in judged.events if event.event in BEGINS]
    times: dict[Alert, list[datetime]] = {}
    for alert, at in [*judged.ends, *((event.alert, event.reading.at) for event in begun)]:
        times.setdefault(alert, []).append(at)
    for event in begun:
        later = [at for at in times[event.alert] if at > event.reading.at]
        yield Episode(event, min(later, default=None), until)


def scaled(rule: Rule, factor: float) -> Rule:
    """Give a rule with its threshold so many times as large."""
    fields: dict[str, Any] = {
        name: value * factor for name in ("over", "times", "below") if (value := getattr(rule, name)) is not None
    }
    return replace(rule, **fields)


def thresholds(found: Backtest, marks: Sequence[Mark]) -> Iterator[tuple[Rule, float, float, int, int | None]]:
    """Try other thresholds: the rule, the factor, the threshold, how many alerts, how many of them not expected.

    Budgets are what they are, and a query of a team's own would have to be asked again.
    """
    for rule in found.rules:
        if rule.is_budget or rule.sql is not None:
            continue
        for factor in FACTORS:
            other = scaled(rule, factor)
            episodes = list(episodes_of(judge(found.history, (other,), {}, found.how), end_of(found.how.last)))
            false = sum(not episode.is_marked(marks) for episode in episodes) if marks else None
            limit = next(each for each in (other.over, other.times, other.below) if each is not None)
            yield rule, factor, limit, len(episodes), false
