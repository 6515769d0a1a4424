"""What ``python -m tests.faults`` runs: acts that are killed at random steps, and scenarios.

The tests are those that continuous integration runs, a few steps or a short time each; here is
said how much of each makes the long version.
"""

from __future__ import annotations

from dataclasses import dataclass

# Killed at random steps, each in its turn until there were enough.
ACTS = {
    "backup": "test_backup_crash.py::"
    "test_a_killed_backup_and_a_killed_rotation_leave_nothing_half[backup]",
    "rotation": "test_rotation_crash.py",
    "rotation with backups": "test_backup_crash.py::"
    "test_a_killed_backup_and_a_killed_rotation_leave_nothing_half[rotate]",
    "purge": "test_backup_crash.py::test_a_killed_purge_is_done_or_not_and_the_journal_knows",
    "erasure": "test_erasing_crash.py",
    "export": "test_packing_crash.py",
    "restore": "test_backup_crash.py::"
    "test_a_killed_restore_goes_on_and_nothing_deleted_comes_back",
    "deeds that mail": "test_deeds_crash.py::"
    "test_a_deed_that_was_killed_is_repeated_and_writes_once",
    "mails": "test_deeds_crash.py::"
    "test_what_is_owed_leaves_and_a_second_copy_is_known_as_one",
    "replay of cases": "test_cases_crash.py",
}
# What each is killed at once it runs: a restore takes a hundred times as long as a purge.
AT_ONCE = {"restore": 10, "deeds that mail": 5, "replay of cases": 20}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Something that happens to a whole service.

    ``test`` stands below ``tests/faults`` or names its folder; ``points`` is what the test reads
    as ``FAULT_POINTS`` in the long version, None where there is nothing to count; ``database`` is
    said where the test brings its own; ``minutes`` is how long it takes where it takes a time.
    With ``at_once`` it happens in several runs of the test, each with so many points and a seed of
    its own, until there were ``points`` in all.
    """

    test: str
    what: str
    points: int | None = None
    at_once: int | None = None
    database: str | None = None
    minutes: float | None = None


SCENARIOS = {
    "kills": Scenario(
        test="test_kill_anywhere.py", what="web or worker killed in the middle of everything",
        points=330, at_once=30,
    ),
    "postgres": Scenario(
        test="test_postgres_stopped.py", what="PostgreSQL stopped at once and started again",
        points=20, database="PostgreSQL",
    ),
    "s3": Scenario(
        test="test_s3_away.py", what="S3 away, full, slow, failing in 5 of 100 requests",
        points=5,
    ),
    "messages": Scenario(
        test="test_doubled_messages.py", what="messages delivered one to three times, in any order",
        points=200,
    ),
    "bytes": Scenario(
        test="test_flipped_bytes.py", what="one byte flipped in each of so many blobs",
        points=1000,
    ),
    "engines": Scenario(
        test="test_other_engine.py", what="backed up, wiped, restored on the other engine",
        points=2, database="both",
    ),
    "migration": Scenario(
        test="test_migrating_crash.py", what="a change of tables killed and run again",
        points=40,
    ),
    "runners": Scenario(
        test="tests/kernel/test_work.py::test_of_many_workers_one_runs_a_job",
        what="several runners on one job",
    ),
    "draining": Scenario(
        test="test_draining.py", what="SIGTERM with an upload and a long job in hand"
    ),
    "clock": Scenario(
        test="tests/kernel/test_clock_steps.py", what="the clock steps by +400 days and -1 hour"
    ),
    "redis": Scenario(
        test="test_redis_faults.py", what="Redis hangs, dies, forgets everything"
    ),
    "disks": Scenario(
        test="test_full_disk.py", what="no space for blobs, database, counters",
        database="SQLite",
    ),
    "soak": Scenario(
        test="test_soak.py", what="used without a pause", minutes=15.0
    ),
}  # fmt: skip
