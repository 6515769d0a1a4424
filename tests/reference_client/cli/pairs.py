"""Finding what belongs together in a folder, by names alone."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from typing import Any

from tests.reference_client.cli.folder import Found, UnreadableError, read_bytes
from tests.reference_client.cli.kinds import MOVING_NAME, PICTURE_NAME
from tests.reference_client.cli.told import Files

SIDECAR_BYTES = 2**20


class DamagedError(Exception):
    """A sidecar that says nothing."""


def key_of(folder: str, name: str) -> tuple[str, str]:
    """Names are compared as people see them: macOS writes an é as two characters."""
    return folder, unicodedata.normalize("NFC", name).casefold()


def by_name(files: Iterable[Found]) -> dict[tuple[str, str], Found]:
    """Files by folder and name."""
    return {key_of(each.folder, each.name): each for each in files}


def pictures_in(files: Files) -> list[Found]:
    """What is called like a picture."""
    return [each for each in files if PICTURE_NAME.search(each.name)]


def moving_halves(files: Files) -> dict[str, str]:
    """Videos that are the moving half of a live or motion photo, and the name of its picture.

    Apple, Ente and Google put ``IMG_1.MOV`` or ``.MP4`` beside ``IMG_1.HEIC``; Pixel phones
    write ``PXL_1.MP`` beside ``PXL_1.MP.jpg``.
    """
    stems = {}
    for picture in pictures_in(files):
        stem = picture.name.rpartition(".")[0]
        stems[key_of(picture.folder, stem)] = picture.name
    halves = {}
    for video in files:
        if MOVING_NAME.search(video.name):
            for stem in (video.name.rpartition(".")[0], video.name):
                if name := stems.get(key_of(video.folder, stem)):
                    halves[video.at] = name
    return halves


def json_in(sidecar: Found) -> dict[str, Any]:
    """The object in a JSON file. Raises `DamagedError` for anything else."""
    try:
        value = json.loads(read_bytes(sidecar, most=SIDECAR_BYTES).decode("utf-8-sig"))
    except UnreadableError as error:
        raise DamagedError(str(error)) from error
    except (ValueError, RecursionError) as error:
        raise DamagedError("is damaged") from error
    if not isinstance(value, dict):
        raise DamagedError("holds nothing about a picture")
    return value


def object_in(value: dict[str, Any], name: str) -> dict[str, Any]:
    """A member that is an object, or an empty one."""
    inner = value.get(name)
    return inner if isinstance(inner, dict) else {}
