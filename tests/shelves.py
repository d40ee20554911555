"""The cases of a shelf: one YAML file for each format, view and detector, and what is said where one is missing."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml

from llmcost.pricing import Book, load_book
from tests.conftest import CASES, FIXTURES, ROOT
from tests.logs import Record, write

# written in C where there is one
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
NOON = datetime(2026, 3, 2, 12)
Case = dict[str, Any]
NO_FIXTURE = "write fixtures/{name}: invented records of each kind that there is"
# what to write where a file of a shelf has no cases
EXAMPLES = {
    "detectors": """\
book: |
  format: llmcost-pricing/1
  models:
    - {provider: acme, model: m, prices: [{input: 10, output: 20}]}
defaults: {provider_name: acme, request_model: m, input_tokens: 1000, output_tokens: 100}  # llmcost's own keys
cases:  # `at` in seconds after noon; 1,000 x 10 + 100 x 20 are $0.012 a request
  - name: a sentence that says what is found
    requests: [{at: 0, output_tokens: 1000}]
    found: {r1: {finding: ..., saving_usd: 0.006, saving_low_usd: 0, saving_high_usd: 0.03, certainty: possible}}
  - name: a sentence that says what is not waste, at least three of these
    requests: [{at: 0}]
    found: {}
""",
    "views": """\
book: |
  format: llmcost-pricing/1
  models:
    - {provider: acme, model: m, prices: [{input: 10, output: 20}]}
defaults: {provider_name: acme, request_model: m, input_tokens: 1000, output_tokens: 100}  # llmcost's own keys
cases:  # `at` in seconds after noon; 1,000 x 10 + 100 x 20 are $0.012 a request
  - name: a sentence that says what is shown
    requests: [{at: 0}, {at: 60}]
    by: [model]
    rows: [{model: m, requests: 2, cost_usd: 0.024}]  # in their order, the columns that matter
    totals: {requests: 2}
""",
    "formats": """\
format: NAME
file: NAME.jsonl  # in fixtures/
new: 2
passed_over: {why the query leaves a record out: 1}
requests:  # columns of `requests`, worked out by hand from the record
  the-id-of-one: {provider_name: openai, input_tokens: 1000, cache_read_input_tokens: 0, output_tokens: 100}
""",
}


def cases_of(shelf: str, name: str) -> Case:
    """Read the case file of one entry; fails with what to write where there is none."""
    file = CASES / shelf / f"{name}.yaml"
    if not file.is_file():
        pytest.fail(f"write {file.relative_to(ROOT)}, with what you work out by hand:\n\n{EXAMPLES[shelf]}", False)
    found: Case = read_yaml(file)
    return found


def fixtures_of(name: str) -> list[Path]:
    """Find the fixtures of a format; fails with what to write where there is none."""
    files = [file for file in sorted(FIXTURES.iterdir()) if re.fullmatch(rf"{name}(-[a-z-]+)?\.\w+", file.name)]
    if not files:
        pytest.fail(NO_FIXTURE.format(name=f"{name}.jsonl"), False)
    return files


def fixture_of(case: Case) -> Path:
    """Find the fixture that a format's case names; fails with what to write where there is none."""
    file: Path = FIXTURES / case["file"]
    if not file.is_file():
        pytest.fail(NO_FIXTURE.format(name=file.name), False)
    return file


def read_yaml(file: Path) -> Any:
    """Read a YAML file."""
    return yaml.load(file.read_text(encoding="utf-8"), Loader=LOADER)


def each_case(shelf: str) -> list[Any]:
    """List the cases of a shelf as pytest's parameters: name, file, case."""
    files = sorted((CASES / shelf).glob("*.yaml"))
    read = [(file.stem, read_yaml(file)) for file in files]
    return [
        pytest.param(name, found, case, id=f"{name}: {case['name']}") for name, found in read for case in found["cases"]
    ]


@cache
def book_of(text: str) -> Book:
    """Load a price book that a case file writes down."""
    with TemporaryDirectory() as folder:
        return load_book([write(Path(folder) / "book.yaml", text)])


def requests_of(shelf: Case, case: Case) -> list[Record]:
    """Write a case's requests in full: `at` and `lasts` in seconds, `times` of them `every` so many, {n} the number."""
    written: list[Record] = []
    usual = {"llmcost": 1, "gateway": "g", "status": "ok", **shelf["defaults"], **case.get("defaults", {})}
    for said in case["requests"]:
        fields = {**usual, **said}
        at, every = fields.pop("at"), fields.pop("every", 0)
        lasts, times = fields.pop("lasts", 1), fields.pop("times", 1)
        for number in range(times):
            begin = NOON + timedelta(seconds=at + every * number)
            numbered = {k: v.replace("{n}", str(number)) if isinstance(v, str) else v for k, v in fields.items()}
            span = {"started_at": f"{begin.isoformat()}Z"}
            if lasts is not None:
                span["ended_at"] = f"{(begin + timedelta(seconds=lasts)).isoformat()}Z"
            written.append({"request_id": f"r{len(written) + 1}", **numbered, **span})
    return written


def shipped(kind: str, names: Collection[str]) -> set[str]:
    """Leave out what the changelog's next release calls new: an oracle is asked for when it ships, not before."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    unreleased = text.partition("## Unreleased\n")[2].partition("\n## ")[0]
    return {*names} - {*re.findall(rf"^- New {kind}: `([\w-]+)`", unreleased, re.MULTILINE)}
