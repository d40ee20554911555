"""`llmcost alerts backtest`: the rules over history, as a table of rules, of alerts or of thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from llmcost.alerts.backtest import MONTH_DAYS, Backtest, Episode, backtest, thresholds
from llmcost.alerts.marks import Mark, read_marks
from llmcost.cli.alerts.options import HistoryReading
from llmcost.cli.notes import note
from llmcost.cli.output import envelope, write
from llmcost.cli.progress import step_line
from llmcost.configuration import open_configuration
from llmcost.errors import UsageError
from llmcost.render import Table
from llmcost.report.span import MOMENT, logged
from llmcost.store import Filters, Store

RULES = ("rule", "by", "alerts", "alerts_per_month", "firing_hours", "false_alerts")
EACH = ("message_at", "alert", "event", "firing_hours", "is_expected", "message")
THRESHOLDS = ("rule", "by", "factor", "threshold", "alerts", "alerts_per_month", "false_alerts")


def run_backtest(reading: HistoryReading, expected: Sequence[str], *, is_each: bool, is_thresholds: bool) -> int:
    """Print what the rules would have said. Raises UsageError for marks that are none."""
    if is_each and is_thresholds:
        raise UsageError("--each and --thresholds are two tables", hint="ask for one")
    configuration, filters = open_configuration(), reading.filters
    settings = configuration.alerts
    marks = read_marks(expected, settings.zone, {rule.name for rule in settings.rules})
    with reading.open() as store, step_line() as say:
        say("replaying")
        priced = store.price(reading.book)
        found = backtest(store, priced, settings, configuration.budgets, span_of(store, filters))
        episodes = found.episodes
        table = (
            thresholds_table(found, marks)
            if is_thresholds
            else each_table(episodes, marks)
            if is_each
            else rules_table(found, episodes, marks)
        )
    write(table, reading)
    for mark in missed(episodes, marks):
        when = f"from {mark.since:%Y-%m-%d %H:%M} to {mark.until:%Y-%m-%d %H:%M} UTC"
        note(f"missed: nothing fired {when} {mark.name}".rstrip())
    return 0


def span_of(store: Store, filters: Filters) -> tuple[datetime, datetime]:
    """Give what is looked at: all that is logged, or what of it is asked for."""
    span = logged(store)
    assert span is not None, "an empty store is refused"
    last = span.last if filters.until is None else min(span.last, filters.until - MOMENT)
    first = span.first if filters.since is None else max(span.first, filters.since)
    if first > last:
        raise UsageError(
            "nothing is logged in this time", hint=f"logs are from {span.first:%Y-%m-%d} to {span.last:%Y-%m-%d}"
        )
    return first, last


def monthly(count: int, found: Backtest) -> float:
    """Give how many that is in thirty days."""
    return count * MONTH_DAYS / found.days


def rules_table(found: Backtest, episodes: list[Episode], marks: list[Mark]) -> Table:
    """Make a row for each rule."""
    rows: list[tuple[Any, ...]] = []
    for rule in found.rules:
        by = rule.by if rule.sql is None else "sql"
        own = [one for one in episodes if one.event.rule == rule]
        false = sum(not one.is_marked(marks) for one in own) if marks else None
        rows.append((rule.name, by, len(own), monthly(len(own), found), sum(one.hours for one in own), false))
    return Table("Rules", RULES, rows, {}, envelope("alerts backtest"))


def each_table(episodes: list[Episode], marks: list[Mark]) -> Table:
    """Make a row for each alert."""
    rows = [
        (
            *(one.began, one.event.alert.fingerprint, one.event.event, one.hours),
            *(one.is_marked(marks) if marks else None, one.text),
        )
        for one in episodes
    ]
    return Table("Alerts", EACH, rows, {}, envelope("alerts backtest"), below=("message",))


def thresholds_table(found: Backtest, marks: list[Mark]) -> Table:
    """Make a row for each rule and threshold."""
    rows = [
        (rule.name, rule.by, factor, limit, count, monthly(count, found), false)
        for rule, factor, limit, count, false in thresholds(found, marks)
    ]
    return Table("Thresholds", THRESHOLDS, rows, {}, envelope("alerts backtest"))


def missed(episodes: list[Episode], marks: list[Mark]) -> list[Mark]:
    """List what was expected and raised nothing."""
    return [mark for mark in marks if not any(one.is_marked([mark]) for one in episodes)]
