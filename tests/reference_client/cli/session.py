"""Signing in on a terminal, and what is remembered of it: nothing, unless the person asks.

A remembered session opens everything: the file holds the token that the service knows this
device by, and the account key. It is for its owner's eyes only (mode 0600), and one that others
can read is not used.
"""

from __future__ import annotations

import getpass
import json
import os
import stat
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.reference_client import account
from tests.reference_client.account import Device, SecondFactorNeededError
from tests.reference_client.cli.words import RefusedError, complain
from tests.reference_client.client import Client, ProblemError
from tests.reference_client.crypto.errors import CryptoError
from tests.reference_client.keyring import Keyring
from tests.reference_client.wire import to_bytes, to_text

OWNER_ONLY = 0o600
HERE = {"localhost", "127.0.0.1", "::1"}
PASSWORD, CODE = "POCKETVAULT_PASSWORD", "POCKETVAULT_CODE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How to come in: whose vault, where, and the file of a remembered session."""

    url: str
    email: str
    file: Path


def asked(question: str, variable: str) -> str:
    """A secret: from the environment, else typed unseen, else the next line of what is piped in.

    Never from the command line, where every process of the machine can read it.
    """
    if given := os.environ.get(variable):
        return given
    if sys.stdin.isatty():
        answer = getpass.getpass(f"{question}: ")
    else:
        answer = sys.stdin.readline().rstrip("\r\n")
    if not answer:
        raise RefusedError(f"No {question.lower()} was given.")
    return answer


def open_vault(access: Access) -> tuple[Device, bool]:
    """An unlocked device, and whether its session was remembered."""
    remembered = recalled(access.file)
    if remembered is not None and _is_meant(remembered, access):
        if account.is_signed_in(remembered):
            return remembered, True
        forget(access.file)
        complain("The remembered session has ended and was forgotten.")
    return sign_in(access), False


def sign_in(access: Access) -> Device:
    """Sign in and unlock by password and, where the account has one, a code."""
    if not access.url or not access.email:
        raise RefusedError("Say where and who: --url and --email.")
    _check(access.url)
    password = asked("Password", PASSWORD)
    try:
        return account.sign_in(access.url, access.email, password)
    except SecondFactorNeededError as needed:
        code = asked("Code of your authenticator app", CODE)
        method = "totp" if len(code.strip()) <= 8 and code.strip().isdigit() else "recovery_code"
        if method not in needed.methods:
            raise RefusedError(f"{needed}. This program answers codes only.") from needed
        device = account.answer_second_factor(
            access.url, needed.challenge_id, code.strip(), method=method
        )
        return account.unlock_with_password(device, password)


def remember(device: Device, file: Path) -> None:
    """Write a session down, for its owner alone. What stood there is replaced in one step."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = file.with_name(f"{file.name}.{os.getpid()}.new")
    document = {
        "url": device.client.url,
        "email": device.email,
        "token": device.client.token,
        "account_id": device.account_id,
        "session_id": device.session_id,
        "account_key": to_text(device.keys.account_key),
    }
    with suppress(FileNotFoundError):
        new.unlink()
    # Exclusive, so that no link that lies there already is written through.
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, OWNER_ONLY)
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        json.dump(document, opened)
        opened.flush()
        os.fsync(opened.fileno())
    new.replace(file)


def recalled(file: Path) -> Device | None:
    """The device of a remembered session. Refuses a file that others can read."""
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RefusedError(f"{file} cannot be read ({error.strerror}).") from error
    with os.fdopen(handle, encoding="utf-8") as opened:
        status = os.fstat(opened.fileno())
        if status.st_uid != os.getuid() or stat.S_IMODE(status.st_mode) & 0o077:
            raise RefusedError(
                f"{file} can be read by others, so it is not used. Delete it, end its session "
                "in your settings, and sign in again."
            )
        try:
            document = json.load(opened)
            keyring = Keyring(
                account_id=document["account_id"], account_key=to_bytes(document["account_key"])
            )
            return Device(
                client=Client(document["url"], document["token"]),
                account_id=document["account_id"],
                email=document["email"],
                session_id=document["session_id"],
                must_set_password=False,
                vault_shut=False,
                keyring=keyring,
            )
        except (ValueError, KeyError, TypeError) as error:
            raise RefusedError(f"{file} is damaged. Delete it and sign in again.") from error


def forget(file: Path) -> None:
    """Delete the file of a session."""
    with suppress(FileNotFoundError):
        file.unlink()


def prove(device: Device) -> None:
    """Step up, as every device must before it takes everything along."""
    try:
        account.step_up(device, asked("Password", PASSWORD))
    except CryptoError as error:
        raise RefusedError("That is not the password of this vault.") from error


def leave(device: Device) -> None:
    """End a session that nobody is to remember. If that fails, the service ends it in time."""
    with suppress(ProblemError, OSError):
        account.sign_out(device)


def _is_meant(device: Device, access: Access) -> bool:
    is_there = access.url in ("", device.client.url)
    return is_there and access.email.casefold() in ("", device.email.casefold())


def _check(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in HERE):
        return
    raise RefusedError("The address must begin with https:// (http:// only for this machine).")
