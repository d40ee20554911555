"""Waste: answers that are cut off and asked for again at once, and time-outs that are billed and sent again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any

from llmcost.demo.plan import DAYS, Budget, Call, Month, Rates, Scenario, after
from llmcost.demo.records import App, Prompt, answered, digest, new_prompt

DETECTOR = "retries"

# pricing.yaml, anthropic
OPUS_5_5 = Rates(Decimal(4), Decimal(20))

EXTRACTOR = App("invoice-extractor", "anthropic", "claude-opus-5-5", "finance", system_tokens=450)
READER = App("contract-reader", "anthropic", "claude-opus-5-5", "legal", system_tokens=420)
MAX_TOKENS = 8192
CUT = {"finish_reason": "length", "max_tokens_requested": MAX_TOKENS, "temperature": 0}
WHOLE = {"max_tokens_requested": MAX_TOKENS, "temperature": 0}
TIMED_OUT = {"status": "error", "http_status_code": 504, "error_type": "Timeout", "temperature": 0}


def invoice_extractor(month: Month) -> Iterator[Iterator[Call]]:
    """Read long scans into JSON that does not fit into max_tokens."""
    chance, budget = month.chance(EXTRACTOR.key), Budget(Decimal(10_000) * month.scale, DAYS)
    for day in budget.each_day():
        yield extract_invoices(chance, budget, day)


def extract_invoices(chance: Random, budget: Budget, day: datetime) -> Iterator[Call]:
    """Extract a day's invoices; every fourth is short enough to succeed at once."""
    while budget.has_room(usual=Decimal("0.68")):
        sent = new_prompt(EXTRACTOR, chance, 100_000, 160_000)
        at = after(day, chance.uniform(5, 21) * 3600)
        wasted = OPUS_5_5.cost(sent.tokens[-1], MAX_TOKENS)
        for _ in range(attempts(chance, budget, wasted, [(2, 15), (3, 25), (4, 60)])):
            seconds = chance.uniform(60, 90)
            budget.planted += wasted
            yield Call(answered(EXTRACTOR, chance, at, seconds, sent, MAX_TOKENS, **CUT), DETECTOR, wasted)
            at = after(at, seconds + chance.uniform(0.05, 0.4))
        yield whole(chance, at, sent)
        if chance.random() < 0.25:
            yield whole(chance, at, new_prompt(EXTRACTOR, chance, 8000, 30_000))


def whole(chance: Random, at: datetime, sent: Prompt) -> Call:
    """Get an answer that fits."""
    output = chance.randint(4000, 7500)
    return Call(answered(EXTRACTOR, chance, at, output / 100, sent, output, **WHOLE))


def attempts(chance: Random, budget: Budget, each: Decimal, odds: list[tuple[int, int]]) -> int:
    """Draw how many attempts are in vain, but not more than the budget has room for."""
    (drawn,) = chance.choices([count for count, _ in odds], [odd for _, odd in odds])
    return min(drawn, max(1, round((budget.due - budget.planted) / each)))


def contract_reader(month: Month) -> Iterator[Iterator[Call]]:
    """Read contracts through a gateway that gives up after two minutes; the provider bills what it has read."""
    chance, budget = month.chance(READER.key), Budget(Decimal(2000) * month.scale, DAYS)
    for day in budget.each_day():
        yield read_contracts(chance, budget, day)


def read_contracts(chance: Random, budget: Budget, day: datetime) -> Iterator[Call]:
    """Read a day's contracts: each time-out is followed at once, and all attempts are logged as one operation."""
    while budget.has_room(usual=Decimal("0.36")):
        sent, operation = new_prompt(READER, chance, 60_000, 100_000), digest(READER.key, chance.random())
        at, failed = after(day, chance.uniform(6, 20) * 3600), 0
        for _ in range(attempts(chance, budget, Decimal("0.36"), [(1, 30), (2, 40), (3, 30)])):
            failed += 1
            record = timed_out(chance, at, sent, attempt_number=failed, logical_request_id=operation)
            wasted = OPUS_5_5.cost(record["input_tokens"], record["output_tokens"])
            budget.planted += wasted
            yield Call(record, DETECTOR, wasted)
            at = after(at, 120.02)
        more = {"attempt_number": failed + 1, "logical_request_id": operation, "temperature": 0}
        yield Call(answered(READER, chance, at, chance.uniform(40, 110), sent, chance.randint(800, 2200), **more))


def timed_out(chance: Random, at: datetime, sent: Prompt, **more: Any) -> dict[str, Any]:
    """Log a time-out with what the provider counted up to it."""
    record = answered(READER, chance, at, 120, sent, chance.randint(500, 3000), **TIMED_OUT, **more)
    del record["finish_reason"], record["output_hash"]
    return record


SCENARIOS: list[Scenario] = [invoice_extractor, contract_reader]
