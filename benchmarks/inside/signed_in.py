"""An account, and the token of a phone that is signed in to it."""

from __future__ import annotations

from accounts.actions.sessions import Device, open_session
from accounts.models import Account, SessionKind
from benchmarks.inside import library


def run() -> dict[str, str]:
    """The token."""
    return {"token": token_of(library.make_owner())}


def token_of(account: Account) -> str:
    """A token for this account, through the action that signs people in."""
    device = Device(name="Benchmark", kind=SessionKind.TOKEN)
    return str(open_session(account, device=device).token)
