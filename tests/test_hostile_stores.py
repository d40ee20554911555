"""A store is tables of ours and nothing else: what comes with a file neither runs, nor reads, nor calls anybody."""

from __future__ import annotations

import socketserver
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

import llmcost as package
from llmcost.store import Store
from llmcost.store.shape import shape, shape_of
from tests.conftest import FIXTURES, Run

SECRET = "what-no-report-may-show"
PACKAGE = Path(package.__file__).parent
# what each does to a store of ours
HOSTILE = {
    "a view for a table": """
        alter table requests rename to real_requests;
        create view requests as
        select * replace ((select content from read_text('{secret}')) as team_id) from real_requests
    """,
    "a view beside": "create view extra as select content from read_text('{secret}')",
    "a macro": "create macro coalesce2(a) as (select content from read_text('{secret}'))",
    "a schema": "create schema other",
    "a default": "alter table requests alter column team_id set default 'x'",
    "a missing column": "alter table requests drop column team_id",
    "a column of another type": "alter table requests alter column output_tokens type varchar",
    "a missing table": "drop table rejects",
}
READERS = (
    ("report",),
    ("report", "--by", "team", "-f", "json"),
    ("detect", "all"),
    ("savings",),
    ("sql", "select * from requests"),
    ("export", "focus"),
    ("show", "chatcmpl-invented-0001"),
    ("pricing", "missing"),
)
ADDRESSES = ("md:x", "postgres:dbname=x", "sqlite:x", "https://{host}/x.duckdb", "s3://x/y.duckdb", "http://{host}/x")


@pytest.fixture
def store_path(llmcost: Run, tmp_path: Path) -> Path:
    assert 0 == llmcost("ingest", FIXTURES / "litellm.jsonl", "--db", "s.duckdb").returncode
    (tmp_path / "secret").write_text(SECRET)
    return tmp_path / "s.duckdb"


@pytest.fixture
def calls() -> Iterator[tuple[str, list[bytes]]]:
    """A server on loopback, and what was ever sent to it."""
    heard: list[bytes] = []

    class Ear(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            heard.append(self.request.recv(1000))

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Ear) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"127.0.0.1:{server.server_address[1]}", heard
        server.shutdown()
        thread.join()


def test_a_new_store_is_of_the_shape_that_is_checked() -> None:
    with Store() as store:
        assert shape() == shape_of(store)


@pytest.mark.parametrize("statements", HOSTILE.values(), ids=HOSTILE)
def test_a_store_that_is_not_of_our_making_is_refused(
    llmcost: Run, store_path: Path, tmp_path: Path, statements: str
) -> None:
    with duckdb.connect(str(store_path)) as connection:
        connection.execute(statements.format(secret=tmp_path / "secret"))

    for command in READERS[:2]:
        done = llmcost(*command, "--db", store_path)
        assert (3, False) == (done.returncode, SECRET in done.stdout + done.stderr), done.stderr
        assert "hint: " in done.stderr


@pytest.mark.parametrize("name", [name for name in HOSTILE if name not in ("a missing column", "a missing table")])
def test_an_ingest_runs_nothing_that_comes_with_a_store(
    llmcost: Run, store_path: Path, tmp_path: Path, name: str
) -> None:
    with duckdb.connect(str(store_path)) as connection:
        connection.execute(HOSTILE[name].format(secret=tmp_path / "secret"))
    before = store_path.read_bytes()

    for more in ((), ("--follow",)):
        done = llmcost("ingest", FIXTURES / "openai.jsonl", "--db", store_path, *more)
        assert (3, False) == (done.returncode, SECRET in done.stdout + done.stderr), done.stderr
        assert "hint: " in done.stderr

    assert before == store_path.read_bytes()
    assert SECRET.encode() not in before


def test_no_reader_shows_a_file_that_a_store_names(llmcost: Run, store_path: Path, tmp_path: Path) -> None:
    with duckdb.connect(str(store_path)) as connection:
        connection.execute(HOSTILE["a view for a table"].format(secret=tmp_path / "secret"))

    for command in READERS:
        done = llmcost(*command, "--db", store_path)
        assert (3, False) == (done.returncode, SECRET in done.stdout + done.stderr), command


@pytest.mark.parametrize("share", [0.001, 0.05, 0.3, 0.6, 0.9, 0.999])
def test_a_store_that_is_cut_says_what_is_lost(llmcost: Run, store_path: Path, share: float) -> None:
    whole = store_path.read_bytes()
    store_path.write_bytes(whole[: int(len(whole) * share)])

    done = llmcost("report", "--db", store_path)

    # a cut through what is not needed loses nothing
    assert done.returncode in (0, 3)
    assert "a bug in llmcost" not in done.stderr
    assert done.returncode == 0 or "llmcost ingest" in done.stderr


def test_an_empty_file_is_a_new_store(llmcost: Run, tmp_path: Path) -> None:
    (tmp_path / "s.duckdb").touch()

    assert 3 == llmcost("report", "--db", "s.duckdb").returncode
    assert 0 == llmcost("ingest", FIXTURES / "litellm.jsonl", "--db", "s.duckdb").returncode
    assert 0 == llmcost("report", "--db", "s.duckdb").returncode


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_address_is_a_store_and_nobody_is_called(
    llmcost: Run, calls: tuple[str, list[bytes]], tmp_path: Path, address: str
) -> None:
    host, heard = calls
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), f"http://{host}")

    for command in (("report",), ("ingest", FIXTURES / "openai.jsonl")):
        done = llmcost(*command, "--db", address.format(host=host), env={**proxies, "HOME": str(tmp_path)})
        assert 2 == done.returncode, done.stderr
    assert [] == heard


def test_a_file_of_another_database_is_no_store_and_nobody_is_called(
    llmcost: Run, calls: tuple[str, list[bytes]], tmp_path: Path
) -> None:
    host, heard = calls
    with sqlite3.connect(tmp_path / "x.db") as other:
        other.execute("create table requests (a)")
    other.close()
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), f"http://{host}")

    for command in (("report",), ("ingest", FIXTURES / "openai.jsonl"), ("sql", "select 1")):
        done = llmcost(*command, "--db", "x.db", env={**proxies, "HOME": str(tmp_path)})
        assert (3, True) == (done.returncode, "not a llmcost store" in done.stderr), done.stderr
    assert [] == heard


def test_a_query_calls_nobody(llmcost: Run, calls: tuple[str, list[bytes]], store_path: Path, tmp_path: Path) -> None:
    host, heard = calls
    statements = (
        f"from read_csv('http://{host}/x.csv')",
        f"from read_parquet('s3://{host}/x.parquet')",
        "from sqlite_scan('x.db', 't')",
        "select st_point(1, 2)",
        f"from read_text('{tmp_path / 'secret'}')",
    )

    for statement in statements:
        done = llmcost(
            "sql", statement, "--db", store_path, env={"HOME": str(tmp_path), "http_proxy": f"http://{host}"}
        )
        assert (2, False) == (done.returncode, SECRET in done.stdout), done.stderr
    assert [] == heard


def test_duckdb_is_opened_in_one_place() -> None:
    openers = [path for path in PACKAGE.rglob("*.py") if "duckdb.connect(" in path.read_text(encoding="utf-8")]

    assert [PACKAGE / "store" / "connect.py"] == openers
