"""Time-stamps of evidence (RFC 3161), against a real authority that OpenSSL signs for."""

from __future__ import annotations

import io
import json
import ssl
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Account
from deploy.local.certificate import ensure_certificate
from pocketvault.kernel.egress import Egress
from pocketvault.settings import backends
from rights.actions.processors import ProcessorDraft, announce_processor
from rights.models import EvidenceKind, ProcessorHost, Takedown
from rights.takedown.actions.keeping import keep_upload
from rights.takedown.actions.summing import TRY_AGAIN, stamp_evidence, sum_up_evidence
from rights.takedown.actions.tending import owe_what_is_due
from rights.takedown.bundle import bundle_of
from rights.takedown.stamping import AskAuthority, authority
from rights.takedown.telling import stamp_state
from tests.rights.local_site import local_site
from tests.rights.making_takedown import fresh, gathered, reported, signed
from tests.rights.time_authority import DAY, Authority, local_authority

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()
REJECTED = bytes.fromhex("30053003020102")


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("tls")
    ensure_certificate(made, "localhost", now=datetime.now(UTC))
    return made


@pytest.fixture
def clock(tls: Path, tmp_path: Path, settings: Settings) -> Iterator[Authority]:
    """An authority that is named in the settings, and in the register of processors."""
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}
    folder = tmp_path / "tsa"
    folder.mkdir()
    with local_authority(folder, tls) as each:
        settings.TSA = {"url": f"https://{each.host}/tsr", "roots": each.roots}
        made = announce_processor(
            ProcessorDraft(
                name="Clock & Co", role="Stamps evidence", country="IE", data="Hashes",
                purposes=("take_down_copies",), hosts=("tsa.example.org",),
                contract_from=TODAY, contract_until=TODAY + 30 * DAY, starts_on=TODAY,
            )
        )  # fmt: skip
        ProcessorHost.objects.create(processor=made, host=each.host)
        yield each


@pytest.fixture
def ask(tls: Path, clock: Authority) -> AskAuthority:
    """As in production, but that this machine may be asked, and its certificate is believed."""
    context = ssl.create_default_context(cafile=str(tls / "localhost.pem"))
    client = Egress(accepts=lambda address: address.is_loopback, tls=context)
    return authority(client.fetch)


@pytest.fixture
def case(clock: Authority, alice: Account) -> Takedown:
    """With evidence that nobody stamped yet."""
    with local_site() as site:
        site.shows("/page", b"<html>nothing</html>")
        return gathered(reported(alice), site)


def tags(case: Takedown) -> list[tuple[str, str]]:
    rows = case.events.order_by("pk")
    return [(each.tag, each.open().decode()) for each in rows if "stamp" in each.tag]


def bundle(case: Takedown, into: Path) -> tuple[list[dict[str, str]], Path]:
    with zipfile.ZipFile(io.BytesIO(bundle_of(case))) as archive:
        archive.extractall(into)
    return json.loads((into / "manifest.json").read_text()), into


def openssl_verifies(folder: Path, manifest: str, stamp: str, roots: Path) -> bool:
    run = subprocess.run(
        ["openssl", "ts", "-verify", "-data", manifest, "-in", stamp, "-CAfile", str(roots)],
        cwd=folder, capture_output=True, check=False,
    )  # fmt: skip
    return run.returncode == 0


def test_a_stamp_is_kept_and_openssl_verifies_it_from_the_bundle_alone(
    case: Takedown, clock: Authority, ask: AskAuthority, tmp_path: Path
) -> None:
    assert stamp_state(case) == "waiting"

    stamp_evidence(case.pk, ask=ask)

    case = fresh(case)
    assert stamp_state(case) == "stamped"
    [(tag, note)] = tags(case)
    assert tag == "stamped"
    assert abs(datetime.fromisoformat(note) - timezone.now()) < timedelta(minutes=1)
    facts, folder = bundle(case, tmp_path / "bundle")
    [stamp] = [each for each in facts if each["kind"] == "stamp"]
    [manifest] = [each for each in facts if each["kind"] == "manifest"]
    assert stamp["stamps"] == manifest["sha256"]
    assert openssl_verifies(folder, manifest["file"], stamp["file"], clock.roots)
    assert (folder / "tsa-roots.pem").read_bytes() == clock.roots.read_bytes()
    (folder / manifest["file"]).write_bytes(b"[]")
    assert not openssl_verifies(folder, manifest["file"], stamp["file"], clock.roots)


def test_only_a_hash_and_a_number_are_sent(
    case: Takedown, clock: Authority, ask: AskAuthority
) -> None:
    stamp_evidence(case.pk, ask=ask)

    [query] = clock.asked
    row = case.evidence.get(kind=EvidenceKind.MANIFEST)
    assert bytes(row.sha256) in query
    assert len(query) < 100


def test_what_comes_later_gets_a_manifest_and_a_stamp_of_its_own(
    case: Takedown, ask: AskAuthority, alice: Account, tmp_path: Path
) -> None:
    stamp_evidence(case.pk, ask=ask)
    keep_upload(case, b"\x89PNG what I saw", "image/png", actor=alice)
    assert not fresh(case).is_summed

    sum_up_evidence(case.pk)
    assert stamp_state(fresh(case)) == "waiting"
    stamp_evidence(case.pk, ask=ask)
    sum_up_evidence(case.pk)
    stamp_evidence(case.pk, ask=ask)

    case = fresh(case)
    assert (case.is_summed, stamp_state(case)) == (True, "stamped")
    facts, folder = bundle(case, tmp_path)
    kinds = [each["kind"] for each in facts]
    assert kinds[-3:] == ["upload", "manifest", "stamp"]
    assert (kinds.count("manifest"), kinds.count("stamp")) == (2, 2)
    upload, manifest = facts[-3], facts[-2]
    assert upload["origin"] == "as uploaded by the person, not checked by this service"
    assert upload["sha256"] in (folder / manifest["file"]).read_text()


def twist(data: bytes, of: Callable[[bytes], int]) -> bytes:
    """One bit of it changed, at a place."""
    changed = bytearray(data)
    changed[of(data)] ^= 1
    return bytes(changed)


WRONG = {
    "another number": ("before", lambda data: twist(data, lambda each: len(each) - 5)),
    "another hash": (
        "before",
        lambda data: twist(data, lambda each: each.index(b"\x04\x20") + 10),
    ),
    "not signed so": ("after", lambda data: twist(data, lambda each: len(each) - 5)),
    "refused": ("after", lambda data: REJECTED),
    "no stamp": ("after", lambda data: b"<html>Welcome</html>"),
    "nothing": ("after", lambda data: b""),
    "too much": ("after", lambda data: data + bytes(70_000)),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_stamp_that_is_wrong_is_none_and_the_case_goes_on(
    case: Takedown, clock: Authority, ask: AskAuthority, kind: str
) -> None:
    setattr(clock, *WRONG[kind])

    stamp_evidence(case.pk, ask=ask)

    assert len(clock.asked) == 1
    assert not case.evidence.filter(kind=EvidenceKind.STAMP).exists()
    assert [tag for tag, _ in tags(case)] == ["not_stamped"]
    assert stamp_state(fresh(case)) == "waiting"
    assert signed(case).step == "signed"


@pytest.mark.parametrize("kind", ["expired", "unknown"])
def test_a_certificate_that_ran_out_or_leads_elsewhere_is_not_believed(
    case: Takedown, clock: Authority, ask: AskAuthority, kind: str
) -> None:
    known = clock.roots.read_bytes()
    clock.make(until=datetime.now(UTC) - DAY if kind == "expired" else None)
    if kind == "unknown":
        clock.roots.write_bytes(known)

    stamp_evidence(case.pk, ask=ask)

    assert len(clock.asked) == 1
    assert tags(case) == [("not_stamped", "cannot be believed")]
    assert not case.evidence.filter(kind=EvidenceKind.STAMP).exists()


def test_an_authority_that_is_away_is_asked_again_and_then_no_more(
    case: Takedown, clock: Authority, ask: AskAuthority
) -> None:
    clock.status = 503
    for number, pause in enumerate(TRY_AGAIN):
        stamp_evidence(case.pk, ask=ask)
        row = fresh(case)
        assert row.stamp_due_at is not None
        assert row.stamp_due_at - timezone.now() <= pause
        stamp_evidence(case.pk, ask=ask)  # not yet
        assert len(clock.asked) == number + 1
        Takedown.objects.filter(pk=case.pk).update(stamp_due_at=timezone.now())
    clock.status = 500
    stamp_evidence(case.pk, ask=ask)

    assert tags(case) == [("not_stamped", "status 503"), ("never_stamped", "status 500")]
    assert stamp_state(fresh(case)) == "missing"


def test_one_that_comes_back_stamps_after_all(
    case: Takedown, clock: Authority, ask: AskAuthority
) -> None:
    clock.status = 503
    stamp_evidence(case.pk, ask=ask)
    clock.status = 200
    Takedown.objects.filter(pk=case.pk).update(stamp_due_at=timezone.now())

    assert owe_what_is_due() > 0
    stamp_evidence(case.pk, ask=ask)

    assert [tag for tag, _ in tags(case)] == ["not_stamped", "stamped"]


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_clock_that_is_not_ours_is_not_believed(
    case: Takedown, ask: AskAuthority, minutes: int
) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        Takedown.objects.filter(pk=case.pk).update(stamp_due_at=timezone.now())
        stamp_evidence(case.pk, ask=ask)

    assert tags(case) == [("not_stamped", "its clock is wrong")]


def test_nobody_is_asked_who_is_not_in_the_register(
    case: Takedown, clock: Authority, ask: AskAuthority
) -> None:
    ProcessorHost.objects.filter(host=clock.host).delete()

    stamp_evidence(case.pk, ask=ask)

    assert clock.asked == []
    assert tags(case) == [("not_stamped", "not in the register of processors")]


def test_the_product_asks_no_machine_of_its_own_network(case: Takedown, clock: Authority) -> None:
    stamp_evidence(case.pk)

    assert clock.asked == []
    assert [tag for tag, _ in tags(case)] == ["not_stamped"]


def test_without_an_authority_nothing_is_owed(
    alice: Account, settings: Settings, tmp_path: Path
) -> None:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}
    with local_site() as site:
        site.shows("/page", b"<html>nothing</html>")
        case = gathered(reported(alice), site)

    assert (case.stamp_due_at, stamp_state(case), tags(case)) == (None, "off", [])


def test_the_settings_want_both_and_https_and_certificates(tmp_path: Path, tls: Path) -> None:
    pem = str(tls / "localhost.pem")
    assert backends.authority_of_time(None, None) is None
    found = backends.authority_of_time("https://tsa.example.org/tsr", pem)
    assert found == {"url": "https://tsa.example.org/tsr", "roots": Path(pem)}
    (tmp_path / "empty.pem").write_text("nothing")
    for url, roots in (
        ("https://tsa.example.org/tsr", None), (None, pem),
        ("http://tsa.example.org/tsr", pem), ("https://me@tsa.example.org/", pem),
        ("https://tsa.example.org/", str(tmp_path / "empty.pem")),
        ("https://tsa.example.org/", str(tmp_path / "missing.pem")),
    ):  # fmt: skip
        with pytest.raises(ImproperlyConfigured):
            backends.authority_of_time(url, roots)
