"""A push service that the operator has entered, as far as the register goes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rights.actions.processors import ProcessorDraft, announce_processor
from rights.models import Processor, ProcessorHost


def enter_push_service(host: str) -> Processor:
    """Under contract since today, whatever else there is; entered once however often it is asked
    for. ``host`` may be one of this machine, which the register's own door refuses.
    """
    known = ProcessorHost.objects.filter(host=host).first()
    if known is not None:
        return known.processor
    today = datetime.now(UTC).date()
    made = announce_processor(
        ProcessorDraft(
            name="Waker & Co", role="Delivers pushes to phones", country="IE",
            data="The address of a device's push service, and when something changed",
            purposes=("wake_devices",), hosts=(), contract_from=today,
            contract_until=today + timedelta(days=365), starts_on=today + timedelta(days=31),
        )
    )  # fmt: skip
    Processor.objects.filter(pk=made.pk).update(starts_on=today)
    ProcessorHost.objects.create(processor=made, host=host)
    made.refresh_from_db()
    return made
