"""The lines on top: what is spent now, beside what is usual, expected and allowed."""

from __future__ import annotations

from datetime import UTC

from rich.console import Group
from rich.text import Text

from llmcost.counts import counted
from llmcost.render.cell import sanitize_for_terminal
from llmcost.watch.panels.spend import MARKS
from llmcost.watch.panels.table import money, percent
from llmcost.watch.snapshot import Snapshot
from llmcost.watch.view import View

LINES = 6
# seconds after which what is shown is old
OLD = 120
MANY_TIMES = 2


def summary(snapshot: Snapshot, view: View, notice: str) -> Group:
    """Write the lines."""
    lines = (
        heading(snapshot, view, notice),
        hour(snapshot),
        today(snapshot),
        budgets(snapshot),
        cache(snapshot),
        alerts(snapshot),
    )
    return Group(*lines)


def labelled(label: str) -> Text:
    """Begin a line."""
    return Text(f" {label:<10}", style="dim", no_wrap=True, overflow="ellipsis")


def heading(snapshot: Snapshot, view: View, notice: str) -> Text:
    """Say until when there is data, of which requests, and what is looked for."""
    found = Text(" llmcost watch", style="bold", no_wrap=True, overflow="ellipsis")
    found.append(f"   {until(snapshot)}", style="yellow" if (snapshot.age_s or 0) > OLD else "")
    if snapshot.where:
        found.append(f"   {sanitize_for_terminal(snapshot.requests)}", style="bold cyan")
    if view.is_paused:
        found.append("   paused", style="bold yellow")
    if view.filter or view.is_typing:
        found.append(f"   /{view.filter}{'_' if view.is_typing else ''}", style="bold cyan")
    if notice:
        found.append(f"   {sanitize_for_terminal(notice)}", style="yellow")
    return found


def until(snapshot: Snapshot) -> str:
    """Say how old the data is."""
    if snapshot.data_until is None or snapshot.age_s is None:
        return "no data yet"
    local = snapshot.data_until.replace(tzinfo=UTC).astimezone(snapshot.zone)
    return f"data until {local:%H:%M:%S}, {age(snapshot.age_s)} old"


def age(seconds: int) -> str:
    """Write an age; a clock that is ahead makes none."""
    if seconds < 120:
        return f"{max(seconds, 0)} s"
    if seconds < 7200:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h" if seconds < 172_800 else f"{seconds // 86_400} days"


def hour(snapshot: Snapshot) -> Text:
    """Say what the last hour has cost, and what is usual."""
    total, usual = snapshot.total, snapshot.usual_hour_usd
    found = labelled("last hour").append(money(total.hour_usd), style="bold")
    if usual is None:
        found.append("   usual: not known yet")
    else:
        times = float(total.hour_usd or 0) / float(usual) if usual else 0.0
        found.append(f"   usual {money(usual)}")
        if times:
            found.append(f" ({times:,.1f} times)", style="bold red" if times > MANY_TIMES else "")
    found.append(f"   {counted(total.hour_requests, 'request')}")
    share = total.hour_errors / total.hour_requests if total.hour_requests else None
    if total.hour_errors:
        found.append(f"   {counted(total.hour_errors, 'error')} ({percent(share)})", style="red")
    return found


def today(snapshot: Snapshot) -> Text:
    """Say what today has cost, and what it will have at its end."""
    day, total = snapshot.day, snapshot.total
    found = labelled("today").append(money(total.today_usd), style="bold")
    found.append(f"   {counted(total.today_requests, 'request')}")
    if total.today_unpriced:
        found.append(f", {total.today_unpriced:,} without a cost", style="yellow")
    if day.expected_usd is not None:
        found.append(f"   expected {money(day.expected_usd)}")
    if day.low_usd is not None and day.high_usd is not None:
        found.append(f" ({money(day.low_usd)} to {money(day.high_usd)})", style="dim")
    return found


def budgets(snapshot: Snapshot) -> Text:
    """Hold the budgets that are nearest to their limits against what is spent."""
    found = labelled("budgets")
    if not snapshot.budgets:
        return found.append("none; llmcost.yaml sets them", style="dim")
    for at, one in enumerate(snapshot.budgets[:3]):
        found.append("   " if at else "")
        found.append(f"{sanitize_for_terminal(one.name)} {money(one.spent_usd)} of {money(one.limit_usd)} ")
        found.append(one.mark, style=MARKS.get(one.mark, ""))
    return found


def cache(snapshot: Snapshot) -> Text:
    """Say what caches give."""
    found, cache = labelled("cache"), snapshot.cache
    if cache.today_share is None and not cache.gateway_hits:
        return found.append("not reported", style="dim")
    found.append(f"{percent(cache.hour_share)} of the input, today {percent(cache.today_share)}")
    found.append(f": saved {money(cache.saved_usd)}")
    if cache.gateway_hits:
        found.append(f"   {counted(cache.gateway_hits, 'gateway hit')}, {money(cache.gateway_saved_usd)}")
    return found


def alerts(snapshot: Snapshot) -> Text:
    """Count the alerts, and name those that fire."""
    found = labelled("alerts")
    firing = snapshot.firing
    found.append(f"{len(firing)} firing", style="bold red" if firing else "green")
    for word, style in (("pending", "yellow"), ("silenced", "")):
        number = len(snapshot.alerts_that(word))
        found.append(f"   {number} {word}", style=style if number else "dim")
    if snapshot.throttled:
        found.append(f"   {len(snapshot.throttled)} throttled", style="bold yellow")
    if firing:
        found.append(f"   {sanitize_for_terminal(', '.join(one.alert for one in firing))}")
    return found
