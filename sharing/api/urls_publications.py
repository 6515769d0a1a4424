"""Addresses of the account's own profile and publications, under ``/api/v1/``."""

from __future__ import annotations

from django.urls import path, register_converter

from sharing.api.views import profiles, publications, visitor_passes
from sharing.models import RenditionKind


class RenditionKindConverter:
    """What a picture is encoded as."""

    regex = "|".join(RenditionKind)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(RenditionKindConverter, "rendition_kind")

PUBLICATION = "publications/<uuid:publication_id>"

urlpatterns = [
    path("profile", profiles.ProfileView.as_view()),
    path("profile/arrange", profiles.ArrangeView.as_view()),
    path("profile/statistics", profiles.StatisticsView.as_view()),
    path("visitor-passes", visitor_passes.VisitorPassesView.as_view()),
    path("publications", publications.PublicationsView.as_view()),
    path("publications/withdraw-all", publications.WithdrawAllView.as_view()),
    path(PUBLICATION, publications.PublicationView.as_view()),
    path(f"{PUBLICATION}/statement", publications.PublicationStatementView.as_view()),
    path(f"{PUBLICATION}/withdraw", publications.WithdrawView.as_view()),
    path(
        f"{PUBLICATION}/pictures/<int:size>.<rendition_kind:kind>",
        publications.PublicationPictureView.as_view(),
    ),
]
