"""A search engine that is what it says gets pages and covers; whoever only says so is anybody."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import time_machine
from django.core.cache import cache
from django.test.utils import override_settings

from pocketvault.kernel import work
from pocketvault.kernel.models import Job
from sharing.models import Profile, Publication
from sharing.visitors import resolving, robots, taking, tiers
from tests.sharing.visitors.name_server import GARBAGE, NameServer, Records, running_name_server
from tests.sharing.visitors.protocol import HERE, PAGE, Stranger

pytestmark = pytest.mark.django_db

GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
POINTER = ("7.100.51.198.in-addr.arpa.", "PTR")
CRAWLER = "crawl-198-51-100-7.googlebot.com."
HONEST: Records = {POINTER: [CRAWLER], (CRAWLER, "A"): [HERE]}
GOOGLE = robots.DOMAINS["Googlebot"]
FULL_LABEL = "\\000\\.\\032\\255" * 15
LONG = f"{FULL_LABEL}.{FULL_LABEL}.{FULL_LABEL}.example."


@contextmanager
def answering(records: Records) -> Iterator[NameServer]:
    with (
        running_name_server(records) as server,
        override_settings(DNS_RESOLVER=("127.0.0.1", server.port)),
    ):
        yield server


def crawler(address: str = HERE) -> Stranger:
    made = Stranger(address)
    made.client.defaults["HTTP_USER_AGENT"] = GOOGLEBOT
    return made


def cover(stranger: Stranger) -> int:
    status: int = stranger.client.get("/u/marit/cover.jpg").status_code
    return status


@pytest.fixture
def listed(profile: Profile, photos: list[str], monkeypatch: pytest.MonkeyPatch) -> Profile:
    """alice's, for search engines, with a cover; nobody has an allowance of covers left."""
    profile.cover = Publication.objects.get(public_id=photos[0])
    profile.is_listed = True
    profile.save()
    monkeypatch.setattr(taking, "COVERS_OF_NETWORK", tiers.Allowance(0, 0.1))
    return profile


@pytest.mark.parametrize(
    "records",
    [
        pytest.param(HONEST, id="as it should be"),
        pytest.param({**HONEST, POINTER: ["other.example.", CRAWLER.upper()]}, id="another name"),
    ],
)
def test_a_machine_whose_name_leads_back_is_its_owners(records: Records) -> None:
    with answering(records):
        assert resolving.is_machine_of(GOOGLE, HERE)
        assert resolving.is_machine_of(GOOGLE, f"::ffff:{HERE}")


def test_so_it_is_with_the_longer_addresses() -> None:
    pointer = "8." + "0." * 23 + "8.b.d.0.1.0.0.2.ip6.arpa."
    records = {(pointer, "PTR"): [CRAWLER], (CRAWLER, "AAAA"): ["2001:db8:0:0::8"]}
    with answering(records) as server:
        assert resolving.is_machine_of(GOOGLE, "2001:db8::8")
        assert not resolving.is_machine_of(GOOGLE, "2001:db8::9")
    assert server.asked[0] == (pointer, "PTR")


@pytest.mark.parametrize(
    "records",
    [
        pytest.param({**HONEST, (CRAWLER, "A"): ["66.249.66.1"]}, id="leads elsewhere"),
        pytest.param({POINTER: [CRAWLER]}, id="leads nowhere"),
        pytest.param({(CRAWLER, "A"): [HERE]}, id="no name"),
        pytest.param({POINTER: ["evilgooglebot.com."], ("evilgooglebot.com.", "A"): [HERE]},
                     id="ends alike"),
        pytest.param({POINTER: ["googlebot.com.example."],
                      ("googlebot.com.example.", "A"): [HERE]}, id="begins alike"),
        pytest.param({POINTER: ["x\\.googlebot.com."], ("x\\.googlebot.com.", "A"): [HERE]},
                     id="a dot within a label"),
        pytest.param({POINTER: ["1.googleusercontent.com."],
                      ("1.googleusercontent.com.", "A"): [HERE]}, id="rented there"),
        pytest.param({POINTER: [LONG], (LONG, "A"): [HERE]}, id="as long as a name can be"),
        pytest.param({POINTER: GARBAGE}, id="garbage"),
        pytest.param({POINTER: [CRAWLER], (CRAWLER, "A"): GARBAGE}, id="garbage later"),
    ],
)  # fmt: skip
def test_whoever_only_says_so_is_not(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolving, "MOST_SECONDS", 1.0)
    with answering(records) as server:
        assert not resolving.is_machine_of(GOOGLE, HERE)
    assert server.asked[0] == POINTER


def test_no_more_than_a_few_names_are_looked_up() -> None:
    names = [f"n{number}.googlebot.com." for number in range(60)]
    with answering({POINTER: names}) as server:
        assert not resolving.is_machine_of(GOOGLE, HERE)
    assert len(server.asked) == 1 + resolving.MOST_NAMES


def test_a_server_that_never_answers_costs_a_worker_seconds() -> None:
    with answering({}):
        start = time.monotonic()
        assert not resolving.is_machine_of(GOOGLE, HERE)
        assert time.monotonic() - start < resolving.MOST_SECONDS + 2


def test_no_server_at_all_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolving, "MOST_SECONDS", 1.0)
    with override_settings(DNS_RESOLVER=("127.0.0.1", 1)):
        assert not resolving.is_machine_of(GOOGLE, HERE)


def test_a_request_waits_for_no_dns_and_a_worker_finds_out(listed: Profile) -> None:
    with answering(HONEST) as server:
        assert cover(crawler()) == 429
        assert not server.asked
        work.run_due_jobs()
        assert server.asked
        assert cover(crawler()) == 200
        assert cover(crawler("198.51.100.8")) == 429  # its neighbour is somebody else
        assert cover(Stranger()) == 429  # and it itself, by another name
    assert listed.is_listed


def test_whoever_only_says_so_is_treated_like_anybody(listed: Profile) -> None:
    with answering({**HONEST, (CRAWLER, "A"): ["66.249.66.1"]}):
        assert cover(crawler()) == 429
        work.run_due_jobs()
        assert cover(crawler()) == cover(Stranger()) == 429
        assert crawler().with_grant().ask([listed.cover.public_id])["addresses"]  # type: ignore[union-attr]


def test_a_profile_that_is_not_listed_is_nothing_to_search_engines(listed: Profile) -> None:
    Profile.objects.update(is_listed=False)
    robots.note_verified("Googlebot", HERE)
    assert cover(crawler()) == 429
    assert not Job.objects.exists()


def test_a_search_engine_gets_no_task_no_grant_and_no_addresses(
    profile: Profile, photos: list[str]
) -> None:
    engine = crawler().with_grant()
    assert engine.ask(photos)["addresses"]
    robots.note_verified("Googlebot", HERE)
    assert engine.client.get("/g/challenge", headers=PAGE).status_code == 403
    for door in ("/g/grant", "/g/addresses"):
        answer = engine.client.post(door, "{}", content_type="application/json", headers=PAGE)
        assert answer.status_code == 403
    assert engine.client.get("/u/marit").content == Stranger().client.get("/u/marit").content


def test_no_row_holds_an_address_and_the_cache_holds_it_for_minutes(
    clock: time_machine.Traveller, listed: Profile
) -> None:
    cover(crawler())
    (ticket,) = Job.objects.get(task="sharing.verify_robot").arguments
    assert len(ticket) == 22
    assert robots.kept_for_check(ticket) == ("Googlebot", HERE)
    clock.shift(301)
    assert robots.kept_for_check(ticket) is None
    work.run_due_jobs()
    assert not Job.objects.filter(task="sharing.verify_robot").exists()


def test_an_address_is_forgotten_as_soon_as_it_was_looked_up(listed: Profile) -> None:
    with answering(HONEST):
        cover(crawler())
        (ticket,) = Job.objects.get().arguments
        work.run_due_jobs()
    assert robots.kept_for_check(ticket) is None
    assert robots.is_verified("Googlebot", HERE)
    assert not robots.is_verified("bingbot", HERE)


def test_what_was_found_is_known_until_midnight(clock: time_machine.Traveller) -> None:
    robots.note_verified("Googlebot", HERE)
    clock.shift(11 * 3600)
    assert robots.is_verified("Googlebot", HERE)
    clock.shift(2 * 3600)
    assert not robots.is_verified("Googlebot", HERE)


def test_saying_a_name_again_and_again_keeps_nobody_busy(
    clock: time_machine.Traveller, listed: Profile
) -> None:
    for _ in range(3):
        cover(crawler())
    assert Job.objects.count() == 1
    for number in range(40):
        cover(crawler(f"198.51.100.{number}"))
    assert Job.objects.count() == 30
    for number in range(40):
        cover(crawler(f"192.0.{number}.1"))
    assert Job.objects.count() == 60


def test_the_covers_of_many_profiles_cost_an_allowance_and_each_only_once(
    clock: time_machine.Traveller,
) -> None:
    assert sum(taking.take_cover("home", f"owner-{number}") for number in range(100)) == 60
    assert taking.take_cover("home", "owner-7")
    assert taking.take_cover("office", "owner-99")
    assert not taking.take_cover("home", "owner-99")
    clock.shift(10)
    assert taking.take_cover("home", "owner-99")


@pytest.mark.parametrize("said", ["", "x" * 100_000, "Mozilla/5.0 (X11) Firefox/140.0", "\u00ff"])
def test_whoever_says_no_such_name_costs_nothing(listed: Profile, said: str) -> None:
    stranger = Stranger()
    stranger.client.defaults["HTTP_USER_AGENT"] = said
    assert cover(stranger) == 429
    assert not Job.objects.exists()
    assert robots.claimed_name(said) is None


def test_a_ticket_of_nobodys_is_no_failure() -> None:
    cache.set("visitors:robot-ticket:x", b"Nobody 198.51.100.7", 60)
    for ticket in ("x", "y"):
        assert robots.kept_for_check(ticket) is None
