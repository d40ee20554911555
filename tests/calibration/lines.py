"""What invented logs without texts are made of: models, sizes, times, and what is taken off a line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from math import exp
from random import Random
from typing import Any

from llmcost.demo.plan import DAYS, after, moments
from llmcost.demo.records import App, Record, answered, new_prompt, refused

# of a line: what can only be known of one who keeps texts
TEXTS = (
    *("prompt_hash", "system_prompt_hash", "system_prompt_chars", "prefix_hashes", "prefix_chars", "input_chars"),
    *("output_hash", "output_chars", "embedding_item_hashes", "embedding_item_chars"),
)
COUNTERS = (
    *("cache_read_input_tokens", "cache_write_input_tokens"),
    *("cache_write_5m_input_tokens", "cache_write_1h_input_tokens"),
)
# none has a successor; most have a smaller one beside them
ANTHROPIC = [("anthropic", name) for name in ("claude-sonnet-5-5", "claude-opus-5-5", "claude-sonnet-4-5")]
OPENAI = [("openai", name) for name in ("gpt-4.1", "gpt-6-sol", "gpt-6.1-sol", "gpt-5")]
LARGE, SMALL = ("openai", "text-embedding-3-large"), ("openai", "text-embedding-3-small")
SPAN = DAYS[:10]
Kind = Callable[[Random], Iterator[Record]]


def without(record: Record, fields: Iterable[str]) -> Record:
    """Take fields off a line."""
    return {name: value for name, value in record.items() if name not in fields}


def app_of(chance: Random, key: str, models: list[tuple[str, str]], system_tokens: int = 300) -> App:
    """Let a key call one of these models."""
    return App(key, *chance.choice(models), "team", system_tokens)


def about(chance: Random, median: float, spread: float, least: int = 1) -> int:
    """Draw a size as sizes of texts are: many near the median, a few much larger."""
    return max(least, round(median * exp(chance.gauss(0, spread))))


def asked(app: App, chance: Random, at: datetime, tokens: int, output: int, **more: Any) -> Record:
    """Log a request of so many tokens in all that nobody sent before, and its answer."""
    return answered(app, chance, at, lasting(output), new_prompt(app, chance, tokens, tokens), output, **more)


def failed(app: App, chance: Random, at: datetime, tokens: int, code: int, error: str, **more: Any) -> Record:
    """Log a request that was turned down: no usage."""
    return refused(app, chance, at, 0.3, new_prompt(app, chance, tokens, tokens), code, error, **more)


def lasting(output: int) -> float:
    """Say how many seconds an answer of so many tokens takes."""
    return 0.5 + output / 70


def follow(at: datetime, output: int, low: float, high: float, chance: Random) -> datetime:
    """Come so many seconds after such an answer."""
    return after(at, lasting(output) + chance.uniform(low, high))


def over_days(
    chance: Random, per_day: int, hours: tuple[int, int] = (7, 20), days: Iterable[datetime] = SPAN
) -> Iterator[datetime]:
    """Pick so many moments of each day, in order."""
    for day in days:
        yield from moments(chance, day, per_day, hours)


def blocks(tokens: int) -> int:
    """Round down to what an automatic cache keeps: blocks of 128 tokens, from 1,024 on."""
    return tokens // 128 * 128 if tokens >= 1024 else 0
