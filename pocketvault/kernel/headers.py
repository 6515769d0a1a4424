"""What every answer says to the browser: the same in development and production."""

from __future__ import annotations

from collections.abc import Callable
from wsgiref.headers import Headers

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from pocketvault.kernel.bundle import fingerprint, import_map_source
from pocketvault.kernel.reservation import reservation_headers

# 'wasm-unsafe-eval' is for Argon2id alone. Nothing inline, nothing foreign.
_POLICY = (
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types pocketvault lit-html",
)
CONTENT_SECURITY_POLICY = "; ".join(_POLICY)
# A public page shows pictures of its own origin and what stands in itself; nothing there needs
# WebAssembly, media or a manifest.
PUBLIC_POLICY = "; ".join(
    {
        "script-src 'self' 'wasm-unsafe-eval'": "script-src 'self'",
        "img-src 'self' blob: data:": "img-src 'self' data:",
        "media-src 'self' blob:": "media-src 'none'",
        "manifest-src 'self'": "manifest-src 'none'",
    }.get(each, each)
    for each in _POLICY
)
_OFF = (
    "accelerometer",
    "browsing-topics",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "serial",
    "usb",
)
PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in _OFF)

SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Integrity-Policy": "blocked-destinations=(script)",
    "Permissions-Policy": PERMISSIONS_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def hsts() -> dict[str, str]:
    """What tells browsers to use TLS from now on, where this service is reached by it."""
    if not settings.SECURE_HSTS_SECONDS:
        return {}
    told = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
    return {"Strict-Transport-Security": told}


def release_header() -> dict[str, str]:
    """The number of the code that a page is part of. A browser that knows other code asks for the
    manifest by it (``static/src/api/known-code.ts``); nothing before the first build.
    """
    try:
        return {"Code-Release": fingerprint()}
    except FileNotFoundError:
        return {}


class SecurityHeadersMiddleware:
    """Put the security headers on every answer, and HSTS on those that left this machine."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.headers = {
            **SECURITY_HEADERS,
            **reservation_headers(),
            "Content-Security-Policy": with_import_map(CONTENT_SECURITY_POLICY),
        }
        self.of_pages = release_header()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        for name, value in (self.headers | (self.of_pages if is_page else {})).items():
            response.headers.setdefault(name, value)
        for name, value in hsts().items():
            response.headers[name] = value
        response.headers.setdefault("Cache-Control", "no-store")
        return response


def with_import_map(policy: str) -> str:
    """The one thing that stands inline is the import map; its hash is known since the build."""
    allowed = f"script-src 'self' {import_map_source()}".rstrip()
    return policy.replace("script-src 'self'", allowed)


def add_static_headers(headers: Headers, path: str, url: str) -> None:
    """WhiteNoise's hook. A worker takes its policy from its own file, so files need it too."""
    del path, url
    for name, value in SECURITY_HEADERS.items():
        headers[name] = value
