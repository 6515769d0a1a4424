"""Work that sharing owes. Each task calls one action, and can be lost, late or run twice."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from pocketvault.kernel import work
from pocketvault.kernel.purposes import (
    CONNECT_PEOPLE,
    DELETE_IMAGES,
    PUBLISH_IMAGES,
    SECURE_ACCOUNT,
    SEND_DIGESTS,
    SHARE_IMAGES,
)
from pocketvault.kernel.work import Lane
from sharing.actions import (
    contacts,
    digesting,
    dropping,
    ending,
    following_up,
    forgetting,
    found_copies,
    labelling,
    links,
    marking,
    recovery_asking,
    recovery_ending,
    robots,
    visits,
)

PICTURES = "sharing.picture_tasks"


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


@work.task("sharing.end_sharing", purpose=SHARE_IMAGES)
def end_sharing(account_id: str) -> None:
    """Go on ending all that somebody shared."""
    ending.go_on_ending(UUID(account_id))


@work.task("sharing.owe_endings", purpose=SHARE_IMAGES, every=timedelta(minutes=1))
def owe_endings() -> None:
    """Find those that somebody died over."""
    ending.owe_unfinished_endings()


@work.task("sharing.remove_ended_links", purpose=SHARE_IMAGES, every=timedelta(days=1))
def remove_ended_links() -> None:
    """Forget links 90 days after they ended."""
    links.remove_ended_links()


@work.task("sharing.remove_old_drops", purpose=DELETE_IMAGES, every=timedelta(hours=1))
def remove_old_drops() -> None:
    """Send away what guests brought and nobody took in for 30 days."""
    dropping.remove_old_drops()


@work.task("sharing.send_recovery_code", purpose=SECURE_ACCOUNT)
def send_recovery_code(request_id: str) -> None:
    """Owed by each request to recovery contacts: a code to its mailbox, if anybody is there."""
    recovery_asking.send_code(UUID(request_id))


@work.task(
    "sharing.tend_recovery_requests", purpose=SECURE_ACCOUNT, every=timedelta(minutes=15)
)
def tend_recovery_requests() -> None:
    """End requests to recovery contacts that ran out."""
    recovery_ending.tend_requests()


@work.task("sharing.owe_digests", purpose=SEND_DIGESTS, every=timedelta(minutes=15))
def owe_digests() -> None:
    """Owe a mail to everybody whose turn it is to hear what others did."""
    digesting.owe_digests()


@work.task("sharing.send_digest", purpose=SEND_DIGESTS)
def send_digest(account_id: str) -> None:
    """Tell one account what others did."""
    digesting.send_digest(UUID(account_id))


# Owed by each step of a publication: the next one.
work.task_elsewhere(
    PICTURES, "sharing.advance_publication", purpose=PUBLISH_IMAGES, lane=Lane.SLOW
)
# Owed by each copy that somebody asks about: where it leads.
work.task_elsewhere(
    PICTURES, "sharing.trace_found_copy", purpose=PUBLISH_IMAGES, lane=Lane.AWAITED
)
# What was published before there were hashes gets them, some each time, until all have.
work.task_elsewhere(
    PICTURES, "sharing.hash_old_publications", purpose=PUBLISH_IMAGES, lane=Lane.SLOW,
    every=timedelta(minutes=10),
)


@work.task("sharing.advance_publications", purpose=PUBLISH_IMAGES, every=timedelta(minutes=1))
def advance_publications() -> None:
    """Owe the next step of publications that should have been shown by now."""
    following_up.advance_publications()


@work.task(
    "sharing.forget_found_copies", purpose=PUBLISH_IMAGES, every=timedelta(minutes=5)
)
def forget_found_copies() -> None:
    """Forget what was found out about copies, a quarter of an hour after they came."""
    found_copies.forget_found_copies()


@work.task("sharing.label_publication", purpose=PUBLISH_IMAGES, lane=Lane.SLOW)
def label_publication(publication_id: str) -> None:
    """Owed when an owner changes what a live publication says: the same in its pictures."""
    labelling.label_publication(UUID(publication_id))


@work.task("sharing.label_publications", purpose=PUBLISH_IMAGES, lane=Lane.SLOW)
def label_publications(owner_id: str) -> None:
    """Owed when a profile's address changes: the same in all its pictures."""
    labelling.label_publications(UUID(owner_id))


@work.task(
    "sharing.rotate_watermark_secret", purpose=PUBLISH_IMAGES, every=timedelta(days=1)
)
def rotate_watermark_secret() -> None:
    """Make a new secret for marks when the newest is 180 days old."""
    marking.rotate_watermark_secret()


@work.task("sharing.verify_robot", purpose=PUBLISH_IMAGES)
def verify_robot(ticket: str) -> None:
    """Owed when somebody says to be a search engine's crawler: whether it is."""
    robots.verify_robot(ticket)


@work.task("sharing.forget_old_publicity", purpose=PUBLISH_IMAGES, every=timedelta(days=1))
def forget_old_publicity() -> None:
    """Forget what is remembered of strangers after a year."""
    forgetting.forget_old_publicity()
