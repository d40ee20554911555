"""The 32 traps that other cost tools fell into, each with the answer that llmcost gives instead.

Lines are invented in the shape of the emitter. Sums in comments are micro-USD: tokens x USD per million tokens. Unless a
test says otherwise, a request is STANDARD at RATES:

    400 fresh x 2 + 600 cached x 0.5 + 100 written x 10 = 800 + 300 + 1,000 = 2,100 -> $0.0021
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from llmcost.errors import PriceBookError
from llmcost.ingest import ingest
from llmcost.pricing import Book, load_book
from llmcost.pricing.edit import edited
from llmcost.pricing.files import read_book
from llmcost.pricing.update import changes
from llmcost.report import run
from llmcost.store import Store
from llmcost.store.prices import load_prices
from tests.conftest import Run

Line = dict[str, Any]
Row = dict[str, Any]
# reads files of one or more lines, prices them with a book, gives the requests in the files' order
Price = Callable[..., list[Row]]
MakeBook = Callable[..., Book]

HEAD = """\
format: llmcost-pricing/1
providers:
  - {id: openai}
  - {id: aws, names: [aws.bedrock]}
models:
"""
RATES = "input: 2, output: 10, cache_read: 0.5, cache_write: 2.5, cache_write_1h: 4"
STANDARD = Decimal("0.0021")
TIERS = "tiers: [{over: 200000, input: 4, output: 15, cache_read: 1, cache_write: 5}]"


@pytest.fixture
def price(store: Store, tmp_path: Path) -> Price:
    def price(book: Book, *files: Line | list[Line]) -> list[Row]:
        # written in every call anew, so that their number says their order
        paths = [written(tmp_path / f"{at:02}.jsonl", file) for at, file in enumerate(files)]
        if paths:
            ingest(store, paths)
        load_prices(store, book)
        result = store.execute("select * from priced_requests order by file_id, request_id")
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    return price


def written(path: Path, file: Line | list[Line]) -> str:
    lines = file if isinstance(file, list) else [file]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return str(path)


@pytest.fixture
def make_book(tmp_path: Path) -> MakeBook:
    def make_book(*models: str, rest: str = "") -> Book:
        path = tmp_path / "small.yaml"
        path.write_text(HEAD + "".join(models) + rest, encoding="utf-8")
        return load_book([path])

    return make_book


def model(name: str, *periods: str) -> str:
    """A model such as openai/gpt-heron, at RATES where no period is given."""
    provider, _, id = name.partition("/")
    prices = ", ".join(f"{{{period}}}" for period in periods or [RATES])
    return f'  - {{provider: {provider}, model: "{id}", prices: [{prices}]}}\n'


def openai(model: str = "gpt-heron", *, input: int = 1000, cached: int = 600, output: int = 100, **more: Any) -> Line:
    usage = {
        "prompt_tokens": input,
        "completion_tokens": output,
        "prompt_tokens_details": {"cached_tokens": cached},
        **more.pop("usage", {}),
    }
    body = {"id": f"chatcmpl-{model}", "object": "chat.completion", "created": 1793520000, "model": model}
    return {**body, "choices": [], "usage": usage, **more}


def anthropic(*, input: int = 400, read: int = 600, output: int = 100, **usage: Any) -> Line:
    tokens = {"input_tokens": input, "cache_read_input_tokens": read, "output_tokens": output, **usage}
    time = "2026-11-02T08:00:00Z"
    return {"id": "msg_1", "type": "message", "timestamp": time, "model": "claude-heron", "usage": tokens}


def gemini(prompt: int, candidates: int, total: int, **usage: int) -> Line:
    counts = {"promptTokenCount": prompt, "candidatesTokenCount": candidates, "totalTokenCount": total, **usage}
    return {"candidates": [], "usageMetadata": counts, "modelVersion": "gemini-heron", "responseId": f"g-{candidates}"}


def bedrock(name: str, **usage: int) -> Line:
    counts = {"inputTokens": 1000, "outputTokens": 100, **usage}
    return {
        "schemaType": "ModelInvocationLog",
        "timestamp": "2026-11-02T09:00:00Z",
        "requestId": f"bedrock-{name}",
        "operation": "Converse",
        "modelId": name,
        "input": {"inputTokenCount": counts["inputTokens"]},
        "output": {"outputBodyJson": {"output": {"message": {}}, "stopReason": "end_turn", "usage": counts}},
    }


def litellm(provider: str, asked: str, **more: Any) -> Line:
    usage = {"prompt_tokens": 1000, "completion_tokens": 100, "prompt_tokens_details": {"cached_tokens": 600}}
    return {
        "id": f"chatcmpl-{asked}",
        "call_type": "acompletion",
        "status": "success",
        "custom_llm_provider": provider,
        "startTime": 1793552407.25,
        "endTime": 1793552408.25,
        "model": asked,
        "metadata": {"usage_object": usage},
        "prompt_tokens": 1000,
        "completion_tokens": 100,
        "response_cost": 0.0,
        **more,
    }


def canonical(id: str, **more: Any) -> Line:
    request = {"started_at": "2026-11-02T08:00:00Z", "provider_name": "openai", "request_model": "gpt-heron"}
    tokens = {"input_tokens": 1000, "cache_read_input_tokens": 600, "output_tokens": 100}
    return {"llmcost": 1, "request_id": id, **request, **tokens, **more}


def claude_code(output: int, time: str = "2026-11-02T08:00:00Z", session: str = "session-1") -> Line:
    message = {k: v for k, v in anthropic(output=output).items() if k != "timestamp"}
    return {"type": "assistant", "timestamp": time, "sessionId": session, "requestId": "req-1", "message": message}


def costs(rows: list[Row]) -> list[Decimal | None]:
    return [row["cost_usd"] for row in rows]


def outcomes(rows: list[Row]) -> list[tuple[Decimal | None, str]]:
    return [(row["cost_usd"], row["price_status"]) for row in rows]


# Tokens


def test_trap_01_cached_tokens_are_counted_twice(price: Price, make_book: MakeBook) -> None:
    names = ("openai/gpt-heron", "deepseek/deepseek-heron", "x-ai/grok-heron", "google/gemini-heron")
    hits = {"prompt_cache_hit_tokens": 600, "prompt_cache_miss_tokens": 400}
    rows = price(
        make_book(*map(model, names)),
        openai(),
        openai("deepseek-heron", usage=hits),
        openai("grok-heron"),
        gemini(1000, 100, 1100, cachedContentTokenCount=600),
    )

    # all four count the 600 inside the 1,000
    assert [(STANDARD, "priced")] * 4 == outcomes(rows)
    assert [1000] * 4 == [row["input_tokens"] for row in rows]


def test_trap_02_anthropic_and_bedrock_leave_the_cache_out_of_the_input(price: Price, make_book: MakeBook) -> None:
    names = ("anthropic/claude-heron", "aws/anthropic.claude-heron-v1:0", "openrouter/anthropic/claude-heron")
    proxied = openai("anthropic/claude-heron", input=1200, usage={"is_byok": False})
    proxied["usage"]["prompt_tokens_details"]["cache_write_tokens"] = 200
    rows = price(
        make_book(*map(model, names)),
        anthropic(cache_creation_input_tokens=200),
        bedrock("anthropic.claude-heron-v1:0", inputTokens=400, cacheReadInputTokens=600, cacheWriteInputTokens=200),
        proxied,
    )

    # 2,100 and 200 written x 2.5; the same Claude through a proxy that speaks OpenAI has them inside its 1,200
    assert [Decimal("0.0026")] * 3 == costs(rows)
    assert [1200] * 3 == [row["input_tokens"] for row in rows]
    assert ["exclusive", "exclusive", "inclusive"] == [row["usage_basis"] for row in rows]


def test_trap_03_more_cached_than_sent_is_bad_usage_and_not_clamped(price: Price, make_book: MakeBook) -> None:
    rows = price(make_book(model("openai/gpt-heron")), openai(input=10, cached=11))

    assert [(None, "bad usage")] == outcomes(rows)
    assert (10, 11) == (rows[0]["input_tokens"], rows[0]["cache_read_input_tokens"])


def test_trap_04_reasoning_is_counted_twice_or_not_at_all(price: Price, make_book: MakeBook) -> None:
    rows = price(
        make_book(model("openai/gpt-heron"), model("google/gemini-heron")),
        openai(input=100, cached=0, output=300, usage={"completion_tokens_details": {"reasoning_tokens": 200}}),
        gemini(100, 100, 400, thoughtsTokenCount=200),  # 100 + 100 + 200 = 400: the thoughts stand beside
        gemini(100, 300, 400, thoughtsTokenCount=200),  # 100 + 300 = 400: the thoughts are among the 300
    )

    # 100 x 2 + 300 x 10
    assert [Decimal("0.0032")] * 3 == costs(rows)
    assert [(300, 200)] * 3 == [(row["output_tokens"], row["reasoning_output_tokens"]) for row in rows]


def test_trap_05_a_cache_for_an_hour_is_dearer_than_one_for_minutes(price: Price, make_book: MakeBook) -> None:
    split = {"ephemeral_5m_input_tokens": 1500, "ephemeral_1h_input_tokens": 500}
    rows = price(
        make_book(model("anthropic/claude-heron")),
        anthropic(input=100, read=0, output=10, cache_creation_input_tokens=2000, cache_creation=split),
    )

    # 100 x 2 + 1,500 x 2.5 + 500 x 4 + 10 x 10 = 200 + 3,750 + 2,000 + 100; the 2,000 are the sum of the two
    assert [Decimal("0.00605")] == costs(rows)
    assert 2100 == rows[0]["input_tokens"]


def test_trap_06_no_cached_rate_in_the_book_is_not_free(price: Price, make_book: MakeBook, store: Store) -> None:
    book = make_book(
        model("openai/gpt-heron", "input: 2, output: 10"),
        model("openai/gpt-egret", "input: 2, output: 10, cache_read: 0"),
    )
    rows = price(book, openai(), openai("gpt-egret"))

    # 1,000 x 2 + 100 x 10, and said so; a 0 that stands in the book is meant: 400 x 2 + 100 x 10
    assert [Decimal("0.003"), Decimal("0.0018")] == costs(rows)
    assert [True, False] == [row["is_assumed_rate"] for row in rows]
    assert 1 == run(store, book).coverage.assumed_requests


# Tiers


def test_trap_07_the_whole_request_moves_and_not_what_is_above_the_tier(price: Price, make_book: MakeBook) -> None:
    book = make_book(model("openai/gpt-heron", f"{RATES}, {TIERS}"))

    # 200,001 x 4 + 10 x 15 = 800,154, where the excess alone would be 400,104 with 1 token at 4
    assert [Decimal("0.800154")] == costs(price(book, openai(input=200_001, cached=0, output=10)))


def test_trap_08_the_cache_counts_for_the_tier_and_moves_with_it(price: Price, make_book: MakeBook) -> None:
    book = make_book(model("anthropic/claude-heron", f"{RATES}, {TIERS}"))
    rows = price(book, anthropic(input=1, read=150_000, cache_creation_input_tokens=50_000, output=10))

    # 1 x 4 + 150,000 x 1 + 50,000 x 5 + 10 x 15 = 4 + 150,000 + 250,000 + 150
    assert [Decimal("0.400154")] == costs(rows)


def test_trap_09_at_the_threshold_vendors_differ_and_sums_of_requests_do_not_count(
    price: Price, make_book: MakeBook
) -> None:
    book = make_book(
        model("openai/gpt-heron", f"{RATES}, {TIERS}"),
        model("x-ai/grok-heron", f"{RATES}, {TIERS.replace('over', 'at_least')}"),
    )
    turns = [canonical(f"turn-{at}", session_id="s", input_tokens=150_000, cache_read_input_tokens=0) for at in (1, 2)]
    rows = price(
        book,
        openai(input=200_000, cached=0, output=10),
        openai("grok-heron", input=200_000, cached=0, output=10),
        turns,
    )

    # 200,000 is not over 200,000: x 2 + 10 x 10. It is at least 200,000: x 4 + 10 x 15
    assert [Decimal("0.4001"), Decimal("0.80015")] == costs(rows[:2])
    # a session of 300,000 is two requests of 150,000 x 2 + 100 x 10
    assert [Decimal("0.301")] * 2 == costs(rows[2:])


def test_trap_09_the_shipped_tiers_of_xai_begin_at_200000_and_of_claude_above_it(price: Price, book: Book) -> None:
    claude = canonical("claude", provider_name="anthropic", request_model="claude-sonnet-4-5")
    grok = canonical("grok", provider_name="xai", request_model="grok-4.20")
    size = {"input_tokens": 200_000, "cache_read_input_tokens": 0, "output_tokens": 0}

    # 200,000 x 3, and 200,000 x 4 where 199,999 would be x 2
    assert [Decimal("0.6"), Decimal("0.8")] == costs(price(book, claude | size, grok | size))


# Service levels


def test_trap_10_a_batch_is_half_price_with_its_cache_where_the_vendor_says_so(
    price: Price, make_book: MakeBook
) -> None:
    half = f"{RATES}, variants: [{{when: {{processing: batch}}, multiply: 0.5}}]"
    own = f"{RATES}, variants: [{{when: {{processing: batch}}, input: 1, output: 5, cache_read: 0.5}}]"
    book = make_book(
        model("openai/gpt-heron", half), model("anthropic/claude-heron", half), model("google/gemini-heron", own)
    )
    rows = price(
        book,
        {"id": "batch_1", "custom_id": "a", "response": {"status_code": 200, "body": openai()}, "error": None},
        {"custom_id": "b", "result": {"type": "succeeded", "message": anthropic(service_tier="batch")}},
        canonical("c", provider_name="google", request_model="gemini-heron", is_batch=True),
    )

    # half of 2,100; Google's own: 400 x 1 + 600 x 0.5 + 100 x 5
    assert [Decimal("0.00105"), Decimal("0.00105"), Decimal("0.0012")] == costs(rows)
    assert [True] * 3 == [row["is_batch"] for row in rows]


def test_trap_11_the_tier_that_was_served_is_paid_and_not_the_one_asked_for(price: Price, make_book: MakeBook) -> None:
    priority = "{when: {service_tier: priority}, input: 4, output: 20, cache_read: 1}"
    flex = "{when: {service_tier: flex}, input: 1, output: 5, cache_read: 0.25}"
    book = make_book(model("openai/gpt-heron", f"{RATES}, variants: [{priority}, {flex}]"))
    asked = {"model_parameters": {"service_tier": "priority"}}
    rows = price(
        book,
        openai(id="a", service_tier="flex"),
        openai(id="b", service_tier="priority"),
        litellm("openai", "gpt-heron", **asked, response={"model": "gpt-heron", "service_tier": "default"}),
    )

    assert [STANDARD / 2, STANDARD * 2, STANDARD] == costs(rows)


def test_trap_12_fast_mode_and_residency_stack_and_reach_the_cache(price: Price, make_book: MakeBook) -> None:
    variants = "[{when: {speed: fast}, multiply: 2}, {when: {inference_geo: us}, multiply: 1.1}]"
    book = make_book(model("anthropic/claude-heron", f"{RATES}, web_search: 0.01, variants: {variants}"))
    served = {"speed": "fast", "inference_geo": "us", "server_tool_use": {"web_search_requests": 1}}
    rows = price(book, anthropic(cache_creation_input_tokens=200, **served))

    # (2,100 + 200 x 2.5) x 2 x 1.1 = 5,720, and a search of $0.01 that no factor touches
    assert [Decimal("0.01572")] == costs(rows)


def test_trap_13_an_unknown_service_level_is_not_the_standard_one(price: Price, make_book: MakeBook) -> None:
    book = make_book(model("openai/gpt-heron"))
    rows = price(
        book,
        openai(service_tier="gold"),
        canonical("b", speed="warp"),
        canonical("c", inference_geo="mars"),
        canonical("d", is_batch=True),
    )

    assert [(None, "no price for context")] * 4 == outcomes(rows)


# Time


def test_trap_14_a_new_price_does_not_change_old_costs(
    price: Price, make_book: MakeBook, store: Store, tmp_path: Path
) -> None:
    old, news = make_book(model("openai/gpt-heron")), tmp_path / "news.yaml"
    price(
        old, canonical("june", started_at="2026-06-14T23:59:59Z"), canonical("july", started_at="2026-07-01T00:00:00Z")
    )
    before = run(store, old, by=("request_id",)).rows
    news.write_text(HEAD + model("openai/gpt-heron", RATES.replace("output: 10", "output: 5")), encoding="utf-8")

    small = tmp_path / "small.yaml"
    taken = list(changes(old, read_book(news).models, date(2026, 6, 15), frozenset()))
    small.write_text(edited(small, taken), encoding="utf-8")
    after = run(store, load_book([small]), by=("request_id",)).rows

    # July has 100 x 5 less
    assert {"june": STANDARD, "july": STANDARD} == {row[0]: row[5] for row in before}
    assert {"june": STANDARD, "july": Decimal("0.0016")} == {row[0]: row[5] for row in after}


def test_trap_15_the_time_of_the_request_in_utc_decides(price: Price, make_book: MakeBook) -> None:
    book = make_book(model("openai/gpt-heron", f"from: 2026-01-01, {RATES}", "from: 2026-03-01, input: 1, output: 5"))
    times = {
        "2026-02-28T23:59:59.999999Z": STANDARD,
        "2026-03-01T00:00:00Z": Decimal("0.0015"),  # 1,000 x 1 + 100 x 5, no cached rate
        "2026-03-01T01:59:59+02:00": STANDARD,  # 23:59:59 in February
        "2026-02-28T19:00:00-05:00": Decimal("0.0015"),  # midnight
    }
    # none of them has ended before March
    rows = price(book, [canonical(time, started_at=time, ended_at="2026-03-01T00:00:07Z") for time in times])

    assert times == {row["request_id"]: row["cost_usd"] for row in rows}


def test_trap_16_an_announced_price_has_a_source_and_is_listed_until_it_holds(
    price: Price, make_book: MakeBook, llmcost: Run, tmp_path: Path
) -> None:
    source = 'source: "https://prices.example/heron"'
    announced = f"from: 2099-01-01, input: 3, output: 15, {source}"
    book = make_book(model("openai/gpt-heron", f"from: 2026-01-01, {RATES}, {source}", announced))
    checked = llmcost("pricing", "check", tmp_path / "small.yaml")
    shown = llmcost("pricing", "show", "gpt-heron", "--at", "2099-01-01", "--pricing", tmp_path / "small.yaml")

    assert ["https://prices.example/heron"] * 2 == [period.source for period in book.models[0].periods]
    assert [STANDARD] == costs(price(book, openai()))
    (line,) = [line for line in checked.stdout.splitlines() if "not yet in force" in line]
    assert "gpt-heron" in line and "2099-01-01" in line
    assert "source: https://prices.example/heron" in shown.stdout


# Names


def test_trap_17_an_unknown_model_is_not_free(
    price: Price, make_book: MakeBook, store: Store, llmcost: Run, tmp_path: Path
) -> None:
    book = make_book(model("openai/gpt-heron"))
    rows = price(book, openai(), openai("gpt-stork"))
    result = run(store, book, by=("model",))

    assert [(STANDARD, "priced"), (None, "unknown model")] == outcomes(rows)
    assert {"gpt-heron": STANDARD, "gpt-stork": None} == {
        row[0]: row[result.columns.index("cost_usd")] for row in result.rows
    }
    assert [("gpt-stork", "unknown model", 1)] == [(u.model, u.reason, u.requests) for u in result.coverage.unpriced]
    # without a book of its own gpt-heron is as unknown: exit code 4 is "incomplete"
    strict = llmcost("report", tmp_path / "00.jsonl", "--strict")
    assert (4, True) == (strict.returncode, "unpriced: openai/gpt-heron: unknown model" in strict.stderr)


def test_trap_18_a_name_is_never_priced_as_a_part_of_it(price: Price, book: Book) -> None:
    small = {"input": 1000, "cached": 0, "output": 100}
    named = {
        "gpt-4.1": Decimal("0.0028"),  # 1,000 x 2 + 100 x 8, where gpt-4 is 30 and 60
        "gpt-4.1-2025-04-14": Decimal("0.0028"),
        "gpt-5.4-mini": Decimal("0.0012"),  # 1,000 x 0.75 + 100 x 4.5, where gpt-5 is 1.25 and 10
        "gpt-4.1-heron": None,
        "gpt-5.4-mini-heron": None,
        "my-gpt-4": None,
        "gpt-4x": None,
    }
    rows = price(book, [openai(name, **small) for name in named])

    assert named == {row["response_model"]: row["cost_usd"] for row in rows}
    assert {"unknown model"} == {row["price_status"] for row in rows if row["cost_usd"] is None}


def test_trap_19_a_fine_tune_has_its_own_price_and_never_its_bases(price: Price, book: Book) -> None:
    small = {"input": 1000, "cached": 0, "output": 100}
    named = {
        # 1,000 x 0.3 + 100 x 1.2, where gpt-4o-mini is 0.15 and 0.6
        "ft:gpt-4o-mini-2024-07-18:acme::heron1": Decimal("0.00042"),
        "ft:gpt-5-heron-2026-01-01:acme::heron2": None,
        "ft:gpt-4:acme::heron3": None,
        "gpt-4o-mini-2024-07-18.ft-heron4": None,
    }
    rows = price(book, [openai(name, **small) for name in named])

    assert named == {row["response_model"]: row["cost_usd"] for row in rows}


def test_trap_20_an_azure_deployment_is_priced_as_the_model_behind_it(price: Price, make_book: MakeBook) -> None:
    # the name suggests gpt-4; it says nothing
    models = (model("azure/gpt-heron"), model("azure/gpt-4", "input: 30, output: 60"))
    lines = (
        litellm("azure", "prod-gpt-4"),
        litellm("azure", "azure/prod-gpt-4"),
        canonical("c", provider_name="azure", request_model="chat", deployment_id="prod-gpt-4"),
    )
    unmapped = price(make_book(*models), *lines)
    mapped = price(make_book(*models, rest="deployments: [{name: prod-*, provider: azure, model: gpt-heron}]"))

    assert [(None, "unknown model")] * 3 == outcomes(unmapped)
    assert [(STANDARD, "priced")] * 3 == outcomes(mapped)


def test_trap_21_bedrock_profiles_and_arns_have_the_price_of_their_region(price: Price, book: Book) -> None:
    sonnet = "anthropic.claude-sonnet-4-5-20250929-v1:0"
    arn = "arn:aws:bedrock:eu-west-1:000000000000"
    named = {
        # the regions are a tenth dearer: 1,000 x 3.3 + 100 x 16.5; global is 1,000 x 3 + 100 x 15
        f"us.{sonnet}": Decimal("0.00495"),
        f"eu.{sonnet}": Decimal("0.00495"),
        f"jp.{sonnet}": Decimal("0.00495"),
        sonnet: Decimal("0.00495"),
        f"global.{sonnet}": Decimal("0.0045"),
        f"{arn}:inference-profile/eu.{sonnet}": Decimal("0.00495"),
        f"{arn}:inference-profile/global.{sonnet}": Decimal("0.0045"),
        # a name of the customer's own
        f"{arn}:application-inference-profile/heron": None,
    }
    rows = price(book, [bedrock(name) for name in named])

    assert named == {row["request_id"].removeprefix("bedrock-"): row["cost_usd"] for row in rows}


def test_trap_21_an_application_profile_is_priced_where_the_book_maps_it(price: Price, make_book: MakeBook) -> None:
    arn = "arn:aws:bedrock:eu-west-1:000000000000:application-inference-profile/heron"
    deployments = f'deployments: [{{name: "{arn}", provider: bedrock, model: eu.heron}}]'
    book = make_book(model("aws/eu.heron"), rest=deployments.replace("bedrock, model", "aws, model"))

    # 1,000 x 2 + 100 x 10
    assert [Decimal("0.003")] == costs(price(book, bedrock(arn)))


def test_trap_22_the_model_that_answered_is_priced(price: Price, make_book: MakeBook) -> None:
    book = make_book(model("openai/gpt-heron"), model("openai/gpt-eagle", "input: 50, output: 100"))
    generation = {"native_tokens_prompt": 1000, "native_tokens_completion": 100, "native_tokens_cached": 600}
    rows = price(
        book,
        litellm("openai", "gpt-eagle", model_group="smart", response={"model": "gpt-heron"}),
        canonical("b", request_model="gpt-eagle", response_model="gpt-heron"),
        {
            "id": "gen-1",
            "created_at": "2026-11-02T08:00:00Z",
            "model": "openai/gpt-heron",
            "router": "openrouter/auto",
            "provider_name": "OpenAI",
            "generation_time": 900,
            "total_cost": 0.0021,
            **generation,
        },
    )

    assert [STANDARD] * 3 == costs(rows)


# Lines


def test_trap_23_a_request_that_is_logged_again_counts_once(price: Price, make_book: MakeBook) -> None:
    book = make_book(model("anthropic/claude-heron"))
    later = "2026-11-02T08:00:09Z"
    rows = price(
        book,
        [claude_code(1), claude_code(40), claude_code(100)],  # a line for each block; the last has the whole output
        [claude_code(100, later, "session-2")],  # the same answer, copied into a resumed session
    )

    assert [(100, STANDARD)] == [(row["output_tokens"], row["cost_usd"]) for row in rows]


def test_trap_23_a_retry_is_no_duplicate(price: Price, make_book: MakeBook) -> None:
    rows = price(make_book(model("openai/gpt-heron")), [openai(id="a"), openai(id="b")], openai(id="a"))

    assert [STANDARD] * 2 == costs(rows)


def test_trap_24_every_iteration_is_paid_at_its_own_model(price: Price, make_book: MakeBook) -> None:
    turns = [
        {"type": "compaction", "input_tokens": 60_000, "output_tokens": 600},
        {"type": "message", "input_tokens": 700, "output_tokens": 1300},
        {"type": "advisor_message", "model": "claude-eagle", "input_tokens": 2700, "output_tokens": 900},
    ]
    book = make_book(model("anthropic/claude-heron"), model("anthropic/claude-eagle", "input: 5, output: 25"))
    rows = price(book, anthropic(input=700, read=0, output=1300, iterations=turns))

    # 60,700 x 2 + 1,900 x 10 = 140,400, and 2,700 x 5 + 900 x 25 = 36,000; the body's own counts are the last turn
    assert {"claude-heron": Decimal("0.1404"), "claude-eagle": Decimal("0.036")} == {
        row["response_model"]: row["cost_usd"] for row in rows
    }


def test_trap_25_a_cancelled_stream_is_billed_and_so_not_free(price: Price, make_book: MakeBook, store: Store) -> None:
    book = make_book(model("openai/gpt-heron"))
    chunk = openai(object="chat.completion.chunk") | {
        "usage": None,
        "choices": [{"index": 0, "delta": {"content": "in"}}],
    }
    rows = price(book, [chunk, chunk], canonical("b", status="cancelled", input_tokens=None, output_tokens=None))
    covered = run(store, book).coverage

    assert ["cancelled"] * 2 == [row["status"] for row in rows]
    assert [None] * 2 == costs(rows)
    assert (2, 2, False) == (covered.requests, covered.usage_missing, covered.is_complete)


def test_trap_25_what_failed_before_the_model_cost_nothing(price: Price, make_book: MakeBook) -> None:
    refused = canonical("a", http_status_code=429, input_tokens=None, cache_read_input_tokens=None, output_tokens=None)

    assert [(Decimal(0), "no usage")] == outcomes(price(make_book(model("openai/gpt-heron")), refused))


def test_trap_26_a_reported_cost_stands_beside_and_is_neither_taken_nor_added(
    price: Price, make_book: MakeBook, store: Store
) -> None:
    names = ("x-ai/grok-heron", "openrouter/openai/gpt-heron", "perplexity/sonar-heron", "openai/gpt-heron")
    book = make_book(*map(model, names))
    paid = {"cost": 0.0042, "is_byok": False, "cost_details": {"upstream_inference_cost": 0.0042}}
    own_key = {"cost": 0.0001, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.002}}
    rows = price(
        book,
        openai("grok-heron", usage={"cost_in_usd_ticks": 1_777_000}),  # ticks of 10^-10 USD
        openai("openai/gpt-heron", id="gen-1", usage=paid),  # the upstream cost is inside the cost
        openai("openai/gpt-heron", id="gen-2", usage=own_key),  # the fee, and the provider's bill beside it
        openai("sonar-heron", usage={"cost": {"total_cost": 0.003}}),  # each line rounded to 3 decimals
        litellm("openai", "gpt-heron", response_cost=0.0),
        canonical("f"),
    )

    reported = ["0.0001777", "0.0042", "0.0021", "0.003", "0", None]
    assert [r and Decimal(r) for r in reported] == [row["reported_cost_usd"] for row in rows]
    assert [STANDARD] * 6 == costs(rows)
    assert 6 * STANDARD == run(store, book).totals["cost_usd"]


def test_trap_27_fees_are_no_tokens_and_searches_without_a_price_are_not_free(
    price: Price, make_book: MakeBook, store: Store
) -> None:
    variants = "variants: [{when: {processing: batch}, multiply: 0.5}]"
    searched = {"server_tool_use": {"web_search_requests": 2}}
    priced = make_book(model("anthropic/claude-heron", f"{RATES}, web_search: 0.01, {variants}"))
    rows = price(priced, anthropic(**searched), anthropic(**searched, service_tier="batch") | {"id": "msg_2"})
    # two searches of $0.01, at half the tokens' price too
    assert [STANDARD + Decimal("0.02"), STANDARD / 2 + Decimal("0.02")] == costs(rows)
    meters = "select quantity, cost_usd from charges where meter = 'web_search'"
    assert [(2, Decimal("0.02"))] * 2 == store.rows(meters)

    unnamed = make_book(model("anthropic/claude-heron", f"{RATES}, {variants}"))
    assert [(None, "no price for searches")] * 2 == outcomes(price(unnamed))


def test_trap_27_perplexitys_fee_is_by_the_size_of_its_search(price: Price, book: Book) -> None:
    fees = {"low": "0.005", "medium": "0.008", "high": "0.012"}
    rows = price(book, [openai("sonar", id=size, cached=0, usage={"search_context_size": size}) for size in fees])

    # 1,000 x 1 + 100 x 1 and the fee of one request
    assert {size: Decimal("0.0011") + Decimal(fee) for size, fee in fees.items()} == {
        row["request_id"]: row["cost_usd"] for row in rows
    }


# Money


def test_trap_28_a_discount_has_dates_and_keeps_the_list_price(price: Price, make_book: MakeBook) -> None:
    contract = "adjust: [{provider: openai, from: 2026-07-01, to: 2026-10-01, multiply: 0.93}]"
    days = {"2026-06-30": "1", "2026-07-01": "0.93", "2026-09-30": "0.93", "2026-10-01": "1"}
    book = make_book(model("openai/gpt-heron"), rest=contract)
    rows = price(book, [canonical(day, started_at=f"{day}T12:00:00Z") for day in days])

    # 2,100 x 0.93 = 1,953
    assert {day: STANDARD * Decimal(factor) for day, factor in days.items()} == {
        row["request_id"]: row["cost_usd"] for row in rows
    }
    assert [STANDARD] * 4 == [row["list_cost_usd"] for row in rows]


def test_trap_29_a_provisioned_deployment_is_paid_by_the_hour(price: Price, make_book: MakeBook) -> None:
    ptu = "deployments: [{name: ptu-*, provider: azure, model: gpt-heron, billing: provisioned}]"
    book = make_book(model("azure/gpt-heron"), rest=ptu)
    rows = price(book, canonical("a", provider_name="azure", request_model="ptu-chat"))

    assert [(Decimal(0), "provisioned")] == outcomes(rows)
    assert [STANDARD] == [row["list_cost_usd"] for row in rows]


def test_trap_30_a_book_in_another_currency_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "euro.yaml"
    path.write_text(
        HEAD.replace("providers:", "currency: EUR\nproviders:") + model("openai/gpt-heron"), encoding="utf-8"
    )

    with pytest.raises(PriceBookError, match=r"euro\.yaml:2: the `currency` must be USD"):
        load_book([path])


def test_trap_31_an_embedding_needs_no_output_price(price: Price, make_book: MakeBook) -> None:
    book = make_book(
        model("openai/text-embedding-heron", "input: 0.02"),
        model("aws/cohere.embed-heron-v3", "input: 0.1"),
        model("cohere/rerank-heron", "input: 0, web_search: 0.002"),
    )
    body = {
        "object": "list",
        "data": [],
        "model": "text-embedding-heron",
        "usage": {"prompt_tokens": 12, "total_tokens": 12},
    }
    titan = bedrock("cohere.embed-heron-v3") | {"operation": "InvokeModel", "output": {"outputBodyJson": {}}}
    units = {"api_version": {"version": "2"}, "billed_units": {"search_units": 2}}
    rerank = {"id": "r", "model": "rerank-heron", "timestamp": "2026-11-02T09:00:00Z", "results": [], "meta": units}
    rows = price(book, body, titan, rerank)

    # 12 x 0.02 = 0.24; 1,000 x 0.1 = 100; a rerank is paid by the search: 2 x $0.002
    assert [
        (Decimal("0.00000024"), "priced"),
        (Decimal("0.0001"), "priced"),
        (Decimal("0.004"), "priced"),
    ] == outcomes(rows)


def test_trap_31_output_without_a_price_is_not_free(price: Price, make_book: MakeBook) -> None:
    rows = price(make_book(model("openai/gpt-heron", "input: 2")), openai())

    assert [(None, "no rate for a token kind")] == outcomes(rows)


def test_trap_32_what_a_subscription_covers_is_labelled_api_equivalent(llmcost: Run, tmp_path: Path) -> None:
    book = tmp_path / "small.yaml"
    book.write_text(HEAD + model("anthropic/claude-heron"), encoding="utf-8")
    said = []
    for name, line in {"agent": claude_code(100), "api": anthropic()}.items():
        done = llmcost("report", written(tmp_path / f"{name}.jsonl", line), "--pricing", book, "--by", "model")
        assert 0 == done.returncode, done.stderr
        said.append("api-equivalent" in (done.stdout + done.stderr).lower())

    # Claude Code logs the same under a subscription and under a key; a body of the API is paid by the token
    assert [True, False] == said
