"""What is said under blocks of five hours: how fast the active one spends, or why that is not known."""

from __future__ import annotations

from collections.abc import Iterator

from llmcost.render.cell import humanize
from llmcost.render.money import dollars
from llmcost.report import Report
from llmcost.report.blocks import Block, pace

COST_VIEWS = ("overview", "cost")


def block_lines(result: Report) -> Iterator[str]:
    """Say which of the blocks that are shown lack requests and, of costs, what the active one has come to and will."""
    names = {row[0] for row in result.rows}
    shown = [block for block in result.blocks if block.name in names]
    active = next((block for block in shown if block.left is not None), None)
    cut = [block.name for block in shown if block.is_cut]
    if cut:
        yield f"unfinished: {' and '.join(cut)}; --since or --until leaves out requests"
    if shown and result.view.name in COST_VIEWS:
        yield f"active block: {spending(active)}" if active else "active block: none of these"


def spending(block: Block) -> str:
    """Write what the active block has come to and will, in dollars if these are known, else in tokens."""
    per_minute, per_hour, tokens, cost = pace(block, block.tokens, block.cost_usd)
    rates = [f"{humanize('', per_minute)} tokens/min"] if per_minute is not None else []
    rates += [f"{dollars(per_hour)}/h"] if per_hour is not None else []
    if cost is not None:
        end, so_far = dollars(cost), dollars(block.cost_usd)
    elif tokens is not None:
        end, so_far = (f"{humanize('', count)} tokens" for count in (tokens, block.tokens))
    else:
        return f"no burn rate, {why_no_pace(block)}"
    return f"{end} at its end, {block.end}, if it goes on so; {so_far} so far, {' and '.join(rates)}"


def why_no_pace(block: Block) -> str:
    """Say why it is not known how fast a block spends."""
    if block.is_cut:
        return "--since or --until leaves out requests of it"
    return "neither tokens nor costs are known" if block.has_pace else "its requests are of one moment"
