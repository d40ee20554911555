"""What providers ask beside the tokens is a line of the bill, or there is no price: `cases/public/fees.yaml`."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from llmcost.ingest import ingest
from llmcost.pricing import load_book, shipped_book_path
from llmcost.store import Store
from tests.conftest import CASES

FEES = yaml.safe_load((CASES / "public" / "fees.yaml").read_text(encoding="utf-8"))
CHAT = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}
RESPONSE = {"input_tokens": 1000, "output_tokens": 100, "total_tokens": 1100}


@pytest.mark.parametrize("case", FEES, ids=lambda case: case.get("says") or case["trap"])
def test_a_fee_is_in_the_cost_and_a_line_of_it(store: Store, tmp_path: Path, case: dict[str, Any]) -> None:
    usage = RESPONSE if case["body"]["object"] == "response" else CHAT
    body = {"id": "a", "created": 1787184000, "created_at": 1787184000, "status": "completed", "usage": usage}
    (tmp_path / "log.jsonl").write_text(json.dumps({**body, **case["body"]}) + "\n", encoding="utf-8")
    ingest(store, [str(tmp_path)])

    priced = store.price(load_book([shipped_book_path()]))

    ((status, cost),) = priced.rows("select price_status, list_cost_usd from priced_requests")
    parts = priced.rows("select list_cost_usd from charges")
    if "reason" in case:
        assert (case["reason"], None, []) == (status, cost, parts)
    else:
        assert ("priced", Decimal(case["usd"])) == (status, cost)
        assert cost == sum(part for (part,) in parts)
