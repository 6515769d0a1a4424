"""Every door of the service and who gets in: by route and method, for each persona.

Four kinds: open to everybody; the caller's own, whoever calls; those that name something of
alice's, which only alice may find there; and those of an album that she shares, which its
recipients find too, and whoever was one no more.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from pocketvault.kernel.ids import uuid7
from tests import factories
from tests.accounts.push_services import enter_push_service
from tests.api import (
    album_bodies,
    choice_bodies,
    group_bodies,
    link_bodies,
    public_bodies,
    recovery_bodies,
    right_bodies,
    takedown_bodies,
)
from tests.api.scene import (
    ANONYMOUS,
    FORMER,
    FORMER_VISITOR,
    GUEST,
    MALLORY,
    OWNER,
    PERSONAS,
    PLAIN_PARAMETERS,
    RECIPIENT,
    STAFF,
    VISITOR,
    Payload,
    Scene,
    text,
)
from tests.images import making
from tests.rights import making_reports

Brings = Callable[[Scene], Payload]
TUS = {"Tus-Resumable": "1.0.0"}
WRONG_KEY = text(bytes(32))
NOBODY = str(UUID(int=0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """The status each persona is answered with, and what they bring."""

    expected: dict[str, int]
    brings: Brings
    # A PUT under a new id makes something, so an unknown id is no mistake there.
    makes: bool = False

    def status_for(self, persona: str) -> int:
        """Whoever is not named is nobody."""
        return self.expected.get(persona, self.expected[ANONYMOUS])


def nothing(scene: Scene) -> Payload:
    return Payload()


def brings_json(**body: object) -> Brings:
    return lambda scene: Payload(json=body)


def everybodys(status: int, brings: Brings = nothing) -> Door:
    """Open: the same for all."""
    return Door(expected=dict.fromkeys(PERSONAS, status), brings=brings)


def ones_own(status: int, brings: Brings = nothing) -> Door:
    """For whoever is signed in, about themselves."""
    return Door(expected={**dict.fromkeys(PERSONAS, status), ANONYMOUS: 401}, brings=brings)


def alices(status: int, brings: Brings = nothing, *, makes: bool = False) -> Door:
    """Alice's. For everybody else there is nothing here."""
    expected = {**dict.fromkeys(PERSONAS, 404), ANONYMOUS: 401, OWNER: status}
    return Door(expected=expected, brings=brings, makes=makes)


def asked_of_alice(status: int, others: int, brings: Brings) -> Door:
    """About what alice has, named in the body."""
    expected = {**dict.fromkeys(PERSONAS, others), ANONYMOUS: 401, OWNER: status}
    return Door(expected=expected, brings=brings)


def shared(status: int, recipients: int, brings: Brings = nothing) -> Door:
    """Of an album that alice shares. To a former recipient it is what never was."""
    expected = {
        ANONYMOUS: 401, MALLORY: 404, STAFF: 404, FORMER: 404, OWNER: status,
        RECIPIENT: recipients,
    }  # fmt: skip
    return Door(expected=expected, brings=brings)


def while_it_stands(status: int, brings: Brings = nothing) -> Door:
    """Open to everybody until the link is revoked."""
    expected = {**dict.fromkeys(PERSONAS, status), FORMER_VISITOR: 410}
    return Door(expected=expected, brings=brings)


def visitors(status: int, brings: Brings = nothing) -> Door:
    """For whoever opened a link, as long as it stands."""
    expected = {**dict.fromkeys(PERSONAS, 401), VISITOR: status, FORMER_VISITOR: 410}
    return Door(expected=expected, brings=brings)


def guests(status: int, brings: Brings = nothing) -> Door:
    """For whoever opened a collect link."""
    return Door(expected={**dict.fromkeys(PERSONAS, 401), GUEST: status}, brings=brings)


def by_browser(scene: Scene) -> Payload:
    return Payload(by_browser=True)


def staffs() -> Door:
    """For those who work here, in a browser. For everybody else there is no such address."""
    expected = {**dict.fromkeys(PERSONAS, 404), STAFF: 200}
    return Door(expected=expected, brings=by_browser)


def proof(scene: Scene) -> Payload:
    return Payload(json={"auth_key": text(factories.auth_key_of(scene.email))})


def phrase_proof(scene: Scene) -> Payload:
    return Payload(json={"recovery_auth_key": text(factories.recovery_auth_key_of(scene.email))})


def push_address(scene: Scene) -> Payload:
    enter_push_service("push.example.org")
    return Payload(json={"endpoint": "https://push.example.org/device"})


def new_password(scene: Scene) -> Payload:
    kdf = scene.client.post("/api/v1/auth/parameters", {"email": scene.email}, format="json")
    body = {
        "auth_key": WRONG_KEY,
        "kdf": kdf.json(),
        "wrapped_account_key": text(factories.wrapped_key()),
        "generation": 1,
    }
    return Payload(json=body)


def new_phrase(scene: Scene) -> Payload:
    body = {
        "recovery_auth_key": WRONG_KEY,
        "wrapped_account_key": text(factories.wrapped_key()),
        "generation": 1,
    }
    return Payload(json=body)


def commit(scene: Scene) -> Payload:
    return Payload(json=making.commit_body(scene.draft))


def thumbnail(scene: Scene) -> Payload:
    return Payload(json=making.part_body(scene.new_thumbnail))


def album(scene: Scene) -> Payload:
    draft = scene.album_draft
    settings = {"number": 1, "sealed": text(draft.settings)}
    key = text(draft.wrapped_album_key)
    return Payload(json={"wrapped_album_key": key, "generation": 1, "settings": settings})


def album_settings(scene: Scene) -> Payload:
    return Payload(json={"settings": {"number": 2, "sealed": text(making.sealed_record())}})


def album_items(scene: Scene) -> Payload:
    item = {
        "image_id": str(scene.image.pk),
        "version": 1,
        "wrapped_content_key": text(factories.wrapped_key()),
    }
    return Payload(json={"items": [item]})


def album_removals(scene: Scene) -> Payload:
    return Payload(json={"image_ids": [str(scene.image.pk)]})


def marks(scene: Scene) -> Payload:
    return Payload(json={"number": 1, "marks": text(making.sealed_record())})


def corrections(scene: Scene) -> Payload:
    return Payload(json={"revision": 1, "corrections": text(making.sealed_record())})


def batch(scene: Scene) -> Payload:
    return Payload(json={"operations": [{"op": "purge", "id": str(scene.image.pk)}]})


def announcement(scene: Scene) -> Payload:
    return Payload(raw=b"", headers={**TUS, "Upload-Length": "0"})


def first_bytes(scene: Scene) -> Payload:
    digest = base64.b64encode(bytes.fromhex(SHA1_OF_ABC)).decode("ascii")
    headers = {**TUS, "Upload-Offset": "0", "Upload-Checksum": f"sha1 {digest}"}
    return Payload(raw=b"abc", headers=headers)


def tus_only(scene: Scene) -> Payload:
    return Payload(raw=b"", headers=TUS)


SHA1_OF_ABC = "a9993e364706816aba3e25717850c26c9cd0d89d"
ABOUT_ALICE = {"email": "alice@example.org", "device_name": "Phone", "session": "token"}
PAGE = everybodys(200)
PAGES = (
    "", "sign-in", "sign-up", "confirm", "recover", "recover/contacts", "stop-recovery", "reset",
    "unsubscribe", "closing", "what-we-keep", "offline", "other-code", "terms", "privacy", "verify",
    "processors", "privacy/<int:number>", "privacy/<int:number>.txt", "request", "request/confirm",
    "takedown", "takedown/confirm",
    "reports-log", "reports-log.json",
    "photos", "photos/<uuid:image_id>", "albums", "albums/<uuid:album_id>", "favourites",
    "archive", "bin", "search", "duplicates", "people", "people/groups/<uuid:group_id>", "profile",
    "shared/<uuid:album_id>", "sharing",
    "settings", "settings/<slug:section>", "your-data", "your-data/<slug:section>",
    "l/<uuid:link_id>", "c/<uuid:link_id>", "visit/<slug:profile_name>",
    "service-worker.js", "open-archive.html", "healthz", "readyz", "promises", "promises.json",
    "drills", "drills.json", "transparency", "canary", "canary.json",
    "no-training", "no-training.json", "robots.txt", ".well-known/tdmrep.json",
    ".well-known/gpc.json",
)

DESK = (
    "", "kernel/job/", "kernel/epochkey/", "accounts/account/", "accounts/auditevent/",
    "accounts/account/<uuid:object_id>/", "images/image/", "images/album/", "images/storageuse/",
    "images/tombstone/", "images/discardedblob/", "sharing/profile/", "sharing/publication/",
    "sharing/publicreport/", "traces/", "traces/<uuid:traced_copy_id>/",
)
# Only for those who have a role there: to staff without one they are nowhere, too.
DESK_BY_ROLE = (
    "requests/", "requests/rules/", "requests/record.csv", "requests/record.pdf",
    "requests/<uuid:request_id>/", "requests/<uuid:request_id>/letters/<uuid:letter_id>/",
    "takedowns/", "takedowns/rules/", "takedowns/<uuid:case_id>/",
    "takedowns/<uuid:case_id>/letter/",
    "reports/", "reports/rules/", "reports/<uuid:report_case_id>/",
    "incidents/", "incidents/<uuid:incident_id>/",
)

AUTH_DOORS = {
    ("GET", "server"): everybodys(200),
    ("POST", "auth/parameters"): everybodys(200, brings_json(email="alice@example.org")),
    ("POST", "auth/sign-up"): everybodys(400, brings_json()),
    ("POST", "auth/sign-up/<uuid:sign_up_id>/confirm"): everybodys(
        400, brings_json(code="00000000", device_name="Phone", session="token")
    ),
    ("POST", "auth/sign-up/<uuid:sign_up_id>/resend"): everybodys(202),
    ("POST", "auth/sign-in"): everybodys(401, brings_json(auth_key=WRONG_KEY, **ABOUT_ALICE)),
    ("POST", "auth/second-factor"): everybodys(
        410, brings_json(challenge_id=NOBODY, method="totp", code="000000")
    ),
    ("POST", "auth/passkey/options"): everybodys(200),
    ("POST", "auth/passkey/sign-in"): everybodys(400, brings_json()),
    ("POST", "auth/recovery/sign-in"): everybodys(
        401, brings_json(recovery_auth_key=WRONG_KEY, **ABOUT_ALICE)
    ),
    ("POST", "auth/reset"): everybodys(202, brings_json(email="alice@example.org")),
    ("POST", "auth/reset/confirm"): everybodys(400, brings_json()),
    ("GET", "auth/session"): ones_own(200),
    ("DELETE", "auth/session"): ones_own(204),
    # Only alice's device is unlocked in this scene.
    ("GET", "auth/session/resume-key"): alices(200),
    ("PUT", "auth/session/resume-key"): ones_own(204, brings_json(key=WRONG_KEY)),
    ("PATCH", "auth/session/resume-key"): ones_own(204),
    ("DELETE", "auth/session/resume-key"): ones_own(204),
    ("GET", "auth/session/push"): ones_own(200),
    ("PUT", "auth/session/push"): ones_own(204, push_address),
    ("DELETE", "auth/session/push"): ones_own(204),
    ("POST", "auth/step-up"): ones_own(200, proof),
    ("GET", "auth/sessions"): ones_own(200),
    ("POST", "auth/sessions/end-others"): ones_own(204),
    ("POST", "auth/sessions/end-all"): ones_own(204),
    ("DELETE", "auth/sessions/<uuid:session_id>"): alices(204),
    ("DELETE", "auth/sessions/<uuid:session_id>/push"): alices(204),
    ("GET", "auth/totp"): ones_own(200),
    ("POST", "auth/totp"): ones_own(200),
    ("DELETE", "auth/totp"): ones_own(404),
    ("POST", "auth/totp/confirm"): ones_own(410, brings_json(code="000000")),
    ("POST", "auth/totp/recovery-codes"): ones_own(404),
    ("GET", "auth/passkeys"): ones_own(200),
    ("POST", "auth/passkeys"): ones_own(400, brings_json()),
    ("POST", "auth/passkeys/options"): ones_own(200),
    ("GET", "auth/passkeys/unlock-options"): ones_own(200),
    ("PATCH", "auth/passkeys/<uuid:passkey_id>"): alices(200, brings_json(name="Tablet")),
    ("DELETE", "auth/passkeys/<uuid:passkey_id>"): alices(204),
    ("GET", "keys/bundle"): ones_own(200),
    ("PUT", "keys/password"): ones_own(200, new_password),
    ("PUT", "keys/recovery"): ones_own(200, new_phrase),
    ("POST", "keys/recovery/confirm"): ones_own(200, phrase_proof),
    ("GET", "me"): ones_own(200),
    ("PATCH", "me/preferences"): ones_own(200, brings_json(theme="dark")),
    ("GET", "me/events"): ones_own(200),
    ("POST", "exports"): ones_own(204),
}

IMAGE = "images/<uuid:image_id>"
PART = f"{IMAGE}/versions/<int:number>/<part:name>"
CLEAN_PART = f"{IMAGE}/versions/<int:number>/<clean_part:clean_name>"
IMAGE_DOORS = {
    ("POST", "uploads"): ones_own(201, announcement),
    ("HEAD", "uploads/<uuid:upload_id>"): alices(200, tus_only),
    ("PATCH", "uploads/<uuid:upload_id>"): alices(204, first_bytes),
    ("DELETE", "uploads/<uuid:upload_id>"): alices(204, tus_only),
    ("GET", "images"): ones_own(200),
    ("POST", "images/check"): ones_own(200, brings_json(fingerprints=[WRONG_KEY])),
    # Refused one by one inside the answer: see test_a_batch_refuses_what_is_somebody_elses.
    ("POST", "images/batch"): ones_own(200, batch),
    ("GET", IMAGE): alices(200),
    ("PUT", IMAGE): alices(200, commit, makes=True),
    ("DELETE", IMAGE): alices(204),
    ("POST", f"{IMAGE}/bin"): alices(204),
    ("POST", f"{IMAGE}/restore"): alices(200),
    ("PUT", f"{IMAGE}/marks"): alices(200, marks),
    ("GET", f"{IMAGE}/corrections"): alices(200),
    ("POST", f"{IMAGE}/corrections"): alices(201, corrections),
    ("GET", f"{IMAGE}/touches"): alices(200),
    ("GET", "touches"): ones_own(200),
    ("GET", f"{IMAGE}/versions"): alices(200),
    ("PUT", f"{IMAGE}/versions/<int:number>"): alices(200, commit),
    ("PUT", f"{IMAGE}/versions/<int:number>/clean"): alices(200, album_bodies.clean_copy),
    ("GET", CLEAN_PART): alices(200, album_bodies.with_clean_copy),
    ("HEAD", CLEAN_PART): alices(200, album_bodies.with_clean_copy),
    ("GET", PART): alices(200),
    ("HEAD", PART): alices(200),
    ("PUT", PART): alices(200, thumbnail),
    ("GET", "albums"): ones_own(200),
    ("GET", "albums/<uuid:album_id>"): alices(200),
    ("PUT", "albums/<uuid:album_id>"): alices(200, album, makes=True),
    ("PATCH", "albums/<uuid:album_id>"): alices(200, album_settings),
    ("DELETE", "albums/<uuid:album_id>"): alices(204),
    ("GET", "albums/<uuid:album_id>/items"): alices(200),
    ("POST", "albums/<uuid:album_id>/items"): alices(204, album_items),
    ("POST", "albums/<uuid:album_id>/items/remove"): alices(204, album_removals),
    ("GET", "sync"): ones_own(200),
    ("GET", "fixity"): everybodys(200),
    ("GET", "timeline"): ones_own(200),
    ("GET", "timeline/<month:month>"): ones_own(200),
}

GROUP = "groups/<uuid:group_id>"
MEMBER = f"{GROUP}/members/<uuid:account_id>"
INVITATION = "contacts/invitations/<uuid:invitation_id>"
RECEIVED = "contacts/invitations/<uuid:received_id>"
GROUP_DOORS = {
    ("GET", "contacts"): ones_own(200),
    ("GET", "contacts/known-keys"): ones_own(200),
    ("PUT", "contacts/known-keys"): ones_own(200, group_bodies.known_keys),
    ("DELETE", "contacts/<uuid:account_id>"): alices(204),
    ("PUT", INVITATION): alices(200, group_bodies.invitation, makes=True),
    ("DELETE", INVITATION): alices(204),
    ("POST", f"{RECEIVED}/accept"): alices(204),
    ("POST", f"{RECEIVED}/decline"): alices(204),
    ("GET", "groups"): ones_own(200),
    ("GET", GROUP): alices(200),
    ("PUT", GROUP): alices(200, group_bodies.group, makes=True),
    ("DELETE", GROUP): alices(204),
    ("PUT", f"{GROUP}/settings"): alices(200, group_bodies.group_settings),
    ("PUT", MEMBER): alices(200, group_bodies.group_member),
    ("POST", f"{MEMBER}/remove"): alices(200, group_bodies.group_removal),
    # She owns it, and would have to hand it over first.
    ("POST", f"{GROUP}/leave"): alices(409, group_bodies.group_leave),
    ("POST", f"{GROUP}/rotate"): alices(200, group_bodies.group_rotation),
    ("POST", f"{GROUP}/hand-over"): alices(200, group_bodies.group_hand_over),
    ("GET", f"{GROUP}/history"): alices(200),
}

SHARED = "shared/albums/<uuid:album_id>"
GRANT = f"{SHARED}/grants/<uuid:grant_id>"
SHARED_IMAGE = f"{SHARED}/items/<uuid:image_id>"
COMMENT = f"{SHARED}/comments/<uuid:comment_id>"
ALBUM_DOORS = {
    ("GET", "shared/albums"): ones_own(200),
    ("GET", SHARED): shared(200, 200),
    ("PUT", SHARED): shared(200, 404, album_bodies.beginning),
    ("PUT", f"{SHARED}/settings"): shared(200, 403, album_bodies.album_settings),
    ("POST", f"{SHARED}/stop"): shared(200, 403, album_bodies.entry),
    ("POST", f"{SHARED}/rotate"): shared(200, 403, album_bodies.rotation),
    # Her own album she can only delete.
    ("POST", f"{SHARED}/leave"): shared(404, 204, album_bodies.entry),
    ("PUT", f"{SHARED}/timeline"): shared(204, 204, brings_json(shown=True)),
    ("POST", f"{SHARED}/telling"): shared(200, 200, album_bodies.entry),
    ("GET", f"{SHARED}/history"): shared(200, 200),
    ("PUT", GRANT): shared(200, 403, album_bodies.grant),
    ("POST", f"{GRANT}/revoke"): shared(200, 403, album_bodies.entry),
    ("GET", f"{SHARED}/items"): shared(200, 200),
    ("POST", f"{SHARED}/items"): shared(200, 200, album_bodies.items),
    ("POST", f"{SHARED}/items/replace"): shared(200, 200, album_bodies.replacements),
    ("POST", f"{SHARED}/items/rewrap"): shared(204, 403, album_bodies.rewraps),
    # The photo is alice's.
    ("POST", f"{SHARED}/items/remove"): shared(200, 403, album_bodies.removals),
    ("PUT", f"{SHARED_IMAGE}/like"): shared(204, 204, album_bodies.saying),
    ("DELETE", f"{SHARED_IMAGE}/like"): shared(204, 204),
    ("GET", f"{SHARED_IMAGE}/<part:name>"): shared(200, 200),
    ("HEAD", f"{SHARED_IMAGE}/<part:name>"): shared(200, 200),
    ("GET", f"{SHARED}/comments"): shared(200, 200),
    ("PUT", COMMENT): shared(204, 204, album_bodies.saying),
    ("DELETE", COMMENT): shared(204, 204),
}

LINKS = "shared/albums/<uuid:album_id>/links"
LINK = f"{LINKS}/<uuid:link_id>"
COLLECT_LINK = "collect-links/<uuid:collect_link_id>"
GUESTS_UPLOAD = "guest/uploads/<uuid:upload_id>"
LINK_DOORS = {
    ("GET", LINKS): alices(200, link_bodies.about_sharing),
    ("PUT", LINK): alices(200, link_bodies.link),
    ("PUT", f"{LINK}/limits"): alices(200, brings_json(can_download=True)),
    ("POST", f"{LINK}/revoke"): alices(204, link_bodies.signed_end),
    ("POST", f"{LINK}/wake"): alices(204),
    ("GET", "links/<uuid:link_id>"): while_it_stands(200),
    ("POST", "links/<uuid:link_id>/visits"): while_it_stands(403, brings_json(auth_key=WRONG_KEY)),
    ("GET", "visits/album"): visitors(200),
    ("GET", "visits/items"): visitors(200),
    ("GET", "visits/items/<uuid:image_id>/<str:name>"): visitors(200),
    ("HEAD", "visits/items/<uuid:image_id>/<str:name>"): visitors(200),
    ("GET", "visits/history"): visitors(200),
    ("GET", "collect-links"): ones_own(200),
    ("GET", COLLECT_LINK): everybodys(200),
    ("PUT", COLLECT_LINK): alices(200, link_bodies.collect_link, makes=True),
    ("DELETE", COLLECT_LINK): alices(204),
    ("PUT", f"{COLLECT_LINK}/limits"): alices(200, link_bodies.collect_link),
    ("POST", f"{COLLECT_LINK}/wake"): alices(204),
    ("POST", f"{COLLECT_LINK}/visits"): everybodys(403, brings_json(auth_key=WRONG_KEY)),
    ("POST", "guest/uploads"): guests(201, announcement),
    ("HEAD", GUESTS_UPLOAD): guests(200, tus_only),
    ("PATCH", GUESTS_UPLOAD): guests(204, first_bytes),
    ("DELETE", GUESTS_UPLOAD): guests(204, tus_only),
    ("PUT", "guest/drops/<uuid:drop_id>"): guests(200, link_bodies.drop),
    ("GET", "drops"): ones_own(200),
    ("DELETE", "drops/<uuid:drop_id>"): alices(204),
    ("GET", "drops/<uuid:drop_id>/<part:name>"): alices(200),
    ("HEAD", "drops/<uuid:drop_id>/<part:name>"): alices(200),
    ("GET", "exposures"): ones_own(200),
    ("POST", "exposures/end-all"): ones_own(204),
    ("POST", "digests/unsubscribe"): everybodys(404),
}

RECOVERY_REQUEST = "recovery-requests/<uuid:recovery_request_id>"
RECOVERY_DOORS = {
    ("GET", "recovery-contacts"): ones_own(200),
    # Whoever else calls knows nobody whom they could choose.
    ("PUT", "recovery-contacts"): asked_of_alice(200, 422, recovery_bodies.setup),
    ("POST", "recovery-contacts/end"): asked_of_alice(204, 404, recovery_bodies.its_end),
    ("POST", "recovery-contacts/stop"): asked_of_alice(204, 404, recovery_bodies.stop),
    ("GET", "recovery-shares"): ones_own(200),
    ("DELETE", "recovery-shares/<uuid:share_id>"): alices(204),
    ("POST", "recovery-shares/<uuid:share_id>/accept"): alices(204),
    ("PUT", "recovery-shares/<uuid:share_id>/answer"): alices(204, recovery_bodies.answer),
    ("PUT", RECOVERY_REQUEST): everybodys(202, recovery_bodies.asked),
    ("POST", f"{RECOVERY_REQUEST}/stop"): everybodys(410, brings_json(code="not it")),
    # For the token of a request, which none of them has.
    ("GET", "recovery-request"): everybodys(401),
    ("POST", "recovery-request/confirm"): everybodys(401, brings_json(code="00000000")),
    ("POST", "recovery-request/sign-in"): everybodys(401),
}

PUBLICATION = "publications/<uuid:publication_id>"
PUBLIC_DOORS = {
    # Of them all only alice has a profile.
    ("GET", "profile"): alices(200, public_bodies.with_profile),
    ("PUT", "profile"): ones_own(201, public_bodies.profile),
    ("DELETE", "profile"): alices(204, public_bodies.with_profile),
    ("POST", "profile/arrange"): asked_of_alice(204, 404, public_bodies.places),
    ("GET", "profile/statistics"): alices(200, public_bodies.with_profile),
    ("GET", "publications"): ones_own(200),
    ("POST", "publications/withdraw-all"): ones_own(204, brings_json(keeps_number=False)),
    ("GET", PUBLICATION): alices(200),
    ("PUT", PUBLICATION): alices(200, public_bodies.publication, makes=True),
    ("POST", f"{PUBLICATION}/statement"): alices(200, public_bodies.words),
    ("POST", f"{PUBLICATION}/withdraw"): alices(204, brings_json(keeps_number=False)),
    ("GET", f"{PUBLICATION}/pictures/<int:size>.<rendition_kind:kind>"): alices(200),
    # Whoever is signed in may look as somebody with an account.
    ("POST", "visitor-passes"): ones_own(200, public_bodies.open_profile),
    # Whoever sends no picture is told so; what they find with one is their own.
    ("POST", "traces"): ones_own(400),
    ("GET", "traces/<uuid:found_copy_id>"): alices(200),
}

OWN_REPORT = "me/reports/<uuid:report_case_id>"
REPORT_DOORS = {
    ("GET", "me/reports"): ones_own(200),
    ("PUT", f"{OWN_REPORT}/complaint"): alices(200, brings_json(text="It is mine.")),
    ("PUT", f"{OWN_REPORT}/counter-notice"): alices(
        200, brings_json(**making_reports.COUNTER)
    ),
    ("PUT", f"{PUBLICATION}/complaint"): alices(200, public_bodies.refused),
}

CONSENT = "consents/<uuid:consent_id>"
CHOICE_DOORS = {
    ("GET", "me/choices"): ones_own(200),
    ("PATCH", "me/choices"): ones_own(200, brings_json(purpose="send_digests", is_on=True)),
    ("GET", "me/about-my-data"): ones_own(200),
    ("GET", "me/looks"): ones_own(200),
    ("GET", "policies"): everybodys(200),
    ("GET", "processors"): everybodys(200),
    ("GET", "consents"): ones_own(200),
    ("PUT", CONSENT): alices(200, choice_bodies.consent, makes=True),
    ("POST", f"{CONSENT}/withdraw"): alices(204, choice_bodies.with_consent),
    ("GET", f"{CONSENT}/receipt"): alices(200, choice_bodies.with_consent),
}

REQUEST_DOORS = {
    ("GET", "requests"): ones_own(200),
    ("POST", "requests"): ones_own(
        201, brings_json(kind="access", regime="gdpr", text="What do you know?")
    ),
    ("GET", "requests/<uuid:request_id>"): alices(200),
    ("GET", "requests/<uuid:request_id>/letters/<uuid:letter_id>/letter.pdf"): alices(200),
}

TAKEDOWN = "takedowns/<uuid:takedown_id>"
TAKEDOWN_DOORS = {
    ("GET", "takedown-regimes"): ones_own(200),
    ("GET", "takedowns"): ones_own(200),
    ("POST", "takedowns"): ones_own(201, brings_json(urls=["http://copies.example.org/a"])),
    ("GET", TAKEDOWN): alices(200),
    ("PUT", f"{TAKEDOWN}/notice"): alices(200, takedown_bodies.notice),
    ("GET", f"{TAKEDOWN}/notice/<str:format_name>"): alices(200),
    ("POST", f"{TAKEDOWN}/sign"): alices(200, takedown_bodies.signature),
    ("POST", f"{TAKEDOWN}/sent"): alices(200, takedown_bodies.sent),
    ("POST", f"{TAKEDOWN}/answers"): alices(200, takedown_bodies.answer),
    ("PUT", f"{TAKEDOWN}/lumen"): alices(200, brings_json(is_wanted=False)),
    ("POST", f"{TAKEDOWN}/withdraw"): alices(204),
    ("GET", f"{TAKEDOWN}/evidence"): alices(200),
    # Without bytes; what brings some is in tests/rights/test_takedown_api.py.
    ("POST", f"{TAKEDOWN}/evidence"): alices(400),
}

ARCHIVE = "archives/<uuid:archive_id>"
ARCHIVE_DOORS = {
    ("GET", "archives"): ones_own(200),
    ("POST", "archives"): ones_own(201),
    ("GET", ARCHIVE): alices(200),
    ("DELETE", ARCHIVE): alices(204),
    ("GET", f"{ARCHIVE}/content"): alices(200),
    ("HEAD", f"{ARCHIVE}/content"): alices(200),
}


def closing(scene: Scene) -> Payload:
    body = {"closing_id": str(uuid7()), "secret": WRONG_KEY, "wait_days": 3}
    return Payload(json=body)


DELETION_DOORS = {
    ("GET", "deletions"): ones_own(200),
    ("GET", "me/closing"): ones_own(200),
    ("PUT", "me/closing"): ones_own(202, closing),
    ("DELETE", "me/closing"): ones_own(404),
    # For whoever has its secret.
    ("GET", "closings/<uuid:closing_id>"): everybodys(404),
}

RECEIPT = "receipts/<uuid:receipt_id>"
RIGHTS_DOORS = {
    ("GET", "receipts"): ones_own(200),
    ("POST", "receipts/stored"): asked_of_alice(200, 404, right_bodies.stored),
    ("GET", RECEIPT): alices(200),
    ("POST", f"{RECEIPT}/taken"): alices(204),
}
# Of the public log everybody reads the same.
LOG_DOORS = {
    ("GET", f"log/{page}"): everybodys(200, right_bodies.with_log)
    for page in ("checkpoint", "key", "tile/<path:tile>")
} | {("GET", "log/release/<str:manifest_sha256>"): everybodys(404)}  # one that nobody served

# Of orders, for roles that nobody here has: tests/rights/test_legal_desk.py has them.
LEGAL_DESK = (
    "legal/", "legal/new/", "legal/directory/", "legal/canary/", "legal/<uuid:order_id>/",
)
# Sent by a form only: looking at them is written down with a reason.
LEGAL_PAPERS = (
    "legal/<uuid:order_id>/package/", "legal/<uuid:order_id>/papers/<uuid:document_id>/",
)
LEGAL_DOORS = {
    ("GET", "report-complaint/<str:token>"): everybodys(404),  # a link that nobody was sent
    ("GET", "takedown-case/<str:token>"): everybodys(404),  # the same
    ("GET", "transparency/<slug:half_year>.json"): everybodys(200, right_bodies.with_report),
    ("GET", "api/v1/legal-requests"): ones_own(200),
    **{("GET", f"desk/{page}"): staffs() for page in LEGAL_DESK},
    **{("GET", f"desk/{page}"): everybodys(404, by_browser) for page in LEGAL_PAPERS},
}

DOORS: dict[tuple[str, str], Door] = {
    **{("GET", page): PAGE for page in PAGES},
    **LOG_DOORS,
    **LEGAL_DOORS,
    **{("GET", f"desk/{page}"): staffs() for page in DESK},
    **{("GET", f"desk/{page}"): everybodys(404) for page in DESK_BY_ROLE},
    **{
        (method, f"api/v1/{route}"): door
        for (method, route), door in {
            **AUTH_DOORS, **IMAGE_DOORS, **GROUP_DOORS, **ALBUM_DOORS, **LINK_DOORS,
            **RECOVERY_DOORS, **PUBLIC_DOORS, **RIGHTS_DOORS, **REPORT_DOORS,
            **DELETION_DOORS, **CHOICE_DOORS, **ARCHIVE_DOORS, **REQUEST_DOORS,
            **TAKEDOWN_DOORS,
        }.items()
    },
}


def elsewhere(name: str) -> str:
    """A value for a parameter that names nothing anywhere."""
    return str(uuid7()) if name.endswith("_id") else PLAIN_PARAMETERS[name]
