"""What a service that shows photos to everyone does not start without."""

from __future__ import annotations

from collections.abc import Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from sharing.publishing.decoders import missing_decoders


@register(Tags.compatibility)
def check_decoders(
    app_configs: Sequence[AppConfig] | None, **_: object  # noqa: ARG001 - Django passes it
) -> list[CheckMessage]:
    """A package that is missing is told here, and not as a damaged photo to somebody."""
    if not settings.PROFILES_URL or not missing_decoders():
        return []
    return [
        Error(
            f"Photos cannot be published: {', '.join(missing_decoders())} is not installed.",
            hint="Install requirements.txt, or unset PROFILES_URL.",
            id="pocketvault.E001",
        )
    ]
