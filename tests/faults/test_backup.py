"""A backup is restored into an empty place: all of it is there, and nothing leaves a second time."""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pyrage
import pytest
from cryptography.fernet import Fernet
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client
from knox.models import get_token_model
from psycopg.sql import SQL, Identifier
from pytest_django import Settings

from accounts.services import token_issue
from accounts.tests.factories import PatientFactory
from audit.verifier import log_verify
from billing.models import Payment, Refund
from billing.states import PaymentStatus, RefundStatus
from billing.tests.steps import a_minute_later, begin, difference, hold, paid_and_asked, work
from booking.models import Appointment
from booking.services import appointment_cancel, reminders_queue
from booking.tests.factories import bookable_doctor
from booking.tests.steps import book, decide, user_of
from common import clock
from common.sending import sending_now
from devtools.roles import set_default_privileges
from devtools.testing.database import RunDatabase, with_database
from devtools.testing.plugin import _django_address
from integrations.stripe.simulator.engine import Simulator
from medconsult.backups import backup as making
from medconsult.backups.manifest import NAME, manifest_read
from medconsult.backups.sealed import identities, recipients
from notifications.models import Message
from notifications.services import messages_deliver
from notifications.states import MessageStatus, Withheld
from notifications.tests.factories import MessageFactory

pytestmark = pytest.mark.django_db(transaction=True)

FILES = {"default": {"images/a.webp": b"a" * 70_000}, "private": {"checked/ab/cd": secrets.token_bytes(3_000_000)}}


@pytest.fixture
def identity(tmp_path: Path, settings: Settings) -> Path:
    """The backups' secret key; its public one is set."""
    key = pyrage.x25519.Identity.generate()
    settings.BACKUP_RECIPIENTS = [str(key.to_public())]
    path = tmp_path / "key.txt"
    path.write_text(f"# created: today\n{key}\n")
    return path


@pytest.fixture
def place(tmp_path: Path, settings: Settings) -> Callable[[str], None]:
    """`place("name")`: empty folders for files, in use from now on."""

    def move(name: str) -> None:
        settings.MEDIA_ROOT = str(tmp_path / name / "media")
        settings.PRIVATE_ROOT = str(tmp_path / name / "private")

    move("here")
    return move


@contextmanager
def elsewhere(database: RunDatabase) -> Iterator[None]:
    """An empty database of the same server, which Django uses from now on."""
    name = f"{database.name}_restored"
    database.maintenance.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
    url = with_database(database.url, name)
    with psycopg.connect(url, autocommit=True) as connection:
        set_default_privileges(connection)
    settings_dict = connections["default"].settings_dict
    before = dict(settings_dict)
    connections.close_all()
    settings_dict.update(_django_address(url))
    try:
        yield
    finally:
        connections.close_all()
        settings_dict.update(before)
        database.maintenance.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def backup(folder: Path) -> Path:
    call_command("backup", str(folder))
    return next(path for path in folder.iterdir() if path.name.startswith(making.PREFIX))


def keep_files() -> None:
    for storage, files in FILES.items():
        for name, content in files.items():
            assert storages[storage].save(name, ContentFile(content)) == name


def sent() -> Counter[str]:
    """Mails that left, by the ids that mailboxes know them by and by whom they told of what."""
    return Counter(f"{one.to[0]}: {one.subject}" for one in mail.outbox)


def deliver() -> int:
    Message.objects.update(due_at=clock.now() - timedelta(seconds=1))
    return messages_deliver()


def someone_to_remind() -> Appointment:
    """They have booked days ago, and the hour of the day before has come."""
    decide(reminder_hour=0, reminder_days=[1])
    visit = book(bookable_doctor())
    Appointment.objects.filter(pk=visit.pk).update(created_at=clock.now() - timedelta(days=3))
    return visit


def go_on(simulator: Simulator, later: Payment) -> None:
    """What the original does after the backup: all that waits leaves, a reminder too, and somebody pays."""
    assert deliver() >= 3
    assert reminders_queue(now=clock.now()) == 1
    assert deliver() == 1
    simulator.pay(later.session_id or "")
    a_minute_later()
    work()
    assert (len(mail.outbox), simulator.balance()) == (sent().total(), 4500)


def assert_files_are_back() -> None:
    for storage, files in FILES.items():
        for name, content in files.items():
            with storages[storage].open(name) as file:
                assert hashlib.sha256(file.read()).digest() == hashlib.sha256(content).digest()


def test_all_comes_back_and_nothing_leaves_twice(
    worker_database: RunDatabase,
    stripe_simulator: Simulator,
    identity: Path,
    place: Callable[[str], None],
    client: Client,
    tmp_path: Path,
) -> None:
    keep_files()
    refunded, later = paid_and_asked(stripe_simulator), begin(hold())
    appointment_cancel(actor=user_of(refunded.appointment.patient), appointment_id=refunded.appointment.public_id)
    someone_to_remind()
    gone = MessageFactory(dedupe_key="gone", status=MessageStatus.SENT, sent_at=clock.now())
    patient = user_of(PatientFactory.create())
    client.force_login(patient)
    token_issue(user=patient)
    assert Refund.objects.get().stripe_id is None

    kept = backup(tmp_path / "backups")
    go_on(stripe_simulator, later)
    before, last_seal = sent(), manifest_read(kept, identities(identity)).seal
    place("there")
    with elsewhere(worker_database):
        call_command("restore", str(kept), identity=identity)
        assert_files_are_back()
        assert not log_verify().findings
        assert last_seal
        # Nobody is signed in, and what was sent is known as sent.
        assert not Session.objects.exists()
        assert not get_token_model().objects.exists()
        assert Message.objects.get(pk=gone.pk).status == MessageStatus.SENT
        # Stripe was asked what had come since.
        assert Payment.objects.get(pk=later.pk).status == PaymentStatus.SUCCEEDED
        # Held: whoever books now is told later, and of the rest nothing leaves.
        assert sending_now().is_held
        fresh = MessageFactory(dedupe_key="fresh")
        a_minute_later()
        work()
        assert (deliver(), sent()) == (0, before)
        call_command("sending", "release")
        assert Refund.objects.get().status == RefundStatus.SUCCEEDED
        assert deliver() == 1
        assert Message.objects.get(pk=fresh.pk).status == MessageStatus.SENT
        assert sent() - before == Counter([f"{fresh.email}: {mail.outbox[-1].subject}"])
        # The reminder, too, that the restored database had not known of.
        held = Message.objects.filter(status=MessageStatus.WITHHELD, last_error=Withheld.RESTORED.value)
        assert "appointment_reminder" in held.values_list("kind", flat=True)
        a_minute_later()
        work()
        assert (stripe_simulator.balance(), difference(stripe_simulator)) == (4500, 0)


def test_a_copy_made_by_other_means_holds_by_itself(worker_database: RunDatabase) -> None:
    first = MessageFactory()
    assert messages_deliver() == 1
    waiting = MessageFactory()
    name = f"{worker_database.name}_copy"
    connections.close_all()
    copy = SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(worker_database.name))
    worker_database.maintenance.execute(copy)
    settings_dict = connections["default"].settings_dict
    before = dict(settings_dict)
    settings_dict["NAME"] = name
    try:
        assert messages_deliver() == 0
        with pytest.raises(CommandError, match="copy"):
            call_command("sending", "release")
        call_command("sending", "release", send_waiting=True)
        assert messages_deliver() == 1
    finally:
        connections.close_all()
        settings_dict.update(before)
        worker_database.maintenance.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))
    assert [one.to for one in mail.outbox] == [[first.email], [waiting.email]]


def test_what_is_not_ours_or_not_whole_is_refused_before_anything_is_written(
    identity: Path, place: Callable[[str], None], settings: Settings, tmp_path: Path
) -> None:
    keep_files()
    kept = backup(tmp_path / "backups")
    refused = [("not empty", lambda: None)]

    def change(name: str, content: bytes) -> Callable[[], Any]:
        return lambda: (kept / name).write_bytes(content)

    for name in ("database.age", NAME):
        whole = (kept / name).read_bytes()
        refused += [
            ("not the one|was changed", change(name, whole[:-1] + bytes([whole[-1] ^ 1]))),
            ("not empty", change(name, whole)),
        ]
    forged = io.BytesIO()
    pyrage.encrypt_io(io.BytesIO(b"0" * 64 + b"\n{}"), forged, recipients(settings.BACKUP_RECIPIENTS))
    refused.append(("somebody else has made it", change(NAME, forged.getvalue())))
    for said, prepare in refused:
        prepare()
        with pytest.raises(CommandError, match=said):
            call_command("restore", str(kept), identity=identity)
    (kept / NAME).write_bytes(whole)
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CommandError, match="FIELD_ENCRYPTION_KEYS"):
        call_command("restore", str(kept), identity=identity)
    identity.write_text(str(pyrage.x25519.Identity.generate()))
    with pytest.raises(CommandError, match="not for this secret key"):
        call_command("restore", str(kept), identity=identity)


def test_a_backup_is_whole_or_not_there(
    identity: Path, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "backups"
    left = folder / f"{making.PREFIX}20261101T020000Z.unfinished"
    left.mkdir(parents=True)
    (left / "database.age").write_bytes(b"what there was by then")
    another = os.open(folder, os.O_RDONLY)
    fcntl.flock(another, fcntl.LOCK_SH)
    for second in range(3):
        # Of a backup that is under way, until it is killed.
        assert left.exists() == (second < 2)
        if second == 1:
            os.close(another)
        made = making.backup_make(folder=folder, now=clock.now() + timedelta(seconds=second))
        assert oct(made.stat().st_mode)[-3:] == "700"
        assert {oct(part.stat().st_mode)[-3:] for part in made.iterdir()} == {"600"}
    # Another's, and the oldest by its name.
    (folder / f"{making.PREFIX}1st-of-may").mkdir()
    making.backups_thin(folder=folder, keep=2)
    (folder / f"{making.PREFIX}1st-of-may").rmdir()
    assert len(list(folder.iterdir())) == 2
    monkeypatch.setattr("medconsult.backups.database._address", lambda: {"PGHOST": "/nowhere"})
    with pytest.raises(CommandError, match="pg_dump fails"):
        call_command("backup", str(folder))
    assert len(list(folder.iterdir())) == 2
    settings.BACKUP_RECIPIENTS = []
    with pytest.raises(CommandError, match="BACKUP_RECIPIENTS"):
        call_command("backup", str(folder))
