"""Django's admin, with our site in place of the stock one."""

from __future__ import annotations

from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    """Every ``admin.py`` registers with the desk."""

    default_site = "pocketvault.desk.site.Desk"
