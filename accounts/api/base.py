"""What every endpoint starts from."""

from __future__ import annotations

from typing import ClassVar, cast

from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.actions.objecting import honour_opt_out
from accounts.api.authentication import is_from_browser, plain_request, refuse_forgery
from accounts.guards import require_password_set
from accounts.models import Account, AccountSession
from pocketvault.kernel.opting_out import says_opt_out
from pocketvault.kernel.purposes import Purpose


class AccountView(APIView):
    """An endpoint for signed-in people.

    ``purpose`` says why image bytes may be touched; views that touch none leave it None,
    and a test finds those that do without saying why. ``without_password`` names the methods
    that answer a session which still owes its account a new password; all others refuse it.
    """

    permission_classes: ClassVar[list[type[BasePermission]]] = [IsAuthenticated]  # type: ignore[misc]
    purpose: ClassVar[Purpose | None] = None
    without_password: ClassVar[frozenset[str]] = frozenset()

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        if request.auth is None:
            return  # it asks nobody who they are, as a guest's look at a collect link
        if request.method not in self.without_password:
            require_password_set(self.session)
        if says_opt_out(plain_request(request)):
            honour_opt_out(self.account)

    @property
    def account(self) -> Account:
        """Whoever is asking."""
        return cast(Account, self.request.user)

    @property
    def session(self) -> AccountSession:
        """The device they ask from."""
        return cast(AccountSession, self.request.auth)


class OpenView(APIView):
    """An endpoint for people who have not signed in yet.

    Nobody is signed in, so nobody's cookie vouches for the request; still a browser's must
    come from our own page, or a stranger's page could sign it in as the stranger. An app
    has no page and no cookie, and nothing that could be forged.
    """

    permission_classes: ClassVar[list[type[BasePermission]]] = [AllowAny]  # type: ignore[misc]
    authentication_classes = ()

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        self.refuse_forged(request)

    def refuse_forged(self, request: Request) -> None:
        """Raises `ForgedRequestError` for what a stranger's page sends."""
        if is_from_browser(request):
            refuse_forgery(request)
