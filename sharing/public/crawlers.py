"""Telling a search engine's crawler from somebody who only calls himself so."""

from __future__ import annotations

from django.http import HttpRequest

from sharing.actions.robots import owe_check
from sharing.visitors import robots
from sharing.visitors.network import network_of


def is_search_engine(request: HttpRequest) -> bool:
    """Whether this comes from a crawler of the list that was found to be what it says.

    Not known yet is no: a worker looks, and who comes again is known. Whoever says no such name
    costs nothing here.
    """
    name = robots.claimed_name(request.headers.get("User-Agent", ""))
    if name is None:
        return False
    address = request.META["REMOTE_ADDR"]
    if robots.is_verified(name, address):
        return True
    if robots.may_check(name, address, network_of(request)):
        owe_check(name, address)
    return False
