"""A service that hands out other code than it publishes, and one that is honestly upgraded."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.hostile.proxy import Answer, Asked, Lie
from tests.live import Live

MANIFEST = Path(__file__).resolve().parents[2] / "static" / "dist" / "manifest.json"
ADDED = b";document.documentElement.dataset.added='yes';"


def named(answer: Answer, header: str) -> str:
    """A header's name as the service spelled it, or as it is here where it has none: servers
    write it small or large, and a lie under the other spelling would be a second header.
    """
    return next((name for name in answer.headers if name.lower() == header.lower()), header)


def is_page(answer: Answer) -> bool:
    return answer.headers.get(named(answer, "Content-Type"), "").startswith("text/html")


@dataclass(slots=True)
class OtherRelease(Lie):
    """Every page names another script: other bytes under another name, with an integrity, an
    import map and a policy that fit, as if the whole of it had been built so. ``is_named``: they
    name its number too, as pages do.
    """

    entry: str = "pages/sign-in.js"
    is_named: bool = True
    honest: dict[str, Any] = field(default_factory=lambda: json.loads(MANIFEST.read_text()))
    manifest: bytes = b""
    renamed: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        other = json.loads(MANIFEST.read_text())
        built = other["files"][self.entry]
        script = (MANIFEST.parent / built["path"]).read_bytes() + ADDED
        path = re.sub(r"-[0-9A-Z]{8}\.js$", "-ADDED000.js", built["path"])
        integrity = "sha384-" + base64.b64encode(hashlib.sha384(script).digest()).decode()
        before = other["importMap"]
        text = before["text"].replace(built["path"], path).replace(built["integrity"], integrity)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        source = f"'sha256-{digest}'"
        self.renamed = {
            built["path"]: path, built["integrity"]: integrity, before["source"]: source,
        }  # fmt: skip
        built |= {
            "path": path, "bytes": len(script), "integrity": integrity,
            "sha256": hashlib.sha256(script).hexdigest(),
        }  # fmt: skip
        other["importMap"] = {"text": text, "source": source}
        self.manifest = (json.dumps(other, indent=1) + "\n").encode()

    @property
    def sha256(self) -> str:
        """Of its manifest."""
        return hashlib.sha256(self.manifest).hexdigest()

    def ask(self, asked: Asked) -> None:
        for ours, theirs in self.renamed.items():
            asked.target = asked.target.replace(theirs, ours)

    def answer(self, asked: Asked, answer: Answer) -> None:
        if asked.path == "/static/manifest.json":
            answer.body = self.manifest
        elif asked.path == f"/static/manifest-{self.sha256}.json":
            answer.status, answer.body = 200, self.manifest
        elif "-ADDED000.js" in asked.path:
            answer.body += ADDED
        elif is_page(answer):
            answer.body = self._renamed(answer.body.decode()).encode()
            policy = named(answer, "Content-Security-Policy")
            answer.headers[policy] = self._renamed(answer.headers[policy])
            if self.is_named:
                answer.headers[named(answer, "Code-Release")] = self.sha256

    def _renamed(self, text: str) -> str:
        for ours, theirs in self.renamed.items():
            text = text.replace(ours, theirs)
        return text


@dataclass(slots=True)
class QuietRelease(OtherRelease):
    """The same, by somebody who leaves the manifest as it was published."""

    def answer(self, asked: Asked, answer: Answer) -> None:
        if not asked.path.startswith("/static/manifest"):
            OtherRelease.answer(self, asked, answer)


@dataclass(slots=True)
class ScriptInThePage(Lie):
    """A script stands in the page itself, and the policy is widened to let it run."""

    def answer(self, asked: Asked, answer: Answer) -> None:
        if not is_page(answer):
            return
        script = f"<script>{ADDED.decode()}</script></head>".encode()
        answer.body = answer.body.replace(b"</head>", script)
        policy = named(answer, "Content-Security-Policy")
        answer.headers[policy] = re.sub(
            r"script-src [^;]*", "script-src 'self' 'unsafe-inline'", answer.headers[policy]
        ).replace("require-trusted-types-for 'script'", "")


@dataclass(slots=True)
class ServerInFront(Lie):
    """What stands before a service that is being restarted: it has a page of its own, or other
    code by the same way.
    """

    status: int = 503
    page: bytes = b"<!doctype html><title>Back in a moment</title><h1>Back in a moment</h1>"

    def answer(self, asked: Asked, answer: Answer) -> None:
        del asked
        answer.status, answer.body = self.status, self.page
        answer.headers = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}


@dataclass(slots=True)
class AnotherWorker(Lie):
    """The service worker is replaced by one that takes over at once and looks at nothing; the rest
    is other code.
    """

    release: OtherRelease = field(default_factory=OtherRelease)

    def ask(self, asked: Asked) -> None:
        self.release.ask(asked)

    def answer(self, asked: Asked, answer: Answer) -> None:
        if asked.path == "/service-worker.js":
            answer.body = (
                b"self.addEventListener('install', () => self.skipWaiting());"
                b"self.addEventListener('activate', (e) => e.waitUntil(self.clients.claim()));"
            )
        else:
            self.release.answer(asked, answer)


@dataclass(slots=True)
class ClearedSiteData(Lie):
    """One answer of the API tells the browser to forget everything of this site."""

    def answer(self, asked: Asked, answer: Answer) -> None:
        if asked.path.startswith("/api/"):
            answer.headers["Clear-Site-Data"] = '"storage"'


def log_release(live: Live, sha256: str) -> None:
    """What ``manage.py prepare`` of a new release does before any of it is served."""
    live.manage(
        "shell",
        "-c",
        "from rights.actions.logging_facts import state; from rights.models import FactKind;"
        " from rights.actions.issuing import keep_log; from django.utils import timezone;"
        f" sha256 = {sha256!r}; today = timezone.now().date().isoformat();"
        " state(FactKind.RELEASE_SERVED, {'manifest_sha256': sha256},"
        " once=today + ' ' + sha256); keep_log()",
    )
