"""The throttle as a user runs it: llmcost.yaml, checks that act, what is listed, released and logged."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from llmcost.configuration import read_configuration
from llmcost.errors import UsageError
from tests.conftest import ROOT, Run
from tests.gateway import MASTER, Proxy, proxying
from tests.logs import Record, write, write_log
from tests.test_alerts_command import BOOK

SCHEMA = jsonschema.Draft202012Validator(json.loads((ROOT / "llmcost" / "llmcost.schema.json").read_text()))
RULE = "alerts: {rules: {key-budget: {then: throttle}}}\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("throttle: {act: true}", "1: throttle acts, but has no `through`"),
        ("throttle: {act: maybe}", "1: `act: maybe` is neither true nor false"),
        ("throttle: {through: {}}", "1: `through` is one gateway"),
        ("throttle: {through: {file: a, exec: [b]}}", "1: `through` is one gateway"),
        ("throttle: {through: {kong: a}}", "1: unknown key `kong` in through"),
        ("throttle:\n  action: stop", "2: `action: stop` is none"),
        ("throttle:\n  rpm: 0", "2: `rpm: 0` lets nothing through"),
        ("throttle: {through: {litellm: {key_env: K}}}", "1: litellm has no `url_env`"),
        ("throttle: {through: {litellm: {url: 'http://gateway:4000'}}}", "1: litellm has no `key_env`"),
        (
            f"throttle: {{through: {{litellm: {{url: 'http://gateway:4000', key: {MASTER}}}}}}}",
            "1: `key` holds a secret, and llmcost.yaml is read by many",
        ),
        (
            "alerts: {rules: {cost-spike: {then: throttle}}}",
            "1: cost-spike: `then: throttle` is for the daily budgets of keys, never for a spike alone",
        ),
        (
            "alerts: {rules: {key-budget: {by: team, then: throttle}}}",
            "1: key-budget: `then: throttle` is for the daily budgets of keys, never for a spike alone",
        ),
        ("alerts: {rules: {key-budget: {then: stop}}}", "1: `then: stop`: there is none of this name"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_without_the_secret(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(UsageError, match=re.escape(f"llmcost.yaml:{words}")) as caught:
        read_configuration(write(tmp_path / "llmcost.yaml", text))

    assert MASTER not in f"{caught.value.message} {caught.value.hint}"
    assert [*SCHEMA.iter_errors(yaml.safe_load(text))]


@pytest.mark.parametrize(
    "text",
    [
        RULE,
        "throttle: {act: true, through: {litellm: {url: 'http://gateway:4000', key_env: K}}, rpm: 5, never: [a]}",
        "throttle: {through: {litellm: {url_file: a, key_file: b}}, action: block}",
        "throttle: {act: true, through: {file: throttled.json}}",
        "throttle: {through: {webhook: 'http://127.0.0.1:1/x'}}",
        "throttle: {through: {exec: [./throttle, now]}}",
    ],
)
def test_what_is_right_is_taken_by_the_program_and_by_the_schema(tmp_path: Path, text: str) -> None:
    read_configuration(write(tmp_path / "llmcost.yaml", text))

    assert [] == [*SCHEMA.iter_errors(yaml.safe_load(text))]


def written(gateway: str, *, now: datetime) -> str:
    """Write a llmcost.yaml whose day is about half over, so that no test runs across midnight."""
    zone = f"Etc/GMT{now.hour - 12:+d}" if now.hour != 12 else "UTC"
    return (
        f"budgets: [{{of: key=search, daily_usd: 10}}]\nthrottle: {{act: true, through: {{{gateway}}}}}\n"
        f"alerts: {{tz: {zone}, rules: {{key-budget: {{then: throttle}}}}}}\n"
    )


def requests(now: datetime, *minutes: float) -> list[Record]:
    """Write requests of the key search, a dollar each, that ended so long ago."""
    usual: dict[str, Any] = {"llmcost": 1, "gateway": "g", "status": "ok", "output_tokens": 0, "input_tokens": 100_000}
    named = {"provider_name": "acme", "request_model": "m", "api_key_alias": "search", "api_key_id": "h-search"}
    times = [now - timedelta(minutes=each) for each in minutes]
    return [
        {
            **usual,
            **named,
            "request_id": f"r{at}",
            "started_at": f"{time.isoformat()}Z",
            "ended_at": f"{time.isoformat()}Z",
        }
        for at, time in enumerate(times)
    ]


def stored(folder: Path, llmcost: Run, gateway: str, *minutes: float) -> None:
    now = datetime.now(UTC).replace(tzinfo=None)
    write_log(folder / "log.jsonl", requests(now, *minutes))
    write(folder / "pricing.local.yaml", BOOK)
    write(folder / "llmcost.yaml", written(gateway, now=now))
    assert 0 == llmcost("ingest", "log.jsonl").returncode


def check(llmcost: Run, *words: str) -> list[str]:
    """Check, and give what is said of the throttle."""
    done = llmcost("alerts", "check", "--pricing", "pricing.local.yaml", *words)
    assert done.returncode in (0, 1), done.stderr
    return [line for line in done.stderr.splitlines() if line.startswith("throttle: ")]


# spent over the budget eight minutes ago, and asked for something a minute ago
NOW_OVER = (*[8 + at / 100 for at in range(11)], 1)


@pytest.fixture
def proxy(tmp_path: Path) -> Any:
    write(tmp_path / "key", MASTER)
    with proxying(**{"h-search": {"rpm_limit": 50}}) as running:
        yield running


def litellm(proxy: Proxy) -> str:
    return f"litellm: {{url: '{proxy.url}', key_file: key}}"


def test_a_check_slows_a_key_that_is_listed_released_and_logged(tmp_path: Path, llmcost: Run, proxy: Proxy) -> None:
    stored(tmp_path, llmcost, litellm(proxy), *NOW_OVER)
    (line,) = check(llmcost)
    assert line.startswith("throttle: slowed key search to 2 requests a minute until ")
    assert line.endswith(": spent $12.00 of its daily budget of $10.00")
    assert 2 == proxy.keys["h-search"]["rpm_limit"]

    (row,) = json.loads(llmcost("throttle", "list", "-f", "json").stdout)["rows"]
    assert ("search", "active", "limit", 2, "h-search") == tuple(
        row[name] for name in ("key", "state", "action", "rpm", "hash")
    )
    assert "1 key released\n" == llmcost("throttle", "release", "search").stdout
    assert 50 == proxy.keys["h-search"]["rpm_limit"]
    assert ["throttle: key search is left alone: somebody released it today"] == check(llmcost)
    logged = json.loads(llmcost("throttle", "log", "-f", "json").stdout)["rows"]
    assert ["begins", "throttled", "releases", "released"] == [row["what"] for row in logged]
    for file in tmp_path.glob("llmcost.duckdb*"):
        assert MASTER.encode() not in file.read_bytes()


def test_another_time_than_now_only_says_what_would_be_done(tmp_path: Path, llmcost: Run, proxy: Proxy) -> None:
    stored(tmp_path, llmcost, litellm(proxy), *NOW_OVER)
    (line,) = check(llmcost, "--at", f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}")

    assert line.startswith("throttle: would slow key search ")
    assert (0, []) == (proxy.asked, json.loads(llmcost("throttle", "list", "-f", "json").stdout)["rows"])


def test_a_backfill_of_a_month_throttles_nobody(tmp_path: Path, llmcost: Run, proxy: Proxy) -> None:
    # a dollar every half an hour, the last of them 20 minutes ago
    stored(tmp_path, llmcost, litellm(proxy), *[20 + 30 * at for at in range(48 * 30)])

    (line,) = check(llmcost)
    assert "key search is left alone: no request ended in the last 15 minutes" in line
    assert [] == check(llmcost)
    assert 0 == proxy.asked


def test_who_releases_nothing_is_told_so(tmp_path: Path, llmcost: Run, proxy: Proxy) -> None:
    stored(tmp_path, llmcost, litellm(proxy), 1)

    assert (2, "error: search: it is not throttled\n") == outcome(llmcost("throttle", "release", "search"))
    assert (2, "error: name a key, or say --all\n") == outcome(llmcost("throttle", "release"))
    assert "0 keys released\n" == llmcost("throttle", "release", "--all").stdout


def test_a_release_that_no_gateway_answers_is_not_forgotten(tmp_path: Path, llmcost: Run, proxy: Proxy) -> None:
    stored(tmp_path, llmcost, litellm(proxy), *NOW_OVER)
    check(llmcost)
    proxy.is_down = True
    done = llmcost("throttle", "release", "--all")
    assert 1 == done.returncode
    assert "error: 1 key is not released yet" in done.stderr
    proxy.is_down = False

    assert "throttle: released key search: its former limits are back (by hand)" in check(llmcost)
    assert 50 == proxy.keys["h-search"]["rpm_limit"]


def outcome(done: Any) -> tuple[int, str]:
    """Give the exit code, and the first line of what is wrong."""
    return done.returncode, done.stderr.splitlines(keepends=True)[0]


@pytest.mark.parametrize("acts", ["throttle", "release"])
def test_a_program_of_ones_own_is_told_what_to_do(tmp_path: Path, llmcost: Run, acts: str) -> None:
    write(tmp_path / "told.py", "import sys; open('told.jsonl', 'a').write(sys.stdin.read())\n")
    stored(tmp_path, llmcost, "exec: [python3, told.py]", *NOW_OVER)
    check(llmcost)
    llmcost("throttle", "release", "--all")
    told = {one["event"]: one for one in map(json.loads, (tmp_path / "told.jsonl").read_text().splitlines())}

    assert ("search", "h-search", "limit", 2) == tuple(told[acts][name] for name in ("key", "hash", "action", "rpm"))
    assert ["throttle", "release"] == [*told]
