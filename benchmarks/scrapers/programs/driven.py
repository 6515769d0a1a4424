"""Chromium driven by Playwright: as it comes, or hiding that it is driven.

    python driven.py plain|stealth ADDRESS SECONDS PROGRAM

Both scroll through the page, open the first photo and press the arrow key as fast as they may.
"""

from __future__ import annotations

import sys
import time

from playwright.sync_api import Error, Page, sync_playwright

# What the usual add-ons for stealth do, as far as pages of ours could notice.
_HIDING = """
Object.defineProperty(Navigator.prototype, "webdriver", { get: () => false });
Object.defineProperty(navigator, "languages", { get: () => ["en-GB", "en"] });
Object.defineProperty(navigator, "plugins", { get: () => [1, 2, 3] });
window.chrome = { runtime: {} };
"""
_AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/141.0.0.0 Safari/537.36"
)


def look_around(page: Page, address: str, until: float) -> None:
    """Everything a scraper of this kind would do for sharp photos."""
    page.goto(address)
    page.wait_for_timeout(1500)
    page.mouse.move(300, 300, steps=10)
    half = (until + time.monotonic()) / 2
    while time.monotonic() < half:
        page.mouse.wheel(0, 700)
        page.wait_for_timeout(250)
    page.mouse.wheel(0, -10**6)
    page.wait_for_timeout(500)
    if page.locator("a.shot").count() == 0:
        page.wait_for_timeout(max(0.0, until - time.monotonic()) * 1000)
        return
    page.locator("a.shot").first.click()
    while time.monotonic() < until:
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(200)


def main() -> None:
    how, address, seconds, program = sys.argv[1:]
    until = time.monotonic() + float(seconds)
    hides = how == "stealth"
    flags = ["--no-sandbox", *(["--disable-blink-features=AutomationControlled"] * hides)]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        context = browser.new_context(**({"user_agent": _AGENT} if hides else {}))
        if hides:
            context.add_init_script(_HIDING)
        try:
            look_around(context.new_page(), address, until)
        except Error as error:
            sys.stderr.write(f"{error}\n")


if __name__ == "__main__":
    main()
