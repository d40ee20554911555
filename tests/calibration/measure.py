"""Run all detectors over invented lines, and lay what they say beside what is true."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import msgspec

from llmcost.demo.plan import Call
from llmcost.detect import claim, detect, detectors
from llmcost.detect.detector import TIERS
from llmcost.ingest import ingest
from llmcost.pricing import Book
from llmcost.store import Store
from tests.calibration.lines import TEXTS

NOTHING = Decimal(0)
# what rounding takes
DUST = Decimal("0.000001")
# of a finding: detector, key, tier
Name = tuple[str, str, str]
HITS = """
    select place, scope.key, request_id, certainty, evidence_tier,
        standalone_low_usd, standalone_usd, standalone_high_usd, cost_usd
    from claims inner join scope using (dedupe_key)
"""


class Hit(NamedTuple):
    """What a detector says of a request by itself, whatever others have claimed."""

    detector: str
    key: str
    request_id: str
    certainty: str
    tier: str
    low_usd: Decimal
    usd: Decimal
    high_usd: Decimal
    cost_usd: Decimal


@dataclass
class Finding:
    """What a detector says of a key by one kind of evidence, and what is true of it."""

    detector: str
    key: str
    tier: str
    requests: int = 0
    low_usd: Decimal = NOTHING
    usd: Decimal = NOTHING
    high_usd: Decimal = NOTHING
    truth_usd: Decimal = NOTHING

    @property
    def holds(self) -> bool:
        """Tell whether the range holds the truth."""
        return self.low_usd - DUST <= self.truth_usd <= self.high_usd + DUST


@dataclass(frozen=True)
class Heard:
    """What the detectors say of a log: each hit, and what each key spends."""

    hits: list[Hit]
    spend_usd: dict[str, Decimal]


def heard(book: Book, records: Iterable[dict[str, object]]) -> Heard:
    """Read lines into a store, and run all detectors."""
    with TemporaryDirectory() as folder, Store() as store:
        log = Path(folder) / "log.jsonl"
        log.write_bytes(b"".join(msgspec.json.encode(record) + b"\n" for record in records))
        ingest(store, [str(log)])
        claims = claim(detect(store, book, detectors(), detectors()))
        names = list(claims.hits.by_detector)
        hits = [Hit(names[place], *row) for place, *row in claims.rows(HITS)]
        spend: dict[str, Decimal] = dict(claims.rows("select key, sum(cost_usd) from scope group by key"))
    return Heard(hits, spend)


def beside_the_truth(said: Heard, calls: Iterable[Call]) -> list[Finding]:
    """Group hits by detector, key and tier, with the truth of each.

    What was planted and not found counts against the least sure finding of its detector and key. Where there is none,
    it is a finding of no tier: nothing was said of it. So is a line with text in a log of which others have none.
    """
    found: dict[Name, Finding] = {}
    for hit in said.hits:
        name = (hit.detector, hit.key, hit.tier)
        finding = found.setdefault(name, Finding(*name))
        finding.requests += 1
        finding.low_usd += hit.low_usd or 0
        finding.usd += hit.usd or 0
        finding.high_usd += hit.high_usd or 0
    tiers = {(hit.detector, hit.request_id): hit.tier for hit in said.hits}
    calls = list(calls)
    is_partly = any(has_text(call) for call in calls) and not all(has_text(call) for call in calls)
    sure = sorted(found, key=lambda name: TIERS.index(name[2]))
    least = {(detector, key): tier for detector, key, tier in sure if not is_partly or tier != "text"}
    for call in calls:
        if call.detector:
            who = (call.detector, str(call.record["api_key_alias"]))
            silent = "" if is_partly and has_text(call) else least.get(who, "")
            name = (*who, tiers.get((call.detector, str(call.record["request_id"])), silent))
            found.setdefault(name, Finding(*name)).truth_usd += call.saving
    return list(found.values())


def by_key(findings: Iterable[Finding]) -> list[Finding]:
    """Add the tiers of a detector and key up: what a log says of which some lines have texts. Silence stays apart."""
    sums: dict[tuple[str, str, bool], Finding] = {}
    for finding in sorted(findings, key=lambda one: (*TIERS, "").index(one.tier)):
        who = (finding.detector, finding.key)
        total = sums.setdefault((*who, bool(finding.tier)), Finding(*who, ""))
        total.tier = " + ".join(filter(None, (total.tier, finding.tier)))
        for name in ("requests", "low_usd", "usd", "high_usd", "truth_usd"):
            setattr(total, name, getattr(total, name) + getattr(finding, name))
    return list(sums.values())


def has_text(call: Call) -> bool:
    """Tell whether a line has hashes of texts."""
    return any(name in call.record for name in TEXTS)


def flagged_usd(said: Heard) -> dict[str, Decimal]:
    """Add up by key what the requests cost that any detector points at."""
    cost = {(hit.key, hit.request_id): hit.cost_usd for hit in said.hits}
    flagged: dict[str, Decimal] = defaultdict(Decimal)
    for (key, _), usd in cost.items():
        flagged[key] += usd
    return flagged
