"""Which pictures a page shows. Reads markup without building anything of it."""

from __future__ import annotations

from urllib.parse import urljoin

from rights.markup import MarkupReader

MOST_PICTURES = 12
_META = ("og:image", "og:image:url", "twitter:image")


class _Pictures(MarkupReader):
    """Collects addresses as they come, each once, up to a bound."""

    def __init__(self, base: str) -> None:
        super().__init__(convert_charrefs=True)
        self.base, self.found = base, list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "img":
            self._add(said.get("src", ""))
            self._add(said.get("data-src", ""))
        elif tag == "meta" and (said.get("property") or said.get("name")) in _META:
            self._add(said.get("content", ""))
        elif tag == "link" and said.get("rel") == "image_src":
            self._add(said.get("href", ""))

    def _add(self, address: str) -> None:
        if not address.strip() or address.startswith("data:"):
            return
        try:
            whole = urljoin(self.base, address.strip()).partition("#")[0]
        except ValueError:
            return
        if whole not in self.found and len(self.found) < MOST_PICTURES:
            self.found.append(whole)


def pictures_of(page: bytes, base: str) -> list[str]:
    """Addresses of the pictures in a page, in its order, at most twelve."""
    reader = _Pictures(base)
    reader.feed(page.decode("utf-8", "replace"))
    return reader.found
