"""The columns that say how a password was stretched."""

from __future__ import annotations

from typing import TypedDict

from django.db import models

from accounts.kdf import Kdf


class KdfValues(TypedDict):
    """The columns by name, for ``create`` and ``update``."""

    kdf_scheme: int
    kdf_salt: bytes
    kdf_memory_kib: int
    kdf_iterations: int
    kdf_parallelism: int


class KdfColumns(models.Model):
    """In clear: the browser needs them before anybody has proved anything."""

    kdf_scheme = models.PositiveSmallIntegerField()
    kdf_salt = models.BinaryField(max_length=16)
    kdf_memory_kib = models.PositiveIntegerField()
    kdf_iterations = models.PositiveSmallIntegerField()
    kdf_parallelism = models.PositiveSmallIntegerField()

    class Meta:
        abstract = True

    @property
    def kdf(self) -> Kdf:
        """The columns as one value."""
        return Kdf(
            scheme=self.kdf_scheme,
            salt=bytes(self.kdf_salt),
            memory_kib=self.kdf_memory_kib,
            iterations=self.kdf_iterations,
            parallelism=self.kdf_parallelism,
        )

    @kdf.setter
    def kdf(self, kdf: Kdf) -> None:
        for name, value in columns_of(kdf).items():
            setattr(self, name, value)


def columns_of(kdf: Kdf) -> KdfValues:
    """One value as columns."""
    return {
        "kdf_scheme": kdf.scheme,
        "kdf_salt": kdf.salt,
        "kdf_memory_kib": kdf.memory_kib,
        "kdf_iterations": kdf.iterations,
        "kdf_parallelism": kdf.parallelism,
    }
