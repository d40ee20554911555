"""Hits to findings: what a person can act on, largest saving first, each dollar in one finding only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from llmcost.detect.claims import Claims
from llmcost.detect.detector import STEPS, TIER
from llmcost.detect.query import queries
from llmcost.detect.savings import saved_totals
from llmcost.errors import UsageError
from llmcost.render.money import dollars
from llmcost.shelf import Query, shipped_shelf
from llmcost.store import Result, Row

WHO = ("key", "model", "route")
MONEY = (
    *("requests", "of_requests", "spend_usd", "saving_usd", "saving_low_usd", "saving_high_usd", "standalone_usd"),
    "certainty",
    TIER,
)
WORDS = ("evidence", "examples", "fix")


@dataclass(frozen=True)
class Findings:
    """One row per detector, key, model, route, certainty and tier; `totals` count a request and its dollars once.

    `own` names the columns that only this detector has, the most telling first.
    """

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    totals: Row
    own: tuple[str, ...] = ()


@cache
def summaries() -> dict[str, Query]:
    """Read the shelf of summaries by the name of their detector: columns of its own, by group, certainty and tier."""
    return shipped_shelf(resources.files("llmcost.detect") / "summaries", Query)


@cache
def shelf_of_causes() -> dict[str, Query]:
    """Read the shelf of causes by the name of their detector; `params` are some of the detector's."""
    return shipped_shelf(resources.files("llmcost.detect") / "causes", Query, STEPS)


def causes(claims: Claims, name: str) -> Result:
    """Say why what a detector is about happens, over all requests of the scope.

    Raises UsageError for a detector that has no such query.
    """
    if name not in shelf_of_causes():
        raise UsageError(f"--causes: not for {name}", hint=f"for {', '.join(shelf_of_causes())}")
    cause = shelf_of_causes()[name]
    return claims.result(cause, **{param: claims.hits.values[name][param] for param in cause.params})


def findings(claims: Claims) -> Findings:
    """Group claims; with one detector alone its summary's columns stand beside."""
    hits, found = claims.hits, claims.records(queries()["findings"])
    is_alone = len(hits.asked) == 1
    summed = {name: summary_columns(claims, name) for name in hits.found if name in summaries()}
    rows: list[Row] = []
    more: tuple[str, ...] = ()
    for row in found:
        own = summed.get(row["detector"], {}).get((row["group_no"], row["certainty"], row[TIER]), {})
        if is_alone:
            more = tuple(name for name in own if name not in WORDS)
        fix = (own.get("fix") or hits.detectors[row["detector"]].advice) + effect_of(row)
        rows.append({**row, **own, "fix": fix})
    columns = (*(() if is_alone else ("detector",)), *WHO, *MONEY, *more, *WORDS)
    totals = saved_totals(claims)
    summed_up = (*more, "standalone_usd") if is_alone else ()
    totals |= {name: sum(row[name] or 0 for row in rows) for name in summed_up if name.endswith("_usd")}
    return Findings(columns, [tuple(row.get(name) for name in columns) for row in rows], totals, more)


def effect_of(row: Row) -> str:
    """Say what a fix is expected to bring."""
    if not row["saving_usd"] or row["spend_usd"] is None:
        return ""
    return f" About {dollars(row['saving_usd'])} of {dollars(row['spend_usd'])} would not be spent."


def summary_columns(claims: Claims, name: str) -> dict[tuple[int, str, str], Row]:
    """Run the summary of a detector: its columns by group, certainty and tier of evidence."""
    rows = claims.records(summaries()[name], {"own_hits": claims.own_hits(name)})
    return {(row.pop("group_no"), row.pop("certainty"), row.pop(TIER)): row for row in rows}


def found_requests(claims: Claims) -> Result:
    """Give every request that was found: the columns of the contract, who sent it, and the detector's own."""
    return claims.result(queries()["found_requests"])
