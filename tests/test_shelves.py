"""Laws for every .sql file: a new one is under them without a line of test code."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path

import pytest

from llmcost.check.query import queries as check_queries
from llmcost.detect.detector import detectors
from llmcost.detect.findings import shelf_of_causes, summaries
from llmcost.detect.query import queries as detect_queries
from llmcost.doctor.examine import checks
from llmcost.errors import ShelfError
from llmcost.export.focus import exports
from llmcost.ingest import ingest
from llmcost.ingest.format import LEAF_TYPES, Columns, formats
from llmcost.pricing import load_book, shipped_book_path
from llmcost.reconcile.shelves import causes
from llmcost.reconcile.shelves import queries as reconcile_queries
from llmcost.report.query import queries as report_queries
from llmcost.report.view import View, table, views
from llmcost.shelf import Query, read_entry, read_header, read_shelf
from llmcost.store import Store
from llmcost.trial.sample import QUERY as SAMPLE
from tests.conftest import FIXTURES, ROOT
from tests.reads import tables_of
from tests.shelves import cases_of

Shelf = Callable[[], Mapping[str, Query]]
SHELVES: dict[str, Shelf] = {
    "report queries": report_queries,
    "views": views,
    "check queries": check_queries,
    "detect queries": detect_queries,
    "summaries": summaries,
    "causes of findings": shelf_of_causes,
    "doctor checks": checks,
    "exports": exports,
    "reconcile queries": reconcile_queries,
    "sample": lambda: {"sample": read_entry(SAMPLE, Query)},
}
# these say why, and not what they answer
OTHER_SHELVES: dict[str, Shelf] = {"detectors": detectors, "causes of gaps": causes}


@pytest.mark.parametrize("name", list(formats()))
def test_a_format_has_a_fixture_that_is_recognised_and_cases(store: Store, name: str) -> None:
    files = [file for file in sorted(FIXTURES.iterdir()) if re.fullmatch(rf"{name}(-[a-z-]+)?\.\w+", file.name)]
    assert files, f"write fixtures/{name}.jsonl: invented records of each kind that there is"
    summary = ingest(store, [str(file) for file in files])

    assert {name: len(files)} == dict(summary.formats)
    assert all(name == cases_of("formats", file.stem)["format"] for file in files)


@pytest.mark.parametrize("name", list(formats()))
def test_a_format_reads_known_kinds_and_requires_what_it_reads(name: str) -> None:
    def kinds(columns: Columns) -> set[str]:
        if isinstance(columns, str):
            return {columns}
        inner = columns if isinstance(columns, list) else columns.values()
        return {kind for item in inner for kind in kinds(item)}

    format = formats()[name]

    assert kinds(format.columns) <= {"time", *LEAF_TYPES}
    assert all(kinds(inside["columns"]) <= {"time", *LEAF_TYPES} for inside in format.parsed.values())
    assert set(format.required) <= set(format.columns)


def test_no_two_macros_have_one_name() -> None:
    names = [
        name
        for file in sorted((ROOT / "llmcost" / "ingest" / "macros").rglob("*.sql"))
        for name in re.findall(r"temp macro (\w+)", file.read_text(encoding="utf-8"))
    ]

    assert len(names) == len(set(names))


@pytest.mark.parametrize("shelf", SHELVES)
def test_a_query_of_a_shelf_answers_a_question(shelf: str) -> None:
    assert [] == [query.name for query in SHELVES[shelf]().values() if not query.answers.endswith("?")]


@pytest.mark.parametrize("shelf", [*SHELVES, *OTHER_SHELVES])
def test_a_query_of_a_shelf_names_the_tables_that_it_reads(shelf: str) -> None:
    read = {name: tables_of(query.query) for name, query in (SHELVES | OTHER_SHELVES)[shelf]().items()}

    assert read == {name: set(query.inputs) for name, query in (SHELVES | OTHER_SHELVES)[shelf]().items()}


@pytest.mark.parametrize("view", views().values(), ids=views())
def test_what_a_views_header_names_are_its_columns(store: Store, view: View) -> None:
    columns = table(store.price(load_book([shipped_book_path()])).scope(), view).columns

    named = {*view.labels, *view.sums, *view.totals, *view.histogram, view.measure}
    # what a terminal draws of a histogram stands as a column of its own
    assert named | {*view.hide_when_narrow} - {"distribution"} <= {*columns}
    assert tuple(view.labels) == columns[: len(view.labels)]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("select 1", "must open with"),
        ("/*\ntitle: x\n*/\nselect $a", r"\['a'\] must be both"),
        ("/*\ntitle: x\n*/\nselect 1; select 2", "one query, not 2"),
        ("/*\ncolour: x\n*/\nselect 1", "does not fit"),
    ],
)
def test_a_shelf_file_that_does_not_fit_is_refused(tmp_path: Path, text: str, word: str) -> None:
    file = tmp_path / "x.sql"
    file.write_text(text, encoding="utf-8")

    def kind(name: str, query: str, title: str) -> str:
        return name

    with pytest.raises(ShelfError, match=word):
        read_entry(file, kind)


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
