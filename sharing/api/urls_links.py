"""Addresses of links, visits, collecting, exposures and digests, under ``/api/v1/``."""

from __future__ import annotations

from django.urls import path

from sharing.api.views import collect, digests, drops, exposures, guests, links, visits

LINK = "shared/albums/<uuid:album_id>/links/<uuid:link_id>"

urlpatterns = [
    path("shared/albums/<uuid:album_id>/links", links.LinksView.as_view()),
    path(LINK, links.LinkView.as_view()),
    path(f"{LINK}/limits", links.LinkLimitsView.as_view()),
    path(f"{LINK}/revoke", links.RevokeLinkView.as_view()),
    path(f"{LINK}/wake", links.WakeLinkView.as_view()),
    path("links/<uuid:link_id>", visits.LinkDoorView.as_view()),
    path("links/<uuid:link_id>/visits", visits.BeginVisitView.as_view()),
    path("visits/album", visits.VisitedAlbumView.as_view()),
    path("visits/items", visits.VisitedItemsView.as_view()),
    path("visits/items/<uuid:image_id>/<str:name>", visits.VisitedPartView.as_view()),
    path("visits/history", visits.VisitedHistoryView.as_view()),
    path("collect-links", collect.CollectLinksView.as_view()),
    path("collect-links/<uuid:collect_link_id>", collect.CollectLinkView.as_view()),
    path("collect-links/<uuid:collect_link_id>/limits", collect.CollectLimitsView.as_view()),
    path("collect-links/<uuid:collect_link_id>/wake", collect.WakeCollectLinkView.as_view()),
    path("collect-links/<uuid:collect_link_id>/visits", collect.BeginGuestVisitView.as_view()),
    path("guest/uploads", guests.GuestUploadsView.as_view(), name="guest_uploads"),
    path(
        "guest/uploads/<uuid:upload_id>", guests.GuestUploadView.as_view(), name="guest_upload"
    ),
    path("guest/drops/<uuid:drop_id>", guests.GuestDropView.as_view()),
    path("drops", drops.DropsView.as_view()),
    path("drops/<uuid:drop_id>", drops.DropView.as_view()),
    path("drops/<uuid:drop_id>/<part:name>", drops.DroppedPartView.as_view()),
    path("exposures", exposures.ExposuresView.as_view()),
    path("exposures/end-all", exposures.EndExposuresView.as_view()),
    path("digests/unsubscribe", digests.UnsubscribeView.as_view()),
]
