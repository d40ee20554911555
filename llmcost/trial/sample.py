"""Draw requests to replay on another model: by lot within each answer, so that rare answers are among them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from importlib import resources
from math import sqrt
from typing import Any

from llmcost.pricing import Book
from llmcost.pricing.nearest import check_model
from llmcost.shelf import Query, read_entry
from llmcost.store import DerivedTable, Engine, Filters, Input, Inputs, Priced, table_of
from llmcost.store.detection_rules import detection_rules, priced_as, resolved_names
from llmcost.trial.strata import FLOOR, Strata, quotas, stratify

COLUMNS = ("request_id", "key", "model", "candidate_model", "stratum", "stratum_requests", "weight", "started_at")
REST = "rest"  # the answers that are too many for strata of their own
WEIGHT_UNIT = Decimal("0.000001")
LOT_DIGITS, ANY_LOT = 16, "g"  # hexadecimal; above all of them
QUERY = resources.files("llmcost.trial") / "sample.sql"
QUOTAS = {"stratum": "bigint", "requests": "bigint", "quota": "bigint", "lots_below": "varchar"}
DRAWN = """
    select
        sampled.request_id, sampled.key, sampled.model, candidates.book_model, sampled.stratum, sampled.requests,
        sampled.started_at, sampled.cost_usd, candidates.cost_usd
    from sampled
    left join requests_priced_as('candidate_names') as candidates on sampled.dedupe_key = candidates.dedupe_key
    order by sampled.stratum, sampled.lot, sampled.request_id
"""


@dataclass(frozen=True)
class Sample:
    """Requests drawn, as `rows` of COLUMNS, and what they and their replay cost.

    `candidate_usd` is of `candidate_requests` of them, those that have a candidate with a price. `bound_share`: with
    not one disagreement, at most this share of all requests would disagree (95 %, as 3/n is for requests alike).
    """

    rows: list[tuple[Any, ...]]
    strata: Strata
    cost_usd: Decimal
    candidate_usd: Decimal
    candidate_requests: int
    bound_share: float


def draw(
    engine: Engine,
    book: Book,
    *,
    size: int,
    seed: int = 7,
    candidate: str | None = None,
    filters: Filters | None = None,
) -> Sample:
    """Price the store with `book` and draw `size` of the requests of `filters`: the same for the same seed.

    Their candidate is the model `candidate`, or else what the book names as smaller. Raises UsageError where there is
    not one request whose replay could be compared.
    """
    if candidate is not None:
        check_model(book, candidate, "--as")
    priced, candidates = name_candidates(engine.price(book), candidate)
    strata, tables = stratify(priced.scope(filters), seed, size)
    sampled = draw_lots(engine, strata, tables, seed, size)
    return sample_of(priced.rows(DRAWN, {"sampled": sampled, "candidate_names": candidates}), strata, candidate)


def draw_lots(engine: Engine, strata: Strata, tables: Inputs, seed: int, size: int) -> DerivedTable:
    """Give the requests that are drawn."""
    query = read_entry(QUERY, Query)
    values: dict[str, Any] = {
        "seed": str(seed),
        "is_by_system_prompt": strata.is_by_system_prompt,
        "rest": len(strata.sizes),
    }
    # where answers are pooled the other draws are for the pool
    floor = FLOOR if strata.named == strata.answers else 1
    shares = list(enumerate(zip(strata.sizes, quotas(strata.sizes, size, floor), strict=True), start=1))
    for is_near in (True, False):
        lots = [(at, n, q, lots_below(n, q) if is_near else ANY_LOT) for at, (n, q) in shares]
        sampled = DerivedTable(query, {**tables, "quotas": table_of(QUOTAS, lots)}, values)
        # near ones are too few only where many requests share a request_id
        ((count,),) = engine.run("select count(*) from sampled", {"sampled": sampled}).rows
        if count == sum(quota for _, (_, quota) in shares):
            break
    return sampled


def lots_below(requests: int, quota: int) -> str:
    """Give a lot that more than `quota` of so many draw less than, but for once in 10^10; lots spread evenly."""
    share = (quota + 8 * sqrt(quota) + 16) / requests
    return ANY_LOT if share >= 1 else f"{int(share * 16**LOT_DIGITS):0{LOT_DIGITS}x}"


def name_candidates(priced: Priced, model: str | None) -> tuple[Priced, Input]:
    """Resolve the names in the store to what is to be tried in their place, and see to the prices of that."""
    if model is None:
        rules = detection_rules(priced)
        return rules.priced, rules.made["smaller_names"]
    names = resolved_names(priced)
    return priced_as(priced, names, {(found.provider or "", found.model or ""): model for _, _, found in names})


def sample_of(drawn: list[tuple[Any, ...]], strata: Strata, candidate: str | None) -> Sample:
    """Weigh what was drawn: each request stands for an equal part of its stratum."""
    counts = Counter(stratum for *_, stratum, _, _, _, _ in drawn)
    rows, costs = [], []
    for request_id, key, model, other, stratum, requests, started_at, cost, other_cost in drawn:
        label = str(stratum) if stratum <= strata.named else REST
        weight = (Decimal(requests) / counts[stratum]).quantize(WEIGHT_UNIT)
        rows.append((request_id, key, model, candidate or other, label, requests, weight, started_at))
        costs.append((cost, other_cost))
    known = [other for _, other in costs if other is not None]
    open_weights = [n / counts[at] for at, n in enumerate(strata.sizes, start=1) if counts[at] < n]
    bound = min(3 * max(open_weights, default=0) / sum(strata.sizes), 1)
    return Sample(rows, strata, sum(c for c, _ in costs), sum(known), len(known), bound)
