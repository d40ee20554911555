"""`llmcost verify`: would another model answer the same?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from llmcost.cli.notes import note
from llmcost.cli.output import envelope, write
from llmcost.cli.reading import TableOptions
from llmcost.cli.waste.options import VerifyOptions
from llmcost.counts import agreeing, counted, part_of
from llmcost.errors import IncompleteError, UsageError
from llmcost.render import Table
from llmcost.trial import Comparison, compare, read_outputs

HIDE_WHEN_NARROW = ("weighted_low_share", "weighted_share", "weighted_high_share", "missing", "low_share", "pairs")
USUAL = VerifyOptions()


def run_verify(table: TableOptions, old: Path, new: Path, options: VerifyOptions = USUAL) -> int:
    """Print how often answers differ on stdout; 1 where they may differ more often than `fail_above`.

    Raises IncompleteError where only missing answers could make it so: then nothing is decided.
    """
    limit = options.fail_above
    if limit is not None and not 0 <= limit <= 1:
        raise UsageError(f"--fail-above {limit}: a share from 0 to 1, such as 0.02")
    found = compare(read_outputs(old), read_outputs(new), confidence=options.confidence)
    is_failed = limit is not None and found.upper_share > limit
    is_undecided = limit is not None and not is_failed and found.worst_share > limit
    shared = envelope("verify") | {
        "confidence": options.confidence,
        "unknown": found.unknown,
        "fail_above_share": limit,
        "is_failed": is_failed,
        "is_undecided": is_undecided,
        "differing_request_ids": list(found.differing),
    }
    columns, rows = tuple(found.rows[0]), [tuple(row.values()) for row in found.rows]
    write(Table("Answers that differ", columns, rows, found.totals, shared, HIDE_WHEN_NARROW), table)
    for line in verdict_lines(found, options.confidence):
        note(line)
    if limit is not None and is_undecided:
        raise undecided(found, limit)
    if limit is not None:
        note(gate_line(found, limit, is_failed=is_failed))
    return int(is_failed)


def undecided(found: Comparison, limit: float) -> IncompleteError:
    """Say that missing answers could make the difference."""
    missing = counted(found.totals["missing"], "missing answer")
    return IncompleteError(
        f"gate: not decided; with {missing} counted as different the interval "
        f"ends at {found.worst_share:.2%}, above {limit:.2%}",
        hint="replay the requests that have no new answer, and verify again",
    )


def verdict_lines(found: Comparison, confidence: float) -> Iterator[str]:
    """Say what was compared, how sure the share is, and what it does not mean."""
    totals = found.totals
    pairs, missing, differing = totals["pairs"], totals["missing"], totals["disagreements"]
    yield f"compared: {part_of(pairs, pairs + missing, 'request')} of the old model"
    if missing:
        worst = found.worst["high_share"]
        without = f"{missing:,} {agreeing(missing, 'has', 'have')} no new answer"
        yield f"missing: {without}; if they all differed, the interval would end at {worst:.1%}"
    if found.unknown:
        yield f"unknown: {counted(found.unknown, 'new answer')} to requests that the old file lacks"
    share, low, high = (totals[name] for name in ("disagreement_share", "low_share", "high_share"))
    yield f"disagreement: {share:.1%}, {100 * confidence:.6g}% interval {low:.1%} to {high:.1%} (Wilson)"
    if "weighted_share" in totals:
        share, low, high = (totals[name] for name in ("weighted_share", "weighted_low_share", "weighted_high_share"))
        yield f"weighted: {share:.1%} of all that they stand for, about {low:.1%} to {high:.1%} (Wilson, Kish's n)"
    if differing:
        yield f"disagreement is not error: let a person judge the {differing:,}, blind; -f json names them"
    else:
        yield "agreement is not correctness: both may be wrong alike"


def gate_line(found: Comparison, fail_above: float, *, is_failed: bool) -> str:
    """Say how the gate was decided."""
    verdict, relation = ("failed", "above") if is_failed else ("passed", "not above")
    return f"gate: {verdict}; the interval ends at {found.upper_share:.2%}, {relation} {fail_above:.2%}"
