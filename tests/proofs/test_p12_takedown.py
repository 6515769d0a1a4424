"""P12: a notice is rejected while any required element is missing. Each element of each set of
rules, at every door: the action that signs, the one that sends, and the database itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Account, OutgoingMail
from rights.models import Takedown, TakedownPaper, TakedownStep
from rights.models.takedown import NOTIFIED
from rights.takedown.actions.drafting import draft_notice, sign_notice
from rights.takedown.actions.sending import send_notice_out
from rights.takedown.errors import IncompleteNoticeError, WrongSignatureError
from rights.takedown.papers import Paper, elements_of
from rights.takedown.regimes import REGIMES, Element
from tests.rights.making_takedown import PAPER, fresh, reported, signed

pytestmark = pytest.mark.django_db

# What is left out so that an element is missing.
LEFT_OUT: dict[Element, dict[str, Any]] = {
    Element.SIGNATURE: {"signature": ""},
    Element.WORK: {"work": ""},
    Element.NAME: {"name": " "},
    Element.EMAIL: {"email": ""},
    Element.ADDRESS: {"address": "", "phone": ""},
    Element.GOOD_FAITH: {"is_good_faith": False},
    Element.ACCURATE: {"is_accurate": False},
    Element.AUTHORISED: {"is_authorised": False},
    Element.REASONS: {"reasons": "\n "},
    Element.BONA_FIDE: {"is_bona_fide": False},
    Element.NOT_CONSENSUAL: {"not_consensual": ""},
    Element.DEPICTED: {"is_depicted": False},
    Element.ERASURE_GROUND: {"erasure_ground": ""},
    Element.RULE: {"rule": ""},
    Element.QUERY: {"query": ""},
    Element.NO_LICENCE: {"has_no_licence": False},
    Element.FAIR_USE: {"has_considered_fair_use": False},
    Element.WARNED: {"is_warned": False},
}
NEEDS = [
    (regime.name, need.element) for regime in REGIMES.values() for need in regime.needs
]


@pytest.fixture(autouse=True)
def own_store(settings: Settings, tmp_path: Path) -> None:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}


@pytest.fixture(autouse=True)
def nothing_was_written_to_anybody() -> Iterator[None]:
    yield
    assert not OutgoingMail.objects.filter(kind="rights.takedown").exists()


def without(case: Takedown, element: Element) -> Paper:
    """A paper that has everything but this; for the addresses, a case that has none."""
    if element is Element.LOCATION:
        case.targets.all().delete()
        return PAPER
    return replace(PAPER, **LEFT_OUT[element])


def ids(value: object) -> str:
    return value.name.lower() if isinstance(value, Element) else str(value)


@pytest.mark.parametrize(("regime", "element"), NEEDS, ids=ids)
def test_what_lacks_an_element_is_not_signed(
    alice: Account, regime: str, element: Element
) -> None:
    case = reported(alice)
    paper = without(case, element)
    draft_notice(case.pk, regime, paper, actor=alice)
    signature = "" if element is Element.SIGNATURE else PAPER.name

    with pytest.raises((IncompleteNoticeError, WrongSignatureError)) as refused:
        sign_notice(case.pk, signature, actor=alice)

    if isinstance(refused.value, IncompleteNoticeError):
        assert refused.value.details["missing"] == [element.name.lower()]
    else:
        assert element in (Element.SIGNATURE, Element.NAME)
    assert fresh(case).step == TakedownStep.DRAFTED
    assert fresh(case).signed_at is None


@pytest.mark.parametrize(("regime", "element"), NEEDS, ids=ids)
def test_what_lost_an_element_after_it_was_signed_is_not_sent(
    alice: Account, regime: str, element: Element
) -> None:
    """However that came about: what counts is the paper at the moment of sending."""
    case = signed(reported(alice), regime)
    Takedown.objects.filter(pk=case.pk).update(gathered_at=timezone.now())
    case.contacts.create(
        number=0, level="host", name="Host", source="rfc2142", email="abuse@example.org",
        can_do="x",
    )  # fmt: skip
    paper = without(case, element)
    bare = replace(paper, signature="" if element is Element.SIGNATURE else PAPER.name)
    row = TakedownPaper(takedown=case).seal(bare.to_json())
    TakedownPaper.objects.filter(takedown=case).update(
        sealed=row.sealed, epoch_number=row.epoch_number
    )

    with pytest.raises(IncompleteNoticeError):
        send_notice_out(case.pk)

    assert fresh(case).step == TakedownStep.SIGNED


@pytest.mark.parametrize(("regime", "element"), NEEDS, ids=ids)
def test_the_database_takes_no_step_that_an_incomplete_notice_may_not_have(
    alice: Account, regime: str, element: Element
) -> None:
    case = reported(alice)
    for step in NOTIFIED:
        refuse_step(case, step, regime, element)


def refuse_step(case: Takedown, step: str, regime: str, element: Element) -> None:
    whole = elements_of(replace(PAPER, signature=PAPER.name), addresses=1)
    lacking = whole & ~(1 << element)
    rows = Takedown.objects.filter(pk=case.pk)
    now = timezone.now()

    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(step=step, regime=regime, elements=lacking, signed_at=now)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE rights_takedown SET step = %s, regime = %s, elements = %s, signed_at = %s",
            [step, regime, lacking, now],
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(step=step, regime="", elements=whole, signed_at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(step=step, regime=regime, elements=whole, signed_at=None)
    assert rows.update(step=step, regime=regime, elements=whole, signed_at=now) == 1


def test_every_element_has_a_way_to_be_missing() -> None:
    assert {element for _, element in NEEDS} == set(Element)
    assert set(LEFT_OUT) == set(Element) - {Element.LOCATION}


def test_whole_notices_are_signed_under_all_rules(alice: Account) -> None:
    """The refusals above are for what is missing, and nothing else."""
    for regime in REGIMES:
        assert signed(reported(alice), regime).step == TakedownStep.SIGNED
