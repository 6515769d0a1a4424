"""One notice in the shapes that receivers take: a letter, XARF, Cloudflare's body, a copy sheet."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

import orjson
from django.conf import settings
from django.utils import timezone

from rights.letters.paper import pdf_of
from rights.letters.writing import Letter
from rights.models import Takedown
from rights.takedown import writing
from rights.takedown.actions.moving import paper_of
from rights.takedown.actions.sending import number_of, receiver_of
from rights.takedown.lumen import lumen_of
from rights.takedown.telling import urls_of

XARF_VERSION = "4.2.0"
# Cloudflare's own limits (github.com/cloudflare/cloudflare-python, abuse_report_create_params).
MOST_URLS, MOST_WORDS, MOST_NAME, MOST_WORK = 250, 5000, 60, 255


@dataclass(frozen=True, slots=True)
class File:
    """A file for the person or the desk to take away."""

    name: str
    media_type: str
    data: bytes


def letter_of(case: Takedown) -> Letter:
    """The notice to whoever is written to now."""
    contact = receiver_of(case)
    return writing.notice(
        paper_of(case), case.regime or "terms", urls_of(case), number=number_of(case),
        receiver=contact.name if contact else case.host,
        signed_at=case.signed_at or timezone.now(),
    )  # fmt: skip


def xarf_of(case: Takedown) -> list[dict[str, object]]:
    """One XARF 4.2 report for each address: the format has one address a report. Their ids are
    derived from the case's, so the same report is never two.
    """
    paper, letter = paper_of(case), letter_of(case)
    ours = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    their_mail = paper.email.partition("@")[2] or ours
    is_copyright = case.regime == "dmca"
    evidence = letter.text.encode()
    return [
        {
            "xarf_version": XARF_VERSION,
            "report_id": str(uuid5(NAMESPACE_URL, f"{case.pk}:{number}")),
            "timestamp": f"{case.reported_at:%Y-%m-%dT%H:%M:%SZ}",
            "reporter": {"org": paper.name[:200], "contact": paper.email, "domain": their_mail},
            "sender": {"org": "PocketVault", "contact": paper.email, "domain": ours},
            "source_identifier": case.host,
            "source_port": 443 if url.startswith("https") else 80,
            "category": "copyright",
            "type": "copyright",
            "infringing_url": url,
            "work_title": (paper.work or letter.subject)[:500],
            "rights_holder": paper.name[:200],
            "infringement_type": "direct_copy",
            "evidence_source": "user_report",
            "confidence": 1.0 if is_copyright else 0.9,
            "description": letter.subject[:1000],
            "evidence": [
                {
                    "content_type": "text/plain", "description": "The signed notice",
                    "payload": base64.b64encode(evidence).decode(), "size": len(evidence),
                    "hash": f"sha256:{_sha256(evidence)}",
                }
            ],
        }
        for number, url in enumerate(urls_of(case))
    ]  # fmt: skip


def cloudflare_of(case: Takedown) -> dict[str, object]:
    """The body of ``POST /accounts/{account}/abuse-reports/{act}``. Who sends it needs an account
    there with leave to; the sheet and the form do without.
    """
    paper, letter = paper_of(case), letter_of(case)
    body: dict[str, object] = {
        "act": {"dmca": "abuse_dmca", "tida": "abuse_ncsei"}.get(case.regime, "abuse_general"),
        "agree": 1, "email": paper.email, "email2": paper.email, "name": paper.name[:255],
        "urls": "\n".join(urls_of(case)[:MOST_URLS]), "justification": letter.text[:MOST_WORDS],
        "host_notification": "send", "owner_notification": "send", "ncmec_notification": "none",
    }  # fmt: skip
    if case.regime == "dmca":
        body |= {
            "signature": paper.name[:255], "agent_name": paper.name[:MOST_NAME],
            "original_work": paper.work[:MOST_WORK], "address1": paper.address[:100],
            "tele": paper.phone[:20],
        }  # fmt: skip
    if case.regime == "tida":
        body["ncsei_subject_representation"] = True
    return body


def sheet_of(case: Takedown) -> str:
    """What to copy into a web form, field by field, in the order in which most forms ask."""
    paper, letter = paper_of(case), letter_of(case)
    fields = (
        ("Your name", paper.name), ("E-mail", paper.email), ("Address", paper.address),
        ("Telephone", paper.phone), ("Addresses of the copies", "\n".join(urls_of(case))),
        ("Your work", paper.work), ("Why", paper.reasons or paper.not_consensual),
        ("Statements", "\n".join(writing.statements(case.regime or "terms"))),
        ("Signature", paper.signature), ("The whole notice", letter.text),
    )  # fmt: skip
    return "\n\n".join(f"== {name}\n{value}" for name, value in fields if value) + "\n"


def lumen_file_of(case: Takedown) -> dict[str, object]:
    """For Lumen, redacted. Raises `NotForLumenError` unless the person chose it."""
    contact = receiver_of(case)
    receiver = contact.name if contact else case.host
    return lumen_of(case, paper_of(case), urls_of(case), receiver=receiver)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _json(document: object) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)


FORMATS: dict[str, tuple[str, Callable[[Takedown], bytes]]] = {
    "letter.txt": ("text/plain; charset=utf-8", lambda case: letter_of(case).text.encode()),
    "letter.pdf": ("application/pdf", lambda case: pdf_of(letter_of(case))),
    "xarf.json": ("application/json", lambda case: _json(xarf_of(case))),
    "cloudflare.json": ("application/json", lambda case: _json(cloudflare_of(case))),
    "lumen.json": ("application/json", lambda case: _json(lumen_file_of(case))),
    "sheet.txt": ("text/plain; charset=utf-8", lambda case: sheet_of(case).encode()),
}


def file_of(case: Takedown, name: str) -> File | None:
    """The notice in one of its shapes, or None for a name that is none."""
    found = FORMATS.get(name)
    if found is None:
        return None
    return File(f"{number_of(case)}-{name}", found[0], found[1](case))
