"""The letters of a request: which template, and what is filled in. Nothing is sent here."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext, override

from pocketvault.kernel.languages import long_day
from rights.letters.writing import Letter, write_letter
from rights.models import DataRequest, IdentityLevel, RequestRegime
from rights.requests.grounds import REMEDIES, Ground
from rights.requests.regimes import MAY_ASK, Rule, rule_of

MOST_TEXT = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What somebody wrote: how to reach them, and what they want."""

    email: str
    name: str
    text: str
    language: str

    @classmethod
    def of(cls, request: DataRequest) -> Asking:
        """What is sealed in a request; empty where it was let go."""
        found = json.loads(request.open() or b"{}")
        known = {name: found.get(name, "") for name in ("email", "name", "text")}
        return cls(**known, language=found.get("language") or settings.LANGUAGE_CODE)

    def to_json(self) -> bytes:
        """As it is sealed."""
        return json.dumps(
            {"email": self.email, "name": self.name, "text": self.text, "language": self.language}
        ).encode()


def rule_for(request: DataRequest) -> Rule:
    """The rule a request is answered by."""
    rule = rule_of(request.regime, request.kind)
    assert rule is not None, "no request is kept whose law has no such right"
    return rule


def write_received(request: DataRequest) -> Letter:
    """That it came, and by when it will be answered."""
    return _write("request-received", request)


def write_identity(request: DataRequest, text: str) -> Letter:
    """What more is needed to know who asks."""
    needed = MAY_ASK[IdentityLevel(request.identity)]
    return _write("request-identity", request, text=text, needed=needed)


def write_extension(request: DataRequest, reason: str, until: datetime) -> Letter:
    """Why it takes longer, and until when."""
    return _write("request-extended", request, reason=reason, until=until)


def write_answer(request: DataRequest, text: str) -> Letter:
    """The answer itself."""
    return _write("request-answer", request, text=text)


def write_refusal(request: DataRequest, ground: Ground, text: str) -> Letter:
    """On which ground it is refused, why, and what the person can do about it."""
    return _write("request-refused", request, ground=ground, text=text)


def write_closing(request: DataRequest, reason: str) -> Letter:
    """That nothing more will come, and why."""
    return _write("request-closed", request, reason=reason)


def paragraphs_of(text: str) -> list[str]:
    """What somebody wrote into a box, by its blank lines."""
    parts = text.replace("\r\n", "\n").split("\n\n")
    return [" ".join(part.split()) for part in parts if part.strip()]


def day(moment: datetime) -> str:
    """A date as people read it, in the language that is spoken now."""
    return long_day(moment)


def _write(name: str, request: DataRequest, **more: object) -> Letter:
    asking, rule = Asking.of(request), rule_for(request)
    with override(asking.language):
        values = {
            "number": request.number,
            "name": asking.name,
            "right": gettext(rule.title),
            "article": rule.article,
            "is_gdpr": request.regime == RequestRegime.GDPR,
            "received": day(request.received_at),
            "due": day(request.due_at),
            "address": settings.PUBLIC_URL,
            "has_account": request.account_id is not None,
            "remedies": [gettext(each) for each in REMEDIES[RequestRegime(request.regime)]],
            **dict(_values(more.items())),
        }
        return write_letter(name, 1, values, language=asking.language)


def _values(more: Iterable[tuple[str, object]]) -> Iterable[tuple[str, object]]:
    """What a template can say: words in the person's language, dates as words."""
    for name, value in more:
        if isinstance(value, Ground):
            yield "ground", gettext(value.words)
            yield "ground_article", value.article
        elif isinstance(value, datetime):
            yield name, day(value)
        elif name == "text":
            yield name, paragraphs_of(str(value))
        else:
            yield name, gettext(str(value)) if name == "needed" else value
