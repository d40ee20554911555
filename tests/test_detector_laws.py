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
from llmcost.detect import detect, detectors
from llmcost.detect.detector import CERTAINTIES, CONTRACT
from llmcost.detect.findings import claim, findings
from llmcost.detect.run import Hits
from llmcost.detect.savings import COLUMNS as SAVINGS
from llmcost.detect.savings import savings
from llmcost.ingest import ingest
from llmcost.pricing import Book
from llmcost.store import Store
from tests.oracles.invented import MIXED_BOOK, MIXED_SETTINGS, Bench, Record, together, traffic
from tests.shelves import shipped

SCALE = Decimal("0.01")
Law = Callable[[Store, Hits], None]
EXAMPLES = 8
QUIET = [HealthCheck.too_slow]
LOGS = st.lists(traffic(), min_size=5, max_size=20).map(together)


def a_saving_is_in_its_range_and_no_more_than_the_cost(store: Store, hits: Hits) -> None:
    broken = store.rows("""
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


def a_request_is_found_once_and_is_one_that_was_asked_for(store: Store, hits: Hits) -> None:
    assert [] == store.rows("select detector, dedupe_key from hits group by all having count(*) > 1")
    assert [] == store.rows("select detector from hits anti join scope using (dedupe_key)")


def a_hit_says_what_why_and_how_certain(store: Store, hits: Hits) -> None:
    said = store.rows("select distinct detector, certainty, finding <> '' and evidence <> '' from hits")
    assert {(detector, certainty, True) for detector, certainty, _ in said} == set(said)
    assert set(CERTAINTIES) >= {certainty for _, certainty, _ in said}
    for table in hits.tables.values():
        assert set(CONTRACT) <= {name for name, *_ in store.rows(f"describe {table}")}


def a_dollar_is_claimed_once(store: Store, hits: Hits) -> None:
    assert store.value("select coalesce(sum(saving_usd), 0) from claims") <= store.value("select spend_usd from spent")
    claimed = store.rows("""
        select dedupe_key, sum(claims.saving_usd), max(standalone_usd)
        from claims inner join scope using (dedupe_key)
        group by dedupe_key
        having sum(claims.saving_usd) is distinct from max(standalone_usd) or max(standalone_usd) > max(cost_usd)
    """)
    assert [] == claimed
    assert store.value("select count(*) from hits") == store.value("select count(*) from claims")


def what_is_shown_adds_up(store: Store, hits: Hits) -> None:
    found, saved = findings(store, hits), savings(store, hits)
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
    a_dollar_is_claimed_once,
    what_is_shown_adds_up,
]


def found_by_all(store: Store, book: Book, params: dict[str, dict[str, Any]] | None = None) -> Hits:
    hits = detect(store, book, detectors(), detectors(), settings=params)
    claim(store, hits)
    return hits


def rows_of(store: Store, hits: Hits) -> dict[str, list[tuple[Any, ...]]]:
    return {name: store.rows(f"from {table} order by dedupe_key") for name, table in hits.tables.items()}


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
def month_store(month: Path, book: Book) -> Iterator[tuple[Store, Hits]]:
    with Store() as store:
        ingest(store, [str(month)])
        yield store, found_by_all(store, book)


def a_finding_has_one_number_whoever_asks(store: Store, book: Book, params: dict[str, dict[str, Any]]) -> None:
    numbers = "detector, dedupe_key, claims.saving_usd, claims.saving_low_usd, claims.saving_high_usd, standalone_usd"
    query = f"select {numbers} from claims join hits using (place, dedupe_key) order by all"
    found_by_all(store, book, params)
    of_all = store.rows(query)
    for name in detectors():
        hits = detect(store, book, detectors(), [name], settings=params)
        claim(store, hits)
        assert [row for row in of_all if row[0] == name] == store.rows(query)
        found = findings(store, hits)
        shown = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
        for column in ("saving_usd", "saving_low_usd", "saving_high_usd", "standalone_usd"):
            assert sum((row[column] or 0 for row in shown), Decimal(0)) == (found.totals[column] or 0)


def test_laws_hold_on_invented_logs_and_every_detector_finds_something(bench: Bench) -> None:
    fired: Counter[str] = Counter()

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=QUIET)
    @given(records=LOGS)
    def hold(records: list[Record]) -> None:
        bench.fill(records)
        hits = found_by_all(bench.store, bench.book(MIXED_BOOK), MIXED_SETTINGS)
        for law in LAWS:
            law(bench.store, hits)
        fired.update({name for (name,) in bench.store.rows("select distinct detector from hits where saving_usd > 0")})
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
        found.append(rows_of(bench.store, found_by_all(bench.store, book, MIXED_SETTINGS)))
        chance.shuffle(records)

    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_laws_hold_in_the_month(month_store: tuple[Store, Hits], law: Law) -> None:
    store, hits = month_store

    assert 0 < store.value("select count(*) from hits where saving_usd > 0")
    law(store, hits)


def test_the_order_of_lines_and_threads_change_nothing_in_the_month(
    month: Path, month_store: tuple[Store, Hits], book: Book, tmp_path: Path
) -> None:
    lines = [line for log in sorted(month.iterdir()) for line in log.read_text(encoding="utf-8").splitlines()]
    random.Random(1).shuffle(lines)
    log = tmp_path / "month.jsonl"
    log.write_text("\n".join(lines), encoding="utf-8")
    store, hits = month_store
    expected = rows_of(store, hits)
    with Store() as other:
        # the key of content is a store's own
        other.execute("delete from hashing")
        other.execute(
            "insert into hashing values ($1, hash('llmcost-probe'))", store.rows("select content_key from hashing")[0]
        )
        other.execute("set threads = 1; set preserve_insertion_order = false")
        ingest(other, [str(log)])

        assert expected == rows_of(other, found_by_all(other, book))
