from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import Carer, Patient, User
from accounts.tests.factories import CarerFactory, PatientFactory, UserFactory
from booking.models import Appointment
from booking.states import CancelReason, Status
from booking.tests.factories import AppointmentFactory, bookable_doctor, next_slot_start
from booking.tests.steps import book, decide, share, told, user_of
from common import clock
from doctors.models import Doctor
from doctors.states import VerificationStatus
from doctors.tests.factories import LocationFactory, VisitTypeFactory

pytestmark = pytest.mark.django_db

APPOINTMENTS = "/api/v1/appointments/"
PROBLEM = "application/problem+json"


@pytest.fixture
def doctor() -> Doctor:
    return bookable_doctor()


@pytest.fixture
def patient() -> Patient:
    made: Patient = PatientFactory.create()
    return made


@pytest.fixture
def api(patient: Patient) -> APIClient:
    return signed_in(user_of(patient))


def signed_in(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


def order(doctor: Doctor, starts: datetime | None = None, /, **more: Any) -> dict[str, Any]:
    """A body that books tomorrow at ten."""
    return {
        "visit_type": str(doctor.visit_types.get().public_id),
        "location": doctor.locations.get().slug,
        "start": (starts or next_slot_start()).isoformat(),
        **more,
    }


def send(api: APIClient, body: dict[str, Any], key: str | None = None) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return api.post(APPOINTMENTS, body, format="json", headers=headers)


def statements(taken: CaptureQueriesContext) -> list[str]:
    """Those of the work itself, without the throttle's."""
    return [row["sql"] for row in taken.captured_queries if "tally" not in row["sql"] and "SAVEPOINT" not in row["sql"]]


def slots_path(doctor: Doctor) -> str:
    return f"/api/v1/doctors/{doctor.slug}/slots/"


# Slots


def test_slots_are_open_to_anybody_and_name_what_a_booking_asks_for(doctor: Doctor, api: APIClient) -> None:
    query = {"visit_type": str(doctor.visit_types.get().public_id)}
    slots = APIClient().get(slots_path(doctor), query).json()
    assert len({slot["start"][:10] for slot in slots}) >= 13
    assert {(slot["location"], slot["zone"]) for slot in slots} == {(doctor.locations.get().slug, "Europe/London")}
    wanted = next(slot for slot in slots if datetime.fromisoformat(slot["start"]) == next_slot_start())
    body = {**query, "location": wanted["location"], "start": wanted["start"]}
    assert send(api, body).status_code == 201
    assert wanted not in APIClient().get(slots_path(doctor), query).json()


def test_slots_of_some_days(doctor: Doctor) -> None:
    first = next_slot_start(days_ahead=3).astimezone(clock.clinic_zone()).date()
    query = {"visit_type": str(doctor.visit_types.get().public_id), "first_day": first.isoformat(), "days": "1"}
    slots = APIClient().get(slots_path(doctor), query).json()
    assert len(slots) == 16
    assert datetime.fromisoformat(slots[0]["start"]).date() == first


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"visit_type": ""}, "visit_type"),
        ({"visit_type": "x"}, "visit_type"),
        ({"first_day": "9999-12-31"}, "first_day"),
        ({"first_day": "0001-01-01"}, "first_day"),
        ({"first_day": "soon"}, "first_day"),
        ({"days": "0"}, "days"),
        ({"days": "32"}, "days"),
    ],
)
def test_a_query_that_is_wrong_names_the_field(doctor: Doctor, change: dict[str, str], field: str) -> None:
    query = {"visit_type": str(doctor.visit_types.get().public_id), **change}
    answer = APIClient().get(slots_path(doctor), query)
    assert answer.status_code == 422
    assert answer["Content-Type"] == PROBLEM
    assert set(answer.json()["fields"]) == {field}


def test_slots_of_who_is_not_listed_are_not_found(doctor: Doctor) -> None:
    query = {"visit_type": str(doctor.visit_types.get().public_id)}
    other = {"visit_type": str(VisitTypeFactory.create().public_id)}
    assert APIClient().get(slots_path(doctor), other).status_code == 404
    Doctor.objects.filter(pk=doctor.pk).update(verification_status=VerificationStatus.SUSPENDED)
    unlisted, nobody = APIClient().get(slots_path(doctor), query), APIClient().get("/api/v1/doctors/x/slots/", query)
    assert unlisted.status_code == nobody.status_code == 404


# Booking


def test_booking_answers_with_the_appointment(api: APIClient, doctor: Doctor, patient: Patient) -> None:
    answer = send(api, order(doctor, reason="A cough"))
    assert answer.status_code == 201
    appointment = Appointment.objects.get()
    assert appointment.patient == patient
    assert appointment.reason == "A cough"
    body = answer.json()
    assert body["id"] == str(appointment.public_id)
    assert body["status"] == "booked"
    assert body["doctor"] == doctor.slug
    assert datetime.fromisoformat(body["start"]) == next_slot_start()
    assert "reason" not in body
    assert told(patient) == ["appointment_booked"]


def test_the_same_key_and_body_give_the_first_answer(api: APIClient, doctor: Doctor) -> None:
    answers = [send(api, order(doctor), key="k1") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201] * 3
    assert len({answer.content for answer in answers}) == 1
    assert Appointment.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(api: APIClient, doctor: Doctor) -> None:
    send(api, order(doctor), key="k1")
    answer = send(api, order(doctor, next_slot_start(days_ahead=2)), key="k1")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert Appointment.objects.count() == 1


def test_a_key_belongs_to_its_user(api: APIClient, doctor: Doctor) -> None:
    send(api, order(doctor), key="k1")
    other = signed_in(user_of(PatientFactory.create()))
    assert send(other, order(doctor, next_slot_start(days_ahead=2)), key="k1").status_code == 201


def test_a_time_just_taken_is_a_problem_with_alternatives(api: APIClient, doctor: Doctor) -> None:
    book(doctor)
    answer = send(api, order(doctor), key="k1")
    problem = answer.json()
    assert (answer.status_code, answer["Content-Type"], problem["code"]) == (409, PROBLEM, "slot_taken")
    starts = [datetime.fromisoformat(start) for start in problem["alternatives"]]
    assert len(starts) == 3
    assert send(api, order(doctor, starts[0]), key="k1").status_code == 201


def test_what_the_state_forbids_is_a_conflict_with_its_code(api: APIClient, patient: Patient) -> None:
    decide(open_holds=1)
    doctors = [bookable_doctor(needs_approval=True) for _ in range(2)]
    assert send(api, order(doctors[0])).status_code == 201
    busy = send(api, order(doctors[1]))
    many = send(api, order(doctors[1], next_slot_start(days_ahead=2)))
    assert [(a.status_code, a.json()["code"]) for a in (busy, many)] == [(409, "patient_busy"), (409, "too_many_holds")]
    Doctor.objects.filter(pk=doctors[1].pk).update(is_active=False)
    closed = send(api, order(doctors[1], next_slot_start(days_ahead=2)))
    assert (closed.status_code, closed.json()["code"]) == (409, "doctor_not_bookable")


def test_a_start_that_nobody_offers_is_refused(api: APIClient, doctor: Doctor) -> None:
    answer = send(api, order(doctor, next_slot_start() + timedelta(minutes=7)))
    assert (answer.status_code, answer.json()["code"]) == (422, "slot_not_offered")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"visit_type": "x"}, "visit_type"),
        ({"visit_type": None}, "visit_type"),
        ({"location": "no-such-place"}, "location"),
        ({"location": "a b\x00"}, "location"),
        ({"start": "2027-03-03T10:00:00"}, "start"),
        ({"start": "9999-12-31T23:59:59Z"}, "start"),
        ({"start": "0001-01-01T00:00:00Z"}, "start"),
        ({"start": "soon"}, "start"),
        ({"reason": "x" * 1001}, "reason"),
        ({"reason": "\x00"}, "reason"),
        ({"reason": None}, "reason"),
    ],
)
def test_wrong_input_names_its_field(api: APIClient, doctor: Doctor, change: dict[str, Any], field: str) -> None:
    answer = send(api, order(doctor, **change))
    assert answer.status_code == 422
    assert answer["Content-Type"] == PROBLEM
    assert set(answer.json()["fields"]) == {field}
    assert not Appointment.objects.exists()


def test_a_visit_type_that_does_not_exist_is_not_found(api: APIClient, doctor: Doctor) -> None:
    assert send(api, order(doctor, visit_type=str(uuid4()))).status_code == 404


def test_a_place_where_the_doctor_does_not_work_is_refused(api: APIClient, doctor: Doctor) -> None:
    assert send(api, order(doctor, location=LocationFactory.create().slug)).json()["code"] == "slot_not_offered"


def test_without_a_profile_there_is_no_booking(doctor: Doctor) -> None:
    answer = send(signed_in(UserFactory.create()), order(doctor))
    assert (answer.status_code, answer.json()["code"]) == (409, "profile_needed")


def test_nobody_books_for_others_or_sets_what_is_not_theirs(api: APIClient, doctor: Doctor, patient: Patient) -> None:
    other = PatientFactory.create()
    assert send(api, order(doctor, patient=str(other.public_id))).status_code == 404
    assert not Appointment.objects.exists()
    extra = {"status": "fulfilled", "price_minor": 1, "doctor": "x"}
    assert send(api, order(doctor, **extra)).status_code == 201
    appointment = Appointment.objects.get()
    assert (appointment.patient, appointment.status, appointment.price_minor) == (patient, Status.BOOKED, 0)


def test_a_carer_books_for_whom_they_help_and_both_see_whose_it_is(doctor: Doctor) -> None:
    carer = CarerFactory.create()
    api, mine = signed_in(carer.user), {"id": str(carer.patient.public_id), "name": carer.patient.name}
    assert send(api, order(doctor)).json()["code"] == "profile_needed"
    assert send(api, order(doctor, patient=mine["id"])).json()["patient"] == mine
    for person in (carer.user, user_of(carer.patient)):
        assert [row["patient"] for row in signed_in(person).get(APPOINTMENTS).json()["results"]] == [mine]
    Carer.objects.update(can_book=False)
    assert send(api, order(doctor, patient=mine["id"])).status_code == 404
    (shown,) = api.get(APPOINTMENTS).json()["results"]
    assert api.post(f"{APPOINTMENTS}{shown['id']}/cancel/").status_code == 403


# Lists and single ones


def test_the_list_has_ones_own_and_what_was_shared_a_page_at_a_time(api: APIClient, patient: Patient) -> None:
    for days in range(1, 4):
        AppointmentFactory.create(patient=patient, start=next_slot_start(days_ahead=days))
    AppointmentFactory.create()
    page = api.get(APPOINTMENTS, {"page_size": 2}).json()
    assert [row["start"] for row in page["results"]] == sorted((row["start"] for row in page["results"]), reverse=True)
    assert len(page["results"]) == 2
    last = api.get(page["next"]).json()
    assert (len(last["results"]), last["next"], page["previous"]) == (1, None, None)
    assert api.get(last["previous"]).json()["results"] == page["results"]


def test_the_doctor_sees_their_patients_and_a_carer_what_was_shared(doctor: Doctor, patient: Patient) -> None:
    appointment, carer = book(doctor, patient=patient), UserFactory.create()
    for user in (user_of(doctor), carer):
        expected = 1 if user != carer else 0
        assert len(signed_in(user).get(APPOINTMENTS).json()["results"]) == expected
    share(appointment, carer)
    assert len(signed_in(carer).get(APPOINTMENTS).json()["results"]) == 1


def test_somebody_elses_appointment_is_not_found(doctor: Doctor) -> None:
    appointment = book(doctor)
    api = signed_in(user_of(PatientFactory.create()))
    for path in ("{}/", "{}/cancel/"):
        call = api.get if path == "{}/" else api.post
        theirs, nobodys = (call(APPOINTMENTS + path.format(which)) for which in (appointment.public_id, uuid4()))
        assert theirs.status_code == nobodys.status_code == 404
        assert theirs.content == nobodys.content
    appointment.refresh_from_db()
    assert appointment.status == Status.BOOKED


def test_a_visitor_is_asked_to_sign_in(doctor: Doctor) -> None:
    appointment = book(doctor)
    visitor = APIClient()
    own = f"{APPOINTMENTS}{appointment.public_id}/"
    answers = [visitor.get(APPOINTMENTS), visitor.get(own), visitor.post(f"{own}cancel/"), send(visitor, order(doctor))]
    assert {answer.status_code for answer in answers} <= {401, 403}
    assert {answer["Content-Type"] for answer in answers} == {PROBLEM}
    assert Appointment.objects.get().status == Status.BOOKED


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("put", "{}/"),
        ("patch", "{}/"),
        ("delete", "{}/"),
        ("post", "{}/"),
        ("get", "{}/cancel/"),
        ("delete", "{}/cancel/"),
        ("delete", ""),
        ("put", ""),
    ],
)
def test_other_methods_are_refused(api: APIClient, doctor: Doctor, patient: Patient, method: str, path: str) -> None:
    appointment = book(doctor, patient=patient)
    answer = getattr(api, method)(APPOINTMENTS + path.format(appointment.public_id), {"status": "cancelled"})
    assert answer.status_code == 405
    appointment.refresh_from_db()
    assert appointment.status == Status.BOOKED


def test_cancelling_twice_is_answered_alike(api: APIClient, doctor: Doctor, patient: Patient) -> None:
    appointment = book(doctor, patient=patient)
    answers = [api.post(f"{APPOINTMENTS}{appointment.public_id}/cancel/") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["cancel_reason"] == CancelReason.PATIENT
    assert told(patient).count("appointment_cancelled") == 1


def test_what_is_over_cannot_be_cancelled(api: APIClient, patient: Patient) -> None:
    over = AppointmentFactory.create(patient=patient, start=next_slot_start(days_ahead=-2))
    answer = api.post(f"{APPOINTMENTS}{over.public_id}/cancel/")
    assert (answer.status_code, answer.json()["code"]) == (409, "too_late")
    assert answer.json()["current"] == Status.BOOKED


def test_the_list_takes_the_same_statements_for_many(api: APIClient, patient: Patient) -> None:
    def listed() -> int:
        with CaptureQueriesContext(connection) as taken:
            assert api.get(APPOINTMENTS).status_code == 200
        return len(statements(taken))

    AppointmentFactory.create(patient=patient)
    listed()
    few = listed()
    for days in range(2, 9):
        AppointmentFactory.create(patient=patient, start=next_slot_start(days_ahead=days))
    assert listed() == few <= 6


def test_slots_take_few_statements(doctor: Doctor) -> None:
    query = {"visit_type": str(doctor.visit_types.get().public_id)}
    with CaptureQueriesContext(connection) as taken:
        assert APIClient().get(slots_path(doctor), query).status_code == 200
    assert len(statements(taken)) <= 6
