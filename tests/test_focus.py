"""FOCUS rows add up to the priced requests to the last digit, and say of each charge whose price it stands on."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from llmcost.errors import UsageError
from llmcost.export import VERSIONS, Charges, export_focus
from llmcost.export.focus import COSTS, exports
from llmcost.ingest import ingest
from llmcost.pricing import Book, load_book, shipped_book_path
from llmcost.report import run
from llmcost.store import Filters, Store
from tests.conftest import FIRST, FIXTURES, ROOT, Run

BOOK = """
format: llmcost-pricing/1
models:
  - provider: anthropic
    model: m
    prices:
      - {from: 2026-01-01, input: 2.5, output: 10, web_search: 0.01}
      - from: 2026-03-01
        input: 4
        output: 8
        tiers: [{over: 1000, input: 6}]
        variants: [{when: {processing: batch}, multiply: 0.5}]
deployments: [{name: reserved, provider: anthropic, model: m, billing: provisioned}]
adjust: [{provider: anthropic, from: 2026-04-01, multiply: 0.93}]
"""
COLUMNS = (
    *("BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd"),
    *("BillingPeriodStart", "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargeFrequency"),
    *("ChargePeriodEnd", "ChargePeriodStart", "ConsumedQuantity", "ConsumedUnit", "ContractedCost"),
    *("ContractedUnitPrice", "EffectiveCost", "HostProviderName", "InvoiceIssuerName", "ListCost", "ListUnitPrice"),
    *("PricingCategory", "PricingQuantity", "PricingUnit", "ProviderName", "PublisherName", "RegionId", "ResourceId"),
    *("ServiceCategory", "ServiceName", "ServiceProviderName", "ServiceSubcategory", "SkuId", "SkuMeter"),
    *("SkuPriceDetails", "SkuPriceId", "SubAccountId", "Tags", "x_PriceStatus", "x_Requests", "x_TokenType"),
)
# what the specification lets be null on a usage charge; the last is a fee's
NULLABLE = {"ChargeClass", "RegionId", "ResourceId", "SkuPriceDetails", "SubAccountId", "Tags", "x_TokenType"}


@pytest.fixture(scope="module")
def filled(ingested: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store(shutil.copy(ingested, tmp_path_factory.mktemp("focus") / "store.duckdb")) as store:
        yield store


def message(number: int, day: str, input: int, output: int, model: str = "m", **usage: object) -> dict[str, Any]:
    body = {"input_tokens": input, "output_tokens": output, **usage}
    return {"id": f"m{number}", "type": "message", "timestamp": day, "model": model, "usage": body}


def exported(store: Store, book: Book, folder: Path, *messages: dict[str, Any]) -> list[dict[str, Any]]:
    log = folder / "log.jsonl"
    log.write_text("\n".join(map(json.dumps, messages)), encoding="utf-8")
    ingest(store, [str(log)])
    return rows_of(export_focus(store, book))


def rows_of(found: Charges) -> list[dict[str, Any]]:
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


def test_the_costs_add_up_to_the_priced_requests(filled: Store, book: Book) -> None:
    found = export_focus(filled, book)

    listed, cost = filled.rows("select sum(list_cost_usd), sum(cost_usd) from priced_requests")[0]
    assert cost > 1
    assert {"ListCost": listed} | dict.fromkeys(COSTS[:3], cost) == found.totals
    for name, total in found.totals.items():
        assert total == sum(row[name] for row in rows_of(found))


@pytest.mark.parametrize(
    "filters",
    [
        Filters(since=datetime(2026, 11, 1, 12), until=datetime(2026, 11, 2)),
        Filters(where=("provider=openai", "model!=gpt-4o")),
        Filters(where=("model=none",)),
    ],
)
def test_the_filters_choose_the_same_requests_as_a_reports(filled: Store, book: Book, filters: Filters) -> None:
    found = export_focus(filled, book, by=("team", "key"), filters=filters)

    assert (run(filled, book, filters=filters).totals["cost_usd"] or 0) == found.totals["EffectiveCost"]


def test_a_request_with_two_of_the_tags_asked_for_is_charged_once(store: Store, small_book: Book) -> None:
    ingest(store, [str(FIXTURES / "litellm.jsonl")])
    store.execute(
        "update requests set tags = ['a', 'b'], response_model = 'm', provider_name = 'anthropic', name_id = null"
    )
    store.execute("update requests set started_at = timestamp '2026-01-05'")
    both = export_focus(store, small_book, filters=Filters(where=("tag=a", "tag=b"))).totals

    assert export_focus(store, small_book).totals == both
    with pytest.raises(UsageError, match="charged twice"):
        export_focus(store, small_book, by=("tag",))


def test_quantity_times_unit_price_is_the_cost_of_every_row(filled: Store, tmp_path: Path) -> None:
    contract = tmp_path / "contract.yaml"
    contract.write_text("format: llmcost-pricing/1\nadjust: [{provider: openai, multiply: 0.871234}]", encoding="utf-8")
    found = rows_of(export_focus(filled, load_book([shipped_book_path(), contract])))

    assert any(row["ListCost"] != row["ContractedCost"] for row in found)
    for row in found:
        assert row["ListCost"] == row["PricingQuantity"] * row["ListUnitPrice"]
        assert row["ContractedCost"] == row["PricingQuantity"] * row["ContractedUnitPrice"]


def test_two_requests_of_a_day_are_one_row_per_meter(store: Store, small_book: Book, tmp_path: Path) -> None:
    found = exported(
        *(store, small_book, tmp_path),
        message(1, "2026-01-31T00:00:00Z", 100, 10),
        message(2, "2026-01-31T23:59:59.999999Z", 250, 20),
        message(3, "2026-02-01T00:00:00Z", 1, 0),
    )

    expected = [
        (datetime(2026, 1, 31), "input", 2, 350, Decimal("0.00035"), Decimal("0.000875")),  # x 2.50
        (datetime(2026, 1, 31), "output", 2, 30, Decimal("0.00003"), Decimal("0.0003")),  # x 10
        (datetime(2026, 2, 1), "input", 1, 1, Decimal("0.000001"), Decimal("0.0000025")),
    ]
    names = ("ChargePeriodStart", "x_TokenType", "x_Requests", "ConsumedQuantity", "PricingQuantity", "EffectiveCost")
    assert expected == [tuple(row[name] for name in names) for row in found]
    first = {name: found[0][name] for name in ("ChargePeriodEnd", "BillingPeriodStart", "BillingPeriodEnd")}
    assert {
        "ChargePeriodEnd": datetime(2026, 2, 1),
        "BillingPeriodStart": datetime(2026, 1, 1),
        "BillingPeriodEnd": datetime(2026, 2, 1),
    } == first


def test_a_period_a_tier_and_a_batch_have_prices_of_their_own(store: Store, small_book: Book, tmp_path: Path) -> None:
    found = exported(
        *(store, small_book, tmp_path),
        message(1, "2026-02-28", 1000, 0),
        message(2, "2026-03-02", 1000, 0),
        message(3, "2026-03-02", 1001, 0),
        message(4, "2026-03-02", 1000, 0, service_tier="batch"),
    )

    expected = {
        "anthropic/m/input/2026-01-01": (Decimal("2.5"), Decimal("0.0025"), '{"x_PriceFrom":"2026-01-01"}'),
        "anthropic/m/input/2026-03-01": (4, Decimal("0.004"), '{"x_PriceFrom":"2026-03-01"}'),
        "anthropic/m/input/2026-03-01/over=1000": (
            *(6, Decimal("0.006006")),
            '{"x_PriceFrom":"2026-03-01","x_InputTokensOver":1000}',
        ),
        "anthropic/m/input/2026-03-01/processing=batch": (
            *(2, Decimal("0.002")),
            '{"x_PriceFrom":"2026-03-01","x_ServiceLevel":"processing=batch"}',
        ),
    }
    assert expected == {
        row["SkuPriceId"]: (row["ListUnitPrice"], row["ListCost"], row["SkuPriceDetails"]) for row in found
    }
    assert {"anthropic/m"} == {row["SkuId"] for row in found}


def test_hours_of_the_week_have_prices_of_their_own(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "hours.yaml"
    window = "{days: [mon], from: '01:00', to: '02:00', input: 1}"
    prices = f"[{{input: 2, output: 2, windows: [{window}]}}]"
    path.write_text(
        f"format: llmcost-pricing/1\nmodels: [{{provider: anthropic, model: m, prices: {prices}}}]", encoding="utf-8"
    )
    found = exported(
        *(store, load_book([path]), tmp_path),
        message(1, "2026-01-05T01:59:00Z", 10, 0),  # a Monday
        message(2, "2026-01-05T02:00:00Z", 10, 0),
    )

    assert [
        ("anthropic/m/input/days=1/minutes=120-1440", Decimal("0.00002")),
        ("anthropic/m/input/days=1/minutes=60-120", Decimal("0.00001")),
    ] == [(row["SkuPriceId"], row["ListCost"]) for row in found]


def test_a_contract_changes_what_is_paid_and_not_the_list_cost(store: Store, small_book: Book, tmp_path: Path) -> None:
    row = exported(store, small_book, tmp_path, message(1, "2026-04-01", 100, 0))[0]

    assert (4, Decimal("3.72")) == (row["ListUnitPrice"], row["ContractedUnitPrice"])
    assert Decimal("0.0004") == row["ListCost"]
    assert [Decimal("0.000372")] * 3 == [row[name] for name in COSTS[:3]]


def test_what_is_paid_by_the_hour_costs_nothing_more(store: Store, small_book: Book, tmp_path: Path) -> None:
    row = exported(store, small_book, tmp_path, message(1, "2026-04-01", 100, 0, model="reserved"))[0]

    assert ("Committed", "provisioned", "anthropic/m") == (
        *(row["PricingCategory"], row["x_PriceStatus"]),
        row["SkuId"],
    )
    assert (Decimal("0.0004"), 4) == (row["ListCost"], row["ListUnitPrice"])
    assert [0] * 4 == [row[name] for name in (*COSTS[:3], "ContractedUnitPrice")]


def test_a_fee_is_counted_by_the_call(store: Store, small_book: Book, tmp_path: Path) -> None:
    searched = message(1, "2026-01-05", 10, 0, server_tool_use={"web_search_requests": 3})
    fee = exported(store, small_book, tmp_path, searched)[1]

    assert ("Web Searches", "Searches", "Searches", None) == (
        *(fee["SkuMeter"], fee["PricingUnit"], fee["ConsumedUnit"]),
        fee["x_TokenType"],
    )
    assert (3, Decimal("0.01"), Decimal("0.03")) == (fee["PricingQuantity"], fee["ListUnitPrice"], fee["ListCost"])


def test_what_has_no_price_has_no_row(store: Store, small_book: Book, tmp_path: Path) -> None:
    assert [] == exported(store, small_book, tmp_path, message(1, "2025-12-31", 100, 10))


def test_each_version_has_its_columns_in_order(filled: Store, book: Book) -> None:
    without = tuple(name for name in COLUMNS if name not in ("HostProviderName", "ServiceProviderName"))

    assert COLUMNS == export_focus(filled, book).columns
    assert COLUMNS == export_focus(filled, book, version="1.3").columns
    assert without == export_focus(filled, book, version="1.2").columns
    with pytest.raises(UsageError, match=r"1\.1: no such version"):
        export_focus(filled, book, version="1.1")


@pytest.mark.parametrize("version", VERSIONS)
def test_only_what_the_specification_lets_be_null_is(filled: Store, book: Book, version: str) -> None:
    found = rows_of(export_focus(filled, book, version=version))

    assert {name for row in found for name, value in row.items() if value is None} <= NULLABLE
    assert {None} == {row["ChargeClass"] for row in found}


def test_every_meter_has_a_name_and_every_price_one_unit_price(filled: Store, book: Book) -> None:
    found = rows_of(export_focus(filled, book))

    assert [] == [row["SkuMeter"] for row in found if row["SkuMeter"] == row["x_TokenType"]]
    prices = {(row["SkuPriceId"], row["ListUnitPrice"]) for row in found}
    assert len({sku for sku, _ in prices}) == len(prices)


def test_the_columns_of_by_are_tags_and_columns(filled: Store, book: Book) -> None:
    found = rows_of(export_focus(filled, book, by=("team", "api_key_alias", "day")))

    row = next(row for row in found if row["x_Team"] and row["x_ApiKeyAlias"])
    tags = {"team": row["x_Team"], "api_key_alias": row["x_ApiKeyAlias"], "day": str(row["x_Day"])}
    assert tags == json.loads(row["Tags"])
    assert (*COLUMNS, "x_Team", "x_ApiKeyAlias", "x_Day") == tuple(row)
    assert len(found) > len(export_focus(filled, book).rows)


def test_the_command_writes_csv_and_counts_what_is_missing(llmcost: Run, tmp_path: Path) -> None:
    assert llmcost("ingest", *FIRST).returncode == 0
    done = llmcost("export", "focus", "--billing-account", "acme", "--by", "team", "--focus-version", "1.2")

    assert (0, "acme") == (done.returncode, next(csv.DictReader(done.stdout.splitlines()))["BillingAccountId"])
    rows = list(csv.DictReader(done.stdout.splitlines()))
    spent = json.loads(llmcost("report", "-f", "json").stdout, parse_float=Decimal)["totals"]["cost_usd"]
    assert spent == sum(Decimal(row["EffectiveCost"]) for row in rows)
    assert "2026-11-02T00:00:00Z" in {row["ChargePeriodEnd"] for row in rows}
    assert "of 45 requests have a cost" in done.stderr
    assert "unpriced: acme/house-model-1: unknown provider (1 request)" in done.stderr
    assert 4 == llmcost("export", "focus", "--strict", "-o", "focus.jsonl").returncode
    assert "BilledCost" in json.loads((tmp_path / "focus.jsonl").read_text(encoding="utf-8").splitlines()[0])


def test_the_command_refuses_what_does_not_exist(llmcost: Run) -> None:
    for words in (("--focus-version", "2"), ("--by", "tag"), ("--by", "nothing"), ("-f", "xml")):
        done = llmcost("export", "focus", *words, *FIRST)
        assert (2, "") == (done.returncode, done.stdout)
        assert "error: " in done.stderr


def test_the_page_names_every_column() -> None:
    page = (ROOT / "docs" / "focus.md").read_text(encoding="utf-8")

    assert [] == [name for name in COLUMNS if f"`{name}`" not in page]
    assert exports()["focus"].answers.endswith("?")


def test_prices_of_two_hours_of_every_day_are_two_prices(store: Store, tmp_path: Path) -> None:
    book = tmp_path / "book.yaml"
    book.write_text(
        "format: llmcost-pricing/1\nmodels:\n  - provider: acme\n    model: heron\n    prices:\n"
        '      - {input: 2, windows: [{from: "16:00", to: "24:00", input: 1}]}\n',
        encoding="utf-8",
    )
    log = tmp_path / "log.jsonl"
    line = (
        '{{"llmcost": 1, "request_id": "{0}", "started_at": "2026-06-01T{1}:00Z", "provider_name": "acme", '
        '"response_model": "heron", "input_tokens": 1000, "output_tokens": 0}}\n'
    )
    log.write_text(line.format("day", "12:00") + line.format("night", "17:00"), encoding="utf-8")
    ingest(store, [str(log)])

    found = export_focus(store, load_book([book]))

    at = found.columns.index("SkuPriceId")
    assert 2 == len({row[at] for row in found.rows})
    # 1,000 x 2 and 1,000 x 1 micro-USD, each once
    assert Decimal("0.003") == found.totals["ListCost"]
