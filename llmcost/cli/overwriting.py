"""An output may not be what the command reads: a log, a store, a price book, a settings file, by whatever name."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from llmcost.errors import InputError, UsageError

# the parameters that name what is written
OUTPUTS = {"output": "--output", "write_stub": "--write-stub", "write": "--write"}
# those that name a file to be read, beside all arguments
READ = ("FILE", "PATH")
# changed on purpose
CHANGED = ("to",)
# whose output is a baseline
MAKERS = ("create", "accept")
DUCKDB, AT = b"DUCK", 8


def check_outputs(command: Any, name: str | None, values: dict[str, Any]) -> None:
    """Refuse to write over what a command reads, and two outputs into one file.

    `command` has the parameters whose `values` these are. Raises UsageError.
    """
    outputs = [(OUTPUTS[key], path) for key in OUTPUTS for path in outputs_of(key, values.get(key))]
    for at, (option, path) in enumerate(outputs):
        if path.exists() and not path.is_file():
            continue
        if any(is_same(path, other) for _, other in outputs[:at]):
            raise UsageError(f"{option} {path}: another output goes there, too", hint="give each a file of its own")
        what = what_it_is(path, named(command, values), name) if path.is_file() else ""
        if what:
            raise UsageError(f"{option} {path}: {what}, and would be written over", hint="name another file")


def outputs_of(key: str, value: Any) -> Iterator[Path]:
    """Take the files of an option; of `md=comment.md` what stands behind the sign."""
    for text in texts(value):
        yield Path(text.partition("=")[2] if key == "write" else text)


def texts(value: Any) -> list[str]:
    """Take what was given as text: none, one, or several."""
    if value is None or isinstance(value, bool):
        return []
    return [str(item) for item in (value if isinstance(value, list | tuple) else [value])]


def named(command: Any, values: dict[str, Any]) -> list[str]:
    """Name all that a command was given to read."""
    reads = [
        param.name
        for param in command.params
        if param.name not in (*OUTPUTS, *CHANGED)
        and (param.param_type_name == "argument" or str(param.metavar).strip("[].") in READ)
    ]
    found = [text for name in reads for text in texts(values.get(name))]
    # a query may stand in a file
    return [*found, *(text.removeprefix("@") for text in found if text.startswith("@"))]


def what_it_is(output: Path, paths: Sequence[str], command: str | None) -> str:
    """Say what an existing file is to the command; nothing where it may be written over."""
    if any(is_same(output, path) or is_same(output, f"{path}.wal") for path in paths):
        return "this command reads it"
    if is_store(output):
        return "it is a store"
    if any(is_same(output, path) for path in settings(command)):
        return "llmcost takes prices, settings or a key from it"
    return "it is one of the logs that are read" if any(holds_log(path, output) for path in paths) else ""


def is_store(output: Path) -> bool:
    """Tell whether a file is a DuckDB database; one that may not be read may not be replaced unseen, too."""
    try:
        with output.open("rb") as file:
            return file.read(AT + len(DUCKDB))[AT:] == DUCKDB
    except OSError:
        return False


def settings(command: str | None) -> Iterator[Path | str]:
    """Name the files that every command reads by itself."""
    from llmcost.cli.books import own_book_path
    from llmcost.cli.places import DEFAULT_BASELINE
    from llmcost.configuration import configuration_path
    from llmcost.ingest.content_key import VARIABLE
    from llmcost.pricing import shipped_book_path

    yield shipped_book_path()
    yield own_book_path()
    yield from filter(None, [configuration_path(), os.environ.get(VARIABLE)])
    if command not in MAKERS:
        yield DEFAULT_BASELINE


def holds_log(path: str, output: Path) -> bool:
    """Tell whether a file is one of the logs of a folder or a glob: what only lies beside them is not read as one."""
    from llmcost.ingest.places import expand

    if path == "-" or Path(path).is_file():
        return False
    return any(is_same(output, place.path) and is_log(place.path) for place in expand([path]) if not place.reason)


def is_log(file: str) -> bool:
    """Tell whether requests would be read from a file."""
    from llmcost.ingest.recognise import recognise
    from llmcost.ingest.sources import open_source

    try:
        recognise(open_source(file, False), None)
    except InputError:
        return False
    except Exception:
        # what is not known is kept
        return True
    return True


def is_same(output: Path, path: str | Path) -> bool:
    """Tell whether two names are of one file; links and other spellings count."""
    try:
        return os.path.samefile(output, path)  # noqa: PTH121  texts, not all of them paths
    except (OSError, ValueError):
        return os.path.realpath(output) == os.path.realpath(path) if "\0" not in str(path) else False
