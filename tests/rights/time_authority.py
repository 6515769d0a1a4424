"""A real time-stamping authority on this machine: OpenSSL signs, behind a server over TLS."""

from __future__ import annotations

import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = timedelta(days=1)
CONFIG = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
certs = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""
# What is done to a query before it is signed, or to the answer.
Twist = Callable[[bytes], bytes]


def unchanged(data: bytes) -> bytes:
    """As it came."""
    return data


@dataclass(slots=True)
class Authority:
    """Where it is, whom it can be checked by, and what it does wrong."""

    folder: Path
    port: int = 0
    status: int = 200
    before: Twist = unchanged
    after: Twist = unchanged
    asked: list[bytes] = field(default_factory=list)

    @property
    def host(self) -> str:
        """As the register of processors names it."""
        return f"localhost:{self.port}"

    @property
    def roots(self) -> Path:
        """The certificate that all lead to."""
        return self.folder / "root.pem"

    def make(self, *, until: datetime | None = None) -> None:
        """A root, and a certificate for stamps under it."""
        now = datetime.now(UTC)
        root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        root = _signed("Root of time", root_key, root_key, None, now + 900 * DAY, is_root=True)
        leaf = _signed("Clock", key, root_key, root, until or now + 90 * DAY, is_root=False)
        pem = serialization.Encoding.PEM
        self.roots.write_bytes(root.public_bytes(pem))
        (self.folder / "tsa.pem").write_bytes(leaf.public_bytes(pem))
        (self.folder / "tsa.key").write_bytes(
            key.private_bytes(
                pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        (self.folder / "serial").write_text("01\n")
        (self.folder / "tsa.cnf").write_text(CONFIG.format(folder=self.folder))

    def sign(self, query: bytes) -> bytes:
        """As OpenSSL answers it."""
        (self.folder / "query.tsq").write_bytes(query)
        run = subprocess.run(
            ["openssl", "ts", "-reply", "-config", "tsa.cnf", "-section", "here", "-queryfile",
             "query.tsq", "-out", "answer.tsr"],
            cwd=self.folder, capture_output=True, check=False,
        )  # fmt: skip
        assert run.returncode == 0, run.stderr
        return (self.folder / "answer.tsr").read_bytes()


def _signed(
    name: str, key: ec.EllipticCurvePrivateKey, by: ec.EllipticCurvePrivateKey,
    issuer: x509.Certificate | None, until: datetime, *, is_root: bool,
) -> x509.Certificate:  # fmt: skip
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - 400 * DAY)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
        )
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False
        )
        .add_extension(
            x509.KeyUsage(
                digital_signature=not is_root, key_cert_sign=is_root, crl_sign=is_root,
                content_commitment=False, key_encipherment=False, data_encipherment=False,
                key_agreement=False, encipher_only=False, decipher_only=False,
            ),
            critical=True,
        )
    )  # fmt: skip
    if not is_root:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(usage, critical=True)
    return builder.sign(by, hashes.SHA256())


@contextmanager
def local_authority(folder: Path, tls: Path) -> Iterator[Authority]:
    """One for the time of a test, over TLS with a certificate for localhost."""
    authority = Authority(folder)
    authority.make()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            authority.asked.append(query)
            answer = b"" if authority.status != 200 else authority.sign(authority.before(query))
            self.send_response(authority.status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(authority.after(answer))

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls / "localhost.pem", tls / "localhost.key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    server.daemon_threads = True
    authority.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield authority
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
