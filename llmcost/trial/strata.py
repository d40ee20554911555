"""The strata that a sample is drawn from: one for each answer, as far as there are draws for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from llmcost.counts import counted
from llmcost.errors import UsageError
from llmcost.store import DerivedTable, Inputs, Scope

FLOOR = 3  # draws of every answer, where the sample has room for them
REPLAYABLE = """
    select dedupe_key, request_id, key, model, system_prompt_hash, output_hash, started_at, cost_usd
    from scope
    where status = 'ok' and not is_batch and price_status = 'priced' and cost_usd > 0 and output_hash is not null
"""
ANSWERS = """
    select
        key, model, system_prompt_hash, output_hash, count(*) as requests,
        min(md5($seed || ':' || request_id)) as first_lot
    from replayable
    group by key, model, system_prompt_hash, output_hash
"""
WITHOUT_SYSTEM_PROMPT = """
    select
        key, model, cast(null as varchar) as system_prompt_hash, output_hash,
        cast(sum(requests) as bigint) as requests, min(first_lot) as first_lot
    from answers
    group by key, model, output_hash
"""
SIZES = "select requests, count(*) from answers group by requests order by requests"
# Hashes differ from store to store, so they do not decide before the lots have.
NAMED = """
    select
        key, model, system_prompt_hash, output_hash, requests,
        row_number() over (
            order by requests desc, first_lot, key nulls last, model, system_prompt_hash nulls last, output_hash
            rows between unbounded preceding and current row
        ) as stratum
    from answers
    where requests >= $least
"""
REASONS = """
    select
        count(*) as requests,
        count(case when status = 'ok' and not is_batch then 1 end) as answered,
        count(case when status = 'ok' and not is_batch and price_status = 'priced' and cost_usd > 0 then 1 end) as paid
    from scope
"""


@dataclass(frozen=True)
class Strata:
    """What is drawn from: requests by stratum, the rest last; of how many answers they are and how many are named."""

    sizes: tuple[int, ...]
    answers: int
    named: int
    is_by_system_prompt: bool


def stratify(scope: Scope, seed: int, size: int) -> tuple[Strata, Inputs]:
    """Choose strata of the requests of a scope: the system prompt counts, and rare answers, as far as the size allows.

    With them go the tables `replayable`, the requests, and `named_answers`, which have a stratum of their own.
    Raises UsageError where there is nothing to draw.
    """
    engine, replayable = scope.engine, scope.derive_view(REPLAYABLE)
    answers = DerivedTable(ANSWERS, {"replayable": replayable}, {"seed": str(seed)})
    sizes = engine.run(SIZES, {"answers": answers}).rows
    if not sizes:
        raise refusal(*scope.rows(REASONS)[0])
    requests = sum(n * answers for n, answers in sizes)
    is_by_system_prompt = sum(answers for _, answers in sizes) <= min(size, requests)
    if not is_by_system_prompt:
        answers = DerivedTable(WITHOUT_SYSTEM_PROMPT, {"answers": answers})
        sizes = engine.run(SIZES, {"answers": answers}).rows
    named_answers = DerivedTable(NAMED, {"answers": answers}, {"least": least_named(sizes, size)})
    ordered = engine.run("select requests from named_answers order by stratum", {"named_answers": named_answers})
    named = [requests for (requests,) in ordered.rows]
    rest = [requests - sum(named)] if sum(named) < requests else []
    tables = {"replayable": replayable, "named_answers": named_answers}
    return Strata((*named, *rest), sum(n for _, n in sizes), len(named), is_by_system_prompt), tables


def refusal(requests: int, answered: int, paid: int) -> UsageError:
    """Say why there is nothing to draw."""
    if not requests:
        return UsageError("nothing to sample: no request fits", hint="--since, --until and --where say which may")
    if not answered:
        return UsageError(f"nothing to sample: none of {counted(requests, 'request')} was answered outside a batch")
    if not paid:
        return UsageError(f"nothing to sample: none of {counted(answered, 'answered request')} has a cost above 0")
    hint = "were the logs ingested with --text none? answers are compared by their hashes: --text hash"
    return UsageError(f"nothing to sample: of {counted(paid, 'request')} not one has a known answer", hint=hint)


def least_named(sizes: Sequence[tuple[int, int]], room: int) -> int:
    """Tell how many requests an answer must have for a stratum of its own, from how many answers have how many.

    One, if there is a draw for every answer; or else so many that half of the draws are left for the rest.
    """
    larger = sum(answers for _, answers in sizes)
    least = 1
    for requests, answers in sorted(sizes):
        if (larger <= room and least == 1) or larger < max(room // 2, 1):
            break
        larger, least = larger - answers, requests + 1
    return least


def quotas(sizes: Sequence[int], room: int, floor: int = FLOOR) -> list[int]:
    """Share draws out: to each stratum a few, the others in proportion to what is left of it, by largest remainder."""
    room = min(room, sum(sizes))
    floor = max(n for n in range(floor + 1) if sum(min(n, size) for size in sizes) <= room)
    least = [min(floor, size) for size in sizes]
    left = sum(sizes) - sum(least)
    shares = [divmod((room - sum(least)) * (n - low), left or 1) for n, low in zip(sizes, least, strict=True)]
    found = [low + whole for low, (whole, _) in zip(least, shares, strict=True)]
    for at in sorted(range(len(sizes)), key=lambda at: (-shares[at][1], at))[: room - sum(found)]:
        found[at] += 1
    return found
