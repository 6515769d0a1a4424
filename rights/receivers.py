"""What rights do when something happens below, in the same transaction."""

from __future__ import annotations

from uuid import UUID

from django.apps import AppConfig
from django.db import connection
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from accounts.models import Account
from accounts.signals import account_viewed, purpose_turned_off
from images.models import Image
from images.signals import bytes_freed, image_purging, images_corrected
from pocketvault.kernel import egress
from pocketvault.kernel.models import EpochKey
from pocketvault.kernel.signals import epoch_destroyed, epoch_made, prepared
from rights.actions.archives import end_archives_of
from rights.actions.consents import remove_made_of
from rights.actions.keeping_log import found_log
from rights.actions.logging_facts import state_epoch
from rights.actions.looking import note_look
from rights.actions.processors import hosts_for, may_ask
from rights.actions.releases import log_release
from rights.actions.settling import settle_removals
from rights.actions.tracking import track_deletion
from rights.models import LogHead, LookedAt, RequestKind
from rights.reports.actions.opening import open_case
from rights.reports.actions.standing import stand_by_decisions
from rights.requests.actions.opening import note_corrections, note_done_by_oneself
from rights.takedown.actions.reporting import end_with_photos
from sharing.models import Profile, PublicReport
from sharing.signals import profile_made, report_filed

# The log.


@receiver(epoch_made, dispatch_uid="rights.state_epoch_made")
@receiver(epoch_destroyed, dispatch_uid="rights.state_epoch_destroyed")
def on_epoch_changed(epoch: EpochKey, **_: object) -> None:
    """Everybody may know which keys there are and which there are no more."""
    state_epoch(epoch)


@receiver(post_migrate, dispatch_uid="rights.found_log")
def on_tables_made(sender: AppConfig, **_: object) -> None:
    """The log's key is there before a port is opened."""
    tables = connection.introspection.table_names() if sender.label == "rights" else []
    if LogHead._meta.db_table in tables:
        found_log()


@receiver(prepared, dispatch_uid="rights.log_release")
def on_prepared(**_: object) -> None:
    """New code is in the public log before the first browser is given any of it."""
    log_release()


# Deletions.


@receiver(image_purging, dispatch_uid="rights.track_deletion")
def on_image_purging(images: list[Image], actor: Account, **_: object) -> None:
    """Each deletion is followed until the last copy of it is unreadable."""
    track_deletion(images, actor=actor)


@receiver(bytes_freed, dispatch_uid="rights.settle_removals")
def on_bytes_freed(**_: object) -> None:
    """Somebody may be watching for the moment at which their photos are gone."""
    settle_removals()


# The desk.


@receiver(account_viewed, dispatch_uid="rights.note_look_at_account")
def on_account_viewed(account_id: UUID, actor: Account, **_: object) -> None:
    """Whoever was looked at can read it."""
    note_look(account_id, LookedAt.ACCOUNT, actor=actor)


# Archives.


@receiver(image_purging, dispatch_uid="rights.end_archives")
def on_image_purging_end_archives(images: list[Image], **_: object) -> None:
    """An archive dies with any photo that is in it."""
    end_archives_of(images)


# Reports.


@receiver(report_filed, dispatch_uid="rights.open_case")
def on_report_filed(report: PublicReport, **_: object) -> None:
    """What somebody reported has a deadline from the first moment on."""
    open_case(report)


@receiver(profile_made, dispatch_uid="rights.stand_by_decisions")
def on_profile_made(profile: Profile, **_: object) -> None:
    """What was decided about a profile holds for the next one of its owner too."""
    stand_by_decisions(profile.pk)


# Choices.

# The register decides whom this service may ask anything.
egress.allow_by(may_ask, names=hosts_for)


@receiver(image_purging, dispatch_uid="rights.remove_made_of")
def on_image_purging_remove_made(images: list[Image], **_: object) -> None:
    """What was made of a photo goes with it."""
    remove_made_of([image.pk for image in images])


# Requests: what people do by themselves leaves a row, too.


@receiver(purpose_turned_off, dispatch_uid="rights.note_objection")
def on_purpose_turned_off(account: Account, **_: object) -> None:
    """An objection that is obeyed at once."""
    note_done_by_oneself(RequestKind.OBJECTION, account.pk)


@receiver(images_corrected, dispatch_uid="rights.note_corrections")
def on_images_corrected(actor: Account, **_: object) -> None:
    """A correction that is made at once."""
    note_corrections(actor.pk)


# Takedowns.


@receiver(image_purging, dispatch_uid="rights.end_takedowns")
def on_image_purging_end_takedowns(images: list[Image], **_: object) -> None:
    """Close the takedowns whose person wanted them to end with the photo."""
    end_with_photos(images)
