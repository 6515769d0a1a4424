"""What a person may turn off: each purpose that is not essential, and where its switch is kept.

A purpose has one truth, the preference by which its work is done anyway. Off is the default, and
what no switch is known for cannot be on: a test compares these with the registry.
"""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import DigestRhythm, Preferences
from pocketvault.kernel.purposes import SEND_DIGESTS, Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A purpose, the column of `Preferences` that decides about it, and what that says: ``off``,
    or, when it is turned on without saying more, ``on``.
    """

    purpose: Purpose
    column: str
    off: str
    on: str

    def is_on(self, preferences: Preferences) -> bool:
        """Whether somebody wants it."""
        return bool(getattr(preferences, self.column) != self.off)


CHOICES = (
    Choice(
        purpose=SEND_DIGESTS, column="digest", off=DigestRhythm.OFF.value,
        on=DigestRhythm.WEEKLY.value,
    ),
)  # fmt: skip


def choice_about(purpose_name: str) -> Choice | None:
    """The switch of a purpose, if it has one."""
    return next((each for each in CHOICES if each.purpose.name == purpose_name), None)
