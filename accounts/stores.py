"""Where accounts may have something that was deleted."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from accounts.actions.housekeeping import MAIL_LIFETIME
from accounts.models import KeptAnswer
from pocketvault.kernel.stores import AT_ONCE, StoreSpec, register


def _answers_about(image_ids: Collection[UUID]) -> set[UUID]:
    found = KeptAnswer.objects.filter(subject_id__in=list(image_ids))
    return {each for each in found.values_list("subject_id", flat=True) if each is not None}


register(
    StoreSpec(
        name="accounts.answers",
        title="Answers kept for repeated requests",
        holds="What an app was answered, sealed, so that a repeat hears the same",
        removal="With the photo or account that the answer is about",
        lag=AT_ONCE,
        models=("accounts.KeptAnswer",),
        remaining=_answers_about,
    )
)
register(
    StoreSpec(
        name="accounts.outbox",
        title="Mails on their way",
        holds="The address, and a sentence about the account, sealed",
        removal="Each mail goes when it is sent, and is given up after three days",
        lag=MAIL_LIFETIME,
        models=("accounts.OutgoingMail",),
        why_not="A mail says what happened to an account, and shows no photo.",
    )
)
register(
    StoreSpec(
        name="accounts.rows",
        title="Accounts in the database",
        holds="The address, sealed key bundles, devices, settings and security events",
        removal="When the account is closed, in batches, the account itself last",
        lag=AT_ONCE,
        models=("accounts.Account",),
        why_not="Nothing here belongs to a photo; security events name its random number.",
    )
)
register(
    StoreSpec(
        name="accounts.sessions",
        title="Sessions of browsers",
        holds="Which device a cookie belongs to, by random numbers",
        removal="At signing out; what leads nowhere goes at its next request, or when it expires",
        lag=timedelta(days=30),
        # Those of Django's own that hold anything, and those that an installation never fills.
        models=(
            "sessions.Session", "contenttypes.ContentType", "auth.Permission", "auth.Group",
            "admin.LogEntry",
        ),
        why_not="Random numbers that lead to a device, and nothing of a photo.",
    )
)
