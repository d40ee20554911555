"""A team's own detectors: a folder of .sql files, run without files, network or settings of the database."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb

from llmcost.counts import counted
from llmcost.detect.detector import CERTAINTIES, CONTRACT, LAST, TIER, TIERS, Detector, detectors
from llmcost.errors import ShelfError, first_line
from llmcost.shelf import read_shelf
from llmcost.store import DerivedTable, Scope, Store

STRANGERS = """
    select count(*) from found where dedupe_key is null or dedupe_key not in (select dedupe_key from scope)
"""
TWICE = "select count(*) - count(distinct dedupe_key) from found"
UNKNOWN_TIER = f"""
    select count(*) from found
    where {TIER} is null or {TIER} not in {TIERS} or ({TIER} = 'counts' and certainty <> 'possible')
"""
BROKEN = f"""
    select count(*) from found inner join scope on found.dedupe_key = scope.dedupe_key
    where
        found.certainty is null
        or found.certainty not in {CERTAINTIES}
        or not 0 <= found.saving_low_usd
        or not found.saving_low_usd <= found.saving_usd
        or not found.saving_usd <= found.saving_high_usd
        or not found.saving_high_usd <= scope.cost_usd
"""


def own_detectors(folder: Path) -> dict[str, Detector]:
    """Read a folder of detectors; they claim after the shipped ones, whatever their rank.

    Raises ShelfError for a header that does not fit, and for the name of a shipped detector.
    """
    shelf = read_shelf(folder, Detector)
    for name in shelf:
        if name in detectors():
            raise ShelfError(f"{folder / name}.sql: {name} is a detector of llmcost's own", hint="give it another name")
    found = {name: replace(detector, rank=detector.rank + LAST) for name, detector in shelf.items()}
    return dict(sorted(found.items(), key=lambda item: (item[1].rank, item[0])))


def run_own(store: Store, scope: Scope, detector: Detector, found: DerivedTable) -> None:
    """Run one detector that nobody here has reviewed, and hold it to the laws that the shipped ones are tested by.

    Raises ShelfError where its query fails or takes too long, its columns are not the contract's or its savings break
    a law.
    """
    try:
        with store.limited():
            check_laws(store, scope, detector, found)
    except duckdb.Error as error:
        raise ShelfError(f"{detector.name}.sql: {first_line(error)}") from error
    except TimeoutError:
        raise ShelfError(
            f"{detector.name}.sql: takes longer than {store.time_limit:g} s",
            hint="--timeout SECONDS gives it longer, 0 as long as it takes; --since and --where give it less to read",
        ) from None


def check_laws(store: Store, scope: Scope, detector: Detector, found: DerivedTable) -> None:
    """Run a detector's query, and look over what it gives. Raises ShelfError, duckdb.Error."""
    if store.writes(detector.query):
        raise ShelfError(f"{detector.name}.sql: it writes", hint="a detector is one query that only reads")
    tables = {"found": found}
    columns = store.columns("from found", tables)
    missing = [name for name in CONTRACT if name not in columns]
    if missing:
        raise ShelfError(
            f"{detector.name}.sql gives no {', '.join(missing)}", hint=f"it must give {', '.join(CONTRACT)}"
        )
    strangers, broken, twice = (scope.value(query, tables) for query in (STRANGERS, BROKEN, TWICE))
    if strangers:
        raise ShelfError(
            f"{detector.name}.sql gives {counted(strangers, 'row')} whose dedupe_key is not a request of the scope"
        )
    if TIER in columns and (unknown := scope.value(UNKNOWN_TIER, tables)):
        raise ShelfError(
            f"{detector.name}.sql gives {counted(unknown, 'row')} of no tier of evidence",
            hint=f"{TIER} is {', '.join(TIERS)}; with counts alone the certainty is possible",
        )
    if twice:
        raise ShelfError(f"{detector.name}.sql gives {counted(twice, 'request')} more than once")
    if broken:
        raise ShelfError(
            f"{detector.name}.sql breaks the law of savings for {counted(broken, 'request')}",
            hint="0 <= low <= saving <= high <= cost, and a certainty of proven, likely or possible",
        )
