"""Nginx by docker/nginx in front of Gunicorn by docker/gunicorn.conf.py, with production's settings, for real."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time as stopwatch
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from devtools.places import ROOT
from devtools.process import Child, Command
from devtools.valkey import free_port
from tests.faults.steps import PATIENCE
from tests.faults.web import serving

NGINX = ROOT / "docker" / "nginx"
WEBS = ("web", "web-b")
# Requests a second: what the load of a test does not reach.
MANY = "5000r/s"
_MAIN = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log crit;
worker_processes 1;
events {{ worker_connections 512; }}
http {{
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    access_log {folder}/distributions.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/conf.d/*.conf;
}}
"""


@dataclass(kw_only=True)
class Pair:
    """`environment` is the application's; `docker` a folder as the repository's, from which Nginx is configured."""

    folder: Path
    environment: dict[str, str]
    rate: str = MANY
    port: int = field(default_factory=free_port)
    plain_port: int = field(default_factory=free_port)
    ports: dict[str, int] = field(default_factory=lambda: {name: free_port() for name in WEBS})
    webs: dict[str, Child] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    @property
    def docker(self) -> Path:
        return self.folder / "docker"

    def write(self) -> None:
        """docker/nginx as this machine can have it: other ports and folders, and an older way to say HTTP/2."""
        there = self.folder / "conf.d"
        there.mkdir(exist_ok=True)
        changes = {
            "listen 80;": f"listen 127.0.0.1:{self.plain_port};",
            "listen 443 ssl;": f"listen 127.0.0.1:{self.port} ssl http2;",
            "http2 on;": "",
            "/etc/nginx/tls/": f"{self.folder}/tls/",
            "/var/log/nginx/access.log": f"{self.folder}/access.log",
            "/var/log/nginx/error.log": f"{self.folder}/error.log",
            "/srv/static/": f"{self.environment['STATIC_ROOT']}/",
            "/srv/media/": f"{self.environment['MEDIA_ROOT']}/",
            "/srv/private/": f"{self.environment['PRIVATE_ROOT']}/",
            "rate=50r/s": f"rate={self.rate}",
        }
        # In the place of its own resolver and its S3 server: nobody.
        changes |= {"resolver 127.0.0.11 valid=10s;": "", "s3:8333": "127.0.0.1:9"}
        texts = {name: (self.docker / "nginx" / name).read_text() for name in ("medconsult.conf", "s3.conf")}
        for said in changes:
            assert any(said in text for text in texts.values()), said
        for name, text in texts.items():
            for said, instead in changes.items():
                text = text.replace(said, instead)  # noqa: PLW2901 - the same text, step by step
            (there / name).write_text(text)
        # Before Nginx 1.27.3 names are asked for once; here they are addresses.
        upstream = re.sub(r" (zone|resolver) .*;| resolve\b", "", (self.docker / "nginx" / "upstream.conf").read_text())
        for name, port in self.ports.items():
            upstream = re.sub(rf"\b{name}:8000", f"127.0.0.1:{port}", upstream)
        (there / "upstream.conf").write_text(upstream)

    def nginx(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`nginx -t`, `nginx -s reload`, with what `write` has written."""
        argv = ["nginx", "-c", str(self.folder / "nginx.conf"), "-e", str(self.folder / "error.log"), *arguments]
        return subprocess.run(argv, capture_output=True, text=True, check=False)

    def ask(self, path: str, **more: object) -> requests.Response:
        return self.send("GET", path, **more)

    def send(self, method: str, path: str, **more: object) -> requests.Response:
        given = {"verify": str(self.folder / "tls" / "fullchain.pem"), "timeout": 60, "allow_redirects": False, **more}
        return requests.request(method, f"{self.url}{path}", **given)  # type: ignore[arg-type]  # noqa: S113

    @contextmanager
    def web(self, name: str) -> Iterator[Child]:
        with serving(self.environment, self.folder / f"{name}.log", port=self.ports[name]) as child:
            self.webs[name] = child
            yield child


def certificate(folder: Path) -> None:
    """One that this machine's clients are told to believe."""
    folder.mkdir()
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def prepared(folder: Path, environment: Mapping[str, str], *, rate: str = MANY) -> Pair:
    """Configured, and nothing of it started."""
    folder.mkdir(exist_ok=True)
    shutil.copytree(ROOT / "docker", folder / "docker")
    certificate(folder / "tls")
    pair = Pair(folder=folder, environment=dict(environment), rate=rate)
    pair.environment |= {"BASE_URL": pair.url, "ALLOWED_HOSTS": "localhost"}
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(_MAIN.format(folder=folder, user=user))
    pair.write()
    return pair


@contextmanager
def nginx_running(pair: Pair) -> Iterator[None]:
    tested = pair.nginx("-t", "-q")
    assert tested.returncode == 0, tested.stderr
    argv = ["nginx", "-c", str(pair.folder / "nginx.conf"), "-e", str(pair.folder / "error.log")]
    child = Child(Command(name="nginx", argv=argv, log=pair.folder / "nginx.log"))
    try:
        until = stopwatch.monotonic() + PATIENCE
        while stopwatch.monotonic() < until and not _answers(pair):
            assert child.poll() is None, child.tail()
            stopwatch.sleep(0.05)
        yield
    finally:
        child.stop()


def _answers(pair: Pair) -> bool:
    try:
        pair.ask("/static/nothing")
    except requests.ConnectionError:
        return False
    return True


@contextmanager
def running(pair: Pair, *names: str) -> Iterator[Pair]:
    with ExitStack() as stack:
        for name in names:
            stack.enter_context(pair.web(name))
        stack.enter_context(nginx_running(pair))
        yield pair
