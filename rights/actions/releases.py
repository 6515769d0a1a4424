"""Which code browsers are given, said in public, so that what is served can be held against it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from pocketvault.kernel import bundle
from rights.actions.logging_facts import state
from rights.models import FactKind


@transaction.atomic
def state_release() -> None:
    """State today's code in the public log, once a day: a release that comes back is said again.

    Safe to repeat. Without a build there is nothing to state.
    """
    try:
        sha256 = bundle.fingerprint()
    except FileNotFoundError:
        return
    today = timezone.now().date().isoformat()
    state(FactKind.RELEASE_SERVED, {"manifest_sha256": sha256}, once=f"{today} {sha256}")
