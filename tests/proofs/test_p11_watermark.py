"""Proof P11: a copy that somebody took from a public profile leads back to its publication.

Alice publishes a photo; the pipeline marks it. What everyone sees is then saved badly, cropped,
scaled and shown in a screenshot, and each of these copies leads to her publication by number and
by pixels. The other tests take one of the two away: without the mark no number is found, and
without the pixels a number proves nothing.

What attacks a copy stands, measured on photographs, is in docs/watermark.md.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image
from pytest_django import Settings

from accounts.models import Account
from pocketvault.kernel import work
from sharing.actions.advancing import advance_publication
from sharing.models import Publication, PublicationFeatures, PublicationState, Rendition
from sharing.publishing.framing import Message
from sharing.tracing import mark_reading
from sharing.tracing.pictures import to_png
from tests.images.making import store_image
from tests.sharing import publicity
from tests.sharing.signing_albums import Person, person
from tests.sharing.watermark.pictures import Pixels, jpeg

pytestmark = pytest.mark.django_db


def cropped(pixels: Pixels) -> Pixels:
    """About half of the area, from somewhere in the middle."""
    height, width = pixels.shape[:2]
    return np.ascontiguousarray(pixels[height // 7 :, width // 9 : -width // 12])


def scaled(pixels: Pixels) -> Pixels:
    return cv2.resize(pixels, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)


def in_a_screenshot(pixels: Pixels) -> Pixels:
    """As wide as a phone, between dark bars with a line of text, saved as JPEG."""
    shown = cv2.resize(pixels, (900, round(900 * pixels.shape[0] / pixels.shape[1])))
    screen = np.full((1600, 900, 3), 18, np.uint8)
    screen[440 : 440 + len(shown)] = shown
    cv2.putText(screen, "1,204 like this", (40, 1500), 0, 1.2, (255, 255, 255), 2)
    return jpeg(screen, 85)


ATTACKS: dict[str, Callable[[Pixels], Pixels]] = {
    "saved badly": lambda pixels: jpeg(pixels, 50),
    "cropped": lambda pixels: jpeg(cropped(pixels), 85),
    "scaled": lambda pixels: jpeg(scaled(pixels), 85),
    "in a screenshot": in_a_screenshot,
}


@pytest.fixture(autouse=True)
def world(settings: Settings, tmp_path: Path) -> None:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}
    settings.PROFILES_URL = "http://photos.localhost:8000"


@pytest.fixture
def photographer(alice: Account) -> Person:
    found = person(alice)
    publicity.open_profile(found)
    return found


def published(photographer: Person, *, is_watermarked: bool) -> tuple[Publication, Pixels]:
    """Through the whole pipeline; the publication, and the pixels that everyone sees."""
    copy = publicity.Copy(
        image=store_image(photographer.account), content=publicity.jpeg(4, (1280, 960)),
        is_watermarked=is_watermarked,
    )  # fmt: skip
    publication = publicity.publish(photographer, copy)
    while publication.state != PublicationState.LIVE:
        before = publication.state
        advance_publication(publication.pk)
        publication.refresh_from_db()
        assert publication.state != before, publication.refusal
    size = max(Rendition.objects.filter(publication=publication).values_list("size", flat=True))
    answer = photographer.app.get(f"{publicity.path_of(publication.pk)}/pictures/{size}.jpg")
    with Image.open(io.BytesIO(answer.content)) as opened:
        return publication, np.array(opened.convert("RGB"))


def traced(photographer: Person, copy: Pixels) -> dict[str, Any]:
    asked = photographer.app.post(
        "/api/v1/traces", to_png(copy), content_type="application/octet-stream"
    )
    assert asked.status_code == 202, asked.content
    work.run_due_jobs()
    answer = photographer.app.get(f"/api/v1/traces/{asked.json()['id']}").json()
    assert answer["step"] == "done", answer
    return answer["trace"]


def test_attacked_copies_lead_back_by_number_and_by_pixels(photographer: Person) -> None:
    publication, shown = published(photographer, is_watermarked=True)

    for name, attack in ATTACKS.items():
        found = traced(photographer, attack(shown))
        assert (name, found["result"]) == (name, "confirmed")
        assert found["publication"] == str(publication.pk)
        assert found["chance"] <= 1e-8
        assert found["inliers"] >= 25


def test_with_the_mark_off_no_number_is_found_and_the_pixels_still_lead_back(
    photographer: Person,
) -> None:
    publication, shown = published(photographer, is_watermarked=False)

    found = traced(photographer, ATTACKS["saved badly"](shown))

    assert (found["result"], found["chance"]) == ("features-only", None)
    assert found["publication"] == str(publication.pk)


def test_with_the_pixels_or_the_secret_off_a_number_is_no_proof(photographer: Person) -> None:
    """The mark is there, and says nothing to whoever has another secret."""
    publication, shown = published(photographer, is_watermarked=True)
    PublicationFeatures.objects.filter(publication=publication).delete()

    found = traced(photographer, ATTACKS["saved badly"](shown))
    wrong = Message({"key_numbers": [1]}, (to_png(shown), b"a secret that nobody marked under"))

    assert (found["result"], found["inliers"]) == ("number-only", 0)
    assert mark_reading.run(wrong).fields["reading"] is None
