"""Reading mail that the embedded setting writes to files, as a person reads theirs."""

from __future__ import annotations

import email
import email.policy
import re
import time
from collections.abc import Iterator
from pathlib import Path

CODE = re.compile(r"\b\d{8}\b")
RESET_TOKEN = re.compile(r"/reset#(\S+)")


def messages_to(folder: Path, address: str) -> Iterator[str]:
    """Texts of the mails to an address, oldest first."""
    files = sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime_ns)
    for path in files:
        # One file holds what one connection sent, with a line of hyphens after each mail.
        for raw in re.split(rb"(?m)^-{60,}$", path.read_bytes()):
            message = email.message_from_bytes(raw.lstrip(), policy=email.policy.default)
            if address in str(message["To"]):
                body = message.get_body(("plain",))
                yield body.get_content() if body is not None else ""


def wait_for_mail(folder: Path, address: str, text: str, *, seconds: float = 60.0) -> str:
    """The newest mail to an address that holds ``text``. Raises ``TimeoutError``."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = [mail for mail in messages_to(folder, address) if text in mail]
        if found:
            return found[-1]
        time.sleep(0.1)
    raise TimeoutError(f"No such mail to {address} came within {seconds:g} s.")


def wait_for_code(folder: Path, address: str, sign_up_id: str, *, seconds: float = 60.0) -> str:
    """The eight digits that confirm a sign-up."""
    mail = wait_for_mail(folder, address, sign_up_id, seconds=seconds)
    found = CODE.search(mail)
    if found is None:
        raise ValueError("The mail holds no code.")
    return found[0]
