from django.apps import AppConfig


class SharingConfig(AppConfig):
    """Who else may see something: people, groups and links."""

    name = "sharing"
