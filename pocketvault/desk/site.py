"""Django's admin site, behind a door of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.contrib.admin import AdminSite
from django.contrib.admin.models import LogEntry
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from accounts.actions.stepping_up import step_up_with_totp
from accounts.api.limits import Door, limit_plain
from accounts.desk import DeskState, desk_state_of
from accounts.models import AccountSession, Role
from pocketvault.desk.desks import SUBJECTS
from pocketvault.desk.inbox import desk_figures, waiting_for
from pocketvault.desk.subjects import DeskPage, answer_page, roles_at
from pocketvault.kernel.errors import VaultError
from pocketvault.kernel.looking import LookOnly

Answers = Callable[..., HttpResponse]
View = TypeVar("View", bound=Callable[..., Any])


class Desk(AdminSite):
    """Pages of subjects, and lists for looking. Whoever is not staff finds nothing here, as
    anywhere else, and whoever is finds what their roles are for.

    The stock site's own pages for signing in, signing out and passwords do not exist.
    """

    site_title = site_header = "PocketVault desk"
    index_title = "What waits"
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
        looks = looks_of(getattr(view, "__self__", None))

        def behind_the_door(request: HttpRequest, *args: Any, **names: Any) -> HttpResponse:
            session = session_of(request)
            state = desk_state_of(session)
            if session is None or state is DeskState.NOWHERE:
                raise Http404
            if state is not DeskState.OPEN:
                return door(request, session, state)
            if not roles_at(request) & looks:
                raise Http404
            return protected(request, *args, **names)

        # Exempt, then protected behind the door: a refusal would tell strangers of the desk.
        return cast(View, csrf_exempt(never_cache(behind_the_door)))

    def get_urls(self) -> list[URLPattern | URLResolver]:
        lists = [
            path(f"{model._meta.app_label}/{model._meta.model_name}/", include(lists.urls))
            for model, lists in self._registry.items()
        ]
        pages = [
            path(page.path, self.admin_view(self._view_of(page)), name=page.name)
            for subject in SUBJECTS
            for page in subject.pages
        ]
        return [path("", self.admin_view(self.index), name="index"), *pages, *lists]

    def _view_of(self, page: DeskPage) -> Answers:
        def view(request: HttpRequest, **names: object) -> HttpResponse:
            return answer_page(page, request, self.each_context(request), **names)

        return view

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """What every page of the desk shows around itself: who is here, and where they may go."""
        roles = roles_at(request)
        pages = [page for subject in SUBJECTS for page in subject.pages if page.title]
        return super().each_context(request) | {
            "roles": [role.label for role in Role if role in roles],
            "desk_pages": [
                {
                    "title": page.title, "address": (address := reverse(f"admin:{page.name}")),
                    "is_around": request.path.startswith(address),
                }
                for page in pages
                if roles & page.looks
            ],
        }  # fmt: skip

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """Names and addresses of the lists. The stock one links to pages that are not here."""
        del app_label
        roles = roles_at(request)
        return [
            {"name": _name_of(model), "admin_url": _list_of(model)}
            for model, lists in self._registry.items()
            if roles & looks_of(lists)
        ]

    def get_log_entries(self, request: HttpRequest) -> QuerySet[LogEntry]:
        return LogEntry.objects.none()

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """What waits for whoever is here, the most urgent first, and how things stand."""
        roles = roles_at(request)
        shown = {"waiting": waiting_for(roles), "figures": desk_figures()}
        return super().index(request, {**(extra_context or {}), **shown})


def looks_of(lists: object) -> frozenset[Role]:
    """The roles of those who may look at this list."""
    named = lists.looks if isinstance(lists, LookOnly) else None
    return frozenset(Role) if named is None else frozenset(Role(role) for role in named)


def session_of(request: HttpRequest) -> AccountSession | None:
    """The browser's session; an app's token opens no page."""
    found: AccountSession | None = getattr(request, "account_session", None)
    return found


def show_door(request: HttpRequest, session: AccountSession, state: DeskState) -> HttpResponse:
    """Ask staff for a code of their authenticator app; once it is right, they are in."""
    problem, status = "", 403
    if request.method == "POST" and state is DeskState.PROOF_MISSING:
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


def _name_of(model: type[Model]) -> str:
    return str(model._meta.verbose_name_plural).capitalize()


def _list_of(model: type[Model]) -> str:
    meta = model._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
