"""Sums that providers give are not requests: they are told what they are, and nothing of them is counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from llmcost.errors import FormatError
from llmcost.ingest import ingest
from llmcost.store import Store
from tests.conftest import Run
from tests.logs import write

COMPLETIONS = {
    "object": "bucket",
    "start_time": 1772668800,
    "end_time": 1772755200,
    "results": [
        {
            "object": "organization.usage.completions.result",
            "input_tokens": 5000,
            "input_cached_tokens": 1024,
            "output_tokens": 900,
            "num_model_requests": 7,
            "model": "gpt-4o-2024-08-06",
        }
    ],
}
COSTS = COMPLETIONS | {"results": [{"object": "organization.costs.result", "amount": {"value": 1, "currency": "usd"}}]}
MESSAGES = {
    "starting_at": "2026-03-05T00:00:00Z",
    "ending_at": "2026-03-06T00:00:00Z",
    "results": [{"uncached_input_tokens": 50, "cache_read_input_tokens": 9000, "output_tokens": 70, "model": "m"}],
}
DAILY = {
    "date": "2026-03-05",
    "inputTokens": 50,
    "outputTokens": 70,
    "totalCost": 0.1,
    "modelsUsed": ["m"],
    "modelBreakdowns": [{"modelName": "m", "inputTokens": 50, "outputTokens": 70, "cost": 0.1}],
}


def page(*buckets: Any) -> dict[str, Any]:
    return {"object": "page", "data": [*buckets], "has_more": False, "next_page": None}


@pytest.mark.parametrize(
    ("records", "says"),
    [
        ([page(COMPLETIONS)], "sums of OpenAI's usage or costs"),
        ([page(COMPLETIONS | {"results": []}, COMPLETIONS)], "sums of OpenAI's usage or costs"),
        ([page(COSTS)], "sums of OpenAI's usage or costs"),
        ([COMPLETIONS, COMPLETIONS], "sums of OpenAI's usage or costs"),
        (COMPLETIONS["results"], "sums of OpenAI's usage or costs"),
        ([{"data": [MESSAGES], "has_more": False}], "sums of Anthropic's usage or cost report"),
        ([MESSAGES], "sums of Anthropic's usage or cost report"),
        ([{"data": [{"actor": {}, "core_metrics": {}, "model_breakdown": []}]}], "daily sums of Claude Code"),
        ([{"daily": [DAILY], "totals": {"totalCost": 0.1}}], "ccusage's sums"),
        ([DAILY], "ccusage's sums"),
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_sums_of_a_provider_are_no_requests(
    store: Store, tmp_path: Path, records: list[Any], says: str, indent: int | None
) -> None:
    log = write(tmp_path / "a.json", "\n".join(json.dumps(record, indent=indent) for record in records))

    with pytest.raises(FormatError, match=says) as refusal:
        ingest(store, [str(log)])

    assert refusal.value.hint
    assert store.value("select count(*) from requests") == 0


@pytest.mark.parametrize(
    "header",
    [
        "start_time,end_time,start_time_iso,end_time_iso,num_model_requests,model,input_tokens,output_tokens",
        "usage_date_utc,model_version,api_key,usage_input_tokens_no_cache,usage_output_tokens",
    ],
)
def test_what_a_console_exports_of_them_is_told_as_well(llmcost: Run, tmp_path: Path, header: str) -> None:
    write(tmp_path / "usage.csv", f"{header}\n{','.join('1' for _ in header.split(','))}\n")

    done = llmcost("ingest", "usage.csv", "--db", "s.duckdb")

    assert 3 == done.returncode
    assert "not requests" in done.stderr
    assert "reconcile --invoice" in done.stderr
