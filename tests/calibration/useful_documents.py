"""Useful traffic that reads: passages, documents, images, code, speech."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from llmcost.demo.plan import after
from llmcost.demo.records import Record
from tests.calibration.lines import ANTHROPIC, OPENAI, Kind, about, app_of, asked, follow, over_days


def passages(chance: Random) -> Iterator[Record]:
    """Answer from the best few passages, whose sizes vary."""
    app, top = app_of(chance, "passages", OPENAI + ANTHROPIC), chance.randint(3, 8)
    system, size = chance.randint(150, 700), chance.choice((200, 400, 800))
    for at in over_days(chance, chance.randint(30, 70)):
        found = sum(min(about(chance, size, 0.4), 2 * size) for _ in range(top))
        yield asked(app, chance, at, system + found + about(chance, 18, 0.6), about(chance, 180, 0.7))


def parts_summarised(chance: Random) -> Iterator[Record]:
    """Cut long texts into parts of one size, sum each up, and sum up the sums."""
    app, size = app_of(chance, "parts-summarised", ANTHROPIC), chance.choice((1500, 4000, 12_000))
    for at in over_days(chance, chance.randint(3, 8)):
        parts = chance.randint(3, 25)
        for part in range(parts):
            tokens = size + 60 - chance.randint(0, 25) if part < parts - 1 else chance.randint(100, size)
            yield asked(app, chance, after(at, part / 4), tokens, about(chance, 220, 0.25))
        yield asked(app, chance, after(at, 60), 60 + 220 * parts, about(chance, 500, 0.3))


def documents_summarised(chance: Random) -> Iterator[Record]:
    """Sum documents up; long ones at more length."""
    app, size = app_of(chance, "documents-summarised", OPENAI + ANTHROPIC), chance.choice((2000, 6000, 15_000))
    for at in over_days(chance, chance.randint(20, 50)):
        tokens = min(about(chance, size, 0.8), 150_000)
        yield asked(app, chance, at, tokens, about(chance, 60 + tokens * 0.06, 0.25))


def translations(chance: Random) -> Iterator[Record]:
    """Translate: as much comes out as went in."""
    app, system = app_of(chance, "translations", OPENAI + ANTHROPIC), chance.randint(80, 300)
    for at in over_days(chance, chance.randint(30, 60)):
        text = about(chance, 700, 1)
        yield asked(app, chance, at, system + text, about(chance, 1.1 * text, 0.08), temperature=0)


def extractions(chance: Random) -> Iterator[Record]:
    """Take each line of an order or a bill out as JSON."""
    app, system = app_of(chance, "extractions", OPENAI + ANTHROPIC), chance.randint(500, 1400)
    for at in over_days(chance, chance.randint(30, 60), hours=(0, 23)):
        lines = about(chance, 12, 0.8)
        tokens = system + sum(chance.randint(15, 45) for _ in range(lines))
        yield asked(app, chance, at, tokens, 40 + 28 * lines + chance.randint(0, 30), temperature=0)


def receipts(chance: Random) -> Iterator[Record]:
    """Read photographs of one size: each prompt has the same count, answers are JSON of a few fields."""
    app, tokens = app_of(chance, "receipts", OPENAI + ANTHROPIC), chance.choice((765, 1105, 1590)) + 140
    for at in over_days(chance, chance.randint(30, 60)):
        output = about(chance, 110, 0.3)
        is_cut = chance.random() < 0.02
        yield asked(app, chance, at, tokens, output, finish_reason="length" if is_cut else "stop", temperature=0)


def pictures_described(chance: Random) -> Iterator[Record]:
    """Describe pictures for those who cannot see them: equal inputs, always another text."""
    app, tokens = app_of(chance, "pictures-described", OPENAI + ANTHROPIC), chance.choice((765, 1105)) + 60
    for at in over_days(chance, chance.randint(2, 5)):
        for _ in range(chance.randint(5, 25)):
            output = about(chance, 70, 0.3)
            yield asked(app, chance, at, tokens, output)
            at = follow(at, output, 0, 0.2, chance)


def code_completion(chance: Random) -> Iterator[Record]:
    """Complete code from a window of fixed size before the cursor; what is typed on is cancelled."""
    app, window = app_of(chance, "code-completion", OPENAI), chance.choice((1024, 2048, 4096))
    for at in over_days(chance, chance.randint(8, 16)):
        whole = about(chance, 2 * window, 0.9)
        for _ in range(chance.randint(5, 15)):
            whole += chance.randint(5, 60)
            output = about(chance, 25, 0.7)
            off = {"status": "cancelled", "http_status_code": 499} if chance.random() < 0.2 else {}
            yield asked(app, chance, at, min(whole, window - chance.randint(0, 6)), output, temperature=0, **off)
            at = follow(at, output, 1, 40, chance)


def contract_questions(chance: Random) -> Iterator[Record]:
    """Ask of whole contracts what only who has read all of it can say."""
    app = app_of(chance, "contract-questions", ANTHROPIC)
    low, high = chance.choice(((8000, 20_000), (30_000, 60_000)))
    for at in over_days(chance, chance.randint(12, 25)):
        yield asked(app, chance, at, chance.randint(low, high), about(chance, 300, 0.5))


def pull_requests(chance: Random) -> Iterator[Record]:
    """Review changes of code: a few are very large, and more is said of those."""
    app, system = app_of(chance, "pull-requests", OPENAI + ANTHROPIC), chance.randint(600, 1500)
    for at in over_days(chance, chance.randint(15, 40)):
        change = min(about(chance, 1800, 1.3), 120_000)
        yield asked(app, chance, at, system + change, about(chance, 150 + change * 0.05, 0.4))


def meetings(chance: Random) -> Iterator[Record]:
    """Write minutes of meetings of half an hour or an hour."""
    app = app_of(chance, "meetings", OPENAI + ANTHROPIC)
    for at in over_days(chance, chance.randint(8, 16)):
        hours = chance.choice((0.5, 0.5, 1, 1, 1.5))
        yield asked(app, chance, at, about(chance, 11_000 * hours, 0.2), about(chance, 200 + 500 * hours, 0.2))


USEFUL: list[Kind] = [
    *(passages, parts_summarised, documents_summarised, translations, extractions, receipts),
    *(pictures_described, code_completion, contract_questions, pull_requests, meetings),
]
