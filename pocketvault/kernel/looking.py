"""What every list of the desk has in common: it is for looking.

Nothing is added, changed or removed there: actions do that, and write it down. Only the
lists exist, and the page of one row where a list asks for it; none of the stock admin's
scripts is sent, which our content security policy would stop anyway.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, NoReturn

from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db.models import BooleanField, Model
from django.forms import Media
from django.http import Http404, HttpRequest
from django.urls import URLPattern, path

Column = str | Callable[[Any], str]


class LookOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """A read-only list of the columns it names. Who comes this far has passed the desk's door."""

    actions = None
    list_per_page = 50
    show_full_result_count = False
    list_display_links: ClassVar[None] = None  # type: ignore[misc]
    # The values of the roles of those who may look; None: of everybody at the desk.
    looks: ClassVar[frozenset[str] | None] = None
    # Whether a row has a page of its own.
    has_page: ClassVar[bool] = False

    @property
    def media(self) -> Media:
        return Media()

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return [self._in_words(name) for name in self.list_display]

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        return [self._in_words(name) for name in self.fields or ()]

    def _in_words(self, name: Any) -> Column:
        """Yes and no as words: the stock admin draws pictures of them, in colours of its own."""
        if not self._is_yes_or_no(name):
            return str(name)

        def column(row: Model) -> str:
            return "Yes" if getattr(row, name) else "No"

        column.short_description = name.replace("_", " ")  # type: ignore[attr-defined]
        column.admin_order_field = name  # type: ignore[attr-defined]
        return column

    def _is_yes_or_no(self, name: Any) -> bool:
        try:
            return isinstance(self.opts.get_field(name), BooleanField)
        except FieldDoesNotExist:
            return False  # a property of the row

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        wrap = self.admin_site.admin_view
        pages = [path("", wrap(self.changelist_view), name=f"{name}_changelist")]
        if self.has_page:
            one = wrap(self.change_view)
            pages.append(path("<uuid:object_id>/", one, name=f"{name}_change"))
        return pages

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def _get_obj_does_not_exist_redirect(self, *_: object) -> NoReturn:
        raise Http404
