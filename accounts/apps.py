from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who signs in, and the keys that only they can use."""

    name = "accounts"
