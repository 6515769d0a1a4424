"""Somebody's vault with one of everything in it, and those who knock on its doors.

Of two of them alice knows: a recipient is let into her shared album, where they may bring
photos and download; a former one was.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import cached_property

from django.utils import timezone
from rest_framework.response import Response
from rest_framework.test import APIClient

from accounts.actions import resume_keys, sessions
from accounts.actions.signing_up import SignUpOffer, request_sign_up
from accounts.digests import digest_of
from accounts.kdf import Kdf, salt_for
from accounts.models import (
    Account,
    AccountSession,
    Passkey,
    Role,
    SignUp,
    Wraps,
)
from images.actions.albums import AlbumDraft, ItemDraft, add_items, create_album
from images.actions.storing import ImageDraft, PartDraft, commit_image
from images.actions.uploading import create_upload
from images.models import Album, Image, PartName, Upload
from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.ids import uuid7
from rights.actions.archives import ask_for_archive
from rights.actions.issuing import keep_log
from rights.actions.packing import pack_archive
from rights.actions.receipts import owe_receipt
from rights.legal.transparency import half_year_of
from rights.models import (
    Archive,
    Closing,
    Consent,
    DataRequest,
    Incident,
    LegalOrder,
    OrderDocument,
    Receipt,
    ReceiptKind,
    ReportCase,
    RequestLetter,
    Takedown,
)
from sharing.actions.collecting import take_link_room
from sharing.actions.contacts import InvitationDraft, invite
from sharing.actions.found_copies import ask_about_copy
from sharing.actions.recovery_setups import SetupDraft
from sharing.models import (
    CollectLink,
    Comment,
    ContactInvitation,
    Drop,
    FoundCopy,
    Grant,
    Group,
    Profile,
    Publication,
    RecoveryRequest,
    RecoveryShare,
    ShareLink,
)
from tests import factories
from tests.images import making
from tests.rights import (
    agreeing,
    making_incidents,
    making_legal,
    making_reports,
    making_requests,
    making_takedown,
)
from tests.sharing import publicity, recovering, signing_albums, signing_groups
from tests.sharing.linking import (
    body_of_link,
    bring,
    drop_body,
    guest_of,
    make_collect_link,
    uploaded,
    visitor_of,
)
from tests.sharing.signing_albums import Json, Person, person

ANONYMOUS, MALLORY, OWNER, STAFF, RECIPIENT, FORMER = PERSONAS = (
    "anonymous", "mallory", "owner", "staff", "recipient", "former",
)  # fmt: skip
# Without an account: with a visit under way, with one whose link was revoked, with a guest's.
VISITOR, FORMER_VISITOR, GUEST = VISITORS = ("visitor", "former visitor", "guest")
EMAILS = {
    MALLORY: "mallory@example.org",
    OWNER: "alice@example.org",
    STAFF: "grace@example.org",
    RECIPIENT: "rita@example.org",
    FORMER: "fred@example.org",
}


class Scene:
    """Alice's vault, and ``persona`` in front of it. Things are made when first asked for."""

    def __init__(self, persona: str) -> None:
        self.persona = persona
        self.alice = factories.make_account(EMAILS[OWNER])
        match persona:
            case "anonymous" | "visitor" | "former visitor" | "guest":
                self.caller: Account | None = None
            case "owner":
                self.caller = self.alice
            case _:
                roles = (Role.DPO,) if persona == STAFF else ()
                self.caller = factories.make_account(EMAILS[persona], roles=roles)

    @cached_property
    def client(self) -> APIClient:
        """The caller's app. It stepped up, so that nothing but ownership is in the way."""
        if self.persona in VISITORS:
            return self.visit()
        if self.caller is None:
            return APIClient(enforce_csrf_checks=False)
        opened = factories.open_session(self.caller, step_up_until=sessions.fresh_step_up())
        if self.persona == OWNER:
            resume_keys.keep_resume_key(opened.session, secrets.token_bytes(32))
        return factories.with_token(opened)

    @cached_property
    def browser(self) -> APIClient:
        """The caller's browser. Whoever calls, a password alone would not let them in."""
        if self.caller is None:
            return APIClient(enforce_csrf_checks=False)
        factories.add_passkey(self.caller)
        return factories.browser_of(self.caller)

    @property
    def email(self) -> str:
        """Of the caller; of alice for somebody who is nobody."""
        return (self.caller or self.alice).email

    @cached_property
    def draft(self) -> ImageDraft:
        return making.draft(self.alice, b"o" * 400, thumbnail=b"t" * 40)

    @cached_property
    def image(self) -> Image:
        image_id = uuid7()
        commit_image(image_id, self.draft, actor=self.alice)
        return Image.objects.get(pk=image_id)

    @cached_property
    def new_thumbnail(self) -> PartDraft:
        return making.part(self.alice, PartName.THUMBNAIL, b"n" * 44)

    @cached_property
    def album_draft(self) -> AlbumDraft:
        return AlbumDraft(
            wrapped_album_key=factories.wrapped_key(), settings=making.sealed_record()
        )

    @cached_property
    def album(self) -> Album:
        album_id = uuid7()
        create_album(album_id, self.album_draft, actor=self.alice)
        album = Album.objects.get(pk=album_id)
        item = ItemDraft(
            image_id=self.image.pk, version=1, wrapped_content_key=factories.wrapped_key()
        )
        add_items(album, [item], actor=self.alice)
        return album

    @cached_property
    def archive(self) -> Archive:
        """Everything of alice's in one file, ready to be taken."""
        assert self.image
        asked = ask_for_archive(actor=self.alice)
        pack_archive(asked.pk)
        return Archive.objects.get(pk=asked.pk)

    @cached_property
    def owner(self) -> Person:
        """Alice, who signs what happens to her album."""
        return person(self.alice)

    @cached_property
    def recipient(self) -> Person:
        """Somebody she lets in: the caller, where that is who they are."""
        if self.persona == RECIPIENT:
            return self.signer
        return person(factories.make_account(EMAILS[RECIPIENT]))

    @cached_property
    def signer(self) -> Person:
        """Who signs what the caller brings; alice for somebody who is nobody."""
        return person(self.caller) if self.caller not in (None, self.alice) else self.owner

    @cached_property
    def beginning(self) -> Json:
        return signing_albums.begin_body(self.owner, self.private.pk)

    @cached_property
    def private(self) -> Album:
        """The shared album before it was one."""
        return signing_albums.private_album(self.owner)

    @cached_property
    def shared_album(self) -> Album:
        """An album of alice's with a photo, that the recipient may open, and the former no more."""
        album, app = self.private, self.owner.app
        path = f"{signing_albums.API}/{album.pk}"
        assert app.put(path, self.beginning, format="json").status_code == 201
        assert signing_albums.add(self.owner, album, [self.image]).status_code == 200
        about = {"role": "contributor", "can_download": True}
        signing_albums.know(self.owner, self.recipient)
        self.grant_id = signing_albums.give(self.owner, album, self.recipient, **about)
        if self.persona == FORMER:
            signing_albums.know(self.owner, self.signer)
            former = signing_albums.give(self.owner, album, self.signer, **about)
            ended = signing_albums.act(self.owner, album, f"grants/{former}/revoke")
            assert ended.status_code == 200
        album.refresh_from_db()
        return album

    @cached_property
    def grant(self) -> Grant:
        assert self.shared_album
        return Grant.objects.get(pk=self.grant_id)

    @cached_property
    def comment(self) -> Comment:
        """What the caller wrote, if they are in the album; else what alice did."""
        author = self.signer if self.persona == RECIPIENT else self.owner
        comment_id, said = uuid7(), {"generation": 2, "sealed": text(making.sealed_record())}
        path = f"{signing_albums.API}/{self.shared_album.pk}/comments/{comment_id}"
        assert author.app.put(path, said, format="json").status_code == 204
        return Comment.objects.get(pk=comment_id)

    @cached_property
    def clean_copy(self) -> Json:
        """The body that gave the image its clean copy."""
        body = signing_albums.clean_body(self.owner)
        path = f"/api/v1/images/{self.image.pk}/versions/1/clean"
        assert self.owner.app.put(path, body, format="json").status_code == 201
        return body

    @cached_property
    def upload(self) -> Upload:
        if self.persona != GUEST:
            return create_upload(100, actor=self.alice, about="")
        link = self.collect_link
        return create_upload(
            100, actor=self.alice, guest_id=link.pk, note=lambda _: take_link_room(link, 100)
        )

    @cached_property
    def device(self) -> AccountSession:
        return factories.open_session(self.alice).session

    @cached_property
    def passkey(self) -> Passkey:
        return factories.add_passkey(self.alice)

    @cached_property
    def account(self) -> Account:
        """Somebody alice knows."""
        bob = factories.make_account("bob@example.org")
        signing_groups.become_contacts(self.alice, bob)
        return bob

    @cached_property
    def group(self) -> Group:
        return signing_groups.make_group(self.alice, self.account)

    @cached_property
    def invitation_draft(self) -> InvitationDraft:
        return InvitationDraft(email="eve@example.org", intent=making.sealed_record())

    @cached_property
    def invitation(self) -> ContactInvitation:
        invitation_id = uuid7()
        invite(invitation_id, self.invitation_draft, actor=self.alice)
        return ContactInvitation.objects.get(pk=invitation_id)

    @cached_property
    def received(self) -> ContactInvitation:
        """What somebody asks alice."""
        invitation_id, dora = uuid7(), factories.make_account("dora@example.org")
        asks = InvitationDraft(email=self.alice.email, intent=making.sealed_record())
        invite(invitation_id, asks, actor=dora)
        return ContactInvitation.objects.get(pk=invitation_id)

    @cached_property
    def sign_up(self) -> SignUp:
        email = "newcomer@example.org"
        return request_sign_up(
            SignUpOffer(
                email=email,
                account_id=uuid7(),
                auth_key=factories.auth_key_of(email),
                kdf=Kdf(salt=salt_for(email)),
                wraps=Wraps(
                    password=factories.wrapped_key(),
                    recovery=factories.wrapped_key(),
                    identity_seed=factories.wrapped_key(),
                    exchange_seed=factories.wrapped_key(),
                    recovery_proof=digest_of(b"phrase"),
                ),
                identity_public_key=secrets.token_bytes(32),
                exchange_public_key=secrets.token_bytes(1216),
            )
        )

    def link_body(self) -> Json:
        signed = signing_albums.entry(self.owner, self.shared_album.pk)
        return body_of_link(PROOF, signed, generation=2)

    @cached_property
    def link(self) -> ShareLink:
        link_id, album_id = uuid7(), self.shared_album.pk
        path = f"{signing_albums.API}/{album_id}/links/{link_id}"
        made = self.owner.app.put(path, self.link_body(), format="json")
        assert made.status_code == 201, made.content
        return ShareLink.objects.get(pk=link_id)

    @cached_property
    def closing(self) -> Closing:
        now = timezone.now()
        made = Closing(
            account_id=self.alice.pk, secret_digest=bytes(32), asked_at=now, starts_at=now
        )
        made.seal(b"").save(force_insert=True)
        return made

    @cached_property
    def collect_link(self) -> CollectLink:
        return make_collect_link(self.alice, PROOF)

    @cached_property
    def drop_body(self) -> Json:
        guest = guest_of(self.collect_link, PROOF)
        parts = {"original": uploaded(guest, b"d" * 30), "thumbnail": uploaded(guest, b"t" * 30)}
        return drop_body(**parts)

    @cached_property
    def drop(self) -> Drop:
        drop_id = uuid7()
        bring(guest_of(self.collect_link, PROOF), self.drop_body, drop_id)
        return Drop.objects.get(pk=drop_id)

    @cached_property
    def setup(self) -> SetupDraft:
        """Those who can give alice's vault back."""
        draft = recovering.draft_for(recovering.befriended(self.alice))
        recovering.set_up(self.alice, draft)
        return draft

    @cached_property
    def recovery_request(self) -> RecoveryRequest:
        """A request for alice's vault that stands."""
        assert self.setup
        return recovering.asked(self.alice)

    @cached_property
    def share(self) -> RecoveryShare:
        """What alice holds for dora, whose vault is asked for."""
        dora = factories.make_account("dora-who-trusts@example.org")
        recovering.set_up(dora, recovering.draft_for(recovering.befriended(dora, self.alice)))
        self.asked_of_alice = recovering.asked(dora)
        return RecoveryShare.objects.get(contact=self.alice, setup=dora.pk)

    @cached_property
    def profile(self) -> Profile:
        """What alice shows of herself."""
        publicity.open_profile(self.owner)
        return Profile.objects.get(pk=self.alice.pk)

    @cached_property
    def copy(self) -> publicity.Copy:
        return publicity.Copy(image=self.image)

    @cached_property
    def publication(self) -> Publication:
        """A photo of alice's that everyone can see."""
        assert self.profile
        return publicity.as_live(publicity.publish(self.owner, self.copy))

    @cached_property
    def found_copy(self) -> FoundCopy:
        """A copy that alice asked about."""
        return ask_about_copy(b"no picture", actor=self.alice)

    @cached_property
    def traced_copy(self) -> FoundCopy:
        """One that the caller asked about at the desk; alice, where that is nobody."""
        return ask_about_copy(b"no picture", actor=self.caller or self.alice, sees_all=True)

    @cached_property
    def report_case(self) -> ReportCase:
        """A photo of alice's that was withheld because somebody says that it is theirs."""
        return making_reports.withheld(self.publication)

    @cached_property
    def incident(self) -> Incident:
        """Something that went wrong."""
        return making_incidents.opened()

    @cached_property
    def consent_body(self) -> Json:
        """What alice signed: that something may be made of her photo."""
        return agreeing.signed(self.owner, agreeing.record(self.owner, [self.image.pk]))

    @cached_property
    def consent(self) -> Consent:
        return agreeing.given(self.owner, self.consent_body)

    @cached_property
    def takedown(self) -> Takedown:
        """A case of alice's."""
        return making_takedown.reported(self.alice)

    @cached_property
    def case(self) -> Takedown:
        """The same, as the desk calls it."""
        return self.takedown

    @cached_property
    def request(self) -> DataRequest:
        """What alice asked the desk."""
        return making_requests.make_request(account=self.alice)

    @cached_property
    def letter(self) -> RequestLetter:
        """That it came."""
        return self.request.letters.get()

    @cached_property
    def order(self) -> LegalOrder:
        """What an authority ordered about alice."""
        return making_legal.order_about(self.alice)

    @cached_property
    def document(self) -> OrderDocument:
        """The paper it came on."""
        return self.order.documents.get()

    @cached_property
    def receipt(self) -> Receipt:
        """A receipt of alice's that she can take."""
        owe_receipt(
            ReceiptKind.DELETED_ACTIVE, account_id=self.alice.pk, about=uuid7(),
            facts={"images": []},
        )  # fmt: skip
        keep_log()
        return Receipt.objects.get(account_id=self.alice.pk)

    def visit(self) -> APIClient:
        """A client with what the persona was let in with."""
        if self.persona == GUEST:
            return guest_of(self.collect_link, PROOF)
        visitor = visitor_of(self.link, PROOF)
        if self.persona == FORMER_VISITOR:
            ShareLink.objects.filter(pk=self.link.pk).update(ended_at=timezone.now())
        return visitor

    def alices(self, name: str) -> str:
        """What alice has, by the name of a parameter in a route."""
        if name in PLAIN_PARAMETERS:
            return PLAIN_PARAMETERS[name]
        thing = {"session_id": "device", "object_id": "alice"}.get(name, name.removesuffix("_id"))
        return str(getattr(self, thing).pk)


PROOF = b"p" * 32
# Parameters that name nobody's things.
PLAIN_PARAMETERS = {
    "number": "1", "name": "thumbnail", "clean_name": "clean-thumbnail", "month": "2026-11",
    "section": "security", "size": "320", "kind": "webp", "tile": "entries/000.p/1",
    "profile_name": "alice-photos", "format_name": "letter.txt",
    "manifest_sha256": "0" * 64,
    "half_year": half_year_of(timezone.now().date()), "token": "a-link-that-nobody-was-sent",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """What a request brings along."""

    json: object = None
    raw: bytes | None = None
    headers: dict[str, str] | None = None
    by_browser: bool = False


def knock(scene: Scene, method: str, path: str, payload: Payload) -> Response:
    """Send it as the scene's persona."""
    headers = payload.headers or {}
    if payload.by_browser:
        return scene.browser.generic(method, path, headers=headers)
    if payload.raw is not None:
        return scene.client.generic(
            method, path, payload.raw, content_type="application/offset+octet-stream",
            headers=headers,
        )
    return scene.client.generic(
        method, path, *scene.client._encode_data(payload.json, "json"), headers=headers
    )


def text(raw: bytes) -> str:
    """Bytes as the protocol spells them."""
    return to_base64url(raw)
