"""Messages that wait to be sent: taken in their order, and marked as sent or tried again later."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from llmcost.alerts.state import Memory

# seconds until a message is tried again: doubled each time, up to the last
FIRST_WAIT, LONGEST_WAIT = 1.0, 600.0


@dataclass(frozen=True)
class Waiting:
    """A message that was not sent yet; its id is the same however often it is tried."""

    id: str
    message: dict[str, Any]
    tries: int


def unsent(memory: Memory, now: float) -> list[Waiting]:
    """List what is to be sent by now (seconds since 1970), the oldest first; nothing of what is silenced."""
    rows = memory.rows(
        "select id, body, tries from outbox where sent_at is null and not is_silenced and next_try <= ? order by rowid",
        now,
    )
    return [Waiting(id, json.loads(body), tries) for id, body, tries in rows]


def mark_sent(memory: Memory, waiting: Waiting, now: float) -> None:
    """Remember that a message has arrived."""
    memory.rows("update outbox set sent_at = ? where id = ?", now, waiting.id)


def mark_failed(memory: Memory, waiting: Waiting, now: float, wait: float | None = None) -> None:
    """Try a message again later: when the receiver said so, or after twice as long as the last time."""
    later = wait if wait is not None else min(LONGEST_WAIT, FIRST_WAIT * 2**waiting.tries)
    memory.rows("update outbox set tries = tries + 1, next_try = ? where id = ?", now + later, waiting.id)
