"""When an alert begins and ends: a pure function, so that history can be replayed through it.

    state      over the limit            below the clear level        nothing is known
    ok         -> pending                ok                           ok
    pending    after `hold` -> firing    -> ok, when not over         the timer stands still
    firing     reminder after 4 h        -> clearing                  stays; after a day -> ok, silently
    clearing   -> firing, silently       after 15 minutes -> ok       the timer stands still

All times are those of the data: the ends of slots. Whatever ended more than an hour ago is too old to begin an alert.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

OK, PENDING, FIRING, CLEARING = "ok", "pending", "firing", "clearing"
# what is said
FIRED, REMINDER, RESOLVED, WARNED, CRITICAL = "firing", "reminder", "resolved", "warning", "critical"
# how an alert ended that nobody is notified of
NO_DATA, MIDNIGHT = "no data", "midnight"
CLEAR = 0.8  # of the limit
COOLDOWN = timedelta(minutes=15)
REMIND = timedelta(hours=4)
BLIND = timedelta(hours=24)
SLOT = timedelta(minutes=5)


@dataclass(frozen=True)
class State:
    """Where an alert is: since when, when it began and was notified of, its worst value, since when nothing is known.

    `ended` says how the last one ended. Of a budget `level` is 1 from its warning on, 2 when it is spent, on `day`.
    """

    state: str = OK
    since: datetime | None = None
    began: datetime | None = None
    notified: datetime | None = None
    peak: float = 0.0
    blind: datetime | None = None
    ended: str = ""
    level: int = 0
    day: date | None = None

    @property
    def is_firing(self) -> bool:
        """Whether it began and has not ended."""
        return self.state in (FIRING, CLEARING)


@dataclass(frozen=True)
class Seen:
    """What a rule sees of one slot; `value` None is not known. A drop is under its limit."""

    at: datetime
    value: float | None
    limit: float
    is_drop: bool = False
    is_fresh: bool = True

    @property
    def is_over(self) -> bool:
        """Whether the rule holds."""
        value = self.value or 0.0
        return value < self.limit if self.is_drop else value > self.limit

    @property
    def is_clear(self) -> bool:
        """Whether the value is well on the other side."""
        value = self.value or 0.0
        return value > self.limit / CLEAR if self.is_drop else value < self.limit * CLEAR


def step(old: State, seen: Seen, hold: timedelta, *, is_acknowledged: bool = False) -> tuple[State, str | None]:
    """Give the state after a slot, and what is said of it. Who knows of an alert is not reminded."""
    if seen.value is None:
        return blinded(old, seen.at), None
    new = replace(old, blind=None)
    if new.state == OK:
        new = State(PENDING, seen.at, seen.at) if seen.is_over else new
    if new.state == PENDING:
        return begun(new, seen, hold)
    if new.is_firing:
        worst = min if seen.is_drop else max
        return going(replace(new, peak=worst(new.peak, seen.value)), seen, is_acknowledged)
    return new, None


def begun(new: State, seen: Seen, hold: timedelta) -> tuple[State, str | None]:
    """Let what is pending fire once it has held so long, and be nothing where it no longer holds."""
    if not seen.is_over:
        return State(), None
    if seen.at - (new.since or seen.at) < hold or not seen.is_fresh:
        return new, None
    return replace(new, state=FIRING, since=seen.at, notified=seen.at, peak=seen.value or 0.0), FIRED


def going(new: State, seen: Seen, is_acknowledged: bool) -> tuple[State, str | None]:
    """Let what fires end after it was clear so long; a value between its levels changes nothing."""
    if new.state == FIRING and seen.is_clear:
        new = replace(new, state=CLEARING, since=seen.at)
    elif new.state == CLEARING and not seen.is_clear:
        new = replace(new, state=FIRING, since=seen.at)
    if new.state == CLEARING:
        is_over = seen.at - (new.since or seen.at) >= COOLDOWN
        return (ended(new, seen.at, RESOLVED), RESOLVED) if is_over else (new, None)
    if not is_acknowledged and seen.at - (new.notified or seen.at) >= REMIND:
        return replace(new, notified=seen.at), REMINDER
    return new, None


def blinded(old: State, at: datetime) -> State:
    """Let timers stand still while nothing is known; what fires ends after a day of that."""
    blind = old.blind or at
    if old.is_firing and at - blind >= BLIND:
        return ended(old, at, NO_DATA)
    is_timed = old.state in (PENDING, CLEARING) and old.since is not None
    return replace(old, blind=blind, since=old.since + SLOT if is_timed and old.since else old.since)


def ended(old: State, at: datetime, how: str) -> State:
    """Give what is left of an alert that ended."""
    return State(since=at, began=old.began, peak=old.peak, ended=how)


def step_budget(old: State, seen: Seen, warn: float, day: date) -> tuple[State, str | None]:
    """Give the state of a budget after a slot of `day`: it warns, is spent, and begins anew at midnight, silently."""
    new = old
    if old.day != day:
        new = replace(ended(old, seen.at, MIDNIGHT), day=day) if old.is_firing else State(day=day)
    value = seen.value or 0.0
    level = 2 if value >= seen.limit else 1 if value >= warn * seen.limit else 0
    if level <= new.level or not seen.is_fresh:
        return replace(new, peak=max(new.peak, value)) if new.is_firing else new, None
    began = new.began if new.is_firing else seen.at
    return State(FIRING, seen.at, began, seen.at, value, level=level, day=day), CRITICAL if level == 2 else WARNED
