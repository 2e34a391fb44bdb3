"""What `make image-check` says where it cannot run, and what it runs where it can; no image is built here."""

from __future__ import annotations

import json
import re
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from devtools.image import building, page, seccomp
from devtools.image.building import Image, lacking
from devtools.image.containers import compose_services, runtime_config
from devtools.image.steps import ImageError, carried_out
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


def test_steps_end_with_a_sentence_and_leave_no_folder(capsys: pytest.CaptureFixture[str]) -> None:
    folders: list[Path] = []
    left: list[str] = []

    def go(stack: ExitStack, folder: Path, error: Exception | None = None) -> None:
        folders.append(folder)
        # What they have started ends while the folder is still there.
        stack.callback(lambda: left.extend(path.name for path in folder.iterdir()))
        (folder / "database").touch()
        if error:
            raise error

    assert carried_out(go, ["No engine answers."]) == 2
    assert capsys.readouterr().err.splitlines()[1:] == ["No engine answers."]
    assert not folders
    assert carried_out(go, []) == 0
    for error in (ImageError("A step fails."), LookupError("A step fails.")):
        assert carried_out(partial(go, error=error), [], LookupError) == 1
        assert capsys.readouterr().err == "A step fails.\n"
    with pytest.raises(ZeroDivisionError):
        carried_out(partial(go, error=ZeroDivisionError()), [])
    assert left == ["database"] * len(folders)
    assert not any(folder.exists() for folder in folders)


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
    assert {"/dev/null", str(tmp_path)} <= {mount["source"] for mount in made["mounts"]}
    laxer = {**web, "read_only": False, "cap_drop": [], "security_opt": []}
    loose = runtime_config(image, laxer, folders)
    assert (loose["root"]["readonly"], loose["process"]["noNewPrivileges"]) == (False, False)
    assert loose["process"]["capabilities"]["bounding"]


def test_of_the_engines_list_a_container_without_rights_has_its_part(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rules = [
        {"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [], "includes": {}, "excludes": {}},
        {"names": ["mount"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYS_ADMIN"]}},
        {"names": ["mount"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1, "excludes": {"caps": ["CAP_SYS_ADMIN"]}},
        {"names": ["swapcontext"], "action": "SCMP_ACT_ALLOW", "includes": {"arches": ["ppc64le"]}},
        {"names": ["arch_prctl"], "action": "SCMP_ACT_ALLOW", "includes": {"arches": ["amd64", "x32"]}},
    ]
    known = [{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"]}]
    listed = {"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38, "archMap": known, "syscalls": rules}
    monkeypatch.setattr(seccomp, "PROFILE", tmp_path / "seccomp.json")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    assert seccomp.default_profile() is None
    seccomp.PROFILE.write_text(json.dumps(listed))
    made = seccomp.default_profile()
    assert made
    assert made["architectures"] == ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"]
    kept = [(rule["names"][0], rule["action"].rpartition("_")[2], rule.get("errnoRet")) for rule in made["syscalls"]]
    assert kept == [("read", "ALLOW", None), ("mount", "ERRNO", 1), ("arch_prctl", "ALLOW", None)]


def test_the_page_is_not_gone_through_without_an_engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert page.lacking() == ["Docker's client is missing: docker."]
    client = tmp_path / "docker"
    client.write_text('#!/bin/sh\n[ "$1" = compose ] && exit\necho "Cannot connect to the daemon" >&2\nexit 1\n')
    client.chmod(0o755)
    assert page.lacking() == ["No engine answers Docker's client: Cannot connect to the daemon"]


@pytest.mark.parametrize("word", ["openssl req", "up -d", "create_admin", "run --rm backup"])
def test_what_is_typed_is_taken_from_the_page(word: str) -> None:
    assert word in page.block(word)


def test_an_image_that_runs_as_a_name_is_refused(image: Image) -> None:
    with pytest.raises(ImageError, match="no number"):
        _ = Image(image.root, {**CONFIG, "User": "medconsult"}).account
