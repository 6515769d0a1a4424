from django.apps import AppConfig


class ImagesConfig(AppConfig):
    """Images: their ciphertext, their envelopes, and how they leave."""

    name = "images"
