"""What of the page is about waste: the waterfall, the findings with their fixes, what caches could still save."""

from __future__ import annotations

from dataclasses import replace

from llmcost.cli.detectors import findings_left, first_findings, run_detectors
from llmcost.counts import counted
from llmcost.detect import Claims, Hits, Savings, findings, savings
from llmcost.detect.charts import waterfall
from llmcost.detect.findings import WORDS
from llmcost.detect.savings import COLUMNS
from llmcost.errors import InputError
from llmcost.pricing import Book
from llmcost.render import Section, Table
from llmcost.render.cell import humanize
from llmcost.store import Filters, Store

NAME, TITLE = "savings", "Savings"


def waste_sections(store: Store, book: Book, filters: Filters, headline: dict[str, str]) -> list[Section]:
    """Run all detectors: the waterfall and the findings with their fixes; a sentence where none can run."""
    try:
        claims = run_detectors(store, book, filters)
    except InputError as error:
        nothing = Table(TITLE, COLUMNS, [], {}, {})
        return [Section(NAME, TITLE, "What of the spend is waste?", nothing, notes=(error.message,))]
    added = savings(claims)
    headline[saved_label(added)] = humanize("proven_usd", added.totals["proven_usd"])
    return [savings_section(added, claims.hits), findings_section(claims)]


def savings_section(added: Savings, hits: Hits) -> Section:
    """Show the waterfall, how certain its steps are, what remains, and which detectors could not run."""
    certain = tuple(
        f"{name}: {humanize('saving_usd', sums['saving_usd'])} in {counted(int(sums['requests']), 'request')}"
        for name, sums in added.by_certainty.items()
    )
    remains = f"what remains: {humanize('remaining_usd', added.totals['remaining_usd'])}, {remaining_range(added)}"
    cannot = tuple(f"{name} {reason}" for name, reason in hits.cannot_run.items())
    steps = Table(TITLE, COLUMNS, added.rows, {}, {})
    answers = "What of the spend is waste, each dollar once?"
    return Section(NAME, TITLE, answers, steps, tuple(waterfall(added)), (*certain, remains, *cannot))


def findings_section(claims: Claims) -> Section:
    """Show the findings with their fixes."""
    found = findings(claims)
    fixes = Table("Findings", found.columns, first_findings(found), found.totals, {}, below=WORDS)
    answers = "Which requests are the waste, and what fixes it?"
    return Section("findings", "Findings", answers, fixes, notes=tuple(findings_left(found)))


def saved_label(added: Savings) -> str:
    """Say beside what is proven what else could be saved."""
    likely, possible = (humanize(name, added.totals[name]) for name in ("likely_usd", "possible_usd"))
    return f"proven savings; {likely} likely, {possible} possible"


def remaining_range(added: Savings) -> str:
    """Write the range of what remains."""
    low, high = (humanize(name, added.totals[name]) for name in ("remaining_low_usd", "remaining_high_usd"))
    return f"between {low} and {high}"


def with_saved(section: Section, steps: Table) -> Section:
    """Say under the caches what they saved, and what by prompt-tax they still could."""
    if section.name != "cache":
        return section
    at = steps.columns.index("saving_usd")
    still = next((row[at] for row in steps.rows if row[0] == "prompt-tax"), None)
    saved = humanize("cache_saved_usd", section.table.totals["cache_saved_usd"])
    return replace(
        section,
        notes=(*section.notes, f"saved by caches: {saved}; still to be saved: {humanize('saving_usd', still)}"),
    )
