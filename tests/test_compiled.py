"""What is kept as bytes is what its files say, and holds no longer than they do."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module, resources
from importlib.resources.abc import Traversable
from pathlib import Path

import pytest

from llmcost import compiled as bytes_of
from llmcost.compiled import cache_folder, compiled, keep, key_of, unpacked
from llmcost.detect.detector import Detector
from llmcost.ingest.format import Format
from llmcost.pricing import Book, load_book, shipped_book_path
from llmcost.pricing.files import compile_shipped_book, parse_book
from llmcost.reconcile.shelves import Cause
from llmcost.report.view import View
from llmcost.shelf import Query, read_shelf, shipped_shelf

ROOMS = resources.files("llmcost")
STEPS = ROOMS / "detect" / "steps"
SHIPPED: dict[str, tuple[type[Query], Traversable | None]] = {
    "ingest/formats": (Format, None),  # type: ignore[dict-item]
    "detect/detectors": (Detector, STEPS),
    "detect/causes": (Query, STEPS),
    "detect/queries": (Query, None),
    "report/views": (View, None),
    "report/queries": (Query, None),
    "reconcile/causes": (Cause, None),
    "check/queries": (Query, None),
}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "llmcost"


def counted_lines(file: Path, reads: list[Path]) -> dict[str, int]:
    """Count the lines of a file, and who did."""

    def read() -> dict[str, int]:
        reads.append(file)
        return {"lines": len(file.read_text(encoding="utf-8").splitlines())}

    return compiled("lines", [file], [Path(__file__)], dict[str, int], read)


def test_a_file_is_read_once_and_again_when_it_has_changed(tmp_path: Path) -> None:
    file, reads = tmp_path / "a.txt", list[Path]()
    file.write_text("one\n", encoding="utf-8")
    assert [{"lines": 1}] * 3 == [counted_lines(file, reads) for _ in range(3)]

    file.write_text("one\ntwo\n", encoding="utf-8")
    assert ({"lines": 2}, [file] * 2) == (counted_lines(file, reads), reads)


@pytest.mark.parametrize("damage", [b"", b"x" * 40, None])
def test_damaged_bytes_are_made_anew(tmp_path: Path, cache: Path, damage: bytes | None) -> None:
    file, reads = tmp_path / "a.txt", list[Path]()
    file.write_text("one\n", encoding="utf-8")
    counted_lines(file, reads)
    (kept,) = cache.iterdir()
    kept.write_bytes(kept.read_bytes()[:-1] if damage is None else damage)

    assert ({"lines": 1}, 2) == (counted_lines(file, reads), len(reads))
    assert [kept] == list(cache.iterdir())


def test_code_that_has_changed_reads_again(tmp_path: Path) -> None:
    file, code, reads = tmp_path / "a.txt", tmp_path / "code.py", list[int]()
    file.write_text("", encoding="utf-8")
    code.write_text("", encoding="utf-8")

    def read() -> list[int]:
        reads.append(code.stat().st_mtime_ns)
        return []

    for age in (1, 1, 2):
        os.utime(code, ns=(age, age))
        compiled("x", [file], [code], list[int], read)

    assert [1, 2] == reads


def test_without_a_cache_that_can_be_written_files_are_read_each_time(tmp_path: Path, cache: Path) -> None:
    file, reads = tmp_path / "a.txt", list[Path]()
    file.write_text("one\n", encoding="utf-8")
    cache.parent.write_text("a file, not a folder", encoding="utf-8")

    assert [{"lines": 1}] * 2 == [counted_lines(file, reads) for _ in range(2)]
    assert 2 == len(reads)


def test_a_cache_folder_that_is_not_absolute_is_ignored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert tmp_path / ".cache" / "llmcost" == cache_folder()


def test_the_book_is_what_its_file_says(tmp_path: Path) -> None:
    path, file = shipped_book_path(), tmp_path / "pricing.book"
    compile_shipped_book(file)

    assert parse_book(path, path.name) == unpacked(file, key_of([path]), Book)


def test_bytes_that_come_with_llmcost_need_no_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    file, reads = tmp_path / "a.txt", list[Path]()
    file.write_text("one\n", encoding="utf-8")
    monkeypatch.setattr(bytes_of, "SHIPPED", tmp_path / "shipped")
    keep(tmp_path / "shipped" / "lines", key_of([file]), {"lines": 1})

    assert ({"lines": 1}, [], False) == (counted_lines(file, reads), reads, cache.exists())


def test_a_small_book_of_ones_own_is_not_kept_and_a_large_one_is(tmp_path: Path, cache: Path) -> None:
    book = "format: llmcost-pricing/1\nmodels:\n" + "".join(
        f"  - {{provider: acme, model: m{number}, prices: [{{input: 1, output: 2}}]}}\n" for number in range(2)
    )
    small, large = tmp_path / "small.yaml", tmp_path / "large.yaml"
    small.write_text(book, encoding="utf-8")
    large.write_text(book + "#" * 20_000 + "\n", encoding="utf-8")

    assert load_book([small]).models[0].periods[0].rates == load_book([large]).models[0].periods[0].rates
    assert f"{large}:3" == load_book([large]).models[0].periods[0].place
    assert ["large.yaml.book"] == [file.name.rpartition("-")[0] for file in cache.iterdir()]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shelf_is_what_its_files_say(name: str) -> None:
    (kind, steps), folder = SHIPPED[name], ROOMS.joinpath(*name.split("/"))
    plain = read_shelf(folder, kind, steps)

    assert plain
    assert [plain] * 2 == [shipped_shelf(folder, kind, steps) for _ in range(2)]


def test_two_processes_write_the_same_bytes_at_once(cache: Path) -> None:
    command = [sys.executable, "-c", "from llmcost.report.view import views; print(len(views()))"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]

    assert len({process.communicate()[0] for process in both}) == 1
    assert 1 == len(list(cache.iterdir()))
    assert import_module("llmcost.report.view").views()


def test_what_cannot_be_written_leaves_nothing_behind(cache: Path) -> None:
    with pytest.raises(TypeError):
        keep(cache / "value", b"k" * 32, object())

    assert [] == list(cache.iterdir())
