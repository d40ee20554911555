"""Hard caps: what fails a check by itself, without statistics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from statistics import quantiles

from llmcost.check.pairs import NEW, REMOVED, Change
from llmcost.check.sides import CaseRuns, Run, Side
from llmcost.check_settings import usual
from llmcost.counts import counted
from llmcost.render.money import dollars

# decimals of USD in a reason
PLACES = 4
FEW_RUNS = 2
FEW_CALLS = 8


@dataclass(frozen=True)
class Caps:
    """What may not be passed; None is not a cap.

    `total_usd` and `case_usd` are of one run, `amplification_increase` is a share of the attempts that a call takes,
    `cache_drop` one of all input, `latency_increase` one of the 95th percentile of how long a case runs.
    """

    total_usd: Decimal | None = field(default_factory=partial(usual, "max_total_usd"))
    case_usd: Decimal | None = field(default_factory=partial(usual, "max_case_usd"))
    amplification_increase: Decimal | None = field(default_factory=partial(usual, "max_amplification_increase"))
    cache_drop: Decimal | None = field(default_factory=partial(usual, "max_cache_drop"))
    latency_increase: Decimal | None = field(default_factory=partial(usual, "max_latency_increase"))
    fails_unpriced: bool = True


@dataclass(frozen=True)
class Reason:
    """Why a check fails: which rule, in words, and of which case where it is one."""

    rule: str
    text: str
    case: str | None = None


def passed_caps(changes: Sequence[Change], base: Side, head: Side, caps: Caps) -> Iterator[Reason]:
    """Name every cap that the head passes."""
    yield from over_usd(changes, caps)
    both = [change for change in changes if change.state not in (NEW, REMOVED)]
    yield from over_amplification(both, caps)
    yield from over_cache(both, caps)
    yield from over_latency(both, caps)
    if caps.fails_unpriced:
        yield from newly_unpriced(base, head)


def over_usd(changes: Sequence[Change], caps: Caps) -> Iterator[Reason]:
    """Hold one run of everything, and of each case, against what they may cost; new cases too."""
    costs = {change.id: change.head_usd for change in changes if change.head_usd is not None}
    total = sum(costs.values())
    if caps.total_usd is not None and total > caps.total_usd:
        cap = dollars(caps.total_usd, PLACES)
        yield Reason("total", f"a run costs {dollars(total, PLACES)}, over the cap of {cap}")
    for name, cost in costs.items() if caps.case_usd is not None else ():
        if cost > (caps.case_usd or 0):
            cap = dollars(caps.case_usd, PLACES)
            yield Reason("case", f"{name} costs {dollars(cost, PLACES)} a run, over the cap of {cap}", name)


def over_amplification(both: Sequence[Change], caps: Caps) -> Iterator[Reason]:
    """Compare how many attempts a call takes; what the worst run of the base took is not an increase."""
    was = [ratio(run.attempts, run.calls) for run in suites(change.base for change in both)]
    now = [ratio(run.attempts, run.calls) for run in suites(change.head for change in both)]
    if caps.amplification_increase is None or not was or not now:
        return
    mean = sum(now) / len(now)
    if mean > max(was) * (1 + float(caps.amplification_increase)):
        yield Reason("amplification", f"a call takes {mean:.2f} attempts, {max(was):.2f} before")


def over_cache(both: Sequence[Change], caps: Caps) -> Iterator[Reason]:
    """Compare how much input is read from a cache; as little as the worst run of the base is not a drop."""
    was = [ratio(run.cache_read_tokens, run.input_tokens) for run in suites(change.base for change in both)]
    now = [ratio(run.cache_read_tokens, run.input_tokens) for run in suites(change.head for change in both)]
    if caps.cache_drop is None or not was or not now:
        return
    mean = sum(now) / len(now)
    if mean < min(was) - float(caps.cache_drop):
        yield Reason("cache", f"{mean:.1%} of the input is read from a cache, {min(was):.1%} before")


def over_latency(both: Sequence[Change], caps: Caps) -> Iterator[Reason]:
    """Compare the 95th percentile of how long a case runs."""
    was = slowest(change.base for change in both)
    now = slowest(change.head for change in both)
    if caps.latency_increase is None or was is None or now is None:
        return
    if now > was * (1 + float(caps.latency_increase)):
        yield Reason("latency", f"the 95th percentile of a case's time is {now:,.0f} ms, {was:,.0f} ms before")


def newly_unpriced(base: Side, head: Side) -> Iterator[Reason]:
    """Name models that the price book knows nothing of, and that were not there before."""
    known = {(item.provider, item.model) for item in base.coverage.unpriced}
    for item in head.coverage.unpriced:
        if (item.provider, item.model) not in known:
            name = "/".join(part for part in (item.provider, item.model) if part) or "(no model)"
            yield Reason("unpriced", f"{name} has no price: {item.reason} ({counted(item.requests, 'request')})")


def suites(tried: Iterable[CaseRuns | None]) -> list[Run]:
    """Add up the first, second ... runs of all cases, as far as all of them have one; a few calls show no habit."""
    rows = [one.runs for one in tried if one is not None]
    count = min((len(runs) for runs in rows), default=0)
    found = [added([runs[number] for runs in rows]) for number in range(count)]
    return found if sum(run.calls for run in found) >= FEW_CALLS else []


def added(runs: Sequence[Run]) -> Run:
    """Add up what runs took; their costs and times are not asked for."""
    return Run(
        None,
        sum(run.requests for run in runs),
        sum(run.calls for run in runs),
        sum(run.answered for run in runs),
        sum(run.attempts for run in runs),
        sum(run.input_tokens for run in runs),
        sum(run.cache_read_tokens for run in runs),
        None,
    )


def slowest(tried: Iterable[CaseRuns | None]) -> float | None:
    """Give the 95th percentile of how long runs took; None where fewer than two are known."""
    times = [run.wall_ms for one in tried if one for run in one.runs if run.wall_ms is not None]
    return quantiles(times, n=20, method="inclusive")[-1] if len(times) >= FEW_RUNS else None


def ratio(part: int, whole: int) -> float:
    """Divide; nothing of nothing is none."""
    return part / whole if whole else 0.0
