"""The certificate is checked against the name, although the connection goes to the address that was checked."""

import ipaddress
import ssl
import threading
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from enrichment.images.http import HttpSource
from enrichment.images.policy import HttpPolicy, ImagePolicy
from schemas.errors import FetchFailed
from tests.images.server import Server, gives


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A self-signed certificate for cdn.example, and the key beside it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "cdn.example")])
    now = datetime.now(UTC)
    names = [x509.DNSName("cdn.example"), x509.IPAddress(ipaddress.ip_address("127.0.0.9"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "cdn.pem"
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + pem)
    return path


@pytest.fixture
def server(authority):
    server = Server({"/1.jpg": gives(b"picture")})
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def fetched(server, host):
    port = server.server_address[1]
    http = HttpPolicy(allow_private=(host,), tries=2, backoff_seconds=0, connect_seconds=2)
    with HttpSource("", ImagePolicy(http=http), lambda *_: ["127.0.0.1"]) as source:
        return source.read(f"https://{host}:{port}/1.jpg")


def test_a_trusted_certificate_of_the_right_name_passes(server, authority, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    assert fetched(server, "cdn.example") == b"picture"
    assert server.headers[0]["Host"].startswith("cdn.example:")


def test_a_trusted_certificate_of_another_name_does_not(server, authority, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    with pytest.raises(FetchFailed, match=r"(?i)certificate|hostname"):
        fetched(server, "other.example")
    assert server.seen == []


def test_an_untrusted_certificate_does_not(server):
    with pytest.raises(FetchFailed, match=r"(?i)certificate"):
        fetched(server, "cdn.example")
    assert server.seen == []
