"""How much of the requests a result's costs speak of, in words, and why not of the rest."""

from __future__ import annotations

from collections.abc import Iterator

from llmcost.counts import agreeing, counted, part_of
from llmcost.render.cell import sanitize_for_terminal
from llmcost.render.money import dollars
from llmcost.report.coverage import Coverage

SHOWN_UNPRICED = 5


def coverage_lines(covered: Coverage) -> Iterator[str]:
    """Say how much of the requests the costs speak of, and why not of the rest."""
    if not covered.requests:
        yield f"nothing: {covered.nothing}" if covered.nothing else "nothing: no requests were asked for"
        return
    share = covered.priced_requests / covered.requests
    priced = part_of(covered.priced_requests, covered.requests, "request")
    yield f"coverage: {priced} {agreeing(covered.priced_requests, 'has', 'have')} a cost ({share:.1%})"
    if covered.usage_missing:
        yield f"usage missing: {covered.usage_missing:,} answered without usage; billed, but not known how much"
    for item in covered.unpriced[:SHOWN_UNPRICED]:
        name = sanitize_for_terminal("/".join(part for part in (item.provider, item.model) if part)) or "(no model)"
        yield f"unpriced: {name}: {item.reason} ({counted(item.requests, 'request')})"
    if len(covered.unpriced) > SHOWN_UNPRICED:
        yield f"unpriced: ... and {len(covered.unpriced) - SHOWN_UNPRICED} more; -f json lists all"
    if covered.assumed_requests:
        yield f"assumed: {covered.assumed_requests:,} priced at a neighbouring rate where the book names none"
    if covered.agent_requests:
        yield f"API-equivalent: {covered.agent_requests:,} of a coding agent; a subscription may cover them"
    if covered.summaries_before:
        yield f"summaries: what is before {covered.summaries_before} was pruned to sums of a day, by model and key"
    yield from file_time_lines(covered)


def file_time_lines(covered: Coverage) -> Iterator[str]:
    """Say how much has only a date, since its log has no times."""
    if not covered.file_time_requests:
        return
    counts = part_of(covered.file_time_requests, covered.requests, "request")
    own, all_of_it = covered.file_time_cost_usd, covered.cost_usd
    spent = counts if own is None or all_of_it is None else f"{dollars(own)} of {dollars(all_of_it)} ({counts})"
    yield f"time: {spent} without a time of its own, just with its file's; --where is_file_time=false leaves it out"
