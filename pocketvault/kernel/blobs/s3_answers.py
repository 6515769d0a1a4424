"""What an S3 server answers, and what it means to us."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from pocketvault.kernel.blobs.contract import (
    BlobExistsError,
    BlobMissingError,
    StorageUnavailableError,
)
from pocketvault.kernel.errors import StorageFullError

_MISSING = ("NoSuchKey", "NotFound", "404")
_EXISTS = ("PreconditionFailed", "ConditionalRequestConflict", "412")
_FULL = ("QuotaExceeded", "InsufficientStorage", "XMinioStorageFull", "507")


class BodyChunks(Iterator[bytes]):
    """An answer's body. Fewer bytes than promised are a failure, not an end."""

    def __init__(
        self, name: str, chunks: Iterator[bytes], close: Callable[[], None], size: int
    ) -> None:
        self._name, self._chunks, self._left = name, chunks, size
        self.close = close

    def __next__(self) -> bytes:
        with our_failures(self._name):
            chunk = next(self._chunks, b"")
        self._left -= len(chunk)
        if not chunk:
            self.close()
            if self._left:
                raise StorageUnavailableError
            raise StopIteration
        return chunk


@contextmanager
def our_failures(name: str) -> Iterator[None]:
    """Say what the server's refusals mean. Never put around a caller's iterator."""
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if code in _MISSING:
            raise BlobMissingError(name) from error
        if code in _EXISTS:
            raise BlobExistsError(name) from error
        if code in _FULL or status == 507:
            raise StorageFullError from error
        raise StorageUnavailableError from error
    except (BotoCoreError, HTTPError) as error:
        raise StorageUnavailableError from error
