"""The command that compares two sets of traces, and its options."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from llmcost.check_settings import LIMITS, CheckSettings
from llmcost.cli.complete import names as completing
from llmcost.cli.declare import Argument, Option
from llmcost.cli.options import COMMENT, OUTPUT, PRICES, AsOf, MemoryLimit, Zone
from llmcost.cli.reading import Reading
from llmcost.cli.sections import Commands

room = Commands()
JUNIT = "junit"
FORMATS = ("table", "md", "json", JUNIT, "jsonl", "csv", "tsv", "parquet", "html")
Words = Annotated[
    tuple[str, ...],
    Argument(
        help="Traces of this run; without them the store under --since and --until. Or `comment FILE`: post what "
        "-f md wrote to the pull request.",
        metavar="[comment] [PATH...]",
    ),
]
Baseline = Annotated[
    Path | None,
    Option("--baseline", help="What to compare with.  [default: .llmcost/baseline.json]", metavar="FILE"),
]
Against = Annotated[
    tuple[str, ...],
    Option("--against", help="Compare with these traces instead; may be repeated.", metavar="PATH"),
]
Compare = Annotated[
    str | None,
    Option(
        "--compare",
        help="Compare with another time of the store: previous, or WHEN..WHEN.",
        metavar="PERIOD",
        complete=completing.words("previous"),
    ),
]
AllowUnpriced = Annotated[
    bool,
    Option("--allow-unpriced", help="A new model without a price does not fail.", section=LIMITS),
]
DryRunPower = Annotated[
    bool,
    Option("--dry-run-power", help="Say which changes these cases and runs could show, instead of a verdict."),
]
Seed = Annotated[int | None, Option("--seed", help="Draw other random numbers.", metavar="N")]
Provider = Annotated[
    str | None,
    Option(
        "--provider",
        help="comment: github or gitlab.",
        metavar="NAME",
        complete=completing.words("github", "gitlab"),
        section=COMMENT,
    ),
]
Repo = Annotated[
    str | None,
    Option("--repo", help="comment: the repository.", metavar="OWNER/NAME", section=COMMENT),
]
Number = Annotated[
    int | None,
    Option("--number", help="comment: the number of the pull request.", metavar="N", section=COMMENT),
]
CommentKey = Annotated[
    str | None,
    Option(
        "--key",
        help="Which check it is, where a pull request has several.",
        metavar="NAME",
        section=COMMENT,
    ),
]
CheckFormat = Annotated[
    str | None,
    Option(
        "--format",
        "-f",
        help="table, md, json, junit, jsonl, csv, tsv, parquet or html.",
        metavar="FORMAT",
        complete=completing.words(*FORMATS),
        section=OUTPUT,
    ),
]
Write = Annotated[
    tuple[str, ...],
    Option(
        "--write",
        help="Write another format too, such as md=comment.md or junit=report.xml.",
        metavar="FORMAT=FILE",
        section=OUTPUT,
    ),
]
StrictCheck = Annotated[
    bool,
    Option("--strict", help="Exit with 4 if there is no verdict, or a request has no cost.", section=PRICES),
]


@dataclass(frozen=True)
class CheckReading(Reading):
    """Which traces or requests are checked, and how what is found is written; the words are the paths."""

    paths: tuple[str, ...] = ()
    format: CheckFormat = None
    tz: Zone = "UTC"
    prices_as_of: AsOf = None
    strict: StrictCheck = False
    memory_limit: MemoryLimit = None
    write: Write = ()

    @property
    def output_format(self) -> str:
        """The format asked for, JUnit's XML too. Raises UsageError."""
        return JUNIT if self.format == JUNIT else super().output_format


@dataclass(frozen=True)
class CheckOptions:
    """What to compare with, and how."""

    baseline: Baseline = None
    against: Against = ()
    compare: Compare = None
    allow_unpriced: AllowUnpriced = False
    dry_run_power: DryRunPower = False
    seed: Seed = None


@dataclass(frozen=True)
class CommentOptions:
    """Where a comment is posted, and by which name it is found again."""

    provider: Provider = None
    repo: Repo = None
    number: Number = None
    key: CommentKey = None


@room.command("check")
def check_command(
    *,
    words: Words = (),
    settings: CheckSettings,
    options: CheckOptions,
    reading: CheckReading,
    comment: CommentOptions,
) -> int:
    """Compare what test cases cost now with what they cost before, and fail if it is more.

    Cases are paired by name, both sides are priced alike, and only an increase that is not chance fails (exit 1). Caps
    fail without statistics. Without names of cases, traces are compared by route and system prompt. In a GitHub action
    the summary, annotations and outputs are written too.

    \b
        llmcost check traces/
        llmcost check traces/ --baseline main.json --max-increase 10%
        llmcost check traces/ --against main/traces -f md -o comment.md
        llmcost check comment comment.md --provider github
        llmcost check --since 7d --compare previous
        llmcost check traces/ --dry-run-power
    """
    if words[:1] == ("comment",):
        from llmcost.cli.check.comment import run_comment

        return run_comment(words[1:], comment)
    from llmcost.cli.check.power import run_power
    from llmcost.cli.check.run import run_check

    reading = replace(reading, paths=words)
    return (
        run_power(reading, options, settings)
        if options.dry_run_power
        else run_check(reading, options, settings, comment.key)
    )
