"""What rights do when something happens below, in the same transaction."""

from __future__ import annotations

from django.apps import AppConfig
from django.db import connection
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from pocketvault.kernel.models import EpochKey
from pocketvault.kernel.signals import epoch_destroyed, epoch_made
from rights.actions.keeping_log import found_log
from rights.actions.logging_facts import state_epoch
from rights.models import LogHead

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
