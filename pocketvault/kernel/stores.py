"""The erasure map: every place that can hold a copy of something a person deletes.

An app declares its stores in its own ``stores.py``, found at start-up as ``custody.py`` is. A
deletion counts as done when every active store was asked and had nothing left, and as final
when those that look back (backups, epoch keys) hold nothing older. System checks fail when a
model belongs to no custodian and no store; `docs/deletion.md` and the page ``/what-we-keep``
are made from this.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.apps import apps

from pocketvault.kernel.custody import CONTRACT, INTERESTS
from pocketvault.kernel.models import EpochKey
from pocketvault.kernel.rotation import LONGEST_LIFE

logger = logging.getLogger(__name__)

AT_ONCE = timedelta(0)
A_MINUTE = timedelta(minutes=1)

Look = Callable[[Collection[UUID]], set[UUID]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSpec:
    """One place that can hold a copy.

    ``name`` is ``app.noun``; ``title``, ``holds`` and ``removal`` are read by people.
    ``lag`` is the longest time from a deletion to its absence here. ``task`` is the work that
    removes what is owed, by its name; a store whose rows go with the deletion itself has none.
    ``remaining`` looks: of these image ids, those of which something is left. It raises when the
    store does not answer. A store that cannot hold anything of a photo says ``why_not`` instead.
    ``models`` are the labels of the models whose rows lie in it or name what does.
    """

    name: str
    title: str
    holds: str
    removal: str
    lag: timedelta
    legal_basis: str = CONTRACT
    models: tuple[str, ...] = ()
    task: str = ""
    remaining: Look | None = None
    why_not: str = ""
    # When the oldest thing in it was made: for a store that looks back, and no other.
    oldest_at: Callable[[], datetime | None] | None = None

    @property
    def looks_back(self) -> bool:
        """True for what keeps the past: it is waited for before the last receipt, not the first."""
        return self.oldest_at is not None


_stores: dict[str, StoreSpec] = {}


def register(spec: StoreSpec) -> StoreSpec:
    """Put a store on the map."""
    if spec.name in _stores:
        raise ValueError(f"store {spec.name} is declared twice")
    _stores[spec.name] = spec
    return spec


def stores() -> list[StoreSpec]:
    """Every store, in the order of the apps that have them."""
    order = [config.label for config in apps.get_app_configs()]
    return sorted(_stores.values(), key=lambda spec: order.index(spec.name.partition(".")[0]))


def active_stores() -> list[StoreSpec]:
    """Those from which the service itself lives."""
    return [spec for spec in stores() if not spec.looks_back]


def remaining_in(specs: Collection[StoreSpec], image_ids: Collection[UUID]) -> dict[str, set[UUID]]:
    """By the name of a store, what is left there of these images. Only stores with something.

    A store that does not answer counts as one that has all of them: nobody may be told that
    something is gone because nobody could look.
    """
    found: dict[str, set[UUID]] = {}
    for spec in specs:
        if spec.remaining is None:
            continue
        try:
            left = spec.remaining(image_ids)
        except Exception as error:  # noqa: BLE001 - however it fails, it was not seen to be empty
            logger.warning(
                "store not looked into",
                extra={"store": spec.name, "error": type(error).__name__},
            )
            left = set(image_ids)
        if left:
            found[spec.name] = left
    return found


def _oldest_key_at() -> datetime | None:
    living = EpochKey.objects.filter(destroyed_at=None)
    return living.order_by("made_at").values_list("made_at", flat=True).first()


register(
    StoreSpec(
        name="kernel.epoch_keys",
        title="Epoch keys",
        holds="The keys that seal everything that leads to a photo, kept outside the database",
        removal="Overwritten and removed from every folder, 22 days after each was made",
        lag=LONGEST_LIFE,
        models=("kernel.EpochKey",),
        oldest_at=_oldest_key_at,
    )
)
register(
    StoreSpec(
        name="kernel.jobs",
        title="Work that is owed",
        holds="Names of tasks with random numbers, and nothing of a photo or a person",
        removal="Each row goes when its work is done",
        lag=timedelta(days=1),
        models=("kernel.Job", "kernel.PeriodicRun", "kernel.ClockWatch", "kernel.Restoration",
                "kernel.RestorationProof"),
        why_not="Arguments are ids and plain values; a message to a worker is a number.",
    )
)
register(
    StoreSpec(
        name="kernel.journal",
        title="Journal of what ended",
        holds="Ids and times of what was deleted or ended, changed keys, and what was asked, "
        "reported and decided, sealed, so that no restore undoes it",
        removal="Each entry goes after 40 days; unreadable after 22",
        lag=timedelta(days=40),
        why_not="Of a photo it holds the id alone, which its tombstone keeps as well.",
    )
)
register(
    StoreSpec(
        name="kernel.counters",
        title="Counters against abuse",
        holds="How often something was tried, under keyed digests",
        removal="Each count lapses by itself",
        lag=timedelta(days=1),
        legal_basis=INTERESTS,
        why_not="Counts only: nothing of a photo is ever written there.",
    )
)
register(
    StoreSpec(
        name="kernel.logs",
        title="Logs",
        holds="What the machine did: ids, kinds of errors, numbers",
        removal="As the operator's log rotation says",
        lag=timedelta(days=30),
        legal_basis=INTERESTS,
        why_not="No personal data is written to logs, and nothing that leads to a key.",
    )
)
