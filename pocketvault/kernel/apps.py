from pathlib import Path

from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import autodiscover_modules

from pocketvault.kernel import folders


class KernelConfig(AppConfig):
    """The shared kernel: imported by every app, imports none of them."""

    name = "pocketvault.kernel"
    label = "kernel"

    def ready(self) -> None:
        folders.close_to_others(Path(settings.VAR_DIR))
        autodiscover_modules("tasks", "custody", "stores", "receivers", "checks")
