"""Crawlers of search engines that say who they are, and what is remembered of the check.

Only those whose operator publishes the domain that the names of its machines end in, so that the
reverse DNS, confirmed forwards, proves who it is. (DuckDuckBot is not here: there is only a list of
addresses for it.) Where each says so; the pages of Qwant, Yandex and Seznam were read in November
2026, the others are named from memory, and Seznam's speaks of names alone:

- Googlebot: https://developers.google.com/search/docs/crawling-indexing/verifying-googlebot
  Not googleusercontent.com: everybody who rents a machine there has such a name.
- bingbot: https://www.bing.com/webmasters/help/how-to-verify-bingbot-3905dc26
- Applebot: https://support.apple.com/en-us/119829
- Qwantbot: https://help.qwant.com/bot
- YandexBot: https://yandex.com/support/webmaster/robot-workings/check-yandex-robots.html
- SeznamBot: https://napoveda.seznam.cz/en/seznambot-crawler
"""

from __future__ import annotations

import secrets
from typing import Final

from sharing.visitors import memory
from sharing.visitors.network import keyed_robot
from sharing.visitors.tiers import (
    ASK_AGAIN_SECONDS,
    CHECKS_OF_EVERYBODY,
    CHECKS_OF_NETWORK,
    TICKET_SECONDS,
)

DOMAINS: Final[dict[str, tuple[str, ...]]] = {
    "Googlebot": ("googlebot.com",),
    "bingbot": ("search.msn.com",),
    "Applebot": ("applebot.apple.com",),
    "Qwantbot": ("qwant.com",),
    "YandexBot": ("yandex.ru", "yandex.net", "yandex.com"),
    "SeznamBot": ("seznam.cz",),
}
MOST_CHARACTERS = 400


def claimed_name(user_agent: str) -> str | None:
    """Which of these somebody says to be."""
    said = user_agent[:MOST_CHARACTERS].lower()
    return next((name for name in DOMAINS if name.lower() in said), None)


def is_verified(name: str, address: str) -> bool:
    """Whether this address was found to belong to that crawler, today."""
    return memory.has_happened(f"robot:{keyed_robot(name, address)}")


def note_verified(name: str, address: str) -> None:
    """Remember that it does, under a keyed hash, until midnight at most."""
    memory.is_first(f"robot:{keyed_robot(name, address)}")


def may_check(name: str, address: str, network: str) -> bool:
    """Whether to look now. Anybody can say a name; neither our jobs nor the servers of others
    are for them to keep busy.
    """
    return (
        memory.is_first(f"robot-asked:{keyed_robot(name, address)}", ASK_AGAIN_SECONDS)
        and memory.spend(f"robot-checks:{network}", CHECKS_OF_NETWORK)
        and memory.spend("robot-checks", CHECKS_OF_EVERYBODY)
    )


def keep_for_check(name: str, address: str) -> str:
    """Put an address where a worker finds it, for some minutes. Answers the ticket for it."""
    ticket = secrets.token_urlsafe(16)
    memory.kept(f"robot-ticket:{ticket}", f"{name} {address}".encode(), TICKET_SECONDS)
    return ticket


def kept_for_check(ticket: str) -> tuple[str, str] | None:
    """The name and the address behind a ticket, if they are still there."""
    found = memory.found(f"robot-ticket:{ticket}")
    if found is None:
        return None
    name, _, address = found.decode().partition(" ")
    return (name, address) if name in DOMAINS else None


def forget_ticket(ticket: str) -> None:
    """The address is not needed any more."""
    memory.forget(f"robot-ticket:{ticket}")
