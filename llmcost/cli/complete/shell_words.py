"""Bash cuts words at = and : before it asks what completes them; here they are put together again."""

from __future__ import annotations

import contextlib
import io
import os
import re
from collections.abc import Callable, Iterator

CUTS = re.compile(r"[=:]+")
QUOTES = ("'", '"')
SPECIAL = re.compile(r"([^\w@%+=:,./!-])")


def is_asked() -> bool:
    """Tell whether a shell asks for completions."""
    return "_LLMCOST_COMPLETE" in os.environ


def answer(run: Callable[[], object]) -> int:
    """Run the program as a shell asks it: nothing but completions on stdout, nothing on stderr; gives the exit code."""
    is_bash = os.environ["_LLMCOST_COMPLETE"] == "complete_bash"
    begin, is_quoted = rejoin() if is_bash else ("", False)
    out, code = io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        try:
            run()
        except SystemExit as done:
            # fish reads it: 1 is "no completions, files will do"
            code = 1 if done.code else 0
        except Exception:
            code = 1
    for line in out.getvalue().splitlines():
        text = line.removeprefix(begin)
        print(SPECIAL.sub(r"\\\1", text) if is_bash and not is_quoted else text)
    return code


def rejoin() -> tuple[str, bool]:
    """Put bash's words together in the environment; gives what of the present word it has already, and if in quotes."""
    pieces = re.split(r"\n" if "\n" in os.environ.get("COMP_WORDS", "") else " ", os.environ.get("COMP_WORDS", ""))
    at = min(int(os.environ.get("COMP_CWORD", "0")), len(pieces))
    whole, begin = list(together(pieces[:at])), ""
    present = pieces[at] if at < len(pieces) else ""
    if CUTS.fullmatch(present) and whole:
        begin = present = whole.pop() + present
    elif present and whole and at and CUTS.fullmatch(pieces[at - 1]):
        begin = whole.pop()
        present = begin + present
    if begin.startswith("-"):
        # the value alone is completed
        begin = begin.partition("=")[2]
    os.environ["COMP_WORDS"], os.environ["COMP_CWORD"] = "\n".join([*whole, present]), str(len(whole))
    return begin, present.startswith(QUOTES)


def together(pieces: list[str]) -> Iterator[str]:
    """Join the pieces of each word."""
    word = ""
    for piece in pieces:
        if word and piece and (CUTS.fullmatch(piece) or CUTS.fullmatch(word[-1])):
            word += piece
            continue
        if word:
            yield word
        word = piece
    if word:
        yield word
