"""Private files in a bucket, against a real S3 server: one that refuses what was not signed, was forged, or is over.

A mock of S3 takes all of that, so it would prove nothing.
"""

from __future__ import annotations

import io
import re
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.test import RequestFactory
from pytest_django import Settings

from common import clock
from common.errors import NotFound
from common.uploads.services import ORPHAN_AGE, uploads_sweep
from common.uploads.serving import upload_response
from common.uploads.states import UploadState
from common.uploads.storage import private_storage
from common.uploads.tests import samples
from devtools.places import ROOT
from devtools.process import Child, Command
from devtools.valkey import free_port
from integrations.bucket import PrivateBucket, PublicBucket
from medconsult.backups import files
from tests.uploads.conftest import Receive, check

REQUEST = RequestFactory().get("/")
BUCKET = "private"
PUBLIC = "media"
SETTINGS = {
    "PRIVATE_S3_BUCKET": BUCKET,
    "PRIVATE_S3_ACCESS_KEY": "of-the-private-one",
    "PRIVATE_S3_SECRET_KEY": "canary-secret-key",
    "MEDIA_S3_BUCKET": PUBLIC,
    "MEDIA_S3_ACCESS_KEY": "of-the-public-one",
    "MEDIA_S3_SECRET_KEY": "another-secret-key",
}
SERVER = "master volume filer s3"
PATIENCE = 30


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An S3 server on loopback, started as docker/compose.yaml starts its own."""
    folder = tmp_path_factory.mktemp("bucket")
    running, port = _started(folder)
    try:
        _wait_for_buckets(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}"
    finally:
        running.stop()


def _started(folder: Path) -> tuple[Child, int]:
    """The server on ports of its own. It needs eight, and somebody else may have taken one of them meanwhile."""
    script = str(ROOT / "docker" / "s3" / "start.sh")
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    for _ in range(3):
        names = [f"{part}.port{kind}" for part in SERVER.split() for kind in (".grpc", "")]
        ports = {name: free_port() for name in names}
        here = {"S3_KEYS": f"{folder}/keys.json", "S3_FOLDER": str(folder), "S3_BIND": "127.0.0.1"}
        master = f"127.0.0.1:{ports['master.port']}.{ports['master.port.grpc']}"
        environment = {**SETTINGS, **here, "S3_MASTER": master, "PATH": path}
        argv = ["sh", script, *(f"-{name}={port}" for name, port in ports.items())]
        # It takes its time to end well, and what it holds is of no use to anybody.
        command = Command(
            name="S3", argv=argv, log=folder / "log", folder=folder, env=environment, stop_signal=signal.SIGKILL
        )
        running = Child(command)
        if _answers(running, ports["s3.port"]):
            return running, ports["s3.port"]
        running.stop()
    pytest.fail(f"The S3 server does not start: {running.tail()}")


def _answers(running: Child, port: int) -> bool:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and running.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return True
        time.sleep(0.2)
    return False


def _client(address: str, which: str) -> Any:
    """With the key of PRIVATE or of MEDIA."""
    key = {
        "aws_access_key_id": SETTINGS[f"{which}_S3_ACCESS_KEY"],
        "aws_secret_access_key": SETTINGS[f"{which}_S3_SECRET_KEY"],
    }
    return boto3.client("s3", endpoint_url=address, region_name="us-east-1", **key)


def _wait_for_buckets(address: str) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            for which in ("PRIVATE", "MEDIA"):
                _client(address, which).list_objects_v2(Bucket=SETTINGS[f"{which}_S3_BUCKET"])
        except (BotoCoreError, ClientError):
            assert time.monotonic() < until
            time.sleep(0.2)
        else:
            return


@pytest.fixture(autouse=True)
def bucket(settings: Settings, endpoint: str) -> PrivateBucket:
    """The private storage of the tests here is the bucket."""
    options = {
        "bucket_name": BUCKET,
        "endpoint_url": endpoint,
        "region_name": "us-east-1",
        "access_key": SETTINGS["PRIVATE_S3_ACCESS_KEY"],
        "secret_key": SETTINGS["PRIVATE_S3_SECRET_KEY"],
    }
    backend = {"BACKEND": "integrations.bucket.PrivateBucket", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "private": backend}
    found = private_storage()
    assert isinstance(found, PrivateBucket)
    return found


def got(address: str) -> requests.Response:
    return requests.get(address, timeout=PATIENCE)


def changed(address: str, **values: str) -> str:
    """The address with something else in its query."""
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query)) | values
    return urlunsplit(parts._replace(query=urlencode(query)))


@pytest.fixture
def served(receive: Receive) -> Any:
    evidence = receive("Zoë’s card.png", samples.png())
    check(evidence.public_id)
    evidence.refresh_from_db()
    return evidence


def test_a_file_waits_in_the_bucket_and_is_served_once_it_is_clean(receive: Receive) -> None:
    evidence = receive("canary.png", samples.png())
    with pytest.raises(NotFound):
        upload_response(evidence, request=REQUEST)
    assert check(evidence.public_id) is UploadState.CURRENT
    evidence.refresh_from_db()
    answer = upload_response(evidence, request=REQUEST)
    assert answer.status_code == 302
    assert answer["Cache-Control"] == "private, no-store"
    kept = got(answer["Location"])
    assert (kept.status_code, kept.headers["Content-Type"]) == (200, "image/png")
    assert kept.headers["Content-Disposition"] == 'attachment; filename="file.png"'
    assert "canary" not in answer["Location"]
    # By a script of another origin, too (docs/runbooks/buckets.md): by its own rule, without one of the bucket's.
    followed = requests.get(answer["Location"], headers={"Origin": "null"}, timeout=PATIENCE)
    assert followed.headers["Access-Control-Allow-Origin"] == "null"
    with private_storage().open(evidence.key) as file:
        assert kept.content == file.read()


def test_a_preview_comes_from_here_in_its_sandbox(served: Any) -> None:
    with closing(upload_response(served, request=REQUEST, inline=True)) as answer:
        assert answer.status_code == 200
        assert answer["Content-Security-Policy"].startswith("sandbox; ")
        assert b"".join(answer).startswith(samples.PNG_SIGNATURE)


def test_the_bucket_refuses_whoever_has_no_address_of_ours(served: Any, endpoint: str) -> None:
    bare = f"{endpoint}/{BUCKET}/{served.key}"
    assert got(bare).status_code == 403
    assert got(f"{endpoint}/{BUCKET}/?list-type=2").status_code == 403
    assert requests.put(f"{bare}2", data=b"mine", timeout=PATIENCE).status_code == 403
    assert requests.delete(bare, timeout=PATIENCE).status_code == 403
    assert private_storage().exists(served.key)


def test_an_address_that_was_changed_opens_nothing(served: Any, receive: Receive) -> None:
    address = upload_response(served, request=REQUEST)["Location"]
    assert got(address).status_code == 200
    query = dict(parse_qsl(urlsplit(address).query))
    signature = query["X-Amz-Signature"]
    forged = [
        changed(address, **{"X-Amz-Signature": signature[::-1]}),
        changed(address, **{"X-Amz-Expires": "604800"}),
        changed(address, **{"response-content-disposition": "inline"}),
        address.replace(served.key, receive("other.png", samples.png()).key),
    ]
    assert [got(one).status_code for one in forged] == [403, 403, 403, 403]


def test_an_address_is_good_for_a_minute_at_most(
    served: Any, bucket: PrivateBucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = dict(parse_qsl(urlsplit(upload_response(served, request=REQUEST)["Location"]).query))
    assert int(query["X-Amz-Expires"]) <= 60
    monkeypatch.setattr("integrations.bucket.SIGNED_FOR_SECONDS", 1)
    short = bucket.signed_address(served.key, name="card.png", media_type="image/png")
    assert got(short).status_code == 200
    time.sleep(2.5)
    assert got(short).status_code == 403


def test_the_kernel_finds_in_a_bucket_what_it_finds_in_a_folder(receive: Receive, bucket: PrivateBucket) -> None:
    evidence = receive("card.png", samples.png())
    with pytest.raises(ValueError, match="no address"):
        bucket.url(evidence.key)
    bucket.save("checked/aa/forgotten", ContentFile(b"nobody's"))
    assert uploads_sweep(now=clock.now()) == 0
    assert uploads_sweep(now=clock.now() + ORPHAN_AGE * 2) >= 1
    assert not bucket.exists("checked/aa/forgotten")
    assert bucket.exists(evidence.key)
    with pytest.raises(FileNotFoundError):
        bucket.open("checked/aa/forgotten").read()


def test_a_probe_is_told_whether_the_bucket_lets_us_in(bucket: PrivateBucket, endpoint: str) -> None:
    assert bucket.answers()
    key = {"access_key": SETTINGS["MEDIA_S3_ACCESS_KEY"], "secret_key": SETTINGS["MEDIA_S3_SECRET_KEY"]}
    assert not PrivateBucket(bucket_name=BUCKET, endpoint_url=endpoint, region_name="us-east-1", **key).answers()


def test_a_bucket_that_is_away_fails_as_a_disk_does(bucket: PrivateBucket) -> None:
    away = PrivateBucket(
        bucket_name=BUCKET,
        endpoint_url=f"http://127.0.0.1:{free_port()}",
        region_name="us-east-1",
        access_key="a",
        secret_key="b",
        client_config=Config(retries={"total_max_attempts": 1}, connect_timeout=1, signature_version="s3v4"),
    )
    for do in (lambda: away.save("checked/aa/x", ContentFile(b"x")), lambda: away.delete("checked/aa/x")):
        with pytest.raises(OSError, match="The bucket of private files fails"):
            do()


@pytest.mark.parametrize("kind", [PrivateBucket, PublicBucket])
def test_a_bucket_that_hangs_is_given_up_before_the_worker_who_asks_it(
    kind: type[PrivateBucket | PublicBucket],
) -> None:
    """Held until Gunicorn's end, workers would answer nothing else."""
    of_default = kind(bucket_name=BUCKET, region_name="us-east-1", access_key="a", secret_key="b")
    asked_so = of_default.connection.meta.client.meta.config
    most = asked_so.retries["total_max_attempts"] * (asked_so.connect_timeout + asked_so.read_timeout)
    [gunicorn] = re.findall(r"(?m)^timeout = (\d+)$", (ROOT / "docker" / "gunicorn.conf.py").read_text())
    assert most < int(gunicorn)
    assert (asked_so.signature_version, asked_so.s3["addressing_style"]) == ("s3v4", "path")


def test_a_probe_has_its_answer_before_it_is_given_up(bucket: PrivateBucket) -> None:
    asked_so = bucket._prober.meta.config
    [given_up] = set(re.findall(r"/readyz', timeout=(\d+)\)", (ROOT / "docker" / "compose.yaml").read_text()))
    assert asked_so.retries["total_max_attempts"] * (asked_so.connect_timeout + asked_so.read_timeout) < int(given_up)
    assert (asked_so.signature_version, asked_so.s3["addressing_style"]) == ("s3v4", "path")


@pytest.fixture
def media(settings: Settings, bucket: PrivateBucket, endpoint: str) -> PublicBucket:
    """The editors' storage is the other bucket."""
    options = {
        **settings.STORAGES["private"]["OPTIONS"],
        "bucket_name": PUBLIC,
        "access_key": SETTINGS["MEDIA_S3_ACCESS_KEY"],
        "secret_key": SETTINGS["MEDIA_S3_SECRET_KEY"],
        "public_url": f"{endpoint}/{PUBLIC}",
    }
    backend = {"BACKEND": "integrations.bucket.PublicBucket", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": backend}
    found = storages["default"]
    assert isinstance(found, PublicBucket)
    return found


def test_of_what_editors_publish_everybody_reads_the_pictures_alone(media: PublicBucket, endpoint: str) -> None:
    picture = media.save("images/a face.webp", ContentFile(samples.png()))
    document = media.save("documents/minutes.pdf", ContentFile(samples.pdf()))
    read = got(media.url(picture))
    assert (read.status_code, read.content) == (200, samples.png())
    assert "immutable" in read.headers["Cache-Control"]
    assert "?" not in media.url(picture)
    assert got(media.url(document)).status_code == 403
    assert got(f"{endpoint}/{PUBLIC}/?list-type=2").status_code == 403
    assert requests.put(media.url(picture), data=b"mine", timeout=PATIENCE).status_code == 403
    assert requests.delete(media.url(picture), timeout=PATIENCE).status_code == 403
    with media.open(document) as file:
        assert file.read() == samples.pdf()


def test_an_address_of_one_bucket_opens_nothing_of_the_other(media: PublicBucket, served: Any) -> None:
    media.save(served.key, ContentFile(b"of the editors"))
    address = upload_response(served, request=REQUEST)["Location"]
    assert got(address).status_code == 200
    assert got(address.replace(f"/{BUCKET}/", f"/{PUBLIC}/", 1)).status_code == 403


def test_the_key_of_one_bucket_opens_nothing_of_the_other(endpoint: str) -> None:
    for which, other in (("PRIVATE", PUBLIC), ("MEDIA", BUCKET)):
        client = _client(endpoint, which)
        for ask in (
            lambda: client.list_objects_v2(Bucket=other),  # noqa: B023 - asked at once
            lambda: client.put_object(Bucket=other, Key="documents/foreign", Body=b"x"),  # noqa: B023
            lambda: client.create_bucket(Bucket="third"),  # noqa: B023
            lambda: client.delete_bucket(Bucket=other),  # noqa: B023
        ):
            with pytest.raises(ClientError, match="AccessDenied"):
                ask()


def test_a_backup_holds_what_lies_in_buckets_and_brings_it_back(media: PublicBucket, bucket: PrivateBucket) -> None:
    names: dict[str, tuple[Storage, str]] = {
        "media": (media, "images/deep/er/a.webp"),
        "private": (bucket, "checked/aa/backed-up"),
    }
    for place, (storage, name) in names.items():
        storage.save(name, ContentFile(place.encode() * 1000))
        packed = io.BytesIO()
        digests: dict[str, str] = {}
        files.pack(place, packed, digests)
        assert name in digests
        for kept in digests:
            storage.delete(kept)
        assert files.is_empty(place)
        packed.seek(0)
        files.unpack(place, packed, digests)
        with storage.open(name) as file:
            assert file.read() == place.encode() * 1000
