"""What gateways report and providers bill, beside our costs: dollars worked out by hand."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from llmcost.errors import FormatError, InputError, UsageError
from llmcost.ingest import ingest
from llmcost.pricing import Book, load_book
from llmcost.reconcile import Gaps, compare_invoice, compare_reported, read_bill
from llmcost.reconcile.shelves import causes
from llmcost.store import Filters, Store
from tests import logs
from tests.conftest import FIXTURES, SAMPLES, Run
from tests.logs import Record

BOOK = """
format: llmcost-pricing/1
models:
  - provider: anthropic
    model: m
    prices:
      - {from: 2026-01-01, input: 3, output: 10, cache_read: 0.3, cache_write: 3.75, cache_write_1h: 6}
      - from: 2026-03-01
        input: 4
        output: 20
        cache_read: 0.4
        cache_write: 5
        cache_write_1h: 8
        web_search: 0.01
        tiers: [{over: 200000, input: 8, output: 30, cache_read: 0.8, cache_write: 10, cache_write_1h: 16}]
        variants:
          - {when: {processing: batch}, multiply: 0.5}
          - {when: {service_tier: priority}, multiply: 2}
  - provider: deepseek
    model: d
    prices:
      - from: 2026-01-01
        input: 1
        output: 2
        windows: [{days: [mon, tue, wed, thu, fri], from: "16:00", to: "20:00", multiply: 0.5}]
adjust: [{provider: anthropic, from: 2026-04-01, multiply: 0.9}]
"""
# 250 plain x 4 + 600 read x 0.4 + 100 x 5 + 50 x 8 written + 100 out x 20 = 4,140 micro-USD
PARTS = {
    "input_tokens": 1000,
    "cache_read_input_tokens": 600,
    "cache_write_input_tokens": 150,
    "cache_write_1h_input_tokens": 50,
    "output_tokens": 100,
    "reasoning_output_tokens": 40,
}
LONG = {"input_tokens": 250_000, "output_tokens": 1000}  # 250,000 x 8 + 1,000 x 30: $2.03


def request(number: int = 1, **fields: Any) -> Record:
    usual = {"started_at": "2026-03-05T12:00:00Z", "gateway": "g", "provider_name": "anthropic", "request_model": "m"}
    return logs.request(number, **usual | fields)


def fill(store: Store, folder: Path, requests: list[Record]) -> None:
    log = folder / "log.jsonl"
    log.write_text("\n".join(json.dumps(r) for r in requests), encoding="utf-8")
    ingest(store, [str(log)])


def explained(store: Store, book: Book, folder: Path, requests: list[Record]) -> list[tuple[Any, ...]]:
    fill(store, folder, requests)
    compare_reported(store, book)
    return store.rows(
        "select gaps.reported_cost_usd, cause, evidence from gaps left join explained using (dedupe_key) order by 1"
    )


def as_rows(found: Gaps) -> list[dict[str, Any]]:
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


CASES: list[tuple[Record, str, str | None, str | None]] = [
    (PARTS, "0.00654", "cached_twice", "reads"),  # + 600 x 4
    (PARTS, "0.00474", "cached_twice", "writes"),  # + 150 x 4
    (PARTS, "0.00714", "cached_twice", "reads and writes"),
    (PARTS, "0.0063", "cache_ignored", "reads"),  # 600 x (4 - 0.4) more
    (PARTS, "0.00384", "cache_ignored", "writes"),  # 100 x (5 - 4) + 50 x (8 - 4) less
    (PARTS, "0.006", "cache_ignored", "reads and writes"),
    (PARTS, "0.00399", "hour_writes_as_short", ""),  # 50 x (8 - 5) less
    (PARTS, "0.0039", "cache_left_out", "reads"),  # 600 x 0.4 less
    (PARTS, "0.00324", "cache_left_out", "writes"),  # 500 + 400 less
    (PARTS, "0.00364", "cache_left_out", "5-minute writes"),
    (PARTS, "0.00374", "cache_left_out", "1-hour writes"),
    (PARTS, "0.003", "cache_left_out", "reads and writes"),
    (PARTS, "0.00494", "reasoning_twice", ""),  # + 40 x 20
    (PARTS, "0.00334", "reasoning_left_out", ""),
    (PARTS, "0.00214", "output_left_out", "all"),
    (PARTS, "0.00294", "output_left_out", "all but reasoning"),  # 60 x 20 less
    (PARTS, "0.414", "cents", "reported x 100"),
    (PARTS, "0.0000414", "cents", "reported / 100"),
    (PARTS, "0", "reported_nothing", ""),
    (PARTS, "0.002605", "other_period", "the price from 2026-01-01"),  # 750 + 180 + 375 + 300 + 1,000
    (PARTS, "0.00828", "service_level", "as service_tier=priority"),
    (PARTS | {"is_batch": True}, "0.00414", "service_level", "as standard"),
    (PARTS | {"web_search_requests": 2}, "0.00414", "fee_left_out", "web search"),  # ours is 0.02 more
    (PARTS | {"gateway_cache_hit": True}, "0.00414", "gateway_cache_hit", ""),
    (PARTS | {"started_at": "2026-04-02"}, "0.003726", "contract_price", ""),  # x 0.9
    (LONG, "1.02", "size_of_request", "as up to 200000 tokens"),  # 250,000 x 4 + 1,000 x 20
    (LONG, "1.22", "tier_on_excess", "over 200000 tokens"),  # 200,000 x 4 + 50,000 x 8 + 1,000 x 20
    (PARTS, "0.005", None, None),
    (PARTS, "0.0041401", None, None),  # near is not equal
    # half from 16:00: by day 1,000 x 1 + 100 x 2 = 1,200 micro-USD
    (
        {"provider_name": "deepseek", "request_model": "d", "input_tokens": 1000, "output_tokens": 100},
        "0.0006",
        "other_hours",
        "",
    ),
]


@pytest.fixture(scope="module")
def mistakes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[Any, ...]]]:
    """What is said of each case, by its request."""
    folder = tmp_path_factory.mktemp("mistakes")
    sent = [request(n, **fields, reported_cost_usd=float(usd)) for n, (fields, usd, *_) in enumerate(CASES)]
    with Store() as store:
        fill(store, folder, sent)
        compare_reported(store, load_book([logs.write(folder / "book.yaml", BOOK)]))
        rows = store.rows(
            "select request_id, gaps.reported_cost_usd, cause, evidence"
            " from requests join gaps using (dedupe_key) left join explained using (dedupe_key)"
        )
    found: dict[str, list[tuple[Any, ...]]] = {}
    for name, *row in rows:
        found.setdefault(name, []).append(tuple(row))
    return found


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda number: f"{number}-{CASES[number][2]}")
def test_the_mistake_that_gives_the_reported_cost_is_named(
    mistakes: dict[str, list[tuple[Any, ...]]], number: int
) -> None:
    _, reported, cause, evidence = CASES[number]

    assert [(Decimal(reported), cause, evidence)] == mistakes[str(request(number)["request_id"])]


def test_every_cause_has_a_case(store: Store) -> None:
    cased = {cause for _, _, cause, _ in CASES} | {"constant_factor", "rounding"}

    assert set(causes()) | {None} == cased
    assert sorted(cause.place for cause in causes().values()) == list(range(1, len(causes()) + 1))


def test_what_agrees_but_for_a_binary_fractions_noise_is_no_gap(store: Store, small_book: Book, tmp_path: Path) -> None:
    noisy = [request(n, **PARTS, reported_cost_usd=cost) for n, cost in enumerate((0.00414, 0.0041400000000004))]

    assert [] == explained(store, small_book, tmp_path, noisy)


def test_a_factor_is_one_where_three_different_requests_share_it(
    store: Store, small_book: Book, tmp_path: Path
) -> None:
    # 100, 200, 300 and 400 tokens of input at 4: 400, 800, 1,200 and 1,600 micro-USD; the last is not x 1.055
    costs = {100: 0.000422, 200: 0.000844, 300: 0.001266, 400: 0.0017}
    sent = [request(n, input_tokens=n, output_tokens=0, reported_cost_usd=cost) for n, cost in costs.items()]

    assert [
        (Decimal("0.000422"), "constant_factor", "x 1.055"),
        (Decimal("0.000844"), "constant_factor", "x 1.055"),
        (Decimal("0.001266"), "constant_factor", "x 1.055"),
        (Decimal("0.0017"), None, None),
    ] == explained(store, small_book, tmp_path, sent)


def test_two_requests_make_no_factor(store: Store, small_book: Book, tmp_path: Path) -> None:
    sent = [request(n, input_tokens=n, output_tokens=0, reported_cost_usd=n * 4.22e-6) for n in (100, 200)]

    assert [(Decimal("0.000422"), None, None), (Decimal("0.000844"), None, None)] == explained(
        store, small_book, tmp_path, sent
    )


def test_rounding_is_within_half_a_unit_of_what_the_reporter_writes(
    store: Store, small_book: Book, tmp_path: Path
) -> None:
    # 61, 87 and 112 tokens at 4: 244, 348 and 448 micro-USD, reported to four decimals; the last one was not 0.0006
    costs = {61: 0.0002, 87: 0.0003, 112: 0.0006}
    sent = [request(n, input_tokens=n, output_tokens=0, reported_cost_usd=cost) for n, cost in costs.items()]

    assert [
        (Decimal("0.0002"), "rounding", "to 4 decimals"),
        (Decimal("0.0003"), "rounding", "to 4 decimals"),
        (Decimal("0.0006"), None, None),
    ] == explained(store, small_book, tmp_path, sent)


def test_a_mistake_may_be_rounded_too_where_it_is_large(store: Store, small_book: Book, tmp_path: Path) -> None:
    # 399 plain x 4 + 601 read x 0.4 = 1,836.4 micro-USD; the reads once more at 4: 4,240.4, to six decimals
    read = {"input_tokens": 1000, "cache_read_input_tokens": 601, "output_tokens": 0}
    others = [request(n, input_tokens=n, output_tokens=0, reported_cost_usd=n * 4e-6) for n in (100, 200)]

    assert [(Decimal("0.00424"), "cached_twice", "reads")] == explained(
        store, small_book, tmp_path, [*others, request(3, **read, reported_cost_usd=0.00424)]
    )


def test_groups_add_up_and_name_their_causes(store: Store, small_book: Book, tmp_path: Path) -> None:
    unknown = {"request_model": "nobody", "input_tokens": 1, "output_tokens": 1}
    sent = [
        request(1, **PARTS, reported_cost_usd=0.00654),  # 0.0024 too much: cached tokens twice
        request(2, **PARTS, reported_cost_usd=0.00334),  # 0.0008 too little: no reasoning
        request(3, **PARTS, reported_cost_usd=0.00494),  # 0.0008 too much: reasoning twice
        request(4, **PARTS, reported_cost_usd=0.00414),
        request(5, **PARTS),
        request(6, **unknown, reported_cost_usd=1.0),
    ]
    fill(store, tmp_path, sent)
    found = compare_reported(store, small_book, by=("gateway",))

    assert [
        {
            "gateway": "g",
            "requests": 4,
            "agreeing": 1,
            "reported_usd": Decimal("0.01896"),
            "computed_usd": Decimal("0.01656"),
            "difference_usd": Decimal("0.0024"),
            "difference_share": pytest.approx(0.0024 / 0.01656),
            "explained_share": 1.0,
            "uncompared": 1,
            "note": "cached tokens billed twice (reads) 60%, reasoning left out 20%, reasoning counted twice 20%",
        }
    ] == as_rows(found)
    assert Decimal("0.0024") == sum(row[found.cause_columns.index("difference_usd")] for row in found.causes)


def test_a_mistake_is_the_same_whatever_it_is_grouped_by(store: Store, small_book: Book, tmp_path: Path) -> None:
    fill(store, tmp_path, [request(1, **PARTS, reported_cost_usd=0.00654)])

    for by in ((), ("day",), ("key", "model")):
        assert ["cached tokens billed twice (reads) 100%"] == [
            row[-1] for row in compare_reported(store, small_book, by=by).rows
        ]
    with pytest.raises(UsageError, match="two tags"):
        compare_reported(store, small_book, by=("tag",))


OPENAI = """{"object": "page", "has_more": false, "data": [
  {"object": "bucket", "start_time": 1772668800, "end_time": 1772755200, "results": [
    {"object": "organization.costs.result", "amount": {"value": "0.00100000000000000000000", "currency": "usd"},
     "line_item": "gpt-4o-2024-08-06, input"},
    {"object": "organization.costs.result", "amount": {"value": 0.0009, "currency": "usd"},
     "line_item": "gpt-4o-2024-08-06, output"},
    {"object": "organization.costs.result", "amount": {"value": "0E-6176", "currency": "usd"},
     "line_item": "gpt-4o-2024-08-06, cached input"},
    {"object": "organization.costs.result", "amount": {"value": 0.02, "currency": "usd"},
     "line_item": "web search tool calls"}]},
  {"object": "bucket", "start_time": 1772755200, "end_time": 1772841600, "results": []}]}"""
ANTHROPIC = """{"has_more": false, "next_page": null, "data": [
  {"starting_at": "2026-03-05T00:00:00Z", "ending_at": "2026-03-06T00:00:00Z", "results": [
    {"currency": "USD", "amount": "0.3", "description": "M Usage - Input Tokens", "model": "m",
     "cost_type": "tokens", "token_type": "uncached_input_tokens", "service_tier": "standard"},
    {"currency": "USD", "amount": "0.2", "description": "M Usage - Output Tokens", "model": "m",
     "cost_type": "tokens", "token_type": "output_tokens", "service_tier": "standard"},
    {"currency": "USD", "amount": "2", "description": "Web Search", "model": null, "cost_type": "web_search"}]}]}"""
FOCUS = (
    "BilledCost,EffectiveCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,SkuId,ServiceName\n"
    "0.005,0.005,USD,Usage,2026-03-05T00:00:00Z,2026-03-06T00:00:00Z,anthropic/m,Claude API\n"
    "1.5,1.5,USD,Tax,2026-03-05T00:00:00Z,2026-04-01T00:00:00Z,,Claude API\n"
)
CONSOLE = (
    "usage_date_utc,model,workspace,token_type,cost_usd,list_price_usd,cost_type\n"
    "2026-03-05,M,Default,input_no_cache,0.003,0.003,token\n"
    "2026-03-05,M,Default,output,0.002,0.002,token\n"
)
DASHBOARD = (
    "start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,line_item,project_id\n"
    "1772668800,1772755200,2026-03-05T00:00:00+00:00,2026-03-06T00:00:00+00:00,0.005,usd,,\n"
    "1772755200,1772841600,2026-03-06T00:00:00+00:00,2026-03-07T00:00:00+00:00,,,,\n"
)
THE_DAY = date(2026, 3, 5)


def billed(store: Store, book: Book, folder: Path, text: str) -> tuple[list[tuple[Any, ...]], dict[str, Any]]:
    bill = folder / "bill"
    bill.write_text(text, encoding="utf-8")
    found = compare_invoice(store, book, read_bill(bill))
    places = [
        found.columns.index(c) for c in ("day", "model", "requests", "invoice_usd", "computed_usd", "difference_usd")
    ]
    return [tuple(row[at] for at in places) for row in found.rows], found.totals


@pytest.mark.parametrize(
    "text",
    [CONSOLE, "day,model,amount\n2026-03-05,m,0.005\n", "Date;Model;Cost\n2026-03-05;anthropic/m;$0.005\n"],
)
def test_a_bill_by_model_stands_beside_our_cost(store: Store, small_book: Book, tmp_path: Path, text: str) -> None:
    fill(store, tmp_path, [request(1, **PARTS), request(2, started_at="2026-03-09", **PARTS)])
    rows, totals = billed(store, small_book, tmp_path, text)

    assert [(THE_DAY, "m", 1, Decimal("0.005"), Decimal("0.00414"), Decimal("0.00086"))] == rows
    assert totals["explained_share"] == pytest.approx(0.828)


def test_anthropics_report_is_in_cents_and_its_searches_are_apart(
    store: Store, small_book: Book, tmp_path: Path
) -> None:
    fill(store, tmp_path, [request(1, **PARTS, web_search_requests=2)])
    rows, _ = billed(store, small_book, tmp_path, ANTHROPIC)

    assert [
        (THE_DAY, "m", 1, Decimal("0.005"), Decimal("0.00414"), Decimal("0.00086")),
        (THE_DAY, "web search", 0, Decimal("0.02"), Decimal("0.02"), Decimal(0)),
    ] == rows


def test_openais_costs_are_added_up_by_the_books_model(store: Store, book: Book, tmp_path: Path) -> None:
    gpt = {"provider_name": "openai", "request_model": "gpt-4o", "input_tokens": 400, "output_tokens": 90}
    fill(store, tmp_path, [request(1, **gpt), request(2, started_at="2026-03-06", **gpt), request(3, **PARTS)])
    rows, _ = billed(store, book, tmp_path, OPENAI)

    # 400 x 2.50 + 90 x 10 = 1,900 micro-USD; the next day is not billed; Anthropic's request is not OpenAI's
    assert [
        (THE_DAY, "gpt-4o", 1, Decimal("0.0019"), Decimal("0.0019"), Decimal(0)),
        (THE_DAY, "web search", 0, Decimal("0.02"), None, Decimal("0.02")),
        (date(2026, 3, 6), "gpt-4o", 1, None, Decimal("0.0019"), Decimal("-0.0019")),
    ] == rows


def test_a_bill_without_models_is_compared_by_day(store: Store, book: Book, tmp_path: Path) -> None:
    gpt = {"provider_name": "openai", "request_model": "gpt-4o", "input_tokens": 400, "output_tokens": 90}
    fill(store, tmp_path, [request(1, **gpt), request(2, **gpt | {"request_model": "gpt-nobody"})])
    rows, totals = billed(store, book, tmp_path, DASHBOARD)

    assert [(THE_DAY, None, 2, Decimal("0.005"), Decimal("0.0019"), Decimal("0.0031"))] == rows
    assert (1, 0) == (totals["unpriced"], totals["usage_missing"])


def test_focus_rows_that_are_no_model_keep_their_category(store: Store, small_book: Book, tmp_path: Path) -> None:
    fill(store, tmp_path, [request(1, **PARTS), request(2, status="ok")])
    rows, totals = billed(store, small_book, tmp_path, FOCUS)

    assert [
        (THE_DAY, "m", 2, Decimal("0.005"), Decimal("0.00414"), Decimal("0.00086")),
        (THE_DAY, "tax", 0, Decimal("1.5"), None, Decimal("1.5")),
    ] == rows
    assert 1 == totals["usage_missing"]


def test_a_filter_holds_for_our_side(store: Store, small_book: Book, tmp_path: Path) -> None:
    fill(store, tmp_path, [request(1, **PARTS), request(2, gateway="other", **PARTS)])
    bill = tmp_path / "bill.csv"
    bill.write_text("day,model,amount\n2026-03-05,m,0.00414\n", encoding="utf-8")
    found = compare_invoice(store, small_book, read_bill(bill), filters=Filters(where=("gateway=g",)))

    assert Decimal(0) == found.totals["difference_usd"]


PLAIN = "day,model,amount\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the bill is empty"),
        ("   \n", "the bill is empty"),
        ("a,b\n1,2\n", "no bill that llmcost knows"),
        ('{"hello": 1}', "no bill that llmcost knows"),
        ('{"object": "page", "data": []}', "the bill has no day"),
        (PLAIN, "the bill has no day"),
        (PLAIN + "2026-03-05,m,1\nyesterday,m,1\n", "bill:3: 'yesterday' is not a day"),
        (PLAIN + "2026-03-05,m,much\n", "bill:2: 'much' is not an amount"),
        (PLAIN + "2026-03-05,m,NaN\n", "bill:2: 'NaN' is not an amount of money"),
        (PLAIN + "2026-03-05,m,\n", "bill:2: no amount"),
        (PLAIN + "2026-03-05,m,1,2\n", "bill:2: 4 cells under 3 columns"),
        (PLAIN + '2026-03-05,"m,1\n', "bill:2: broken CSV: unexpected end of data"),
        ("day,model,amount,currency\n2026-03-05,m,1,EUR\n", "bill:2: 'EUR' is not USD"),
        ("usage_date_utc,model_version,usage_output_tokens\n2026-03-05,m,5\n", "bill:1: an export of usage"),
        ("start_time,model,input_tokens,output_tokens\n1772668800,m,5,1\n", "bill: a usage report, without costs"),
        (FOCUS.replace("2026-03-06", "2026-04-01"), "bill:2: a charge of more than a day"),
        (OPENAI[:200], "bill:3: broken JSON"),
        (OPENAI.replace("0.0009", '"x"'), "bill: data[0].results[1].amount.value: 'x' is not an amount"),
        (OPENAI.replace("1772755200,", "1772841600,", 1), "bill: data[0]: it spans more than a day"),
        (ANTHROPIC.replace('"amount": "0.2"', '"cost": 1'), "bill: data[0].results[1]: no `amount`"),
        ('{"data": [{"start_time": 1, "end_time": 2, "result": []}]}', "bill: data[0]: `results` is not a list"),
    ],
)
def test_a_bad_bill_is_refused_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    bill = tmp_path / "bill"
    bill.write_text(text, encoding="utf-8")

    with pytest.raises(InputError) as refused:
        read_bill(bill)
    assert message in refused.value.message


def test_a_bill_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_bill(tmp_path / "bill")
    (tmp_path / "bill").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FormatError, match="not text"):
        read_bill(tmp_path / "bill")


def test_pages_of_a_bill_may_follow_each_other(tmp_path: Path) -> None:
    bill = tmp_path / "bill"
    for text in (f"{OPENAI}\n{OPENAI}\n", f"[{OPENAI}, {OPENAI}]"):
        bill.write_text(text, encoding="utf-8")
        assert 8 == len(read_bill(bill).lines)


def test_the_command_compares_with_what_litellm_says(llmcost: Run) -> None:
    done = llmcost("reconcile", FIXTURES / "litellm.jsonl", "-f", "json", "--by", "gateway")

    assert 0 == done.returncode
    row = json.loads(done.stdout)["rows"][0]
    assert ("litellm", "reported as 0") == (row["gateway"], row["note"][:13])
    assert "agreeing: " in done.stderr and "of the difference is explained" in done.stderr


def test_the_command_lists_causes(llmcost: Run, ingested: Path) -> None:
    done = llmcost("reconcile", "--db", ingested, "-f", "csv", "--causes")

    assert 0 == done.returncode
    head, *rows = done.stdout.splitlines()
    assert "gateway,emitter_version,provider,model,cause,evidence,requests" == ",".join(head.split(",")[:7])
    assert any(",cache ignored,reads and writes," in row for row in rows)


def test_the_command_compares_with_a_bill(llmcost: Run, tmp_path: Path) -> None:
    (tmp_path / "bill.csv").write_text("day,model,amount\n2026-11-03,gpt-4o,1.00\n", encoding="utf-8")
    done = llmcost("reconcile", FIXTURES / "litellm.jsonl", "--invoice", "bill.csv")

    assert 0 == done.returncode
    assert "bill: day, model, amount, 1 line, 2026-11-03 to 2026-11-03 (UTC)" in done.stderr
    assert "explained: " in done.stderr


def test_the_command_refuses_in_words(llmcost: Run, tmp_path: Path) -> None:
    (tmp_path / "bill.csv").write_text("day,model,amount\n2026-11-03,gpt-4o,free\n", encoding="utf-8")
    log = FIXTURES / "openai.jsonl"

    assert 3 == llmcost("reconcile", log, "--invoice", "bill.csv").returncode
    assert 2 == llmcost("reconcile", log, "--invoice", "bill.csv", "--causes").returncode
    assert 3 == llmcost("reconcile", log, "--invoice", "missing.csv").returncode
    assert 2 == llmcost("reconcile", FIXTURES / "litellm.jsonl", "--by", "nothing").returncode
    silent = llmcost("reconcile", FIXTURES / "anthropic.jsonl")
    assert (3, "") == (silent.returncode, silent.stdout)
    assert "no request has a reported cost" in silent.stderr


def test_real_logs_are_compared(store: Store, book: Book) -> None:
    ingest(store, [str(SAMPLES)])
    found = compare_reported(store, book)

    assert 0 < found.totals["requests"] <= store.value("select count(*) from requests")


def test_queries_are_portable_sql() -> None:
    words = ("arg_max", "any_value", "asof", "qualify", "filter (", "hash(", "regexp", "lower(", "group by all")
    for file in (FIXTURES.parent / "llmcost" / "reconcile").glob("*/*.sql"):
        text = file.read_text(encoding="utf-8").lower()
        assert [word for word in words if word in text] == [], file.name


def test_every_cause_is_in_the_docs() -> None:
    text = (FIXTURES.parent / "docs" / "reconcile.md").read_text(encoding="utf-8")

    assert [] == [cause.title for cause in causes().values() if f"| {cause.title} | {cause.says} |" not in text]
