"""Write tests/vectors/*.json from the Python reference client.

Run `python -m tests.vectors.generate` from the top of the repository. Everything is
reproducible except HPKE, which draws its own randomness: an exchange or delivery vector that
still opens is kept.
"""

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path

from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.derive import derive_bytes
from tests.reference_client.crypto.errors import CryptoError
from tests.reference_client.crypto.exchange import (
    exchange_public_key,
    fingerprint_of,
    open_from,
    seal_to,
)
from tests.reference_client.crypto.hierarchy import (
    PASSKEY_PRF_INPUT,
    duplicate_key,
    duplicate_mark,
    index_key,
    key_from_passkey,
    keys_from_link,
    keys_from_recovery,
    phrase_numbers,
)
from tests.reference_client.crypto.kdf import KdfParameters, keys_from_password, stretch_password
from tests.reference_client.crypto.padding import padded_length, padme_length
from tests.reference_client.crypto.record import seal_record
from tests.reference_client.crypto.signature import identity_public_key, sign_statement
from tests.reference_client.crypto.stream import HEADER_BYTES, SEGMENT_BYTES, encrypt_content
from tests.reference_client.crypto.wrap import derive_wrapping_key, wrap_key
from tests.vectors.material import content, from_text, material, to_text
from tests.vectors.profiles import profile_vectors
from tests.vectors.publishing import publication_vectors
from tests.vectors.receipts import receipt_vectors
from tests.vectors.recovering import recovery_contacts_vectors
from tests.vectors.restorations import restoration_vectors
from tests.vectors.sharing import delivery_vectors, history_vectors, shared_vectors

Json = object
HERE = Path(__file__).parent
OWNER = "0b6cf6ba-3c9d-4a5e-9d5f-3f6d2a5c1e70"
IMAGE = "7e9a4a0e-52a5-4f0b-8a1c-0d6f1f2b9c11"
ALBUM = "c3a1f2d4-8b7e-4c6d-9e5f-1a2b3c4d5e6f"
# The published test vectors of BIP-39 for 32 bytes of entropy.
PHRASES = {
    "00": "abandon " * 23 + "art",
    "7f": "legal winner thank year wave sausage worth useful " * 2
    + "legal winner thank year wave sausage worth title",
    "80": "letter advice cage absurd amount doctor acoustic avoid " * 2
    + "letter advice cage absurd amount doctor acoustic bless",
    "ff": "zoo " * 23 + "vote",
}


def context_vectors() -> Json:
    contexts = [
        Context(purpose="content", owner=OWNER, record=IMAGE, part="original", version=1),
        Context(purpose="content", owner=OWNER, record=IMAGE, part="thumbnail", version=12),
        Context(purpose="album-key", owner=OWNER, record=ALBUM, version="k7.2"),
        Context(purpose="account-key", owner=OWNER, record=OWNER, part="password", version=0),
    ]
    base = contexts[0]
    refused = [
        replace(base, owner=f"{OWNER}|{IMAGE}"),
        replace(base, part=""),
        replace(base, part="original preview"),
        replace(base, record="é"),
        replace(base, record="a" * 129),
        replace(base, version="1\n"),
        replace(base, version=""),
    ]
    return {
        "encoded": [{"context": asdict(c), "text": c.encode().decode()} for c in contexts],
        "refused": [asdict(c) for c in refused],
    }


def derive_vectors() -> Json:
    labels = ["wrapping-key", "document-key", "duplicate-key", "index-key"]
    return [
        {
            "secret": to_text(material("derive")),
            "label": label,
            "derived": to_text(derive_bytes(material("derive"), label)),
        }
        for label in labels
    ]


def wrap_vectors() -> Json:
    under, key, nonce = material("account key"), material("content key"), material("nonce", 12)
    context = Context(purpose="content-key", owner=OWNER, record=IMAGE, version=3)
    wrapped = wrap_key(key, derive_wrapping_key(under), context, nonce=nonce)
    refused = [
        ("too short", wrapped[:-1], context, "malformed"),
        ("too long", wrapped + b"\0", context, "malformed"),
        ("a later format", b"\2" + wrapped[1:], context, "unsupported-version"),
        ("a changed nonce", wrapped[:1] + bytes(12) + wrapped[13:], context, "cannot-open"),
        ("a changed tag", wrapped[:-1] + bytes([wrapped[-1] ^ 1]), context, "cannot-open"),
        ("another image", wrapped, replace(context, record=ALBUM), "cannot-open"),
        ("another owner", wrapped, replace(context, owner=IMAGE), "cannot-open"),
        ("an older version", wrapped, replace(context, version=2), "cannot-open"),
        ("another part", wrapped, replace(context, part="preview"), "cannot-open"),
    ]
    return {
        "under": to_text(under),
        "key": to_text(key),
        "context": asdict(context),
        "wrapped": to_text(wrapped),
        "refused": [
            {"name": name, "wrapped": to_text(data), "context": asdict(where), "code": code}
            for name, data, where, code in refused
        ],
    }


def record_vectors() -> Json:
    key, context = (
        material("record key"),
        Context(purpose="metadata", owner=OWNER, record=IMAGE, version=4),
    )
    values: list[object] = [
        {},
        {"title": "Brücke bei Nacht 🌉", "takenAt": "2024-05-04T21:09:00+02:00", "stars": 4},
        {"note": "x" * 700, "place": [47.3769, 8.5417], "hidden": False, "camera": None},
    ]
    return {
        "key": to_text(key),
        "context": asdict(context),
        "sealed": [
            {
                "value": value,
                "sealed": to_text(
                    seal_record(value, key, context, nonce=material(f"record {number}", 12))
                ),
            }
            for number, value in enumerate(values)
        ],
    }


def padding_vectors() -> Json:
    lengths = [0, 1, 2, 7, 8, 9, 56, 100, 247, 248, 249, 1000, 4095, 4096, 4097, 65_537]
    lengths += [262_088, 262_089, 1_000_000, 6_291_456, 67_108_864, 5_000_000_000, 2**40 + 1]
    return [
        {"length": n, "padme": padme_length(n), "content": padded_length(n)}
        | {"document": padded_length(n, 256)}
        for n in lengths
    ]


def stream_vectors() -> Json:
    key = material("stream key")
    context = Context(purpose="content", owner=OWNER, record=IMAGE, part="original", version=1)
    first = SEGMENT_BYTES - HEADER_BYTES - 16 - 8
    vectors = []
    for length in [0, 1, 100, first - 9000, first - 1, first, first + 1, 600_000]:
        header = bytes([HEADER_BYTES]) + material(f"header {length}", HEADER_BYTES - 1)
        ciphertext = encrypt_content(content(length), key, context, header=header)
        vector = {"length": length, "header": to_text(header)}
        vector |= {"ciphertextLength": len(ciphertext)}
        vector |= {"sha256": hashlib.sha256(ciphertext).hexdigest()}
        if length <= 100:
            vector |= {"ciphertext": to_text(ciphertext)}
        vectors.append(vector)
    return {"key": to_text(key), "context": asdict(context), "streams": vectors}


def kdf_vectors() -> Json:
    floor = KdfParameters(salt=material("salt", 16))
    chosen = [
        ("correct horse battery staple", floor),
        # One password, typed on two keyboards: composed, and decomposed with a ligature.
        ("Åffe ½", floor),
        ("A\u030aﬀe 1\u20442", floor),
        ("longer", replace(floor, salt=material("long salt", 32), iterations=4, parallelism=2)),
    ]
    refused = [
        replace(floor, memory_kib=64 * 1024 - 1),
        replace(floor, memory_kib=1024 * 1024 + 1),
        replace(floor, iterations=2),
        replace(floor, iterations=65),
        replace(floor, parallelism=0),
        replace(floor, parallelism=17),
        replace(floor, salt=floor.salt[:-1]),
        replace(floor, salt=bytes(65)),
        replace(floor, scheme=0),
        replace(floor, scheme=2),
    ]
    return {
        "keys": [_kdf_vector(password, parameters) for password, parameters in chosen],
        "refused": [_parameters(parameters) for parameters in refused],
    }


def _kdf_vector(password: str, parameters: KdfParameters) -> dict[str, object]:
    keys = keys_from_password(password, parameters)
    return {
        "password": password,
        "parameters": _parameters(parameters),
        "stretched": to_text(stretch_password(password, parameters)),
        "authKey": to_text(keys.auth_key),
        "keyEncryptionKey": to_text(keys.key_encryption_key),
    }


def _parameters(parameters: KdfParameters) -> dict[str, object]:
    return {
        "scheme": parameters.scheme,
        "memoryKib": parameters.memory_kib,
        "iterations": parameters.iterations,
        "parallelism": parameters.parallelism,
        "salt": to_text(parameters.salt),
    }


def recovery_vectors() -> Json:
    vectors = []
    for byte, phrase in PHRASES.items():
        secret = bytes.fromhex(byte) * 32
        keys = keys_from_recovery(secret)
        vectors.append(
            {
                "secret": to_text(secret),
                "phrase": phrase,
                "numbers": phrase_numbers(secret),
                "authKey": to_text(keys.auth_key),
                "keyEncryptionKey": to_text(keys.key_encryption_key),
            }
        )
    return vectors


def hierarchy_vectors() -> Json:
    account, secret = material("account key"), material("link secret")
    salt = material("link salt", 16)
    original = content(300_000)
    open_link = keys_from_link(secret)
    guarded = keys_from_link(secret, "open sesame", KdfParameters(salt=salt))
    return {
        "accountKey": to_text(account),
        "duplicateKey": to_text(duplicate_key(account)),
        "indexKey": to_text(index_key(account)),
        "original": len(original),
        "duplicateMark": to_text(duplicate_mark(original, duplicate_key(account))),
        "sha256": hashlib.sha256(original).hexdigest(),
        "prfInput": to_text(PASSKEY_PRF_INPUT),
        "prfOutput": to_text(material("prf")),
        "passkeyKey": to_text(key_from_passkey(material("prf"))),
        "linkSecret": to_text(secret),
        "linkKey": to_text(open_link.key_encryption_key),
        "linkAuthKey": to_text(open_link.auth_key),
        "linkPassword": "open sesame",
        "linkSalt": to_text(salt),
        "guardedLinkKey": to_text(guarded.key_encryption_key),
        "guardedLinkAuthKey": to_text(guarded.auth_key),
    }


def signature_vectors() -> Json:
    seed = material("identity seed")
    context = Context(purpose="grant", owner=OWNER, record=ALBUM, version="k7.2")
    statement = b'{"recipient":"bob"}'
    return {
        "seed": to_text(seed),
        "publicKey": to_text(identity_public_key(seed)),
        "context": asdict(context),
        "statement": to_text(statement),
        "signature": to_text(sign_statement(statement, seed, context)),
        # RFC 8032, section 7.1, test 1.
        "rfcSeed": to_text(
            bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
        ),
        "rfcPublicKey": to_text(
            bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
        ),
    }


def exchange_vectors() -> Json:
    seed, identity = material("exchange seed"), material("identity seed")
    context = Context(purpose="grant", owner=OWNER, record=ALBUM, version="k7.2")
    message = material("album key")
    fingerprint = fingerprint_of(identity_public_key(identity), exchange_public_key(seed))
    return {
        "seed": to_text(seed),
        "publicKey": to_text(exchange_public_key(seed)),
        "identityPublicKey": to_text(identity_public_key(identity)),
        "fingerprint": to_text(fingerprint),
        "context": asdict(context),
        "message": to_text(message),
        "sealed": to_text(_kept(seed, context, message)),
    }


def _kept(seed: bytes, context: Context, message: bytes) -> bytes:
    """Return the sealed message of the last run while it still opens, else a new one."""
    try:
        sealed = from_text(json.loads((HERE / "exchange.json").read_text())["sealed"])
        if open_from(sealed, seed, context) == message:
            return sealed
    except (FileNotFoundError, KeyError, CryptoError):
        pass
    return seal_to(exchange_public_key(seed), message, context)


VECTORS = {
    "context": context_vectors,
    "derive": derive_vectors,
    "wrap": wrap_vectors,
    "record": record_vectors,
    "padding": padding_vectors,
    "stream": stream_vectors,
    "kdf": kdf_vectors,
    "recovery": recovery_vectors,
    "hierarchy": hierarchy_vectors,
    "signature": signature_vectors,
    "exchange": exchange_vectors,
    "delivery": delivery_vectors,
    "history": history_vectors,
    "sharing": shared_vectors,
    "recovery-contacts": recovery_contacts_vectors,
    "publication": publication_vectors,
    "profile": profile_vectors,
    "receipt": receipt_vectors,
    "restoration": restoration_vectors,
}


def rendered(name: str) -> str:
    """Return one file of vectors as text."""
    return json.dumps(VECTORS[name](), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write every file."""
    for name in VECTORS:
        (HERE / f"{name}.json").write_text(rendered(name), encoding="utf-8")


if __name__ == "__main__":
    main()
