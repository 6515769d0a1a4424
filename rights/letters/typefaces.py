"""The typefaces of printed letters: which script is set in which, all under the SIL Open Font
License, all from PyPI, and loaded when a letter first needs one.

Only workers load this, and the desk where somebody asks for a document.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import groupby

from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont, TTFontFile

_EAST = "justmytype_intl_cjk"
# What is written from the right has to stay on one line: what comes next there stands left of it.
LONGEST_FROM_RIGHT = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Typeface:
    """One file of a package. ``scripts`` are blocks of Unicode: nothing else is set in it.
    ``is_shaped`` where signs change with their neighbours, or are put above one another.
    """

    name: str
    package: str
    file: str
    scripts: tuple[range, ...] = (range(0x110000),)
    is_shaped: bool = False
    is_from_right: bool = False


# The first that has a sign sets it. The base face needs no more than Latin, Greek and Cyrillic
# of itself: its signs for Indian scripts are fewer than those of the face that is made for one.
BASE = Typeface(
    name="NotoSans", package="fontpkg_noto_sans", file="files/NotoSans[wdth,wght].ttf",
    scripts=(range(0x0900), range(0x0E00, 0x110000)),
)  # fmt: skip
_CJK = (range(0x2E80, 0xE000), range(0xF900, 0xFB00), range(0xFE30, 0xFE50),
        range(0xFF00, 0xFFF0), range(0x20000, 0x32000))  # fmt: skip
TYPEFACES = (
    BASE,
    Typeface(
        name="Rubik", package="fontpkg_rubik", file="files/Rubik[wght].ttf",
        scripts=(range(0x0590, 0x0600),), is_from_right=True, is_shaped=True,
    ),
    Typeface(
        name="NotoSansArabic", package="fontpkg_noto_sans_arabic",
        file="files/NotoSansArabic[wdth,wght].ttf", is_from_right=True, is_shaped=True,
        scripts=(range(0x0600, 0x0700), range(0x0750, 0x0780), range(0x08A0, 0x0900)),
    ),
    Typeface(
        name="NotoSansDevanagari", package="fontpkg_noto_sans_devanagari",
        file="files/NotoSansDevanagari[wdth,wght].ttf", scripts=(range(0x0900, 0x0980),),
        is_shaped=True,
    ),
    Typeface(
        name="NotoSansThai", package="fontpkg_noto_sans_thai",
        file="files/NotoSansThai[wdth,wght].ttf", scripts=(range(0x0E00, 0x0E80),),
        is_shaped=True,
    ),
    Typeface(
        name="NotoSansJP", package=_EAST, file="fonts/ofl/notosansjp/NotoSansJP[wght].ttf",
        scripts=_CJK,
    ),
    Typeface(
        name="NotoSansKR", package=_EAST, file="fonts/ofl/notosanskr/NotoSansKR[wght].ttf",
        scripts=_CJK,
    ),
    Typeface(
        name="NotoSansSC", package=_EAST, file="fonts/ofl/notosanssc/NotoSansSC[wght].ttf",
        scripts=_CJK,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a text that is set in one typeface, or that no typeface has (None)."""

    typeface: Typeface | None
    text: str


def runs_of(text: str) -> Iterator[Run]:
    """A text by the typefaces that set it. A space between two words of a script belongs to it."""
    signs = unicodedata.normalize("NFC", text)
    faces = _with_spaces(signs, [_face_of(ord(sign)) for sign in signs])
    for face, pairs in groupby(zip(faces, signs, strict=True), key=lambda pair: pair[0]):
        run = "".join(sign for _, sign in pairs)
        is_too_long = face is not None and face.is_from_right and len(run) > LONGEST_FROM_RIGHT
        yield Run(None if is_too_long else face, run)


def load(face: Typeface) -> None:
    """Make it known to what draws. Safe to repeat."""
    _load(face)


@cache
def _load(face: Typeface) -> None:
    with resources.as_file(resources.files(face.package) / face.file) as file:
        registerFont(TTFont(face.name, str(file)))


@cache
def _signs(face: Typeface) -> frozenset[int]:
    with resources.as_file(resources.files(face.package) / face.file) as file:
        known = frozenset(TTFontFile(str(file)).charToGlyph)
    return frozenset(each for each in known if any(each in block for block in face.scripts))


@cache
def _face_of(sign: int) -> Typeface | None:
    for face in TYPEFACES:
        if any(sign in block for block in face.scripts) and sign in _signs(face):
            return face
    return None


def _with_spaces(
    signs: str, faces: Iterable[Typeface | None]
) -> list[Typeface | None]:
    """Between two words that are written from the right, the space is of theirs too."""
    found = list(faces)
    for place, sign in enumerate(signs[1:-1], start=1):
        before, after = found[place - 1], found[place + 1]
        if sign == " " and before is after and before is not None and before.is_from_right:
            found[place] = before
    return found
