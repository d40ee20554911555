"""Which test is running: what a request that is made now belongs to."""

from __future__ import annotations

from collections import Counter
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    """A test as it is stamped: its id, and one of its runs."""

    test_case: str
    test_run: str


@dataclass
class Cases:
    """The tests of a session, one after another.

    A context that knows a running test is right about it, even where tests run side by side. One that knows none
    (a thread of a pool), or one that is over (an event loop older than the test), gets the test that began last.
    """

    run: str
    seen: Counter[str] = field(default_factory=Counter)
    open: list[Case] = field(default_factory=list)
    paused: int = 0
    here: ContextVar[Case | None] = field(default_factory=lambda: ContextVar("llmcost_case", default=None))

    def begin(self, test_case: str, nodeid: str, step: int = 0) -> Case:
        """Begin a test. `step` numbers the repeats that have a node id of their own, from 0."""
        self.seen[nodeid] += 1
        again = self.seen[nodeid]
        case = Case(
            test_case, self.run + (f"-{step + 1}" if step else "") + (f"-again{again - 1}" if again > 1 else "")
        )
        self.open.append(case)
        self.here.set(case)
        return case

    def end(self, case: Case) -> None:
        """End a test."""
        if case in self.open:
            self.open.remove(case)

    def current(self) -> Case | None:
        """The test that a request belongs to that is made now, if it belongs to one."""
        if self.paused or not self.open:
            return None
        mine = self.here.get()
        return mine if mine in self.open else self.open[-1]

    def pause(self) -> None:
        """Let no test own what happens until `resume`."""
        self.paused += 1

    def resume(self) -> None:
        """Let tests own what happens again."""
        self.paused -= 1
