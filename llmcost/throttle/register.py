"""What was done to which key, and what it had before: written before the gateway is called, beside the alerts."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from llmcost.alerts.state import Memory

SCHEMA = (
    """
    create table if not exists throttles (
        hash text not null, day text not null, key text not null, through text not null, action text not null,
        rpm integer not null, until text not null, reason text not null, former text not null, wanted text not null,
        state text not null, began_at text not null, how text not null default '', primary key (hash, day)
    )
    """,
    "create table if not exists throttle_log "
    "(at text not null, what text not null, key text not null, hash text not null, detail text not null)",
    "create table if not exists throttle_said (name text primary key, state text not null)",
)
COLUMNS = "hash, day, key, through, action, rpm, until, reason, former, wanted, state, began_at, how"
BEGINNING, ACTIVE, RELEASING, RELEASED, DRY = "beginning", "active", "releasing", "released", "dry"
# what the gateway may have
HELD = (BEGINNING, ACTIVE, RELEASING)
# how one ended: only at midnight it can be throttled again that day
MIDNIGHT, BY_HAND, BY_SOMEBODY = "midnight", "by hand", "by somebody at the gateway"
GONE = "the gateway has no such key"
Limits = dict[str, Any]


@dataclass(frozen=True)
class Throttle:
    """One API key on one day: what is done to it until when, what it had before, what the gateway is to have."""

    hash: str
    day: date
    key: str
    through: str
    action: str
    rpm: int
    until: datetime
    reason: str
    former: Limits = field(default_factory=dict)
    wanted: Limits = field(default_factory=dict)
    state: str = DRY
    began_at: datetime = datetime(1970, 1, 1)
    how: str = ""


class Register:
    """The throttles of one store."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        for statement in SCHEMA:
            memory.rows(statement)

    def all(self) -> list[Throttle]:
        """List every throttle, the oldest first."""
        rows = self.memory.rows(f"select {COLUMNS} from throttles order by rowid")
        with self.memory.reading():
            return [throttle_from(row) for row in rows]

    def held(self) -> list[Throttle]:
        """List those that the gateway may have."""
        return [one for one in self.all() if one.state in HELD]

    def write(self, one: Throttle, now: datetime, what: str, detail: str = "") -> None:
        """Write where a throttle is and why, both or nothing."""
        with self.memory.transaction():
            self.memory.rows(
                f"insert or replace into throttles ({COLUMNS}) values ({', '.join('?' * 13)})",
                *(one.hash, one.day.isoformat(), one.key, one.through, one.action, one.rpm, one.until.isoformat()),
                *(one.reason, json.dumps(one.former), json.dumps(one.wanted), one.state),
                *(one.began_at.isoformat(), one.how),
            )
            self._log(one, now, what, detail)

    def forget(self, one: Throttle, now: datetime, what: str) -> None:
        """Take out one that never began."""
        with self.memory.transaction():
            self.memory.rows("delete from throttles where hash = ? and day = ?", one.hash, one.day.isoformat())
            self._log(one, now, what, "")

    def log(self, one: Throttle, now: datetime, what: str, detail: str) -> None:
        """Write what happened."""
        with self.memory.transaction():
            self._log(one, now, what, detail)

    def logged(self) -> list[tuple[Any, ...]]:
        """List what happened: at, what, key, hash, detail."""
        return self.memory.rows("select at, what, key, hash, detail from throttle_log order by rowid")

    def said(self) -> dict[str, str]:
        """Give what the last run left as it was, by name, in the words that tell one state from another."""
        return dict(self.memory.rows("select name, state from throttle_said"))

    def remember_said(self, states: dict[str, str]) -> None:
        """Keep that, in place of what was before."""
        with self.memory.transaction():
            self.memory.rows("delete from throttle_said")
            for name, state in states.items():
                self.memory.rows("insert into throttle_said values (?, ?)", name, state)

    def _log(self, one: Throttle, now: datetime, what: str, detail: str) -> None:
        self.memory.rows(
            "insert into throttle_log values (?, ?, ?, ?, ?)", now.isoformat(), what, one.key, one.hash, detail
        )


def throttle_from(row: tuple[Any, ...]) -> Throttle:
    """Read a row."""
    hash, day, key, through, action, rpm, until, reason, former, wanted, state, began_at, how = row
    return Throttle(
        *(hash, date.fromisoformat(day), key, through, action, rpm, datetime.fromisoformat(until), reason),
        *(json.loads(former), json.loads(wanted), state, datetime.fromisoformat(began_at), how),
    )
