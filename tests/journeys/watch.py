"""Everything a page complains about while somebody uses it, and what axe finds."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Error, Page, Response

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SETTLE_SECONDS = 5.0
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_STATUS = re.compile(r"responded with a status of (\d{3})")
# The browser prints some violations only as an event, so the page turns each into a line.
_TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(
    `policy violated: ${event.violatedDirective} by ${event.blockedURI} in ${event.sourceFile}`));
"""
_AT_REST = """
Promise.all(document.getAnimations()
  .filter((each) => Number.isFinite(each.effect.getComputedTiming().endTime))
  .map((each) => each.finished.catch(() => 0)))
"""


@dataclass
class Watch:
    """Collects complaints. A refusal that the story is about is expected by its status."""

    complaints: list[str] = field(default_factory=list)
    # What the API refused; read when the page is about to go, since it goes with it.
    refused: list[Response] = field(default_factory=list)
    expected: list[int] = field(default_factory=list)
    # The story cuts the network: that requests fail is then no complaint.
    is_line_cut: bool = False

    def follow(self, page: Page) -> Page:
        """Listen to a page from its first byte."""
        page.add_init_script(_TELL_VIOLATIONS)
        page.on("console", self._hear)
        page.on("pageerror", self._hear_error)
        page.on("response", self._keep_refusal)
        return page

    def _keep_refusal(self, response: Response) -> None:
        if response.status >= 400 and "/api/" in response.url:
            self.refused.append(response)

    def read_refusals(self) -> None:
        """Add to the complaints, if there are any, what the server said in its words."""
        if not self.complaints:
            return
        for response in self.refused:
            try:
                text = response.text()
            except Error:
                text = "gone with its page"
            self.complaints.append(f"{response.request.method} {response.url} said {text[:400]}")
        self.refused.clear()

    def expect(self, *statuses: int) -> None:
        """The next answers with these statuses are part of the story."""
        self.expected.extend(statuses)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        if self.is_line_cut and "net::ERR_" in message.text:
            return
        found = _STATUS.search(message.text)
        if found is not None and int(found[1]) in self.expected:
            self.expected.remove(int(found[1]))
            return
        self.complaints.append(
            f"{message.type}: {message.text} ({message.location.get('url', '')})"
        )

    def _hear_error(self, error: Error) -> None:
        self.complaints.append(f"uncaught: {error}")


def assert_accessible(page: Page) -> None:
    """Fail with every rule of axe that the page breaks as it stands."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
    found = _broken_at_rest(page)
    if {each["id"] for each in found} == {"color-contrast"}:
        # A busy machine may begin to fade something in only after it was asked to rest.
        found = _broken_at_rest(page)
    assert not found, "\n".join(
        f"{page.url} breaks {each['id']}: {each['help']}: "
        + "; ".join(str(node["target"]) + " " + str(node["html"])[:200] for node in each["nodes"])
        for each in found
    )


def _broken_at_rest(page: Page) -> list[dict[str, Any]]:
    # Half-faded text has half the contrast; the rules are about the page at rest.
    page.evaluate(_AT_REST)
    options = {"runOnly": {"type": "tag", "values": AXE_RULES}, "resultTypes": ["violations"]}
    found: list[dict[str, Any]] = page.evaluate(
        "async (options) => (await axe.run(document, options)).violations", options
    )
    return found


def assert_fits(page: Page, *, width: int) -> None:
    """Nothing sticks out sideways at this width, once the page has laid itself out for it."""
    page.set_viewport_size({"width": width, "height": 700})
    until = time.monotonic() + SETTLE_SECONDS
    while (sticking := page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
        assert time.monotonic() < until, f"{page.url} is {sticking} px too wide at {width} px"
        page.wait_for_timeout(50)
