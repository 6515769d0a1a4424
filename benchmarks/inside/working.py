"""What a service does for all of it at once: rotation, backups, drills, sweeps, archives, jobs."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping

from celery import current_app
from django.db import connection, transaction
from django.utils import timezone

from benchmarks.inside import library
from benchmarks.inside.costs import most_memory, wal_position
from benchmarks.inside.crowd import Scene
from images.models import Envelope, Image
from pocketvault.kernel import rotation, sealing, work
from pocketvault.kernel.models import Job
from rights.actions.archives import ask_for_archive, forget_archives
from rights.actions.backups import make_backup
from rights.actions.drilling import hold_drill
from rights.actions.packing import pack_archive
from rights.backups.snapshot import kept_models
from rights.models import Archive

Found = dict[str, float]
Work = Callable[[], Mapping[str, float]]
PACKING_SECONDS = 4.0
FILES_OF_AN_IMAGE = 1 + len(library.PARTS)
# Each measured by itself here, or by `scrub`.
APART = {"kernel.rotate_epoch", "rights.keep_backups", "rights.hold_drill", "images.scrub_store"}
JOB = "images.verify_image"
PATIENCE_SECONDS = 120.0


def works_of(scene: Scene) -> Mapping[str, Work]:
    """Everything that grows with the service, by name."""
    return {
        "tables": _tables, "rotate": _rotate, "backup": _back_up, "drill": _drill,
        "archive": lambda: _archive(scene), "sweep": _sweep,
        "jobs": lambda: _work_through(scene), "answering": _answering,
        "forget jobs": _forget_jobs,
    }  # fmt: skip


def _tables() -> Found:
    """Rows, bytes and bytes of indexes alone of each table that has a hundredth of all bytes."""
    found: Found = {"images": Image.objects.count()}
    if connection.vendor != "postgresql":
        return found
    sizes = {}
    with connection.cursor() as cursor:
        for model in kept_models():
            name = model._meta.db_table
            table = connection.ops.quote_name(name)
            cursor.execute(
                f"SELECT pg_total_relation_size('{table}'), pg_indexes_size('{table}')"
            )
            sizes[model] = cursor.fetchone()
    whole = sum(total for total, _ in sizes.values())
    for model, (total, indexes) in sizes.items():
        rows = model._default_manager.count() if total * 100 >= whole else 0
        if rows:
            name = model._meta.db_table
            found |= {f"{name} rows": rows, f"{name} bytes": total, f"{name} indexes": indexes}
    return found | {"bytes": whole}


def _rotate() -> Found:
    """A day's rotation, what it writes, and the hour after it, in which there is nothing to do."""
    library.settle()
    before, written = _envelope_bytes(), wal_position()
    started = time.perf_counter()
    epoch = rotation.make_epoch(timezone.now()).number
    seals = rotation.reseal_everything()
    seconds = time.perf_counter() - started
    written = wal_position() - written
    for model in sealing.sealed_models():
        if model._default_manager.filter(epoch_number__lt=epoch).exists():
            raise AssertionError("the rotation left something behind")
    grown = _envelope_bytes()
    started = time.perf_counter()
    library.settle()
    vacuum = time.perf_counter() - started
    started = time.perf_counter()
    if rotation.reseal_everything():
        raise AssertionError("there was something left to do")
    return {
        "seconds": seconds, "seals": seals, "wal": written, "idle": time.perf_counter() - started,
        "before": before, "after": grown, "vacuum": vacuum, "images": Image.objects.count(),
    }  # fmt: skip


def _envelope_bytes() -> int:
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size(%s)", [Envelope._meta.db_table])
        return int(cursor.fetchone()[0])


def _back_up() -> Found:
    started = time.perf_counter()
    backup = make_backup()
    return {
        "seconds": time.perf_counter() - started, "bytes": backup.size, "rows": backup.row_count,
        "images": Image.objects.count(),
    }  # fmt: skip


def _drill() -> Found:
    started = time.perf_counter()
    drill = hold_drill()
    if not drill.has_passed:
        raise AssertionError(drill.finding)
    return {"seconds": time.perf_counter() - started, "seals": drill.sealed_count}


def _archive(scene: Scene) -> Found:
    """An archive begun: everything counted, and all that is no photo packed. Then some seconds of
    photos whose bytes are not there: their documents, and one look into the store for each part.
    """
    archive = ask_for_archive(actor=scene.owner)
    memory: Found = {}
    gc.collect()
    started = time.perf_counter()
    with most_memory(memory):
        pack_archive(archive.pk, seconds=0)
    begun = time.perf_counter() - started
    started = time.perf_counter()
    pack_archive(archive.pk, seconds=PACKING_SECONDS)
    seconds = time.perf_counter() - started
    packed = Archive.objects.get(pk=archive.pk)
    forget_archives(Archive.objects.all())
    return {
        "begun": begun, "memory": memory["bytes"],
        "images/s": packed.files / FILES_OF_AN_IMAGE / seconds,
    }  # fmt: skip


def _sweep() -> Found:
    """Everything periodic once, with nothing due: seconds by task. What was due is done before."""
    found: Found = {}
    for _ in range(2):
        for name, task in work.tasks().items():
            if task.every is not None and name not in APART:
                started = time.perf_counter()
                task.run()
                found[name] = time.perf_counter() - started
    return found


def _work_through(scene: Scene) -> Found:
    """Jobs a second: each photo that is really there is read back once, by workers elsewhere."""
    with transaction.atomic():
        for image_id in scene.real:
            work.enqueue_on_commit(JOB, str(image_id))
        started = time.perf_counter()
    while Job.objects.filter(task=JOB).exists():
        if time.perf_counter() - started > PATIENCE_SECONDS:
            raise AssertionError("nobody works through the jobs")
        time.sleep(0.01)
    return {"jobs/s": len(scene.real) / (time.perf_counter() - started)}


def _forget_jobs() -> Found:
    """Nobody works through what was owed so far."""
    return {"jobs": Job.objects.all().delete()[0]}


def _answering() -> Found:
    """How many workers say that they are there."""
    return {"workers": len(current_app.control.ping(timeout=1.0))}
