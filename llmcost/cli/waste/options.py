"""The commands about waste and their options: detect it, add it up, try a smaller model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from llmcost.cli.complete import names as completing
from llmcost.cli.options import (
    Database,
    FailOn,
    Format,
    MemoryLimit,
    Output,
    Paths,
    Pricing,
    Settings,
    Since,
    Strict,
    Timeout,
    Until,
    Where,
)
from llmcost.cli.places import DEFAULT_DB
from llmcost.cli.sections import Commands

waste_app = Commands()


@waste_app.command("detect", short_help="Find requests that were waste, and say what would mend it.")
def detect_command(
    detector: Annotated[
        str,
        typer.Argument(help="A detector's name, or all.", metavar="DETECTOR", autocompletion=completing.detector_names),
    ],
    paths: Paths = None,
    requests: Annotated[bool, typer.Option("--requests", help="One row per request instead of findings.")] = False,
    causes: Annotated[
        bool, typer.Option("--causes", help="prompt-tax: why caches missed, a row for each cause, instead of findings.")
    ] = False,
    fail_on: FailOn = None,
    settings: Settings = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say what it looks for, and run nothing.")] = False,
    sql: Annotated[bool, typer.Option("--sql", help="Print its query, and run nothing.")] = False,
    since: Since = None,
    until: Until = None,
    where: Where = None,
    format: Format = None,
    output: Output = None,
    db: Database = DEFAULT_DB,
    pricing: Pricing = None,
    strict: Strict = False,
    memory_limit: MemoryLimit = None,
    timeout: Timeout = 60,
) -> int:
    """Find waste: retries, prompt-tax, model-mismatch, embeddings, duplicates, your own, or all.

    Every finding names the requests that prove it, what they would have saved, and how certain that is: proven, likely
    or possible. With several detectors no dollar is counted twice.

    \b
        llmcost detect retries
        llmcost detect all --since 7d --fail-on "saving_usd > 100"
        llmcost detect embeddings --requests -f csv -o waste.csv
        llmcost detect prompt-tax --causes
    """
    from llmcost.cli.reading import Reading
    from llmcost.cli.waste.detect import DetectOptions, run_detect, run_explain

    if explain or sql:
        return run_explain(detector, sql=sql)
    reading = Reading(
        tuple(paths or ()),
        since,
        until,
        tuple(where or ()),
        format,
        output,
        db,
        pricing,
        strict,
        memory_limit,
        timeout=timeout,
    )
    return run_detect(reading, DetectOptions(detector, tuple(settings or ()), requests, causes, tuple(fail_on or ())))


@waste_app.command("savings", short_help="Add waste up, each dollar once; or what a fix really saved.")
def savings_command(
    paths: Paths = None,
    baseline: Annotated[
        str | None,
        typer.Option(
            "--baseline", help="What a fix at --since saved, against the time from then to it.", metavar="WHEN[..WHEN]"
        ),
    ] = None,
    fail_on: FailOn = None,
    settings: Settings = None,
    since: Since = None,
    until: Until = None,
    where: Where = None,
    format: Format = None,
    output: Output = None,
    db: Database = DEFAULT_DB,
    pricing: Pricing = None,
    strict: Strict = False,
    memory_limit: MemoryLimit = None,
    timeout: Timeout = 60,
) -> int:
    """Add up what all detectors found: from what is spent to what would remain, each dollar once.

    \b
        llmcost savings
        llmcost savings --where team=search --since 30d -f json
        llmcost savings --since 2026-10-15 --baseline 2026-10-01
    """
    from llmcost.cli.reading import Reading
    from llmcost.cli.waste.savings import run_fixed, run_savings

    reading = Reading(
        tuple(paths or ()),
        since,
        until,
        tuple(where or ()),
        format,
        output,
        db,
        pricing,
        strict,
        memory_limit,
        timeout=timeout,
    )
    if baseline is not None:
        return run_fixed(reading, baseline, tuple(settings or ()), tuple(fail_on or ()))
    return run_savings(reading, tuple(settings or ()), tuple(fail_on or ()))


@waste_app.command("sample", short_help="Draw requests to try a smaller model on.")
def sample_command(
    paths: Paths = None,
    size: Annotated[int, typer.Option("--size", "-n", help="How many requests to draw.", metavar="N")] = 150,
    seed: Annotated[int, typer.Option("--seed", help="Another number draws others.", metavar="N")] = 7,
    candidate: Annotated[
        str | None,
        typer.Option(
            "--as",
            help="The model to try, instead of the book's smaller one.",
            metavar="MODEL",
            autocompletion=completing.models,
        ),
    ] = None,
    since: Since = None,
    until: Until = None,
    where: Where = None,
    format: Format = None,
    output: Output = None,
    db: Database = DEFAULT_DB,
    pricing: Pricing = None,
    strict: Strict = False,
    memory_limit: MemoryLimit = None,
) -> int:
    """Draw requests to replay on a smaller model, rare answers among them, and say what they can prove.

    The same seed draws the same. What is printed are ids and weights; the prompts are where you keep them.

    \b
        llmcost sample --where key=ticket-router -o sample.csv
        llmcost sample --where model=gpt-4o --as gpt-4.1-nano --size 300 -f jsonl
    """
    from llmcost.cli.reading import Reading
    from llmcost.cli.waste.trial import run_sample

    reading = Reading(
        tuple(paths or ()), since, until, tuple(where or ()), format, output, db, pricing, strict, memory_limit
    )
    return run_sample(reading, size=size, seed=seed, candidate=candidate)


@waste_app.command(short_help="Compare two models' outputs to the same requests.")
def verify(
    old: Annotated[Path, typer.Argument(help="The present model's outputs: JSON lines or CSV.", metavar="OLD")],
    new: Annotated[Path, typer.Argument(help="The other model's outputs.", metavar="NEW")],
    confidence: Annotated[float, typer.Option("--confidence", help="Of the interval.", metavar="SHARE")] = 0.95,
    fail_above: Annotated[
        float | None,
        typer.Option("--fail-above", help="Exit with 1 if the interval ends above this.", metavar="SHARE"),
    ] = None,
    format: Format = None,
    output: Output = None,
) -> int:
    """Compare two models' outputs to the same requests: how often they differ, with Wilson's interval.

    A line has request_id and output (or output_hash); weight and stratum come from `llmcost sample`. Outputs are
    compared but for white space, and never printed.

    \b
        llmcost verify old.jsonl new.jsonl
        llmcost verify old.csv new.csv --fail-above 0.02
    """
    from llmcost.cli.waste.trial import run_verify

    return run_verify(old, new, format=format, output=output, confidence=confidence, fail_above=fail_above)
