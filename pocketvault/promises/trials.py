"""Evidence that is found by trying, and by looking at how this service is set up right now.

As in `evidence`, every look-up costs the same however many photos are kept here.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.choices import CHOICES
from accounts.models import KeyBundle, Preferences
from images.models import ImagePart, PartName
from pocketvault.kernel import bundle
from pocketvault.kernel.headers import CONTENT_SECURITY_POLICY
from pocketvault.kernel.purposes import all_purposes, tables_that_refuse_uses
from pocketvault.machines import strangers
from pocketvault.promises.evidence import Evidence, State
from rights.log_reading import newest_checkpoint, release_entry
from rights.models import Archive
from sharing.models import LinkKeyWrap, Publication, PublicationState, ShareLink
from sharing.publication_errors import BadStatementError
from sharing.publication_statements import Signer

NEWEST, NEWEST_LINKS = 20, 1_000
# An archive of a large library takes hours; one that takes longer than this is looked after.
ARCHIVES_TAKE = timedelta(days=1)
OK, REFUSED_FROM = 200, 400


def signed_words() -> Evidence:
    """Whether what stands beside public photos was signed by their owners."""
    newest = list(Publication.objects.filter(state=PublicationState.LIVE).order_by("-pk")[:NEWEST])
    if not newest:
        sentence = gettext_noop(
            "No photo is public here. What is said of a private one, only its owner can read."
        )
        return Evidence(State.SHOWN, sentence)
    owners = {each.owner_id for each in newest}
    keys = KeyBundle.objects.filter(pk__in=owners).values_list("pk", "identity_public_key")
    identities = {owner: bytes(key) for owner, key in keys}
    signed = sum(_is_signed(each, identities.get(each.owner_id, b"")) for each in newest)
    sentence = gettext_noop(
        "Of the newest %(all)s public photos, %(signed)s carry words about whose they are that"
        " their owner's key signed, checked just now."
    )
    state = State.SHOWN if signed == len(newest) else State.LATE
    return Evidence(state, sentence, {"all": len(newest), "signed": signed})


def _is_signed(publication: Publication, identity: bytes) -> bool:
    signer = Signer(publication.owner_id, identity)
    raw, signature = bytes(publication.statement), bytes(publication.signature)
    try:
        signer.read(raw, signature, publication_id=publication.pk)
    except BadStatementError:
        return False
    return True


def ways_in() -> Evidence:
    """What a stranger was answered about a private photo, and whether an ended link still opens."""
    answer = strangers.private_photo()
    newest = ShareLink.objects.order_by("-pk").values("pk")[:NEWEST_LINKS]
    is_left = LinkKeyWrap.objects.filter(link__in=newest, link__ended_at__isnull=False).exists()
    if is_left or (answer is not None and answer.status < REFUSED_FROM):
        sentence = gettext_noop("Something opens here that should not. We are looking into it.")
        return Evidence(State.LATE, sentence)
    if answer is None:
        sentence = gettext_noop(
            "No photo is kept here yet. Of the newest links, none that was ended has a key left."
        )
        return Evidence(State.SHOWN, sentence)
    sentence = gettext_noop(
        "A stranger asked for the newest private photo just now and was refused (%(status)s). Of"
        " the newest links, none that was ended has a key left."
    )
    return Evidence(State.SHOWN, sentence, {"status": answer.status})


def stated_code() -> Evidence:
    """Whether the code that browsers are given, which holds the keys, is in the public log."""
    checkpoint = newest_checkpoint()
    try:
        served = bundle.fingerprint()
    except FileNotFoundError:
        served = ""
    entry = release_entry(served, checkpoint.size) if served and checkpoint else None
    if entry is None:
        sentence = gettext_noop("The code that browsers are given is not in the public log yet.")
        return Evidence(State.LATE, sentence)
    sentence = gettext_noop(
        "The code that makes your keys is the one that the public log states in entry %(entry)s;"
        " its fingerprint begins with %(start)s."
    )
    return Evidence(State.SHOWN, sentence, {"entry": entry.index, "start": served[:12]})


def transfers() -> Evidence:
    """How anybody reaches this service."""
    if settings.IS_LOOPBACK:
        sentence = gettext_noop("This service is reached on its own machine only: nothing travels.")
        return Evidence(State.SHOWN, sentence)
    sentence = gettext_noop(
        "Plain connections are sent on to TLS, and browsers are told to ask for nothing else for"
        " %(days)s days."
    )
    is_held = settings.SECURE_SSL_REDIRECT and settings.SESSION_COOKIE_SECURE
    days = timedelta(seconds=settings.SECURE_HSTS_SECONDS).days
    return Evidence(State.SHOWN if is_held and days else State.LATE, sentence, {"days": days})


def clean_copies() -> Evidence:
    """Whether the newest public picture tells anything of a camera, a place or a time."""
    picture = strangers.picture_with_grant()
    if picture is None:
        sentence = gettext_noop(
            "No photo is public here. Whether a private one was stripped, only its owner can see:"
            " it is done before it is encrypted."
        )
        return Evidence(State.SHOWN, sentence)
    if picture.status == OK and strangers.is_clean(picture.body):
        sentence = gettext_noop(
            "The newest public picture was fetched just now, and nothing in it tells of a camera,"
            " a place or a time."
        )
        return Evidence(State.SHOWN, sentence)
    sentence = gettext_noop("The newest public picture could not be shown to be clean just now.")
    return Evidence(State.LATE, sentence)


def doors_for_programs() -> Evidence:
    """What a program gets that has a picture's address, and no permission to look."""
    picture = strangers.picture_without_grant()
    if picture is None:
        return Evidence(State.SHOWN, gettext_noop("No photo is public here, so none can be taken."))
    state = State.SHOWN if picture.status >= REFUSED_FROM else State.LATE
    sentence = gettext_noop(
        "A program that had the address of the newest public picture asked for it just now, and"
        " was answered %(status)s."
    )
    return Evidence(state, sentence, {"status": picture.status})


def marks() -> Evidence:
    """Whether public photos whose owners want a mark carry one."""
    wanted = Publication.objects.filter(state=PublicationState.LIVE, is_watermarked=True)
    newest = list(wanted.select_related("watermark").order_by("-pk")[:NEWEST])
    if not newest:
        sentence = gettext_noop("No photo is public here whose owner wants a mark in it.")
        return Evidence(State.SHOWN, sentence)
    marked = sum(hasattr(each, "watermark") for each in newest)
    sentence = gettext_noop(
        "Of the newest %(all)s public photos whose owners want a mark, %(marked)s carry one."
    )
    state = State.SHOWN if marked == len(newest) else State.LATE
    return Evidence(state, sentence, {"all": len(newest), "marked": marked})


def no_sale() -> Evidence:
    """For what personal data may be used, and which other places a page may ask for anything."""
    refusing = tables_that_refuse_uses()
    with connection.cursor() as cursor:
        there = sum(
            name in connection.introspection.get_constraints(cursor, table)
            for table, name in refusing.items()
        )
    foreign = CONTENT_SECURITY_POLICY.count("://")
    figures: dict[str, object] = {
        "purposes": len(all_purposes()), "tables": there, "foreign": foreign,
    }  # fmt: skip
    sentence = gettext_noop(
        "Of %(purposes)s purposes here none is to sell or to advertise, and %(tables)s tables of"
        " the database refuse one. Other sites that a page may ask for anything: %(foreign)s."
    )
    is_held = there == len(refusing) and not foreign
    return Evidence(State.SHOWN if is_held else State.LATE, sentence, figures)


def archives() -> Evidence:
    """Whether somebody waits too long for an archive."""
    under_way = Archive.objects.all().under_way()
    oldest = under_way.aggregate(oldest=Min("asked_at"))["oldest"]
    figures: dict[str, object] = {"waiting": under_way.count()}
    if oldest is not None and timezone.now() - oldest > ARCHIVES_TAKE:
        figures["since"] = oldest
        sentence = gettext_noop(
            "Archives being packed: %(waiting)s, the oldest since %(since)s. In the browser"
            " everything can be taken along at once."
        )
        return Evidence(State.LATE, sentence, figures)
    sentence = gettext_noop(
        "Archives being packed: %(waiting)s, none for longer than a day. In the browser everything"
        " can be taken along at once."
    )
    return Evidence(State.SHOWN, sentence, figures)


def originals() -> Evidence:
    """How many originals would not come back as they came in."""
    damaged = ImagePart.objects.filter(is_damaged=True, name=PartName.ORIGINAL).count()
    sentence = gettext_noop(
        "Originals known not to come back byte for byte, because a disk changed them: %(damaged)s."
    )
    return Evidence(State.LATE if damaged else State.SHOWN, sentence, {"damaged": damaged})


def objections() -> Evidence:
    """What is on for somebody who never chose anything."""
    fresh = Preferences()
    optional = [each for each in all_purposes() if not each.essential]
    on = sum(choice.is_on(fresh) for choice in CHOICES)
    figures: dict[str, object] = {"optional": len(optional), "on": on}
    sentence = gettext_noop(
        "Uses that are not essential: %(optional)s. On for somebody who chose nothing: %(on)s."
    )
    return Evidence(State.LATE if on else State.SHOWN, sentence, figures)
