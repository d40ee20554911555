"""The same call once: which of its records stays."""

from __future__ import annotations

from importlib import resources

import duckdb

from llmcost.counts import agreeing, counted
from llmcost.errors import InputError
from llmcost.store import Store

DEDUPLICATE = resources.files("llmcost.ingest") / "deduplicate.sql"
POLICIES = ("last", "first", "error")


def deduplicate(store: Store, mark: int, policy: str) -> None:
    """Keep one record of each attempt that is in the store more than once; rows after `mark` are new.

    `last` keeps the most complete record, of equally complete ones the last; `first` the one that was there; `error`
    raises InputError. What a run printed in sum gives way to its calls in a session, whichever was there.
    """
    repeated, resolve, prints, keeps, both, kept, forget = duckdb.extract_statements(
        DEDUPLICATE.read_text(encoding="utf-8")
    )
    store.execute(repeated.query, {"mark": mark})
    if policy == "error":
        found = store.rows(
            "select count(*), min(request_id) from requests where dedupe_key in (select dedupe_key from repeated)"
        )[0]
        if found[0]:
            raise InputError(
                f"{counted(found[0], 'record')} {agreeing(found[0], 'is of a call that is', 'are of calls that are')} "
                f"logged more than once, for example {found[1]}",
                hint="nothing of this batch was stored; --on-duplicate last keeps the most complete record",
            )
    store.execute(resolve.query, {"is_first": policy == "first", "mark": mark})
    store.execute(prints.query)
    store.execute(keeps.query)
    if store.value(both.query):
        store.execute(kept.query, {"mark": mark})
        store.execute(forget.query)
