"""What the bench measures is the same on every machine, and its bad lines are bad."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from bench.data import logs
from bench.fat import fat_payloads
from bench.lean import payloads
from llmcost.ingest import ingest
from llmcost.store import Store

ROWS = 4_000


def test_a_seed_gives_the_same_logs() -> None:
    assert list(payloads(100)) == list(payloads(100))
    assert list(islice(fat_payloads(50), 5)) == list(islice(fat_payloads(50), 5))
    assert list(payloads(10, seed=1)) != list(payloads(10, seed=2))


def test_every_spoiled_line_is_refused_and_no_other(store: Store, tmp_path: Path) -> None:
    clean, dirty = (logs(kind, ROWS, tmp_path) for kind in ("lean", "dirty"))
    spoiled = sum(
        left != right
        for before, after in zip(clean, dirty, strict=True)
        for left, right in zip(before.read_bytes().splitlines(), after.read_bytes().splitlines(), strict=True)
    )

    summary = ingest(store, map(str, dirty))

    assert spoiled > 0
    assert (summary.new, summary.rejected) == (ROWS - spoiled, spoiled)
