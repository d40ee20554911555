"""A command that takes a dataclass has an option for each of its fields, declared where the field is."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import pytest
from click.testing import CliRunner

from llmcost.cli.declare import Argument, Option
from llmcost.cli.expand import COMMAS
from llmcost.cli.reading import BookOptions, Reading
from llmcost.cli.sections import Commands
from llmcost.errors import UsageError
from llmcost.pricing import shipped_book_path

Names = Annotated[tuple[str, ...] | None, COMMAS, Option("--by")]


@dataclass(frozen=True)
class Options:
    where: Annotated[tuple[str, ...], Option("--where")] = ()
    by: Names = None
    top: Annotated[int, Option("--top")] = 3
    max_increase: str | None = field(default=None, metadata={"help": "How much.", "metavar": "SHARE"})
    no_option: str = "as it is"


@dataclass(frozen=True)
class Fewer(Options):
    top: int = 5


app = Commands()
seen: list[Any] = []


@app.command()
def all_of_them(*, paths: Annotated[tuple[str, ...], Argument()], options: Options) -> None:
    seen.append((paths, options))


@app.command()
def fewer(*, options: Fewer, is_last: Annotated[bool, Option("--last")] = False) -> None:
    seen.append((options, is_last))


def run(*words: str) -> Any:
    """Run a command of this file; what it was given, or what click says of it."""
    done = CliRunner().invoke(app, words)
    return seen.pop() if not done.exit_code else done.output


def test_fields_are_given_as_one_value_with_their_own_defaults() -> None:
    assert (("a",), Options()) == run("all-of-them", "a")
    assert (Fewer(), True) == run("fewer", "--last")


def test_what_may_be_given_several_times_is_a_tuple_and_names_are_split_at_commas() -> None:
    words = ("--where", "a,b", "--where", "c", "--by", "x, y", "--by", "z", "--top", "1", "--max-increase", "5%")

    expected = Options(where=("a,b", "c"), by=("x", "y", "z"), top=1, max_increase="5%")
    assert (("p", "q"), expected) == run("all-of-them", "p", "q", *words)


def test_no_names_at_all_are_not_the_same_as_an_option_that_is_not_given() -> None:
    assert (("a",), Options(by=())) == run("all-of-them", "a", "--by", "")


def test_a_field_without_a_declaration_is_not_an_option() -> None:
    assert "No such option" in run("all-of-them", "a", "--no-option", "x")
    # what a dataclass declares again without its option, too
    assert "No such option" in run("fewer", "--top", "1")


def test_what_has_no_default_is_needed() -> None:
    assert "Missing argument" in run("all-of-them")


def test_a_format_that_there_is_not_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--format docx: no such output format"):
        Reading(db=tmp_path / "none.duckdb", format="docx")


def test_the_price_book_of_a_command_is_loaded_once() -> None:
    options = BookOptions(pricing=shipped_book_path())

    assert options.book is options.book
