"""Passes: by which somebody with an account is known on the public origin, and not who they are.

The vault makes a pass for one profile, for whoever is signed in and asks for it. It names a
*person*: a keyed hash of account, profile and day, whose key nobody has tomorrow, so that neither
two profiles nor two days of one person can be put together. The public origin takes each pass
once, within a minute, and gives a cookie of its own for it. No session, key or cookie of the vault
is ever there, and none of the public origin's in the vault.
"""

from __future__ import annotations

import secrets

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from pocketvault.kernel.errors import VaultError
from sharing.visitors import memory
from sharing.visitors.network import keyed_person
from sharing.visitors.tiers import PASS_SECONDS, PERSON_SECONDS

COOKIE = "__Host-person"
MOST_CHARACTERS = 400
_PASS_SALT, _COOKIE_SALT = "sharing.visitors.pass", "sharing.visitors.person"


class BadPassError(VaultError):
    """No pass of ours, one for another profile, one that comes late, or one that was used."""

    code = "bad_pass"
    status = 403
    sentence = "This pass is not good any more. Ask your vault for another one."


def pass_for(account: str, profile: str) -> str:
    """A pass for one profile (its owner's id), good for a minute and once."""
    return signing.dumps(
        {
            "profile": profile,
            "person": keyed_person(account, profile),
            "day": _today(),
            "once": secrets.token_urlsafe(16),
        },
        salt=_PASS_SALT,
    )


def redeem(written: str, profile: str) -> str:
    """The person that a pass names, if it is for this profile. Raises `BadPassError`."""
    said = _read(written, _PASS_SALT, PASS_SECONDS)
    if said.get("profile") != profile or said.get("day") != _today():
        raise BadPassError
    if not memory.is_first(f"pass:{said['once']}", PASS_SECONDS):
        raise BadPassError
    return str(said["person"])


def give(response: HttpResponse, person: str, profile: str) -> None:
    """Hand it to the browser, out of reach of scripts and of other sites."""
    value = signing.dumps(
        {"profile": profile, "person": person, "day": _today()}, salt=_COOKIE_SALT
    )
    response.set_cookie(
        COOKIE, value, max_age=PERSON_SECONDS, path="/", secure=True, httponly=True,
        samesite="Strict",
    )  # fmt: skip


def person_of(request: HttpRequest, profile: str) -> str | None:
    """Who a browser was let in as, for this profile, today."""
    try:
        said = _read(request.COOKIES.get(COOKIE, ""), _COOKIE_SALT, PERSON_SECONDS)
    except BadPassError:
        return None
    if said.get("profile") != profile or said.get("day") != _today():
        return None
    return str(said["person"])


def _read(written: str, salt: str, seconds: int) -> dict[str, object]:
    if len(written) > MOST_CHARACTERS:
        raise BadPassError
    try:
        said = signing.loads(written, salt=salt, max_age=seconds)
    except signing.BadSignature as error:
        raise BadPassError from error
    if not isinstance(said, dict):
        raise BadPassError
    return said


def _today() -> str:
    return timezone.now().date().isoformat()
