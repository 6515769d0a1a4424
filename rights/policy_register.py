"""The versions of the privacy policy as people and machines read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from rights.models import PublishedPolicy
from rights.policy_texts import PolicyText, policy_texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version and how it stands. ``state`` is ``in_force``, ``announced`` or ``earlier``;
    ``is_as_published`` is False for a text that is not the one everybody was shown.
    """

    text: PolicyText
    published_at: datetime | None
    in_force_on: date
    state: str
    is_as_published: bool

    @property
    def number(self) -> int:
        """Its number, from 1."""
        return self.text.number


def versions() -> list[Version]:
    """Every version, newest first. One query, however many there are.

    Until a release has published what it brings, a moment after it was started, a version that
    nobody was told of is not there; the first, which replaces nothing, is.
    """
    rows = {row.number: row for row in PublishedPolicy.objects.all()}
    known = [text for text in policy_texts() if text.number in rows or text.number == 1]
    today = timezone.now().date()
    begun = [t.number for t in known if t.number == 1 or rows[t.number].in_force_on <= today]
    return [_version(text, rows.get(text.number), max(begun)) for text in reversed(known)]


def _version(text: PolicyText, row: PublishedPolicy | None, current: int) -> Version:
    state = "in_force" if text.number == current else "earlier"
    return Version(
        text=text,
        published_at=row.published_at if row else None,
        in_force_on=row.in_force_on if row else text.in_force_on,
        state="announced" if text.number > current else state,
        is_as_published=row is None or bytes(row.text_sha256).hex() == text.sha256,
    )
