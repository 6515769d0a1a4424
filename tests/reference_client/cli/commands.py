"""The commands of ``python -m tests.reference_client``. See docs/command-line.md."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.reference_client import account
from tests.reference_client.account import Device
from tests.reference_client.cli import session
from tests.reference_client.cli.copying import CopyOutcome, copy_vault
from tests.reference_client.cli.folder import STILL_PACKED, Walked, walk
from tests.reference_client.cli.importing import READERS, Outcome, import_folder, kind_in
from tests.reference_client.cli.patience import patiently, told_of
from tests.reference_client.cli.session import Access
from tests.reference_client.cli.told import Reading
from tests.reference_client.cli.words import (
    CutShortError,
    Ending,
    RefusedError,
    complain,
    listed,
    say,
)
from tests.reference_client.client import ProblemError
from tests.reference_client.crypto.errors import CryptoError
from tests.reference_client.images import Library

SAME_AGAIN = "Run the same command again: it goes on from here."
NAMES = {"takeout": "Google Takeout", "apple": "Apple", "ente": "Ente", "immich": "Immich"}
UNSEEN_LISTED = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Do one command, and answer an exit code: a member of `Ending`."""
    chosen = _parser().parse_args(arguments)
    try:
        return int(chosen.command(chosen))
    except RefusedError as error:
        complain(str(error))
    except CryptoError:
        complain("This vault does not open. After a reset by mail it opens with the 24 words only.")
    except ProblemError as problem:
        complain(told_of(problem))
    except CutShortError as error:
        complain(f"{error}\n{SAME_AGAIN}")
        return Ending.CUT_SHORT
    except requests.RequestException as error:
        complain(f"The service does not answer ({type(error).__name__}). Try again later.")
        return Ending.CUT_SHORT
    except KeyboardInterrupt:
        complain(f"\nStopped. {SAME_AGAIN}")
        return Ending.CUT_SHORT
    return Ending.REFUSED


def _sign_in(chosen: argparse.Namespace) -> Ending:
    access = _access(chosen)
    device = session.sign_in(access)
    say(f"Signed in as {device.email}; the vault opens.")
    if not chosen.remember:
        session.leave(device)
        say("Nothing was kept, and this session is ended again: each command asks for the "
            "password. With --remember it would be kept until you sign out.")  # fmt: skip
        return Ending.DONE
    session.remember(device, access.file)
    say(f"Kept in {access.file}, which only you can read. Whoever gets this file can open your "
        "vault, until you run sign-out or end the session in your settings.")  # fmt: skip
    return Ending.DONE


def _sign_out(chosen: argparse.Namespace) -> Ending:
    access = _access(chosen)
    device = session.recalled(access.file)
    if device is None:
        say("No session is kept on this machine.")
        return Ending.DONE
    try:
        account.sign_out(device)
    except ProblemError as problem:
        if problem.status != 401:
            raise
    finally:
        session.forget(access.file)
    say("Signed out, and forgotten on this machine.")
    return Ending.DONE


def _upload(chosen: argparse.Namespace) -> Ending:
    walked = _walked(chosen.folder)
    if kind := kind_in(walked.files):
        say(f"This looks like an export of {NAMES[kind]}: import would read its sidecars too.")
    return _brought(chosen, walked, Reading(is_asked=False))


def _import(chosen: argparse.Namespace) -> Ending:
    walked = _walked(chosen.folder)
    kind = chosen.kind if chosen.kind != "auto" else kind_in(walked.files)
    if kind is None:
        raise RefusedError("There are no sidecars in this folder that say where it comes from. "
                           "Take --kind, or upload it without.")  # fmt: skip
    reading = READERS[kind](walked.files)
    say(f"Read as an export of {NAMES[kind]}.")
    return _brought(chosen, walked, reading)


def _brought(chosen: argparse.Namespace, walked: Walked, reading: Reading) -> Ending:
    with _library(chosen) as (library, _):
        outcome = import_folder(
            library, walked, reading, folders_as_albums=chosen.folders_as_albums
        )
    _report(outcome, walked.clutter, of_export=bool(reading.used))
    return Ending.SOME_LEFT if outcome.failed or outcome.damaged else Ending.DONE


def _report(outcome: Outcome, clutter: int, *, of_export: bool) -> None:
    say(f"\n{outcome.stored} new in the vault, {outcome.known} were there already. "
        "Each file was kept as it is, encrypted.")  # fmt: skip
    if of_export and outcome.alone:
        say(f"{outcome.alone} came without a sidecar: what their files say was taken.")
    if clutter:
        say(f"{clutter} files or folders that systems leave lying were not looked at.")
    listed("Kept, but shown by no decoder here, so without a preview:", outcome.unseen,
           limit=UNSEEN_LISTED)  # fmt: skip
    listed("Not taken:", _lines(outcome.left_out))
    listed("Sidecars that could not be used:", _lines(outcome.damaged))
    listed("NOT IN THE VAULT, and should be:", _lines(outcome.failed))


def _sync(chosen: argparse.Namespace) -> Ending:
    with _library(chosen) as (library, _):
        outcome = copy_vault(library, chosen.folder, is_whole=False, delete=chosen.delete)
    return _told_copy(outcome)


def _export(chosen: argparse.Namespace) -> Ending:
    with _library(chosen) as (library, remembered):
        if remembered is not None:
            session.prove(remembered)
        patiently(lambda: library.client.call("POST", "/exports"))
        outcome = copy_vault(library, chosen.folder, is_whole=True)
    return _told_copy(outcome)


def _told_copy(outcome: CopyOutcome) -> Ending:
    say(f"\n{outcome.written} photos written, {outcome.renewed} sidecars written, "
        f"{outcome.removed} taken away.")  # fmt: skip
    listed("Deleted in the vault; the copy here stays:", outcome.kept)
    listed("The service owes an explanation:", _lines(outcome.doubts))
    listed("NOT WRITTEN, and should be:", _lines(outcome.failed))
    return Ending.SOME_LEFT if outcome.failed or outcome.doubts else Ending.DONE


@contextmanager
def _library(chosen: argparse.Namespace) -> Iterator[tuple[Library, Device | None]]:
    """The open library; a session that nobody is to remember is ended with it. The device comes
    along only where it was remembered, and has to prove itself for what is dangerous.
    """
    device, is_remembered = session.open_vault(_access(chosen))
    try:
        yield Library.of(device), device if is_remembered else None
    finally:
        if not is_remembered:
            session.leave(device)


def _walked(folder: Path) -> Walked:
    if folder.is_file():
        raise RefusedError(f"{folder} {STILL_PACKED}, and name the folder.")
    try:
        walked = walk(folder)
    except NotADirectoryError as error:
        raise RefusedError(f"{folder} is no folder.") from error
    if not walked.files and STILL_PACKED in walked.left_out.values():
        raise RefusedError("Everything in this folder is still packed: unpack it first.")
    return walked


def _lines(reasons: dict[str, str]) -> list[str]:
    return [f"{place}: {reason}" for place, reason in reasons.items()]


def _access(chosen: argparse.Namespace) -> Access:
    return Access(url=chosen.url.rstrip("/"), email=chosen.email, file=chosen.session)


def _session_file() -> Path:
    base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(os.environ.get("POCKETVAULT_SESSION") or Path(base) / "pocketvault/session.json")


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--url", default=os.environ.get("POCKETVAULT_URL", ""),
                        help="the service's address (or POCKETVAULT_URL)")  # fmt: skip
    common.add_argument("--email", default=os.environ.get("POCKETVAULT_EMAIL", ""),
                        help="your e-mail address (or POCKETVAULT_EMAIL)")  # fmt: skip
    common.add_argument("--session", type=Path, default=_session_file(),
                        help="the file of a remembered session")  # fmt: skip
    parser = argparse.ArgumentParser(
        prog="python -m tests.reference_client",
        description="A vault from the command line. The password is asked for, or read from "
        f"{session.PASSWORD} or the first line of the input; never given here.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(
        name: str, does: object, help_: str, *more: argparse.ArgumentParser
    ) -> argparse.ArgumentParser:
        made = commands.add_parser(name, parents=[common, *more], help=help_, description=help_)
        made.set_defaults(command=does)
        return made

    signing = command("sign-in", _sign_in, "try the password, and keep the session if you ask")
    signing.add_argument("--remember", action="store_true",
                         help="keep token and key in a file that only you can read")  # fmt: skip
    command("sign-out", _sign_out, "end the session that was kept")
    folder = argparse.ArgumentParser(add_help=False)
    folder.add_argument("folder", type=Path, metavar="FOLDER")
    albums = argparse.ArgumentParser(add_help=False)
    albums.add_argument("--folders-as-albums", action="store_true",
                        help="each folder with pictures becomes an album of its name")  # fmt: skip
    command("upload", _upload, "bring in the pictures of a folder", folder, albums)
    importing = command("import", _import, "bring in an export of another service with what its "
                        "sidecars say", folder, albums)  # fmt: skip
    importing.add_argument("--kind", choices=["auto", *READERS], default="auto")
    syncing = command("sync", _sync, "bring a copy up to date with what changed", folder)
    syncing.add_argument("--delete", action="store_true",
                         help="delete in the copy what was deleted in the vault")  # fmt: skip
    command("export", _export, "write everything, opened, into a folder", folder)
    return parser
