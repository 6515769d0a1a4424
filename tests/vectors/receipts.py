"""Vectors of receipts: files that hold in logs of many sizes, and files that do not.

The logs are made by the definitions of RFC 6962 and C2SP, from all their leaves at once.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.reference_client.crypto.canonical import canonical_text, to_text
from tests.vectors.chains import known_id
from tests.vectors.material import material

ORIGIN = "vault.example.org/log"
KEY = Ed25519PrivateKey.from_private_bytes(material("log key"))
OTHER = Ed25519PrivateKey.from_private_bytes(material("another log's key"))
WITNESS = Ed25519PrivateKey.from_private_bytes(material("witness key"))
# (index, size): edges of perfect trees, of tiles, and one that is far from both.
PLACES = ((0, 1), (0, 2), (1, 2), (2, 3), (6, 7), (4, 8), (255, 256), (256, 257), (70, 1000))
File = dict[str, Any]


def receipt_vectors() -> object:
    """Files that hold, and files that do not with the fault that is found."""
    good = [{"name": f"{i} of {n}", "text": _text(file_at(i, n))} for i, n in PLACES]
    good.append({"name": "with a witness", "text": _text(_witnessed(file_at(3, 5)))})
    refused = [
        {"name": name, "text": text, "fault": fault} for name, text, fault in _refused()
    ]
    return {
        "key": key_text(KEY),
        "another_key": key_text(OTHER),
        "held": good,
        "refused": refused,
    }


def receipt(**more: Any) -> File:
    return {
        "format": "pocketvault.receipt/1",
        "id": known_id("receipt"),
        "kind": "deleted.active",
        "log": ORIGIN,
        "issued_at": "2026-11-27T18:00:42Z",
        "about": known_id("deletion"),
        "facts": {
            "images": [known_id("image"), known_id("another image")],
            "deleted_at": "2026-11-27T18:00:00Z",
            "active_removed_at": "2026-11-27T18:00:41Z",
            "unreadable_by": "2026-12-19",
            "note": 'Zürich — "港" \u0001 é',
        },
        "promise": known_id("promise"),
        "due_on": "2026-12-19",
    } | more


def file_at(
    index: int, size: int, *, by: Ed25519PrivateKey = KEY, said: File | None = None,
    origin: str = ORIGIN, **entry: Any,
) -> File:  # fmt: skip
    """The file of a receipt whose entry stands at ``index`` in a log of ``size`` entries."""
    said = receipt() if said is None else said
    spelled, opening = canonical_text(said).encode(), material("opening")
    committed = hashlib.sha256(b"pocketvault.commitment/1\0" + opening + spelled).digest()
    leaf: File = {
        "format": "pocketvault.entry/1", "kind": said.get("kind"),
        "commitment": to_text(committed), "on": "2026-11-27",
        **{name: said[name] for name in ("promise", "due_on") if name in said}, **entry,
    }  # fmt: skip
    return {
        "format": "pocketvault.receipt-file/1",
        "receipt": said,
        "signature": to_text(by.sign(b"pocketvault.receipt/1\0" + spelled)),
        "opening": to_text(opening),
        "entry": leaf,
        "proof": proof_at(leaf, index, size, by=by, origin=origin),
        "key": key_text(by, origin),
    }


def proof_at(
    leaf: File, index: int, size: int, *, by: Ed25519PrivateKey = KEY, origin: str = ORIGIN
) -> str:
    """That an entry stands at ``index`` in a log of ``size`` entries."""
    entries = [canonical_text({"entry": at}).encode() for at in range(size)]
    entries[index] = canonical_text(leaf).encode()
    leaves = [hashlib.sha256(b"\0" + each).digest() for each in entries]
    return _proof(index, leaves, by, origin)


def key_text(key: Ed25519PrivateKey, name: str = ORIGIN) -> str:
    raw = b"\1" + key.public_key().public_bytes_raw()
    return f"{name}+{_id(name, raw)}+{base64.b64encode(raw).decode()}"


def _id(name: str, raw: bytes) -> str:
    return hashlib.sha256(name.encode() + b"\n" + raw).hexdigest()[:8]


def _proof(index: int, leaves: list[bytes], by: Ed25519PrivateKey, origin: str) -> str:
    path = "".join(f"{base64.b64encode(each).decode()}\n" for each in _path(index, leaves))
    text = f"{origin}\n{len(leaves)}\n{base64.b64encode(_mth(leaves)).decode()}\n"
    return f"c2sp.org/tlog-proof@v1\nindex {index}\n{path}\n{text}\n{_signed(text, origin, by)}"


def _signed(text: str, name: str, by: Ed25519PrivateKey) -> str:
    raw = bytes.fromhex(key_text(by, name).split("+")[1]) + by.sign(text.encode())
    return f"\N{EM DASH} {name} {base64.b64encode(raw).decode()}\n"


def _mth(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + _mth(leaves[:split]) + _mth(leaves[split:])).digest()


def _path(index: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return [*_path(index, leaves[:split]), _mth(leaves[split:])]
    return [*_path(index - split, leaves[split:]), _mth(leaves[:split])]


def _witnessed(file: File) -> File:
    text = file["proof"].split("\n\n")[1] + "\n"
    return file | {"proof": file["proof"] + _signed(text, "witness.example.net", WITNESS)}


def _refused() -> Iterator[tuple[str, str, str]]:
    yield "no JSON", "a photo of a receipt", "not-json"
    yield "nothing", "", "not-json"
    yield "a list", "[]", "not-a-receipt"
    yield "something else", '{"format":"pocketvault.receipt/1"}', "not-a-receipt"
    yield "a receipt without its proof around it", _text(receipt()), "not-a-receipt"
    for name, fault, change in _changes():
        file = copy.deepcopy(file_at(6, 11))
        change(file)
        yield name, _text(file), fault
    kinds = {"an unknown kind": receipt(kind="thanks"), "no facts": receipt(facts=None)}
    for name, said in kinds.items():
        yield name, _text(file_at(1, 2, said=said)), "not-a-receipt"
    yield "another day in the log", _text(file_at(1, 2, due_on="2027-12-19")), "entry"
    yield "another kind in the log", _text(file_at(1, 2, kind="deleted.final")), "entry"
    yield "a later format in the log", _text(file_at(1, 2, format="x")), "entry"
    yield "a receipt of another log", _text(file_at(1, 2, said=receipt(log="b.example/log"))), "key"


def _changes() -> Iterator[tuple[str, str, Callable[[File], object]]]:
    forged = file_at(6, 11, by=OTHER)
    other = file_at(5, 11, said=receipt(about=known_id("another deletion")))
    yield "another photo", "signature", lambda f: f["receipt"]["facts"]["images"].pop()
    yield "another day", "signature", lambda f: f["receipt"].update(due_on="2027-12-19")
    yield "one member more", "signature", lambda f: f["receipt"].update(more=1)
    yield "another's signature", "signature", lambda f: f.update(signature=other["signature"])
    yield "a signature cut short", "signature", lambda f: f.update(signature=f["signature"][:-4])
    yield "no signature", "signature", lambda f: f.pop("signature")
    yield "another opening", "commitment", lambda f: f.update(opening=to_text(material("guess")))
    yield "a short opening", "commitment", lambda f: f.update(opening=f["opening"][:-2])
    yield "another entry", "commitment", lambda f: f.update(entry=other["entry"])
    yield "no commitment", "entry", lambda f: f["entry"].pop("commitment")
    yield "another day of the entry", "proof", lambda f: f["entry"].update(on="2026-11-20")
    yield "no day of the entry", "entry", lambda f: f["entry"].pop("on")
    yield "one word more in the log", "proof", lambda f: f["entry"].update(more=1)
    yield "the proof of another", "proof", lambda f: f.update(proof=other["proof"])
    yield "another index", "proof", _in_proof("index 6", "index 7")
    yield "an index with zeros", "proof", _in_proof("index 6", "index 06")
    yield "an index outside", "proof", _in_proof("index 6", "index 60")
    yield "a hash less", "proof", lambda f: f.update(proof=_without_hash(f["proof"]))
    yield "a hash more", "proof", lambda f: f.update(proof=_with_hash(f["proof"]))
    yield "another size", "proof", _in_proof("\n11\n", "\n12\n")
    yield "another log's name", "proof", _in_proof(f"\n\n{ORIGIN}\n", "\n\nb.example/log\n")
    yield "a checkpoint that nobody signed", "proof", _in_proof("\n\N{EM DASH} ", "\n- ")
    yield "a checkpoint signed by another", "proof", lambda f: f.update(proof=forged["proof"])
    yield "a later proof", "proof", _in_proof("@v1", "@v2")
    yield "no proof", "proof", lambda f: f.pop("proof")
    yield "another's key", "key", lambda f: f.update(key=key_text(OTHER, "b.example/log"))
    yield "the key's id wrong", "key", lambda f: f.update(key=f["key"].replace("+", "+0", 1))
    yield "no key", "key", lambda f: f.pop("key")
    yield "another key for the same log", "signature", lambda f: f.update(key=key_text(OTHER))


def _in_proof(old: str, new: str) -> Callable[[File], object]:
    return lambda file: file.update(proof=file["proof"].replace(old, new, 1))


def _without_hash(proof: str) -> str:
    lines = proof.split("\n")
    return "\n".join([*lines[:2], *lines[3:]])


def _with_hash(proof: str) -> str:
    lines = proof.split("\n")
    return "\n".join([*lines[:3], lines[2], *lines[3:]])


def _text(file: object) -> str:
    return json.dumps(file, ensure_ascii=False)
