"""What is wrong with the settings of rights, said before anybody waits for an answer."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error, register

from rights.clocks import knows_holidays_of


@register("rights")
def check_holidays(**_: Any) -> list[Error]:
    """Deadlines need the holidays of the country that is named."""
    country = settings.HOLIDAYS_COUNTRY
    if not country or knows_holidays_of(country):
        return []
    return [Error(f"HOLIDAYS_COUNTRY: no holidays are known of {country}", id="rights.E001")]
