"""What the served page does in a real browser: it goes on by itself, and what somebody has chosen stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.support.wait import WebDriverWait

from llmcost.watch.snapshot import AlertLine
from tests.browser import PHONE, SECONDS, WIDE, browser, programs, show
from tests.served import Served
from tests.test_html_browser import axe, column, messages, one, press, requests
from tests.test_watch_snapshot import NOW, spent

MANY = 24
TURN = "return Number(document.documentElement.dataset.turn ?? 0)"
KEY = '#cost-key-table a[href$="key=key-7"]'


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """24 keys of a day, each a dollar more than the one before it, every second of a model without a price."""
    found = Served(tmp_path_factory.mktemp("served"), names=("overview",))
    found.read(
        *(
            spent(
                number,
                NOW - timedelta(hours=number),
                api_key_alias=f"key-{number}",
                request_model="m" if number % 2 else "n",
            )
            for number in range(1, MANY + 1)
        )
    )
    yield found
    found.close()


@pytest.fixture(scope="module")
def address(served: Served) -> str:
    return served.listen()


@pytest.fixture(scope="module")
def chrome() -> Iterator[Chrome]:
    if programs() is None:
        pytest.skip("there is no chromium with its chromedriver here")
    with browser(has_loopback=True) as driver:
        yield driver


def wait(chrome: Chrome, script: str) -> None:
    WebDriverWait(chrome, SECONDS, 0.05).until(lambda page: page.execute_script(f"return Boolean({script})"))


def turns(chrome: Chrome, number: int = 1) -> None:
    """Wait until the page has asked so often again."""
    wait(chrome, f"document.documentElement.dataset.turn >= {chrome.execute_script(TURN) + number}")


def open_page(chrome: Chrome, address: str, query: str = "?range=7d", **look: object) -> None:
    show(chrome, address + query, **look)  # type: ignore[arg-type]
    wait(chrome, "document.documentElement.dataset.turn > 0")


def told(chrome: Chrome) -> str:
    return str(one(chrome, "#announced").get_property("textContent"))


def costs(chrome: Chrome) -> list[str]:
    """The keys that are shown, as they are ordered."""
    return column(chrome, "cost-key", 0)


def test_a_page_begins_and_goes_on_by_itself_asks_nobody_else_and_complains_of_nothing(
    chrome: Chrome, tmp_path: Path
) -> None:
    served = Served(tmp_path, names=("overview",))
    address = served.listen()
    messages(chrome), requests(chrome)
    open_page(chrome, address)
    found = [one(chrome, ".now").text]
    for usd, name in ((20, "first"), (1000, "second")):
        served.read(spent(usd, NOW, api_key_alias=name))
        wait(chrome, f"document.querySelector('#cost-key-table')?.textContent.includes('{name}')")
        found.append(one(chrome, ".cards dd").text)
    drawn = one(chrome, "#overview-figure-1 .says").text, len(chrome.find_elements("css selector", ".chart svg"))
    served.close()

    assert ["reading ...", "$20.00", "$1,020.00"] == found
    assert ("Cost by group: $1,020.00 (acme m). See the table.", 1) == drawn
    assert "data until 12:02:00 UTC, 0 s old" == one(chrome, ".now").text
    assert [] == messages(chrome)
    assert {address} == {url[: len(address)] for url in requests(chrome) if not url.startswith("data:")}


def test_order_scrolling_filter_and_focus_survive_an_update(chrome: Chrome, served: Served, address: str) -> None:
    open_page(chrome, address)
    head = '#cost-key-table th[data-column="key"] button'
    press(chrome, head)
    press(chrome, head)
    one(chrome, '.tools[data-for="cost-key"] input').send_keys("key")
    where = (
        "[Math.round(scrollY), document.querySelector('#cost-key .scroll').scrollTop,"
        " document.activeElement.textContent]"
    )
    chrome.execute_script("document.querySelector('#cost-key .scroll').scrollTop = 90")
    chrome.execute_script(f"document.querySelector('{KEY}').focus({{preventScroll: true}})")
    before, order = chrome.execute_script(f"return {where}"), costs(chrome)
    served.read(spent(5, NOW, api_key_alias="key-0"))
    wait(chrome, "document.querySelector('#cost-key-table').textContent.includes('key-0')")

    assert [*sorted((f"key-{n}" for n in range(MANY + 1)), key=lambda key: -int(key[4:]))] == costs(chrome)
    assert ([*costs(chrome)][:-1], before) == (order, chrome.execute_script(f"return {where}"))
    assert "descending" == one(chrome, '#cost-key-table th[data-column="key"]').get_attribute("aria-sort")
    assert (90, "key-7") == tuple(before[1:])


def test_a_click_on_a_key_or_a_model_filters_everything_and_back_undoes_it(chrome: Chrome, address: str) -> None:
    open_page(chrome, address)
    press(chrome, KEY)
    wait(chrome, "document.querySelector('.names')")
    turns(chrome)
    of_key = costs(chrome), column(chrome, "overview", 1), one(chrome, ".cards dd").text, told(chrome)
    press(chrome, '#overview-table a[href*="model=m"]')
    wait(chrome, "document.querySelectorAll('.names a').length === 2")
    both = chrome.current_url.removeprefix(address)
    press(chrome, '.names a[data-name="key: key-7"]')
    wait(chrome, "document.querySelectorAll('.names a').length === 1")
    of_model = len(column(chrome, "overview", 1))
    chrome.execute_script("history.go(-3)")
    wait(chrome, "!document.querySelector('.names')")

    assert (["key-7"], ["m"], "$7.00", "Shown: 7 days, key: key-7.") == of_key
    assert ("?range=7d&key=key-7&model=m", 1) == (both, of_model)
    assert f"{address}?range=7d" == chrome.current_url


def test_a_range_is_chosen_with_the_keyboard_and_said_aloud_and_so_is_what_is_wrong_with_it(
    chrome: Chrome, address: str
) -> None:
    open_page(chrome, address)
    first = '.ranges a[href="?range=1h"]'
    chrome.execute_script(f"document.querySelector('{first}').focus()")
    one(chrome, first).send_keys(Keys.ENTER)
    wait(chrome, "document.querySelector('#announced').textContent")
    said = told(chrome)
    one(chrome, ".ranges summary").send_keys(Keys.ENTER)
    chrome.execute_script("document.querySelector('#custom [name=since]').value = '2026-03-01T00:00'")
    chrome.execute_script("document.querySelector('#custom [name=until]').value = '2026-03-01T12:30'")
    one(chrome, "#custom button").send_keys(Keys.ENTER)
    wait(chrome, "document.querySelector('#cost-key-table').textContent.includes('key-24')")

    assert "Shown: 1 hour." == said
    # what ended a second after noon, and began then
    assert ["key-24"] == costs(chrome)
    assert "asked" == chrome.switch_to.active_element.get_attribute("id")

    chrome.execute_script("document.querySelector('#custom [name=until]').value = '2026-02-01T00:00'")
    press(chrome, "#custom button")
    wait(chrome, "!document.querySelector('#trouble').hidden")

    assert one(chrome, "#trouble").text.startswith("since=2026-03-01T00:00 is not before until=2026-02-01T00:00")
    assert ["key-24"] == costs(chrome)
    assert all("400" in message for message in messages(chrome))


def test_an_alert_is_said_once_and_a_pause_pauses(chrome: Chrome, served: Served, address: str) -> None:
    open_page(chrome, address)
    alert = AlertLine("cost-spike/all", "firing", NOW, "all requests spent $9.00", "llmcost report")
    fire(served, alert)
    wait(chrome, "document.querySelector('#announced').textContent")
    said, shown = told(chrome), one(chrome, "#alerts-table tbody").text
    chrome.execute_script("document.querySelector('#announced').textContent = ''")
    turns(chrome, 2)
    again = told(chrome)
    press(chrome, "#pause")
    fire(served)
    paused = chrome.execute_script(TURN)
    press(chrome, "#pause")
    wait(chrome, "!document.querySelector('#alerts')")

    assert ("1 alert firing: cost-spike/all; throttled: search", "") == (said, again)
    assert "all requests spent $9.00" in shown
    assert chrome.execute_script(TURN) > paused


def fire(served: Served, *alerts: AlertLine) -> None:
    served.alert(*alerts, throttled=("search",) if alerts else ())


@pytest.mark.parametrize(("theme", "width"), [("light", WIDE), ("dark", PHONE)])
def test_axe_finds_nothing_to_complain_of(chrome: Chrome, served: Served, address: str, theme: str, width: int) -> None:
    fire(served, AlertLine("cost-spike/all", "firing", NOW, "all requests spent $9.00", "llmcost report"))
    open_page(chrome, address, "?since=2026-02-28&key=key-7&key=key-8", theme=theme, width=width)

    assert width == chrome.execute_script("return document.documentElement.scrollWidth")
    assert [] == axe(chrome)
