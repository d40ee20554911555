"""Keys are slowed at a gateway that keeps limits as LiteLLM does, and get back what they had."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from llmcost.alerts.channels.source import Source
from llmcost.alerts.state import Memory
from llmcost.throttle.act import Run, throttle
from llmcost.throttle.enforce import release_by_hand
from llmcost.throttle.gateways.file import File
from llmcost.throttle.gateways.gateway import Gateway
from llmcost.throttle.gateways.litellm import LiteLLM
from llmcost.throttle.register import Register
from llmcost.throttle.settings import ThrottleSettings
from llmcost.throttle.spent import KeySpent, Looked, Wanted
from llmcost.throttle.turn import turn
from tests.gateway import MASTER, Proxy, proxying

NOON = datetime(2026, 3, 2, 12)
MIDNIGHT = datetime(2026, 3, 3)
TODAY = date(2026, 3, 2)
NOBODY = Looked()
SLOWED = (
    "slowed key search to 2 requests a minute until 2026-03-03 00:00 UTC: spent $12.30 of its daily budget of $10.00"
)


def over(*names: str) -> Looked:
    return Looked(
        tuple(Wanted(name, Decimal(10), TODAY) for name in names),
        tuple(KeySpent(name, f"h-{name}", Decimal("12.3")) for name in names),
        NOON,
    )


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with proxying(**{"h-search": {"rpm_limit": 50}, "h-other": {}}) as running:
        yield running


def through(proxy: Proxy) -> LiteLLM:
    return LiteLLM(Source(plain=proxy.url), Source(plain=MASTER))


def acting(gateway: Gateway, **settings: Any) -> ThrottleSettings:
    return ThrottleSettings(**{"act": True, "gateway": gateway, **settings})


def run(memory: Memory, settings: ThrottleSettings, looked: Looked, now: datetime = NOON) -> list[str]:
    return throttle(Run(Register(memory), settings, now, UTC), looked)


def limits(proxy: Proxy) -> list[Any]:
    return [proxy.keys[name]["rpm_limit"] for name in ("h-search", "h-other")]


def test_a_key_is_slowed_its_former_limit_kept_and_back_at_midnight(memory: Memory, proxy: Proxy) -> None:
    settings = acting(through(proxy))
    assert [SLOWED] == run(memory, settings, over("search"))
    assert [2, None] == limits(proxy)
    assert [{"rpm_limit": 50}] == [one.former for one in Register(memory).held()]

    # the same alert again, and a minute before midnight
    assert [] == run(memory, settings, over("search"))
    assert [] == run(memory, settings, NOBODY, MIDNIGHT - timedelta(minutes=1))
    assert ["released key search: its former limits are back (midnight)"] == run(memory, settings, NOBODY, MIDNIGHT)
    assert [50, None] == limits(proxy)
    assert [
        ("/key/update", {"key": "h-search", "rpm_limit": 2}),
        ("/key/update", {"key": "h-search", "rpm_limit": 50}),
    ] == proxy.calls


def test_no_limit_at_all_is_a_former_limit_too(memory: Memory, proxy: Proxy) -> None:
    run(memory, acting(through(proxy)), over("other"))
    assert [50, 2] == limits(proxy)
    run(memory, acting(through(proxy)), NOBODY, MIDNIGHT)

    assert [50, None] == limits(proxy)
    assert {"key": "h-other", "rpm_limit": None} == proxy.calls[-1][1]


def test_a_key_is_blocked_and_unblocked(memory: Memory, proxy: Proxy) -> None:
    settings = acting(through(proxy), action="block")
    (line,) = run(memory, settings, over("search"))
    assert line.startswith("blocked key search until 2026-03-03 00:00 UTC: ")
    assert proxy.keys["h-search"]["blocked"]
    run(memory, settings, NOBODY, MIDNIGHT)

    assert ["/key/block", "/key/unblock"] == [path for path, _ in proxy.calls]


@pytest.mark.parametrize(("had", "action"), [({"rpm_limit": 1}, "limit"), ({"blocked": True}, "block")])
def test_what_is_held_as_tightly_already_is_not_touched(memory: Memory, had: dict[str, Any], action: str) -> None:
    with proxying(**{"h-search": had}) as proxy:
        (line,) = run(memory, acting(through(proxy), action=action), over("search"))

        assert "key search is left alone: it is held as tightly already" == line
        assert ([], []) == (proxy.calls, Register(memory).all())


def test_every_step_is_written_down_with_what_was_before(memory: Memory, proxy: Proxy) -> None:
    run(memory, acting(through(proxy)), over("search"))
    run(memory, acting(through(proxy)), NOBODY, MIDNIGHT)

    assert [
        ("begins", "rpm_limit 50 -> 2"),
        ("throttled", "spent $12.30 of its daily budget of $10.00"),
        ("releases", "rpm_limit 2 -> 50"),
        ("released", "midnight"),
    ] == [(what, detail) for _, what, _, _, detail in Register(memory).logged()]


def test_whom_somebody_changed_meanwhile_is_left_as_it_is_and_not_slowed_again(memory: Memory, proxy: Proxy) -> None:
    settings = acting(through(proxy))
    run(memory, settings, over("search"))
    proxy.keys["h-search"]["rpm_limit"] = 30
    changed, again = run(memory, settings, over("search"))

    assert (
        "key search was changed at the gateway by somebody (rpm_limit 2 -> 30): it is left as it is for today"
        == changed
    )
    assert "key search is left alone: somebody released it today" == again
    run(memory, settings, NOBODY, MIDNIGHT)
    assert [30, None] == limits(proxy)


def test_who_is_released_by_hand_is_not_slowed_again_that_day(memory: Memory, proxy: Proxy) -> None:
    settings = acting(through(proxy))
    run(memory, settings, over("search", "other"))
    by_hand = Run(Register(memory), settings, NOON, UTC)
    assert (1, 0) == release_by_hand(by_hand, "search")

    assert [50, 2] == limits(proxy)
    assert ["key search is left alone: somebody released it today"] == run(memory, settings, over("search"))
    assert (1, 0) == release_by_hand(by_hand, None)
    assert [50, None] == limits(proxy)


def test_a_gateway_that_does_not_answer_is_asked_once_and_again_the_next_time(memory: Memory, proxy: Proxy) -> None:
    settings = acting(through(proxy))
    proxy.is_down = True
    lines = run(memory, settings, over("other", "search"))
    assert (["key other: the gateway answered 503 Service Unavailable; the next check tries again"], 1) == (
        lines,
        proxy.asked,
    )
    proxy.is_down = False
    assert 2 == len(run(memory, settings, over("other", "search")))
    assert [2, 2] == limits(proxy)

    proxy.is_down = True
    assert 1 == len(run(memory, settings, NOBODY, MIDNIGHT))
    assert (2, 2) == (
        len(Register(memory).held()),
        release_by_hand(Run(Register(memory), settings, NOON, UTC), None)[1],
    )
    proxy.is_down = False
    run(memory, settings, NOBODY, MIDNIGHT)
    assert [50, None] == limits(proxy)


class Died(BaseException):
    """The process ends here."""


class Dying(LiteLLM):
    """Its process dies before it changes a limit, or after."""

    is_after = False

    def put(self, *args: Any) -> None:
        if self.is_after:
            super().put(*args)
        raise Died


class DyingAfter(Dying):
    """After."""

    is_after = True


@pytest.mark.parametrize("kind", [Dying, DyingAfter])
def test_who_dies_between_intent_and_call_loses_no_limit(memory: Memory, proxy: Proxy, kind: type[Dying]) -> None:
    whole = through(proxy)
    with pytest.raises(Died):
        run(memory, acting(kind(whole.url, whole.key)), over("search"))
    assert [{"rpm_limit": 50}] == [one.former for one in Register(memory).held()]

    run(memory, acting(whole), over("search"))
    assert [2, None] == limits(proxy)
    assert [({"rpm_limit": 50}, "active")] == [(one.former, one.state) for one in Register(memory).held()]
    with pytest.raises(Died):
        run(memory, acting(kind(whole.url, whole.key)), NOBODY, MIDNIGHT)
    run(memory, acting(whole), NOBODY, MIDNIGHT)
    assert ([50, None], []) == (limits(proxy), Register(memory).held())


def test_an_answer_that_got_lost_loses_no_limit(memory: Memory, proxy: Proxy) -> None:
    proxy.forgets_answers = True
    assert 1 == len(run(memory, acting(through(proxy)), over("search")))
    proxy.forgets_answers = False
    run(memory, acting(through(proxy)), over("search"))
    run(memory, acting(through(proxy)), NOBODY, MIDNIGHT)

    assert [50, None] == limits(proxy)


def test_a_dry_run_calls_nobody_and_says_what_it_would_do(memory: Memory, proxy: Proxy) -> None:
    settings = replace(acting(through(proxy)), act=False)
    said = f"would {SLOWED.replace('slowed', 'slow', 1)} (dry run; `throttle: {{act: true}}` acts)"

    assert [said] == run(memory, settings, over("search"))
    assert (0, ["dry run"]) == (proxy.asked, [what for _, what, *_ in Register(memory).logged()])
    # and keeps nobody from acting later that day
    assert [SLOWED] == run(memory, acting(through(proxy)), over("search"))


def test_what_stays_as_it_was_is_said_once_and_again_when_it_was_otherwise_meanwhile(
    memory: Memory, proxy: Proxy
) -> None:
    settings, late = replace(acting(through(proxy)), act=False), replace(over("search"), newest=datetime(2026, 3, 2, 9))
    later = replace(late, newest=datetime(2026, 3, 2, 10))
    looks = [over("search"), over("search"), late, later, over("search"), NOBODY, over("search", "other")]

    assert ["would slow", "", "is left alone", "", "would slow", "", "would slow, would slow"] == [
        ", ".join(re.findall("would slow|is left alone", " ".join(run(memory, settings, looked)))) for looked in looks
    ]
    # another time than now is asked for by a person, who is told all, and whose question changes nothing
    asked = Run(Register(memory), settings, NOON, UTC)
    assert 2 == len(throttle(asked, over("search", "other"), may_act=False))
    assert [] == run(memory, settings, over("search", "other"))


def test_a_gateway_that_is_named_no_more_is_spoken_of_once_a_day(memory: Memory, proxy: Proxy) -> None:
    run(memory, acting(through(proxy)), over("search"))
    times = [NOON, NOON, MIDNIGHT, MIDNIGHT + timedelta(hours=1)]

    assert [1, 0, 1, 0] == [len(run(memory, ThrottleSettings(), NOBODY, now)) for now in times]


@pytest.mark.parametrize("is_listed", [True, False])
def test_a_key_that_was_deleted_at_the_gateway_is_closed_and_asked_about_no_more(
    memory: Memory, proxy: Proxy, is_listed: bool
) -> None:
    settings = acting(through(proxy))
    run(memory, settings, over("search"))
    # the proxy tells of keys that it had, with the limits that they had
    proxy.keys["h-search"]["status"] = "deleted"
    if not is_listed:
        del proxy.keys["h-search"]
    gone = "key search is not at the gateway any more: there is nothing to throttle or to release"

    assert [gone] == run(memory, settings, over("search"))
    assert [("released", "the gateway has no such key")] == [(one.state, one.how) for one in Register(memory).all()]
    assert ("gone", "the gateway has no such key") == tuple(Register(memory).logged()[-1][at] for at in (1, 4))
    asked = proxy.asked
    assert ([], [], asked) == (
        run(memory, settings, over("search")),
        run(memory, settings, NOBODY, MIDNIGHT),
        proxy.asked,
    )


def test_a_key_that_the_gateway_never_had_is_asked_about_once_a_day(memory: Memory, proxy: Proxy) -> None:
    settings = acting(through(proxy))

    assert [1, 0, 0] == [len(run(memory, settings, over("nobody"))) for _ in range(3)]
    assert 1 == proxy.asked


def test_a_key_whose_proxy_is_not_at_this_address_is_not_gone(memory: Memory, proxy: Proxy) -> None:
    run(memory, acting(through(proxy)), over("search"))
    elsewhere = acting(LiteLLM(Source(plain=f"{proxy.url}/wrong"), Source(plain=MASTER)))

    assert ["key search: the gateway answered 404 Not Found; the next check tries again"] == run(
        memory, elsewhere, NOBODY, MIDNIGHT
    )
    run(memory, acting(through(proxy)), NOBODY, MIDNIGHT)
    assert [50, None] == limits(proxy)


def test_what_was_throttled_is_released_also_where_nothing_is_acted_on_any_more(memory: Memory, proxy: Proxy) -> None:
    run(memory, acting(through(proxy)), over("search"))
    run(memory, replace(acting(through(proxy)), act=False), NOBODY, MIDNIGHT)

    assert [50, None] == limits(proxy)


def test_a_gateway_that_llmcost_yaml_no_longer_names_is_spoken_of(memory: Memory, proxy: Proxy) -> None:
    run(memory, acting(through(proxy)), over("search"))

    assert [
        "key search was throttled through litellm, which llmcost.yaml does not name: it stays so until it does"
    ] == run(memory, ThrottleSettings(), NOBODY, MIDNIGHT)


def test_no_secret_is_in_what_is_said_or_kept(memory: Memory, proxy: Proxy) -> None:
    lines = run(memory, acting(LiteLLM(Source(plain=proxy.url), Source(plain=MASTER + "x"))), over("search"))

    assert ["key search: the gateway answered 401 Unauthorized; the next check tries again"] == lines
    assert MASTER not in repr((through(proxy), memory.rows("select * from throttle_log")))


def test_the_file_names_who_is_throttled_and_is_replaced_as_a_whole(memory: Memory, tmp_path: Path) -> None:
    path = tmp_path / "throttled.json"
    settings = acting(File(path))
    run(memory, settings, over("search", "other"))
    entry = {"action": "limit", "rpm": 2, "until": "2026-03-03T00:00:00Z"}
    why = {"reason": "spent $12.30 of its daily budget of $10.00"}

    assert {
        "version": 1,
        "expires_at": "2026-03-03T00:00:00Z",
        "keys": {"h-other": {**entry, **why}, "h-search": {**entry, **why}},
    } == json.loads(path.read_text())
    release_by_hand(Run(Register(memory), settings, NOON, UTC), "other")
    assert ["h-search"] == [*json.loads(path.read_text())["keys"]]
    run(memory, settings, NOBODY, MIDNIGHT)
    assert {} == json.loads(path.read_text())["keys"]
    assert [] == [*tmp_path.glob("*.new")]


def test_who_deletes_the_file_has_released_all(memory: Memory, tmp_path: Path) -> None:
    settings = acting(File(tmp_path / "throttled.json"))
    run(memory, settings, over("search"))
    (tmp_path / "throttled.json").unlink()

    assert "key search is left alone: somebody released it today" == run(memory, settings, over("search"))[-1]
    assert not (tmp_path / "throttled.json").exists()


def test_one_process_at_a_time_has_the_turn(tmp_path: Path) -> None:
    path = tmp_path / "alerts.sqlite"
    with turn(path) as first, turn(path) as second:
        assert (True, False) == (first, second)
    with turn(path) as third:
        assert third
