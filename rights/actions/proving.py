"""Proving a restoration: devices are asked to believe it, and should not have to believe us."""

from __future__ import annotations

from pocketvault.kernel.models import Restoration, RestorationProof
from rights.log.canonical import JSON, read
from rights.log_reading import proof_of
from rights.models import FactKind, LogCheckpoint, LogEntry

# The statement is made as a restored service opens, so it stands near the end of the log.
LOOKED_THROUGH = 4096


def prove_restoration(checkpoint: LogCheckpoint) -> bool:
    """Put beside the newest restoration its entry of the log with the proof that it is there,
    if it has none yet; whether it was found. A proof holds under every later checkpoint too.
    """
    restoration = Restoration.objects.order_by("-pk").first()
    if restoration is None or restoration.replayed_at is None:
        return False
    if RestorationProof.objects.filter(pk=restoration.pk).exists():
        return False
    said = statement_of(restoration)
    stated = LogEntry.objects.filter(commitment=None, index__lt=checkpoint.size)
    for logged in stated.order_by("-index")[:LOOKED_THROUGH].iterator():
        entry = read(bytes(logged.entry))
        if entry["kind"] == FactKind.RESTORED and entry["facts"] == said:
            proof = proof_of(logged, checkpoint).text()
            RestorationProof.objects.get_or_create(
                restoration=restoration, defaults={"entry": entry, "proof": proof}
            )
            return True
    return False


def statement_of(restoration: Restoration) -> dict[str, JSON]:
    """What the public log says of a restoration."""
    return {
        "restored_at": f"{restoration.restored_at:%Y-%m-%dT%H:%M:%SZ}",
        "restored_to": f"{restoration.restored_to:%Y-%m-%dT%H:%M:%SZ}",
        "gap_accepted": restoration.gap_accepted,
    }
