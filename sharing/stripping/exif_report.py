"""What the entries of an EXIF block tell about a person."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from sharing.stripping.exif import EXPOSURE, GPS, MAIN, PREVIEW, Entry, ExifBlock
from sharing.stripping.findings import Findings, Kind

_KINDS = {
    **dict.fromkeys((0x010E, 0x9286, 0x9C9B, 0x9C9C, 0x9C9F), Kind.CAPTION),
    0x9C9E: Kind.KEYWORDS,
    **dict.fromkeys((0x4746, 0x4749), Kind.RATING),
    **dict.fromkeys((0x010F, 0x0110), Kind.CAMERA),
    **dict.fromkeys((0xA432, 0xA433, 0xA434), Kind.LENS),
    **dict.fromkeys((0xA431, 0xA435, 0xC62F), Kind.SERIAL_NUMBER),
    **dict.fromkeys((0xA420, 0xC65D), Kind.IMAGE_ID),
    **dict.fromkeys((0x0131, 0x000B, 0x013C), Kind.SOFTWARE),
    **dict.fromkeys(
        (0x0132, 0x9003, 0x9004, 0x9291, 0x9292, 0x9010, 0x9011, 0x9012, 0x9290),
        Kind.CAPTURE_TIME,
    ),
    **dict.fromkeys((0x013B, 0x9C9D, 0xA430), Kind.AUTHOR),
    0x8298: Kind.COPYRIGHT,
    **dict.fromkeys(
        (0x829A, 0x829D, 0x8827, 0x920A, 0x9209, 0x8822, 0xA405), Kind.CAMERA_SETTINGS
    ),
    **dict.fromkeys((0x927C, 0xC634), Kind.MAKER_NOTE),
}
_WITH_TEXT = {
    Kind.CAPTION, Kind.KEYWORDS, Kind.CAMERA, Kind.LENS, Kind.SERIAL_NUMBER, Kind.IMAGE_ID,
    Kind.SOFTWARE, Kind.CAPTURE_TIME, Kind.AUTHOR, Kind.COPYRIGHT,
}  # fmt: skip
# Worth saying, but their value is not the one to show: make, lens make, offsets, comments.
_SILENT_TAGS = {0x010F, 0xA432, 0xA433, 0x9010, 0x9011, 0x9012, 0x9286}
_POSITION_TAGS = range(1, 5)
_GPS_DATE = 0x1D


def kind_of_tag(tag: int) -> Kind | None:
    """What an entry of the main or the exposure directory tells; None where nothing."""
    return _KINDS.get(tag)


def report_exif(block: ExifBlock, entries: Iterable[Entry], findings: Findings) -> None:
    """Note these entries of the block as removed."""
    place: str | None = None
    for entry in entries:
        if entry.directory == PREVIEW:
            findings.remove(Kind.PREVIEW)
        elif entry.directory == GPS and entry.tag in _POSITION_TAGS:
            # Worked out once: a hostile block has thousands of such entries.
            place = _place_text(block) if place is None else place
            findings.remove(Kind.PLACE, place)
        elif entry.directory == GPS and entry.tag == _GPS_DATE:
            findings.remove(Kind.CAPTURE_TIME, block.text(entry))
        elif entry.directory in (MAIN, EXPOSURE):
            _report_entry(block, entry, findings)


def _report_entry(block: ExifBlock, entry: Entry, findings: Findings) -> None:
    kind = kind_of_tag(entry.tag)
    if kind is None:
        return
    is_told = kind in _WITH_TEXT and entry.tag not in _SILENT_TAGS
    findings.remove(kind, block.text(entry) if is_told else "")


def _place_text(block: ExifBlock) -> str:
    place = block.place()
    return "" if place is None else ", ".join(_hundredths(degrees) for degrees in place)


def _hundredths(number: float) -> str:
    """Two digits after the point, rounded as a browser rounds: a half goes away from zero."""
    rounded = Decimal(number).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return str(abs(rounded) if number == 0 else rounded)
