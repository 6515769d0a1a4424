"""People who go on using a service that keeps dying under them, as the apps do.

An `Owner` does one thing after another and writes down what the service acknowledged. A
request that got no answer is sent again, byte for byte; an upload asks where it stands.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

from tests.api.people import metadata_of
from tests.reference_client import albums, uploads
from tests.reference_client.albums import Album
from tests.reference_client.client import Client, ProblemError
from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.stream import encrypt_content
from tests.reference_client.images import ORIGINAL, THUMBNAIL, Library, Photo
from tests.reference_client.thumbnails import Thumbnails
from tests.reference_client.uploads import SentPart

PATIENCE_SECONDS = 120.0
PAUSE_SECONDS = 0.05
MOST_PHOTOS = 24
MOST_LEFT = 4
# What it is right to ask again about: the service is starting, its database or its store is busy
# or away, or there is no room at the moment.
PASSING = (502, 503, 507)
GONE = ("gone", "not_found")
NO_CODE = ""
# Where a person, or an app, looks first how things stand.
NOT_BLINDLY = {("POST", "uploads"), ("PATCH", "uploads"), ("DELETE", "images")}


class PatientClient(Client):
    """Asks again until there is an answer, except for what is in ``NOT_BLINDLY``.

    ``heard`` counts, by status and code, the refusals after which it asked again.
    """

    def __init__(
        self, url: str, token: str | None = None,
        heard: Counter[tuple[int, str]] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(url, token)
        self.heard = Counter() if heard is None else heard

    def send(self, method: str, path: str, **sent: Any) -> requests.Response:
        """Like `Client.send`, through any number of deaths of the service."""
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return super().send(method, path, **sent)
            except ProblemError as problem:
                # The same request seems to run still, in a process that was killed.
                is_passing = problem.status in PASSING or problem.code == "still_running"
                if not is_passing or time.monotonic() > until:
                    raise
                # An answer to HEAD has no body that could say a code.
                code = NO_CODE if method == "HEAD" else problem.code
                self.heard[problem.status, code] += 1
            except requests.RequestException:
                if (method, path.split("/")[1]) in NOT_BLINDLY or time.monotonic() > until:
                    raise
            time.sleep(PAUSE_SECONDS)

    def another(self, token: str | None = None) -> PatientClient:
        """Another connection to the same server."""
        return PatientClient(self.url, token, self.heard)


class PatientLibrary(Library):
    """A library whose uploads survive. ``offsets`` are those the service acknowledged.

    An upload that holds nothing may be unknown after a power cut, and what ends a database at
    once is one to it: ``may_be_forgotten`` says that this happens here (docs/uploads.md).
    """

    may_be_forgotten = False

    def __init__(self, client: Client, keys: Any, dice: random.Random) -> None:
        super().__init__(client, keys)
        self.dice = dice
        self.offsets: dict[str, int] = {}

    def _goes_whole(self, size: int) -> bool:
        return self.dice.random() < 0.5

    def _send(self, content: bytes, key: bytes, context: Context) -> SentPart:
        ciphertext = encrypt_content(content, key, context)
        first = ciphertext if self.dice.random() < 0.5 else b""
        while True:
            upload = self.begin(len(ciphertext), first=first)
            try:
                self.go_on(upload, ciphertext)
            except ProblemError as problem:
                if not self.has_forgotten(upload, problem):
                    raise
            else:
                self.offsets.pop(upload)
                return uploads.sent_part(upload, ciphertext)

    def has_forgotten(self, upload: str, problem: ProblemError) -> bool:
        """Whether an upload that held nothing may be, and is, unknown. It is done with then."""
        is_so = problem.code == "not_found" and not self.offsets[upload] and self.may_be_forgotten
        if is_so:
            del self.offsets[upload]
        return is_so

    def begin(self, length: int, *, first: bytes = b"") -> str:
        """Announce an upload. Without an answer nobody knows its id: another is begun."""
        while True:
            try:
                upload = uploads.create(self.client, length, first=first)
            except requests.RequestException:
                time.sleep(PAUSE_SECONDS)
            else:
                self.offsets[upload] = len(first)
                return upload

    def go_on(self, upload: str, ciphertext: bytes, *, pieces: int = 1_000) -> None:
        """Send what is missing, at most so many pieces of it."""
        for _ in range(pieces):
            offset = self.offsets[upload]
            if offset == len(ciphertext):
                return
            size = self.dice.randrange(1, 150_000)
            self._append(upload, offset, ciphertext[offset : offset + size])

    def _append(self, upload: str, offset: int, piece: bytes) -> None:
        try:
            self.offsets[upload] = uploads.append(self.client, upload, offset, piece)
        except ProblemError as problem:
            if problem.code not in ("wrong_offset", "upload_busy"):
                raise
        except requests.RequestException:
            pass
        else:
            return
        stands = self.settled_offset(upload)
        # With a checksum, a piece is kept wholly or not at all.
        assert stands in (offset, offset + len(piece)), (stands, offset, len(piece))
        self.offsets[upload] = stands

    def settled_offset(self, upload: str) -> int:
        """Where an upload stands once nobody writes to it any more."""
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return uploads.offset_of(self.client, upload)
            except ProblemError as problem:
                if problem.status != 423 or time.monotonic() > until:
                    raise
            time.sleep(PAUSE_SECONDS)


@dataclass(slots=True)
class Kept:
    """A photo the service acknowledged, and everything about it that it acknowledged."""

    photo: Photo
    contents: Mapping[str, bytes]
    is_binned: bool = False
    is_in_album: bool = False


@dataclass(slots=True)
class Owner:
    """Somebody with one device, who never stops, and what they know.

    ``kept`` and ``gone`` are by image id, and ``leaving`` are those whose time in the recycle
    bin is over, until a worker has emptied it; ``left`` are uploads begun and put aside,
    with the whole of their bytes.
    """

    library: PatientLibrary
    album: Album
    dice: random.Random
    kept: dict[str, Kept] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    leaving: set[str] = field(default_factory=set)
    left: dict[str, bytes] = field(default_factory=dict)
    acts: int = 0

    def act(self) -> None:
        """Do one thing, to its end."""
        crowd = len(self.kept) / MOST_PHOTOS
        likely: list[tuple[Callable[[], None], float]] = [
            (self.store, 4.0),
            (self.purge, 3.0 * crowd),
            (self.put_in_bin, 1.5 * crowd),
            (self.restore, 0.7 * crowd),
            (self.correct, 1.0),
            (self.add_to_album, 1.0),
            (self.look, 1.0),
            (self.leave_upload, 0.7),
            (self.take_up_upload, 0.7),
        ]
        acts, weights = zip(*likely, strict=True)
        self.dice.choices(acts, weights)[0]()
        self.acts += 1

    def store(self) -> None:
        largest = 20_000 if self.dice.random() < 0.7 else 600_000
        contents = {ORIGINAL: self.dice.randbytes(self.dice.randrange(1, largest))}
        thumbnails = None
        if self.dice.random() < 0.5:
            contents[THUMBNAIL] = self.dice.randbytes(900)
            thumbnails = Thumbnails(
                preview=None, thumbnail=contents[THUMBNAIL], thumbhash=b"", width=1, height=1
            )
        original = contents[ORIGINAL]
        photo = self.library.store(original, metadata_of(original), thumbnails)
        self.kept[photo.id] = Kept(photo, contents)

    def purge(self) -> None:
        kept = self._one()
        while kept is not None and kept.photo.id in self.kept:
            try:
                with allowed("gone"):
                    self.library.purge(kept.photo)
            except requests.RequestException:
                # Without an answer it is still there, or gone: nothing in between.
                with allowed("gone"):
                    self.check_kept(kept)
            else:
                self._forget(kept)

    def put_in_bin(self) -> None:
        if (kept := self._one()) and not kept.is_binned:
            self.library.put_in_bin(kept.photo)
            kept.is_binned = True

    def restore(self) -> None:
        binned = [kept for kept in self.kept.values() if kept.is_binned]
        if binned:
            kept = self.dice.choice(binned)
            kept.photo = self.library.restore(kept.photo)
            kept.is_binned = False

    def correct(self) -> None:
        if kept := self._one():
            kept.photo = self.library.correct(kept.photo, title=f"title {self.acts}")

    def add_to_album(self) -> None:
        if kept := self._one():
            albums.add_to_album(self.library, self.album, [kept.photo])
            kept.is_in_album = True

    def look(self) -> None:
        """One photo that is there, and one that is not."""
        if kept := self._one():
            self.check_kept(kept)
        if self.gone:
            self.check_gone(self.dice.choice(sorted(self.gone)))

    def leave_upload(self) -> None:
        if len(self.left) < MOST_LEFT:
            ciphertext = self.dice.randbytes(self.dice.randrange(1, 400_000))
            upload = self.library.begin(len(ciphertext))
            self.left[upload] = ciphertext
            with self._unless_forgotten(upload):
                self.library.go_on(upload, ciphertext, pieces=self.dice.randrange(3))

    def take_up_upload(self) -> None:
        """Finish an upload that was put aside, or give it up."""
        if not self.left:
            return
        upload = self.dice.choice(sorted(self.left))
        with self._unless_forgotten(upload):
            assert self.library.settled_offset(upload) == self.library.offsets[upload]
            if self.dice.random() < 0.7:
                self.library.go_on(upload, self.left[upload])
            with allowed("not_found"):  # the answer before was lost
                uploads.discard(self.library.client, upload)
            del self.left[upload], self.library.offsets[upload]

    @contextmanager
    def _unless_forgotten(self, upload: str) -> Iterator[None]:
        try:
            yield
        except ProblemError as problem:
            if not self.library.has_forgotten(upload, problem):
                raise
            del self.left[upload]

    def notice_forgotten(self, known: Iterable[str]) -> None:
        """These uploads are all that the service knows."""
        for upload in {*self.left} - {*known}:
            if self.library.may_be_forgotten and not self.library.offsets[upload]:
                del self.left[upload], self.library.offsets[upload]

    def check_kept(self, kept: Kept) -> None:
        """It opens to exactly what was stored, with what was said about it since."""
        for part, content in kept.contents.items():
            assert self.library.download(kept.photo, part) == content
        now = self.library.get(kept.photo.id)
        assert now.corrections == kept.photo.corrections
        assert (now.binned_at is not None) == kept.is_binned

    def check_gone(self, image_id: str) -> None:
        """No address of it answers."""
        for path in (f"/images/{image_id}", f"/images/{image_id}/versions/1/{ORIGINAL}"):
            with pytest.raises(ProblemError) as refusal:
                self.library.client.send("GET", path)
            assert refusal.value.code in GONE, path

    def bins_were_emptied(self, image_ids: list[str]) -> None:
        """The days in the recycle bin were over for these."""
        for image_id in image_ids:
            if image_id in self.kept:
                del self.kept[image_id]
                self.leaving.add(image_id)

    def all_work_is_done(self) -> None:
        """A worker had the time to empty the bins."""
        self.gone |= self.leaving
        self.leaving.clear()

    def _one(self) -> Kept | None:
        return self.dice.choice(list(self.kept.values())) if self.kept else None

    def _forget(self, kept: Kept) -> None:
        del self.kept[kept.photo.id]
        self.gone.add(kept.photo.id)


@contextmanager
def allowed(code: str) -> Iterator[None]:
    """Take this refusal for a yes."""
    try:
        yield
    except ProblemError as problem:
        if problem.code != code:
            raise


class Turnstile:
    """Owners pass between two acts. Closed, they wait, and nothing is in doubt."""

    def __init__(self, count: int) -> None:
        self._changed = threading.Condition()
        self._count, self._waiting, self._is_closed, self._is_over = count, 0, False, False

    def keep_living(self, owner: Owner) -> None:
        """Act until it is all over."""
        while self._pass():
            owner.act()

    def close(self) -> bool:
        """Keep everybody here; True once all are, False while somebody still acts."""
        with self._changed:
            self._is_closed = True
            return self._changed.wait_for(lambda: self._waiting == self._count, 0.2)

    def open(self) -> None:
        """Let them go on."""
        with self._changed:
            self._is_closed = False
            self._changed.notify_all()

    def end(self) -> None:
        """Let them leave for good."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()

    def _pass(self) -> bool:
        with self._changed:
            self._waiting += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._is_over or not self._is_closed)
            self._waiting -= 1
            return not self._is_over
