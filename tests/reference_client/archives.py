"""Archives: asking for one, taking it in spite of breaks, and opening it without the service.

What opens one here shares no code with `open-archive.html`: the standard library reads the ZIP
file, and the formats are those of docs/archives.md and docs/cryptography.md.
"""

from __future__ import annotations

import hashlib
import json
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.reference_client.account import Device, kdf_parameters
from tests.reference_client.client import API, Json
from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.hierarchy import keys_from_recovery
from tests.reference_client.crypto.kdf import keys_from_password
from tests.reference_client.crypto.record import open_record
from tests.reference_client.crypto.stream import decrypt_content
from tests.reference_client.crypto.wrap import derive_wrapping_key, unwrap_key
from tests.reference_client.documents import AlbumSettings, Metadata
from tests.reference_client.keyring import Keyring
from tests.reference_client.phrase import secret_of
from tests.reference_client.wire import to_bytes

PIECE_BYTES = 256 * 1024
LOOK_AGAIN_SECONDS = 0.2
UNDER_WAY = ("asked", "building")


def ask(device: Device) -> str:
    """Ask for an archive; its id. Raises `ProblemError` ``step_up_required``."""
    return str(device.client.call_once("/archives")["id"])


def wait_for(device: Device, archive_id: str, seconds: float = 60.0) -> Json:
    """Look until it is made, or over. Raises ``TimeoutError``."""
    until = time.monotonic() + seconds
    while (archive := device.client.call("GET", f"/archives/{archive_id}"))["state"] in UNDER_WAY:
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(LOOK_AGAIN_SECONDS)
    return archive


def take(device: Device, archive_id: str, target: Path, *, at_most: int | None = None) -> bool:
    """Go on with the download of an archive into ``target``, by ``at_most`` bytes; True once it
    is whole. The tag beside it says which bytes those are. Raises `ProblemError`.
    """
    tag = target.with_suffix(".etag")
    have = target.stat().st_size if target.exists() and tag.exists() else 0
    headers = {"Authorization": f"Bearer {device.client.token}"}
    if have:
        headers |= {"Range": f"bytes={have}-", "If-Range": tag.read_text()}
    url = f"{device.client.url}{API}/archives/{archive_id}/content"
    with requests.get(url, headers=headers, stream=True, timeout=60) as answer:
        answer.raise_for_status()
        is_more = answer.status_code == requests.codes.partial
        tag.write_text(answer.headers["ETag"])
        wanted = int(answer.headers["Content-Length"])
        with target.open("ab" if is_more else "wb") as file:
            written = _copy(answer, file, at_most)
    return written == wanted


def _copy(answer: requests.Response, file: object, at_most: int | None) -> int:
    written = 0
    for chunk in answer.iter_content(PIECE_BYTES):
        piece = chunk if at_most is None else chunk[: at_most - written]
        file.write(piece)  # type: ignore[attr-defined]
        written += len(piece)
        if written == at_most:
            break
    return written


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedPhoto:
    """A photo out of an archive, in the clear."""

    id: str
    metadata: Metadata
    original: bytes
    albums: tuple[str, ...]


class OpenArchive:
    """An archive on the disk, opened by what its owner knows."""

    def __init__(self, path: Path, *, phrase: str = "", password: str = "") -> None:
        self._file = zipfile.ZipFile(path)
        self.facts = self.document("archive.json")
        self.keys = self._unlock(phrase, password)

    def document(self, path: str) -> Json:
        """A document of the archive."""
        return json.loads(self._file.read(path))

    def verify(self) -> None:
        """Check every member against the manifest. Raises ``ValueError`` and ``KeyError``."""
        lines = self._file.read("manifest-sha256.txt").decode().splitlines()
        named = dict(line.split("  ", 1)[::-1] for line in lines)
        if set(named) != set(self._file.namelist()) - {"manifest-sha256.txt"}:
            raise ValueError("the manifest names other files")
        for path, digest in named.items():
            if hashlib.sha256(self._file.read(path)).hexdigest() != digest:
                raise ValueError(f"{path} is not what the manifest says")

    def photos(self) -> Iterator[ArchivedPhoto]:
        """Every photo, one after the other. Raises `CryptoError`."""
        for path in self._named("images/"):
            yield self._photo(self.document(path))

    def album_names(self) -> dict[str, str]:
        """The names of all albums by id."""
        names = {}
        for path in self._named("albums/"):
            album = self.document(path)
            key = self.keys.unwrap(
                album["wrapped_album_key"], self.keys.album_key(album["id"], album["generation"])
            )
            settings = album["settings"]
            context = self.keys.context("album", album["id"], settings["number"])
            opened = open_record(to_bytes(settings["sealed"]), key, context)
            names[album["id"]] = AlbumSettings.from_json(opened).name
        return names

    def _named(self, folder: str) -> list[str]:
        names = self._file.namelist()
        return sorted(name for name in names if name.startswith(folder) and name.endswith(".json"))

    def _photo(self, image: Json) -> ArchivedPhoto:
        image_id, number = image["id"], image["version"]["number"]
        keys = self.keys
        content = keys.unwrap(image["wrapped_content_key"], keys.content_key(image_id, number))
        record = keys.unwrap(image["wrapped_record_key"], keys.record_key(image_id))
        metadata = open_record(
            to_bytes(image["metadata"]), record, keys.context("metadata", image_id, number)
        )
        ciphertext = self._file.read(f"images/{image_id}/{number}-original.bin")
        original = decrypt_content(ciphertext, content, keys.content(image_id, number, "original"))
        return ArchivedPhoto(
            id=image_id,
            metadata=Metadata.from_json(metadata),
            original=original,
            albums=tuple(image["albums"]),
        )

    def _unlock(self, phrase: str, password: str) -> Keyring:
        bundle, account_id = self.document("account/keys.json"), self.facts["account_id"]
        by = "recovery" if phrase else "password"
        if phrase:
            keys = keys_from_recovery(secret_of(phrase))
        else:
            keys = keys_from_password(password, kdf_parameters(bundle["kdf"]))
        context = Context(
            purpose="account-key", owner=account_id, record=account_id, part=by, version=1
        )
        wrapped = to_bytes(bundle[f"wrapped_account_key_{by}"])
        account_key = unwrap_key(wrapped, derive_wrapping_key(keys.key_encryption_key), context)
        return Keyring(account_id=account_id, account_key=account_key)
