"""What made spending change: parts worked out by hand, the hour it began, and sums that are the reports' own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest

from llmcost.ingest import ingest
from llmcost.pricing import Book
from llmcost.store import Filters, Store
from llmcost.why import Group, Why, why
from llmcost.why.began import began
from llmcost.why.sentence import headline, sentence
from tests.conftest import Run
from tests.logs import Record, request, write, write_log

BOOK = """
format: llmcost-pricing/1
models:
  - {provider: acme, model: m, prices: [{input: 10, output: 20}]}
  - {provider: acme, model: big, prices: [{input: 40, output: 80}]}
"""
START, MIDDLE, END = (datetime(2026, 3, day) for day in (1, 8, 15))
HOUR = timedelta(hours=1)
BEFORE, NOW = Filters(START, MIDDLE), Filters(MIDDLE, END)


def sent(key: str, at: datetime, name: str, **fields: Any) -> Record:
    """Invent a request of $1."""
    usual = {"provider_name": "acme", "request_model": "m", "input_tokens": 100_000, "output_tokens": 0, "status": "ok"}
    return request(name, started_at=f"{at.isoformat()}Z", api_key_alias=key, **{**usual, **fields})


def exploding() -> Iterator[Record]:
    """A key that costs a dollar an hour, one whose calls are sent three times from a morning on, and a new one."""
    for hour in range(14 * 24):
        at = START + hour * HOUR
        yield sent("steady", at, f"steady{hour}")
        copies = 3 if at >= datetime(2026, 3, 10, 9) else 1
        for copy in range(copies):
            yield sent("search", at + copy * timedelta(seconds=5), f"s{hour}-{copy}", logical_request_id=f"call{hour}")
        if at >= datetime(2026, 3, 12, 14):
            yield sent("fresh", at, f"fresh{hour}", input_tokens=200_000)


@pytest.fixture
def exploded(store: Store, small_book: Book, tmp_path: Path) -> Why:
    ingest(store, [str(write_log(tmp_path / "log.jsonl", exploding()))])
    return why(store.price(small_book), BEFORE, NOW, ("key",))


def named(found: Why) -> dict[object, Group]:
    return {one.key[0]: one for one in found.groups}


def test_a_change_is_shared_out_exactly_by_what_changed(exploded: Why) -> None:
    # 168 hours: 168 requests of $1 before; now 57 hours of one and 111 of three. The new key: 58 hours of $2
    search, fresh, steady = (named(exploded)[key] for key in ("search", "fresh", "steady"))

    assert (Fraction(168, 7), Fraction(57 + 333, 7)) == (search.before_usd, search.now_usd)
    assert {"retries": Fraction(222, 7)} == {name: usd for name, usd in search.parts.items() if usd}
    assert {"volume": Fraction(116, 7)} == {name: usd for name, usd in fresh.parts.items() if usd}
    assert not any(steady.parts.values())
    assert Fraction(222 + 116, 7) == exploded.now_usd - exploded.before_usd


def test_the_hour_in_which_it_began_is_named_with_its_first_requests(exploded: Why) -> None:
    search, fresh, steady = (named(exploded)[key] for key in ("search", "fresh", "steady"))

    assert datetime(2026, 3, 10, 9) == search.began_at
    assert search.certainty is not None and search.certainty > 0.99
    assert ("rs225-0", "rs225-1", "rs225-2") == search.first
    assert (datetime(2026, 3, 12, 14), "rfresh278") == (fresh.began_at, fresh.first[0])
    assert (None, ()) == (steady.began_at, steady.first)


def test_sentences_say_who_since_when_how_much_and_by_what(exploded: Why) -> None:
    search, fresh = (named(exploded)[key] for key in ("search", "fresh"))
    zone = NOW.zone

    assert "fresh began on 2026-03-12 14:00 UTC: +$16.57 a day: calls +$16.57 (0.0 -> 8.3 calls a day)" == sentence(
        fresh, ("key",), zone
    )
    said = sentence(search, ("key",), zone)
    assert said.startswith("search rose on 2026-03-10 09:00 UTC (99.")
    assert said.endswith("certain): +$31.71 a day: retries +$31.71 (1.00 -> 2.32 attempts a call)")
    # 24 + 24 before; 222 / (222 + 116) of what it is more
    assert [
        "a day cost $48.00 before and costs $96.29 now: +$48.29",
        "1 key makes 66% of it; it changed on 2026-03-10",
    ] == list(headline(exploded, ("key",), zone))


def test_days_that_only_differ_have_no_beginning() -> None:
    draw = Random(7)
    found = []
    for _ in range(40):
        days = [[draw.uniform(0.5, 1.5) * (8 <= hour < 18) for hour in range(24)] for _ in range(14)]
        scales = [draw.uniform(0.7, 1.3) for _ in days]
        hours = [cost * scale for day, scale in zip(days, scales, strict=True) for cost in day]
        found.append(began(hours[:168], hours[168:]))

    # one of twenty is called certain by 95 %
    assert sum(one is not None and one.certainty >= 0.95 for one in found) <= 5


@pytest.mark.parametrize("factor", [0.4, 1.7, 3.0])
def test_a_beginning_in_office_hours_is_found_to_the_hour(factor: float) -> None:
    draw = Random(11)
    hours = [draw.uniform(0.8, 1.2) * (8 <= hour < 18) for _ in range(14) for hour in range(24)]
    at = 9 * 24 + 11
    hours = [cost * (factor if number >= at else 1) for number, cost in enumerate(hours)]

    found = began(hours[:168], hours[168:])

    assert found is not None and found.certainty >= 0.99
    assert at == found.hour


def test_parts_add_up_to_the_change_and_groups_to_what_reports_say(
    store: Store, small_book: Book, tmp_path: Path
) -> None:
    draw = Random(3)
    records = [
        sent(
            draw.choice(["a", "b", "c"]),
            START + draw.random() * (END - START),
            f"r{number}",
            request_model=draw.choice(["m", "m", "big", "unknown"]),
            input_tokens=draw.randrange(100_000),
            output_tokens=draw.randrange(3_000),
            logical_request_id=f"call{number // draw.choice([1, 1, 2])}",
        )
        for number in range(400)
    ]
    ingest(store, [str(write_log(tmp_path / "log.jsonl", records))])
    priced = store.price(small_book)

    for by in (("key",), ("model",), ("key", "model")):
        found = why(priced, BEFORE, NOW, by)
        assert len(found.groups) >= 2
        for one in found.groups:
            assert one.change_usd == sum(one.parts.values(), Fraction())
        for side, usd in ((BEFORE, found.before_usd), (NOW, found.now_usd)):
            ((spent,),) = priced.scope(side).rows("select sum(cost_usd) from scope")
            assert Fraction(spent) / 7 == usd


def test_what_had_no_price_before_is_said(llmcost: Run, tmp_path: Path) -> None:
    models = ["unknown"] * 40 + ["m"] * 40
    sent_hourly = [sent("a", START + n * HOUR, f"{n}", request_model=model) for n, model in enumerate(models)]
    write(tmp_path / "book.yaml", BOOK)
    done = llmcost("why", write_log(tmp_path / "log.jsonl", sent_hourly), "--pricing", "book.yaml")

    assert "before: 0 of 40 requests had a cost" in done.stderr


def test_one_moment_is_not_two_times(llmcost: Run, tmp_path: Path) -> None:
    done = llmcost("why", write_log(tmp_path / "log.jsonl", [sent("a", START, "r")]))

    assert (3, True) == (done.returncode, "all requests began at one moment" in done.stderr)


def test_the_command_prints_rows_sentences_and_totals(llmcost: Run, tmp_path: Path) -> None:
    log = write_log(tmp_path / "log.jsonl", exploding())
    write(tmp_path / "book.yaml", BOOK)
    common = (str(log), "--pricing", "book.yaml")
    done = llmcost("why", *common, "--since", "2026-03-08", "--until", "2026-03-15", env={"COLUMNS": "100"})
    document = json.loads(llmcost("why", *common, "--top", "1", "-f", "json").stdout)

    assert 0 == done.returncode
    assert "search rose on 2026-03-10 09:00 UTC" in " ".join(done.stdout.split())
    assert "1 key makes 66% of it; it changed on 2026-03-10" in done.stderr
    assert ["search", "others (2)"] == [row["key"] for row in document["rows"]]
    assert ("2026-03-10T09:00:00Z", "rs225-0 rs225-1 rs225-2") == tuple(
        document["rows"][0][name] for name in ("began_at", "first_requests")
    )


def test_the_page_begins_with_what_changed(llmcost: Run, tmp_path: Path) -> None:
    log = write_log(tmp_path / "log.jsonl", exploding())
    write(tmp_path / "book.yaml", BOOK)
    common = ("report", log, "--pricing", "book.yaml", "-f", "html")
    page = llmcost(*common, "--since", "2026-03-08", "--until", "2026-03-15").stdout
    first = page[page.index("<h2") : page.index("<h2", page.index("<h2") + 1)]

    assert "What changed</h2>" in first
    assert "A day cost $48.00 before and costs $96.29 now: +$48.29. 1 key makes 66% of it;" in first
    assert "search rose on 2026-03-10 09:00 UTC" in first
    # nothing was logged before
    assert "so nothing to compare" in llmcost(*common, "--since", "2026-03-01", "--until", "2026-03-08").stdout


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--by", "tag"), "a request has several tags"),
        (("--top", "0"), "--top 0: not a number of groups"),
        (("--by", "colour"), "colour: no such column"),
        (("--since", "2026-06-01"), "no logs from"),
        (("--compare", "soon", "--since", "2026-03-08"), "--compare soon: no period"),
    ],
)
def test_what_cannot_be_compared_is_refused(llmcost: Run, tmp_path: Path, args: tuple[str, ...], message: str) -> None:
    log = write_log(tmp_path / "log.jsonl", [sent("a", START + hour * HOUR, f"r{hour}") for hour in range(100)])
    done = llmcost("why", log, *args)

    assert (2, True) == (done.returncode, message in done.stderr)
