"""The address of each case at which answers of hosts are taken in, and what a mail to it proves.

The address has a token in it that nobody can guess, and that stands in our notices alone. So a
mail there is about that case; who wrote it is another question. A sender is verified only where
the operator names the server that checks incoming mail (``REPLIES_AUTHSERV_ID``), that server's
own topmost result (RFC 8601) says that DMARC passed for the domain of the sender, and the domain
is one that we wrote to. Anything else may be forged, and is shown so.
"""

from __future__ import annotations

import re
from email import message_from_bytes
from email.message import Message

from django.conf import settings
from django.utils.crypto import get_random_string

from rights.models import Takedown

TOKEN_LETTERS = 26
_SIGNS = "abcdefghijklmnopqrstuvwxyz234567"
# Where mail servers say for whom a mail is. Bcc reaches us by the first two alone.
_FOR = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")
_MOST_HEADERS, _MOST_LETTERS = 50, 8000
_DMARC = re.compile(r"\bdmarc\s*=\s*pass\b[^;]*?\bheader\.from\s*=\s*([a-z0-9.-]+)")


def reply_address(case: Takedown) -> str:
    """Where answers to the letters of a case go; empty where no mailbox takes them in. Gives the
    locked case its token with the first letter.
    """
    if not settings.REPLIES_ADDRESS or settings.REQUESTS_MAILBOX is None:
        return ""
    if case.reply_token is None:
        case.reply_token = get_random_string(TOKEN_LETTERS, _SIGNS)
        Takedown.objects.filter(pk=case.pk).update(reply_token=case.reply_token)
    name, _, host = settings.REPLIES_ADDRESS.partition("@")
    return f"{name}+{case.reply_token}@{host}"


def case_of_mail(raw: bytes) -> Takedown | None:
    """The case to whose address a mail was sent, if any. The mail was judged to be readable."""
    if not settings.REPLIES_ADDRESS:
        return None
    name, _, host = settings.REPLIES_ADDRESS.lower().partition("@")
    wanted = re.compile(
        rf"(?<![a-z0-9.+_-]){re.escape(name)}\+([{_SIGNS}]{{{TOKEN_LETTERS}}})@{re.escape(host)}"
        r"(?![a-z0-9.-])"
    )
    mail = message_from_bytes(raw)
    lines = [line for each in _FOR for line in _lines(mail, each)]
    tokens = {token for line in lines for token in wanted.findall(line)}
    found = list(Takedown.objects.filter(reply_token__in=tokens)[:2]) if tokens else []
    return found[0] if len(found) == 1 else None


def is_verified(case: Takedown, raw: bytes, sender: str) -> bool:
    """Whether the mail comes from whom it says, and that is somebody we wrote to."""
    checker = settings.REPLIES_AUTHSERV_ID.lower()
    results = _lines(message_from_bytes(raw), "Authentication-Results")
    if not checker or not results:
        return False
    # The topmost is the last one written: our own server's, or nobody's that we believe.
    by, _, said = results[0].partition(";")
    passed = _DMARC.search(said)
    domain = sender.rpartition("@")[2].lower()
    if by.split()[:1] != [checker] or passed is None or passed[1].rstrip(".") != domain:
        return False
    emails = case.contacts.exclude(email="").values_list("email", flat=True)
    return domain in {each.rpartition("@")[2].lower() for each in emails}


def _lines(mail: Message, name: str) -> list[str]:
    found = mail.get_all(name, [])[:_MOST_HEADERS]
    return [" ".join(str(each)[:_MOST_LETTERS].split()).lower() for each in found]
