"""What one person asks of a service at a time, each with what the answer has to be.

Through the whole of Django, as the web process answers it; without the server and the wire, which
`feed` and `uploads` measure.
"""

from __future__ import annotations

from collections.abc import Mapping

from rest_framework.response import Response

from benchmarks.inside.costs import Act
from benchmarks.inside.crowd import FIRST_ALBUM, Scene, put_photo
from images.actions.disposal import BATCH_IMAGES
from images.actions.scrubbing import scrub_store
from images.api.paging import LARGEST_PAGE
from images.feed import Cursor
from pocketvault.promises.rows import PROMISES

API = "/api/v1"
# The first of a library: a photo every five minutes.
MONTH, IN_THAT_MONTH = "2016-01", 31 * 24 * 12


def acts_of(scene: Scene) -> Mapping[str, Act]:
    """Everything that ought to cost the same in a large service as in a small one."""
    return {**_reading(scene), **_changing(scene), **_behind(scene)}


def cursor_of(scene: Scene) -> str:
    """A place in the owner's feed from which a whole page of photos follows."""
    return Cursor(len(scene.images) // 4, 0).to_text(scene.owner.pk)


def _reading(scene: Scene) -> dict[str, Act]:
    app, newest = scene.app, scene.real[0]
    cursor = cursor_of(scene)

    def page_of_changes() -> None:
        content = _got(app.get(f"{API}/sync", {"cursor": cursor, "limit": LARGEST_PAGE})).content
        _insist(content.count(b'"wrapped_content_key"') == LARGEST_PAGE)

    def months() -> None:
        _insist(len(_got(app.get(f"{API}/timeline")).json()["buckets"]) > 0)

    def month() -> None:
        shown = _got(app.get(f"{API}/timeline/{MONTH}")).json()["ids"]
        _insist(len(shown) == min(IN_THAT_MONTH, len(scene.images)))

    def albums() -> None:
        _insist(len(_got(app.get(f"{API}/albums")).json()["items"]) > 1)

    def page_of_album() -> None:
        items = _got(app.get(f"{API}/albums/{scene.album}/items")).json()["items"]
        _insist(len(items) == min(FIRST_ALBUM, LARGEST_PAGE))

    def image() -> None:
        _got(app.get(f"{API}/images/{newest}"))

    def thumbnail() -> None:
        answer = _got(app.get(f"{API}/images/{newest}/versions/1/thumbnail"))
        _insist(len(b"".join(answer.streaming_content)) > 0)

    def events() -> None:
        _insist(len(_got(app.get(f"{API}/me/events")).json()["items"]) > 0)

    return {
        "a page of 500 changes": page_of_changes, "the months of a library": months,
        "a month of 8,928 photos": month, "all 20 albums": albums,
        "a page of 500 of an album": page_of_album, "one photo": image,
        "a thumbnail": thumbnail, "security events": events,
    }  # fmt: skip


def _changing(scene: Scene) -> dict[str, Act]:
    app, left = scene.app, scene.images

    def setting() -> None:
        said = {"auto_lock_minutes": 15}
        _got(app.patch(f"{API}/me/preferences", said, format="json"))

    def purge() -> None:
        _got(app.delete(f"{API}/images/{left.pop()}"), 204)

    def purge_many() -> None:
        gone = [left.pop() for _ in range(BATCH_IMAGES)]
        operations = [{"op": "purge", "id": str(image_id)} for image_id in gone]
        _got(app.post(f"{API}/images/batch", {"operations": operations}, format="json"))

    return {
        "a setting changed": setting, "a photo stored": lambda: put_photo(app),
        "a photo deleted": purge, "500 photos deleted": purge_many,
    }  # fmt: skip


def _behind(scene: Scene) -> dict[str, Act]:
    desk = scene.desk

    def inbox() -> None:
        _insist(_got(desk.get("/desk/")).content.count(b"R-2026-") > 0)

    def board() -> None:
        _insist(_got(desk.get("/desk/requests/")).content.count(b"R-2026-") > 0)

    def promises() -> None:
        _insist(len([promise.look_up() for promise in PROMISES]) > 0)

    def scrub() -> None:
        _insist(scrub_store() == 0)

    return {
        "the desk's first page": inbox, "the board of requests": board,
        "the figures of /promises": promises, "what the scrub reads next": scrub,
    }  # fmt: skip


def _got(answer: Response, status: int = 200) -> Response:
    if answer.status_code != status:
        raise AssertionError(f"answered with {answer.status_code}: {answer.content[:300]!r}")
    return answer


def _insist(is_so: bool) -> None:  # noqa: FBT001
    if not is_so:
        raise AssertionError("that is not what was asked for")

