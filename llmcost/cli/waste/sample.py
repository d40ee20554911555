"""`llmcost sample`: draw requests to try a smaller model on, and say what they can prove."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from llmcost.cli.coverage import print_coverage
from llmcost.cli.notes import note
from llmcost.cli.output import envelope, write
from llmcost.cli.reading import Reading
from llmcost.cli.waste.options import SampleOptions
from llmcost.counts import agreeing, counted, part_of
from llmcost.errors import UsageError
from llmcost.render import Table
from llmcost.render.money import dollars
from llmcost.report import coverage
from llmcost.trial import Sample, draw, wilson
from llmcost.trial.sample import COLUMNS

HIDE_WHEN_NARROW = ("started_at", "stratum_requests", "model", "key")
USUAL = SampleOptions()


def run_sample(reading: Reading, options: SampleOptions = USUAL) -> int:
    """Print the requests drawn on stdout, and on stderr what they can prove; 4 under --strict where costs lack."""
    if options.size < 1:
        raise UsageError(f"--size {options.size}: at least 1")
    filters, book = reading.filters, reading.book
    with reading.open() as store:
        found = draw(store, book, size=options.size, seed=options.seed, candidate=options.candidate, filters=filters)
        covered = coverage(store.price(book).scope(filters))
    shared = envelope("sample", book, filters, covered) | {"sample": summary(found, options.seed)}
    write(Table("Requests to replay", COLUMNS, found.rows, {}, shared, HIDE_WHEN_NARROW), reading)
    for line in [*drawn_lines(found, options.size, options.seed), *proof_lines(found), *replay_lines(found)]:
        note(line)
    print_coverage(book, covered, strict=reading.strict)
    return 0


def summary(found: Sample, seed: int) -> dict[str, Any]:
    """Write what was drawn for JSON."""
    return {
        "size": len(found.rows),
        "seed": seed,
        "requests": sum(found.strata.sizes),
        "strata": len(found.strata.sizes),
        "cost_usd": found.cost_usd,
        "candidate_cost_usd": found.candidate_usd if found.candidate_requests else None,
        "candidate_requests": found.candidate_requests,
    }


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
