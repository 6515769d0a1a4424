"""Addresses of sharing, under ``/api/v1/``."""

from __future__ import annotations

from sharing.api.urls_albums import urlpatterns as albums
from sharing.api.urls_groups import urlpatterns as groups
from sharing.api.urls_links import urlpatterns as links
from sharing.api.urls_publications import urlpatterns as publications
from sharing.api.urls_recovery import urlpatterns as recovery
from sharing.api.urls_traces import urlpatterns as traces

urlpatterns = [*groups, *albums, *links, *publications, *recovery, *traces]
