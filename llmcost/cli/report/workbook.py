"""`llmcost report -f xlsx`: a workbook of all views, the waterfall and the findings, a sheet each."""

from __future__ import annotations

from llmcost.cli.coverage import print_coverage
from llmcost.cli.output import envelope, write_bytes
from llmcost.cli.progress import step_line
from llmcost.cli.reading import Reading
from llmcost.cli.report.page import gather
from llmcost.render import Sheet
from llmcost.report.sections import bare_sections


def run_workbook(reading: Reading) -> int:
    """Write the workbook to --output or stdout, and its coverage to stderr."""
    # no other command needs what writes it
    from llmcost.render.xlsx import workbook

    with reading.open() as store, step_line() as say:
        found = gather(store, reading, None, say, bare_sections)
    sheets = [Sheet(each.name, each.table, (each.answers, *each.notes)) for each in found.sections]
    # of which requests it is stands before all else
    shared = {"asked": found.asked} | envelope("report", reading.book, reading.filters, found.covered)
    write_bytes([workbook(sheets, shared)], reading.output)
    print_coverage(reading.book, found.covered, strict=reading.strict)
    return 0
