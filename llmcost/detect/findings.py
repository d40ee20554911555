"""Hits to findings: what a person can act on, largest saving first, each dollar in one finding only."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from llmcost.detect.detector import CONTRACT
from llmcost.detect.run import Hits
from llmcost.detect.savings import saved_totals
from llmcost.errors import UsageError
from llmcost.render.money import dollars
from llmcost.shelf import read_shelf
from llmcost.store import Store
from llmcost.store.quote import literal

QUERIES = resources.files("llmcost.detect") / "queries"
WHO = ("key", "model", "route")
MONEY = (
    *("requests", "of_requests", "spend_usd", "saving_usd", "saving_low_usd", "saving_high_usd", "standalone_usd"),
    "certainty",
)
WORDS = ("evidence", "examples", "fix")
Row = dict[str, Any]


@dataclass(frozen=True)
class Summary:
    """One file of the shelf summaries: columns of a detector's own, by group and certainty, from its `own_hits`.

    `params` names parameters of the detector, and is given what it ran with.
    """

    name: str
    query: str
    title: str
    answers: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Findings:
    """One row per detector, key, model, route and certainty; `totals` count a request and its dollars once.

    `own` names the columns that only this detector has, the most telling first.
    """

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    totals: Row
    own: tuple[str, ...] = ()


@cache
def summaries() -> dict[str, Summary]:
    """Read the shelf of summaries by the name of their detector."""
    return read_shelf(resources.files("llmcost.detect") / "summaries", Summary)


@cache
def shelf_of_causes() -> dict[str, Summary]:
    """Read the shelf of causes by the name of their detector."""
    return read_shelf(resources.files("llmcost.detect") / "causes", Summary)


def causes(store: Store, hits: Hits, name: str) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Say why what a detector is about happens, over all requests of the scope; after `claim`.

    Raises UsageError for a detector that has no such query.
    """
    if name not in shelf_of_causes():
        raise UsageError(f"--causes: not for {name}", hint=f"for {', '.join(shelf_of_causes())}")
    cause = shelf_of_causes()[name]
    values = {param: hits.values[name][param] for param in cause.params}
    result = store.execute(cause.query, values or None)
    return tuple(column[0] for column in result.description), result.fetchall()


def claim(store: Store, hits: Hits) -> None:
    """Make `claims` and what stands on it: each dollar for the detector that comes first.

    In `claims` saving_* is what earlier detectors have left, standalone_* what this one would save by itself.
    """
    contract = ", ".join(CONTRACT)
    parts = [
        f"select {place} as place, {literal(name)} as detector, {str(name in hits.asked).lower()} as is_asked, "
        f"{contract} from {table}"
        for place, (name, table) in enumerate(hits.tables.items())
    ]
    store.execute(f"create or replace temp view hits as {' union all '.join(['from no_hits', *parts])}")
    for script in sorted(QUERIES.iterdir(), key=lambda file: file.name):
        store.execute(script.read_text(encoding="utf-8"))


def findings(store: Store, hits: Hits) -> Findings:
    """Group the claims of `hits`; with one detector alone its summary's columns stand beside."""
    found = store.records("select * from findings")
    is_alone = len(hits.asked) == 1
    summed = {name: summary_columns(store, hits, name) for name in hits.found if name in summaries()}
    rows: list[Row] = []
    more: tuple[str, ...] = ()
    for row in found:
        own = summed.get(row["detector"], {}).get((row["group_no"], row["certainty"]), {})
        if is_alone:
            more = tuple(name for name in own if name not in WORDS)
        fix = own.get("fix", hits.detectors[row["detector"]].advice) + effect_of(row)
        rows.append({**row, **own, "fix": fix})
    columns = (*(() if is_alone else ("detector",)), *WHO, *MONEY, *more, *WORDS)
    totals = saved_totals(store)
    summed_up = (*more, "standalone_usd") if is_alone else ()
    totals |= {name: sum(row[name] or 0 for row in rows) for name in summed_up if name.endswith("_usd")}
    return Findings(columns, [tuple(row.get(name) for name in columns) for row in rows], totals, more)


def effect_of(row: Row) -> str:
    """Say what a fix is expected to bring."""
    if not row["saving_usd"] or row["spend_usd"] is None:
        return ""
    return f" About {dollars(row['saving_usd'])} of {dollars(row['spend_usd'])} would not be spent."


def summary_columns(store: Store, hits: Hits, name: str) -> dict[tuple[int, str], Row]:
    """Run the summary of a detector: its columns by group and certainty."""
    place = list(hits.tables).index(name)
    store.execute(
        "create or replace temp view own_hits as "
        f"select own.*, claims.group_no, groups.key, groups.model from {hits.tables[name]} as own "
        f"inner join claims on own.dedupe_key = claims.dedupe_key and claims.place = {place} "
        "inner join groups on claims.group_no = groups.group_no"
    )
    rows = store.records(summaries()[name].query)
    return {(row.pop("group_no"), row.pop("certainty")): row for row in rows}


def found_requests(store: Store, hits: Hits) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Give every request that was found: the columns of the contract, who sent it, and the detector's own."""
    result = store.execute("select * from found_requests")
    return tuple(column[0] for column in result.description), result.fetchall()
