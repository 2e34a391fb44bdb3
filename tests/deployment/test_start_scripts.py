"""What docker/postgres/roles.sh and docker/s3/start.sh ask of their programs, with somebody in the programs' place."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from devtools.places import ROOT

DOCKER = ROOT / "docker"
# Tells what it was called with and what it was sent; what it answers stands in a file.
PLAYED = """#!/bin/sh
echo "$*" >>"$TOLD/called"
[ "$1" = server ] && exit
sent="$(cat)"
echo "$sent" >>"$TOLD/sent"
cat "$TOLD/answer" 2>/dev/null
case "$sent" in *create*) echo "$sent" | sed 's/.* / /' >>"$TOLD/answer" ;; esac
"""
BUCKETS = {
    f"{which}_S3_{name}": f"{which.lower()}{end}"
    for which in ("MEDIA", "PRIVATE")
    for name, end in (("BUCKET", ""), ("ACCESS_KEY", "-key"), ("SECRET_KEY", "-secret"))
}


def played(folder: Path, script: str, program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    stand_in = folder / program
    stand_in.write_text(PLAYED, encoding="utf-8")
    stand_in.chmod(0o755)
    env = {"PATH": f"{folder}:{os.environ['PATH']}", "TOLD": str(folder), **environment}
    argv = ["sh", str(DOCKER / script)]
    return subprocess.run(argv, env=env, capture_output=True, text=True, check=False, timeout=30)


def test_passwords_of_the_roles_stand_in_no_command_line(tmp_path: Path) -> None:
    passwords = {f"{role}_PASSWORD": f"canary-{role}" for role in ("OWNER", "APP", "READONLY")}
    ran = played(tmp_path, "postgres/roles.sh", "psql", **passwords)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "canary" not in (tmp_path / "called").read_text()
    sent = (tmp_path / "sent").read_text()
    assert [name for name in passwords if f" {name}\n" not in sent] == []
    # Nor does the server's log quote them, where a second run fails.
    assert "SET log_min_error_statement = panic;" in sent.partition("CREATE ROLE")[0]
    without = played(tmp_path, "postgres/roles.sh", "psql", **{**passwords, "APP_PASSWORD": ""})
    assert without.returncode
    assert "APP_PASSWORD: is not set" in without.stderr


def test_a_bucket_whose_name_begins_alike_is_not_taken_for_ours(tmp_path: Path) -> None:
    (tmp_path / "answer").write_text("  media\tsize:0\n  private-old\tsize:0\n")
    played(tmp_path, "s3/start.sh", "weed", **BUCKETS, S3_KEYS=str(tmp_path / "keys"))
    assert "s3.bucket.create -name private\n" in (tmp_path / "sent").read_text()
    assert (tmp_path / "keys.ready").exists()
    # By itself it has eight volumes; a bucket takes seven at its first file, and the other one would find no room.
    assert "-volume.max=0" in (tmp_path / "called").read_text().split()


def test_one_bucket_for_both_is_refused_in_a_sentence(tmp_path: Path) -> None:
    same = BUCKETS | {"PRIVATE_S3_BUCKET": "media"}
    ran = played(tmp_path, "s3/start.sh", "weed", **same, S3_KEYS=str(tmp_path / "keys"))
    assert ran.returncode
    assert "MEDIA_S3_BUCKET and PRIVATE_S3_BUCKET are the same" in ran.stderr
    assert not (tmp_path / "called").exists()
