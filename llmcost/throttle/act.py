"""One run: what was interrupted is finished, what people changed is left, what is over released, what is due begun.

The register knows of a throttle before the gateway does, with the limits that the key had. So whoever dies in between
leaves behind what the next run needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, tzinfo

from llmcost.alerts.daily import start_of
from llmcost.throttle import words
from llmcost.throttle.decide import Decision, decide
from llmcost.throttle.gateways.gateway import Gateway, GatewayError, KeyGone
from llmcost.throttle.register import (
    ACTIVE,
    BEGINNING,
    BY_SOMEBODY,
    DRY,
    GONE,
    MIDNIGHT,
    RELEASED,
    RELEASING,
    Register,
    Throttle,
)
from llmcost.throttle.settings import ThrottleSettings
from llmcost.throttle.spent import Looked, local_day_of


@dataclass
class Run:
    """What a run works with, and the lines that it says; `now` is UTC, `is_silent` the gateway that gave no answer.

    `known` is what the last run left as it was, and `left` what this one does, both by name with their states.
    """

    register: Register
    settings: ThrottleSettings
    now: datetime
    zone: tzinfo
    lines: list[str] = field(default_factory=list)
    is_silent: bool = False
    known: dict[str, str] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)

    def leave(self, key: str, hash: str, state: str, line: str) -> None:
        """Say that nothing is done, and why, unless the last run that day left it in the same state."""
        name, state = f"{key}/{hash}", f"{self.today} {state}"
        if self.left.get(name, self.known.get(name)) != state:
            self.lines.append(line)
        self.left[name] = state

    @property
    def seconds(self) -> float:
        """The same time in seconds since 1970."""
        return self.now.replace(tzinfo=UTC).timestamp()

    @property
    def today(self) -> date:
        """The local day."""
        return local_day_of(self.now, self.zone)


def throttle(run: Run, looked: Looked, *, may_act: bool = True) -> list[str]:
    """Do all that is due, or without `act` say what would be; give what is to be said, a line each."""
    acts = run.settings.act and may_act
    if may_act:
        run.known = run.register.said()
        for one in run.register.held():
            attempt(run, one, settle)
    for decision in decide(looked, run.register.all(), run.settings.never, run.now, run.zone):
        if not decision.begins:
            run.leave(decision.key, decision.hash, decision.state, words.left_alone(decision))
        elif acts:
            attempt(run, throttle_of(run, decision), begin)
        else:
            rehearse(run, throttle_of(run, decision), is_kept=may_act)
    if may_act and run.left != run.known:
        run.register.remember_said(run.left)
    return run.lines


def release(run: Run, found: list[Throttle], how: str) -> None:
    """Release some."""
    for one in found:
        attempt(run, replace(one, how=how), lift)


def attempt(run: Run, one: Throttle, do: Callable[[Run, Gateway, Throttle], None]) -> None:
    """Do something at the gateway; one that does not answer is asked no more in this run."""
    gateway = run.settings.gateway
    if gateway is None or (one.through and gateway.kind != one.through):
        run.leave(one.key, one.hash, "elsewhere", words.elsewhere(one))
        return
    if run.is_silent:
        # who releases by hand is not forgotten
        if do is lift:
            run.register.write(replace(one, state=RELEASING), run.now, "waits", "the gateway does not answer")
        return
    try:
        do(run, gateway, one)
    except KeyGone:
        close(run, one)
    except GatewayError as error:
        run.is_silent = not error.is_final
        run.register.log(one, run.now, "failed", error.said)
        run.lines.append(words.failed(one, error.said))


def throttle_of(run: Run, decision: Decision) -> Throttle:
    """Write what is to be done, until the next local midnight."""
    settings, day = run.settings, run.today
    through = settings.gateway.kind if settings.gateway else ""
    return Throttle(
        *(decision.hash, day, decision.key, through, settings.action, settings.rpm),
        *(start_of(day + timedelta(days=1), run.zone), decision.reason),
        began_at=run.now,
    )


def rehearse(run: Run, one: Throttle, *, is_kept: bool) -> None:
    """Say what would be done, and keep it once a day."""
    run.leave(one.key, one.hash, "would", words.would(one, run.zone))
    is_known = any((row.hash, row.day) == (one.hash, one.day) for row in run.register.all())
    if is_kept and not is_known:
        run.register.write(replace(one, state=DRY), run.now, "dry run", one.reason)


def begin(run: Run, gateway: Gateway, one: Throttle) -> None:
    """Ask what the key has, write it down, then change it."""
    present = gateway.present(one, run.seconds)
    former = present or {}
    wanted = gateway.wanted(one, former)
    if present == wanted:
        run.leave(one.key, one.hash, "tight", words.is_so_already(one))
        return
    one = replace(one, former=former, wanted=wanted, state=BEGINNING)
    run.register.write(one, run.now, "begins", words.change(former, wanted))
    gateway.put(one, wanted, others(run, one), run.seconds)
    run.register.write(replace(one, state=ACTIVE), run.now, "throttled", one.reason)
    run.lines.append(words.throttled(one, run.zone))


def settle(run: Run, gateway: Gateway, one: Throttle) -> None:
    """Bring the register and the gateway together, and release what is over."""
    if one.state == RELEASING:
        return lift(run, gateway, one)
    present = gateway.present(one, run.seconds)
    if one.state == BEGINNING and present in (None, one.former):
        run.register.forget(one, run.now, "did not begin")
        return None
    if present not in (None, one.wanted):
        return give_up(run, one, "lifted", words.change(one.wanted, present or {}))
    if one.state == BEGINNING:
        one = replace(one, state=ACTIVE)
        run.register.write(one, run.now, "throttled", "it was when the last run ended")
    if run.now >= one.until:
        lift(run, gateway, replace(one, how=MIDNIGHT))
    return None


def lift(run: Run, gateway: Gateway, one: Throttle) -> None:
    """Give the key back what it had, unless somebody has changed that meanwhile."""
    one = replace(one, state=RELEASING)
    run.register.write(one, run.now, "releases", words.change(one.wanted, one.former))
    present = gateway.present(one, run.seconds)
    if present not in (None, one.wanted, one.former):
        return give_up(run, one, "left", words.change(one.wanted, present or {}))
    if present is None or present != one.former:
        gateway.put(one, one.former, others(run, one), run.seconds)
    run.register.write(replace(one, state=RELEASED), run.now, "released", one.how)
    run.lines.append(words.released(one))
    return None


def others(run: Run, one: Throttle) -> list[Throttle]:
    """List the other keys that are throttled in the same place."""
    return [row for row in run.register.held() if row.hash != one.hash and row.through == one.through]


def give_up(run: Run, one: Throttle, what: str, change: str) -> None:
    """Leave a key to whoever has changed it."""
    run.register.write(replace(one, state=RELEASED, how=BY_SOMEBODY), run.now, what, change)
    run.lines.append(words.changed(one, change))


def close(run: Run, one: Throttle) -> None:
    """Close the throttle of a key that the gateway does not have any more, so that nobody asks about it again."""
    run.register.write(replace(one, state=RELEASED, how=GONE), run.now, "gone", GONE)
    run.leave(one.key, one.hash, "gone", words.gone(one))


def named(register: Register, name: str) -> Iterator[Throttle]:
    """Give what is throttled of a key, by its name or the hash of the API key."""
    return (one for one in register.held() if name in (one.key, one.hash))
