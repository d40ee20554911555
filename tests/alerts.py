"""Cases of alerts: traffic in a few words, checked again and again as cron does, and what is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from llmcost.alerts.backtest import backtest
from llmcost.alerts.evaluate import evaluate
from llmcost.alerts.expected import expecting_now
from llmcost.alerts.message import message_of
from llmcost.alerts.state import Memory
from llmcost.configuration import Configuration, read_configuration
from llmcost.ingest import ingest
from llmcost.pricing import Book
from llmcost.store import Store
from tests.logs import Record, write, write_log
from tests.shelves import NOON, Case

TOKENS_A_DOLLAR = 100_000  # at 10 USD a million
KEYS = {"key": "api_key_alias", "model": "request_model", "provider": "provider_name"}


@dataclass
class Traffic:
    """Requests of a case: those that are logged from the start, and those that come later, by the hour."""

    first: list[Record] = field(default_factory=list)
    later: dict[float, list[Record]] = field(default_factory=dict)


def traffic_of(shelf: Case, case: Case) -> Traffic:
    """Write the requests of a case in full; hours count from noon, `every` and `lasts` are minutes and seconds."""
    found = Traffic()
    for number, said in enumerate(case["traffic"]):
        fields = {**shelf.get("defaults", {}), **case.get("defaults", {}), **said}
        logged, copies = fields.pop("logged", None), fields.pop("copies", 1)
        records = list(records_of(fields, f"r{number}"))
        target = found.first if logged is None else found.later.setdefault(logged, [])
        target += records * copies
    return found


def records_of(fields: Record, name: str) -> Iterator[Record]:
    """Write the requests of one line."""
    begin, end = NOON + timedelta(hours=fields.pop("from")), NOON + timedelta(hours=fields.pop("until"))
    every, lasts, at = timedelta(minutes=fields.pop("every")), timedelta(seconds=fields.pop("lasts", 1)), 0
    usd = fields.pop("usd", 0)
    usual = {
        "llmcost": 1,
        "gateway": "g",
        "status": "ok",
        "output_tokens": 0,
        "input_tokens": round(usd * TOKENS_A_DOLLAR),
    }
    named = {KEYS.get(key, key): value for key, value in fields.items()}
    # two minutes into a slot
    begin += timedelta(minutes=2)
    while begin < end:
        span = {"started_at": f"{begin.isoformat()}Z", "ended_at": f"{(begin + lasts).isoformat()}Z"}
        yield {**usual, **named, **span, "request_id": f"{name}-{at}"}
        begin, at = begin + every, at + 1


def configuration_of(folder: Path, shelf: Case, case: Case) -> Configuration:
    """Read what a case says as llmcost.yaml would."""
    said = {key: case.get(key, shelf.get(key)) for key in ("alerts", "budgets")}
    text = yaml.safe_dump({key: value for key, value in said.items() if value} or {"budgets": []})
    return read_configuration(write(folder / "llmcost.yaml", text))


def replay(folder: Path, store: Store, book: Book, shelf: Case, case: Case) -> list[dict[str, Any]]:
    """Check again and again, as often as a case says, and give all messages."""
    traffic, configuration = traffic_of(shelf, case), configuration_of(folder, shelf, case)
    ingest(store, [str(write_log(folder / "first.jsonl", traffic.first))])
    told: list[dict[str, Any]] = []
    with Memory(folder / "alerts.sqlite") as memory:
        for hour in hours_of(case["checks"]):
            for logged in [hours for hours in traffic.later if hours <= hour]:
                records = traffic.later.pop(logged)
                ingest(store, [str(write_log(folder / f"later-{logged}.jsonl", records))])
            now, priced, budgets = NOON + timedelta(hours=hour), store.price(book), configuration.budgets
            alerts = expecting_now(configuration.alerts, budgets, priced, now, memory)
            found = evaluate(store, priced, alerts, budgets, memory, now)
            told += found.messages
    return told


def told_by_history(folder: Path, store: Store, book: Book, shelf: Case, case: Case) -> list[dict[str, Any]]:
    """Give what a back-test tells of what `replay` has read, from the hour before the first check on."""
    configuration, hours = configuration_of(folder, shelf, case), list(hours_of(case["checks"]))
    first, last = (NOON + timedelta(hours=hour) for hour in (hours[0] - 1, hours[-1]))
    # of the slots that a check at these times judges
    span = first - timedelta(minutes=2), last - timedelta(minutes=7)
    found = backtest(store, store.price(book), configuration.alerts, configuration.budgets, span)
    return [message_of(event) for event in found.judged.events]


def hours_of(checks: dict[str, float]) -> Iterator[float]:
    """List the hours at which a case checks; two minutes after a slot has ended it is judged."""
    hour = checks["from"]
    while hour <= checks["until"]:
        yield hour + 2 / 60
        hour += checks["every"] / 60


def label(message: dict[str, Any]) -> str:
    """Write a message in short: hours and minutes after noon, what happened, to which alert."""
    minutes = round((datetime.fromisoformat(message["at"]).replace(tzinfo=None) - NOON).total_seconds() / 60)
    return f"{minutes // 60}:{minutes % 60:02} {message['event']} {message['alert']}"
