"""Useful traffic of an odd shape: short answers that were hard to find, long ones, prompts not worth caching."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from random import Random

from llmcost.demo.plan import after
from llmcost.demo.records import App, Prompt, Record, answered, digest, fresh, new_prompt
from llmcost.demo.useful import Useful


def worked_off(app: App, chance: Random, at: datetime) -> Iterator[Record]:
    """Work in a loop whose prompt grows step by step, with all that went before read from the cache."""
    sent, cached = new_prompt(app, chance, 55_000, 65_000), 0
    steps = chance.randint(6, 10)
    for step in range(1, steps + 1):
        output, total = chance.randint(800, 2000), sent.tokens[-1]
        more = {**from_cache(cached, total - cached), "finish_reason": "stop" if step == steps else "tool_calls"}
        yield answered(app, chance, at, output / 60, sent, output, **more)
        at, cached = after(at, output / 60 + chance.uniform(2, 30)), total
        sent = Prompt((*sent.hashes, fresh(chance)), (*sent.tokens, total + output + chance.randint(3000, 9000)))


def from_cache(read: int, written: int) -> dict[str, int]:
    """Count what was read from the provider's cache and what was written to it."""
    return {
        "cache_read_input_tokens": read,
        "cache_write_input_tokens": written,
        "cache_write_5m_input_tokens": written,
    }


def looked_up(app: App, chance: Random, at: datetime) -> Iterator[Record]:
    """Answer a row of questions with a long system prompt that is cached as it should be."""
    for question in range(6):
        sent, output = (
            new_prompt(app, chance, app.system_tokens + 100, app.system_tokens + 600),
            chance.randint(80, 300),
        )
        hit = from_cache(app.system_tokens, 0) if question else from_cache(0, app.system_tokens)
        yield answered(app, chance, at, 4, sent, output, **hit)
        at = after(at, 4 + chance.uniform(10, 120))


def proved(app: App, chance: Random, at: datetime) -> Iterator[Record]:
    """Write pages of proof for one sentence."""
    output = chance.randint(5000, 11_000)
    yield answered(app, chance, at, output / 70, new_prompt(app, chance, 440, 520), output)


def judged(app: App, chance: Random, at: datetime) -> Iterator[Record]:
    """Think long and say yes or no."""
    verdict, thought = chance.choice(("yes", "no")), chance.randint(1500, 4500)
    said = {"reasoning_output_tokens": thought, "output_hash": digest("verdict", verdict), "output_chars": len(verdict)}
    yield answered(app, chance, at, thought / 70, new_prompt(app, chance, 3000, 7000), thought + 1, **said)


def named(app: App, chance: Random, at: datetime) -> Iterator[Record]:
    """Find the few words that an article is to be called by, never the same."""
    yield answered(app, chance, at, 2, new_prompt(app, chance, 5000, 11_000), chance.randint(4, 9), temperature=0)


def steady(app: App, chance: Random, at: datetime) -> Iterator[Record]:
    """Answer one question under the app's system prompt."""
    sent, output = new_prompt(app, chance, app.system_tokens + 60, app.system_tokens + 300), chance.randint(100, 300)
    yield answered(app, chance, after(at, chance.uniform(0, 300)), 4, sent, output)


SONNET, SOL = ("anthropic", "claude-sonnet-5-5"), ("openai", "gpt-6.1-sol")

USEFUL = [
    Useful(App("code-agent", *SONNET, "platform"), "a growing prefix, properly cached", worked_off, 1300),
    Useful(
        App("handbook-bot", *SONNET, "people", 8000), "a long system prompt, properly cached", looked_up, every_hours=6
    ),
    Useful(App("lemma-prover", "anthropic", "claude-opus-5-5", "research"), "long proof, short prompt", proved, 2600),
    Useful(App("answer-judge", *SOL, "research"), "one word after long reasoning", judged, 3000),
    Useful(App("headline-writer", *SOL, "marketing"), "short answers, always different", named, 2000),
    Useful(App("audit-review", *SONNET, "legal", 12_000), "a long prompt every 3 hours", steady, every_hours=3),
    Useful(App("faq-bot", *SONNET, "support", 450), "prompts too short to be cached", steady, 1500),
]
