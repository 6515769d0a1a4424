"""Coming in: secrets are asked for, and kept only where somebody says so."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.people import PASSWORD, new_person
from tests.importing.conftest import Vault
from tests.importing.exports import picture, put
from tests.live import ROOT, Live, free_port
from tests.reference_client import account
from tests.reference_client.cli import session
from tests.reference_client.cli.words import Ending


def test_nothing_is_kept_unless_asked(live: Live, vault: Vault, tmp_path: Path) -> None:
    file = tmp_path / "none.json"
    piped = subprocess.run(
        [sys.executable, "-m", "tests.reference_client", "sign-in", "--url", live.url,
         "--email", vault.person.email, "--session", str(file)],
        input=f"{PASSWORD}\n", cwd=ROOT, text=True, capture_output=True, check=False,
    )  # fmt: skip

    assert (piped.returncode, piped.stderr) == (Ending.DONE, "")
    assert "Nothing was kept" in piped.stdout
    assert not file.exists()
    # And the session it took to find out has ended.
    assert len(account.sessions_of(vault.person.device)) == 1


def test_what_is_remembered_is_for_its_owner_alone(
    live: Live, vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "deep/kept.json"
    monkeypatch.setenv(session.PASSWORD, PASSWORD)
    mine = Vault(person=vault.person, file=file, url=live.url, capsys=vault.capsys)
    previous = os.umask(0)
    try:
        said = mine.run("sign-in", "--url", live.url, "--email", vault.person.email, "--remember")
    finally:
        os.umask(previous)

    assert said.code == Ending.DONE
    assert "Whoever gets this file can open your vault" in said.out
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    monkeypatch.delenv(session.PASSWORD)
    assert mine.run("upload", put(tmp_path / "in", {"a.jpg": picture(1)})).code == Ending.DONE
    file.chmod(0o640)
    said = mine.run("sync", tmp_path / "copy")
    assert (said.code, "can be read by others" in said.err) == (Ending.REFUSED, True)
    file.chmod(0o600)
    kept = session.recalled(file)
    assert mine.run("sign-out").code == Ending.DONE
    assert not file.exists()
    assert not account.is_signed_in(kept)


def test_an_export_asks_for_the_password_again(
    vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(session.PASSWORD, "not my password at all")

    said = vault.run("export", tmp_path / "out")

    assert said.code == Ending.REFUSED
    assert "(wrong_proof)" in said.err
    assert not (tmp_path / "out").exists()


def test_a_session_that_ended_is_forgotten(
    live: Live, vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.sign_out_everywhere(vault.person.device)
    monkeypatch.setenv(session.PASSWORD, PASSWORD)

    said = vault.run(
        "sync", tmp_path / "copy", "--url", live.url, "--email", vault.person.email
    )

    assert said.code == Ending.DONE
    assert "has ended and was forgotten" in said.err
    assert not vault.file.exists()


def test_a_code_of_an_authenticator_app_is_asked_for(
    live: Live, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    person = new_person(live, "alice")
    secret = person.device.client.call("POST", "/auth/totp", {})
    confirmed = person.device.client.call(
        "POST", "/auth/totp/confirm", {"code": _code_now(secret["secret"])}
    )
    paper = confirmed["recovery_codes"][0]
    monkeypatch.setenv(session.PASSWORD, PASSWORD)
    monkeypatch.setenv(session.CODE, paper)
    vault = Vault(person=person, file=tmp_path / "s.json", url=live.url, capsys=capsys)

    said = vault.run("sign-in", "--url", live.url, "--email", person.email)

    assert (said.code, said.err) == (Ending.DONE, "")
    monkeypatch.setenv(session.CODE, paper)
    again = vault.run("sign-in", "--url", live.url, "--email", person.email)
    assert (again.code, "(wrong_code)" in again.err) == (Ending.REFUSED, True)


def test_refusals_are_sentences_with_their_codes(
    live: Live, vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    none = Vault(person=vault.person, file=tmp_path / "no.json", url="", capsys=vault.capsys)
    there = ("--url", live.url, "--email", vault.person.email)
    monkeypatch.setenv(session.PASSWORD, "wrong")
    assert "(wrong_credentials)" in none.run("sign-in", *there).err
    assert none.run("sign-in").err == "Say where and who: --url and --email.\n"
    plain = none.run("sign-in", "--url", "http://vault.example.org", "--email", "a@b.org")
    assert "must begin with https://" in plain.err
    nobody = none.run("sign-in", "--url", f"http://localhost:{free_port()}", "--email", "a@b.org")
    assert (nobody.code, "does not answer" in nobody.err) == (Ending.CUT_SHORT, True)
    put(tmp_path, {"packed/takeout-001.zip": b"PK", "one.zip": b"PK", "mixed/a.jpg": picture(1)})
    assert "still packed" in vault.run("import", tmp_path / "packed").err
    assert "still packed" in vault.run("import", tmp_path / "one.zip").err
    assert "is no folder" in vault.run("import", tmp_path / "nothing").err
    assert "Take --kind" in vault.run("import", tmp_path / "mixed").err
    vault.file.write_text(json.dumps({"url": live.url}))
    assert "is damaged" in vault.run("sync", tmp_path / "copy").err


def test_no_secret_fits_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    helped = subprocess.run(
        [sys.executable, "-m", "tests.reference_client", "sign-in", "--help"],
        cwd=ROOT, text=True, capture_output=True, check=True,
    )  # fmt: skip
    words = [word.strip("[],") for word in helped.stdout.split()]
    options = {word for word in words if word.startswith("--")}
    assert options == {"--help", "--url", "--email", "--session", "--remember"}


def _code_now(secret: str) -> str:
    import pyotp

    return pyotp.TOTP(secret).now()
