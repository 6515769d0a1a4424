"""The published table is what the suite writes, about every attack there is."""

from __future__ import annotations

from tests.hostile import table
from tests.hostile.catalogue import ATTACKS, BUILT, CLIENTS, DEVICES
from tests.hostile.lies import LIES


def test_there_are_twenty_seven_ways_and_a_lie_for_each_that_can_be_told() -> None:
    assert len(ATTACKS) == len({attack.slug for attack in ATTACKS}) == 27
    assert {attack.slug for attack in BUILT} == {*LIES, "stale-share"}


def test_the_document_is_what_would_be_written() -> None:
    document = table.DOCUMENT.read_text(encoding="utf-8")

    assert table.with_table(document, table.published()) == document


def test_every_cell_of_what_is_built_was_run_and_allowed() -> None:
    cells = table.published()

    for attack in BUILT:
        for client in CLIENTS:
            for device in DEVICES:
                words = cells[table.name_of(attack, client, device)]
                assert words.split(":")[0] in attack.outcomes(device), words


def test_on_a_known_device_nothing_is_expected_to_go_unnoticed() -> None:
    assert {attack.known for attack in BUILT} == {"noticed"}
