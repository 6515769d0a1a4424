"""``/what-we-keep``: every place and every kind of record, as the registries have them just now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_noop, ngettext
from django.views.decorators.http import require_safe

from pocketvault.kernel.custody import CONSENT, CONTRACT, INTERESTS, LEGAL_DUTY, custodians
from pocketvault.kernel.reservation import NO_TRAINING
from pocketvault.kernel.stores import StoreSpec, stores

CATEGORIES = {
    "user.content.private": gettext_noop("encrypted photos and texts"),
    "user.content.public": gettext_noop("what you show to everyone"),
    "user.contact.email": gettext_noop("your address"),
    "user.contact": gettext_noop("addresses that a law asks to be given"),
    "user.authorization": gettext_noop("keys and proofs, sealed"),
    "user.behavior": gettext_noop("times and counts of use"),
    "user.device": gettext_noop("your devices"),
    "user.social": gettext_noop("who knows whom"),
    "user.name": gettext_noop("a name that you typed"),
    "user.unique_id": gettext_noop("random numbers"),
    "system.operations": gettext_noop("nothing about a person"),
}
REASONS = {
    CONTRACT: gettext_noop("to do what you signed up for"),
    CONSENT: gettext_noop("because you agreed"),
    LEGAL_DUTY: gettext_noop("because the law asks us to"),
    INTERESTS: gettext_noop("to keep the service safe"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A store in words."""

    title: str
    holds: str
    removal: str
    lag: str
    look: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of record in words."""

    title: str
    categories: str
    until: str
    reason: str
    article: str
    is_yours: bool


@require_safe
def show_map(request: HttpRequest) -> HttpResponse:
    """Answer what is kept here, where, why, until when, and how it is made sure that it goes."""
    kinds = list(_kinds())
    context = {
        "places": [_place(spec) for spec in sorted(stores(), key=_rank)],
        "yours": [each for each in kinds if each.is_yours],
        "others": [each for each in kinds if not each.is_yours],
    }
    response = render(request, "what-we-keep.html", context)
    response["Cache-Control"] = "no-cache"
    response["X-Robots-Tag"] = NO_TRAINING
    return response


def _rank(spec: StoreSpec) -> int:
    """First what has to be empty, then what looks back, then what holds nothing of a photo."""
    return 2 if spec.why_not else int(spec.looks_back)


def _place(spec: StoreSpec) -> Place:
    return Place(
        title=gettext(spec.title), holds=gettext(spec.holds), removal=gettext(spec.removal),
        lag=lag_words(spec.lag), look=_look_words(spec),
    )  # fmt: skip


def _look_words(spec: StoreSpec) -> str:
    if spec.looks_back:
        return gettext("Waited for before the last receipt.")
    if spec.remaining is not None:
        return gettext("Looked into before the first receipt, and again before the last.")
    return gettext(spec.why_not)


def lag_words(lag: timedelta) -> str:
    """The longest time from a deletion to its absence, in words."""
    if not lag:
        return gettext("at once")
    if lag < timedelta(hours=1):
        minutes = lag // timedelta(minutes=1)
        return ngettext("within a minute", "within %(n)s minutes", minutes) % {"n": minutes}
    return ngettext("within a day", "within %(n)s days", lag.days) % {"n": lag.days}


def _kinds() -> Iterator[Kind]:
    for custodian in reversed(custodians()):
        for keeping in custodian.keeps:
            name = apps.get_model(custodian.app_label, keeping.model)._meta.verbose_name
            yield Kind(
                title=gettext(capfirst(str(name))),
                categories=", ".join(gettext(CATEGORIES[each]) for each in keeping.categories),
                until=gettext(keeping.retention),
                reason=gettext(REASONS[keeping.legal_basis]),
                article=keeping.legal_basis,
                is_yours=keeping.owner_path is not None,
            )
