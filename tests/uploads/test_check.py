"""The check of a file in quarantine: whatever happens on the way, it is moved on once, or stays where it is."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.roles import Role
from accounts.tests.factories import UserFactory
from common import clock
from common.errors import NotFound
from common.uploads.child import ToolBroken
from common.uploads.selectors import uploads_overdue, uploads_waiting
from common.uploads.services import LOST_AFTER, uploads_check_waiting
from common.uploads.states import UploadState
from common.uploads.storage import private_storage
from common.uploads.tests import samples
from common.uploads.verdicts import Verdict
from devtools.testing.parallel import Outcome
from integrations import antivirus
from tests.uploads.conftest import Receive, check
from verification.models import Evidence

Kept = Callable[[], list[str]]


def infected(file: BinaryIO) -> Verdict:
    return Verdict.infected("Eicar-Test-Signature")


def away(file: BinaryIO) -> Verdict:
    return Verdict.away("ConnectionRefusedError")


def unwanted(file: BinaryIO) -> Verdict:
    raise AssertionError("A file that has been checked is not scanned again.")


def test_clean_pdf_is_kept_written_anew_under_another_key(
    receive: Receive, kept: Kept, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    content = samples.pdf()
    evidence = receive("cv.pdf", content)
    now = clock.now() + timedelta(minutes=1)

    with django_capture_on_commit_callbacks(execute=True):
        assert check(evidence.public_id, now=now) is UploadState.CURRENT

    checked = Evidence.objects.get()
    with private_storage().open(checked.key) as file:
        stored = file.read()
    assert stored.startswith(b"%PDF-1.7")
    assert (checked.state, checked.checked_at, checked.size) == (UploadState.CURRENT, now, len(stored))
    assert checked.key != evidence.key
    assert kept() == ["checked"]


def test_a_file_that_cannot_be_checked_keeps_nobody_elses_waiting(receive: Receive) -> None:
    first, second = receive("cv.pdf", samples.pdf()), receive("me.jpg", samples.jpeg())
    seen = []

    def stumble(upload_id: UUID) -> None:
        seen.append(upload_id)
        raise OSError("The storage is away")

    later = clock.now() + timedelta(minutes=5)
    assert uploads_check_waiting(model=Evidence, older_than=later, check=stumble) == 2
    assert set(seen) == {first.public_id, second.public_id}


def test_where_the_reader_is_broken_the_file_waits(
    receive: Receive, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence = receive("cv.pdf", samples.pdf())
    monkeypatch.setattr("common.uploads.child.sys.executable", "/no/such/program")
    with pytest.raises(ToolBroken):
        check(evidence.public_id)
    evidence.refresh_from_db()
    assert (evidence.state, kept()) == (UploadState.QUARANTINED, ["quarantine"])


def test_clean_picture_is_kept_written_anew_with_the_hash_of_what_came(receive: Receive) -> None:
    content = samples.jpeg(size=(400, 300), exif=samples.telltale_exif())
    evidence = receive("me.jpg", content)

    check(evidence.public_id)

    checked = Evidence.objects.get()
    with private_storage().open(checked.key) as file:
        stored = file.read()
    assert checked.sha256 == hashlib.sha256(content).hexdigest() != hashlib.sha256(stored).hexdigest()
    assert checked.size == len(stored)
    assert (checked.width, checked.height) == (300, 400)
    assert samples.CAMERA.encode() not in stored


def test_infected_file_leaves_its_hash_and_no_bytes(
    receive: Receive, kept: Kept, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    content = samples.pdf()
    evidence = receive("cv.pdf", content)

    with django_capture_on_commit_callbacks(execute=True):
        assert check(evidence.public_id, infected) is UploadState.INFECTED

    checked = Evidence.objects.get()
    assert (checked.state, checked.sha256) == (UploadState.INFECTED, hashlib.sha256(content).hexdigest())
    assert kept() == []


def test_scanner_that_is_away_leaves_the_file_waiting_and_tells_nobody(
    receive: Receive, kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    evidence = receive("Canary Name.pdf", samples.pdf())
    told: list[Evidence] = []

    assert check(evidence.public_id, away, told.append) is UploadState.QUARANTINED

    evidence.refresh_from_db()
    assert (evidence.state, evidence.checked_at, told, kept()) == ("quarantined", None, [], ["quarantine"])
    assert "ConnectionRefusedError" in caplog.text
    assert "Canary" not in caplog.text


def test_scanner_that_comes_back_lets_the_file_through(
    receive: Receive, kept: Kept, scanner_url: str, settings: Settings
) -> None:
    evidence = receive("cv.pdf", samples.pdf())
    assert check(evidence.public_id, antivirus.scan) is UploadState.QUARANTINED
    assert list(uploads_waiting(Evidence, clock.now())) == [evidence]

    settings.CLAMD_URL = scanner_url

    assert check(evidence.public_id, antivirus.scan) is UploadState.CURRENT
    assert not uploads_waiting(Evidence, clock.now()).exists()


def test_file_that_waits_is_found_only_after_its_time(receive: Receive) -> None:
    first, second = receive("a.pdf", samples.pdf()), receive("b.pdf", samples.pdf())
    assert list(uploads_waiting(Evidence, clock.now())) == [first, second]
    assert list(uploads_waiting(Evidence, first.uploaded_at)) == []


def test_second_run_answers_like_the_first_and_scans_nothing(receive: Receive) -> None:
    evidence = receive("cv.pdf", samples.pdf())
    told: list[Evidence] = []
    check(evidence.public_id, infected, told.append)

    assert check(evidence.public_id, unwanted, told.append) is UploadState.INFECTED
    assert told == [evidence]


def test_whoever_is_told_sees_the_state_and_shares_the_transaction(receive: Receive, kept: Kept) -> None:
    evidence = receive("cv.pdf", samples.pdf())

    def fail(settled: Evidence) -> None:
        assert settled.state == UploadState.CURRENT
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        check(evidence.public_id, settled=fail)

    evidence.refresh_from_db()
    assert evidence.state == UploadState.QUARANTINED
    assert "quarantine" in kept()


def test_scanning_happens_in_no_transaction(receive: Receive, transactional_db: None) -> None:
    evidence = receive("cv.pdf", samples.pdf())
    inside: list[bool] = []

    def look(file: BinaryIO) -> Verdict:
        inside.append(connection.in_atomic_block)
        return Verdict.clean()

    check(evidence.public_id, look)
    assert inside == [False]


def test_picture_that_cannot_be_decoded_to_the_end_is_unreadable(
    receive: Receive, kept: Kept, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """Every checksum of the PNG holds, and its rows are missing: only a full decoding finds that out."""
    evidence = receive("me.png", samples.png_of(500, 500, rows=b"\0" * 10))

    with django_capture_on_commit_callbacks(execute=True):
        assert check(evidence.public_id) is UploadState.UNREADABLE
    assert kept() == []


def test_bytes_that_are_gone_or_changed_are_unreadable(receive: Receive, private_root: Path) -> None:
    lost, changed = receive("a.pdf", samples.pdf()), receive("b.pdf", samples.pdf())
    (private_root / lost.key).unlink()
    (private_root / changed.key).write_bytes(samples.pdf() + b" ")

    assert check(lost.public_id, unwanted) is UploadState.QUARANTINED
    assert check(lost.public_id, unwanted, now=clock.now() + LOST_AFTER) is UploadState.UNREADABLE
    assert check(changed.public_id, unwanted) is UploadState.UNREADABLE


def test_where_the_whole_storage_is_not_there_every_file_waits_and_is_checked_once_it_is_back(
    receive: Receive, private_root: Path
) -> None:
    evidence = receive("a.pdf", samples.pdf())
    away_to = private_root.with_name("elsewhere")
    private_root.rename(away_to)
    for later in (timedelta(), 2 * LOST_AFTER):
        assert check(evidence.public_id, unwanted, now=clock.now() + later) is UploadState.QUARANTINED
    assert uploads_overdue(clock.now()) == 0
    assert uploads_overdue(clock.now() + timedelta(hours=2)) == 1
    away_to.rename(private_root)
    assert check(evidence.public_id) is UploadState.CURRENT
    assert uploads_overdue(clock.now() + timedelta(hours=2)) == 0


def test_the_dashboard_says_that_files_wait(receive: Receive) -> None:
    receive("a.pdf", samples.pdf())
    desk = Client()
    desk.force_login(UserFactory.create(roles=[Role.ADMINISTRATOR]), backend="accounts.backends.AccountBackend")
    assert "Files that wait" not in desk.get("/admin/").content.decode()
    Evidence.objects.update(uploaded_at=clock.now() - timedelta(hours=2))
    page = desk.get("/admin/").content.decode()
    assert "1 file has waited" in page


def test_unknown_file_is_not_found(db: None) -> None:
    with pytest.raises(NotFound):
        check(uuid4())


def test_row_that_is_checked_says_when(receive: Receive) -> None:
    evidence = receive("cv.pdf", samples.pdf())
    for wrong in ({"state": UploadState.CURRENT}, {"checked_at": clock.now()}, {"state": "served"}):
        with pytest.raises(IntegrityError, match="checked_says_when"), transaction.atomic():
            Evidence.objects.filter(pk=evidence.pk).update(**wrong)


def test_check_costs_four_statements_and_its_savepoint(receive: Receive) -> None:
    evidence = receive("cv.pdf", samples.pdf())
    with CaptureQueriesContext(
        connection,
    ) as captured:
        check(evidence.public_id)
    statements = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    assert len(statements) == 4


def test_two_workers_at_once_settle_it_once(
    receive: Receive,
    transactional_db: None,
    together: Callable[[list[Callable[[], UploadState]]], list[Outcome[UploadState]]],
    kept: Kept,
) -> None:
    for _ in range(10):
        evidence = receive("me.png", samples.png())
        told: list[Evidence] = []
        scanning = threading.Barrier(2)

        def both_scan(file: BinaryIO) -> Verdict:
            scanning.wait(10)  # noqa: B023
            return Verdict.clean()

        outcomes = together([lambda: check(evidence.public_id, both_scan, told.append)] * 2)  # noqa: B023

        assert [outcome.value for outcome in outcomes] == [UploadState.CURRENT] * 2
        assert told == [evidence]
        evidence.refresh_from_db()
        assert private_storage().exists(evidence.key)
    assert kept() == ["checked"] * 10
