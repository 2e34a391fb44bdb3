"""Each look of a doctor at a list of a record has an event of its own, and stands where its patient reads it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Patient, User
from audit.models import Event
from booking.tests.factories import bookable_doctor
from booking.tests.steps import user_of
from records.models import Prescription
from records.services import record_share
from records.tests.document_steps import added
from records.tests.prescribing import allergic, prescriber, rx_draft, rx_signed
from records.tests.steps import visit

pytestmark = pytest.mark.django_db
LISTED = ("allergy.listed", "prescription.listed", "document.listed")


def browser(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def looks(patient: Patient) -> list[str]:
    events = Event.objects.filter(patient_id=patient.public_id, action__in=LISTED).order_by("pk")
    return list(events.values_list("action", flat=True))


def told(patient: Patient) -> str:
    """The patient's page "Who looked at my record"."""
    return browser(user_of(patient)).get("/account/record-access/?looks=1").content.decode()


@pytest.fixture
def draft() -> Prescription:
    made = rx_draft()
    allergic(made.patient, "Latex")
    return made


@pytest.mark.parametrize("name", ["prescription_edit", "prescription_allergies"])
def test_the_doctor_who_prescribes_looks_at_allergies(draft: Prescription, name: str) -> None:
    path = reverse(f"records:{name}", args=[draft.public_id])
    assert "Latex" in browser(prescriber(draft)).get(path).content.decode()
    assert looks(draft.patient) == ["allergy.listed"]
    assert Event.objects.get(action="allergy.listed").data == {"capacity": "doctor"}
    assert "Looked at the allergies" in told(draft.patient)


def test_what_is_shown_again_after_a_mistake_is_told_too(draft: Prescription) -> None:
    path = reverse("records:prescription_allergies", args=[draft.public_id])
    assert browser(prescriber(draft)).post(path, {"substance": ""}).status_code == 422
    assert looks(draft.patient) == ["allergy.listed"]


def test_a_visits_prescriptions_show_allergies_and_medicines() -> None:
    signed = rx_signed()
    path = reverse("records:visit_prescriptions", args=[visit(patient=signed.patient).public_id])
    assert browser(user_of(signed.patient.appointments.latest("pk").doctor)).get(path).status_code == 200
    assert sorted(looks(signed.patient)) == ["allergy.listed", "prescription.listed"]
    assert "Looked at the medicines that are prescribed now" in told(signed.patient)


def test_a_doctor_with_whom_the_record_is_shared_looks_at_the_list_of_documents() -> None:
    document, reader = added(title="Blood test"), bookable_doctor()
    path = reverse("records:patient_documents", args=[document.patient.public_id])
    assert browser(user_of(reader)).get(path).status_code == 404
    assert looks(document.patient) == []
    record_share(actor=user_of(document.patient), doctor_id=reader.public_id)
    assert "Blood test" in browser(user_of(reader)).get(path).content.decode()
    assert looks(document.patient) == ["document.listed"]
    assert "Looked at the list of documents" in told(document.patient)


def test_patients_who_look_at_their_own_leave_no_trace(draft: Prescription) -> None:
    own = browser(user_of(draft.patient))
    for name in ("allergies", "documents", "prescriptions"):
        assert own.get(reverse(f"records:{name}")).status_code == 200
    assert looks(draft.patient) == []
