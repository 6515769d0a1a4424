"""Whom to write to at hosts that say so in public. Only what was read in the cited place.

Read in stored copies of the pages on the date given; how old a copy was is not known, so the desk
checks an entry before it relies on it. Whoever is not here is looked for in public registers
(`rights.takedown.registers`). Every entry names the networks or names by which it is recognised.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop

from rights.models.takedown import TakedownLevel as Level

_READ_ON, _READ_LATER = "2026-11-27", "2026-11-28"

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
    to notices under these; empty means all. ``version`` is the day of the text that was read, where
    it is known.
    """

    name: str
    level: Level
    can_do: str
    source: str
    version: str = ""
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
        name="GitHub, DMCA Agent",
        level=Level.HOST,
        can_do=CAN_REMOVE,
        names=("github.com",),
        email="copyright@github.com",
        regimes=("dmca",),
        source="https://docs.github.com/en/site-policy/content-removal-policies/guide-to-submi"
        "tting-a-dmca-takedown-notice",
        read_on=_READ_LATER,
    ),
    Entry(
        name="Automattic (WordPress.com), Designated Agent",
        level=Level.HOST,
        can_do=CAN_REMOVE,
        names=("wordpress.com",),
        email="dmca@automattic.com",
        regimes=("dmca",),
        source="https://github.com/Automattic/legalmattic/blob/34dadf55222adcb2c45ec2525002d73"
        "4bc9474c0/DMCA/Site%20Pages/DMCA%20Takedown%20Notice.md",
        read_on=_READ_LATER,
    ),
    Entry(
        name="Reddit, Copyright Agent",
        level=Level.HOST,
        can_do=CAN_REMOVE,
        names=("reddit.com",),
        email="copyright@reddit.com",
        regimes=("dmca",),
        source="https://github.com/OpenTermsArchive/pga-versions/blob/e1708945/Reddit/Terms%20"
        "of%20Service.md",
        version="2026-07-02",
        read_on=_READ_LATER,
    ),
    Entry(
        name="Snap, Copyright Agent",
        level=Level.HOST,
        can_do=CAN_REMOVE,
        names=("snapchat.com",),
        email="copyright@snap.com",
        form_url="https://help.snapchat.com/hc/articles/7012332110996",
        regimes=("dmca",),
        source="https://github.com/OpenTermsArchive/pga-versions/blob/632fc8bf/Snapchat/Terms%"
        "20of%20Service.md",
        version="2026-08-06",
        read_on=_READ_LATER,
    ),
    Entry(
        name="Tumblr, Copyright Agent",
        level=Level.HOST,
        can_do=CAN_REMOVE,
        names=("tumblr.com",),
        email="dmca@tumblr.com",
        form_url="https://www.tumblr.com/dmca",
        regimes=("dmca",),
        source="https://github.com/OpenTermsArchive/pga-versions/blob/1a002691/Tumblr/Terms%20"
        "of%20Service.md",
        version="2026-06-29",
        read_on=_READ_LATER,
    ),
    Entry(
        name="TikTok, copyright form",
        level=Level.HOST,
        can_do=CAN_REMOVE,
        names=("tiktok.com",),
        form_url="https://www.tiktok.com/legal/report/Copyright",
        regimes=("dmca",),
        source="https://github.com/OpenTermsArchive/pga-versions/blob/88ee663a/TikTok/Copyrigh"
        "t%20Claims%20Policy.md",
        version="2025-10-02",
        read_on=_READ_LATER,
    ),
    Entry(
        name="X (Twitter), copyright form",
        level=Level.HOST,
        can_do=CAN_REMOVE,
        names=("twitter.com", "x.com"),
        form_url="https://help.twitter.com/forms/ipi",
        regimes=("dmca",),
        source="https://github.com/OpenTermsArchive/pga-versions/blob/e1776211/Twitter/Copyrig"
        "ht%20Claims%20Policy.md",
        version="2024-02-14",
        read_on=_READ_LATER,
    ),
    Entry(
        name="YouTube, copyright notice",
        level=Level.HOST,
        can_do=CAN_REMOVE,
        names=("youtube.com",),
        form_url="https://support.google.com/youtube/answer/2807622",
        regimes=("dmca",),
        source="https://github.com/OpenTermsArchive/pga-versions/blob/c4dbc1c6/YouTube/Terms%2"
        "0of%20Service.md",
        version="2025-10-03",
        read_on=_READ_LATER,
    ),
    Entry(
        name="Instagram, copyright form",
        level=Level.HOST,
        can_do=CAN_REMOVE,
        names=("instagram.com",),
        form_url="https://help.instagram.com/454951664593304",
        regimes=("dmca",),
        source="https://help.instagram.com/454951664593304",
        read_on=_READ_LATER,
    ),
    Entry(
        name="Pinterest, copyright page",
        level=Level.HOST,
        can_do=CAN_REMOVE,
        names=("pinterest.com",),
        form_url="https://help.pinterest.com/en/article/copyright",
        regimes=("dmca",),
        source="https://help.pinterest.com/en/article/copyright",
        read_on=_READ_LATER,
    ),
    Entry(
        name="Amazon Web Services, Trust & Safety",
        level=Level.HOST,
        can_do=CAN_REMOVE,
        organisations=("amazon",),
        email="trustandsafety@support.aws.com",
        source="https://www.repost.aws/articles/ARDaJQbZSdSdKpFjrFMNmgzQ/abuse-reporting-faqs",
        read_on=_READ_LATER,
    ),
    Entry(
        name="Linode, abuse form",
        level=Level.HOST,
        can_do=CAN_REMOVE,
        organisations=("linode",),
        form_url="https://www.linode.com/ja/legal-abuse",
        source="https://www.linode.com/ja/legal-abuse",
        read_on=_READ_LATER,
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


def serves(name: str, regime: str) -> bool:
    """Whether whoever has this name takes notices under these rules. Receivers are looked for
    before rules are chosen, and an agent for copyright passes over everything else.
    """
    limits = [entry.regimes for entry in ENTRIES if entry.name == name and entry.regimes]
    return all(regime in each for each in limits)


def _is_named(entry: Entry, host: str) -> bool:
    return any(host == name or host.endswith(f".{name}") for name in entry.names)


def _is_run_by(entry: Entry, organisations: tuple[str, ...]) -> bool:
    said = " ".join(organisations).lower()
    return any(word == "*" or word in said for word in entry.organisations)
