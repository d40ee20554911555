"""The invented month: the same bytes each time, its dollars and its truth as planted, and nothing left unread."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from llmcost.cli.ingest.demo import run_demo
from llmcost.demo import TRAPS, Planted, write_month
from llmcost.errors import UsageError
from llmcost.ingest import Summary, ingest
from llmcost.pricing import Book
from llmcost.report import coverage_of
from llmcost.store import Store

SCALE = Decimal("0.05")
SMALL = Decimal("0.02")
TARGETS = {"model-mismatch": 18_000, "retries": 12_000, "prompt-tax": 5000, "embeddings": 2800}
OF_KEY = {
    "ticket-router": "model-mismatch",
    "summarizer": "model-mismatch",
    "board-minutes": "model-mismatch",
    "invoice-extractor": "retries",
    "contract-reader": "retries",
    "support-bot": "prompt-tax",
    "search-index": "embeddings",
}


@dataclass
class Month:
    store: Store
    summary: Summary
    planted: list[Planted]

    @property
    def savings(self) -> dict[str, Decimal]:
        """What was planted for each detector."""
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for row in self.planted:
            sums[row.detector] += row.saving_usd
        return sums


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory, book: Book) -> Iterator[Month]:
    folder = tmp_path_factory.mktemp("month")
    planted = write_month(folder, SCALE).planted
    with Store() as store:
        summary = ingest(store, [str(folder)])
        assert coverage_of(store, book).is_complete
        yield Month(store, summary, planted)


def near(expected: Decimal, actual: Decimal, share: str) -> bool:
    return abs(actual - expected) <= expected * Decimal(share)


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    written = []
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        folder = tmp_path / name
        folder.mkdir()
        planted = write_month(folder, SMALL, seed).planted
        written.append(({path.name: path.read_bytes() for path in folder.iterdir()}, planted))
    assert written[0] == written[1]
    assert written[0] != written[2]
    assert [f"gateway-2026-10-{day:02}.jsonl" for day in range(1, 31)] == sorted(written[0][0])


def test_every_line_is_read_and_priced(month: Month) -> None:
    assert (0, 0, []) == (month.summary.rejected, month.summary.duplicates, month.summary.skipped)
    assert 0 == month.store.value("select count(*) from dimensions where cost_usd is null and status = 'ok'")


def test_truth_is_what_was_to_be_planted(month: Month) -> None:
    assert TARGETS.keys() == month.savings.keys()
    for detector, target in TARGETS.items():
        assert near(target * SCALE, month.savings[detector], "0.01"), detector


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_truth_is_planted_at_any_seed(tmp_path: Path, seed: int) -> None:
    planted = write_month(tmp_path, SMALL, seed).planted
    for detector, target in TARGETS.items():
        saved = sum((row.saving_usd for row in planted if row.detector == detector), Decimal(0))
        assert near(target * SMALL, saved, "0.01"), detector


def test_the_month_costs_what_it_is_to_cost(month: Month) -> None:
    spend = month.store.value("select sum(cost_usd) from dimensions")
    assert near(47_000 * SCALE, spend, "0.05")
    assert near(9200 * SCALE, spend - sum(month.savings.values()), "0.1")


def test_no_request_saves_more_than_it_costs(month: Month) -> None:
    costs = dict(month.store.rows("select request_id, cost_usd from dimensions"))
    assert len(month.planted) == len({row.request_id for row in month.planted})
    assert all(0 < row.saving_usd <= costs[row.request_id] for row in month.planted)


def test_each_application_is_waste_of_one_kind_or_useful(month: Month) -> None:
    keys = dict(month.store.rows("select request_id, key from dimensions"))
    assert all(OF_KEY[keys[row.request_id]] == row.detector for row in month.planted)
    assert set(keys.values()) == OF_KEY.keys() | TRAPS.keys()


def test_retries_are_all_attempts_but_the_last(month: Month) -> None:
    wasted = month.store.value(
        """
        select sum(cost_usd)
        from (
            select *, row_number() over (partition by prompt_hash order by started_us desc) as from_the_end
            from dimensions where key in ('invoice-extractor', 'contract-reader')
        )
        where from_the_end > 1
        """
    )
    assert wasted == month.savings["retries"]


def test_attempts_follow_one_another_at_once(month: Month) -> None:
    gaps = month.store.rows(
        """
        select started_us - lag(ended_us) over (partition by prompt_hash order by started_us) as gap_us
        from dimensions where key in ('invoice-extractor', 'contract-reader')
        qualify gap_us is not null
        """
    )
    assert all(0 <= gap <= 1_000_000 for (gap,) in gaps)


def test_a_replay_of_the_cache_saves_what_was_planted(month: Month) -> None:
    calls = month.store.rows(
        """
        select started_us, ended_us, input_tokens * system_prompt_chars // input_chars
        from dimensions where key = 'support-bot' order by started_us
        """
    )
    saved, last_start, last_end = Decimal(0), -(10**18), -(10**18)
    for start, end, tokens in calls:
        assert start > last_end
        is_hit = start - last_start <= 300 * 1_000_000
        # claude-sonnet-4-5: input 3, written 3.75, read 0.3 USD per million
        saved += tokens * (Decimal("2.7") if is_hit else Decimal("-0.75")) / 1_000_000
        last_start, last_end = start, end
    assert saved == month.savings["prompt-tax"]


def test_repeated_items_are_what_was_planted(month: Month) -> None:
    tokens = month.store.value(
        """
        with items as (
            select started_at, unnest(embedding_item_hashes) as item, unnest(embedding_item_chars) as chars
            from requests where api_key_alias = 'search-index'
        ),
        seen as (select *, row_number() over (partition by item order by started_at) as nth from items)
        select sum(chars) // 4 from seen where nth > 1
        """
    )
    assert int(tokens) * Decimal("0.13") / 1_000_000 == month.savings["embeddings"]


def test_smaller_models_save_what_was_planted(month: Month) -> None:
    saved = month.store.value(
        """
        select sum(cost_usd - case key
            when 'ticket-router' then input_tokens * 0.15 + output_tokens * 0.6
            else input_tokens * 2 + output_tokens * 8 end / 1000000)
        from dimensions where key in ('ticket-router', 'summarizer', 'board-minutes')
        """
    )
    assert near(month.savings["model-mismatch"], Decimal(saved), "0.000001")


def test_the_router_has_eight_labels_and_no_rare_one(month: Month) -> None:
    counts = month.store.rows("select count(*) from dimensions where key = 'ticket-router' group by output_hash")
    assert 8 == len(counts)
    assert all(count >= 30 for (count,) in counts)


def test_refusals_cost_nothing(month: Month) -> None:
    refused = "status = 'error' and http_status_code <> 504"
    assert (0, True) == month.store.rows(
        f"select coalesce(sum(cost_usd), 0)::integer, count(*) > 100 from dimensions where {refused}"
    )[0]


def test_the_command_writes_logs_and_truth_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "demo"
    assert 0 == run_demo(folder, SMALL)
    assert 30 == len(list((folder / "logs").iterdir()))
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert ["request_id", "detector", "saving_usd"] == list(rows[0])
    assert near(37_800 * SMALL, sum((Decimal(row["saving_usd"]) for row in rows), Decimal(0)), "0.01")
    assert "llmcost savings" in capsys.readouterr().out


def test_the_command_does_not_write_over_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").touch()
    with pytest.raises(UsageError, match="not empty"):
        run_demo(tmp_path, SMALL)
    assert 0 == run_demo(tmp_path, SMALL, force=True)
    assert (tmp_path / "mine.txt").exists()


@pytest.mark.parametrize("scale", ["0", "-1", "2", "nan"])
def test_the_command_knows_its_scale(tmp_path: Path, scale: str) -> None:
    with pytest.raises(UsageError, match="--scale"):
        run_demo(tmp_path / "demo", Decimal(scale))
