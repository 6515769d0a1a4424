"""What somebody may ask by article 15 of the GDPR, answered from the registries.

Purposes come from `pocketvault.kernel.purposes`, what is kept from each app's custodian, who gets
anything from the register of processors. So a model, a task or a company that is added is in the
answer the same day, and none can be forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import gettext, gettext_noop

from accounts.choices import choice_about
from accounts.models import Account, Preferences
from pocketvault.kernel.custody import custodians
from pocketvault.kernel.purposes import all_purposes
from rights.register import register

Document = dict[str, object]
# What is done about each right, and where it is done. The keys are articles of the GDPR.
RIGHTS = {
    "15": (gettext_noop("See everything we hold: this answer, and the export"), "/your-data"),
    "16": (gettext_noop("Correct what is wrong: your photos' data and your account"), "/photos"),
    "17": (gettext_noop("Erase photos, or everything with the account"), "/photos"),
    "18": (
        gettext_noop("Have its use restricted while something is disputed"), "/your-data/requests",
    ),
    "20": (gettext_noop("Take it with you, in formats that others read"), "/your-data"),
    "21": (gettext_noop("Object to what is not essential"), "/your-data/choices"),
    "7(3)": (gettext_noop("Withdraw a consent"), "/your-data/consents"),
}
SOURCES = (
    gettext_noop("You and your devices: everything you upload, and when."),
    gettext_noop("Somebody who invites you or shares with you: your e-mail address, or your id."),
    gettext_noop("Guests of your links: the photos they bring you, encrypted for you."),
)
COMPLAINT = gettext_noop(
    "You may complain to the data protection authority where you live, work, or where you think "
    "that something went wrong."
)
NO_DECISIONS = gettext_noop(
    "No decision about you is made by a machine alone, and no profile of you is made."
)
SHARED_BY_YOU = gettext_noop("People, groups and links you chose, and everyone, if you publish.")


def about(account: Account) -> Document:
    """Paragraphs (a) to (h) of article 15(1), and (2). Some queries, however much there is."""
    preferences = Preferences.objects.filter(pk=account.pk).first() or Preferences()
    entries = register()
    working = [each for each in _entries(entries) if each["state"] in ("active", "announced")]
    return {
        "account_id": account.pk,
        "controller": settings.PUBLIC_URL,
        "purposes": [shown(purpose.name, preferences) for purpose in all_purposes()],
        "kept": list(_kept()),
        "recipients": {
            "processors": working,
            "chosen_by_you": gettext(SHARED_BY_YOU),
            "countries": sorted({str(each["country"]) for each in working}),
        },
        "rights": [
            {"article": article, "what": gettext(what), "where": f"{settings.PUBLIC_URL}{where}"}
            for article, (what, where) in RIGHTS.items()
        ],
        "complaint": gettext(COMPLAINT),
        "sources": [gettext(each) for each in SOURCES],
        "automated_decisions": {"exist": False, "explanation": gettext(NO_DECISIONS)},
    }


def shown(purpose_name: str, preferences: Preferences) -> Document:
    """A purpose in the reader's language, and whether it is on for them."""
    [purpose] = [each for each in all_purposes() if each.name == purpose_name]
    choice = choice_about(purpose.name)
    return {
        "name": purpose.name,
        "title": gettext(purpose.title),
        "use": purpose.use,
        "categories": list(purpose.categories),
        "legal_basis": purpose.legal_basis,
        "retention": gettext(purpose.retention),
        "is_essential": purpose.essential,
        "is_on": purpose.essential if choice is None else choice.is_on(preferences),
    }


def _kept() -> Iterable[Document]:
    """What every app keeps about a person. What is about nobody is left out."""
    for custodian in custodians():
        for keeping in custodian.keeps:
            if keeping.owner_path is not None:
                yield {
                    "what": f"{custodian.app_label}.{keeping.model}",
                    "categories": list(keeping.categories),
                    "retention": keeping.retention,
                }


def _entries(found: Document) -> list[Document]:
    entries = found["processors"]
    return entries if isinstance(entries, list) else []
