"""Proof P4: what was deleted is unreadable in every backup within 30 days; by day 22, in fact.

Two photos come in through the API, encrypted by the reference client. The database is dumped, by
our own command and, on PostgreSQL, by pg_dump. One photo is deleted. Then 22 days pass, with an
hourly look at the epochs. Whoever has the dumps, the ciphertext of both photos, the password and
every key that still exists, opens the photo that was kept from the live database, and nothing
of the other from anything. The last test leaves the old keys lying, and the same search finds it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection
from django.utils import timezone
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import Account
from images.actions.freeing import free_discarded_blobs
from images.models import Envelope, EnvelopePurpose, ImagePart
from pocketvault.kernel import epochs, rotation, sealing
from pocketvault.kernel.blobs import store
from pocketvault.kernel.models import EpochKey
from rights.actions.backups import keep_backups_in_order, make_backup
from rights.backup_errors import BackupKeyGoneError
from rights.backups import container, places
from tests.factories import app_of
from tests.reference_client.client import Client
from tests.reference_client.crypto.errors import CryptoError
from tests.reference_client.crypto.stream import decrypt_content
from tests.reference_client.documents import Metadata
from tests.reference_client.images import ORIGINAL, Library, Photo
from tests.reference_client.keyring import Keyring
from tests.reference_client.wire import to_text
from tests.rights.places import own_places

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_places")]
__all__ = ["own_places"]
KEPT, GONE = b"a photo that stays " * 50, b"a photo that goes " * 50
ABOUT = Metadata(name="a.jpg", kind="jpeg", media_type="image/jpeg", size=len(KEPT))
# How each kind of dump writes bytes.
HEXADECIMAL = re.compile(rb"\\\\?x([0-9a-f]{56,})")


@pytest.fixture(autouse=True)
def own_epoch_keys(settings: Settings, tmp_path: Path, clean_slate: None) -> None:
    settings.EPOCH_KEY_DIRS = [tmp_path / "keys", tmp_path / "keys-copy"]
    EpochKey.objects.all().delete()
    epochs.forget_keys_in_memory()
    sealing.forget_current_epoch()
    rotation.keep_epochs_in_order()


@dataclass(frozen=True, slots=True)
class Thief:
    """Has everything but the epoch keys that were destroyed: dumps, ciphertext, the password."""

    keys: Keyring
    ciphertext: dict[str, bytes]
    dumps: list[bytes]

    def opens(self, photo: Photo) -> bool:
        """Whether any sealed value in any dump leads to the photo, by any key that exists."""
        contexts = [
            sealing.context_of(Envelope, [photo.id, purpose, 1]) for purpose in EnvelopePurpose
        ]
        for sealed in self.sealed_values():
            for _, key in epochs.living_keys():
                for context in contexts:
                    try:
                        wrapped = AESGCM(key).decrypt(sealed[:12], sealed[12:], context)
                    except (InvalidTag, ValueError):
                        continue
                    if self.decrypts(photo, wrapped):
                        return True
        return False

    def sealed_values(self) -> Iterator[bytes]:
        """All that is bytes in the dumps: everything sealed is among it."""
        for dump in self.dumps:
            for found in HEXADECIMAL.finditer(dump):
                if len(found[1]) % 2 == 0:
                    yield bytes.fromhex(found[1].decode())

    def decrypts(self, photo: Photo, wrapped: bytes) -> bool:
        """The password leads to the account key, and that to what was wrapped."""
        try:
            key = self.keys.unwrap(to_text(wrapped), self.keys.content_key(photo.id, 1))
            context = self.keys.content(photo.id, 1, ORIGINAL)
            return decrypt_content(self.ciphertext[photo.id], key, context) in (KEPT, GONE)
        except CryptoError:
            return False


def library_of(account: Account, live_server: LiveServer) -> Library:
    """A device whose account key is known: what the password leads to."""
    app = app_of(account)
    token = app._credentials["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    keys = Keyring(account_id=str(account.pk), account_key=b"k" * 32)
    return Library(Client(live_server.url, token), keys)


def all_dumps(tmp_path: Path) -> list[bytes]:
    """Ours, opened while it can be; and PostgreSQL's own, or a copy of SQLite's file."""
    ours = b"".join(container.pieces_of(next(places.find(make_backup().name))))
    return [ours, foreign_dump(tmp_path)]


def foreign_dump(tmp_path: Path) -> bytes:
    if connection.vendor == "postgresql":
        place = connection.settings_dict
        pg_dump = shutil.which("pg_dump")
        if pg_dump is None:
            pytest.skip("pg_dump is not installed")
        done = subprocess.run(
            [
                pg_dump, "--data-only", "--host", place["HOST"] or "localhost",
                "--port", str(place["PORT"]), "--username", place["USER"], place["NAME"],
            ],
            check=True, capture_output=True,
        )  # fmt: skip
        return done.stdout
    # As text, so that one search reads both.
    lines = [rb"\x" + bytes(sealed).hex().encode() for sealed in every_sealed_value()]
    return b"\n".join(lines)


def every_sealed_value() -> Iterator[bytes]:
    for model in sealing.sealed_models():
        yield from model._default_manager.values_list("sealed", flat=True)


def stolen(library: Library, tmp_path: Path, photos: list[Photo]) -> Thief:
    ciphertext = {
        photo.id: b"".join(
            store().read(ImagePart.objects.get(image=photo.id, name=ORIGINAL).blob_key)
        )
        for photo in photos
    }
    return Thief(library.keys, ciphertext, all_dumps(tmp_path))


def days_pass(days: int) -> None:
    start = timezone.now()
    for hour in range(0, days * 24 + 1, 12):
        with time_machine.travel(start + timedelta(hours=hour), tick=False):
            rotation.keep_epochs_in_order()
            keep_backups_in_order()


def test_after_22_days_no_dump_and_no_key_open_what_was_deleted(
    alice: Account, live_server: LiveServer, tmp_path: Path
) -> None:
    library = library_of(alice, live_server)
    kept, gone = (library.store(each, ABOUT) for each in (KEPT, GONE))
    thief = stolen(library, tmp_path, [kept, gone])
    backup = next(iter(places.names()))
    assert thief.opens(kept)
    assert thief.opens(gone)  # within the 22 days, with the key: the search can find it

    library.purge(gone)
    free_discarded_blobs()
    days_pass(22)

    assert not thief.opens(gone)
    assert not thief.opens(kept)  # the old dump is nothing any more, whatever is in it
    assert backup not in places.names()
    with_everything = Thief(thief.keys, thief.ciphertext, [*thief.dumps, *all_dumps(tmp_path)])
    assert with_everything.opens(kept)
    assert not with_everything.opens(gone)
    assert library.download(library.get(kept.id)) == KEPT


def test_a_stolen_backup_file_does_not_open_either(
    alice: Account, live_server: LiveServer, tmp_path: Path
) -> None:
    library_of(alice, live_server).store(KEPT, ABOUT)
    path = next(places.find(make_backup().name))
    copy = tmp_path / "stolen.pvbackup"
    shutil.copy(path, copy)
    assert b"".join(container.pieces_of(copy))
    days_pass(22)
    with pytest.raises(BackupKeyGoneError):
        b"".join(container.pieces_of(copy))


def test_with_destruction_switched_off_the_deleted_photo_opens(
    alice: Account, live_server: LiveServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control taken away: what the first test promises depends on it."""
    library = library_of(alice, live_server)
    kept, gone = (library.store(each, ABOUT) for each in (KEPT, GONE))
    thief = stolen(library, tmp_path, [kept, gone])
    monkeypatch.setattr(rotation, "destroy_overdue_epochs", lambda *_, **__: [])
    library.purge(gone)
    days_pass(22)
    assert thief.opens(gone)
