"""Names for a disk: whatever a photo is called, on whatever system the copy is opened.

The rules of docs/export.md. A name may be anything that somebody once uploaded, so none of it
may lead out of its folder.
"""

from __future__ import annotations

import re
import unicodedata

FORBIDDEN = re.compile(r'[<>:"/\\|?*%\x00-\x1f\x7f]')
RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$", re.IGNORECASE)
# Names end at 255 bytes, and ".json" has to go behind.
NAME_BYTES = 250


def safe_name(text: str, *, instead: str) -> str:
    """A name for a file or a folder, at most 250 bytes of UTF-8; ``instead`` of an empty one."""
    name = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode("utf-8"))
    visible = "".join(each for each in name if unicodedata.category(each) not in ("Cf", "Cc", "Cs"))
    # An emoji of several is held together by an invisible joiner, which stays.
    if "\u200d" in name:
        visible = "".join(
            each for each in name
            if each == "\u200d" or unicodedata.category(each) not in ("Cf", "Cc", "Cs")
        )  # fmt: skip
    name = FORBIDDEN.sub("_", visible).strip()
    if name[:1] == ".":
        name = f"_{name[1:]}"
    if name[-1:] == ".":
        name = f"{name[:-1]}_"
    if RESERVED.match(name):
        name = f"_{name}"
    return shortened(name) if name else instead


def shortened(name: str, *, room: int = NAME_BYTES) -> str:
    """The name with so much of it cut, before its ending, that it fits."""
    if len(name.encode()) <= room:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending.encode()) > 16:
        stem, dot, ending = name, "", ""
    left = room - len(f"{dot}{ending}".encode())
    return stem.encode()[:left].decode("utf-8", "ignore").rstrip() + dot + ending


class Taken:
    """Paths that are given away. Upper and lower case count as the same."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def add(self, path: str) -> None:
        """This one is somebody's."""
        self._taken.add(path.casefold())

    def free(self, folder: str, name: str, *, sidecars: tuple[str, ...] = ()) -> str:
        """A path that nobody has, for a file and what goes behind its name."""
        stem, dot, ending = name.rpartition(".") if "." in name else (name, "", "")
        path, number = f"{folder}/{name}", 1
        while any(f"{path}{each}".casefold() in self._taken for each in ("", *sidecars)):
            number += 1
            tail = f"~{number}{dot}{ending}"
            path = f"{folder}/{shortened(stem, room=NAME_BYTES - len(tail.encode()))}{tail}"
        for each in ("", *sidecars):
            self.add(f"{path}{each}")
        return path
