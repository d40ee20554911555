"""Threads that have one store open at a time: a writer writes, a reader sees one moment, others are kept out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from llmcost.store import Store

MORE = "select count(*) from duckdb_tables() where table_name = 'more'"
# as DuckDB locks what it writes
OTHERS = "import fcntl, sys; fcntl.lockf(open(sys.argv[1], 'r+b'), fcntl.LOCK_EX | fcntl.LOCK_NB)"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    place = tmp_path / "s.duckdb"
    Store(place).close()
    return place


def others_may_write(path: Path) -> bool:
    return subprocess.run([sys.executable, "-c", OTHERS, str(path)], capture_output=True, check=False).returncode == 0


def test_a_reader_sees_one_moment_while_a_writer_opens_writes_and_closes(path: Path) -> None:
    with Store(path) as reader:
        reader.execute("begin transaction read only")
        reader.value(MORE)
        with Store(path) as writer:
            writer.execute("create table more as select 1 as n")
        seen = reader.value(MORE)
        reader.execute("commit")

    with Store(path) as after:
        assert (0, 1) == (seen, after.value(MORE))


def test_the_lock_is_given_back_by_the_last_that_closes(path: Path) -> None:
    first = Store(path)
    Store(path).close()
    kept_out = others_may_write(path)
    first.close()

    assert (False, True) == (kept_out, others_may_write(path))


def test_new_files_are_as_before_once_all_are_closed(path: Path) -> None:
    former = os.umask(0o022)
    first, second = Store(path), Store(path)
    first.close()
    between = os.umask(0o077)
    os.umask(between)
    second.close()
    after = os.umask(former)

    # the store is its owner's to read and to write, so what is made beside it is no more
    assert (0o177, 0o022) == (between, after)
