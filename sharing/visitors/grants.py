"""Grants: what a browser has that did a little work, and is given pictures for.

The work is ALTCHA's proof of work, version 2: PBKDF2 that a browser's own SubtleCrypto does as fast
as anybody's program. It keeps nobody out who wants in. It makes a grant cost something, so that
allowances mean something.
"""

from __future__ import annotations

import secrets
import time

import altcha
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from pocketvault.kernel.errors import VaultError
from sharing.visitors import memory
from sharing.visitors.tiers import (
    CHALLENGE_SECONDS,
    DEAREST_FACTOR,
    FEWEST_TRIES,
    GRANT_SECONDS,
    GRANTS_AT_ONE_PRICE,
    MOST_TRIES,
    ROUNDS,
    TRAPPED_FACTOR,
    TRAPPED_SECONDS,
    WITHOUT_SCRIPT_SECONDS,
)

COOKIE = "__Host-grant"
ALGORITHM = "PBKDF2/SHA-256"
_SIGNER = signing.TimestampSigner(salt="sharing.visitors.grant")
WAIT_COOKIE = "__Host-wait"
_WAIT_SIGNER = signing.TimestampSigner(salt="sharing.visitors.wait")
_WAITED = "waited."
_HOUR = 3600
# Longer than any solution.
MOST_CHARACTERS = 2_000


class UnsolvedError(VaultError):
    """No solution, a wrong one, one that comes late, or one that was used."""

    code = "unsolved"
    status = 403
    sentence = "This check was not passed. Ask for another one."


def challenge_for(network: str) -> dict[str, object]:
    """A task for a browser, dearer for networks that fetch many or follow traps."""
    tries = FEWEST_TRIES + secrets.randbelow(MOST_TRIES - FEWEST_TRIES)
    made = altcha.create_challenge(
        ALGORITHM,
        ROUNDS * price_of(network),
        counter=tries,
        expires_at=int(time.time()) + CHALLENGE_SECONDS,
        hmac_secret=_secret("challenge"),
        hmac_key_secret=_secret("key"),
    )
    task: dict[str, object] = made.to_dict()
    return task


def price_of(network: str) -> int:
    """How many times the usual work a network is asked for."""
    grants = memory.counted(f"grants:{network}")
    by_count = 1 << min(10, grants // GRANTS_AT_ONE_PRICE)
    is_trapped = memory.has_happened(f"trapped:{network}")
    return min(DEAREST_FACTOR, by_count * (TRAPPED_FACTOR if is_trapped else 1))


def note_trapped(network: str) -> None:
    """Somebody of this network followed a link that no person sees."""
    memory.is_first(f"trapped:{network}", TRAPPED_SECONDS)


def redeem(solution: str, network: str) -> str:
    """A new grant for a solved task, each task once. Raises `UnsolvedError`."""
    if len(solution) > MOST_CHARACTERS:
        raise UnsolvedError
    judged = altcha.verify_solution(
        solution, _secret("challenge"), hmac_key_secret=_secret("key")
    )
    if not judged.verified or not memory.is_first(_used(solution), CHALLENGE_SECONDS):
        raise UnsolvedError
    memory.count(f"grants:{network}", _HOUR)
    return secrets.token_urlsafe(16)


def give(response: HttpResponse, grant: str) -> None:
    """Hand a grant to the browser, out of reach of scripts and of other sites."""
    response.set_cookie(
        COOKIE, _SIGNER.sign(grant), max_age=GRANT_SECONDS, path="/",
        secure=True, httponly=True, samesite="Strict",
    )  # fmt: skip


def cookie_for(grant: str) -> str:
    """What a browser that has this grant says of it."""
    return f"{COOKIE}={_SIGNER.sign(grant)}"


def give_for_waiting(response: HttpResponse) -> str:
    """A grant for a browser that runs no script: it opens what is in the page it came with."""
    grant = f"{_WAITED}{secrets.token_urlsafe(16)}"
    give(response, grant)
    return grant


def begin_waiting(response: HttpResponse) -> None:
    """Note in the browser when it began to wait."""
    response.set_cookie(
        WAIT_COOKIE, _WAIT_SIGNER.sign("began"), max_age=GRANT_SECONDS, path="/",
        secure=True, httponly=True, samesite="Strict",
    )  # fmt: skip


def has_waited(request: HttpRequest) -> bool:
    """Whether a browser began to wait long enough ago, and not too long."""
    cookie = request.COOKIES.get(WAIT_COOKIE, "")
    try:
        _WAIT_SIGNER.unsign(cookie, max_age=GRANT_SECONDS)
    except signing.BadSignature:
        return False
    try:
        _WAIT_SIGNER.unsign(cookie, max_age=WITHOUT_SCRIPT_SECONDS - 1)
    except signing.SignatureExpired:
        return True
    return False


def is_earned(grant: str) -> bool:
    """Whether work was done for it, so that it can ask for more."""
    return not grant.startswith(_WAITED)


def grant_of(request: HttpRequest) -> str | None:
    """The grant a browser shows, if it is one of ours and not too old."""
    try:
        return _SIGNER.unsign(request.COOKIES.get(COOKIE, ""), max_age=GRANT_SECONDS)
    except signing.BadSignature:
        return None


def _used(solution: str) -> str:
    """The task a solution is for, by its signature: whatever else is written around it."""
    payload = altcha.Payload.from_base64(solution)
    return f"used:{payload.challenge.signature}"


def _secret(purpose: str) -> bytes:
    return salted_hmac(f"sharing.visitors.{purpose}", "altcha", algorithm="sha256").digest()
