"""docker/compose.yaml and what the image is made of, read as text: no engine is asked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from devtools.image.containers import compose_services
from devtools.image.steps import example_filled
from devtools.places import ROOT
from tests.architecture.source import APPS


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text(encoding="utf-8"))["services"])


def test_the_image_takes_nothing_but_what_is_named() -> None:
    """On a clinic's machine `tls`, settings and backups lie in the same folder: the page says so."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    said = [line for line in lines if not line.startswith("#")]
    taken = {line.removeprefix("!") for line in said if line.startswith("!")}
    rest = {"manage.py", "requirements/prod.txt", "site", "static", "templates"}
    assert said[0] == "*"
    assert taken == {*APPS, *rest, "docker/entrypoint.sh", "docker/gunicorn.conf.py"}
    assert {"**/.env*", "**/tests", "site/devtools"} < set(said[len(taken) :])


def test_no_containers_log_grows_without_end(services: dict[str, Any]) -> None:
    assert [name for name, service in services.items() if not service["logging"]["options"]["max-size"]] == []


def test_the_database_is_there_once_its_roles_are(services: dict[str, Any]) -> None:
    """On its socket PostgreSQL's image answers while roles.sh still runs, and `migrate` would find nobody."""
    assert "-h 127.0.0.1" in services["database"]["healthcheck"]["test"][1]


def test_visitors_come_by_an_address_of_their_own(services: dict[str, Any]) -> None:
    """Docker publishes on IPv6, too, where it gives the network's own address for everybody's."""
    assert [port for port in services["nginx"]["ports"] if not port.startswith("0.0.0.0:")] == []


def test_nginx_asks_again_where_its_containers_are() -> None:
    upstream = (ROOT / "docker" / "nginx" / "upstream.conf").read_text(encoding="utf-8")
    servers = [line.split()[1:] for line in upstream.splitlines() if line.strip().startswith("server ")]
    assert [server[:2] for server in servers] == [["web:8000", "resolve"], ["web-b:8000", "resolve"]]


def test_authorities_reach_every_container_of_the_image(services: dict[str, Any]) -> None:
    for name, service in services.items():
        if service["image"].endswith("medconsult}"):
            assert any(volume.endswith(":/srv/authorities.pem:ro") for volume in service["volumes"]), name


def test_definitions_of_viruses_come_by_the_hospitals_proxy(tmp_path: Path) -> None:
    """Without them every file waits for ever; and freshclam believes nobody by a file without certificates."""
    said = {"AUTHORITIES_FILE": "/hospital.pem", "HTTPS_PROXY": "http://proxy.example:3128"}
    for given in (*({name: said[name]} for name in said), said):
        filled = re.sub(r"(?m)^([A-Z0-9_]+)=$", r"\1=x", example_filled(given))
        (tmp_path / "env").write_text(filled, encoding="utf-8")
        clamav = compose_services(tmp_path / "env")["clamav"]
        assert ("CURL_CA_BUNDLE" in clamav["environment"]) == (given == said)
    assert clamav["environment"]["HTTPS_PROXY"] == said["HTTPS_PROXY"]
    [mounted] = [volume for volume in clamav["volumes"] if volume["source"] == said["AUTHORITIES_FILE"]]
    assert mounted["target"] == clamav["environment"]["CURL_CA_BUNDLE"]
