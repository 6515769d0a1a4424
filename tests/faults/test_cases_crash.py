"""A restore killed before any step of its replay of cases: orders, reports, requests and takedowns
are what they were, and nobody is written to by it.

``FAULT_POINTS`` sets at how many steps it is killed (SIGKILL): a few by default, spread evenly; a
large number means at every step there is.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts.models import Account, OutgoingMail
from pocketvault.kernel.models import Restoration
from rights.actions.backups import make_backup
from rights.backups import places
from sharing.models import Profile, Publication
from tests.faults import nursery
from tests.faults.nursery import NEVER, points_of
from tests.faults.test_backup_crash import is_open, keys_of_its_own, run
from tests.faults.test_rotation_crash import shared_database
from tests.rights.making_reports import worker
from tests.rights.places import own_places
from tests.rights.test_case_journal import STORIES, everything
from tests.rights.test_replayed_reports import withhold_profile

__all__ = ["keys_of_its_own", "own_places", "shared_database"]
POINTS = nursery.how_many(4)
pytestmark = [pytest.mark.usefixtures("own_places", "keys_of_its_own"), pytest.mark.slow]


def shown() -> list[object]:
    """What strangers would see."""
    withheld = Profile.objects.exclude(withheld_at=None).values_list("pk", flat=True)
    seen = Publication.objects.shown().values_list("pk", flat=True)
    return [sorted(withheld), sorted(seen)]


@pytest.mark.by_hand
def test_a_killed_replay_goes_on_and_every_case_is_what_it_was(alice: Account) -> None:
    acts: list[Callable[[], object]] = [story(alice) for story in STORIES]
    owner = Account.objects.get(email="marit1@example.org")
    worker("rita@example.org")
    backup = make_backup()
    path = str(next(places.find(backup.name)))
    owed = set(OutgoingMail.objects.values_list("pk", flat=True))
    for act in acts:
        act()
    withhold_profile(owner, worker("rita@example.org"))
    after, seen = everything(), shown()

    assert run(NEVER, "bring-back", path) is not None
    assert everything() != after
    steps = run(NEVER, "resume")
    assert steps is not None
    assert steps > 100
    for point in points_of(steps, POINTS):
        assert run(NEVER, "bring-back", path) is not None
        run(point, "resume")
        if not is_open() or Restoration.objects.filter(replayed_at=None).exists():
            assert run(NEVER, "resume") is not None
        assert is_open()
        assert (everything(), shown()) == (after, seen), f"killed before step {point}"
        assert set(OutgoingMail.objects.values_list("pk", flat=True)) == owed
