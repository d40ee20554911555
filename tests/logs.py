"""Logs and other files that tests invent: requests in llmcost's own format, one line each."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

Record = dict[str, Any]


def request(number: int | str = 1, **fields: Any) -> Record:
    """Invent a request; who answered it, with what model and how many tokens is for `fields` to say."""
    return {"llmcost": 1, "request_id": f"r{number}", "started_at": "2026-05-01T12:00:00Z", **fields}


def full_request(number: int, at: datetime, **fields: Any) -> Record:
    """Invent one that says whatever a command may ask: it takes two seconds, and every third answer is the same."""
    return request(
        number,
        **{"started_at": at.isoformat(), "ended_at": (at + timedelta(seconds=2)).isoformat(), "status": "ok"},
        **{"provider_name": "openai", "request_model": "gpt-4o", "input_tokens": 3000, "output_tokens": 5},
        **{"prompt_hash": f"p{number}", "output_hash": f"o{number % 3}", "temperature": 0, "gateway": "own"},
        **{"api_key_alias": "ticket-router", "reported_cost_usd": "0.01"},
    ) | fields  # fmt: skip


def write_log(path: Path, records: Iterable[Record]) -> Path:
    """Write a log; records without an id get one of their number."""
    lines = [json.dumps({"request_id": f"{path.stem}-{n}", **record}) for n, record in enumerate(records)]
    return write(path, "\n".join(lines) + "\n")


def write(path: Path, text: str) -> Path:
    """Write a file and give its path."""
    path.write_text(text, encoding="utf-8")
    return path
