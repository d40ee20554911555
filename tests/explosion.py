"""Two weeks of invented logs in which spending explodes, to show `llmcost why` on: three keys, one of which begins."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from tests.logs import Record, request, write_log

START = datetime(2026, 10, 7)
DAYS = 14
# from this hour on each call of the index is sent until it gets an answer, and the assistant has a longer prompt
BROKEN, LONGER = datetime(2026, 10, 16, 9), datetime(2026, 10, 17, 14)
KEYS = {"search-index": "gpt-4o", "assistant": "claude-sonnet-4-5", "reports": "gpt-4o-mini"}


def fill(folder: str) -> None:
    """Write the log into a folder."""
    write_log(Path(folder) / "logs.jsonl", calls())


def calls() -> Iterator[Record]:
    """Invent the calls of each key, more of them by day than by night."""
    draw = Random(4)
    for hour in range(DAYS * 24):
        at = START + timedelta(hours=hour)
        for key, model in KEYS.items():
            for number in range(12 if 8 <= at.hour < 18 else 3):
                yield from attempts(key, model, at, f"{key}-{hour}-{number}", draw)


def attempts(key: str, model: str, at: datetime, call: str, draw: Random) -> Iterator[Record]:
    """Invent the attempts of one call."""
    tokens = draw.randrange(9_000, 11_000) + (8_000 if key == "assistant" and at >= LONGER else 0)
    moment = at + timedelta(seconds=draw.randrange(3_500))
    provider = "anthropic" if model.startswith("claude") else "openai"
    for attempt in range(draw.choice([1, 2, 3]) if key == "search-index" and at >= BROKEN else 1):
        yield request(
            f"{call}-{attempt}",
            **{"started_at": f"{(moment + timedelta(seconds=20 * attempt)).isoformat()}Z", "status": "ok"},
            **{"provider_name": provider, "request_model": model, "api_key_alias": key, "logical_request_id": call},
            **{"input_tokens": tokens, "output_tokens": draw.randrange(300, 500), "gateway": "own"},
        )
