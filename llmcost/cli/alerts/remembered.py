"""`llmcost alerts list`, `show`, `silence` and `ack`: what is remembered of alerts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from llmcost.alerts.deliveries import troubles
from llmcost.alerts.lengths import spelled
from llmcost.alerts.remembered import (
    Remembered,
    acknowledge,
    described,
    messages,
    remembered,
    silence,
    silences,
    unsilence,
)
from llmcost.alerts.rules import AlertSettings, Rule
from llmcost.alerts.state import Memory, state_path
from llmcost.cli.notes import note
from llmcost.cli.output import envelope, write
from llmcost.cli.reading import TableOptions
from llmcost.configuration import open_configuration
from llmcost.counts import counted
from llmcost.errors import UsageError
from llmcost.pricing.nearest import among
from llmcost.render import Table
from llmcost.store.connect import check_file

LISTED = ("alert", "state", "since_at", "message_at", "message")
SHOWN = ("message_at", "alert", "event", "severity", "message", "command", "is_silenced")
LENGTH = re.compile(r"([0-9]+)(m|h|d)")
# what llmcost.yaml calls otherwise, and what it has in minutes
SPELLINGS = {"hold": "for"}
LENGTHS = ("window", "widen", "hold")
UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def run_list(db: Path, table: TableOptions) -> int:
    """Print the alerts of the last check."""
    now, settings = clock(), open_configuration().alerts
    with opened(db) as memory:
        rows = [listed(one, settings) for one in remembered(memory, now)]
        quiet = silences(memory, now)
        failed = troubles(memory, now.replace(tzinfo=UTC).timestamp())
    write(Table("Alerts", LISTED, rows, {}, envelope("alerts list"), below=("message",)), table)
    for name, until in quiet.items():
        note(f"silenced until {until:%Y-%m-%d %H:%M} UTC: {name}")
    known = {channel.name for channel in settings.channels}
    for channel, waits, given_up, why, _ in failed:
        said = [(waits, "tried again"), (given_up, "given up today")]
        counts = " and ".join(f"{counted(count, 'message')} {what}" for count, what in said if count)
        if channel in known:
            note(f"{channel}: {counts}: {why}")
    return 0


def listed(one: Remembered, settings: AlertSettings) -> tuple[Any, ...]:
    """Write a row of the list."""
    message, state = described(one, settings), one.state
    message_at = datetime.fromisoformat(message["at"]).replace(tzinfo=None) if "at" in message else None
    return (
        one.alert.fingerprint,
        one.word,
        state.began if state.is_firing else state.since,
        message_at,
        message["text"],
    )


def run_show(db: Path, name: str, table: TableOptions) -> int:
    """Print every message of a rule or an alert. Raises UsageError where there is none of this name."""
    settings = open_configuration().alerts
    with opened(db) as memory:
        rules = named(memory, settings, name)
        found = messages(memory, name)
    rows = [
        (
            *(datetime.fromisoformat(one["at"]).replace(tzinfo=None), one["alert"], one["event"], one["severity"]),
            *(one["text"], one["command"], one["is_silenced"]),
        )
        for one in found
    ]
    write(Table("Messages", SHOWN, rows, {}, envelope("alerts show"), below=("message", "command")), table)
    for rule in rules:
        note(f"rule: {written(rule)}")
    return 0


def run_silence(db: Path, name: str, length: str) -> int:
    """Silence a rule or an alert for a while. Raises UsageError."""
    found = LENGTH.fullmatch(length)
    if not found:
        raise UsageError(f"--for {length}: not a length of time", hint="--for 30m, --for 2h, --for 1d")
    until = clock() + timedelta(**{UNITS[found[2]]: int(found[1])})
    with opened(db, is_written=True) as memory:
        named(memory, open_configuration().alerts, name)
        if int(found[1]):
            silence(memory, name, until)
        else:
            unsilence(memory, name)
    print(
        f"{name}: nothing is sent until {until:%Y-%m-%d %H:%M} UTC" if int(found[1]) else f"{name}: no longer silenced"
    )
    return 0


def run_ack(db: Path, name: str) -> int:
    """Acknowledge what fires of a name. Raises UsageError where nothing does."""
    with opened(db, is_written=True) as memory:
        named(memory, open_configuration().alerts, name)
        count = acknowledge(memory, name)
    if not count:
        raise UsageError(f"{name}: it does not fire", hint="llmcost alerts list")
    print(f"{name}: {counted(count, 'alert')} acknowledged: no reminders until it ends")
    return 0


@contextmanager
def opened(db: Path, *, is_written: bool = False) -> Iterator[Memory]:
    """Open what is remembered of a store that is there; who only reads makes no file."""
    check_file(str(db), read_only=True)
    path = state_path(db)
    with Memory(path if is_written or path.exists() else None) as memory:
        yield memory


def clock() -> datetime:
    """Give the time that it is, as UTC."""
    return datetime.now(UTC).replace(tzinfo=None)


def named(memory: Memory, settings: AlertSettings, name: str) -> list[Rule]:
    """Find the rules of a name, or those of an alert that there was. Raises UsageError."""
    alerts = {message["alert"]: message["rule"] for message in messages(memory)}
    alerts |= {alert.fingerprint: alert.rule for alert in memory.states()}
    rules = [rule for rule in settings.rules if rule.name in (name, alerts.get(name))]
    if not rules and name not in alerts:
        known = [*dict.fromkeys(rule.name for rule in settings.rules), *alerts]
        raise UsageError(f"{name}: no such rule, and no such alert", hint=among(name, known, "there are"))
    return rules


def written(rule: Rule) -> str:
    """Write a rule as it would stand in llmcost.yaml."""
    said = {
        field.name: getattr(rule, field.name)
        for field in fields(rule)
        if getattr(rule, field.name) != field.default or field.name == "by"
    }
    name = said.pop("name")
    if rule.is_budget:
        del said["window"]
    if rule.sql is not None:
        del said["by"]
    words = (f"{SPELLINGS.get(key, key)}: {value_of(key, value)}" for key, value in said.items())
    return f"{name}: {{{', '.join(words)}}}"


def value_of(key: str, value: Any) -> str:
    """Write what a rule says of one thing."""
    if key in LENGTHS:
        return spelled(value)
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
