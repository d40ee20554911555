"""One page in one file: it opens without a network, reads without JavaScript, and JavaScript makes it move."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from llmcost.counts import agreeing, part_of
from llmcost.render import Live, Page, Section, Table
from llmcost.render.cell import heading, humanize
from llmcost.render.html.bounds import bounded, shown
from llmcost.render.html.views import FIRST_ROWS, section_view

if TYPE_CHECKING:
    from jinja2 import Template

    from llmcost.render.html.embed import Parts

# as many headline numbers as fit in a row
CARDS = 6
CHUNK = 500


def write(table: Table) -> Iterator[str]:
    """Write one table as a page of one section, with its totals as the headline."""
    headline = dict(list(cards(table))[:CARDS])
    section = Section("table", table.title, "", table)
    yield from write_page(Page(table.title, headline, tuple(notes(table)), (section,)))


def cards(table: Table) -> Iterator[tuple[str, str]]:
    """List the totals that say something alone: no end of a range, no share of everything."""
    for column, value in table.totals.items():
        if value is not None and not ("_low_" in column or "_high_" in column or column == "cost_share"):
            yield heading(column), humanize(column, value)


def notes(table: Table) -> Iterator[str]:
    """Say what the table's envelope knows of its window, its prices and what they cover."""
    window, pricing, covered = (table.envelope.get(key) or {} for key in ("window", "pricing", "coverage"))
    if window.get("since") or window.get("until"):
        yield f"Window: {humanize('at', window.get('since'))} until {humanize('at', window.get('until'))}"
    if pricing.get("sha256"):
        yield f"Prices: book {pricing['sha256'][:12]}, checked {pricing.get('checked') or 'never'}"
    if covered.get("requests"):
        priced, requests = covered["priced_requests"], covered["requests"]
        counts = f"{part_of(priced, requests, 'request')} {agreeing(priced, 'has', 'have')} a cost"
        yield f"Coverage: {counts} ({priced / requests:.1%})"


def write_page(page: Page, live: Live | None = None, *, is_whole: bool = True) -> Iterator[str]:
    """Write the page, piece by piece; only charts bring the library that draws them.

    A live one has it always, or, where it is not whole, neither scripts nor styles.
    """
    from llmcost.render.html.embed import data

    links = live.links if live else {}
    sections = [section_view(bounded(section), number, links) for number, section in enumerate(page.sections, start=1)]
    drawn = [figure.data for section in sections for figure in section.figures if figure.data]
    stream = template().stream(
        page=page,
        sections=sections,
        first_rows=FIRST_ROWS,
        live=live,
        parts=parts(is_live=live is not None, has_charts=bool(drawn)) if is_whole else None,
        data=data({"first_rows": FIRST_ROWS, "tables": [section.data for section in sections], "figures": drawn}),
    )
    stream.enable_buffering(CHUNK)
    yield from stream


@cache
def template() -> Template:
    """Read the template, once for all pages of a process."""
    from jinja2 import Environment

    from llmcost.render.html.embed import asset

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, finalize=shown)
    return environment.from_string(asset("page.html").text)


def live_policy() -> str:
    """Write the content policy of a live page."""
    return parts(is_live=True, has_charts=True).policy


def parts(*, is_live: bool, has_charts: bool) -> Parts:
    """Choose the scripts and styles of a page."""
    from llmcost.render.html.embed import Parts, asset, library

    live = ["live.js"] if is_live else []
    drawing = (library(), asset("page.js", "kinds.js", "charts.js", *live))
    scripts = drawing if is_live or has_charts else (asset("page.js"),)
    style = asset("page.css", *(["live.css"] if is_live else []), "print.css")
    return Parts(asset("theme.js"), scripts, style, is_live=is_live)
