"""One mailbox, one name: however the address is spelled."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from accounts.models import Account, UnusableAddressError, normalise_email
from tests.accounts.bodies import AUTH

ODD = [
    "victim@ex\u00adample.org",
    "victim@exampl\u2060e.org",
    "victim@ex\uff41mple.org",
    "victim@example\u3002org",
    " Victim@EXAMPLE.org ",
]


@pytest.mark.parametrize("email", ODD, ids=ascii)
def test_what_nobody_can_see_makes_no_other_name(email: str) -> None:
    assert normalise_email(email) == "victim@example.org"


@pytest.mark.parametrize(
    ("email", "name"),
    [
        ("anna@straße.de", "anna@xn--strae-oqa.de"),
        ("anna@xn--strae-oqa.de", "anna@xn--strae-oqa.de"),
        ("anna@strasse.de", "anna@strasse.de"),
        ("anna@mu\u0308nchen.de", "anna@xn--mnchen-3ya.de"),
        ("anna@münchen.de", "anna@xn--mnchen-3ya.de"),
        ("ANNA+Photos@MÜNCHEN.de", "anna+photos@xn--mnchen-3ya.de"),
        ("İ@example.org", "İ@example.org"),
    ],
)
def test_a_domain_is_where_mail_goes(email: str, name: str) -> None:
    assert normalise_email(email) == name
    assert normalise_email(name) == name


@pytest.mark.parametrize(
    "email", ['"anna"@example.org', "anna@\u2060", "anna@ex\u2044ample.org", "anna@\u0301a.org"]
)
def test_a_domain_that_is_none_is_refused(email: str) -> None:
    with pytest.raises(UnusableAddressError):
        normalise_email(email)


@pytest.mark.django_db
def test_every_spelling_counts_as_one_name(api: APIClient) -> None:
    """A limit on a name would be none if each spelling were another."""
    codes = [
        api.post(f"{AUTH}/reset", {"email": ODD[n % len(ODD)]}, format="json").status_code
        for n in range(4)
    ]
    assert codes[-1] == 429
    assert 429 not in codes[:-1]


@pytest.mark.django_db
def test_a_domain_that_is_none_is_a_clear_answer(api: APIClient) -> None:
    answer = api.post(f"{AUTH}/reset", {"email": "anna@ex\u2044ample.org"}, format="json")
    assert answer.status_code == 400
    assert answer.data["code"] == "invalid"


def test_an_account_is_found_by_any_spelling(alice: Account) -> None:
    assert Account.objects.get_by_natural_key("ALICE@ex\u00adample.org") == alice


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["", "grace", "grace@", '"grace"@example.org', "a@\u2060"])
def test_nonsense_is_nobodys_name(typed: str) -> None:
    with pytest.raises(Account.DoesNotExist):
        Account.objects.get_by_natural_key(typed)
