"""Invented sessions of Claude Code: answers among results of tools, about 350 KB a file."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

ANSWERS = 70


def session(number: int) -> Iterator[dict[str, Any]]:
    """Make the lines of one session; the same number makes the same ones."""
    chance = random.Random(number)
    own = f"{chance.getrandbits(128):032x}"
    for at in range(ANSWERS):
        line = {
            "uuid": f"{chance.getrandbits(128):032x}",
            "sessionId": own,
            "timestamp": f"2026-11-{1 + number % 28:02}T{at % 24:02}:{number % 60:02}:{at % 60:02}.123Z",
            "isSidechain": False,
            "cwd": f"/home/user/project-{number % 20}",
            "version": "2.0.55",
            "gitBranch": "main",
        }
        yield line | {
            "type": "user",
            "message": result(chance),
            "toolUseResult": {"stdout": "out " * chance.randrange(300)},
        }
        yield line | {
            "uuid": f"{line['uuid']}-2",
            "type": "assistant",
            "requestId": f"req_{at}_{own}",
            "message": answer(chance),
        }


def result(chance: random.Random) -> dict[str, Any]:
    """Make what a tool gave back."""
    return {"role": "user", "content": [{"type": "tool_result", "content": "x y z " * chance.randrange(20, 900)}]}


def answer(chance: random.Random) -> dict[str, Any]:
    """Make one answer with its usage."""
    return {
        "id": f"msg_{chance.getrandbits(96):024x}",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-4-5-20250929",
        "content": [{"type": "text", "text": "word " * chance.randrange(10, 200)}],
        "stop_reason": "end_turn",
        "usage": {
            "input_tokens": chance.randrange(1, 50),
            "cache_creation_input_tokens": chance.randrange(5000),
            "cache_read_input_tokens": chance.randrange(90_000),
            "output_tokens": chance.randrange(1, 900),
            "service_tier": "standard",
        },
    }
