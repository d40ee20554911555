"""One page in one file: it opens without a network, reads without JavaScript, and JavaScript makes it move."""

from __future__ import annotations

from collections.abc import Iterator

from llmcost.counts import agreeing, part_of
from llmcost.render import Page, Section, Table
from llmcost.render.cell import heading, humanize
from llmcost.render.html.bounds import bounded, shown
from llmcost.render.html.views import FIRST_ROWS, section_view

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


def write_page(page: Page) -> Iterator[str]:
    """Write the page, piece by piece; only charts bring the library that draws them."""
    from jinja2 import Environment

    from llmcost.render.html.embed import asset, data, library, policy

    sections = [section_view(bounded(section), number) for number, section in enumerate(page.sections, start=1)]
    drawn = [figure.data for section in sections for figure in section.figures if figure.data]
    first, style = asset("theme.js"), asset("page.css", "print.css")
    scripts = [library(), asset("page.js", "kinds.js", "charts.js")] if drawn else [asset("page.js")]
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, finalize=shown)
    template = environment.from_string(asset("page.html").text)
    stream = template.stream(
        page=page,
        sections=sections,
        first_rows=FIRST_ROWS,
        policy=policy([first, *scripts], [style]),
        style=style,
        first=first,
        scripts=scripts,
        data=data({"first_rows": FIRST_ROWS, "tables": [section.data for section in sections], "figures": drawn}),
    )
    stream.enable_buffering(CHUNK)
    yield from stream
