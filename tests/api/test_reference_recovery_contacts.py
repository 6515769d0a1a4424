"""Everything is lost, and two of three contacts give the vault back: told over HTTP."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass, replace

import pytest

from tests.api.people import PASSWORD, Person, new_person, refusal_of, store
from tests.live import Live
from tests.reference_client import account, mailbox, recovering
from tests.reference_client.client import Client
from tests.reference_client.crypto.recovery_contacts import WrongShareError, sign_shares
from tests.reference_client.crypto.shares import split_secret
from tests.reference_client.people import Sharer, befriend
from tests.reference_client.recovering import Asking, NotOpenYetError

CODE = re.compile(r"^    (\d{8})$", re.MULTILINE)
STOP = re.compile(r"^    http\S+/stop-recovery#(\S{36})\.(\S{43})$", re.MULTILINE)
NEXT_PASSWORD = "another four quiet words"
PATIENT = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Somebody who lost everything, the three they trust, and the new device that asked."""

    live: Live
    owner: Person
    sharer: Sharer
    contacts: list[Sharer]
    asking: Asking

    @property
    def id(self) -> str:
        return self.sharer.id

    def answered_by(self, *places: int) -> None:
        """These contacts compare the words and answer."""
        words = recovering.words_here(self.asking)
        for place in places:
            recovering.answer(self.contacts[place], self.id, words)

    def days_pass(self) -> None:
        """The notice period is over."""
        when = "from django.utils import timezone; from sharing.models import RecoveryRequest"
        change = f"filter(pk='{self.asking.request_id}').update(opens_at=timezone.now())"
        code = f"{when}; RecoveryRequest.objects.{change}"
        self.live.manage("shell", "-v", "0", "-c", code)


@pytest.fixture(scope="module")
def trusted(live: Live) -> list[tuple[Person, Sharer]]:
    """Three people, whom every owner of these stories trusts."""
    people = [new_person(live, name) for name in ("piet", "quin", "rosa")]
    return [(person, Sharer(person.device)) for person in people]


@pytest.fixture
def story(live: Live, trusted: list[tuple[Person, Sharer]]) -> Story:
    """Set up, lost, and asked for: the code from the mail was typed."""
    owner = new_person(live, "olga")
    sharer = Sharer(owner.device)
    for person, contact in trusted:
        befriend(sharer, contact, person.email)
    contacts = [contact for _, contact in trusted]
    account.step_up(owner.device, PASSWORD)
    recovering.set_up(sharer, [contact.id for contact in contacts])
    asking = recovering.ask(live.url, owner.email)
    mail = mailbox.wait_for_mail(live.mail, owner.email, "asked for your vault", seconds=PATIENT)
    found = CODE.search(mail)
    assert found is not None
    recovering.confirm(asking, found[1])
    return Story(live=live, owner=owner, sharer=sharer, contacts=contacts, asking=asking)


def test_two_of_three_contacts_open_the_vault_after_the_notice_period(story: Story) -> None:
    photo = store(story.owner.library, 3)
    story.answered_by(1, 2)

    waiting = recovering.state_of(story.asking)
    assert (waiting["state"], waiting["answered"], waiting["opened"]) == ("waiting", 2, None)
    with pytest.raises(NotOpenYetError):
        recovering.finish(story.asking)
    story.days_pass()
    device = recovering.finish(story.asking)
    recovering.finish(story.asking)  # the first answer was lost

    assert device.must_set_password
    account.change_password(device, NEXT_PASSWORD)
    assert not account.is_signed_in(story.owner.device)
    again = account.sign_in(story.live.url, story.owner.email, NEXT_PASSWORD)
    assert again.keys.account_key == story.sharer.library.keys.account_key
    library = replace(story.owner, device=again).library
    assert library.get(photo.id).metadata == photo.metadata
    mail = mailbox.wait_for_mail(
        story.live.mail, story.owner.email, "what two of your recovery contacts answered"
    )
    assert "/settings/security" in mail


def test_before_it_is_open_the_service_has_nothing_to_say_and_nobody_gets_in(
    story: Story,
) -> None:
    story.answered_by(0, 1)

    said = str(recovering.state_of(story.asking))
    held = recovering.held_for(story.contacts[0], story.id)
    proof = {"recovery_auth_key": "A" * 43, **account.this_device()}
    for nothing in (held["sealed"], "wrapped_account_key", "sealed"):
        assert nothing not in said
    refusal = refusal_of(story.asking.client.call, "POST", "/recovery-request/sign-in", proof)
    assert refusal == (409, "recovery_waits")


def test_one_contact_is_not_enough_however_long_it_takes(story: Story) -> None:
    story.answered_by(2)
    story.days_pass()

    state = recovering.state_of(story.asking)

    assert (state["state"], state["answered"], state["opened"]) == ("waiting", 1, None)
    with pytest.raises(NotOpenYetError):
        recovering.finish(story.asking)


def test_the_owner_stops_it_from_any_device(story: Story) -> None:
    story.answered_by(0, 1)
    story.days_pass()
    body = {"request_id": story.asking.request_id}
    for _ in range(2):
        story.owner.device.client.call("POST", "/recovery-contacts/stop", body)

    assert refusal_of(recovering.finish, story.asking) == (410, "recovery_ended")
    assert recovering.held_for(story.contacts[0], story.id)["request"] is None
    assert account.is_signed_in(story.owner.device)


def test_whoever_reads_the_mail_stops_it_without_a_device(story: Story) -> None:
    mail = mailbox.wait_for_mail(
        story.live.mail, story.owner.email, "stop-recovery#", seconds=PATIENT
    )
    found = STOP.search(mail)
    assert found is not None
    path, anybody = f"/recovery-requests/{found[1]}/stop", Client(story.live.url)

    wrong = refusal_of(anybody.call, "POST", path, {"code": "A" * 43})
    anybody.call("POST", path, {"code": found[2]})

    assert wrong == (410, "recovery_ended")
    assert refusal_of(recovering.state_of, story.asking) == (410, "recovery_ended")


def test_a_lying_contact_is_noticed_and_the_two_others_are_enough(story: Story) -> None:
    liar = story.contacts[0]
    held = recovering.held_for(liar, story.id)
    true = recovering.share_of(liar, held)
    made_up = split_secret(os.urandom(32))
    terms = [replace(true.terms, contact=contact.id) for contact in story.contacts]
    lie = sign_shares(made_up, terms, liar.identity_seed)[0]
    words = recovering.words_here(story.asking)
    recovering.answer(liar, story.id, words, lie=lie)
    story.answered_by(1)
    story.days_pass()

    with pytest.raises(WrongShareError) as refusal:
        recovering.finish(story.asking)
    assert refusal.value.contact == liar.id

    story.answered_by(2)
    assert recovering.finish(story.asking).must_set_password


def test_a_service_that_puts_its_own_key_in_between_shows_other_words(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact, real = story.contacts[0], story.contacts[0].client.call
    theirs = recovering.ask(story.live.url, f"nobody-{time.time_ns()}@example.org")

    def lies(method: str, path: str, *rest: object, **named: object) -> object:
        said = real(method, path, *rest, **named)
        if path == "/recovery-shares":
            for each in said:
                if each["request"]:
                    each["request"]["exchange_public_key"] = recovering.public_of(theirs)
        return said

    monkeypatch.setattr(contact.client, "call", lies)
    with pytest.raises(ValueError, match="not the same"):
        story.answered_by(0)
