"""What holds for every detector of the shelf, on logs that hypothesis invents and on the invented month."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmcost.demo import write_month
from llmcost.detect import Claims, claim, detect, detectors, findings
from llmcost.detect.detector import CERTAINTIES, CONTRACT, TIERS
from llmcost.detect.savings import COLUMNS as SAVINGS
from llmcost.detect.savings import savings
from llmcost.ingest import ingest
from llmcost.pricing import Book
from llmcost.store import Store
from tests.oracles.invented import MIXED_BOOK, MIXED_SETTINGS, Bench, Record, together, traffic
from tests.shelves import shipped

SCALE = Decimal("0.01")
Law = Callable[[Claims], None]
EXAMPLES = 8
QUIET = [HealthCheck.too_slow]
LOGS = st.lists(traffic(), min_size=5, max_size=20).map(together)


def a_saving_is_in_its_range_and_no_more_than_the_cost(claims: Claims) -> None:
    broken = claims.rows("""
        select detector, request_id, saving_low_usd, saving_usd, saving_high_usd, cost_usd
        from hits inner join scope using (dedupe_key)
        where not coalesce(
            case
                when saving_usd is null
                then coalesce(saving_low_usd, saving_high_usd, cost_usd) is null
                else 0 <= saving_low_usd and saving_low_usd <= saving_usd
                    and saving_usd <= saving_high_usd and saving_high_usd <= cost_usd
            end,
            false
        )
    """)
    assert [] == broken


def a_request_is_found_once_and_is_one_that_was_asked_for(claims: Claims) -> None:
    assert [] == claims.rows("select detector, dedupe_key from hits group by all having count(*) > 1")
    assert [] == claims.rows("select detector from hits anti join scope using (dedupe_key)")


def a_hit_says_what_why_and_how_certain(claims: Claims) -> None:
    said = claims.rows("select distinct detector, certainty, evidence_tier, finding <> '' and evidence <> '' from hits")
    assert {(*names, True) for *names, _ in said} == set(said)
    assert set(CERTAINTIES) >= {certainty for _, certainty, *_ in said}
    assert set(TIERS) >= {tier for _, _, tier, _ in said}


def what_rests_on_counts_is_possible_and_not_sure(claims: Claims) -> None:
    by_counts = claims.rows("select certainty, saving_low_usd from hits where evidence_tier = 'counts'")
    assert {("possible", 0)} >= {(certainty, low or 0) for certainty, low in by_counts}


def a_detector_rests_on_what_its_header_says(claims: Claims) -> None:
    said = claims.rows("select distinct detector, evidence_tier from hits")
    assert [] == [(name, tier) for name, tier in said if tier not in claims.hits.detectors[name].tiers]
    for table in claims.hits.by_detector.values():
        assert set(CONTRACT) <= set(claims.engine.columns("from found", {"found": table}))


def a_dollar_is_claimed_once(claims: Claims) -> None:
    assert claims.value("select coalesce(sum(saving_usd), 0) from claims") <= savings(claims).totals["spend_usd"]
    claimed = claims.rows("""
        select dedupe_key, sum(claims.saving_usd), max(standalone_usd)
        from claims inner join scope using (dedupe_key)
        group by dedupe_key
        having sum(claims.saving_usd) is distinct from max(standalone_usd) or max(standalone_usd) > max(cost_usd)
    """)
    assert [] == claimed
    assert claims.value("select count(*) from hits") == claims.value("select count(*) from claims")


def what_is_shown_adds_up(claims: Claims) -> None:
    found, saved = findings(claims), savings(claims)
    shown = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    total = sum((row["saving_usd"] or 0 for row in shown), Decimal(0))
    lines = [row[SAVINGS.index("saving_usd")] or 0 for row in saved.rows[1:-1]]
    assert (total, total, total) == (found.totals["saving_usd"], sum(lines, Decimal(0)), saved.totals["saving_usd"])
    assert 0 <= saved.totals["saving_low_usd"] <= total <= saved.totals["saving_high_usd"]
    assert 0 <= saved.totals["remaining_usd"] == saved.totals["spend_usd"] - total
    assert total == sum((row["saving_usd"] or 0 for row in saved.by_certainty.values()), Decimal(0))


LAWS: list[Law] = [
    a_saving_is_in_its_range_and_no_more_than_the_cost,
    a_request_is_found_once_and_is_one_that_was_asked_for,
    a_hit_says_what_why_and_how_certain,
    what_rests_on_counts_is_possible_and_not_sure,
    a_detector_rests_on_what_its_header_says,
    a_dollar_is_claimed_once,
    what_is_shown_adds_up,
]


def found_by_all(store: Store, book: Book, params: dict[str, dict[str, Any]] | None = None) -> Claims:
    return claim(detect(store, book, detectors(), detectors(), settings=params))


def rows_of(claims: Claims) -> dict[str, list[tuple[Any, ...]]]:
    query = "from found order by dedupe_key"
    return {name: claims.engine.run(query, {"found": table}).rows for name, table in claims.hits.by_detector.items()}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with Store() as store:
        yield Bench(store, tmp_path_factory.mktemp("laws"))


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("month")
    write_month(folder, SCALE)
    return folder


@pytest.fixture(scope="module")
def month_store(month: Path, book: Book) -> Iterator[tuple[Store, Claims]]:
    with Store() as store:
        ingest(store, [str(month)])
        yield store, found_by_all(store, book)


def a_finding_has_one_number_whoever_asks(store: Store, book: Book, params: dict[str, dict[str, Any]]) -> None:
    numbers = "detector, dedupe_key, claims.saving_usd, claims.saving_low_usd, claims.saving_high_usd, standalone_usd"
    query = f"select {numbers} from claims join hits using (place, dedupe_key) order by all"
    of_all = found_by_all(store, book, params).rows(query)
    for name in detectors():
        claims = claim(detect(store, book, detectors(), [name], settings=params))
        assert [row for row in of_all if row[0] == name] == claims.rows(query)
        found = findings(claims)
        shown = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
        for column in ("saving_usd", "saving_low_usd", "saving_high_usd", "standalone_usd"):
            assert sum((row[column] or 0 for row in shown), Decimal(0)) == (found.totals[column] or 0)


def test_laws_hold_on_invented_logs_and_every_detector_finds_something(bench: Bench) -> None:
    fired: Counter[str] = Counter()

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=QUIET)
    @given(records=LOGS)
    def hold(records: list[Record]) -> None:
        bench.fill(records)
        claims = found_by_all(bench.store, bench.book(MIXED_BOOK), MIXED_SETTINGS)
        for law in LAWS:
            law(claims)
        fired.update({name for (name,) in claims.rows("select distinct detector from hits where saving_usd > 0")})
        # each detector alone takes many times as long as all at once
        if not sum(fired.values()) % 3:
            a_finding_has_one_number_whoever_asks(bench.store, bench.book(MIXED_BOOK), MIXED_SETTINGS)

    hold()

    assert shipped("detector", detectors()) <= set(fired)


@settings(max_examples=EXAMPLES // 2, deadline=None, suppress_health_check=QUIET)
@given(records=LOGS, chance=st.randoms(use_true_random=False))
def test_the_order_of_lines_and_threads_change_nothing(
    bench: Bench, records: list[Record], chance: random.Random
) -> None:
    # two of one id, attempt and time are one request, and which of them was last is the order
    records = [{**record, "request_id": record["case_id"]} for record in records]
    book, found = bench.book(MIXED_BOOK), []
    for threads, keeps_order in ((1, "true"), (4, "true"), (4, "false")):
        bench.store.execute(f"set threads = {threads}; set preserve_insertion_order = {keeps_order}")
        bench.fill(records)
        found.append(rows_of(found_by_all(bench.store, book, MIXED_SETTINGS)))
        chance.shuffle(records)

    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_laws_hold_in_the_month(month_store: tuple[Store, Claims], law: Law) -> None:
    _, claims = month_store

    assert 0 < claims.value("select count(*) from hits where saving_usd > 0")
    law(claims)


def test_the_order_of_lines_and_threads_change_nothing_in_the_month(
    month: Path, month_store: tuple[Store, Claims], book: Book, tmp_path: Path
) -> None:
    lines = [line for log in sorted(month.iterdir()) for line in log.read_text(encoding="utf-8").splitlines()]
    random.Random(1).shuffle(lines)
    log = tmp_path / "month.jsonl"
    log.write_text("\n".join(lines), encoding="utf-8")
    store, claims = month_store
    expected = rows_of(claims)
    with Store() as other:
        # the key of content is a store's own
        other.execute("delete from hashing")
        other.execute(
            "insert into hashing values ($1, hash('llmcost-probe'))", store.rows("select content_key from hashing")[0]
        )
        other.execute("set threads = 1; set preserve_insertion_order = false")
        ingest(other, [str(log)])

        assert expected == rows_of(found_by_all(other, book))
