"""What rules look at is the same whether it is read whole, kept and read in parts, or kept beside the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from llmcost.alerts.history import KeptHistory
from llmcost.alerts.judge import watched_by
from llmcost.alerts.rollup import Rollup, load, name_of
from llmcost.alerts.rules import founding_rules
from llmcost.alerts.slots import History, Watched, read_history, slot_of
from llmcost.alerts.state import Memory
from llmcost.ingest import ingest
from llmcost.store import Store
from tests.logs import Record, write_log
from tests.test_watch_snapshot import NOW, SETTINGS, spent

WATCHED = watched_by(founding_rules())
YESTERDAY = NOW - timedelta(hours=30)
LAST = slot_of(NOW)
EARLY = [spent(1 + hour % 3, NOW - timedelta(hours=hour), api_key_alias=f"k{hour % 2}") for hour in range(100)]
LATE = [spent(5, NOW - timedelta(hours=30), api_key_alias="k9")]


def assert_same(anew: History, found: History, watched_by_some: list[Watched] = WATCHED) -> None:
    for watched in watched_by_some:
        assert set(anew.names(watched)) == set(found.names(watched))
        for name in anew.names(watched):
            for one, other in zip(
                vars(anew.sums(watched, name)).values(), vars(found.sums(watched, name)).values(), strict=True
            ):
                assert np.array_equal(one, other)


def test_a_kept_history_is_that_which_is_read_anew(store: Store, tmp_path: Path) -> None:
    kept = KeptHistory()
    for number, records in enumerate([EARLY, LATE, []]):
        if records:
            ingest(store, [str(write_log(tmp_path / f"{number}.jsonl", records))])
        priced = store.price(SETTINGS.book)
        kept.others |= {slot_of(NOW - timedelta(hours=30))} if number == 1 else set()
        # each time an hour later
        first, last = LAST - 900 + 12 * number, LAST + 12 * number

        assert_same(read_history(priced, WATCHED, first, last), kept.read(priced, WATCHED, first, last))


def test_what_is_kept_beside_the_store_is_that_which_is_read_anew(store: Store, tmp_path: Path) -> None:
    # late requests, then nothing new, then an earlier time, then a wider one
    times = [
        (LAST - 900, LAST),
        (LAST - 888, LAST + 12),
        (LAST - 876, LAST + 24),
        (LAST - 880, LAST),
        (LAST - 950, LAST),
    ]
    for number, (first, last) in enumerate(times):
        if number < 2:
            ingest(store, [str(write_log(tmp_path / f"{number}.jsonl", [EARLY, LATE][number]))])
        priced = store.price(SETTINGS.book)
        # each time opened anew, as a check that cron begins does
        with Memory(tmp_path / "alerts.sqlite") as memory:
            found = Rollup(memory, NOW + timedelta(hours=number)).read(priced, WATCHED, first, last)

        assert_same(read_history(priced, WATCHED, first, last), found)


def test_only_what_is_other_is_read_again(store: Store, tmp_path: Path) -> None:
    begins = []
    dearer = replace(SETTINGS.book, sha256="other prices")
    for number, book in enumerate([SETTINGS.book, SETTINGS.book, SETTINGS.book, dearer]):
        if number in (0, 2):
            ingest(store, [str(write_log(tmp_path / f"{number}.jsonl", EARLY if number == 0 else LATE))])
        priced = store.price(book)
        with Memory(tmp_path / "alerts.sqlite") as memory:
            kept, written = load(memory, name_of(priced, WATCHED), WATCHED)
            kept.others = written.changed(priced, NOW)
            kept.read(priced, WATCHED, LAST - 900, LAST)
            begins.append(kept.begun)
            Rollup(memory, NOW).read(priced, WATCHED, LAST - 900, LAST)

    # all; nothing; from the late one on; and at other prices all again
    assert [LAST - 900, LAST + 1, slot_of(NOW - timedelta(hours=30)), LAST - 900] == begins


def read_twice(store: Store, folder: Path, first: list[Record], second: list[Record]) -> tuple[History, History]:
    """Read a log, keep what slots came to, let it grow, and read again: of all requests, and of what is kept."""
    for records in (first, [*first, *second]):
        ingest(store, [str(write_log(folder / "log.jsonl", records))])
        priced = store.price(SETTINGS.book)
        with Memory(folder / "alerts.sqlite") as memory:
            found = Rollup(memory, NOW).read(priced, WATCHED, LAST - 900, LAST)
    return read_history(priced, WATCHED, LAST - 900, LAST), found


@pytest.mark.parametrize(
    "fuller",
    [
        {"api_key_alias": "other"},
        {"request_model": "unknown"},
        {"provider_name": "other"},
        {"status": "error"},
        {"is_batch": True},
        {"gateway_cache_hit": True},
        {"reasoning_output_tokens": 1, "cache_write_input_tokens": 5},
        {"started_at": "2026-03-01T06:00:00Z"},
    ],
)
def test_a_request_that_is_logged_again_otherwise_is_read_again(
    store: Store, tmp_path: Path, fuller: dict[str, object]
) -> None:
    # in the same file, with the same tokens, and with the same end
    one = spent(1, YESTERDAY, request_id="one", api_key_alias="k", output_tokens=10)

    assert_same(*read_twice(store, tmp_path, [one], [one | fuller]))


def test_a_request_that_ends_before_it_begins_ended_when_it_began(store: Store, tmp_path: Path) -> None:
    # by the clocks of two machines: it began in a slot that was not whole when its end was read
    early = spent(1, NOW - timedelta(minutes=8), lasts=-600, api_key_alias="k")
    ingest(store, [str(write_log(tmp_path / "log.jsonl", [early]))])
    priced = store.price(SETTINGS.book)
    for later in range(3):
        with Memory(tmp_path / "alerts.sqlite") as memory:
            found = Rollup(memory, NOW).read(priced, WATCHED, LAST - 900, LAST - 1 + later)

        assert_same(read_history(priced, WATCHED, LAST - 900, LAST - 1 + later), found)
    assert [slot_of(NOW + timedelta(minutes=2))] == [int(row[0]) for row in found.rows["cost_usd", "key"]["k"]]


def test_what_took_longer_than_a_day_counts_nowhere_whatever_is_read_with_it(store: Store, tmp_path: Path) -> None:
    longest = spent(1, YESTERDAY, lasts=86_400, api_key_alias="a day")
    longer = spent(1, YESTERDAY, lasts=90_000, api_key_alias="longer")

    anew, found = read_twice(store, tmp_path, [longest, longer], [])

    assert_same(anew, found)
    assert ["a day"] == list(found.names(("cost_usd", "key")))


@pytest.mark.parametrize(
    "damage",
    [
        "update rollup_days set sums = 'text'",
        "update rollup_days set sums = randomblob(50)",
        "update rollup_days set sums = substr(sums, 1, 20)",
        "update rollup_days set sums = x'789c030000000001'",
        "update rollup_days set written = '{'",
        "update rollup_days set written = '[1]'",
        "update rollup_days set written = '{\"a\": 1}'",
        "update rollups set last = 'never'",
        "delete from rollup_days",
        "delete from rollups",
    ],
)
def test_what_is_damaged_is_read_again(store: Store, tmp_path: Path, damage: str) -> None:
    ingest(store, [str(write_log(tmp_path / "log.jsonl", EARLY))])
    priced = store.price(SETTINGS.book)
    for _ in range(2):
        with Memory(tmp_path / "alerts.sqlite") as memory:
            found = Rollup(memory, NOW).read(priced, WATCHED, LAST - 900, LAST)
            kept = memory.rows("select * from rollup_days order by day")
            memory.rows(damage)

        assert_same(read_history(priced, WATCHED, LAST - 900, LAST), found)
        assert kept
