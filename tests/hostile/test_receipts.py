"""A receipt with one part altered: noticed by every device, also by one that is new."""

from __future__ import annotations

import pytest

from tests.hostile.cast import Cast
from tests.hostile.catalogue import DEVICES
from tests.hostile.other_log import PARTS, AlteredPart
from tests.hostile.proxy import LyingServer
from tests.reference_client.client import Client
from tests.reference_client.crypto.receipt import ReceiptError
from tests.reference_client.receipts import ReceiptBook


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("part", PARTS)
def test_one_altered_part_does_not_hold(
    part: str, device: str, liar: LyingServer, cast: Cast
) -> None:
    book = ReceiptBook(Client(liar.url, cast.ada.device.client.token))
    if device == "known":
        assert book.held()
    change, fault = PARTS[part]

    with liar.telling(AlteredPart(change)), pytest.raises(ReceiptError) as refusal:
        book.held()

    assert liar.told
    assert refusal.value.fault == fault
