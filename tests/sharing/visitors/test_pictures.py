"""A picture is given to the browser whose grant its address was made for, and for a minute."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image as Pillow

from accounts.models import Account
from images.actions.touches import write_touches
from images.models import Touch
from sharing.models import Profile, Publication, PublicationState
from tests.sharing.visitors.live import publish
from tests.sharing.visitors.protocol import Stranger

pytestmark = pytest.mark.django_db


def address_for(visitor: Stranger, photo: str, size: int = 320) -> str:
    address: str = visitor.ask([photo], size=size)["addresses"][photo]
    return address


def test_a_picture_is_what_was_sealed_and_says_what_nobody_may_do_with_it(
    alice: Account, profile: Profile
) -> None:
    photo = publish(alice, 3, long_edge=0).public_id
    visitor = Stranger().with_grant()
    for asked, long_edge in ((200, 320), (320, 320), (900, 1280), (2048, 2048)):
        answer = visitor.fetch(address_for(visitor, photo, asked))
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
        assert max(Pillow.open(BytesIO(answer.content)).size) == long_edge
    assert answer["Content-Usage"] == "train-ai=n"
    assert answer["tdm-reservation"] == "1"
    assert answer["X-Robots-Tag"] == "noindex, noai, noimageai, noimageindex"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "private, max-age=60"
    assert visitor.fetch(address_for(visitor, photo, 2048), **{
        "If-None-Match": answer["ETag"]
    }).status_code == 304  # fmt: skip


def test_a_picture_costs_one_query(visitor: Stranger, photos: list[str]) -> None:
    address = address_for(visitor, photos[0])
    with CaptureQueriesContext(connection) as seen:
        assert visitor.fetch(address).status_code == 200
    assert len([each for each in seen if "sharing_" in each["sql"]]) == 1
    assert len(seen) <= 2  # the epoch, unless this process knows it


def test_the_owner_is_told_that_the_public_came(visitor: Stranger, photos: list[str]) -> None:
    address = address_for(visitor, photos[0])
    write_touches()
    Touch.objects.all().delete()

    visitor.fetch(address)
    write_touches()

    [touch] = Touch.objects.all()
    shown = Publication.objects.get(public_id=photos[0])
    assert (touch.image_id, touch.who, touch.purpose, touch.count) == (
        shown.image_id, "public", "publish_images", 1,
    )  # fmt: skip


def test_asking_costs_the_same_queries_however_many_are_asked_for(
    visitor: Stranger, photos: list[str], profile: Profile
) -> None:
    visitor.ask(photos[:1])  # its visit is written down with the first
    counts = []
    for some in (photos[:1], photos):
        with CaptureQueriesContext(connection) as seen:
            visitor.ask(some)
        counts.append(len(seen))
    assert counts == [2, 2]


def test_an_address_lapses_after_a_minute(
    clock: time_machine.Traveller, visitor: Stranger, photos: list[str]
) -> None:
    address = address_for(visitor, photos[0])
    clock.shift(59)
    assert visitor.fetch(address).status_code == 200
    clock.shift(2)
    assert visitor.fetch(address).status_code == 404


def test_an_address_is_for_nobody_elses_browser(visitor: Stranger, photos: list[str]) -> None:
    address = address_for(visitor, photos[0])
    assert Stranger().fetch(address).status_code == 404
    assert Stranger().with_grant().fetch(address).status_code == 404


def test_an_address_cannot_be_made_into_another(visitor: Stranger, photos: list[str]) -> None:
    address = address_for(visitor, photos[0])
    until = address.partition("until=")[2].partition("&")[0]
    forged = {
        "larger": address.replace("/320.", "/2048."),
        "another kind": address.replace(".webp", ".jpg"),
        "another photo": address.replace(photos[0], photos[1]),
        "longer": address.replace(until, str(int(until) + 30)),
        "for ever": address.replace(until, "9" * 12),
        "no tag": address.partition("&tag=")[0],
        "no number": address.replace(until, "²"),
        "nothing": address.partition("?")[0],
    }
    assert {why: visitor.fetch(each).status_code for why, each in forged.items()} == dict.fromkeys(
        forged, 404
    )
    assert visitor.fetch(address).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": ""},
        {"Sec-Fetch-Site": "none"}, {"Sec-Fetch-Dest": "document"}, {"Sec-Fetch-Dest": ""},
    ],
)  # fmt: skip
def test_a_picture_is_shown_within_our_page_only(
    visitor: Stranger, photos: list[str], headers: dict[str, str]
) -> None:
    assert visitor.fetch(address_for(visitor, photos[0]), **headers).status_code == 404


GOING = (
    "refused", "withheld", "binned", "taken from sight", "withdrawn", "account closed", "closed",
)  # fmt: skip


@pytest.mark.parametrize("why", GOING)
def test_a_picture_is_gone_at_once(
    visitor: Stranger, photos: list[str], profile: Profile, why: str
) -> None:
    address = address_for(visitor, photos[0])
    assert visitor.fetch(address).status_code == 200
    photo, now = Publication.objects.get(public_id=photos[0]), timezone.now()
    match why:
        case "refused":
            Publication.objects.update(state=PublicationState.REFUSED)
        case "withheld":
            Publication.objects.update(withheld_at=now)
        case "binned":
            photo.image.binned_at, photo.image.purge_at = now, now + timedelta(days=1)
            photo.image.save()
        case "taken from sight":
            photo.image.withheld_at = now
            photo.image.save()
        case "account closed":
            Account.objects.filter(pk=profile.owner_id).update(is_active=False)
        case "withdrawn":
            photo.delete()
        case _:
            Profile.objects.update(is_open=False)
    assert visitor.fetch(address).status_code == 404


def test_bytes_that_are_gone_are_no_failure(visitor: Stranger, photos: list[str]) -> None:
    address = address_for(visitor, photos[0])
    for rendition in Publication.objects.get(public_id=photos[0]).renditions.all():
        rendition.blob_key = rendition.blob_key[::-1]
        rendition.save()
    assert visitor.fetch(address).status_code == 404


def test_the_cover_is_for_everybody_and_nothing_else_is(
    alice: Account, profile: Profile, photos: list[str]
) -> None:
    stranger = Stranger()
    assert stranger.client.get("/u/marit/cover.jpg").status_code == 404
    Profile.objects.update(cover=Publication.objects.get(public_id=photos[0]))
    cover = stranger.client.get("/u/marit/cover.jpg")
    assert (cover.status_code, cover["Content-Type"]) == (200, "image/jpeg")
    Publication.objects.filter(public_id=photos[0]).update(withheld_at=timezone.now())
    assert stranger.client.get("/u/marit/cover.jpg").status_code == 404


@pytest.mark.parametrize("path", ["/i/x/320.webp", "/i/{}/0.webp", "/i/{}/320.png", "/i/{}/9.webp"])
def test_what_was_not_given_out_is_not_there(photos: list[str], path: str) -> None:
    assert Stranger().fetch(path.format(photos[0])).status_code == 404
