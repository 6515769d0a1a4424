"""What came in comes out byte for byte; runs that are cut go on; a copy follows the vault."""

from __future__ import annotations

import json
import re
import signal
import time
from pathlib import Path

import pytest

from tests.api.people import PASSWORD, new_person
from tests.importing.conftest import Vault
from tests.importing.exports import picture, put, takeout
from tests.live import Live
from tests.reference_client.albums import albums_of, change_album, delete_album
from tests.reference_client.cli import session
from tests.reference_client.cli.words import Ending
from tests.reference_client.documents import AlbumSettings, Marks

MANY = 120


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    """As somebody sets it who takes a copy every night."""
    monkeypatch.setenv(session.PASSWORD, PASSWORD)


def files_in(root: Path) -> dict[str, bytes]:
    """Everything below a folder but the journal."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".pocketvault" not in path.parts
    }


def test_an_import_that_was_killed_goes_on_with_what_is_missing(
    vault: Vault, tmp_path: Path
) -> None:
    root = put(tmp_path / "Takeout", {
        **{f"Sea/{each:03}.jpg": picture(each) for each in range(MANY)},
        **{f"Sea/{each:03}.jpg.json": takeout(f"{each:03}.jpg") for each in range(MANY)},
        "Sea/metadata.json": {"title": "Sea"},
    })  # fmt: skip
    running = vault.start("import", root)
    while not (brought := len(vault.photos())):
        assert running.poll() is None
        time.sleep(0.05)
    running.send_signal(signal.SIGKILL)
    running.communicate()
    assert 0 < brought < MANY
    brought = len(vault.photos())

    said = vault.run("import", root)

    assert said.code == Ending.DONE
    stored, known = map(int, re.findall(r"(\d+) new in the vault, (\d+) were", said.out)[0])
    # A request that was under way when its sender was killed may have come through.
    assert known in (brought, brought + 1)
    assert stored + known == MANY
    assert vault.albums() == {"Sea": {f"{each:03}.jpg" for each in range(MANY)}}
    again = vault.run("import", root)
    assert f"0 new in the vault, {MANY} were there already." in again.out
    assert len(albums_of(vault.person.library)) == 1


def test_what_came_in_comes_out_byte_for_byte_and_goes_in_again(
    live: Live, vault: Vault, tmp_path: Path
) -> None:
    root = put(tmp_path / "Takeout", {
        "Sea/metadata.json": {"title": "Sea/side"},
        "Sea/a.jpg": picture(1),
        "Sea/a.jpg.json": takeout("a.jpg", description="Waves", favorited=True),
        "Hill/metadata.json": {"title": "Hill"},
        "Hill/a.jpg": picture(2, taken="2019:07:01 12:20:30", lat=-33.5),
        "Both/metadata.json": {"title": "Both"},
        "Both/again.jpg": picture(1),
        f"{'n' * 251}.jpg": picture(3),
        "👩‍👧.jpg": picture(4),
    })  # fmt: skip
    assert vault.run("import", root).code == Ending.DONE
    photo = next(each for each in vault.photos_as_list() if each.marks.favourite)
    vault.person.library.correct(photo, title="Tide", rating=5, altText="Grey water")

    said = vault.run("export", tmp_path / "out")

    assert (said.code, said.err) == (Ending.DONE, "")
    found = files_in(tmp_path / "out")
    assert {at: content for at, content in found.items() if not at.endswith(".json")} == {
        "photos/Both/a.jpg": picture(1),
        "photos/Hill/a.jpg": picture(2, taken="2019:07:01 12:20:30", lat=-33.5),
        next(at for at in found if at.endswith("nn.jpg")): picture(3),
        next(at for at in found if at.endswith("👩‍👧.jpg")): picture(4),
    }
    sidecar = json.loads(found["photos/Both/a.jpg.json"])
    assert sidecar["description"] == "Waves"
    assert sidecar["favorited"] is True
    assert sidecar["pocketvault"]["albums"] == ["Both", "Sea/side"]
    assert json.loads(found["albums/Sea_side.json"])["photos"] == ["photos/Both/a.jpg"]

    other = new_person(live, "bob")
    session.remember(other.device, tmp_path / "bobs.json")
    bobs = Vault(person=other, file=tmp_path / "bobs.json", url=live.url, capsys=vault.capsys)
    assert bobs.run("import", tmp_path / "out").code == Ending.DONE
    assert sorted(photo.metadata.name for photo in bobs.photos_as_list()) == sorted(
        photo.metadata.name for photo in vault.photos_as_list()
    )
    tide = next(each for each in bobs.photos_as_list() if each.marks.favourite)
    assert (tide.corrections.values["title"], tide.corrections.values["rating"]) == ("Tide", 5)
    assert tide.corrections.values["altText"] == "Grey water"
    assert {album.settings.name for album in albums_of(other.library)} == {
        "Both", "Hill", "Sea/side",
    }  # fmt: skip
    assert len(tide.albums) == 2


def test_an_export_that_was_killed_goes_on_and_mends_what_has_rotted(
    vault: Vault, tmp_path: Path
) -> None:
    root = put(tmp_path / "in", {f"{each:03}.jpg": picture(each) for each in range(60)})
    vault.run("upload", root)
    out = tmp_path / "out"
    running = vault.start("export", out)
    while not list(out.rglob("*.jpg")):
        assert running.poll() is None
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    running.communicate()
    there = len(list(out.rglob("*.jpg")))
    assert there < 60
    with (out / ".pocketvault/copy.jsonl").open("a") as journal:
        journal.write('{"photo": "torn')

    said = vault.run("export", out)

    assert said.code == Ending.DONE
    # The one that was being written may have stood there before it was said to be whole.
    written = int(said.out.split("\n\n")[-1].split()[0])
    assert 60 - there <= written <= 60 - there + 1
    assert sorted(path.read_bytes() for path in out.rglob("*.jpg")) == sorted(
        picture(each) for each in range(60)
    )
    lost = next(out.rglob("007.jpg"))
    lost.unlink()
    assert "1 photos written, 0 sidecars written" in vault.run("export", out).out
    assert lost.read_bytes() == picture(7)
    assert "0 photos written, 0 sidecars written" in vault.run("export", out).out


def test_a_copy_is_brought_up_to_date_by_what_changed(vault: Vault, tmp_path: Path) -> None:
    out, library = tmp_path / "copy", vault.person.library
    root = put(tmp_path / "in/Walk", {f"{each}.jpg": picture(each) for each in range(6)})
    vault.run("upload", root.parent, "--folders-as-albums")
    assert "6 photos written" in vault.run("sync", out).out
    assert "0 photos written, 0 sidecars written" in vault.run("sync", out).out
    photos = vault.photos()
    mine = out / "photos/Walk/5.jpg"
    mine.write_bytes(b"I painted over it")
    library.mark(photos["0.jpg"], Marks(favourite=True))
    library.replace(photos["1.jpg"], picture(101), photos["1.jpg"].metadata)
    library.replace(photos["5.jpg"], picture(105), photos["5.jpg"].metadata)
    library.purge(photos["2.jpg"])
    (album,) = albums_of(library)
    change_album(library, album, AlbumSettings(name="A long walk", cover=photos["0.jpg"].id))
    vault.run("upload", put(tmp_path / "more", {"new.jpg": picture(50)}))

    said = vault.run("sync", out)

    assert said.code == Ending.DONE
    assert "3 photos written" in said.out
    assert "Deleted in the vault; the copy here stays:\n  photos/Walk/2.jpg" in said.out
    found = files_in(out)
    assert json.loads(found["photos/Walk/0.jpg.json"])["favorited"] is True
    assert found["photos/Walk/1.jpg"] == picture(101)
    assert found["photos/Walk/2.jpg"] == picture(2)
    assert found["photos/Walk/5.jpg"] == b"I painted over it"
    assert found["photos/Walk/5~2.jpg"] == picture(105)
    assert [at for at in found if at.startswith("albums/")] == ["albums/A long walk.json"]
    told = json.loads(found["albums/A long walk.json"])
    assert told["cover"] == "photos/Walk/0.jpg"
    assert set(told["photos"]) == {
        f"photos/Walk/{each}.jpg" for each in ("0", "1", "3", "4", "5~2")
    }
    library.purge(photos["3.jpg"])
    delete_album(library, album)
    assert "1 taken away" in vault.run("sync", out, "--delete").out
    found = files_in(out)
    assert "photos/Walk/3.jpg" not in found
    assert "photos/Walk/3.jpg.json" not in found
    assert not [at for at in found if at.startswith("albums/")]


def test_what_somebody_changed_is_not_deleted_either(vault: Vault, tmp_path: Path) -> None:
    root = put(tmp_path / "in", {"a.jpg": picture(1)})
    vault.run("upload", root)
    vault.run("sync", tmp_path / "copy")
    (file,) = (tmp_path / "copy").rglob("a.jpg")
    file.write_bytes(b"I painted over it")
    vault.person.library.purge(vault.photos()["a.jpg"])

    said = vault.run("sync", tmp_path / "copy", "--delete")

    assert "0 taken away" in said.out
    assert file.read_bytes() == b"I painted over it"


def test_a_copy_writes_behind_no_link_and_over_no_other_vault(
    live: Live, vault: Vault, tmp_path: Path
) -> None:
    vault.run("upload", put(tmp_path / "in", {"a.jpg": picture(1)}))
    out, elsewhere = tmp_path / "copy", tmp_path / "elsewhere"
    elsewhere.mkdir()
    out.mkdir()
    (out / "photos").symlink_to(elsewhere)

    said = vault.run("sync", out)

    assert said.code == Ending.REFUSED
    assert "behind a link that leads elsewhere" in said.err
    assert not list(elsewhere.iterdir())
    other = new_person(live, "bob")
    session.remember(other.device, tmp_path / "bobs.json")
    bobs = Vault(person=other, file=tmp_path / "bobs.json", url=live.url, capsys=vault.capsys)
    assert "a copy of another vault" in bobs.run("sync", out).err


def test_a_cursor_that_is_too_old_starts_over_and_loses_nothing(
    vault: Vault, tmp_path: Path
) -> None:
    vault.run("upload", put(tmp_path / "in", {f"{n}.jpg": picture(n) for n in range(3)}))
    vault.run("sync", tmp_path / "copy")
    journal = tmp_path / "copy/.pocketvault/copy.jsonl"
    first, *rest = journal.read_text().splitlines()
    line = {**json.loads(first), "cursor": "AAAA"}
    journal.write_text("\n".join([json.dumps(line), *rest, ""]))

    said = vault.run("sync", tmp_path / "copy")

    assert said.code == Ending.DONE
    assert "0 photos written, 0 sidecars written, 0 taken away" in said.out
    assert json.loads(journal.read_text().splitlines()[0])["cursor"] not in ("", "AAAA")


def test_an_older_state_than_the_copy_has_is_not_taken(vault: Vault, tmp_path: Path) -> None:
    vault.run("upload", put(tmp_path / "in", {"a.jpg": picture(1)}))
    vault.run("sync", tmp_path / "copy")
    photo = vault.photos()["a.jpg"]
    journal = tmp_path / "copy/.pocketvault/copy.jsonl"
    text = journal.read_text()
    # As if this device had been told of a revision that the service does not know any more.
    assert '"revision": 0' in text
    journal.write_text(text.replace('"revision": 0', '"revision": 7'))
    vault.person.library.mark(photo, Marks(favourite=True))

    said = vault.run("sync", tmp_path / "copy")

    assert said.code == Ending.SOME_LEFT
    assert "a.jpg: was offered in an older state, which was not taken" in said.out
    assert b'"favorited": true' not in b"".join(files_in(tmp_path / "copy").values())
