"""What a shell completes: asked as bash asks, and once by a bash that somebody types in."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from llmcost.cli.complete.names import UNITS
from llmcost.columns import COLUMNS
from llmcost.detect import detectors
from llmcost.ingest import ingest
from llmcost.ingest.format import formats
from llmcost.pricing import Book, Key, Resolver, shipped_book_path
from llmcost.pricing.named import load_names
from llmcost.render import FORMATS
from llmcost.report import over
from llmcost.report.view import views
from llmcost.store import Store
from llmcost.store.peek import peek
from tests.conftest import FIRST, FIXTURES

PROGRAM = "import sys; sys.argv[0] = 'llmcost'; from llmcost.cli import main; main()"
Ask = Callable[..., list[str]]


def asked(folder: Path, words: tuple[str, ...], env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Ask for completions of the last word; = and : stand alone, as bash cuts them."""
    environment = {k: v for k, v in os.environ.items() if k != "LLMCOST_DB"}
    asks = {
        "COMP_WORDS": "\n".join(("llmcost", *words)),
        "COMP_CWORD": str(len(words)),
        "_LLMCOST_COMPLETE": "complete_bash",
    }
    return subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=folder,
        env={**environment, **asks, **(env or {})},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store, its first logs and one request of a team with a name that a shell must not read."""
    path = tmp_path_factory.mktemp("shell")
    odd = {"request_id": "odd:1", "request_model": "gpt-4o-2024-08-06", "provider_name": "openai"}
    more = {"started_at": "2026-11-02T08:00:00Z", "input_tokens": 1, "output_tokens": 1, "team_id": "R & D $(x)"}
    (path / "odd.jsonl").write_text(json.dumps(odd | more) + "\n", encoding="utf-8")
    with Store(path / "llmcost.duckdb") as store:
        ingest(store, [*map(str, FIRST), str(path / "odd.jsonl")])
    return path


@pytest.fixture(scope="module")
def ask(folder: Path) -> Ask:
    def complete(*words: str, env: dict[str, str] | None = None) -> list[str]:
        done = asked(folder, words, env)
        assert (0, "") == (done.returncode, done.stderr)
        return done.stdout.split("\n")[:-1] if done.stdout.strip() else []

    return complete


def test_names_of_the_program_are_completed_from_its_shelves(ask: Ask) -> None:
    assert {*views(), "budget", "requests"} == set(ask("report", ""))
    assert {*detectors(), "all"} == set(ask("detect", ""))
    assert sorted(formats()) == ask("ingest", "--format", "")
    assert list(FORMATS) == ask("report", "-f", "")
    assert UNITS == over.UNITS
    assert list(UNITS) == ask("report", "--over", "")
    assert ["Europe/Belfast", "Europe/Belgrade", "Europe/Berlin"] == ask("sql", '"select 1"', "--tz", "Europe/Be")
    assert ["previous"] == ask("report", "--compare", "p")
    assert ["report", "reconcile"] == ask("re")
    assert {"focus", "requests", "daily"} <= set(ask("export", ""))


def test_columns_are_completed_and_after_a_comma_the_others(ask: Ask) -> None:
    assert ["model", "month", "model_group"] == ask("report", "--by", "mo")
    assert ["model,month", "model,model_group"] == ask("report", "--by", "model,mo")
    assert ["team,key"] == ask("export", "focus", "--by", "team,k")
    assert list(COLUMNS) == ask("reconcile", "--by", "")


def test_a_condition_is_completed_column_first_and_then_its_values(ask: Ask) -> None:
    assert ["model=", "month=", "model_group="] == ask("report", "--where", "mo")
    assert ["team=R\\ \\&\\ D\\ \\$\\(x\\)", "team=billing", "team=reports"] == ask("report", "--where", "te")[:3]
    assert ["reports", "search", "support"] == ask("report", "--where", "team", "=")[-3:]
    assert ["search", "support"] == ask("report", "--where", "team", "=", "s")
    assert ["support"] == ask("savings", "--where", "team!", "=", "su")
    assert ["rate_limit"] == ask("report", "--where", "error_kind", "=", "rate")
    assert ["2026-11"] == ask("report", "--where", "month", "=", "2026")


def test_a_word_in_quotes_is_left_to_the_shell(ask: Ask) -> None:
    assert ["team=R & D $(x)"] == ask("report", "--where", '"team=R')


def test_models_are_those_of_reports_whatever_the_logs_call_them(ask: Ask, book: Book, folder: Path) -> None:
    with Store(folder / "llmcost.duckdb", read_only=True) as store:
        scope = store.price(book).scope()
        expected = [name for (name,) in scope.rows("select distinct model from scope order by model")]

    assert expected == ask("report", "--where", "model", "=")
    assert [f"{name}=" for name in expected] == ask("whatif", "--map", "")
    assert [f"{name}=" for name in expected if name.startswith("gpt-4o")] == ask("report", "--assume", "gpt-4o")


def test_a_pair_is_completed_with_models_of_the_book(ask: Ask) -> None:
    assert "gpt-4o-mini-tts" in ask("whatif", "--map", "gpt-4o", "=", "gpt-4o-mini-")
    assert "claude-opus-4-6=claude-opus-4-7" in ask("whatif", "--map", "claude-opus-4-6")
    assert "claude-sonnet-4-5" in ask("pricing", "show", "claude-sonnet-4")
    assert "gpt-4.1-nano" in ask("sample", "--as", "gpt-4.1")
    assert ["anthropic"] == ask("pricing", "list", "--provider", "anth")


def test_at_most_twenty_ids_are_completed_by_their_beginning(ask: Ask) -> None:
    assert ["odd:1"] == ask("show", "odd")
    assert ["1"] == ask("pricing", "explain", "odd", ":", "1")
    assert 20 == len(ask("show", ""))


def test_a_detectors_parameters_are_its_own(ask: Ask) -> None:
    expected = [f"{name}={value}" for name, value in detectors()["embeddings"].params.items()]

    assert expected == ask("detect", "embeddings", "--set", "")


def test_the_store_is_the_one_that_the_line_or_the_environment_names(ask: Ask, tmp_path: Path) -> None:
    with Store(tmp_path / "other.duckdb") as store:
        ingest(store, [str(FIXTURES / "openai.jsonl")])
    other = str(tmp_path / "other.duckdb")
    expected = ask("report", "--db", other, "--where", "format", "=")

    assert ["openai"] == expected
    assert expected == ask("report", "--where", "format", "=", env={"LLMCOST_DB": other})


@pytest.mark.parametrize("content", [None, b"", b"no database" * 1000])
def test_where_there_is_no_store_nothing_is_said(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "llmcost.duckdb").write_bytes(content)
    for words in (("report", "--where", "team", "="), ("show", "x"), ("whatif", "--map", ""), ("nothing", "--by", "")):
        done = asked(tmp_path, words)

        assert (0, "") == (done.returncode, done.stderr)
        assert "" == done.stdout.strip() or words[0] == "nothing"


def test_a_locked_store_is_none(folder: Path, tmp_path: Path) -> None:
    shutil.copy(folder / "llmcost.duckdb", tmp_path / "llmcost.duckdb")
    with Store(tmp_path / "llmcost.duckdb"):
        done = asked(tmp_path, ("report", "--where", "team", "="))

    assert (0, "", "") == (done.returncode, done.stdout.strip(), done.stderr)


def test_what_takes_too_long_has_no_answer(folder: Path) -> None:
    endless = "select sum(a.range * b.range) from range(100000000) as a, range(100000000) as b"
    begun = time.monotonic()

    assert [] == peek(folder / "llmcost.duckdb", endless)
    assert time.monotonic() - begun < 10


def test_a_bad_price_book_is_none(folder: Path) -> None:
    (folder / "bad.yaml").write_text("models: {", encoding="utf-8")
    done = asked(folder, ("report", "--pricing", "bad.yaml", "--where", "model", "="))

    assert (0, "", "") == (done.returncode, done.stdout.strip(), done.stderr)


def test_columns_that_are_completed_are_columns_with_these_values(full: Store, book: Book) -> None:
    # blocks are there where they are asked for
    scope = full.price(book).scope(by=("block",))

    assert [] == [name for name in COLUMNS if name not in scope.priced.columns]
    for name, column in COLUMNS.items():
        column_of_scope = "unnest(tags)" if name == "tag" else f'"{name}"'
        found = {str(v) for (v,) in scope.rows(f"select distinct {column_of_scope} from scope") if v is not None}
        if column.fixed:
            assert found <= set(column.fixed)
        elif column.values is not None:
            expression = column.values or f'"{name}"'
            raw = full.rows(f"select distinct {expression} from requests")
            assert found == {str(v) for (v,) in raw if v is not None}, name


def test_fixed_values_are_all_that_the_program_knows(store: Store, book: Book) -> None:
    priced = store.price(book)
    statuses = priced.value("select enum_range(null::price_status)")
    macro = priced.value("select macro_definition from duckdb_functions() where function_name = 'error_kind'")

    assert tuple(statuses) == COLUMNS["price_status"].fixed
    assert set(re.findall(r"(?:THEN|ELSE) \(?'(\w+)'", macro)) == set(COLUMNS["error_kind"].fixed)


def test_names_without_prices_resolve_as_with_them(book: Book) -> None:
    quick, whole = Resolver(load_names([shipped_book_path()])), Resolver(book)
    wanted = [(model.provider, model.model) for model in book.models] + [(None, model.model) for model in book.models]

    for provider, name in wanted:
        key = Key(provider, name, None, None, False, None, None)
        assert whole.resolve(key)[1:3] == quick.resolve(key)[1:3]


def test_zsh_and_fish_are_answered_as_they_ask(folder: Path) -> None:
    def said(shell: str, **env: str) -> tuple[int, str, str]:
        asks = {"_LLMCOST_COMPLETE": f"complete_{shell}", "_TYPER_COMPLETE_ARGS": "llmcost report --where team=sup"}
        done = asked(folder, (), {**asks, **env})
        return done.returncode, done.stdout.strip(), done.stderr

    assert (0, "_arguments '*: :((\"team=support\"))'", "") == said("zsh")
    assert (0, "team=support", "") == said("fish", _TYPER_COMPLETE_FISH_ACTION="get-args")
    assert (0, "", "") == said("fish", _TYPER_COMPLETE_FISH_ACTION="is-args")
    # files will do
    nothing = "llmcost report --where team=nobody"
    assert (1, "", "") == said("fish", _TYPER_COMPLETE_FISH_ACTION="is-args", _TYPER_COMPLETE_ARGS=nothing)


def typed(folder: Path, keys: str) -> str:
    """Type into an interactive bash and give what stands on the line then."""
    script = folder / "completion.sh"
    program = folder / "llmcost"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{PROGRAM}" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    source = subprocess.run(
        [str(program)],
        env={**os.environ, "_LLMCOST_COMPLETE": "source_bash"},
        capture_output=True,
        text=True,
        check=True,
    )
    script.write_text(source.stdout, encoding="utf-8")
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.environ.update(PATH=f"{folder}:{os.environ['PATH']}", PS1="> ", TERM="dumb", COLUMNS="200")
        os.environ.pop("LLMCOST_DB", None)
        os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])
    try:
        os.write(terminal, b". ./completion.sh; clear; echo rea''dy\n")
        read_until(terminal, "ready\r")
        os.write(terminal, keys.encode())
        return read_until(terminal, None)
    finally:
        os.close(terminal)
        os.waitpid(pid, 0)


def read_until(terminal: int, end: str | None, seconds: float = 20) -> str:
    """Read what a terminal shows, until it has shown this, or has been still for a while."""
    shown, until = "", time.monotonic() + seconds
    while time.monotonic() < until and (end is None or end not in shown):
        if select.select([terminal], [], [], 3)[0]:
            shown += os.read(terminal, 4096).decode(errors="replace")
        elif end is None:
            break
    return shown


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("llmcost report --where team=sup\t", "llmcost report --where team=support "),
        ("llmcost report --by team,ke\t", "llmcost report --by team,key "),
        ("llmcost show odd\t", "llmcost show odd:1 "),
        ("llmcost whatif --map gpt-4o=gpt-4o-mini-t\tt\t", "llmcost whatif --map gpt-4o=gpt-4o-mini-tts "),
        ("llmcost report --where team=R\t", "llmcost report --where team=R\\ \\&\\ D\\ \\$\\(x\\) "),
    ],
)
def test_bash_itself_completes(folder: Path, keys: str, line: str) -> None:
    shown = typed(folder, keys).replace("\a", "")

    assert line in shown
