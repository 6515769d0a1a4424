"""A found copy leads its owner, and the desk, back to the publication; others to nothing."""

from __future__ import annotations

import io
import json
import re
import zipfile
from base64 import b64decode
from uuid import UUID

import cv2
import numpy as np
import pytest
import time_machine
from django.utils import timezone
from pytest_django import Settings
from rest_framework.response import Response
from rest_framework.test import APIClient

from accounts.audit import AuditTag
from accounts.models import Account, AuditEvent
from images import quota
from images.models import PassingBlob
from pocketvault.kernel import blobs, work
from sharing.actions import found_copies, tracing
from sharing.actions.marking import number_of
from sharing.api.views import traces
from sharing.models import (
    FoundCopy,
    Publication,
    PublicationFeatures,
    TraceStep,
    WatermarkNumber,
)
from sharing.publication_keys import keys_of, put_part
from sharing.tracing.features import kept_of, packed
from sharing.tracing.pictures import to_png
from sharing.tracing.search import words_of
from sharing.watermark.embedding import embed
from sharing.watermark.keys import WatermarkKey
from tests.factories import add_passkey, app_of, browser_of
from tests.images.conftest import QueryCounter
from tests.images.making import store_image
from tests.sharing import publicity
from tests.sharing.signing_albums import Person
from tests.sharing.watermark import pictures
from tests.sharing.watermark.pictures import Pixels
from tests.standing import blob_keys

pytestmark = pytest.mark.django_db
Found = dict[str, object]


@pytest.fixture(autouse=True)
def profiles_are_on(settings: Settings) -> None:
    settings.PROFILES_URL = "https://public.example"


@pytest.fixture(scope="module")
def photo() -> Pixels:
    return pictures.landscape(size=(1024, 768))


@pytest.fixture
def shown(owner: Person, photo: Pixels) -> tuple[Publication, Pixels]:
    """Alice's publication as the pipeline leaves it, and what everyone sees of it."""
    publicity.open_profile(owner)
    publication = publicity.publish(owner)
    return publication, live(publication, photo)


def live(publication: Publication, photo: Pixels) -> Pixels:
    number = number_of(publication)
    key = WatermarkKey(number.secret.number, number.secret.open())
    marked = embed(photo, int(number.payload, 16), key)
    features = packed(kept_of(marked))
    blob_key, size = put_part(publication, features, "features", keys=keys_of(publication.pk))
    PublicationFeatures.objects.create(
        publication=publication, blob_key=blob_key, bytes=size, words=words_of(features)
    )
    quota.keep(publication.owner_id, size)
    publicity.as_live(publication, **{"2048_webp": to_png(marked)})
    return marked


def send(app: APIClient, copy: bytes) -> Response:
    return app.post("/api/v1/traces", copy, content_type="application/octet-stream")


def answered(app: APIClient, copy: bytes) -> Found:
    """What whoever asked is told once a worker has looked."""
    asked = send(app, copy)
    assert asked.status_code == 202, asked.content
    assert (asked.json()["step"], asked.json()["trace"]) == ("waiting", None)
    work.run_due_jobs()
    answer = app.get(f"/api/v1/traces/{asked.json()['id']}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def found_by(app: APIClient, pixels: Pixels) -> Found:
    told = answered(app, to_png(np.ascontiguousarray(pixels)))
    assert told["step"] == "done"
    return told["trace"]


def test_a_cropped_copy_leads_its_owner_to_the_publication(
    owner: Person, shown: tuple[Publication, Pixels]
) -> None:
    publication, marked = shown

    found = found_by(owner.app, marked[60:, :780])

    assert found["result"] == "confirmed"
    assert UUID(str(found["publication"])) == publication.pk
    assert float(str(found["chance"])) <= 1e-8
    assert found["change"]["crop"]["width"] == pytest.approx(780 / 1024, abs=0.01)
    assert found["altered"] == {"share": 0, "regions": []}
    assert AuditEvent.objects.filter(tag=AuditTag.COPY_TRACED).get().actor_id == owner.pk


def test_a_copy_whose_mark_is_gone_is_found_by_its_look(
    owner: Person, shown: tuple[Publication, Pixels], photo: Pixels
) -> None:
    found = found_by(owner.app, photo)

    assert (found["result"], found["chance"]) == ("features-only", None)
    assert UUID(str(found["publication"])) == shown[0].pk


def test_nobody_else_learns_whose_it_is(
    mallory: Account, friend: Person, shown: tuple[Publication, Pixels]
) -> None:
    """Not even somebody who has a publication: only theirs are looked at."""
    publicity.open_profile(friend, name="bobs-photos")
    live(publicity.publish(friend), pictures.texture(seed=9, height=480, width=640))

    for app in (app_of(mallory), friend.app):
        found = found_by(app, shown[1])
        assert (found["result"], found["publication"]) == ("nothing", None)
        assert (found["chance"], found["inliers"]) == (None, 0)


def test_a_forged_number_is_a_lead_and_no_proof(
    owner: Person, shown: tuple[Publication, Pixels]
) -> None:
    number = WatermarkNumber.objects.get()
    key = WatermarkKey(number.secret.number, number.secret.open())
    fake = embed(pictures.texture(height=720, width=960), int(number.payload, 16), key)

    found = found_by(owner.app, fake)

    assert (found["result"], found["inliers"], found["change"]) == ("number-only", 0, None)


def test_the_number_of_a_withdrawn_publication_says_that_it_was_withdrawn(
    owner: Person, shown: tuple[Publication, Pixels]
) -> None:
    assert publicity.withdraw(owner, shown[0].pk, keeps_number=True).status_code == 204

    found = found_by(owner.app, shown[1])

    assert (found["result"], found["publication"]) == ("number-only", None)
    assert found["withdrawn_at"] is not None


def test_what_is_no_picture_is_refused(owner: Person) -> None:
    for copy in (b"not a picture", to_png(pictures.texture(height=40, width=40))[:60]):
        told = answered(owner.app, copy)
        assert (told["step"], told["refusal"]) == ("refused", "unreadable_copy")
        assert told["trace"] is None


def test_a_copy_of_more_than_25_megabytes_is_not_read(owner: Person) -> None:
    answer = send(owner.app, bytes(traces.COPY_BYTES + 1))

    assert (answer.status_code, answer.json()["code"]) == (413, "request_too_large")


def test_traces_are_counted_by_account(owner: Person, friend: Person) -> None:
    most = int(traces.TRACES.split("/")[0])
    for _ in range(most):
        assert send(owner.app, b"").status_code == 400

    assert send(owner.app, b"").status_code == 429
    assert send(friend.app, b"").status_code == 400


def test_all_accounts_together_leave_the_service_room(
    owner: Person, friend: Person, other: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traces, "TOGETHER", "2/h")

    said = [send(each.app, b"").status_code for each in (owner, friend, other)]

    assert said == [400, 400, 429]


def test_the_desk_says_whose_it_is_and_hands_the_evidence_out(
    grace: Account, owner: Person, shown: tuple[Publication, Pixels]
) -> None:
    publication, marked = shown
    add_passkey(grace)
    copy = marked.copy()
    copy[440:560, 300:440] = pictures.texture(seed=7, height=120, width=140)

    page = page_after(browser_of(grace), to_png(copy))

    text = page.content.decode()
    assert page.status_code == 200
    assert "It shows a publication, and carries its number" in text
    assert str(owner.pk) in text
    assert "1 part looks different" in text
    assert not re.search(r"<style|style=|\son\w+=|javascript:", text)
    report, drawn = evidence_in(text)
    assert report["owner"] == str(owner.pk)
    assert report["publication"] == str(publication.pk)
    assert json.loads(report["statement"])["kind"] == "publication"
    assert cv2.imdecode(np.frombuffer(drawn, np.uint8), 1).shape == copy.shape
    event = AuditEvent.objects.get(tag=AuditTag.COPY_TRACED)
    assert (event.actor_id, event.subject_id) == (grace.pk, publication.pk)


def test_the_desk_says_what_it_cannot_read(grace: Account) -> None:
    add_passkey(grace)
    browser = browser_of(grace)

    for page, status in ((drop(browser, b""), 400), (page_after(browser, b"no picture"), 422)):
        assert page.status_code == status
        assert 'role="alert"' in page.content.decode()


def test_until_a_worker_has_looked_the_desk_says_how_far_it_is_and_asks_again(
    grace: Account,
) -> None:
    add_passkey(grace)
    browser = browser_of(grace)
    address = drop(browser, b"no picture")["Location"]

    page = browser.get(address).content.decode()
    assert '<meta http-equiv="refresh" content="1">' in page
    assert re.search(r'<li aria-current="step">\s*Waits for a worker', page)

    found_copies.note_step(FoundCopy.objects.get(), TraceStep.SEARCHING)
    page = browser.get(address).content.decode()
    assert re.search(r'<li aria-current="step">\s*Looks among everything', page)


def test_nobody_else_finds_what_was_asked_about(
    owner: Person, friend: Person, grace: Account
) -> None:
    add_passkey(grace)
    asked = send(owner.app, b"no picture").json()["id"]
    of_staff = FoundCopy.objects.exclude(pk=asked)
    drop(browser_of(grace), b"no picture")

    assert friend.app.get(f"/api/v1/traces/{asked}").status_code == 404
    assert browser_of(grace).get(f"/desk/traces/{asked}/").status_code == 404
    assert app_of(grace).get(f"/api/v1/traces/{of_staff.get().pk}").status_code == 404


def test_the_copy_lies_there_as_ciphertext_and_only_until_it_is_traced(
    owner: Person, shown: tuple[Publication, Pixels]
) -> None:
    copy = to_png(shown[1])
    before = blob_keys()

    asked = send(owner.app, copy).json()["id"]
    row = FoundCopy.objects.get()
    kept = b"".join(blobs.store().read(row.copy_blob))
    assert blob_keys() - before == {row.copy_blob}
    assert PassingBlob.objects.get().blob_key == row.copy_blob
    assert copy[:64] not in kept
    assert found_copies.copy_of(row) == copy

    work.run_due_jobs()
    row.refresh_from_db()
    assert blob_keys() - before == {row.blob_key}
    assert b"confirmed" not in b"".join(blobs.store().read(row.blob_key))
    assert not PassingBlob.objects.exists()

    with time_machine.travel(timezone.now() + found_copies.KEPT_FOR, tick=False):
        assert owner.app.get(f"/api/v1/traces/{asked}").status_code == 404
        found_copies.forget_found_copies()
    work.run_due_jobs()
    assert blob_keys() == before
    assert not FoundCopy.objects.exists()


def test_of_two_workers_at_one_copy_the_first_says_what_it_is(
    owner: Person, shown: tuple[Publication, Pixels], photo: Pixels
) -> None:
    send(owner.app, to_png(photo))
    row = FoundCopy.objects.get()
    tracing.trace_found_copy(row.pk)
    first = FoundCopy.objects.get().blob_key

    found_copies.note_outcome(row, found_copies.Outcome({}, b""), subject_id=owner.pk)
    found_copies.note_refusal(row, "lost")
    tracing.trace_found_copy(row.pk)

    assert FoundCopy.objects.get().blob_key == first
    assert FoundCopy.objects.get().step == TraceStep.DONE
    assert AuditEvent.objects.filter(tag=AuditTag.COPY_TRACED).count() == 1


def test_a_copy_that_the_store_lost_is_said_to_be_lost(owner: Person) -> None:
    asked = send(owner.app, b"no picture").json()["id"]
    blobs.store().discard(FoundCopy.objects.get().copy_blob)

    work.run_due_jobs()

    told = owner.app.get(f"/api/v1/traces/{asked}").json()
    assert (told["step"], told["refusal"]) == ("refused", "lost")


def test_only_staff_trace_at_the_desk(
    owner: Person, shown: tuple[Publication, Pixels]
) -> None:
    add_passkey(owner.account)

    answer = drop(browser_of(owner.account), to_png(shown[1]))

    assert answer.status_code == 404
    assert not AuditEvent.objects.filter(tag=AuditTag.COPY_TRACED).exists()


def test_a_search_asks_as_often_for_three_publications_as_for_one(
    owner: Person, shown: tuple[Publication, Pixels], photo: Pixels,
    counted: QueryCounter,
) -> None:  # fmt: skip
    work.run_due_jobs()
    with counted() as one:
        found_by(owner.app, photo)
    for seed in (21, 22):
        other = pictures.texture(seed=seed, height=480, width=640)
        live(publicity.publish(owner, other_copy(owner)), other)
    work.run_due_jobs()

    with counted() as many:
        assert found_by(owner.app, photo)["publication"] == str(shown[0].pk)
    assert len(many) == len(one)


def other_copy(owner: Person) -> publicity.Copy:
    return publicity.Copy(image=store_image(owner.account))


def page_after(browser: APIClient, copy: bytes) -> Response:
    """Where the desk leads to, once a worker has looked."""
    sent = drop(browser, copy)
    assert sent.status_code == 302, sent.content
    work.run_due_jobs()
    return browser.get(sent["Location"])


def drop(browser: APIClient, copy: bytes) -> Response:
    file = io.BytesIO(copy)
    file.name = "copy.png"
    return browser.post("/desk/traces/", {"copy": file}, format="multipart")


def evidence_in(page: str) -> tuple[dict[str, str], bytes]:
    data = re.search(r"data:application/zip;base64,([^\"]+)", page)
    assert data
    with zipfile.ZipFile(io.BytesIO(b64decode(data[1].replace("&#x2B;", "+")))) as archive:
        assert archive.namelist() == ["report.json", "annotated.png"]
        return json.loads(archive.read("report.json")), archive.read("annotated.png")
