"""Sending ciphertext: tus 1.0 with creation, checksum and termination.

The server keeps what arrived, so whoever was interrupted asks where the upload stands and
goes on from there. The same ciphertext must follow: see "Resuming an upload" in
docs/cryptography.md.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.reference_client.client import API, Client, Json, ProblemError
from tests.reference_client.wire import to_text

VERSION = {"Tus-Resumable": "1.0.0"}
MEDIA_TYPE = "application/offset+octet-stream"
CHUNK_BYTES = 8 * 2**20
# Below this, one request that brings its bytes along is quicker than two.
SMALL_BYTES = 4 * 2**20
# Up to this, a new photo goes in one request altogether; its ciphertext is a little longer.
WHOLE_BYTES = 7 * 2**20
WHOLE_TYPE = "application/vnd.pocketvault.photo"
PARTS = ("original", "preview", "thumbnail")
ATTEMPTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SentPart:
    """A finished upload, as a commit names it."""

    upload: str
    sha256: str
    bytes: int

    def to_json(self) -> dict[str, str | int]:
        """For ``parts`` of a commit."""
        return {"upload": self.upload, "sha256": self.sha256, "bytes": self.bytes}


def send(client: Client, ciphertext: bytes, *, chunk_bytes: int = CHUNK_BYTES) -> SentPart:
    """Send a whole ciphertext. What was damaged on its way is sent again."""
    if 0 < len(ciphertext) <= min(SMALL_BYTES, chunk_bytes):
        upload = create(client, len(ciphertext), first=ciphertext)
    else:
        upload = create(client, len(ciphertext))
        go_on(client, upload, ciphertext, chunk_bytes=chunk_bytes)
    return sent_part(upload, ciphertext)


def send_whole(
    client: Client, image_id: str, body: Mapping[str, Json], ciphertexts: Mapping[str, bytes]
) -> Mapping[str, Json]:
    """Commit an image with its ciphertexts behind the commit; answer the image."""
    parts = {name: sent_part("", ciphertexts[name]).to_json() for name in ciphertexts}
    for part in parts.values():
        del part["upload"]
    document = json.dumps({**body, "parts": parts}).encode()
    contents = [ciphertexts[name] for name in PARTS if name in ciphertexts]
    photo = b"".join([len(document).to_bytes(4, "big"), document, *contents])
    headers = {"Content-Type": WHOLE_TYPE}
    answer: Mapping[str, Json] = client.send(
        "PUT", f"/images/{image_id}", headers=headers, data=photo
    ).json()
    return answer


def sent_part(upload: str, ciphertext: bytes) -> SentPart:
    """What a commit says about an upload."""
    digest = hashlib.sha256(ciphertext).digest()
    return SentPart(upload=upload, sha256=to_text(digest), bytes=len(ciphertext))


def create(client: Client, length: int, *, first: bytes = b"") -> str:
    """Announce an upload of ``length`` bytes and answer its id."""
    headers = {**VERSION, "Upload-Length": str(length)}
    if first:
        headers |= {"Content-Type": MEDIA_TYPE, **_checksum(first)}
    answer = client.send_once(client.uploads, headers=headers, data=first)
    path = urlsplit(answer.headers["Location"]).path
    return path.removeprefix(f"{API}{client.uploads}/")


def offset_of(client: Client, upload: str) -> int:
    """How many bytes the server has."""
    answer = client.send("HEAD", f"{client.uploads}/{upload}", headers=VERSION)
    return int(answer.headers["Upload-Offset"])


def append(client: Client, upload: str, offset: int, chunk: bytes) -> int:
    """Send the bytes that belong at ``offset``; answer where the upload stands then."""
    headers = {
        **VERSION,
        **_checksum(chunk),
        "Content-Type": MEDIA_TYPE,
        "Upload-Offset": str(offset),
    }
    answer = client.send("PATCH", f"{client.uploads}/{upload}", headers=headers, data=chunk)
    return int(answer.headers["Upload-Offset"])


def go_on(
    client: Client, upload: str, ciphertext: bytes, *, chunk_bytes: int = CHUNK_BYTES
) -> None:
    """Send whatever is missing, from wherever the upload stands."""
    offset = offset_of(client, upload)
    refusals = 0
    while offset < len(ciphertext):
        try:
            offset = append(client, upload, offset, ciphertext[offset : offset + chunk_bytes])
        except ProblemError as problem:
            refusals += 1
            if problem.code not in ("checksum_mismatch", "wrong_offset") or refusals > ATTEMPTS:
                raise
            offset = offset_of(client, upload)


def discard(client: Client, upload: str) -> None:
    """Give an upload up."""
    client.send("DELETE", f"{client.uploads}/{upload}", headers=VERSION)


@contextmanager
def discarded_on_failure(client: Client, *uploads: str) -> Iterator[None]:
    """Give uploads up when what they were for was refused, so that they hold no quota."""
    try:
        yield
    except ProblemError:
        for upload in uploads:
            discard(client, upload)
        raise


def _checksum(chunk: bytes) -> dict[str, str]:
    digest = base64.b64encode(hashlib.sha256(chunk).digest()).decode("ascii")
    return {"Upload-Checksum": f"sha256 {digest}"}
