"""How well somebody has to be known before their request is answered.

Art. 12(2), 12(6) GDPR; 11 CCR 7060 to 7062: what a rule of `rights.requests.regimes` asks for
protects an account. Where none goes by the address, there is none that the request could be
about, and people without an account are answered at the address that they proved.
"""

from __future__ import annotations

from accounts.models import Account
from rights.models import DataRequest, IdentityLevel
from rights.requests.errors import IdentityTooLowError, NoAddressProvedError
from rights.requests.writing import Asking, rule_for


def is_about_account(request: DataRequest) -> bool:
    """Whether there is an account that it may be about. At most one query."""
    if request.account_id is not None:
        return True
    email = Asking.of(request).email
    return bool(email) and Account.objects.filter(email=email).exists()


def needed_for(request: DataRequest) -> IdentityLevel:
    """What has to be known of who asks. A letter goes to no address that nobody proved."""
    needed = max(rule_for(request).identity, IdentityLevel.EMAIL)
    return IdentityLevel(needed if is_about_account(request) else IdentityLevel.EMAIL)


def insist_on_identity(request: DataRequest) -> None:
    """Raises `NoAddressProvedError` and `IdentityTooLowError` for whoever is not known enough."""
    if request.identity < IdentityLevel.EMAIL:
        raise NoAddressProvedError
    if request.identity < needed_for(request):
        raise IdentityTooLowError
