"""Texts of unknown encoding, decoded as a browser decodes them, so that both say the same."""

from __future__ import annotations

# What a browser calls latin1 is Windows-1252; the five codes that one leaves open stay.
_WINDOWS = {
    code: bytes([code]).decode("cp1252")
    for code in range(0x80, 0xA0)
    if code not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
# What JavaScript's trim takes away, which is not what Python's strip does.
_SPACE = (
    "\t\n\v\f\r \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
_BYTE_ORDER_MARK = "\ufeff"


def from_utf8(raw: bytes) -> str:
    """As UTF-8, with a replacement character for what is not."""
    return raw.decode("utf-8", "replace").removeprefix(_BYTE_ORDER_MARK)


def from_utf16(raw: bytes) -> str:
    """As UTF-16 in little-endian order, which Windows writes into EXIF."""
    return raw.decode("utf-16-le", "replace").removeprefix(_BYTE_ORDER_MARK)


def from_windows(raw: bytes) -> str:
    return raw.decode("latin-1").translate(_WINDOWS)


def from_unknown(raw: bytes) -> str:
    """UTF-8 where it is valid, else Windows-1252, which old cameras and programs wrote."""
    text = from_utf8(raw)
    return from_windows(raw) if "\ufffd" in text else text


def trimmed(text: str) -> str:
    return text.strip(_SPACE)
