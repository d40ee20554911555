"""What a rule of an alert says, and the rules that there are where nobody says otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, tzinfo
from typing import Any

from llmcost.alerts.channels.channel import Channel

MINUTE, HOUR, DAY = 60, 3600, 86_400
ALL = "all"
# what the groups of a query of a team's own are called by
OWN = "name"
# what a rule can do beside telling
THROTTLE = "throttle"
SAME_HOUR, MEAN_7D = "same_hour", "mean_7d"
BASELINES = (SAME_HOUR, MEAN_7D)


@dataclass(frozen=True)
class Rule:
    """A rule over one column's values, or over all requests; lengths are in seconds, limits in the metric's unit.

    It holds over `over`, over `times` a `baseline` that is no less than `floor`, or under `below`: a share of the
    baseline, without one a limit. A `budget` is held against what is set in llmcost.yaml, and warns at the share
    `warn` of it; where there is none and it has `times`, against so many times what the local day is `expected` to
    cost. `window` 0 is the local day so far. `sql` is a query of a team's own, in the metric's place. `then` says what
    is done beside telling.
    """

    name: str
    metric: str = "cost_usd"
    by: str = ALL
    over: float | None = None
    times: float | None = None
    below: float | None = None
    baseline: str | None = None
    floor: float = 0
    window: int = HOUR
    widen: int = 0
    hold: int = 0
    at_least: int = 1
    warn: float = 0.8
    sql: str | None = None
    then: str | None = None
    expected: tuple[tuple[date, float], ...] = ()

    @property
    def is_budget(self) -> bool:
        """Whether it is held against budgets, which only grow within a day."""
        return self.window == 0

    @property
    def is_expecting(self) -> bool:
        """Whether it looks at what a day is expected to cost, where that has no budget."""
        return self.is_budget and self.times is not None

    @property
    def is_drop(self) -> bool:
        """Whether it looks for what is too little."""
        return self.below is not None


STALE = "stale-logs"
# each with the columns that it is by
FOUNDING: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "cost-spike": ((ALL, "key"), {"times": 2, "baseline": SAME_HOUR, "floor": 5, "hold": 15 * MINUTE}),
    "cache-drop": (
        ("model",),
        {"metric": "cache_hit_rate", "below": 0.5, "baseline": MEAN_7D, "floor": 0.05, "at_least": 50},
    ),
    "latency": (
        ("model",),
        {"metric": "p95_s", "over": 30, "window": 15 * MINUTE, "widen": HOUR, "at_least": 100},
    ),
    "errors": (("provider",), {"metric": "error_share", "over": 0.05, "window": 15 * MINUTE, "at_least": 50}),
    "key-budget": (("key",), {"window": 0}),
    # so that it warns at twice what is expected: most days pass 80 % of it
    "daily-spend": ((ALL,), {"window": 0, "times": 2.5, "floor": 5}),
    # twice the longest silence of seven days, and never less than `floor`
    STALE: ((ALL,), {"metric": "idle_s", "times": 2, "floor": HOUR}),
}


def founding_rules() -> tuple[Rule, ...]:
    """List the rules that hold where llmcost.yaml says nothing."""
    return tuple(Rule(name, by=by, **fields) for name, (columns, fields) in FOUNDING.items() for by in columns)


@dataclass(frozen=True)
class AlertSettings:
    """What llmcost.yaml says of alerts: how long after its end a slot is judged, whose midnight, rules, channels."""

    evaluation_delay: int = 2 * MINUTE
    zone: tzinfo = UTC
    rules: tuple[Rule, ...] = field(default_factory=founding_rules)
    channels: tuple[Channel, ...] = ()
