"""Lines of llmcost's own format: prompts as hashes and sizes, 4 characters to a token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from random import Random
from typing import Any

from llmcost.demo.plan import after

CHARS_PER_TOKEN = 4
Record = dict[str, Any]


@dataclass(frozen=True)
class App:
    """One application and its gateway key: which model it calls, with how long a system prompt."""

    key: str
    provider: str
    model: str
    team: str
    system_tokens: int = 400


@dataclass(frozen=True)
class Prompt:
    """What was sent: the system prompt, then one message after another; sizes count from the start."""

    hashes: tuple[str, ...]
    tokens: tuple[int, ...]


def digest(*parts: object) -> str:
    """Hash what is said to be sent; equal for equal parts."""
    return blake2b("/".join(map(str, parts)).encode(), digest_size=8).hexdigest()


def fresh(chance: Random) -> str:
    """Make a hash that nothing else has."""
    return f"{chance.getrandbits(64):016x}"


def new_prompt(app: App, chance: Random, low: int, high: int) -> Prompt:
    """Write a message that was never sent before under the app's system prompt; low..high tokens in all."""
    return prompt_of(app, fresh(chance), chance.randint(low, high))


def prompt_of(app: App, message: str, tokens: int) -> Prompt:
    """Put one message under the app's system prompt; `tokens` in all."""
    return Prompt((digest("system", app.key), message), (app.system_tokens, tokens))


def begun(app: App, chance: Random, at: datetime, seconds: float, sent: Prompt) -> Record:
    """Say what is known of an attempt whatever came of it."""
    return {
        "llmcost": 1,
        "request_id": fresh(chance),
        "started_at": at.isoformat(timespec="microseconds") + "Z",
        "ended_at": after(at, seconds).isoformat(timespec="microseconds") + "Z",
        "gateway": "heron",
        "provider_name": app.provider,
        "request_model": app.model,
        "operation_name": "chat",
        "api_key_alias": app.key,
        "team_alias": app.team,
        "prompt_hash": sent.hashes[-1],
        "system_prompt_hash": sent.hashes[0],
        "system_prompt_chars": sent.tokens[0] * CHARS_PER_TOKEN,
        "input_chars": sent.tokens[-1] * CHARS_PER_TOKEN,
        "prefix_hashes": sent.hashes,
        "prefix_chars": [tokens * CHARS_PER_TOKEN for tokens in sent.tokens],
        "temperature": 0.2,
    }


def answered(app: App, chance: Random, at: datetime, seconds: float, sent: Prompt, output: int, **more: Any) -> Record:
    """Log an attempt that was answered with so many output tokens; `more` says what is unusual about it."""
    record = begun(app, chance, at, seconds, sent)
    record |= {
        "response_model": app.model,
        "input_tokens": sent.tokens[-1],
        "cache_read_input_tokens": 0,
        "output_tokens": output,
        "status": "ok",
        "http_status_code": 200,
        "finish_reason": "stop",
        "output_hash": fresh(chance),
        "output_chars": output * CHARS_PER_TOKEN,
    }
    if app.provider == "anthropic":
        record["cache_write_input_tokens"] = 0
    return record | more


def refused(
    app: App, chance: Random, at: datetime, seconds: float, sent: Prompt, code: int, error: str, **more: Any
) -> Record:
    """Log an attempt that the provider turned down: no usage, so nothing to pay."""
    outcome = {"status": "error", "http_status_code": code, "error_type": error}
    return begun(app, chance, at, seconds, sent) | outcome | more


def embedded(
    app: App, chance: Random, at: datetime, seconds: float, hashes: list[str], tokens: list[int], dimensions: int
) -> Record:
    """Log one batch of an embedding."""
    return {
        "llmcost": 1,
        "request_id": fresh(chance),
        "started_at": at.isoformat(timespec="microseconds") + "Z",
        "ended_at": after(at, seconds).isoformat(timespec="microseconds") + "Z",
        "gateway": "heron",
        "provider_name": app.provider,
        "request_model": app.model,
        "response_model": app.model,
        "operation_name": "embeddings",
        "input_tokens": sum(tokens),
        "output_tokens": 0,
        "status": "ok",
        "http_status_code": 200,
        "api_key_alias": app.key,
        "team_alias": app.team,
        "input_chars": sum(tokens) * CHARS_PER_TOKEN,
        "embedding_item_hashes": hashes,
        "embedding_item_chars": [count * CHARS_PER_TOKEN for count in tokens],
        "embedding_dimensions": dimensions,
    }
