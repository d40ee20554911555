"""The layouts that people have: many files, small files, sessions, big and dirty ones, in whole processes.

Each is run beside what it is measured against, in interleaved rounds; printed is a Markdown table.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import orjson

from bench.contenders import reader
from bench.data import DATA, logs, write_lines
from bench.lean import payloads
from bench.quick import Row, llmcost, processor_seconds, python
from bench.sessions import ANSWERS, session
from llmcost.ingest.recognise import Recognised, read_head, recognise
from llmcost.ingest.sources import Source, open_source

LOOP = """
import glob, orjson, sys
print(sum(len(orjson.loads(line)) for file in glob.glob(sys.argv[1], recursive=True) for line in open(file, "rb")))
"""
# what somebody would pick who has only costs in mind
NARROW = """
    select
        id, trace_id, call_type, status, stream, cache_hit, custom_llm_provider, model, model_group, model_id, end_user,
        startTime, endTime, completionStartTime, prompt_tokens, completion_tokens, total_tokens, response_cost,
        metadata.user_api_key_alias, metadata.user_api_key_team_alias, metadata.user_api_key_user_id,
        metadata.usage_object.cache_read_input_tokens, metadata.usage_object.cache_creation_input_tokens
    from
"""
LEAN, DIRTY, SESSIONS, FEW, LINES = 400_000, 100_000, 500, 250, 300


def files_of_one(count: int) -> Path:
    """Write so many files of a record each, a thousand a folder."""
    folder = DATA / f"one-{count}"
    if not folder.exists():
        for number, record in enumerate(payloads(count)):
            inner = folder / f"{number // 1000:03}"
            inner.mkdir(parents=True, exist_ok=True)
            (inner / f"{number:06}.json").write_bytes(orjson.dumps(record))
    return folder


def files_of_lines() -> Path:
    """Write files of a few hundred lines."""
    folder = DATA / f"lines-{FEW}-{LINES}"
    if not folder.exists():
        folder.mkdir(parents=True)
        write_lines(payloads(FEW * LINES), LINES, folder, FEW)
    return folder


def sessions() -> Path:
    """Write sessions of a coding agent, some in each of 20 projects."""
    folder = DATA / f"sessions-{SESSIONS}"
    if not folder.exists():
        for number in range(SESSIONS):
            inner = folder / f"project-{number % 20}"
            inner.mkdir(parents=True, exist_ok=True)
            with (inner / f"{number:04}.jsonl").open("wb") as out:
                out.writelines(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in session(number))
    return folder


def rows(folder: Path, many: int) -> list[Row]:
    """List what is run, and what beside it."""
    new, again = ["--db", str(folder / "new.duckdb")], folder / "again.duckdb"
    lean, clean, dirty = (logs(kind, count) for kind, count in (("lean", LEAN), ("lean", DIRTY), ("dirty", DIRTY)))
    bare = f"import duckdb; duckdb.connect({str(folder / 'new.duckdb')!r}).execute('create table logs as "
    narrow = " ".join(NARROW.split())
    files = {count: files_of_one(count) for count in (5_000, many)}
    subprocess.run(llmcost("ingest", str(files[many]), "--db", str(again)), check=True, capture_output=True)
    read = [str(path) for path in lean]
    return [
        *(
            Row(
                f"{count:,} files of a record / an orjson loop",
                llmcost("ingest", str(path), *new),
                python("-c", LOOP, f"{path}/*/*"),
                "<= 6",
            )
            for count, path in files.items()
        ),
        Row(
            f"{many:,} unchanged files / import duckdb",
            llmcost("ingest", str(files[many]), "--db", str(again)),
            python("-c", "import duckdb"),
            "2 s",
        ),
        Row(
            f"{FEW} files of {LINES} lines / an orjson loop",
            llmcost("ingest", str(files_of_lines()), *new),
            python("-c", LOOP, f"{files_of_lines()}/*"),
            "",
        ),
        Row(
            f"{SESSIONS} sessions, {SESSIONS * ANSWERS:,} answers / an orjson loop",
            llmcost("ingest", str(sessions()), *new),
            python("-c", LOOP, f"{sessions()}/*/*"),
            "<= 3",
        ),
        Row(
            f"{LEAN:,} lean lines / bare create table of the same columns",
            llmcost("ingest", *read, *new),
            python("-c", bare + f"select * from ' + {reader(read)!r})"),
            "<= 1.0",
        ),
        Row(
            f"{LEAN:,} lean lines / bare create table of 23 columns",
            llmcost("ingest", *read, *new),
            python("-c", bare + f"{narrow} ' + {reader(read)!r})"),
            "<= 1.5",
        ),
        Row(
            f"{DIRTY:,} lines, 0.3 % bad / clean ones",
            llmcost("ingest", *(str(path) for path in dirty), *new),
            llmcost("ingest", *(str(path) for path in clean), *new),
            "<= 1.5",
        ),
    ]


def recognition(folder: Path, pattern: str) -> float:
    """Measure what it takes to recognise a file, beyond reading it, in ms of processor time."""
    sources = [open_source(str(path), False) for path in sorted(folder.glob(pattern))[:5_000]]
    spent: dict[str, float] = {}
    looks: list[tuple[str, Callable[[Source], object]]] = [
        ("warm", recognise_any),
        ("all", recognise_any),
        ("read", read_head),
    ]
    for name, look in looks:
        began = time.process_time()
        for source in sources:
            look(source)
        spent[name] = time.process_time() - began
    return (spent["all"] - spent["read"]) / len(sources) * 1000


def recognise_any(source: Source) -> Recognised:
    """Recognise a source by what its first records are."""
    return recognise(source, None)


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--many", type=int, default=100_000, help="how many files many are")
    arguments.add_argument("--only", default="", help="a part of the names of those to run")
    chosen = arguments.parse_args()
    print(f"| processor seconds, {chosen.rounds} interleaved rounds | ratio | seconds | beside | bar |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        for row in rows(Path(name), chosen.many):
            if chosen.only not in row.name:
                continue
            pairs = [
                (processor_seconds(row.command, Path(name)), processor_seconds(row.beside, Path(name)))
                for _ in range(chosen.rounds)
            ]
            ratio = statistics.median(over / under for over, under in pairs)
            over, under = (statistics.median(pair[at] for pair in pairs) for at in (0, 1))
            print(f"| {row.name} | {ratio:.2f} | {over:.2f} | {under:.2f} | {row.bar} |", flush=True)
    for title, folder, pattern, bar in (
        ("a file of one record", files_of_one(5_000), "*/*", 0.1),
        (f"a file of {LINES} lines", files_of_lines(), "*", 0.3),
    ):
        spent = statistics.median(recognition(folder, pattern) for _ in range(chosen.rounds))
        print(f"| to recognise {title}, ms beyond reading it | | {spent:.3f} | | <= {bar} |")


if __name__ == "__main__":
    main()
