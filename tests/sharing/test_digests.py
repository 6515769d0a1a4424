"""Mails about what others did: what they count, when they go, and that none goes twice."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from types import FrameType
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.actions import mailing
from accounts.models import Account
from images.models import AlbumItem, Image
from pocketvault.kernel import work
from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.ids import uuid7
from sharing import digests
from sharing.actions import digesting
from sharing.actions.digesting import SETTLING, owe_digests, send_digest, token_for
from sharing.custody import SharingCustodian
from sharing.models import (
    Comment,
    Digest,
    Grant,
    Group,
    GroupMember,
    GroupRole,
    History,
    Like,
    SharedItem,
    Source,
    SubjectKind,
)
from tests.factories import app_of
from tests.images.making import sealed_record, store_image
from tests.sharing.linking import API, Sharing, grant, put_in, share_album

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 2, 9, tzinfo=timezone.get_default_timezone())
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Clock = time_machine.Traveller


class Killed(BaseException):
    """As if the kernel had ended the process."""


@pytest.fixture
def clock() -> Iterator[Clock]:
    with time_machine.travel(START, tick=False) as travelling:
        yield travelling


@pytest.fixture
def sharing(clock: Clock, alice: Account, bob: Account) -> Sharing:
    """Alice's album, which bob may open; both want to hear of it once a day."""
    made = share_album(alice, store_image(alice))
    grant(made, bob)
    for account in (alice, bob):
        ask(account, "daily")
    clock.shift(HOUR)
    return made


def ask(account: Account, rhythm: str) -> None:
    answer = app_of(account).patch(f"{API}/me/preferences", {"digest": rhythm}, format="json")
    assert answer.status_code == 200
    assert answer.json()["digest"] == rhythm


def say(sharing: Sharing, author: Account, image: Image | None = None) -> Comment:
    return Comment.objects.create(
        shared_album=sharing.shared, image=image, author=author, generation=1,
        ciphertext=b"c", made_at=timezone.now(),
    )  # fmt: skip


def like(sharing: Sharing, author: Account, image: Image) -> Like:
    return Like.objects.create(
        shared_album=sharing.shared, image=image, author=author, generation=1,
        ciphertext=b"l", made_at=timezone.now(),
    )  # fmt: skip


def contribute(sharing: Sharing, author: Account) -> Image:
    """One of their own, put in by them."""
    image = store_image(author)
    item = AlbumItem(album_id=sharing.album_id, image=image, version=1, added_at=timezone.now())
    item.seal(b"k" * 61).save()
    SharedItem.objects.create(
        item=item, shared_album=sharing.shared, added_by_id=author.pk, generation=1,
        source=Source.CONTENT, fields=b"f", entry_seq=1, commitment=bytes(32),
    )  # fmt: skip
    return image


def deliver() -> None:
    """As the worker does, with nothing lost and nothing late."""
    owe_digests()
    work.run_due_jobs()


def letters_to(account: Account) -> list[EmailMultiAlternatives]:
    return [each for each in mail.outbox if each.to == [account.email]]


def bodies_to(account: Account) -> list[str]:
    return [str(each.body) for each in letters_to(account)]


def html_of(letter: EmailMultiAlternatives) -> str:
    [(content, kind)] = [(each[0], each[1]) for each in letter.alternatives]
    assert kind == "text/html"
    return str(content)


def test_nobody_is_written_to_who_did_not_ask(alice: Account, bob: Account, clock: Clock) -> None:
    made = share_album(alice, store_image(alice))
    grant(made, bob)
    say(made, alice)
    clock.shift(8 * DAY)

    deliver()

    assert app_of(bob).get(f"{API}/me").json()["preferences"]["digest"] == "off"
    assert not Digest.objects.exists()
    assert mail.outbox == []


def test_a_mail_counts_what_others_did_and_says_nothing_else(
    sharing: Sharing, alice: Account, bob: Account, clock: Clock
) -> None:
    for _ in range(3):
        put_in(sharing, store_image(alice))
    image = SharedItem.objects.select_related("item__image").latest("pk").item.image
    say(sharing, alice)
    like(sharing, alice, image)
    say(sharing, bob)
    clock.shift(DAY)

    deliver()

    [letter], [to_alice] = letters_to(bob), letters_to(alice)
    text = str(letter.body)
    for said in (text, html_of(letter)):
        assert "3 new photos" in said
        assert "1 comment" in said
        assert "1 like" in said
        assert "1 album." in said
        assert "2 November 2026" in said
        for secret in (alice.email, str(sharing.album_id), str(image.pk)):
            assert secret not in said
    assert "photo" not in str(to_alice.body).split("from others:")[1].split("All of it")[0]
    assert "1 comment" in str(to_alice.body)
    assert html_of(letter).count("http") == 2, "no picture, no font, no tracking"


def test_without_anything_new_nothing_is_sent(
    sharing: Sharing, alice: Account, bob: Account, clock: Clock
) -> None:
    for _ in range(3):
        clock.shift(DAY)
        deliver()

    assert mail.outbox == []
    say(sharing, alice)
    clock.shift(DAY)
    deliver()
    assert len(bodies_to(bob)) == 1


def test_at_most_one_a_day_and_each_thing_is_told_once(
    sharing: Sharing, alice: Account, bob: Account, clock: Clock
) -> None:
    came: list[datetime] = []
    for hour in range(100):
        if hour < 72 and hour % 6 == 0:
            say(sharing, alice)
        before = len(letters_to(bob))
        deliver()
        came += [timezone.now()] * (len(letters_to(bob)) - before)
        clock.shift(HOUR)

    assert len(came) == 3
    assert all(later - earlier >= DAY for earlier, later in pairwise(came))
    assert sum(comments_in(body) for body in bodies_to(bob)) == 12


def test_weekly_waits_for_a_week(
    sharing: Sharing, alice: Account, bob: Account, clock: Clock
) -> None:
    Digest.objects.all().delete()
    ask(bob, "weekly")
    for _ in range(13):
        say(sharing, alice)
        clock.shift(DAY)
        deliver()

    [body] = bodies_to(bob)
    assert comments_in(body) in {6, 7}
    assert "at most once a week" in body


def test_what_is_being_written_at_this_moment_is_told_next_time(
    sharing: Sharing, alice: Account, bob: Account, clock: Clock
) -> None:
    clock.move_to(Digest.objects.get(pk=bob.pk).due_at)
    say(sharing, alice)

    deliver()

    assert bodies_to(bob) == []
    clock.shift(DAY)
    deliver()
    assert [comments_in(body) for body in bodies_to(bob)] == [1]


def test_whoever_is_let_in_later_hears_of_what_came_later(
    sharing: Sharing, alice: Account, mallory: Account, clock: Clock
) -> None:
    ask(mallory, "daily")
    put_in(sharing, store_image(alice))
    clock.shift(HOUR)
    made = Grant.objects.create(
        shared_album=sharing.shared, group=group_of(alice), role="viewer", can_download=False,
        made_at=timezone.now(), made_by_id=alice.pk,
    )  # fmt: skip
    say(sharing, alice)
    clock.shift(HOUR)
    GroupMember.objects.create(
        group=made.group, account=mallory, role=GroupRole.MEMBER, joined_at=timezone.now()
    )
    clock.shift(HOUR)
    like(sharing, alice, AlbumItem.objects.latest("pk").image)
    clock.shift(DAY)

    deliver()

    [body] = bodies_to(mallory)
    assert "1 like" in body
    assert "photo" not in body.split("All of it")[0]
    assert "comment" not in body


def test_what_is_gone_or_shown_to_nobody_is_not_counted(
    sharing: Sharing, alice: Account, bob: Account, clock: Clock
) -> None:
    binned, kept = store_image(alice), store_image(alice)
    put_in(sharing, binned, kept)
    for image in (binned, kept):
        say(sharing, alice, image)
        like(sharing, alice, image)
    say(sharing, alice).delete()
    app_of(alice).patch(f"{API}/me/preferences", {"recycle_bin_days": 7}, format="json")
    app_of(alice).post(f"{API}/images/{binned.pk}/bin")
    clock.shift(DAY)

    deliver()

    [body] = bodies_to(bob)
    assert all(f"1 {what}" in body for what in ("new photo", "comment", "like"))


def test_whose_access_ended_hears_nothing_of_it(
    sharing: Sharing, alice: Account, bob: Account, clock: Clock
) -> None:
    say(sharing, alice)
    Grant.objects.all().delete()
    clock.shift(DAY)

    deliver()

    assert bodies_to(bob) == []


def test_it_is_written_in_the_language_of_whoever_gets_it(
    sharing: Sharing, alice: Account, bob: Account, clock: Clock
) -> None:
    app_of(bob).patch(f"{API}/me/preferences", {"language": "de"}, format="json")
    say(sharing, alice)
    clock.shift(DAY)

    deliver()

    [body] = bodies_to(bob)
    assert "von anderen:" in body
    assert "from others" not in body


def test_a_refused_mail_goes_a_day_later_with_everything(
    sharing: Sharing, alice: Account, bob: Account, clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    ask(bob, "weekly")
    say(sharing, alice)
    clock.move_to(Digest.objects.get(pk=bob.pk).due_at)

    def refuses(*_: object, **__: object) -> int:
        raise ConnectionRefusedError

    with monkeypatch.context() as broken:
        broken.setattr(EmailBackend, "send_messages", refuses)
        with pytest.raises(ConnectionRefusedError):
            send_digest(bob.pk)
    send_digest(bob.pk)
    assert bodies_to(bob) == []
    say(sharing, alice)
    clock.shift(DAY)
    send_digest(bob.pk)

    assert [comments_in(body) for body in bodies_to(bob)] == [2]


@pytest.mark.django_db(transaction=True)
def test_killed_between_any_two_lines_it_sends_at_most_one_and_loses_nothing(
    sharing: Sharing, alice: Account, bob: Account, clock: Clock
) -> None:
    """Every line of the way is the last one once. The next turn tells what was not told."""
    Digest.objects.filter(pk=alice.pk).delete()
    lines, outcomes = 0, set()
    while True:
        mail.outbox.clear()
        say(sharing, alice)
        clock.move_to(max(Digest.objects.get(pk=bob.pk).due_at, timezone.now() + HOUR))
        told_before = Digest.objects.get(pk=bob.pk).told_until
        was_killed = run_until(lines, bob)
        same_turn = len(letters_to(bob))
        deliver()
        clock.shift(HOUR)
        deliver()
        # However often it is tried again within the turn: one at most.
        assert len(letters_to(bob)) <= 1
        clock.move_to(Digest.objects.get(pk=bob.pk).due_at)
        deliver()
        told = sum(comments_in(body) for body in bodies_to(bob))
        assert told >= 1, f"killed at line {lines}: the comment was never told"
        assert Digest.objects.get(pk=bob.pk).told_until > told_before
        outcomes.add((same_turn, told))
        if not was_killed:
            break
        lines += 1

    assert lines > 20
    # Killed before the mail went, and after it, when the next one says it again.
    assert {(0, 1), (1, 2), (1, 1)} <= outcomes


def run_until(last: int, account: Account) -> bool:
    """Send, and die before line ``last`` of the way. True when it came so far."""
    files = {inspect.getsourcefile(module) for module in (digesting, digests, mailing)}
    seen = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal seen
        if frame.f_code.co_filename not in files:
            return None
        if event == "line":
            if seen == last:
                raise Killed
            seen += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        send_digest(account.pk)
    except Killed:
        return True
    finally:
        sys.settrace(before)
    return False


def comments_in(body: str) -> int:
    found = re.search(r"(\d+) comments?$", body, re.MULTILINE)
    return 0 if found is None else int(found[1])


def group_of(owner: Account) -> Group:
    group_id = uuid7()
    history = History.objects.create(pk=group_id, kind=SubjectKind.GROUP, owner_id=owner.pk)
    return Group.objects.create(
        pk=group_id, history=history, made_at=timezone.now(), settings=sealed_record()
    )


def one_click(letter: EmailMultiAlternatives) -> str:
    address = letter.extra_headers["List-Unsubscribe"]
    assert address.startswith("<http")
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    return address.strip("<>").split("//", 1)[1].split("/", 1)[1]


def test_one_click_ends_them_without_signing_in(
    sharing: Sharing, alice: Account, bob: Account, clock: Clock
) -> None:
    say(sharing, alice)
    clock.shift(DAY)
    deliver()
    path = one_click(letters_to(bob)[0])
    by_mail_program = APIClient(enforce_csrf_checks=True)

    answers = [
        by_mail_program.post(
            f"/{path}", "List-Unsubscribe=One-Click",
            content_type="application/x-www-form-urlencoded",
        )
        for _ in range(2)
    ]  # fmt: skip

    assert [each.status_code for each in answers] == [204, 204]
    assert app_of(bob).get(f"{API}/me").json()["preferences"]["digest"] == "off"
    assert set(Digest.objects.values_list("pk", flat=True)) == {alice.pk}
    say(sharing, alice)
    clock.shift(DAY)
    deliver()
    assert len(letters_to(bob)) == 1


def test_looking_at_the_link_ends_nothing(sharing: Sharing, bob: Account) -> None:
    answer = APIClient().get(f"{API}/digests/unsubscribe", {"token": token_for(bob.pk)})

    assert answer.status_code == 405
    assert Digest.objects.filter(pk=bob.pk).exists()


@pytest.mark.parametrize("kind", ["other", "cut", "empty", "nonsense", "nobody"])
def test_only_our_own_token_ends_them(
    sharing: Sharing, alice: Account, bob: Account, kind: str
) -> None:
    good = token_for(bob.pk)
    forged = {
        "other": to_base64url(alice.pk.bytes) + good[22:],
        "cut": good[:-2],
        "empty": "",
        "nonsense": "ü$",
        "nobody": token_for(uuid7()),
    }[kind]

    answer = APIClient().post(f"{API}/digests/unsubscribe?token={forged}")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert Digest.objects.count() == 2


def test_an_unknown_rhythm_is_refused(sharing: Sharing, bob: Account) -> None:
    answer = app_of(bob).patch(f"{API}/me/preferences", {"digest": "hourly"}, format="json")

    assert answer.status_code == 400
    assert Digest.objects.get(pk=bob.pk)


def test_changing_to_and_fro_brings_no_second_mail(
    sharing: Sharing, alice: Account, bob: Account, clock: Clock
) -> None:
    say(sharing, alice)
    clock.shift(DAY)
    deliver()
    for rhythm in ("weekly", "daily", "off", "daily", "daily"):
        ask(bob, rhythm)
        say(sharing, alice)
        clock.shift(SETTLING)
        deliver()

    assert len(letters_to(bob)) == 1


def test_it_is_handed_out_and_goes_with_the_account(sharing: Sharing, bob: Account) -> None:
    exported = {item.path: b"".join(item.read()) for item in SharingCustodian().export(bob.pk)}
    assert b"told_until" in exported["sharing/digest.json"]

    SharingCustodian().erase(bob.pk)

    assert not Digest.objects.filter(pk=bob.pk).exists()
