"""An export is whole or not there, adds up to the report, and leaves alone what it did not write."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from llmcost.cli.export.run import run_days
from llmcost.cli.reading import Reading
from llmcost.errors import IncompleteError, UsageError
from llmcost.export import export_days
from llmcost.export.folder import uninterrupted
from llmcost.ingest import ingest
from llmcost.pricing import Book
from llmcost.store import Filters, Store
from tests.conftest import FIRST, Run

NAMES = ("requests", "daily")
# what all attempts of a call share, of which the view says more; and a number of the store's own
VIEWED = ("logical_request_id", "name_id")
MANY = 400_000
INSERT = f"""
    insert into requests by name
    select
        cast(range as varchar) as request_id, range as dedupe_key, 1 as file_id, 'gpt-4o' as request_model,
        timestamp '2026-01-01' + to_minutes(range) as started_at, 'openai' as provider_name, 'chat' as operation_name,
        1000 as input_tokens, 10 as output_tokens, 'provider' as usage_source, 'inclusive' as usage_basis,
        false as is_batch, 'ok' as status
    from range({MANY})
"""


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "llmcost.duckdb"
    with Store(path) as store:
        ingest(store, [str(file) for file in FIRST])
    return path


@pytest.fixture
def reading(ready: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reading]:
    monkeypatch.chdir(tmp_path)
    yield Reading(db=ready)


def export(reading: Reading, name: str, folder: str, *, force: bool = False) -> list[dict[str, Any]]:
    assert 0 == run_days(reading, name, Path(folder), force=force)
    return rows_in(folder)


def rows_in(folder: str) -> list[dict[str, Any]]:
    rows = []
    for file in sorted(Path(folder).glob("day=*/*.parquet")):
        # read as a file, without what the folder's name says
        found = pq.ParquetFile(file).read().to_pylist()
        rows += [row | {"day": date.fromisoformat(file.parent.name.removeprefix("day="))} for row in found]
    return rows


def files_in(folder: str) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()}


def names(folder: str) -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


def summed(rows: list[dict[str, Any]], name: str) -> Any:
    return sum(row[name] for row in rows if row[name] is not None)


@pytest.mark.parametrize(
    "conditions", [(), ("--where", "team=support"), ("--since", "2026-11-02", "--until", "2026-11-03")]
)
def test_exports_add_up_to_the_report_to_the_last_digit(
    llmcost: Run, ready: Path, tmp_path: Path, conditions: tuple[str, ...]
) -> None:
    report = llmcost("report", "cost", "--db", ready, *conditions, "-f", "json")
    totals = json.loads(report.stdout, parse_float=Decimal)["totals"]

    for name in NAMES:
        assert 0 == llmcost("export", name, "-o", name, "--db", ready, *conditions).returncode
        rows = rows_in(str(tmp_path / name))
        assert totals["cost_usd"] == summed(rows, "cost_usd") > 0
        assert totals["input_tokens"] == summed(rows, "input_tokens")
        assert totals["requests"] == (len(rows) if name == "requests" else summed(rows, "requests"))


@pytest.mark.parametrize("name", NAMES)
def test_the_folders_are_the_days(reading: Reading, name: str) -> None:
    rows = export(reading, name, "out")

    with Store(reading.db, read_only=True) as store:
        days = [f"day={day}" for (day,) in store.rows("select distinct started_at::date from requests order by 1")]
    assert days == sorted(path.name for path in Path("out").iterdir())
    assert {"data_0.parquet"} == {path.name for path in Path("out").rglob("*") if path.is_file()}
    if name == "requests":
        assert {row["request_id"]: row["started_at"].date() for row in rows} == {
            row["request_id"]: row["day"] for row in rows
        }


def test_readers_of_hive_partitions_see_the_day(reading: Reading) -> None:
    export(reading, "daily", "out")

    by_duckdb = duckdb.execute("select day, sum(cost_usd) from 'out/*/*.parquet' group by day order by day").fetchall()
    by_arrow = pq.read_table("out").to_pylist()
    assert by_duckdb[0][0] == date(2026, 11, 1)
    assert sum(cost for _, cost in by_duckdb) == summed(by_arrow, "cost_usd")
    assert {str(day) for day, _ in by_duckdb} == {str(row["day"]) for row in by_arrow}


def test_requests_have_every_column_of_the_store_and_what_they_cost(reading: Reading) -> None:
    rows = {row["request_id"]: row for row in export(reading, "requests", "out")}

    with Store(reading.db, read_only=True) as store:
        stored = {row["request_id"]: row for row in store.records("from requests")}
    assert stored.keys() == rows.keys()
    for request_id, row in stored.items():
        expected = {name: in_utc(value) for name, value in row.items() if name not in VIEWED}
        assert expected == {name: rows[request_id][name] for name in expected}
    added = ("model", "provider", "key", "team", "price_status", "list_cost_usd", "cost_usd", "logical_request_id")
    assert set(added) <= set(rows[request_id])
    unpriced = {row["price_status"] for row in rows.values() if row["cost_usd"] is None}
    assert {"unknown provider", "usage missing"} == unpriced


def in_utc(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


def test_daily_sums_are_made_of_the_requests(reading: Reading) -> None:
    daily, requests = export(reading, "daily", "daily"), export(reading, "requests", "requests")

    groups = {(row["day"], row["provider"], row["model"], row["key"], row["team"]) for row in requests}
    assert groups == {(row["day"], row["provider"], row["model"], row["key"], row["team"]) for row in daily}
    assert len(requests) == summed(daily, "requests")
    assert sum(row["status"] == "error" for row in requests) == summed(daily, "errors") > 0
    assert sum(row["cost_usd"] is not None for row in requests) == summed(daily, "costed_requests") == 43
    for name in daily[0]:
        if name.endswith(("_tokens", "_cost_usd")) or name == "cost_usd":
            assert summed(requests, name) == summed(daily, name), name


def test_money_is_exact_and_counts_are_whole(reading: Reading) -> None:
    export(reading, "daily", "out")

    types = {field.name: str(field.type) for field in pq.read_schema(next(Path("out").rglob("*.parquet")))}
    assert {"cost_usd": "decimal128(38, 21)", "list_cost_usd": "decimal128(38, 15)"} == {
        name: type for name, type in types.items() if name.endswith("_usd")
    }
    counts = {type for name, type in types.items() if name.endswith(("_tokens", "requests", "errors"))}
    assert {"int64"} == counts


@pytest.mark.parametrize("name", NAMES)
def test_every_file_says_what_it_covers_and_at_which_prices(reading: Reading, name: str) -> None:
    export(reading, name, "out")

    for file in Path("out").rglob("*.parquet"):
        about = json.loads(pq.read_schema(file).metadata[b"llmcost"])
        assert (f"export {name}", 45) == (about["command"], about["coverage"]["requests"])
        assert re.fullmatch(r"[0-9a-f]{64}", about["pricing"]["sha256"])


def test_another_book_gives_other_costs(reading: Reading, tmp_path: Path) -> None:
    book = tmp_path / "book.yaml"
    book.write_text("format: llmcost-pricing/1\nadjust: [{provider: openai, multiply: 0.5}]", encoding="utf-8")
    rows = export(Reading(db=reading.db, pricing=book, where=("provider=openai",)), "daily", "out")

    assert summed(rows, "list_cost_usd") == 2 * summed(rows, "cost_usd") > 0


def test_the_command_says_what_it_wrote_and_prints_no_data(llmcost: Run, ready: Path, tmp_path: Path) -> None:
    done = llmcost("export", "requests", "-o", "deep/out", *FIRST)

    assert (0, "") == (done.returncode, done.stdout)
    assert re.search(r"wrote: 45 rows of \d+ days to deep/out", done.stderr)
    assert "coverage: 43 of 45 requests have a cost" in done.stderr
    assert ["deep"] == [path.name for path in tmp_path.iterdir()]
    assert ["out"] == [path.name for path in (tmp_path / "deep").iterdir()]


def test_strict_writes_and_leaves_with_4(reading: Reading) -> None:
    with pytest.raises(IncompleteError) as incomplete:
        run_days(Reading(db=reading.db, strict=True), "daily", Path("out"), force=False)

    assert (4, 45) == (incomplete.value.exit_code, summed(rows_in("out"), "requests"))


def test_nothing_asked_for_is_an_empty_folder(reading: Reading) -> None:
    assert [] == export(Reading(db=reading.db, where=("team=nobody",)), "daily", "out")
    assert [] == list(Path("out").iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_in_use_is_left_alone(reading: Reading, name: str) -> None:
    Path("out").mkdir()
    Path("out/mine.txt").write_text("mine", encoding="utf-8")

    with pytest.raises(UsageError, match="out: not empty"):
        run_days(reading, name, Path("out"), force=False)
    assert {"mine.txt": b"mine"} == files_in("out")


def test_an_empty_folder_is_filled(reading: Reading) -> None:
    Path("out").mkdir()
    inode = Path("out").stat().st_ino

    assert len(export(reading, "daily", "out")) > 0
    assert (inode, ["out"]) == (Path("out").stat().st_ino, names("."))


def test_force_replaces_an_earlier_export_and_keeps_what_is_not_ours(
    reading: Reading, capsys: pytest.CaptureFixture[str]
) -> None:
    export(reading, "requests", "out")
    mine = {
        "notes.txt": b"a",
        "day=2026-11-01/mine.csv": b"b",
        "day=2026-11-02/data_0.csv": b"c",
        "sub/x.parquet": b"d",
    }
    for path, content in mine.items():
        (Path("out") / path).parent.mkdir(exist_ok=True)
        (Path("out") / path).write_bytes(content)
    capsys.readouterr()
    narrow = Reading(db=reading.db, since="2026-11-02")
    found = export(narrow, "requests", "out", force=True)

    assert {datetime(2026, 11, 2).date()} <= {row["day"] for row in found}
    assert date(2026, 11, 1) not in {row["day"] for row in found}
    assert mine == {path: content for path, content in files_in("out").items() if path in mine}
    assert files_in("out").keys() - mine.keys() == {f"day={row['day']}/data_0.parquet" for row in found}
    assert "kept: 4 files" in capsys.readouterr().err
    assert ["out"] == names(".")


def test_a_day_that_is_gone_leaves_no_folder(reading: Reading) -> None:
    export(reading, "daily", "out")
    export(Reading(db=reading.db, until="2026-11-02"), "daily", "out", force=True)

    assert ["day=2026-11-01"] == names("out")


def planted(kind: str) -> None:
    day = Path("out/day=2026-11-01")
    if kind == "a file for a day":
        Path("out").mkdir()
        day.write_text("mine", encoding="utf-8")
        return
    day.mkdir(parents=True)
    target = day / "data_0.parquet"
    if kind == "somebody's Parquet":
        duckdb.execute(f"copy (select 1 as a) to '{target}'")
    elif kind == "no Parquet":
        target.write_text("mine", encoding="utf-8")
    elif kind == "a folder":
        target.mkdir()
    else:
        target.symlink_to(next(Path("other").resolve().rglob("*.parquet")))


@pytest.mark.parametrize("kind", ["somebody's Parquet", "no Parquet", "a folder", "a link", "a file for a day"])
def test_force_does_not_replace_what_somebody_else_put_there(reading: Reading, kind: str) -> None:
    # what a link leads to would be ours
    export(reading, "daily", "other")
    planted(kind)
    before = files_in(".")

    with pytest.raises(UsageError, match="in its way"):
        run_days(reading, "daily", Path("out"), force=True)
    assert before == files_in(".")


def test_one_export_does_not_replace_another(reading: Reading) -> None:
    export(reading, "daily", "out")
    before = files_in("out")

    with pytest.raises(UsageError, match="not written by `llmcost export requests`"):
        run_days(reading, "requests", Path("out"), force=True)
    assert before == files_in("out")


def test_a_bad_folder_is_named(llmcost: Run, ready: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    for words, message in (
        (["-o", "file"], "file: not a folder"),
        (["-o", "file", "--force"], "file: not a folder"),
        (["-o", "file/out"], "file/out: cannot be written"),
        ([], "Missing option"),
    ):
        done = llmcost("export", "daily", *words, "--db", ready)
        assert (2, "") == (done.returncode, done.stdout)
        assert message in done.stderr
    assert {"file": b"mine"} == files_in(str(tmp_path))


def test_a_query_that_fails_leaves_the_earlier_export(reading: Reading, book: Book) -> None:
    export(reading, "daily", "out")
    before = files_in("out")

    with Store(reading.db, read_only=True) as store, pytest.raises(UsageError):
        scope = store.price(book).scope(Filters(where=("nothing=1",)))
        export_days(scope, "daily", Path("out"), {"command": "export daily"}, force=True)
    assert (before, ["out"]) == (files_in("out"), names("."))


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "llmcost.duckdb"
    with Store(path) as store:
        store.execute(INSERT)
        store.assign_name_ids()
    return path


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT to send")
@pytest.mark.parametrize("earlier", [False, True])
def test_an_interrupted_export_leaves_nothing_half_made(
    reading: Reading, large: Path, tmp_path: Path, earlier: bool
) -> None:
    if earlier:
        export(reading, "requests", "out")
    before = files_in("out") if earlier else {}
    words = ["-m", "llmcost", "export", "requests", "-o", "out", "--force", "--db", str(large)]
    for _ in range(5):
        running = subprocess.Popen([sys.executable, *words], cwd=tmp_path, stderr=subprocess.PIPE, text=True)
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob(".out.*/day=*")) and running.poll() is None and time.monotonic() < deadline:
            time.sleep(0.001)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)
        if running.returncode != 0:
            break
        # on a busy machine it may be done before it is seen to have begun
        if not earlier:
            shutil.rmtree(tmp_path / "out")

    assert (130, "error: interrupted") == (running.returncode, said.splitlines()[0])
    assert (["out"] if earlier else []) == [path.name for path in tmp_path.iterdir()]
    assert before == (files_in("out") if earlier else {})


def test_a_key_pressed_while_files_move_waits_until_they_are_there() -> None:
    done = []

    with pytest.raises(KeyboardInterrupt), uninterrupted():
        signal.raise_signal(signal.SIGINT)
        done.append("moved")
    assert ["moved"] == done


def test_what_does_not_fit_into_memory_is_exported_all_the_same(large: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    assert 0 == run_days(Reading(db=large, memory_limit="200MB"), "requests", folder, force=False)

    days = timedelta(minutes=MANY - 1).days + 1
    rows = [pq.read_metadata(file).num_rows for file in folder.rglob("*.parquet")]
    # a file for each day, a row for each of its minutes
    assert (days, MANY, 1440) == (len(rows), sum(rows), max(rows))
    shutil.rmtree(folder)
