"""The chain of one request: the attempts of the same call, its trace and session, and who sent its prompt again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from llmcost.cli.show.findings import Verdict
from llmcost.counts import counted
from llmcost.render.money import exact_dollars
from llmcost.report import queries
from llmcost.store import Priced, table_of

Row = dict[str, Any]
CHAIN = (
    *("is_shown", "relation", "offset_ms", "request_id", "started_at", "duration_ms", "provider", "model"),
    *("attempt_number", "fallback_index", "status", "http_status_code", "error_type", "finish_reason"),
    *("price_status", "cost_usd", "found_by"),
)
NEAR = {"dedupe_key": "ubigint", "relation": "varchar", "of_requests": "bigint"}
# so many before it and as many after it
ATTEMPTS, AROUND = 100, 10
# the same prompt of the same key belongs to it for so long
AGAIN = timedelta(hours=1)
GAP = "  "
USUAL = ("stop", "end_turn", "tool_calls", "tool_use", "STOP", "completed")


def chain_of(priced: Priced, rows: list[Row]) -> list[Row]:
    """Find the requests near these, in the order in which they were sent."""
    near = [link for row in rows for link in priced.rows(queries()["show_near"], **links_of(row))]
    # what is an attempt of one call may be of the session of another
    found = priced.records(queries()["show_chain"], {"near": table_of(NEAR, near)})
    links = sorted(found, key=lambda link: link["relation"] == "attempt")
    nearest = {link["dedupe_key"]: link for link in links}
    chain = sorted(nearest.values(), key=lambda link: (link["started_at"], link["request_id"], link["dedupe_key"]))
    shown = {row["dedupe_key"] for row in rows}
    return [measured(link, chain[0]["started_us"], is_shown=link["dedupe_key"] in shown) for link in chain]


def links_of(row: Row) -> Row:
    """Name what a request shares with those near it, and how near they must be."""
    return {
        "dedupe_key": row["dedupe_key"],
        "logical": row["logical_request_id"],
        "trace": row["trace_id"],
        "session": row["session_id"],
        "prompt": row["prompt_hash"],
        "key": row["key"],
        "from_at": row["started_at"] - AGAIN,
        "to_at": row["started_at"] + AGAIN,
        "attempts": ATTEMPTS,
        "around": AROUND,
    }


def measured(link: Row, first_us: int, *, is_shown: bool) -> Row:
    """Put beside a request when it began after the first one, and how long it took."""
    start, end = link["started_us"], link["ended_us"]
    return link | {
        "is_shown": is_shown,
        "offset_ms": (start - first_us) / 1000,
        "duration_ms": None if end is None else (end - start) / 1000,
    }


def chain_rows(chain: list[Row], verdict: Verdict | None) -> list[tuple[Any, ...]]:
    """Write the chain as rows of CHAIN."""
    return [tuple((link | {"found_by": found_by(link, verdict)})[name] for name in CHAIN) for link in chain]


def found_by(link: Row, verdict: Verdict | None) -> str | None:
    """Name the detectors that point at a request of the chain."""
    return ", ".join(finding["detector"] for finding in verdict.findings_of(link)) or None if verdict else None


def sums_of(chain: list[Row]) -> Row:
    """Sum the attempts of the call, and all that is shown; a cost that is not known is in no sum."""
    attempts = [link for link in chain if link["relation"] == "attempt"]
    return {
        "attempts": len(attempts),
        "attempts_cost_usd": summed(attempts),
        "requests": len(chain),
        "cost_usd": summed(chain),
        "of_requests": max(link["of_requests"] for link in chain),
    }


def summed(links: list[Row]) -> Decimal | None:
    """Sum costs."""
    costs = [link["cost_usd"] for link in links if link["cost_usd"] is not None]
    return sum(costs, Decimal(0)) if costs else None


def chain_lines(chain: list[Row], verdict: Verdict | None) -> Iterator[str]:
    """Tell the chain, two lines each: what came of a request, and its id with what is to be noted."""
    sums = sums_of(chain)
    yield "Chain"
    if len(chain) == 1:
        prompt = "the same prompt not within an hour" if chain[0]["has_prompt"] else "its prompt is not known"
        yield f"  alone: no other attempt, nothing else of its trace or session, and {prompt}"
        return
    yield f"  {counted(sums['attempts'], 'attempt')} of this call: {total(chain, 'attempt')}"
    others = len(chain) - sums["attempts"]
    if others:
        yield f"  with {others:,} more of its trace, its session or its prompt, in all {total(chain)}"
    if sums["of_requests"] > len(chain):
        yield f"  the nearest of {sums['of_requests']:,} are shown"
    cells = [cells_of(link) for link in chain]
    widths = [max(len(row[at]) for row in cells) for at in range(len(cells[0]))]
    for link, row in zip(chain, cells, strict=True):
        mark = ">" if link["is_shown"] else " "
        line = f"  {mark} " + GAP.join(
            cell.rjust(width) if at < 2 else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield line.rstrip()
        yield f"      {'  '.join([link['request_id'], *notes_of(link, verdict)])}"


def cells_of(link: Row) -> list[str]:
    """Write what the first line of a request of the chain says."""
    duration = "" if link["duration_ms"] is None else elapsed(link["duration_ms"])
    status = " ".join(str(part) for part in (link["status"], link["http_status_code"]) if part)
    return [f"+{elapsed(link['offset_ms'])}", duration, status, exact_dollars(link["cost_usd"]), model_of(link)]


def notes_of(link: Row, verdict: Verdict | None) -> Iterator[str]:
    """Say how a request is related, how it ended where that is not usual, and who found it."""
    relations = {"trace": "same trace", "session": "same session", "prompt": "same prompt"}
    if link["relation"] in relations:
        yield relations[link["relation"]]
    if link["fallback_index"]:
        yield f"fallback {link['fallback_index']}"
    if link["error_type"] or link["finish_reason"] not in (None, *USUAL):
        yield link["error_type"] or link["finish_reason"]
    if detectors := found_by(link, verdict):
        yield f"found by {detectors}"


def model_of(link: Row) -> str:
    """Name a provider and its model."""
    provider, model = link["provider"], link["model"]
    is_named = provider and model and not model.startswith(f"{provider}/")
    return f"{provider}/{model}" if is_named else model or provider or "(no model)"


def total(chain: list[Row], relation: str | None = None) -> str:
    """Write a sum, and how many costs are not in it."""
    links = [link for link in chain if relation in (None, link["relation"])]
    unknown = sum(link["cost_usd"] is None for link in links)
    return exact_dollars(summed(links)) + (f", and {unknown:,} without a cost" if 0 < unknown < len(links) else "")


def elapsed(milliseconds: float) -> str:
    """Write a time that passed, to the millisecond while that says something."""
    seconds = milliseconds / 1000
    if seconds < 60:
        return f"{seconds:.3f} s"
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds} s"
