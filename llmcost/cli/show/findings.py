"""What the detectors say of one request, after a look at all requests of their scope."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from llmcost.cli.detectors import known_detectors
from llmcost.cli.progress import step_line
from llmcost.configuration import open_configuration
from llmcost.counts import counted
from llmcost.detect import Hits, claim, detect
from llmcost.pricing import Book
from llmcost.render.money import exact_dollars
from llmcost.report import queries
from llmcost.store import Filters, Store, table_of

Row = dict[str, Any]


@dataclass(frozen=True)
class Verdict:
    """The findings of a request and of its chain, and which detectors had none.

    `seen` says of each request asked about whether it was in the scope of `requests` requests.
    """

    requests: int
    findings: dict[int, list[Row]]
    seen: dict[int, bool]
    ran: tuple[str, ...]
    cannot_run: dict[str, str] = field(default_factory=dict)

    def findings_of(self, row: Row) -> list[Row]:
        """List what was found of one request."""
        found = self.findings.get(row["dedupe_key"], [])
        return [{name: value for name, value in finding.items() if name != "dedupe_key"} for finding in found]

    def quiet(self, rows: list[Row]) -> list[str]:
        """Name the detectors that ran and found none of these requests."""
        loud = {finding["detector"] for row in rows for finding in self.findings_of(row)}
        return [name for name in self.ran if name not in loud]

    def summary(self) -> Row:
        """Write what ran for JSON."""
        return {"requests": self.requests, "ran": self.ran, "cannot_run": self.cannot_run}


def judge(store: Store, filters: Filters, book: Book, rows: list[Row], chain: list[Row]) -> Verdict:
    """Run all detectors over the requests of the filters, and take what they say of these and of their chain."""
    configuration = open_configuration()
    known = known_detectors(configuration)
    settings = configuration.settings
    with step_line() as step:
        hits = detect(store, book, known, known, filters=filters, settings=settings, on_step=step)
        step("adding up")
        findings = found_near(hits, chain)
    asked = queries()["show_scope"]
    seen = {key: hits.scope.records(asked, dedupe_key=key)[0] for key in (row["dedupe_key"] for row in rows)}
    return Verdict(
        requests=next(iter(seen.values()))["requests"],
        findings=findings,
        seen={key: bool(found["is_among"]) for key, found in seen.items()},
        ran=tuple(hits.by_detector),
        cannot_run=hits.cannot_run,
    )


def found_near(hits: Hits, chain: list[Row]) -> dict[int, list[Row]]:
    """Group the findings of the chain by request."""
    near = table_of({"dedupe_key": "ubigint"}, [(link["dedupe_key"],) for link in chain])
    found: dict[int, list[Row]] = {}
    for finding in claim(hits).records(queries()["show_findings"], {"near": near}):
        found.setdefault(finding["dedupe_key"], []).append(finding)
    return found


def finding_lines(rows: list[Row], verdict: Verdict) -> Iterator[str]:
    """Tell what was found, which detectors are quiet, and which cannot say."""
    yield f"Detectors, over {counted(verdict.requests, 'request')}"
    for row in rows:
        name = f" ({row['started_at']} UTC)" if len(rows) > 1 else ""
        if not verdict.seen[row["dedupe_key"]]:
            yield f"  not asked: --since, --until and --where leave the request{name} out"
        for finding in verdict.findings_of(row):
            yield from describe(finding, name)
    if (quiet := verdict.quiet(rows)) and any(verdict.seen.values()):
        yield f"  quiet: {', '.join(quiet)}"
    for name, reason in verdict.cannot_run.items():
        yield f"  {name}: {reason}"


def describe(finding: Row, name: str) -> Iterator[str]:
    """Describe one finding: what it would save, how certain that is, and what shows it."""
    names = ("saving_usd", "saving_low_usd", "saving_high_usd", "standalone_usd")
    saving, low, high, alone = (exact_dollars(finding[column]) for column in names)
    saves = "unpriced" if finding["saving_usd"] is None else f"saves {saving} ({low} to {high})"
    by = f" by {finding['evidence_tier']}" if finding["evidence_tier"] else ""
    yield f"  {finding['detector']}: {finding['finding']}: {saves}, {finding['certainty']}{by}{name}"
    yield f"    {finding['evidence']}"
    if finding["standalone_usd"] != finding["saving_usd"]:
        yield f"    by itself it would save {alone}: another detector claims the rest first"
