"""Pictures of pages, for whoever wants to look at them."""

from __future__ import annotations

import os

from playwright.sync_api import Page

from tests.journeys.conftest import DESKTOP, PHONE

# The folder where they go. Without it none are taken.
SHOTS = os.environ.get("SHOTS")


def keep_picture(page: Page, name: str) -> None:
    """The whole page, wide and narrow, light and dark."""
    if SHOTS is None:
        return
    for size, width in ((DESKTOP, "1440"), (PHONE, "390")):
        page.set_viewport_size(size)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.wait_for_timeout(300)
            page.screenshot(path=f"{SHOTS}/{name}-{width}-{scheme}.png", full_page=True)
    page.set_viewport_size(DESKTOP)
    page.emulate_media(color_scheme=None)
