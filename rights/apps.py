from django.apps import AppConfig


class RightsConfig(AppConfig):
    """What the law gives people, as software: deletion with proof, export, choices."""

    name = "rights"
