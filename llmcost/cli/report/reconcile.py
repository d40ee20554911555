"""`llmcost reconcile`: our costs beside what the gateways report, or beside a provider's bill."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from llmcost.cli.coverage import print_coverage
from llmcost.cli.notes import note
from llmcost.cli.output import envelope, write
from llmcost.cli.reading import Reading
from llmcost.counts import agreeing, counted, part_of
from llmcost.errors import InputError, UsageError
from llmcost.reconcile import BY, Bill, Comparison, compare_invoice, compare_reported, read_bill
from llmcost.render import Table
from llmcost.render.money import dollars
from llmcost.report import Coverage, coverage

# What a narrow terminal leaves out first; the two costs and the cause stay.
REPORTED_HIDE_WHEN_NARROW = (
    *("emitter_version", "uncompared", "agreeing", "explained_share", "difference_share", "gateway", "requests"),
    *("provider", "difference_usd"),
)
BILL_HIDE_WHEN_NARROW = ("usage_missing", "unpriced", "requests", "explained_share", "provider")


def run_reconcile(reading: Reading, by: tuple[str, ...], *, causes: bool, invoice: Path | None) -> int:
    """Print the comparison on stdout and what it covers on stderr; 4 under --strict where it is incomplete."""
    if invoice is None:
        return run_reported(reading, by or BY, causes=causes)
    if by or causes:
        raise UsageError("--invoice compares by day and model", hint="leave out --by and --causes")
    return run_invoice(reading, invoice)


def run_reported(reading: Reading, by: tuple[str, ...], *, causes: bool) -> int:
    """Compare with what the logs report."""
    filters, book = reading.filters, reading.book
    with reading.open() as store:
        found = compare_reported(store, book, by=by, filters=filters)
        covered = coverage(store.price(book).scope(filters))
    if not found.rows and covered.requests:
        raise InputError("no request has a reported cost", hint="--invoice FILE compares with a provider's bill")
    columns, rows = (found.cause_columns, found.causes) if causes else (found.columns, found.rows)
    title = "Likely causes" if causes else "Reported and computed cost"
    shared = envelope("reconcile", book, filters, covered)
    totals = {} if causes else found.totals
    write(Table(title, columns, rows, totals, shared, REPORTED_HIDE_WHEN_NARROW), reading)
    for line in reported_lines(found.totals, covered):
        note(line)
    print_coverage(book, covered, strict=reading.strict)
    return 0


def run_invoice(reading: Reading, invoice: Path) -> int:
    """Compare with a provider's bill."""
    filters, book = reading.filters, reading.book
    bill = read_bill(invoice)
    with reading.open() as store:
        found = compare_invoice(store, book, bill, filters=filters)
        covered = coverage(store.price(book).scope(filters))
    shared = envelope("reconcile", book, filters, covered) | {
        "invoice": {"kind": bill.kind, "provider": bill.provider, "first_day": str(bill.first_day)}
        | {"last_day": str(bill.last_day)}
    }
    table = Table("Billed and computed cost", found.columns, found.rows, found.totals, shared, BILL_HIDE_WHEN_NARROW)
    write(table, reading)
    for line in invoice_lines(bill, found):
        note(line)
    print_coverage(book, covered, strict=reading.strict)
    return 0


def reported_lines(totals: dict[str, Any], covered: Coverage) -> list[str]:
    """Say in words how many requests could be compared, how many agree, and how much of the rest is explained."""
    compared, uncompared = int(totals["requests"] or 0), int(totals["uncompared"] or 0)
    of_all = part_of(compared, covered.requests, "request")
    lines = [f"compared: {of_all} {agreeing(compared, 'has', 'have')} a reported cost and one of ours"]
    if uncompared:
        lines.append(
            f"not compared: {uncompared:,} {agreeing(uncompared, 'has', 'have')} a reported cost but none of ours"
        )
    if compared:
        alike = int(totals["agreeing"])
        explained = totals["explained_share"]
        rest = "" if explained is None else f"; {explained:.1%} of the difference is explained"
        lines.append(f"agreeing: {alike:,} of {compared:,} ({Decimal(alike) / compared:.1%}){rest}")
    return lines


def invoice_lines(bill: Bill, found: Comparison) -> list[str]:
    """Say in words what was compared, how much of the bill is explained, and where the rest may be."""
    totals = found.totals
    lines = [f"bill: {bill.kind}, {counted(len(bill.lines), 'line')}, {bill.first_day} to {bill.last_day} (UTC)"]
    if totals["explained_share"] is not None:
        lines.append(
            f"explained: {totals['explained_share']:.1%} of {dollars(totals['invoice_usd'] or 0)}; "
            f"difference {dollars(totals['difference_usd'] or 0)}"
        )
    if totals["unpriced"]:
        lines.append(f"unpriced: {counted(totals['unpriced'], 'request')} of these days without a cost of ours")
    if totals["usage_missing"]:
        lines.append(f"usage missing: {counted(totals['usage_missing'], 'request')} of these days; billed all the same")
    return lines
