"""Reading XMP packets without an XML parser.

Only a handful of properties matter, so they are looked up by name with plain linear searches:
no entity is ever expanded, no document built. Nothing here decides what is kept: XMP is always
dropped whole.
"""

from __future__ import annotations

from sharing.stripping.findings import Findings, Kind
from sharing.stripping.reading import Block
from sharing.stripping.texts import from_utf8, trimmed

_LONGEST_PACKET = 1 << 18
_MOST_ITEMS = 200
_SPACES = str.maketrans("\n\r\t", "   ")
_ENTITIES = (
    ("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&#39;", "'"),
    ("&#xA;", "\n"), ("&amp;", "&"),
)  # fmt: skip
# What a packet speaks of when one of these names stands in it.
_SIGNS = (
    (Kind.PLACE, (
        "exif:GPSLat", "photoshop:City", "Iptc4xmpCore:Location", "LocationCreated",
        "photoshop:Country",
    )),
    (Kind.CAPTURE_TIME, (
        "exif:DateTimeOriginal", "photoshop:DateCreated", "xmp:CreateDate", "xap:CreateDate",
    )),
    (Kind.CAMERA, ("tiff:Make", "tiff:Model")),
    (Kind.LENS, ("aux:Lens", "exifEX:LensModel")),
    (Kind.SERIAL_NUMBER, ("SerialNumber",)),
    (Kind.AUTHOR, (
        "dc:creator", "aux:OwnerName", "CreatorContactInfo", "photoshop:AuthorsPosition",
    )),
    (Kind.COPYRIGHT, ("dc:rights", "xmpRights:")),
    (Kind.CAPTION, ("dc:description", "dc:title", "photoshop:Headline")),
    (Kind.KEYWORDS, ("dc:subject", "lr:hierarchicalSubject", "digiKam:TagsList")),
    (Kind.RATING, ("xmp:Rating", "xap:Rating")),
    (Kind.FACE_REGIONS, ("mwg-rs:Regions", "MPReg:", "PersonInImage")),
    (Kind.SOFTWARE, ("CreatorTool",)),
    (Kind.EDIT_HISTORY, ("xmpMM:History", "crs:", "photoshop:History", "xmpMM:DerivedFrom")),
    (Kind.IMAGE_ID, ("xmpMM:DocumentID", "xmpMM:InstanceID")),
    (Kind.PREVIEW, ("xmpGImg:image", "xapGImg:image", "xmp:Thumbnails")),
    (Kind.DEPTH_MAP, ("GDepth:",)),
    (Kind.MOTION_VIDEO, ("GCamera:MotionPhoto", "GCamera:MicroVideo")),
)  # fmt: skip
_SIGNS_WITHOUT_COLON = [
    (kind, plain)
    for kind, signs in _SIGNS
    if (plain := tuple(sign for sign in signs if ":" not in sign))
]
_SHOWN = {
    Kind.CAPTION: "dc:description",
    Kind.AUTHOR: "dc:creator",
    Kind.SOFTWARE: "xmp:CreatorTool",
    Kind.COPYRIGHT: "dc:rights",
}


def packet_text(packet: Block) -> str:
    """The packet as text, at most 256 kibibytes of it, with every white space a plain space."""
    return from_utf8(bytes(packet[:_LONGEST_PACKET])).translate(_SPACES)


def _unescaped(text: str) -> str:
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    return trimmed(text)


def _list_items(body: str) -> list[str]:
    items: list[str] = []
    at = body.find("<rdf:li")
    while at >= 0 and len(items) < _MOST_ITEMS:
        start = body.find(">", at) + 1
        end = -1 if start == 0 else body.find("<", start)
        if end < 0:
            break
        item = _unescaped(body[start:end])
        if item:
            items.append(item)
        at = body.find("<rdf:li", end)
    return items


def _attribute(text: str, name: str) -> list[str] | None:
    for quote in ('"', "'"):
        sign = f" {name}={quote}"
        at = text.find(sign)
        if at >= 0:
            end = text.find(quote, at + len(sign))
            value = "" if end < 0 else _unescaped(text[at + len(sign) : end])
            return [value] if value else []
    return None


def values_of(text: str, name: str) -> list[str]:
    """The values of one property, such as dc:subject: its attribute, its list, or its text."""
    found = _attribute(text, name)
    if found is not None:
        return found
    start = text.find(f"<{name}>")
    end = -1 if start < 0 else text.find(f"</{name}>", start)
    if end < 0:
        return []
    body = text[start + len(name) + 2 : end]
    if "<rdf:li" in body:
        return _list_items(body)
    value = "" if "<" in body else _unescaped(body)
    return [value] if value else []


def orientation_of(text: str) -> int:
    """tiff:Orientation, 1 to 8; 0 when the packet does not say."""
    value = next(iter(values_of(text, "tiff:Orientation")), "")
    return int(value) if len(value) == 1 and value in "12345678" else 0


def report_packet(text: str, findings: Findings) -> None:
    """Note what this packet said; one that says nothing we know is an unknown block."""
    is_known = False
    # Pictures written as text have no colon; most signs have one, and need not be looked for.
    is_named = ":" in text
    for kind, signs in _SIGNS if is_named else _SIGNS_WITHOUT_COLON:
        if not any(sign in text for sign in signs):
            continue
        is_known = True
        shown = ""
        if kind is Kind.KEYWORDS:
            shown = ", ".join(values_of(text, "dc:subject"))
        elif kind in _SHOWN:
            shown = next(iter(values_of(text, _SHOWN[kind])), "")
        findings.remove(kind, shown)
    if not is_known:
        findings.remove(Kind.UNKNOWN_BLOCK, "XMP")
