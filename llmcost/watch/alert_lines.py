"""The alerts that are remembered, a line each."""

from __future__ import annotations

from datetime import datetime

from llmcost.alerts.judge import Event, Reading
from llmcost.alerts.machine import FIRED
from llmcost.alerts.message import command, sentence
from llmcost.alerts.remembered import Remembered, remembered
from llmcost.alerts.rules import AlertSettings
from llmcost.alerts.state import Memory
from llmcost.watch.snapshot import AlertLine


def alert_lines(memory: Memory, settings: AlertSettings, now: datetime) -> tuple[AlertLine, ...]:
    """List the alerts that fire, that are pending, or that ended within a day."""
    return tuple(line(one, settings) for one in remembered(memory, now))


def line(one: Remembered, settings: AlertSettings) -> AlertLine:
    """Write one; of what was not sent yet the sentence is what would be sent now."""
    message = one.message if one.state.state != "pending" else None
    if message is None:
        message = would_be(one, settings)
    return AlertLine(one.alert.fingerprint, one.word, one.state.began, message["text"], message["command"])


def would_be(one: Remembered, settings: AlertSettings) -> dict[str, str]:
    """Write what would be sent if it fired now."""
    rule = next((rule for rule in settings.rules if (rule.name, rule.by) == (one.alert.rule, one.alert.by)), None)
    if rule is None:
        return {"text": "", "command": ""}
    numbers = {key: value for key, value in one.reading.items() if key != "at"}
    reading = Reading(datetime.fromisoformat(one.reading["at"]), **numbers)
    event = Event(one.alert, rule, FIRED, one.state.began or reading.at, reading, settings.zone)
    return {"text": sentence(event), "command": command(event)}
