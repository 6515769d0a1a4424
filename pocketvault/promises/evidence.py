"""What this very service shows for a promise, looked up now.

Every look-up costs the same however many photos are kept here: anybody may ask for the page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from django.db.models import Min, Sum
from django.utils import timezone
from django.utils.translation import gettext_noop

from images.actions.scrubbing import ROUND
from images.models import ReadingDay, Tombstone
from pocketvault.kernel import rotation
from pocketvault.kernel.blobs import second_store
from pocketvault.kernel.models import EpochKey
from pocketvault.machines.selfcheck import findings
from rights.actions import backups
from rights.log_reading import newest_checkpoint
from rights.models import (
    Backup,
    DataRequest,
    Deletion,
    Drill,
    LegalOrder,
    OrderPackage,
    Processor,
    RequestState,
    SyntheticDerivative,
    Takedown,
)

# Bytes go within a minute; a store that was away for a while is no broken promise yet.
BYTES_GO_WITHIN = timedelta(minutes=10)


class State(StrEnum):
    """How a promise stands.

    ``SHOWN``: this service shows it now, by figures or because it was tried. ``LATE``: something
    is overdue, or did not hold when it was tried.
    """

    SHOWN = "shown"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Evidence:
    """How it stands, in a sentence yet to translate and the figures that go into it."""

    state: State
    sentence: str
    figures: dict[str, object] = field(default_factory=dict)


LookUp = Callable[[], Evidence]


def takedowns() -> Evidence:
    """How many notices went out, and how many copies were seen to be gone after one."""
    sent = Takedown.objects.exclude(sent_at=None).count()
    removed = Takedown.objects.exclude(removed_at=None).count()
    sentence = gettext_noop("Notices sent: %(sent)s. Copies seen to be gone: %(removed)s.")
    return Evidence(State.SHOWN, sentence, {"sent": sent, "removed": removed})


def deletions() -> Evidence:
    """Deletions under way, and how long the log is that their receipts stand in."""
    checkpoint = newest_checkpoint()
    figures: dict[str, object] = {"entries": 0 if checkpoint is None else checkpoint.size}
    failing = Deletion.objects.filter(state="incident").exists()
    waiting = Tombstone.objects.filter(blobs_gone_at=None)
    oldest = waiting.aggregate(oldest=Min("purged_at"))["oldest"]
    if failing or (oldest is not None and timezone.now() - oldest > BYTES_GO_WITHIN):
        figures["since"] = oldest or timezone.now()
        sentence = gettext_noop(
            "A store has not let go of deleted bytes since %(since)s. Nobody can open them, and no"
            " receipt is signed until they are gone."
        )
        return Evidence(State.LATE, sentence, figures)
    sentence = gettext_noop(
        "Of everything that was deleted here, no byte is left in a store. Receipts stand in a"
        " public log of %(entries)s entries."
    )
    return Evidence(State.SHOWN, sentence, figures)


def old_copies() -> Evidence:
    """Which keys could still open an old copy, and what the last rehearsal of a restore showed."""
    living = EpochKey.objects.filter(destroyed_at=None)
    oldest = living.aggregate(oldest=Min("made_at"))["oldest"]
    destroyed = EpochKey.objects.filter(destroyed_at__isnull=False).count()
    drill = Drill.objects.exclude(ended_at=None).order_by("-began_at").first()
    figures: dict[str, object] = {
        "living": living.count(), "destroyed": destroyed, "oldest": oldest,
        "backups": Backup.objects.standing().count(),
    }
    is_late = rotation.is_late() or backups.is_late() or (drill and not drill.has_passed)
    state = State.LATE if is_late else State.SHOWN
    if drill is None:
        sentence = gettext_noop(
            "Keys that could open old copies: %(living)s, the oldest of %(oldest)s. Destroyed:"
            " %(destroyed)s. Backups that exist: %(backups)s. No drill was held yet."
        )
        return Evidence(state, sentence, figures)
    figures["drill"] = drill.began_at
    if drill.has_passed:
        sentence = gettext_noop(
            "Keys that could open old copies: %(living)s, the oldest of %(oldest)s. Destroyed:"
            " %(destroyed)s. Backups that exist: %(backups)s. In the drill of %(drill)s the kept"
            " photo came back and the deleted one did not."
        )
    else:
        sentence = gettext_noop(
            "Keys that could open old copies: %(living)s, the oldest of %(oldest)s. Destroyed:"
            " %(destroyed)s. Backups that exist: %(backups)s. The drill of %(drill)s did not pass."
        )
    return Evidence(state, sentence, figures)


def signals() -> Evidence:
    """The signals against training, read back."""
    found = findings()
    there = sum(each.is_there for each in found)
    state = State.SHOWN if there == len(found) else State.LATE
    sentence = gettext_noop("%(there)s of %(all)s signals against training are in place.")
    return Evidence(state, sentence, {"there": there, "all": len(found)})


def health() -> Evidence:
    """What reading everything stored again has found."""
    first = timezone.now().date() - timedelta(days=ROUND.days - 1)
    sums = ReadingDay.objects.filter(day__gte=first).aggregate(
        parts=Sum("parts"), damaged=Sum("damaged"), mended=Sum("mended")
    )
    figures: dict[str, object] = {name: value or 0 for name, value in sums.items()}
    if second_store() is None:
        sentence = gettext_noop(
            "%(parts)s files were read again in 30 days; %(damaged)s had changed on our disk, and"
            " their owners were told."
        )
    else:
        sentence = gettext_noop(
            "%(parts)s files were read again in 30 days; %(damaged)s had changed on our disk, and"
            " %(mended)s of them were put right from the second store."
        )
    return Evidence(State.SHOWN, sentence, figures)


def derivatives() -> Evidence:
    """Whether anything was ever made of somebody's photos. One look at a table that is empty."""
    if SyntheticDerivative.objects.exists():
        return Evidence(
            State.SHOWN,
            gettext_noop("What is here was made under consents that are signed and in force."),
        )
    return Evidence(State.SHOWN, gettext_noop("There is none here, of anybody's photo."))


def processors() -> Evidence:
    """Who works for us now."""
    today = timezone.now().date()
    working = Processor.objects.filter(ended_at=None, starts_on__lte=today)
    over = working.filter(contract_until__lt=today).count()
    figures: dict[str, object] = {"count": working.count(), "over": over}
    if over:
        sentence = gettext_noop(
            "%(count)s in the register; the contract of %(over)s is over, so they get nothing."
        )
    else:
        sentence = gettext_noop("In the register: %(count)s. Each has a contract in force.")
    return Evidence(State.SHOWN, sentence, figures)


def requests() -> Evidence:
    """How many requests wait for somebody, and how many of them too long."""
    waiting = DataRequest.objects.filter(state=RequestState.OPEN)
    late = waiting.filter(due_at__lt=timezone.now()).count()
    figures: dict[str, object] = {"open": waiting.count(), "late": late}
    if late:
        sentence = gettext_noop("%(open)s requests are open; %(late)s of them are overdue.")
        return Evidence(State.LATE, sentence, figures)
    sentence = gettext_noop("Open requests: %(open)s. None of them is overdue.")
    return Evidence(State.SHOWN, sentence, figures)


def orders() -> Evidence:
    """What authorities asked for, and whether a private photo was ever handed over."""
    figures: dict[str, object] = {
        "received": LegalOrder.objects.count(),
        "given": LegalOrder.objects.exclude(produced_at=None).count(),
        "plain": OrderPackage.objects.aggregate(sum=Sum("plaintext_files"))["sum"] or 0,
    }
    sentence = gettext_noop(
        "Orders and requests that came: %(received)s. Lists were handed over for %(given)s of"
        " them. Private photos handed over in the clear: %(plain)s."
    )
    return Evidence(State.SHOWN, sentence, figures)
