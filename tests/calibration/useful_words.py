"""Useful traffic of short answers: guards, titles, scores, labels of a small model."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from llmcost.demo.records import App, Record
from tests.calibration.lines import ANTHROPIC, OPENAI, Kind, about, app_of, asked, over_days


def guards(chance: Random) -> Iterator[Record]:
    """Say of each message whether it may pass: one token, nearly always the same."""
    app, system = app_of(chance, "guards", OPENAI + ANTHROPIC), chance.randint(300, 900)
    for at in over_days(chance, chance.randint(40, 80)):
        yield asked(app, chance, at, system + about(chance, 40, 1), 1, temperature=0)


def moderations(chance: Random) -> Iterator[Record]:
    """Say "safe", or in one message of hundreds which rule it breaks."""
    app, system = app_of(chance, "moderations", OPENAI + ANTHROPIC), chance.randint(600, 1000)
    rare = chance.uniform(0.002, 0.015)
    for at in over_days(chance, chance.randint(40, 80)):
        output = chance.randint(3, 6) if chance.random() < rare else 1
        yield asked(app, chance, at, system + about(chance, 60, 1), output, temperature=0)


def verdicts(chance: Random) -> Iterator[Record]:
    """Think long about a proof, and answer in one word."""
    app = app_of(chance, "verdicts", OPENAI)
    for at in over_days(chance, chance.randint(15, 40)):
        thought = about(chance, 1500, 0.6)
        word = chance.randint(1, 2)
        yield asked(app, chance, at, about(chance, 2500, 0.4), thought + word, reasoning_output_tokens=thought)


def titles(chance: Random) -> Iterator[Record]:
    """Find a title for each conversation, never the same."""
    app, system = app_of(chance, "titles", OPENAI + ANTHROPIC), chance.randint(60, 150)
    for at in over_days(chance, chance.randint(30, 70)):
        tokens = system + about(chance, 300, 0.8)
        yield asked(app, chance, at, tokens, max(2, min(12, round(chance.gauss(6, 1.6)))))


def tag_lists(chance: Random) -> Iterator[Record]:
    """Find three to eight words that an article is to be found by."""
    app = app_of(chance, "tag-lists", OPENAI + ANTHROPIC)
    for at in over_days(chance, chance.randint(20, 50)):
        tags = chance.randint(3, 8)
        tokens = about(chance, 900, 0.6)
        yield asked(app, chance, at, tokens, sum(chance.randint(1, 4) for _ in range(tags)) + tags - 1)


def search_words(chance: Random) -> Iterator[Record]:
    """Turn a question into words to search for."""
    app, system = app_of(chance, "search-words", OPENAI + ANTHROPIC), chance.randint(150, 350)
    for at in over_days(chance, chance.randint(40, 80)):
        asks = about(chance, 16, 0.5)
        yield asked(app, chance, at, system + asks, max(2, round(asks * chance.uniform(0.3, 0.8))), temperature=0)


def numbers_read(chance: Random) -> Iterator[Record]:
    """Read the number off a meter, a plate, a bill: always another one, of about the same length."""
    app, tokens = app_of(chance, "numbers-read", OPENAI + ANTHROPIC), chance.choice((765, 1105)) + 45
    digits = chance.randint(3, 6)
    for at in over_days(chance, chance.randint(30, 70)):
        yield asked(app, chance, at, tokens, digits + chance.randint(0, 2), temperature=0)


def tuned_labels(chance: Random) -> Iterator[Record]:
    """Label with the smallest model there is, tuned for it: no system prompt, one word."""
    app = App("tuned-labels", "openai", "gpt-4.1-nano", "team", 1)
    sizes = [chance.randint(1, 4) for _ in range(chance.randint(3, 9))]
    for at in over_days(chance, chance.randint(50, 90)):
        yield asked(app, chance, at, about(chance, 150, 0.8), chance.choice(sizes), temperature=0)


def tuned_replies(chance: Random) -> Iterator[Record]:
    """Answer with a tuned model from nothing but the question."""
    app = app_of(chance, "tuned-replies", OPENAI, 1)
    for at in over_days(chance, chance.randint(40, 80)):
        yield asked(app, chance, at, about(chance, 35, 0.7), about(chance, 90, 0.6))


USEFUL: list[Kind] = [
    *(guards, moderations, verdicts, titles, tag_lists, search_words, numbers_read),
    *(tuned_labels, tuned_replies),
]
