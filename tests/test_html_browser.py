"""What the page of `-f html` does in a real browser that reaches no network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest
from selenium.webdriver import ActionChains, Chrome, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from llmcost.render.html import write_page
from tests.browser import PHONE, WIDE, browser, programs, set_media, show
from tests.invented import HOSTILE, page

BAR = '[data-figure="spend-1-figure-1"] .mark-rect path'


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("page") / "report.html"
    file.write_text("".join(write_page(page())), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def chrome() -> Iterator[Chrome]:
    if programs() is None:
        pytest.skip("there is no chromium with its chromedriver here")
    with browser() as driver:
        yield driver


def messages(chrome: Chrome) -> list[str]:
    return [entry["message"] for entry in chrome.get_log("browser")]  # type: ignore[no-untyped-call]


def requests(chrome: Chrome) -> list[str]:
    events = [json.loads(entry["message"])["message"] for entry in chrome.get_log("performance")]  # type: ignore[no-untyped-call]
    return [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]


def column(chrome: Chrome, table: str, at: int) -> list[str]:
    script = "return [...document.querySelectorAll(arguments[0])].map((row) => row.cells[arguments[1]].textContent)"
    texts: list[str] = chrome.execute_script(script, f"#{table}-table tbody tr[data-row]:not([hidden])", at)
    return texts


def one(chrome: Chrome, selector: str) -> WebElement:
    return chrome.find_element(By.CSS_SELECTOR, selector)


def press(chrome: Chrome, selector: str) -> None:
    """Click where the element is, wherever the page stands."""
    element = one(chrome, selector)
    chrome.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", element)
    element.click()


@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_a_page_loads_nothing_complains_of_nothing_and_is_as_wide_as_the_window(
    chrome: Chrome, path: Path, width: int
) -> None:
    messages(chrome), requests(chrome)
    show(chrome, path, width=width)

    assert [] == messages(chrome)
    assert [path.as_uri()] == [url for url in requests(chrome) if not url.startswith("data:")]
    assert width == chrome.execute_script("return document.documentElement.scrollWidth")
    assert 6 == len(chrome.find_elements(By.CSS_SELECTOR, ".chart svg"))


def test_a_hostile_name_is_text_in_the_browser_too(chrome: Chrome, path: Path) -> None:
    show(chrome, path)

    assert "LLM spend, March 2026 · llmcost" == chrome.title
    # what would end a line is a space in every table
    assert HOSTILE.replace("\u2028", " ") in column(chrome, "spend-1", 0)
    assert [] == chrome.find_elements(By.CSS_SELECTOR, "img")


def test_a_click_and_a_key_sort_by_value_and_unknown_stays_last(chrome: Chrome, path: Path) -> None:
    show(chrome, path)
    total = column(chrome, "spend-1", 5)
    head = '#spend-1-table th[data-column="cost_usd"]'
    press(chrome, f"{head} button")
    most = column(chrome, "spend-1", 5)
    one(chrome, f"{head} button").send_keys(Keys.ENTER)
    least = column(chrome, "spend-1", 5)

    assert ["$7,463.12", "$3,730.06", "$2,485.04"] == most[:3]
    # as text, "$1,059.30" would stand before "$925.02"
    assert ["<$0.01", "$925.02", "$1,059.30"] == least[:3]
    assert ["–", "–"] == [most[-1], least[-1]]  # noqa: RUF001
    assert "ascending" == one(chrome, head).get_attribute("aria-sort")
    assert sorted(total) == sorted(least)
    assert "Total" == one(chrome, "#spend-1-table tfoot tr").text.split()[0]


def test_sentences_stay_under_their_row_when_it_moves(chrome: Chrome, path: Path) -> None:
    show(chrome, path)
    press(chrome, '#waste-3-table th[data-column="finding"] button')
    row = one(chrome, "#waste-3-table tbody tr")
    below = one(chrome, "#waste-3-table tbody tr + tr.below")

    assert "cold_cache" == row.text.split()[0]
    assert "4,500 prompts" in str(below.get_property("textContent"))


def test_a_long_table_shows_50_rows_a_filter_finds_and_a_button_shows_all(chrome: Chrome, path: Path) -> None:
    show(chrome, path)
    first = len(column(chrome, "users-5", 0))
    one(chrome, '.tools[data-for="users-5"] input').send_keys("user-29")
    found = column(chrome, "users-5", 0)
    one(chrome, '.tools[data-for="users-5"] input').send_keys(Keys.BACKSPACE * len("user-29"))
    press(chrome, '.more[data-for="users-5"] button')

    assert 50 == first
    assert {f"user-29{digit}" for digit in range(10)} == set(found)
    assert 300 == len(column(chrome, "users-5", 0))


def color_of(chrome: Chrome, selector: str, name: str) -> str:
    return one(chrome, selector).value_of_css_property(name)


def test_the_theme_repaints_charts_is_remembered_and_paper_is_light(chrome: Chrome, path: Path) -> None:
    show(chrome, path)
    light = color_of(chrome, BAR, "fill")
    press(chrome, "#theme")
    dark = color_of(chrome, BAR, "fill")
    show(chrome, path)
    remembered = color_of(chrome, BAR, "fill")
    set_media(chrome, "dark", "print")
    printed = color_of(chrome, BAR, "fill"), color_of(chrome, "body", "background-color")
    set_media(chrome, "light")
    chrome.execute_script("localStorage.clear()")

    assert ("rgb(11, 98, 196)", "rgb(106, 174, 252)") == (light, dark)
    assert dark == remembered
    assert (light, "rgba(255, 255, 255, 1)") == printed


def test_a_page_without_storage_has_a_theme_all_the_same(chrome: Chrome, path: Path) -> None:
    refuses = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('refused'); } })"
    added = chrome.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": refuses})
    messages(chrome)
    show(chrome, path, theme="dark")
    press(chrome, "#theme")
    chrome.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)

    assert "rgb(11, 98, 196)" == color_of(chrome, BAR, "fill")
    assert [] == messages(chrome)


def point_at(chrome: Chrome, selector: str, number: int) -> list[str]:
    """Move the pointer onto a mark and read what the tooltip tells."""
    mark = chrome.find_elements(By.CSS_SELECTOR, selector)[number]
    chrome.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", mark)
    # the scrolling before hides what the first step shows
    ActionChains(chrome).move_to_element(mark).pause(0.2).move_by_offset(1, 1).perform()
    tip = WebDriverWait(chrome, 5).until(lambda page: page.find_element(By.CSS_SELECTOR, ".tip").text)
    return str(tip).splitlines()


def test_a_chart_tells_its_numbers_as_people_read_them(chrome: Chrome, path: Path) -> None:
    show(chrome, path)

    assert ["model", "gpt-5.1", "cost", "$3,730.06"] == point_at(chrome, BAR, 1)


def test_what_is_told_near_a_line_stands_in_the_table(chrome: Chrome, path: Path) -> None:
    show(chrome, path)
    told = point_at(chrome, '[data-figure="days-2-figure-1"] svg', 0)
    press(chrome, '.more[data-for="days-2"] button')
    rows = list(zip(*(column(chrome, "days-2", at) for at in range(3)), strict=True))

    assert ["day", "model", "cost"] == told[::2]
    assert tuple(told[1::2]) in rows


def test_a_press_in_the_legend_keeps_one_line_in_front(chrome: Chrome, path: Path) -> None:
    show(chrome, path)
    one(chrome, "#days-2-figure-1 .legend button").send_keys(Keys.SPACE)
    lines = "[...document.querySelectorAll('#days-2-figure-1 .mark-line path')]"
    faded = f"return {lines}.filter((line) => +getComputedStyle(line).opacity < 1).length"

    # 9 lines, of which one is in front
    assert WebDriverWait(chrome, 5).until(lambda page: page.execute_script(faded) == 8)
    assert "true" == one(chrome, "#days-2-figure-1 .legend button").get_attribute("aria-pressed")


@pytest.mark.parametrize(("theme", "width"), [("light", WIDE), ("dark", PHONE)])
def test_axe_finds_nothing_to_complain_of(chrome: Chrome, path: Path, theme: str, width: int) -> None:
    show(chrome, path, theme=theme, width=width)

    assert [] == axe(chrome)


def axe(chrome: Chrome) -> list[tuple[str, list[str]]]:
    """Let axe look at the page."""
    script = (resources.files("axe_core_python") / "axe.min.js").read_text()
    chrome.execute_cdp_cmd("Runtime.evaluate", {"expression": script})
    found = chrome.execute_async_script("axe.run().then(arguments[arguments.length - 1])")
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]]
