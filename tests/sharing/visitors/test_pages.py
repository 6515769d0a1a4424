"""What strangers see: open profiles and live photos, and nothing else, whatever they ask for."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Account
from pocketvault.kernel.fields import from_base64url
from sharing.models import Profile, PublicAlbum, Publication, PublicationState
from tests.reference_client.crypto.profile import read_profile
from tests.reference_client.crypto.publication import read_publication
from tests.sharing.visitors.live import LICENCE, open_profile, publish, publish_many

pytestmark = pytest.mark.django_db


@pytest.fixture
def stranger() -> Client:
    """Asks the public host, without script."""
    return Client(HTTP_HOST="127.0.0.1:8000")


@pytest.fixture
def profile(alice: Account) -> Profile:
    return open_profile(alice)


def test_a_profile_says_who_what_and_on_what_terms_without_script(
    stranger: Client, alice: Account, profile: Profile
) -> None:
    photo = publish(alice, 1, long_edge=64, caption="Rocks <below> the cairn")
    page = stranger.get("/u/marit").content.decode()
    for words in ("Marit Aas", "Aarhus", LICENCE, "1 public photo<", "/u/marit/report"):
        assert words in page
    assert "Rocks &lt;below&gt; the cairn" in page
    assert "Not for training any model" in page
    assert f'href="/u/marit/{photo.public_id}"' in page
    assert re.search(r'<img src="data:image/png;base64,[^"]{100,1200}" alt="Rocks', page)
    # No address of a picture; what is drawn into the page, and digests, may hold any letters.
    assert "/i/" not in re.sub(r"(data:image/png;base64,|sha384-)[^\"]*", "", page)


def test_titles_of_albums_are_headings_in_their_order(
    stranger: Client, alice: Account, profile: Profile
) -> None:
    stones = PublicAlbum.objects.create(profile=profile, title="Stones", position=2)
    animals = PublicAlbum.objects.create(profile=profile, title="Animals", position=1)
    for number, album in enumerate((stones, None, animals)):
        publish(alice, number, long_edge=32, album=album)
    page = stranger.get("/u/marit").content.decode()
    headings = re.findall(r"<h2[^>]*>([^<]*)</h2>", page)
    assert headings == ["Animals", "Stones"]
    assert page.index("Photo 1") < page.index("Photo 2") < page.index("Photo 0")


def test_a_profile_costs_the_same_queries_however_much_it_shows(
    stranger: Client, alice: Account, profile: Profile
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert stranger.get("/u/marit").status_code == 200
        return len(seen)

    publish(alice, 1, long_edge=32)
    few = queries()
    publish_many(alice, 12, long_edge=32)
    assert queries() == few <= 4


HIDING: dict[str, dict[str, Any]] = {
    "refused": {"state": PublicationState.REFUSED},
    "not ready": {"state": PublicationState.RENDERED},
    "withheld": {"withheld_at": timezone.now()},
}


WAYS = (*HIDING, "binned", "taken from sight", "withdrawn", "closed", "account closed")


@pytest.mark.parametrize("why", WAYS)
def test_what_is_not_shown_is_not_there(
    stranger: Client, alice: Account, profile: Profile, why: str
) -> None:
    photo = publish(alice, 1, long_edge=32, caption="Seen by nobody")
    addresses = (f"/u/marit/{photo.public_id}", f"/u/marit/{photo.public_id}/statement")
    assert {stranger.get(each).status_code for each in addresses} == {200}
    found = Publication.objects.filter(pk=photo.pk)
    if why in HIDING:
        found.update(**HIDING[why])
    elif why == "binned":
        now = timezone.now()
        photo.image.binned_at, photo.image.purge_at = now, now + timedelta(days=30)
        photo.image.save()
    elif why == "taken from sight":
        photo.image.withheld_at = timezone.now()
        photo.image.save()
    elif why == "withdrawn":
        photo.delete()
    elif why == "closed":
        Profile.objects.update(is_open=False)
    else:
        Account.objects.filter(pk=alice.pk).update(is_active=False)
    assert {stranger.get(each).status_code for each in addresses} == {404}
    assert "Seen by nobody" not in stranger.get("/u/marit").content.decode()


def test_a_photo_is_not_found_under_somebody_elses_name(
    stranger: Client, alice: Account, bob: Account, profile: Profile
) -> None:
    photo = publish(alice, 1, long_edge=32)
    open_profile(bob, "bob")
    assert stranger.get(f"/u/bob/{photo.public_id}").status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "x", "10001", "²", "1" * 400])
def test_pages_that_are_none_are_not_found(stranger: Client, profile: Profile, page: str) -> None:
    assert stranger.get("/u/marit", {"page": page}).status_code == 404


@pytest.mark.parametrize("name", ["nobody", "MARIT", "%00", "a" * 5000, "..%2f..", "marit%20"])
def test_names_that_are_nobodys_are_not_found(
    stranger: Client, profile: Profile, name: str
) -> None:
    assert stranger.get(f"/u/{name}").status_code == 404


def test_search_engines_are_let_in_only_if_the_owner_chose_so(
    stranger: Client, alice: Account, profile: Profile
) -> None:
    photo = publish(alice, 1, long_edge=32)
    for address in ("/u/marit", f"/u/marit/{photo.public_id}"):
        hidden = stranger.get(address)
        assert "noindex" in hidden["X-Robots-Tag"]
        assert '<meta name="robots" content="noindex">' in hidden.content.decode()
        Profile.objects.update(is_listed=True)
        listed = stranger.get(address)
        assert listed["X-Robots-Tag"] == "noai, noimageai, noimageindex"
        assert "noindex" not in listed.content.decode().replace("noimageindex", "")
        Profile.objects.update(is_listed=False)


def test_a_card_is_drawn_from_the_chosen_cover_alone(
    stranger: Client, alice: Account, profile: Profile
) -> None:
    photo, other = publish_many(alice, 2, long_edge=32)
    assert "og:image" not in stranger.get("/u/marit").content.decode()
    Profile.objects.update(cover=photo)
    cover = 'content="http://127.0.0.1:8000/u/marit/cover.jpg"'
    assert cover in stranger.get("/u/marit").content.decode()
    assert cover in stranger.get(f"/u/marit/{photo.public_id}").content.decode()
    assert "og:image" not in stranger.get(f"/u/marit/{other.public_id}").content.decode()
    Publication.objects.filter(pk=photo.pk).update(withheld_at=timezone.now())
    assert "og:image" not in stranger.get("/u/marit").content.decode()


def test_whose_a_photo_is_stands_in_its_page_for_machines(
    stranger: Client, alice: Account, profile: Profile
) -> None:
    photo = publish(alice, 1, long_edge=32, caption="</script><b>")
    page = stranger.get(f"/u/marit/{photo.public_id}").content.decode()
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    [described] = [json.loads(each) for each in found]
    assert described["@type"] == "ImageObject"
    assert described["copyrightNotice"] == LICENCE
    assert described["usageInfo"].endswith("/no-training.json")
    assert described["name"] == "</script><b>"
    assert "contentUrl" not in described


def test_the_statement_is_there_for_anybody_to_check(
    stranger: Client, alice: Account, profile: Profile
) -> None:
    photo = publish(alice, 1, long_edge=32)
    found = stranger.get(f"/u/marit/{photo.public_id}/statement").json()
    assert found["statement"].encode() == bytes(photo.statement)
    assert found["account"] == str(alice.pk)
    assert len(found["identity_key"]) == 43


def test_what_was_signed_of_a_page_is_there_for_anybody_to_check(
    stranger: Client, alice: Account, profile: Profile
) -> None:
    shown = publish_many(alice, 3, long_edge=32)
    words, photos = (stranger.get(f"/u/marit/{each}") for each in ("statement", "statements"))

    said, about = words.json(), photos.json()
    key = from_base64url(said["identity_key"])
    owner, signature = str(alice.pk), from_base64url(said["signature"])
    assert read_profile(said["statement"].encode(), signature, owner, key)["bio"] == profile.bio
    assert (said["account"], said["identity_key"]) == (about["account"], about["identity_key"])
    assert about["photos"].keys() == {photo.public_id for photo in shown}
    for photo in shown:
        told = about["photos"][photo.public_id]
        raw, by = told["statement"].encode(), from_base64url(told["signature"])
        assert read_publication(raw, by, owner, str(photo.pk), key)["caption"] == photo.caption
    for answer in (words, photos):
        assert answer["Cache-Control"] == "no-cache"
    again = {"If-None-Match": photos["ETag"]}
    assert stranger.get("/u/marit/statements", headers=again).status_code == 304


def test_statements_come_page_by_page(
    stranger: Client, alice: Account, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sharing.public.finding.PAGE_SIZE", 2)
    publish_many(alice, 3, long_edge=32)
    counts = [
        len(stranger.get("/u/marit/statements", {"page": page}).json()["photos"])
        for page in (1, 2, 3)
    ]
    assert counts == [2, 1, 0]
    assert stranger.get("/u/marit/statements", {"page": "0"}).status_code == 404


def test_statements_cost_the_same_queries_however_many_there_are(
    stranger: Client, alice: Account, profile: Profile
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert stranger.get("/u/marit/statements").status_code == 200
        return len(seen)

    publish(alice, 1, long_edge=32)
    few = queries()
    publish_many(alice, 12, long_edge=32)
    assert queries() == few <= 3


def test_what_is_not_shown_is_not_told_with_the_statements(
    stranger: Client, alice: Account, profile: Profile
) -> None:
    seen, hidden = publish_many(alice, 2, long_edge=32)
    Publication.objects.filter(pk=hidden.pk).update(withheld_at=timezone.now())
    assert stranger.get("/u/marit/statements").json()["photos"].keys() == {seen.public_id}
    Profile.objects.update(is_open=False)
    for each in ("statement", "statements"):
        assert stranger.get(f"/u/marit/{each}").status_code == 404


def test_a_page_is_the_same_for_everyone_and_asked_for_again(
    stranger: Client, alice: Account, profile: Profile
) -> None:
    publish(alice, 1, long_edge=32)
    first = stranger.get("/u/marit")
    stranger.cookies["__Host-grant"] = "something"
    again = stranger.get("/u/marit", headers={"User-Agent": "Another"})
    assert first.content == again.content
    assert first["Cache-Control"] == "public, no-cache"
    assert "Cookie" not in first.get("Vary", "")
    assert stranger.get("/u/marit", headers={"If-None-Match": first["ETag"]}).status_code == 304
    publish(alice, 2, long_edge=32)
    assert stranger.get("/u/marit", headers={"If-None-Match": first["ETag"]}).status_code == 200
