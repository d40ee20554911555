"""Keys of a terminal, one at a time, without waiting for the end of a line; the terminal is left as it was found."""

from __future__ import annotations

import os
import select
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager

from llmcost.watch.view import BACK_TAB, BACKSPACE, DOWN, ENTER, ESCAPE, TAB, UP

NAMED = {
    "\t": TAB,
    "\x1b[Z": BACK_TAB,
    "\r": ENTER,
    "\n": ENTER,
    "\x1b": ESCAPE,
    "\x7f": BACKSPACE,
    "\b": BACKSPACE,
    "\x1b[A": UP,
    "\x1b[B": DOWN,
    "\x1bOA": UP,
    "\x1bOB": DOWN,
}
AT_ONCE = 1024  # bytes


@contextmanager
def single_keys(file: int) -> Iterator[None]:
    """Let keys come one at a time and unseen while the block runs, whatever ends it."""
    former = termios.tcgetattr(file)
    try:
        tty.setcbreak(file)
        yield
    finally:
        termios.tcsetattr(file, termios.TCSADRAIN, former)


def keys_within(file: int, seconds: float) -> list[str] | None:
    """Wait so long for keys, and give those that were pressed; None where the terminal is gone."""
    if not select.select([file], [], [], seconds)[0]:
        return []
    try:
        found = os.read(file, AT_ONCE)
    except OSError:
        return None
    return list(split(found.decode(errors="ignore"))) if found else None


def split(text: str) -> Iterator[str]:
    """Cut what a terminal sent into keys; a sequence that means nothing here is no key."""
    at = 0
    while at < len(text):
        size = sequence(text[at:]) if text[at] == "\x1b" else 1
        part = text[at : at + size]
        at += size
        if part in NAMED:
            yield NAMED[part]
        elif part.isprintable():
            yield part


def sequence(text: str) -> int:
    """Measure what begins with an escape: the key itself, or a sequence to its last letter."""
    if len(text) < 3 or text[1] not in "[O":
        return 1
    end = next((at for at, letter in enumerate(text[2:], 2) if letter.isalpha() or letter == "~"), len(text) - 1)
    return end + 1
