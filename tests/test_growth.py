"""A query handles a few rows for each request, whatever requests have in common; pairs of them would be many."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from llmcost.detect import claim, detect, detectors, findings
from llmcost.detect.findings import causes, found_requests
from llmcost.detect.savings import savings
from llmcost.ingest import ingest
from llmcost.pricing import Book
from llmcost.report import run, views
from tests.growth import Watched
from tests.logs import full_request, write_log

BEGIN = datetime(2026, 5, 4)
REQUESTS = 1000  # of each shape: all of its pairs would be 60 rows for each request of the store
ROWS_EACH = 3
FAILED = {"status": "error", "http_status_code": 500, "input_tokens": None, "output_tokens": None, "output_hash": None}
DOCUMENT = {"operation_name": "embeddings", "request_model": "text-embedding-3-small", "prompt_hash": None}
CLAUDE = {"provider_name": "anthropic", "request_model": "claude-opus-4-1", "cache_read_input_tokens": 0}
BEGINNING = {**CLAUDE, "prefix_hashes": ["a", "b"], "prefix_chars": [8000, 12000], "input_chars": 12000}


def failed_if(is_failed: bool) -> dict[str, Any]:
    return FAILED if is_failed else {}


# what the request of a number says, and how many seconds it comes after the first; those of a shape have one key
SHAPES: dict[str, Callable[[int], dict[str, Any]]] = {
    "one prompt": lambda n: {
        "at": 60 * n + 7 * n * n % 50,
        "prompt_hash": "p",
        "output_hash": "o",
        **failed_if(n % 9 == 0),
    },
    "one prompt, one after the other": lambda n: {"at": 2.5 * n, "prompt_hash": "p", **failed_if(n % 2 == 0)},
    "one moment": lambda n: {"at": 0, "prompt_hash": "p", **BEGINNING, **failed_if(n % 10 == 0)},
    "failures": lambda n: {"at": 2.5 * n, "prompt_hash": "p", **FAILED},
    "failures without a prompt": lambda n: {"at": n, "prompt_hash": None, "logical_request_id": f"l{n // 3}", **FAILED},
    "one operation": lambda n: {"at": 2.5 * n, "logical_request_id": "l", "session_id": "s", "attempt_number": n},
    "operations": lambda n: {"at": n, "logical_request_id": f"o{n // 2}", "attempt_number": 1 + n % 2},
    "one system prompt": lambda n: {"at": 60 * n, "system_prompt_hash": "s", **BEGINNING},
    "system prompts": lambda n: {"at": 60 * n, "system_prompt_hash": f"s{n}", **BEGINNING, "prefix_hashes": [f"a{n}"]},
    "a growing prefix": lambda n: {
        **{"at": 60 * n, "session_id": "g", **BEGINNING, "input_tokens": 3000 + n, "input_chars": 12000 + 4 * n},
        **{"prefix_hashes": ["g", "h", "i", "j"][: n + 1], "prefix_chars": [8000, 8400, 8800, 9200][: n + 1]},
    },
    "caches, each time others": lambda n: {
        **{"at": n / 1000, **BEGINNING, "input_tokens": 9000 + n},
        **{"cache_read_input_tokens": n % 2999, "cache_write_input_tokens": n * 13 % 1999},
    },
    "one document": lambda n: {"at": 60 * n, **DOCUMENT, "embedding_item_hashes": ["d", "e"]},
    "sizes of vectors": lambda n: {"at": n, **DOCUMENT, "embedding_item_hashes": ["d"], "embedding_dimensions": n},
    "labels, and documents that are pasted in": lambda n: {
        **{"at": 60 * n, "output_hash": f"o{n % 3}", "reasoning_output_tokens": 0},
        **({} if n % 5 else {"input_tokens": 80_000, "cache_read_input_tokens": 0, "cache_write_input_tokens": 0}),
    },
    "keys": lambda n: {"at": 60 * n, "api_key_alias": f"k{n}", "user_id": f"u{n}", "deployment_id": f"d{n}"},
    "models": lambda n: {"at": 60 * n, "request_model": f"m{n}", "model_group": f"g{n}"},
}


def record(shape: str, number: int) -> dict[str, Any]:
    said = SHAPES[shape](number)
    at = BEGIN + timedelta(seconds=said.pop("at"))
    named = {"request_id": f"{shape}-{number}", "api_key_alias": shape, "prompt_hash": f"{shape}-{number}"}
    return full_request(number, at, **{**named, **said})


def most_rows(folder: Path, requests: int, book: Book) -> list[tuple[str, int]]:
    """Ask everything of a store of all shapes; see `Watched.most_rows`."""
    records = [record(shape, number) for shape in SHAPES for number in range(requests)]
    with closing(Watched()) as store:
        ingest(store, [str(write_log(folder / "log.jsonl", records))])
        assert len(records) == store.value("select count(*) from requests")
        store.begin()
        claims = claim(detect(store, book, detectors(), detectors()))
        assert {(name,) for name in detectors()} == {*claims.rows("select distinct detector from hits")}
        findings(claims), found_requests(claims), savings(claims), causes(claims, "prompt-tax")
        for name in views():
            run(store, book, view=name, by=("key", "model"))
        return store.most_rows()


def test_no_query_looks_at_pairs_of_requests(tmp_path: Path, book: Book) -> None:
    most = ROWS_EACH * REQUESTS * len(SHAPES)

    assert [] == [(statement, rows) for statement, rows in most_rows(tmp_path, REQUESTS, book) if rows > most]
