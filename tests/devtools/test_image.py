"""What `make image-check` says where it cannot run, and what it runs where it can; no image is built here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from devtools.image import building
from devtools.image.building import Image, ImageError, lacking
from devtools.image.containers import compose_services, runtime_config
from devtools.places import ROOT

CONFIG = {"User": "10001", "WorkingDir": "/app", "Env": ["PATH=/venv/bin"], "Entrypoint": ["run.sh"], "Cmd": ["web"]}


@pytest.fixture
def image(tmp_path: Path) -> Image:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "passwd").write_text("root:x:0:0::/:/bin/sh\nmedconsult:x:10001:10002::/app:/bin/sh\n")
    return Image(tmp_path, CONFIG)


def test_what_a_machine_lacks_is_said_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    rights, programs = lacking(root=False)
    assert "Root is needed" in rights
    assert "apt-get install buildah debootstrap runc" in programs
    other = tmp_path / "Dockerfile"
    other.write_text("FROM python:3.99-slim\n")
    monkeypatch.setattr(building, "DOCKERFILE", other)
    assert any("python:3.99-slim" in said for said in lacking(root=True))


def test_a_container_is_as_the_compose_file_and_the_image_say(image: Image, tmp_path: Path) -> None:
    example = (ROOT / "docker" / "env.example").read_text()
    (tmp_path / "env").write_text(re.sub(r"(?m)^([A-Z_0-9]+)=$", r"\1=x", example))
    web = compose_services(tmp_path / "env")["web"]
    folders = dict.fromkeys(("media", "private", "static"), tmp_path)
    made = runtime_config(image, web, folders)
    process = made["process"]
    assert process["user"] == {"uid": 10001, "gid": 10002}
    assert process["args"] == ["run.sh", "web"]
    assert {"SECRET_KEY=x", "PATH=/venv/bin", "HOME=/app", "TRUSTED_PROXY_COUNT=1"} <= set(process["env"])
    assert (made["root"]["readonly"], process["noNewPrivileges"], process["capabilities"]) == (True, True, {})
    assert {"/tmp", "/srv/media", "/srv/private"} <= {mount["destination"] for mount in made["mounts"]}  # noqa: S108
    laxer = {**web, "read_only": False, "cap_drop": [], "security_opt": []}
    loose = runtime_config(image, laxer, folders)
    assert (loose["root"]["readonly"], loose["process"]["noNewPrivileges"]) == (False, False)
    assert loose["process"]["capabilities"]["bounding"]


def test_an_image_that_runs_as_a_name_is_refused(image: Image) -> None:
    with pytest.raises(ImageError, match="no number"):
        _ = Image(image.root, {**CONFIG, "User": "medconsult"}).account
