"""The chart of savings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from llmcost.detect.detector import CERTAINTIES
from llmcost.detect.savings import Savings
from llmcost.render import Figure, Table

SPENT = "spent"


def waterfall(added: Savings) -> Iterator[Figure]:
    """From what is spent to what would remain."""
    if added.totals["spend_usd"] is None:
        return
    counted = Counter(name for name, *_ in added.steps)
    lines = [
        (name if counted[name] == 1 else f"{name}, {certainty}", certainty, -saving)
        for name, certainty, saving in added.steps
    ]
    rows = [("spend", SPENT, added.totals["spend_usd"]), *lines]
    table = Table("Savings", ("line", "certainty", "amount_usd"), rows, {}, {})
    yield Figure(
        "From what is spent to what would remain",
        *("waterfall", table, "line", "amount_usd", "certainty"),
        order=(SPENT, *CERTAINTIES),
        total="what remains",
    )
