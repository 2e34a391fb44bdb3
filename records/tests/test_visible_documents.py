"""Who sees a document (docs/decisions/0022): a list, one object and a permission say the same."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import CarerFactory, PatientFactory, UserFactory
from booking.tests.factories import bookable_doctor
from booking.tests.steps import at_the_desk_of, user_of
from common import clock
from common.permissions import grant, is_guarded
from doctors.models import Doctor
from records.models import Document
from records.selectors import documents_of, documents_visible_to, versions_of
from records.services import document_error
from records.states import OPEN_TO_COLLEAGUES, Category
from records.tests.document_steps import added, added_by_doctor, checked, infected, replaced, sent
from records.tests.steps import visit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def private_root(settings: Settings, tmp_path: Path) -> None:
    settings.PRIVATE_ROOT = str(tmp_path / "private")


def sees(user: User | AnonymousUser, document: Document) -> bool:
    """Both doors; they must agree."""
    if isinstance(user, User):
        user = User.objects.get(pk=user.pk)
    found = document in documents_visible_to(user, in_error=True)
    document = Document.objects.get(pk=document.pk)
    assert user.has_perm("records.view_document", document) == found
    return found


def colleague_of(document: Document) -> User:
    """Another doctor whom the patient sees about now."""
    return user_of(visit(patient=document.patient).doctor)


def test_documents_are_guarded() -> None:
    assert is_guarded(Document)


def test_its_patient_and_its_doctor_see_it() -> None:
    document = added_by_doctor()
    assert sees(user_of(document.patient), document)
    assert sees(document.uploaded_by, document)


@pytest.mark.parametrize("category", list(Category))
def test_a_colleague_sees_what_its_category_opens(category: Category) -> None:
    document = added(category=category)
    assert sees(colleague_of(document), document) == (category in OPEN_TO_COLLEAGUES)


def test_a_colleague_sees_it_for_as_long_as_the_record_is_open() -> None:
    document = added()
    long_ago = clock.now() - timedelta(days=91)
    assert not sees(user_of(visit(patient=document.patient, start=long_ago).doctor), document)
    assert not sees(user_of(bookable_doctor()), document)


def test_nobody_but_its_uploader_knows_of_what_is_not_clean() -> None:
    seen = visit()
    waiting = sent(seen.patient, by=user_of(seen.doctor))
    refused = checked(sent(seen.patient, by=user_of(seen.doctor)), infected)
    for document in (waiting, refused):
        assert sees(user_of(seen.doctor), document)
        assert not sees(user_of(seen.patient), document)
        assert not sees(colleague_of(document), document)


def test_no_office_desk_carer_or_model_permission_sees_a_document() -> None:
    document = added()
    seen = visit(patient=document.patient)
    people = [UserFactory.create(roles=[role]) for role in Role]
    people += [UserFactory.create(is_superuser=True, is_staff=True), at_the_desk_of(seen.location)]
    people += [CarerFactory.create(patient=document.patient, user=UserFactory.create(), can_see=True).user]
    people[0].user_permissions.add(*Permission.objects.filter(content_type__app_label="records"))
    assert not any(sees(person, document) for person in people)
    assert not sees(AnonymousUser(), document)


def test_a_suspended_doctor_sees_nothing_by_no_grant_either() -> None:
    document = added_by_doctor()
    colleague = colleague_of(document)
    grant(colleague, "view_document", document)
    Doctor.objects.update(is_barred=True)
    for person in (document.uploaded_by, colleague):
        assert document not in documents_visible_to(User.objects.get(pk=person.pk))
    assert sees(user_of(document.patient), document)


def test_a_grant_opens_one_document_until_it_ends() -> None:
    document, other = added(category="identity"), added()
    person = user_of(bookable_doctor())
    grant(person, "view_document", document, expires_at=clock.now() + timedelta(hours=1))
    assert sees(person, document)
    assert not sees(person, other)
    grant(person, "view_document", document, expires_at=clock.now() - timedelta(seconds=1))
    assert not sees(person, document)


def test_a_mistake_is_in_no_list_and_no_colleague_sees_it() -> None:
    document = added_by_doctor()
    colleague = colleague_of(document)
    document_error(actor=document.uploaded_by, document_id=document.public_id, reason="Blurred")
    assert not documents_visible_to(user_of(document.patient)).exists()
    assert sees(user_of(document.patient), document)
    assert not sees(colleague, document)


def test_older_versions_stay_visible_to_whom_they_were() -> None:
    old = added()
    newer = replaced(old)
    newest = replaced(newer)
    for person in (user_of(old.patient), colleague_of(old)):
        assert versions_of(person, newer) == [newest, old]
        assert sees(person, old)


def test_a_record_is_looked_through_by_pages_and_kinds() -> None:
    patient = PatientFactory.create()
    documents = [added(patient, category="letter" if number % 2 else "result") for number in range(5)]
    sent(patient)
    added()
    user = user_of(patient)
    first = documents_of(user, patient, size=3)
    assert first.rows == documents[:1:-1]
    second = documents_of(user, patient, size=3, before=first.rows[-1].public_id)
    assert (second.rows, second.has_previous, second.has_next) == (documents[1::-1], True, False)
    assert documents_of(user, patient, size=3, after=second.rows[0].public_id).rows == first.rows
    assert documents_of(user, patient, size=3, category="letter").rows == [documents[3], documents[1]]


def test_a_list_costs_the_same_however_long_it_is() -> None:
    patient = PatientFactory.create()
    counts = []
    for _ in range(2):
        for _ in range(2):
            added_by_doctor(patient=patient)
        user = User.objects.get(pk=user_of(patient).pk)
        with CaptureQueriesContext(connection) as caught:
            for document in documents_visible_to(user):
                assert document.doctor
                assert document.doctor.name
        counts.append(len(caught))
    assert counts[0] == counts[1] <= 6
