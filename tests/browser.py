"""A real browser without a network: what tests look at pages with, and what `make docs` takes its pictures with."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.wait import WebDriverWait

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WIDE, PHONE = 1280, 390
SECONDS = 20
# a mouse lies on this desk, for what CSS and scripts ask of pointers
DESK = "--blink-settings=primaryPointerType=4,availablePointerTypes=4,primaryHoverType=2,availableHoverTypes=2"
OFFLINE = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}


def programs() -> tuple[str, str] | None:
    """Find a browser and its driver on this machine."""
    browser, driver = next(filter(None, map(shutil.which, BROWSERS)), None), shutil.which("chromedriver")
    return (browser, driver) if browser and driver else None


@contextmanager
def browser(*, has_loopback: bool = False) -> Iterator[Chrome]:
    """Open a browser that reaches no network, but with `has_loopback` this machine; it keeps what consoles say."""
    found = programs()
    assert found, "there is no chromium with its chromedriver here"
    options = ChromeOptions()
    options.binary_location = found[0]
    for flag in (
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        "--window-size=1300,1000",
        DESK,
    ):
        options.add_argument(flag)
    # whatever a page may ask for ends at a port where nobody listens
    options.add_argument("--proxy-server=127.0.0.1:9")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = Chrome(options=options, service=Service(found[1]))
    try:
        driver.execute_cdp_cmd("Network.enable", {})
        if not has_loopback:
            driver.execute_cdp_cmd("Network.emulateNetworkConditions", OFFLINE)
        yield driver
    finally:
        driver.quit()


def show(driver: Chrome, page: Path | str, *, width: int = WIDE, theme: str = "light") -> None:
    """Open a file or an address so wide in a theme of the system, and wait until its charts are drawn."""
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width <= PHONE},
    )
    set_media(driver, theme)
    driver.get(page if isinstance(page, str) else page.as_uri())
    wait_for_charts(driver)


def set_media(driver: Chrome, theme: str, medium: str = "") -> None:
    """Let the system prefer a theme, on the screen or on paper."""
    features = [{"name": "prefers-color-scheme", "value": theme}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": medium, "features": features})


def wait_for_charts(driver: Chrome) -> None:
    """Wait until every chart holds its drawing."""
    script = "return [...document.querySelectorAll('.chart')].every((chart) => chart.querySelector('svg .mark-group'))"
    WebDriverWait(driver, SECONDS).until(lambda shown: shown.execute_script(script))


def screenshot(driver: Chrome, path: Path, *, whole: bool = True) -> None:
    """Write what is shown as a PNG: the whole page, or what a window of its width shows first."""
    taken: dict[str, Any] = driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": whole})
    path.write_bytes(base64.b64decode(taken["data"]))


def pdf(driver: Chrome, path: Path) -> None:
    """Print the page."""
    path.write_bytes(base64.b64decode(driver.execute_cdp_cmd("Page.printToPDF", {"printBackground": False})["data"]))
