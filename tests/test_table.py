"""A plain table is read in the spellings that are listed, and in no other; sums are not requests."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from llmcost.errors import LlmcostError
from llmcost.ingest import Summary, ingest
from llmcost.ingest.table import COUNTED, spellings
from llmcost.store import Store
from tests.conftest import ROOT
from tests.logs import write

ROW = "2026-11-02T08:00:00Z,gpt-4o-mini,1000,50"


OWN = "started_at,request_model,input_tokens,output_tokens"


def read(store: Store, tmp_path: Path, header: str, *rows: str) -> Summary:
    return ingest(store, [str(write(tmp_path / "a.csv", "\n".join([header, *rows, ""])))])


@pytest.mark.parametrize(
    "header",
    [
        "date,model,input_tokens,output_tokens",
        "Date,Model,Input Tokens,Output Tokens",
        "day,model_name,prompt_tokens,completion_tokens",
        "Timestamp,Model,Prompt Tokens,Completion Tokens",
        "time,model,input,output",
        "created_at,model_id,tokens_in,tokens_out",
        "createdAt,modelName,inputTokens,outputTokens",
        # a time, a count and a count of llmcost's own, and a model that is not
        "started_at,model,input_tokens,output_tokens",
    ],
)
def test_usual_spellings_are_read(store: Store, tmp_path: Path, header: str) -> None:
    assert {"table": 1} == dict(read(store, tmp_path, header, ROW).formats)
    assert [("2026-11-02 08:00:00", "gpt-4o-mini", 1000, 50)] == store.rows(
        "select started_at::varchar, request_model, input_tokens, output_tokens from requests"
    )


@pytest.mark.parametrize(
    "header",
    [
        "date,modell,input_tokens,output_tokens",
        "date,model,input_tokens,output_tokns",
        "when,model,input_tokens,output_tokens",
        "date,model,input,size",
    ],
)
def test_other_spellings_are_not(store: Store, tmp_path: Path, header: str) -> None:
    with pytest.raises(LlmcostError, match="not in a format that llmcost knows"):
        read(store, tmp_path, header, ROW)


@pytest.mark.parametrize("name", ["Requests", "request_count", "num_model_requests", "calls"])
def test_a_table_of_several_requests_a_row_is_refused(store: Store, tmp_path: Path, name: str) -> None:
    with pytest.raises(LlmcostError, match="sums of several requests a row") as refusal:
        read(store, tmp_path, f"date,model,input_tokens,output_tokens,{name}", f"{ROW},12")

    assert "reconcile" in refusal.value.hint
    assert store.value("select count(*) from requests") == 0


def test_sums_in_llmcosts_own_keys_are_refused_too_unless_they_say_that_they_are_requests(
    store: Store, tmp_path: Path
) -> None:
    with pytest.raises(LlmcostError, match="sums of several requests a row"):
        read(store, tmp_path, f"{OWN},requests", f"{ROW},12")

    assert {"llmcost": 1} == dict(read(store, tmp_path, f"{OWN},requests,llmcost", f"{ROW},12,1").formats)
    assert {"llmcost": 1} == dict(read(store, tmp_path, OWN, ROW).formats)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"input_tokens": 100, "cache_read_tokens": 40, "total_tokens": 110}, (100, "inclusive", "total_identity")),
        ({"input_tokens": 100, "cache_read_tokens": 40, "total_tokens": 150}, (140, "exclusive", "total_identity")),
        ({"input_tokens": 100, "cache_read_tokens": 40}, (100, "inclusive", "ambiguous")),
        ({"prompt_tokens": 100, "cache_read_tokens": 40}, (100, "inclusive", "default")),
        ({"input_tokens": 100, "cached_tokens": 40}, (100, "inclusive", "default")),
        ({"input_tokens": 100, "cache_creation_tokens": 40}, (140, "exclusive", "default")),
        ({"prompt_tokens": 100, "cache_creation_tokens": 40}, (100, "inclusive", "default")),
    ],
)
def test_numbers_and_else_words_say_whether_the_input_holds_the_cache(
    store: Store, tmp_path: Path, record: dict[str, int], expected: tuple[int, str, str]
) -> None:
    row = {"date": "2026-11-02", "model": "m", "output_tokens": 10} | record

    ingest(store, [str(write(tmp_path / "a.jsonl", json.dumps(row)))])

    assert [expected] == store.rows("select input_tokens, usage_basis, usage_evidence from requests")


def test_a_column_that_holds_no_counts_is_not_taken_for_one(store: Store, tmp_path: Path) -> None:
    header = "date,model,input,input_tokens,output,output_tokens,cached"
    read(store, tmp_path, header, "2026-11-02,m,a question,1000,an answer,50,true")

    assert [(1000, 50, None)] == store.rows("select input_tokens, output_tokens, cache_read_input_tokens from requests")


def test_two_tables_are_read_at_once_and_what_wraps_one_is_opened(store: Store, tmp_path: Path) -> None:
    first = write(tmp_path / "a.csv", f"date,model,input_tokens,output_tokens\n{ROW}\n")
    second = write(tmp_path / "b.csv", f"Day,Model,Prompt Tokens,Completion Tokens\n{ROW.replace('1000', '7')}\n")
    row = {"day": "2026-11-04", "model": "m", "input": 3, "output": 4}
    third = write(tmp_path / "c.json", json.dumps({"data": [row]}))

    assert {"table": 3} == dict(ingest(store, [str(first), str(second), str(third)]).formats)
    assert [(3,), (7,), (1000,)] == store.rows("select input_tokens from requests order by 1")


DAYS = "date,model,key_name,input_tokens,output_tokens,cost"
SUMS = ["2026-11-02,m,a,300000,50,1", "2026-11-02,m,b,10,5,1", "2026-11-03,m,a,20,5,1"]


@pytest.mark.parametrize(
    ("header", "rows", "is_sum"),
    [
        (DAYS, SUMS, True),
        (DAYS, [row.replace(",m", "T00:00:00Z,m") for row in SUMS], True),
        # a day, model and key twice; a time of day; what only a request has; a single row
        (DAYS, [*SUMS, SUMS[0]], False),
        (DAYS, [*SUMS, "2026-11-03 10:00:00,m,b,1,1,1"], False),
        (DAYS.replace("cost", "latency_ms"), SUMS, False),
        (DAYS.replace("cost", "id"), [row + str(n) for n, row in enumerate(SUMS)], False),
        (DAYS, SUMS[:1], False),
    ],
)
def test_a_table_of_days_has_sums_of_an_unknown_number_of_requests(
    store: Store, tmp_path: Path, header: str, rows: list[str], is_sum: bool
) -> None:
    summary = read(store, tmp_path, header, *rows)

    assert {"table": 1} == dict(summary.formats)
    assert [str(tmp_path / "a.csv")] * is_sum == summary.summed
    assert {("run" if is_sum else "inclusive",)} == set(store.rows("select usage_basis from requests"))
    assert len(rows) == store.value("select count(*) from requests")


def test_the_documentation_lists_every_spelling() -> None:
    text = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    section = text.partition("## A plain table")[2].partition("\n## ")[0]

    listed = {name for key, (_, names) in spellings().items() for name in names if name != key or key == COUNTED}
    assert [] == sorted(name for name in listed if f"`{name}`" not in section)
