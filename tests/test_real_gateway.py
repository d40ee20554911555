"""The real proxy of LiteLLM: who has spent a budget is refused there, others are not, and a release gives all back.

Two processes of the proxy share a Postgres, as two workers do; a third has no database, and the hook. Budgets are
judged when five minutes are over, so that the story is told once, and then looked at.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.logs import Record, write_log
from tests.real_gateway.clients import Clients, Seen, asking
from tests.real_gateway.needs import missing
from tests.real_gateway.postgres import postgres
from tests.real_gateway.processes import wait_until
from tests.real_gateway.proxy import REQUEST_USD, WITH_DATABASE, WITH_HOOK, Proxy, proxy, wait_for
from tests.real_gateway.user import User

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing()), reason=missing()),
]
BUDGET = Decimal("0.01")
SPENDERS = ("search", "batch")
SLOT = 300
# a slot of five minutes, what it takes to be judged, and a slow machine
LONG = SLOT + 60


@dataclass(frozen=True)
class Story:
    """What was run, and what its clients saw."""

    called: Proxy
    other: Proxy
    hooked: Proxy
    hashes: dict[str, str]
    clients: Clients
    user: User
    hook_user: User
    said: Path


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """Give a folder that Postgres, which root does not run, can reach."""
    with tempfile.TemporaryDirectory(prefix="llmcost-gateway-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for part in ("database", "hook", "postgres", "late", "blocking"):
            (folder / part).mkdir()
        yield folder


@pytest.fixture(scope="module")
def proxies(place: Path) -> Iterator[tuple[Proxy, Proxy, Proxy]]:
    """Run all three, which takes each half a minute of a processor."""
    with ExitStack() as stack:
        database = {"DATABASE_URL": stack.enter_context(postgres(place / "postgres"))}
        file = {"LLMCOST_THROTTLE_FILE": str(place / "hook" / "throttled.json")}
        started = (
            stack.enter_context(proxy(place / "database", "called", WITH_DATABASE, database)),
            stack.enter_context(proxy(place / "database", "other", WITH_DATABASE, database)),
            stack.enter_context(proxy(place / "hook", "hooked", WITH_HOOK, file)),
        )
        names = ("database/called", "database/other", "hook/hooked")
        for one, name in zip(started, names, strict=True):
            wait_for(one, place / Path(name).parent, Path(name).name)
        yield started


@pytest.fixture(scope="module")
def story(place: Path, proxies: tuple[Proxy, Proxy, Proxy]) -> Iterator[Story]:
    """Let keys spend, watch their logs, and check those of the hook as cron would, until a key is refused."""
    called, other, hooked = proxies
    user, hook_user = User(place / "database"), User(place / "hook")
    former = {"search": {"rpm_limit": 6000, "tpm_limit": 9_000_000}, "batch": {}, "nightly": {}, "billing": {}}
    made = {name: called.call("/key/generate", {"key_alias": name, **limits})[1] for name, limits in former.items()}
    hashes = {name: str(one["token"]) for name, one in made.items()}
    keys = {name: str(one["key"]) for name, one in made.items()}
    through = through_of(called)
    user.settle({**dict.fromkeys(SPENDERS, f"{BUDGET}"), "billing": "1"}, through)
    hook_user.settle({"search": f"{BUDGET}"}, "file: throttled.json", "block")
    write_log(place / "database" / "logs" / "month.jsonl", month("billing", hashes["billing"], day_at=1))
    pauses = {"search": 0.3, "batch": 1.0, "nightly": 1.0, "billing": 1.0}
    at_database = [(name, keys[name], at, pause) for name, pause in pauses.items() for at in (called, other)]
    at_hook = [("hook search", "sk-search", hooked, 0.5), ("hook billing", "sk-billing", hooked, 1.0)]
    with user.watching() as said, asking(*at_database, *at_hook) as clients:
        clients.first(is_refused, "search", called, wait=LONG)
        # it is said when all is done
        wait_until(lambda: all(f"throttle: slowed key {name} to " in said.read_text() for name in SPENDERS), 20, said)
        yield Story(called, other, hooked, hashes, clients, user, hook_user, said)


def through_of(one: Proxy) -> str:
    return f"litellm: {{url: '{one.url}', key_env: LITELLM_MASTER_KEY}}"


def is_refused(one: Seen) -> bool:
    return one.status == 429


def is_answered(one: Seen) -> bool:
    return one.status == 200


def month(key: str, hash: str, day_at: int = 0) -> list[Record]:
    """Write a month, in which the key spends two dollars each hour until 20 minutes, or so many days, ago."""
    last = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=day_at, minutes=20)
    times = [last - timedelta(hours=hours) for hours in range(30 * 24)]
    usual = {"llmcost": 1, "gateway": "litellm", "status": "ok", "provider_name": "openai", "request_model": "gpt-4o"}
    named = {"api_key_alias": key, "api_key_id": hash, "input_tokens": 800_000, "output_tokens": 0}
    return [
        {
            **usual,
            **named,
            "request_id": f"m{at}",
            "started_at": f"{time.isoformat()}Z",
            "ended_at": f"{time.isoformat()}Z",
        }
        for at, time in enumerate(times)
    ]


def crossed(story: Story, key: str, *at: Proxy) -> float:
    """Tell when the key had spent its budget."""
    answered = [one for one in story.clients.of(key, *at) if is_answered(one)]
    return answered[int(BUDGET / Decimal(REQUEST_USD))].at


def test_a_key_over_its_budget_is_refused_by_the_worker_that_llmcost_calls(story: Story) -> None:
    assert [(2, 9_000_000, None), (2, None, None)] == [story.called.limits(story.hashes[name]) for name in SPENDERS]


def test_a_months_backfill_beside_it_throttles_nobody(story: Story) -> None:
    assert (None, None, None) == story.called.limits(story.hashes["billing"])
    assert {*SPENDERS} == {row["key"] for row in story.user.rows("throttle", "list")}


def test_a_month_that_is_read_afterwards_throttles_nobody(place: Path, story: Story) -> None:
    late = User(place / "late")
    late.settle({"billing": "1"}, through_of(story.called))
    write_log(place / "late" / "month.jsonl", month("billing", story.hashes["billing"]))
    assert 0 == late.run("ingest", "month.jsonl").returncode
    done = late.run("alerts", "check")

    assert "throttle: key billing is left alone: no request ended in the last 15 minutes" in done.stderr
    assert (None, None, None) == story.called.limits(story.hashes["billing"])


def test_the_hook_refuses_a_key_without_a_database_and_a_release_lets_it_pass(story: Story) -> None:
    clients, user, asked = story.clients, story.hook_user, time.time()
    assert [200] == list(dict.fromkeys(one.status for one in clients.of("hook search")))
    assert 0 == user.run("ingest", "logs").returncode
    done = user.run("alerts", "check")
    assert "throttle: blocked key search until " in done.stderr
    acted = time.time()
    refused = clients.first(is_refused, "hook search", story.hooked, since=asked, wait=20)
    assert "1 key released\n" == user.run("throttle", "release", "search").stdout
    released = time.time()
    passed = clients.first(is_answered, "hook search", story.hooked, since=released, wait=20)

    assert {} == {one.status: one for one in clients.of("hook billing") if not is_answered(one)}
    print(
        f"hook: refused {refused.at - acted:+.1f} s after the check, passes {passed.at - released:+.1f} s after release"
    )


def test_a_key_is_blocked_and_unblocked(place: Path, story: Story) -> None:
    clients, user, asked = story.clients, User(place / "blocking"), time.time()
    user.settle({"nightly": f"{BUDGET}"}, through_of(story.called), "block")
    assert 0 == user.run("ingest", "../database/logs").returncode
    assert "throttle: blocked key nightly until " in user.run("alerts", "check").stderr
    clients.first(lambda one: one.status == 401, "nightly", story.called, since=asked, wait=20)
    assert "1 key released\n" == user.run("throttle", "release", "nightly").stdout
    released = time.time()

    clients.first(is_answered, "nightly", story.called, since=released, wait=20)
    assert (None, None, False) == story.called.limits(story.hashes["nightly"])


@pytest.mark.parametrize("logs", ["database", "hook"])
def test_what_the_proxy_refused_by_itself_is_no_failure_of_the_provider(place: Path, story: Story, logs: str) -> None:
    user = User(place / "blocking")
    assert 0 == user.run("ingest", f"../{logs}/logs", "--db", f"{logs}.duckdb").returncode
    failed = "select distinct error_kind from scope where status = 'error'"

    assert [{"error_kind": "refused_by_gateway"}] == user.rows("sql", failed, "--db", f"{logs}.duckdb")


def test_the_other_worker_refuses_the_key_when_it_looks_at_the_database_again(story: Story) -> None:
    at_called = story.clients.first(is_refused, "search", story.called).at
    at_other = story.clients.first(is_refused, "search", story.other, wait=120).at
    over = crossed(story, "search", story.called, story.other)
    meanwhile = [one for one in story.clients.of("search") if is_answered(one) and over < one.at < at_called]
    past = len(meanwhile) * Decimal(REQUEST_USD)
    print(f"spent at {datetime.fromtimestamp(over, UTC):%H:%M:%S} UTC, refused {at_called - over:.1f} s later")
    print(f"  that is {at_called % SLOT:.1f} s after the end of the five minutes, ${past} past a budget of ${BUDGET}")
    print(f"  by the other worker {at_other - at_called:.1f} s later")

    assert over < at_called
    assert over < at_other


def test_a_release_gives_back_the_former_limits(story: Story) -> None:
    done = story.user.run("throttle", "release", "search")
    released = time.time()

    assert "1 key released\n" == done.stdout
    assert (6000, 9_000_000, None) == story.called.limits(story.hashes["search"])
    story.clients.first(is_answered, "search", story.called, since=released, wait=20)
    time.sleep(3)
    later = [one.status for one in story.clients.of("search", story.called) if one.at > released + 1]
    # more than the two of a minute
    assert len(later) > 5 and {200} == {*later}


def test_a_key_that_is_deleted_at_the_proxy_is_closed_and_asked_about_no_more(story: Story) -> None:
    hash = story.hashes["batch"]
    assert (2, None, None) == story.called.limits(hash)
    assert 200 == story.called.call("/key/delete", {"keys": [hash]})[0]
    done = story.user.run("throttle", "release", "batch")

    assert "is not at the gateway any more" in done.stderr
    assert ("batch", "released") == tuple(story.user.rows("throttle", "list")[-1][name] for name in ("key", "state"))
    assert "gone" == story.user.rows("throttle", "log")[-1]["what"]


def test_other_keys_were_never_refused(story: Story) -> None:
    refused = [one for one in story.clients.of("billing") if not is_answered(one)]

    assert [] == refused
    assert {story.called, story.other} == {one.proxy for one in story.clients.of("billing")}
