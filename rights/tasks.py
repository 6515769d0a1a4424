"""Work that rights owe."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from pocketvault.kernel import work
from pocketvault.kernel.purposes import DELETE_IMAGES, SEND_NOTICES
from rights.actions import consents, notices


@work.task("rights.send_notice", purpose=SEND_NOTICES)
def send_notice(notice_id: str) -> None:
    """Tell everybody about one change."""
    notices.send_notice(UUID(notice_id))


@work.task("rights.owe_notices", purpose=SEND_NOTICES, every=timedelta(hours=1))
def owe_notices() -> None:
    """Take up again what was given up."""
    notices.owe_unfinished_notices()


@work.task("rights.remove_uncovered", purpose=DELETE_IMAGES, every=timedelta(minutes=10))
def remove_uncovered() -> None:
    """Remove what a consent covered that is over by now."""
    consents.remove_uncovered()
