"""A notice as the Lumen database takes it, without who sent it.

Lumen (lumendatabase.org) collects notices for research and shows them in public. So a notice goes
there only if its person says so, and never one about an intimate picture. The fields are those
that its own controller permits (github.com/berkmancenter/lumendatabase,
``app/controllers/notices_controller.rb``, read on 28 November 2026). Nothing is sent from here:
whoever holds a token of theirs posts this file to ``/notices``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rights.models import Takedown
from rights.takedown.errors import NotForLumenError
from rights.takedown.papers import Paper

# Its types, by our regimes. Those that are missing never go there.
TYPES = {"dmca": "DMCA", "gdpr": "DataProtection", "dsa": "Other", "terms": "Other"}
REDACTED = "[redacted]"
# It begins where a word begins, and takes the word whole: tried at each letter of a long word
# without an @, it would take the square of its length.
EMAIL = re.compile(r"(?<![^\s@<>()])[^\s@<>()]++@[^\s@<>()]+\.[^\s@<>()]+")
_PHONE = re.compile(r"\+?\d[\d ()/.-]{6,}\d")
_LEAST_LETTERS = 3


def lumen_of(
    case: Takedown, paper: Paper, urls: Iterable[str], *, receiver: str
) -> dict[str, object]:
    """The body of ``POST /notices``. Raises `NotForLumenError`."""
    if not case.is_for_lumen or case.regime not in TYPES or case.sent_at is None:
        raise NotForLumenError
    hide = _Hider(paper)
    work = {
        "description": hide.words(paper.work or paper.reasons),
        "kind": "image",
        "infringing_urls_attributes": [{"url": hide.url(each)} for each in urls],
    }
    return {
        "notice": {
            "title": f"Takedown request to {case.host}",
            "type": TYPES[case.regime],
            "subject": "A picture that is shown without leave",
            "body": hide.words(paper.reasons),
            "date_sent": f"{case.sent_at:%Y-%m-%d}",
            "source": "PocketVault",
            "action_taken": "Yes" if case.removed_at else "Unspecified",
            "language": "en",
            "works_attributes": [work],
            "entity_notice_roles_attributes": [
                _role("recipient", receiver, "organization"),
                _role("sender", REDACTED, "individual"),
            ],
        }
    }  # fmt: skip


def can_go_there(regime: str) -> bool:
    """Whether notices under these rules may go to Lumen at all."""
    return regime in TYPES


def _role(name: str, called: str, kind: str) -> dict[str, object]:
    return {"name": name, "entity_attributes": {"name": called, "kind": kind}}


class _Hider:
    """Takes out who the person is: what they stated, and what looks like it."""

    def __init__(self, paper: Paper) -> None:
        said = (paper.email, paper.phone, paper.address, *paper.address.splitlines())
        names = paper.name.split() + paper.signature.split()
        known = [each.strip() for each in (*said, *names)]
        known.sort(key=len, reverse=True)
        parts = [re.escape(each) for each in known if len(each) >= _LEAST_LETTERS]
        self._known = re.compile("|".join(parts), re.IGNORECASE) if parts else None

    def words(self, text: str) -> str:
        """A text without names, addresses and numbers to call."""
        return _PHONE.sub(REDACTED, EMAIL.sub(REDACTED, self._without_known(text)))

    def url(self, url: str) -> str:
        """An address, without the person's name where it stands in it, and without a query."""
        scheme, _, rest = url.partition("?")[0].partition("://")
        host, slash, path = rest.partition("/")
        return f"{scheme}://{host}{slash}{self._without_known(path)}"

    def _without_known(self, text: str) -> str:
        return self._known.sub(REDACTED, text) if self._known else text
