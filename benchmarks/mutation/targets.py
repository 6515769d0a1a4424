"""What is mutated, and the tests that answer for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

BROWSER = "crypto"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Modules of Python, and the test files that are run for them; both from the checkout."""

    modules: Sequence[str]
    tests: Sequence[str]


TARGETS: Mapping[str, Target] = {
    "envelopes": Target(
        modules=(
            "pocketvault/kernel/sealing.py",
            "pocketvault/kernel/epochs.py",
            "pocketvault/kernel/rotation.py",
            "images/actions/albums.py",
            "images/actions/storing.py",
            "images/actions/cleaning.py",
        ),
        tests=(
            "tests/kernel/test_epochs.py",
            "tests/kernel/test_rotation.py",
            "tests/images/test_storing.py",
            "tests/images/test_api.py",
            "tests/sharing/test_clean_copies.py",
        ),
    ),
    "purge": Target(
        modules=("images/actions/disposal.py", "images/actions/freeing.py"),
        tests=(
            "tests/images/test_deleting.py",
            "tests/images/test_deleting_alone.py",
            "tests/images/test_freeing.py",
        ),
    ),
    "grants": Target(
        modules=(
            "sharing/actions/grants.py",
            "sharing/access.py",
            "sharing/actions/reach.py",
            "sharing/actions/deliveries.py",
        ),
        tests=(
            "tests/sharing/test_grants.py",
            "tests/sharing/test_album_rotation.py",
            "tests/sharing/test_contacts.py",
            "tests/sharing/test_shared_albums.py",
        ),
    ),
}
NAMES = (*TARGETS, BROWSER)
