"""The register of processors as people and machines read it."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext

from pocketvault.kernel.infrastructure import machines
from pocketvault.kernel.purposes import purpose_named
from rights.models import Notice, NoticeKind, Processor


def register() -> dict[str, object]:
    """Who works for us, who will, who did, and which machines of our own we run on. Three or four
    queries, however many there are.
    """
    today = timezone.now().date()
    told = {
        notice.processor_id: notice
        for notice in Notice.objects.filter(kind=NoticeKind.PROCESSOR_ADDED)
    }
    found = Processor.objects.prefetch_related("purposes", "hosts").order_by("name", "pk")
    return {
        "processors": [_entry(each, today, told.get(each.pk)) for each in found],
        "own_machines": [
            {"name": gettext(m.name), "kept": gettext(m.kept), "is_elsewhere": m.is_elsewhere}
            for m in machines()
        ],
    }


def _entry(processor: Processor, today: date, notice: Notice | None) -> dict[str, object]:
    declared = [purpose_named(each.purpose) for each in processor.purposes.all()]
    return {
        "id": processor.pk,
        "name": processor.name,
        "role": processor.role,
        "country": processor.country,
        "data": processor.data,
        "purposes": [gettext(each.title) for each in declared if each is not None],
        "hosts": [each.host for each in processor.hosts.all()],
        "contract_from": processor.contract_from,
        "contract_until": processor.contract_until,
        "announced_at": processor.announced_at,
        "starts_on": processor.starts_on,
        "ended_at": processor.ended_at,
        "told_at": notice.done_at if notice else None,
        "state": _state(processor, today),
    }


def _state(processor: Processor, today: date) -> str:
    """``ended``, ``announced``, ``active`` or ``lapsed``: asked nothing until it is renewed."""
    if processor.ended_at is not None:
        return "ended"
    if processor.starts_on > today:
        return "announced"
    is_bound = processor.contract_from <= today <= processor.contract_until
    return "active" if is_bound else "lapsed"
