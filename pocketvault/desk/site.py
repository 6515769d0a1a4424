"""Django's admin site, behind a door of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast
from uuid import UUID

from django.contrib.admin import AdminSite
from django.contrib.admin.models import LogEntry
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from accounts.actions.stepping_up import step_up_with_totp
from accounts.api.limits import Door, limit_plain
from accounts.desk import DeskState, desk_state_of
from accounts.models import AccountSession
from pocketvault.desk.desks import SUBJECTS
from pocketvault.desk.figures import figures
from pocketvault.desk.subjects import DeskPage, answer_page
from pocketvault.desk.traces import show_trace, show_traces
from pocketvault.kernel.errors import VaultError
from pocketvault.kernel.looking import LookOnly

Answers = Callable[..., HttpResponse]
View = TypeVar("View", bound=Callable[..., Any])


class Desk(AdminSite):
    """Lists for looking. Whoever is not staff finds nothing here, as anywhere else.

    The stock site's own pages for signing in, signing out and passwords do not exist.
    """

    site_title = site_header = "PocketVault desk"
    index_title = "The desk"
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take lists for looking only. Django brings some of its own, which can change things."""
        if admin_class is not None and issubclass(admin_class, LookOnly):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return desk_state_of(session_of(request)) is DeskState.OPEN

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # noqa: FBT001, FBT002
        del cacheable
        protected: Answers = csrf_protect(view)
        door: Answers = csrf_protect(show_door)

        def behind_the_door(request: HttpRequest, *args: Any, **names: Any) -> HttpResponse:
            session = session_of(request)
            state = desk_state_of(session)
            if session is None or state is DeskState.NOWHERE:
                raise Http404
            if state is not DeskState.OPEN:
                return door(request, session, state)
            return protected(request, *args, **names)

        # Exempt, then protected behind the door: a refusal would tell strangers of the desk.
        return cast(View, csrf_exempt(never_cache(behind_the_door)))

    def get_urls(self) -> list[URLPattern | URLResolver]:
        lists = [
            path(f"{model._meta.app_label}/{model._meta.model_name}/", include(lists.urls))
            for model, lists in self._registry.items()
        ]
        traces = path("traces/", self.admin_view(self.traces), name="traces")
        trace = path("traces/<uuid:traced_copy_id>/", self.admin_view(self.trace), name="trace")
        pages = [
            path(page.path, self.admin_view(self._view_of(page)), name=page.name)
            for subject in SUBJECTS
            for page in subject.pages
        ]
        return [path("", self.admin_view(self.index), name="index"), traces, trace, *pages, *lists]

    def _view_of(self, page: DeskPage) -> Answers:
        def view(request: HttpRequest, **names: object) -> HttpResponse:
            return answer_page(page, request, self.each_context(request), **names)

        return view

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """Names and addresses of the lists. The stock one links to pages that are not here."""
        del request, app_label
        return [
            {
                "name": str(model._meta.verbose_name_plural).capitalize(),
                "admin_url": reverse(
                    f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
                ),
            }
            for model in self._registry
        ]

    def get_log_entries(self, request: HttpRequest) -> QuerySet[LogEntry]:
        return LogEntry.objects.none()

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """How things stand, in numbers."""
        return super().index(request, {**(extra_context or {}), "figures": figures()})

    def traces(self, request: HttpRequest) -> HttpResponse:
        """Where a found copy leads."""
        return show_traces(request, self.each_context(request))

    def trace(self, request: HttpRequest, traced_copy_id: UUID) -> HttpResponse:
        """What became of one."""
        return show_trace(request, self.each_context(request), traced_copy_id)


def session_of(request: HttpRequest) -> AccountSession | None:
    """The browser's session; an app's token opens no page."""
    found: AccountSession | None = getattr(request, "account_session", None)
    return found


def show_door(request: HttpRequest, session: AccountSession, state: DeskState) -> HttpResponse:
    """Ask staff for a code of their authenticator app; once it is right, they are in."""
    problem, status = "", 403
    if request.method == "POST" and state is DeskState.PROOF_TOO_OLD:
        try:
            limit_plain(request, Door.STEP_UP, name=session.account.pk)
            step_up_with_totp(session, request.POST.get("code", "").strip())
        except VaultError as error:
            problem, status = str(error), error.status
        else:
            return HttpResponseRedirect(request.path)
    context = {"state": state.name, "problem": problem, "title": "Who is there?"}
    # Without a referrer, a browser sends a form's origin as "null", and no form could be trusted.
    headers = {"Referrer-Policy": "same-origin"}
    return TemplateResponse(request, "admin/door.html", context, status=status, headers=headers)
