"""The commands about waste and their options: detect it, add it up, try a smaller model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from llmcost.cli.complete import names as completing
from llmcost.cli.declare import Argument, Option
from llmcost.cli.options import FailOn, MemoryLimit, Settings, Timeout
from llmcost.cli.reading import Reading, TableOptions
from llmcost.cli.sections import Commands

room = Commands()
Name = Annotated[
    str,
    Argument(help="A detector's name, or all.", metavar="DETECTOR", complete=completing.detector_names),
]
Requests = Annotated[bool, Option("--requests", help="One row per request instead of findings.")]
Causes = Annotated[
    bool, Option("--causes", help="prompt-tax: why caches missed, a row for each cause, instead of findings.")
]
Explain = Annotated[bool, Option("--explain", help="Say what it looks for, and run nothing.")]
Sql = Annotated[bool, Option("--sql", help="Print its query, and run nothing.")]
Baseline = Annotated[
    str | None,
    Option("--baseline", help="What a fix at --since saved, compared with the time before it.", metavar="WHEN[..WHEN]"),
]
Size = Annotated[int, Option("--size", "-n", help="How many requests to draw.", metavar="N")]
Seed = Annotated[int, Option("--seed", help="The same number draws the same requests.", metavar="N")]
Candidate = Annotated[
    str | None,
    Option(
        "--as",
        help="The model to try, instead of the book's smaller one.",
        metavar="MODEL",
        complete=completing.models,
    ),
]
Old = Annotated[Path, Argument(help="The present model's outputs: JSON lines or CSV.", metavar="OLD")]
New = Annotated[Path, Argument(help="The other model's outputs.", metavar="NEW")]
Confidence = Annotated[float, Option("--confidence", help="The confidence level of the interval.", metavar="SHARE")]
FailAbove = Annotated[
    float | None,
    Option("--fail-above", help="Exit with 1 if the interval ends above this.", metavar="SHARE"),
]


@dataclass(frozen=True)
class WasteReading(Reading):
    """Which requests detectors look through, and for how long."""

    memory_limit: MemoryLimit = None
    timeout: Timeout = 60


@dataclass(frozen=True)
class SampleReading(Reading):
    """Which requests are drawn from."""

    memory_limit: MemoryLimit = None


@dataclass(frozen=True)
class DetectOptions:
    """What `detect` prints: findings, or what is behind them; what fails it, and what detectors are given."""

    requests: Requests = False
    causes: Causes = False
    fail_on: FailOn = ()
    settings: Settings = ()


@dataclass(frozen=True)
class SavingsOptions:
    """What `savings` is held against, what fails it, what detectors are given."""

    baseline: Baseline = None
    fail_on: FailOn = ()
    settings: Settings = ()


@dataclass(frozen=True)
class SampleOptions:
    """How many requests are drawn, with which random numbers, and for which model."""

    size: Size = 150
    seed: Seed = 7
    candidate: Candidate = None


@dataclass(frozen=True)
class VerifyOptions:
    """How sure the interval is, and where it may not end above."""

    confidence: Confidence = 0.95
    fail_above: FailAbove = None


@room.command("detect")
def detect_command(
    *, detector: Name, options: DetectOptions, explain: Explain = False, sql: Sql = False, reading: WasteReading
) -> int:
    """Find waste: retries, prompt-tax, model-mismatch, context-bloat, embeddings, duplicates, your own, or all.

    Every finding names the requests that prove it, what they would have saved, and how certain that is: proven, likely
    or possible. With several detectors no dollar is counted twice.

    \b
        llmcost detect retries
        llmcost detect all --since 7d --fail-on "saving_usd > 100"
        llmcost detect embeddings --requests -f csv -o waste.csv
        llmcost detect prompt-tax --causes
    """
    from llmcost.cli.waste.detect import run_detect
    from llmcost.cli.waste.explain import run_explain

    if explain or sql:
        return run_explain(reading, detector, sql=sql)
    return run_detect(reading, detector, options)


@room.command("savings")
def savings_command(*, options: SavingsOptions, reading: WasteReading) -> int:
    """Add up what all detectors found: from what is spent to what would remain, each dollar once.

    \b
        llmcost savings
        llmcost savings --where team=search --since 30d -f json
        llmcost savings --since 2026-10-15 --baseline 2026-10-01
    """
    from llmcost.cli.waste.before_after import run_before_after
    from llmcost.cli.waste.savings import run_savings

    return run_savings(reading, options) if options.baseline is None else run_before_after(reading, options)


@room.command("sample")
def sample_command(*, options: SampleOptions, reading: SampleReading) -> int:
    """Draw requests to replay on a smaller model, rare answers among them, and say what they can prove.

    The same seed draws the same. What is printed are ids and weights; the prompts are where you keep them.

    \b
        llmcost sample --where key=ticket-router -o sample.csv
        llmcost sample --where model=gpt-4o --as gpt-4.1-nano --size 300 -f jsonl
    """
    from llmcost.cli.waste.sample import run_sample

    return run_sample(reading, options)


@room.command()
def verify(*, old: Old, new: New, options: VerifyOptions, table: TableOptions) -> int:
    """Compare two models' outputs to the same requests: how often they differ, with Wilson's interval.

    A line has request_id and output (or output_hash); weight and stratum come from `llmcost sample`. Outputs are
    compared but for white space, and never printed.

    \b
        llmcost verify old.jsonl new.jsonl
        llmcost verify old.csv new.csv --fail-above 0.02
    """
    from llmcost.cli.waste.verify import run_verify

    return run_verify(table, old, new, options)
