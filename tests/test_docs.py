"""The documentation leads where it says, and its pictures load nothing from elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from inspect import signature
from pathlib import Path

import pytest

from llmcost.columns import COLUMNS
from llmcost.detect import detect
from llmcost.detect.detector import Detector, detectors
from llmcost.ingest.format import Format
from llmcost.pricing import load_book, shipped_book_path
from llmcost.report.view import View, views
from llmcost.store import Store
from llmcost.store.shape import shape
from tests import pictures
from tests.conftest import CASES, ROOT
from tests.shelves import read_yaml

GUIDE = ROOT / "CONTRIBUTING.md"
PAGES = [ROOT / "README.md", GUIDE, *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r'(?:\]\(|src=")([^)"#\s]*)(#[^)"\s]*)?[)"]')


def anchors(page: Path) -> set[str]:
    """Name the headings of a page as links do."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    links = [link for link in LINK.findall(text) if "://" not in link[0]]
    lost = [path + anchor for path, anchor in links if not (page.parent / path).exists()]
    for path, anchor in links:
        target = page.parent / path if path else page
        if anchor and target.suffix == ".md" and target.is_file() and anchor[1:] not in anchors(target):
            lost.append(path + anchor)

    assert [] == lost


def test_every_page_stands_in_the_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    pages = [page for page in (ROOT / "docs").rglob("*.md") if page.parent.name != "decisions"]

    assert [] == [p.name for p in pages if p.name != "README.md" and f"{p.relative_to(ROOT / 'docs')})" not in index]


def test_every_view_has_its_chapter_and_every_group_its_row() -> None:
    page = ROOT / "docs" / "reports.md"

    assert {*views(), "budget", "requests"} <= anchors(page)
    assert [] == [name for name in COLUMNS if f"| `{name}` |" not in page.read_text(encoding="utf-8")]


@pytest.mark.parametrize("kind", [Format, View, Detector])
def test_the_guide_says_what_each_key_of_a_header_is(kind: type[object]) -> None:
    # a projection is made of a user's map, and not written into a header
    keys = [key for key in signature(kind).parameters if key not in ("name", "query", "projection")]

    assert [] == [key for key in keys if f"`{key}`" not in guide()]


def test_the_guide_says_what_each_key_of_a_case_is() -> None:
    cases = [read_yaml(file) for file in sorted(CASES.glob("[dfv]*/*.yaml"))]
    inner = [case for file in cases for case in file.get("cases", ())]
    rows = re.findall(r"^\| (`.+?) \|", guide().partition("### Cases\n")[2].partition("\n## ")[0], re.MULTILINE)
    said = {key for row in rows for key in re.findall(r"`(\w+)`", row)}

    assert {key for case in (*cases, *inner) for key in case} | {"at", "lasts", "times", "every"} == said


def test_the_guide_names_tables_that_queries_may_read() -> None:
    with Store() as store:
        hits = detect(store, load_book([shipped_book_path()]), detectors(), [])
    named = re.findall(r"^\| `(\w+)` \| .+ \| (?:views, )?detectors \|$", guide(), re.MULTILINE)
    used = {name for query in (*views().values(), *detectors().values()) for name in query.inputs}

    assert used | hits.read.keys() <= {*named}
    assert {*named} <= hits.tables.keys() | shape()["tables"].keys() | shape()["views"].keys()


def guide() -> str:
    """Read CONTRIBUTING.md."""
    return GUIDE.read_text(encoding="utf-8")


def test_pictures_are_small_and_name_no_address() -> None:
    images = sorted((ROOT / "docs" / "images").iterdir())
    drawn = {image.stem: image.read_text(encoding="utf-8") for image in images if image.suffix == ".svg"}

    assert set(pictures.RECORDED) == set(drawn)
    assert {"http://www.w3.org/2000/svg"} == {
        url for svg in drawn.values() for url in re.findall(r"https?://[^\"' ]+", svg)
    }
    assert [] == [image.name for image in images if image.stat().st_size > pictures.MOST_BYTES]


def test_a_picture_shows_what_the_command_prints(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "llmcost", "ingest", str(ROOT / "fixtures" / "openai.jsonl")],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    pictures.record("llmcost report --by model", tmp_path, tmp_path / "picture.svg")
    svg = (tmp_path / "picture.svg").read_text(encoding="utf-8")

    assert "gpt-5-mini" in svg
    assert "prices:&#160;book" in svg
    assert "cdn" not in svg


def test_without_a_browser_the_pictures_of_the_page_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "report-1280.png").write_bytes(b"as it was")
    monkeypatch.setattr(pictures, "IMAGES", tmp_path)
    monkeypatch.setattr(pictures, "RECORDED", {})
    monkeypatch.setenv("PATH", str(tmp_path))
    pictures.main()

    assert "no chromium" in capsys.readouterr().err
    assert b"as it was" == (tmp_path / "report-1280.png").read_bytes()


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 200
