"""Seeded LiteLLM payload logs with bodies: a system prompt of 8 KB, a user's text of 2-30 KB, an answer of 2 KB."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from typing import Any

from bench.lean import payloads

SYSTEM_PROMPTS = 60
SYSTEM_CHARS = 8_000
USER_CHARS = (2_000, 30_000)
ANSWER_CHARS = 2_000
POOL_CHARS = 4_000_000


def fat_payloads(rows: int, seed: int = 11) -> Iterator[dict[str, Any]]:
    """Make the lean payloads with bodies; a tenth and more are embeddings, whose input is one text."""
    chance = random.Random(seed)
    pool = text_pool(chance)
    prompts = [piece(chance, pool, SYSTEM_CHARS) for _ in range(SYSTEM_PROMPTS)]
    for record in payloads(rows, seed):
        low, high = USER_CHARS
        asked = piece(chance, pool, int(math.exp(chance.uniform(math.log(low), math.log(high)))))
        if record["model_group"] == "embeddings":
            yield {**record, "messages": asked, "response": {"object": "list", "data": []}}
        else:
            messages = [{"role": "system", "content": chance.choice(prompts)}, {"role": "user", "content": asked}]
            yield {**record, "messages": messages, "response": answer(record, piece(chance, pool, ANSWER_CHARS))}


def answer(record: dict[str, Any], text: str) -> dict[str, Any]:
    """Make a chat completion that says `text`."""
    message = {"role": "assistant", "content": text, "tool_calls": None}
    return {
        "id": record["id"],
        "object": "chat.completion",
        "model": record["model"].split("/")[1],
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
        "usage": record["metadata"]["usage_object"],
    }


def text_pool(chance: random.Random) -> str:
    """Write words of 2 to 10 letters, with line ends and quotes as prose has them."""
    letters = "etaoinshrdlucmfwypvbgkjqxz"
    words = ["".join(chance.choices(letters, range(26, 0, -1), k=chance.randint(2, 10))) for _ in range(20_000)]
    words += ['"so"', "it's", "done.\n"] * 300
    return " ".join(chance.choices(words, k=POOL_CHARS // 6))


def piece(chance: random.Random, pool: str, chars: int) -> str:
    """Cut a text out of the pool."""
    start = chance.randrange(len(pool) - chars)
    return pool[start : start + chars]
