"""Fill a vault with generated photographs: ``python -m tests.reference_client.demo``.

Plays a device from sign-up to albums, over HTTP alone. The one thing it takes from the
machine is the mail with the code, which the embedded setting writes to ``var/mail``.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import requests

from pocketvault.demo.photographs import Photograph, take_album, take_photograph
from tests.reference_client import account, albums, mailbox
from tests.reference_client.account import Device
from tests.reference_client.clean import without_metadata
from tests.reference_client.client import Client, ProblemError
from tests.reference_client.documents import (
    AlbumSettings,
    CaptureTime,
    Marks,
    Metadata,
    Place,
    StoredAs,
)
from tests.reference_client.images import Library, Photo
from tests.reference_client.sync import Replica, catch_up
from tests.reference_client.thumbnails import Thumbnails, make_thumbnails
from tests.reference_client.wire import to_text

EMAIL = "demo@localhost"
# Printed at the end. The vault of a demonstration holds nothing of anybody's.
PASSWORD = "painted hills and quiet water"
AT_ONCE = 4
ALBUM_SHARE = 5  # one photo in so many is in an album
ALBUM_NAMES = (
    ("First light", "Got up for it, for once."),
    ("By the water", "Lakes, mostly."),
    ("The long way home", ""),
    ("To print", "For the wall in the hall."),
)
TITLES = ("Morning over the ridge", "Still water", "Last light", "The quiet side of the hill")
REMOVED = ("place", "capture-time", "camera", "serial-number", "camera-settings")


def main(arguments: Sequence[str] | None = None) -> int:
    """Do it, and answer an exit code."""
    parser = argparse.ArgumentParser(prog="demo", description=(__doc__ or "").split(":", 1)[0])
    parser.add_argument("--url", default="http://localhost:8000")
    parser.add_argument("--photos", type=int, default=120)
    chosen = parser.parse_args(arguments)
    try:
        fill(chosen.url, chosen.photos)
    except requests.ConnectionError:
        return _fail(
            f"Nothing answers at {chosen.url}. Start PocketVault first: make run\n"
            "If it runs at another port, say so here too: PORT=8001 make demo"
        )
    except (ProblemError, TimeoutError) as error:
        return _fail(str(error))
    return 0


def fill(url: str, count: int) -> None:
    """See that the vault holds at least ``count`` photographs, and say how to open it."""
    Client(url).call("GET", "/server")
    device, phrase = open_vault(url)
    library = Library.of(device)
    replica = Replica()
    catch_up(library, replica)
    missing = count - len(replica.photos)
    if missing > 0:
        photos = upload_all(library, missing, first_seed=len(replica.photos) + 1)
        if not replica.albums:
            arrange(library, photos)
    _say(f"\n  {url}\n  E-mail    {EMAIL}\n  Password  {PASSWORD}")
    if phrase is not None:
        _say(f"  Recovery  {phrase}")


def open_vault(url: str) -> tuple[Device, str | None]:
    """A signed-in, unlocked device; and the recovery phrase if the account is new."""
    try:
        return account.sign_in(url, EMAIL, PASSWORD), None
    except ProblemError as problem:
        if problem.code != "wrong_credentials":
            raise
    _say(f"Signing up {EMAIL}")
    folder = Path(os.environ.get("VAR_DIR") or "var") / "mail"
    made = account.sign_up(
        url, EMAIL, PASSWORD, read_code=lambda sign_up_id: _code_in(folder, sign_up_id)
    )
    account.confirm_phrase(made.device, made.phrase)
    return made.device, made.phrase


def upload_all(library: Library, count: int, *, first_seed: int) -> list[Photo]:
    """Take and upload photographs, four at a time, newest first."""
    now = datetime.now().replace(second=0, microsecond=0)  # noqa: DTZ005 - a camera's own clock
    plan = take_album(count, until=now - timedelta(days=1), seed=first_seed)
    started, done = time.monotonic(), itertools.count(1)
    connections = [library.another() for _ in range(AT_ONCE)]
    # Painting and scaling take most of the time, and a process each can use every core.
    with (
        ProcessPoolExecutor(mp_context=get_context("spawn")) as darkroom,
        ThreadPoolExecutor(AT_ONCE) as senders,
    ):
        prints = [darkroom.submit(develop, *each) for each in plan]

        def send_share(share: int) -> list[Photo]:
            photos = []
            for waiting in prints[share::AT_ONCE]:
                photos.append(send(connections[share], waiting.result()))
                _show_progress(next(done), count, time.monotonic() - started)
            return photos

        shares = list(senders.map(send_share, range(AT_ONCE)))
    _say("")
    return [photo for photo in _interleaved(shares) if photo is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """A photograph ready to be stored."""

    photograph: Photograph
    clean: bytes
    thumbnails: Thumbnails


def develop(seed: int, taken_at: datetime) -> Print:
    """Take a photograph, clean it and make its thumbnails."""
    photograph = take_photograph(seed, taken_at=taken_at)
    clean = without_metadata(photograph.jpeg)
    return Print(photograph=photograph, clean=clean, thumbnails=make_thumbnails(clean))


def send(library: Library, ready: Print) -> Photo:
    """Store one photograph as the browser does: cleaned, with what was cleaned out noted."""
    photo, thumbnails = ready.photograph, ready.thumbnails
    metadata = Metadata(
        name=photo.name,
        kind="jpeg",
        media_type="image/jpeg",
        size=len(ready.clean),
        width=thumbnails.width,
        height=thumbnails.height,
        thumbhash=to_text(thumbnails.thumbhash),
        captured_at=CaptureTime(local=photo.taken_at.isoformat(timespec="seconds"), zone="+01:00"),
        place=Place(lat=photo.latitude, lon=photo.longitude),
        camera=photo.camera,
        exposure_seconds=1 / 250,
        aperture=5.6,
        iso=200,
        focal_length_mm=35,
        stored_as=StoredAs.STRIPPED,
        removed=REMOVED,
    )
    fingerprint = library.keys.fingerprint(photo.jpeg)
    return library.store(ready.clean, metadata, thumbnails, fingerprint=fingerprint)


def arrange(library: Library, photos: Sequence[Photo]) -> None:
    """Albums, favourites, and a few corrections."""
    for number, (name, description) in enumerate(ALBUM_NAMES):
        chosen = photos[number :: len(ALBUM_NAMES) + ALBUM_SHARE]
        if chosen:
            settings = AlbumSettings(name=name, description=description, cover=chosen[0].id)
            albums.add_to_album(library, albums.create_album(library, settings), chosen)
    for photo in photos[::7]:
        library.mark(photo, Marks(favourite=True))
    for photo, title in zip(photos[::11], itertools.cycle(TITLES), strict=False):
        library.correct(photo, title=title, rating=4, keywords=["landscape"])


def _code_in(folder: Path, sign_up_id: str) -> str:
    try:
        return mailbox.wait_for_code(folder, EMAIL, sign_up_id)
    except TimeoutError as error:
        raise TimeoutError(
            f"The mail with the code did not arrive in {folder}. The demonstration needs the "
            "embedded setting, and VAR_DIR as the service has it."
        ) from error


def _interleaved(shares: Sequence[Sequence[Photo]]) -> Iterator[Photo | None]:
    return itertools.chain.from_iterable(itertools.zip_longest(*shares))


def _show_progress(done: int, count: int, seconds: float) -> None:
    left = round(seconds / done * (count - done))
    end = "\r" if sys.stdout.isatty() else "\n"
    if sys.stdout.isatty() or done % 20 == 0 or done == count:
        print(f"  {done} of {count} photographs, about {left} s left  ", end=end, flush=True)


def _say(line: str) -> None:
    print(line, flush=True)


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
