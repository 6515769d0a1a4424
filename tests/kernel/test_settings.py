"""A deployment is its URLs, and a wrong value is refused at the start."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import get_resolver

from pocketvault.settings import backends, env
from pocketvault.settings.agents import agents_in

VAR = Path("/nowhere/var")


def test_unset_means_embedded() -> None:
    database = backends.database(None, var=VAR)
    assert database["ENGINE"].endswith("sqlite3")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in database["OPTIONS"]["init_command"]
    assert backends.cache(None, var=VAR)["BACKEND"].endswith("SqliteCache")
    assert backends.broker(None) == {"CELERY_BROKER_URL": "memory://"}
    assert backends.blobs(None, var=VAR) == {"kind": "files", "root": VAR / "blobs"}
    assert backends.email(None, var=VAR)["EMAIL_FILE_PATH"] == VAR / "mail"


def test_a_database_url_is_taken_apart() -> None:
    made = backends.database("postgres://us%40er:p%2Fw@db.example:6543/vault", var=VAR)
    assert (made["USER"], made["PASSWORD"], made["HOST"], made["PORT"], made["NAME"]) == (
        "us@er", "p/w", "db.example", 6543, "vault",
    )
    assert backends.database("postgresql://db/vault", var=VAR)["PORT"] == 5432


def test_the_tls_of_a_database_url_is_kept() -> None:
    made = backends.database(
        "postgres://u@db/vault?sslmode=verify-full&sslrootcert=%2Fetc%2Fca%20one.pem", var=VAR
    )
    assert made["OPTIONS"]["sslmode"] == "verify-full"
    assert made["OPTIONS"]["sslrootcert"] == "/etc/ca one.pem"
    assert "jit=off" in made["OPTIONS"]["options"]


@pytest.mark.parametrize(
    ("read", "url", "word"),
    [
        (backends.database, "postgres://db/vault?sslmod=verify-full", "sslmod is not"),
        (backends.database, "postgres://db/vault?sslmode", "sslmode= is not"),
        (backends.database, "postgres://db/vault?sslmode=verify", "sslmode=verify is not"),
        (backends.database, "postgres://db/vault?options=-c%20fsync%3Doff", "options is not"),
        (backends.database, "postgres://db/vault?sslmode=require&sslmode=disable", "twice"),
        (backends.blobs, "s3://vault?acl=public-read", "acl is not"),
        (backends.email, "smtp://mail.example?tls=no", "tls is not"),
    ],
)
def test_an_option_we_do_not_know_is_refused(read: object, url: str, word: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=word):
        read(url, var=VAR)


def test_blob_urls_are_taken_apart() -> None:
    assert backends.blobs("memory://", var=VAR) == {"kind": "memory"}
    assert backends.blobs("file:///a%20b", var=VAR) == {"kind": "files", "root": Path("/a b")}
    s3 = backends.blobs("s3://vault/pre/fix/?endpoint=http%3A%2F%2Fx%3A8333&region=eu", var=VAR)
    assert s3 == {
        "kind": "s3", "bucket": "vault", "prefix": "pre/fix", "endpoint": "http://x:8333",
        "region": "eu",
    }
    assert backends.blobs("s3://vault", var=VAR)["endpoint"] is None


def test_mail_urls_are_taken_apart() -> None:
    assert backends.email("console://", var=VAR)["EMAIL_BACKEND"].endswith("console.EmailBackend")
    plain = backends.email("smtp://u:p%21@mail.example", var=VAR)
    assert (plain["EMAIL_PORT"], plain["EMAIL_USE_TLS"], plain["EMAIL_HOST_PASSWORD"]) == (
        587, True, "p!",
    )
    assert backends.email("smtps://mail.example", var=VAR)["EMAIL_PORT"] == 465


@pytest.mark.parametrize(
    ("read", "url"),
    [
        (backends.database, "mysql://x/y"),
        (backends.cache, "memcached://x"),
        (backends.blobs, "ftp://x"),
        (backends.blobs, "s3:///no-bucket"),
        (backends.email, "pigeon://x"),
    ],
)
def test_a_service_we_do_not_know_is_refused(read: object, url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="not supported"):
        read(url, var=VAR)


def test_whom_to_ask_for_names_is_an_address_and_perhaps_a_port() -> None:
    assert backends.resolver(None) is None
    assert backends.resolver("10.0.0.53") == ("10.0.0.53", 53)
    assert backends.resolver("10.0.0.53:5353") == ("10.0.0.53", 5353)
    assert backends.resolver("[fd00::53]") == ("fd00::53", 53)
    assert backends.resolver("[fd00::53]:5353") == ("fd00::53", 5353)


@pytest.mark.parametrize(
    "address",
    ["dns.example.org", "fd00::53", "10.0.0.53:x", "10.0.0.53:99999", "10.0.0.53/x", "a@10.0.0.53",
     "[10.0.0.53", "udp://10.0.0.53", ":53"],
)  # fmt: skip
def test_whom_nobody_could_ask_is_refused(address: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="DNS_RESOLVER"):
        backends.resolver(address)


def test_a_broker_we_do_not_know_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured):
        backends.broker("amqp://x")


def test_secrets_can_come_from_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from a file\n", encoding="utf-8")
    monkeypatch.setenv("THING_FILE", str(tmp_path / "secret"))
    assert env.text("THING") == "from a file"
    monkeypatch.setenv("THING_FILE", str(tmp_path / "missing"))
    with pytest.raises(ImproperlyConfigured, match="THING_FILE"):
        env.text("THING")


@pytest.mark.parametrize("value", ["yes", "1", "True", "0"])
def test_a_flag_is_true_or_false(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("FLAG", "true")
    assert env.flag("FLAG", default=False)
    monkeypatch.setenv("FLAG", value)
    with pytest.raises(ImproperlyConfigured, match="FLAG"):
        env.flag("FLAG", default=False)


@pytest.mark.parametrize("value", ["-1", "many", "1.5", "0", "٣x"])
def test_a_number_is_whole_and_large_enough(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("COUNT", "7")
    assert env.number("COUNT", default=3, at_least=1) == 7
    monkeypatch.setenv("COUNT", value)
    with pytest.raises(ImproperlyConfigured, match="COUNT"):
        env.number("COUNT", default=3, at_least=1)


def test_words_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORDS", " a, b ,,c ")
    assert env.words("WORDS") == ["a", "b", "c"]
    monkeypatch.delenv("WORDS")
    assert env.words("WORDS") == []


def test_processes_that_start_at_once_agree_on_the_secret(tmp_path: Path) -> None:
    path, found, gate = tmp_path / "keys" / "secret.key", [], threading.Barrier(8)

    def start() -> None:
        gate.wait(10)
        found.append(env.secret_kept_in(path))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert len(set(found)) == 1
    assert len(found) == 8
    assert len(found[0]) >= 48
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["secret.key"]


def test_the_web_server_reads_files_only_where_it_is_told_to() -> None:
    files, bucket = {"kind": "files"}, {"kind": "s3"}

    assert backends.accel_prefix(None, blobs=files) == ""
    assert backends.accel_prefix(None, blobs=bucket) == ""
    assert backends.accel_prefix("/_blobs", blobs=files) == "/_blobs"
    with pytest.raises(ImproperlyConfigured, match="file store"):
        backends.accel_prefix("/_blobs", blobs=bucket)


@pytest.mark.parametrize(
    "prefix",
    ["_blobs", "/", "/blobs", "/_", "/_blobs/", "/_a/b", "/_blobs\n", "/_..", "//_blobs", "/api/v1",
     "https://x/_blobs", "/_bl obs", "/_BLOBS"],
)
def test_a_place_that_people_could_reach_is_refused(prefix: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="ACCEL_REDIRECT_PREFIX"):
        backends.accel_prefix(prefix, blobs={"kind": "files"})


def test_no_address_of_ours_begins_as_internal_places_do() -> None:
    assert not [str(each.pattern) for each in get_resolver().url_patterns
                if str(each.pattern).startswith("_")]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "not with a day"),
        ("GPTBot\nCCBot", "not with a day"),
        ("2026-08-22\n\n", "names nobody"),
        ("2026-08-22\nGPTBot\nDisallow: /", "Disallow"),
        ("2026-08-22\n*", r"'\*'"),
    ],
)
def test_a_list_of_agents_that_cannot_be_read_whole_is_refused(text: str, word: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=word):
        agents_in(text)


def test_a_list_of_agents_is_a_day_and_names() -> None:
    read = agents_in("2026-08-22\n GPTBot\nDatenbank Crawler\n")
    assert (read.as_of.isoformat(), read.names) == ("2026-08-22", ("GPTBot", "Datenbank Crawler"))
