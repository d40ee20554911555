"""What a page shows of the store: the views of the report, read beside whoever writes it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from llmcost.errors import StoreError
from llmcost.pricing.book import book_line
from llmcost.render import Section
from llmcost.report import coverage
from llmcost.report.charts import unit_for
from llmcost.report.completeness import coverage_lines
from llmcost.report.nothing import why_nothing
from llmcost.report.sections import VIEWS, group_section, headline_of, view_section, window
from llmcost.report.view import view_named
from llmcost.store import Filters, Priced, Store
from llmcost.store.materialize import materialize
from llmcost.watch.following import Source
from llmcost.watch.watching import MEMORY, Settings

# stands behind the overview: who spends
BY_KEY = ("cost", "key")


@dataclass(frozen=True)
class Computed:
    """The sections, the first numbers to see, and what the costs speak of."""

    headline: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()


class Reader:
    """Reads the store for pages of some views, one at a time; another thread can stop what it is doing."""

    def __init__(self, source: Source, settings: Settings, names: tuple[str, ...] = VIEWS) -> None:
        self.source, self.settings, self.names = source, settings, names
        self.store: Store | None = None

    def compute(self, filters: Filters) -> Computed:
        """Run the views over the requests of `filters`. Raises StoreError, UsageError."""
        with self.reading() as store:
            return computed(store.price(self.settings.book), filters, self.names)

    @contextmanager
    def reading(self) -> Iterator[Store]:
        """Open the store as whoever follows does, so that both may have it at a time, and see one moment of it."""
        # who writes makes it, and only who writes brings it to this version's tables
        if not self.source.db.exists():
            raise StoreError(f"{self.source.db}: no such store yet")
        with Store(self.source.db, read_only=not self.source.logs) as store:
            self.store = store
            try:
                store.execute(f"set memory_limit = '{MEMORY}'")
                store.execute("begin transaction read only")
                # of the moment that is seen, nothing will be another
                store.is_settled = True
                yield store
            finally:
                self.store = None

    def stop(self) -> None:
        """End what is being read."""
        store = self.store
        if store is not None:
            store.interrupt()


def computed(priced: Priced, filters: Filters, names: tuple[str, ...]) -> Computed:
    """Run the views over requests that are priced once."""
    scope = materialize(priced, filters).scope(replace(filters, where=()))
    covered = coverage(scope)
    if not covered.requests:
        covered = replace(covered, nothing=why_nothing(priced, filters))
        return Computed(notes=(*coverage_lines(covered), book_line(priced.book)))
    unit = unit_for(scope)
    sections = [view_section(scope, covered, view_named(name), unit) for name in names]
    sections.insert(1, group_section(scope, covered, *BY_KEY))
    notes = (window(scope, filters), book_line(priced.book), *coverage_lines(covered))
    return Computed(headline_of(sections[0].table), notes, tuple(sections))
