"""The reference client, lied to in every way of the catalogue."""

from __future__ import annotations

import pytest

from tests.hostile import reference, table
from tests.hostile.cast import Cast
from tests.hostile.catalogue import BUILT, DEVICES, Attack
from tests.hostile.lies import lie_of
from tests.hostile.observing import outcome_of
from tests.hostile.proxy import LyingServer
from tests.hostile.reference import Phone


@pytest.fixture(scope="module")
def known(liar: LyingServer, cast: Cast) -> Phone:
    """A device that has looked at everything."""
    phone = reference.set_up(liar.url, cast)
    reference.look_at_everything(phone, cast)
    return phone


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("attack", BUILT, ids=lambda attack: attack.slug)
def test_the_reference_client_before_a_lying_server(
    attack: Attack, device: str, liar: LyingServer, cast: Cast, known: Phone
) -> None:
    phone = known.copy() if device == "known" else None
    lie = lie_of(attack.slug, cast, "reference")
    truth = reference.honest(attack.slug, cast, liar.url, known)

    with liar.telling(lie):
        seen = reference.look(attack.slug, cast, liar.url, phone)

        assert liar.told, f"Nothing was altered: {seen}"
    outcome = outcome_of(truth, seen)
    assert outcome in attack.outcomes(device), seen
    table.note(attack, "reference", device, table.words_of(outcome, seen.said))
