"""The command that compares two sets of traces, and its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from llmcost.cli.complete import names as completing
from llmcost.cli.options import (
    AsOf,
    Database,
    MemoryLimit,
    Output,
    Pricing,
    Since,
    Until,
    Where,
    Zone,
)
from llmcost.cli.places import DEFAULT_DB
from llmcost.cli.sections import Commands

check_app = Commands()
CaseKey = Annotated[
    str | None,
    typer.Option(
        "--case-key",
        help="What names the case: metadata.KEY, tag:NAME or a column.",
        metavar="KEY",
        autocompletion=completing.columns,
    ),
]
RunKey = Annotated[
    str | None,
    typer.Option(
        "--run-key",
        help="What tells repeats of a case apart: a column (file, trace), or tag:NAME.",
        metavar="KEY",
        autocompletion=completing.columns,
    ),
]
RouteKey = Annotated[
    str | None,
    typer.Option(
        "--route-key",
        help="What names a step of the application: a column (key), or tag:NAME.",
        metavar="KEY",
        autocompletion=completing.columns,
    ),
]
Write = Annotated[
    list[str] | None,
    typer.Option(
        "--write", help="Write another format too, such as md=comment.md or junit=report.xml.", metavar="FORMAT=FILE"
    ),
]
CheckFormat = Annotated[
    str | None,
    typer.Option(
        "--format",
        "-f",
        help="table, md, json, junit, jsonl, csv, tsv, parquet or html.",
        metavar="FORMAT",
        autocompletion=completing.words("table", "md", "json", "junit", "jsonl", "csv", "tsv", "parquet", "html"),
    ),
]


@check_app.command("check", short_help="Fail a change that makes calls dearer.")
def check_command(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            help="Traces of this run; without them the store under --since and --until. Or `comment FILE`: post what "
            "-f md wrote to the pull request.",
            metavar="[comment] [PATH...]",
        ),
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option("--baseline", help="What to compare with.  [default: .llmcost/baseline.json]", metavar="FILE"),
    ] = None,
    against: Annotated[
        list[str] | None,
        typer.Option("--against", help="Compare with these traces instead; may be repeated.", metavar="PATH"),
    ] = None,
    compare: Annotated[
        str | None,
        typer.Option(
            "--compare",
            help="Compare with another time of the store: previous, or WHEN..WHEN.",
            metavar="PERIOD",
            autocompletion=completing.words("previous"),
        ),
    ] = None,
    case_key: CaseKey = None,
    run_key: RunKey = None,
    route_key: RouteKey = None,
    max_increase: Annotated[
        str | None,
        typer.Option(
            "--max-increase", help="How much dearer all cases together may get.  [default: 5%]", metavar="SHARE"
        ),
    ] = None,
    min_increase_usd: Annotated[
        str | None,
        typer.Option(
            "--min-increase-usd", help="Less than this a run is no increase.  [default: 0.0001]", metavar="USD"
        ),
    ] = None,
    max_case_increase: Annotated[
        str | None,
        typer.Option(
            "--max-case-increase",
            help="How many times as dear one case may get, or none.  [default: 3x]",
            metavar="TIMES",
        ),
    ] = None,
    max_total_usd: Annotated[
        str | None, typer.Option("--max-total-usd", help="What a run of all cases may cost.", metavar="USD")
    ] = None,
    max_case_usd: Annotated[
        str | None, typer.Option("--max-case-usd", help="What a run of one case may cost.", metavar="USD")
    ] = None,
    max_amplification_increase: Annotated[
        str | None,
        typer.Option(
            "--max-amplification-increase",
            help="How many more attempts a call may take, or none.  [default: 25%]",
            metavar="SHARE",
        ),
    ] = None,
    max_cache_drop: Annotated[
        str | None,
        typer.Option(
            "--max-cache-drop",
            help="How much less of the input may come from caches, or none.  [default: 10%]",
            metavar="SHARE",
        ),
    ] = None,
    max_latency_increase: Annotated[
        str | None,
        typer.Option(
            "--max-latency-increase",
            help="How much slower the slowest cases may get, or none.  [default: none]",
            metavar="SHARE",
        ),
    ] = None,
    allow_unpriced: Annotated[
        bool, typer.Option("--allow-unpriced", help="A new model without a price does not fail.")
    ] = False,
    dry_run_power: Annotated[
        bool,
        typer.Option("--dry-run-power", help="Say which changes could be seen with these cases and runs; no verdict."),
    ] = False,
    seed: Annotated[int | None, typer.Option("--seed", help="Draw other random numbers.", metavar="N")] = None,
    provider: Annotated[
        str | None,
        typer.Option(
            "--provider",
            help="comment: github or gitlab.",
            metavar="NAME",
            autocompletion=completing.words("github", "gitlab"),
        ),
    ] = None,
    repo: Annotated[
        str | None, typer.Option("--repo", help="comment: of which repository.", metavar="OWNER/NAME")
    ] = None,
    number: Annotated[int | None, typer.Option("--number", help="comment: of the pull request.", metavar="N")] = None,
    key: Annotated[
        str | None, typer.Option("--key", help="Which check it is, where a pull request has several.", metavar="NAME")
    ] = None,
    since: Since = None,
    until: Until = None,
    where: Where = None,
    tz: Zone = "UTC",
    format: CheckFormat = None,
    output: Output = None,
    write: Write = None,
    db: Database = DEFAULT_DB,
    pricing: Pricing = None,
    prices_as_of: AsOf = None,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Exit with 4 if there is no verdict, or a request has no cost."),
    ] = False,
    memory_limit: MemoryLimit = None,
) -> int:
    """Compare what test cases cost now with what they cost before, and fail if it is more.

    Cases are paired by name, both sides are priced alike, and only an increase that is no chance fails (exit 1). Caps
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
    found = tuple(words or ())
    if found and found[0] == "comment":
        from llmcost.cli.check.comment import run_comment

        return run_comment(found[1:], provider, repo, number, key)
    from llmcost.check.keys import Keys
    from llmcost.cli.check.limits import limits_of, rules_of
    from llmcost.cli.check.run import CheckOptions, run_check
    from llmcost.cli.reading import Reading

    given = {
        "max_increase": max_increase,
        "min_increase_usd": min_increase_usd,
        "max_case_increase": max_case_increase,
        "max_total_usd": max_total_usd,
        "max_case_usd": max_case_usd,
        "max_amplification_increase": max_amplification_increase,
        "max_cache_drop": max_cache_drop,
        "max_latency_increase": max_latency_increase,
        "case_key": case_key,
        "run_key": run_key,
        "route_key": route_key,
    }
    limits = limits_of(given)
    reading = Reading(found, since, until, tuple(where or ()), format, output, db, pricing, strict, memory_limit, tz)
    options = CheckOptions(
        rules_of(limits, allow_unpriced=allow_unpriced, seed=seed),
        baseline,
        tuple(against or ()),
        compare,
        Keys(limits.case_key, limits.run_key, limits.route_key),
        tuple(write or ()),
        prices_as_of,
        key,
    )
    if dry_run_power:
        from llmcost.cli.check.power import run_power

        return run_power(reading, options)
    return run_check(reading, options)
