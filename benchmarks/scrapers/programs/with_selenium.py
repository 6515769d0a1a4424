"""Chromium driven by Selenium through chromedriver: as it comes, or hiding that it is driven.

    python with_selenium.py plain|stealth ADDRESS SECONDS PROGRAM DRIVER

Scrolls through the page, opens the first photo and presses the arrow key, as `driven.py` does.
"""

from __future__ import annotations

import sys
import time

from selenium.webdriver import ActionChains, Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

_HIDING = 'Object.defineProperty(Navigator.prototype, "webdriver", { get: () => false });'


def main() -> None:
    how, address, seconds, program, driver = sys.argv[1:]
    until = time.monotonic() + float(seconds)
    options = ChromeOptions()
    options.binary_location = program
    for flag in ("--headless=new", "--no-sandbox", "--window-size=1280,900"):
        options.add_argument(flag)
    if how == "stealth":
        options.add_argument("--disable-blink-features=AutomationControlled")
        options.add_experimental_option("excludeSwitches", ["enable-automation"])
    browser = Chrome(options=options, service=Service(driver))
    try:
        if how == "stealth":
            browser.execute_cdp_cmd(
                "Page.addScriptToEvaluateOnNewDocument", {"source": _HIDING}
            )
        _look_around(browser, address, until)
    finally:
        browser.quit()


def _look_around(browser: Chrome, address: str, until: float) -> None:
    browser.get(address)
    time.sleep(1.5)
    half = (until + time.monotonic()) / 2
    while time.monotonic() < half:
        ActionChains(browser).scroll_by_amount(0, 700).pause(0.25).perform()
    ActionChains(browser).scroll_by_amount(0, -1_000_000).pause(0.5).perform()
    for shot in browser.find_elements(By.CSS_SELECTOR, "a.shot")[:1]:
        shot.click()
    while time.monotonic() < until:
        ActionChains(browser).send_keys(Keys.ARROW_RIGHT).pause(0.2).perform()


if __name__ == "__main__":
    main()
