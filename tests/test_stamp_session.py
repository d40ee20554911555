"""`pytest --llmcost` as it is run: real SDKs, a provider on loopback, and what llmcost reads of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import pytest

from llmcost.ingest import ingest
from llmcost.store import Store
from tests.conftest import ROOT, Completed
from tests.stamp_server import ANSWER, Provider, provider

QUESTION = "a question that nobody may keep"
INSTALLED = "llmcost" in entry_points(group="pytest11").names
Pytest = Callable[..., Completed]


def needs(*libraries: str) -> pytest.MarkDecorator:
    absent = [name for name in libraries if find_spec(name) is None]
    return pytest.mark.skipif(bool(absent), reason=f"not installed: {', '.join(absent)}")


@pytest.fixture
def served() -> Iterator[Provider]:
    with provider() as running:
        yield running


def pytest_over(folder: Path, url: str, code: str, *args: str, **options: str) -> Completed:
    """Write a test file and run pytest over it, with LiteLLM offline; `options` are variables of the environment."""
    (folder / "test_llm.py").write_text(f"URL, QUESTION = {url + '/v1'!r}, {QUESTION!r}\n" + dedent(code))
    plugin = [] if INSTALLED else ["-p", "llmcost.stamp.plugin"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "OPENAI", "LLMCOST"))}
    return subprocess.run(
        [sys.executable, "-m", "pytest", *plugin, "-p", "no:cacheprovider", "test_llm.py", *args],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT), "LITELLM_LOCAL_MODEL_COST_MAP": "True", **options},
        capture_output=True,
        text=True,
        timeout=180,
    )


@pytest.fixture
def run_tests(tmp_path: Path, served: Provider) -> Pytest:
    """Run pytest over a test file; `fails` says whether it should."""

    def run(code: str, *args: str, env: dict[str, str] | None = None, fails: bool = False) -> Completed:
        done = pytest_over(tmp_path, served.url, code, *args, **(env or {}))
        assert fails == (done.returncode != 0), done.stdout + done.stderr
        return done

    return run


LITELLM = """
    import asyncio, time
    from concurrent.futures import ThreadPoolExecutor

    import litellm, pytest
    from litellm import acompletion, completion, embedding

    CALL = {"model": "openai/gpt-4o-mini", "messages": [{"role": "user", "content": QUESTION}], "api_base": URL}
    CALL |= {"api_key": "none", "max_retries": 0, "num_retries": 0}

    @pytest.fixture(scope="module")
    def shared():
        completion(**CALL)
        yield
        completion(**CALL)

    @pytest.fixture
    def own(shared):
        completion(**CALL)
        yield
        completion(**CALL)

    def test_sync():
        completion(**CALL, metadata={"mine": 1})

    def test_stream():
        list(completion(**CALL, stream=True))

    def test_threads():
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda _: completion(**CALL), range(3)))

    def test_async():
        async def ask():
            await asyncio.gather(*(acompletion(**CALL) for _ in range(20)))
        asyncio.run(ask())

    def test_async_stream():
        async def ask():
            async for _ in await acompletion(**CALL, stream=True):
                pass
        asyncio.run(ask())

    def test_embedding():
        embedding(model="openai/text-embedding-3-small", input=[QUESTION], api_base=URL, api_key="none")

    @pytest.mark.parametrize("row", ["a", "b"])
    def test_row(row, own):
        completion(**CALL)

    def test_error():
        with pytest.raises(Exception):
            completion(**CALL | {"api_base": "http://127.0.0.1:9/v1"})

    def test_own():
        completion(**CALL, metadata={"note": QUESTION}, user=QUESTION)

    PARAMS = {"model": "openai/gpt-4o-mini", "api_key": "none", "max_retries": 0}
    URLS = {"large": "http://127.0.0.1:9/v1", "small": URL}
    MODELS = [{"model_name": name, "litellm_params": PARAMS | {"api_base": url}} for name, url in URLS.items()]

    def test_router():
        router = litellm.Router(model_list=MODELS, fallbacks=[{"large": ["small"]}], num_retries=0)
        asyncio.run(router.acompletion("large", CALL["messages"], metadata={"mine": 1}))

    def test_callbacks(request):
        got = []
        litellm.success_callback = [lambda kwargs, *_: got.append(kwargs)]
        own = {"mine": 1, "spend_logs_metadata": {"team": "a"}}
        completion(**CALL, metadata=own)
        while not got:
            time.sleep(0.01)
        labels = {"test_case": request.node.nodeid, "test_run": "run1", "team": "a"}
        assert got[0]["standard_logging_object"]["metadata"]["spend_logs_metadata"] == labels
        assert got[0]["litellm_params"]["metadata"]["mine"] == 1
        assert own == {"mine": 1, "spend_logs_metadata": {"team": "a"}}
        assert len(litellm.success_callback) == 1
"""


@dataclass(frozen=True)
class Traced:
    """What two runs of LITELLM left: one as it is, and one of the tests named sync, by two workers."""

    first: Completed
    second: Completed
    text: str
    rows: list[dict[str, Any]]
    seen: list[dict[str, str]]
    bodies: list[str]


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Traced:
    """Run pytest twice with one file of traces: importing LiteLLM takes longer than all tests of it."""
    folder = tmp_path_factory.mktemp("traced")
    options = ["--llmcost", "--llmcost-traces", "traces.jsonl"]
    with provider() as served:
        first = pytest_over(folder, served.url, LITELLM, *options, LLMCOST_RUN="run1")
        seen, bodies = list(served.seen), list(served.bodies)
        second = pytest_over(folder, served.url, LITELLM, *options, "-n", "2", "-k", "sync")
    with Store() as store:
        ingest(store, [str(folder / "traces.jsonl")])
        rows = store.records("select * from requests")
    return Traced(first, second, (folder / "traces.jsonl").read_text(), rows, seen, bodies)


@needs("litellm")
def test_every_call_through_litellm_is_traced_under_its_test(traced: Traced) -> None:
    expected = [
        *[("async", "ok")] * 20,
        ("async_stream", "ok"),
        ("callbacks", "ok"),
        ("embedding", "ok"),
        ("error", "error"),
        ("own", "ok"),
        ("router", "error"),
        ("router", "ok"),
        *[("row[a]", "ok")] * 3,
        *[("row[b]", "ok")] * 3,
        ("stream", "ok"),
        ("sync", "ok"),
        *[("threads", "ok")] * 3,
    ]

    first = [row for row in traced.rows if row["case_run"] == "run1"]

    assert "12 passed" in traced.first.stdout
    assert expected == sorted((row["case_id"].removeprefix("test_llm.py::test_"), row["status"]) for row in first)
    # what the module shares is no test's
    assert 2 == sum(row["case_id"] is None for row in traced.rows)
    counts = {(row["status"], row["input_tokens"], row["output_tokens"]) for row in traced.rows}
    assert {("ok", 100, 20), ("error", None, None)} == counts


@needs("litellm")
def test_traces_hold_no_text_and_the_provider_gets_no_stamp(traced: Traced) -> None:
    failed = sum(row["status"] == "error" for row in traced.rows)

    assert (False, False) == (QUESTION in traced.text, ANSWER in traced.text)
    assert len(traced.rows) == len(traced.text.splitlines())
    # the calls that fail reach nobody
    of_workers = sum(row["case_run"] not in (None, "run1") for row in traced.rows)
    assert len(traced.rows) - failed - of_workers == len(traced.bodies)
    assert all(QUESTION in body for body in traced.bodies)
    assert "test_" not in json.dumps([traced.seen, traced.bodies])


@needs("litellm")
def test_a_router_keeps_its_own_metadata_and_every_attempt_is_the_tests(traced: Traced) -> None:
    found = [row for row in traced.rows if row["case_id"] == "test_llm.py::test_router"]

    assert [("large", "error"), ("small", "ok")] == sorted((row["model_group"], row["status"]) for row in found)


@needs("litellm", "xdist")
def test_workers_share_run_and_file(traced: Traced) -> None:
    found = [row for row in traced.rows if row["case_run"] not in (None, "run1")]

    assert "3 passed" in traced.second.stdout
    assert 1 == len({row["case_run"] for row in found})
    cases = ["test_llm.py::test_async"] * 20 + ["test_llm.py::test_async_stream", "test_llm.py::test_sync"]
    assert cases == sorted(row["case_id"] for row in found)


CLIENTS = {
    "httpx": "httpx.post(URL, json={}, headers=OWN)",
    "httpx2": "httpx2.post(URL, json={}, headers=OWN)",
    "requests": "requests.post(URL, json={}, headers=OWN)",
    "aiohttp": """
        async def send():
            async with aiohttp.ClientSession(headers=OWN) as session:
                await session.post(URL, json={})
        asyncio.run(send())
    """,
    "openai": """
        client = openai.OpenAI(base_url=URL, api_key="none")
        client.chat.completions.create(model="gpt-4o-mini", messages=[], extra_headers=OWN)
    """,
    "openai, async": """
        async def send():
            async with openai.AsyncOpenAI(base_url=URL, api_key="none", default_headers=OWN) as client:
                await client.chat.completions.create(model="gpt-4o-mini", messages=[])
        asyncio.run(send())
    """,
}


@pytest.mark.parametrize("by", ["option", "environment", "nobody", "another"])
def test_clients_tell_a_gateway_the_case_and_nobody_else(run_tests: Pytest, served: Provider, by: str) -> None:
    clients = [name for name in CLIENTS if find_spec(name.split(",")[0])]
    assert "openai" in clients
    options = {"option": [f"--llmcost-gateway={served.url}"], "another": ["--llmcost-gateway=http://127.0.0.1:9"]}
    env = {"LLMCOST_RUN": "run1"} | ({"OPENAI_BASE_URL": served.url} if by == "environment" else {})
    header = 'OWN = {"X-LiteLLM-Spend-Logs-Metadata": \'{"team": "a"}\'}'
    tests = [
        f"def test_{at}():\n    import {name.split(',')[0]}\n{indent(dedent(CLIENTS[name]), '    ')}"
        for at, name in enumerate(clients)
    ]
    run_tests("\n".join(["import asyncio", header, *tests]), "--llmcost", *options.get(by, []), env=env)

    sent = [json.loads(headers["x-litellm-spend-logs-metadata"]) for headers in served.seen]
    is_stamped = by in ("option", "environment")
    assert sent == [
        ({"test_case": f"test_llm.py::test_{at}", "test_run": "run1"} if is_stamped else {}) | {"team": "a"}
        for at in range(len(clients))
    ]


def test_repeats_that_pytest_numbers_are_runs_of_one_case(run_tests: Pytest, served: Provider, tmp_path: Path) -> None:
    pytest.importorskip("httpx")
    (tmp_path / "conftest.py").write_text(
        # what pytest-repeat does
        """
import pytest

STEP = "__pytest_repeat_step_number"

@pytest.hookimpl(trylast=True)
def pytest_generate_tests(metafunc):
    metafunc.fixturenames.append(STEP)
    metafunc.parametrize(STEP, range(2), indirect=True, ids=lambda step: f"{step + 1}-2")

@pytest.fixture(name=STEP)
def step(request):
    return request.param
"""
    )
    run_tests(
        """
        import httpx, pytest

        def test_it():
            httpx.post(URL, json={})

        @pytest.mark.parametrize("row", ["1-2"])
        def test_row(row):
            httpx.post(URL, json={})
        """,
        "--llmcost",
        f"--llmcost-gateway={served.url}",
        "-o",
        "llmcost_gateway_kind=bifrost",
        env={"LLMCOST_RUN": "run1"},
    )
    sent = [(headers["x-bf-lh-test_case"], headers["x-bf-lh-test_run"]) for headers in served.seen]

    assert [
        ("test_llm.py::test_it", "run1"),
        ("test_llm.py::test_it", "run1-2"),
        ("test_llm.py::test_row[1-2]", "run1"),
        ("test_llm.py::test_row[1-2]", "run1-2"),
    ] == sent


def test_without_the_option_nothing_is_imported_and_nothing_patched(run_tests: Pytest) -> None:
    done = run_tests(
        """
        import sys

        def test_it():
            loaded = {name for name in sys.modules if name.startswith("llmcost")}
            assert loaded == {"llmcost", "llmcost.stamp", "llmcost.stamp.plugin"}
            assert not [finder for finder in sys.meta_path if type(finder).__module__.startswith("llmcost")]
        """
    )

    assert "1 passed" in done.stdout


def test_with_the_option_libraries_wait_for_the_tests(run_tests: Pytest) -> None:
    done = run_tests(
        """
        import sys

        def test_it():
            assert not {"litellm", "httpx", "httpx2", "requests", "aiohttp", "duckdb"} & set(sys.modules)
        """,
        "--llmcost",
        "--llmcost-traces",
        "traces.jsonl",
        "-p",
        "no:xdist",
    )

    assert "1 passed" in done.stdout


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--llmcost", "--llmcost-gateway", "https://api.openai.com/v1"], "a provider's own API"),
        (["--llmcost", "--llmcost-gateway", "localhost:4000"], "write it like http://localhost:4000"),
        (["--llmcost", "-o", "llmcost_gateway_kind=kong"], "llmcost_gateway_kind = kong: no such kind"),
        (["--llmcost-traces", "test_llm.py/t.jsonl"], "--llmcost-traces"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(run_tests: Pytest, args: list[str], message: str) -> None:
    done = run_tests("def test_it(): pass", *args, fails=True)

    assert (4, True, False) == (done.returncode, message in done.stderr, "Traceback" in done.stderr)


UNDONE = """
    import asyncio, sys
    import httpx, pytest

    def now():
        return httpx.Client.send, httpx.AsyncClient.send, asyncio.Runner.close, [*map(type, sys.meta_path)]

    seen = {}

    class Look:
        def pytest_runtest_call(self):
            seen["during"] = now()

        def pytest_unconfigure(self):
            sys.meta_path[:] = [finder for finder in sys.meta_path if "_pytest" not in type(finder).__module__]

    before = now()
    code = pytest.main(sys.argv[1:], plugins=[Look()])
    assert code == 0
    assert not [1 for patched, own in zip(seen["during"], before) if patched == own]
    assert before == now()
"""


def test_patches_are_undone_at_the_end(tmp_path: Path) -> None:
    pytest.importorskip("httpx")
    (tmp_path / "test_it.py").write_text("def test_it(): pass")
    plugin = [] if INSTALLED else ["-p", "llmcost.stamp.plugin"]
    options = [*plugin, "-p", "no:cacheprovider", "--llmcost-traces", "t.jsonl", "test_it.py"]
    done = subprocess.run(
        [sys.executable, "-c", dedent(UNDONE), *options], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )

    assert (0, "") == (done.returncode, done.stderr)
