"""People of the stories told over HTTP: their accounts, devices and photographs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import uuid4

import pytest

from pocketvault.demo.photographs import Photograph, take_photograph
from tests.live import Live
from tests.reference_client import account, mailbox
from tests.reference_client.account import Device
from tests.reference_client.client import ProblemError
from tests.reference_client.documents import CaptureTime, Metadata, Place
from tests.reference_client.images import Library, Photo
from tests.reference_client.thumbnails import make_thumbnails

PASSWORD = "four quiet words here"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An account, a device of theirs, and what they remember."""

    email: str
    device: Device
    phrase: str

    @property
    def library(self) -> Library:
        return Library.of(self.device)


def new_person(live: Live, name: str) -> Person:
    """Sign up as a stranger does, with the code from the mail."""
    email = f"{name}-{uuid4().hex[:8]}@example.org"
    made = account.sign_up(
        live.url,
        email,
        PASSWORD,
        read_code=lambda sign_up_id: mailbox.wait_for_code(live.mail, email, sign_up_id),
    )
    return Person(email=email, device=made.device, phrase=made.phrase)


@cache
def photograph(seed: int) -> Photograph:
    taken_at = datetime(2026, 11, 1 + seed % 20, 11, 42)  # noqa: DTZ001 - as cameras write it
    return take_photograph(seed, taken_at=taken_at, size=(900, 600))


def store(library: Library, seed: int) -> Photo:
    photo = photograph(seed)
    thumbnails = make_thumbnails(photo.jpeg)
    metadata = Metadata(
        name=photo.name,
        kind="jpeg",
        media_type="image/jpeg",
        size=len(photo.jpeg),
        width=thumbnails.width,
        height=thumbnails.height,
        captured_at=CaptureTime(local=photo.taken_at.isoformat(), zone="+01:00"),
        place=Place(lat=photo.latitude, lon=photo.longitude),
        camera=photo.camera,
    )
    return library.store(photo.jpeg, metadata, thumbnails)


def refusal_of(call: object, *arguments: object, **named: object) -> tuple[int, str]:
    with pytest.raises(ProblemError) as refusal:
        call(*arguments, **named)
    return refusal.value.status, refusal.value.code


def metadata_of(content: bytes) -> Metadata:
    return Metadata(
        name="noise.bin", kind="unknown", media_type="application/octet-stream", size=len(content)
    )
