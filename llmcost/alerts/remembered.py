"""What people ask of the alerts that are remembered: which there are, what was sent of one; silenced, acknowledged."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from llmcost.alerts.judge import Alert, Event, Reading
from llmcost.alerts.machine import FIRED, State
from llmcost.alerts.message import command, sentence
from llmcost.alerts.rules import AlertSettings
from llmcost.alerts.state import Memory

QUIET = "silenced"


@dataclass(frozen=True)
class Remembered:
    """One alert: where it is, what was last read of it, what was last sent, whether it is silenced or acknowledged."""

    alert: Alert
    state: State
    reading: dict[str, Any]
    message: dict[str, Any] | None
    is_silenced: bool
    is_acknowledged: bool

    @property
    def counts(self) -> bool:
        """Whether it fires, and nobody has said that this is known."""
        return self.state.is_firing and not (self.is_silenced or self.is_acknowledged)

    @property
    def place(self) -> int:
        """Where it stands among others: what somebody should see is first."""
        if self.counts:
            return 0
        if self.state.is_firing:
            return 2
        return 3 if self.state.ended else 1

    @property
    def word(self) -> str:
        """Say in a word where it is."""
        if not self.state.is_firing:
            return self.state.ended or self.state.state
        if self.is_silenced:
            return QUIET
        if self.is_acknowledged:
            return "acknowledged"
        return f"{self.state.state}, blind" if self.state.blind else self.state.state


def remembered(memory: Memory, now: datetime) -> list[Remembered]:
    """List the alerts that fire, then those that are pending, that are known, and that ended within a day."""
    quiet = silences(memory, now)
    states, acknowledged = memory.states(), memory.acknowledged()
    rows = memory.rows("select fingerprint, reading from alerts")
    with memory.reading():
        readings = {name: json.loads(text) for name, text in rows}
    sent = {message["alert"]: message for message in messages(memory)}
    found = [
        Remembered(
            alert,
            state,
            readings[alert.fingerprint],
            sent.get(alert.fingerprint),
            bool({alert.rule, alert.fingerprint} & quiet.keys()),
            alert.fingerprint in acknowledged,
        )
        for alert, state in states.items()
    ]
    return sorted(found, key=lambda one: (one.place, one.alert))


def described(one: Remembered, settings: AlertSettings) -> dict[str, Any]:
    """Give the message that was last sent of an alert; of one that is pending, what would be sent if it fired now."""
    if one.message is not None and one.state.state != "pending":
        return one.message
    rule = next((rule for rule in settings.rules if (rule.name, rule.by) == (one.alert.rule, one.alert.by)), None)
    if rule is None:
        return {"text": "", "command": ""}
    numbers = {key: value for key, value in one.reading.items() if key != "at"}
    reading = Reading(datetime.fromisoformat(one.reading["at"]), **numbers)
    event = Event(one.alert, rule, FIRED, one.state.began or reading.at, reading, settings.zone)
    return {"text": sentence(event), "command": command(event)}


def messages(memory: Memory, name: str | None = None) -> list[dict[str, Any]]:
    """List what was sent, in order, of one alert or one rule if a name is given; each with whether it was silenced."""
    rows = memory.rows(
        "select body, is_silenced from outbox where ?1 is null or fingerprint = ?1 or rule = ?1 order by rowid",
        name,
    )
    with memory.reading():
        return [{**json.loads(body), "is_silenced": bool(silenced)} for body, silenced in rows]


def silences(memory: Memory, now: datetime) -> dict[str, datetime]:
    """Name what is silenced now, and until when."""
    rows = memory.rows("select name, until from silences")
    with memory.reading():
        found = {name: datetime.fromisoformat(until) for name, until in rows}
    return {name: until for name, until in found.items() if until > now}


def silence(memory: Memory, name: str, until: datetime) -> None:
    """Send nothing of a rule or an alert until then."""
    memory.rows("insert or replace into silences values (?, ?)", name, until.isoformat())


def unsilence(memory: Memory, name: str) -> None:
    """Send again what comes of a rule or an alert."""
    memory.rows("delete from silences where name = ?", name)


def acknowledge(memory: Memory, name: str) -> int:
    """Remind nobody of an alert, or of those of a rule, until it ends; give how many that are."""
    rows = memory.rows(
        "update alerts set acknowledged = 1 where (fingerprint = ?1 or rule = ?1) and "
        "json_extract(state, '$.state') in ('firing', 'clearing') returning fingerprint",
        name,
    )
    return len(rows)
