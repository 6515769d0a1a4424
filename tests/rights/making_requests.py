"""Requests as they stand at the desk."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from accounts.models import Account
from rights.actions.case_journal import journaled
from rights.models import (
    DataRequest,
    IdentityLevel,
    RequestChannel,
    RequestKind,
    RequestRegime,
    RequestTag,
)
from rights.requests.actions.keeping import note
from rights.requests.actions.opening import confirm_by_letter, new_request
from rights.requests.writing import Asking

ZOE = "zoe@example.org"


@journaled()
def make_request(
    *, account: Account | None = None, identity: IdentityLevel | None = None,
    kind: RequestKind = RequestKind.ERASURE, regime: RequestRegime = RequestRegime.GDPR,
    channel: RequestChannel = RequestChannel.GUEST,
) -> DataRequest:  # fmt: skip
    """An open one, as the desk finds it: of somebody signed in, or whose address is proved."""
    if identity is None:
        identity = IdentityLevel.EMAIL if account is None else IdentityLevel.ACCOUNT
    request = new_request(kind, regime, channel, identity)
    request.account_id = None if account is None else account.pk
    email = ZOE if account is None else account.email
    asking = Asking(email=email, name="Zoë", text="Please erase it.", language="en-gb")
    request.seal(asking.to_json()).save(force_insert=True)
    note(request, RequestTag.RECEIVED)
    if identity >= IdentityLevel.EMAIL:
        confirm_by_letter(request)
    return request


def make_case() -> dict[str, Mapping[str, UUID]]:
    """One of each page of the desk: the name of its address, and what that names."""
    request = make_request()
    letter = request.letters.get()
    return {
        "requests": {}, "request-rules": {}, "request-record-csv": {}, "request-record-pdf": {},
        "request": {"request_id": request.pk},
        "request-letter": {"request_id": request.pk, "letter_id": letter.pk},
    }  # fmt: skip
