"""Hits to claims: each dollar for the detector that comes first."""

from __future__ import annotations

from dataclasses import dataclass

from llmcost.detect.detector import CONTRACT, TIER, detectors
from llmcost.detect.query import queries
from llmcost.detect.run import Hits
from llmcost.store import DerivedTable, Engine, Inputs, Tables
from llmcost.store.quote import literal


@dataclass(frozen=True)
class Claims(Tables):
    """What each detector claims of each request that it found: the table `claims`, and those that explain it.

    In `claims` saving_* is what earlier detectors have left, standalone_* what this one would save by itself. `hits`
    has what was found, `routes` and `groups` whose requests there are, `named_requests` the requests.
    """

    hits: Hits
    made: Inputs

    @property
    def engine(self) -> Engine:
        """The store that the requests are in."""
        return self.hits.engine

    @property
    def tables(self) -> Inputs:
        """The claims, what explains them, and what detectors read."""
        return {**self.hits.tables, **self.made}

    def own_hits(self, name: str) -> DerivedTable:
        """Give what one detector found, with its own columns, and the group of each."""
        place = list(self.hits.by_detector).index(name)
        read = {"own": self.hits.by_detector[name], "claims": self.made["claims"], "groups": self.made["groups"]}
        return DerivedTable(
            "select own.*, claims.group_no, groups.key, groups.model from own "
            f"inner join claims on own.dedupe_key = claims.dedupe_key and claims.place = {place} "
            "inner join groups on claims.group_no = groups.group_no",
            read,
            is_materialized=False,
        )


def claim(hits: Hits) -> Claims:
    """Let each dollar be claimed once."""
    scope, shelf = hits.scope, queries()
    named = {"named_requests": scope.derive_view(shelf["named_requests"])}
    made = {**named, "hits": all_hits(hits), "routes": scope.derive(shelf["routes"], named)}
    made["claims"] = scope.derive(shelf["claims"], made)
    made["groups"] = scope.derive_view(shelf["groups"], made)
    return Claims(hits, made)


def all_hits(hits: Hits) -> DerivedTable:
    """Put the hits of all detectors below each other; `place` is the order in which they claim."""
    found = {f"hits_{place}": table for place, table in enumerate(hits.by_detector.values())}
    parts = [
        f"select {place} as place, {literal(name)} as detector, {str(name in hits.asked).lower()} as is_asked, "
        f"{', '.join(CONTRACT)}, {tier_of(hits, name)} from hits_{place}"
        for place, name in enumerate(hits.by_detector)
    ]
    query = " union all ".join([queries()["no_hits"].query, *parts])
    return DerivedTable(query, found, is_materialized=False)


def tier_of(hits: Hits, name: str) -> str:
    """Write which column says what a finding rests on; a team's own detector may not know."""
    is_known = name in detectors() or TIER in hits.engine.columns("from found", {"found": hits.by_detector[name]})
    return TIER if is_known else f"cast(null as varchar) as {TIER}"
