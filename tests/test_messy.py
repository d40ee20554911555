"""What becomes of broken files: one table, each row a file, what is kept of it, and which lines are named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from llmcost.errors import FormatError, LimitError
from llmcost.ingest import Options, ingest
from llmcost.ingest.fast_check import fits_of
from llmcost.ingest.format import Format
from llmcost.ingest.limit import Limit
from llmcost.ingest.recognise import recognise
from llmcost.ingest.sieve import BadLine, closely
from llmcost.ingest.sources import open_source
from llmcost.store import Store
from tests.conftest import FIXTURES
from tests.test_ingest import record

ONE, TWO, THREE = record(1), record(2), record(3)
DEEP = b"[" * 5000 + b"]" * 5000


def changed(old: bytes, new: bytes) -> bytes:
    """Change the second of three records."""
    line = TWO.replace(old, new)
    assert line != TWO
    return ONE + line + THREE


def pretty(*lines: bytes) -> bytes:
    return b"\n".join(json.dumps(json.loads(line), indent=2).encode() for line in lines)


# name: (the file, requests kept, {line: what its reason says})
FILES: dict[str, tuple[bytes, int, dict[int, str]]] = {
    "byte order mark": (b"\xef\xbb\xbf" + ONE + TWO, 2, {}),
    "CRLF": ((ONE + TWO).replace(b"\n", b"\r\n"), 2, {}),
    "blank lines": (ONE + b"\n  \n" + TWO + b"\n", 2, {}),
    "no end of the last line": (ONE + TWO.rstrip(), 2, {}),
    "last line cut": (ONE + TWO[:60], 1, {}),  # it waits to be finished
    "line cut": (ONE + TWO[:60] + b"\n" + THREE, 2, {2: "cut off"}),
    "two records on a line": (ONE.rstrip() + TWO + THREE, 1, {1: "not valid JSON"}),
    "text after the record": (ONE + TWO.rstrip() + b" and more\n" + THREE, 2, {2: "not valid JSON"}),
    "invalid UTF-8": (changed(b"call-2", b"call-\xff"), 2, {2: "invalid UTF-8 at byte 13"}),
    "NUL": (changed(b"call-2", b"call\x002"), 2, {2: "NUL"}),
    "control character": (changed(b"call-2", b"call\x012"), 2, {2: "control character"}),
    "half a surrogate pair": (changed(b"call-2", b"call-2\\ud83d"), 3, {}),
    "duplicate key": (changed(b'{"id"', b'{"id": "other", "id"'), 3, {}),  # the last one counts
    "NaN as a number": (changed(b"2.1e-05", b"NaN"), 3, {}),  # unknown
    "NaN as a token count": (changed(b'"prompt_tokens": 100', b'"prompt_tokens": NaN'), 3, {}),
    # what a column holds is stored, and named where it is priced; one more is no count
    "a count of 19 digits": (changed(b'"prompt_tokens": 100', b'"prompt_tokens": 9223372036854770000'), 3, {}),
    "a count as a large float": (changed(b'"prompt_tokens": 100', b'"prompt_tokens": 9e18'), 3, {}),
    "a count too large for a column": (
        changed(b'"prompt_tokens": 100', b'"prompt_tokens": 9223372036854775808'),
        2,
        {2: "prompt_tokens is 9223372036854775808, not a token count"},
    ),
    "beyond a double": (changed(b"2.1e-05", b"1e999"), 2, {2: "response_cost is inf"}),
    "5,000 brackets deep": (changed(b'{"id"', b'{"deep": ' + DEEP + b', "id"'), 3, {}),
    "20 MB line": (changed(b'{"id"', b'{"padding": "' + b"x" * 20_000_000 + b'", "id"'), 3, {}),
    "40 MB line": (changed(b'{"id"', b'{"padding": "' + b"x" * 40_000_000 + b'", "id"'), 2, {2: "longer than 32 MB"}),
    "no objects": (ONE + b'[1,2]\n42\n"text"\nnull\n' + TWO, 2, {2: "list", 3: "number", 4: "text", 5: "null"}),
    "empty object": (ONE + b"{}\n" + TWO, 2, {2: "an empty object"}),
    "array": (b"[" + b",".join([ONE, TWO, THREE]) + b"]", 3, {}),
    "array with a broken record": (
        b"[\n" + ONE.rstrip() + b',\n{"id": }\n,\n' + THREE.rstrip() + b"\n]",
        2,
        {3: "not valid JSON"},
    ),
    "array cut": (b"[\n" + ONE.rstrip() + b",\n" + TWO[:70], 1, {3: "cut off"}),
    "an array a line": (b"[" + ONE.rstrip() + b"," + TWO.rstrip() + b"]\n[" + THREE.rstrip() + b"]\n", 3, {}),
    "pretty-printed": (pretty(ONE), 1, {}),
    "pretty-printed, one after the other": (pretty(ONE, TWO, THREE), 3, {}),
    "pretty array": (b"[" + pretty(ONE) + b",\n" + pretty(TWO) + b"]", 2, {}),
    "wrapped in data": (json.dumps({"data": [json.loads(ONE), json.loads(TWO)], "total": 2}, indent=1).encode(), 2, {}),
    "JSON as text": (json.dumps({"message": ONE.decode(), "stream": "x"}).encode() + b"\n", 1, {}),
}


@pytest.mark.parametrize("name", FILES)
def test_what_can_be_read_is_kept_and_the_rest_is_named(store: Store, tmp_path: Path, name: str) -> None:
    content, kept, named = FILES[name]
    log = tmp_path / "messy"
    log.write_bytes(content)

    summary = ingest(store, [str(log)])

    assert kept == summary.new == store.value("select count(*) from requests")
    assert list(named) == [reject.line for reject in summary.rejects]
    assert all(word in reject.reason for word, reject in zip(named.values(), summary.rejects, strict=True))


def has_room_for_a_line(content: bytes) -> bool:
    """Tell JSON lines from documents, which have no lines to put another between."""
    return content.removeprefix(b"\xef\xbb\xbf").startswith(ONE.rstrip())


@pytest.mark.parametrize("name", [n for n, (content, *_) in FILES.items() if has_room_for_a_line(content)])
def test_a_bad_line_elsewhere_in_the_file_changes_nothing(store: Store, tmp_path: Path, name: str) -> None:
    content, kept, named = FILES[name]
    log = tmp_path / "messy"
    log.write_bytes(ONE.replace(b"call-1", b"call-0") + b"oops\n" + content.removeprefix(b"\xef\xbb\xbf"))

    summary = ingest(store, [str(log)])

    assert kept + 1 == summary.new
    assert [2, *(line + 2 for line in named)] == [reject.line for reject in summary.rejects]


def test_nine_hundred_bad_lines_of_three_hundred_thousand_are_all_named(store: Store, tmp_path: Path) -> None:
    planted: dict[str, list[int]] = {}
    for name in ("a", "b", "c"):
        log = tmp_path / f"{name}.jsonl"
        lines = [record(number) for number in range(100_000)]
        bad = list(range(7 + ord(name), 100_000, 334))[:300]
        for at, number in enumerate(bad):
            lines[number] = (lines[number][:50] + b"\n", b"\xff\n", b'{"id": "x", "call_type": "y"}\n')[at % 3]
        log.write_bytes(b"".join(lines).replace(b"call-", b"call-" + name.encode()))
        planted[str(log.resolve())] = [number + 1 for number in bad]

    summary = ingest(store, [str(tmp_path)])

    assert (299_100, 900) == (summary.new, summary.rejected)
    found: dict[str, list[int]] = {}
    for reject in summary.rejects:
        found.setdefault(reject.path, []).append(reject.line)
    assert planted == found


ODD: tuple[Any, ...] = (
    None,
    "much",
    "",
    "12",
    -1,
    1.5,
    True,
    10**19,
    [],
    {},
    "{",
    '{"tokens": []}',
    [{"usage": "much"}],
)


@pytest.mark.parametrize("time_type", ["DOUBLE", "VARCHAR"])
@pytest.mark.parametrize("file", sorted(FIXTURES.glob("*.jsonl")), ids=lambda file: file.stem)
def test_what_fits_at_a_look_is_what_the_sieve_lets_through(file: Path, time_type: str) -> None:
    format = recognise(open_source(str(file), True), None).format
    fits = fits_of(format, time_type)
    texts = file.read_bytes().splitlines()[:4]
    found = [line for text in texts for line in (text, *spoiled(text)) if fits(line) and is_refused(line, format)]
    assert not found


def is_refused(line: bytes, format: Format) -> bool:
    try:
        closely(line, format)
    except BadLine:
        return True
    return False


def spoiled(text: bytes) -> Iterator[bytes]:
    """Put every odd value in the place of every value of a record."""
    record = json.loads(text)
    for parent, key, value in list(places(record)):
        for odd in ODD:
            parent[key] = odd
            yield json.dumps(record).encode()
        parent[key] = value


def places(value: Any) -> Iterator[tuple[Any, Any, Any]]:
    """Give each object or list with each key in it and what is there."""
    for key, inner in list(value.items() if isinstance(value, dict) else enumerate(value)):
        yield value, key, inner
        if isinstance(inner, dict | list):
            yield from places(inner)


def test_two_broken_files_among_many_are_found_without_a_look_at_each(tmp_path: Path) -> None:
    for number in range(64):
        bad = b"oops\n" if number in (5, 40) else b""
        (tmp_path / f"{number:02}.jsonl").write_bytes(record(number) + bad)
    store = Recorded()
    with store:
        summary = ingest(store, [str(tmp_path)])

    assert (64, 2) == (summary.new, summary.rejected)
    assert ["05.jsonl", "40.jsonl"] == [Path(reject.path).name for reject in summary.rejects]
    # only the first look at all is taken back: what is broken is found line by line, not by halves
    assert store.rollbacks == 1


# what no rule of the sieve names, and the query refuses: a time that is none, a cost that no column holds
REFUSED = (
    {"startTime": ""},
    {"startTime": "", "endTime": 1},
    {"response_cost": 1e18},
    {"response_cost": -3e17, "model": "other"},
)


def test_thousands_of_lines_that_a_query_refuses_are_named_in_a_few_looks(tmp_path: Path) -> None:
    bad = {number: REFUSED[number // 5 % len(REFUSED)] for number in range(3, 10_000, 5)}
    log = tmp_path / "a.jsonl"
    log.write_bytes(b"".join(record(number, **bad.get(number, {})) for number in range(10_000)))
    store = Recorded()
    with store:
        summary = ingest(store, [str(log)])
        kept = {id for (id,) in store.rows("select request_id from requests")}

    # 10,000 lines, of which a fifth is bad
    assert (8000, 2000) == (summary.new, summary.rejected)
    assert [number + 1 for number in bad] == sorted(reject.line for reject in summary.rejects)
    assert {f"call-{number}" for number in range(10_000)} - {f"call-{number}" for number in bad} == kept
    # by halves line by line it would be over 2,000; it is a few for each kind of line, however many are of it
    assert store.rollbacks <= 60


def test_one_line_that_a_query_refuses_costs_none_that_looks_like_it(store: Store, tmp_path: Path) -> None:
    # a day that there is not, in a spelling that only the query knows
    record = json.loads((FIXTURES / "envoy.jsonl").read_text(encoding="utf-8").splitlines()[0])
    times = ["2026-02-30 10:00:00 UTC" if number == 7 else "2026-03-30 10:00:00 UTC" for number in range(40)]
    log = tmp_path / "a.jsonl"
    log.write_text("".join(json.dumps({**record, "start_time": time}) + "\n" for time in times), encoding="utf-8")

    summary = ingest(store, [str(log)])

    assert [8] == [reject.line for reject in summary.rejects]
    assert 39 == summary.new + summary.duplicates


class Recorded(Store):
    """A store that counts what was tried and taken back."""

    rollbacks = 0

    def execute(self, sql: str, parameters: object = None) -> duckdb.DuckDBPyConnection:
        self.rollbacks += sql == "rollback"
        return super().execute(sql, parameters)


def test_a_limit_of_bad_lines_stores_nothing_of_the_batch(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "a.jsonl"
    log.write_bytes(ONE + b"oops\n" + TWO + THREE)

    for limit, word in ((Limit(lines=0), "1 bad line of 4"), (Limit(percent=24.9), "of 4")):
        with pytest.raises(LimitError, match=word):
            ingest(store, [str(log)], options=Options(limit=limit))
        assert store.value("select count(*) from requests") == 0
    assert ingest(store, [str(log)], options=Options(limit=Limit(percent=25.0))).new == 3


def test_an_excerpt_shows_the_shape_and_no_text(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "a.jsonl"
    log.write_bytes(ONE + b'{"id": "secret name", "prompt_tokens": "many secrets", "secret key": 12\n')

    (reject,) = ingest(store, [str(log)]).rejects

    assert '{"id": "…", "prompt_tokens": "…", "…": 12' == reject.excerpt
    assert [(reject.line, reject.reason, reject.excerpt)] == store.rows("select line, reason, excerpt from rejects")


def test_the_first_row_of_a_table_without_a_header_is_not_quoted(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "a.csv"
    log.write_text("7,my secret prompt,gpt-4o\n8,another,gpt-4o\n", encoding="utf-8")

    with pytest.raises(FormatError, match="not in a format") as refusal:
        ingest(store, [str(log)])
    assert "secret" not in refusal.value.message
