"""What somebody may turn off, and what not."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions.objecting import choose
from accounts.api.authentication import plain_request
from accounts.api.base import AccountView
from accounts.api.serializers.fields import read
from accounts.models import Account, Preferences
from pocketvault.kernel.opting_out import says_opt_out
from pocketvault.kernel.purposes import all_purposes
from rights.about import about, shown
from rights.api.serializers.choices import (
    AboutSerializer,
    ChoiceSerializer,
    ChoicesSerializer,
)


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


class AboutMyDataView(AccountView):
    """Article 15 of the GDPR, answered at any time."""

    @extend_schema(operation_id="about_my_data", responses=AboutSerializer)
    def get(self, request: Request) -> Response:
        """What is done with somebody's data, what is kept, who gets it, and for how long."""
        return Response(AboutSerializer(about(self.account)).data)


def _choices(account: Account, request: Request) -> dict[str, object]:
    preferences = Preferences.objects.filter(pk=account.pk).first() or Preferences()
    return {
        "opt_out": {
            "is_sent": says_opt_out(plain_request(request)),
            "honoured_at": account.opt_out_signal_at,
        },
        "purposes": [shown(each.name, preferences) for each in all_purposes()],
    }
