"""All that is known of a request: its facts and its cost, its chain, its findings, its record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from llmcost.cli.reading import Reading
from llmcost.cli.show.chain import chain_of
from llmcost.cli.show.findings import Verdict, judge
from llmcost.cli.show.source import Source, source_of
from llmcost.errors import UsageError
from llmcost.report import queries
from llmcost.report.explain import explained, wanted
from llmcost.store import DerivedTable, Priced, Store

Row = dict[str, Any]
HINT = "a request's or a response's id, as the log has it"
LAST_CHARACTER = "\U0010ffff"


@dataclass(frozen=True)
class Found:
    """The requests of an id, several where attempts share it; `costs` with their charges and `sources` by dedupe_key.

    Without a `verdict` no detector was asked.
    """

    rows: list[Row]
    costs: dict[int, tuple[Row, list[Row]]]
    chain: list[Row]
    sources: dict[int, Source]
    verdict: Verdict | None


def find(store: Store, reading: Reading, text: str, *, detects: bool) -> Found:
    """Look up a request. Raises UsageError like `matching`."""
    priced = store.price(reading.book)
    requests, rows = matching(priced, text)
    chain = chain_of(priced, rows)
    return Found(
        rows,
        {cost["dedupe_key"]: (cost, charges) for cost, charges in explained(priced, requests)},
        chain,
        {row["dedupe_key"]: source_of(store, row) for row in rows},
        judge(store, reading.filters, reading.book, rows, chain) if detects else None,
    )


def matching(priced: Priced, text: str) -> tuple[DerivedTable, list[Row]]:
    """Find the requests of an id, or of the only id that begins with a text: their keys as a table, and their facts.

    Raises UsageError where there is none, or more than one that begins so.
    """
    begin = text.strip()
    if not begin:
        raise UsageError("an empty id", hint=HINT)
    requests = wanted(priced, begin)
    if found := priced.records(queries()["show_requests"], {"wanted": requests}):
        return requests, found
    begun = priced.records(queries()["show_begun"], first=begin, last=begin + LAST_CHARACTER)
    if len(begun) > 1:
        names = ", ".join(row["id"] for row in begun[:3])
        raise UsageError(f"{begin}: several requests have an id that begins so", hint=f"for example {names}")
    if not begun:
        names = ", ".join(row["id"] for row in priced.records(queries()["show_alike"], request=begin))
        raise UsageError(f"{begin}: no such request", hint=f"alike are {names}" if names else HINT)
    requests = wanted(priced, begun[0]["request_id"])
    return requests, priced.records(queries()["show_requests"], {"wanted": requests})
