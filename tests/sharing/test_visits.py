"""Visits: who is let in by a link, how often, what they see, and what guessing leads to."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings
from rest_framework.response import Response
from rest_framework.test import APIClient

from accounts.models import Account, AuditEvent, Preferences
from images.actions.counting import distrust_all_counts
from images.models import Image, ImagePart, SyncEntry
from pocketvault.kernel import work
from pocketvault.kernel.fields import from_base64url, to_base64url
from pocketvault.kernel.ids import uuid7
from sharing.actions.visits import remove_ended_visits
from sharing.models import ShareLink, Source, Visit
from tests.factories import app_of, browser_of
from tests.images.making import bytes_of, store_image
from tests.sharing.linking import (
    API,
    KDF,
    Sharing,
    knock,
    make_link,
    put_in,
    share_album,
    visitor_of,
)

pytestmark = pytest.mark.django_db
PROOF, WRONG = b"p" * 32, b"w" * 32
ORIGINAL, THUMBNAIL = b"original" * 50, b"thumb" * 10


@pytest.fixture(autouse=True)
def own_store(settings: Settings, tmp_path: Path) -> None:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}


@pytest.fixture
def image(alice: Account) -> Image:
    return store_image(alice, ORIGINAL, thumbnail=THUMBNAIL)


@pytest.fixture
def sharing(alice: Account, image: Image) -> Sharing:
    return share_album(alice, image)


@pytest.fixture
def link(sharing: Sharing) -> ShareLink:
    return make_link(sharing, PROOF)


def codes(answers: list[Response]) -> list[object]:
    return [answer.json().get("code", answer.status_code) for answer in answers]


def at_once(count: int, act: Callable[[int], Response]) -> list[Response]:
    """So many at the same moment."""
    start, answers = threading.Barrier(count), list[Response]()

    def run(number: int) -> None:
        start.wait()
        answers.append(act(number))
        connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


# Getting in


def test_a_link_says_how_it_is_proved_and_nothing_else(sharing: Sharing) -> None:
    plain, guarded = make_link(sharing, PROOF), make_link(sharing, PROOF, kdf=KDF)

    answers = [APIClient().get(f"{API}/links/{each.pk}").json() for each in (plain, guarded)]

    assert answers == [{"kdf": None}, {"kdf": KDF}]


def test_who_proves_a_link_sees_the_album(sharing: Sharing, link: ShareLink) -> None:
    begun = knock(link, PROOF)
    assert begun.status_code == 201
    assert len(from_base64url(begun.json()["token"])) == 32

    album = visitor_of(link, PROOF).get(f"{API}/visits/album").json()

    assert album["album_id"] == str(sharing.album_id)
    assert album["item_count"] == 1
    assert album["owner"]["id"] == str(sharing.owner.pk)
    assert len(from_base64url(album["owner"]["exchange_public_key"])) == 1216
    assert [wrap["generation"] for wrap in album["wraps"]] == [1]
    assert from_base64url(album["wraps"][0]["wrapped_album_key"]) == link.wraps.get().open()
    assert album["head"]["seq"] == 2
    link.refresh_from_db()
    assert link.views == 2
    assert link.last_used_on == timezone.now().date()


def test_a_token_is_kept_as_a_digest_only(link: ShareLink) -> None:
    token = knock(link, PROOF).json()["token"]

    kept = bytes(Visit.objects.get().token_digest)

    assert len(kept) == 32
    assert kept not in (token.encode(), from_base64url(token))


def test_a_visitor_reads_photos_and_their_bytes(
    sharing: Sharing, link: ShareLink, image: Image
) -> None:
    visitor = visitor_of(link, PROOF)

    [item] = visitor.get(f"{API}/visits/items").json()["items"]
    path = f"{API}/visits/items/{image.pk}"
    whole, some = visitor.get(f"{path}/original"), visitor.get(
        f"{path}/original", HTTP_RANGE="bytes=8-15"
    )

    assert item["image_id"] == str(image.pk)
    assert item["parts"]["original"]["bytes"] == len(ORIGINAL)
    assert from_base64url(item["wrapped_content_key"])
    assert bytes_of(whole) == ORIGINAL
    assert (some.status_code, bytes_of(some)) == (206, ORIGINAL[8:16])
    assert bytes_of(visitor.get(f"{path}/thumbnail")) == THUMBNAIL
    assert visitor.head(f"{path}/thumbnail")["Content-Length"] == str(len(THUMBNAIL))
    # What may be seen can end, so nothing is kept without asking.
    assert "immutable" not in whole["Cache-Control"]


def test_originals_stay_where_they_cannot_be_downloaded(sharing: Sharing, image: Image) -> None:
    visitor = visitor_of(make_link(sharing, PROOF, can_download=False), PROOF)

    [item] = visitor.get(f"{API}/visits/items").json()["items"]

    assert set(item["parts"]) == {"thumbnail"}
    for read in (visitor.get, visitor.head):
        assert read(f"{API}/visits/items/{image.pk}/original").status_code == 404
    assert visitor.get(f"{API}/visits/items/{image.pk}/thumbnail").status_code == 200


def test_a_limit_on_downloads_holds_for_visits_under_way(
    sharing: Sharing, link: ShareLink, image: Image
) -> None:
    visitor = visitor_of(link, PROOF)
    sharing.app.put(f"{sharing.path}/{link.pk}/limits", {"can_download": False}, format="json")

    assert visitor.get(f"{API}/visits/items/{image.pk}/original").status_code == 404


def test_of_a_clean_copy_the_clean_parts_are_served(alice: Account, image: Image) -> None:
    other = store_image(alice, b"clean" * 90, thumbnail=b"c" * 30)
    for part in ImagePart.objects.filter(image=other):
        part.image, part.name = image, f"clean-{part.name}"
        part.save()
    visitor = visitor_of(make_link(share_album(alice, image, source=Source.CLEAN), PROOF), PROOF)

    [item] = visitor.get(f"{API}/visits/items").json()["items"]
    path = f"{API}/visits/items/{image.pk}"

    assert item["source"] == "clean"
    assert item["parts"]["original"]["bytes"] == 450
    assert bytes_of(visitor.get(f"{path}/original")) == b"clean" * 90
    assert bytes_of(visitor.get(f"{path}/thumbnail")) == b"c" * 30
    assert visitor.get(f"{path}/clean-original").status_code == 404


def test_what_is_in_the_bin_or_elsewhere_is_not_there(
    alice: Account, sharing: Sharing, link: ShareLink, image: Image
) -> None:
    private = store_image(alice, thumbnail=b"x" * 10)
    visitor = visitor_of(link, PROOF)
    missing = visitor.get(f"{API}/visits/items/{uuid7()}/thumbnail")
    Image.objects.filter(pk=image.pk).update(
        binned_at=timezone.now(), purge_at=timezone.now() + timedelta(days=1)
    )
    distrust_all_counts()

    for each in (image, private):
        answer = visitor.get(f"{API}/visits/items/{each.pk}/thumbnail")
        assert (answer.status_code, answer.content) == (404, missing.content)
    assert visitor.get(f"{API}/visits/items").json()["items"] == []
    assert visitor.get(f"{API}/visits/album").json()["item_count"] == 0


def test_a_link_leads_to_its_own_album_only(
    alice: Account, sharing: Sharing, link: ShareLink
) -> None:
    other = store_image(alice, thumbnail=b"x" * 10)
    share_album(alice, other)
    visitor = visitor_of(link, PROOF)

    assert visitor.get(f"{API}/visits/items/{other.pk}/thumbnail").status_code == 404
    assert len(visitor.get(f"{API}/visits/items").json()["items"]) == 1


def test_what_is_withheld_is_not_served(link: ShareLink, image: Image) -> None:
    visitor = visitor_of(link, PROOF)
    Image.objects.filter(pk=image.pk).update(withheld_at=timezone.now())

    answer = visitor.get(f"{API}/visits/items/{image.pk}/thumbnail")
    [item] = visitor.get(f"{API}/visits/items").json()["items"]

    assert (answer.status_code, answer.json()["code"]) == (451, "withheld")
    assert item["is_withheld"]
    assert (item["wrapped_content_key"], item["fields"], item["parts"]) == (None, None, {})


NO_PARTS = ["metadata", "..", "clean-original", "original%00", "%FF", "o" * 300]


@pytest.mark.parametrize("name", NO_PARTS)
def test_a_part_that_is_none_is_not_found(link: ShareLink, image: Image, name: str) -> None:
    path = f"{API}/visits/items/{image.pk}/{name}"

    assert visitor_of(link, PROOF).get(path).status_code == 404


def test_pages_hold_every_photo_once_in_as_many_queries(
    alice: Account, sharing: Sharing, link: ShareLink
) -> None:
    visitor, costs = visitor_of(link, PROOF), []
    for more in (0, 5):
        for _ in range(more):
            put_in(sharing, store_image(alice, thumbnail=b"t" * 20))
        with CaptureQueriesContext(connection) as queries:
            visitor.get(f"{API}/visits/items")
        costs.append(len(queries))

    seen, cursor = [], ""
    while cursor is not None:
        page = visitor.get(f"{API}/visits/items", {"limit": 2, "cursor": cursor}).json()
        seen += [item["image_id"] for item in page["items"]]
        cursor = page["cursor"]

    assert costs[0] == costs[1] <= 4
    assert len(seen) == len(set(seen)) == 6


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=x", "cursor=x", "cursor=AAAA"])
def test_a_page_that_is_none_is_refused(link: ShareLink, query: str) -> None:
    assert visitor_of(link, PROOF).get(f"{API}/visits/items?{query}").status_code == 400


def test_the_history_is_read_from_where_a_visitor_is(sharing: Sharing, link: ShareLink) -> None:
    visitor = visitor_of(link, PROOF)

    whole = visitor.get(f"{API}/visits/history").json()
    rest = visitor.get(f"{API}/visits/history", {"after": 1}).json()

    assert [entry["seq"] for entry in whole["items"]] == [1, 2]
    assert [entry["seq"] for entry in rest["items"]] == [2]
    assert whole["has_more"] is False
    for after in ("-1", "x", "9" * 30):
        assert visitor.get(f"{API}/visits/history", {"after": after}).status_code == 400


# What ended, and what never was


def test_unknown_links_are_not_found(link: ShareLink) -> None:
    unknown = ShareLink(pk=uuid7())

    assert knock(unknown, PROOF).status_code == 404
    assert APIClient().get(f"{API}/links/{unknown.pk}").status_code == 404


def test_a_link_after_its_end_says_kindly_that_it_ended(link: ShareLink) -> None:
    visitor = visitor_of(link, PROOF)

    with time_machine.travel(link.expires_at - timedelta(seconds=30)):
        assert knock(link, PROOF).status_code == 201
    ShareLink.objects.update(expires_at=timezone.now())

    answers = [
        knock(link, PROOF), knock(link, WRONG), APIClient().get(f"{API}/links/{link.pk}"),
        visitor.get(f"{API}/visits/album"),
    ]
    assert [answer.status_code for answer in answers] == [410] * 4
    assert {answer.json()["code"] for answer in answers} == {"link_ended"}
    assert "ended" in answers[0].json()["detail"]


def test_a_link_opens_as_often_as_it_may_and_visits_go_on(sharing: Sharing) -> None:
    link = make_link(sharing, PROOF, view_limit=2)
    visitor = visitor_of(link, PROOF)

    assert codes([knock(link, PROOF) for _ in range(3)]) == [201, "link_ended", "link_ended"]
    assert APIClient().get(f"{API}/links/{link.pk}").status_code == 410
    assert visitor.get(f"{API}/visits/album").status_code == 200


def test_a_look_counts_as_no_visit(sharing: Sharing) -> None:
    link = make_link(sharing, PROOF, view_limit=1)

    for _ in range(3):
        APIClient().get(f"{API}/links/{link.pk}")
    knock(link, WRONG)

    assert knock(link, PROOF).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_the_last_view_is_given_to_one_of_many(alice: Account) -> None:
    sharing = share_album(alice)
    link = make_link(sharing, PROOF, view_limit=3)
    knock(link, PROOF)

    answers = at_once(6, lambda _: knock(link, PROOF))

    assert sorted(answer.status_code for answer in answers) == [201, 201, 410, 410, 410, 410]
    assert Visit.objects.count() == 3
    link.refresh_from_db()
    assert link.views == 3


def test_a_visit_ends_after_an_hour(link: ShareLink) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        visitor = visitor_of(link, PROOF)
        clock.shift(timedelta(minutes=59))
        assert visitor.get(f"{API}/visits/album").status_code == 200
        clock.shift(timedelta(minutes=1))
        ended = visitor.get(f"{API}/visits/album")

        assert (ended.status_code, ended.json()["code"]) == (401, "visit_ended")
        assert ended["WWW-Authenticate"] == "Visit"
        assert remove_ended_visits() == 1
        assert visitor.get(f"{API}/visits/album").json() == ended.json()


def test_the_sweep_leaves_visits_under_way(link: ShareLink) -> None:
    visitor = visitor_of(link, PROOF)

    work.tick()
    work.run_due_jobs()

    assert visitor.get(f"{API}/visits/album").status_code == 200


TOKENS = [
    "", "Visit", "Visit ", "Visit x", "Visit \x00", "visit " + "A" * 43, "Visit ü", "Visit ☃",
    "Visit " + "A" * 100_000, "Visit a b", "Bearer x", "Guest x", "Basic eDp4", "=", "Visit %00",
]


@pytest.mark.parametrize("token", TOKENS, ids=range(len(TOKENS)))
def test_a_token_that_is_none_opens_nothing(link: ShareLink, token: str) -> None:
    client = APIClient(raise_request_exception=False)

    for path in ("album", "items", "history", f"items/{uuid7()}/thumbnail"):
        answer = client.get(f"{API}/visits/{path}", HTTP_AUTHORIZATION=token)
        assert answer.status_code == 401


def test_an_account_is_no_visitor_and_a_visitor_no_account(
    alice: Account, link: ShareLink
) -> None:
    visitor = visitor_of(link, PROOF)

    for client in (app_of(alice), browser_of(alice)):
        assert client.get(f"{API}/visits/album").status_code == 401
    for path in ("me", "images", "albums", "exposures", "guest/uploads", "collect-links"):
        assert visitor.get(f"{API}/{path}").status_code in (401, 405)
    assert visitor.put(f"{API}/guest/drops/{uuid7()}").status_code == 401


def test_a_strangers_page_cannot_open_a_link_with_the_visitors_browser(link: ShareLink) -> None:
    browser = APIClient(enforce_csrf_checks=True)
    body = {"auth_key": to_base64url(PROOF)}
    path = f"{API}/links/{link.pk}/visits"

    forged = browser.post(path, body, format="json", HTTP_ORIGIN="https://evil.example")
    plain = browser.post(path, body, format="json")

    assert (forged.status_code, forged.json()["code"]) == (403, "forged_request")
    assert plain.status_code == 201
    assert Visit.objects.count() == 1


@pytest.mark.parametrize(
    "body", [{}, {"auth_key": ""}, {"auth_key": 5}, {"auth_key": "A" * 44}, [], "x", None]
)
def test_a_proof_that_is_none_is_refused_and_not_counted(link: ShareLink, body: object) -> None:
    answer = APIClient().post(f"{API}/links/{link.pk}/visits", body, format="json")

    assert answer.status_code == 400
    link.refresh_from_db()
    assert link.wrong_proofs == 0


# Guessing


def test_ten_wrong_proofs_close_a_link_until_the_hour_is_over(link: ShareLink) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        wrong = [knock(link, WRONG) for _ in range(10)]
        clock.shift(timedelta(minutes=50))
        right = knock(link, PROOF)
        clock.shift(timedelta(minutes=10))
        later = knock(link, PROOF)

    assert codes(wrong) == ["wrong_link_proof"] * 10
    assert [each.json()["tries_left"] for each in wrong] == list(range(9, -1, -1))
    assert (right.status_code, right.json()["code"]) == (429, "too_many_requests")
    assert 590 <= int(right["Retry-After"]) <= 601
    assert later.status_code == 201


def test_a_thousand_wrong_proofs_from_a_thousand_networks_are_ten(link: ShareLink) -> None:
    anybody = APIClient()
    answers = [
        knock(link, WRONG, by=anybody, REMOTE_ADDR=f"10.{number // 250}.{number % 250}.9")
        for number in range(1000)
    ]

    assert codes(answers[:10]) == ["wrong_link_proof"] * 10
    assert {answer.status_code for answer in answers[10:]} == {429}
    link.refresh_from_db()
    assert link.wrong_proofs == 10
    assert not Visit.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_wrong_proofs_at_the_same_moment_are_all_counted(alice: Account) -> None:
    link = make_link(share_album(alice), PROOF)

    answers = at_once(16, lambda number: knock(link, WRONG, REMOTE_ADDR=f"10.0.{number}.1"))

    assert sorted(answer.status_code for answer in answers) == [403] * 10 + [429] * 6
    link.refresh_from_db()
    assert link.wrong_proofs == 10


def test_after_a_hundred_a_link_sleeps_until_its_owner_wakes_it(
    sharing: Sharing, link: ShareLink
) -> None:
    visitor = visitor_of(link, PROOF)
    before, anybody = SyncEntry.objects.get(kind="shared-album").seq, APIClient()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(10):
            wrong = [knock(link, WRONG, by=anybody) for _ in range(10)]
            assert codes(wrong) == ["wrong_link_proof"] * 10
            clock.shift(timedelta(hours=1))
        asleep = [knock(link, PROOF), APIClient().get(f"{API}/links/{link.pk}")]
        clock.shift(timedelta(days=5))
        asleep.append(knock(link, PROOF))

        assert codes(asleep) == ["link_asleep"] * 3
        assert {each.status_code for each in asleep} == {423}
        [shown] = app_of(sharing.owner).get(f"{API}/exposures").json()["items"]
        assert shown["state"] == "asleep"
        told = SyncEntry.objects.get(kind="shared-album").seq
        assert app_of(sharing.owner).post(f"{sharing.path}/{link.pk}/wake").status_code == 204
        assert knock(link, PROOF).status_code == 201
        wrong = [knock(link, WRONG, by=anybody) for _ in range(10)]
        assert codes(wrong) == ["wrong_link_proof"] * 10

    assert SyncEntry.objects.get(kind="shared-album").seq > told > before
    tags = AuditEvent.objects.concerning(sharing.owner.pk).values_list("tag", flat=True)
    assert {"link:asleep", "link:woken"} <= set(tags)
    assert visitor.get(f"{API}/visits/album").status_code == 200


def test_the_owner_is_told_once_and_in_their_own_language(
    alice: Account, link: ShareLink
) -> None:
    Preferences.objects.create(account=alice, language="en-gb")
    ShareLink.objects.update(wrong_proofs=98)

    for _ in range(4):
        knock(link, WRONG, HTTP_ACCEPT_LANGUAGE="de")
    work.run_due_jobs()

    [letter] = mail.outbox
    assert letter.to == [alice.email]
    assert letter.subject == "A link of yours was put to sleep"
    assert "None of those tries got in" in letter.body
    assert str(link.pk) not in letter.body


def test_waking_what_is_awake_forgets_no_wrong_proof(sharing: Sharing, link: ShareLink) -> None:
    knock(link, WRONG)

    assert sharing.app.post(f"{sharing.path}/{link.pk}/wake").status_code == 204

    link.refresh_from_db()
    assert link.wrong_proofs == 1


def test_a_clock_that_was_set_back_keeps_nobody_out_for_ever(link: ShareLink) -> None:
    with time_machine.travel(timezone.now() + timedelta(hours=5)):
        for _ in range(10):
            knock(link, WRONG)

    assert knock(link, PROOF).status_code == 201


def test_one_network_is_counted_across_links(sharing: Sharing) -> None:
    links, anybody = [make_link(sharing, PROOF) for _ in range(2)], APIClient()

    answers = [knock(links[number % 2], PROOF, by=anybody) for number in range(302)]

    assert [answer.status_code for answer in answers[:300]] == [201] * 300
    assert codes(answers[300:]) == ["too_many_requests"] * 2
    assert knock(links[0], PROOF, REMOTE_ADDR="10.9.9.9").status_code == 201


@pytest.mark.parametrize(
    ("origin", "status"), [("http://testserver", 201), ("https://elsewhere.example", 403)]
)
def test_a_browser_begins_a_visit_from_our_own_page_alone_and_needs_no_cookie(
    sharing: Sharing, origin: str, status: int
) -> None:
    browser = APIClient(enforce_csrf_checks=True)

    answer = knock(make_link(sharing, PROOF), PROOF, by=browser, HTTP_ORIGIN=origin)

    assert answer.status_code == status
