"""Writing to people. Requests only note that a mail is owed; a task composes and sends it.

So an answer takes as long for an address we know as for one we do not, and which of two
mails it gets is decided where nobody can measure it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.module_loading import import_string
from django.utils.translation import override

from accounts.actions.reset_links import make_reset_token
from accounts.models import Account, MailKind, OutgoingMail, Preferences
from accounts.models.outgoing_mail import KIND_LETTERS
from pocketvault.kernel.languages import spoken_language
from pocketvault.kernel.work import enqueue_on_commit

Context = dict[str, str]
# A kind that brings all its words with it, and no template.
LETTER = "letter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that goes with a letter. The worker that sends it makes it: ``made_by`` is the dotted
    name of a function of ours, from ``document`` to bytes.
    """

    name: str
    media_type: str
    made_by: str
    document: str


def queue_mail(kind: str, *, email: str, **context: str) -> None:
    """Owe one mail to a normalised address. The caller's transaction decides.

    It is written in the language that the person with that address chose, looked up when it
    is sent; to somebody without an account in the one that is spoken now.

    ``kind`` is a `MailKind`, or ``app.name`` of a layer above (at most 20 letters), whose
    template is ``app/mail/name.txt`` and is filled in with the context alone. Raises
    ``ValueError`` for a longer one, which SQLite alone would keep.
    """
    if len(kind) > KIND_LETTERS:
        raise ValueError(kind)
    document = {"email": email, "language": spoken_language(), "context": context}
    mail = OutgoingMail(kind=kind).seal(json.dumps(document).encode())
    mail.save(force_insert=True)
    enqueue_on_commit("accounts.send_mail", str(mail.pk))


def queue_letter(
    *, email: str, subject: str, text: str, html: str, files: tuple[Attachment, ...] = (),
    reply_to: str = "",
) -> None:
    """Owe one mail whose words are all here by now: what a layer above wrote for one person, and
    keeps a digest of. It is sealed as every mail is. The caller's transaction decides. Answers
    go to ``reply_to``, where one is given.
    """
    letter = {"subject": subject, "text": text, "html": html, "files": list(map(asdict, files)),
              "reply_to": reply_to}  # fmt: skip
    mail = OutgoingMail(kind=LETTER)
    mail.seal(json.dumps({"email": email, "letter": letter}).encode())
    mail.save(force_insert=True)
    enqueue_on_commit("accounts.send_mail", str(mail.pk))


def notify(account: Account, *, subject: str, happened: str) -> None:
    """Tell the owner about a change to their account, in one sentence."""
    queue_mail(MailKind.NOTICE, email=account.email, subject=subject, happened=happened)


def tell_of_delayed_deletion(account: Account, *, count: int, due_on: date) -> None:
    """Tell the owner that a deletion was asked for while their vault is shut."""
    day = due_on.isoformat()
    queue_mail(MailKind.DELETION_DELAYED, email=account.email, count=str(count), due_on=day)


def send_mail(mail_id: UUID) -> None:
    """Send one owed mail and forget it. Safe to repeat: whoever is killed between the two sends
    it twice, under one Message-ID.
    """
    mail = OutgoingMail.objects.filter(pk=mail_id).first()
    if mail is None:
        return
    content = json.loads(mail.open())
    letter: EmailMultiAlternatives | None
    if mail.kind == LETTER:
        letter = _letter(content["email"], content["letter"])
    else:
        with override(language_for(content["email"], content.get("language", ""))):
            letter = _compose(mail, content["email"], content["context"])
    if letter is not None:
        letter.extra_headers["Message-ID"] = _message_id(mail)
        letter.send()
    OutgoingMail.objects.filter(pk=mail_id).delete()


def language_for(email: str, written_in: str = "") -> str:
    """The language of whoever reads the mail of a normalised address: the one they chose, if they
    have an account; else ``written_in``, in which they wrote to us; else that of the service.

    Whoever words a letter does it in this one: what is spoken while it is worded is the language
    of a colleague, of a stranger, or of nobody.
    """
    chosen = Preferences.objects.filter(account__email=email).values_list("language", flat=True)
    return str(chosen.first() or written_in or settings.LANGUAGE_CODE)


def _message_id(mail: OutgoingMail) -> str:
    """The same at each try, so that whoever gets a mail twice can tell that it is one."""
    return f"<{mail.pk}@{urlsplit(settings.PUBLIC_URL).hostname}>"


def _letter(email: str, words: dict[str, Any]) -> EmailMultiAlternatives:
    letter = EmailMultiAlternatives(
        subject=words["subject"], body=words["text"], to=[email],
        reply_to=[words["reply_to"]] if words.get("reply_to") else None,
    )  # fmt: skip
    letter.attach_alternative(words["html"], "text/html")
    for each in words["files"]:
        data = import_string(each["made_by"])(each["document"])
        letter.attach(each["name"], data, each["media_type"])
    return letter


def _compose(mail: OutgoingMail, email: str, context: Context) -> EmailMultiAlternatives | None:
    """The letter, or None when this address is not to get one."""
    kind = mail.kind
    if kind == MailKind.SIGN_UP:
        if Account.objects.filter(email=email).exists():
            return compose("already_have_account", email, {})
        link = f"{settings.PUBLIC_URL}/confirm#{context['sign_up_id']}.{context['code']}"
        return compose(kind, email, {"code": context["code"], "link": link})
    if kind == MailKind.RESET:
        token = make_reset_token(email, asked_at=mail.created_at)
        # Behind the ``#``, where it reaches no server log and no referrer.
        link = f"{settings.PUBLIC_URL}/reset#{token}"
        return None if token is None else compose(kind, email, {"link": link})
    return compose(kind, email, context)


def compose(
    template: str, email: str, context: Mapping[str, object], *, has_html: bool = False
) -> EmailMultiAlternatives:
    """One letter to one address, in the language that is spoken now.

    The first line of ``app/mail/name.txt`` is the subject; the rest, after a blank line, is the
    text. With ``has_html`` the file beside it, ``name.html``, says the same.
    """
    values = {**context, "address": settings.PUBLIC_URL}
    app, _, name = template.rpartition(".")
    path = f"{app or 'accounts'}/mail/{name}"
    subject, _, body = render_to_string(f"{path}.txt", values).partition("\n")
    letter = EmailMultiAlternatives(subject=subject.strip(), body=body.lstrip("\n"), to=[email])
    if has_html:
        letter.attach_alternative(render_to_string(f"{path}.html", values), "text/html")
    return letter
