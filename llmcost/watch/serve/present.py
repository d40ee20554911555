"""What a page shows of the present, beside the report: how old data is, what fires, who is held back, budgets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo

from llmcost.counts import counted
from llmcost.render import Alarm, Section, Table
from llmcost.render.money import dollars
from llmcost.watch.panels.summary import age
from llmcost.watch.snapshot import Snapshot

ALERTS = ("alert", "state", "since", "says", "command")
BUDGETS = ("budget", "period", "spent_usd", "limit_usd", "expected_usd", "mark")
BAD, WARNING = "bad", "warning"


def spend(snapshot: Snapshot) -> tuple[str, ...]:
    """Say of which requests, and what they cost in the last hour and today, beside what is usual and expected."""
    usual, ahead = snapshot.usual_hour_usd, snapshot.day.expected_usd
    whose = snapshot.requests[0].upper() + snapshot.requests[1:]
    return (
        f"{whose}: last hour {dollars(snapshot.total.hour_usd)}"
        + (f", usual {dollars(usual)}" if usual is not None else ""),
        f"today {dollars(snapshot.total.today_usd)}" + (f", expected {dollars(ahead)}" if ahead is not None else ""),
    )


def alarms(snapshot: Snapshot) -> Iterator[Alarm]:
    """Say what fires, what may soon, and which keys are held back."""
    firing, pending = snapshot.firing, snapshot.alerts_that("pending")
    if firing:
        yield Alarm(BAD, f"{counted(len(firing), 'alert')} firing: {', '.join(one.alert for one in firing)}")
    if pending:
        yield Alarm(WARNING, f"{counted(len(pending), 'alert')} pending: {', '.join(one.alert for one in pending)}")
    if snapshot.throttled:
        yield Alarm(WARNING, f"throttled: {', '.join(snapshot.throttled)}")
    if not (firing or pending):
        yield Alarm("", "no alert is firing or pending")


def sections(snapshot: Snapshot) -> Iterator[Section]:
    """List alerts and budgets, where there are some."""
    if snapshot.alerts:
        rows = [
            (one.alert, one.word, since(one.since, snapshot.zone), one.text, one.command) for one in snapshot.alerts
        ]
        table = Table("Alerts", ALERTS, rows, {}, {}, below=("says", "command"))
        yield Section("alerts", "Alerts", "What is not as usual? They are of all requests.", table)
    if snapshot.budgets:
        found = [
            (one.name, one.period, one.spent_usd, one.limit_usd, one.expected_usd, one.mark) for one in snapshot.budgets
        ]
        answers = f"What may be spent, and what is? They are of {snapshot.requests}."
        yield Section("budgets", "Budgets", answers, Table("Budgets", BUDGETS, found, {}, {}))


def until(moment: datetime | None, zone: tzinfo) -> str:
    """Say until when there is data."""
    return "no data yet" if moment is None else f"data until {local(moment, zone):%H:%M:%S %Z}"


def old(moment: datetime | None, now: datetime) -> str:
    """Say how old the data is, nothing where there is none."""
    return "" if moment is None else f"{age(int((now - moment).total_seconds()))} old"


def since(moment: datetime | None, zone: tzinfo) -> str:
    """Write when an alert began."""
    return "" if moment is None else f"{local(moment, zone):%Y-%m-%d %H:%M}"


def local(moment: datetime, zone: tzinfo) -> datetime:
    """Give a moment, UTC, as the local time."""
    return moment.replace(tzinfo=UTC).astimezone(zone)
