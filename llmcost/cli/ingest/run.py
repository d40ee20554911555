"""`llmcost ingest`: read logs into the store and say what came of it."""

from __future__ import annotations

from dataclasses import replace

from llmcost.cli.agents import agent_paths
from llmcost.cli.coverage import refuse_incomplete
from llmcost.cli.ingest.follow import run_follow
from llmcost.cli.ingest.options import IngestOptions
from llmcost.cli.ingest.summary import next_line, print_summary, print_unpriced
from llmcost.cli.new_store import check_kept, no_empty_store
from llmcost.cli.notes import note
from llmcost.cli.progress import progress_bar
from llmcost.cli.stores import wait_for_store
from llmcost.cli.unread import note_unread
from llmcost.errors import InputError, UsageError
from llmcost.ingest import Options, ingest
from llmcost.ingest.deduplicate import POLICIES
from llmcost.ingest.format import Format, formats
from llmcost.ingest.limit import Limit, parse_limit
from llmcost.pricing.nearest import among


def run_ingest(asked: IngestOptions) -> int:
    """Ingest and print the summary; 3 where not one line could be understood, 4 under --strict without a cost."""
    options = options_of(asked)
    check_kept(asked.db)
    if not asked.paths and not asked.agents:
        raise UsageError("nothing to read", hint="name files, folders, globs or -; or --agents")
    if asked.agents:
        asked = replace(asked, paths=agent_paths(asked.paths))
    with no_empty_store(asked.db):
        return run_follow(asked, options) if asked.follow else read_once(asked, options)


def read_once(asked: IngestOptions, options: Options) -> int:
    """Read what there is now."""
    with wait_for_store(asked.db) as store:
        with progress_bar(store) as progress:
            summary = ingest(store, asked.paths, options=options, progress=progress)
        print_summary(summary)
        covered = print_unpriced(store, asked.book) if summary.new or asked.strict else None
        if store.value("select count(*) from requests"):
            note(next_line(asked.db))
    note_unread(summary.refused)
    if summary.rejects and not summary.read - summary.rejected:
        raise InputError("not one line could be understood", hint="is it the right --format?")
    if asked.strict and covered is not None:
        refuse_incomplete(covered)
    return 0


def options_of(asked: IngestOptions) -> Options:
    """Check what the command line asks for. Raises UsageError."""
    policy = asked.on_duplicate
    if policy not in POLICIES:
        raise UsageError(f"--on-duplicate {policy}: no such policy", hint=among(policy, POLICIES))
    if asked.text not in ("hash", "none"):
        raise UsageError(f"--text {asked.text}: neither hash nor none", hint=among(asked.text, ("hash", "none")))
    limit = parse_limit(asked.max_bad_lines)
    if asked.strict and asked.max_bad_lines is None:
        limit = Limit(lines=0)
    return Options(
        format=format_of(asked),
        on_duplicate=asked.on_duplicate,
        hashes_text=asked.text == "hash",
        zone=asked.tz,
        limit=limit,
    )


def format_of(asked: IngestOptions) -> Format | None:
    """Take the format that was named or mapped, if one was."""
    if asked.map is not None:
        if asked.format is not None:
            raise UsageError("--map and --format: one of the two")
        from llmcost.ingest.mapping import load_map

        return load_map(asked.map)
    if asked.format is not None and asked.format not in formats():
        raise UsageError(f"--format {asked.format}: no such format", hint=among(asked.format, formats()))
    return formats()[asked.format] if asked.format else None
