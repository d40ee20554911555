"""The store refuses what it cannot open, in a user's words."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from llmcost.errors import StoreError, UsageError
from llmcost.store import Store, parse_when


def test_a_locked_store_names_its_holder(tmp_path: Path) -> None:
    db = tmp_path / "store.duckdb"
    code = "import sys, llmcost.store as s; held = s.Store(sys.argv[1]); print(flush=True); sys.stdin.read()"
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(db)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout and holder.stdin
    holder.stdout.readline()
    try:
        with pytest.raises(StoreError, match=f"locked by .*{holder.pid}") as refusal:
            Store(db, read_only=True)
    finally:
        holder.communicate()
    assert refusal.value.hint


def test_readers_share_a_store(tmp_path: Path) -> None:
    db = tmp_path / "store.duckdb"
    Store(db).close()

    with Store(db, read_only=True):
        code = "import sys, llmcost.store as s; s.Store(sys.argv[1], read_only=True)"
        other = subprocess.run([sys.executable, "-c", code, str(db)], capture_output=True, text=True)

    assert (0, "") == (other.returncode, other.stderr)


def test_a_newer_store_is_refused(tmp_path: Path) -> None:
    db = tmp_path / "store.duckdb"
    with Store(db) as store:
        store.execute("update schema_version set version = 99")

    with pytest.raises(StoreError, match="newer llmcost"):
        Store(db)


def test_another_database_and_another_file_are_no_stores(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.duckdb"
    with duckdb.connect(str(foreign)) as connection:
        connection.execute("create table t (i integer)")
    text = tmp_path / "text.duckdb"
    text.write_text("no database", encoding="utf-8")

    for path in (foreign, text):
        with pytest.raises(StoreError, match="not a llmcost store"):
            Store(path)


def test_a_store_that_is_not_there_is_not_made_by_reading(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no such store"):
        Store(tmp_path / "none.duckdb", read_only=True)
    assert not list(tmp_path.iterdir())


def test_a_store_in_a_folder_that_is_not_there_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        Store(tmp_path / "none" / "store.duckdb")


def test_times_are_dates_moments_or_ages() -> None:
    now = datetime(2026, 11, 8, 12, tzinfo=UTC)

    assert datetime(2026, 11, 1) == parse_when("2026-11-01")
    assert datetime(2026, 11, 1, 10) == parse_when("2026-11-01T12:00+02:00")
    assert datetime(2026, 11, 7, 12) == parse_when("24h", now)
    assert datetime(2026, 11, 1, 12) == parse_when("7d", now)
    with pytest.raises(UsageError, match="someday"):
        parse_when("someday")
