"""`llmcost alerts check`: judge what is new, say what fires, exit with 1 while something does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from llmcost.alerts.evaluate import Evaluated, evaluate, last_whole_slot
from llmcost.alerts.expected import expecting_now
from llmcost.alerts.observe import LEARNING_DAYS
from llmcost.alerts.remembered import Remembered, remembered
from llmcost.alerts.rollup import Rollup
from llmcost.alerts.slots import end_of, read_history
from llmcost.alerts.state import Memory, state_path
from llmcost.cli.alerts.options import StoreReading
from llmcost.cli.delivered import send_due
from llmcost.cli.notes import note
from llmcost.cli.output import envelope, write_text
from llmcost.configuration import open_configuration
from llmcost.counts import agreeing, counted
from llmcost.errors import GateError
from llmcost.render.json import encode
from llmcost.report.span import Span, logged
from llmcost.store import parse_when
from llmcost.throttle.enforce import enforce
from llmcost.throttle.spent import look

# logs that have said nothing for so long say nothing of now
SILENT = timedelta(hours=1)


def run_check(reading: StoreReading, at: str | None, *, is_json: bool) -> int:
    """Judge, and say what fires. Raises GateError while something does."""
    settings, now = open_configuration(), moment(at)
    with reading.open() as store, Memory(state_path(reading.db)) as memory:
        priced = store.price(reading.book)
        if at is None:
            memory.forget_future(last_whole_slot(now, settings.alerts))
        # what is kept is of now
        read = Rollup(memory, now).read if at is None else read_history
        alerts = expecting_now(settings.alerts, settings.budgets, priced, now, memory if at is None else None)
        found = evaluate(store, priced, alerts, settings.budgets, memory, now, read)
        looked = look(priced, settings.alerts, settings.budgets, memory, now)
        firing = [one for one in remembered(memory, now) if one.state.is_firing]
        notes = [*time_lines(logged(store), found, now)]
    if is_json:
        write_text([encode(document(found, firing)).decode() + "\n"], None)
    else:
        write_text((f"{line}\n" for line in lines(found, firing)), None)
    for line in notes:
        note(line)
    send_due(settings.alerts, state_path(reading.db), now)
    # of another time than this it is only said what would be done
    for line in enforce(state_path(reading.db), settings.throttle, settings.alerts, looked, now, may_act=at is None):
        note(f"throttle: {line}")
    counting = sum(one.counts for one in firing)
    if counting:
        raise GateError(f"{counted(counting, 'alert')} {agreeing(counting, 'fires', 'fire')}")
    return 0


def moment(at: str | None) -> datetime:
    """Give the time that it is, or that --at says, as UTC. Raises UsageError."""
    return parse_when(at) or datetime.now(UTC).replace(tzinfo=None)


def lines(found: Evaluated, firing: list[Remembered]) -> Iterator[str]:
    """Write what fires, each with the command that shows more, and what is over since the last check."""
    for one in firing:
        message = one.message or {}
        yield f"{one.word}: {one.alert.fingerprint}: {message.get('text', '')}"
        yield f"  {message.get('command', '')}"
    for message in found.messages:
        if message["event"] == "resolved":
            yield f"over: {message['text']}"
    if not firing:
        yield f"nothing fires; judged up to {end_of(found.last):%Y-%m-%d %H:%M} UTC"


def document(found: Evaluated, firing: list[Remembered]) -> dict[str, Any]:
    """Write the same for a program."""
    return {
        **envelope("alerts check"),
        "judged_until": end_of(found.last),
        "firing": [{**(one.message or {}), "state": one.word} for one in firing],
        "messages": found.messages,
    }


def time_lines(span: Span | None, found: Evaluated, now: datetime) -> Iterator[str]:
    """Say what the times of the logs and of the checks keep from being judged."""
    judged_until = end_of(found.last)
    if now < judged_until:
        yield f"judged up to {judged_until:%Y-%m-%d %H:%M} UTC before; `llmcost alerts backtest` looks back"
    if span is None:
        yield "the store has no requests"
        return
    if judged_until - span.last > SILENT:
        yield f"the newest request began on {span.last:%Y-%m-%d %H:%M} UTC; of nothing newer is anything known"
    days = (judged_until - span.first).total_seconds() / 86_400
    if days < LEARNING_DAYS:
        yield f"learning, day {max(int(days), 0) + 1} of {LEARNING_DAYS}: only budgets and fixed limits are judged"
