"""A profile: its name, what it says, and how it goes."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts import audit
from accounts.audit import AuditTag
from accounts.models import Account, AuditEvent
from images.models import SyncEntry
from pocketvault.kernel.fields import from_base64url
from pocketvault.kernel.ids import uuid7
from sharing.actions import forgetting
from sharing.actions.marking import number_of
from sharing.custody import SharingCustodian
from sharing.models import (
    Profile,
    ProfileDay,
    PublicAlbum,
    Publication,
    PublicReport,
    RestingName,
    WatermarkNumber,
)
from sharing.profile_names import RESERVED, RESTS_FOR
from tests.factories import app_of, make_account
from tests.images.making import store_image
from tests.sharing import publicity
from tests.sharing.publicity import API, Copy, profile_body
from tests.sharing.signing_albums import Json, Person, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_store")]
ORIGIN = "http://photos.localhost:8000"
PROFILE = f"{API}/profile"


@pytest.fixture(autouse=True)
def profiles_are_on(settings: Settings) -> None:
    settings.PROFILES_URL = ORIGIN


def put(person: Person, **changes: object) -> tuple[int, Json]:
    answer = person.app.put(PROFILE, profile_body(person, **changes), format="json")
    return answer.status_code, answer.json()


def test_a_profile_is_made_and_replaced(owner: Person) -> None:
    assert owner.app.get(PROFILE).status_code == 404

    sent = profile_body(owner)
    made, said = owner.app.put(PROFILE, sent, format="json"), owner.app.get(PROFILE).json()
    changed, after = put(owner, bio="")

    assert (made.status_code, changed) == (201, 200)
    assert made.json() == said == {
        **sent, "address": f"{ORIGIN}/u/alice-photos", "guarded_until": None, "withheld_at": None,
    }  # fmt: skip
    assert after["bio"] == ""
    assert owner.app.get(PROFILE).json() == after
    assert SyncEntry.objects.get(kind="profile").object_id == owner.pk
    assert AuditEvent.objects.filter(tag="profile:set").count() == 2


@pytest.mark.parametrize("name", ["abc", "a1-b2-c3", "a" * 30, "007", "alice-larsen"])
def test_names_that_may_be(owner: Person, name: str) -> None:
    assert put(owner, name=name)[0] == 201


@pytest.mark.parametrize("name", [
    "ab", "a" * 31, "-abc", "abc-", "a--b", "Alice", "ålice", "a b", "a.b", "a/b", "a_b", "abc\n",
    "xn--abc", "\u0430lice", *sorted(RESERVED)[:3], "admin", "support", "help", "api",
])  # fmt: skip
def test_names_that_may_not(owner: Person, name: str) -> None:
    status, said = put(owner, name=name)

    assert status == 400
    assert said["code"] in ("bad_name", "invalid")
    assert not Profile.objects.exists()


def test_every_reserved_word_has_the_form_of_a_name() -> None:
    """Otherwise it would stand in the list for nothing, or under another spelling."""
    assert [word for word in RESERVED if not word.replace("-", "").isalnum()] == []
    assert {"admin", "support", "help", "api", "report", "static"} <= RESERVED


def test_a_name_belongs_to_one_person_at_a_time(owner: Person, stranger: Person) -> None:
    put(owner)

    status, said = put(stranger)

    assert (status, said["code"]) == (409, "name_taken")
    assert put(owner, name="alice-elsewhere")[0] == 200
    assert put(stranger)[1]["code"] == "name_taken"
    assert put(stranger, name="bobs-photos")[0] == 201


@pytest.mark.django_db(transaction=True)
def test_two_people_take_one_name_at_the_same_moment(alice: Account) -> None:
    people = [alice, make_account("bea@example.org")]
    bodies = [profile_body(person(each)) for each in people]
    apps, start, codes = [app_of(each) for each in people], threading.Barrier(2), list[int]()

    def take(number: int) -> None:
        start.wait()
        codes.append(apps[number].put(PROFILE, bodies[number], format="json").status_code)
        connection.close()

    threads = [threading.Thread(target=take, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert codes.count(201) == 1
    assert set(codes) <= {201, 409, 503}
    assert Profile.objects.count() == 1


@pytest.mark.parametrize("change", [
    {"shown_name": "two\nlines"}, {"shown_name": "\u202eecila"}, {"shown_name": ""},
    {"shown_name": "n" * 81}, {"bio": "b" * 501}, {"bio": "a\x07"}, {"licence": ""},
    {"licence": "l" * 201}, {"licence": "a\0b"}, {"is_open": None}, {"cover": "x"}, {"name": 5},
    {"name": None}, {"name": "n" * 400},
])  # fmt: skip
def test_what_cannot_be_shown_is_refused(owner: Person, change: Json) -> None:
    assert put(owner, **change)[0] == 400
    assert not Profile.objects.exists()


def test_without_an_origin_of_its_own_there_are_no_profiles(
    owner: Person, settings: Settings
) -> None:
    settings.PROFILES_URL = ""

    status, said = put(owner)

    assert (status, said["code"]) == (409, "profiles_off")


def test_a_cover_is_one_of_the_owners_publications(owner: Person, stranger: Person) -> None:
    put(owner)
    put(stranger, name="mallory")
    theirs = publicity.publish(stranger, Copy(image=store_image(stranger.account)))
    mine = publicity.publish(owner, Copy(image=store_image(owner.account)))

    assert put(owner, cover=str(theirs.pk))[0] == 404
    assert put(owner, cover=str(uuid7()))[0] == 404
    assert put(owner, cover=str(mine.pk))[1]["cover"] == str(mine.pk)
    publicity.withdraw(owner, mine.pk)
    assert owner.app.get(PROFILE).json()["cover"] is None


def test_a_cover_is_the_one_that_was_signed(owner: Person) -> None:
    put(owner)
    mine, other = (
        publicity.publish(owner, Copy(image=store_image(owner.account))) for _ in range(2)
    )
    signed = profile_body(owner, cover=str(mine.pk))
    for wrong in (None, str(other.pk)):
        answer = owner.app.put(PROFILE, {**signed, "cover": wrong}, format="json")
        assert answer.json()["code"] == "bad_statement"
    assert owner.app.put(PROFILE, signed, format="json").json()["cover"] == str(mine.pk)
    publicity.withdraw(owner, mine.pk)

    # Whoever closes their page after taking the cover back needs no new word for it.
    closed = {**signed, "cover": None, "is_open": False}
    assert owner.app.put(PROFILE, closed, format="json").json()["is_open"] is False
    chosen = {**signed, "cover": str(other.pk)}
    assert owner.app.put(PROFILE, chosen, format="json").json()["code"] == "bad_statement"


def test_a_statement_from_before_covers_were_signed_stays_and_chooses_none(
    owner: Person,
) -> None:
    put(owner)
    mine = publicity.publish(owner, Copy(image=store_image(owner.account)))
    words = publicity.profile_words(owner)
    del words["cover"]
    before = {**profile_body(owner), **publicity.signed_profile(owner, words)}
    refused = owner.app.put(PROFILE, before, format="json")
    assert refused.json()["code"] == "bad_statement"
    # As it was stored then.
    Profile.objects.update(
        cover=mine,
        statement=from_base64url(str(before["statement"])),
        signature=from_base64url(str(before["signature"])),
    )

    kept = {**before, "cover": str(mine.pk), "is_listed": True}
    assert owner.app.put(PROFILE, kept, format="json").json()["cover"] == str(mine.pk)
    other = publicity.publish(owner, Copy(image=store_image(owner.account)))
    chosen = owner.app.put(PROFILE, {**before, "cover": str(other.pk)}, format="json")
    assert chosen.json()["code"] == "bad_statement"
    assert put(owner, cover=str(other.pk))[1]["cover"] == str(other.pk)


def headings(*titles: str) -> list[Json]:
    return [{"id": str(uuid7()), "title": title} for title in titles]


def test_headings_are_made_named_moved_and_taken_away(owner: Person) -> None:
    boats, harbours, fog = headings("Boats", "Harbours", "Fog")

    made = put(owner, albums=[boats, harbours])[1]["albums"]
    renamed = put(owner, albums=[fog, {**harbours, "title": "Piers"}])[1]["albums"]

    assert made == [{**boats, "position": 0}, {**harbours, "position": 1}]
    assert renamed == [{**fog, "position": 0}, {**harbours, "title": "Piers", "position": 1}]
    assert put(owner)[1]["albums"] == []
    assert not PublicAlbum.objects.exists()


def test_headings_are_their_owners(owner: Person, stranger: Person) -> None:
    mine = headings("Boats")
    put(owner, albums=mine)
    put(stranger, name="mallory")

    status, said = put(stranger, name="mallory", albums=[{**mine[0], "title": "Stolen"}])
    four = put(owner, albums=[{"id": _four(), "title": "Boats"}])[1]
    twice = put(owner, albums=[*mine, *mine])[0]

    assert (status, said["code"]) == (404, "not_found")
    assert (four["code"], twice) == ("wrong_id", 400)
    assert PublicAlbum.objects.get().title == "Boats"
    for bad in ({"id": "x", "title": "a"}, {"title": "a"}, {"id": str(uuid7()), "title": ""}):
        assert put(owner, albums=[bad])[0] == 400
    assert put(owner, albums=headings("two\nlines"))[0] == 400


def _four() -> str:
    return "00000000-0000-4000-8000-000000000000"


def test_headings_have_a_limit(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    put(owner)
    monkeypatch.setattr("sharing.actions.profiles.MOST_ALBUMS", 2)

    codes = [put(owner, albums=headings(*"abc"[:count]))[0] for count in (1, 2, 3)]

    assert codes == [200, 200, 409]


def test_headings_cost_the_same_however_many_there_are(owner: Person) -> None:
    def queries(count: int) -> int:
        old, new = headings(*["old"] * count), headings(*["new"] * count)
        put(owner, albums=old)
        body = profile_body(owner, albums=[*old[: count // 2], *new])
        with CaptureQueriesContext(connection) as seen:
            assert owner.app.put(PROFILE, body, format="json").status_code == 200
        return len(seen)

    assert queries(2) == queries(60)


def test_a_removed_profile_takes_everything_along(owner: Person) -> None:
    put(owner, albums=headings("Boats"))
    published = publicity.as_live(publicity.publish(owner, Copy(image=store_image(owner.account))))
    ProfileDay.objects.create(profile_id=owner.pk, day=timezone.now().date(), visits=3)
    report = PublicReport.objects.create(
        profile_id=owner.pk, publication=published, reason="other", made_at=timezone.now()
    )

    assert owner.app.delete(PROFILE).status_code == 204

    for model in (Profile, Publication, PublicAlbum, ProfileDay):
        assert not model._default_manager.exists()
    report.refresh_from_db()
    assert (report.profile_id, report.publication_id) == (None, None)
    assert owner.app.get(PROFILE).status_code == 404
    assert owner.app.delete(PROFILE).status_code == 404
    assert SyncEntry.objects.get(kind="profile").is_deleted


def test_statistics_are_of_thirty_days_quiet_ones_included(owner: Person) -> None:
    path = f"{PROFILE}/statistics"
    assert owner.app.get(path).status_code == 404
    put(owner)
    today = timezone.now().date()
    for ago, visits in ((0, 5), (29, 7), (30, 9)):
        ProfileDay.objects.create(
            profile_id=owner.pk, day=today - timedelta(days=ago), visits=visits
        )

    days = owner.app.get(path).json()["days"]

    assert len(days) == 30
    assert days[-1] == {"day": str(today), "visits": 5, "opened": 0, "slowed": 0, "alarms": 0}
    assert [day["visits"] for day in days] == [7, *[0] * 28, 5]


def test_what_strangers_did_is_forgotten_after_a_year(owner: Person) -> None:
    put(owner)
    now = timezone.now()
    for ago in (364, 367):
        ProfileDay.objects.create(profile_id=owner.pk, day=now.date() - timedelta(days=ago))
        PublicReport.objects.create(
            reason="other", email="reporter@example.org", made_at=now - timedelta(days=400),
            settled_at=now - timedelta(days=ago),
        )
    open_report = PublicReport.objects.create(reason="mine", made_at=now - timedelta(days=900))

    assert forgetting.forget_old_publicity() == 2

    assert ProfileDay.objects.count() == 1
    assert PublicReport.objects.count() == 2
    assert PublicReport.objects.filter(pk=open_report.pk).exists()


def test_a_person_who_goes_takes_it_along_and_reads_it_before(owner: Person) -> None:
    put(owner)
    shown = publicity.as_live(
        publicity.publish(owner, Copy(image=store_image(owner.account))), **{"320_jpg": b"jpeg"}
    )
    gone = publicity.publish(owner, Copy(image=store_image(owner.account)))
    number_of(gone)
    publicity.withdraw(owner, gone.pk, keeps_number=True)
    custodian = SharingCustodian()
    items = {item.path: b"".join(item.read()) for item in custodian.export(owner.pk)}

    assert b"Harbours." in items["sharing/profile.json"]
    assert str(shown.pk).encode() in items["sharing/publications.json"]
    assert WatermarkNumber.objects.get().payload.encode() in items["sharing/publications.json"]
    assert items[f"publications/{shown.pk}/320.jpg"] == b"jpeg"

    assert custodian.erase(owner.pk) >= 3
    for model in (Profile, Publication, WatermarkNumber):
        assert not model._default_manager.exists()
    assert custodian.erase(owner.pk) == 0


@pytest.mark.parametrize("way", ["renamed", "deleted", "erased"])
def test_a_name_that_was_given_up_is_nobody_elses_for_ninety_days(
    owner: Person, friend: Person, way: str
) -> None:
    put(owner)
    match way:
        case "renamed":
            put(owner, name="alice-elsewhere")
        case "deleted":
            owner.app.delete(PROFILE)
        case "erased":
            SharingCustodian().erase(owner.pk)

    assert put(friend)[1]["code"] == "name_taken"
    with time_machine.travel(timezone.now() + RESTS_FOR - timedelta(hours=1)):
        assert put(friend)[1]["code"] == "name_taken"
        forgetting.forget_old_publicity()
        assert RestingName.objects.exists()
    with time_machine.travel(timezone.now() + RESTS_FOR):
        assert put(friend)[0] == 201
    assert str(owner.pk) not in str(RestingName.objects.values())


def test_whoever_gave_a_name_up_may_have_it_back(owner: Person) -> None:
    put(owner)
    owner.app.delete(PROFILE)

    assert put(owner)[0] == 201
    assert not RestingName.objects.exists()


def test_names_are_forgotten_once_anybody_may_take_them(owner: Person) -> None:
    put(owner)
    owner.app.delete(PROFILE)
    RestingName.objects.update(until=timezone.now())

    assert forgetting.forget_old_publicity() == 1
    assert not RestingName.objects.exists()


def test_that_a_photo_is_shown_is_told_once_among_what_happened(owner: Person) -> None:
    put(owner)
    publicity.as_live(publicity.publish(owner))
    audit.record(AuditTag.PUBLICATION_LIVE, actor=owner.account, subject_id=owner.pk)

    said = owner.app.get(f"{API}/me/events").json()["items"]

    assert [each["tag"] for each in said if each["tag"].startswith("publication:")] == [
        "publication:made"
    ]
