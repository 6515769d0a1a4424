"""Addresses of shared albums, under ``/api/v1/``."""

from __future__ import annotations

from django.urls import path

from sharing.api.views import shared_albums, shared_items

ALBUM = "shared/albums/<uuid:album_id>"

urlpatterns = [
    path("shared/albums", shared_albums.SharedAlbumsView.as_view()),
    path(ALBUM, shared_albums.SharedAlbumView.as_view()),
    path(f"{ALBUM}/settings", shared_albums.SharedSettingsView.as_view()),
    path(f"{ALBUM}/stop", shared_albums.StopView.as_view()),
    path(f"{ALBUM}/rotate", shared_albums.RotateView.as_view()),
    path(f"{ALBUM}/leave", shared_albums.LeaveView.as_view()),
    path(f"{ALBUM}/timeline", shared_albums.TimelineChoiceView.as_view()),
    path(f"{ALBUM}/telling", shared_albums.TellingView.as_view()),
    path(f"{ALBUM}/history", shared_albums.AlbumHistoryView.as_view()),
    path(f"{ALBUM}/grants/<uuid:grant_id>", shared_albums.GrantView.as_view()),
    path(f"{ALBUM}/grants/<uuid:grant_id>/revoke", shared_albums.RevokeView.as_view()),
    path(f"{ALBUM}/items", shared_items.SharedItemsView.as_view()),
    path(f"{ALBUM}/items/rewrap", shared_items.RewrapView.as_view()),
    path(f"{ALBUM}/items/replace", shared_items.ReplaceSharedItemsView.as_view()),
    path(f"{ALBUM}/items/remove", shared_items.RemoveSharedItemsView.as_view()),
    path(f"{ALBUM}/items/<uuid:image_id>/like", shared_items.LikeView.as_view()),
    path(f"{ALBUM}/items/<uuid:image_id>/<part:name>", shared_items.SharedPartView.as_view()),
    path(f"{ALBUM}/comments", shared_items.CommentsView.as_view()),
    path(f"{ALBUM}/comments/<uuid:comment_id>", shared_items.CommentView.as_view()),
]
