"""Values that take long to read from their files, kept as bytes that are read at once.

A wheel carries the shipped book so (hatch_build.py writes it). In a checkout, and for a large price book of one's
own, they lie in the user's cache folder. Bytes hold as long as the files that they were made of; without a cache
folder that can be written, the files are read each time.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

Value = TypeVar("Value")
SHIPPED = Path(__file__).parent / "compiled"
KEY_BYTES = 32


def compiled(
    name: str, files: Sequence[Traversable], code: Sequence[Path], kind: Any, read: Callable[[], Value]
) -> Value:
    """Give what `read` makes of files, a `kind` of dataclasses and plain values, from bytes where they still hold.

    `name` is the file that they are kept in, `code` the Python that reads them: in a cache, bytes that older code made
    do not hold.
    """
    shipped = unpacked(SHIPPED / name, key_of(files), kind)
    if shipped is not None:
        return shipped  # type: ignore[no-any-return]
    kept, key = cache_folder() / f"{name}-{place_of(files)}", key_of(files, age_of(code))
    found = unpacked(kept, key, kind)
    if found is None:
        found = read()
        keep(kept, key, found)
    return found  # type: ignore[no-any-return]


def key_of(files: Iterable[Traversable], *more: bytes) -> bytes:
    """Make the key of what files hold."""
    content = hashlib.sha256()
    for part in (*(file.read_bytes() for file in files), *more):
        content.update(hashlib.sha256(part).digest())
    return content.digest()


def unpacked(file: Path, key: bytes, kind: Any) -> Any:
    """Read a value from its bytes; None where they are not there, are of other files, or are damaged."""
    with suppress(OSError, msgspec.DecodeError), file.open("rb") as stream:
        if stream.read(KEY_BYTES) == key:
            return msgspec.msgpack.decode(stream.read(), type=kind)
    return None


def keep(file: Path, key: bytes, value: object) -> None:
    """Write a value in one step, so that nobody reads half of it; where it cannot be written, nothing is kept."""
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=file.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(key + msgspec.msgpack.encode(value))
            Path(beside).replace(file)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise


def cache_folder() -> Path:
    """Find the user's cache folder, see the XDG base directories."""
    root = os.environ.get("XDG_CACHE_HOME", "")
    # what is not absolute is to be ignored, says the specification
    return (Path(root) if Path(root).is_absolute() else Path("~/.cache").expanduser()) / "llmcost"


def place_of(files: Sequence[Traversable]) -> str:
    """Name the place of files in a few letters: two checkouts keep theirs apart, a later state replaces its own."""
    return hashlib.sha256(str(files[0]).encode()).hexdigest()[:12]


def age_of(code: Sequence[Path]) -> bytes:
    """Say when Python files were last changed."""
    return repr([file.stat().st_mtime_ns for file in code]).encode()
