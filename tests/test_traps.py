"""The 32 traps that other cost tools fell into, each with the answer that llmcost gives instead.

Lines are invented in the shape of the emitter. Sums in comments are micro-USD: tokens x USD per million tokens. Unless
a test says otherwise, a request costs STANDARD at RATES:

    400 fresh x 2 + 600 cached x 0.5 + 100 written x 10 = 800 + 300 + 1,000 = 2,100 -> $0.0021
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from llmcost.errors import PriceBookError
from llmcost.ingest import ingest
from llmcost.pricing import Book, load_book
from llmcost.pricing.book import Deployment
from llmcost.pricing.edit import edited
from llmcost.pricing.files import read_book
from llmcost.pricing.update import changes
from llmcost.report import run
from llmcost.store import Store
from tests.conftest import Run

Line = dict[str, Any]
Row = dict[str, Any]

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


class Till:
    """A store, and books and logs in a folder."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.folder = store, folder

    def book(self, *models: str, rest: str = "") -> Book:
        path = self.folder / "small.yaml"
        path.write_text(HEAD + "".join(models) + rest, encoding="utf-8")
        return load_book([path])

    def price(self, book: Book, *files: Line | list[Line]) -> list[Row]:
        """The requests of one more file for each line or list of lines, in that order; without any, those of before."""
        paths = [logged(self.folder / f"{at:02}.jsonl", file) for at, file in enumerate(files)]
        if paths:
            ingest(self.store, paths)
        return self.store.price(book).records("select * from priced_requests order by file_id, request_id")


@pytest.fixture
def till(store: Store, tmp_path: Path) -> Till:
    return Till(store, tmp_path)


def logged(path: Path, file: Line | list[Line]) -> str:
    lines = file if isinstance(file, list) else [file]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return str(path)


def model(name: str, *periods: str) -> str:
    """A model such as openai/gpt-heron, at RATES where no period is given."""
    provider, _, id = name.partition("/")
    prices = ", ".join(f"{{{period}}}" for period in periods or [RATES])
    return f'  - {{provider: {provider}, model: "{id}", prices: [{prices}]}}\n'


def openai(model: str = "gpt-heron", *, input: int = 1000, cached: int = 600, output: int = 100, **more: Any) -> Line:
    details = {"prompt_tokens_details": {"cached_tokens": cached}, **more.pop("usage", {})}
    usage = {"prompt_tokens": input, "completion_tokens": output, **details}
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
    head = {"schemaType": "ModelInvocationLog", "timestamp": "2026-11-02T09:00:00Z", "operation": "Converse"}
    counts = {"inputTokens": 1000, "outputTokens": 100, **usage}
    answer = {"output": {"message": {}}, "stopReason": "end_turn", "usage": counts}
    return {**head, "requestId": name, "modelId": name, "input": {}, "output": {"outputBodyJson": answer}}


def litellm(provider: str, asked: str, **more: Any) -> Line:
    head = {"id": f"chatcmpl-{asked}", "call_type": "acompletion", "status": "success", "response_cost": 0.0}
    call = {"custom_llm_provider": provider, "startTime": 1793552407.25, "endTime": 1793552408.25, "model": asked}
    usage = {"prompt_tokens": 1000, "completion_tokens": 100}
    details = {"metadata": {"usage_object": {**usage, "prompt_tokens_details": {"cached_tokens": 600}}}}
    return {**head, **call, **usage, **details, **more}


def canonical(id: str, **more: Any) -> Line:
    request = {"started_at": "2026-11-02T08:00:00Z", "provider_name": "openai", "request_model": "gpt-heron"}
    tokens = {"input_tokens": 1000, "cache_read_input_tokens": 600, "output_tokens": 100}
    return {"llmcost": 1, "request_id": id, **request, **tokens, **more}


def claude_code(output: int, session: str = "session-1", request: str = "req-1") -> Line:
    head = {"type": "assistant", "timestamp": "2026-11-02T08:00:00Z", "sessionId": session, "requestId": request}
    return {**head, "message": {**anthropic(output=output), "id": f"msg-{request}"}}


def costs(rows: list[Row]) -> list[Decimal | None]:
    return [row["cost_usd"] for row in rows]


def by_name(rows: list[Row], name: str = "request_id") -> dict[str, Decimal | None]:
    return {row[name]: row["cost_usd"] for row in rows}


def outcomes(rows: list[Row]) -> list[tuple[Decimal | None, str]]:
    return [(row["cost_usd"], row["price_status"]) for row in rows]


def test_trap_01_cached_tokens_are_paid_once(till: Till) -> None:
    names = ("openai/gpt-heron", "deepseek/deepseek-heron", "x-ai/grok-heron", "google/gemini-heron")
    deepseek = openai("deepseek-heron", usage={"prompt_cache_hit_tokens": 600, "prompt_cache_miss_tokens": 400})
    google = gemini(1000, 100, 1100, cachedContentTokenCount=600)
    rows = till.price(till.book(*map(model, names)), openai(), deepseek, openai("grok-heron"), google)

    # all four count the 600 inside the 1,000
    assert [(STANDARD, "priced")] * 4 == outcomes(rows)
    assert [1000] * 4 == [row["input_tokens"] for row in rows]


def test_trap_02_anthropic_and_bedrock_leave_the_cache_out_of_the_input(till: Till) -> None:
    names = ("anthropic/claude-heron", "aws/anthropic.claude-heron-v1:0", "openrouter/anthropic/claude-heron")
    proxied = openai("anthropic/claude-heron", input=1200, usage={"is_byok": False})
    proxied["usage"]["prompt_tokens_details"]["cache_write_tokens"] = 200
    counts = {"inputTokens": 400, "cacheReadInputTokens": 600, "cacheWriteInputTokens": 200}
    converse = bedrock("anthropic.claude-heron-v1:0", **counts)
    rows = till.price(till.book(*map(model, names)), anthropic(cache_creation_input_tokens=200), converse, proxied)

    # 2,100 and 200 written x 2.5; the same Claude through a proxy that speaks OpenAI has them inside its 1,200
    assert [Decimal("0.0026")] * 3 == costs(rows)
    assert [1200] * 3 == [row["input_tokens"] for row in rows]
    assert ["exclusive", "exclusive", "inclusive"] == [row["usage_basis"] for row in rows]


def test_trap_03_more_cached_than_sent_is_bad_usage_and_not_clamped(till: Till) -> None:
    rows = till.price(till.book(model("openai/gpt-heron")), openai(input=10, cached=11))

    assert [(None, "bad usage")] == outcomes(rows)
    assert (10, 11) == (rows[0]["input_tokens"], rows[0]["cache_read_input_tokens"])


def test_trap_04_reasoning_is_paid_once(till: Till) -> None:
    rows = till.price(
        till.book(model("openai/gpt-heron"), model("google/gemini-heron")),
        openai(input=100, cached=0, output=300, usage={"completion_tokens_details": {"reasoning_tokens": 200}}),
        gemini(100, 100, 400, thoughtsTokenCount=200),  # 100 + 100 + 200 = 400: the thoughts stand beside
        gemini(100, 300, 400, thoughtsTokenCount=200),  # 100 + 300 = 400: the thoughts are among the 300
    )

    # 100 x 2 + 300 x 10
    assert [Decimal("0.0032")] * 3 == costs(rows)
    assert [(300, 200)] * 3 == [(row["output_tokens"], row["reasoning_output_tokens"]) for row in rows]


def test_trap_05_a_cache_for_an_hour_is_dearer_than_one_for_minutes(till: Till) -> None:
    split = {"ephemeral_5m_input_tokens": 1500, "ephemeral_1h_input_tokens": 500}
    usage = anthropic(input=100, read=0, output=10, cache_creation_input_tokens=2000, cache_creation=split)
    rows = till.price(till.book(model("anthropic/claude-heron")), usage)

    # 100 x 2 + 1,500 x 2.5 + 500 x 4 + 10 x 10 = 200 + 3,750 + 2,000 + 100; the 2,000 are the sum of the two
    assert [Decimal("0.00605")] == costs(rows)
    assert 2100 == rows[0]["input_tokens"]


def test_trap_06_no_cached_rate_in_the_book_is_not_free(till: Till) -> None:
    free = model("openai/gpt-egret", "input: 2, output: 10, cache_read: 0")
    book = till.book(model("openai/gpt-heron", "input: 2, output: 10"), free)
    rows = till.price(book, openai(), openai("gpt-egret"))

    # 1,000 x 2 + 100 x 10, and said so; a 0 that stands in the book is meant: 400 x 2 + 100 x 10
    assert [Decimal("0.003"), Decimal("0.0018")] == costs(rows)
    assert [True, False] == [bool(row["is_assumed_rate"]) for row in rows]
    assert 1 == run(till.store, book).coverage.assumed_requests


def test_trap_07_the_whole_request_moves_and_not_what_is_above_the_tier(till: Till) -> None:
    book = till.book(model("openai/gpt-heron", f"{RATES}, {TIERS}"))

    # 200,001 x 4 + 10 x 15 = 800,154; with the excess alone it would be about half
    assert [Decimal("0.800154")] == costs(till.price(book, openai(input=200_001, cached=0, output=10)))


def test_trap_08_the_cache_counts_for_the_tier_and_moves_with_it(till: Till) -> None:
    book = till.book(model("anthropic/claude-heron", f"{RATES}, {TIERS}"))
    rows = till.price(book, anthropic(input=1, read=150_000, cache_creation_input_tokens=50_000, output=10))

    # 1 x 4 + 150,000 x 1 + 50,000 x 5 + 10 x 15 = 4 + 150,000 + 250,000 + 150
    assert [Decimal("0.400154")] == costs(rows)


def test_trap_09_at_the_threshold_vendors_differ_and_sums_of_requests_do_not_count(till: Till) -> None:
    grok = model("x-ai/grok-heron", f"{RATES}, {TIERS.replace('over', 'at_least')}")
    book = till.book(model("openai/gpt-heron", f"{RATES}, {TIERS}"), grok)
    bodies = [openai(name, input=200_000, cached=0, output=10) for name in ("gpt-heron", "grok-heron")]
    turn = {"session_id": "s", "input_tokens": 150_000, "cache_read_input_tokens": 0}
    rows = till.price(book, *bodies, [canonical("turn-1", **turn), canonical("turn-2", **turn)])

    # 200,000 is not over 200,000: x 2 + 10 x 10. It is at least 200,000: x 4 + 10 x 15
    assert [Decimal("0.4001"), Decimal("0.80015")] == costs(rows[:2])
    # a session of 300,000 is two requests of 150,000 x 2 + 100 x 10
    assert [Decimal("0.301")] * 2 == costs(rows[2:])


def test_trap_09_the_shipped_tiers_of_xai_begin_at_200000_and_of_claude_above_it(till: Till, book: Book) -> None:
    claude = canonical("claude", provider_name="anthropic", request_model="claude-sonnet-4-5")
    grok = canonical("grok", provider_name="xai", request_model="grok-4.20")
    size = {"input_tokens": 200_000, "cache_read_input_tokens": 0, "output_tokens": 0}

    # 200,000 x 3, and 200,000 x 2.5 where 199,999 would be x 1.25
    assert [Decimal("0.6"), Decimal("0.5")] == costs(till.price(book, claude | size, grok | size))


def test_trap_10_a_batch_is_half_price_with_its_cache_where_the_vendor_says_so(till: Till) -> None:
    half = f"{RATES}, variants: [{{when: {{processing: batch}}, multiply: 0.5}}]"
    own = f"{RATES}, variants: [{{when: {{processing: batch}}, input: 1, output: 5, cache_read: 0.5}}]"
    models = [model(name, half) for name in ("openai/gpt-heron", "anthropic/claude-heron")]
    gpt = {"id": "batch_1", "custom_id": "a", "response": {"status_code": 200, "body": openai()}, "error": None}
    claude = {"custom_id": "b", "result": {"type": "succeeded", "message": anthropic(service_tier="batch")}}
    google = canonical("c", provider_name="google", request_model="gemini-heron", is_batch=True)
    rows = till.price(till.book(*models, model("google/gemini-heron", own)), gpt, claude, google)

    # half of 2,100; Google's own: 400 x 1 + 600 x 0.5 + 100 x 5
    assert [Decimal("0.00105"), Decimal("0.00105"), Decimal("0.0012")] == costs(rows)
    assert [True] * 3 == [row["is_batch"] for row in rows]


def test_trap_11_the_tier_that_was_served_is_paid_and_not_the_one_asked_for(till: Till) -> None:
    priority = "{when: {service_tier: priority}, input: 4, output: 20, cache_read: 1}"
    flex = "{when: {service_tier: flex}, input: 1, output: 5, cache_read: 0.25}"
    book = till.book(model("openai/gpt-heron", f"{RATES}, variants: [{priority}, {flex}]"))
    response = {"model": "gpt-heron", "service_tier": "default"}
    asked = litellm("openai", "gpt-heron", model_parameters={"service_tier": "priority"}, response=response)
    rows = till.price(book, openai(id="a", service_tier="flex"), openai(id="b", service_tier="priority"), asked)

    assert [STANDARD / 2, STANDARD * 2, STANDARD] == costs(rows)


def test_trap_12_fast_mode_and_residency_stack_and_reach_the_cache(till: Till) -> None:
    variants = "[{when: {speed: fast}, multiply: 2}, {when: {inference_geo: us}, multiply: 1.1}]"
    book = till.book(model("anthropic/claude-heron", f"{RATES}, web_search: 0.01, variants: {variants}"))
    served: Line = {"speed": "fast", "inference_geo": "us", "server_tool_use": {"web_search_requests": 1}}
    rows = till.price(book, anthropic(cache_creation_input_tokens=200, **served))

    # (2,100 + 200 x 2.5) x 2 x 1.1 = 5,720, and a search of $0.01 that no factor touches
    assert [Decimal("0.01572")] == costs(rows)


def test_trap_13_an_unknown_service_level_is_not_the_standard_one(till: Till) -> None:
    levels: list[Line] = [{"speed": "warp"}, {"inference_geo": "mars"}, {"is_batch": True}]
    requests = [canonical(str(level), **level) for level in levels]
    rows = till.price(till.book(model("openai/gpt-heron")), openai(service_tier="gold"), requests)

    assert [(None, "no price for context")] * 4 == outcomes(rows)


def test_trap_14_a_new_price_does_not_change_old_costs(till: Till, tmp_path: Path) -> None:
    old, news, small = till.book(model("openai/gpt-heron")), tmp_path / "news.yaml", tmp_path / "small.yaml"
    till.price(old, [canonical(day, started_at=f"{day}T12:00:00Z") for day in ("2026-06-14", "2026-06-15")])
    before = run(till.store, old, by=("request_id",))
    news.write_text(HEAD + model("openai/gpt-heron", RATES.replace("output: 10", "output: 5")), encoding="utf-8")
    taken = list(changes(old, read_book(news).models, date(2026, 6, 15), frozenset()))
    small.write_text(edited(small, taken), encoding="utf-8")
    after = run(till.store, load_book([small]), by=("request_id",))

    at = before.columns.index("cost_usd")
    assert {"2026-06-14": STANDARD, "2026-06-15": STANDARD} == {row[0]: row[at] for row in before.rows}
    # 100 x 5 less from the day on when the new price was seen
    assert {"2026-06-14": STANDARD, "2026-06-15": Decimal("0.0016")} == {row[0]: row[at] for row in after.rows}


def test_trap_15_the_time_of_the_request_in_utc_decides(till: Till) -> None:
    book = till.book(model("openai/gpt-heron", f"from: 2026-01-01, {RATES}", "from: 2026-03-01, input: 1, output: 5"))
    times = {
        "2026-02-28T23:59:59.999999Z": STANDARD,
        "2026-03-01T00:00:00Z": Decimal("0.0015"),  # 1,000 x 1 + 100 x 5, no cached rate
        "2026-03-01T01:59:59+02:00": STANDARD,  # 23:59:59 in February
        "2026-02-28T19:00:00-05:00": Decimal("0.0015"),  # midnight
    }
    # none of them has ended before March
    rows = till.price(book, [canonical(time, started_at=time, ended_at="2026-03-01T00:00:07Z") for time in times])

    assert times == by_name(rows)


def test_trap_16_an_announced_price_has_a_source_and_is_listed(till: Till, llmcost: Run, tmp_path: Path) -> None:
    source = 'source: "https://prices.example/heron"'
    announced = f"from: 2099-01-01, input: 3, output: 15, {source}"
    book = till.book(model("openai/gpt-heron", f"from: 2026-01-01, {RATES}, {source}", announced))
    checked = llmcost("pricing", "check", tmp_path / "small.yaml")
    shown = llmcost("pricing", "show", "gpt-heron", "--at", "2099-01-01", "--pricing", tmp_path / "small.yaml")

    assert ["https://prices.example/heron"] * 2 == [period.source for period in book.models[0].periods]
    assert [STANDARD] == costs(till.price(book, openai()))
    (line,) = [line for line in checked.stdout.splitlines() if "not yet in force" in line]
    assert "gpt-heron" in line and "2099-01-01" in line
    assert "source: https://prices.example/heron" in shown.stdout


def test_trap_17_an_unknown_model_is_not_free(till: Till, llmcost: Run, tmp_path: Path) -> None:
    book = till.book(model("openai/gpt-heron"))
    rows = till.price(book, openai(), openai("gpt-stork"))
    result = run(till.store, book, by=("model",))
    # without the small book gpt-heron is as unknown: exit code 4 is "incomplete"
    strict = llmcost("report", tmp_path / "00.jsonl", "--strict")

    assert [(STANDARD, "priced"), (None, "unknown model")] == outcomes(rows)
    at = result.columns.index("cost_usd")
    assert {"gpt-heron": STANDARD, "gpt-stork": None} == {row[0]: row[at] for row in result.rows}
    assert [("gpt-stork", "unknown model", 1)] == [(u.model, u.reason, u.requests) for u in result.coverage.unpriced]
    assert (4, True) == (strict.returncode, "unpriced: openai/gpt-heron: unknown model" in strict.stderr)


def test_trap_18_a_name_is_never_priced_as_a_part_of_it(till: Till, book: Book) -> None:
    small = {"input": 1000, "cached": 0, "output": 100}
    named = {
        "gpt-4.1": Decimal("0.0028"),  # 1,000 x 2 + 100 x 8, where gpt-4 is 30 and 60
        "gpt-4.1-2025-04-14": Decimal("0.0028"),
        "gpt-5.4-mini": Decimal("0.0012"),  # 1,000 x 0.75 + 100 x 4.5, where gpt-5 is 1.25 and 10
        **dict.fromkeys(("gpt-4.1-heron", "gpt-5.4-mini-heron", "my-gpt-4", "gpt-4x")),
    }
    rows = till.price(book, [openai(name, **small) for name in named])

    assert named == by_name(rows, "response_model")
    assert {"unknown model"} == {row["price_status"] for row in rows if row["cost_usd"] is None}


def test_trap_19_a_fine_tune_has_its_own_price_and_never_its_bases(till: Till, book: Book) -> None:
    small = {"input": 1000, "cached": 0, "output": 100}
    named = {
        # 1,000 x 0.3 + 100 x 1.2, where gpt-4o-mini is 0.15 and 0.6
        "ft:gpt-4o-mini-2024-07-18:acme::heron1": Decimal("0.00042"),
        **dict.fromkeys(("ft:gpt-5-heron:acme::heron2", "ft:gpt-4:acme::heron3", "gpt-4o-mini-2024-07-18.ft-heron4")),
    }
    rows = till.price(book, [openai(name, **small) for name in named])

    assert named == by_name(rows, "response_model")


def test_trap_20_an_azure_deployment_is_priced_as_the_model_behind_it(till: Till) -> None:
    # the name suggests gpt-4; it says nothing
    models = (model("azure/gpt-heron"), model("azure/gpt-4", "input: 30, output: 60"))
    own = canonical("c", provider_name="azure", request_model="chat", deployment_id="prod-gpt-4")
    lines = (own, litellm("azure", "prod-gpt-4"), litellm("azure", "azure/prod-gpt-4"))
    unmapped = till.price(till.book(*models), *lines)
    mapped = till.price(till.book(*models, rest="deployments: [{name: prod-*, provider: azure, model: gpt-heron}]"))

    assert [(None, "unknown model")] * 3 == outcomes(unmapped)
    assert [(STANDARD, "priced")] * 3 == outcomes(mapped)


def test_trap_21_bedrock_profiles_and_arns_have_the_price_of_their_region(till: Till, book: Book) -> None:
    sonnet = "anthropic.claude-sonnet-4-5-20250929-v1:0"
    arn = "arn:aws:bedrock:eu-west-1:000000000000"
    # in a region 1,000 x 3.3 + 100 x 16.5, a tenth dearer than 1,000 x 3 + 100 x 15 anywhere
    regional = (sonnet, f"us.{sonnet}", f"eu.{sonnet}", f"jp.{sonnet}", f"{arn}:inference-profile/eu.{sonnet}")
    anywhere = (f"global.{sonnet}", f"{arn}:inference-profile/global.{sonnet}")
    own = f"{arn}:application-inference-profile/heron"
    named = dict.fromkeys(regional, Decimal("0.00495")) | dict.fromkeys(anywhere, Decimal("0.0045"))
    unmapped = till.price(book, [bedrock(name) for name in (*named, own)])
    mapped = till.price(replace(book, deployments=(Deployment(own, "aws", f"eu.{sonnet}", False),)))

    # the name of a profile of one's own says nothing
    assert named | {own: None} == by_name(unmapped)
    assert named | {own: Decimal("0.00495")} == by_name(mapped)


def test_trap_22_the_model_that_answered_is_priced(till: Till) -> None:
    book = till.book(model("openai/gpt-heron"), model("openai/gpt-eagle", "input: 50, output: 100"))
    fallen_back = litellm("openai", "gpt-eagle", model_group="smart", response={"model": "gpt-heron"})
    own = canonical("b", request_model="gpt-eagle", response_model="gpt-heron")
    head = {"id": "gen-1", "created_at": "2026-11-02T08:00:00Z", "provider_name": "OpenAI", "generation_time": 900}
    counts = {"native_tokens_prompt": 1000, "native_tokens_completion": 100, "native_tokens_cached": 600}
    routed = {**head, **counts, "model": "openai/gpt-heron", "router": "openrouter/auto", "total_cost": 0.0021}
    rows = till.price(book, fallen_back, own, routed)

    assert [STANDARD] * 3 == costs(rows)


def test_trap_23_an_answer_that_is_logged_again_counts_once(till: Till) -> None:
    # a line for each block, the last with the whole output; a retry is another request
    session = [claude_code(1), claude_code(40), claude_code(100), claude_code(100, request="req-2")]
    resumed = [claude_code(100, session="session-2")]
    rows = till.price(till.book(model("anthropic/claude-heron")), session, resumed)

    assert {"req-1": STANDARD, "req-2": STANDARD} == by_name(rows)
    assert [100, 100] == [row["output_tokens"] for row in rows]


def test_trap_24_every_iteration_is_paid_at_its_own_model(till: Till) -> None:
    turns = [
        {"type": "compaction", "input_tokens": 60_000, "output_tokens": 600},
        {"type": "message", "input_tokens": 700, "output_tokens": 1300},
        {"type": "advisor_message", "model": "claude-eagle", "input_tokens": 2700, "output_tokens": 900},
    ]
    book = till.book(model("anthropic/claude-heron"), model("anthropic/claude-eagle", "input: 5, output: 25"))
    rows = till.price(book, anthropic(input=700, read=0, output=1300, iterations=turns))

    # 60,700 x 2 + 1,900 x 10 = 140,400, and 2,700 x 5 + 900 x 25 = 36,000; the body's own counts are the last turn
    assert {"claude-heron": Decimal("0.1404"), "claude-eagle": Decimal("0.036")} == by_name(rows, "response_model")


def test_trap_25_a_cancelled_stream_is_billed_and_so_not_free(till: Till) -> None:
    book = till.book(model("openai/gpt-heron"))
    begun = {"usage": None, "choices": [{"index": 0, "delta": {"content": "invented"}}]}
    chunk = openai(object="chat.completion.chunk") | begun
    nothing: Line = dict.fromkeys(("input_tokens", "cache_read_input_tokens", "output_tokens"))
    cancelled = canonical("cancelled", status="cancelled", **nothing)
    rows = till.price(book, [chunk, chunk], cancelled, canonical("refused", http_status_code=429, **nothing))
    covered = run(till.store, book).coverage

    # what the gateway refused has cost nothing; what was cut off has cost something, but who knows what
    assert {"chatcmpl-gpt-heron": None, "cancelled": None, "refused": Decimal(0)} == by_name(rows)
    assert (3, 1, 2) == (covered.requests, covered.priced_requests, covered.usage_missing)


def test_trap_26_a_reported_cost_stands_beside_and_is_neither_taken_nor_added(till: Till) -> None:
    names = ("x-ai/grok-heron", "openrouter/openai/gpt-heron", "perplexity/sonar-heron", "openai/gpt-heron")
    book = till.book(*map(model, names))
    paid = {"cost": 0.0042, "is_byok": False, "cost_details": {"upstream_inference_cost": 0.0042}}
    own_key = {"cost": 0.0001, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.002}}
    lines = [
        openai("grok-heron", usage={"cost_in_usd_ticks": 1_777_000}),  # ticks of 10^-10 USD
        openai("openai/gpt-heron", id="gen-1", usage=paid),  # the upstream cost is inside the cost
        openai("openai/gpt-heron", id="gen-2", usage=own_key),  # the fee, and the provider's bill beside it
        openai("sonar-heron", usage={"cost": {"total_cost": 0.003}}),  # each line rounded to 3 decimals
    ]
    rows = till.price(book, *lines, litellm("openai", "gpt-heron", response_cost=0.0), canonical("f"))

    reported = ["0.0001777", "0.0042", "0.0021", "0.003", "0", None]
    assert [r and Decimal(r) for r in reported] == [row["reported_cost_usd"] for row in rows]
    assert [STANDARD] * 6 == costs(rows)
    assert 6 * STANDARD == run(till.store, book).totals["cost_usd"]


def test_trap_27_fees_are_no_tokens_and_searches_without_a_price_are_not_free(till: Till) -> None:
    variants = "variants: [{when: {processing: batch}, multiply: 0.5}]"
    searched: Line = {"server_tool_use": {"web_search_requests": 2}}
    priced = till.book(model("anthropic/claude-heron", f"{RATES}, web_search: 0.01, {variants}"))
    rows = till.price(priced, anthropic(**searched), anthropic(**searched, service_tier="batch") | {"id": "msg_2"})

    # two searches of $0.01, at half the tokens' price too
    assert [STANDARD + Decimal("0.02"), STANDARD / 2 + Decimal("0.02")] == costs(rows)
    meters = "select quantity, cost_usd from charges where meter = 'web_search'"
    assert [(2, Decimal("0.02"))] * 2 == till.store.rows(meters)

    unnamed = till.book(model("anthropic/claude-heron", f"{RATES}, {variants}"))
    assert [(None, "no price for searches")] * 2 == outcomes(till.price(unnamed))


def test_trap_27_perplexitys_fee_is_by_the_size_of_its_search(till: Till, book: Book) -> None:
    fees = {"low": "0.005", "medium": "0.008", "high": "0.012"}
    rows = till.price(book, [openai("sonar", id=size, cached=0, usage={"search_context_size": size}) for size in fees])

    # 1,000 x 1 + 100 x 1 and the fee of one request
    assert {size: Decimal("0.0011") + Decimal(fee) for size, fee in fees.items()} == by_name(rows)


def test_trap_28_a_discount_has_dates_and_keeps_the_list_price(till: Till) -> None:
    contract = "adjust: [{provider: openai, from: 2026-07-01, to: 2026-10-01, multiply: 0.93}]"
    days = {"2026-06-30": "1", "2026-07-01": "0.93", "2026-09-30": "0.93", "2026-10-01": "1"}
    book = till.book(model("openai/gpt-heron"), rest=contract)
    rows = till.price(book, [canonical(day, started_at=f"{day}T12:00:00Z") for day in days])

    # 2,100 x 0.93 = 1,953
    assert {day: STANDARD * Decimal(factor) for day, factor in days.items()} == by_name(rows)
    assert [STANDARD] * 4 == [row["list_cost_usd"] for row in rows]


def test_trap_29_a_provisioned_deployment_is_paid_by_the_hour(till: Till) -> None:
    ptu = "deployments: [{name: ptu-*, provider: azure, model: gpt-heron, billing: provisioned}]"
    book = till.book(model("azure/gpt-heron"), rest=ptu)
    rows = till.price(book, canonical("a", provider_name="azure", request_model="ptu-chat"))

    assert [(Decimal(0), "provisioned")] == outcomes(rows)
    assert [STANDARD] == [row["list_cost_usd"] for row in rows]


def test_trap_30_a_book_in_another_currency_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "euro.yaml"
    euros = HEAD.replace("providers:", "currency: EUR\nproviders:")
    path.write_text(euros + model("openai/gpt-heron"), encoding="utf-8")

    with pytest.raises(PriceBookError, match=r"euro\.yaml:2: the `currency` must be USD"):
        load_book([path])


def test_trap_31_an_embedding_needs_no_output_price_and_a_chat_does(till: Till) -> None:
    book = till.book(
        model("openai/text-embedding-heron", "input: 0.02"),
        model("aws/cohere.embed-heron-v3", "input: 0.1"),
        model("cohere/rerank-heron", "input: 0, web_search: 0.002"),
        model("openai/gpt-heron", "input: 2"),
    )
    usage = {"prompt_tokens": 12, "total_tokens": 12}
    embedded = {"object": "list", "data": [], "model": "text-embedding-heron", "usage": usage}
    on_bedrock = bedrock("cohere.embed-heron-v3") | {"operation": "InvokeModel", "input": {"inputTokenCount": 1000}}
    on_bedrock["output"] = {"outputBodyJson": {}}
    units = {"api_version": {"version": "2"}, "billed_units": {"search_units": 2}}
    reranked = {"id": "r", "model": "rerank-heron", "timestamp": "2026-11-02T09:00:00Z", "results": [], "meta": units}
    rows = till.price(book, embedded, on_bedrock, reranked, openai())

    # 12 x 0.02 = 0.24; 1,000 x 0.1 = 100; a rerank is paid by the search: 2 x $0.002
    assert [Decimal("0.00000024"), Decimal("0.0001"), Decimal("0.004"), None] == costs(rows)
    assert "no rate for a token kind" == rows[3]["price_status"]


def test_trap_32_what_a_subscription_covers_is_labelled_api_equivalent(llmcost: Run, tmp_path: Path) -> None:
    book = tmp_path / "small.yaml"
    book.write_text(HEAD + model("anthropic/claude-heron"), encoding="utf-8")
    said = []
    for name, line in {"agent": claude_code(100), "api": anthropic()}.items():
        done = llmcost("report", logged(tmp_path / f"{name}.jsonl", line), "--pricing", book, "--by", "model")
        assert 0 == done.returncode, done.stderr
        said.append("api-equivalent" in (done.stdout + done.stderr).lower())

    # Claude Code logs the same under a subscription and under a key; a body of the API is paid by the token
    assert [True, False] == said
