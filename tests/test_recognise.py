"""A look at a few lines says what a vote of all of them says, and an index of marks what trying them all says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcost.errors import FormatError
from llmcost.ingest import recognise as recognising
from llmcost.ingest.election import best
from llmcost.ingest.format import Format, Record, formats
from llmcost.ingest.json_text import NotJson, decode
from llmcost.ingest.recognise import recognise
from llmcost.ingest.settled import settled
from llmcost.ingest.sources import open_source
from tests.conftest import FIXTURES


def lines_of(file: Path) -> list[bytes]:
    return [line for line in file.read_bytes().splitlines() if line.strip()]


def is_lines(file: Path) -> bool:
    try:
        return all(isinstance(decode(line), dict) for line in lines_of(file))
    except NotJson:
        return False


FILES = {file.name: lines_of(file) for file in sorted(FIXTURES.glob("*.jsonl")) if is_lines(file)}
# a file of one kind, and some lines of another in it
mixes = st.tuples(
    *(st.sampled_from(sorted(FILES)), st.sampled_from(sorted(FILES))),
    *(st.integers(1, 220), st.integers(0, 60), st.randoms(use_true_random=False)),
)


def looked_at(file: Path) -> tuple[Any, ...] | str:
    """Recognise a file, or say why it cannot be."""
    try:
        found = recognise(open_source(str(file), True), None)
    except FormatError as error:
        return error.message
    return found.shape, found.is_wrapped, found.format.name


def voted(file: Path) -> tuple[Any, ...] | str:
    """Recognise a file by a vote of all its first records."""
    with pytest.MonkeyPatch.context() as without:
        without.setattr(recognising, "settled", lambda *_: None)
        return looked_at(file)


@settings(deadline=None, max_examples=150)
@given(mix=mixes)
def test_whatever_is_mixed_a_look_says_what_the_vote_says(
    mix: tuple[str, str, int, int, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    first, second, many, few, random = mix
    lines = [random.choice(FILES[first]) for _ in range(many)] + [random.choice(FILES[second]) for _ in range(few)]
    if few % 2:
        random.shuffle(lines)
    file = tmp_path_factory.mktemp("mix") / "log.jsonl"
    file.write_bytes(b"\n".join(lines) + b"\n")

    assert voted(file) == looked_at(file)


@pytest.mark.parametrize("name", [name for name, lines in FILES.items() if lines])
def test_a_file_of_one_kind_over_and_over_is_as_voted(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / name
    file.write_bytes(b"\n".join(FILES[name] * (1 + 250 // len(FILES[name]))) + b"\n")

    assert voted(file) == looked_at(file)


def look(lines: list[bytes], is_cut: bool = False) -> tuple[Format, list[Record]] | None:
    return settled(b"\n".join(lines), 200, is_cut)


def test_a_last_line_that_the_look_cuts_does_not_count() -> None:
    lines = [*FILES["litellm.jsonl"][:1] * 20, b'{"id": "half of a li']

    assert look(lines) is None
    found = look(lines, is_cut=True)
    assert found is not None and found[0].name == "litellm"


def test_a_log_of_one_kind_is_settled_by_a_few_of_its_lines() -> None:
    lines = FILES["litellm.jsonl"][:1] * 200
    found = look(lines)

    assert found is not None
    assert ("litellm", 8) == (found[0].name, len(found[1]))


def test_one_line_of_another_kind_that_a_look_does_not_read_is_seen() -> None:
    lines = FILES["litellm.jsonl"][:1] * 200
    lines[3] = b'{"event": "started"}'

    assert look(lines) is None


def test_few_lines_all_vote_and_one_of_another_mind_is_heard() -> None:
    lines = FILES["litellm.jsonl"][:1] * 3

    assert look(lines) is not None
    assert look([*lines, b'{"event": "started"}']) is None
    assert look([*lines, b"not JSON"]) is None
    assert look([]) is None


def every_object(value: Any) -> list[dict[str, Any]]:
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return [*([value] if isinstance(value, dict) else []), *(found for item in inner for found in every_object(item))]


@pytest.mark.parametrize("name", sorted(FILES))
def test_the_index_of_marks_claims_what_each_format_claims(name: str) -> None:
    for record in (found for line in FILES[name] for found in every_object(decode(line))):
        claims = {format.name: format.claims(record) for format in formats().values()}
        most = max(claims.values())

        assert [format for format, marks in claims.items() if marks == most > 0] == best(record, formats())
