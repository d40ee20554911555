"""How a check looks where people read it. Looks only: what the numbers are is said by the other tests of check."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.conftest import ROOT, Run
from tests.logs import write_log
from tests.test_looks import ending
from tests.traces import BOOK, request, suite

SUITES = ROOT / "tests" / "suites"
BEFORE = str(SUITES / "before.jsonl")


@pytest.fixture
def mixed(tmp_path: Path) -> list[str]:
    """A comparison that has everything: a cap, a new and a removed case, another model, nameless requests."""
    (tmp_path / "book.yaml").write_text(BOOK, encoding="utf-8")
    write_log(tmp_path / "was.jsonl", suite(cases=14))
    head = suite(cases=14)[2:]
    for record in head[-2:]:
        record["output_tokens"] = 40_000
    for record in head[:8]:
        record["request_model"] = "big"
    write_log(
        tmp_path / "now.jsonl",
        [*head, request("a case of a very long name that no terminal has room for", 1), request(None)],
    )
    return ["check", "now.jsonl", "--against", "was.jsonl", "--pricing", "book.yaml"]


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("name", ["after", "unchanged"])
def test_a_verdict_fits_the_terminal(llmcost: Run, name: str, width: int, snapshot: SnapshotAssertion) -> None:
    done = llmcost("check", SUITES / f"{name}.jsonl", "--against", BEFORE, env={"COLUMNS": str(width)})

    assert max(len(line) for line in done.stdout.splitlines()) <= width
    assert done.stdout == snapshot(extension_class=ending("txt"))


@pytest.mark.parametrize("width", [80, 120])
def test_what_has_everything_fits_too(llmcost: Run, mixed: list[str], width: int, snapshot: SnapshotAssertion) -> None:
    done = llmcost(*mixed, env={"COLUMNS": str(width)})

    assert max(len(line) for line in done.stdout.splitlines()) <= width
    assert done.stdout == snapshot(extension_class=ending("txt"))


def test_a_narrow_terminal_wraps_and_cuts_nothing(llmcost: Run, mixed: list[str]) -> None:
    printed = llmcost(*mixed, env={"COLUMNS": "40"}).stdout

    # 1,000 x 14 tokens in at $10 and 100 out at $20 a million; now 40,000 out
    assert re.search(r"case-14 +\$0\.14 +\$0\.94 +\+\$0\.80 +6\.62x", printed)


@pytest.mark.parametrize(("format", "suffix"), [("md", "md"), ("junit", "xml"), ("csv", "csv")])
def test_a_file_looks_as_it_did(
    llmcost: Run, mixed: list[str], format: str, suffix: str, snapshot: SnapshotAssertion
) -> None:
    assert llmcost(*mixed, "-f", format).stdout == snapshot(extension_class=ending(suffix))
