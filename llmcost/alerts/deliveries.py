"""What goes where: a row for each message and channel, from when it is due until it has arrived or was given up.

A row is made together with its message, and marked after it was sent: who dies in between sends it again, with the same
id. Each channel has its messages in their order, so that an end never arrives before its beginning.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from llmcost.alerts.channels.answer import Answer
from llmcost.alerts.channels.message import Message
from llmcost.alerts.digest import digest_id
from llmcost.alerts.state import Memory

# seconds until a message is tried again: doubled each time, up to the last
FIRST_WAIT, LONGEST_WAIT = 1.0, 600.0
# so long after its first try it is no news any more
GIVE_UP = 86_400.0
# so long nobody else sends what one process has taken
LEASE = 60.0
MOST_A_MINUTE, MINUTE = 10, 60.0


@dataclass(frozen=True)
class Waiting:
    """A message that has not arrived; `digest` names the message that it is sent in, with others or by itself."""

    id: str
    message: Message
    tries: int
    first_try: float | None
    next_try: float
    digest: str | None


def waiting(memory: Memory, channel: str) -> list[Waiting]:
    """List what has not arrived at a channel, the oldest first."""
    rows = memory.rows(
        "select o.id, o.body, d.tries, d.first_try, d.next_try, d.digest from deliveries d "
        "join outbox o on o.id = d.message where d.channel = ? and d.sent_at is null and d.given_up_at is null "
        "order by o.rowid",
        channel,
    )
    return [Waiting(id, json.loads(body), *rest) for id, body, *rest in rows]


def take(memory: Memory, channel: str, now: float, *, is_digested: bool) -> list[Waiting]:
    """Take what is due, for a minute; where the first must wait all do. Many become one digest, whose members stay."""
    with memory.transaction():
        found = waiting(memory, channel)
        if not found or found[0].next_try > now:
            return []
        alone = [one for one in found if one.digest is None]
        room = MOST_A_MINUTE - sent_lately(memory, channel, now)
        if is_digested and len(alone) > room:
            if room <= 0:
                return []
            mark(memory, channel, alone, "digest = ?", digest_id([one.id for one in alone]))
        mark(memory, channel, found, "next_try = ?", now + LEASE)
        return waiting(memory, channel)


def sent_lately(memory: Memory, channel: str, now: float) -> int:
    """Count what a channel got within a minute."""
    ((count,),) = memory.rows(
        "select count(distinct coalesce(digest, message)) from deliveries where channel = ? and sent_at > ?",
        *(channel, now - MINUTE),
    )
    return int(count)


def mark_sent(memory: Memory, channel: str, sent: Sequence[Waiting], now: float) -> None:
    """Remember that messages have arrived."""
    mark(memory, channel, sent, "sent_at = ?, tries = tries + 1, error = null", now)


def mark_given_up(memory: Memory, channel: str, lost: Sequence[Waiting], now: float, answer: Answer) -> None:
    """Remember that messages will not be tried again, and why."""
    mark(memory, channel, lost, "given_up_at = ?, tries = tries + 1, error = ?", now, answer.said)


def mark_failed(memory: Memory, channel: str, failed: Sequence[Waiting], now: float, answer: Answer) -> float:
    """Try messages again later: when the receiver said so, or after twice as long as the last time; give how long."""
    wait = answer.wait if answer.wait is not None else min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(failed[0].tries, 20))
    said = "next_try = ?, tries = tries + 1, first_try = coalesce(first_try, ?), error = ?"
    mark(memory, channel, failed, said, now + wait, now, answer.said)
    return wait


def is_too_old(first: Waiting, now: float) -> bool:
    """Tell whether it has been tried for so long that it is no news any more."""
    return first.first_try is not None and now - first.first_try >= GIVE_UP


def part(memory: Memory, channel: str, refused: Sequence[Waiting]) -> float:
    """Let the members of a digest go one by one from now on, each in a digest that is itself; give how long to wait."""
    mark(memory, channel, refused, "digest = message, next_try = 0")
    return 0.0


def give_back(memory: Memory, channel: str, untried: Sequence[Waiting]) -> None:
    """Let what was taken and not tried be due as soon as what stands before it."""
    mark(memory, channel, untried, "next_try = ?", 0.0)


def mark(memory: Memory, channel: str, found: Sequence[Waiting], said: str, *values: float | str) -> None:
    """Write the same of several."""
    ids = json.dumps([one.id for one in found])
    memory.rows(
        f"update deliveries set {said} where channel = ? and message in (select value from json_each(?))",
        *(*values, channel, ids),
    )


def troubles(memory: Memory, now: float) -> list[tuple[Any, ...]]:
    """Give of each channel how many messages failed and wait, how many were given up within a day, and why the last."""
    return memory.rows(
        "select channel, sum(given_up_at is null), sum(given_up_at is not null), error, max(rowid) from deliveries "
        "where error is not null and coalesce(given_up_at, ?1) > ?1 - ?2 group by channel order by channel",
        *(now, GIVE_UP),
    )
