"""Letting somebody with an account over to the public origin."""

from __future__ import annotations

from django.http import Http404

from accounts.models import Account
from pocketvault.kernel.counters import COUNTER_ERRORS
from pocketvault.kernel.errors import NotFoundError, UnavailableError
from sharing.profile_names import profile_address, profiles_origin
from sharing.public.finding import open_profile
from sharing.visitors.passes import pass_for

_SECONDS_UNTIL_COUNTED_AGAIN = 5


def address_with_pass(account: Account, name: str) -> str:
    """Where this account looks at a profile as somebody with an account: its address, with a pass
    behind the ``#``, which reaches no log. Nothing of it is noted anywhere.

    Raises `ProfilesOffError`, `NotFoundError` for what is not shown, and `UnavailableError`.
    """
    profiles_origin()
    try:
        profile = open_profile(name)
        written = pass_for(str(account.pk), str(profile.owner_id))
    except Http404 as error:
        raise NotFoundError from error
    except COUNTER_ERRORS as error:
        raise UnavailableError(retry_after=_SECONDS_UNTIL_COUNTED_AGAIN) from error
    return f"{profile_address(profile.name)}#pass={written}"
