"""Every address of the desk, by every role: nobody finds more than their roles are for, and
no answer is a picture.

What each role may look at and do is written here a second time, by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.contrib import admin
from django.db.models import Model
from django.http import HttpResponse
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Account, Role
from images.models import Image
from pocketvault.desk.desks import SUBJECTS
from rights.actions.looking import note_look, tell_of_looks
from rights.models import DeskLook, LookedAt
from tests.factories import add_passkey, app_of, browser_of, give_roles
from tests.images.making import store_image
from tests.rights import (
    making_incidents,
    making_legal,
    making_reports,
    making_requests,
    making_takedown,
)

pytestmark = pytest.mark.django_db

DPO, REVIEWER, COUNSEL, SUPPORT, AUDITOR = Role
ALL = frozenset(Role)
# By the name of the page: who may open it, and who may send its forms.
NOBODY: frozenset[Role] = frozenset()
REQUESTS = frozenset({DPO, SUPPORT, AUDITOR})
REPORTS = frozenset({DPO, REVIEWER})
CASES = frozenset({DPO, REVIEWER, SUPPORT})
ORDERS = frozenset({DPO, COUNSEL})
PAGES: dict[str, tuple[frozenset[Role], frozenset[Role]]] = {
    "requests": (REQUESTS, NOBODY),
    "request-rules": (REQUESTS, NOBODY),
    "request-record-csv": (REQUESTS, NOBODY),
    "request-record-pdf": (REQUESTS, NOBODY),
    "request": (REQUESTS, frozenset({DPO, SUPPORT})),
    "request-letter": (REQUESTS, NOBODY),
    "reports": (ALL, NOBODY),
    "reports-rules": (ALL, NOBODY),
    "report": (ALL, REPORTS),
    "takedowns": (ALL, NOBODY),
    "takedown-rules": (ALL, NOBODY),
    "takedown": (ALL, CASES),
    "takedown-letter": (ALL, NOBODY),
    "legal": (ORDERS | {AUDITOR}, NOBODY),
    "legal-new": (ORDERS, ORDERS),
    "legal-directory": (ORDERS | {AUDITOR}, ORDERS),
    "legal-public": (ORDERS | {AUDITOR}, ORDERS),
    "legal-order": (ORDERS | {AUDITOR}, ORDERS),
    "legal-package": (NOBODY, ORDERS),
    "legal-paper": (NOBODY, ORDERS),
    "incidents": (ALL, frozenset({DPO})),
    "incident": (ALL, frozenset({DPO})),
    "traces": (CASES, CASES),
    "trace": (CASES, NOBODY),
}
LISTS: dict[str, frozenset[Role]] = {
    "account": frozenset({DPO, COUNSEL, SUPPORT}),
    "auditevent": frozenset({DPO, AUDITOR}),
}
# A deed of each case: sent without a reason it is refused, and changes nothing.
DEEDS = {
    "request": {"act": "confirm"}, "report": {"act": "withhold"}, "takedown": {"act": "escalate"},
    "legal-order": {"act": "review"}, "incident": {"act": "authority"},
}  # fmt: skip
PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"GIF8")


@pytest.fixture
def someone(grace: Account) -> APIClient:
    """Somebody at the desk, whose roles each test gives."""
    add_passkey(grace)
    return browser_of(grace)


def addresses() -> Iterator[tuple[str, str]]:
    """Of every pattern below ``/desk/``, with ids that lead nowhere: its name, and where it is."""
    nowhere = "01a21ee7-499e-7f53-9cf5-ab1ab6261bb4"
    for prefix, pattern in _patterns(get_resolver("pocketvault.urls")):
        path = prefix + str(pattern.pattern)
        if path.startswith("desk/"):
            for kind in ("uuid", "int", "str"):
                while f"<{kind}:" in path:
                    before, _, rest = path.partition(f"<{kind}:")
                    path = before + ("7" if kind == "int" else nowhere) + rest.partition(">")[2]
            yield str(pattern.name), f"/{path}"


def _patterns(resolver: object, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for each in resolver.url_patterns:  # type: ignore[attr-defined]
        if isinstance(each, URLPattern):
            yield prefix, each
        else:
            yield from _patterns(each, prefix + str(each.pattern))


def made_cases() -> dict[str, str]:
    """One of each kind of case, as people bring them: the address of each of their pages."""
    subjects = (making_incidents, making_legal, making_reports, making_requests, making_takedown)
    made = {name: names for subject in subjects for name, names in subject.make_case().items()}
    return {name: reverse(f"admin:{name}", kwargs=names) for name, names in made.items()}


def test_the_table_names_every_page() -> None:
    assert {page.name for subject in SUBJECTS for page in subject.pages} == set(PAGES)


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_its_pages_and_no_others(
    someone: APIClient, grace: Account, role: Role
) -> None:
    give_roles(grace, role)
    cases = made_cases()
    cases |= {name: reverse(f"admin:{name}") for name in ("takedowns", "takedown-rules", "traces")}
    assert set(cases) == set(PAGES) - {"trace"}  # of which only whoever asked has one
    for name, address in cases.items():
        looks, acts = PAGES[name]
        answer = someone.get(address)
        assert (answer.status_code == 200) is (role in looks), name
        assert answer.status_code in (200, 404), name
        assert not shows_a_picture(answer), name
        sent = someone.post(address, DEEDS.get(name, {}), format="multipart")
        assert (sent.status_code != 404) is (role in acts), name
        assert sent.status_code in (400, 404, 422), name
        assert not shows_a_picture(sent), name


class Forms(HTMLParser):
    """The names of what each form of a page sends."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.found.append([])
        elif self.found and given.get("name"):
            self.found[-1].append(str(given["name"]))


def test_every_form_is_of_one_kind(someone: APIClient, grace: Account) -> None:
    """What it does is its ``act``, and why is its ``reason``; there is no other way."""
    give_roles(grace, *Role)
    counted = 0
    for name, address in made_cases().items():
        if PAGES[name][0]:
            forms = Forms()
            forms.feed(someone.get(address).content.decode(errors="replace"))
            for sent in forms.found:
                assert {"act", "reason", "csrfmiddlewaretoken"} <= set(sent), name
                assert sent.count("reason") == 1, name
            counted += len(forms.found)
    assert counted > 25


@pytest.mark.parametrize("sent", [{"act": "steal"}, {}, {"do": "withhold", "step": "confirm"}])
def test_what_nobody_does_is_not_found(
    someone: APIClient, grace: Account, sent: dict[str, str]
) -> None:
    give_roles(grace, *Role)
    cases = made_cases()
    for name in (*DEEDS, "legal-public"):
        answer = someone.post(cases[name], {**sent, "reason": "x"}, format="multipart")
        assert answer.status_code == 404, name


def shows_a_picture(answer: HttpResponse) -> bool:
    """Whether the answer is a picture or has one in it."""
    content = bytes(answer.content)
    is_picture = answer["Content-Type"].startswith("image/") or content.startswith(PICTURES)
    return is_picture or b"data:image" in content


@pytest.mark.parametrize("role", Role)
def test_a_role_finds_its_lists_and_no_others(
    someone: APIClient, grace: Account, role: Role
) -> None:
    give_roles(grace, role)
    for model in admin.site._registry:
        answer = someone.get(_list_of(model))
        may = role in LISTS.get(str(model._meta.model_name), ALL)
        assert (answer.status_code == 200) is may, model
        assert (f'href="{_list_of(model)}"' in someone.get("/desk/").content.decode()) is may


@pytest.mark.parametrize("role", Role)
def test_no_address_of_the_desk_answers_with_a_picture(
    someone: APIClient, grace: Account, alice: Account, role: Role
) -> None:
    give_roles(grace, role)
    store_image(alice)
    found = dict(addresses())
    assert len(found) > len(PAGES) + len(admin.site._registry)
    for path in found.values():
        for answer in (someone.get(path), someone.post(path, {"reason": "Because"})):
            assert answer.status_code < 500, path
            assert not shows_a_picture(answer), path


def test_a_superuser_without_a_role_finds_no_desk(someone: APIClient, grace: Account) -> None:
    give_roles(grace)
    Account.objects.filter(pk=grace.pk).update(is_staff=True, is_superuser=True)

    assert someone.get("/desk/").status_code == 404


def test_nobody_can_become_somebody_else_at_the_desk(someone: APIClient, alice: Account) -> None:
    for path in dict(addresses()).values():
        someone.post(path, {"action": "sign_in_as", "account": str(alice.pk), "reason": "Help"})

    assert someone.get("/api/v1/me").json()["email"] == "grace@example.org"


def test_a_look_at_an_account_is_told_to_its_owner(someone: APIClient, alice: Account) -> None:
    someone.get(f"/desk/accounts/account/{alice.pk}/")

    (look,) = app_of(alice).get("/api/v1/me/looks").json()["items"]
    assert (look["looked_at"], look["roles"], look["case"]) == ("account", ["dpo"], None)


def test_a_look_under_a_gag_is_told_when_it_ends(
    grace: Account, alice: Account, bob: Account
) -> None:
    case = Image(owner=alice).pk
    note_look(alice.pk, LookedAt.ORDER, actor=grace, case_id=case, is_gagged=True)
    note_look(bob.pk, LookedAt.ORDER, actor=grace, case_id=grace.pk, is_gagged=True)
    before = app_of(alice).get("/api/v1/me/looks").json()["items"]

    told = tell_of_looks(case)

    assert (before, told, tell_of_looks(case)) == ([], 1, 0)
    assert len(app_of(alice).get("/api/v1/me/looks").json()["items"]) == 1
    assert app_of(bob).get("/api/v1/me/looks").json()["items"] == []
    assert DeskLook.objects.get(account_id=alice.pk).shown_from <= timezone.now()


def _list_of(model: type[Model]) -> str:
    meta = model._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
