"""Seeded lean LiteLLM payload logs: what a proxy writes with message logging off, about 1.8 KB a line."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

MODELS = [
    ("openai", "gpt-4o-mini", "fast"),
    ("openai", "gpt-4o", "smart"),
    ("anthropic", "claude-sonnet-4-5-20250929", "claude"),
    ("openai", "text-embedding-3-small", "embeddings"),
]
START = 1793520000.0


def payloads(rows: int, seed: int = 7) -> Iterator[dict[str, Any]]:
    """Make `rows` payloads one after another in time; the same seed makes the same ones."""
    chance, at = random.Random(seed), START
    for _ in range(rows):
        at += chance.expovariate(0.3)
        yield payload(chance, at)


def payload(chance: random.Random, at: float) -> dict[str, Any]:
    """Make one payload; 3 in 100 failed, half were streamed, two fifths of the input came from a cache."""
    provider, model, group = chance.choices(MODELS, [6, 2, 2, 2])[0]
    key, failed, stream = chance.randrange(40), chance.random() < 0.03, chance.random() < 0.5
    taken, identity = chance.lognormvariate(0, 0.7), f"{chance.getrandbits(128):032x}"
    usage = {} if failed else usage_of(chance, provider, model)
    prompt, completion = usage.get("prompt_tokens", 0), usage.get("completion_tokens", 0)
    return {
        "id": f"chatcmpl-{identity}",
        "trace_id": f"{chance.getrandbits(128):032x}",
        "call_type": "aembedding" if group == "embeddings" else "acompletion",
        "cache_hit": False if stream else None,
        "stream": stream or None,
        "status": "failure" if failed else "success",
        "custom_llm_provider": provider,
        "saved_cache_cost": 0.0,
        "startTime": round(at, 6),
        "endTime": round(at + taken, 6),
        "completionStartTime": round(at + taken / (3 if stream else 1), 6),
        "response_time": round(taken, 6),
        "model": f"{provider}/{model}",
        "metadata": metadata(key, usage, chance),
        "cache_key": None,
        "response_cost": round(prompt * 15e-8 + completion * 6e-7, 10),
        "total_tokens": prompt + completion,
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "request_tags": ["prod", f"team:{key % 5}"],
        "end_user": "",
        "api_base": f"https://api.{provider}.example/v1",
        "model_group": group,
        "model_id": f"deployment-{group}",
        "requester_ip_address": None,
        "messages": "redacted-by-litellm",
        "response": "redacted-by-litellm",
        "model_parameters": {"max_tokens": 1024, "temperature": 0.2, "stream": stream},
        "hidden_params": {"model_id": f"deployment-{group}", "additional_headers": {}, "litellm_overhead_time_ms": 2.5},
        "error_information": {
            "error_code": "429" if failed else "",
            "error_class": "RateLimitError" if failed else "",
            "traceback": "",
        },
    }


def usage_of(chance: random.Random, provider: str, model: str) -> dict[str, Any]:
    """Make a usage object whose input includes its cached parts."""
    prompt = int(chance.lognormvariate(7, 1)) + 1
    completion = 0 if "embedding" in model else int(chance.lognormvariate(5, 1)) + 1
    cached = prompt // 2 // 128 * 128 if chance.random() < 0.4 else 0
    written = (prompt - cached) // 3 if provider == "anthropic" and chance.random() < 0.3 else 0
    return {
        "completion_tokens": completion,
        "prompt_tokens": prompt,
        "total_tokens": prompt + completion,
        "completion_tokens_details": {"accepted_prediction_tokens": 0, "reasoning_tokens": completion // 3},
        "prompt_tokens_details": {"audio_tokens": 0, "cached_tokens": cached},
        "cache_creation_input_tokens": written,
        "cache_read_input_tokens": cached,
    }


def metadata(key: int, usage: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """Make the metadata of one of 40 keys of 5 teams."""
    return {
        "user_api_key_hash": f"{key:064x}",
        "user_api_key_alias": f"key-{key}",
        "user_api_key_team_id": f"t-{key % 5}",
        "user_api_key_team_alias": f"team-{key % 5}",
        "user_api_key_org_id": None,
        "user_api_key_user_id": f"u-{chance.randrange(500)}",
        "user_api_key_user_email": None,
        "user_api_key_end_user_id": None,
        "spend_logs_metadata": None,
        "requester_metadata": None,
        "applied_guardrails": [],
        "usage_object": usage,
    }
