"""Laws for every .sql file: a new one is under them without a line of test code."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from llmcost.alerts.metric import metrics
from llmcost.alerts.metric import queries as alert_queries
from llmcost.check.query import queries as check_queries
from llmcost.detect import detect
from llmcost.detect.detector import Detector, detectors
from llmcost.detect.findings import shelf_of_causes, summaries
from llmcost.detect.query import queries as detect_queries
from llmcost.doctor.examine import checks
from llmcost.errors import ShelfError
from llmcost.export.focus import exports
from llmcost.ingest import ingest
from llmcost.ingest.format import Format, formats
from llmcost.pricing import load_book, shipped_book_path
from llmcost.reconcile.shelves import causes
from llmcost.reconcile.shelves import queries as reconcile_queries
from llmcost.report.query import queries as report_queries
from llmcost.report.view import View, table, views
from llmcost.shelf import Query, read_entry, read_header, read_shelf
from llmcost.store import Store
from llmcost.throttle.spent import queries as throttle_queries
from llmcost.trial.sample import QUERY as SAMPLE
from tests.conftest import ROOT
from tests.reads import tables_of
from tests.shelves import cases_of, fixtures_of

Shelf = Callable[[], Mapping[str, Query]]
SHELVES: dict[str, Shelf] = {
    "report queries": report_queries,
    "views": views,
    "alert queries": alert_queries,
    "metrics": metrics,
    "check queries": check_queries,
    "detect queries": detect_queries,
    "summaries": summaries,
    "causes of findings": shelf_of_causes,
    "doctor checks": checks,
    "exports": exports,
    "reconcile queries": reconcile_queries,
    "throttle queries": throttle_queries,
    "sample": lambda: {"sample": read_entry(SAMPLE, Query)},
}
# these say why, and not what they answer
OTHER_SHELVES: dict[str, Shelf] = {"detectors": detectors, "causes of gaps": causes}


def each_query(shelves: dict[str, Shelf]) -> list[Any]:
    """List the queries of shelves as pytest's parameters, so that `-k NAME` finds those of one file."""
    return [
        pytest.param(query, id=f"{shelf}: {name}") for shelf, read in shelves.items() for name, query in read().items()
    ]


def wrong_inputs(query: Query) -> str:
    """Say how the `inputs` of a header and the tables that its query reads differ."""
    read = tables_of(query.query)
    lacking, idle = sorted(read - {*query.inputs}), sorted({*query.inputs} - read)
    said = [f"{query.name}.sql reads {name}: add it to `inputs`" for name in lacking]
    return "; ".join(said + [f"{query.name}.sql does not read {name}: take it out of `inputs`" for name in idle])


@pytest.mark.parametrize("name", list(formats()))
def test_a_format_has_a_fixture_that_is_recognised_and_cases(store: Store, name: str) -> None:
    files = fixtures_of(name)
    summary = ingest(store, [str(file) for file in files])

    assert {name: len(files)} == dict(summary.formats)
    assert all(name == cases_of("formats", file.stem)["format"] for file in files)


def test_no_two_macros_have_one_name() -> None:
    names = [
        name
        for file in sorted((ROOT / "llmcost" / "ingest" / "macros").rglob("*.sql"))
        for name in re.findall(r"temp macro (\w+)", file.read_text(encoding="utf-8"))
    ]

    assert len(names) == len(set(names))


@pytest.mark.parametrize("query", each_query(SHELVES))
def test_a_query_of_a_shelf_answers_a_question(query: Query) -> None:
    assert query.answers.endswith("?"), f"{query.name}.sql: its `answers` is a question, and ends in ?"


@pytest.mark.parametrize("query", each_query(SHELVES | OTHER_SHELVES))
def test_a_query_of_a_shelf_names_the_tables_that_it_reads(query: Query) -> None:
    assert wrong_inputs(query) == ""


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        (
            ["scope", "calls"],
            "x.sql reads single_requests: add it to `inputs`; x.sql does not read scope: take it out of `inputs`",
        ),
        (["calls"], "x.sql reads single_requests: add it to `inputs`"),
        (["calls", "single_requests", "scope"], "x.sql does not read scope: take it out of `inputs`"),
        (["calls", "single_requests"], ""),
    ],
)
def test_what_is_wrong_with_inputs_is_said(inputs: list[str], words: str) -> None:
    query = "with own as (from calls) select * from own, single_requests"

    assert wrong_inputs(Query(name="x", query=query, title="x", inputs=inputs)) == words


@pytest.mark.parametrize("view", views().values(), ids=views())
def test_what_a_views_header_names_are_its_columns(store: Store, view: View) -> None:
    columns = table(store.price(load_book([shipped_book_path()])).scope(), view).columns

    assert tuple(view.labels) == columns[: len(view.labels)]


@pytest.mark.parametrize("key", ["labels", "sums", "totals", "histogram", "hide_when_narrow"])
def test_a_column_that_a_header_names_and_no_query_gives_is_named(store: Store, key: str) -> None:
    scope = store.price(load_book([shipped_book_path()])).scope()
    changed: dict[str, Any] = {key: ["requestz", "requests"]}

    with pytest.raises(ShelfError, match=f"^cost.sql: `{key}` names requestz, which the query does not give$") as said:
        table(scope, replace(views()["cost"], **changed))

    assert "it gives requests, input_tokens, " in said.value.hint


@pytest.mark.parametrize(
    ("query", "words"), [("select no_column from scope", "Binder Error"), ("select from from", "Parser Error")]
)
def test_a_query_that_duckdb_does_not_take_is_named_by_its_file(store: Store, query: str, words: str) -> None:
    book = load_book([shipped_book_path()])
    detector = replace(detectors()["duplicates"], query=query, inputs=["scope"], params={})

    with pytest.raises(ShelfError, match=f"^cost.sql: {words}: "):
        table(store.price(book).scope(), replace(views()["cost"], query=query))
    with pytest.raises(ShelfError, match=f"^duplicates.sql: {words}: "):
        detect(store, book, {"duplicates": detector}, ["duplicates"])


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("select 1", "must open with"),
        ("/*\ntitle: x\n*/\nselect $a", r"\['a'\] must be both"),
        ("/*\ntitle: x\n*/\nselect 1; select 2", "one query, not 2"),
        ("/*\ntitle: x\ncolour: x\nshade: x\n*/\nselect 1", "has `colour`, `shade`, which is none of: title$"),
        ("/*\n{}\n*/\nselect 1", "x.sql: its header lacks `title`$"),
    ],
)
def test_a_shelf_file_that_does_not_fit_is_refused(tmp_path: Path, text: str, word: str) -> None:
    file = tmp_path / "x.sql"
    file.write_text(text, encoding="utf-8")

    def kind(name: str, query: str, title: str) -> str:
        return name

    with pytest.raises(ShelfError, match=word):
        read_entry(file, kind)


DETECTOR = "title: x\nwhy: x\nadvice: x\n"
FORMAT = "title: x\nanswers: x?\nsource: x\nrecognise: []\nrequired: [a]\ncolumns: {a: text}\n"
VIEW = "title: x\nanswers: x?\nby: []\nmeasure: n\nsums: []\n"


@pytest.mark.parametrize(
    ("kind", "header", "words"),
    [
        (Format, FORMAT + "column: {}", "has `column`, which is none of: title, answers, source, recognise, required,"),
        (Format, FORMAT.replace("source: x\n", ""), "lacks `source`$"),
        (
            Detector,
            DETECTOR + "reason: x",
            "has `reason`, which is none of: .* why, advice, needs, tiers, rank, steps$",
        ),
        (Detector, DETECTOR.replace("advice: x\n", "").replace("why: x\n", ""), "lacks `why`, `advice`$"),
        (View, VIEW + "sum: []", "has `sum`, which is none of: .* by, measure, sums, "),
        (View, VIEW.replace("by: []\n", ""), "lacks `by`$"),
        (Query, "answers: x?", "lacks `title`$"),
        (
            Detector,
            DETECTOR + "needs: [{fields: [a]}]",
            r"does not fit: needs is a list of {fields: \[column\], says: te",
        ),
        (Detector, DETECTOR + "rank: first", "does not fit: rank is a number"),
    ],
)
def test_what_is_wrong_with_a_header_is_said(tmp_path: Path, kind: type[Query], header: str, words: str) -> None:
    (tmp_path / "x.sql").write_text(f"/*\n{header}\n*/\nselect 1", encoding="utf-8")

    with pytest.raises(ShelfError, match=f"^x.sql: its header {words}"):
        read_shelf(tmp_path, kind, tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("{a: text}", "{a: text, b: bool}", "`b: bool`: not a kind; kinds are text, tokens, number, flag, time, "),
        ("{a: text}", "{a: text, b: [{c: }]}", "`b.c: `: not a kind; kinds are "),
        ("{a: text}", "{a: text, b: [text, text]}", r"`b: \['text', 'text'\]`: not a kind; kinds are "),
        ("{a: text}", "{a: text}\nparsed: {p: {from: a, columns: {d: int}}}", "`d: int`: not a kind; kinds are "),
        ("[a]", "[a, b, c]", "`required` names `b`, `c`, which `columns` does not have"),
    ],
)
def test_a_format_reads_known_kinds_and_requires_what_it_reads(tmp_path: Path, old: str, new: str, words: str) -> None:
    (tmp_path / "x.sql").write_text(f"/*\n{FORMAT.replace(old, new)}*/\nselect 1", encoding="utf-8")

    with pytest.raises(ShelfError, match=f"^x.sql: {words}"):
        read_shelf(tmp_path, Format)


def test_a_shelf_is_a_folder_of_sql_files(tmp_path: Path) -> None:
    for name in ("b.sql", "a.sql", "c.txt"):
        (tmp_path / name).write_text("/*\ntitle: x\n*/\nselect 1", encoding="utf-8")

    assert list(read_shelf(tmp_path, lambda name, query, title: name)) == ["a", "b"]


@pytest.mark.parametrize("query", ["select n from twice", "with\n    own as (from twice)\nselect n from own"])
def test_a_query_reads_its_steps_as_tables_and_each_step_the_ones_before_it(tmp_path: Path, query: str) -> None:
    (tmp_path / "steps").mkdir()
    (tmp_path / "steps" / "once.sql").write_text("-- one row\nselect $n as n\n", encoding="utf-8")
    (tmp_path / "steps" / "twice.sql").write_text("select 2 * n as n from once\n", encoding="utf-8")
    file = tmp_path / "x.sql"
    file.write_text(f"/*\ntitle: x\nparams: {{n: 3}}\nsteps: [once, twice]\n*/\n{query}", encoding="utf-8")

    def kind(name: str, query: str, title: str, params: dict[str, int]) -> tuple[str, dict[str, int]]:
        return query, params

    with Store() as store:
        assert [(6,)] == store.rows(*read_entry(file, kind, tmp_path / "steps"))


@pytest.mark.parametrize(
    ("steps", "header", "word"),
    [("other", "steps: [once]", "there is no once.sql"), ("once", "steps: [once]\nparams: {m: 1}", r"\['m', 'n'\]")],
)
def test_a_step_is_there_and_its_parameters_are_the_querys(tmp_path: Path, steps: str, header: str, word: str) -> None:
    (tmp_path / f"{steps}.sql").write_text("select $n as n\n", encoding="utf-8")
    file = tmp_path / "x.sql"
    file.write_text(f"/*\ntitle: x\n{header}\n*/\nselect n from once", encoding="utf-8")

    with pytest.raises(ShelfError, match=word):
        read_entry(file, lambda name, query, title, params: name, tmp_path)


def test_every_step_is_used_by_a_query() -> None:
    folder = ROOT / "llmcost" / "detect"
    queries = [
        file.read_text(encoding="utf-8") for name in ("detectors", "causes") for file in (folder / name).iterdir()
    ]
    named = {step for query in queries for step in read_header(query, "").get("steps", [])}

    assert {file.stem for file in (folder / "steps").iterdir()} == named


LONG = 200  # lines
SQL = sorted(file for file in (ROOT / "llmcost").rglob("*.sql") if "migrations" not in file.parts)


@pytest.mark.parametrize("file", SQL, ids=lambda file: str(file.relative_to(ROOT / "llmcost")))
def test_a_long_query_says_why_and_comments_stand_whole(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    # what a formatter leaves of a comment that was too long for its line
    torn = [
        line
        for before, line in pairwise(map(str.strip, lines))
        if before.startswith("-- ") and line.startswith("-- ") and len(before) > 53 and len(line.split()) < 4
    ]

    assert torn == []
    assert len(lines) <= LONG or lines[1].startswith("# over 200 lines: ")


def test_the_wheel_holds_the_shelves_and_the_prices() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")

    assert '"pricing.yaml" = "llmcost/pricing.yaml"' in project
    # hatchling takes every file below the package that git does not ignore
    assert not re.search(r"\.sql", (ROOT / ".gitignore").read_text(encoding="utf-8"))
