"""What an assistant may ask: each tool is a command of llmcost, read only, over one store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from llmcost.cli.mcp.answers import answer
from llmcost.cli.mcp.options import Served
from llmcost.cli.report.options import ReportOptions, ReportReading
from llmcost.cli.report.run import BUDGET, OTHERS, REQUESTS, run_report
from llmcost.cli.show.options import ShowReading
from llmcost.cli.show.run import run_show
from llmcost.cli.sql.options import SqlReading
from llmcost.cli.sql.run import run_sql
from llmcost.cli.waste.detect import run_detect
from llmcost.cli.waste.options import DetectOptions, SavingsOptions, WasteReading
from llmcost.cli.waste.savings import run_savings
from llmcost.cli.why.options import WhyOptions, WhyReading
from llmcost.cli.why.run import run_why
from llmcost.errors import UsageError
from llmcost.pricing.nearest import among
from llmcost.report.requests import FIRST
from llmcost.report.view import views

When = Annotated[str | None, Field(description="A date (2026-10-14), a month (2026-10), or an age (24h, 7d).")]
Where = Annotated[list[str], Field(description='Conditions: "key=search", "model=gpt-4o*", "status!=ok"; all hold.')]
By = Annotated[list[str] | None, Field(description="Columns to group by: model, provider, key, team, user, day, ...")]
Names = Annotated[list[str], Field(description="Columns of the answer, in order; all without it.")]
Sort = Annotated[str | None, Field(description='A column to sort by; "-cost_usd" has the largest first.')]
Zone = Annotated[str | None, Field(description="The zone of days and hours: Europe/Berlin.")]
Top = Annotated[int | None, Field(description="The largest groups, all others as one; of requests, so many.")]
Compare = Annotated[str | None, Field(description='"previous", the same length before, or "2026-10-01..2026-10-14".')]
View = Annotated[
    str | None,
    Field(
        description="overview, cost, latency, cache, errors, reliability, efficiency, budget, or requests: the dearest "
        "single requests."
    ),
]


@dataclass(frozen=True)
class Tools:
    """The tools over one store."""

    served: Served

    def report(
        self,
        view: View = None,
        by: By = None,
        over: Annotated[str | None, Field(description="Rows in time: hour, block, day, week or month.")] = None,
        top: Top = None,
        since: When = None,
        until: When = None,
        where: Where = (),  # type: ignore[assignment]
        compare: Compare = None,
        sort: Sort = None,
        columns: Names = (),  # type: ignore[assignment]
        tz: Zone = None,
    ) -> str:
        """Report what requests cost, how fast and how reliable they are, by any columns and over time.

        Amounts are US dollars. What is not known is null, never 0; coverage says what has no price and why. Rows beyond
        the largest are one, "other (n)".
        """
        names = (*views(), *OTHERS)
        if view is not None and view not in names:
            return self.answer(lambda: refuse(view, names))
        shown = view or ("cost" if by is not None or over is not None else None)
        options = ReportOptions(None if by is None else tuple(by), over, self.most(shown, top), compare)
        reading = ReportReading(
            **self.reading(since, until, where, tz), sort=(sort,) if sort else (), columns=tuple(columns)
        )
        return self.answer(lambda: run_report(reading, shown, options))

    def why(
        self,
        by: By = None,
        since: When = None,
        until: When = None,
        where: Where = (),  # type: ignore[assignment]
        compare: Compare = None,
        top: Top = None,
        tz: Zone = None,
    ) -> str:
        """Say what made spending change between two times: which groups, by what, and since which hour.

        Without `since` it compares the last seven days of the logs with the seven before.
        """
        options = WhyOptions(tuple(by) if by else None, compare or "previous", 10 if top is None else top)
        return self.answer(lambda: run_why(WhyReading(**self.reading(since, until, where, tz)), options))

    def detect(
        self,
        detector: Annotated[
            str, Field(description="retries, prompt-tax, model-mismatch, embeddings, ... or all.")
        ] = "all",
        since: When = None,
        until: When = None,
        where: Where = (),  # type: ignore[assignment]
    ) -> str:
        """Find requests that were waste: what they would have saved, how certain that is, and what would fix it."""
        reading = WasteReading(**self.reading(since, until, where), timeout=self.served.timeout)
        return self.answer(lambda: run_detect(reading, detector, DetectOptions()))

    def savings(
        self,
        since: When = None,
        until: When = None,
        where: Where = (),  # type: ignore[assignment]
    ) -> str:
        """Add up all waste, each dollar once: from what is spent to what would remain."""
        reading = WasteReading(**self.reading(since, until, where), timeout=self.served.timeout)
        return self.answer(lambda: run_savings(reading, SavingsOptions()))

    def show(
        self,
        request_id: Annotated[str, Field(description="A request's or a response's id, or how it begins.")],
        detectors: Annotated[
            bool, Field(description="Ask the detectors about it, which look at all requests.")
        ] = False,
    ) -> str:
        """Show all that is known of one request: its facts, the arithmetic of its cost, its retries and neighbours."""
        reading = ShowReading(**self.reading(None, None, ()))
        return self.answer(lambda: run_show(reading, request_id, detects=detectors))

    def sql(
        self,
        query: Annotated[str, Field(description="One query in DuckDB's SQL; it can change nothing.")],
        since: When = None,
        until: When = None,
        where: Where = (),  # type: ignore[assignment]
        tz: Zone = None,
    ) -> str:
        """Query the store in SQL: the view `scope` has a row a request with its cost.

        "describe scope" names its columns. A query reaches neither files nor the network.
        """
        reading = SqlReading(**self.reading(since, until, where, tz), timeout=self.served.timeout)
        return self.answer(lambda: run_given(reading, query, self.served.max_rows))

    def reading(self, since: str | None, until: str | None, where: Any, tz: str | None = None) -> dict[str, Any]:
        """Say which requests are asked for, in the words of the command line."""
        served = self.served
        zone = {} if tz is None and served.tz == "UTC" else {"tz": tz or served.tz}
        return {
            **{"format": "json", "db": served.db, "pricing": served.pricing, "memory_limit": served.memory_limit},
            **{"since": since, "until": until, "where": tuple(where), **zone},
        }

    def most(self, view: str | None, top: int | None) -> int | None:
        """Say how many groups stand for themselves, so that there is room for the others, which are one row."""
        if view == BUDGET:
            return top
        room = self.served.max_rows - (view != REQUESTS)
        return min(room, (FIRST if view == REQUESTS else room) if top is None else top)

    def answer(self, run: Any) -> str:
        """Run a command and give its answer."""
        return answer(run, self.served.max_rows)


def refuse(view: str, names: tuple[str, ...]) -> int:
    """Raise UsageError for a view that there is not."""
    raise UsageError(f"{view}: no such view", hint=among(view, names, "views:"))


def run_given(reading: SqlReading, query: str, most: int) -> int:
    """Run a query as it stands. Raises UsageError for what the command line would read from elsewhere."""
    if query.startswith("@") or query == "-":
        raise UsageError("a query is given as text", hint="select model, sum(cost_usd) from scope group by model")
    return run_sql(reading, query, most)
