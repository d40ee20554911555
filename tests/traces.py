"""Invented traces of test suites: llmcost's own format, one line for each request."""

from __future__ import annotations

from typing import Any

from tests.logs import Record

# $10 a million tokens in, $20 out, a tenth for what is read from a cache; `big` costs twice as much
BOOK = """
format: llmcost-pricing/1
models:
  - {provider: acme, model: m, prices: [{input: 10, output: 20, cache_read: 1}]}
  - {provider: acme, model: big, prices: [{input: 20, output: 40, cache_read: 2}]}
"""


def request(case: str | None, run: int | None = None, **fields: Any) -> Record:
    """Invent a request: 1,000 tokens in, 100 out, $0.012 by BOOK."""
    named = {"case_id": case, "case_run": None if run is None else str(run)}
    usual = {"provider_name": "acme", "request_model": "m", "input_tokens": 1000, "output_tokens": 100}
    return {"llmcost": 1, "started_at": "2026-11-20T10:00:00Z", **usual, **named, **fields}


def suite(cases: int = 12, runs: int = 2, **fields: Any) -> list[Record]:
    """Invent a suite whose case n has 1,000 x n tokens in: $0.01 x n + $0.002 a run."""
    return [
        request(f"case-{case:02}", run, **{"input_tokens": 1000 * case, **fields})
        for case in range(1, cases + 1)
        for run in range(1, runs + 1)
    ]
