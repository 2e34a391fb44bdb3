from __future__ import annotations

import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db import OperationalError, connection

from accounts.models import User
from common import clock
from common.errors import Invalid
from common.tasks import sweep_uploads
from common.uploads.models import MediaType
from common.uploads.services import ORPHAN_AGE, REFUSED, upload_receive, upload_transaction, uploads_sweep
from common.uploads.states import UploadState
from common.uploads.storage import PrivateFolder, private_storage
from common.uploads.tests import samples
from tests.uploads.conftest import Receive, check
from verification.models import ChecklistItem, Evidence

Kept = Callable[[], list[str]]


def a_pdf() -> SimpleUploadedFile:
    return SimpleUploadedFile("cv.pdf", samples.pdf())


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
    row = Evidence(item=item, uploaded_by=uploader)
    with TemporaryUploadedFile("cv.pdf", "application/pdf", len(content), None) as file:
        file.write(content)
        with upload_transaction(file, by=uploader) as received:
            upload_receive(row=row, received=received, now=clock.now())
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
    with pytest.raises(ZeroDivisionError), upload_transaction(a_pdf(), by=uploader) as received:
        row = Evidence(item=item, uploaded_by=uploader)
        upload_receive(row=row, received=received, now=clock.now())
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
    with pytest.raises(OSError, match="No space"), upload_transaction(a_pdf(), by=uploader) as received:
        row = Evidence(item=item, uploaded_by=uploader)
        upload_receive(row=row, received=received, now=clock.now())
    assert kept() == []
    assert not Evidence.objects.exists()


def test_bytes_stay_where_nobody_knows_whether_the_commit_arrived(
    item: ChecklistItem, uploader: User, kept: Kept
) -> None:
    with pytest.raises(OperationalError), upload_transaction(a_pdf(), by=uploader) as received:
        row = Evidence(item=item, uploaded_by=uploader)
        upload_receive(row=row, received=received, now=clock.now())
        raise OperationalError("server closed the connection unexpectedly")
    assert kept() == ["quarantine"]


def test_bytes_are_written_before_the_transaction_so_that_a_slow_disk_holds_no_lock(
    item: ChecklistItem, uploader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of whatever the service locks inside: the test's own transaction is there already, so savepoints are counted."""
    open_at_writing: list[int] = []
    save = PrivateFolder.save

    def noting(*args: Any, **kwargs: Any) -> str:
        open_at_writing.append(len(connection.savepoint_ids))
        return save(*args, **kwargs)

    monkeypatch.setattr(PrivateFolder, "save", noting)
    before = len(connection.savepoint_ids)
    with upload_transaction(a_pdf(), by=uploader) as received:
        assert open_at_writing == [before]
        assert len(connection.savepoint_ids) == before + 1
        upload_receive(row=Evidence(item=item, uploaded_by=uploader), received=received, now=clock.now())
    assert open_at_writing == [before]


def test_nothing_is_written_of_what_is_refused(uploader: User, kept: Kept) -> None:
    with pytest.raises(Invalid), upload_transaction(SimpleUploadedFile("cv.pdf", b"MZ not a pdf"), by=uploader):
        pytest.fail("It was taken in.")
    assert kept() == []


def test_who_sends_refused_files_without_end_is_not_listened_to_for_an_hour(
    item: ChecklistItem, uploader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def send(content: bytes) -> None:
        with upload_transaction(SimpleUploadedFile("cv.pdf", content), by=uploader):
            pass

    for _ in range(REFUSED.most + 5):
        send(samples.pdf())
    for _ in range(REFUSED.most):
        with pytest.raises(Invalid) as refused:
            send(b"MZ not a pdf")
        assert refused.value.code == "upload_refused"
    monkeypatch.setattr("common.uploads.services.inspect", lambda _: pytest.fail("It was looked at."))
    with pytest.raises(Invalid) as refused:
        send(samples.pdf())
    assert refused.value.code == "too_many_refused"


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
