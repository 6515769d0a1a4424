"""Argon2 at the lowest price, so that a suite of thousands of sign-ins stays quick."""

from accounts.hashers import BoundedArgon2PasswordHasher


class CheapArgon2PasswordHasher(BoundedArgon2PasswordHasher):
    """The production hasher with the smallest parameters the library accepts."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
