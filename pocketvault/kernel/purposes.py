"""Why image bytes or personal data may be touched. Deny by default.

Every task and every view that reaches image bytes names one of these. A use that is
not declared does not import; training, sale and marketing have no entry, and
`Purpose` refuses to be made for them. Names of uses follow fideslang.
"""

from __future__ import annotations

from dataclasses import dataclass

FORBIDDEN_USES = ("train_ai_system", "third_party_sharing", "marketing", "personalize")


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """One declared reason.

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
        if any(word in self.use for word in FORBIDDEN_USES):
            raise ValueError(f"{self.name}: no data here is used for {self.use}")
        if self.name in _registry:
            raise ValueError(f"{self.name} is already declared")
        _registry[self.name] = self


_registry: dict[str, Purpose] = {}


def all_purposes() -> list[Purpose]:
    """Everything this service does with personal data, in order of declaration."""
    return list(_registry.values())


_CIPHERTEXT = ("user.content.private",)
_CONTRACT = "6(1)(b)"

STORE_IMAGES = Purpose(
    name="store_images",
    title="Keep your encrypted photos and hand them back to you",
    use="essential.service.operations",
    categories=_CIPHERTEXT,
    legal_basis=_CONTRACT,
    retention="until you delete them",
)
SHARE_IMAGES = Purpose(
    name="share_images",
    title="Show shared photos to the people you chose",
    use="essential.service.operations",
    categories=_CIPHERTEXT,
    legal_basis=_CONTRACT,
    retention="until you stop sharing them",
)
PUBLISH_IMAGES = Purpose(
    name="publish_images",
    title="Show the photos you publish to everyone",
    use="essential.service.operations",
    categories=("user.content.public",),
    legal_basis=_CONTRACT,
    retention="until you withdraw them",
)
VERIFY_IMAGES = Purpose(
    name="verify_images",
    title="Check that stored bytes have not changed",
    use="essential.service.operations",
    categories=_CIPHERTEXT,
    legal_basis=_CONTRACT,
    retention="only the result is kept, as long as the photo",
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
    title="Remove what you deleted from every store",
    use="essential.service.operations",
    categories=_CIPHERTEXT,
    legal_basis=_CONTRACT,
    retention="a number that names nothing stays as proof",
)
KEEP_KEYS_FRESH = Purpose(
    name="keep_keys_fresh",
    title="Re-seal wrapped keys so that old copies become unreadable",
    use="essential.service.security",
    categories=("user.authorization",),
    legal_basis=_CONTRACT,
    retention="old epoch keys are destroyed 22 days after they were made",
)
SECURE_ACCOUNT = Purpose(
    name="secure_account",
    title="Sign you in and keep others out",
    use="essential.service.authentication",
    categories=("user.contact.email", "user.authorization", "user.device"),
    legal_basis=_CONTRACT,
    retention="as long as the account; security events for 12 months",
)
SEND_NOTICES = Purpose(
    name="send_notices",
    title="Send you mail about your account",
    use="essential.service.notifications.email",
    categories=("user.contact.email",),
    legal_basis=_CONTRACT,
    retention="until the mail is delivered",
)
SEND_DIGESTS = Purpose(
    name="send_digests",
    title="Tell you by mail how much others added to albums you share",
    use="essential.service.notifications.email",
    categories=("user.contact.email", "user.behavior"),
    legal_basis="6(1)(a)",
    retention="until you turn it off; no mail is kept",
    essential=False,
)
CONNECT_PEOPLE = Purpose(
    name="connect_people",
    title="Let you and the people you choose find each other's keys",
    use="essential.service.operations",
    categories=("user.contact.email", "user.unique_id"),
    legal_basis=_CONTRACT,
    retention="invitations for 30 days; contacts and groups until you end them",
)
PROVE_DEEDS = Purpose(
    name="prove_deeds",
    title="Give you receipts that hold against us, and keep the public log behind them",
    use="essential.service.operations",
    categories=("user.unique_id",),
    legal_basis=_CONTRACT,
    retention="a receipt until you took it, at most 90 days; the log names nobody",
)
RUN_SERVICE = Purpose(
    name="run_service",
    title="Keep the service itself in order",
    use="essential.service.operations",
    categories=("system.operations",),
    legal_basis=_CONTRACT,
    retention="no personal data is involved",
)
