"""A copy elsewhere, from the report to its verified removal, in a real browser.

The service's own worker finds no such name, as it should: the test looks with the product's
fetcher, led to a site of its own by the resolver and the connector it is given.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESKTOP
from tests.journeys.keeping import keep_picture
from tests.journeys.people import PATIENT
from tests.journeys.site import Site
from tests.journeys.uploading import open_vault
from tests.journeys.watch import Watch, assert_accessible, assert_fits
from tests.rights.local_site import Site as Elsewhere
from tests.rights.local_site import local_site
from tests.sharing.publicity import jpeg

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone]
COPY = jpeg(8, (640, 480))
LOOK = """
from datetime import timedelta
from django.utils import timezone
from rights.models import Takedown, TakedownTarget
from rights.takedown.actions.gathering import gather_evidence
from rights.takedown.actions.checking import check_copies
from tests.rights.local_site import Site
site = Site(port={port})
case = Takedown.objects.get(host="elsewhere.example.org")
if {gathers}:
    TakedownTarget.objects.filter(takedown=case).update(gathered_at=None)
    Takedown.objects.filter(pk=case.pk).update(gathered_at=None)
    gather_evidence(case.pk, fetcher=site.fetcher)
else:
    Takedown.objects.filter(pk=case.pk).update(next_check_at=timezone.now())
    check_copies(case.pk, fetcher=site.fetcher)
"""


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    with local_site() as each:
        each.shows("/copy.jpg", COPY, "image/jpeg")
        yield each


def look(site: Site, elsewhere: Elsewhere, *, gathers: bool = False) -> None:
    script = LOOK.format(port=elsewhere.port, gathers=gathers)
    site.live.manage("shell", "-c", script)


def go_to(page: Page) -> None:
    page.evaluate(
        "() => { const a = document.createElement('a'); a.href = '/your-data/copies-elsewhere';"
        " document.body.append(a); a.click(); a.remove(); }"
    )
    expect(page.get_by_role("heading", name="Somebody shows your picture")).to_be_visible(
        timeout=PATIENT
    )


def state_notice(page: Page) -> None:
    """All that the rules of the United States want."""
    page.get_by_label("Your legal name", exact=True).fill("Alice Adams")
    page.get_by_label("E-mail for the answer").fill("alice@example.org")
    page.get_by_label("Postal address").fill("1 High Street, Bath")
    page.get_by_label("Which picture of yours it is").fill("My photo of the bridge")
    page.get_by_role("button", name="Keep the notice").click()
    expect(page.get_by_text("5 of 11 things that the law wants are there.")).to_be_visible(
        timeout=PATIENT
    )
    expect(page.get_by_role("button", name="Sign and send")).to_be_disabled()
    keep_picture(page, "takedown-incomplete")
    for tick in page.locator("pv-takedown-case form input[type=checkbox]").all():
        tick.check()
    page.get_by_role("button", name="Keep the notice").click()
    expect(page.get_by_text("11 of 11 things that the law wants are there.")).to_be_visible(
        timeout=PATIENT
    )


def test_a_copy_is_reported_taken_down_and_seen_to_be_gone(
    page: Page, site: Site, watch: Watch, elsewhere: Elsewhere
) -> None:
    open_vault(page, site, "wronged")
    go_to(page)
    assert_accessible(page)
    keep_picture(page, "takedown-empty")
    page.get_by_label("Your own picture, to compare with").set_input_files(
        {"name": "mine.jpg", "mimeType": "image/jpeg", "buffer": COPY}
    )
    expect(page.get_by_text("1 fingerprint made. The picture stayed here.")).to_be_visible(
        timeout=PATIENT
    )
    page.get_by_label("Addresses, one on each line").fill("http://elsewhere.example.org/copy.jpg")
    page.get_by_role("button", name="Report", exact=True).click()
    # Its look-ups of a name that nobody has take ten seconds on a machine without a network.
    expect(page.get_by_text("Evidence kept. Next: the notice").first).to_be_visible(
        timeout=4 * PATIENT
    )
    look(site, elsewhere, gathers=True)
    assert elsewhere.asked == ["/copy.jpg"]

    state_notice(page)
    page.get_by_label("Sign: type your legal name").fill("Alice Adams")
    page.get_by_role("button", name="Sign and send").click()
    expect(page.get_by_text("Sent, waiting for an answer").first).to_be_visible(timeout=PATIENT)
    letter = site.wait_for_letter("abuse@elsewhere.example.org")
    assert "http://elsewhere.example.org/copy.jpg" in letter
    assert "/Alice Adams/" in letter
    assert_accessible(page)
    keep_picture(page, "takedown-sent")
    assert_fits(page, width=320)
    page.set_viewport_size(DESKTOP)

    look(site, elsewhere)
    elsewhere.pages.clear()
    look(site, elsewhere)

    page.reload()
    go_to(page)
    expect(page.get_by_text("Removed. We looked, and it is gone").first).to_be_visible(
        timeout=PATIENT
    )
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page.get_by_text("The copy is gone")).to_be_visible(timeout=PATIENT)
    with page.expect_download() as saved:
        page.get_by_role("link", name="All evidence").click()
    assert saved.value.suggested_filename.startswith("evidence-")
    keep_picture(page, "takedown-removed")


def test_an_intimate_picture_never_leaves_the_device(page: Page, site: Site) -> None:
    open_vault(page, site, "private")
    go_to(page)
    sent: list[bytes] = []
    page.on("request", lambda request: sent.append(request.post_data_buffer or b""))

    page.get_by_label("Make the fingerprint here").set_input_files(
        {"name": "private.jpg", "mimeType": "image/jpeg", "buffer": COPY}
    )

    box = page.get_by_label("Fingerprint", exact=True)
    expect(box).to_be_visible(timeout=PATIENT)
    fingerprint = box.input_value()
    assert len(fingerprint) == 64
    assert not any(COPY[:200] in each or fingerprint.encode() in each for each in sent)
