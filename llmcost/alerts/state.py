"""What is remembered between checks, in SQLite beside the store: alerts, messages, silences.

DuckDB has one writer, which may be an ingest just now; SQLite takes a check beside it. All that a check found is one
transaction, so a message is there if and only if its alert has moved on.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

from llmcost.alerts.judge import Alert, Judged
from llmcost.alerts.machine import State
from llmcost.alerts.message import message_of
from llmcost.alerts.observe import SLOTS_AN_HOUR
from llmcost.errors import StoreError

SCHEMA = """
create table if not exists alerts (
    fingerprint text primary key, rule text not null, grouped_by text not null, name text not null,
    state text not null, reading text not null, acknowledged integer not null default 0
);
create table if not exists outbox (
    id text primary key, fingerprint text not null, rule text not null, at text not null,
    body text not null, is_silenced integer not null
);
create table if not exists deliveries (
    message text not null, channel text not null, tries integer not null default 0, first_try real,
    next_try real not null default 0, sent_at real, given_up_at real, error text, digest text,
    primary key (message, channel)
);
create index if not exists deliveries_of on deliveries (channel, sent_at);
create table if not exists silences (name text primary key, until text not null);
create table if not exists judged (only_row integer primary key check (only_row = 1), last integer not null);
"""
TIMES = ("since", "began", "notified", "blind")
WAIT = 60  # seconds, for another check to be done
SUFFIX = ".alerts.sqlite"
NOWHERE = ":memory:"
DAMAGED = (
    "move it away, or put back a copy: without it alerts begin anew, and nobody knows what keys that are throttled had"
)


def state_path(db: Path) -> Path:
    """Name the file that is beside a store."""
    return db.with_name(db.name + SUFFIX)


class Memory:
    """The file of one store, or without one nothing; who opens it closes it.

    Raises StoreError where it cannot be opened or written.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        with self._refusing():
            if path is not None and not path.exists():
                # its owner's alone, as the store is
                os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
            self.connection = sqlite3.connect(path or NOWHERE, timeout=WAIT, isolation_level=None)
            self.connection.execute("pragma journal_mode = wal")
            self.connection.execute("pragma synchronous = full")
            self.connection.executescript(SCHEMA)

    def __enter__(self) -> Memory:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Let all that the block writes be there, or nothing of it; nobody else writes meanwhile."""
        with self._refusing():
            self.connection.execute("begin immediate")
            try:
                yield
            except BaseException:
                self.connection.execute("rollback")
                raise
            self.connection.execute("commit")

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run one statement."""
        with self._refusing():
            return self.connection.execute(sql, values).fetchall()

    def last_judged(self) -> int | None:
        """Give the last slot that was judged; None before the first check. Raises StoreError."""
        found = self.rows("select last from judged")
        with self.reading():
            return int(found[0][0]) if found else None

    def states(self) -> dict[Alert, State]:
        """Give where each alert is. Raises StoreError."""
        rows = self.rows("select rule, grouped_by, name, state from alerts")
        with self.reading():
            return {Alert(rule, by, name): state_from(text) for rule, by, name, text in rows}

    def forget_future(self, last: int) -> None:
        """Forget what was judged an hour and more past a slot, by a clock that went ahead."""
        judged = self.last_judged()
        if judged is not None and judged > last + SLOTS_AN_HOUR:
            self.rows("delete from judged")
            self.rows("delete from alerts")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Say that the file is damaged where what was read of it is not what was written. Raises StoreError."""
        try:
            yield
        except (ValueError, TypeError, LookupError, AttributeError, OverflowError) as error:
            raise StoreError(f"{self.path}: it is damaged", hint=DAMAGED) from error

    def acknowledged(self) -> frozenset[str]:
        """Name the alerts that somebody knows of."""
        return frozenset(name for (name,) in self.rows("select fingerprint from alerts where acknowledged"))

    def keep(self, judged: Judged, last: int, now: datetime) -> list[dict[str, Any]]:
        """Write where alerts are and what is to be sent, inside a transaction; give the messages."""
        acknowledged = self.acknowledged()
        self.rows("delete from alerts")
        for alert, state in judged.states.items():
            known = int(alert.fingerprint in acknowledged and state.is_firing)
            self.rows(
                "insert into alerts values (?, ?, ?, ?, ?, ?, ?)",
                *(alert.fingerprint, alert.rule, alert.by, alert.name, text_of(state)),
                *(json.dumps(asdict(judged.readings[alert]), default=str), known),
            )
        self.rows("delete from silences where until <= ?", now.isoformat())
        quiet = {name for (name,) in self.rows("select name from silences")}
        messages = [message_of(event) for event in judged.events]
        for message in messages:
            is_silenced = bool(quiet & {message["rule"], message["alert"]})
            self.rows(
                "insert or ignore into outbox (id, fingerprint, rule, at, body, is_silenced) values (?, ?, ?, ?, ?, ?)",
                *(message["id"], message["alert"], message["rule"], message["at"]),
                *(json.dumps(message), int(is_silenced)),
            )
        self.rows("insert or replace into judged values (1, ?)", last)
        return messages

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            hint = DAMAGED if type(error) is sqlite3.DatabaseError else "alerts are remembered beside the store"
            raise StoreError(f"{self.path}: {error}", hint=hint) from error


def text_of(state: State) -> str:
    """Write a state as JSON."""
    return json.dumps(asdict(state), default=str)


def state_from(text: str) -> State:
    """Read a state."""
    found = json.loads(text)
    for key in TIMES:
        found[key] = found[key] and datetime.fromisoformat(found[key])
    found["day"] = found["day"] and date.fromisoformat(found["day"])
    return State(**found)
