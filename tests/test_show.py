"""One request is shown whole: its facts, its cost, its chain, its findings, its record without what was said in it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from llmcost.cli.reading import Reading
from llmcost.cli.show.chain import elapsed
from llmcost.cli.show.fold import fold
from llmcost.cli.show.found import HINT
from llmcost.cli.show.request import GROUPS, OWN, facts
from llmcost.cli.show.run import run_raw, run_show
from llmcost.cli.show.source import as_json, source_of
from llmcost.demo import write_month
from llmcost.errors import UsageError
from llmcost.ingest import ingest
from llmcost.ingest.source_record import find_originals
from llmcost.pricing import Book
from llmcost.report import queries
from llmcost.store import Priced, Store
from tests.conftest import FIXTURES, Run
from tests.logs import request, write_log
from tests.spoken import JSON_LOGS, SECRET
from tests.test_ingest import record
from tests.test_shapes import RECORDS, SHAPES, as_csv, zstd

RETRIED = "chatcmpl-invented-retried"
Show = Callable[..., str]
Document = Callable[..., dict[str, Any]]
LINES = (FIXTURES / "litellm.jsonl").read_bytes().splitlines(keepends=True)


@pytest.fixture
def show(capsys: pytest.CaptureFixture[str]) -> Show:
    """Show a request without the detectors, as the command does."""

    def run(id: str, db: Path, *, format: str | None = None, output: Path | None = None, detects: bool = False) -> str:
        assert 0 == run_show(Reading(db=db, format=format, output=output), id, detects=detects)
        return capsys.readouterr().out

    return run


@pytest.fixture
def document(show: Show) -> Document:
    """Show a request as JSON."""

    def run(id: str, db: Path, *, detects: bool = False) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads(show(id, db, format="json", detects=detects), parse_float=Decimal)
        return loaded

    return run


def kept(tmp_path: Path, content: bytes, name: str = "log.jsonl") -> tuple[Path, Path]:
    """Write a log and a store of it."""
    log, db = tmp_path / name, tmp_path / "store.duckdb"
    log.write_bytes(content)
    with Store(db) as store:
        ingest(store, [str(log)])
    return log, db


def test_every_column_of_a_request_is_shown_or_is_the_stores_own(store: Store) -> None:
    columns = {name for name, *_ in store.rows("describe requests")}

    assert columns <= {name for names in GROUPS.values() for name in names} | set(OWN)


def test_a_request_is_told_in_sections_that_fit_80_columns(llmcost: Run, first_store: Path) -> None:
    done = llmcost("show", RETRIED, "--db", first_store)

    headings = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert ["Request", "When", "Who", "What", "Outcome", "Usage", "Cost", "Chain"] == headings[:8]
    with Store(first_store, read_only=True) as store:
        count = store.value("select count(*) from requests")
    assert [f"Detectors, over {count} requests", "Record in the log (litellm)"] == headings[8:]
    for line in done.stdout.splitlines():
        assert len(line) <= 80 or " " not in line.strip()


def test_what_is_not_known_is_not_shown_and_units_are(show: Show, first_store: Path) -> None:
    text = show(RETRIED, first_store)

    # 300 tokens in 1.4 s, and no first token since it was not streamed
    for words in ("1,400 ms", "214.3 tokens/s, over all of it", "2,000 tokens", "cache inside the input", "429"):
        assert words in text
    assert "first token" not in text and "None" not in text and "Detectors" not in text


def test_a_stream_has_a_first_token_and_is_measured_from_there(document: Document, first_store: Path) -> None:
    (request,) = document("chatcmpl-invented-0003", first_store)["requests"]

    # 0.4 s to the first token, then 110 tokens in 1.0 s
    assert (1400, 400, 110) == tuple(
        request[name] for name in ("duration_ms", "time_to_first_token_ms", "output_tokens_per_second")
    )


@pytest.mark.parametrize("id", ["chatcmpl-invented-0003", "failed-invented-0"])
def test_the_cost_is_that_of_pricing_explain(
    llmcost: Run, show: Show, document: Document, first_store: Path, id: str
) -> None:
    explained = llmcost("pricing", "explain", id, "--db", first_store)
    rows = json.loads(llmcost("pricing", "explain", id, "--db", first_store, "-f", "json").stdout, parse_float=Decimal)[
        "rows"
    ]
    (request,) = document(id, first_store)["requests"]
    shown = show(id, first_store)

    assert rows == request["charges"]
    assert sum(row["cost_usd"] for row in rows) == request["cost_usd"]
    for line in explained.stdout.splitlines()[1:]:
        assert f"  {line.strip()}\n" in shown


def test_a_chain_is_the_attempts_in_order_with_their_sum(show: Show, document: Document, first_store: Path) -> None:
    shown = document("failed-invented-1", first_store)

    # two attempts are refused; the third is 2,000 x $2.5 / 1M + 300 x $10 / 1M = $0.005 + $0.003
    assert [
        (False, "failed-invented-0", 0, 200, "error", 429, 0),
        (True, "failed-invented-1", 1100, 200, "error", 429, 0),
        (False, RETRIED, 3000, 1400, "ok", 200, Decimal("0.008")),
    ] == [
        tuple(
            row[name]
            for name in ("is_shown", "request_id", "offset_ms", "duration_ms", "status", "http_status_code", "cost_usd")
        )
        for row in shown["rows"]
    ]
    assert (3, Decimal("0.008"), 3, 3) == tuple(
        shown["chain"][name] for name in ("attempts", "attempts_cost_usd", "requests", "of_requests")
    )
    text = show("failed-invented-1", first_store)
    assert "  3 attempts of this call: $0.008\n" in text
    assert "  > +1.100 s  0.200 s  error 429  $0      openai/gpt-4o\n" in text


def test_a_chain_holds_the_nearest_of_a_session_and_a_prompt_sent_again(document: Document, tmp_path: Path) -> None:
    shared = {"llmcost": 1, "provider_name": "openai", "request_model": "gpt-4o", "output_tokens": 10}
    session = [
        {**shared, "request_id": f"s{n}", "session_id": "one", "started_at": f"2026-03-01T12:{n:02}:00Z"}
        for n in range(40)
    ]
    again = [
        {**shared, "request_id": f"p{n}", "prompt_hash": "p", "api_key_alias": key, "started_at": f"2026-04-01T{at}Z"}
        for n, (key, at) in enumerate(
            [("app", "12:00:00"), ("app", "12:30:00"), ("app", "14:00:00"), ("other", "12:01:00")]
        )
    ]
    _, db = kept(tmp_path, "\n".join(json.dumps(row) for row in session + again).encode())

    chain = document("s20", db)
    prompt = document("p0", db)

    assert [f"s{n}" for n in range(10, 31)] == [row["request_id"] for row in chain["rows"]]
    assert (1, 21, 40) == tuple(chain["chain"][name] for name in ("attempts", "requests", "of_requests"))
    assert [("p0", "attempt"), ("p1", "prompt")] == [(row["request_id"], row["relation"]) for row in prompt["rows"]]


def test_attempts_that_share_an_id_are_all_shown(document: Document, tmp_path: Path) -> None:
    line = {
        "llmcost": 1,
        "request_id": "r1",
        "provider_name": "openai",
        "request_model": "gpt-4o",
        "input_tokens": 1000,
    }
    log = [
        {**line, "attempt_number": 1, "started_at": "2026-03-01T12:00:00Z", "response_id": "a", "output_tokens": 0},
        {**line, "request_id": "r2", "started_at": "2026-03-01T12:00:05Z", "response_id": "a", "output_tokens": 100},
    ]
    _, db = kept(tmp_path, "\n".join(json.dumps(row) for row in log).encode())

    shown = document("a", db)

    assert ["r1", "r2"] == [request["request_id"] for request in shown["requests"]]
    # 1,000 x $2.5 / 1M, and 100 x $10 / 1M more
    assert [Decimal("0.0025"), Decimal("0.0035")] == [request["cost_usd"] for request in shown["requests"]]
    assert [1, 2] == [request["source"]["records"][0]["line"] for request in shown["requests"]]


@pytest.mark.parametrize("format", ["csv", "tsv", "jsonl", "md"])
def test_other_formats_give_the_chain(show: Show, first_store: Path, format: str) -> None:
    chain = show(RETRIED, first_store, format=format)

    assert all(id in chain for id in ("failed-invented-0", "failed-invented-1", RETRIED))


def test_a_part_of_an_id_will_do_if_only_one_begins_so(llmcost: Run, show: Show, first_store: Path) -> None:
    several = llmcost("show", "chatcmpl-invented-000", "--db", first_store)

    assert RETRIED in show("chatcmpl-invented-ret", first_store)
    assert (2, "") == (several.returncode, several.stdout)
    names = ("chatcmpl-invented-0001", "chatcmpl-invented-0001_cache_hit1793700000.5", "chatcmpl-invented-0002")
    assert several.stderr.endswith(f"hint: for example {', '.join(names)}\n")
    for id, words in {"vented-0002": "alike are chatcmpl-invented-0002", "no-such-id": HINT, " ": HINT}.items():
        with pytest.raises(UsageError) as refused:
            show(id, first_store)
        assert words == refused.value.hint


def test_logs_are_read_in_memory(llmcost: Run, tmp_path: Path) -> None:
    done = llmcost("show", RETRIED, FIXTURES / "litellm.jsonl", "--no-detect")

    assert (0, False) == (done.returncode, (tmp_path / "llmcost.duckdb").exists())
    assert f"{FIXTURES / 'litellm.jsonl'}:30\n" in done.stdout


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Any]]:
    folder = tmp_path_factory.mktemp("month")
    (folder / "logs").mkdir()
    planted = list(write_month(folder / "logs", Decimal("0.02"), 7, lambda: None).planted)
    with Store(folder / "store.duckdb") as store:
        ingest(store, [str(folder / "logs")])
    return folder / "store.duckdb", planted


@pytest.mark.parametrize("detector", ["retries", "embeddings"])
def test_a_planted_finding_is_told_with_its_saving(
    document: Document, month: tuple[Path, list[Any]], detector: str
) -> None:
    db, planted = month
    row = next(row for row in planted if row.detector == detector)

    shown = document(row.request_id, db, detects=True)

    (finding,) = [found for found in shown["requests"][0]["findings"] if found["detector"] == detector]
    assert row.saving_usd == finding["saving_usd"]
    assert finding["saving_low_usd"] <= finding["saving_usd"] <= finding["saving_high_usd"]
    assert finding["evidence"] and finding["certainty"] in ("proven", "likely", "possible")
    assert [detector] == [row["found_by"] for row in shown["rows"] if row["is_shown"]]


def test_detectors_that_are_quiet_or_cannot_run_are_named(llmcost: Run, tmp_path: Path) -> None:
    _, db = kept(tmp_path, record(1) + record(2))

    text = llmcost("show", "call-1", "--db", db).stdout
    left_out = llmcost("show", "call-1", "--db", db, "--where", "model=other").stdout

    assert "  quiet: " in text and "\n  embeddings: cannot run: these logs have " in text
    assert "  not asked: --since, --until and --where leave the request out\n" in left_out
    assert "quiet:" not in left_out


def test_where_no_detector_can_run_the_rest_is_shown(llmcost: Run, tmp_path: Path) -> None:
    line = {"llmcost": 1, "request_id": "r", "started_at": "2026-03-01T12:00:00Z", "request_model": "m"}
    _, db = kept(tmp_path, json.dumps(line).encode())

    done = llmcost("show", "r", "--db", db)

    assert (0, "") == (done.returncode, done.stderr)
    assert "Chain" in done.stdout and "cannot run" in done.stdout


def test_a_line_is_printed_as_it_is(llmcost: Run, first_store: Path) -> None:
    done = llmcost("show", RETRIED, "--raw", "--db", first_store)

    assert LINES[29].decode() == done.stdout
    assert f"{FIXTURES / 'litellm.jsonl'}:30\n" == done.stderr


@pytest.mark.parametrize("shape", ["gz", "zst"])
def test_a_compressed_line_is_printed_as_it_is(llmcost: Run, tmp_path: Path, shape: str) -> None:
    content = b"".join(LINES)
    log, db = kept(tmp_path, gzip.compress(content) if shape == "gz" else zstd(content), f"log.{shape}")

    done = llmcost("show", RETRIED, "--raw", "--db", db)

    assert (LINES[29].decode(), f"{log}:30\n") == (done.stdout, done.stderr)


def test_an_object_of_an_array_is_printed_as_it_is(llmcost: Run, tmp_path: Path) -> None:
    log, db = kept(tmp_path, json.dumps(RECORDS, indent=2).encode())
    pretty = json.dumps(RECORDS, indent=2)
    start = pretty.index("  {\n    " + f'"id": "{RETRIED}"') + 2

    done = llmcost("show", RETRIED, "--raw", "--db", db)

    end = pretty.index("\n  }", start) + 4
    assert (pretty[start:end] + "\n", f"{log}:{pretty[:start].count(chr(10)) + 1}\n") == (done.stdout, done.stderr)


def test_a_row_of_a_table_is_printed_as_it_is_over_all_its_lines(llmcost: Run, tmp_path: Path) -> None:
    table = as_csv([{**row, "note": "two\nlines"} for row in RECORDS]).decode()
    log, db = kept(tmp_path, table.encode(), "log.csv")
    # the head, then two lines for each of the 29 rows before it; of Windows' ends only \n counts
    expected = next(row for row in table.split('lines"\r\n') if RETRIED in row) + 'lines"\r\n'

    done = llmcost("show", RETRIED, "--raw", "--db", db, "-o", tmp_path / "row")

    assert (expected.encode(), f"{log}:60\n") == ((tmp_path / "row").read_bytes(), done.stderr)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("id", ["failed-invented-0", RETRIED, "chatcmpl-invented-house"])
def test_a_record_is_found_in_every_shape(tmp_path: Path, shape: str, id: str) -> None:
    (tmp_path / "log").write_bytes(SHAPES[shape])

    (found,) = find_originals(str(tmp_path / "log"), "litellm", [id]).found

    held = found.record
    if "message" in held:
        held = json.loads(held["message"])
    if "data" in held:
        held = next(row for row in held["data"] if row["id"] == id)
    assert id == held["id"]
    assert shape.startswith(("gzip", "zstd")) or found.text in SHAPES[shape]


def test_a_row_of_parquet_is_found(tmp_path: Path) -> None:
    log = tmp_path / "log.parquet"
    duckdb.sql(f"copy (from read_json('{FIXTURES / 'litellm.jsonl'}')) to '{log}' (format parquet)")

    (found,) = find_originals(str(log), "litellm", [RETRIED]).found

    assert (30, RETRIED) == (found.line, found.record["id"])


def test_an_id_inside_another_is_not_it_and_one_that_only_points_there_neither(tmp_path: Path) -> None:
    rows = [{"id": "r-10"}, {"id": "x", "parent_id": "r-1"}, {"id": "r-1", "text": 'said "r-10"'}, {"id": "pre-r-1"}]
    (tmp_path / "log").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")

    originals = find_originals(str(tmp_path / "log"), "litellm", ["r-1"])

    assert [3] == [original.line for original in originals.found]


def test_of_records_that_hold_an_id_those_count_that_fit_the_request_best(tmp_path: Path) -> None:
    rows = [{"session": "s", "tokens": 1}, {"session": "s", "tokens": 2}, {"session": "s", "tokens": 2}]
    (tmp_path / "log").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")

    originals = find_originals(str(tmp_path / "log"), "litellm", ["none", "s"], frozenset({"2"}))

    assert ("s", [2, 3]) == (originals.id, [original.line for original in originals.found])


@pytest.mark.parametrize("block", [1, 64, 1 << 20])
def test_lines_are_counted_whatever_the_blocks(tmp_path: Path, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llmcost.ingest.source_record.BLOCK_BYTES", block)
    (tmp_path / "log").write_bytes(b"\n\r\n" + b"".join(record(n) for n in range(50)))

    (found,) = find_originals(str(tmp_path / "log"), "litellm", ["call-40"]).found

    assert (43, record(40)) == (found.line, found.text)


def test_a_record_that_is_not_there_any_more_is_said_to_be_so(llmcost: Run, show: Show, tmp_path: Path) -> None:
    log, db = kept(tmp_path, record(1))
    said = []
    for change in (lambda: log.write_bytes(record(2) + record(3)), log.unlink):
        change()
        shown = show("call-1", db)
        raw = llmcost("show", "call-1", "--db", db, "--raw")
        assert (0, "") == (raw.returncode, raw.stdout)
        said.append((" ".join(shown.split()), raw.stderr))

    for (shown_text, raw_text), words in zip(
        said, ("no record in it has this id, and the file has changed since", "the file is gone"), strict=True
    ):
        assert f"not shown: {words}" in shown_text and words in raw_text


def test_a_record_without_an_id_cannot_be_looked_for(show: Show, tmp_path: Path) -> None:
    line = {"llmcost": 1, "started_at": "2026-03-01T12:00:00Z", "request_model": "m", "input_tokens": 1}
    _, db = kept(tmp_path, json.dumps(line).encode())

    assert "llmcost makes one up where the log has none" in " ".join(show("llmcost-", db).split())


def test_what_came_in_by_a_pipe_is_not_kept(llmcost: Run) -> None:
    llmcost("ingest", "-", input=record(1).decode())

    assert "not shown: it was read from standard input, which is not kept" in llmcost("show", "call-1").stdout


def test_an_archive_that_breaks_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    content = gzip.compress(b"".join(record(n, padding="x" * (n % 97)) for n in range(20_000)))
    (tmp_path / "log").write_bytes(content[: len(content) // 2])

    assert 1 == len(find_originals(str(tmp_path / "log"), "litellm", ["call-10"]).found)
    assert () == find_originals(str(tmp_path / "log"), "litellm", ["call-19999"]).found


@pytest.fixture(scope="module")
def priced_said(said: Path, book: Book) -> Iterator[Priced]:
    with Store(said, read_only=True) as store:
        yield store.price(book)


@pytest.mark.parametrize("file", JSON_LOGS, ids=lambda file: file.name)
def test_what_was_said_is_nowhere_in_what_is_shown(priced_said: Priced, file: Path) -> None:
    wanted = priced_said.derive(
        "select dedupe_key from requests join files using (file_id) where ends_with(path, $name)",
        name=f"/{file.name}",
    )
    for row in priced_said.records(queries()["show_requests"], {"wanted": wanted}):
        assert SECRET not in json.dumps([facts(row), as_json(source_of(priced_said.store, row))], default=str)


@pytest.mark.parametrize("shape", ["jsonl", "csv"])
def test_a_prompt_is_shown_under_raw_alone(llmcost: Run, show: Show, tmp_path: Path, shape: str) -> None:
    asked = [{"role": "user", "content": f"{SECRET} user"}]
    answer = {"choices": [{"message": {"content": f"{SECRET} answer", "extra": SECRET}, "finish_reason": "stop"}]}
    line = record(
        1, messages=asked, response=answer, question=f"{SECRET} 1", metadata={"note": SECRET}, **{f"a {SECRET}": 1}
    )
    content = line if shape == "jsonl" else as_csv([json.loads(line)])
    _, db = kept(tmp_path, content, f"log.{shape}")

    shown = [show("call-1", db, format=format, detects=True) for format in (None, "json", "csv")]
    raw = llmcost("show", "call-1", "--db", db, "--raw")

    assert [] == [text for text in shown if SECRET in text]
    assert SECRET in raw.stdout and SECRET not in raw.stderr
    assert f"<{len(SECRET) + 2} characters>" in shown[0]


def test_raw_is_of_no_other_format(first_store: Path) -> None:
    with pytest.raises(UsageError, match="in no other format"):
        run_raw(Reading(db=first_store, format="json"), RETRIED)


def test_the_text_can_go_to_a_file(show: Show, first_store: Path, tmp_path: Path) -> None:
    assert "" == show(RETRIED, first_store, output=tmp_path / "text")
    assert RETRIED in (tmp_path / "text").read_text(encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be written"):
        show(RETRIED, first_store, output=tmp_path / "none" / "text")


def test_a_long_line_is_broken_at_words_under_its_value() -> None:
    assert ["  label  one two", "         three"] == list(fold("  label  one two three", 18))
    assert ["Heading"] == list(fold("Heading", 16))
    assert ["  label", "    " + "x" * 20] == list(fold("  label  " + "x" * 20, 16))


def test_a_terminal_obeys_no_character_of_a_log() -> None:
    assert ["  id  a?[31mb"] == list(fold("  id  a\x1b[31mb", 80))


def test_a_time_that_passed_is_told_as_exactly_as_it_matters() -> None:
    assert ["0.003 s", "1 min 0 s", "1 h 1 min", "2 d 3 h"] == [
        elapsed(ms) for ms in (3, 60_000, 3_660_000, 51 * 3_600_000)
    ]


@pytest.mark.parametrize(
    ("hashes", "said"), [({"prompt_hash": "p"}, "not within an hour"), ({}, "its prompt is not known")]
)
def test_a_request_that_is_alone_says_what_is_known_of_its_prompt(
    llmcost: Run, tmp_path: Path, hashes: dict[str, str], said: str
) -> None:
    write_log(tmp_path / "log.jsonl", [request("1", started_at="2026-03-01T00:00:00Z", status="ok", **hashes)])
    done = llmcost("show", "r1", "log.jsonl")

    assert said in " ".join(done.stdout.split())
