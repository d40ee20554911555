"""Who is notified of what: each message goes to the channels that take it, in the transaction that it is written in."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from llmcost.alerts.channels.channel import Channel
from llmcost.alerts.channels.message import RESOLVED, Message
from llmcost.alerts.forgetting import forget
from llmcost.alerts.machine import MIDNIGHT, NO_DATA
from llmcost.alerts.slots import end_of
from llmcost.alerts.state import Memory

# of each alert the last message that a channel was to get: beside max() SQLite gives the row that has it
LAST_TOLD = """
select o.body, d.sent_at, max(o.rowid) as number from deliveries d join outbox o on o.id = d.message
where d.channel = ? group by o.fingerprint order by number
"""
ENDINGS = {NO_DATA: "nothing is known of it any more", MIDNIGHT: "a new day has begun"}


def address(memory: Memory, messages: Sequence[Message], channels: Sequence[Channel]) -> None:
    """Write which channels are to get messages that are not silenced, and forget old ones; inside a transaction."""
    for channel in channels:
        for message in messages:
            if channel.takes(message):
                memory.rows(
                    "insert or ignore into deliveries (message, channel) "
                    "select id, ? from outbox where id = ? and not is_silenced",
                    *(channel.name, message["id"]),
                )
        if channel.way.keeps_open:
            close(memory, channel)
    if (last := memory.last_judged()) is not None:
        # not before those that are open have got their end
        forget(memory, end_of(last))


def close(memory: Memory, channel: Channel) -> None:
    """Tell a channel that keeps alerts open of those that ended silently, or while they were silenced."""
    firing = {alert.fingerprint for alert, state in memory.states().items() if state.is_firing}
    for last, _ in last_sent(memory, channel):
        if last["alert"] not in firing:
            message = ending(memory, last)
            memory.rows(
                "insert or ignore into outbox (id, fingerprint, rule, at, body, is_silenced) values (?, ?, ?, ?, ?, 0)",
                *(message["id"], message["alert"], message["rule"], message["at"], json.dumps(message)),
            )
            memory.rows(
                "insert or ignore into deliveries (message, channel) values (?, ?)", message["id"], channel.name
            )


def last_sent(memory: Memory, channel: Channel) -> Iterator[tuple[Message, float | None]]:
    """Give of each alert that is open at a channel what it was last sent, and when that arrived."""
    for body, sent_at, _ in memory.rows(LAST_TOLD, channel.name):
        message = json.loads(body)
        if message["event"] != RESOLVED:
            yield message, sent_at


def ending(memory: Memory, last: Message) -> Message:
    """Give the message that says the end of an alert; one that ended silently has none yet."""
    ((body,),) = memory.rows("select body from outbox where fingerprint = ? order by rowid desc limit 1", last["alert"])
    said: Message = json.loads(body)
    if said["event"] == RESOLVED:
        return said
    state = next((state for alert, state in memory.states().items() if alert.fingerprint == last["alert"]), None)
    at = f"{state.since.isoformat()}Z" if state and state.since else last["at"]
    how = ENDINGS.get(state.ended if state else "", "it is no longer watched")
    text = f"{last['rule']} is over: {how}; it began {last['since']}"
    return {**last, "id": f"{last['alert']}/closed/{last['id']}", "event": RESOLVED, "at": at, "text": text}
