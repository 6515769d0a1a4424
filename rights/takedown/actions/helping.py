"""Help for somebody without an account: nothing is fetched, and nobody is written to, before the
code that was mailed to them came back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import override

from accounts.actions.mailing import language_for, queue_mail
from accounts.digests import digest_of_code, is_same, new_mail_code
from accounts.errors import CodeExpiredError, TooManyTriesError, WrongCodeError
from pocketvault.kernel.languages import spoken_language
from rights.actions.case_journal import journaled
from rights.models import Takedown, TakedownAsk
from rights.takedown.actions.drafting import sign_in, state_in
from rights.takedown.actions.reporting import Report, open_case, sorted_by_host
from rights.takedown.actions.sending import number_of
from rights.takedown.asking import MOST_ADDRESSES, Asked
from rights.takedown.errors import BadAddressError, BadTakedownFormError
from rights.takedown.guest_links import link_to

CODE_LIFETIME = timedelta(hours=24)
MOST_TRIES = 5
# Nothing that looks like something else when it is read out.
_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def ask_for_help(asked: Asked, *, once: bytes) -> TakedownAsk:
    """Keep a complete form, and mail its code. The same form sent twice is one, and one mail.

    Raises `BadTakedownFormError` and `BadAddressError`.
    """
    known = TakedownAsk.objects.filter(once=once).first()
    if known is not None:
        return known
    if asked.lacks:
        raise BadTakedownFormError
    if len(asked.urls) > MOST_ADDRESSES:
        raise BadAddressError
    sorted_by_host(asked.urls)
    code, now = new_mail_code(), timezone.now()
    row = TakedownAsk(
        number=f"T-{now:%Y}-{get_random_string(6, _SIGNS)}", received_at=now, once=once,
        code_until=now + CODE_LIFETIME, language=spoken_language(),
    )  # fmt: skip
    row.code_digest = digest_of_code(code, belongs_to=row.pk)
    try:
        with journaled():
            row.seal(asked.to_json()).save(force_insert=True)
            email, number = asked.paper.email, row.number
            queue_mail("rights.takedown_code", email=email, code=code, number=number)
    except IntegrityError:  # the same form, at the same moment
        return TakedownAsk.objects.get(once=once)
    return row


def confirm_help(number: str, code: str) -> list[str]:
    """Open the cases of a form whose code came back; return their numbers, and none when that
    was done before.

    The try is counted outside any transaction, by one conditional UPDATE: a hundred guesses at
    once are still five. Raises `CodeExpiredError`, `TooManyTriesError` and `WrongCodeError`.
    """
    asks = TakedownAsk.objects.filter(number=number, code_until__gt=timezone.now())
    is_counted = asks.filter(code_tries__lt=MOST_TRIES).update(code_tries=F("code_tries") + 1)
    row = asks.first()
    if row is None:
        raise CodeExpiredError
    if not is_counted:
        raise TooManyTriesError
    if not is_same(row.code_digest, digest_of_code(code, belongs_to=row.pk)):
        raise WrongCodeError(tries_left=MOST_TRIES - row.code_tries)
    return _take_up(row.pk)


@journaled()
def _take_up(ask_id: UUID) -> list[str]:
    row = TakedownAsk.objects.select_for_update().filter(pk=ask_id, confirmed_at=None).first()
    if row is None:  # a second tap came first
        return []
    asked = Asked.from_json(row.open())
    row.confirmed_at = timezone.now()
    row.seal(b"").save(update_fields=["confirmed_at", "sealed", "epoch_number"])
    report = Report(urls=asked.urls)
    by_host = sorted_by_host(asked.urls)
    cases = [
        _sign(open_case(host, urls, report, None, language=row.language), asked)
        for host, urls in by_host.items()
    ]
    _tell_that_it_began(cases, asked.paper.email, row.language)
    return [number_of(each) for each in cases]


def _tell_that_it_began(cases: Sequence[Takedown], email: str, language: str) -> None:
    """With the link to the page of each."""
    lines = [f"{each.host} ({number_of(each)}):\n    {link_to(each)}" for each in cases]
    with override(language_for(email, language)):
        queue_mail("rights.takedown_open", email=email, cases="\n\n".join(lines))


def _sign(case: Takedown, asked: Asked) -> Takedown:
    """The name that was typed counts from now on: the code says whose it is, as far as we know."""
    stated = state_in(case, asked.regime, asked.paper, actor_id=None)
    return sign_in(stated, asked.paper.signature, actor=None)
