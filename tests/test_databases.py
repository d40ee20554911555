"""Databases of agents and gateways: the rows of a table are what an export of it has, and nothing is written."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from llmcost.errors import InputError
from llmcost.ingest import ingest
from llmcost.ingest.format import formats
from llmcost.ingest.source_record import find_originals
from llmcost.store import Store
from tests.conftest import FIXTURES
from tests.logs import write

# an export of the table that a format names
EXPORTS = {
    "opencode": "opencode-rows.json",
    "goose": "goose.json",
    "new_api": "new_api.jsonl",
}
FOUND = "select request_id, response_model, input_tokens, output_tokens, started_at, status from requests order by all"


def exported(name: str) -> list[dict[str, Any]]:
    text = (FIXTURES / EXPORTS[name]).read_text(encoding="utf-8")
    return json.loads(text) if text.startswith("[") else [json.loads(line) for line in text.splitlines()]


@contextmanager
def database(
    path: Path, table: str, rows: list[dict[str, Any]], journal: str = "delete"
) -> Iterator[sqlite3.Connection]:
    """Make a database whose table has these rows, and hold it open for writing."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"pragma journal_mode = {journal}")
        connection.execute(f"create table {table} ({', '.join(map(json.dumps, names))})")
        for row in rows:
            cells = [json.dumps(cell) if isinstance(cell, dict | list) else cell for cell in map(row.get, names)]
            connection.execute(f"insert into {table} values ({', '.join('?' * len(names))})", cells)
        yield connection


def test_every_table_that_a_format_names_has_an_export() -> None:
    assert set(EXPORTS) == {name for name, format in formats().items() if format.tables}


@pytest.mark.parametrize("name", EXPORTS)
def test_rows_of_a_table_are_what_its_export_has(store: Store, tmp_path: Path, name: str) -> None:
    with database(tmp_path / "calls.db", formats()[name].tables[0], exported(name)):
        pass
    summary = ingest(store, [str(tmp_path / "calls.db")])
    found = store.rows(FOUND)
    with Store() as other:
        ingest(other, [str(shutil.copy(FIXTURES / EXPORTS[name], tmp_path))])

        assert found
        assert other.rows(FOUND) == found
    assert {name: 1} == dict(summary.formats)
    assert ["calls.db", EXPORTS[name]] == sorted(path.name for path in tmp_path.iterdir())


def goose(id: str, tokens: int) -> dict[str, Any]:
    config = json.dumps({"model_name": "claude-sonnet-4-5"})
    named = {"id": id, "working_dir": "/srv", "created_at": "2026-06-11 08:00:00", "provider_name": "anthropic"}
    counts = {
        "accumulated_total_tokens": tokens + 10,
        "accumulated_input_tokens": tokens,
        "accumulated_output_tokens": 10,
    }
    return named | {"model_config_json": config} | counts


def test_what_stands_in_the_log_of_a_living_writer_is_read_and_read_again_when_it_grows(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "sessions.db"
    with database(path, "sessions", [goose("a", 100)], "wal") as writer:
        before = sorted(tmp_path.iterdir())
        ingest(store, [str(path)])
        again = ingest(store, [str(path)])
        # the session goes on: its total is greater, and it stays one
        writer.execute("update sessions set accumulated_input_tokens = 300, accumulated_output_tokens = 20")
        ingest(store, [str(path)])

        assert before == sorted(tmp_path.iterdir())
        assert (1, [(300, 20)]) == (again.unchanged, store.rows("select input_tokens, output_tokens from requests"))


def test_no_file_appears_beside_a_database_whose_writer_is_gone(store: Store, tmp_path: Path) -> None:
    (tmp_path / "left").mkdir()
    with database(tmp_path / "live.db", "sessions", [goose("a", 100)], "wal"):
        # as a copy of a folder has it: the log without its index
        for suffix in ("", "-wal"):
            shutil.copy(tmp_path / f"live.db{suffix}", tmp_path / "left" / f"a.db{suffix}")
    for path in (tmp_path / "left" / "a.db", tmp_path / "live.db"):
        ingest(store, [str(path)])

    assert [(100,)] == store.rows("select input_tokens from requests")
    assert ["a.db", "a.db-wal", "left", "live.db"] == sorted(path.name for path in tmp_path.rglob("*"))


def test_views_and_other_tables_are_not_read(store: Store, tmp_path: Path) -> None:
    with database(tmp_path / "a.db", "things", [goose("a", 100)]) as connection:
        connection.execute("create view sessions as select * from things")

    with pytest.raises(InputError, match="an SQLite database without a table that is known"):
        ingest(store, [str(tmp_path / "a.db")])


def test_a_damaged_database_is_named(store: Store, tmp_path: Path) -> None:
    with database(tmp_path / "a.db", "sessions", [goose(str(n), n) for n in range(1, 500)]):
        pass
    text = (tmp_path / "a.db").read_bytes()
    (tmp_path / "a.db").write_bytes(text[:4096] + b"\xff" * 8192 + text[12288:])

    with pytest.raises(InputError, match="not readable as SQLite"):
        ingest(store, [str(tmp_path / "a.db")])


def test_the_row_of_a_request_is_found_again(tmp_path: Path) -> None:
    with database(tmp_path / "a.db", "sessions", [goose("a", 100), goose("b", 200)]):
        pass
    found = find_originals(str(tmp_path / "a.db"), "goose", ["b"])

    assert [(2, 200)] == [(each.line, each.record["accumulated_input_tokens"]) for each in found.found]


def test_a_message_in_the_database_and_in_its_older_file_counts_once(store: Store, tmp_path: Path) -> None:
    rows = exported("opencode")
    with database(tmp_path / "opencode.db", "message", rows):
        pass
    write(
        tmp_path / "msg.json",
        json.dumps(json.loads(rows[1]["data"]) | {"id": rows[1]["id"], "sessionID": "ses_invented3"}),
    )
    ingest(store, [str(tmp_path)])

    # 10 + 12,000 + 800, and 500 + 1,500
    assert [(2000,), (12810,)] == store.rows("select input_tokens from requests order by 1")
