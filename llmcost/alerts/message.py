"""What is said of an alert: who, how much, compared with what, since when, and the command that shows more."""

from __future__ import annotations

import math
import shlex
from datetime import datetime, timedelta, tzinfo
from typing import Any

from llmcost.alerts.daily import local_day, start_of
from llmcost.alerts.judge import Event, Reading
from llmcost.alerts.machine import CRITICAL, FIRED, REMINDER, RESOLVED, WARNED
from llmcost.alerts.metric import metrics
from llmcost.alerts.rules import ALL, HOUR, MEAN_7D, OWN, STALE, Rule
from llmcost.alerts.slots import slot_of
from llmcost.counts import counted
from llmcost.render.cell import sanitize_for_terminal
from llmcost.render.money import dollars
from llmcost.store.where import escaped

TIME = "%Y-%m-%d %H:%M"
SEVERITY = {FIRED: "critical", REMINDER: "critical", CRITICAL: "critical", WARNED: "warning", RESOLVED: "critical"}


def message_of(event: Event) -> dict[str, Any]:
    """Write an event as what is sent; the id is made of what happened, so that it is the same whoever repeats it."""
    alert, read = event.alert, event.reading
    return {
        "id": f"{alert.fingerprint}/{event.event}/{read.at:%Y%m%dT%H%M}",
        "alert": alert.fingerprint,
        "rule": alert.rule,
        "by": alert.by,
        "name": alert.name,
        "event": event.event,
        "severity": SEVERITY[event.event],
        "at": read.at.isoformat() + "Z",
        "since": event.since.isoformat() + "Z",
        "value": known(read.value),
        "limit": known(read.limit),
        "baseline": known(read.baseline),
        "text": sentence(event),
        "command": command(event),
    }


def known(number: float) -> float | None:
    """Give a number, or None for nan."""
    return None if math.isnan(number) else round(number, 9)


def sentence(event: Event) -> str:
    """Say it to a person; a log's own names are made safe for a terminal."""
    rule, read = event.rule, event.reading
    said = silence(read) if rule.name == STALE else measured(event)
    if event.event == RESOLVED:
        return f"{event.alert.rule} is over: {said}; it began {event.since:{TIME}} UTC"
    held = f", since {event.since:{TIME}} UTC" if event.since != read.at else ""
    still = "still: " if event.event == REMINDER else ""
    return f"{still}{said}, {comparison(rule, read)}{held}"


def measured(event: Event) -> str:
    """Say who did how much in which time."""
    rule, read = event.rule, event.reading
    when = " today" if rule.is_budget else f" in the {lasting(rule.window, is_one=True)} to {read.at:{TIME}} UTC"
    return f"{who(event.alert.by, event.alert.name)} {what(rule, read)}{when}"


def silence(read: Reading) -> str:
    """Say that logs are silent, or that they are not any more."""
    return (
        f"no request ended in the {lasting(read.value)} to {read.at:{TIME}} UTC" if read.value else "requests end again"
    )


def who(by: str, name: str) -> str:
    """Name the group."""
    if by == ALL:
        return "all requests"
    if not name:
        return f"requests without a {by}"
    return sanitize_for_terminal(name) if by == OWN else f"{by} {sanitize_for_terminal(name)}"


def what(rule: Rule, read: Reading) -> str:
    """Say what was measured."""
    if rule.sql is not None:
        return f"is at {read.value:,.6g}"
    metric = metrics()[rule.metric]
    share = percent(read.amount / read.base) if read.base else "none"
    return metric.says.format(
        value=quantity(read.value, metric.unit), amount=f"{read.amount:,.0f}", base=f"{read.base:,.0f}", share=share
    )


def comparison(rule: Rule, read: Reading) -> str:
    """Say what it is compared with."""
    if rule.name == STALE:
        times = "" if read.limit <= rule.floor else f"{rule.times:g} times "
        return f"over {times}the longest silence of the 7 days before ({lasting(read.baseline)})"
    unit = "" if rule.sql is not None else metrics()[rule.metric].unit
    limit = quantity(read.limit, unit)
    if rule.is_expecting:
        usual = quantity(read.baseline, unit)
        many = f"{read.value / read.baseline:,.1f} times" if read.baseline else "more than"
        return f"{many} what is expected of the day ({usual})"
    if rule.is_budget:
        return f"{percent(read.value / read.limit)} of {'their' if rule.by == ALL else 'its'} daily budget of {limit}"
    if rule.baseline is not None:
        return usually(rule, read, limit, quantity(read.baseline, unit))
    if rule.sql is None and metrics()[rule.metric].kind == "low_share":
        return f"which is over {limit} by more than chance"
    return f"{'under' if rule.is_drop else 'over'} {limit}"


def usually(rule: Rule, read: Reading, limit: str, usual: str) -> str:
    """Say what is usual."""
    if rule.is_drop:
        return f"under {percent(rule.below or 0)} of the mean of the 7 days before ({usual})"
    if read.limit <= rule.floor:
        return f"over {limit}, where {usual} is usual"
    if rule.baseline == MEAN_7D:
        return f"over {rule.times:g} times the mean of the 7 days before ({usual})"
    if rule.by == ALL:
        return f"over {rule.times:g} times the usual at this time ({usual}) and over each of the last 7 days"
    return f"over {rule.times:g} times the most of the last 7 days at this time ({usual})"


def quantity(value: float, unit: str) -> str:
    """Write a number with its unit."""
    if unit == "usd":
        return dollars(value)
    if unit == "share":
        return percent(value)
    if unit == "s":
        return f"{value:,.1f} s"
    return counted(round(value), unit.removesuffix("s")) if unit else f"{value:,.6g}"


def percent(value: float) -> str:
    """Write a share; a large one in whole numbers."""
    return f"{value * 100:,.0f} %" if value >= 1 else f"{value * 100:.3g} %"


def lasting(seconds: float, *, is_one: bool = False) -> str:
    """Write a length of time in words."""
    if seconds < HOUR:
        return f"{seconds / 60:.0f} minutes"
    if is_one and seconds == HOUR:
        return "hour"
    return counted(round(seconds / HOUR), "hour") if seconds % HOUR == 0 else f"{seconds / HOUR:.1f} hours"


def command(event: Event) -> str:
    """Write the command that shows more of it."""
    rule, alert, at = event.rule, event.alert, event.reading.at
    if rule.name == STALE:
        return "llmcost doctor"
    if rule.sql is not None:
        return f"llmcost alerts show {shlex.quote(alert.fingerprint)}"
    since = midnight_before(at, event.zone) if rule.is_budget else at - timedelta(seconds=rule.window)
    where = "" if alert.by == ALL else f" --where {shlex.quote(f'{alert.by}={escaped(alert.name)}')}"
    return f"{metrics()[rule.metric].shows}{where} --since {moment(since)} --until {moment(at)}"


def midnight_before(at: datetime, zone: tzinfo) -> datetime:
    """Give the beginning of the local day that the slot which ends then is in."""
    return start_of(local_day(slot_of(at) - 1, zone), zone)


def moment(at: datetime) -> str:
    """Write a time as --since reads it."""
    return f"{at:%Y-%m-%dT%H:%MZ}"
