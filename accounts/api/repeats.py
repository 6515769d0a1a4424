"""``Idempotency-Key``: a request that is sent again is answered again, and not done again.

After the IETF's draft of that name. Only answers to something that was done are kept: a
refusal changed nothing, so the same key may try again once its reason is gone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.utils.crypto import salted_hmac
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from accounts.actions.repeating import (
    Answer,
    Claim,
    KeyedRequest,
    claim_key,
    keep_answer,
    release_key,
)
from accounts.api.base import AccountView
from accounts.digests import digest_of
from accounts.errors import WrongKeyError

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
# What an answer says in its headers beside what every answer says.
KEPT_HEADERS = ("Location", "Upload-Offset", "Upload-Expires")
_KEY = re.compile(r'(?P<quote>"?)(?P<key>[!#-\[\]-~]{1,128})(?P=quote)', re.ASCII)
PARAMETER = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    required=False,
    description="The same key with the same request is answered as the first time for 24 hours.",
)

Keep = Callable[[Response], None]
V = TypeVar("V", bound=AccountView)


def once(handler: Callable[..., Response]) -> Callable[..., Response]:
    """Let a view's method honour the key. What it does and its answer commit together.

    For methods that take JSON; their refusals must not need to write anything.
    """

    @wraps(handler)
    def answer(view: AccountView, request: Request, **names: Any) -> Response:
        def do(keep: Keep) -> Response:
            with transaction.atomic():
                response = handler(view, request, **names)
                keep(response)
            return response

        if HEADER not in request.headers:
            return handler(view, request, **names)
        return answer_once(view, request, do, about=request.data)

    return keyed(answer)


def keyed(handler: Callable[..., Response]) -> Callable[..., Response]:
    """Say of a view's method that it honours the key, as those do that ask `answer_once`."""
    handler.is_keyed = True  # type: ignore[attr-defined]
    described: Callable[..., Response] = extend_schema(parameters=[PARAMETER])(handler)
    return described


def answer_once(
    view: AccountView, request: Request, do: Callable[[Keep], Response], *, about: object
) -> Response:
    """Do it, or answer as before. ``do`` calls what it is given with its answer, inside the
    transaction that does the work; ``about`` is what a repeat must have in common.
    """
    claimed = _claim(view, request, about)
    if claimed is None:
        return do(lambda _: None)
    if isinstance(claimed, Answer):
        headers = {**claimed.headers, REPLAYED: "true"}
        return Response(claimed.body, status=claimed.status, headers=headers)
    try:
        return do(lambda response: keep_answer(claimed, _answer_of(response)))
    except BaseException:
        release_key(claimed)
        raise


def _claim(view: AccountView, request: Request, about: object) -> Claim | Answer | None:
    text = request.headers.get(HEADER)
    if text is None:
        return None
    found = _KEY.fullmatch(text)
    if found is None:
        raise WrongKeyError
    subjects = [value for value in view.kwargs.values() if isinstance(value, UUID)]
    return claim_key(
        KeyedRequest(
            account=view.account,
            key_digest=digest_of(found["key"]),
            request_digest=_digest_of_request(request, about),
            subject_id=subjects[0] if subjects else None,
        )
    )


def _digest_of_request(request: Request, about: object) -> bytes:
    """32 bytes of a keyed hash: of method, address and content, whatever the order of members."""
    content = json.dumps(about, sort_keys=True, separators=(",", ":"))
    said = f"{request.method} {request.get_full_path()}\n{content}"
    return salted_hmac("accounts.repeats", said, algorithm="sha256").digest()


def _answer_of(response: Response) -> Answer:
    headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    # As the renderer would write it, so that the repeat is the same to the last byte.
    body = json.loads(json.dumps(response.data, cls=JSONEncoder))
    return Answer(status=response.status_code, body=body, headers=headers)
