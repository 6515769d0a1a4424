"""Accounts: signing up and in, unlocking, and replacing what unlocks.

The server checks an auth key; the account key never leaves the device unwrapped. So there
are two steps everywhere: sign in (the server lets us), then unlock (the keys let us).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from tests.reference_client.client import Client, Json, ProblemError
from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.exchange import exchange_public_key
from tests.reference_client.crypto.hierarchy import keys_from_recovery
from tests.reference_client.crypto.kdf import KdfParameters, UnlockKeys, keys_from_password
from tests.reference_client.crypto.signature import identity_public_key
from tests.reference_client.crypto.wrap import derive_wrapping_key, unwrap_key, wrap_key
from tests.reference_client.keyring import Keyring
from tests.reference_client.passwords import insist_on_strength
from tests.reference_client.phrase import phrase_of, secret_of
from tests.reference_client.wire import new_id, to_bytes, to_text

KEY_BYTES = 32
ReadCode = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A signed-in device. ``keyring`` is None until it is unlocked."""

    client: Client
    account_id: str
    email: str
    session_id: str
    must_set_password: bool
    vault_shut: bool
    keyring: Keyring | None = None

    @property
    def keys(self) -> Keyring:
        """The keys of an unlocked device."""
        if self.keyring is None:
            raise RuntimeError("This device is locked.")
        return self.keyring


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An unlocked device, and the 24 words that have to be kept on paper."""

    device: Device
    phrase: str


class SecondFactorNeededError(Exception):
    """The password was right. Answer with `answer_second_factor`."""

    def __init__(self, challenge_id: str, methods: list[str]) -> None:
        super().__init__(f"Answer with one of: {', '.join(methods)}")
        self.challenge_id = challenge_id
        self.methods = methods


def sign_up(url: str, email: str, password: str, *, read_code: ReadCode) -> NewAccount:
    """Make an account. ``read_code`` is given the sign-up's id and answers the mailed code.
    Raises `WeakPasswordError`, as all do that set a password.
    """
    insist_on_strength(password, email)
    client = Client(url)
    parameters = parameters_of(client, email)
    by_password = keys_from_password(password, parameters)
    secret = os.urandom(KEY_BYTES)
    keyring = Keyring(account_id=new_id(), account_key=os.urandom(KEY_BYTES))
    pending = client.call("POST", "/auth/sign-up", {
        "email": email,
        "account_id": keyring.account_id,
        "auth_key": to_text(by_password.auth_key),
        "kdf": kdf_document(parameters),
        "bundle": _new_bundle(keyring, by_password, keys_from_recovery(secret)),
    })
    sign_up_id = pending["sign_up_id"]
    session = client.call("POST", f"/auth/sign-up/{sign_up_id}/confirm", {
        "code": read_code(sign_up_id), **this_device(),
    })
    device = replace(device_of(client, session), keyring=keyring)
    return NewAccount(device=device, phrase=phrase_of(secret))


def sign_in(url: str, email: str, password: str) -> Device:
    """Sign in and unlock. Raises `ProblemError` ``wrong_credentials``, and
    `SecondFactorNeededError`."""
    client = Client(url)
    by_password = keys_from_password(password, parameters_of(client, email))
    session = client.call("POST", "/auth/sign-in", {
        "email": email, "auth_key": to_text(by_password.auth_key), **this_device(),
    })
    if asked := session.get("second_factor"):
        raise SecondFactorNeededError(asked["challenge_id"], asked["methods"])
    return unlock_with_password(device_of(client, session), password)


def answer_second_factor(url: str, challenge_id: str, code: str, *, method: str = "totp") -> Device:
    """Finish a sign-in with a code of the authenticator app or a paper code. Still locked."""
    client = Client(url)
    answer = {"challenge_id": challenge_id, "method": method, "code": code}
    return device_of(client, client.call("POST", "/auth/second-factor", answer))


def sign_in_with_phrase(url: str, email: str, phrase: str) -> Device:
    """Sign in and unlock by the recovery phrase. A new password has to be set next: until then
    everything else is refused (`ProblemError` ``new_password_required``).
    """
    client = Client(url)
    by_phrase = keys_from_recovery(secret_of(phrase))
    session = client.call("POST", "/auth/recovery/sign-in", {
        "email": email, "recovery_auth_key": to_text(by_phrase.auth_key), **this_device(),
    })
    return unlock_with_phrase(device_of(client, session), phrase)


def unlock_with_password(device: Device, password: str) -> Device:
    """Open the account key with the password. Raises ``CryptoError`` ``cannot-open``."""
    bundle = bundle_of(device)
    keys = keys_from_password(password, kdf_parameters(bundle["kdf"]))
    wrapped = bundle["wrapped_account_key_password"]
    return _unlocked(device, wrapped, keys.key_encryption_key, "password")


def unlock_with_phrase(device: Device, phrase: str) -> Device:
    """Open the account key with the 24 words."""
    keys = keys_from_recovery(secret_of(phrase))
    wrapped = bundle_of(device)["wrapped_account_key_recovery"]
    return _unlocked(device, wrapped, keys.key_encryption_key, "recovery")


def unlocked_by_contacts(device: Device, account_key: bytes, identity: bytes) -> Device:
    """The device, once the key that its contacts gave back leads to the identity that was
    compared. Raises ``CryptoError``, or ``ValueError`` for somebody else's.
    """
    keyring = Keyring(account_id=device.account_id, account_key=account_key)
    wrapped = bundle_of(device)["wrapped_identity_seed"]
    seed = keyring.unwrap(wrapped, keyring.context("identity-seed", device.account_id))
    if identity_public_key(seed) != identity:
        raise ValueError("This is not the vault whose words were compared.")
    return replace(device, keyring=keyring)


def open_with_former_password(device: Device, password: str) -> Device:
    """Open a vault that a reset had shut, with the password from before. Prove it first: the
    wrap is handed out only then. A new password has to be set next.
    """
    former = bundle_of(device)["former_password"]
    keys = keys_from_password(password, kdf_parameters(former["kdf"]))
    device.client.call("POST", "/auth/step-up", {"former_auth_key": to_text(keys.auth_key)})
    wrapped = bundle_of(device)["former_password"]["wrapped_account_key"]
    return _unlocked(device, wrapped, keys.key_encryption_key, "password")


def step_up(device: Device, password: str) -> None:
    """Prove again that it is us; dangerous acts are then allowed for ten minutes."""
    keys = keys_from_password(password, kdf_parameters(bundle_of(device)["kdf"]))
    device.client.call("POST", "/auth/step-up", {"auth_key": to_text(keys.auth_key)})


def step_up_with_phrase(device: Device, phrase: str) -> None:
    """The same by the 24 words, which also opens a vault that an e-mail reset had shut."""
    keys = keys_from_recovery(secret_of(phrase))
    device.client.call("POST", "/auth/step-up", {"recovery_auth_key": to_text(keys.auth_key)})


def change_password(device: Device, new_password: str) -> Device:
    """Replace the password: the account key stays, and is wrapped anew. Other devices end, and
    what this one owed or was shut out of is over.
    """
    insist_on_strength(new_password, device.email)
    bundle = bundle_of(device)
    parameters = kdf_parameters(bundle["kdf"])
    keys = keys_from_password(new_password, parameters)
    device.client.call("PUT", "/keys/password", {
        "auth_key": to_text(keys.auth_key),
        "kdf": kdf_document(parameters),
        "wrapped_account_key": _wrapped(device.keys, keys.key_encryption_key, "password"),
        "generation": bundle["generation"],
    })
    return replace(device, must_set_password=False, vault_shut=False)


def change_phrase(device: Device) -> str:
    """Replace the recovery phrase, and answer the new one."""
    secret = os.urandom(KEY_BYTES)
    keys = keys_from_recovery(secret)
    device.client.call("PUT", "/keys/recovery", {
        "recovery_auth_key": to_text(keys.auth_key),
        "wrapped_account_key": _wrapped(device.keys, keys.key_encryption_key, "recovery"),
        "generation": bundle_of(device)["generation"],
    })
    return phrase_of(secret)


def confirm_phrase(device: Device, phrase: str) -> str:
    """Prove that the phrase is at hand, and answer when it is asked for next."""
    keys = keys_from_recovery(secret_of(phrase))
    proof = {"recovery_auth_key": to_text(keys.auth_key)}
    return str(device.client.call("POST", "/keys/recovery/confirm", proof)["next_check_at"])


def request_reset(url: str, email: str) -> None:
    """Ask for a reset link by mail."""
    Client(url).call("POST", "/auth/reset", {"email": email})


def confirm_reset(url: str, email: str, token: str, new_password: str) -> Device:
    """Set a new password by the mailed link. The device is signed in, the vault stays shut."""
    insist_on_strength(new_password, email)
    client = Client(url)
    parameters = parameters_of(client, email)
    keys = keys_from_password(new_password, parameters)
    session = client.call("POST", "/auth/reset/confirm", {
        "token": token,
        "auth_key": to_text(keys.auth_key),
        "kdf": kdf_document(parameters),
        **this_device(),
    })
    return device_of(client, session)


def sessions_of(device: Device) -> list[Mapping[str, Json]]:
    """Every device of the account."""
    return list(device.client.call("GET", "/auth/sessions"))


def end_session(device: Device, session_id: str) -> None:
    """Sign one device out."""
    device.client.call("DELETE", f"/auth/sessions/{session_id}")


def sign_out(device: Device) -> None:
    """Sign this device out."""
    device.client.call("DELETE", "/auth/session")


def sign_out_everywhere(device: Device) -> None:
    """Sign every device out, this one too."""
    device.client.call("POST", "/auth/sessions/end-all")


def is_signed_in(device: Device) -> bool:
    """Whether the server still knows this device."""
    try:
        device.client.call("GET", "/auth/session")
    except ProblemError as problem:
        if problem.status == 401:
            return False
        raise
    return True


def parameters_of(client: Client, email: str) -> KdfParameters:
    """How to stretch the password of an address. Unknown addresses get a stable stand-in."""
    return kdf_parameters(client.call("POST", "/auth/parameters", {"email": email}))


def bundle_of(device: Device) -> Mapping[str, Json]:
    """Every wrapped key of the account."""
    bundle: Mapping[str, Json] = device.client.call("GET", "/keys/bundle")
    return bundle


def device_of(client: Client, session: Mapping[str, Json]) -> Device:
    """The device of a session that was just begun. Still locked."""
    return Device(
        client=client.another(session["token"]),
        account_id=session["account_id"],
        email=session["email"],
        session_id=session["session_id"],
        must_set_password=session["must_set_password"],
        vault_shut=session["vault_shut"],
    )


def this_device() -> dict[str, str]:
    """What a device says about itself when it signs in."""
    return {"device_name": "Reference client", "session": "token"}


def _new_bundle(keyring: Keyring, password: UnlockKeys, recovery: UnlockKeys) -> dict[str, str]:
    account_id = keyring.account_id
    identity, exchange = os.urandom(KEY_BYTES), os.urandom(KEY_BYTES)
    return {
        "wrapped_account_key_password": _wrapped(keyring, password.key_encryption_key, "password"),
        "wrapped_account_key_recovery": _wrapped(keyring, recovery.key_encryption_key, "recovery"),
        "recovery_auth_key": to_text(recovery.auth_key),
        "wrapped_identity_seed": keyring.wrap(
            identity, keyring.context("identity-seed", account_id)
        ),
        "wrapped_exchange_seed": keyring.wrap(
            exchange, keyring.context("exchange-seed", account_id)
        ),
        "identity_public_key": to_text(identity_public_key(identity)),
        "exchange_public_key": to_text(exchange_public_key(exchange)),
    }


def _wrapped(keyring: Keyring, key_encryption_key: bytes, part: str) -> str:
    context = _account_key_context(keyring.account_id, part)
    wrapping_key = derive_wrapping_key(key_encryption_key)
    return to_text(wrap_key(keyring.account_key, wrapping_key, context))


def _unlocked(device: Device, wrapped: str, key_encryption_key: bytes, part: str) -> Device:
    context = _account_key_context(device.account_id, part)
    key = unwrap_key(to_bytes(wrapped), derive_wrapping_key(key_encryption_key), context)
    return replace(device, keyring=Keyring(account_id=device.account_id, account_key=key))


def _account_key_context(account_id: str, part: str) -> Context:
    return Context(
        purpose="account-key", owner=account_id, record=account_id, part=part, version=1
    )


def kdf_parameters(document: Mapping[str, Json]) -> KdfParameters:
    """The server's word is checked against the floor before the password is touched."""
    return KdfParameters(**{**document, "salt": to_bytes(document["salt"])})


def kdf_document(parameters: KdfParameters) -> dict[str, Json]:
    return {
        "scheme": parameters.scheme,
        "salt": to_text(parameters.salt),
        "memory_kib": parameters.memory_kib,
        "iterations": parameters.iterations,
        "parallelism": parameters.parallelism,
    }
