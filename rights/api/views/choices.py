"""What somebody may turn off, and what not."""

from __future__ import annotations

from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions.objecting import choose
from accounts.api.authentication import plain_request
from accounts.api.base import AccountView
from accounts.api.serializers.fields import read
from accounts.choices import choice_about
from accounts.models import Account, Preferences
from pocketvault.kernel.opting_out import says_opt_out
from pocketvault.kernel.purposes import Purpose, all_purposes
from rights.api.serializers.choices import ChoiceSerializer, ChoicesSerializer


class ChoicesView(AccountView):
    """The preference centre, made from the registry of purposes."""

    @extend_schema(operation_id="choices_read", responses=ChoicesSerializer)
    def get(self, request: Request) -> Response:
        """Every purpose; what is not essential has a switch, off unless it was turned on."""
        return Response(_choices(self.account, request))

    @extend_schema(
        operation_id="choices_change", request=ChoiceSerializer, responses=ChoicesSerializer
    )
    def patch(self, request: Request) -> Response:
        """Turn one on or off. An essential one is refused."""
        asked = read(ChoiceSerializer, request)
        choose(self.account, asked["purpose"], is_on=asked["is_on"])
        return Response(_choices(self.account, request))


def _choices(account: Account, request: Request) -> dict[str, object]:
    preferences = Preferences.objects.filter(pk=account.pk).first() or Preferences()
    return {
        "opt_out": {
            "is_sent": says_opt_out(plain_request(request)),
            "honoured_at": account.opt_out_signal_at,
        },
        "purposes": [shown(each, preferences) for each in all_purposes()],
    }


def shown(purpose: Purpose, preferences: Preferences) -> dict[str, object]:
    """A purpose in the reader's language, and whether it is on for them."""
    choice = choice_about(purpose.name)
    return {
        "name": purpose.name,
        "title": gettext(purpose.title),
        "use": purpose.use,
        "categories": list(purpose.categories),
        "legal_basis": purpose.legal_basis,
        "retention": gettext(purpose.retention),
        "is_essential": purpose.essential,
        "is_on": purpose.essential if choice is None else choice.is_on(preferences),
    }
