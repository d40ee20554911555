"""What detectors found in all, in words, and which of them could not run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from llmcost.counts import agreeing, counted
from llmcost.detect import Hits
from llmcost.render.money import dollars


def found_lines(hits: Hits, totals: Mapping[str, Any]) -> Iterator[str]:
    """Say what was found in all, and which detectors could not run."""
    if not totals["requests"]:
        yield "found: nothing"
    elif totals["saving_usd"] is None:
        them = agreeing(totals["requests"], "it", "they")
        found = counted(totals["requests"], "request")
        yield f"found: {found}; what {them} would save is not known, none has a price"
    else:
        yield f"found: {counted(totals['requests'], 'request')}, {apart(totals)}"
        if totals["unknown_requests"]:
            unknown = totals["unknown_requests"]
            yield f"not known: what {unknown:,} of them would save; {agreeing(unknown, 'it has', 'they have')} no price"
    if totals["saving_usd"] is not None and totals.get("standalone_usd", totals["saving_usd"]) != totals["saving_usd"]:
        shown = dollars(totals["standalone_usd"])
        yield f"by itself: {shown} would be saved; what detectors that come before it claim is counted there"
    if totals.get("unbilled_status_usd"):
        shown = dollars(totals["unbilled_status_usd"])
        yield f"unbilled: {shown} of it has a status that the provider does not bill, says the price book"
    if totals.get("unobserved_usd"):
        shown = dollars(totals["unobserved_usd"])
        yield f"unobserved: up to {shown} more may be billed for attempts without usage; it is in no total"
    for name, reason in hits.cannot_run.items():
        yield f"{name}: {reason}"


def apart(totals: Mapping[str, Any]) -> str:
    """Write savings by certainty, the surest first: what is proven is said even where it is nothing."""
    proven = dollars(totals["proven_usd"])
    most = dollars(totals["saving_high_usd"])
    return f"{proven} proven" + ("" if most == proven else f", up to {most}")
