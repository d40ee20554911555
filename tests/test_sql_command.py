"""A query may ask anything of the store and change nothing; a mistake in it is named, and its answer shown whole."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from llmcost.cli.reading import Reading
from llmcost.cli.sql.run import run_sql
from llmcost.errors import UsageError
from llmcost.ingest import ingest
from llmcost.store import Store
from tests.conftest import FIRST, FIXTURES, ROOT, Run

PAGE = (ROOT / "docs" / "sql.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"^```sql\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
Ask = Callable[..., str]


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "llmcost.duckdb"
    with Store(path) as store:
        ingest(store, [str(file) for file in FIRST])
    return path


@pytest.fixture
def db(ready: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.csv").write_text("a\n1\n", encoding="utf-8")
    shutil.copy(ready, tmp_path)
    return tmp_path / "llmcost.duckdb"


@pytest.fixture
def ask(db: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Run a query in this process and give what it prints."""

    def run(statement: str, format: str = "csv", **options: Any) -> str:
        assert 0 == run_sql(Reading(db=db, format=format, **options), statement)
        return capsys.readouterr().out

    return run


def state(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for path in sorted(folder.rglob("*"))
    }


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


WRITES = [
    "insert into requests select * from requests",
    "delete from requests",
    "update requests set status = 'ok'",
    "create table copied as from requests",
    "create temp view scope as select 1",
    "drop view scope",
    "with gone as (delete from requests returning *) from gone",
    "with gone as (delete from prices returning *) select count(*) from gone",
    "with new as materialized (insert into prices from prices returning *) select 1",
    "with cheap as (update prices set input = 0 returning *) select 1",
    "with told as (copy (select 1) to 'out.csv') from told",
    "with gone as (delete from prices returning *) pivot gone on rule_id",
    "from query('with gone as (delete from prices returning *) from gone')",
    "from query('delete from prices')",
    "copy requests to 'out.csv'",
    "copy (select 1) to 'llmcost.duckdb'",
    "export database 'out'",
    "attach 'other.duckdb'",
    "attach 'secret.csv' as other",
    "detach llmcost",
    "use temp",
    "install httpfs",
    "load httpfs",
    "call enable_logging(storage='file', storage_path='log')",
    "from enable_logging(storage='file', storage_path='log')",
    "from enable_profiling(save_location='profile.json')",
    "set lock_configuration = false",
    "set enable_external_access = true",
    "reset enable_external_access",
    "pragma enable_profiling",
    "checkpoint",
    "vacuum",
    "begin",
    "explain analyze delete from prices",
    "prepare p as delete from requests",
    "select 1; delete from requests",
]
READS = [
    "from 'secret.csv'",
    "from read_csv('secret.csv')",
    "select * from read_text('/etc/hostname')",
    "from read_blob('secret.csv')",
    "from read_json_auto('secret.csv')",
    "from read_parquet('https://example.invalid/x.parquet')",
    "from 's3://bucket/x.parquet'",
    "from glob('*')",
    "from sniff_csv('secret.csv')",
    "from query('from ''secret.csv''')",
    "from read_csv('.tmp/secret.csv')",
    "from read_csv('llmcost.duckdb.tmp/secret.csv')",
    "from duckdb_secrets()",
    "from load_aws_credentials()",
    "select getenv('HOME')",
]


@pytest.mark.parametrize("statement", WRITES + READS)
def test_a_query_can_neither_write_nor_look_elsewhere(db: Path, statement: str) -> None:
    for folder in (".tmp", "llmcost.duckdb.tmp"):
        Path(folder).mkdir()
        shutil.copy("secret.csv", folder)
    before = state(db.parent)

    with pytest.raises(UsageError) as refused:
        run_sql(Reading(db=db), statement)
    assert 2 == refused.value.exit_code
    assert before == state(db.parent)


@pytest.mark.parametrize("statement", [*WRITES[:10], "from read_csv('.tmp/secret.csv')", "from 'secret.csv'"])
def test_logs_in_memory_are_as_safe(db: Path, statement: str) -> None:
    Path(".tmp").mkdir()
    shutil.copy("secret.csv", ".tmp")
    before = state(db.parent)

    with pytest.raises(UsageError):
        run_sql(Reading(paths=(str(FIXTURES / "litellm.jsonl"),)), statement)
    assert before == state(db.parent)


def test_a_refusal_leaves_with_2_and_prints_no_data(llmcost: Run, db: Path) -> None:
    before = state(db.parent)
    for statement in ("drop table requests", "with g as (delete from prices returning *) from g", "from 'secret.csv'"):
        done = llmcost("sql", statement)
        assert (2, "") == (done.returncode, done.stdout)
        assert done.stderr.startswith("error: ")
    assert before == state(db.parent)


@pytest.mark.parametrize(
    ("statement", "message", "hint"),
    [
        ("select modle from scope", 'column "modle" not found in FROM clause! (line 1, column 8)', '"model"'),
        ("select\n  model\nfrom scop", "name scop does not exist! (line 3, column 6)", 'Did you mean "scope"?'),
        ("select\n  lenght(model) from scope", "lenght does not exist! (line 2, column 3)", 'Did you mean "length"?'),
        ("select 'ü', s.modle from scope as s", '"modle" (line 1, column 13)', ""),
        ("selec 1", 'near "selec" (line 1, column 1)', ""),
        ("select " + "1 + " * 100 + "modle from scope", '"modle" not found in FROM clause! (line 1)', '"model"'),
        ("select model, count(*) from scope", "must appear in the GROUP BY clause", "GROUP BY list"),
        ("select cast(model as integer) from scope", "Could not convert string", ""),
        ("select $name", "Values were not provided", ""),
        ("", "one statement is run, not none", "select"),
        ("-- nothing", "one statement is run, not none", "select"),
        ("select 1; select 2", "one statement is run, not 2", "select"),
        ("pivot scope on provider", "a pivot needs its values", "in ("),
        ("from 'logs/x.jsonl'", "Cannot access file", "llmcost sql SQL PATH"),
        ("copy scope to 'x'", "copy: only queries are run", "select"),
    ],
)
def test_a_broken_query_names_the_mistake(db: Path, statement: str, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as refused:
        run_sql(Reading(db=db), statement)

    assert message in refused.value.message
    assert hint in refused.value.hint
    assert "\n" not in refused.value.message + refused.value.hint


def test_costs_are_those_of_the_report(llmcost: Run, ask: Ask) -> None:
    spent = json.loads(llmcost("report", "-f", "json").stdout, parse_float=Decimal)["totals"]["cost_usd"]

    for view in ("scope", "dimensions", "priced_requests", "charges"):
        assert spent == Decimal(rows_of(ask(f"select sum(cost_usd) as cost_usd from {view}"))[0]["cost_usd"])


def test_the_filters_narrow_the_scope_and_nothing_else(ask: Ask) -> None:
    query = "select (select count(*) from scope) as some, (select count(*) from dimensions) as whole"
    found = rows_of(ask(query, where=("team=support",)))

    assert [{"some": "12", "whole": "45"}] == found
    assert [{"some": "45", "whole": "45"}] == rows_of(ask(query))
    with pytest.raises(UsageError, match="no such column"):
        ask(query, where=("nothing=1",))


def test_another_book_gives_other_costs(ask: Ask, tmp_path: Path) -> None:
    book = tmp_path / "book.yaml"
    book.write_text("format: llmcost-pricing/1\nadjust: [{provider: openai, multiply: 0.5}]", encoding="utf-8")
    query = "select sum(cost_usd) as cost_usd, sum(list_cost_usd) as list_cost_usd from scope where provider = 'openai'"
    row = rows_of(ask(query, pricing=book))[0]

    assert Decimal(row["list_cost_usd"]) == 2 * Decimal(row["cost_usd"]) > 0


@pytest.fixture(scope="module")
def varied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("varied") / "llmcost.duckdb"
    with Store(path) as store:
        ingest(store, [str(file) for file in (*FIRST, FIXTURES / "otlp.jsonl", FIXTURES / "phoenix.jsonl")])
    return path


@pytest.mark.parametrize("query", QUERIES)
def test_the_queries_of_the_page_run_and_find_something(
    varied: Path, query: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 0 == run_sql(Reading(db=varied, format="csv"), query)
    assert len(capsys.readouterr().out.splitlines()) > 1


def test_logs_are_asked_without_a_store(llmcost: Run, tmp_path: Path) -> None:
    done = llmcost("sql", "select count(*) as n from scope", "-f", "csv", *FIRST)

    assert (0, "n\n45\n", []) == (done.returncode, done.stdout, list(tmp_path.iterdir()))


def test_the_page_has_eight_queries_and_names_what_there_is(ask: Ask) -> None:
    tables = [row["name"] for row in rows_of(ask("show tables"))]

    assert 8 == len(QUERIES)
    assert [] == [name for name in tables if f"`{name}`" not in PAGE]


@pytest.mark.parametrize(
    "statement",
    [
        "from scope limit 1",
        "table files",
        "values (1, 'a')",
        "with one as (select 1 as a) from one",
        "with recursive up as (select 1 as a union all select a + 1 from up where a < 3) from up",
        "describe scope",
        "describe select 1",
        "summarize requests",
        "show tables",
        "show all tables",
        "select count(*) from scope;  -- done",
        "pivot scope on status in ('ok', 'error') using count(*) group by model",
        "from query('select 1')",
        "select 'delete from requests' as told",
        "from rejects",
    ],
)
def test_what_only_reads_is_run(ask: Ask, statement: str) -> None:
    assert ask(statement)


def test_a_statement_comes_from_a_file_or_stdin_too(llmcost: Run, db: Path) -> None:
    Path("one.sql").write_text("\ufeffselect 1 as a;\n", encoding="utf-8")
    Path("latin.sql").write_bytes("select 'ü'".encode("latin-1"))

    assert "a\n1\n" == llmcost("sql", "@one.sql", "-f", "csv").stdout
    assert "a\n2\n" == llmcost("sql", "-", "-f", "csv", input="select 2 as a").stdout
    for words, message in (
        (["@none.sql"], "none.sql: cannot be read"),
        (["@latin.sql"], "not UTF-8"),
        (["-", "-"], "cannot be both"),
    ):
        done = llmcost("sql", *words, input="select 1")
        assert (2, message in done.stderr) == (done.returncode, True)


def test_columns_of_one_name_are_told_apart(ask: Ask) -> None:
    assert ask("select 1 as a, 2 as a, 3 as A, 4 as a_2").startswith("a,a_3,A_4,a_2\n1,2,3,4\n")
    assert '{"a":1,"a_2":2}\n' == ask("select 1 as a, 2 as a", "jsonl")


EVERYTHING = """
    select
        ['a', null] as tags, {'rate': 2.50, 'names': ['x']} as price, timestamp '2026-11-01 12:00:00.5' as started_at,
        timestamptz '2026-11-01 12:00:00+02' as zoned_at, date '2026-11-01' as day, null as nothing, true as is_it,
        170141183460469231731687303715884105727 as huge, 0.000000000000000000001 as cost_usd, uuid '{0}' as id,
        map {1: 'one'} as numbers, interval 1 day as gap, '\\xAA'::blob as bytes, time '12:00' as clock
""".replace("{0}", "00000000-0000-4000-8000-000000000000")


def test_every_kind_of_value_is_written_exactly(ask: Ask, tmp_path: Path) -> None:
    expected = {
        "tags": ["a", None],
        "price": {"rate": Decimal("2.5"), "names": ["x"]},
        "started_at": "2026-11-01T12:00:00.500000Z",
        "zoned_at": "2026-11-01T10:00:00Z",
        "day": "2026-11-01",
        "nothing": None,
        "is_it": True,
        "huge": 170141183460469231731687303715884105727,
        "cost_usd": Decimal("1e-21"),
        "id": "00000000-0000-4000-8000-000000000000",
        "numbers": {"1": "one"},
        "gap": "1 day, 0:00:00",
        "bytes": "aa",
        "clock": "12:00:00",
    }
    assert expected == json.loads(ask(EVERYTHING, "jsonl"), parse_float=Decimal)
    assert [expected] == json.loads(ask(EVERYTHING, "json"), parse_float=Decimal)["rows"]

    row = rows_of(ask(EVERYTHING))[0]
    texts = {"tags": '["a",null]', "price": '{"rate":2.5,"names":["x"]}', "numbers": '{"1":"one"}', "nothing": ""}
    assert texts == {name: row[name] for name in texts}
    assert (str(expected["huge"]), "0." + "0" * 20 + "1") == (row["huge"], row["cost_usd"])

    ask(EVERYTHING, "parquet", output=tmp_path / "all.parquet")
    found = pq.read_table(tmp_path / "all.parquet").to_pylist()[0]
    same = ("tags", "price", "nothing", "is_it", "cost_usd")
    assert {name: expected[name] for name in same} == {name: found[name] for name in same}
    # 39 digits are more than a decimal has
    assert str(expected["huge"]) == found["huge"]


def test_people_see_lists_as_words_and_amounts_by_their_unit(ask: Ask) -> None:
    text = ask("select ['prod', null] as tags, 1.5 as cost_usd, 'none' as other_usd, 0.25 as a_share, null as b", "md")

    # "other" holds no dollars, so its name keeps the unit
    assert "| tags | cost | other usd | a share | b |" == text.splitlines()[0]
    assert "| prod, – | $1.50 | none | 25.0% | – |" == text.splitlines()[2]  # noqa: RUF001


def test_a_name_may_promise_a_unit_that_the_values_do_not_have(ask: Ask) -> None:
    values = "'x'", "date '2026-11-01'", "timestamp '2026-11-01'", "'nan'::double", "'inf'::double", "true", "[1]"
    units = "usd", "share", "tokens", "ms"
    query = ", ".join(f"{value} as v{at}_{unit}" for at, value in enumerate(values) for unit in units)
    head, _, row = (
        [cell.strip() for cell in line.strip("|").split("|")] for line in ask(f"select {query}", "md").splitlines()[:3]
    )

    assert [f"v{at} {unit}" for at in range(len(values)) for unit in units] == head
    # a date, a time and a truth are what they are, whatever their name says
    dates, times, truths = ["2026-11-01"] * 4, ["2026-11-01 00:00"] * 4, ["true"] * 4
    assert ["x"] * 4 + dates + times + ["nan"] * 4 + ["inf"] * 4 + truths + ["1"] * 4 == row


def test_markup_in_names_and_texts_is_text(ask: Ask) -> None:
    text = ask("select '[/x] [bold]y' as \"[/a]\", ':smile:' as b", "table")

    assert "[/x] [bold]y   :smile:" in text
    assert "(/a)" in text


@pytest.mark.parametrize("format", ["table", "md"])
def test_no_text_of_a_log_commands_the_terminal(ask: Ask, format: str) -> None:
    text = ask("select 'a' || chr(27) || '[31mb' || chr(10) || 'c' as model, ['x' || chr(7)] as tags", format)

    assert "a?[31mb c" in text.replace("\\[", "[")
    assert [] == [letter for letter in text if not letter.isprintable() and letter != "\n"]


@pytest.mark.parametrize("format", ["table", "md", "csv", "tsv", "json", "jsonl", "parquet", "xlsx"])
def test_all_of_duckdbs_types_are_shown_in_every_format(ask: Ask, tmp_path: Path, format: str) -> None:
    query = "select * exclude (medium_enum, large_enum) from test_all_types()"
    ask(query, format, output=tmp_path / "all")

    assert (tmp_path / "all").stat().st_size > 1000


def test_no_rows_are_a_head_without_rows(ask: Ask) -> None:
    assert "model,cost_usd\n" == ask("select model, cost_usd from scope where false")
    assert [] == json.loads(ask("select model from scope where false", "json"))["rows"]


def test_the_envelope_says_what_was_asked_and_what_it_covers(ask: Ask) -> None:
    document = json.loads(ask("select 1 as a", "json", where=("team=support",)))

    assert ("sql", "select 1 as a", 12) == (
        *(document["command"], document["query"]),
        document["coverage"]["requests"],
    )


def test_strict_leaves_with_4_and_the_coverage_is_said(llmcost: Run, db: Path) -> None:
    done = llmcost("sql", "select 1 as a", "--strict", "-f", "csv")

    assert (4, "a\n1\n") == (done.returncode, done.stdout)
    assert "coverage: 43 of 45 requests have a cost" in done.stderr
    assert 0 == llmcost("sql", "select 1", "--strict", "--where", "team=reports").returncode


def test_what_does_not_fit_into_memory_goes_to_a_folder_that_is_gone_afterwards(db: Path) -> None:
    before = set(state(db.parent))
    query = "select count(*) as n from (select distinct range, md5(range::varchar) from range(2000000))"

    assert 0 == run_sql(Reading(db=db, memory_limit="60MB", output=Path("n.csv")), query)
    assert "n\n2000000\n" == Path("n.csv").read_text(encoding="utf-8")
    assert before | {"n.csv"} == set(state(db.parent))
