"""A number and its noun agree, in whatever is printed of a log of one request."""

from __future__ import annotations

import json
import re
import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from llmcost.cli import guarded
from llmcost.counts import agreeing, counted, part_of
from tests.logs import Record, full_request, write, write_log

NOUNS = (
    *("requests", "files", "days", "lines", "records", "keys", "cases", "runs", "attempts", "rows", "entries"),
    *("answers", "texts", "operations", "models", "values", "steps", "calls", "pairs", "routes", "prices", "groups"),
)
# a decimal point, a comma or a dash before the 1 makes it another number
ONE = r"(?<![\d.,-])1"
WRONG = re.compile(rf"{ONE} (?:[a-z]+ )?(?:{'|'.join(NOUNS)})\b|{ONE} (?:have|are)\b|1 of 1 \w+s have\b")


@pytest.mark.parametrize(
    ("count", "noun", "written"),
    [
        (0, "request", "0 requests"),
        (1, "request", "1 request"),
        (1234, "request", "1,234 requests"),
        (2, "entry", "2 entries"),
        (2, "day", "2 days"),
        (1, "raw API key", "1 raw API key"),
    ],
)
def test_a_count_agrees_with_its_noun(count: int, noun: str, written: str) -> None:
    assert written == counted(count, noun)


def test_a_part_agrees_with_the_whole_and_the_verb_with_the_part() -> None:
    assert "1 of 20 requests has" == f"{part_of(1, 20, 'request')} {agreeing(1, 'has', 'have')}"
    assert "0 of 1 request have" == f"{part_of(0, 1, 'request')} {agreeing(0, 'has', 'have')}"


def request(number: int, **more: Any) -> Record:
    at = datetime(2026, 10, 1, 10, number, tzinfo=UTC)
    return full_request(number, at, prompt_hash="p", output_hash="o", case_id="t", **more)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("one")
    one = write_log(path / "one.jsonl", [request(1)])
    write(path / "bad.jsonl", one.read_text(encoding="utf-8") + "{\n")
    write_log(path / "unpriced.jsonl", [request(1, request_model="nosuch", provider_name="acme")])
    write_log(path / "twice.jsonl", [request(1), request(2)])
    limited = request(1, status="error", http_status_code=429, retry_count=0, logical_request_id="l")
    write_log(path / "again.jsonl", [limited, request(2, logical_request_id="l", retry_count=1)])
    for name in ("old.jsonl", "new.jsonl"):
        (path / name).write_text(json.dumps({"request_id": "r1", "output": "yes"}) + "\n", encoding="utf-8")
    return path


LINES = (
    *("ingest one.jsonl --db one.duckdb", "ingest bad.jsonl --db bad.duckdb", "ingest unpriced.jsonl --db u.duckdb"),
    *("doctor one.jsonl", "report one.jsonl", "report errors unpriced.jsonl", "report cost unpriced.jsonl --over day"),
    *("report one.jsonl --strict", "report unpriced.jsonl --strict", "report -f html one.jsonl"),
    *("detect all twice.jsonl", "detect retries again.jsonl", "detect duplicates twice.jsonl", "savings twice.jsonl"),
    *("show r1 one.jsonl", "show r1 again.jsonl", "whatif one.jsonl --map gpt-4o=gpt-4o-mini", "reconcile one.jsonl"),
    *("whatif unpriced.jsonl --map nosuch=gpt-4o", "sample one.jsonl", "verify old.jsonl new.jsonl"),
    *("check one.jsonl --against one.jsonl", "check one.jsonl --against unpriced.jsonl"),
    *("check unpriced.jsonl --against one.jsonl", "check one.jsonl --against again.jsonl"),
    *("baseline create one.jsonl -o b.json --force", "export requests one.jsonl -o requests --force"),
    *("pricing missing unpriced.jsonl --write-stub stub.yaml", "savings unpriced.jsonl"),
)


@pytest.mark.parametrize("line", LINES)
def test_nothing_says_one_requests(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    monkeypatch.chdir(folder)
    (folder / "stub.yaml").unlink(missing_ok=True)
    monkeypatch.setattr(sys, "argv", ["llmcost", *shlex.split(line)])
    guarded()
    said = capsys.readouterr()
    text = re.sub(r"<script.*?</script>", "", said.out + said.err, flags=re.DOTALL)

    assert "" != text
    assert "Usage:" not in text, text
    assert [] == WRONG.findall(text), text
