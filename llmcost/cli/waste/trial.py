"""`llmcost sample` and `llmcost verify`: would another model answer the same?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from llmcost.cli.notes import note
from llmcost.cli.reading import Reading, envelope, format_of, print_coverage, write
from llmcost.counts import agreeing, counted, part_of
from llmcost.errors import IncompleteError, UsageError
from llmcost.render import Table
from llmcost.render.money import dollars
from llmcost.report import coverage
from llmcost.trial import Comparison, Sample, compare, draw, read_outputs, wilson
from llmcost.trial.sample import COLUMNS

SAMPLE_GIVES_WAY = ("started_at", "stratum_requests", "model", "key")
VERIFY_GIVES_WAY = ("weighted_low_share", "weighted_share", "weighted_high_share", "missing", "low_share", "pairs")


def run_sample(reading: Reading, *, size: int = 150, seed: int = 7, candidate: str | None = None) -> int:
    """Print the requests drawn on stdout, and on stderr what they can prove; 4 under --strict where costs lack."""
    if size < 1:
        raise UsageError(f"--size {size}: at least 1")
    output_format, filters, book = reading.output_format, reading.filters, reading.book
    with reading.open() as store:
        found = draw(store, book, size=size, seed=seed, candidate=candidate, filters=filters)
        covered = coverage(store)
    shared = envelope("sample", filters, book, covered) | {
        "sample": {
            "size": len(found.rows),
            "seed": seed,
            "requests": sum(found.strata.sizes),
            "strata": len(found.strata.sizes),
            "cost_usd": found.cost_usd,
            "candidate_cost_usd": found.candidate_usd if found.candidate_requests else None,
            "candidate_requests": found.candidate_requests,
        }
    }
    table = Table("Requests to replay", COLUMNS, found.rows, {}, shared, SAMPLE_GIVES_WAY)
    write(table, output_format, reading.output)
    for line in [*drawn_lines(found, size, seed), *proof_lines(found), *replay_lines(found)]:
        note(line)
    print_coverage(book, covered, strict=reading.strict)
    return 0


def drawn_lines(found: Sample, size: int, seed: int) -> Iterator[str]:
    """Say what was drawn from what, and what was put together for want of room."""
    strata, count, requests = found.strata, len(found.rows), sum(found.strata.sizes)
    drawn, answers = part_of(count, requests, "request"), counted(strata.answers, "answer")
    yield f"sample: {drawn} that can be compared, {answers}; seed {seed}"
    if not strata.is_by_system_prompt:
        yield "strata: too many for --size; one answer to several system prompts counts as one"
    if strata.named < strata.answers:
        yield f"strata: {counted(strata.answers - strata.named, 'rare answer')} drawn together, as `rest`"
    if 2 * strata.answers > requests:
        yield "strata: is this free text? then answers differ word by word, and only a person can compare them"
    if count < min(size, requests):
        yield "sample: fewer than asked for, since requests share a request_id"
    routes = {(row[1], row[2]) for row in found.rows}
    if len(routes) > 1:
        yield f"routes: {len(routes):,} keys and models are mixed; --where key=NAME proves one of them"


def proof_lines(found: Sample) -> Iterator[str]:
    """Say what no disagreement would prove, of a sample in itself and of the traffic that it is drawn from."""
    count = len(found.rows)
    proven = f"{counted(count, 'request')} without a disagreement {agreeing(count, 'bounds', 'bound')} the rate"
    yield f"proof: {proven} to {min(3 / count, 1):.1%} (95%, 3/n)"
    yield f"proof: weighted, to {found.bound_share:.1%} of the requests that they stand for"
    yield f"proof: the interval of `llmcost verify` has two sides and would then end at {wilson(0, count)[1]:.1%}"


def replay_lines(found: Sample) -> Iterator[str]:
    """Say what the replay costs, and where no candidate or no price for it is known."""
    count, priced = len(found.rows), found.candidate_requests
    if priced:
        cost = dollars(found.candidate_usd)
        requests = counted(priced, "request")
        yield f"replay: about {cost} on the candidate for {requests}, with the same tokens and cache hits"
    yield f"replay: the sample cost {dollars(found.cost_usd)} as it was"
    nameless = sum(row[COLUMNS.index("candidate_model")] is None for row in found.rows)
    if nameless:
        models = agreeing(nameless, "is of a model", "are of models")
        yield f"replay: {nameless:,} {models} for which the book names no smaller one; --as MODEL names one"
    priceless = count - nameless - priced
    if priceless:
        yield f"replay: {priceless:,} {agreeing(priceless, 'has', 'have')} a candidate without a price in the book"


def run_verify(
    old: Path,
    new: Path,
    *,
    format: str | None = None,
    output: Path | None = None,
    confidence: float = 0.95,
    fail_above: float | None = None,
) -> int:
    """Print how often answers differ on stdout; 1 where they may differ more often than `fail_above`.

    Raises IncompleteError where only missing answers could make it so: then nothing is decided.
    """
    if fail_above is not None and not 0 <= fail_above <= 1:
        raise UsageError(f"--fail-above {fail_above}: a share from 0 to 1, such as 0.02")
    chosen = format_of(format, output)
    found = compare(read_outputs(old), read_outputs(new), confidence=confidence)
    is_failed = fail_above is not None and found.upper_share > fail_above
    is_undecided = fail_above is not None and not is_failed and found.worst_share > fail_above
    shared = {
        "schema_version": 1,
        "command": "verify",
        "confidence": confidence,
        "unknown": found.unknown,
        "fail_above_share": fail_above,
        "is_failed": is_failed,
        "is_undecided": is_undecided,
        "differing_request_ids": list(found.differing),
    }
    columns, rows = tuple(found.rows[0]), [tuple(row.values()) for row in found.rows]
    write(Table("Answers that differ", columns, rows, found.totals, shared, VERIFY_GIVES_WAY), chosen, output)
    for line in verdict_lines(found, confidence):
        note(line)
    if fail_above is not None and is_undecided:
        missing = counted(found.totals["missing"], "missing answer")
        raise IncompleteError(
            f"gate: not decided; with {missing} counted as different the interval "
            f"ends at {found.worst_share:.2%}, above {fail_above:.2%}",
            hint="replay the requests that have no new answer, and verify again",
        )
    if fail_above is not None:
        note(gate_line(found, fail_above, is_failed=is_failed))
    return int(is_failed)


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
