"""Takedowns over the API, and the shapes a notice takes."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
import xarf
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from rest_framework.response import Response
from rest_framework.test import APIClient

from accounts.models import Account
from images.actions.disposal import purge_image
from pocketvault.kernel.fields import to_base64url
from rights.models import Takedown, TakedownStep
from rights.takedown.actions.drafting import draft_notice
from rights.takedown.actions.reporting import Report, report_copies
from rights.takedown.formats import cloudflare_of
from tests.api.takedown_bodies import STATED
from tests.factories import app_of
from tests.images.making import store_image
from tests.rights.local_site import Site, local_site
from tests.rights.making_takedown import PAGE, PAPER, fresh, gathered, reported, sent, signed

pytestmark = pytest.mark.django_db
API = "/api/v1/takedowns"


@pytest.fixture(autouse=True)
def own_store(settings: Settings, tmp_path: Path) -> None:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}


@pytest.fixture
def site() -> Iterator[Site]:
    with local_site() as each:
        each.shows("/page", b"<html>nothing</html>")
        yield each


def code(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_from_report_to_signature(alice: Account, alice_app: APIClient) -> None:
    image = store_image(alice)
    body = {
        "urls": [PAGE, "http://other.example.net/x"], "image_ids": [str(image.pk)],
        "hashes": [to_base64url(b"h" * 32)], "ends_with_photo": True,
    }  # fmt: skip
    first, second = alice_app.post(API, body, format="json").json()["items"]
    path = f"{API}/{first['id']}"
    assert [first["host"], second["host"]] == ["copies.example.org", "other.example.net"]
    assert alice_app.get(path).json()["images"] == [str(image.pk)]

    little = {"regime": "dmca", "name": "Alice Adams"}
    drafted = alice_app.put(f"{path}/notice", little, format="json")
    missing = [each["element"] for each in drafted.json()["meter"] if not each["is_there"]]
    assert "perjury" not in missing
    assert "authorised" in missing
    assert code(alice_app.post(f"{path}/sign", {"signature": "Alice Adams"}, format="json")) == (
        422, "notice_incomplete",
    )  # fmt: skip
    alice_app.put(f"{path}/notice", {"regime": "dmca", **STATED}, format="json")
    signed_one = alice_app.post(f"{path}/sign", {"signature": "Alice Adams"}, format="json")

    assert signed_one.json()["step"] == "signed"
    assert all(each["is_there"] for each in signed_one.json()["meter"])


def test_signing_needs_a_fresh_proof(alice: Account) -> None:
    case = reported(alice)
    draft_notice(case.pk, "dmca", PAPER, actor=alice)
    app = app_of(alice, has_stepped_up=False)

    answer = app.post(f"{API}/{case.pk}/sign", {"signature": PAPER.name}, format="json")

    assert answer.status_code == 403
    assert fresh(case).step == TakedownStep.DRAFTED


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://2130706433/", "http://[::1]/", "ftp://a.example.org/",
     "http://user:x@a.example.org/", "http://a.example.org:8080/", "javascript:alert(1)", "x"],
)  # fmt: skip
def test_a_bad_address_is_told_at_once_or_never_fetched(alice_app: APIClient, url: str) -> None:
    answer = alice_app.post(API, {"urls": [url]}, format="json")

    if url in ("http://127.0.0.1/", "http://[::1]/"):
        assert answer.status_code == 201  # plain numbers: the fetcher refuses them
    else:
        assert code(answer) == (422, "bad_takedown_address")


def test_photos_of_others_cannot_be_named(bob: Account, alice_app: APIClient) -> None:
    body = {"urls": [PAGE], "image_ids": [str(store_image(bob).pk)]}

    assert alice_app.post(API, body, format="json").status_code == 404
    assert not Takedown.objects.exists()


def test_a_case_costs_the_same_whatever_is_in_it(
    alice: Account, alice_app: APIClient, site: Site
) -> None:
    def cost(case: Takedown) -> int:
        with CaptureQueriesContext(connection ) as queries:
            assert alice_app.get(f"{API}/{case.pk}").status_code == 200
        return len(queries)

    small = reported(alice)
    large = sent(alice, site, *[f"{PAGE}?{number}" for number in range(4)])
    assert cost(large) <= cost(small) + 1


def test_the_notice_in_every_shape(alice: Account, alice_app: APIClient, site: Site) -> None:
    case = signed(gathered(reported(alice, PAGE, f"{PAGE}?2"), site))

    def file(name: str) -> bytes:
        answer = alice_app.get(f"{API}/{case.pk}/notice/{name}")
        assert answer.status_code == 200
        assert "attachment" in answer["Content-Disposition"]
        return answer.content

    assert b"/Alice Adams/" in file("letter.txt")
    assert file("letter.pdf").startswith(b"%PDF-")
    assert b"== Signature\nAlice Adams" in file("sheet.txt")
    cloudflare = json.loads(file("cloudflare.json"))
    assert cloudflare["urls"] == f"{PAGE}\n{PAGE}?2"
    assert (cloudflare["act"], cloudflare["agree"]) == ("abuse_dmca", 1)
    assert cloudflare["signature"] == cloudflare["name"]
    assert len(json.loads(file("xarf.json"))) == 2
    assert alice_app.get(f"{API}/{case.pk}/notice/nothing.txt").status_code == 404


def test_xarf_is_valid_by_its_own_library(
    alice: Account, alice_app: APIClient, site: Site
) -> None:
    case = signed(gathered(reported(alice), site))
    reports = json.loads(alice_app.get(f"{API}/{case.pk}/notice/xarf.json").content)

    for report in reports:
        found = xarf.parse(json.dumps(report), strict=True)
        assert not found.errors
        broken = xarf.parse(json.dumps({**report, "infringing_url": None}))
        assert broken.errors


@pytest.mark.parametrize("regime", ["dmca", "tida", "gdpr", "dsa"])
def test_cloudflares_body_has_what_each_kind_needs(alice: Account, regime: str) -> None:
    body = cloudflare_of(signed(reported(alice), regime))

    needed = {"act", "agree", "email", "email2", "host_notification", "ncmec_notification",
              "owner_notification", "urls"}  # fmt: skip
    assert needed <= set(body)
    assert body["email"] == body["email2"]


def test_what_somebody_saw_is_kept_as_it_is(
    alice: Account, alice_app: APIClient, site: Site
) -> None:
    case = gathered(reported(alice), site)
    picture = b"\x89PNG not really"

    answer = alice_app.post(
        f"{API}/{case.pk}/evidence?type=image/png", picture,
        content_type="application/octet-stream",
    )  # fmt: skip

    assert answer.status_code == 200
    assert [each["kind"] for each in answer.json()["evidence"]][-1] == "upload"
    with zipfile.ZipFile(io.BytesIO(alice_app.get(f"{API}/{case.pk}/evidence").content)) as found:
        [name] = [each for each in found.namelist() if "upload" in each]
        assert found.read(name) == picture


def test_answers_are_written_down_by_whoever_got_them(
    alice: Account, alice_app: APIClient, site: Site
) -> None:
    case = sent(alice, site)
    path = f"{API}/{case.pk}/answers"

    assert alice_app.post(path, {"answer": "refused", "note": "No."}, format="json").json()[
        "step"
    ] == "refused"
    assert code(alice_app.post(path, {"answer": "acknowledged"}, format="json")) == (
        409, "takedown_not_now",
    )  # fmt: skip


def cases_of(image_id: UUID, alice: Account, *, ends: bool) -> Takedown:
    report = Report(urls=[PAGE], image_ids=[image_id], ends_with_photo=ends)
    [case] = report_copies(report, actor=alice)
    return case


def test_deleting_the_photo_ends_only_what_its_person_tied_to_it(alice: Account) -> None:
    image = store_image(alice)
    tied, free = (cases_of(image.pk, alice, ends=ends) for ends in (True, False))

    purge_image(image, actor=alice)

    assert fresh(tied).step == TakedownStep.CLOSED
    assert fresh(free).step == TakedownStep.REPORTED


def test_a_withdrawn_case_is_looked_at_no_more(
    alice: Account, alice_app: APIClient, site: Site
) -> None:
    case = sent(alice, site)

    for _ in range(2):
        assert alice_app.post(f"{API}/{case.pk}/withdraw").status_code == 204
    case = fresh(case)
    assert (case.step, case.next_check_at, case.next_letter_at) == ("closed", None, None)
