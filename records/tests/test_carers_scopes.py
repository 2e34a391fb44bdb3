"""Prescriptions and documents for carers: each by a scope of its own, and nothing that tells of a visit kept back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Carer, Patient, User
from accounts.services import Terms, carer_change
from accounts.states import READING, Scope
from accounts.tests.factories import CarerFactory
from audit.models import Event
from booking.services import appointment_conceal
from booking.tests.steps import user_of
from common import clock
from common.errors import Invalid, NotFound
from records.models import Document, Prescription
from records.selectors import document_for, documents_visible_to, prescription_for, prescriptions_visible_to
from records.services import document_error, prescription_enter_in_error, prescription_repeat
from records.tests.document_steps import added, added_by_doctor, sent
from records.tests.prescribing import prescriber, rx_draft, rx_sign, rx_signed
from records.tests.steps import visit

pytestmark = pytest.mark.django_db
SCOPES = [one.value for one in Scope]


def helper(patient: Patient, *scopes: str) -> User:
    """A carer who may do that and nothing else."""
    given: dict[str, Any] = {one: one in scopes for one in SCOPES}
    made: Carer = CarerFactory.create(patient=patient, expires_at=clock.now() + timedelta(days=30), **given)
    assert made.user
    return made.user


def opens(user: User, thing: Prescription | Document) -> bool:
    """What the list says; the single look and the permission on the object say the same."""
    fresh = User.objects.get(pk=user.pk)
    is_rx = isinstance(thing, Prescription)
    listed = thing in (prescriptions_visible_to(fresh) if is_rx else documents_visible_to(fresh))
    assert fresh.has_perm("records.view_prescription" if is_rx else "records.view_document", thing) is listed
    try:
        (prescription_for if is_rx else document_for)(fresh, thing.public_id)
    except NotFound:
        assert not listed
    else:
        assert listed
    return listed


def conceal(thing: Prescription | Document | Any, *, keeps: bool = True) -> None:
    appointment_conceal(actor=user_of(thing.patient), appointment_id=thing.public_id, is_confidential=keeps)


@pytest.mark.parametrize("scope", SCOPES)
def test_each_kind_is_opened_by_its_own_scope_alone(scope: str) -> None:
    prescription = rx_signed()
    document = added_by_doctor(patient=prescription.patient)
    carer = helper(prescription.patient, scope, *(["can_see"] if scope == "can_book" else []))
    assert opens(carer, prescription) is (scope == Scope.PRESCRIPTIONS)
    assert opens(carer, document) is (scope == Scope.DOCUMENTS)


def test_of_prescriptions_only_what_was_signed_and_stands() -> None:
    draft = rx_draft()
    carer = helper(draft.patient, Scope.PRESCRIPTIONS)
    assert not opens(carer, draft)
    signed = rx_sign(draft)
    assert opens(carer, signed)
    assert not opens(carer, rx_signed())
    prescription_enter_in_error(actor=prescriber(signed), prescription_id=signed.public_id, reason="Another patient’s")
    assert not opens(carer, Prescription.objects.get(pk=signed.pk))


def test_of_documents_only_what_is_care_and_found_clean() -> None:
    letter = added(category="letter")
    carer = helper(letter.patient, Scope.DOCUMENTS)
    assert opens(carer, letter)
    for hidden in (added(letter.patient, category="identity"), sent(letter.patient, category="letter"), added()):
        assert not opens(carer, hidden)
    document_error(actor=letter.uploaded_by, document_id=letter.public_id, reason="Blurred")
    assert not opens(carer, Document.objects.get(pk=letter.pk))


def test_a_visit_that_is_kept_back_hides_what_is_its_own_and_what_is_no_visits() -> None:
    prescription = rx_signed()
    patient = prescription.patient
    repeat = prescription_repeat(actor=prescriber(prescription), prescription_id=prescription.public_id)
    repeat = rx_sign(repeat, warnings_seen=True)
    letter = added(patient, category="letter")
    other = visit(patient=patient)
    carer = helper(patient, Scope.PRESCRIPTIONS, Scope.DOCUMENTS)
    assert [opens(carer, one) for one in (prescription, repeat, letter)] == [True, True, True]
    conceal(other)
    assert [opens(carer, one) for one in (prescription, repeat, letter)] == [True, False, False]
    conceal(prescription.appointment)
    assert not opens(carer, prescription)
    assert opens(user_of(patient), prescription)
    for one in (other, prescription.appointment):
        conceal(one, keeps=False)
    assert [opens(carer, one) for one in (prescription, repeat, letter)] == [True, True, True]


def test_the_end_holds_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    prescription = rx_signed()
    carer = helper(prescription.patient, Scope.PRESCRIPTIONS)
    end = Carer.objects.get().expires_at
    assert end
    assert opens(carer, prescription)
    monkeypatch.setattr(clock, "now", lambda: end)
    assert not opens(carer, prescription)


@pytest.mark.parametrize("scope", sorted(READING))
def test_whatever_opens_the_record_has_an_end(scope: Scope) -> None:
    carer: Carer = CarerFactory.create()
    terms = Terms(scopes=frozenset({scope}))
    with pytest.raises(Invalid) as refused:
        carer_change(actor=user_of(carer.patient), carer_id=carer.public_id, terms=terms)
    assert refused.value.code == "reading_ends"
    with pytest.raises(IntegrityError), transaction.atomic():
        Carer.objects.filter(pk=carer.pk).update(**{scope.value: True, "expires_at": None})


def test_a_carers_pages_show_what_they_may_and_the_log_that_it_was_a_carer() -> None:
    prescription = rx_signed()
    patient = prescription.patient
    document = added_by_doctor(patient=patient, title="Blood test")
    carer, client = helper(patient, Scope.PRESCRIPTIONS, Scope.DOCUMENTS), Client()
    client.force_login(carer, backend="accounts.backends.AccountBackend")
    record = client.get(reverse("records:cared_record", args=[patient.public_id])).content.decode()
    assert str(prescription.public_id) in record
    assert "Blood test" in record
    assert "Visit notes" not in record
    paths = [f"/prescriptions/{prescription.public_id}/", f"/records/documents/{document.public_id}/"]
    for page in (client.get(path).content.decode() for path in paths):
        assert f"This is the record of {patient.name}" in page
        assert "with a doctor" not in page
    for path in (f"{paths[0]}pdf/", f"{paths[1]}file/"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert b"".join(answer).startswith(b"%PDF")
    looks = Event.objects.filter(actor_id=carer.public_id, patient_id=patient.public_id)
    done = looks.order_by("pk").values_list("action", "data__capacity")
    assert list(done) == [
        ("record.viewed", "carer"),
        ("prescription.viewed", "carer"),
        ("prescription.downloaded", "carer"),
        ("document.downloaded", "carer"),
    ]
    own = Client()
    own.force_login(user_of(patient), backend="accounts.backends.AccountBackend")
    told = own.get(reverse("records:who_can_see")).content.decode()
    assert "Read and print prescriptions" in told
    assert "Read what doctors have written about visits" not in told


def test_a_carer_changes_nothing() -> None:
    prescription = rx_signed()
    document = added_by_doctor(patient=prescription.patient)
    carer, client = helper(prescription.patient, Scope.PRESCRIPTIONS, Scope.DOCUMENTS), Client()
    client.force_login(carer, backend="accounts.backends.AccountBackend")
    for path in (
        f"/prescriptions/{prescription.public_id}/cancel/",
        f"/prescriptions/{prescription.public_id}/repeat/",
        f"/records/documents/{document.public_id}/error/",
        f"/patients/{prescription.patient.public_id}/documents/add/",
        f"/health-record/share/prescription/{prescription.public_id}/",
    ):
        assert client.post(path, {"reason": "Because"}).status_code in {403, 404}, path
