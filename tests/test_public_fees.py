"""What providers ask beside the tokens is a line of the bill, or there is no price: `cases/public/fees.yaml`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from llmcost.ingest import ingest
from llmcost.pricing import load_book, shipped_book_path
from llmcost.store import Priced, Store
from tests.conftest import CASES
from tests.shelves import read_yaml

FEES = read_yaml(CASES / "public" / "fees.yaml")
CHAT = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}
RESPONSE = {"input_tokens": 1000, "output_tokens": 100, "total_tokens": 1100}


def answered(body: dict[str, Any]) -> dict[str, Any]:
    """Fill in what every body of OpenAI's API has."""
    usage = RESPONSE if body["object"] == "response" else CHAT
    return {"id": "a", "created": 1787184000, "created_at": 1787184000, "status": "completed", "usage": usage, **body}


@pytest.fixture(scope="module")
def priced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Priced]:
    """Price the records of all cases, each in a file of its own."""
    folder = tmp_path_factory.mktemp("fees")
    for number, case in enumerate(FEES):
        record = case.get("record") or answered(case["body"])
        own = {name: f"{record[name]}-{number}" for name in ("id", "responseId") if name in record}
        (folder / f"{number}.jsonl").write_text(json.dumps({**record, **own}) + "\n", encoding="utf-8")
    with Store() as store:
        ingest(store, [str(folder)])
        yield store.price(load_book([shipped_book_path()]))


@pytest.mark.parametrize(
    "number", range(len(FEES)), ids=lambda number: FEES[number].get("says") or FEES[number]["trap"]
)
def test_a_fee_is_in_the_cost_and_a_line_of_it(priced: Priced, number: int) -> None:
    case = FEES[number]
    of_case = f"where file_id = (select file_id from files where path like '%/{number}.jsonl')"

    ((status, cost),) = priced.rows(f"select price_status, list_cost_usd from priced_requests {of_case}")
    parts = priced.rows(f"select list_cost_usd from charges {of_case}")
    if "reason" in case:
        assert (case["reason"], None, []) == (status, cost, parts)
    else:
        assert ("priced", Decimal(case["usd"])) == (status, cost)
        assert cost == sum(part for (part,) in parts)
