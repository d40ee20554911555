"""A provider's bill against our costs, by day and model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from llmcost.pricing import Book
from llmcost.reconcile.bill import Bill
from llmcost.reconcile.shelves import queries
from llmcost.reconcile.spelling import SEARCH, named
from llmcost.store import Engine, Filters, table_of

BILL = {"day": "date", "model": "varchar", "amount_usd": "decimal(38, 21)"}


@dataclass(frozen=True)
class Comparison:
    """A bill and our cost side by side: `rows` by day and model, `totals` of all; by day alone where it names none."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    totals: dict[str, Any]


def compare_invoice(engine: Engine, book: Book, bill: Bill, *, filters: Filters | None = None) -> Comparison:
    """Price the store with `book` and compare its cost, contracts included, with a bill on the days that it covers.

    Requests of another provider than the bill's are left out; those whose provider is unknown count. Money is exact.
    """
    lines = named(bill, book)
    billed = table_of(BILL, [(line.day, name, f"{line.amount_usd:f}") for line, name in lines])
    names = {name for _, name in lines}
    chosen = {
        "provider": bill.provider,
        "first_day": str(bill.first_day),
        "last_day": str(bill.last_day),
        "is_by_model": names != {None} and bool(names),
        "splits_search": SEARCH in names,
    }
    compared = engine.price(book).scope(filters).derive(queries()["invoice"], {"bill": billed}, **chosen)
    tables = {"compared_bill": compared}
    found = engine.run("select * from compared_bill order by day, model nulls last", tables)
    (totals,) = engine.run(queries()["invoice_totals"], tables).records
    return Comparison(found.columns, found.rows, totals)
