"""A service that would be unsafe does not start, and says which setting to change."""

from __future__ import annotations

import os
import re
import stat
import subprocess
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from deploy.local.project import Project
from pocketvault.kernel import folders
from pocketvault.settings import safety

ROOT = Path(__file__).resolve().parents[2]
LONG = "Vq3xTz8LrWmB5cYhJ0nKdP7sEuA2gFi9oQwRtZyXvC4bN6mS1aHjUkDlGpOeI-_x"
SETTINGS = {
    "PUBLIC_URL", "PROFILES_URL", "SECRET_KEY", "SALT_PEPPER", "EPOCH_KEY_DIRS", "DATABASE_URL",
    "REDIS_URL",
}


def manage(var: Path, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a command as an operator does, with a generous umask and nothing else set."""
    plain = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    return subprocess.run(
        Project(ROOT).python_command("manage.py", *command),
        cwd=ROOT, capture_output=True, text=True, check=False, umask=0o022,
        env={
            **plain, "DJANGO_SETTINGS_MODULE": "pocketvault.settings.base",
            "VAR_DIR": str(var), **environ,
        },
    )


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"PUBLIC_URL": "http://vault.example.org"}, "PUBLIC_URL"),
        ({"SECRET_KEY": "x", "SALT_PEPPER": "x"}, "SECRET_KEY"),
        ({"SECRET_KEY": LONG, "SALT_PEPPER": LONG}, "SALT_PEPPER"),
        ({"PROFILES_URL": "http://localhost:8001"}, "PROFILES_URL"),
        (
            {"PUBLIC_URL": "https://vault.example.org", "EPOCH_KEY_DIRS": "/nowhere/one"},
            "EPOCH_KEY_DIRS",
        ),
    ],
)
def test_an_unsafe_service_does_not_start(
    tmp_path: Path, environ: dict[str, str], name: str
) -> None:
    done = manage(tmp_path, "check", **environ)
    assert done.returncode != 0
    assert name in done.stderr
    assert LONG not in done.stderr


def test_what_it_writes_is_for_its_own_account_only(tmp_path: Path) -> None:
    var = tmp_path / "var"
    done = manage(var, "prepare")
    assert done.returncode == 0, done.stderr
    made = [var, *var.rglob("*")]
    assert len(made) > 5
    assert not [path for path in made if stat.S_IMODE(path.stat().st_mode) & 0o077]


@pytest.mark.parametrize("mode", [0o755, 0o710, 0o777, 0o2770])
def test_a_data_folder_that_others_may_enter_is_closed_and_the_log_says_so(
    tmp_path: Path, mode: int
) -> None:
    var = tmp_path / "var"
    var.mkdir()
    var.chmod(mode)

    first, second = manage(var, "check"), manage(var, "check")

    assert (first.returncode, second.returncode) == (0, 0), first.stderr
    assert stat.S_IMODE(var.stat().st_mode) & 0o777 == 0o700
    assert "was open to other accounts; it is closed now" in first.stderr
    assert str(var) not in first.stderr
    assert "open to other accounts" not in second.stderr


def test_a_data_folder_of_somebody_else_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tmp_path.chmod(0o750)

    def refuse(path: Path, mode: int) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "chmod", refuse)
    folders.close_to_others(tmp_path)
    folders.close_to_others(tmp_path / "not there")

    assert [record.msg for record in caplog.records] == [
        "the data folder is open to other accounts, and not ours to close"
    ]


@pytest.mark.parametrize(
    "url",
    ["http://localhost:8000", "http://127.9.9.9", "http://[::1]:8000", "https://vault.example.org/"],
)
def test_an_origin_people_can_trust_is_taken(url: str) -> None:
    assert safety.public_url(url) == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "http://vault.example.org", "http://192.168.1.5:8000", "http://localhost.example.org",
        "vault.example.org", "ftp://localhost", "https://", "https://vault.example.org/photos",
        "https://anna@vault.example.org", "https://vault.example.org?x=1", "http://localhost:many",
    ],
)
def test_an_address_that_is_no_safe_origin_is_named(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="PUBLIC_URL="):
        safety.public_url(url)


@pytest.mark.parametrize(
    ("vault", "profiles"),
    [
        ("http://localhost:8000", "http://127.0.0.1:8000"),
        ("https://localhost", "https://127.0.0.1"),
        ("http://127.0.0.1:8099", "http://localhost:8099"),
        ("https://vault.example.org", ""),
    ],
)
def test_profiles_have_a_second_name_on_this_machine_and_are_off_elsewhere(
    vault: str, profiles: str
) -> None:
    assert safety.profiles_url(None, vault=vault) == profiles


@pytest.mark.parametrize(
    "url",
    [
        "https://vault.example.org", "https://VAULT.example.org:8443", "http://photos.example.org",
        "photos.example.org", "https://photos.example.org/u",
    ],
)
def test_profiles_on_the_vaults_host_or_on_no_safe_origin_are_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="PROFILES_URL="):
        safety.profiles_url(url, vault="https://vault.example.org")


def test_an_origin_of_their_own_is_taken() -> None:
    url = "https://photos.example.org"
    assert safety.profiles_url(f"{url}/", vault="https://vault.example.org") == url


@pytest.mark.parametrize("value", ["", "x", LONG[:31], "x" * 64, "abcabcabc" * 8])
def test_a_secret_that_can_be_guessed_is_refused(value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^THING can be guessed"):
        safety.secret("THING", value)


def test_one_folder_under_two_names_is_one_copy(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "one")
    twice = [tmp_path / "one", tmp_path / "link"]
    with pytest.raises(ImproperlyConfigured, match="at least two"):
        safety.epoch_folders(twice, is_here=False)
    assert safety.epoch_folders(twice, is_here=True) == twice


def warnings(var: Path, **environ: str) -> set[str]:
    """Which warnings ``check --deploy`` gives for a vault that people reach from elsewhere."""
    elsewhere = {"PUBLIC_URL": "https://vault.example.org"}
    done = manage(var, "check", "--deploy", **{**elsewhere, **environ})
    assert done.returncode == 0, done.stderr
    return set(re.findall(r"\((\w+\.W\d+)\)", done.stderr))


# Two folders on different disks; neither is made by looking.
APART = f"{ROOT},/dev/shm"


def test_a_trial_on_this_machine_raises_no_warning(tmp_path: Path) -> None:
    assert warnings(tmp_path, PUBLIC_URL="http://localhost:8000") <= {"security.W004"}


def test_copies_on_one_disk_are_named(tmp_path: Path) -> None:
    assert warnings(tmp_path) == {"pocketvault.W002"}


@pytest.mark.parametrize(
    ("database", "redis", "ids"),
    [
        (
            "postgres://db.example.org/vault",
            "redis://cache.example.org",
            {"pocketvault.W003", "pocketvault.W004"},
        ),
        (
            "postgres://db.example.org/vault?sslmode=require",
            "redis://127.0.0.1",
            {"pocketvault.W003"},
        ),
        (
            "postgres://db.example.org/vault?sslmode=verify-full",
            "rediss://cache.example.org",
            set(),
        ),
        ("postgres://db.example.org/vault?sslmode=verify-ca", "redis://[::1]", set()),
        ("postgres:///vault", "redis://localhost", set()),
    ],
)
def test_what_goes_to_another_machine_without_tls_is_named(
    tmp_path: Path, database: str, redis: str, ids: set[str]
) -> None:
    urls = {"DATABASE_URL": database, "REDIS_URL": redis}
    assert warnings(tmp_path, EPOCH_KEY_DIRS=APART, **urls) == ids


def test_folders_that_became_one_are_named(settings: Settings, tmp_path: Path) -> None:
    settings.IS_LOOPBACK = False
    settings.EPOCH_KEY_DIRS = [tmp_path, tmp_path]
    ids = {message.id for message in run_checks(include_deployment_checks=True)}
    assert "pocketvault.W001" in ids
