"""A team's own rules in SQL: a query over the window's requests, run without files, network or settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import duckdb

from llmcost.alerts.judge import Alert, Event, Judged, Judging, Reading, is_shown
from llmcost.alerts.machine import RESOLVED, Seen, State, step
from llmcost.alerts.rules import OWN, Rule
from llmcost.alerts.slots import LONGEST, end_of
from llmcost.errors import ShelfError, first_line
from llmcost.store import DerivedTable, Filters, Priced, Store

# a query is asked so often, since each is read from the requests
EVERY = 3  # slots
WINDOW = (
    "select * from scope where coalesce(ended_at, started_at) >= $since and coalesce(ended_at, started_at) < $until"
)
NOTHING = float("nan")


def judge_own(
    store: Store, priced: Priced, rules: tuple[Rule, ...], states: Mapping[Alert, State], how: Judging
) -> Judged:
    """Judge the quarters of an hour from first to last by the rules in SQL, as `judge` does by the others.

    Raises ShelfError for a query that fails.
    """
    found, own = Judged(), [rule for rule in rules if rule.sql is not None]
    longest = timedelta(seconds=max((rule.window for rule in own), default=0))
    since = max(how.fresh, end_of(how.first)) - longest - LONGEST
    base = priced.scope(Filters(since, end_of(how.last)), None).derive("select * from scope")
    for rule in own:
        check_query(store, rule)
        now = {alert: state for alert, state in states.items() if alert.rule == rule.name}
        for at in quarters(how):
            values = answers(base, store, rule, at)
            for name in sorted({*values, *(alert.name for alert in now)}):
                alert = Alert(rule.name, OWN, name)
                reading = Reading(at, values.get(name, NOTHING), limit_of(rule), *[NOTHING] * 3)
                now[alert] = stepped(found, rule, alert, now.get(alert, State()), reading, how)
                found.readings[alert] = reading
        found.states |= {alert: state for alert, state in now.items() if is_shown(state, end_of(how.last))}
        found.readings = {alert: found.readings.get(alert) or unread(rule, how) for alert in found.states}
    found.events.sort(key=lambda event: (event.reading.at, event.alert))
    return found


def quarters(how: Judging) -> Iterator[datetime]:
    """List the quarters of an hour that end from first to last and are not too old to begin an alert."""
    ends = (end_of(slot) for slot in range(how.first, how.last + 1) if (slot + 1) % EVERY == 0)
    return (at for at in ends if at >= how.fresh)


def stepped(found: Judged, rule: Rule, alert: Alert, before: State, reading: Reading, how: Judging) -> State:
    """Step one alert, and note what is said."""
    value = None if reading.value != reading.value else reading.value
    seen = Seen(reading.at, value, reading.limit, rule.is_drop)
    is_acknowledged = alert.fingerprint in how.acknowledged
    state, event = step(before, seen, timedelta(seconds=rule.hold), is_acknowledged=is_acknowledged)
    if before.is_firing and not state.is_firing:
        found.ends.append((alert, reading.at))
    if event:
        began = before.began if event == RESOLVED else state.began
        found.events.append(Event(alert, rule, event, began or reading.at, reading))
    return state


def limit_of(rule: Rule) -> float:
    """Give the limit, which is a number: what is usual of a query nobody knows."""
    limit = rule.over if rule.over is not None else rule.below
    return 0.0 if limit is None else limit


def unread(rule: Rule, how: Judging) -> Reading:
    """Give what is read where nothing was asked."""
    return Reading(end_of(how.last), NOTHING, limit_of(rule), *[NOTHING] * 3)


def answers(base: DerivedTable, store: Store, rule: Rule, at: datetime) -> dict[str, float]:
    """Ask a rule's query about the window that ends then: the value of each name; what is NULL is not known.

    Raises ShelfError where it fails, takes too long, or does not give a number for each `name`.
    """
    window = DerivedTable(WINDOW, {"scope": base}, {"since": at - timedelta(seconds=rule.window), "until": at})
    try:
        with store.limited():
            records = store.run(str(rule.sql), {"scope": window}).records
    except duckdb.Error as error:
        raise refusal(rule, first_line(error)) from error
    except TimeoutError:
        raise refusal(rule, f"takes longer than {store.time_limit:g} s") from None
    if records and not {"name", "value"} <= records[0].keys():
        raise refusal(rule, "gives no `name` and `value`", "select team as name, sum(cost_usd) as value from scope ...")
    known = [row for row in records if row["value"] is not None]
    try:
        found = {str(row["name"] or ""): float(row["value"]) for row in known}
    except (TypeError, ValueError):
        raise refusal(rule, "gives a value that is not a number") from None
    if len(found) < len(known):
        raise refusal(rule, "gives a name more than once", "group by it")
    return found


def check_query(store: Store, rule: Rule) -> None:
    """Refuse what is not one query that only reads. Raises ShelfError."""
    try:
        statements = duckdb.extract_statements(str(rule.sql))
    except duckdb.Error as error:
        raise refusal(rule, first_line(error)) from error
    if len(statements) != 1 or store.writes(str(rule.sql)):
        raise refusal(rule, "is not one query that only reads")


def refusal(rule: Rule, message: str, hint: str = "") -> ShelfError:
    """Say whose query it is that cannot be asked."""
    return ShelfError(f"llmcost.yaml: the query of {rule.name}: {message}", hint=hint)


def merged(one: Judged, other: Judged) -> Judged:
    """Put together what two kinds of rules found."""
    events = sorted([*one.events, *other.events], key=lambda event: (event.reading.at, event.alert))
    return Judged(one.states | other.states, one.readings | other.readings, events, [*one.ends, *other.ends])
