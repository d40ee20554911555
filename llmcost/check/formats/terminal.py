"""A check for the terminal: the verdict, why, and the cases that changed most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from rich import box
from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

from llmcost.check import Checked
from llmcost.check.decision import FAIL, PASS
from llmcost.check.formats.tables import in_order, why_rows
from llmcost.check.formats.words import basis, first_reasons, headline, is_unchanged, money, price_line, signed, times
from llmcost.check.pairs import PAIRED, Change
from llmcost.render.cell import sanitize_for_terminal

SHOWN = 10
STYLES = {FAIL: "bold red", PASS: "bold green"}
NO_LIMIT = 10_000
# a narrower terminal wraps lines, so that no number is cut; of a name so much is kept
LEAST_WIDTH, NAME = 60, 8


def terminal(found: Checked, width: int | None, color: bool) -> Iterator[str]:
    """Write the check in lines of `width` characters, of any length without one."""
    width = NO_LIMIT if width is None else max(LEAST_WIDTH, width)
    console = Console(width=width, force_terminal=color, color_system="standard" if color else None, highlight=False)
    with console.capture() as written:
        console.print(Text(headline(found), style=STYLES.get(found.verdict.outcome, "bold yellow")))
        console.print(Text(basis(found)))
        for text in first_reasons(found):
            console.print(Text(f"- {sanitize_for_terminal(text)}"))
        if price_line(found):
            console.print(Text(price_line(found)))
        if not is_unchanged(found):
            for table in tables(found):
                console.print(table)
    lines = [line.rstrip() for line in written.get().splitlines()]
    # a table brings empty lines of its own
    yield "".join(f"{line}\n" for at, line in enumerate(lines) if line or at == 0 or lines[at - 1])


def tables(found: Checked) -> Iterator[Table]:
    """Make the tables of why the cost changed, and of the cases that changed most."""
    if found.compared.delta_usd:
        yield drawn(("why", "a run", "share", "where"), [why_row(row, found) for row in why_rows(found)], (1, 2))
    changed = [change for change in in_order(found) if change.delta_usd or change.state != PAIRED][:SHOWN]
    rest = len(found.compared.changes) - len(changed)
    if changed:
        caption = f"and {rest:,} more {found.compared.by}s; -f json has all" if rest else ""
        heads = (found.compared.by, "before", "now", "change", "times", "")
        yield drawn(heads, [case_row(change, found) for change in changed], (1, 2, 3, 4), caption)


def drawn(heads: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int], caption: str = "") -> Table:
    """Draw a table whose numbers are never cut."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, caption=caption or None, caption_justify="left")
    for at, head in enumerate(heads):
        justify: JustifyMethod = "right" if at in right else "left"
        least = NAME if at == 0 else None
        table.add_column(head, justify=justify, no_wrap=at in right, overflow="fold", min_width=least)
    for row in rows:
        table.add_row(*(Text(sanitize_for_terminal(text)) for text in row))
    return table


def why_row(row: tuple[str, Fraction, float | None, str], found: Checked) -> tuple[str, ...]:
    """Write one driver."""
    name, part, share, where = row
    return name, signed(part, found), "" if share is None else f"{share:.0%}", where


def case_row(change: Change, found: Checked) -> tuple[str, ...]:
    """Write one case."""
    was, now, delta = change.base_usd, change.head_usd, change.delta_usd
    return (
        change.id,
        "" if was is None else money(was, found),
        "" if now is None else money(now, found),
        "" if delta is None else signed(delta, found),
        times(change),
        "over the cap" if change.is_over else "" if change.state == PAIRED else change.state,
    )
