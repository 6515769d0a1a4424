"""A whole PocketVault of its own, and the letters it sends."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

from redis import Redis

from tests.live import Live, running_service

PATIENCE = 60.0
# What django-ratelimit's keys begin with, as Django's caches spell them.
COUNTS = ":1:rl:"
_CODE = re.compile(r"^\s*(\d{8})\s*$", re.MULTILINE)
_LINK = re.compile(r"http://\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where it stands, and where it keeps its things."""

    address: str
    folder: Path
    live: Live

    def letters_to(self, email: str) -> list[str]:
        """The bodies of all letters to an address, oldest first."""
        letters = []
        files = (self.folder / "mail").glob("*.log")
        for file in sorted(files, key=lambda each: each.stat().st_mtime_ns):
            for part in file.read_bytes().split(b"-" * 79):
                letter = message_from_bytes(part.strip(), policy=policy.default)
                if letter["To"] == email:
                    body = letter.get_body(("plain",))
                    assert body is not None
                    letters.append(body.get_content())
        return letters

    def wait_for_letter(self, email: str, *, number: int = 1) -> str:
        """The letter with that number, once it has come."""
        until = time.monotonic() + PATIENCE
        while len(letters := self.letters_to(email)) < number:
            if time.monotonic() > until:
                raise AssertionError(f"Letter {number} to {email} never came.")
            time.sleep(0.1)
        return letters[number - 1]

    def code_for(self, email: str, *, number: int = 1) -> str:
        """The eight digits in a letter."""
        found = _CODE.search(self.wait_for_letter(email, number=number))
        assert found is not None
        return found[1]

    def let_an_hour_pass(self) -> None:
        """As if everything that is counted per network had been long ago."""
        if url := self.live.environ.get("REDIS_URL"):
            counted = Redis.from_url(url)
            for key in counted.scan_iter(f"{COUNTS}*"):
                counted.delete(key)
            return
        if not (counters := self.folder / "counters.sqlite3").exists():
            return  # nobody was counted yet
        with closing(sqlite3.connect(counters, timeout=PATIENCE)) as file:
            file.execute("DELETE FROM entry WHERE key LIKE ?", [f"{COUNTS}%"])
            file.commit()

    def let_proofs_lapse(self) -> None:
        """As if everybody had proved their password longer ago than it holds."""
        self.live.manage(
            "shell",
            "-c",
            "from accounts.models import AccountSession as S; S.objects.update(step_up_until=None)",
        )

    def let_the_words_be_asked_for(self, email: str) -> None:
        """As if the day for the next check of the recovery key had come."""
        self.live.manage(
            "shell",
            "-c",
            "from django.utils import timezone; from accounts.models import KeyBundle as K;"
            f" K.objects.filter(account__email={email!r})"
            ".update(next_recovery_check_at=timezone.now())",
        )

    def erase(self, email: str) -> None:
        """As if the account had been closed and its time had come."""
        self.live.manage(
            "shell",
            "-c",
            "from django.db import transaction; from accounts.models import Account as A;"
            " from accounts.custody import AccountsCustodian;"
            " from images.custody import ImagesCustodian;"
            " from sharing.custody import SharingCustodian;"
            f" pk = A.objects.get(email={email!r}).pk;"
            " transaction.atomic(lambda: [each().erase(pk) for each in"
            " (SharingCustodian, ImagesCustodian, AccountsCustodian)])()",
        )

    def link_for(self, email: str, *, number: int) -> str:
        """The link in a letter."""
        found = _LINK.search(self.wait_for_letter(email, number=number))
        assert found is not None
        return found[0]


@contextmanager
def running_site(folder: Path) -> Iterator[Site]:
    """Start everything, and end it afterwards. On whatever the suite runs on."""
    with running_service(folder) as live:
        yield Site(address=live.url, folder=folder, live=live)
