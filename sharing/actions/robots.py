"""Finding out whether a crawler is the search engine's it says to be. Nobody waits for it."""

from __future__ import annotations

from pocketvault.kernel.work import enqueue_on_commit
from sharing.visitors import robots
from sharing.visitors.resolving import is_machine_of


def owe_check(name: str, address: str) -> None:
    """Have a worker look. A job is a row, and no row may hold an address: it gets a ticket."""
    enqueue_on_commit("sharing.verify_robot", robots.keep_for_check(name, address))


def verify_robot(ticket: str) -> None:
    """Look whose machine it is. A ticket that ran out is nobody's loss: who comes again is
    looked at again.
    """
    claim = robots.kept_for_check(ticket)
    if claim is None:
        return
    name, address = claim
    if is_machine_of(robots.DOMAINS[name], address):
        robots.note_verified(name, address)
    robots.forget_ticket(ticket)
