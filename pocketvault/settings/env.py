"""Reading the environment: typed, and loud when a value is wrong.

The only module that touches ``os.environ``; `docs/configuration.md` lists every name.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

# Of a number: more than any setting means.
MOST_DIGITS = 18


def text(name: str) -> str | None:
    """A value, or the contents of the file named by ``{name}_FILE`` (for secrets)."""
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE={path}: {error}") from error
        except ValueError:
            # What was in it may be half of a secret, and is not told.
            raise ImproperlyConfigured(f"{name}_FILE={path}: is no text in UTF-8") from None
    return os.environ.get(name) or None


def flag(name: str, *, default: bool) -> bool:
    """``true`` or ``false``, nothing else."""
    match os.environ.get(name):
        case None | "":
            return default
        case "true":
            return True
        case "false":
            return False
        case other:
            raise ImproperlyConfigured(f"{name}={other}: use 'true' or 'false'")


def number(name: str, *, default: int, at_least: int = 0) -> int:
    """A whole number of at least ``at_least``."""
    value = os.environ.get(name)
    if not value:
        return default
    if not value.isdecimal() or len(value) > MOST_DIGITS or int(value) < at_least:
        raise ImproperlyConfigured(f"{name}={value}: use a whole number of at least {at_least}")
    return int(value)


def words(name: str) -> list[str]:
    """A comma-separated list; unset is empty."""
    return [word.strip() for word in (text(name) or "").split(",") if word.strip()]


def secret_kept_in(path: Path) -> str:
    """A secret made at first start and kept in a file only this service can read.

    Two processes starting at once agree: whoever creates the file first wins, and the
    file appears under its name only once it is whole.
    """
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text(encoding="ascii").strip()


def languages_in(folders: Iterable[Path]) -> list[tuple[str, str]]:
    """The languages that have catalogues, as Django lists them: (code, code)."""
    catalogues = (file for each in folders for file in each.glob("*/LC_MESSAGES/django.mo"))
    names = {file.parent.parent.name for file in catalogues}
    codes = sorted(name.replace("_", "-").lower() for name in names)
    return [(code, code) for code in codes]
