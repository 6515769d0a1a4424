"""Whom to write to at hosts that say so in public. Only what was read in the cited place.

Read in stored copies of the pages on the date given; how old a copy was is not known, so the desk
checks an entry before it relies on it. Whoever is not here is looked for in public registers
(`rights.takedown.registers`). Every entry names the networks or names by which it is recognised.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop

from rights.models.takedown import TakedownLevel as Level

_READ_ON = "2026-11-27"

CAN_REMOVE = gettext_noop("It stores the copy, and can remove it.")
CAN_FORWARD = gettext_noop(
    "It stands before the real host: it cannot remove the copy, but passes the notice on and names "
    "the host."
)
CAN_HIDE = gettext_noop("It cannot remove the copy. It can stop showing the way to it.")
CAN_SUSPEND = gettext_noop("It can suspend the whole name, and does so rarely.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One receiver. ``names`` are names of sites it answers for, with everything below them;
    ``organisations`` are words by which registers call it, in lower case. ``regimes`` limits it
    to notices under these; empty means all.
    """

    name: str
    level: Level
    can_do: str
    source: str
    read_on: str = _READ_ON
    names: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    email: str = ""
    form_url: str = ""
    regimes: tuple[str, ...] = ()


ENTRIES: tuple[Entry, ...] = (
    Entry(
        name="Internet Archive, Copyright Agent",
        level=Level.HOST,
        can_do=CAN_REMOVE,
        names=("archive.org",),
        email="info@archive.org",
        source="https://help.archive.org/help/rights/",
    ),
    Entry(
        name="DigitalOcean, Designated Agent",
        level=Level.HOST,
        can_do=CAN_REMOVE,
        organisations=("digitalocean",),
        email="dmca@digitalocean.com",
        regimes=("dmca",),
        source="https://www.digitalocean.com/legal/dmca-copyright-policy/",
    ),
    Entry(
        name="Hetzner, abuse form",
        level=Level.HOST,
        can_do=CAN_REMOVE,
        organisations=("hetzner",),
        form_url="https://abuse.hetzner.com",
        source="https://www.hetzner.com/legal/digital-services-act/",
    ),
    Entry(
        name="OVHcloud, Trust & Safety",
        level=Level.HOST,
        can_do=CAN_REMOVE,
        organisations=("ovh",),
        form_url="https://www.ovhcloud.com/fr-tn/abuse/",
        source="https://www.ovhcloud.com/fr-tn/abuse/terms-and-conditions",
    ),
    Entry(
        name="Cloudflare, abuse form",
        level=Level.CDN,
        can_do=CAN_FORWARD,
        organisations=("cloudflare",),
        form_url="https://www.cloudflare.com/en-in/abuse/",
        source="https://www.cloudflare.com/en-in/abuse/",
    ),
    Entry(
        name="Google Search, personal content",
        level=Level.SEARCH,
        can_do=CAN_HIDE,
        organisations=("*",),
        form_url="https://support.google.com/websearch/answer/9673730",
        source="https://support.google.com/websearch/answer/9673730",
    ),
)


def entries_for(host: str, organisations: tuple[str, ...], regime: str) -> list[Entry]:
    """Those that answer for a host, by its name or by who runs its network."""
    return [
        entry
        for entry in ENTRIES
        if (not entry.regimes or not regime or regime in entry.regimes)
        and (_is_named(entry, host) or _is_run_by(entry, organisations))
    ]


def _is_named(entry: Entry, host: str) -> bool:
    return any(host == name or host.endswith(f".{name}") for name in entry.names)


def _is_run_by(entry: Entry, organisations: tuple[str, ...]) -> bool:
    said = " ".join(organisations).lower()
    return any(word == "*" or word in said for word in entry.organisations)
