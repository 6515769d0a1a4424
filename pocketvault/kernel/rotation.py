"""Rolling the epoch key: make a new one daily, re-seal, destroy what is 22 days old.

    day 0   made: new rows are sealed under it
    day 1   retired: the next key is made, every row is sealed again under that one
    day 22  destroyed, once no live row needs it and a backup under a newer key exists

Each step looks at what is there and does the rest, so it can be killed anywhere and run
again: a row is always sealed under exactly one epoch whose key still exists.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from pocketvault.kernel import epochs, sealing
from pocketvault.kernel.epochs import EpochKeyMissingError
from pocketvault.kernel.models import EpochKey
from pocketvault.kernel.sealing import SealBrokenError, SealedModel
from pocketvault.kernel.signals import epoch_destroyed, epoch_made

logger = logging.getLogger(__name__)

ROTATE_AFTER = timedelta(days=1)
# Looked at every hour, and gone by day 22 all the same.
DESTROY_AFTER = timedelta(days=22) - timedelta(hours=2)
LATE_AFTER = ROTATE_AFTER + timedelta(hours=6)
# The promise. Whatever keeps a key longer than this, people are told.
LONGEST_LIFE = timedelta(days=22)
# Other processes may seal under an epoch for some seconds after it was retired, and commit
# later still. Only where nobody else runs can a key be destroyed as soon as it is retired.
GRACE = timedelta(minutes=10)
BATCH_ROWS = 10_000
PASSES = 3

Row = tuple[object, ...]


def keep_epochs_in_order(now: datetime | None = None, *, nobody_else_runs: bool = False) -> None:
    """Everything that is due: a first key, a new key, re-sealing, destruction, spare copies.

    One epoch in trouble does not keep the others: it is logged, and the rest goes on.
    """
    now = now or timezone.now()
    # A clock that ran ahead and was put right: such a key would never come due.
    EpochKey.objects.filter(made_at__gt=now).update(made_at=now)
    EpochKey.objects.filter(retired_at__gt=now).update(retired_at=now)
    newest = EpochKey.objects.order_by("-number").first()
    if newest is None or now - newest.made_at >= ROTATE_AFTER:
        make_epoch(now, number=newest.number + 1 if newest else 1)
    reseal_everything()
    destroy_overdue_epochs(now, grace=timedelta(0) if nobody_else_runs else GRACE)
    for number in EpochKey.objects.filter(destroyed_at=None).values_list("pk", flat=True):
        try:
            epochs.repair_copies(number)
        except EpochKeyMissingError:
            logger.exception("epoch key missing", extra={"epoch": number})
    for number in outliving(now):
        logger.error("epoch outlived its days", extra={"epoch": number})
    epochs.remove_stray_files()


def make_epoch(now: datetime, *, number: int | None = None) -> EpochKey:
    """Make the next epoch the current one and retire those before it.

    The key file is durable before the row commits, so no row can ever be sealed under a
    key that a crash could take away. Of two processes that rotate at once, one makes the
    epoch and the other takes it as made: ``number`` is one more than that of the epoch the
    caller found too old, which need not be the newest any more.
    """
    if number is None:
        newest = EpochKey.objects.order_by("-number").first()
        number = newest.number + 1 if newest else 1
    fingerprint = epochs.write_key(number)
    try:
        with transaction.atomic():
            made = EpochKey.objects.create(number=number, fingerprint=fingerprint, made_at=now)
            older = EpochKey.objects.filter(retired_at=None, number__lt=number)
            older.update(retired_at=now)
            epoch_made.send(sender=EpochKey, epoch=made)
    except IntegrityError:
        made = EpochKey.objects.get(pk=number)
    sealing.forget_current_epoch()
    logger.info("epoch made", extra={"epoch": number})
    return made


def reseal_everything() -> int:
    """Bring every sealed row under the current epoch; return how many changed."""
    sealing.forget_current_epoch()
    current = sealing.current_epoch()
    return sum(_reseal_model(model, current) for model in sealing.sealed_models())


def _reseal_model(model: type[SealedModel], current: int) -> int:
    """Rows that somebody else holds are passed over, so a few passes are made; what is
    left then, and what comes in late under the old epoch, is for the next hour.
    """
    resealed = 0
    for _ in range(PASSES):
        changed, last = 0, None
        while batch := reseal_batch(model, current, after=last):
            last = batch[-1][0]
            changed += len(batch)
        resealed += changed
        if not changed:
            break
    return resealed


def reseal_batch(
    model: type[SealedModel], current: int, *, after: object = None
) -> list[tuple[object, bytes]]:
    """Seal the next rows again in one transaction; return their keys and what they hold now.

    The rows are locked, so a change made at the same moment cannot be overwritten with
    what was there before. Rows locked by others are skipped: waiting for a purge that
    waits for us would be a deadlock, and a person's delete might lose it.
    """
    columns = ["pk", "epoch_number", "sealed", *model.sealing_fields]
    stale = model._default_manager.select_for_update(skip_locked=True).filter(
        epoch_number__lt=current
    )
    while True:
        with transaction.atomic():
            here = stale.filter(pk__gt=after) if after is not None else stale
            rows = list(here.order_by("pk").values_list(*columns)[:BATCH_ROWS])
            fresh = [pair for row in rows if (pair := _reseal_row(model, current, row))]
            _write_batch(model, current, fresh)
        if fresh or not rows:
            return fresh
        after = rows[-1][0]  # nothing in this batch opens: look behind it


def _reseal_row(model: type[SealedModel], current: int, row: Row) -> tuple[object, bytes] | None:
    """A row's new bytes, or None if it does not open. One broken row must not hold up the
    rotation of all the others, which is what makes deletions final.
    """
    pk, number, sealed, *identity = row
    context = sealing.context_of(model, identity)
    try:
        plaintext = sealing.open_sealed(int(str(number)), bytes(sealed), context)  # type: ignore[call-overload]
    except (SealBrokenError, EpochKeyMissingError) as error:
        kind = type(error).__name__
        logger.error(  # noqa: TRY400 - the place says nothing, the kind everything
            "row not resealed",
            extra={"store": model._meta.label_lower, "epoch": number, "error": kind},
        )
        return None
    return pk, sealing.seal(current, plaintext, context)


def _write_batch(
    model: type[SealedModel], current: int, rows: Sequence[tuple[object, bytes]]
) -> None:
    meta = model._meta
    pk = meta.pk
    if not rows or pk is None:
        return
    table, key = connection.ops.quote_name(meta.db_table), connection.ops.quote_name(str(pk.column))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # One statement per batch, with two literals: a row each would cost a round trip
            # each, and a list of parameters as much parsing as everything else together.
            cursor.execute(
                f"UPDATE {table} SET epoch_number = %s, sealed = decode(fresh.sealed, 'hex') "  # noqa: S608
                f"FROM unnest(%s::{pk.db_type(connection)}[], %s::text[]) AS fresh(id, sealed) "
                f"WHERE {table}.{key} = fresh.id",
                [current, _array(str(r[0]) for r in rows), _array(r[1].hex() for r in rows)],
            )
        else:
            cursor.executemany(
                f"UPDATE {table} SET epoch_number = %s, sealed = %s WHERE {key} = %s",  # noqa: S608
                [(current, fresh, pk.get_db_prep_value(id_, connection)) for id_, fresh in rows],
            )


def _array(items: Iterable[str]) -> str:
    """PostgreSQL's spelling of an array of plain words: keys, or bytes in hexadecimal."""
    return f"{{{','.join(items)}}}"


def destroy_overdue_epochs(now: datetime, *, grace: timedelta = GRACE) -> list[int]:
    """Destroy every retired key that is 22 days old and that no live row needs."""
    destroyed = []
    overdue = EpochKey.objects.filter(
        destroyed_at=None, made_at__lte=now - DESTROY_AFTER, retired_at__lte=now - grace
    )
    for epoch in overdue.order_by("number"):
        if is_in_use(epoch.number):
            logger.error("epoch overdue but in use", extra={"epoch": epoch.number})
            continue
        epochs.destroy_key(epoch.number)
        with transaction.atomic():
            EpochKey.objects.filter(pk=epoch.number).update(destroyed_at=now)
            epoch.destroyed_at = now
            epoch_destroyed.send(sender=EpochKey, epoch=epoch)
        destroyed.append(epoch.number)
    return destroyed


def is_in_use(number: int) -> bool:
    """True while any live row needs this epoch's key.

    A row that the right key does not open needs none. Where the key itself is missing,
    every row counts: an operator may bring the key back.
    """
    return any(_needs(model, number) for model in sealing.sealed_models())


def _needs(model: type[SealedModel], number: int) -> bool:
    rows = model._default_manager.filter(epoch_number=number)
    for sealed, *identity in rows.values_list("sealed", *model.sealing_fields).iterator():
        try:
            sealing.open_sealed(number, bytes(sealed), sealing.context_of(model, identity))
        except SealBrokenError:
            continue
        except EpochKeyMissingError:
            return True
        return True
    return False


def outliving(now: datetime) -> list[int]:
    """Epochs whose keys should be gone, for whatever reason they are not."""
    old = EpochKey.objects.filter(destroyed_at=None, made_at__lt=now - LONGEST_LIFE)
    return list(old.order_by("number").values_list("number", flat=True))


def is_late(now: datetime | None = None) -> bool:
    """True when rotation is overdue by six hours, which puts the promise in danger, or when
    a key has lived longer than promised.
    """
    now = now or timezone.now()
    newest = EpochKey.objects.order_by("-number").first()
    return newest is None or now - newest.made_at > LATE_AFTER or bool(outliving(now))
