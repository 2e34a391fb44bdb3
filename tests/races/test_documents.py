"""Files that come at the same moment, each on a connection of its own."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import Patient
from accounts.tests.factories import PatientFactory
from records.models import Document, RecordsSettings
from records.services import document_check, document_replace
from records.states import DocumentStatus
from records.tests.document_steps import a_pdf, added, clean, sent
from tests.races.conftest import Together, refusals, winners

pytestmark = pytest.mark.django_db(transaction=True)
ROOM = 3
SENDERS = 8
CONTROL_ROUNDS = 10


@pytest.fixture(autouse=True)
def private_root(settings: Settings, tmp_path: Path) -> Path:
    settings.PRIVATE_ROOT = str(tmp_path / "private")
    return tmp_path / "private"


def kept_of_many(together: Together) -> tuple[Patient, list[Any]]:
    """Many files at once for a record that has room for three."""
    RecordsSettings.objects.update_or_create(pk=1, defaults={"documents_per_patient": ROOM})
    patient = PatientFactory.create()
    return patient, together([partial(sent, patient)] * SENDERS)


@pytest.mark.usefixtures("no_deadlock")
def test_a_record_takes_no_more_than_it_may_however_many_come_at_once(
    together: Together, rounds: int, private_root: Path
) -> None:
    files = 0
    for _ in range(rounds):
        patient, outcomes = kept_of_many(together)
        assert len(winners(outcomes)) == Document.objects.filter(patient=patient).count() == ROOM
        assert refusals(outcomes) == ["quota"] * (SENDERS - ROOM)
        files += ROOM
        assert sum(path.is_file() for path in private_root.rglob("*")) == files


def test_control_without_the_patients_row_a_record_takes_too_much(
    together: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If this fails, the test above proves nothing."""
    monkeypatch.setattr("records.services.documents.add.patient_locked", lambda patient: patient)
    assert any(len(winners(kept_of_many(together)[1])) > ROOM for _ in range(CONTROL_ROUNDS))


@pytest.mark.usefixtures("no_deadlock")
def test_of_two_newer_versions_one_is_kept(together: Together, rounds: int) -> None:
    for _ in range(rounds):
        old = added()
        replace = partial(document_replace, actor=old.uploaded_by, document_id=old.public_id)
        outcomes = together([partial(replace, file=a_pdf()) for _ in range(3)])
        assert len(winners(outcomes)) == 1
        assert refusals(outcomes) == ["replaced_already"] * 2


@pytest.mark.usefixtures("no_deadlock")
def test_a_newer_version_is_settled_once_by_many_workers(together: Together, rounds: int) -> None:
    for _ in range(rounds):
        old = added()
        newer = document_replace(actor=old.uploaded_by, document_id=old.public_id, file=a_pdf())
        outcomes = together([partial(document_check, document_id=newer.public_id, scan=clean)] * 3)
        assert refusals(outcomes) == []
        old.refresh_from_db()
        assert old.status == DocumentStatus.SUPERSEDED
