"""The public page of who works for us. The same for everyone, and readable without a script."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pocketvault.kernel.reservation import NO_TRAINING
from rights.register import register


@require_safe
def show_processors(request: HttpRequest) -> HttpResponse:
    """Answer the register as a page."""
    response = render(request, "processors.html", register())
    response["Cache-Control"] = "no-cache"
    response["X-Robots-Tag"] = NO_TRAINING
    return response
