"""Useful traffic that repeats a prompt: samples, comparisons, hedges, failover, polling, regenerated answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from random import Random

from llmcost.demo.plan import after
from llmcost.demo.records import App, Record, answered, new_prompt, prompt_of, refused
from llmcost.demo.useful import Useful


def sampled(app: App, chance: Random, at: datetime) -> Iterator[Record]:
    """Ask five times at once and let the user choose."""
    sent = new_prompt(app, chance, 5000, 7000)
    for sample in range(5):
        output = chance.randint(500, 1100)
        yield answered(app, chance, after(at, sample / 500), output / 80, sent, output, temperature=0.8)


def compared(app: App, chance: Random, at: datetime) -> Iterator[Record]:
    """Ask two models the same at once."""
    sent = new_prompt(app, chance, 8000, 12_000)
    for which in (app, replace(app, provider="openai", model="gpt-6.1-sol")):
        output = chance.randint(400, 800)
        yield answered(which, chance, after(at, chance.uniform(0, 0.01)), output / 80, sent, output)


def hedged(app: App, chance: Random, at: datetime) -> Iterator[Record]:
    """Ask again after 400 ms without an answer, take the faster one and cancel the other, which has begun to write."""
    sent, winner = new_prompt(app, chance, 15_000, 25_000), chance.randrange(2)
    seconds = chance.uniform(1.5, 3)
    cancelled = {"status": "cancelled", "http_status_code": 499, "finish_reason": "cancelled"}
    for which in range(2):
        more = {} if which == winner else cancelled
        output = chance.randint(150, 300) if which == winner else chance.randint(5, 60)
        yield answered(app, chance, after(at, 0.4 * which), seconds - 0.4 * which, sent, output, **more)


def failed_over(app: App, chance: Random, at: datetime) -> Iterator[Record]:
    """Meet a provider that is down, which bills nothing, and go to another one."""
    sent, down = new_prompt(app, chance, 9000, 15_000), replace(app, provider="openai", model="gpt-6.1-sol")
    yield refused(down, chance, at, 0.8, sent, 503, "ServiceUnavailableError")
    output = chance.randint(400, 1200)
    yield answered(app, chance, after(at, 0.85), output / 70, sent, output)


def throttled(app: App, chance: Random, at: datetime) -> Iterator[Record]:
    """Run into the rate limit six times, which bills nothing, before an answer comes."""
    sent = new_prompt(app, chance, 2000, 4000)
    for _ in range(6):
        yield refused(app, chance, at, 0.15, sent, 429, "RateLimitError")
        at = after(at, 0.15 + chance.uniform(0.5, 1.5))
    yield answered(app, chance, at, 3, sent, chance.randint(100, 300))


def regenerated(app: App, chance: Random, at: datetime) -> Iterator[Record]:
    """Let the user press "another one" until a name is liked."""
    sent = new_prompt(app, chance, 430, 480)
    for _ in range(chance.randint(2, 4)):
        output = chance.randint(60, 160)
        yield answered(app, chance, at, 3, sent, output, temperature=0.9)
        at = after(at, 3 + chance.uniform(15, 90))


def polled(app: App, chance: Random, at: datetime) -> Iterator[Record]:
    """Watch a deployment for half an hour: the same tiny question each minute, a time of day as the answer."""
    sent = prompt_of(app, "ping", 24)
    for minute in range(30):
        yield answered(app, chance, after(at, 60 * minute), 0.4, sent, 9, temperature=0)


def digested(app: App, chance: Random, at: datetime) -> Iterator[Record]:
    """Ask each hour the same of what a tool brings in, and get another answer."""
    yield answered(app, chance, after(at, 12), 8, prompt_of(app, "hourly", 480), chance.randint(300, 500))


def resubmitted(app: App, chance: Random, at: datetime) -> Iterator[Record]:
    """Send a batch of which half expires unbilled, and send that half again ten hours later."""
    for _ in range(10):
        sent, output = new_prompt(app, chance, 3000, 6000), chance.randint(200, 600)
        begin = at
        if chance.random() < 0.5:
            yield refused(app, chance, at, 30_000, sent, 408, "batch_expired", is_batch=True)
            begin = after(at, 36_000)
        yield answered(app, chance, begin, 5000, sent, output, is_batch=True)


SONNET, SOL = ("anthropic", "claude-sonnet-5-5"), ("openai", "gpt-6.1-sol")

USEFUL = [
    Useful(App("idea-generator", *SONNET, "marketing"), "five samples in parallel, temperature 0.8", sampled, 2500),
    Useful(App("model-lab", *SONNET, "research"), "two models compared in parallel", compared, 1500),
    Useful(App("type-ahead", "openai", "gpt-6.1-terra", "web"), "hedged requests, one cancelled", hedged, 1500),
    Useful(App("chat-assistant", *SONNET, "web"), "failover after a 503 without usage", failed_over, 1500),
    Useful(App("tagger", "openai", "gpt-6.1-terra", "search"), "429 storms without usage", throttled, 400),
    Useful(App("name-studio", *SONNET, "marketing"), "answers regenerated by hand, temperature 0.9", regenerated, 600),
    Useful(App("deploy-watch", "openai", "gpt-6-luna", "platform", 12), "health checks every 60 s", polled, 180),
    Useful(App("hourly-digest", *SOL, "platform"), "same prompt each hour, new answer", digested, every_hours=1),
    Useful(App("night-batch", *SOL, "research"), "half of a batch re-submitted", resubmitted, 120, hours=(1, 3)),
]
