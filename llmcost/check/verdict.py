"""The verdict on what was compared, why, and what to know of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from statistics import median

from llmcost.check.caps import PLACES, Reason
from llmcost.check.decision import FAIL, INCONCLUSIVE, PASS, WARN
from llmcost.check.pairs import NEW, REMOVED, UNPRICED, Change
from llmcost.check.run import CASE, Compared, Rules
from llmcost.check.sides import CaseRuns, Run
from llmcost.counts import agreeing, counted, part_of
from llmcost.render.money import dollars

# of the base's cases so many must be there, or the two are not of one suite
MATCHED_SHARE = 0.8
SAME_FACTOR_SHARE = 0.8
# a suite of which so much more fails than before is cheap for no good reason
FAILED_INCREASE = 0.05


@dataclass(frozen=True)
class Verdict:
    """`outcome` is pass, warn, fail or inconclusive; `reasons` why it fails, `notes` what to know of it."""

    outcome: str
    reasons: tuple[Reason, ...]
    notes: tuple[str, ...]

    @property
    def is_conclusive(self) -> bool:
        """Whether it is more than that nothing is known."""
        return self.outcome != INCONCLUSIVE


def judge(found: Compared, rules: Rules) -> Verdict:
    """Judge what was compared. A cap fails it whatever the statistics say."""
    reasons = (*increase(found, rules), *exploding(found, rules), *found.over)
    doubts = tuple(doubts_of(found))
    outcome = FAIL if reasons else INCONCLUSIVE if doubts else found.decision.verdict
    failures = tuple(more_failures(found))
    if outcome == PASS and (failures or any(change.is_possibly_over for change in found.changes)):
        outcome = WARN
    return Verdict(outcome, reasons, (*doubts, *failures, *notes_of(found)))


def increase(found: Compared, rules: Rules) -> Iterator[Reason]:
    """Say that all cases together cost more, where that is certain and more than may be."""
    interval, flips = found.decision.interval, found.decision.flips
    if found.decision.verdict != FAIL or interval is None:
        return
    limit = f"over the limit of +{rules.limits.max_increase:.1%}".replace(".0%", "%")
    if flips is not None and interval.ratio < 1 + rules.limits.max_increase:
        # a few large cases hide what most cases show
        yield Reason("increase", f"a case costs {percent(flips.ratio)} (geometric mean of all), {limit}")
    else:
        yield Reason("increase", f"cost per run {percent(interval.ratio)}, {limit}")


def exploding(found: Compared, rules: Rules) -> Iterator[Reason]:
    """Name each case that grew to more than a single case may."""
    for change in found.changes:
        if change.is_over:
            times = "what cost nothing" if change.ratio is None else f"{change.ratio:.1f}x"
            amounts = f"{dollars(change.base_usd or 0, PLACES)} -> {dollars(change.head_usd or 0, PLACES)}"
            cap = f"over the cap of {rules.limits.max_case_increase:g}x"
            yield Reason("case", f"{change.id} costs {times} ({amounts}), {cap}", change.id)


def doubts_of(found: Compared) -> Iterator[str]:
    """Say why there cannot be a verdict."""
    known = [change for change in found.changes if change.base]
    matched = len(found.paired)
    if matched < MATCHED_SHARE * len(known):
        yield f"only {matched:,} of {counted(len(known), found.by)} of the base can be compared, 80 % are needed"
    elif found.decision.verdict == INCONCLUSIVE:
        few = f"{counted(matched, found.by)} {agreeing(matched, 'is', 'are')} too few"
        yield f"{few} to tell a change from chance; 8 are needed"


def more_failures(found: Compared) -> Iterator[str]:
    """Say that more calls fail than before: what they would have cost is missing on one side."""
    (was_failed, was), (now_failed, now) = (
        failed([run for tried in side if tried for run in tried.runs])
        for side in ([change.base for change in found.paired], [change.head for change in found.paired])
    )
    if was and now and now_failed / now - was_failed / was >= FAILED_INCREASE:
        yield (
            f"{part_of(now_failed, now, 'call')} failed, {was_failed:,} of {was:,} in the base: "
            "what they would have cost is not in the change"
        )


def failed(runs: Sequence[Run]) -> tuple[int, int]:
    """Count the calls without an answer, and all."""
    calls = sum(run.calls for run in runs)
    return calls - sum(run.answered for run in runs), calls


def notes_of(found: Compared) -> Iterator[str]:
    """Say what is left out of the comparison, and what looks odd in it."""
    words = {
        NEW: "new (not compared)",
        REMOVED: "removed (not compared)",
        UNPRICED: "without a cost on one side (not compared)",
    }
    for state, word in words.items():
        names = [change.id for change in found.changes if change.state == state]
        if names:
            yield f"{counted(len(names), found.by)} {word}: {listed(names)}"
    if found.by == CASE and found.head.uncased:
        cost = dollars(found.head.uncased_usd, PLACES)
        uncased = found.head.uncased
        named = part_of(uncased, found.head.requests, "request")
        yield f"{named} {agreeing(uncased, 'names', 'name')} no case (not compared, {cost})"
    loud = [f"{change.id} ({change.ratio:.1f}x)" for change in found.paired if change.is_possibly_over and change.ratio]
    if loud:
        yield f"over the cap of a case, but so noisy is this comparison: {listed(loud)}; more runs would tell"
    yield from repeats(found.paired)
    if found.price_usd is None:
        yield f"prices: what the base cost on {found.base_day} is not known"


def repeats(paired: tuple[Change, ...]) -> Iterator[str]:
    """Notice where nearly all cases have so many times the requests: these look like runs without a run key."""
    factors = [each(change.head) / each(change.base) for change in paired if change.base and change.head]
    usual = median(factors) if factors else 1.0
    times = max(usual, 1 / usual)
    same = sum(abs(factor - usual) < 1e-9 for factor in factors)
    if times > 1 and abs(times - round(times)) < 1e-9 and same >= SAME_FACTOR_SHARE * len(factors):
        few, many = ("base", "traces") if usual > 1 else ("traces", "base")
        yield (
            f"a run of a case has {round(times)} times as many requests in the {many} as in the {few}; "
            "if these are repeats, name them: metadata.test_run or --run-key"
        )


def each(tried: CaseRuns) -> float:
    """Count the requests of one run."""
    return sum(run.requests for run in tried.runs) / len(tried.runs)


def listed(names: list[str], most: int = 5) -> str:
    """Name the first few."""
    return ", ".join(names[:most]) + (f" and {len(names) - most:,} more" if len(names) > most else "")


def percent(ratio: float) -> str:
    """Write a ratio as a change; where the base may have cost nothing it has no end."""
    return f"{ratio - 1:+.1%}" if isfinite(ratio) else "+∞"
