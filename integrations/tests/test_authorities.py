"""A hospital's own authority is believed by all that asks a server by TLS, once it is named; before, by nothing."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import certifi
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.mail.backends.smtp import EmailBackend

from integrations import authorities
from integrations.bucket import PrivateBucket
from integrations.oidc.errors import ProviderAway
from integrations.oidc.fetching import get_json
from integrations.stripe.errors import Unavailable
from integrations.stripe.gateway import Gateway

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


def signed(subject: str, key: ec.EllipticCurvePrivateKey, *, by: x509.Name, its: ec.EllipticCurvePrivateKey) -> bytes:
    now, is_authority = datetime.now(UTC), subject != "localhost"
    made = (
        x509.CertificateBuilder()
        .subject_name(named(subject))
        .issuer_name(by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(its, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


def named(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its certificate; beside it the server's, which it signed."""
    folder = tmp_path_factory.mktemp("authority")
    own, server = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    (folder / "own.pem").write_bytes(signed("Hospital", own, by=named("Hospital"), its=own))
    key = server.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.pem").write_bytes(key + signed("localhost", server, by=named("Hospital"), its=own))
    return folder / "own.pem"


@pytest.fixture(scope="module")
def port(authority: Path) -> Iterator[int]:
    """A server that answers HTTP by TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.with_name("server.pem"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_serve, args=(listening, context), daemon=True).start()
        yield listening.getsockname()[1]


def _serve(listening: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        with connection, suppress(OSError), context.wrap_socket(connection, server_side=True) as secure:
            secure.recv(4096)
            secure.sendall(ANSWER)


def by_requests(port: int) -> bool:
    try:
        return get_json(f"https://localhost:{port}/") == {}
    except ProviderAway as error:
        return "SSLError" not in str(error)


def by_bucket(port: int) -> bool:
    bucket = PrivateBucket(
        bucket_name="private",
        endpoint_url=f"https://localhost:{port}",
        region_name="us-east-1",
        access_key="a",
        secret_key="b",
    )
    try:
        return bucket.exists("anything")
    except OSError as error:
        return "SSLError" not in str(error)


def by_mail(port: int) -> bool:
    context = EmailBackend(use_ssl=True).ssl_context
    try:
        with closing(socket.create_connection(("localhost", port))) as plain:
            context.wrap_socket(plain, server_hostname="localhost").close()
    except ssl.SSLCertVerificationError:
        return False
    return True


def by_stripe(port: int) -> bool:
    try:
        # What it answers is no intent.
        with suppress(AttributeError):
            Gateway("sk_test_nobody", f"https://localhost:{port}").intent_retrieve("pi_1")
    except Unavailable as error:
        return error.code != "connection"
    return True


@pytest.mark.parametrize("asked", [by_requests, by_bucket, by_mail, by_stripe])
def test_it_counts_once_it_is_named(
    monkeypatch: pytest.MonkeyPatch, authority: Path, port: int, asked: Callable[[int], bool]
) -> None:
    for name in authorities.NAMES:
        monkeypatch.setenv(name, certifi.where())
    monkeypatch.setattr("stripe.ca_bundle_path", certifi.where())
    assert not asked(port)
    authorities.believe(str(authority))
    assert asked(port)


def test_the_public_ones_count_no_more(monkeypatch: pytest.MonkeyPatch, authority: Path) -> None:
    for name in ("SSL_CERT_DIR", *authorities.NAMES):
        monkeypatch.setenv(name, str(authority.parent))
    monkeypatch.setattr("stripe.ca_bundle_path", certifi.where())
    authorities.believe(str(authority))
    paths = ssl.get_default_verify_paths()
    assert paths.cafile == str(authority)
    assert not paths.capath


def test_what_holds_no_certificate_is_not_taken_for_one(authority: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("")
    assert authorities.are_in(str(authority))
    assert not authorities.are_in(str(tmp_path / "empty.pem"))
    assert not authorities.are_in(str(tmp_path / "nowhere.pem"))
