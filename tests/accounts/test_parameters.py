from __future__ import annotations

from collections import Counter

import pytest
from django.core.cache import cache

from accounts.kdf import ParameterSet, salt_for, stand_in
from accounts.models import KeyBundle
from accounts.parameters import parameters_for
from tests import factories
from tests.accounts import bodies
from tests.accounts.bodies import AUTH

STRONG = ParameterSet(memory_kib=128 * 1024)
USUAL = ParameterSet()
HEAVY = ParameterSet(memory_kib=1024 * 1024, iterations=64, parallelism=16)
ADDRESSES = [f"stranger-{n}@example.org" for n in range(4000)]


@pytest.fixture
def two_offered(monkeypatch):
    """As after a release that began to offer a stronger set."""
    monkeypatch.setattr("accounts.kdf.OFFERED", (USUAL, STRONG))
    monkeypatch.setattr("accounts.models.key_bundle.OFFERED", (USUAL, STRONG))


def ask(api, email):
    return api.post(f"{AUTH}/parameters", {"email": email}, format="json")


@pytest.mark.django_db
def test_the_salt_of_an_address_is_the_same_before_and_after_sign_up(api):
    before = ask(api, "new@example.org").data
    sign_up_id, code = bodies.start_sign_up(api, "new@example.org")
    api.post(f"{AUTH}/sign-up/{sign_up_id}/confirm", {"code": code, **bodies.PHONE}, format="json")

    assert ask(api, "new@example.org").data == before == bodies.kdf_for("new@example.org")


@pytest.mark.django_db
def test_an_account_is_told_its_own_parameters_whatever_the_mix(alice, bob, api):
    KeyBundle.objects.filter(pk=alice.pk).update(kdf_memory_kib=STRONG.memory_kib)

    assert ask(api, alice.email).data["memory_kib"] == STRONG.memory_kib
    assert ask(api, bob.email).data["memory_kib"] == USUAL.memory_kib


@pytest.mark.django_db
def test_known_and_unknown_addresses_cost_the_same_queries(alice, api, django_assert_num_queries):
    parameters_for("warm@example.org")
    for email in (alice.email, "stranger@example.org"):
        with django_assert_num_queries(1):
            answer = ask(api, email)
        assert (answer.status_code, len(answer.data)) == (200, 5)


@pytest.mark.django_db
@pytest.mark.usefixtures("two_offered")
def test_the_mix_is_counted_from_real_accounts_and_remembered(alice, bob):
    KeyBundle.objects.filter(pk=alice.pk).update(kdf_memory_kib=STRONG.memory_kib)

    assert KeyBundle.objects.kdf_mix() == {STRONG: 1, USUAL: 1}
    KeyBundle.objects.all().delete()
    assert len(KeyBundle.objects.kdf_mix()) == 2
    cache.clear()
    assert KeyBundle.objects.kdf_mix() == {STRONG: 1}, "the newest"


@pytest.mark.django_db
@pytest.mark.usefixtures("two_offered")
def test_a_stranger_may_be_told_what_only_others_use(alice, bob):
    KeyBundle.objects.filter(pk=alice.pk).update(kdf_memory_kib=STRONG.memory_kib)

    told = Counter(parameters_for(address).memory_kib for address in ADDRESSES[:60])

    assert min(told[USUAL.memory_kib], told[STRONG.memory_kib]) > 10


def stored_with(api, alice, email, **costs):
    """What each of the three doors that store a set says to these costs."""
    sign_up = bodies.sign_up(email, kdf=bodies.kdf_for(email, **costs))
    yield api.post(f"{AUTH}/sign-up", sign_up, format="json")
    change = bodies.new_password(alice.email, kdf=bodies.kdf_for(alice.email, **costs))
    yield factories.app_of(alice).put("/api/v1/keys/password", change, format="json")
    api.post(f"{AUTH}/reset", {"email": alice.email}, format="json")
    reset = {
        "token": bodies.token_in(bodies.mail_to(alice.email)),
        "auth_key": bodies.key(),
        "kdf": bodies.kdf_for(alice.email, **costs),
        **bodies.PHONE,
    }
    yield api.post(f"{AUTH}/reset/confirm", reset, format="json")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "costs", [{"memory_kib": 128 * 1024}, {"iterations": 4}, {"parallelism": 2}]
)
def test_no_door_stores_a_set_that_is_not_offered(alice, api, costs):
    for refusal in stored_with(api, alice, "new@example.org", **costs):
        assert (refusal.status_code, refusal.data["code"]) == (422, "foreign_parameters")
    assert {bundle.kdf.parameters for bundle in KeyBundle.objects.all()} == {USUAL}


@pytest.mark.django_db
@pytest.mark.usefixtures("two_offered")
def test_every_door_stores_a_set_that_is_offered(alice, api):
    answers = stored_with(api, alice, "new@example.org", memory_kib=STRONG.memory_kib)

    assert [answer.status_code for answer in answers] == [202, 200, 200]


@pytest.mark.django_db
def test_strangers_are_not_told_what_only_a_strange_account_uses(alice, bob):
    KeyBundle.objects.filter(pk=bob.pk).update(
        kdf_memory_kib=HEAVY.memory_kib,
        kdf_iterations=HEAVY.iterations,
        kdf_parallelism=HEAVY.parallelism,
    )

    assert {parameters_for(address).parameters for address in ADDRESSES[:60]} == {USUAL}


def test_strangers_follow_the_real_mix():
    mix = {USUAL: 900, STRONG: 100}

    told = Counter(stand_in(address, mix).memory_kib for address in ADDRESSES)

    assert 0.08 < told[STRONG.memory_kib] / len(ADDRESSES) < 0.12


def test_a_stranger_is_told_the_same_while_the_counts_move():
    before = {a: stand_in(a, {USUAL: 900, STRONG: 100}) for a in ADDRESSES}
    after = {a: stand_in(a, {USUAL: 910, STRONG: 101}) for a in ADDRESSES}

    assert sum(before[a] != after[a] for a in ADDRESSES) < len(ADDRESSES) * 0.01


def test_salts_differ_by_address_and_by_server(settings):
    here = salt_for("a@example.org")
    assert len(here) == 16
    assert here != salt_for("b@example.org")
    settings.SALT_PEPPER = "another server"
    assert here != salt_for("a@example.org")
