"""A certificate for trying TLS here: ``python -m deploy.local.certificate FOLDER HOST...``.

A small authority signs one leaf and its key is thrown away at once, and it is only good for
the names of this machine. Trusting it in a browser therefore gives nobody, not even a thief
of this folder, a way to pose as any other site.
"""

from __future__ import annotations

import ipaddress
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from deploy.local.project import make_private_folder

LIFETIME = timedelta(days=90)
RENEW_BEFORE = timedelta(days=7)
ALWAYS_NAMED = ("localhost", "127.0.0.1", "::1")


def ensure_certificate(folder: Path, *hosts: str, now: datetime) -> None:
    """Have ``localhost.pem`` and ``localhost.key`` in the folder, valid for another week."""
    names = sorted({*ALWAYS_NAMED, *hosts} - {"0.0.0.0", "::"})  # noqa: S104  (no one's name)
    if _is_good(folder, names, now):
        return
    make_private_folder(folder.parent)
    make_private_folder(folder)
    authority_key = ec.generate_private_key(ec.SECP256R1())
    leaf_key = ec.generate_private_key(ec.SECP256R1())
    authority = _sign_authority(authority_key, names, now)
    leaf = _sign_leaf(leaf_key.public_key(), authority, authority_key, names, now)
    private = leaf_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    chain = _pem(leaf) + _pem(authority)
    # The leaf comes last: a start that was cut short finds no good one and makes all anew.
    files = {"authority.pem": _pem(authority), "localhost.key": private, "localhost.pem": chain}
    for name, content in files.items():
        _write_private(folder / name, content)


def _is_good(folder: Path, names: list[str], now: datetime) -> bool:
    try:
        certificate = x509.load_pem_x509_certificate((folder / "localhost.pem").read_bytes())
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        key = serialization.load_pem_private_key((folder / "localhost.key").read_bytes(), None)
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    return (
        list(extension.value) == _general_names(names)
        and certificate.not_valid_after_utc - now > RENEW_BEFORE
        and key.public_key() == certificate.public_key()
    )


def _sign_authority(
    key: ec.EllipticCurvePrivateKey, names: list[str], now: datetime
) -> x509.Certificate:
    subject = _subject("PocketVault development authority of this machine")
    usage = _usage(signs_certificates=True)
    return (
        _builder(subject, subject, key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.NameConstraints(_constraints(names), None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _sign_leaf(
    public_key: ec.EllipticCurvePublicKey,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    names: list[str],
    now: datetime,
) -> x509.Certificate:
    authority_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    return (
        _builder(_subject("localhost"), authority.subject, public_key, now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(_general_names(names)), critical=False)
        .add_extension(authority_id, critical=False)
        .sign(authority_key, hashes.SHA256())
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey, now: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))  # clocks differ a little
        .not_valid_after(now + LIFETIME)
    )


def _subject(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general_names(names: list[str]) -> list[x509.GeneralName]:
    return [_general_name(name) for name in names]


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _constraints(names: list[str]) -> list[x509.GeneralName]:
    """The same names as permitted sub-trees, where an address is a network of one."""
    return [
        x509.IPAddress(ipaddress.ip_network(general.value))
        if isinstance(general, x509.IPAddress)
        else general
        for general in _general_names(names)
    ]


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _write_private(path: Path, content: bytes) -> None:
    draft = path.with_name(path.name + ".draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    draft.replace(path)


if __name__ == "__main__":
    ensure_certificate(Path(sys.argv[1]), *sys.argv[2:], now=datetime.now(UTC))
