from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Patient, User
from accounts.tests.factories import CarerFactory, PatientFactory, UserFactory
from audit.models import Event
from booking import services
from booking.models import Appointment
from booking.services import appointment_cancel, appointment_move
from booking.states import Status
from booking.templatetags.moving import move_path
from booking.tests.factories import AppointmentFactory, RuleFactory, bookable_doctor, next_slot_start
from booking.tests.moving import HALF, at_the_desk_of
from booking.tests.steps import book, share, told, user_of
from booking.tests.views.pages import HTMX, key_on, text_of
from common import clock
from common.errors import Busy
from doctors.models import Doctor, VisitType
from doctors.tests.factories import LocationFactory

pytestmark = pytest.mark.django_db

SignIn = Callable[[User | Patient | Doctor], Client]


@pytest.fixture
def client(as_user: SignIn, patient: Patient) -> Client:
    return as_user(patient)


@pytest.fixture
def appointment(doctor: Doctor, patient: Patient) -> Appointment:
    return book(doctor, patient=patient, start=next_slot_start(3))


def path_of(appointment: Appointment, page: str = "move") -> str:
    return reverse(f"booking:{page}", args=[appointment.public_id])


def to(appointment: Appointment, start: datetime) -> str:
    return move_path(path_of(appointment, "move_confirm"), appointment.location, start)


def now_at(appointment: Appointment) -> datetime:
    appointment.refresh_from_db()
    return appointment.start


def form_on(page: object) -> dict[str, str]:
    """The hidden fields of the confirmation."""
    seen = re.search(r'name="seen" value="(\d+)"', page.content.decode())  # type: ignore[attr-defined]
    assert seen
    return {"idempotency_key": key_on(page), "seen": seen[1]}


class TestTheWay:
    def test_from_the_list_to_the_new_time(self, client: Client, appointment: Appointment) -> None:
        later = appointment.start + HALF
        choose = path_of(appointment)
        assert f'href="{choose}"' in client.get(reverse("booking:appointment_list")).content.decode()
        for place in ("appointment_detail", "cancel"):
            assert f'href="{choose}"' in client.get(path_of(appointment, place)).content.decode()
        confirm = to(appointment, later)
        assert f'href="{confirm.replace("&", "&amp;")}"' in client.get(choose).content.decode()
        page = client.get(confirm)
        said = text_of(page)
        assert "10:30am , until 11:00am" in said.replace(" ,", ",").replace(",", " ,")
        assert "Instead of" in said
        answer = client.post(confirm, form_on(page), follow=True)
        assert answer.redirect_chain == [(path_of(appointment, "appointment_detail"), 302)]
        assert "The appointment is now on" in text_of(answer)
        assert now_at(appointment) == later

    def test_the_old_time_is_said_first_and_is_not_offered(self, client: Client, appointment: Appointment) -> None:
        page = client.get(path_of(appointment), {"from": f"{appointment.start:%Y-%m-%d}"})
        assert "Your visit is on" in text_of(page)
        assert "10:00am" in text_of(page).split("Free times")[0]
        assert "It keeps that time until you confirm another." in text_of(page)
        body = page.content.decode()
        assert to(appointment, appointment.start).replace("&", "&amp;") not in body
        assert to(appointment, appointment.start - HALF).replace("&", "&amp;") in body

    def test_its_own_time_does_not_hide_what_it_overlaps(self, client: Client, appointment: Appointment) -> None:
        appointment.doctor.availability_rules.update(start_time=time(9, 15))
        body = client.get(path_of(appointment)).content.decode()
        for minutes in (-15, 15):
            assert to(appointment, appointment.start + timedelta(minutes=minutes)).replace("&", "&amp;") in body

    def test_htmx_gets_the_part_and_its_address_follows(self, client: Client, appointment: Appointment) -> None:
        path = f"{path_of(appointment)}?from={appointment.start:%Y-%m-%d}"
        headers = {**HTMX, "HX-Current-URL": f"http://testserver{path_of(appointment)}"}
        part = client.get(path, headers=headers)
        assert part.content.decode().strip().startswith('<div id="slots"')
        assert part["HX-Push-Url"] == path
        assert "HX-Request" in part["Vary"]
        assert "<html" in client.get(path).content.decode()

    def test_later_weeks_are_links_of_the_same_page(self, client: Client, appointment: Appointment) -> None:
        body = client.get(path_of(appointment)).content.decode()
        later = re.search(r'<a href="([^"]+)"[^>]*hx-get="([^"]+)"[^>]*>(?:(?!</a>).)*Later days', body, re.DOTALL)
        assert later
        assert later[1] == later[2]
        assert later[1].startswith(f"{path_of(appointment)}?from=")
        assert client.get(later[1]).status_code == 200

    def test_where_nothing_else_is_free_it_keeps_its_time(self, client: Client, appointment: Appointment) -> None:
        VisitType.objects.update(is_active=False)
        assert "No other free times" in text_of(client.get(path_of(appointment)))

    def test_pressing_twice_moves_once_and_answers_alike(self, client: Client, appointment: Appointment) -> None:
        confirm = to(appointment, appointment.start + HALF)
        form = form_on(client.get(confirm))
        assert {client.post(confirm, form)["Location"] for _ in range(3)} == {
            path_of(appointment, "appointment_detail")
        }
        assert told(appointment.patient).count("appointment_moved") == 1

    def test_back_and_to_another_time_needs_a_form_of_its_own(self, client: Client, appointment: Appointment) -> None:
        first, second = (to(appointment, appointment.start + number * HALF) for number in (1, 2))
        form = form_on(client.get(first))
        client.post(first, form)
        answer = client.post(second, {**form, "seen": "1"})
        assert answer.status_code == 422
        assert client.post(second, form_on(answer)).status_code == 302
        assert now_at(appointment) == appointment.start

    def test_another_place_is_said(self, client: Client, patient: Patient) -> None:
        doctor, other = bookable_doctor(end=time(12)), LocationFactory.create()
        for weekday in range(7):
            RuleFactory.create(doctor=doctor, location=other, weekday=weekday, start_time=time(14), end_time=time(16))
        appointment = book(doctor, patient=patient, start=next_slot_start(3))
        confirm = move_path(path_of(appointment, "move_confirm"), other, next_slot_start(3, time(14)))
        assert confirm.replace("&", "&amp;") in client.get(path_of(appointment)).content.decode()
        page = client.get(confirm)
        assert "This is another place than before." in text_of(page)
        client.post(confirm, form_on(page))
        appointment.refresh_from_db()
        assert appointment.location == other


class TestRefusals:
    def test_taken_meanwhile_is_the_same_page_with_three_others(
        self, client: Client, doctor: Doctor, appointment: Appointment
    ) -> None:
        old, confirm = appointment.start, to(appointment, appointment.start + HALF)
        form = form_on(client.get(confirm))
        book(doctor, start=old + HALF)
        answer = client.post(confirm, form)
        assert answer.status_code == 409
        assert "That time has just been taken" in text_of(answer)
        assert "{#" not in text_of(answer)
        assert now_at(appointment) == old
        others = re.findall(r'formaction="([^"]+)"', answer.content.decode())
        assert len(others) == 3
        nearest = others[1].replace("&amp;", "&")
        assert client.post(nearest, form_on(answer)).status_code == 302
        assert now_at(appointment).isoformat().startswith(parse_qs(urlsplit(nearest).query)["start"][0].rstrip("Z"))

    def test_what_is_gone_already_is_said_before_it_is_tried(
        self, client: Client, doctor: Doctor, appointment: Appointment
    ) -> None:
        book(doctor, start=appointment.start + HALF)
        page = client.get(to(appointment, appointment.start + HALF))
        assert page.status_code == 409
        assert "That time is no longer free" in text_of(page)
        assert "Confirm the new time</span>" not in page.content.decode()

    def test_a_time_that_is_no_slot_is_422(self, client: Client, appointment: Appointment) -> None:
        form = form_on(client.get(to(appointment, appointment.start + HALF)))
        answer = client.post(to(appointment, appointment.start + timedelta(minutes=1)), form)
        assert answer.status_code == 422
        assert "can no longer be booked" in text_of(answer)

    def test_whoever_saw_an_older_time_sees_the_new_one_first(
        self, client: Client, doctor: Doctor, appointment: Appointment
    ) -> None:
        confirm = to(appointment, appointment.start + HALF)
        form = form_on(client.get(confirm))
        meanwhile = appointment.start + 4 * HALF
        appointment_move(actor=user_of(doctor), appointment_id=appointment.public_id, start=meanwhile)
        answer = client.post(confirm, form)
        assert answer.status_code == 409
        assert "has been moved since you looked" in text_of(answer)
        assert "12:00pm" in text_of(answer)
        assert now_at(appointment) == meanwhile
        assert client.post(confirm, form_on(answer)).status_code == 302

    def test_the_patients_own_other_visit_is_named(
        self, client: Client, patient: Patient, appointment: Appointment
    ) -> None:
        other = book(bookable_doctor(), patient=patient, start=appointment.start + HALF)
        confirm = to(appointment, other.start)
        page = client.get(confirm)
        assert page.status_code == 409
        for answer in (page, client.post(confirm, {"seen": "0"})):
            assert answer.status_code == 409
            assert other.doctor.name in text_of(answer)
            assert path_of(other, "appointment_detail") in answer.content.decode()

    def test_the_time_that_it_has_is_no_problem_and_no_move(self, client: Client, appointment: Appointment) -> None:
        page = client.get(to(appointment, appointment.start))
        assert (page.status_code, "This is the time that it has" in text_of(page)) == (200, True)

    @pytest.mark.parametrize("query", ["", "?start=yesterday", "?start=2027-03-01T10:00:00Z&location=no-such-place"])
    def test_an_address_that_names_no_time(self, client: Client, appointment: Appointment, query: str) -> None:
        for answer in (
            client.get(path_of(appointment, "move_confirm") + query),
            client.post(path_of(appointment, "move_confirm") + query),
        ):
            assert answer.status_code == 404

    def test_an_address_without_a_place_means_the_same(self, client: Client, appointment: Appointment) -> None:
        start = (appointment.start + HALF).strftime("%Y-%m-%dT%H:%M:%SZ")
        confirm = f"{path_of(appointment, 'move_confirm')}?start={start}"
        assert client.post(confirm, form_on(client.get(confirm))).status_code == 302
        assert now_at(appointment).strftime("%Y-%m-%dT%H:%M:%SZ") == start

    @pytest.mark.parametrize("seen", ["x", "-1", "99999999999999999999"])
    def test_a_form_that_is_not_whole(self, client: Client, appointment: Appointment, seen: str) -> None:
        assert client.post(to(appointment, appointment.start + HALF), {"seen": seen}).status_code in (409, 422)
        assert told(appointment.patient) == ["appointment_booked"]

    def test_busy_can_be_tried_again(
        self, client: Client, appointment: Appointment, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def busy(**_: object) -> None:
            raise Busy

        confirm = to(appointment, appointment.start + HALF)
        form = form_on(client.get(confirm))
        with monkeypatch.context() as patched:
            patched.setattr(services, "appointment_move", busy)
            answer = client.post(confirm, form)
        assert answer.status_code == 409
        assert "Confirm the new time" in text_of(answer)
        assert client.post(confirm, form).status_code == 302

    def test_too_late_is_said_with_the_date_and_the_phone(self, client: Client, patient: Patient) -> None:
        appointment = book(bookable_doctor(price_minor=4500), patient=patient, start=next_slot_start(1))
        Appointment.objects.filter(pk=appointment.pk).update(
            policy={**appointment.policy, "free_until": (clock.now() - timedelta(minutes=1)).isoformat()}
        )
        confirm = to(appointment, next_slot_start(3))
        for page in (client.get(path_of(appointment)), client.get(confirm)):
            assert page.status_code == 200
            assert "It is too late to change the time here" in text_of(page)
            assert appointment.location.phone in text_of(page)
        assert client.post(confirm, {"seen": "0"}).status_code == 409
        detail = client.get(path_of(appointment, "appointment_detail"))
        assert path_of(appointment) not in detail.content.decode()
        assert "Now please call the clinic." in text_of(detail)

    @pytest.mark.parametrize("state", ["requested", "held", "cancelled"])
    def test_what_is_not_booked_says_so(self, client: Client, patient: Patient, doctor: Doctor, state: str) -> None:
        appointment: Appointment = AppointmentFactory.create(
            patient=patient, visit_type=doctor.visit_types.get(), start=next_slot_start(3), **{state: True}
        )
        page = client.get(path_of(appointment))
        assert page.status_code == 200
        assert "cannot be changed yet" in text_of(page) or "can no longer be changed" in text_of(page)
        answer = client.post(to(appointment, appointment.start + HALF), {"seen": "0"})
        assert answer.status_code == 409
        assert path_of(appointment) not in client.get(path_of(appointment, "appointment_detail")).content.decode()

    def test_what_is_cancelled_meanwhile(self, client: Client, doctor: Doctor, appointment: Appointment) -> None:
        confirm = to(appointment, appointment.start + HALF)
        form = form_on(client.get(confirm))
        appointment_cancel(actor=user_of(doctor), appointment_id=appointment.public_id)
        answer = client.post(confirm, form)
        assert answer.status_code == 409
        assert "This appointment is cancelled" in text_of(answer)


class TestWho:
    def test_visitors_sign_in_first(self, appointment: Appointment) -> None:
        for path in (path_of(appointment), to(appointment, appointment.start + HALF)):
            assert Client().get(path)["Location"].startswith("/account/login/?next=")

    def test_for_strangers_there_is_nothing(self, as_user: SignIn, appointment: Appointment) -> None:
        stranger = as_user(PatientFactory.create())
        for path in (path_of(appointment), to(appointment, appointment.start + HALF)):
            assert stranger.get(path).status_code == 404
        assert stranger.post(to(appointment, appointment.start + HALF)).status_code == 404

    def test_whoever_it_is_shared_with_sees_no_button_and_no_page(
        self, as_user: SignIn, appointment: Appointment
    ) -> None:
        helper = UserFactory.create()
        share(appointment, helper)
        client = as_user(helper)
        assert path_of(appointment) not in client.get(path_of(appointment, "appointment_detail")).content.decode()
        assert client.get(path_of(appointment)).status_code == 403
        assert client.post(to(appointment, appointment.start + HALF)).status_code == 403

    def test_the_doctor_and_the_desk_are_told_whose_it_is(
        self, as_user: SignIn, doctor: Doctor, appointment: Appointment
    ) -> None:
        for number, person in enumerate([user_of(doctor), at_the_desk_of(doctor)], start=1):
            client, confirm = as_user(person), to(appointment, next_slot_start(3) + number * HALF)
            assert path_of(appointment) in client.get(path_of(appointment, "appointment_detail")).content.decode()
            assert appointment.patient.name in text_of(client.get(path_of(appointment)))
            page = client.get(confirm)
            assert appointment.patient.name in text_of(page)
            assert client.post(confirm, form_on(page)).status_code == 302
            assert now_at(appointment) == next_slot_start(3) + number * HALF
        assert told(appointment.patient).count("appointment_moved") == 2

    def test_the_desk_is_offered_its_own_place_alone(self, as_user: SignIn, patient: Patient) -> None:
        doctor, other = bookable_doctor(end=time(12)), LocationFactory.create()
        for weekday in range(7):
            RuleFactory.create(doctor=doctor, location=other, weekday=weekday, start_time=time(14), end_time=time(16))
        appointment = book(doctor, patient=patient, start=next_slot_start(3))
        client = as_user(at_the_desk_of(doctor))
        assert f"location={other.slug}" not in client.get(path_of(appointment)).content.decode()
        confirm = move_path(path_of(appointment, "move_confirm"), other, next_slot_start(3, time(14)))
        assert client.post(confirm, {"seen": "0"}).status_code == 403

    def test_a_carer_moves_it_for_the_patient_and_leaves_a_trace(
        self, as_user: SignIn, appointment: Appointment
    ) -> None:
        carer = CarerFactory.create(patient=appointment.patient)
        client, confirm = as_user(carer.user), to(appointment, appointment.start + HALF)
        page = client.get(confirm)
        assert f"for {appointment.patient.name}" in text_of(page)
        assert client.post(confirm, form_on(page)).status_code == 302
        trace = Event.objects.filter(actor_id=carer.user.public_id, object_id=str(appointment.public_id))
        told_of = list(trace.order_by("pk").values_list("action", flat=True))
        assert told_of == ["appointment.viewed", "appointment.moved"]

    def test_nothing_but_post_moves(self, client: Client, appointment: Appointment) -> None:
        confirm = to(appointment, appointment.start + HALF)
        assert client.put(confirm).status_code == 405
        assert client.post(path_of(appointment)).status_code == 405
        client.get(confirm)
        assert now_at(appointment) == appointment.start
        assert appointment.status == Status.BOOKED

    def test_the_hour_that_comes_twice_is_told_apart(self, client: Client, patient: Patient) -> None:
        """The page says BST and GMT of the two half past ones, and links to the instant of each."""
        summer, winter = datetime(2027, 10, 31, 0, 30, tzinfo=UTC), datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
        doctor = bookable_doctor(start=time(0, 30), end=time(2, 30), horizon_days=400)
        appointment = book(doctor, patient=patient, start=summer)
        page = client.get(path_of(appointment), {"from": "2027-10-31"})
        assert "1:30am GMT" in text_of(page)
        confirm = to(appointment, winter)
        assert confirm.replace("&", "&amp;") in page.content.decode()
        shown = client.get(confirm)
        assert "1:30am GMT" in text_of(shown)
        assert "1:30am BST" in text_of(shown)
        client.post(confirm, form_on(shown))
        assert now_at(appointment) == winter
