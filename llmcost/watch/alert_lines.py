"""The alerts that are remembered, a line each."""

from __future__ import annotations

from datetime import datetime

from llmcost.alerts.remembered import Remembered, described, remembered
from llmcost.alerts.rules import AlertSettings
from llmcost.alerts.state import Memory
from llmcost.watch.snapshot import AlertLine


def alert_lines(memory: Memory, settings: AlertSettings, now: datetime) -> tuple[AlertLine, ...]:
    """List the alerts that fire, that are pending, or that ended within a day."""
    return tuple(line(one, settings) for one in remembered(memory, now))


def line(one: Remembered, settings: AlertSettings) -> AlertLine:
    """Write one."""
    message = described(one, settings)
    return AlertLine(one.alert.fingerprint, one.word, one.state.began, message["text"], message["command"])
