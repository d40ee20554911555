"""The tokens that a provider counted stand beside those in the logs, by day and model."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from llmcost.errors import InputError
from llmcost.ingest import ingest
from llmcost.pricing import Book
from llmcost.reconcile import UsageReport, compare_usage, read_bill, read_report
from llmcost.store import Store
from tests.conftest import FIXTURES, Run
from tests.logs import request, write, write_log

DAY = date(2026, 3, 5)
GPT = {"provider_name": "openai", "request_model": "gpt-4o", "started_at": "2026-03-05T12:00:00Z"}
CLAUDE = {"provider_name": "anthropic", "request_model": "claude-sonnet-4-5", "started_at": "2026-03-05T12:00:00Z"}


def completions(**counts: Any) -> dict[str, Any]:
    return {"object": "organization.usage.completions.result", "model": "gpt-4o-2024-08-06", **counts}


def openai(*results: dict[str, Any], **bucket: Any) -> dict[str, Any]:
    times = {"start_time": 1772668800, "end_time": 1772755200}
    return {"object": "page", "data": [{"object": "bucket", **times, "results": [*results], **bucket}]}


def compared(store: Store, book: Book, folder: Path, report: Any, *records: Any) -> tuple[list[Any], dict[str, Any]]:
    if records:
        ingest(store, [str(write_log(folder / "log.jsonl", records))])
    read = read_report(write(folder / "usage.json", json.dumps(report)))
    assert isinstance(read, UsageReport)
    found = compare_usage(store, book, read)
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows], found.totals


def test_openais_tokens_stand_beside_ours(store: Store, book: Book, tmp_path: Path) -> None:
    report = openai(
        completions(input_tokens=900, input_cached_tokens=100, output_tokens=150, num_model_requests=3),
        completions(
            input_tokens=100, output_tokens=50, input_audio_tokens=7, output_audio_tokens=3, num_model_requests=1
        ),
    )
    one = {"input_tokens": 400, "output_tokens": 90, "cache_read_input_tokens": 100}
    (row,), totals = compared(
        store,
        book,
        tmp_path,
        report,
        request(1, **GPT, **one),
        request(2, **GPT, input_tokens=200, output_tokens=10),
        # of another provider, of another day, and answered by the gateway itself
        request(3, **CLAUDE, **one),
        request(4, **GPT | {"started_at": "2026-03-07T00:00:00Z"}, **one),
        request(5, **GPT, **one, gateway_cache_hit=True),
    )

    assert (DAY, "gpt-4o", 4, 2, 0) == tuple(
        row[name] for name in ("day", "model", "provider_requests", "requests", "usage_missing")
    )
    assert (1007, 600) == (row["provider_input_tokens"], row["input_tokens"])
    assert (203, 100) == (row["provider_output_tokens"], row["output_tokens"])
    assert (100, 100) == (row["provider_cache_read_tokens"], row["cache_read_tokens"])
    assert row["difference_tokens"] == 510  # 1,210 - 700
    assert row["explained_share"] == pytest.approx(700 / 1210)
    assert totals["explained_share"] == pytest.approx(700 / 1210)


def test_anthropics_input_is_the_sum_of_its_parts(store: Store, book: Book, tmp_path: Path) -> None:
    result = {
        "uncached_input_tokens": 50,
        "cache_creation": {"ephemeral_1h_input_tokens": 200, "ephemeral_5m_input_tokens": 300},
        "cache_read_input_tokens": 9000,
        "output_tokens": 70,
        "model": "claude-sonnet-4-5-20250929",
        "service_tier": "standard",
    }
    bucket = {"starting_at": "2026-03-05T00:00:00Z", "ending_at": "2026-03-06T00:00:00Z", "results": [result]}
    ours = {"input_tokens": 9550, "cache_read_input_tokens": 9000, "cache_write_input_tokens": 500, "output_tokens": 70}
    (row,), _ = compared(store, book, tmp_path, {"data": [bucket], "has_more": False}, request(1, **CLAUDE, **ours))

    assert (None, 9550, 9550) == (row["provider_requests"], row["provider_input_tokens"], row["input_tokens"])
    assert (500, 500) == (row["provider_cache_write_tokens"], row["cache_write_tokens"])
    assert (0, 1.0) == (row["difference_tokens"], row["explained_share"])


def test_a_report_without_models_is_compared_by_day(store: Store, book: Book, tmp_path: Path) -> None:
    report = openai(completions(input_tokens=500, output_tokens=100, num_model_requests=2, model=None))
    (row,), _ = compared(
        store,
        book,
        tmp_path,
        report,
        request(1, **GPT, input_tokens=400, output_tokens=90),
        request(2, **GPT | {"request_model": "gpt-nobody"}, input_tokens=100, output_tokens=10),
    )

    assert (None, 2, 0) == (row["model"], row["requests"], row["difference_tokens"])


@pytest.mark.parametrize(
    ("report", "message"),
    [
        (openai(completions(input_tokens=1.5)), r"data\[0\].results\[0\].input_tokens: '1.5' is not a count"),
        (openai(completions(input_tokens=-1)), "'-1' is not a count"),
        (openai(completions(input_tokens=1), end_time=1772841600), "it spans more than a day"),
    ],
)
def test_a_bad_report_is_refused_with_its_place(tmp_path: Path, report: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_report(write(tmp_path / "usage.json", json.dumps(report)))


CONSOLES = {
    "start_time,end_time,start_time_iso,num_model_requests,model,input_tokens,output_tokens,input_cached_tokens,"
    "input_audio_tokens\n1772668800,1772755200,2026-03-05T00:00:00+00:00,3,gpt-4o-2024-08-06,900,150,100,7\n"
    "1772668800,1772755200,2026-03-05T00:00:00+00:00,1,gpt-4o-2024-08-06,100,50,,\n": (4, 1007, 100, 0, 200),
    "usage_date_utc,model_version,api_key,usage_type,usage_input_tokens_no_cache,usage_input_tokens_cache_write_5m,"
    "usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,usage_output_tokens\n"
    "2026-03-05,claude-sonnet-4-5-20250929,key,standard,50,300,200,9000,70\n": (None, 9550, 9000, 500, 70),
}


@pytest.mark.parametrize("text", CONSOLES)
def test_what_the_consoles_export_is_read_alike(store: Store, book: Book, tmp_path: Path, text: str) -> None:
    report = read_report(write(tmp_path / "usage.csv", text))
    assert isinstance(report, UsageReport)
    found = compare_usage(store, book, report)
    names = ("requests", "input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens")

    (row,) = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    assert (DAY, *CONSOLES[text]) == (row["day"], *(row[f"provider_{name}"] for name in names))


def test_a_usage_report_is_no_bill(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a usage report, without costs"):
        read_bill(write(tmp_path / "usage.json", json.dumps(openai(completions(input_tokens=1)))))


def test_the_command_compares_with_a_usage_report(llmcost: Run, tmp_path: Path) -> None:
    write(tmp_path / "usage.json", json.dumps(openai(completions(input_tokens=900, output_tokens=150))))

    done = llmcost("reconcile", FIXTURES / "litellm.jsonl", "--invoice", "usage.json", "-f", "csv")

    assert 0 == done.returncode
    assert done.stdout.startswith("day,model,provider_requests,requests,")
    assert "usage: OpenAI usage, 1 line, 2026-03-05 to 2026-03-05 (UTC)" in done.stderr
    assert "of 1,050 tokens" in done.stderr
