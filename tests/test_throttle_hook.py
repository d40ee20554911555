"""The hook in LiteLLM's proxy: whom the file names is refused, and nobody where the file is missing, broken or old."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from llmcost.throttle.gateways.file import File
from llmcost.throttle.register import Throttle as Row
from tests.logs import write

# imported by the tests alone: LiteLLM takes six seconds
pytestmark = [
    pytest.mark.skipif(find_spec("litellm") is None, reason="the hook is a callback of LiteLLM"),
    pytest.mark.skipif(find_spec("fastapi") is None, reason="the proxy of LiteLLM refuses by FastAPI"),
]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ROW = Row("hash", NOON.date(), "search", "file", "block", 2, datetime(2026, 3, 2, 13), "spent $12", wanted={"rpm": 2})


@dataclass
class Caller:
    """Who calls, as the proxy says it to a hook."""

    api_key: str | None = "hash"
    key_alias: str | None = None


class Bench:
    """A hook with its file, and a clock that is set."""

    def __init__(self, folder: Path) -> None:
        from llmcost.throttle.litellm_hook import Throttle

        self.path, self.seconds = folder / "throttled.json", 0.0
        self.hook = Throttle(str(self.path), lambda: NOON.timestamp() + self.seconds)

    def put(self, **changes: Any) -> None:
        one = replace(ROW, **changes)
        File(self.path).put(one, {"rpm": 2}, [], NOON.timestamp())

    def ask(self, at: float, caller: Caller | None = None) -> tuple[int, str] | None:
        """Ask so many seconds after noon: None where it passes, else the status and when to come again."""
        import fastapi

        self.seconds = at
        data = {"model": "m"}
        try:
            passed = asyncio.run(self.hook.async_pre_call_hook(caller or Caller(), None, data, "completion"))
        except fastapi.HTTPException as error:
            return error.status_code, (error.headers or {})["retry-after"]
        assert passed is data
        return None


@pytest.fixture(scope="module", autouse=True)
def offline() -> Iterator[None]:
    """Let LiteLLM fetch nothing when it is imported."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")
        yield


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_without_a_file_everybody_passes(bench: Bench) -> None:
    assert bench.ask(0) is None


def test_a_key_is_refused_within_a_second_of_the_change_and_passes_within_one_of_the_next(bench: Bench) -> None:
    assert bench.ask(0) is None
    bench.put()
    assert [None, (429, "3599")] == [bench.ask(0.9), bench.ask(1)]
    bench.path.unlink()
    assert [(429, "3598"), None] == [bench.ask(1.9), bench.ask(2)]


def test_other_keys_pass_and_an_alias_in_the_file_is_a_key_too(bench: Bench) -> None:
    bench.put(hash="search")

    assert [None, None, (429, "3600")] == [
        bench.ask(0, caller) for caller in (Caller(), Caller(None), Caller("x", "search"))
    ]


def test_a_limited_key_may_make_so_many_requests_a_minute(bench: Bench) -> None:
    bench.put(action="limit")

    assert [None, None, (429, "50"), (429, "1"), None, (429, "10")] == [
        bench.ask(at) for at in (0, 10, 10, 59.4, 60, 60)
    ]


def test_a_key_is_released_by_itself(bench: Bench) -> None:
    bench.put()

    assert [(429, "1"), None] == [bench.ask(3599), bench.ask(3600)]


def test_a_file_past_its_end_throttles_nobody(bench: Bench) -> None:
    bench.put()
    document = json.loads(bench.path.read_text())
    write(bench.path, json.dumps({**document, "expires_at": "2026-03-02T12:00:10Z"}))

    assert [(429, "9"), None] == [bench.ask(1), bench.ask(10)]


@pytest.mark.parametrize(
    "text",
    [
        "{half",
        "[]",
        "{}",
        '{"expires_at": "2026-03-02T13:00:00Z", "keys": {"hash": {}}}',
        '{"expires_at": "2026-03-02T13:00:00Z", "keys": {"hash": {"action": "limit", "rpm": "x"}}}',
        '{"expires_at": "soon", "keys": {"hash": {"action": "block", "until": "2026-03-02T13:00:00Z"}}}',
        '{"expires_at": "2026-03-02T13:00:00Z", "keys": ["hash"]}',
    ],
)
def test_a_broken_file_throttles_nobody_and_a_whole_one_after_it_does(
    bench: Bench, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.put()
    assert bench.ask(0) is not None
    bench.path.unlink()
    write(bench.path, text)

    assert bench.ask(1) is None
    assert "llmcost: the throttle file is not understood, nobody is throttled: " in capsys.readouterr().out
    bench.put()
    assert bench.ask(2) is not None


def test_the_hook_imports_no_other_room(tmp_path: Path) -> None:
    code = (
        "import sys, llmcost.throttle.litellm_hook as hook; print(hook.throttle.path); "
        "print(sorted(name for name in sys.modules if name.startswith('llmcost')), 'fastapi' in sys.modules)"
    )
    environment = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LLMCOST_THROTTLE_FILE": "/run/throttled.json"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    path, modules = done.stdout.splitlines()[-2:]

    assert "/run/throttled.json" == path
    assert modules.startswith("['llmcost', 'llmcost.throttle', 'llmcost.throttle.litellm_hook'] ")
