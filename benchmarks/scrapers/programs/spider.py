"""A spider for scrapy: follows every link of the site and keeps every picture it meets."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import scrapy


class Spider(scrapy.Spider):
    """``-a start=ADDRESS``."""

    name = "pictures"
    custom_settings = {
        "ROBOTSTXT_OBEY": False, "CONCURRENT_REQUESTS": 16, "DEPTH_LIMIT": 4,
        "DUPEFILTER_DEBUG": False, "TELNETCONSOLE_ENABLED": False,
    }  # fmt: skip

    def __init__(self, start: str, **more: Any) -> None:
        super().__init__(**more)
        self.start_urls = [start]
        self.allowed = "/".join(start.split("/")[:3])

    def parse(self, response: Any, **_: Any) -> Iterator[Any]:
        """Keep it or follow it."""
        if response.headers.get("Content-Type", b"").startswith(b"image/"):
            name = hashlib.sha256(response.body).hexdigest()
            Path(name).write_bytes(response.body)
            return
        for link in response.css("a::attr(href), img::attr(src), source::attr(srcset)").getall():
            address = response.urljoin(link.split(" ")[0])
            if address.startswith(self.allowed):
                yield scrapy.Request(address, callback=self.parse)
