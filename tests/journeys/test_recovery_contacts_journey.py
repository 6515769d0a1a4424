"""Everything is lost, and two of three people give a vault back."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from pocketvault.kernel.fields import to_base64url
from tests.journeys.people import (
    PASSWORD,
    PATIENT,
    expect_locked,
    expect_open,
    reset_by_mail,
    sign_in,
)
from tests.journeys.sharing import Person, come_to_know, newcomer, open_vault, store_photos
from tests.journeys.site import PATIENCE, Site
from tests.journeys.test_exposures_journey import look
from tests.journeys.uploading import expect_tiles
from tests.journeys.watch import Watch, assert_accessible, assert_fits
from tests.reference_client import account, recovering
from tests.reference_client.crypto.exchange import exchange_public_key
from tests.reference_client.people import Sharer

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone, pytest.mark.by_hand]

NEXT_PASSWORD = "four green lamps beside water"
STOP_LINK = re.compile(r"(http://\S+/stop-recovery#\S+)")
ASKING_CODE = re.compile(r"your recovery contacts.*?^    (\d{8})$", re.MULTILINE | re.DOTALL)
CHOSEN_LETTER = 2
"""The number of its letter: the code, and that three were chosen."""
SHARES = re.compile(r"/api/v1/recovery-shares$")


@dataclass(frozen=True, slots=True)
class Circle:
    """Somebody with photos, and the three they know."""

    owner: Person
    friends: list[Person]

    def let_days_pass(self, site: Site) -> None:
        """The notice period is over."""
        site.live.manage(
            "shell", "-v", "0", "-c",
            "from django.utils import timezone; from sharing.models import RecoveryRequest as R;"
            f" R.objects.filter(account__email={self.owner.email!r})"
            ".update(opens_at=timezone.now())",
        )  # fmt: skip


@pytest.fixture
def theirs(browser: Browser, watch: Watch) -> Iterator[Page]:
    """The desk of a contact."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield watch.follow(context.new_page())
    context.close()


def make_circle(site: Site, name: str) -> Circle:
    """Contacts already, and nothing chosen."""
    owner = newcomer(site, name)
    friends = [newcomer(site, f"{name}-{nth}") for nth in ("ada", "ben", "cleo")]
    for friend in friends:
        come_to_know(owner, friend)
    return Circle(owner, friends)


def choose_all(circle: Circle, site: Site) -> None:
    """On another device of the owner."""
    device = account.sign_in(site.address, circle.owner.email, PASSWORD)
    account.step_up(device, PASSWORD)
    owner = Sharer(device)
    owner.meet_contacts()
    recovering.set_up(owner, [each.sharer.id for each in circle.friends])


def enter(page: Page, site: Site, person: Person, path: str) -> None:
    sign_in(page, site, person.email)
    page.wait_for_url("**/photos", timeout=PATIENT)
    expect_open(page)
    page.goto(f"{site.address}{path}")


def row_of(page: Page, text: str) -> Locator:
    return page.get_by_role("listitem").filter(has_text=text)


def password_in(page: Page) -> Locator:
    """The field in sight; the locked screen has another."""
    return page.get_by_role("textbox", name="Password", exact=True)


def choose(page: Page, circle: Circle) -> None:
    """The three, on the page of the settings, for the first time or again."""
    button = page.get_by_role("button", name=re.compile("Choose these (three|instead)"))
    expect(button).to_be_disabled(timeout=PATIENT)
    for friend in circle.friends:
        page.get_by_label(friend.email).check()
    expect(button).to_be_disabled()
    page.get_by_label("I know that two of them").check()
    password_in(page).fill(PASSWORD)
    button.click()


def ask(page: Page, site: Site, owner: Person) -> list[str]:
    """From the page to sign in to the words that are compared. Answers the twelve of them."""
    page.goto(f"{site.address}/sign-in")
    page.get_by_role("link", name="Use recovery key").click()
    return ask_from(page, site, owner)


def ask_from(page: Page, site: Site, owner: Person) -> list[str]:
    """From a page that leads there."""
    page.get_by_role("link", name="Ask my recovery contacts").click()
    page.get_by_label("E-mail address").fill(owner.email)
    page.get_by_role("button", name="Send me the code").click()
    expect(page.get_by_role("heading", name="Look in your mail")).to_be_visible(timeout=PATIENT)
    look(page, "contacts-code")
    code = in_the_mail(site, owner, ASKING_CODE)
    page.get_by_label("Code from the mail").fill(code)
    page.get_by_role("button", name="Ask my contacts").click()
    return words_on(page)


def in_the_mail(site: Site, person: Person, pattern: re.Pattern[str]) -> str:
    """What a letter says, once it has come; other letters may come before it."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for letter in site.letters_to(person.email):
            if found := pattern.search(letter):
                return found[1]
        time.sleep(0.2)
    raise AssertionError(f"No letter to {person.email} says {pattern.pattern}")


def words_on(page: Page) -> list[str]:
    words = page.locator(".number-words.compared li")
    expect(words).to_have_count(12, timeout=PATIENT)
    return words.all_inner_texts()


def open_help(page: Page, owner: Person) -> list[str]:
    """A contact answers the call, as far as the words."""
    expect(page.get_by_role("alert")).to_contain_text(f"{owner.email} may need", timeout=PATIENT)
    page.get_by_role("button", name="Compare and answer").click()
    return words_on(page)


def test_two_of_three_people_give_everything_back(
    page: Page, theirs: Page, phone: Page, site: Site, tmp_path: Path
) -> None:
    circle = make_circle(site, "lost")
    owner, (_, ben, _) = circle.owner, circle.friends
    store_photos(owner, tmp_path, whole=2)

    open_vault(page, site, owner, 2)
    choose_and_be_told_yes(page, theirs, site, circle)

    # Everything is lost but the address, and a new phone asks.
    said = ask(phone, site, owner)
    assert_accessible(phone)
    look(phone, "contacts-asking")
    assert_fits(phone, width=320)
    theirs.reload()
    give_share(theirs, owner, said)
    recovering.answer(ben.sharer, owner.sharer.id, " ".join(said))
    phone.reload()
    assert words_on(phone) == said
    expect(phone.get_by_text("2 of 2 contacts answered")).to_be_visible()
    expect(phone.get_by_role("button", name="Open my vault")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("Somebody asks", timeout=PATIENT)
    names = [re.escape(friend.email) for friend in circle.friends[:2]]
    both = re.compile(f"({names[0]} and {names[1]}|{names[1]} and {names[0]}) have answered")
    expect(page.get_by_role("alert")).to_contain_text(both)
    assert_accessible(page)
    look(page, "contacts-asked")
    page.goto("about:blank")

    # The notice period goes by.
    circle.let_days_pass(site)
    phone.reload()
    refuse_another_vault(phone, site)
    phone.get_by_role("button", name="Open my vault").click(timeout=PATIENT)
    new_password(phone)
    new_words(phone)
    phone.goto(f"{site.address}/photos")
    expect_open(phone)
    expect_tiles(phone, 2)


def refuse_another_vault(phone: Page, site: Site) -> None:
    """A service that gives keys of another vault: the phone goes no further, and is nobody."""
    keys = re.compile(r"/api/v1/keys/bundle$")

    def swap(route: Route) -> None:
        response = route.fetch()
        bundle = json.loads(response.text())
        bundle["wrapped_identity_seed"] = bundle["wrapped_exchange_seed"]
        route.fulfill(response=response, json=bundle)

    phone.route(keys, swap)
    phone.get_by_role("button", name="Open my vault").click(timeout=PATIENT)
    expect(phone.get_by_text("is not the vault that you asked for")).to_be_visible(
        timeout=PATIENT
    )
    phone.unroute(keys)
    answer = phone.context.request.get(f"{site.address}/api/v1/auth/session")
    assert answer.status in (401, 403)


def choose_and_be_told_yes(page: Page, theirs: Page, site: Site, circle: Circle) -> None:
    """While all is well, three are chosen, and the first says yes."""
    owner, ada = circle.owner, circle.friends[0]
    page.goto(f"{site.address}/settings/contacts")
    expect(page.get_by_text("Two of them and this service together")).to_be_visible(
        timeout=PATIENT
    )
    assert_accessible(page)
    look(page, "contacts-choose")
    choose(page, circle)
    expect(row_of(page, ada.email)).to_contain_text("Asked", timeout=PATIENT)
    assert_accessible(page)
    enter(theirs, site, ada, "/people")
    theirs.get_by_role("button", name=f"Yes, I will help {owner.email}").click(timeout=PATIENT)
    expect(row_of(theirs, owner.email).filter(has_text="You said yes.")).to_be_visible(
        timeout=PATIENT
    )
    assert_accessible(theirs)
    look(theirs, "contacts-held")
    page.reload()
    expect(row_of(page, ada.email)).to_contain_text("Said yes", timeout=PATIENT)
    look(page, "contacts-chosen")


def give_share(theirs: Page, owner: Person, said: list[str]) -> None:
    """A contact compares the words, says so, and answers."""
    assert open_help(theirs, owner) == said
    assert_accessible(theirs)
    look(theirs, "contacts-help")
    give = theirs.get_by_role("button", name="Give my share")
    expect(give).to_be_disabled()
    theirs.get_by_label("I heard or saw").check()
    give.click()
    expect(theirs.get_by_text("You answered.")).to_be_visible(timeout=PATIENT)


def new_words(page: Page) -> None:
    """The old ones are lost: others come in their place."""
    expect(page.locator("ol.words li")).to_have_count(24, timeout=PATIENT)
    assert_accessible(page)
    proof = page.locator("pv-prove-phrase")
    words = page.locator("ol.words li").all_inner_texts()
    proof.get_by_label("Paste the 24 words").fill(" ".join(words))
    proof.get_by_role("button", name="I kept it").click()
    password_in(page).fill(NEXT_PASSWORD)
    page.get_by_role("button", name="Put the new words in force").click()
    expect(page.get_by_text("The new words are in force.")).to_be_visible(timeout=PATIENT)


def new_password(page: Page) -> None:
    expect(page.get_by_role("heading", name="Choose a new password")).to_be_visible(
        timeout=PATIENT
    )
    assert_accessible(page)
    page.get_by_label("New password").fill(NEXT_PASSWORD)
    page.get_by_role("button", name="Save and open my vault").click()
    page.wait_for_url("**/settings/recovery**", timeout=PATIENT)


def test_a_service_that_puts_in_its_own_key_shows_other_words(
    page: Page, theirs: Page, site: Site
) -> None:
    circle = make_circle(site, "swapped")
    owner, ada = circle.owner, circle.friends[0]
    choose_all(circle, site)
    said = ask(page, site, owner)

    def swap(route: Route) -> None:
        """The key of a device that the service holds, instead of the one that asked."""
        response = route.fetch()
        held = json.loads(response.text())
        for each in held:
            each["request"]["exchange_public_key"] = to_base64url(exchange_public_key(bytes(32)))
        route.fulfill(response=response, json=held)

    theirs.route(SHARES, swap)
    enter(theirs, site, ada, "/people")

    assert open_help(theirs, owner) != said
    expect(theirs.get_by_role("button", name="Give my share")).to_be_disabled()
    theirs.get_by_role("button", name="Not now").click()
    theirs.unroute(SHARES)
    theirs.reload()
    assert open_help(theirs, owner) == said


def test_nothing_is_sent_to_a_contact_whose_key_the_service_swapped(
    page: Page, site: Site
) -> None:
    circle = make_circle(site, "pinned")
    ada = circle.friends[0]
    enter(page, site, circle.owner, "/settings/contacts")
    for friend in circle.friends:
        page.get_by_label(friend.email).check(timeout=PATIENT)
    sent: list[str] = []
    page.on("request", lambda each: sent.append(f"{each.method} {each.url}"))

    def swap(route: Route) -> None:
        """A server that gives out a key of its own in ada's name."""
        response = route.fetch()
        body = json.loads(response.text())
        for contact in body["items"]:
            if contact["account_id"] == ada.sharer.id:
                contact["exchange_public_key"] = to_base64url(exchange_public_key(bytes(32)))
        route.fulfill(response=response, json=body)

    page.route(re.compile(r"/api/v1/contacts$"), swap)
    page.get_by_label("I know that two of them").check()
    password_in(page).fill(PASSWORD)
    page.get_by_role("button", name="Choose these three").click()

    expect(page.get_by_text("are not the ones you know")).to_be_visible(timeout=PATIENT)
    assert not [each for each in sent if each.startswith("PUT") and "recovery" in each]
    page.reload()
    expect(page.get_by_label(ada.email)).to_be_disabled(timeout=PATIENT)
    assert_accessible(page)


def test_the_link_in_the_mail_stops_it_and_the_device_that_asked_hears_of_it(
    page: Page, theirs: Page, site: Site, watch: Watch
) -> None:
    circle = make_circle(site, "stopped")
    choose_all(circle, site)
    # Whoever has nothing but the mailbox comes from a vault that their reset left shut.
    site.wait_for_letter(circle.owner.email, number=CHOSEN_LETTER)
    reset_by_mail(page, site, circle.owner.email, NEXT_PASSWORD, number=CHOSEN_LETTER + 1)
    page.get_by_role("link", name="Use a passkey").click()
    expect_locked(page)
    said = ask_from(page, site, circle.owner)
    recovering.answer(circle.friends[1].sharer, circle.owner.sharer.id, " ".join(said))

    theirs.goto(in_the_mail(site, circle.owner, STOP_LINK))
    expect(theirs.get_by_role("heading", name="Stop this recovery?")).to_be_visible()
    assert_accessible(theirs)
    look(theirs, "contacts-stop")
    assert_fits(theirs, width=320)
    theirs.get_by_role("button", name="Stop it").click()
    expect(theirs.get_by_role("heading", name="It is stopped")).to_be_focused(timeout=PATIENT)
    assert_accessible(theirs)
    look(theirs, "contacts-stopped")
    watch.expect(410)
    theirs.reload()
    theirs.get_by_role("button", name="Stop it").click()
    expect(theirs.get_by_role("heading", name="There is nothing to stop")).to_be_visible()
    theirs.goto(f"{site.address}/stop-recovery#cut-off")
    theirs.reload()
    expect(theirs.get_by_role("heading", name="This link is not whole")).to_be_visible()

    watch.expect(410)
    page.get_by_role("button", name="Look again").click()
    expect(page.get_by_role("heading", name="This has ended")).to_be_focused(timeout=PATIENT)
    assert_accessible(page)
    look(page, "contacts-ended")
    page.get_by_role("button", name="Ask again").click()
    expect(page.get_by_label("E-mail address")).to_be_visible()


def test_a_contact_hands_their_share_back_and_the_owner_ends_it_all(
    page: Page, theirs: Page, site: Site
) -> None:
    circle = make_circle(site, "handed-back")
    owner, (ada, ben, _) = circle.owner, circle.friends
    choose_all(circle, site)
    enter(theirs, site, ada, "/settings/contacts")
    theirs.get_by_role("button", name=f"No, hand back the share of {owner.email}").click(
        timeout=PATIENT
    )
    dialog = theirs.get_by_role("dialog")
    expect(dialog).to_contain_text("You stay contacts.")
    dialog.get_by_role("button", name="Hand it back").click()
    expect(theirs.get_by_text("You can help them back in")).to_have_count(0, timeout=PATIENT)

    enter(page, site, owner, "/settings/contacts")
    expect(row_of(page, ben.email)).to_contain_text("Asked", timeout=PATIENT)
    expect(page.get_by_text(f"{ada.email} handed their share back")).to_be_visible()
    assert_accessible(page)
    look(page, "contacts-handed-back")
    page.get_by_role("button", name="Choose others").click()
    expect(page.get_by_label(ben.email)).to_be_checked()
    expect(page.get_by_label(ada.email)).not_to_be_checked()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Choose others").click()
    choose(page, circle)
    expect(row_of(page, ada.email)).to_contain_text("Asked", timeout=PATIENT)
    expect(page.get_by_text("handed their share back")).to_have_count(0)
    page.get_by_role("button", name="End this").click()
    page.get_by_role("dialog").get_by_role("button", name="End it").click()
    expect(page.get_by_role("button", name="Choose these three")).to_be_visible(timeout=PATIENT)
    page.goto(f"{site.address}/people")
    expect(page.get_by_role("button", name=f"Remove {ada.email}")).to_be_visible(timeout=PATIENT)
