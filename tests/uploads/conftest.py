from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from accounts.models import User
from accounts.tests.factories import UserFactory
from common import clock
from common.uploads.services import upload_check, upload_receive, upload_transaction
from common.uploads.states import UploadState
from common.uploads.verdicts import Verdict
from verification.models import ChecklistItem, Evidence
from verification.states import ItemKind, Status
from verification.tests.factories import case_in


@pytest.fixture(autouse=True)
def private_root(settings: Settings, tmp_path: Path) -> Path:
    """The private storage of one test alone."""
    settings.PRIVATE_ROOT = str(tmp_path / "private")
    return tmp_path / "private"


@pytest.fixture
def kept(private_root: Path) -> Callable[[], list[str]]:
    """`kept()`: the folders of the private storage that hold files, a file each."""

    def look() -> list[str]:
        return sorted(path.relative_to(private_root).parts[0] for path in private_root.rglob("*") if path.is_file())

    return look


@pytest.fixture
def item(db: None) -> ChecklistItem:
    return case_in(Status.DRAFT).items.get(kind=ItemKind.IDENTITY)


@pytest.fixture
def uploader(db: None) -> User:
    return UserFactory.create()


Receive = Callable[..., Evidence]


@pytest.fixture
def receive(item: ChecklistItem, uploader: User) -> Receive:
    """`receive(name, content)`: a file as the app that owns the rows takes it in."""

    def take(name: str, content: bytes, declared: str = "application/octet-stream") -> Evidence:
        row = Evidence(item=item, uploaded_by=uploader)
        with upload_transaction(SimpleUploadedFile(name, content, declared), by=uploader) as received:
            upload_receive(row=row, received=received, now=clock.now())
        return row

    return take


def clean(file: BinaryIO) -> Verdict:
    return Verdict.clean()


def check(
    upload_id: UUID,
    scan: Callable[[BinaryIO], Verdict] = clean,
    settled: Callable[[Evidence], None] | None = None,
    now: datetime | None = None,
) -> UploadState:
    return upload_check(model=Evidence, upload_id=upload_id, scan=scan, now=now or clock.now(), settled=settled)
