"""Work that sharing owes. Each task calls one action, and can be lost, late or run twice."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from pocketvault.kernel import work
from pocketvault.kernel.purposes import (
    CONNECT_PEOPLE,
    DELETE_IMAGES,
    SEND_DIGESTS,
    SHARE_IMAGES,
)
from sharing.actions import contacts, digesting, dropping, links, visits


@work.task("sharing.announce_invitation", purpose=CONNECT_PEOPLE)
def announce_invitation(invitation_id: str) -> None:
    """Owed by each invitation: show it to whoever has its address."""
    contacts.announce_invitation(UUID(invitation_id))


@work.task(
    "sharing.purge_expired_invitations", purpose=CONNECT_PEOPLE, every=timedelta(hours=1)
)
def purge_expired_invitations() -> None:
    """Forget invitations that ran out."""
    contacts.purge_expired_invitations()


@work.task("sharing.remove_ended_visits", purpose=SHARE_IMAGES, every=timedelta(minutes=15))
def remove_ended_visits() -> None:
    """Forget visits whose hour is over."""
    visits.remove_ended_visits()


@work.task("sharing.remove_ended_links", purpose=SHARE_IMAGES, every=timedelta(days=1))
def remove_ended_links() -> None:
    """Forget links 90 days after they ended."""
    links.remove_ended_links()


@work.task("sharing.remove_old_drops", purpose=DELETE_IMAGES, every=timedelta(hours=1))
def remove_old_drops() -> None:
    """Send away what guests brought and nobody took in for 30 days."""
    dropping.remove_old_drops()


@work.task("sharing.owe_digests", purpose=SEND_DIGESTS, every=timedelta(minutes=15))
def owe_digests() -> None:
    """Owe a mail to everybody whose turn it is to hear what others did."""
    digesting.owe_digests()


@work.task("sharing.send_digest", purpose=SEND_DIGESTS)
def send_digest(account_id: str) -> None:
    """Tell one account what others did."""
    digesting.send_digest(UUID(account_id))
