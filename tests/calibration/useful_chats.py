"""Useful traffic whose prompts grow: conversations, agents, stories that are continued."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from llmcost.demo.records import Record, fresh
from llmcost.demo.useful_shapes import from_cache
from tests.calibration.lines import ANTHROPIC, OPENAI, Kind, about, app_of, asked, blocks, follow, over_days


def chat_sessions(chance: Random) -> Iterator[Record]:
    """Talk: each turn sends all that was said before."""
    app, system = app_of(chance, "chat-sessions", ANTHROPIC), chance.randint(100, 900)
    for at in over_days(chance, chance.randint(8, 20)):
        total, session = system, fresh(chance)
        for _ in range(chance.randint(2, 12)):
            total += about(chance, 60, 0.9)
            output = about(chance, 250, 0.6)
            yield asked(app, chance, at, total, output, session_id=session)
            at = follow(at, output, 5, 90, chance)
            total += output


def chats_in_an_automatic_cache(chance: Random) -> Iterator[Record]:
    """Talk; what was said before is mostly read from the cache, and no session is logged."""
    app, system = app_of(chance, "chats-in-an-automatic-cache", OPENAI), chance.randint(300, 3000)
    hits = chance.uniform(0.7, 0.98)
    for at in over_days(chance, chance.randint(8, 20)):
        total, before = system, system
        for _ in range(chance.randint(2, 12)):
            total += about(chance, 80, 0.9)
            output = about(chance, 250, 0.6)
            read = blocks(before) if chance.random() < hits else 0
            yield asked(app, chance, at, total, output, cache_read_input_tokens=read)
            before, at = total, follow(at, output, 5, 90, chance)
            total += output


def trimmed_chats(chance: Random) -> Iterator[Record]:
    """Talk for hours in a window: what is too old is left out, so prompts stay near its size."""
    app, window = app_of(chance, "trimmed-chats", ANTHROPIC), chance.choice((4000, 8000, 16_000))
    for at in over_days(chance, chance.randint(3, 8)):
        total = 400
        for _ in range(chance.randint(15, 40)):
            output = about(chance, 300, 0.5)
            total += about(chance, 90, 0.8)
            while total > window:
                total -= about(chance, 350, 0.6)
            yield asked(app, chance, at, max(total, 400), output)
            at = follow(at, output, 5, 60, chance)
            total = max(total, 400) + output


def tool_agents(chance: Random) -> Iterator[Record]:
    """Work with tools; all that went before is read from a cache that each step writes on."""
    app, system = app_of(chance, "tool-agents", ANTHROPIC), chance.randint(5000, 15_000)
    for at in over_days(chance, chance.randint(4, 9)):
        total, cached = system + about(chance, 400, 0.8), 0
        for step in range(steps := chance.randint(4, 20)):
            output = about(chance, 200, 0.8)
            more = {**from_cache(cached, total - cached), "finish_reason": "stop" if step == steps - 1 else "tool_use"}
            yield asked(app, chance, at, total, output, **more)
            cached, at = total, follow(at, output, 0.3, 20, chance)
            total += output + about(chance, 900, 1.1)


def uncached_agents(chance: Random) -> Iterator[Record]:
    """Work with tools in few steps, far apart in time, so that a cache would have forgotten."""
    app, system = app_of(chance, "uncached-agents", OPENAI), chance.randint(1500, 4000)
    for at in over_days(chance, chance.randint(5, 12)):
        total = system + about(chance, 300, 0.8)
        for step in range(steps := chance.randint(2, 6)):
            output = about(chance, 150, 0.8)
            reason = "stop" if step == steps - 1 else "tool_calls"
            yield asked(app, chance, at, total, output, finish_reason=reason)
            at = follow(at, output, 1200, 5000, chance)
            total += output + about(chance, 700, 1.1)


def continued_stories(chance: Random) -> Iterator[Record]:
    """Write until the limit cuts it off, and go on from there with all that was written."""
    app, limit = app_of(chance, "continued-stories", ANTHROPIC), chance.choice((1024, 2048, 4096))
    for at in over_days(chance, chance.randint(8, 15)):
        total = about(chance, 500, 0.5)
        for _ in range(chance.randint(1, 5)):
            yield asked(app, chance, at, total, limit, finish_reason="length", max_tokens_requested=limit)
            at = follow(at, limit, 0.2, 30, chance)
            total += limit + chance.choice((0, 12))
        last = chance.randint(100, limit - 1)
        yield asked(app, chance, at, total, last, max_tokens_requested=limit)


USEFUL: list[Kind] = [
    *(chat_sessions, chats_in_an_automatic_cache, trimmed_chats),
    *(tool_agents, uncached_agents, continued_stories),
]
