"""Useful traffic by the clock, in bulk, in parallel, or after a failure that cost nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from llmcost.demo.plan import after
from llmcost.demo.records import App, Record
from llmcost.demo.useful_shapes import from_cache
from tests.calibration.lines import (
    ANTHROPIC,
    OPENAI,
    SPAN,
    Kind,
    about,
    app_of,
    asked,
    blocks,
    failed,
    follow,
    over_days,
)

NIGHTLY_MODELS = ["gpt-4.1", "gpt-5", "gpt-6-sol", "gpt-6.1-sol"]


def evaluations_of_models(chance: Random) -> Iterator[Record]:
    """Put the same questions to another model each night: equal counts, night after night."""
    sizes = [about(chance, 350, 0.7) for _ in range(chance.randint(60, 120))]
    for night, name in enumerate(NIGHTLY_MODELS):
        app, at = App("evaluations-of-models", "openai", name, "team"), after(SPAN[2 * night], 7200)
        for size in sizes:
            yield asked(app, chance, at, size, about(chance, 120, 0.5), temperature=0)
            at = after(at, chance.uniform(0.2, 1))


def evaluations_of_prompts(chance: Random) -> Iterator[Record]:
    """Put the same questions under another prompt each night."""
    app = app_of(chance, "evaluations-of-prompts", OPENAI + ANTHROPIC)
    sizes = [about(chance, 350, 0.7) for _ in range(chance.randint(40, 90))]
    for day in SPAN:
        at, system = after(day, 3 * 3600), chance.randint(150, 700)
        for size in sizes:
            yield asked(app, chance, at, system + size, about(chance, 120, 0.5), temperature=0)
            at = after(at, chance.uniform(0.2, 1))


def health_checks(chance: Random) -> Iterator[Record]:
    """Ask every minute whether all is well; now and then it is not."""
    app, tokens = app_of(chance, "health-checks", OPENAI + ANTHROPIC, 10), chance.randint(8, 30)
    every = chance.choice((60, 120, 300))
    for number in range(1500):
        at = SPAN[0] + timedelta(seconds=number * every)
        if chance.random() < 0.02:
            yield failed(app, chance, at, tokens, 503, "ServiceUnavailableError")
        else:
            yield asked(app, chance, at, tokens, chance.choice((1, 1, 1, 2)), temperature=0)


def batches(chance: Random) -> Iterator[Record]:
    """Hand in a night's work for half the price."""
    app, system = app_of(chance, "batches", OPENAI + ANTHROPIC), chance.randint(1000, 3000)
    for day in SPAN:
        for _ in range(chance.randint(30, 80)):
            tokens = system + about(chance, 400, 0.6)
            yield asked(app, chance, after(day, 7200), tokens, about(chance, 150, 0.5), is_batch=True)


def two_models_compared(chance: Random) -> Iterator[Record]:
    """Send a share of the traffic to two models at once."""
    one, other = App("two-models-compared", *OPENAI[0], "team"), App("two-models-compared", *ANTHROPIC[0], "team")
    for at in over_days(chance, chance.randint(20, 50)):
        tokens = about(chance, 900, 0.6)
        for app in (one, other):
            yield asked(app, chance, after(at, chance.uniform(0, 0.02)), tokens, about(chance, 200, 0.5))


def digests(chance: Random) -> Iterator[Record]:
    """Sum up by the hour what has come in; the frame is the same, and what came in is not."""
    app, frame = app_of(chance, "digests", OPENAI + ANTHROPIC), chance.randint(200, 600)
    for day in SPAN:
        for hour in range(24):
            at = day + timedelta(hours=hour, seconds=chance.uniform(10, 20))
            yield asked(app, chance, at, frame + about(chance, 1800, 0.5), about(chance, 350, 0.2))


def rate_limits(chance: Random) -> Iterator[Record]:
    """Run into limits that cost nothing, and get through in the end."""
    app = app_of(chance, "rate-limits", OPENAI + ANTHROPIC)
    for at in over_days(chance, chance.randint(15, 40)):
        tokens, output = about(chance, 1500, 0.5), about(chance, 250, 0.5)
        for _ in range(chance.randint(0, 4)):
            yield failed(app, chance, at, tokens, chance.choice((429, 429, 529, 500)), "RateLimitError")
            at = after(at, 0.3 + chance.uniform(0.5, 8))
        yield asked(app, chance, at, tokens, output)


def letters(chance: Random) -> Iterator[Record]:
    """Fill one form with other names, many in a row: counts are equal by chance, and some answers are cut off."""
    app, form = app_of(chance, "letters", OPENAI + ANTHROPIC), chance.randint(120, 400)
    cut = chance.uniform(0.01, 0.05)
    for at in over_days(chance, chance.randint(3, 6)):
        for _ in range(chance.randint(20, 60)):
            output = about(chance, 200, 0.3)
            reason = "length" if chance.random() < cut else "stop"
            yield asked(app, chance, at, form + chance.randint(4, 12), output, finish_reason=reason)
            at = follow(at, output, 0.1, 6, chance)


def well_cached_prompts(chance: Random) -> Iterator[Record]:
    """Keep a long beginning in the cache as one should: who comes within five minutes of the last one reads it.

    Rows of questions are hours apart, so that an hour in the cache would be for nothing.
    """
    system, last = chance.randint(6000, 30_000), SPAN[0]
    app = app_of(chance, "well-cached-prompts", ANTHROPIC, system)
    for at in questions(chance, (8, 11, 14, 17), 200):
        hit = from_cache(system, 0) if at - last <= timedelta(minutes=5) else from_cache(0, system)
        yield asked(app, chance, at, system + about(chance, 150, 0.9), about(chance, 200, 0.6), **hit)
        last = at


def automatically_cached_prompts(chance: Random) -> Iterator[Record]:
    """Have the beginning read from an automatic cache, but for the few times that it forgets early."""
    system, hits, last = chance.randint(2000, 12_000), chance.uniform(0.97, 1), SPAN[0]
    app = app_of(chance, "automatically-cached-prompts", OPENAI, system)
    for at in questions(chance, (8, 10, 12, 15, 18), 120):
        is_hit = at - last <= timedelta(minutes=5) and chance.random() < hits
        read = {"cache_read_input_tokens": blocks(system) if is_hit else 0}
        yield asked(app, chance, at, system + about(chance, 150, 0.9), about(chance, 200, 0.6), **read)
        last = at


def questions(chance: Random, hours: tuple[int, ...], most_seconds: float) -> Iterator[datetime]:
    """Say when one asks who asks several questions in a row at these hours, with at most so many seconds between."""
    for day in SPAN:
        for hour in hours:
            at = day + timedelta(hours=hour, minutes=chance.uniform(0, 30))
            for _ in range(chance.randint(4, 12)):
                yield at
                at = after(at, chance.uniform(10, most_seconds))


def rare_prompts(chance: Random) -> Iterator[Record]:
    """Send a long beginning so seldom that no cache keeps it."""
    system = chance.randint(6000, 30_000)
    app = app_of(chance, "rare-prompts", ANTHROPIC, system)
    at = SPAN[0]
    while at < SPAN[-1]:
        yield asked(app, chance, at, system + about(chance, 150, 0.9), about(chance, 200, 0.6))
        at = after(at, 3700 + chance.expovariate(1 / 5000))


def parallel_drafts(chance: Random) -> Iterator[Record]:
    """Write three drafts at once of the same, now and then one that is cut off."""
    app = app_of(chance, "parallel-drafts", OPENAI + ANTHROPIC)
    for at in over_days(chance, chance.randint(12, 30)):
        tokens = about(chance, 1200, 0.5)
        for draft in range(3):
            more = {"temperature": 0.9, "finish_reason": "length" if chance.random() < 0.05 else "stop"}
            yield asked(app, chance, after(at, draft / 100), tokens, about(chance, 600, 0.3), **more)


def providers_failed_over(chance: Random) -> Iterator[Record]:
    """Go to another provider where the first is down, which bills nothing."""
    first, second = (
        App("providers-failed-over", *OPENAI[0], "team"),
        App("providers-failed-over", *ANTHROPIC[0], "team"),
    )
    for at in over_days(chance, chance.randint(15, 40)):
        tokens = about(chance, 1500, 0.6)
        app = first
        if chance.random() < 0.3:
            yield failed(first, chance, at, tokens, 503, "ServiceUnavailableError")
            app, at = second, after(at, 0.5)
        yield asked(app, chance, at, tokens, about(chance, 250, 0.5))


USEFUL: list[Kind] = [
    *(evaluations_of_models, evaluations_of_prompts, health_checks, batches, two_models_compared, digests),
    *(rate_limits, letters, well_cached_prompts, automatically_cached_prompts, rare_prompts, parallel_drafts),
    providers_failed_over,
]
