"""Taking files in and checking them (docs/decisions/0010). Apps keep their own rows: models that inherit `Upload`."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from typing import BinaryIO, TypeVar
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import UploadedFile
from django.db import InterfaceError, OperationalError, transaction

from common.errors import Invalid, NotFound
from common.limits import Limit, give_back, spend
from common.models import PublicIdModel
from common.uploads import images, pdfs
from common.uploads.inspection import Inspected, inspect
from common.uploads.locks import upload_locked
from common.uploads.models import CHECKED_FILES, QUARANTINE, MediaType, Upload, checked_key, quarantine_key
from common.uploads.refusals import Refused
from common.uploads.selectors import uploads_kept, uploads_waiting
from common.uploads.states import UploadState, assert_can_move
from common.uploads.storage import private_storage
from common.uploads.verdicts import Finding, Verdict

UploadT = TypeVar("UploadT", bound=Upload)
ORPHAN_AGE = timedelta(days=1)
# So long bytes are looked for where they are not: a storage that is not reached, or not the right one, is put right.
LOST_AFTER = timedelta(days=3)
REFUSED = Limit(name="upload-refused", most=30, within=timedelta(hours=1))
CHECKED_AT_ONCE = 100
Scan = Callable[[BinaryIO], Verdict]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Received:
    """A file whose bytes lie in quarantine, for `upload_receive`."""

    inspected: Inspected
    key: str


@contextmanager
def upload_transaction(file: UploadedFile, *, by: PublicIdModel) -> Iterator[Received]:
    """`transaction.atomic()` for a service that receives a file: what undoes the rows removes the bytes too.

    They are written before the transaction begins, so take locks inside: a slow disk holds none. Where it stands inside
    another transaction that fails later, the bytes are left for `uploads_sweep`. Raises `Invalid` (code
    `upload_refused`, plain words under the field `file`) for what is no PDF, JPEG or PNG of at most 20 MB and 50
    megapixels, or is damaged; nothing is kept of that, but it counts: whoever sends thirty of them within an hour is
    not listened to for the rest of it (code `too_many_refused`).
    """
    received = Received(_inspected(file, by), quarantine_key())
    try:
        private_storage().save(received.key, File(file.file))
        with transaction.atomic():
            yield received
    except (OperationalError, InterfaceError):
        # Perhaps the commit arrived and its answer did not: bytes that no row knows go with the sweep.
        raise
    except BaseException:
        _remove(received.key)
        raise


def _inspected(file: UploadedFile, by: PublicIdModel) -> Inspected:
    """Counted before it is looked at, so that any number at once cost no more; what is taken was never counted."""
    subject = str(by.public_id)
    if not spend(REFUSED, subject):
        words = f"{REFUSED.most} of your files were refused within an hour. Go on in an hour."
        raise Invalid("too_many_refused", words, fields={"file": [words]})
    inspected = inspect(file)
    give_back(REFUSED, subject)
    return inspected


def upload_receive(*, row: Upload, received: Received, now: datetime) -> None:
    """Take a file into quarantine: fills and saves `row` (new, with its owner and its own columns set).

    Wake the task that calls `upload_check` in the same transaction.
    """
    row.key, row.state = received.key, UploadState.QUARANTINED
    inspected = received.inspected
    row.name, row.media_type = inspected.name, inspected.media_type
    row.size, row.sha256 = inspected.size, inspected.sha256
    row.uploaded_at, row.checked_at = now, None
    row.save(force_insert=True)


def upload_discard(received: Received) -> None:
    """Let go of a file for which no row is made, for instance because it was sent before."""
    transaction.on_commit(partial(_remove, received.key), robust=True)


@contextmanager
def upload_copying(source: Upload) -> Iterator[str]:
    """`transaction.atomic()` for a service that files a checked file a second time: yields the key of its copy.

    As `upload_transaction`: the bytes are written before, and go if the transaction fails.
    """
    key = checked_key()
    try:
        with private_storage().open(source.key) as file:
            private_storage().save(key, file)
        with transaction.atomic():
            yield key
    except (OperationalError, InterfaceError):
        raise
    except BaseException:
        _remove(key)
        raise


def upload_copy(*, row: Upload, source: Upload, key: str, now: datetime) -> None:
    """Fills and saves `row` (new, with its owner and its own columns set) as a checked copy of `source`."""
    for column in ("name", "media_type", "size", "width", "height", "sha256", "state", "uploaded_by_id", "checked_at"):
        setattr(row, column, getattr(source, column))
    row.key, row.uploaded_at = key, now
    row.save(force_insert=True)


@dataclass(frozen=True)
class _Outcome:
    state: UploadState
    content: bytes = b""
    width: int | None = None
    height: int | None = None


def upload_check(
    *,
    model: type[UploadT],
    upload_id: UUID,
    scan: Scan,
    now: datetime,
    settled: Callable[[UploadT], None] | None = None,
) -> UploadState:
    """Have a file in quarantine scanned, and move it on: the state that it has afterwards.

    Call it from a task, outside a transaction: `scan` may take its time. It may run twice, and twice at once: the
    first wins, and `settled` is called once, in the transaction that moves the row, for the app's audit event and
    messages. With the scanner or the bytes away the file stays quarantined, for the next run. Pictures are written anew
    without EXIF, PDFs without what they run or carry; every clean file gets a new key, and nothing of a refused one is
    kept but its hash. Raises `NotFound`.
    """
    upload = model._default_manager.filter(public_id=upload_id).first()
    if upload is None:
        raise NotFound
    if upload.state != UploadState.QUARANTINED:
        return UploadState(upload.state)
    outcome = _examined(upload, scan, now)
    if outcome.state is UploadState.QUARANTINED:
        return outcome.state
    return _settle(model, upload, outcome, now, settled)


def _examined(upload: Upload, scan: Scan, now: datetime) -> _Outcome:
    try:
        with private_storage().open(upload.key) as file:
            content = file.read()
    except FileNotFoundError:
        return _Outcome(_without_bytes(upload, now))
    if hashlib.sha256(content).hexdigest() != upload.sha256:
        return _Outcome(UploadState.UNREADABLE)
    verdict = scan(BytesIO(content))
    if verdict.finding is Finding.CLEAN:
        return _prepared(content, MediaType(upload.media_type))
    if verdict.finding is Finding.INFECTED:
        return _Outcome(UploadState.INFECTED)
    logger.warning("A file stays in quarantine, because the virus scanner does not answer (%s)", verdict.detail)
    return _Outcome(UploadState.QUARANTINED)


def _without_bytes(upload: Upload, now: datetime) -> UploadState:
    """Where the bytes are not where they were put: it waits, for the storage may be another than it should.

    After three days they are lost, but only to a storage in which other files wait.
    """
    logger.error("The bytes of an upload are not in the private storage: it waits")
    if now - upload.uploaded_at < LOST_AFTER:
        return UploadState.QUARANTINED
    return UploadState.UNREADABLE if any(_listed(QUARANTINE)) else UploadState.QUARANTINED


def _prepared(content: bytes, media_type: MediaType) -> _Outcome:
    try:
        if media_type is MediaType.PDF:
            return _Outcome(UploadState.CURRENT, pdfs.written_anew(content))
        picture = images.written_anew(BytesIO(content), media_type)
    except Refused:
        return _Outcome(UploadState.UNREADABLE)
    return _Outcome(UploadState.CURRENT, picture.content, picture.width, picture.height)


def _settle(
    model: type[UploadT],
    seen: UploadT,
    outcome: _Outcome,
    now: datetime,
    settled: Callable[[UploadT], None] | None,
) -> UploadState:
    key = seen.key
    if outcome.state is UploadState.CURRENT:
        key = checked_key()
        private_storage().save(key, ContentFile(outcome.content))
    with transaction.atomic():
        upload = upload_locked(model, seen.public_id)
        if upload.state == UploadState.QUARANTINED:
            _move(upload, outcome, key, now)
            if settled is not None:
                settled(upload)
            transaction.on_commit(partial(_remove, seen.key), robust=True)
            return outcome.state
    # Somebody was first, and their bytes stand.
    if key != seen.key:
        _remove(key)
    return UploadState(upload.state)


def _move(upload: Upload, outcome: _Outcome, key: str, now: datetime) -> None:
    assert_can_move(upload.state, outcome.state)
    upload.state, upload.checked_at, upload.key = outcome.state, now, key
    if outcome.content:
        upload.size = len(outcome.content)
    upload.width, upload.height = outcome.width, outcome.height
    upload.save(update_fields=["state", "checked_at", "key", "size", "width", "height"])


def uploads_check_waiting(*, model: type[Upload], older_than: datetime, check: Callable[[UUID], object]) -> int:
    """Have `check` look at what still waits in quarantine; how many files that was.

    A file over which it stumbles keeps nobody else's waiting, and which hundred are looked at is left to chance: files
    to which the scanner never says yes would be the oldest for ever.
    """
    waiting = uploads_waiting(model, older_than).order_by("?").values_list("public_id", flat=True)[:CHECKED_AT_ONCE]
    for upload_id in waiting:
        try:
            check(upload_id)
        except Exception:
            logger.exception("The upload %s could not be checked, and waits", upload_id)
    return len(waiting)


def uploads_sweep(*, now: datetime) -> int:
    """Remove the bytes that no row knows, left by what was killed half-way; how many files that were.

    What is younger than a day is left: its row may not be committed yet.
    """
    removed = 0
    for folder in _folders():
        for key in _forgotten(folder, now - ORPHAN_AGE):
            removed += 1
            _remove(key)
    return removed


def _folders() -> Iterator[str]:
    yield QUARANTINE
    yield from (f"{CHECKED_FILES}/{name}" for name in _listed(CHECKED_FILES)[0])


def _listed(folder: str) -> tuple[list[str], list[str]]:
    """The folders and files in a folder; none where nothing has been kept yet."""
    try:
        return private_storage().listdir(folder)
    except FileNotFoundError:
        return [], []


def _forgotten(folder: str, before: datetime) -> set[str]:
    storage = private_storage()
    keys = {f"{folder}/{name}" for name in _listed(folder)[1]}
    known: set[str] = set()
    for model in uploads_kept():
        known.update(model._default_manager.filter(key__in=keys).values_list("key", flat=True))
    return {key for key in keys - known if storage.get_modified_time(key) < before}


def _remove(key: str) -> None:
    """A storage that is away leaves the bytes to `uploads_sweep`."""
    try:
        private_storage().delete(key)
    except OSError as error:
        logger.warning("The bytes of an upload could not be removed yet (%s)", type(error).__name__)
