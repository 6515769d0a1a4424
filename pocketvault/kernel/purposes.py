"""Why image bytes or personal data may be touched. Deny by default.

Every task and every view that reaches image bytes names one of these. A use that is
not declared does not import; training, sale and marketing have no entry, `Purpose` refuses to
be made for them, and wherever a purpose is stored the database refuses them too
(`forbid_uses`). Names of uses follow fideslang.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, TypeVar
from uuid import UUID, uuid5

from django.apps import apps
from django.db.models import BaseConstraint, CheckConstraint, Q
from django.utils.translation import gettext_noop

View = TypeVar("View", bound=Callable[..., Any])

FORBIDDEN_USES = ("train_ai_system", "third_party_sharing", "marketing", "personalize")
# Any spelling of them, for a database that knows no registry: a row with one of these in its
# purpose is refused whoever writes it.
FORBIDDEN_WORDS = ("train", "third_party", "market", "personali", "advert", "sale", "sell", "sold")
# Names purposes where only ids are kept, as in the audit trail. Never changed: ids are stored.
_NAMESPACE = UUID("6f2d7c1e-52d4-5a0b-9d0c-3b1f4f0a7e55")


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """One declared reason. ``title`` and ``retention`` are read by people, in English here.

    ``use`` and ``categories`` are fideslang keys; ``legal_basis`` is an article of the
    GDPR; ``retention`` says in words when the data goes; ``essential`` purposes cannot be
    objected to because the service is nothing without them.
    """

    name: str
    title: str
    use: str
    categories: tuple[str, ...]
    legal_basis: str
    retention: str
    essential: bool = True

    def __post_init__(self) -> None:
        if any(word in self.use for word in (*FORBIDDEN_USES, *FORBIDDEN_WORDS)):
            raise ValueError(f"{self.name}: no data here is used for {self.use}")
        if any(word in self.name for word in FORBIDDEN_WORDS):
            raise ValueError(f"{self.name}: that name could not be stored")
        if self.name in _registry:
            raise ValueError(f"{self.name} is already declared")
        _registry[self.name] = self

    @property
    def id(self) -> UUID:
        """The same for one name on every machine."""
        return uuid5(_NAMESPACE, self.name)


_registry: dict[str, Purpose] = {}


def all_purposes() -> list[Purpose]:
    """Everything this service does with personal data, in order of declaration."""
    return list(_registry.values())


def purpose_named(name: str) -> Purpose | None:
    """The purpose of a name, if there is one."""
    return _registry.get(name)


def touches_for(purpose: Purpose) -> Callable[[View], View]:
    """Declare why a view that is a function touches stored bytes; a class says ``purpose``."""

    def declare(view: View) -> View:
        view.purpose = purpose  # type: ignore[attr-defined]
        return view

    return declare


def forbid_uses(name: str, field: str = "purpose") -> CheckConstraint:
    """A constraint by which the database refuses rows about training, sale and marketing."""
    words = [Q(**{f"{field}__icontains": word}) for word in FORBIDDEN_WORDS]
    return CheckConstraint(condition=~reduce(or_, words), name=name)


def tables_that_refuse_uses() -> dict[str, str]:
    """Each table in which purposes are stored, and the name of the constraint of `forbid_uses`."""
    found = {}
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if _forbids(constraint):
                found[model._meta.db_table] = constraint.name
    return found


def _forbids(constraint: BaseConstraint) -> bool:
    said = str(getattr(constraint, "condition", ""))
    return isinstance(constraint, CheckConstraint) and all(word in said for word in FORBIDDEN_WORDS)


_CIPHERTEXT = ("user.content.private",)
_CONTRACT = "6(1)(b)"

STORE_IMAGES = Purpose(
    name="store_images",
    title=gettext_noop("Keep your encrypted photos and hand them back to you"),
    use="essential.service.operations",
    categories=_CIPHERTEXT,
    legal_basis=_CONTRACT,
    retention=gettext_noop("until you delete them"),
)
SHARE_IMAGES = Purpose(
    name="share_images",
    title=gettext_noop("Show shared photos to the people you chose"),
    use="essential.service.operations",
    categories=_CIPHERTEXT,
    legal_basis=_CONTRACT,
    retention=gettext_noop("until you stop sharing them"),
)
PUBLISH_IMAGES = Purpose(
    name="publish_images",
    title=gettext_noop("Show the photos you publish to everyone"),
    use="essential.service.operations",
    categories=("user.content.public",),
    legal_basis=_CONTRACT,
    retention=gettext_noop("until you withdraw them"),
)
VERIFY_IMAGES = Purpose(
    name="verify_images",
    title=gettext_noop("Check that stored bytes have not changed"),
    use="essential.service.operations",
    categories=_CIPHERTEXT,
    legal_basis=_CONTRACT,
    retention=gettext_noop("only the result is kept, as long as the photo"),
)
SCRUB_IMAGES = Purpose(
    name="scrub_images",
    title=gettext_noop("Read stored bytes again every month, to find what a disk has changed"),
    use="essential.service.operations",
    categories=_CIPHERTEXT,
    legal_basis=_CONTRACT,
    retention=gettext_noop("the last day of it, as long as the photo"),
)
SHOW_TOUCHES = Purpose(
    name="show_touches",
    title=gettext_noop("Show you who came to your photos, by class and day"),
    use="essential.service.security",
    categories=("user.behavior",),
    legal_basis="6(1)(c)",
    retention=gettext_noop("a year, and no longer than the photo"),
)
PACK_ARCHIVES = Purpose(
    name="pack_archives",
    title="Pack everything you keep here into one file for you",
    use="essential.service.operations",
    categories=_CIPHERTEXT,
    legal_basis="6(1)(c)",
    retention="seven days, or until you delete a photo that is in it",
)
DELETE_IMAGES = Purpose(
    name="delete_images",
    title=gettext_noop("Remove what you deleted from every store"),
    use="essential.service.operations",
    categories=_CIPHERTEXT,
    legal_basis=_CONTRACT,
    retention=gettext_noop("a number that names nothing stays as proof"),
)
KEEP_KEYS_FRESH = Purpose(
    name="keep_keys_fresh",
    title=gettext_noop("Re-seal wrapped keys so that old copies become unreadable"),
    use="essential.service.security",
    categories=("user.authorization",),
    legal_basis=_CONTRACT,
    retention=gettext_noop("old epoch keys are destroyed 22 days after they were made"),
)
KEEP_BACKUPS = Purpose(
    name="keep_backups",
    title="Keep encrypted copies of the database in case a disk fails",
    use="essential.service.operations",
    categories=("user.content.private", "user.contact.email", "user.authorization"),
    legal_basis=_CONTRACT,
    retention="each copy opens for 22 days at most and is removed within 29",
)
SECURE_ACCOUNT = Purpose(
    name="secure_account",
    title=gettext_noop("Sign you in and keep others out"),
    use="essential.service.authentication",
    categories=("user.contact.email", "user.authorization", "user.device"),
    legal_basis=_CONTRACT,
    retention=gettext_noop("as long as the account; security events for 12 months"),
)
SEND_NOTICES = Purpose(
    name="send_notices",
    title=gettext_noop("Send you mail about your account"),
    use="essential.service.notifications.email",
    categories=("user.contact.email",),
    legal_basis=_CONTRACT,
    retention=gettext_noop("until the mail is delivered"),
)
DECIDE_REPORTS = Purpose(
    name="decide_reports",
    title="Look at what others report about photos you show to everyone",
    use="essential.legal_obligation",
    categories=("user.content.public", "user.contact.email"),
    legal_basis="6(1)(c)",
    retention="reports for 12 months after they were settled; decisions as long as the account",
)
WAKE_DEVICES = Purpose(
    name="wake_devices",
    title=gettext_noop("Wake an app that asked for it, through the push service it named"),
    use="essential.service.notifications",
    categories=("user.device",),
    legal_basis=_CONTRACT,
    retention=gettext_noop("until the app stops asking, or is signed out"),
)
SEND_DIGESTS = Purpose(
    name="send_digests",
    title=gettext_noop("Tell you by mail how much others added to albums you share"),
    use="essential.service.notifications.email",
    categories=("user.contact.email", "user.behavior"),
    legal_basis="6(1)(a)",
    retention=gettext_noop("until you turn it off; no mail is kept"),
    essential=False,
)
CONNECT_PEOPLE = Purpose(
    name="connect_people",
    title=gettext_noop("Let you and the people you choose find each other's keys"),
    use="essential.service.operations",
    categories=("user.contact.email", "user.unique_id"),
    legal_basis=_CONTRACT,
    retention=gettext_noop("invitations for 30 days; contacts and groups until you end them"),
)
PROVE_DEEDS = Purpose(
    name="prove_deeds",
    title="Give you receipts that hold against us, and keep the public log behind them",
    use="essential.service.operations",
    categories=("user.unique_id",),
    legal_basis=_CONTRACT,
    retention="a receipt until you took it, at most 90 days; the log names nobody",
)
ANSWER_REQUESTS = Purpose(
    name="answer_requests",
    title=gettext_noop("Answer what you ask us about your data, by the date the law sets"),
    use="essential.legal_obligation",
    categories=("user.name", "user.contact.email", "user.content.private"),
    legal_basis="6(1)(c)",
    retention=gettext_noop("three years after the answer, and no longer than the account"),
)
TAKE_DOWN_COPIES = Purpose(
    name="take_down_copies",
    title="Have copies of your pictures removed where others show them",
    use="essential.service.operations",
    categories=("user.name", "user.contact", "user.content.public"),
    legal_basis=_CONTRACT,
    retention="as long as the case, and three years after it closed",
)
ANSWER_ORDERS = Purpose(
    name="answer_orders",
    title=gettext_noop("Check orders of authorities, answer valid ones, and tell you of them"),
    use="essential.legal_obligation",
    categories=("user.contact.email", "user.unique_id"),
    legal_basis="6(1)(c)",
    retention=gettext_noop("six years after an order was closed"),
)
RUN_SERVICE = Purpose(
    name="run_service",
    title=gettext_noop("Keep the service itself in order"),
    use="essential.service.operations",
    categories=("system.operations",),
    legal_basis=_CONTRACT,
    retention=gettext_noop("no personal data is involved"),
)
