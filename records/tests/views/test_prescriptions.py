"""The pages of prescriptions: the doctor's form and its buttons, signing, changing, and what the patient reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Patient
from audit.models import Event
from booking.tests.steps import user_of
from doctors.models import Location
from records import services
from records.models import Allergy, Prescription
from records.selectors import reading_of
from records.tests.prescribing import (
    AMOXICILLIN,
    DIAZEPAM,
    allergic,
    behind_its_back,
    items,
    prescriber,
    read,
    rx_draft,
    rx_save,
    rx_sign,
    rx_signed,
    seen,
)
from records.tests.steps import visit
from records.tests.views.prescription_pages import SignIn, page, stored, text_of, typed

pytestmark = pytest.mark.django_db


def test_begun_from_a_visit(sign_in: SignIn) -> None:
    appointment = visit()
    allergic(appointment.patient, "Latex")
    client = sign_in(appointment.doctor)
    path = reverse("records:visit_prescriptions", args=[appointment.public_id])
    assert "Latex" in text_of(client.get(path))
    response = client.post(path)
    begun = Prescription.objects.get()
    assert response["Location"] == page("_edit", begun)
    edit = text_of(client.get(response["Location"]))
    assert 'list="drugs"' in edit
    assert "Amoxicillin" in edit
    assert "Morphine" not in edit
    assert sign_in(appointment.patient).get(path).status_code == 403


def test_medicines_are_added_and_taken_out_by_buttons(at_work: Callable[[Prescription], Client]) -> None:
    prescription = rx_draft()
    client, path = at_work(prescription), page("_edit", prescription)
    added = client.post(path, typed(AMOXICILLIN, version=1, add="yes"))
    assert added["Location"].endswith("?add=1#add")
    assert text_of(client.get(added["Location"].split("#")[0])).count("<fieldset") == 2
    client.post(path, typed(AMOXICILLIN, DIAZEPAM, version=1, save="yes"))
    assert stored(prescription) == items(AMOXICILLIN, DIAZEPAM)
    client.post(path, typed(AMOXICILLIN, DIAZEPAM, version=2, remove="0"))
    assert stored(prescription) == items(DIAZEPAM)


def test_what_is_wrong_stands_beside_its_field_and_all_that_was_typed_stays(
    at_work: Callable[[Prescription], Client],
) -> None:
    prescription = rx_draft()
    wrong = {**DIAZEPAM, "quantity": "many", "instructions": "canarykept"}
    response = at_work(prescription).post(page("_edit", prescription), typed(AMOXICILLIN, wrong, version=1))
    assert response.status_code == 422
    shown = text_of(response)
    assert "Medicine 2, quantity: Enter a whole number." in shown
    assert "canarykept" in shown
    # Taken out, it is in the way of nothing; what stays keeps its place in the form.
    wrong_first = typed(wrong, AMOXICILLIN, {**AMOXICILLIN, "quantity": "x"}, version=1, remove="0")
    again = at_work(prescription).post(page("_edit", prescription), wrong_first)
    assert 'name="count" value="3"' in text_of(again)
    assert "canarykept" not in text_of(again)


@pytest.mark.parametrize("change", [{"version": "x"}, {"count": "99"}, {"count": ""}, {"version": ""}])
def test_a_form_without_its_sums_is_refused_and_changes_nothing(
    at_work: Callable[[Prescription], Client], change: dict[str, str]
) -> None:
    prescription = rx_draft()
    body = {**typed(DIAZEPAM, version=1), **change}
    assert at_work(prescription).post(page("_edit", prescription), body).status_code == 422
    assert stored(prescription) == items()


def test_two_windows_and_which_to_keep(at_work: Callable[[Prescription], Client]) -> None:
    prescription = rx_draft()
    rx_save(prescription, AMOXICILLIN, AMOXICILLIN)
    client, path = at_work(prescription), page("_edit", prescription)
    clash = client.post(path, typed(DIAZEPAM, version=1))
    assert clash.status_code == 409
    assert "Nothing was overwritten" in text_of(clash)
    assert 'name="keep" value="2"' in text_of(clash)
    client.post(path, typed(DIAZEPAM, version=1, keep="2"))
    assert stored(prescription) == items(DIAZEPAM)


def test_signing_shows_what_is_refused_and_what_is_missing(at_work: Callable[[Prescription], Client]) -> None:
    prescription = rx_draft(None, {**AMOXICILLIN, "drug": "Morphine"})
    Patient.objects.filter(pk=prescription.patient_id).update(address="")
    client, path = at_work(prescription), page("_sign", prescription)
    response = client.post(path, {"version": 1})
    assert response.status_code == 422
    assert "Schedule 2" in text_of(response)
    rx_save(prescription, AMOXICILLIN)
    response = client.post(path, {"version": 2})
    assert response.status_code == 409
    assert page("_address", prescription) in text_of(response)
    wrong = client.post(page("_address", prescription), {"address": " "})
    assert wrong.status_code == 422
    given = client.post(page("_address", prescription), {"address": "1 New Street\nBath"})
    assert given["Location"] == path
    read_on_page = {"version": 2, "particulars": read(prescription)}
    assert client.post(path, read_on_page)["Location"] == page("", prescription)
    assert "1 New Street" in text_of(client.get(page("", prescription)))


def test_warnings_are_ticked_before_it_is_signed(at_work: Callable[[Prescription], Client]) -> None:
    prescription = rx_draft()
    allergic(prescription.patient, "penicillin", "swelling")
    client, path = at_work(prescription), page("_sign", prescription)
    assert "swelling" in text_of(client.get(path))
    assert client.post(path, {"version": 1}).status_code == 422
    told = {"version": 1, "particulars": read(prescription), "warnings_seen": "on", "warnings": seen(prescription)}
    allergic(prescription.patient, "amoxicillin", "canaryreaction")
    others = client.post(path, told)
    assert others.status_code == 409
    assert "canaryreaction" in text_of(others)
    assert "checked" not in text_of(others)
    assert f'value="{seen(prescription)}"' in text_of(others)
    assert client.post(path, {**told, "warnings": seen(prescription)}).status_code == 302


def test_an_address_that_the_page_did_not_show_is_not_signed(at_work: Callable[[Prescription], Client]) -> None:
    prescription = rx_draft()
    client, path = at_work(prescription), page("_sign", prescription)
    told: dict[str, Any] = {"version": 1, "particulars": read(prescription)}
    assert told["particulars"] in text_of(client.get(path))
    assert prescription.appointment
    place = Location.objects.filter(pk=prescription.appointment.location_id)
    place.update(street="9 Moved Lane", phone="01225 000111")
    refused = client.post(path, told)
    assert refused.status_code == 409
    for words in ("9 Moved Lane", "01225 000111", read(prescription)):
        assert words in text_of(refused)
    assert Prescription.objects.get().status == "draft"
    assert client.post(path, {"version": 1, "particulars": read(prescription)}).status_code == 302
    signed = reading_of(Prescription.objects.get()).signed
    assert signed
    assert "9 Moved Lane" in signed.prescriber["address"]


def test_a_stale_page_signs_nothing(at_work: Callable[[Prescription], Client]) -> None:
    prescription = rx_draft()
    rx_save(prescription, DIAZEPAM)
    response = at_work(prescription).post(page("_sign", prescription), {"version": 1})
    assert response.status_code == 409
    assert 'value="2"' in text_of(response)
    assert Prescription.objects.get().status == "draft"


@pytest.mark.parametrize(
    ("do", "status"),
    [("hold", "on-hold"), ("cancel", "cancelled"), ("stop", "stopped"), ("error", "entered-in-error")],
)
def test_changed_with_a_reason_that_the_patient_reads(sign_in: SignIn, do: str, status: str) -> None:
    prescription = rx_signed()
    client, path = sign_in(prescription.doctor), page(f"_{do}", prescription)
    asked = client.get(path)
    assert asked.status_code == 200
    assert ("The patient reads this." in text_of(asked)) is (do != "error")
    assert client.post(path, {"reason": " "}).status_code == 422
    client.post(path, {"reason": "canaryreason"})
    prescription.refresh_from_db()
    assert (prescription.status, prescription.reason) == (status, "canaryreason")
    shown = text_of(sign_in(prescription.patient).get(page("", prescription)))
    assert ("canaryreason" in shown) is (do != "error")
    assert ("Amoxicillin" in shown) is (do != "error")
    # Too late for another.
    other = "cancel" if do == "error" else "error" if do == "hold" else "hold"
    answer = client.post(page(f"_{other}", prescription), {"reason": "Too late"})
    assert answer.status_code == (302 if other == "error" else 409)


def test_resumed_and_dispensed_by_a_button(at_work: Callable[[Prescription], Client]) -> None:
    prescription = rx_signed()
    client = at_work(prescription)
    services.prescription_hold(actor=prescriber(prescription), prescription_id=prescription.public_id, reason="Wait")
    assert client.post(page("_complete", prescription)).status_code == 409
    client.post(page("_resume", prescription))
    client.post(page("_complete", prescription))
    prescription.refresh_from_db()
    assert prescription.status == "completed"


def test_replaced_by_a_draft_with_what_it_says(sign_in: SignIn) -> None:
    prescription = rx_signed()
    client = sign_in(prescription.doctor)
    response = client.post(page("_replace", prescription), {"reason": "Another dose"})
    draft = Prescription.objects.get(status="draft")
    assert response["Location"] == page("_edit", draft)
    assert draft.replaces == prescription
    assert stored(draft) == items()
    prescription.refresh_from_db()
    assert prescription.status == "cancelled"
    assert page("_edit", draft) in text_of(client.get(page("", prescription)))
    assert page("_edit", draft) not in text_of(sign_in(prescription.patient).get(page("", prescription)))


def test_repeated_by_a_button(at_work: Callable[[Prescription], Client]) -> None:
    prescription = rx_signed()
    response = at_work(prescription).post(page("_repeat", prescription))
    assert response["Location"] == page("_edit", Prescription.objects.get(status="draft"))


def test_a_look_stands_in_the_log_and_a_patients_own_does_not(sign_in: SignIn) -> None:
    prescription = rx_signed()
    colleague = visit(patient=prescription.patient).doctor
    for person in (prescription.patient, colleague, prescription.doctor):
        assert "Amoxicillin" in text_of(sign_in(person).get(page("", prescription)))
    seen = Event.objects.filter(action="prescription.viewed").values_list("actor_id", flat=True)
    assert set(seen) == {user_of(colleague).public_id, user_of(prescription.doctor).public_id}


def test_a_changed_one_is_shown_as_such_and_not_its_text(sign_in: SignIn) -> None:
    prescription = rx_signed()
    behind_its_back("UPDATE records_prescriptionsignature SET signed_at = signed_at + interval '1 second'")
    for person in (prescription.patient, prescription.doctor):
        shown = text_of(sign_in(person).get(page("", prescription)))
        assert "not as it was signed" in shown
        assert "Valid" not in shown
        assert "Amoxicillin" not in shown


def test_what_was_changed_since_is_neither_dispensed_nor_made_valid_again(
    at_work: Callable[[Prescription], Client], sign_in: SignIn
) -> None:
    prescription = rx_signed()
    client = at_work(prescription)
    behind_its_back("UPDATE records_prescriptionsignature SET signed_at = signed_at + interval '1 second'")
    for verb in ("_complete", "_resume"):
        refused = client.post(page(verb, prescription))
        assert refused.status_code == 409
        assert "not as it was signed" in text_of(refused)
    overview = text_of(sign_in(prescription.patient).get("/health-record/"))
    assert "Do not rely on it" in overview
    assert "valid until" not in overview

    assert "Cancel and replace" not in text_of(client.get(page("", prescription)))
    client.post(page("_hold", prescription), {"reason": "Asked the pharmacy first"})
    assert "Make it valid again" not in text_of(client.get(page("", prescription)))
    client.post(page("_resume", prescription))
    prescription.refresh_from_db()
    assert prescription.status == "on-hold"
    client.post(page("_stop", prescription), {"reason": "It was changed"})
    prescription.refresh_from_db()
    assert prescription.status == "stopped"


def test_lists_are_ones_own_by_pages(sign_in: SignIn) -> None:
    first = rx_signed()
    for _ in range(11):
        rx_sign(rx_draft(visit(patient=first.patient)), warnings_seen=True)
    rx_signed()
    client = sign_in(first.patient)
    shown = text_of(client.get(reverse("records:prescriptions")))
    assert shown.count("stretched link") == 10
    assert "?before=" in shown
    before = shown.split("?before=")[1][:36]
    assert text_of(client.get(reverse("records:prescriptions"), {"before": before})).count("stretched link") == 2
    assert text_of(sign_in(first.doctor).get(reverse("records:prescriptions_written"))).count("stretched link") == 1


def test_patients_keep_their_allergies(sign_in: SignIn) -> None:
    patient = visit().patient
    client, path = sign_in(patient), reverse("records:allergies")
    assert "None recorded" in text_of(client.get(path))
    assert client.post(path, {"substance": ""}).status_code == 422
    client.post(path, {"substance": "Latex", "reaction": "Rash"})
    allergy = Allergy.objects.get()
    assert "Latex" in text_of(client.get(path))
    client.post(reverse("records:allergy_end", args=[allergy.public_id]))
    assert "None recorded" in text_of(client.get(path))


def test_doctors_keep_the_allergies_of_whom_they_prescribe_to(at_work: Callable[[Prescription], Client]) -> None:
    prescription = rx_draft()
    client, path = at_work(prescription), page("_allergies", prescription)
    client.post(path, {"substance": "Penicillin"})
    assert "Penicillin" in text_of(client.get(page("_edit", prescription)))
    client.post(path, {"end": str(Allergy.objects.get().public_id)})
    assert "None recorded" in text_of(client.get(path))
