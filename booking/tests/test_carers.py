"""What a carer's relation opens of a patient's appointments, for how long, and what it never opens."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Carer, Patient, User
from accounts.services import carer_leave, carer_revoke
from accounts.tests.factories import CarerFactory, PatientFactory, UserFactory
from audit.models import Event
from booking.models import Appointment
from booking.policies import can_answer, can_cancel, can_read_reason, can_share
from booking.selectors import appointments_visible_to
from booking.services import appointment_book, appointment_cancel, appointment_conceal
from booking.states import CancelReason
from booking.tests.factories import AppointmentFactory, bookable_doctor, next_slot_start
from booking.tests.steps import book, can_view, decide, mails_to, told, user_of
from booking.tests.views.pages import CANARY, confirm_path, key_on, text_of
from common import clock
from common.errors import Conflict, Forbidden, NotFound
from doctors.models import Doctor
from notifications.models import Message
from notifications.states import MessageStatus, Withheld

pytestmark = pytest.mark.django_db

LIST = reverse("booking:appointment_list")


@pytest.fixture
def doctor() -> Doctor:
    return bookable_doctor()


@pytest.fixture
def carer() -> Carer:
    made: Carer = CarerFactory.create()
    return made


def helper_of(carer: Carer) -> User:
    assert carer.user
    return carer.user


def book_for(doctor: Doctor, patient: Patient, actor: User, **more: object) -> Appointment:
    return appointment_book(
        actor=actor,
        patient_id=patient.public_id,
        visit_type_id=doctor.visit_types.get().public_id,
        location_id=doctor.locations.get().pk,
        start=next_slot_start(),
        reason=CANARY,
        **more,  # type: ignore[arg-type]
    )


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def path_of(appointment: Appointment) -> str:
    return reverse("booking:appointment_detail", args=[appointment.public_id])


def test_a_carer_sees_and_cancels_that_patients_and_no_others(doctor: Doctor, carer: Carer) -> None:
    helper, mine = helper_of(carer), book(doctor, patient=carer.patient)
    other = AppointmentFactory.create()
    assert list(appointments_visible_to(helper)) == [mine]
    assert can_view(helper, mine)
    assert can_cancel(helper, mine)
    for never in (can_share, can_answer, can_read_reason):
        assert not never(helper, mine)
    assert not can_view(helper, other)
    cancelled = appointment_cancel(actor=helper, appointment_id=mine.public_id)
    assert cancelled.cancel_reason == CancelReason.PATIENT
    event = Event.objects.get(action="appointment.cancelled")
    assert (event.actor_id, event.on_behalf_of_id) == (helper.public_id, carer.patient.public_id)


def test_who_may_only_see_neither_books_nor_cancels(doctor: Doctor) -> None:
    carer = CarerFactory.create(can_book=False)
    helper, mine = helper_of(carer), AppointmentFactory.create(patient=carer.patient)
    assert can_view(helper, mine)
    with pytest.raises(Forbidden):
        appointment_cancel(actor=helper, appointment_id=mine.public_id)
    with pytest.raises(NotFound):
        book_for(doctor, carer.patient, helper)


def test_a_patient_whom_nobody_helps_is_not_asked_to_keep_a_visit_from_them(carer: Carer) -> None:
    alone, helped = (AppointmentFactory.create(patient=one) for one in (PatientFactory.create(), carer.patient))
    offer, taken_back = "Keep it from those who help me", "Let them see it again"
    assert offer not in text_of(signed_in(user_of(alone.patient)).get(path_of(alone)))
    client = signed_in(user_of(helped.patient))
    assert offer in text_of(client.get(path_of(helped)))
    appointment_conceal(actor=user_of(helped.patient), appointment_id=helped.public_id, is_confidential=True)
    carer_revoke(actor=user_of(carer.patient), carer_id=carer.public_id)
    assert taken_back in text_of(client.get(path_of(helped)))


@pytest.mark.parametrize("by", ["revoked", "left", "expired", "closed"])
def test_the_end_of_the_relation_closes_all_at_the_next_request(doctor: Doctor, carer: Carer, by: str) -> None:
    helper, mine = helper_of(carer), AppointmentFactory.create(patient=carer.patient)
    client = signed_in(helper)
    assert client.get(path_of(mine)).status_code == 200
    if by == "revoked":
        carer_revoke(actor=user_of(carer.patient), carer_id=carer.public_id)
    elif by == "left":
        carer_leave(actor=helper, carer_id=carer.public_id)
    elif by == "expired":
        Carer.objects.update(expires_at=clock.now())
    else:
        User.objects.filter(pk=helper.pk).update(is_active=False)
    gone, nobodys = client.get(path_of(mine)), client.get(f"/appointments/{uuid4()}/")
    assert gone.status_code == nobodys.status_code == (302 if by == "closed" else 404)
    assert client.post(f"{path_of(mine)}cancel/").status_code == gone.status_code
    assert str(mine.public_id) not in client.get(LIST).content.decode()
    if by != "closed":
        with pytest.raises(NotFound):
            book_for(doctor, carer.patient, helper)


def test_booking_for_somebody_tells_both_and_says_for_whom(doctor: Doctor, carer: Carer) -> None:
    helper = helper_of(carer)
    appointment = book_for(doctor, carer.patient, helper)
    assert appointment.booked_by == helper
    event = Event.objects.get(action="appointment.booked")
    assert (event.actor_id, event.on_behalf_of_id) == (helper.public_id, carer.patient.public_id)
    assert told(helper) == told(carer.patient) == ["appointment_booked"]
    assert Message.objects.get(user=helper).facts["for_carer"]
    carer_revoke(actor=user_of(carer.patient), carer_id=carer.public_id)
    appointment_cancel(actor=user_of(doctor), appointment_id=appointment.public_id)
    assert told(helper) == ["appointment_booked", "carer_ended"]


@pytest.mark.parametrize("by", ["revoked", "expired", "confidential"])
def test_what_waits_for_a_carer_is_not_sent_once_it_is_no_more_theirs_to_know(
    doctor: Doctor, carer: Carer, by: str
) -> None:
    helper = helper_of(carer)
    appointment = book_for(doctor, carer.patient, helper)
    if by == "revoked":
        carer_revoke(actor=user_of(carer.patient), carer_id=carer.public_id)
    elif by == "expired":
        Carer.objects.update(expires_at=clock.now())
    else:
        Appointment.objects.update(is_confidential=True)
    assert [mail for mail in mails_to(helper) if appointment.reference in mail.body] == []
    withheld = Message.objects.get(user=helper, kind="appointment_booked")
    assert (withheld.status, withheld.last_error) == (MessageStatus.WITHHELD, Withheld.NOT_THEIRS)
    [own] = mails_to(carer.patient) if by != "revoked" else mails_to(carer.patient)[:1]
    assert appointment.reference in own.body


def test_booking_for_oneself_names_nobody_else(doctor: Doctor) -> None:
    book(doctor)
    assert Event.objects.get(action="appointment.booked").on_behalf_of_id is None


def test_a_doctor_does_not_book_whom_they_help_with_themselves(doctor: Doctor) -> None:
    carer = CarerFactory.create(user=user_of(doctor))
    with pytest.raises(Conflict) as refused:
        book_for(doctor, carer.patient, user_of(doctor))
    assert refused.value.code == "own_doctor"


def test_the_page_asks_for_whom_only_who_helps_somebody(doctor: Doctor, carer: Carer) -> None:
    question, path = "Who is this visit for?", confirm_path(doctor)
    alone = PatientFactory.create()
    CarerFactory.create(user=user_of(alone), can_book=False)
    assert question not in text_of(signed_in(user_of(alone)).get(path))
    # Without a profile of their own there is one person whom it can be for.
    helper = helper_of(carer)
    shown = text_of(signed_in(helper).get(path))
    assert question not in shown
    assert carer.patient.name in shown
    own = PatientFactory.create(user=helper, given_name="Ada", family_name="Reid")
    shown = text_of(signed_in(User.objects.get(pk=helper.pk)).get(path))
    assert question in shown
    assert f"Me, {own.name}" in shown
    assert signed_in(UserFactory.create()).get(path).status_code == 302


def test_who_it_is_for_has_to_be_chosen_among_those_whom_one_may_book_for(doctor: Doctor, carer: Carer) -> None:
    helper, path = helper_of(carer), confirm_path(doctor)
    PatientFactory.create(user=helper)
    stranger = PatientFactory.create()
    client = signed_in(User.objects.get(pk=helper.pk))
    for chosen in ("", str(stranger.public_id), "x"):
        answer = client.post(path, {"patient": chosen, "reason": "typed", "idempotency_key": ""})
        assert answer.status_code == 422
        assert "typed" in answer.content.decode()
    assert not Appointment.objects.exists()
    typed = {"patient": str(carer.patient.public_id), "reason": CANARY, "idempotency_key": key_on(client.get(path))}
    first, second = client.post(path, typed), client.post(path, typed)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert Appointment.objects.get().patient == carer.patient
    assert CANARY not in client.get(first["Location"]).content.decode()


def test_a_time_that_one_of_them_has_can_be_booked_for_another(doctor: Doctor, carer: Carer) -> None:
    helper = helper_of(carer)
    own = PatientFactory.create(user=helper)
    AppointmentFactory.create(patient=carer.patient)
    client, path = signed_in(User.objects.get(pk=helper.pk)), confirm_path(doctor)
    answer = client.post(path, {"patient": str(carer.patient.public_id), "reason": "", "idempotency_key": ""})
    assert answer.status_code == 409
    assert f"{carer.patient.name} already has an appointment at that time" in text_of(answer)
    answer = client.post(path, {"patient": str(own.public_id), "reason": "", "idempotency_key": ""})
    assert answer.status_code == 302


def test_coming_back_after_booking_for_one_of_them_shows_what_is_booked(doctor: Doctor, carer: Carer) -> None:
    helper = helper_of(carer)
    own = PatientFactory.create(user=helper)
    client, path = signed_in(User.objects.get(pk=helper.pk)), confirm_path(doctor)
    typed = {"patient": str(own.public_id), "reason": "", "idempotency_key": key_on(client.get(path))}
    assert client.post(path, typed).status_code == 302
    answer = client.get(path)
    assert answer.status_code == 409
    assert "You have booked this time already" in text_of(answer)
    assert "Confirm booking" not in text_of(answer)


def test_my_appointments_say_whose_they_are(carer: Carer) -> None:
    helper = helper_of(carer)
    ahead = AppointmentFactory.create(patient=carer.patient)
    AppointmentFactory.create(patient=carer.patient, start=next_slot_start(days_ahead=-3))
    page = signed_in(helper).get(LIST)
    assert page.context["shared"] == [ahead]
    assert text_of(page).count(f"For {carer.patient.name}") == 2


def test_lists_cost_the_same_however_many_one_helps() -> None:
    helper = UserFactory.create()

    def statements() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert signed_in(helper).get(LIST).status_code == 200
        return len(caught)

    def visits(number: int) -> None:
        for day in range(number):
            AppointmentFactory.create(
                patient=CarerFactory.create(user=helper).patient, start=next_slot_start(days_ahead=1 + day)
            )

    visits(2)
    statements()
    few = statements()
    visits(6)
    assert statements() == few


def test_a_carer_comes_into_nothing_else_of_the_patients(doctor: Doctor, carer: Carer) -> None:
    client = signed_in(helper_of(carer))
    mine = AppointmentFactory.create(patient=carer.patient)
    assert client.post(f"{path_of(mine)}share/", {"email": "x@example.org"}).status_code == 403
    assert client.post(f"/my-day/appointments/{mine.public_id}/approve/").status_code == 403
    assert client.get("/my-day/").status_code == 403
    for path in (f"/account/carers/{carer.public_id}/change/", f"/account/carers/{carer.public_id}/revoke/"):
        assert client.post(path).status_code in (302, 404)
    carer.refresh_from_db()
    assert carer.state == "accepted"
    other = CarerFactory.create(expires_at=clock.now() + timedelta(days=1))
    assert client.get(path_of(AppointmentFactory.create(patient=other.patient))).status_code == 404


@pytest.mark.parametrize("can_pay", [True, False])
def test_a_carer_is_asked_to_pay_only_where_they_may(*, can_pay: bool) -> None:
    decide(pay_at_clinic=False)
    carer = CarerFactory.create(can_pay=can_pay)
    book_for(bookable_doctor(price_minor=4500), carer.patient, helper_of(carer))
    [theirs], [own] = mails_to(helper_of(carer)), mails_to(carer.patient)
    assert ("Pay to confirm" in theirs.subject, "Pay and confirm" in theirs.body) == (can_pay, can_pay)
    assert ("You cannot pay for it" in theirs.body) is not can_pay
    assert "Pay to confirm" in own.subject
