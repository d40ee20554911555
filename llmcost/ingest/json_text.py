"""JSON as logs hold it: read into plain values, or refused with the place where it stops being JSON."""

from __future__ import annotations

import re
from typing import Any

import msgspec

PLACE = re.compile(r"(?:JSON is malformed: )?(.*?) \((?:byte|char) (\d+)\)")
SPACE = 0x20  # a byte below it is a control character


class NotJson(ValueError):
    """Text that is not JSON: why, and at which byte, from 0, it stops being JSON."""

    def __init__(self, reason: str, place: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.place = place


def decode(text: bytes | str) -> Any:
    """Parse JSON. Raises NotJson, also where it is nested too deep or a number is larger than any double."""
    try:
        return msgspec.json.decode(text)
    except RecursionError:
        raise NotJson("nested too deep", 0) from None
    except (msgspec.MsgspecError, UnicodeError) as error:
        found = PLACE.match(str(error))
        place = int(found[2]) if found else len(text)
        is_control = isinstance(text, bytes) and place < len(text) and text[place] < SPACE
        raise NotJson("control character" if is_control else found[1] if found else "it ends too soon", place) from None


def encode(value: Any) -> bytes:
    """Write JSON without spaces. Raises UnicodeEncodeError for half a surrogate pair, which no UTF-8 can hold."""
    return msgspec.json.encode(value)
