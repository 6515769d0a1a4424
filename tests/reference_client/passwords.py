"""Whether a new password is taken. Only a device can judge it: no password reaches the server.

docs/cryptography.md, "New passwords". How many tries a password holds out is estimated by
zxcvbn, of which there is a version for each language; where they differ a little,
tests/vectors/passwords.json says what every client refuses and takes.
"""

from __future__ import annotations

import re

from zxcvbn import zxcvbn

SHORTEST = 12
FEWEST_GUESSES = 10**10
LONGEST_JUDGED = 72
OUR_WORDS = (
    "pocketvault", "pocket", "vault", "tresor", "photo", "photos", "picture", "pictures", "foto",
    "fotos", "bild", "bilder", "mediathek", "passwort", "kennwort",
)  # fmt: skip


class WeakPasswordError(ValueError):
    """Too short, or among the first that somebody would try."""


def insist_on_strength(password: str, email: str) -> None:
    """Refuse what is known from leaks or made of it. Raises `WeakPasswordError`."""
    if len(password) < SHORTEST:
        raise WeakPasswordError(f"A password has at least {SHORTEST} characters.")
    judged = zxcvbn(password[:LONGEST_JUDGED], user_inputs=[*OUR_WORDS, *_words_of(email)])
    if judged["guesses"] < FEWEST_GUESSES:
        raise WeakPasswordError("This password is known from leaks, or made of what is.")


def _words_of(email: str) -> list[str]:
    name, _, host = email.lower().partition("@")
    parts = [*re.split(r"[\W_]+", name), *host.split(".")]
    words = [email.lower(), name, re.sub(r"[\W_]", "", name), host, *parts]
    return [word for word in words if len(word) > 2]
