"""Who is throttled now, and who is not and why: a pure function of what was looked up."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal

from llmcost.render.money import dollars
from llmcost.throttle.register import BY_HAND, BY_SOMEBODY, GONE, HELD, Throttle
from llmcost.throttle.spent import KeySpent, Looked, Wanted, local_day_of

# a store whose newest request is older is being filled afterwards, or its logs have ended
NEWEST = timedelta(minutes=15)
AT_ONCE = 3


@dataclass(frozen=True)
class Decision:
    """What becomes of one API key, or of a key whose API key is not known: it is throttled, or left alone and why.

    `state` tells one reason from another, whatever numbers it names.
    """

    key: str
    hash: str
    begins: bool
    reason: str
    state: str = ""


def decide(
    looked: Looked, registered: Collection[Throttle], never: Collection[str], now: datetime, zone: tzinfo
) -> list[Decision]:
    """Decide on every key whose budget is spent, those that spent most of it first."""
    wanted = sorted(looked.wanted, key=lambda one: (-spent_by(one.key, looked) / one.budget_usd, one.key))
    held = sum(one.state in HELD for one in registered)
    found: list[Decision] = []
    for one in wanted:
        for decision in decisions_on(one, looked, registered, never, now, zone):
            if decision.begins and held >= AT_ONCE:
                why = f"{AT_ONCE} keys are throttled at once, and no more"
                found.append(Decision(decision.key, decision.hash, False, why, "enough"))
                continue
            held += decision.begins
            found.append(decision)
    return found


def decisions_on(
    one: Wanted, looked: Looked, registered: Collection[Throttle], never: Collection[str], now: datetime, zone: tzinfo
) -> Iterator[Decision]:
    """Decide on the API keys of one key."""
    mine = [spent for spent in looked.spent if spent.key == one.key]
    why = why_not(one, looked, now, zone)
    if why:
        yield Decision(one.key, "", False, *why)
        return
    if not any(spent.id for spent in mine):
        why = ("its logs have no id of the API key, which the gateway would know it by", "no id")
        yield Decision(one.key, "", False, *why)
        return
    for spent in mine:
        if spent.id:
            yield from decision_on(one, spent, looked, registered, never)


def why_not(one: Wanted, looked: Looked, now: datetime, zone: tzinfo) -> tuple[str, str] | None:
    """Say why no API key of it is throttled, and in which state it is; None where they may be."""
    if one.day != local_day_of(now, zone):
        return f"its budget was spent on {one.day}, which is not today", "another day"
    if looked.newest is None or now - looked.newest > NEWEST:
        ended = "nothing" if looked.newest is None else f"the newest at {looked.newest:%Y-%m-%d %H:%M} UTC"
        minutes = NEWEST // timedelta(minutes=1)
        return f"no request ended in the last {minutes} minutes ({ended}): logs may be late", "late"
    cost = spent_by(one.key, looked)
    if cost < one.budget_usd:
        known = f"it spent {dollars(cost)} of its daily budget of {dollars(one.budget_usd)} by what is known now"
        return known, "less"
    return None


def decision_on(
    one: Wanted, spent: KeySpent, looked: Looked, registered: Collection[Throttle], never: Collection[str]
) -> Iterator[Decision]:
    """Decide on one API key; one that is throttled already is not spoken of."""
    hash = spent.id or ""
    if {one.key, hash} & {*never}:
        yield Decision(one.key, hash, False, "`never` names it", "never")
        return
    same = [row for row in registered if row.hash == hash]
    if any(row.state in HELD for row in same):
        return
    ended = {row.how for row in same if row.day == one.day}
    if ended & {BY_HAND, BY_SOMEBODY}:
        yield Decision(one.key, hash, False, "somebody released it today", "released")
        return
    if GONE in ended:
        yield Decision(one.key, hash, False, GONE, "gone")
        return
    cost = spent_by(one.key, looked)
    reason = f"spent {dollars(cost)} of its daily budget of {dollars(one.budget_usd)}"
    yield Decision(one.key, hash, True, reason)


def spent_by(key: str, looked: Looked) -> Decimal:
    """Add up what the API keys of a key cost today."""
    return sum((spent.cost_usd for spent in looked.spent if spent.key == key), Decimal(0))
