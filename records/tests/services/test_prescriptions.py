"""Drafting and signing: what a prescription needs, what is refused, and what the signature holds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction

from accounts.models import Patient
from accounts.tests.factories import PatientFactory, UserFactory
from audit.models import Event
from booking.states import Status as VisitStatus
from booking.tests.factories import bookable_doctor
from booking.tests.steps import user_of
from common import clock
from common.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from doctors.models import Doctor
from doctors.states import VerificationStatus
from notifications.models import Message
from records import services
from records.drug_list import shipped_drugs, shipped_schedule
from records.errors import StalePrescription
from records.models import Drug, Prescription, PrescriptionSignature
from records.prescription_content import from_text
from records.quantities import LARGEST
from records.selectors import drugs_to_prescribe, reading_of, schedule_of
from records.tests.prescribing import (
    ADDRESS,
    AMOXICILLIN,
    DIAZEPAM,
    addressed,
    at,
    bar,
    behind_its_back,
    items,
    prescriber,
    rx_draft,
    rx_save,
    rx_sign,
    rx_signed,
)
from records.tests.steps import other_byte, visit

pytestmark = pytest.mark.django_db


def refusal(error: pytest.ExceptionInfo[DomainError]) -> str:
    return error.value.code


def test_a_prescription_is_begun_once_a_visit_by_its_doctor() -> None:
    appointment = visit()
    begin = {"appointment_id": appointment.public_id}
    first = services.prescription_begin(actor=prescriber(appointment), **begin)
    assert services.prescription_begin(actor=prescriber(appointment), **begin) == first
    assert (first.status, first.patient, first.doctor) == ("draft", appointment.patient, appointment.doctor)
    with pytest.raises(Forbidden):
        services.prescription_begin(actor=user_of(appointment.patient), **begin)
    with pytest.raises(NotFound):
        services.prescription_begin(actor=user_of(bookable_doctor()), **begin)


@pytest.mark.parametrize(
    ("fields", "code"),
    [({"status": VisitStatus.NOSHOW}, "no_visit"), ({"start": "long ago"}, "not_treating")],
)
def test_no_prescription_from_a_visit_that_does_not_stand_or_is_long_ago(fields: dict[str, Any], code: str) -> None:
    if "start" in fields:
        fields = {"start": clock.now() - timedelta(days=100)}
    appointment = visit(**fields)
    with pytest.raises(DomainError) as refused:
        services.prescription_begin(actor=prescriber(appointment), appointment_id=appointment.public_id)
    assert refusal(refused) == code


def test_a_save_keeps_what_was_typed_and_refuses_what_is_stale() -> None:
    prescription = rx_draft()
    with pytest.raises(StalePrescription) as stale:
        rx_save(
            Prescription(pk=prescription.pk, public_id=prescription.public_id, doctor=prescription.doctor), DIAZEPAM
        )
    assert stale.value.stored == items(AMOXICILLIN)
    # The same again is no change.
    assert rx_save(prescription).draft_version == 1
    saved = rx_save(prescription, AMOXICILLIN, DIAZEPAM)
    assert from_text(Prescription.objects.get().draft) == items(AMOXICILLIN, DIAZEPAM)
    assert saved.draft_version == 2
    with pytest.raises(Invalid) as many:
        rx_save(saved, *[AMOXICILLIN] * 11)
    assert refusal(many) == "too_many"


@pytest.mark.parametrize("quantity", [-1, LARGEST + 1])
def test_a_quantity_that_no_words_can_say_is_not_saved(quantity: int) -> None:
    prescription = rx_draft()
    with pytest.raises(Invalid) as refused:
        rx_save(prescription, {**AMOXICILLIN, "quantity": quantity})
    assert refusal(refused) == "quantity"
    assert rx_sign(rx_save(prescription, {**AMOXICILLIN, "quantity": LARGEST})).status == "active"


def test_a_draft_that_is_thrown_away_is_kept_without_its_text() -> None:
    prescription = rx_draft()
    gone: dict[str, Any] = {"prescription_id": prescription.public_id, "version": 1}
    for _ in range(2):
        services.prescription_discard(actor=prescriber(prescription), **gone)
    prescription.refresh_from_db()
    assert (prescription.status, prescription.draft) == ("entered-in-error", "")
    with pytest.raises(Conflict):
        rx_sign(prescription)


def test_a_signature_holds_the_particulars_of_the_law() -> None:
    now = datetime(2027, 3, 3, 10, tzinfo=UTC)
    prescription = rx_draft()
    place = prescription.appointment.location if prescription.appointment else None
    assert place
    with at(now):
        visit(prescription.doctor, prescription.patient, start=now)
        rx_sign(prescription)
    prescription.refresh_from_db()
    assert (prescription.status, prescription.signed_at, prescription.draft) == ("active", now, "")
    assert prescription.valid_until == date(2027, 9, 2)
    reading = reading_of(prescription)
    assert reading.signed
    [item] = reading.signed.content.items
    assert item == items().items[0]
    assert item.quantity_told == "21 (twenty-one) capsules"
    assert reading.signed.prescriber == {
        "name": prescription.doctor.name,
        "kind": "Doctor",
        "gmc_number": prescription.doctor.gmc_number,
        "address": f"{place.name}, {place.address}",
        "phone": place.phone,
    }
    patient = prescription.patient
    assert reading.signed.patient == {
        "name": patient.name,
        "address": ADDRESS,
        "birth_date": patient.birth_date.isoformat(),
        "age": "",
    }


def test_the_patient_is_told_that_there_is_something_new_and_no_more() -> None:
    prescription = rx_signed()
    message = Message.objects.get(kind="record_new", user=prescription.patient.user)
    assert "Amoxicillin" not in str(message.facts)
    services.prescription_cancel(
        actor=prescriber(prescription), prescription_id=prescription.public_id, reason="canaryreason"
    )
    told = Message.objects.filter(kind="record_new", user=prescription.patient.user)
    assert told.count() == 2
    assert "canary" not in str([one.facts for one in told])


def test_signed_twice_it_is_signed_once() -> None:
    prescription = rx_draft()
    signed = rx_sign(prescription)
    assert rx_sign(prescription) == signed
    assert PrescriptionSignature.objects.count() == 1
    assert Event.objects.filter(action="prescription.signed").count() == 1
    with pytest.raises(Conflict) as refused:
        rx_save(signed, DIAZEPAM)
    assert refusal(refused) == "illegal_transition"


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("Cannabis", "Schedule 1"),
        ("Morphine", "Schedule 2"),
        ("methadone", "regulation 15"),
        ("Tramadol", "Schedule 3"),
        ("Pregabalin", "Misuse of Drugs Regulations 2001"),
    ],
)
def test_schedules_1_to_3_are_refused_with_the_rule(name: str, rule: str) -> None:
    prescription = rx_draft(None, AMOXICILLIN, {**AMOXICILLIN, "drug": name})
    with pytest.raises(Invalid) as refused:
        rx_sign(prescription)
    assert refusal(refused) == "controlled"
    assert rule in refused.value.message
    assert name.capitalize() in refused.value.message
    assert not PrescriptionSignature.objects.exists()


@pytest.mark.parametrize("field", ["strength", "form", "dose", "unit"])
def test_a_controlled_medicine_is_refused_wherever_it_is_written(field: str) -> None:
    prescription = rx_draft(None, {**AMOXICILLIN, field: "Morphine 10 mg"})
    with pytest.raises(Invalid) as refused:
        rx_sign(prescription)
    assert refusal(refused) == "controlled"


def test_no_edit_takes_a_shipped_medicine_out_of_its_schedule() -> None:
    Drug.objects.filter(name="Morphine").update(schedule=None)
    Drug.objects.create(name="Morphine sulfate (Brandname)", forms=["Tablets"])
    for name in ("Morphine", "Morphine sulfate (Brandname)"):
        assert schedule_of(Drug.objects.get(name=name)) == 2
        assert name not in drugs_to_prescribe()
    # A name that only sounds like it is another medicine.
    assert shipped_schedule("Dihydrocodeine") == 5
    assert shipped_schedule("Apomorphine") is None


def test_the_shipped_list_is_in_the_table_and_sound() -> None:
    shipped = {drug.name for drug in shipped_drugs()}
    assert set(Drug.objects.values_list("name", flat=True)) == shipped
    assert len(shipped) == len(shipped_drugs()) > 120
    assert "Amoxicillin" in drugs_to_prescribe()
    assert "Fentanyl" not in drugs_to_prescribe()


def test_schedule_4_is_valid_for_28_days() -> None:
    prescription = rx_signed(None, DIAZEPAM)
    assert prescription.signed_at
    assert prescription.valid_until == clock.clinic_day(prescription.signed_at) + timedelta(days=28)


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"drug": "Morphin"}, "not_listed", "Morphin"),
        ({"drug": ""}, "not_listed", "without a name"),
        ({"quantity": 0}, "incomplete", "quantity"),
        ({"dose": "", "strength": ""}, "incomplete", "strength, dose"),
    ],
)
def test_what_is_incomplete_is_not_signed(change: dict[str, Any], code: str, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        rx_signed(None, {**AMOXICILLIN, **change})
    assert refusal(refused) == code
    assert words in refused.value.message


def test_an_empty_one_is_not_signed() -> None:
    appointment = addressed(visit())
    begun = services.prescription_begin(actor=prescriber(appointment), appointment_id=appointment.public_id)
    with pytest.raises(Invalid) as refused:
        rx_sign(begun)
    assert refusal(refused) == "empty"


def test_a_missing_address_is_named_and_the_doctor_can_give_it_once() -> None:
    prescription = rx_draft()
    Patient.objects.filter(pk=prescription.patient_id).update(address="")
    with pytest.raises(Conflict) as refused:
        rx_sign(prescription)
    assert refused.value.data == {"missing": ["patient_address"]}
    give: dict[str, Any] = {"actor": prescriber(prescription), "prescription_id": prescription.public_id}
    with pytest.raises(Invalid):
        services.prescription_address_give(**give, address="  ")
    services.prescription_address_give(**give, address="1 New Street\r\n\r\nBath ")
    assert Patient.objects.get(pk=prescription.patient_id).address == "1 New Street\nBath"
    with pytest.raises(Forbidden):
        services.prescription_address_give(**give, address="Elsewhere")
    assert rx_sign(prescription).status == "active"


@pytest.mark.parametrize(
    "fields", [{"verification_status": VerificationStatus.PENDING}, {"is_active": False}, {"is_barred": True}]
)
def test_only_a_doctor_whose_verification_stands_signs(fields: dict[str, Any]) -> None:
    prescription = rx_draft()
    Doctor.objects.filter(pk=prescription.doctor_id).update(**fields)
    with pytest.raises((Forbidden, NotFound)):
        rx_sign(prescription)
    assert Prescription.objects.get().status == "draft"


def test_nobody_else_changes_or_signs_it() -> None:
    prescription = rx_signed()
    colleague = bookable_doctor()
    services.record_share(actor=user_of(prescription.patient), doctor_id=colleague.public_id)
    others = (
        (user_of(colleague), Forbidden),
        (user_of(prescription.patient), Forbidden),
        (UserFactory.create(), NotFound),
    )
    for person, refused in others:
        facts: dict[str, Any] = {"actor": person, "prescription_id": prescription.public_id}
        for call in (
            lambda facts=facts: services.prescription_sign(**facts, version=0, particulars_seen=""),
            lambda facts=facts: services.prescription_save(**facts, version=0, content=items()),
            lambda facts=facts: services.prescription_cancel(**facts, reason="No"),
            lambda facts=facts: services.prescription_hold(**facts, reason="No"),
            lambda facts=facts: services.prescription_complete(**facts),
            lambda facts=facts: services.prescription_replace(**facts, reason="No"),
            lambda facts=facts: services.prescription_enter_in_error(**facts, reason="No"),
        ):
            with pytest.raises(refused):
                call()
    assert Prescription.objects.get().status == "active"


def test_a_repeat_is_a_draft_of_ones_own_with_what_an_earlier_one_says() -> None:
    earlier = rx_signed(None, AMOXICILLIN, DIAZEPAM)
    colleague = visit(patient=earlier.patient).doctor
    repeat: dict[str, Any] = {"actor": user_of(colleague), "prescription_id": earlier.public_id}
    made = services.prescription_repeat(**repeat)
    assert services.prescription_repeat(**repeat) == made
    assert (made.doctor, made.patient, made.status) == (colleague, earlier.patient, "draft")
    assert from_text(made.draft) == items(AMOXICILLIN, DIAZEPAM)
    with pytest.raises(Conflict):
        services.prescription_repeat(actor=user_of(colleague), prescription_id=made.public_id)
    # One that no key opens any more is not gone on with, and stands in nobody's way.
    behind_its_back(f"UPDATE records_prescription SET draft = {other_byte('draft')} WHERE id = %s", made.pk)
    assert services.prescription_repeat(**repeat) != made
    with pytest.raises(Forbidden):
        services.prescription_repeat(actor=user_of(earlier.patient), prescription_id=earlier.public_id)
    bar(colleague)
    with pytest.raises(NotFound):
        services.prescription_repeat(**repeat)


def test_the_database_keeps_a_signature() -> None:
    prescription = rx_signed()
    for change in ("valid_until = valid_until + 1", "digest = repeat('0', 64)", "signed_by_id = signed_by_id + 1"):
        with pytest.raises((ProgrammingError, InternalError)), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE records_prescriptionsignature SET {change}")
    with pytest.raises((ProgrammingError, InternalError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM records_prescriptionsignature")
    with pytest.raises(IntegrityError), transaction.atomic():
        Prescription.objects.filter(pk=prescription.pk).update(signed_at=None)


def test_allergies_are_the_patients_and_their_doctors_to_record() -> None:
    patient: Patient = PatientFactory.create()
    doctor = visit(patient=patient).doctor
    theirs = services.allergy_record(actor=user_of(patient), patient=patient, substance=" Latex  gloves")
    assert theirs.substance == "Latex gloves"
    assert services.allergy_record(actor=user_of(patient), patient=patient, substance="latex gloves") == theirs
    by_doctor = services.allergy_record(actor=user_of(doctor), patient=patient, substance="Penicillin")
    with pytest.raises(Forbidden):
        services.allergy_record(actor=user_of(bookable_doctor()), patient=patient, substance="Nuts")
    with pytest.raises(Invalid):
        services.allergy_record(actor=user_of(patient), patient=patient, substance=" ")
    with pytest.raises(Forbidden):
        services.allergy_end(actor=user_of(patient), allergy_id=by_doctor.public_id)
    for stranger in (user_of(bookable_doctor()), user_of(PatientFactory.create())):
        with pytest.raises(NotFound):
            services.allergy_end(actor=stranger, allergy_id=theirs.public_id)
    for _ in range(2):
        services.allergy_end(actor=user_of(patient), allergy_id=theirs.public_id)
    services.allergy_end(actor=user_of(doctor), allergy_id=by_doctor.public_id)
    assert Event.objects.filter(action="allergy.ended").count() == 2
