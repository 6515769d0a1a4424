"""Why something was refused: the same codes as the browser's CryptoError."""

from typing import Literal

Code = Literal["malformed", "unsupported-version", "weak-parameters", "cannot-open"]


class CryptoError(Exception):
    """A refusal. `code` is stable; the sentence is for people."""

    def __init__(self, code: Code, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def cannot_open() -> CryptoError:
    """Give the one answer to every failure to open."""
    return CryptoError("cannot-open", "This could not be opened with the key at hand.")
