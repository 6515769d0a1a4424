"""The signals of what people publish, read back from a profile that is shown right now.

Its page and that of a photo are asked for as anybody asks, the picture as a browser does that
earned a grant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils.html import escape
from django.utils.translation import gettext_noop

from pocketvault.kernel.reservation import CONTENT_USAGE, NO_TRAINING, policy_url
from pocketvault.machines.fetching import Answer, fetch
from sharing.models import RenditionKind
from sharing.models.publication import SMALL
from sharing.public.finding import newest_shown
from sharing.visitors.addresses import address_of
from sharing.visitors.grants import cookie_for

# A grant that nobody can have earned, so that nothing is counted for anybody.
GRANT = "selfcheck"
AS_A_PAGE = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "image"}
# Of the PLUS vocabulary, as it stands in the packet of every file.
_PROHIBITED = b"DMI-PROHIBITED-AIMLTRAINING"


@dataclass(frozen=True, slots=True)
class Shown:
    """A profile's page, that of a photo on it, and its picture."""

    page: Answer
    photo: Answer
    picture: Answer


def look() -> Shown | None:
    """What is shown right now; None where nobody shows anything."""
    newest = newest_shown()
    if newest is None or not settings.PROFILES_URL:
        return None
    name, public_id = newest
    address = address_of(public_id, SMALL, RenditionKind.WEBP, GRANT)
    cookie = {"Cookie": cookie_for(GRANT)}
    return Shown(
        page=fetch(f"/u/{name}", origin=settings.PROFILES_URL),
        photo=fetch(f"/u/{name}/{public_id}", origin=settings.PROFILES_URL),
        picture=fetch(
            address, origin=settings.PROFILES_URL, headers={**AS_A_PAGE, **cookie}
        ),
    )


def _is_reserved(answer: Answer) -> bool:
    said = [each.strip() for each in answer.headers.get("x-robots-tag", "").split(",")]
    return (
        answer.status == 200
        and answer.headers.get("content-usage") == CONTENT_USAGE
        and set(NO_TRAINING.split(", ")) <= set(said)
        and answer.headers.get("tdm-reservation") == "1"
        and answer.headers.get("tdm-policy") == policy_url()
    )


def _says_in_words(shown: Shown) -> bool:
    policy = f'<meta name="tdm-policy" content="{escape(policy_url())}">'
    pages = (shown.page, shown.photo)
    return all(each.status == 200 and policy in each.text for each in pages)


def _says_in_the_file(shown: Shown) -> bool:
    return shown.picture.status == 200 and _PROHIBITED in shown.picture.body


CHECKS: dict[str, Callable[[Shown], bool]] = {
    gettext_noop("The public page of somebody says so with every answer"): (
        lambda shown: _is_reserved(shown.page) and _is_reserved(shown.photo)
    ),
    gettext_noop("It says so in the page too"): _says_in_words,
    gettext_noop("A published picture says so with its answer"): (
        lambda shown: _is_reserved(shown.picture)
    ),
    gettext_noop("It says so in the file itself, wherever that goes"): _says_in_the_file,
}
