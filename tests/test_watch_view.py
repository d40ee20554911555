"""What keys do, how a frame looks, and which rows it shows. What the numbers are is said by test_watch_snapshot."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from rich.console import Console
from syrupy.assertion import SnapshotAssertion

from llmcost.render.cell import UNKNOWN
from llmcost.watch.frame import frame
from llmcost.watch.reach import within
from llmcost.watch.snapshot import AlertLine, BudgetLine, Cache, Day, Health, Snapshot, Speed, Spend
from llmcost.watch.terminal import split
from llmcost.watch.view import PANELS, View, pressed
from tests.test_looks import ending

NOW = datetime(2026, 3, 2, 12, 2)


def spends(names: str, first: int) -> tuple[Spend, ...]:
    """Invent spend, each name a dollar less than the one before it in the last hour, and a dollar more today."""
    return tuple(
        Spend(name, Decimal(first - at), Decimal(first + at), 100 + at, 1000 + at, at % 3, 0)
        for at, name in enumerate(names.split())
    )


SNAPSHOT = Snapshot(
    taken_at=NOW,
    data_until=NOW - timedelta(seconds=4),
    zone=UTC,
    total=Spend(None, Decimal("72.5"), Decimal("1310.25"), 1204, 19_000, 12, 3),
    usual_hour_usd=Decimal("25.1"),
    day=Day(Decimal(1550), Decimal(1490), Decimal(1610)),
    budgets=(
        BudgetLine("key=search", "2026-03-02", Decimal(50), Decimal(42), Decimal(90), "80 %"),
        BudgetLine("all", "2026-03", Decimal(40_000), Decimal("1310.25"), Decimal(39_000), "ok"),
    ),
    models=spends("gpt-6.1-sol claude-opus-5-5 gpt-4o", 40),
    keys=(
        *spends("search chat a-key-with-a-name-that-no-column-of-a-small-terminal-has-room-for", 30),
        Spend("unpriced", None, None, 3, 3, 0, 3),
        Spend(None, Decimal("0.001"), Decimal("0.002"), 5, 5, 0, 0),
        *spends(" ".join(f"key-{number}" for number in range(30)), 0),
    ),
    projects=(),
    speeds=(
        Speed("openai", "gpt-6.1-sol", 1100, 800.0, 3000.0, 41_000.0, 300.0, 900.0),
        Speed("anthropic", "claude-opus-5-5", 90, 1800.0, 9000.0, 21_000.0, None, None),
    ),
    cache=Cache(None, 0.605, 0.3, Decimal("12.3"), 4, Decimal("1.02")),
    caches=(Cache("gpt-6.1-sol", 0.7, 0.4, Decimal("12.3"), 4, Decimal("1.02")),),
    health=(
        Health("openai", "some errors", 1100, 12, 40, (("rate_limit", 9), ("timeout", 3))),
        Health("anthropic", "ok", 90, 0, 0, ()),
    ),
)
ALERTS = (
    AlertLine(
        "cost-spike/key=search",
        "firing",
        NOW - timedelta(minutes=32),
        "key search spent $41.00 in the hour to 2026-03-02 12:00 UTC, over 2 times the most of the last 7 days at this "
        "time ($11.00), since 2026-03-02 11:30 UTC",
        "llmcost report cost --by model --where key=search --since 2026-03-02T11:00Z --until 2026-03-02T12:00Z",
    ),
    AlertLine("latency/model=gpt-4o", "silenced", NOW - timedelta(hours=3), "model gpt-4o took 41.0 s at P95", ""),
)
UNUSUAL = replace(SNAPSHOT, alerts=ALERTS)
NOTHING = replace(
    SNAPSHOT,
    data_until=None,
    total=Spend(None, Decimal(0), Decimal(0), 0, 0, 0, 0),
    usual_hour_usd=None,
    day=Day(None, None, None),
    budgets=(),
    models=(),
    keys=(),
    speeds=(),
    cache=Cache(None, None, None, None, None, None),
    caches=(),
    health=(),
)


def drawn(snapshot: Snapshot, view: View, width: int = 80, height: int = 24) -> str:
    """Draw a frame without colours."""
    console = Console(width=width, height=height, color_system=None)
    with console.capture() as written:
        console.print(frame(snapshot, view, width, height))
    return "".join(f"{line.rstrip()}\n" for line in written.get().splitlines())


def after(keys: str) -> View:
    """Give what is looked at after these keys, with spaces between them; `_` stands for one."""
    view = View()
    for key in keys.split():
        view = pressed(view, key.replace("_", " "))
    return view


@pytest.mark.parametrize(("width", "height"), [(80, 24), (160, 50)])
@pytest.mark.parametrize("panel", PANELS)
def test_a_frame_fits(panel: str, width: int, height: int, snapshot: SnapshotAssertion) -> None:
    text = drawn(UNUSUAL, View(panel=panel), width, height)

    assert height == len(text.splitlines())
    assert text == snapshot(extension_class=ending("txt"))


@pytest.mark.parametrize("name", ["usual", "nothing", "help", "throttled"])
def test_other_frames_look_so(name: str, snapshot: SnapshotAssertion) -> None:
    frames = {
        "usual": (SNAPSHOT, View()),
        "nothing": (NOTHING, View()),
        "help": (SNAPSHOT, View(is_help=True)),
        "throttled": (replace(UNUSUAL, throttled=("search",)), View(panel="alerts")),
    }
    assert drawn(*frames[name]) == snapshot(extension_class=ending("txt"))


@pytest.mark.parametrize("size", [(20, 5), (61, 17), (119, 60), (300, 100)])
@pytest.mark.parametrize("panel", PANELS)
def test_a_frame_of_any_size_is_drawn_and_no_line_too_many(panel: str, size: tuple[int, int]) -> None:
    assert max(size[1], 12) == len(drawn(UNUSUAL, View(panel=panel), max(size[0], 40), size[1]).splitlines())


@pytest.mark.parametrize(
    ("keys", "view"),
    [
        ("2", View(panel="spend")),
        ("tab tab", View(panel="latency")),
        ("tab back_tab", View()),
        ("7", View()),
        ("2 g", View(panel="spend", group="model")),
        ("2 g g g", View(panel="spend")),
        ("2 s j", View(panel="spend", order=1, offset=1)),
        ("2 j down k up k", View(panel="spend")),
        ("2 s j 3", View(panel="latency")),
        ("_", View(is_paused=True)),
        ("_ _", View()),
        ("?", View(is_help=True)),
        ("? 3", View()),
        ("? q", View(is_help=True, is_over=True)),
        ("q", View(is_over=True)),
        ("/ s q 2", View(filter="sq2", is_typing=True)),
        ("/ s q backspace enter", View(filter="s")),
        ("/ s enter esc", View()),
        ("/ s esc", View()),
        ("x", View()),
    ],
)
def test_a_key_does_what_the_help_says(keys: str, view: View) -> None:
    assert view == after(keys)


def test_a_filter_leaves_only_names_that_have_it_in_every_panel() -> None:
    view = View(filter="SEARCH")

    assert ["search"] == first_words(drawn(SNAPSHOT, replace(view, panel="spend")))
    assert ["openai"] == first_words(drawn(SNAPSHOT, View(panel="errors", filter="open")))
    assert ["gpt-6.1-sol"] == first_words(drawn(SNAPSHOT, View(panel="latency", filter="openai")))


@pytest.mark.parametrize("panel", PANELS)
def test_a_filter_that_leaves_nothing_does_not_say_that_there_is_nothing(panel: str) -> None:
    text = drawn(UNUSUAL, View(panel=panel, filter="zebra"))

    assert "nothing has /zebra" in text
    assert "nothing yet" not in text
    assert "nothing is unusual" not in text


def test_what_today_is_expected_to_come_to_stands_beside_between_what() -> None:
    lines = drawn(SNAPSHOT, View(), 120, 24).splitlines()

    assert lines[2].endswith(
        "$1,310.25   19,000 requests, 3 without a cost   expected $1,550.00 ($1,490.00 to $1,610.00)"
    )


def test_rows_come_in_the_order_that_is_asked_for() -> None:
    def first(order: int) -> list[str]:
        return [word[:5] for word in first_words(drawn(SNAPSHOT, View(panel="spend", order=order)))[:4]]

    assert ["searc", "chat", "a-key", "unpri"] == first(0)
    assert [UNKNOWN, "a-key", "chat", "key-0"] == first(1)
    assert ["searc", "chat", "a-key", UNKNOWN] == first(2)
    # in the last hour search cost most, and today the key with the long name
    assert ["a-key", "chat", "searc", "key-2"] == first(3)


def test_what_has_no_room_is_said_and_can_be_scrolled_to() -> None:
    first = drawn(SNAPSHOT, View(panel="spend"))
    last = drawn(SNAPSHOT, View(panel="spend", offset=1000))

    assert "1 to 14 of 35" in first
    assert "22 to 35 of 35" in last
    assert "2 in all" in drawn(UNUSUAL, View(panel="alerts"))
    assert "from 2 of 2" in drawn(UNUSUAL, View(panel="alerts", offset=1))


@pytest.mark.parametrize(
    ("panel", "furthest"), [("overview", 0), ("spend", 21), ("latency", 0), ("cache", 0), ("errors", 0), ("alerts", 1)]
)
def test_who_went_too_far_down_is_at_the_last_row_and_one_key_goes_up(panel: str, furthest: int) -> None:
    # 35 keys, of which 14 have room in 24 lines; of two alerts the last is seen alone
    view = within(UNUSUAL, View(panel=panel, offset=1000), 80, 24)

    assert furthest == view.offset
    assert drawn(UNUSUAL, view) == drawn(UNUSUAL, View(panel=panel, offset=1000))


def first_words(text: str) -> list[str]:
    """Read the first word of each row of the first box."""
    rows = [line.strip("│ \n").split() for line in text.splitlines() if line.startswith("│")]
    return [row[0] for row in rows[1:] if row]


def test_what_a_terminal_would_obey_is_not_in_a_frame() -> None:
    keys = (Spend("\x1b[2Jgone\n\u202e", Decimal(1), Decimal(1), 1, 1, 0, 0),)
    alerts = (AlertLine("a\x1b]0;x\x07", "firing", None, "b\x9b2J", "c\r"),)
    health = (Health("\x1b[1m", "ok", 1, 0, 0, ()),)
    hostile = replace(SNAPSHOT, keys=keys, alerts=alerts, health=health, throttled=("\x1b[0m",))

    for panel in PANELS:
        assert not {"\x1b", "\x07", "\x9b", "\r", "\u202e"} & set(drawn(hostile, View(panel=panel), 160, 50))


@pytest.mark.parametrize(
    ("sent", "keys"),
    [
        ("q", ["q"]),
        ("\t\x1b[Z\r\x7f", ["tab", "back tab", "enter", "backspace"]),
        ("\x1b[A\x1bOB", ["up", "down"]),
        ("\x1b", ["esc"]),
        ("\x1b[15~q", ["q"]),
        ("\x1b[1;5Cq", ["q"]),
        ("é\x01", ["é"]),
    ],
)
def test_what_a_terminal_sends_is_cut_into_keys(sent: str, keys: list[str]) -> None:
    assert keys == list(split(sent))
