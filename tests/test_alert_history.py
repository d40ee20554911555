"""What rules look at is the same whether it is read whole, kept and read in parts, or kept beside the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np

from llmcost.alerts.history import KeptHistory
from llmcost.alerts.judge import watched_by
from llmcost.alerts.rollup import Rollup, load, name_of
from llmcost.alerts.rules import founding_rules
from llmcost.alerts.slots import History, read_history, slot_of
from llmcost.alerts.state import Memory
from llmcost.ingest import ingest
from llmcost.store import Store
from tests.logs import write_log
from tests.test_watch_snapshot import NOW, SETTINGS, spent

WATCHED = watched_by(founding_rules())
LAST = slot_of(NOW)
EARLY = [spent(1 + hour % 3, NOW - timedelta(hours=hour), api_key_alias=f"k{hour % 2}") for hour in range(100)]
LATE = [spent(5, NOW - timedelta(hours=30), api_key_alias="k9")]


def assert_same(anew: History, found: History) -> None:
    for watched in WATCHED:
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
