from __future__ import annotations

import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db import OperationalError, transaction

from accounts.models import User
from common import clock
from common.tasks import sweep_uploads
from common.uploads.models import MediaType
from common.uploads.services import ORPHAN_AGE, upload_receive, upload_transaction, uploads_sweep
from common.uploads.states import UploadState
from common.uploads.storage import PrivateFolder, private_storage
from common.uploads.tests import samples
from tests.uploads.conftest import Receive, check
from verification.models import ChecklistItem, Evidence

Kept = Callable[[], list[str]]


def test_row_says_what_the_file_is_and_nothing_of_it_is_in_the_key(receive: Receive, uploader: User) -> None:
    content = samples.pdf()
    before = clock.now()
    receive("Passport Canary.PDF", content)

    evidence = Evidence.objects.get()
    assert (evidence.name, evidence.media_type, evidence.size) == ("Passport Canary.pdf", MediaType.PDF, len(content))
    assert (evidence.state, evidence.checked_at, evidence.uploaded_by) == (UploadState.QUARANTINED, None, uploader)
    assert before <= evidence.uploaded_at <= clock.now()
    folder, _, token = evidence.key.partition("/")
    assert (folder, len(bytes.fromhex(token))) == ("quarantine", 16)
    with private_storage().open(evidence.key) as file:
        assert file.read() == content


def test_same_file_twice_has_the_same_hash_and_another_key(receive: Receive) -> None:
    first, second = receive("a.pdf", samples.pdf()), receive("b.pdf", samples.pdf())
    assert first.sha256 == second.sha256
    assert first.key != second.key


def test_large_file_comes_from_the_temporary_folder(item: ChecklistItem, uploader: User) -> None:
    content = samples.pdf(samples.stream(b"\1" * 3_000_000))
    with TemporaryUploadedFile("cv.pdf", "application/pdf", len(content), None) as file, upload_transaction():
        file.write(content)
        upload_receive(row=(row := Evidence(item=item, uploaded_by=uploader)), file=file, now=clock.now())
    with private_storage().open(row.key) as stored:
        assert stored.read() == content


def test_only_the_application_may_read_the_bytes(receive: Receive, private_root: Path) -> None:
    evidence = receive("cv.pdf", samples.pdf())
    check(evidence.public_id)
    evidence.refresh_from_db()
    file = private_root / evidence.key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (file.parent, file.parent.parent)} == {0o700}


def test_private_file_has_no_address(receive: Receive) -> None:
    assert isinstance(private_storage(), PrivateFolder)
    with pytest.raises(ValueError, match="no address"):
        private_storage().url(receive("cv.pdf", samples.pdf()).key)


def test_what_undoes_the_row_removes_the_bytes(item: ChecklistItem, uploader: User, kept: Kept) -> None:
    seen = []
    with pytest.raises(ZeroDivisionError), upload_transaction():
        row = Evidence(item=item, uploaded_by=uploader)
        upload_receive(row=row, file=SimpleUploadedFile("cv.pdf", samples.pdf()), now=clock.now())
        seen = kept()
        raise ZeroDivisionError
    assert seen == ["quarantine"]
    assert kept() == []
    assert not Evidence.objects.exists()


def test_disk_that_is_full_undoes_the_row(
    item: ChecklistItem, uploader: User, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_half(storage: FileSystemStorage, name: str, content: object) -> str:
        path = Path(storage.path(name))
        path.parent.mkdir(parents=True)
        path.write_bytes(b"%PDF")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", write_half)
    with pytest.raises(OSError, match="No space"), upload_transaction():
        row = Evidence(item=item, uploaded_by=uploader)
        upload_receive(row=row, file=SimpleUploadedFile("cv.pdf", samples.pdf()), now=clock.now())
    assert kept() == []
    assert not Evidence.objects.exists()


def test_bytes_stay_where_nobody_knows_whether_the_commit_arrived(
    item: ChecklistItem, uploader: User, kept: Kept
) -> None:
    with pytest.raises(OperationalError), upload_transaction():
        row = Evidence(item=item, uploaded_by=uploader)
        upload_receive(row=row, file=SimpleUploadedFile("cv.pdf", samples.pdf()), now=clock.now())
        raise OperationalError("server closed the connection unexpectedly")
    assert kept() == ["quarantine"]


def test_outside_its_transaction_nothing_is_received(item: ChecklistItem, uploader: User) -> None:
    row = Evidence(item=item, uploaded_by=uploader)
    with pytest.raises(RuntimeError, match="upload_transaction"), transaction.atomic():
        upload_receive(row=row, file=SimpleUploadedFile("cv.pdf", samples.pdf()), now=clock.now())


def test_sweep_removes_what_no_row_knows_once_it_is_old(receive: Receive, kept: Kept) -> None:
    waiting, checked, forgotten = (receive("cv.pdf", samples.pdf()) for _ in range(3))
    check(checked.public_id)
    Evidence.objects.filter(pk=forgotten.pk).delete()
    # The bytes of `checked` in quarantine are an orphan too: their removal waits for a commit that a test has not.
    assert kept() == ["checked", "quarantine", "quarantine", "quarantine"]

    assert uploads_sweep(now=clock.now()) == 0
    assert uploads_sweep(now=clock.now() + ORPHAN_AGE + timedelta(minutes=1)) == 2

    assert kept() == ["checked", "quarantine"]
    assert private_storage().exists(waiting.key)


def test_sweep_of_a_storage_that_holds_nothing_does_nothing(db: None) -> None:
    assert sweep_uploads() == 0
