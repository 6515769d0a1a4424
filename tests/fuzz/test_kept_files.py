"""Backups, journals, archives and streams: files that somebody else may have written to."""

from __future__ import annotations

import io
import json
import secrets
import struct
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pytest_django import Settings

from pocketvault.kernel import epochs, journal
from pocketvault.kernel.blobs import store
from pocketvault.kernel.journal import JournalError
from pocketvault.kernel.sealing import SealBrokenError, current_epoch, open_sealed, seal
from rights.archives.stretch import Stretch, StretchBrokenError
from rights.backup_errors import BackupDamagedError, BackupKeyGoneError
from rights.backups import container, rows
from rights.backups.rows import Column, Table
from sharing.publishing.framing import BrokenFrameError, Message, packed, unpacked
from sharing.publishing.jxl_size import jxl_size
from sharing.publishing.streams import (
    KEY_BYTES,
    BrokenStreamError,
    open_content,
    open_stream,
    seal_stream,
)
from sharing.stripping.refusals import StripError
from tests.fuzz.hostile import EXAMPLES, JSON, ODD_JSON, ends, mutants, tried

WHO = UUID(int=7)
KEY = bytes(range(32))
HEADER = {"epoch": 1, "fingerprint": "00" * 32, "tables": []}


def backup(key: bytes = KEY, **header: Any) -> bytes:
    file = io.BytesIO()
    container.write(file, {**HEADER, **header}, key, lambda sink: sink.write(b"1\tx\n" * 50))
    return file.getvalue()


def starting_with(header: bytes) -> bytes:
    return container.MAGIC + struct.pack(">I", len(header)) + header


REFUSED = (BackupDamagedError, BackupKeyGoneError)


@tried()
@example(starting_with(b"[" * 200_000))  # deeper than the reader of JSON goes
@example(starting_with(b'{"format":1,"epoch":Infinity,"fingerprint":"00"}'))
@example(starting_with(b'{"format":1,"epoch":1e999,"fingerprint":"00","tables":[]}'))
@given(mutants(backup()) | st.sampled_from(ODD_JSON).map(starting_with))
def test_a_backup(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "mutant.backup"
    path.write_bytes(raw)
    ends(lambda: container.read_header(path), BackupDamagedError)
    ends(lambda: list(container.pieces_of(path)), *REFUSED)


@pytest.mark.django_db
def test_a_backup_whose_key_is_here(tmp_path: Path) -> None:
    number = current_epoch()
    key = epochs.key_of(number)
    good = backup(key, epoch=number, fingerprint=epochs.fingerprint_of(key).hex())
    path = tmp_path / "mutant.backup"
    path.write_bytes(good)
    assert b"".join(container.pieces_of(path)) == b"1\tx\n" * 50

    @tried()
    @given(mutants(good))
    def read(raw: bytes) -> None:
        path.write_bytes(raw)
        assert ends(lambda: list(container.pieces_of(path)), *REFUSED) is None or raw == good

    read()


@tried()
@example({"name": "t", "columns": [], "rows": float("inf")})
@example({"name": "t", "columns": [{"name": "a", "kind": []}], "rows": 1})
@given(
    JSON
    | st.fixed_dictionaries({
        "name": JSON, "rows": JSON,
        "columns": st.lists(st.fixed_dictionaries({"name": JSON, "kind": JSON}), max_size=2) | JSON,
    })
)  # fmt: skip
def test_the_tables_of_a_backup(said: Any) -> None:
    ends(lambda: Table.from_json(said), BackupDamagedError)


COLUMNS = tuple(Column(kind, kind) for kind in sorted(set(rows._KINDS.values())))
LINE = rows.spell(
    [(1, b"ab", "2026-11-28", 5, '{"a": 1}', "a\tb\\", "2026-11-28 10:00:00.000001", "0" * 32)],
    COLUMNS,
)  # fmt: skip


@tried()
@example(b"9" * 5_000 + LINE[1:])
@example(b"\xff" + LINE)
@given(mutants(LINE))
def test_the_rows_of_a_backup(lines: bytes) -> None:
    ends(lambda: list(rows.parse(lines, COLUMNS)), BackupDamagedError)


@pytest.mark.django_db
def test_an_entry_of_the_journal(settings: Settings, tmp_path: Path) -> None:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}
    journal.write("fuzz", id="a")
    [name] = list(store().keys(journal.PREFIX))
    good = b"".join(store().read(name))
    assert journal.read(name).kind == "fuzz"

    @tried(EXAMPLES // 2)
    @given(mutants(good))
    def read(raw: bytes) -> None:
        store().discard(name)
        store().put(name, [raw])
        assert ends(lambda: journal.read(name), JournalError) is None or raw == good

    read()


@pytest.mark.django_db
def test_a_sealed_row() -> None:
    number = current_epoch()
    good = seal(number, b"secret", b"context")

    @tried()
    @given(mutants(good))
    def read(raw: bytes) -> None:
        opened = ends(lambda: open_sealed(number, raw, b"context"), SealBrokenError)
        assert opened is None or raw == good

    read()


def stretch() -> bytes:
    made = Stretch()
    made.say(b"words")
    made.name("blob", 5)
    return made.seal(KEY, archive_id=WHO, number=1)


@tried()
@given(mutants(stretch()))
def test_a_stretch_of_an_archive(raw: bytes) -> None:
    ends(lambda: Stretch.open(KEY, raw, archive_id=WHO, number=1), StretchBrokenError)


STREAM_KEY = secrets.token_bytes(KEY_BYTES)
STREAM = seal_stream(b"picture" * 20, STREAM_KEY, owner=WHO, publication=WHO, part="copy")
# Under the right key, and not in the frame that content has.
FRAMES = [bytes(8), b"\xff" * 8, b"\x7f" + b"\xff" * 7 + b"a" * 20, b"", b"\0" * 7 + b"\x05abcde"]


@tried()
@given(mutants(STREAM))
def test_a_stream(raw: bytes) -> None:
    told = {"owner": WHO, "publication": WHO, "part": "copy"}
    ends(lambda: open_stream(raw, STREAM_KEY, **told), BrokenStreamError)
    ends(lambda: open_content(raw, STREAM_KEY, **told), BrokenStreamError)


@pytest.mark.parametrize("frame", FRAMES)
def test_a_frame_inside_a_stream(frame: bytes) -> None:
    told = {"owner": WHO, "publication": WHO, "part": "copy"}
    sealed = seal_stream(frame, STREAM_KEY, **told)
    ends(lambda: open_content(sealed, STREAM_KEY, **told), BrokenStreamError)


def framed(head: bytes) -> bytes:
    return struct.pack(">I", len(head)) + head


@tried()
@given(
    mutants(packed(Message({"a": 1}, (b"abc", b""))))
    | st.sampled_from(ODD_JSON).map(framed)
    | st.fixed_dictionaries({"fields": JSON, "parts": JSON}).map(
        lambda said: framed(json.dumps(said).encode())
    )
)
def test_an_answer_of_a_decoder(raw: bytes) -> None:
    ends(lambda: unpacked(raw), BrokenFrameError)


@tried()
@given(st.binary(max_size=60) | mutants(b"\xff\x0a\xfa\x7f\x00\x90\x08\x00",
    b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(20)))
def test_the_size_of_a_jpeg_xl(raw: bytes) -> None:
    ends(lambda: jxl_size(raw), StripError)

