"""The library: storing, finding, opening, correcting and purging images.

Everything is encrypted here. What the server answers is authenticated before it is used:
a wrong key, a changed byte and a swapped image are one and the same refusal to open.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from tests.reference_client.account import Device
from tests.reference_client.client import Client, Json, ProblemError
from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.record import open_record, seal_record
from tests.reference_client.crypto.stream import decrypt_content, encrypt_content
from tests.reference_client.documents import (
    NO_CORRECTIONS,
    Corrections,
    Marks,
    Metadata,
)
from tests.reference_client.keyring import Keyring
from tests.reference_client.ranges import RangeReader
from tests.reference_client.thumbnails import Thumbnails
from tests.reference_client.uploads import (
    WHOLE_BYTES,
    SentPart,
    discarded_on_failure,
    send,
    send_whole,
)
from tests.reference_client.wire import new_id, to_bytes, to_text

KEY_BYTES = 32
ORIGINAL, PREVIEW, THUMBNAIL = "original", "preview", "thumbnail"
BATCH_ITEMS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """An opened image: its documents in the clear, its keys still wrapped.

    ``parts`` are the ciphertexts there are, with their sizes in bytes. ``marks_number`` and
    ``revision`` count what is stored, so the next to be written is one more.
    """

    id: str
    version: int
    parts: Mapping[str, int]
    wrapped_content_key: str
    wrapped_record_key: str
    metadata: Metadata
    marks: Marks
    marks_number: int
    corrections: Corrections
    revision: int
    albums: tuple[str, ...]
    stored_at: str
    binned_at: str | None


class Library:
    """The images of an unlocked device. One per thread: see `another`."""

    def __init__(self, client: Client, keys: Keyring) -> None:
        self.client = client
        self.keys = keys

    @classmethod
    def of(cls, device: Device) -> Library:
        """The library of an unlocked device."""
        return cls(device.client, device.keys)

    def another(self) -> Library:
        """The same library over a connection of its own."""
        return Library(self.client.another(self.client.token), self.keys)

    def store(
        self,
        original: bytes,
        metadata: Metadata,
        thumbnails: Thumbnails | None = None,
        *,
        marks: Marks | None = None,
        corrections: Corrections | None = None,
        fingerprint: str | None = None,
    ) -> Photo:
        """Encrypt a photo, send it and commit it.

        ``fingerprint`` is the duplicate mark of the photo as it was chosen, before anything
        was taken out of it; without one, of ``original``. Raises `ProblemError` ``duplicate``.
        """
        image_id = new_id()
        content_key, record_key = os.urandom(KEY_BYTES), os.urandom(KEY_BYTES)
        pieces = {ORIGINAL: original}
        if thumbnails is not None:
            pieces[THUMBNAIL] = thumbnails.thumbnail
            if thumbnails.preview is not None:
                pieces[PREVIEW] = thumbnails.preview
        body = {
            "version": 1,
            "wrapped_content_key": self.keys.wrap(
                content_key, self.keys.content_key(image_id, 1)
            ),
            "wrapped_record_key": self.keys.wrap(record_key, self.keys.record_key(image_id)),
            "metadata": self._seal("metadata", metadata.to_json(), record_key, image_id, 1),
            "fingerprint": fingerprint or self.keys.fingerprint(original),
        }
        if marks is not None:
            body["marks"] = self._seal("marks", marks.to_json(), record_key, image_id, 1)
        if corrections is not None:
            document = corrections.to_json()
            body["corrections"] = self._seal("corrections", document, record_key, image_id, 1)
        contexts = {name: self.keys.content(image_id, 1, name) for name in pieces}
        if self._goes_whole(sum(map(len, pieces.values()))):
            sealed = {
                name: encrypt_content(piece, content_key, contexts[name])
                for name, piece in pieces.items()
            }
            return self.opened(send_whole(self.client, image_id, body, sealed))
        parts = {
            name: self._send(piece, content_key, contexts[name])
            for name, piece in pieces.items()
        }
        body["parts"] = {name: part.to_json() for name, part in parts.items()}
        with discarded_on_failure(self.client, *(part.upload for part in parts.values())):
            return self.opened(self.client.call("PUT", f"/images/{image_id}", body))

    def _goes_whole(self, size: int) -> bool:
        """Whether a new photo of so many bytes goes in one request."""
        return size <= WHOLE_BYTES

    def keep(
        self,
        original: bytes,
        metadata: Metadata,
        thumbnails: Thumbnails | None = None,
        *,
        marks: Marks | None = None,
        corrections: Corrections | None = None,
    ) -> Photo:
        """Store a photo, or see to it that the one it is already stays and can be read.

        A twin in the recycle bin would go on its day, and one whose bytes were lost is not
        there: only ``duplicate`` means that nothing is to be done. ``marks`` and
        ``corrections`` are a new photo's: of one that is there they change nothing.
        """
        try:
            return self.store(
                original, metadata, thumbnails, marks=marks, corrections=corrections
            )
        except ProblemError as refusal:
            if refusal.code not in {"duplicate", "twin_binned", "twin_damaged"}:
                raise
            photo, code = self.get(str(refusal.details["image_id"])), refusal.code
        if photo.binned_at is not None:
            photo = self.restore(photo)
        return self.replace(photo, original, metadata) if code == "twin_damaged" else photo

    def replace(self, photo: Photo, original: bytes, metadata: Metadata) -> Photo:
        """Give a photo new content under the same id: a new version with a new key."""
        number = photo.version + 1
        content_key = os.urandom(KEY_BYTES)
        context = self.keys.content(photo.id, number, ORIGINAL)
        part = self._send(original, content_key, context)
        body = {
            "parts": {ORIGINAL: part.to_json()},
            "wrapped_content_key": self.keys.wrap(
                content_key, self.keys.content_key(photo.id, number)
            ),
            "metadata": self._seal(
                "metadata", metadata.to_json(), self._record_key(photo), photo.id, number
            ),
            "fingerprint": self.keys.fingerprint(original),
        }
        with discarded_on_failure(self.client, part.upload):
            answer = self.client.call("PUT", f"/images/{photo.id}/versions/{number}", body)
        return self.opened(answer)

    def remake_thumbnails(self, photo: Photo, thumbnails: Thumbnails) -> Photo:
        """Store a thumbnail and preview that were made later."""
        key = self.content_key(photo)
        pieces = {THUMBNAIL: thumbnails.thumbnail, PREVIEW: thumbnails.preview}
        answer: Json = None
        for name, piece in pieces.items():
            if piece is not None:
                part = self._send(piece, key, self.keys.content(photo.id, photo.version, name))
                path = self._part_path(photo, name)
                with discarded_on_failure(self.client, part.upload):
                    answer = self.client.call("PUT", path, part.to_json())
        return self.opened(answer)

    def known(self, originals: Iterable[bytes]) -> set[int]:
        """Which of these originals, by position, are in the library already, and safe there.

        What is in the recycle bin or damaged is not: see `keep`.
        """
        fingerprints = [self.keys.fingerprint(original) for original in originals]
        known = self.twins(fingerprints)
        return {position for position, mark in enumerate(fingerprints) if mark in known}

    def twins(self, fingerprints: Sequence[str]) -> dict[str, str]:
        """The ids of the images that are in the library, and safe there, by duplicate mark."""
        twins: dict[str, str] = {}
        for start in range(0, len(fingerprints), BATCH_ITEMS):
            body = {"fingerprints": fingerprints[start : start + BATCH_ITEMS]}
            answer = self.client.call("POST", "/images/check", body)
            twins |= answer["known"]
        return twins

    def get(self, image_id: str) -> Photo:
        """One photo. Raises `ProblemError` ``not_found``, or ``gone`` for one we purged."""
        return self.opened(self.client.call("GET", f"/images/{image_id}"))

    def download(self, photo: Photo, part: str = ORIGINAL) -> bytes:
        """A part's content, whole, exactly as it was stored."""
        ciphertext = self.client.send("GET", self._part_path(photo, part)).content
        context = self.keys.content(photo.id, photo.version, part)
        return decrypt_content(ciphertext, self.content_key(photo), context)

    def reader(self, photo: Photo, part: str = ORIGINAL) -> RangeReader:
        """Reads ranges of a part without fetching the whole of it."""
        path = self._part_path(photo, part)

        def fetch(start: int, stop: int) -> bytes:
            headers = {"Range": f"bytes={start}-{stop - 1}"}
            return self.client.send("GET", path, headers=headers).content

        context = self.keys.content(photo.id, photo.version, part)
        return RangeReader(fetch, photo.parts[part], self.content_key(photo), context)

    def mark(self, photo: Photo, marks: Marks) -> Photo:
        """Replace favourite and archived. Raises `ProblemError` ``conflict`` if we are behind."""
        number = photo.marks_number + 1
        sealed = self._seal(
            "marks", marks.to_json(), self._record_key(photo), photo.id, number
        )
        body = {"number": number, "marks": sealed}
        return self.opened(self.client.call("PUT", f"/images/{photo.id}/marks", body))

    def correct(self, photo: Photo, **change: Json) -> Photo:
        """Add a revision: what was put right before, with ``change`` over it."""
        revision = photo.revision + 1
        document = photo.corrections.merged_with(change).to_json()
        sealed = self._seal(
            "corrections", document, self._record_key(photo), photo.id, revision
        )
        body = {"revision": revision, "corrections": sealed}
        return self.opened(self.client.call_once(f"/images/{photo.id}/corrections", body))

    def history(self, photo: Photo) -> list[Corrections]:
        """Every revision, oldest first."""
        items = self.client.call("GET", f"/images/{photo.id}/corrections")["items"]
        key = self._record_key(photo)
        return [
            Corrections.from_json(
                self._open("corrections", item["sealed"], key, photo.id, item["revision"])
            )
            for item in items
        ]

    def versions(self, photo: Photo) -> list[Photo]:
        """The photo as it was in each version, oldest first; `download` opens any of them."""
        items = self.client.call("GET", f"/images/{photo.id}/versions")["items"]
        return [self._as_it_was(photo, item) for item in items]

    def _as_it_was(self, photo: Photo, version: Mapping[str, Json]) -> Photo:
        number, key = version["number"], self._record_key(photo)
        metadata = self._open("metadata", version["metadata"], key, photo.id, number)
        return replace(
            photo,
            version=number,
            parts={name: part["bytes"] for name, part in version["parts"].items()},
            wrapped_content_key=version["wrapped_content_key"],
            metadata=Metadata.from_json(metadata),
        )

    def purge(self, photo: Photo) -> None:
        """Delete a photo for good."""
        self.client.call("DELETE", f"/images/{photo.id}")

    def put_in_bin(self, photo: Photo) -> None:
        """Hide a photo; it is purged later, or at once where the recycle bin is off."""
        self.client.call_once(f"/images/{photo.id}/bin")

    def restore(self, photo: Photo) -> Photo:
        """Take a photo out of the recycle bin."""
        return self.opened(self.client.call_once(f"/images/{photo.id}/restore"))

    def batch(self, operations: Sequence[Mapping[str, Json]]) -> list[Mapping[str, Json]]:
        """Many small changes at once; each has a status of its own."""
        answer = self.client.call_once("/images/batch", {"operations": list(operations)})
        return list(answer["results"])

    def opened(self, image: Mapping[str, Json]) -> Photo:
        """An image of the server, opened. Raises ``CryptoError`` ``cannot-open``."""
        image_id, version = image["id"], image["version"]["number"]
        marks, corrections = image["marks"], image["corrections"]
        closed = Photo(
            id=image_id,
            version=version,
            parts={name: part["bytes"] for name, part in image["version"]["parts"].items()},
            wrapped_content_key=image["wrapped_content_key"],
            wrapped_record_key=image["wrapped_record_key"],
            metadata=Metadata(name="", kind="unknown", media_type="", size=0),
            marks=Marks(),
            marks_number=marks["number"] if marks else 0,
            corrections=NO_CORRECTIONS,
            revision=corrections["revision"] if corrections else 0,
            albums=tuple(image["albums"]),
            stored_at=image["stored_at"],
            binned_at=image["binned_at"],
        )
        return self._with_documents(closed, image)

    def content_key(self, photo: Photo) -> bytes:
        """The key of a photo's current content."""
        context = self.keys.content_key(photo.id, photo.version)
        return self.keys.unwrap(photo.wrapped_content_key, context)

    def _with_documents(self, photo: Photo, image: Mapping[str, Json]) -> Photo:
        key = self._record_key(photo)
        metadata = self._open("metadata", image["metadata"], key, photo.id, photo.version)
        photo = replace(photo, metadata=Metadata.from_json(metadata))
        if marks := image["marks"]:
            value = self._open("marks", marks["sealed"], key, photo.id, photo.marks_number)
            photo = replace(photo, marks=Marks.from_json(value))
        if corrections := image["corrections"]:
            value = self._open("corrections", corrections["sealed"], key, photo.id, photo.revision)
            photo = replace(photo, corrections=Corrections.from_json(value))
        return photo

    def _record_key(self, photo: Photo) -> bytes:
        return self.keys.unwrap(photo.wrapped_record_key, self.keys.record_key(photo.id))

    def _send(self, content: bytes, key: bytes, context: Context) -> SentPart:
        return send(self.client, encrypt_content(content, key, context))

    def _seal(self, purpose: str, value: Json, key: bytes, image_id: str, number: int) -> str:
        return to_text(seal_record(value, key, self.keys.context(purpose, image_id, number)))

    def _open(self, purpose: str, sealed: str, key: bytes, image_id: str, number: int) -> Json:
        return open_record(to_bytes(sealed), key, self.keys.context(purpose, image_id, number))

    @staticmethod
    def _part_path(photo: Photo, part: str) -> str:
        return f"/images/{photo.id}/versions/{photo.version}/{part}"
