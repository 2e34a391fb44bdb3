"""Documents: replaced by a newer version, marked as mistakes, moved to the right patient."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from pytest_django import Settings

from audit.models import Event
from booking.tests.factories import bookable_doctor
from booking.tests.steps import user_of
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.uploads.states import UploadState
from notifications.models import Message
from records.models import Document
from records.selectors import versions_of
from records.services import (
    document_error,
    document_move,
    document_open,
    document_replace,
)
from records.states import DocumentStatus
from records.tests.document_steps import (
    a_pdf,
    added,
    added_by_doctor,
    bytes_of,
    checked,
    infected,
    replaced,
    sent,
)
from records.tests.steps import visit

pytestmark = pytest.mark.django_db
CANARY = "canarytitle"


@pytest.fixture(autouse=True)
def private_root(settings: Settings, tmp_path: Path) -> Path:
    settings.PRIVATE_ROOT = str(tmp_path / "private")
    return tmp_path / "private"


def actions(document: Document) -> list[str]:
    events = Event.objects.filter(object_type="records.document", object_id=str(document.public_id))
    return list(events.order_by("pk").values_list("action", flat=True))


def told(document: Document) -> list[str]:
    return list(Message.objects.filter(user=document.patient.user).values_list("kind", flat=True))


def opened(actor: object, document: Document) -> Document:
    return document_open(actor=actor, document_id=document.public_id, serve=lambda found: found)  # type: ignore[arg-type]


def test_a_newer_version_takes_the_place_once_it_is_clean() -> None:
    old = added_by_doctor()
    newer = document_replace(actor=old.uploaded_by, document_id=old.public_id, file=a_pdf())
    old.refresh_from_db()
    assert old.status == DocumentStatus.CURRENT
    with pytest.raises(Conflict) as refused:
        document_replace(actor=old.uploaded_by, document_id=old.public_id, file=a_pdf())
    assert refused.value.code == "replaced_already"
    checked(newer)
    old.refresh_from_db()
    assert (old.status, newer.category, newer.title) == (DocumentStatus.SUPERSEDED, old.category, old.title)
    assert opened(user_of(old.patient), old) == old
    assert actions(old)[-2:] == ["document.superseded", "document.downloaded"]
    with pytest.raises(Conflict):
        document_replace(actor=old.uploaded_by, document_id=old.public_id, file=a_pdf())


def test_a_refused_version_changes_nothing_and_makes_room_for_another() -> None:
    old = added()
    newer = document_replace(actor=old.uploaded_by, document_id=old.public_id, file=a_pdf())
    checked(newer, infected)
    old.refresh_from_db()
    assert old.status == DocumentStatus.CURRENT
    replaced(old)
    old.refresh_from_db()
    assert old.status == DocumentStatus.SUPERSEDED


def test_the_database_refuses_two_newer_versions() -> None:
    old = added()
    replaced(old)
    twin = sent(old.patient)
    twin.replaces = old
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()


def test_others_replace_and_correct_nothing() -> None:
    document = added_by_doctor()
    patient = user_of(document.patient)
    colleague = user_of(visit(patient=document.patient).doctor)
    for person in (patient, colleague):
        with pytest.raises(Forbidden):
            document_replace(actor=person, document_id=document.public_id, file=a_pdf())
        with pytest.raises(Forbidden):
            document_error(actor=person, document_id=document.public_id, reason="Wrong")
    with pytest.raises(NotFound):
        document_error(actor=user_of(bookable_doctor()), document_id=document.public_id, reason="Wrong")


def test_what_was_entered_in_error_is_opened_by_whoever_added_it_alone() -> None:
    document = added_by_doctor()
    with pytest.raises(Invalid):
        document_error(actor=document.uploaded_by, document_id=document.public_id, reason=" ")
    for _ in range(2):
        document_error(actor=document.uploaded_by, document_id=document.public_id, reason="Blurred")
    document.refresh_from_db()
    assert (document.status, document.error_reason) == (DocumentStatus.ENTERED_IN_ERROR, "Blurred")
    assert actions(document).count("document.entered_in_error") == 1
    opened(document.uploaded_by, document)
    with pytest.raises(NotFound):
        opened(user_of(document.patient), document)
    with pytest.raises(Conflict):
        document_replace(actor=document.uploaded_by, document_id=document.public_id, file=a_pdf())


def in_error(document: Document) -> None:
    document_error(actor=document.uploaded_by, document_id=document.public_id, reason="A mistake")


def statuses(*documents: Document) -> list[str]:
    return [Document.objects.get(pk=one.pk).status for one in documents]


def test_a_mistake_in_the_middle_changes_nothing_around_it() -> None:
    first = added()
    second = replaced(first)
    third = replaced(second)
    in_error(second)
    assert statuses(first, second, third) == ["superseded", "entered-in-error", "current"]
    assert versions_of(user_of(first.patient), third) == [first]
    in_error(third)
    assert statuses(first, second, third) == ["current", "entered-in-error", "entered-in-error"]
    assert actions(first)[-1] == "document.restored"


def test_mistakes_from_the_last_on_bring_back_what_is_left() -> None:
    first = added()
    second = replaced(first)
    third = replaced(second)
    for document, left in ((third, "superseded current"), (second, "current entered-in-error")):
        in_error(document)
        assert statuses(first, second) == left.split()
    in_error(first)
    assert statuses(first, second, third) == ["entered-in-error"] * 3


def test_what_was_taken_back_while_it_waited_takes_nobodys_place_and_is_told_to_nobody() -> None:
    old = added_by_doctor()
    newer = document_replace(actor=old.uploaded_by, document_id=old.public_id, file=a_pdf())
    in_error(newer)
    assert checked(newer).state == UploadState.CURRENT
    assert statuses(old, newer) == ["current", "entered-in-error"]
    assert told(old).count("record_new") == 1
    assert "document.added" not in actions(newer)


@pytest.mark.parametrize("is_checked", [True, False])
def test_a_document_with_another_version_is_not_moved_until_that_is_a_mistake_too(is_checked: bool) -> None:  # noqa: FBT001
    doctor = bookable_doctor()
    old = added_by_doctor(doctor)
    newer = document_replace(actor=old.uploaded_by, document_id=old.public_id, file=a_pdf())
    if is_checked:
        checked(newer)
    facts: dict[str, Any] = {"appointment_id": visit(doctor).public_id, "reason": "Two of one name"}
    with pytest.raises(Conflict) as refused:
        document_move(actor=user_of(doctor), document_id=old.public_id, **facts)
    assert refused.value.code == "other_versions"
    in_error(newer)
    document_move(actor=user_of(doctor), document_id=old.public_id, **facts)
    assert set(statuses(old, newer)) == {"entered-in-error"}


def test_a_title_is_what_can_be_seen_of_it() -> None:
    assert sent(title="Blood\u202e\u200b test ").title == "Blood test"


def test_the_version_before_counts_again_where_the_newer_was_a_mistake() -> None:
    old = added()
    newer = replaced(old)
    document_error(actor=newer.uploaded_by, document_id=newer.public_id, reason="The same page twice")
    old.refresh_from_db()
    assert old.status == DocumentStatus.CURRENT
    replaced(old)


def test_a_document_of_the_wrong_patient_is_moved_and_both_logs_say_so() -> None:
    doctor = bookable_doctor()
    wrong = added_by_doctor(doctor, title=CANARY)
    right = visit(doctor)
    moved = document_move(
        actor=user_of(doctor), document_id=wrong.public_id, appointment_id=right.public_id, reason="Two of one name"
    )
    wrong.refresh_from_db()
    assert wrong.status == DocumentStatus.ENTERED_IN_ERROR
    assert (moved.patient, moved.appointment, moved.moved_from, moved.title) == (right.patient, right, wrong, CANARY)
    assert (moved.state, moved.status, bytes_of(moved)) == (UploadState.CURRENT, "current", bytes_of(wrong))
    assert moved.key != wrong.key
    assert opened(user_of(right.patient), moved) == moved
    for person, document in ((wrong.patient, wrong), (wrong.patient, moved), (right.patient, wrong)):
        with pytest.raises(NotFound):
            opened(user_of(person), document)
    assert told(moved) == ["record_new"]
    assert Event.objects.get(action="document.moved").patient_id == wrong.patient.public_id
    assert Event.objects.get(action="document.moved_here").patient_id == right.patient.public_id


def test_it_is_moved_to_ones_own_patients_alone_and_leaves_no_copy_where_it_is_not(private_root: Path) -> None:
    doctor = bookable_doctor()
    document = added_by_doctor(doctor)
    kept = sorted(private_root.rglob("*"))
    facts: dict[str, Any] = {"actor": user_of(doctor), "document_id": document.public_id}
    with pytest.raises(Invalid) as refused:
        document_move(**facts, appointment_id=visit().public_id, reason="Wrong")
    assert list(refused.value.fields) == ["visit"]
    with pytest.raises(Invalid):
        document_move(**facts, appointment_id=visit(doctor).public_id, reason="")
    assert sorted(path for path in private_root.rglob("*") if path.is_file()) == [
        path for path in kept if path.is_file()
    ]
    document.refresh_from_db()
    assert document.status == DocumentStatus.CURRENT


def test_what_a_patient_added_is_not_moved() -> None:
    document = added()
    with pytest.raises(Invalid):
        document_move(
            actor=document.uploaded_by, document_id=document.public_id, appointment_id=visit().public_id, reason="Wrong"
        )
