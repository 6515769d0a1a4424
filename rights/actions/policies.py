"""Putting a version of the privacy policy into force: published first, everybody told, then in
force thirty days later.

The row is what counts. A file that says an earlier day, or a release that comes late, does not
shorten anybody's time to read.
"""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Account
from rights.actions.logging_facts import state
from rights.actions.notices import owe_notice
from rights.log.canonical import JSON
from rights.models import FactKind, NoticeKind, PublishedPolicy
from rights.policy_texts import PolicyText, policy_texts

NOTICE = timedelta(days=30)

logger = logging.getLogger(__name__)


def publish_policies() -> int:
    """Publish each version that this release has and nobody was told of; return how many.

    Safe to repeat and to be killed. Of a published version whose text is another one by now the
    log file says so, each time: nothing is overwritten, neither here nor in the public log.
    """
    return sum(map(_publish, policy_texts()))


@transaction.atomic
def _publish(version: PolicyText) -> bool:
    """Write it down, state it in the public log, and owe everybody a mail. The first version
    replaces nothing, so nobody is told of it; nor has a service without accounts whom to tell.
    """
    now = timezone.now()
    is_told = version.number > 1 and Account.objects.exists()
    policy, is_new = PublishedPolicy.objects.get_or_create(
        pk=version.number,
        defaults={
            "text_sha256": bytes.fromhex(version.sha256),
            "published_at": now,
            "in_force_on": _first_day(version, now, is_told=is_told),
        },
    )
    if not is_new:
        if bytes(policy.text_sha256).hex() != version.sha256:
            logger.error("published policy was rewritten", extra={"number": version.number})
        return False
    facts: dict[str, JSON] = {
        "number": version.number,
        "sha256": version.sha256,
        "in_force_on": policy.in_force_on.isoformat(),
    }
    state(FactKind.POLICY_PUBLISHED, facts, once=str(version.number))
    if is_told:
        owe_notice(NoticeKind.POLICY_CHANGES, policy, effective_on=policy.in_force_on)
    return True


def _first_day(version: PolicyText, now: datetime, *, is_told: bool) -> date:
    return max(version.in_force_on, now.date() + NOTICE) if is_told else version.in_force_on
