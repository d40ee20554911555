"""What rules look at is the same whether it is read whole or kept and read in parts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np

from llmcost.alerts.judge import watched_by
from llmcost.alerts.rules import founding_rules
from llmcost.alerts.slots import read_history, slot_of
from llmcost.ingest import ingest
from llmcost.store import Store
from llmcost.watch.history import KeptHistory
from tests.logs import write_log
from tests.test_watch_snapshot import NOW, SETTINGS, spent

WATCHED = watched_by(founding_rules())
LAST = slot_of(NOW)


def test_a_kept_history_is_that_which_is_read_anew(store: Store, tmp_path: Path) -> None:
    kept = KeptHistory()
    early = [spent(1 + hour % 3, NOW - timedelta(hours=hour), api_key_alias=f"k{hour % 2}") for hour in range(100)]
    for number, records in enumerate([early, [spent(5, NOW - timedelta(hours=30), api_key_alias="k9")], []]):
        if records:
            ingest(store, [str(write_log(tmp_path / f"{number}.jsonl", records))])
        priced = store.price(SETTINGS.book)
        kept.others |= {slot_of(NOW - timedelta(hours=30))} if number == 1 else set()
        # each time an hour later
        first, last = LAST - 900 + 12 * number, LAST + 12 * number
        found, anew = kept.read(priced, WATCHED, first, last), read_history(priced, WATCHED, first, last)

        for watched in WATCHED:
            assert set(anew.names(watched)) == set(found.names(watched))
            for name in anew.names(watched):
                for one, other in zip(
                    vars(anew.sums(watched, name)).values(), vars(found.sums(watched, name)).values(), strict=True
                ):
                    assert np.array_equal(one, other)
