"""What happened to an object, on the pages of those who may see it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import UserFactory
from audit.selectors import detail_of, timeline_of
from audit.services import event_record
from audit.templatetags.audit_log import event_timeline
from billing.tests.factories import PaymentFactory
from booking.models import Appointment
from booking.selectors import about_appointment
from booking.tests.factories import AppointmentFactory
from booking.tests.steps import user_of
from notifications.kinds import Kind
from notifications.models import Message
from notifications.tests.factories import MessageFactory
from records.tests.prescribing import addressed, rx_signed
from records.tests.steps import visit
from verification.selectors import about_case, timeline
from verification.services import case_claim, case_reject
from verification.states import Status
from verification.tests.factories import case_in, officer
from verification.tests.steps import own_case
from verification.tests.views.desk import page_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def appointment() -> Appointment:
    appointment = AppointmentFactory.create()
    actor = UserFactory.create(first_name="Nia", last_name="Ford")
    event_record("appointment.booked", appointment, actor=actor, after="booked")
    event_record("appointment.cancelled", appointment, actor=None, before="booked", after="cancelled")
    event_record("appointment.booked", AppointmentFactory.create(), actor=actor)
    return appointment


def page(person: User, appointment: Appointment) -> str:
    browser = Client()
    browser.force_login(person)
    answer = browser.get(reverse("booking:appointment_detail", args=[appointment.public_id]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_holds_the_objects_own_events_newest_first(appointment: Appointment) -> None:
    assert [(one.what, one.who, one.detail) for one in timeline_of(appointment)] == [
        ("Cancelled the appointment", "The system", "from booked to cancelled"),
        ("Booked the appointment", "Nia Ford", "to booked"),
    ]


def test_looks_do_not_push_out_what_happened(appointment: Appointment) -> None:
    doctor, colleague = (UserFactory.create(first_name=name, last_name="Ford") for name in ("Ann", "Bea"))
    for actor in (doctor, colleague, doctor, doctor):
        event_record("appointment.viewed", appointment, actor=actor)
    told = timeline_of(appointment, limit=4)
    assert [(one.what, one.who, one.is_look) for one in told] == [
        ("Looked at the appointment", "Ann Ford", True),
        ("Looked at the appointment", "Bea Ford", True),
        ("Cancelled the appointment", "The system", False),
        ("Booked the appointment", "Nia Ford", False),
    ]


@pytest.mark.parametrize("look", ["page", "admin"])
def test_each_look_says_who_and_what_by_the_clinics_clock(appointment: Appointment, look: str) -> None:
    text = event_timeline(appointment, look)
    assert all(word in text for word in ("Nia Ford", "Cancelled the appointment"))
    # The words of the machine are for those who look into the log.
    assert ("booked to cancelled" in text) is (look == "admin")
    assert "GMT" in text or "BST" in text


@pytest.mark.parametrize("look", ["page", "admin"])
def test_what_has_no_events_says_so(look: str) -> None:
    assert "Nothing has happened yet." in event_timeline(AppointmentFactory.create(), look)


def test_the_doctor_sees_it_and_the_patient_does_not(appointment: Appointment) -> None:
    doctor = UserFactory.create(roles=[Role.DOCTOR])
    appointment.doctor.user = doctor
    appointment.doctor.save()
    told = MessageFactory(about=about_appointment(appointment))
    shown = page(doctor, appointment)
    assert "Nia Ford" in shown
    assert "Appointment booked, email to the patient" in shown
    assert told.email not in shown
    for word in ("Nia Ford", "Who was told"):
        assert word not in page(user_of(appointment.patient), appointment)


def test_details_are_words() -> None:
    said = detail_of({"reason": "hold-expired", "late": True, "before": "", "filters": ["since", "object_type"]})
    assert said == "reason: hold-expired; late: yes; filters: since, object type"
    assert detail_of({}) == ""
    assert detail_of({"case": "2469f287-d12b-4891-9a27-c552981aab10"}) == "case: 2469f287"


NAMELESS = {"first_name": "", "last_name": "", "email": "canary@example.org"}


@pytest.mark.parametrize("look", ["page", "admin"])
def test_somebody_without_a_name_is_not_called_by_their_address(appointment: Appointment, look: str) -> None:
    event_record("appointment.moved", appointment, actor=UserFactory.create(**NAMELESS))
    text = event_timeline(appointment, look)
    assert "An account without a name" in text
    assert "canary@" not in text


def test_on_whose_behalf_is_not_told_by_an_address_either(appointment: Appointment) -> None:
    actor = UserFactory.create(first_name="Nia", last_name="Ford")
    event_record("appointment.moved", appointment, actor=actor, on_behalf_of=UserFactory.create(**NAMELESS))
    assert timeline_of(appointment)[0].helped == "An account without a name"


def test_the_timeline_of_a_verification_tells_no_address_to_officers() -> None:
    case = case_in(Status.PENDING)
    event_record("verification.claimed", case, actor=UserFactory.create(**NAMELESS))
    names = [entry.who for entry in timeline(case)]
    assert "An account without a name" in names
    assert not any("@" in name for name in names)


def test_control_the_audit_log_names_the_address_to_an_auditor_and_opens_to_nobody_else(
    appointment: Appointment,
) -> None:
    event_record("appointment.moved", appointment, actor=UserFactory.create(**NAMELESS))
    browser = Client()
    browser.force_login(UserFactory.create(roles=[Role.AUDITOR]))
    assert "canary@example.org" in browser.get("/admin/audit/").content.decode()
    browser.force_login(UserFactory.create(roles=[Role.VERIFICATION_OFFICER]))
    answer = browser.get("/admin/audit/")
    assert answer.status_code in {302, 403}
    assert "canary@" not in answer.content.decode()


def _page(person: User, address: str) -> str:
    browser = Client()
    browser.force_login(person, backend="accounts.backends.AccountBackend")
    return browser.get(address).content.decode()


def test_officers_of_money_see_who_was_told_of_a_payment_and_nothing_else_of_the_visit() -> None:
    payment = PaymentFactory.create()
    about = about_appointment(payment.appointment)
    for kind in ("payment_received", "appointment_booked"):
        MessageFactory(kind=kind, about=about)
    shown = _page(
        UserFactory.create(roles=[Role.BILLING_OFFICER]), reverse("billing_payment", args=[payment.public_id])
    )
    assert "Email to the patient" in shown
    assert Kind.PAYMENT_RECEIVED.label in shown
    assert f"<td>{Kind.APPOINTMENT_BOOKED.label}</td>" not in shown


def test_officers_see_of_a_case_what_its_doctor_was_told() -> None:
    actor, desk = officer(), officer()
    _doctor, case = own_case(Status.PENDING)
    case_claim(actor=actor, case_id=case.public_id)
    case_reject(actor=actor, case_id=case.public_id, reason="No cover.")
    message = Message.objects.get(kind="verification_rejected")
    shown = page_of(desk, case)
    assert message.about == about_case(case)
    assert f"<td>{Kind.VERIFICATION_REJECTED.label}</td>" in shown
    assert message.email not in shown.split("Who was told")[1]


def test_who_wrote_a_prescription_sees_that_the_patient_was_told_and_the_patient_sees_no_such_list() -> None:
    prescription = rx_signed(addressed(visit()))
    address = reverse("records:prescription", args=[prescription.public_id])
    assert "email to the patient" in _page(user_of(prescription.doctor), address)
    assert "Who was told" not in _page(user_of(prescription.patient), address)
