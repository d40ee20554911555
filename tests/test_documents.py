"""Whatever a log calls something, Markdown and CSV show exactly that, and nothing happens."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from llmcost.render import Table, render
from llmcost.render.cell import sanitize_for_terminal
from llmcost.render.md import escaped

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
NASTY = (
    "<img src=x onerror=alert(1)>",
    "[a](https://evil.example)",
    "![a](https://evil.example/p.png)",
    "@everyone",
    "&commat;everyone",
    "&#64;everyone",
    "fixes #1",
    "owner/name#12",
    "GH-12",
    "https://evil.example",
    "www.evil.example",
    "a@evil.example",
    "`code`",
    "``",
    "`@a|b`",
    "\\|",
    "\\\\|@x",
    "a|b",
    "a\nb\r\n\u2028c",
    "**b** _i_ ~~s~~",
    "<!-- c",
    "</details>",
    "| --- |",
    "$x$",
    ":smile:",
    " @ ",
    "0123456789abcdef0123456789abcdef01234567",
)
# what a server links in the text of a page, outside of code
LINKS = re.compile(r"[@#][A-Za-z0-9]|https?://|www\.|GH-\d|:[a-z]+:")
PIECES = st.sampled_from([*NASTY, *"\\`*_|[]()<>@#!&~ $:.-", "a", "1", "x/y", "evil.example"])
TEXTS = st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=8).map("".join))


def leaves(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield from leaves(token.children) if token.children else [token]


def read(markdown: str) -> list[str]:
    """Read the cells of a table; whatever is neither text nor code, nor the table, fails."""
    cells: list[str] = []
    for token in PARSER.parse(markdown):
        if token.type != "inline":
            assert re.fullmatch(r"(table|thead|tbody|tr|th|td)_(open|close)", token.type), token
            continue
        found = list(leaves(token.children or []))
        assert {"text", "text_special", "code_inline"} >= {each.type for each in found}
        assert [] == [each.content for each in found if each.type == "text" and LINKS.search(each.content)]
        cells.append("".join(each.content for each in found))
    return cells


@pytest.mark.parametrize("text", NASTY)
def test_a_nasty_name_is_shown_and_does_nothing(text: str) -> None:
    assert_shown(text)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_any_text_is_shown_as_it_is_and_does_nothing(text: str) -> None:
    assert_shown(text)


def assert_shown(text: str) -> None:
    table = Table("t", ("model", "requests"), [(text, 1), ("b", 2)], {}, {})

    found = read("".join(render(table, "md")))

    assert ["model", "requests", sanitize_for_terminal(text).strip(), "1", "b", "2"] == [each.strip() for each in found]


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_a_name_in_a_sentence_stays_in_it(text: str) -> None:
    tokens = PARSER.parse(f"- **x {escaped(text)} y**\n")

    found = [each for token in tokens if token.type == "inline" for each in leaves(token.children or [])]
    assert 1 == sum(token.type == "inline" for token in tokens)
    assert not {"html_inline", "link_open", "image"} & {each.type for each in found}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-cmd", "'-cmd"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "' =1"),
        ("\r=1", "' =1"),
        ("a\x1b[31m\nb", "a?[31m b"),
        (Decimal("-1.50"), "-1.5"),
        (-3, "-3"),
        ("gpt-4o", "gpt-4o"),
    ],
)
def test_a_text_is_no_formula_in_csv_and_a_number_stays_one(value: object, expected: str) -> None:
    table = Table("t", ("model",), [(value,)], {}, {})

    head, row = csv.reader(io.StringIO("".join(render(table, "csv"))))
    assert (["model"], [expected]) == (head, row)
