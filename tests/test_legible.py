"""Names of a log are a stranger's text: a terminal that shows them must not obey them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from llmcost.render.cell import sanitize_for_terminal
from tests.conftest import FIXTURES, Run

# turns the screen red, rings, begins a line of its own, turns the direction of what follows
NAME = "a\x1b[31mb\x07c\nd\u202ee"
# each with what it exits with
COMMANDS = {
    ("report", "--by", "model,team"): 0,
    ("report", "--by", "request_id", "-f", "md"): 0,
    ("report", "reliability", "--by", "team"): 0,
    ("report", "--by", "nonsense\x1b[31m"): 2,
    ("sql", "select model, team_id from scope"): 0,
    ("show", NAME): 0,
    ("show", "\x1b[31m"): 2,
    ("detect", "all"): 0,
    ("savings",): 0,
    ("pricing", "missing"): 0,
    ("check", "log.jsonl", "--against", "log.jsonl"): 0,
    ("check", "log.jsonl", "--against", "log.jsonl", "-f", "md"): 0,
    ("check", "log.jsonl", "--against", "log.jsonl", "-f", "junit"): 0,
    ("check", "log.jsonl", "--baseline", "made.json"): 0,
    ("baseline", "show", "made.json"): 0,
}


@pytest.fixture
def log(llmcost: Run, tmp_path: Path) -> Path:
    record = json.loads((FIXTURES / "litellm.jsonl").read_text(encoding="utf-8").splitlines()[0])
    text = json.dumps(record).replace('"search"', json.dumps(NAME)).replace("gpt-4o-mini", json.dumps(NAME)[1:-1])
    path = tmp_path / "log.jsonl"
    records = [{**json.loads(text), "id": NAME + "x" * n} for n in range(3)]
    for found in records:
        found["metadata"] = {**(found.get("metadata") or {}), "test_case": NAME}
    path.write_text("".join(json.dumps(found) + "\n" for found in records), encoding="utf-8")
    assert 0 == llmcost("ingest", path).returncode
    return path


def test_a_terminal_is_told_nothing_by_a_name(log: Path, llmcost: Run) -> None:
    made = llmcost("baseline", "create", log, "-o", "made.json")
    assert 0 == made.returncode, made.stderr
    for command, code in COMMANDS.items():
        done = llmcost(*command)
        said = done.stdout + done.stderr
        assert (command, code) == (command, done.returncode), said
        assert said and (command, []) == (command, [c for c in said if c != "\n" and sanitize_for_terminal(c) != c])
    assert "a?[31mb?c d?e" in llmcost("report", "--by", "team").stdout


def test_what_a_program_reads_keeps_a_name_as_it_is(log: Path, llmcost: Run) -> None:
    done = llmcost("report", "--by", "team", "-f", "json")

    assert [NAME] == [row["team"] for row in json.loads(done.stdout)["rows"]]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31m", "a?[31m"),
        ("a\nb\tc\r\nd\u2028e", "a b c  d e"),
        ("\x9b31m\x7f\x00", "?31m??"),
        ("\u202eevil\u2069", "?evil?"),
        (
            "名前 é \u200d\u00a0👩\u200d💻",
            "名前 é \u200d\u00a0👩\u200d💻",
        ),  # letters, joiners and spaces are none of these
    ],
)
def test_what_is_obeyed_is_a_question_mark_and_what_ends_a_line_a_space(text: str, shown: str) -> None:
    assert shown == sanitize_for_terminal(text)
