"""The same traffic at other prices: of another day, of another model, and of a stand-in for what has none."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests import logs
from tests.conftest import Run
from tests.logs import Record, write_log

BOOK = """\
format: llmcost-pricing/1
providers: [{id: acme}, {id: rival}]
models:
  - provider: acme
    model: heron
    prices:
      - {from: 2026-01-01, input: 3, output: 15}
      - {from: 2026-06-01, input: 2, output: 10}
  - provider: acme
    model: wren
    prices:
      - {from: 2026-06-01, input: 0.5, output: 1}
  - provider: rival
    model: owl
    prices: [{input: 1, output: 4, variants: [{when: {processing: batch}, multiply: 0.5}]}]
"""


def request(name: str, model: str, day: str, input: int, output: int, **more: Any) -> Record:
    counts = {"input_tokens": input, "output_tokens": output}
    return logs.request(started_at=f"{day}T12:00:00Z", provider_name="acme", response_model=model, **counts, **more) | {
        "request_id": name
    }


@pytest.fixture
def asked(llmcost: Run, tmp_path: Path) -> Run:
    (tmp_path / "book.yaml").write_text(BOOK, encoding="utf-8")
    requests = [
        request("a", "heron", "2026-05-01", 1000, 100),  # 1,000 x 3 + 100 x 15 = 4,500 micro-USD
        request("b", "heron", "2026-07-01", 1000, 100),  # 1,000 x 2 + 100 x 10 = 3,000
        request("c", "heron", "2026-07-01", 1000, 100, is_batch=True),  # no batch price
        request("d", "swan", "2026-07-01", 2000, 10),  # no price at all
    ]
    write_log(tmp_path / "log.jsonl", requests)

    def run(*words: str | Path, **more: object) -> object:
        return llmcost(*words, "log.jsonl", "--pricing", "book.yaml", "-f", "json")

    return run  # type: ignore[return-value]


def rows(done: object) -> list[dict[str, object]]:
    text = done.stdout  # type: ignore[attr-defined]
    assert text, done.stderr  # type: ignore[attr-defined]
    return list(json.loads(text, parse_float=Decimal)["rows"])


def test_prices_as_of_a_day_hold_for_every_request(asked: Run) -> None:
    (before,) = [r["cost_usd"] for r in rows(asked("report", "--by", "provider"))]
    (may,) = [r["cost_usd"] for r in rows(asked("report", "--by", "provider", "--prices-as-of", "2026-05-31"))]
    (june,) = [r["cost_usd"] for r in rows(asked("report", "--by", "provider", "--prices-as-of", "2026-06-01"))]
    (never,) = [r["cost_usd"] for r in rows(asked("report", "--by", "provider", "--prices-as-of", "2025-12-31"))]

    assert [Decimal("0.0075"), Decimal("0.009"), Decimal("0.006"), None] == [before, may, june, never]


def test_another_model_serves_the_same_tokens(asked: Run) -> None:
    (wren,) = rows(asked("whatif", "--map", "heron=wren"))
    priced = rows(asked("whatif", "--map", "heron=wren", "--prices-as-of", "2026-06-02"))

    # in May wren had no price, and heron has none in a batch: only b is compared. 1,000 x 0.5 + 100 x 1 = 600
    assert (3, 1, Decimal("0.003"), Decimal("0.0006"), Decimal("0.0024")) == tuple(
        wren[key] for key in ("requests", "compared_requests", "cost_usd", "other_cost_usd", "saving_usd")
    )
    assert 0.8 == pytest.approx(float(str(wren["saving_share"])))
    # as of June both a and b: 2 x 3,000 against 2 x 600
    assert [(2, Decimal("0.0048"))] == [(row["compared_requests"], row["saving_usd"]) for row in priced]


def test_a_model_of_another_provider_may_stand_in(asked: Run) -> None:
    (owl,) = rows(asked("whatif", "--map", "heron=owl", "--where", "request_id=a"))

    # 1,000 x 1 + 100 x 4 = 1,400 instead of 4,500
    assert ("owl", Decimal("0.0014"), Decimal("0.0031")) == (
        owl["other_model"],
        owl["other_cost_usd"],
        owl["saving_usd"],
    )


def test_an_assumed_cost_stands_apart_and_changes_no_other(asked: Run) -> None:
    plain = {r["model"]: r for r in rows(asked("report", "cost"))}
    assumed = {r["model"]: r for r in rows(asked("report", "cost", "--assume", "swan=owl"))}

    # 2,000 x 1 + 10 x 4
    assert (Decimal("0.00204"), None) == (assumed["swan"]["assumed_cost_usd"], assumed["swan"]["cost_usd"])
    assert assumed["heron"]["assumed_cost_usd"] is None
    assert plain == {
        model: {key: value for key, value in row.items() if key != "assumed_cost_usd"} for model, row in assumed.items()
    }


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["whatif", "--map", "heron"], "MODEL=MODEL"),
        (["whatif"], "nothing to map"),
        (["whatif", "--map", "dodo=wren"], "no request of that model"),
        (["whatif", "--map", "heron=wren", "--prices-as-of", "June"], "not a date"),
        (["report", "--assume", "swan"], "MODEL=MODEL"),
    ],
)
def test_what_cannot_be_asked_is_refused(asked: Run, words: list[str], said: str) -> None:
    done = asked(*words)

    assert 2 == done.returncode
    assert said in done.stderr
