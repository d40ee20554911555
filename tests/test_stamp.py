"""What is stamped: whose a request is, which header says so, what a line of traces keeps."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from contextvars import copy_context
from pathlib import Path
from threading import Thread
from types import ModuleType
from typing import Any

import pytest

from llmcost.stamp.cases import Case, Cases
from llmcost.stamp.gateways import Gateways
from llmcost.stamp.litellm_sdk import with_case
from llmcost.stamp.patches import Importing, Patches
from llmcost.stamp.traces import Traces, without_texts

CASE = Case("tests/test_a.py::test_it", "run1")
LABELS = {"test_case": CASE.test_case, "test_run": CASE.test_run}
GATEWAY = "http://localhost:4000/v1"


@pytest.fixture(autouse=True)
def no_base_urls(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_BASE_URL", "OPENAI_API_BASE", "ANTHROPIC_BASE_URL", "LITELLM_PROXY_API_BASE"):
        monkeypatch.delenv(name, raising=False)


def stamped(kind: str, url: str = GATEWAY, **headers: str) -> dict[str, str]:
    sent = dict(headers)
    Gateways.of([GATEWAY], kind).stamp(url, sent, CASE)
    return sent


@pytest.mark.parametrize(
    ("kind", "header"),
    [
        ("litellm", "x-litellm-spend-logs-metadata"),
        ("portkey", "x-portkey-metadata"),
        ("cloudflare", "cf-aig-metadata"),
    ],
)
def test_one_header_holds_both_labels_as_json_and_what_was_there(kind: str, header: str) -> None:
    assert {header: LABELS} == {name: json.loads(value) for name, value in stamped(kind).items()}
    assert {**LABELS, "team": "a"} == json.loads(stamped(kind, **{header: '{"team": "a"}'})[header])


@pytest.mark.parametrize(("kind", "prefix"), [("helicone", "Helicone-Property-"), ("bifrost", "x-bf-lh-")])
def test_other_gateways_take_a_header_a_label(kind: str, prefix: str) -> None:
    assert {f"{prefix}test_case": CASE.test_case, f"{prefix}test_run": "run1"} == stamped(kind)


def test_a_case_that_the_request_names_itself_stays() -> None:
    own = {"x-litellm-spend-logs-metadata": '{"test_case": "row 7"}'}

    assert {"test_case": "row 7", "test_run": "run1"} == json.loads(stamped("litellm", **own).popitem()[1])
    assert "row 7" == stamped("helicone", **{"Helicone-Property-test_case": "row 7"})["Helicone-Property-test_case"]


def test_a_header_that_is_no_json_object_is_left_alone() -> None:
    assert {"cf-aig-metadata": "team a"} == stamped("cloudflare", **{"cf-aig-metadata": "team a"})


def test_labels_come_first_where_a_gateway_keeps_five() -> None:
    own = json.dumps({f"n{i}": i for i in range(5)})

    assert ["test_case", "test_run"] == list(
        json.loads(stamped("cloudflare", **{"cf-aig-metadata": own}).popitem()[1])
    )[:2]


def test_long_ids_are_cut_to_what_portkey_takes_and_stay_apart() -> None:
    def sent(name: str) -> str:
        headers: dict[str, str] = {}
        Gateways.of([GATEWAY], "portkey").stamp(GATEWAY, headers, Case(name, "run1"))
        return str(json.loads(headers["x-portkey-metadata"])["test_case"])

    assert 128 == len(sent("a" * 200)) == len(sent("a" * 201))
    assert sent("a" * 200) != sent("a" * 201)
    assert "a" * 128 == sent("a" * 128)


@pytest.mark.parametrize("kind", ["litellm", "portkey", "cloudflare", "helicone", "bifrost"])
def test_headers_are_ascii(kind: str) -> None:
    headers: dict[str, str] = {}
    Gateways.of([GATEWAY], kind).stamp(GATEWAY, headers, Case("test_é[→]", "run1"))

    assert [] == [value for value in headers.values() if not value.isascii()]


@pytest.mark.parametrize(
    "url",
    [
        "https://api.openai.com/v1",
        "http://localhost:4001/v1",  # another port
        "https://localhost:4000.example.org/v1",
        "https://localhost/v1",
        "https://eu.api.openai.com/v1",
    ],
)
def test_nobody_but_a_gateway_is_told(url: str) -> None:
    assert {} == stamped("litellm", url)


def test_without_a_test_no_header_is_written() -> None:
    headers: dict[str, str] = {}
    Gateways.of([GATEWAY], "litellm").stamp(GATEWAY, headers, None)

    assert {} == headers


def test_gateways_are_read_from_base_urls_whenever_they_are_set(monkeypatch: pytest.MonkeyPatch) -> None:
    gateways = Gateways.of([], "litellm")
    monkeypatch.setenv("OPENAI_BASE_URL", "https://llm.example.org/v1")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "https://api.anthropic.com")
    monkeypatch.setenv("LITELLM_PROXY_API_BASE", "not a url")

    assert {("llm.example.org", 443)} == gateways.known()


@pytest.mark.parametrize("url", ["localhost:4000", "ftp://localhost", "https://api.openai.com/v1", "http://[::1"])
def test_a_gateway_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=url.split("/")[0].replace("[", r"\[")):
        Gateways.of([url], "litellm")


def test_the_test_that_runs_owns_the_request_also_in_threads_without_its_context() -> None:
    cases = Cases("run1")
    found: list[Case | None] = [cases.current()]
    begun = cases.begin("test_a", "test_a")
    thread = Thread(target=lambda: found.append(cases.current()))
    thread.start()
    thread.join()
    cases.end(begun)

    assert [None, begun, None] == [*found, cases.current()]


def test_side_by_side_a_context_knows_its_own_test() -> None:
    cases = Cases("run1")
    one, two = copy_context(), copy_context()
    first = one.run(cases.begin, "test_a", "test_a")
    second = two.run(cases.begin, "test_b", "test_b")

    assert [first, second] == [one.run(cases.current), two.run(cases.current)]


def test_a_context_older_than_the_test_owns_nothing_any_more() -> None:
    cases = Cases("run1")
    loop = copy_context()
    cases.end(loop.run(cases.begin, "test_a", "test_a"))
    now = cases.begin("test_b", "test_b")

    assert now == loop.run(cases.current)


def test_what_tests_share_is_nobodys() -> None:
    cases = Cases("run1")
    begun = cases.begin("test_a", "test_a")
    cases.pause()
    meanwhile = cases.current()
    cases.resume()

    assert (None, begun) == (meanwhile, cases.current())


def test_repeats_of_a_case_are_runs_of_their_own() -> None:
    cases = Cases("run1")
    begun = [("a", "a", 0), ("a", "a", 0), ("b", "b[1-2]", 0), ("b", "b[2-2]", 1), ("b", "b[2-2]", 1)]
    runs = [cases.begin(*one) for one in begun]

    assert [
        Case("a", "run1"),
        Case("a", "run1-again1"),
        Case("b", "run1"),
        Case("b", "run1-2"),
        Case("b", "run1-2-again1"),
    ] == runs


def test_metadata_of_a_call_are_kept_and_never_changed_in_place() -> None:
    own = {"mine": 1, "spend_logs_metadata": {"team": "a"}}
    options = with_case("completion", {"metadata": own}, CASE)

    assert {"metadata": {"mine": 1, "spend_logs_metadata": {**LABELS, "team": "a"}}} == options
    assert {"mine": 1, "spend_logs_metadata": {"team": "a"}} == own


def test_metadata_that_go_to_the_provider_are_left_alone() -> None:
    stamp = {"spend_logs_metadata": LABELS}

    assert {"metadata": {"mine": 1}, "litellm_metadata": stamp} == with_case(
        "aresponses", {"metadata": {"mine": 1}}, CASE
    )
    assert {"metadata": stamp} == with_case("acompletion", {"metadata": None}, CASE)
    assert {"metadata": stamp} == with_case("embedding", {}, CASE)
    assert {"model": "gpt-4o-mini"} == with_case("completion", {"model": "gpt-4o-mini"}, None)


def test_metadata_that_are_litellms_anyway_are_used_where_they_are_given() -> None:
    options = with_case("completion", {"litellm_metadata": {"mine": 1}}, CASE)

    assert {"litellm_metadata": {"mine": 1, "spend_logs_metadata": LABELS}} == options


PAYLOAD: dict[str, Any] = {
    "id": "chatcmpl-1",
    "call_type": "completion",
    "status": "failure",
    "startTime": 1.5,
    "model": "gpt-4o-mini",
    "prompt_tokens": 7,
    "response_cost": 0.25,
    "messages": [{"role": "user", "content": "SECRET"}],
    "response": {"id": "r", "model": "m", "choices": [{"finish_reason": "stop", "message": {"content": "SECRET"}}]},
    "model_parameters": {"max_tokens": 5, "tools": [{"description": "SECRET"}], "user": "SECRET"},
    "error_str": "SECRET",
    "error_information": {
        "error_code": "429",
        "error_class": "RateLimitError",
        "error_message": "SECRET",
        "traceback": "SECRET",
    },
    "request_tags": ["SECRET"],
    "metadata": {
        "requester_metadata": {"mine": "SECRET"},
        "spend_logs_metadata": {**LABELS, "note": "SECRET"},
        "usage_object": {
            "prompt_tokens": 7,
            "prompt_tokens_details": {"cached_tokens": 3, "note": "SECRET"},
            "iterations": ["SECRET"],
        },
    },
    "hidden_params": {"additional_headers": {"x-litellm-attempted-retries": 2, "llm_provider-x": "SECRET"}},
}


def test_a_line_keeps_ids_usage_and_classes_of_errors_and_no_text() -> None:
    expected = {
        "id": "chatcmpl-1",
        "call_type": "completion",
        "status": "failure",
        "startTime": 1.5,
        "model": "gpt-4o-mini",
        "prompt_tokens": 7,
        "response_cost": 0.25,
        "model_parameters": {"max_tokens": 5},
        "error_information": {"error_code": "429", "error_class": "RateLimitError"},
        "response": {"id": "r", "model": "m", "choices": [{"finish_reason": "stop"}]},
        "metadata": {
            "spend_logs_metadata": LABELS,
            "usage_object": {"prompt_tokens": 7, "prompt_tokens_details": {"cached_tokens": 3}},
        },
        "hidden_params": {"additional_headers": {"x-litellm-attempted-retries": 2}},
    }

    assert expected == without_texts(PAYLOAD)


@pytest.mark.parametrize("part", ["response", "metadata", "hidden_params", "error_information", "model_parameters"])
@pytest.mark.parametrize("broken", [None, "SECRET", ["SECRET"], {"choices": None, "usage_object": "SECRET"}])
def test_parts_that_are_not_what_they_should_be_are_empty(part: str, broken: object) -> None:
    assert "SECRET" not in json.dumps(without_texts({**PAYLOAD, part: broken}))


def test_a_payload_is_written_once(tmp_path: Path) -> None:
    traces = Traces(tmp_path / "t.jsonl")
    for payload in (PAYLOAD, PAYLOAD, {**PAYLOAD, "startTime": 2.5}):
        traces.write(payload)

    assert [1.5, 2.5] == [json.loads(line)["startTime"] for line in traces.path.read_text().splitlines()]


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    (tmp_path / "some_library.py").write_text("def send():\n    return 'sent'\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield "some_library"
    sys.modules.pop("some_library", None)


@pytest.mark.parametrize("early", [True, False], ids=["imported before", "imported later"])
def test_a_library_is_patched_when_it_is_imported_and_as_before_in_the_end(library: str, early: bool) -> None:
    def patch(module: ModuleType, patches: Patches) -> None:
        patches.replace(module, "send", lambda send: lambda: f"stamped and {send()}")

    before = list(sys.meta_path)
    if early:
        importlib.import_module(library)
    importing = Importing({library: patch})
    importing.start()
    assert early == (library in sys.modules)

    module = importlib.import_module(library)
    during = module.send()
    importing.stop()

    assert ("stamped and sent", "sent") == (during, module.send())
    assert before == sys.meta_path
