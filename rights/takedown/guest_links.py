"""The link by which somebody without an account comes to their case. It stands in the mails about
the case and nowhere else; whoever has it is taken for its person.

It is signed, names its case and when it was made, and works for half a year: each mail brings a new
one. It also says how often links of that case were ended before; so ending them ends all at once.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing

from rights.models import Takedown

SALT = "rights.takedown.guest"
WORKS = timedelta(days=180)


def token_for(case: Takedown) -> str:
    """The secret part of a new link. Nobody can make one up."""
    return signing.dumps([str(case.pk), case.links_ended], salt=SALT)


def link_to(case: Takedown) -> str:
    """The whole address, for a mail to its person."""
    return f"{settings.PUBLIC_URL}/takedown-case/{token_for(case)}"


def case_of_link(token: str, *, is_locked: bool = False) -> Takedown | None:
    """The case of a link, or None: for any other text, for one that is over or was ended, and for
    the case of an account. With ``is_locked`` nobody else can end it until the caller commits.
    """
    try:
        case_id, ended = signing.loads(token, salt=SALT, max_age=WORKS)
    except signing.BadSignature:
        return None
    cases = Takedown.objects.select_for_update() if is_locked else Takedown.objects.all()
    return cases.filter(pk=UUID(case_id), links_ended=ended, owner=None).first()
