"""The register of processors: who may be asked, for what, and that people are told before."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Account
from pocketvault.kernel.purposes import Purpose, purpose_named
from rights.actions.notices import owe_notice
from rights.choices_errors import BadProcessorError, NoticeTooShortError
from rights.models import NoticeKind, Processor, ProcessorHost, ProcessorPurpose

NOTICE = timedelta(days=30)
MOST_NAMES = 20
# A name in a public domain, and a port where it is not 443. An address is nobody's name.
_HOST = re.compile(
    r"(?=.{1,259}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z](?::\d{1,5})?",
    re.ASCII,
)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessorDraft:
    """An entry as the operator writes it. ``data`` says in words what the processor gets to see,
    ``country`` is ISO 3166-1; ``starts_on`` is the first day on which it is asked anything.
    """

    name: str
    role: str
    country: str
    data: str
    purposes: tuple[str, ...]
    hosts: tuple[str, ...]
    contract_from: date
    contract_until: date
    starts_on: date


@transaction.atomic
def announce_processor(draft: ProcessorDraft) -> Processor:
    """Enter a processor, and tell everybody. Raises `BadProcessorError`, and
    `NoticeTooShortError` for a first day that is less than thirty days away; a service that has
    no accounts yet has nobody to tell.
    """
    _refuse_bad(draft)
    now = timezone.now()
    if draft.starts_on < now.date() + NOTICE and Account.objects.exists():
        raise NoticeTooShortError
    processor = Processor.objects.create(
        name=draft.name, role=draft.role, country=draft.country, data=draft.data,
        contract_from=draft.contract_from, contract_until=draft.contract_until,
        announced_at=now, starts_on=draft.starts_on,
    )  # fmt: skip
    ProcessorPurpose.objects.bulk_create(
        [ProcessorPurpose(processor=processor, purpose=each) for each in draft.purposes]
    )
    ProcessorHost.objects.bulk_create(
        [ProcessorHost(processor=processor, host=each) for each in draft.hosts]
    )
    owe_notice(NoticeKind.PROCESSOR_ADDED, processor, effective_on=draft.starts_on)
    return processor


@transaction.atomic
def renew_contract(processor: Processor, *, until: date) -> None:
    """The same contract for longer. What it covers is not changed by it."""
    locked = Processor.objects.select_for_update().get(pk=processor.pk)
    if locked.ended_at is not None or until <= locked.contract_until:
        raise BadProcessorError
    locked.contract_until = until
    locked.save(update_fields=["contract_until"])


@transaction.atomic
def end_processor(processor: Processor) -> None:
    """Ask it nothing any more, from now on. Safe to repeat."""
    now = timezone.now()
    going = Processor.objects.filter(pk=processor.pk, ended_at=None)
    if going.update(ended_at=now):
        owe_notice(NoticeKind.PROCESSOR_ENDED, processor, effective_on=now.date())


def in_force(today: date) -> QuerySet[Processor]:
    """Processors that may be asked on a day: announced long enough ago, under contract."""
    return Processor.objects.filter(
        ended_at=None, starts_on__lte=today, contract_from__lte=today, contract_until__gte=today
    )


def may_ask(host: str, purpose: Purpose) -> bool:
    """Whether a host may be asked for a purpose now. One query, each time: a contract that ran
    out stops the next request.
    """
    found = in_force(timezone.now().date()).filter(hosts__host=host, purposes__purpose=purpose.name)
    return found.exists()


def hosts_for(purpose: Purpose) -> list[str]:
    """Every host that may be asked for a purpose now. One query."""
    today = timezone.now().date()
    found = ProcessorHost.objects.filter(
        processor__in=in_force(today).filter(purposes__purpose=purpose.name)
    )
    return list(found.values_list("host", flat=True).distinct())


def _refuse_bad(draft: ProcessorDraft) -> None:
    """Raises `BadProcessorError` with what is wrong."""
    unknown = [name for name in draft.purposes if purpose_named(name) is None]
    if unknown:
        raise BadProcessorError(f"No purpose is called {', '.join(unknown)}.")
    if not draft.purposes or len(set(draft.purposes)) != len(draft.purposes):
        raise BadProcessorError("Name each purpose once, and at least one.")
    if len(draft.hosts) > MOST_NAMES or len(set(draft.hosts)) != len(draft.hosts):
        raise BadProcessorError("Name each host once, and at most twenty.")
    if bad := [host for host in draft.hosts if not _HOST.fullmatch(host)]:
        raise BadProcessorError(f"Not a public name in small letters: {', '.join(bad)}.")
    if not _COUNTRY.fullmatch(draft.country):
        raise BadProcessorError("The country is two capital letters, as in ISO 3166-1.")
    if not all(0 < len(text) <= 120 for text in (draft.name, draft.role, draft.data)):
        raise BadProcessorError("Say who it is, what it does and what it sees, in 120 letters.")
    if draft.contract_until < max(draft.contract_from, draft.starts_on):
        raise BadProcessorError("The contract ends before it is of use.")
