"""Every help teaches: commands by task, examples that are commands, lines that fit."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from llmcost import cli
from llmcost.cli import guarded
from llmcost.cli.app import TASKS, app
from llmcost.cli.sections import SECTIONS
from llmcost.ingest import ingest
from llmcost.store import Store
from tests.logs import full_request, write_log

EXAMPLE = re.compile(r"^ {6}(?:.* \| )?llmcost\b.*$")
ROOT: Any = app


def every(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """List a command and all below it, with the words that name them."""
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from every(below, (*path, name))


COMMANDS = dict(every(ROOT))


def help_of(path: tuple[str, ...]) -> str:
    """Write a command's help as a terminal of 80 columns shows it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "80")
        command, context = ROOT, ROOT.make_context("llmcost", [], resilient_parsing=True)
        for name in path:
            command = command.commands[name]
            context = command.make_context(name, [], parent=context, resilient_parsing=True)
        return str(command.get_help(context))


@pytest.fixture(params=COMMANDS, ids=lambda path: " ".join(("llmcost", *path)))
def path(request: pytest.FixtureRequest) -> tuple[str, ...]:
    found: tuple[str, ...] = request.param
    return found


def examples(command: Any) -> list[str]:
    """Read the examples of a command from its help, each without what is piped into it or what reads it."""
    lines = [line.strip() for line in (command.help or "").split("\b", 1)[-1].splitlines()]
    parts = [part.strip() for line in lines for part in re.split(r" \| ", line)]
    return [part for part in parts if part.startswith("llmcost ")]


PLAIN = Path(__file__).parent / "plain_words.txt"
# what is typed as it stands, is no word
TYPED = re.compile(r"--?[a-z][\w-]*|[A-Z][A-Z_]+|`[^`]*`|\S*[./:_]\S+")


def words_of_the_help() -> set[str]:
    lines = [line for path in COMMANDS for line in help_of(path).splitlines() if not EXAMPLE.match(line)]
    words = re.findall(r"[A-Za-z][a-z'-]+", "\n".join(TYPED.sub("", line) for line in lines))
    return {word.lower().removesuffix("'").removesuffix("'s").rstrip("-") for word in words}


def explained_words() -> set[str]:
    """Read the words of the glossary, each as one and as several."""
    text = (PLAIN.parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8").split("\n## Words\n", 1)[1]
    rows = [line.split("|")[1:3] for line in re.findall(r"^\| .*$", text.split("\n## ", 1)[0], re.MULTILINE)[1:]]
    named = {word for term, meaning in rows for word in re.findall(r"[a-z-]+", term.lower())}
    named |= {word for _, meaning in rows for part in re.findall(r"\*([^*]+)\*", meaning) for word in part.split()}
    return named | {f"{word}s" for word in named} | {re.sub("y$", "ies", word) for word in named}


def test_every_word_of_the_help_is_plain_english_or_explained_in_the_glossary() -> None:
    plain = PLAIN.read_text(encoding="utf-8").split()

    assert plain == sorted(set(plain))
    assert [] == sorted(words_of_the_help() - explained_words() - set(plain))
    # no word is let through that nobody uses
    assert [] == sorted(set(plain) - words_of_the_help())
    assert [] == sorted(set(plain) & explained_words())


EXAMPLES = [(path, line) for path, command in COMMANDS.items() for line in examples(command)]


def test_every_command_stands_in_one_task() -> None:
    named = [name for names in TASKS.values() for name in names]

    assert len(named) == len(set(named))
    assert {*TASKS} == {line.removesuffix(":") for line in help_of(()).splitlines()[1:] if line.endswith(":")} - {
        "Options"
    }


def test_every_command_of_every_room_stands_in_the_list_and_its_line_stands_there_alone() -> None:
    places = {name: place for commands in TASKS.values() for name, place in commands.items()}
    modules = {f"{file.parent.name}.{file.stem}" for file in Path(cli.__file__).parent.glob("*/*options.py")}
    rooms = {module: import_module(f"llmcost.cli.{module}").room for module in modules}
    declared = {name: module for module, room in rooms.items() for name in ([room.name] if room.name else room.offered)}

    assert declared == {name: place.module for name, place in places.items()}
    assert all(place.line for place in places.values())
    assert not any(line for room in rooms.values() if not room.name for line in room.lines.values())
    assert all(line for room in rooms.values() if room.name for line in room.lines.values())


def test_every_section_that_an_option_names_is_written() -> None:
    named = {getattr(param, "section", None) for command in COMMANDS.values() for param in command.params}

    assert named - {None} == set(SECTIONS) - {"Arguments", "Options"}


def test_every_help_shows_examples_of_its_own(path: tuple[str, ...]) -> None:
    shown = [line for line in help_of(path).splitlines() if EXAMPLE.match(line)]
    own = " ".join(("llmcost", *path))

    assert [] != shown
    assert [] == [line for line in shown if own not in line]


def test_every_help_fits_eighty_columns_and_cuts_no_sentence(path: tuple[str, ...]) -> None:
    lines = help_of(path).splitlines()

    assert [] == [line for line in lines if len(line) > 80 and not EXAMPLE.match(line)]
    # the first line, the usage, says so of what may be given several times
    cut = [line for line in lines[1:] if re.search(r"\w[,:]?\.\.\.$", line)]
    assert [] == cut


@pytest.mark.parametrize(("path", "line"), EXAMPLES, ids=[line for _, line in EXAMPLES])
def test_every_example_parses(path: tuple[str, ...], line: str) -> None:
    command, words = ROOT, shlex.split(line)[1:]
    while words and words[0] in getattr(command, "commands", {}):
        command, words = command.commands[words[0]], words[1:]

    with command.make_context(line, words) as context:
        assert not [value for value in context.params.values() if value == "..."]
    assert not hasattr(command, "commands"), f"{line} names no command"


# what can be tried without files of the reader's, a request of a certain name or a log that does not end
RUNS = ("report", "savings", "detect", "sample", "whatif", "reconcile", "doctor", "export", "sql")
NEEDS = ("--invoice", "logs/*.jsonl", "-")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filled")
    (folder / "logs").mkdir()
    # the last hours, since examples ask for the last days
    now = datetime.now(UTC)
    requests = [full_request(n, now - timedelta(hours=n + 1), team_alias="search") for n in range(60)]
    write_log(folder / "logs" / "log.jsonl", requests)
    (folder / "slowest.sql").write_text("select 1 as one", encoding="utf-8")
    with Store(folder / "llmcost.duckdb") as store:
        assert ingest(store, [str(folder / "logs")]).new == 60
    return folder


@pytest.mark.parametrize("line", [line for path, line in EXAMPLES if path and path[0] in RUNS])
def test_every_example_that_can_be_tried_runs(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    words = shlex.split(line)
    if set(NEEDS) & set(words):
        pytest.skip("it needs something of the reader's")
    if "-o" in words:
        at = words.index("-o") + 1
        words[at] = str(tmp_path / Path(words[at]).name)
    monkeypatch.chdir(filled)
    monkeypatch.setattr(sys, "argv", words)
    code = guarded()
    said = capsys.readouterr().err

    # 1 is a gate that an example sets; there are no embeddings and no texts in these logs
    assert code in (0, 1) or (code == 3 and "cannot run" in said), said


FOREIGN = re.compile(r"\b(told|dearer|borne|mend(s|ed)?|reckon\w*|at hand|upwards|of itself|legible|perhaps)\b")
READ_BY_PEOPLE = [
    *(PLAIN.parents[1] / "llmcost").rglob("*.*"),
    *(PLAIN.parents[1] / "docs").rglob("*.md"),
    *(PLAIN.parents[1] / name for name in ("README.md", "CONTRIBUTING.md")),
]


def test_nothing_that_people_read_sounds_translated() -> None:
    texts = [path for path in READ_BY_PEOPLE if path.suffix in {".py", ".sql", ".json", ".md", ".j2", ".html", ".js"}]

    lines = [f"{path.name}: {line}" for path in texts for line in path.read_text(encoding="utf-8").splitlines()]

    assert len(texts) > 500
    assert [] == [line for line in lines if FOREIGN.search(line)]
