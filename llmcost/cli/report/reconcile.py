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
from llmcost.reconcile import (
    BY,
    Bill,
    Comparison,
    UsageReport,
    compare_invoice,
    compare_reported,
    compare_usage,
    read_report,
)
from llmcost.render import Table
from llmcost.render.money import dollars
from llmcost.report import Coverage, coverage

# What a narrow terminal leaves out first; the two costs and the cause stay.
REPORTED_HIDE_WHEN_NARROW = (
    *("emitter_version", "uncompared", "agreeing", "explained_share", "difference_share", "gateway", "requests"),
    *("provider", "difference_usd"),
)
BILL_HIDE_WHEN_NARROW = ("usage_missing", "unpriced", "requests", "explained_share", "provider")
USAGE_HIDE_WHEN_NARROW = (
    *("usage_missing", "provider_cache_write_tokens", "cache_write_tokens", "provider_cache_read_tokens"),
    *("cache_read_tokens", "explained_share", "provider_requests", "requests"),
)


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
    """Compare with a provider's bill, or with the tokens of its usage report."""
    filters, book = reading.filters, reading.book
    report = read_report(invoice)
    is_usage = isinstance(report, UsageReport)
    with reading.open() as store:
        found = (
            compare_usage(store, book, report, filters=filters)
            if isinstance(report, UsageReport)
            else compare_invoice(store, book, report, filters=filters)
        )
        covered = coverage(store.price(book).scope(filters))
    shared = envelope("reconcile", book, filters, covered) | {
        "invoice": {"kind": report.kind, "provider": report.provider, "first_day": str(report.first_day)}
        | {"last_day": str(report.last_day)}
    }
    title = "Counted by the provider and logged" if is_usage else "Billed and computed cost"
    hidden = USAGE_HIDE_WHEN_NARROW if is_usage else BILL_HIDE_WHEN_NARROW
    write(Table(title, found.columns, found.rows, found.totals, shared, hidden), reading)
    for line in usage_lines(report, found) if isinstance(report, UsageReport) else invoice_lines(report, found):
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


def usage_lines(report: UsageReport, found: Comparison) -> list[str]:
    """Say in words what was compared, and how many of the provider's tokens are in the logs."""
    totals = found.totals
    count = counted(len(report.lines), "line")
    lines = [f"usage: {report.kind}, {count}, {report.first_day} to {report.last_day} (UTC)"]
    if totals["explained_share"] is not None:
        tokens = (totals["provider_input_tokens"] or 0) + (totals["provider_output_tokens"] or 0)
        lines.append(
            f"explained: {totals['explained_share']:.1%} of {tokens:,} tokens; "
            f"difference {totals['difference_tokens'] or 0:,}"
        )
    if totals["usage_missing"]:
        lines.append(
            f"usage missing: {counted(totals['usage_missing'], 'request')} of these days, whose tokens no log has"
        )
    return lines
