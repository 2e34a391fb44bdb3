from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.log_actions import log

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import CarerFactory, UserFactory
from billing.tests.factories import PaymentFactory
from booking.selectors import bookings_by_source, requests_waiting
from booking.states import CancelReason
from booking.tests.factories import AppointmentFactory, next_slot_start
from booking.tests.steps import at_the_desk_of
from common import clock
from doctors.models import EmptySearch
from doctors.selectors import DoctorFilters, empty_searches
from doctors.services import empty_search_count
from doctors.tests.factories import LocationFactory
from home.homes.officer import officer_guides
from home.models import HomePage

pytestmark = pytest.mark.django_db

DASHBOARD = "/admin/"
# What each panel is known by in the page, and who sees it.
PANELS = {
    'id="appointments-section"': {Role.ADMINISTRATOR},
    'id="money-section"': {Role.BILLING_OFFICER, Role.ADMINISTRATOR},
    'id="verification-section"': {Role.VERIFICATION_OFFICER, Role.ADMINISTRATOR},
    'id="emergency-reviews-section"': {Role.AUDITOR, Role.ADMINISTRATOR},
    'id="searches-section"': {Role.ADMINISTRATOR},
}
OFFICES = (
    Role.CONTENT_EDITOR,
    Role.VERIFICATION_OFFICER,
    Role.BILLING_OFFICER,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)


def of_office(role: Role) -> User:
    return UserFactory.create(roles=[role])


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.backends.AccountBackend")
    return client


def dashboard_of(user: User) -> str:
    return signed_in(user).get(DASHBOARD).content.decode()


@pytest.mark.parametrize("role", OFFICES)
def test_each_panel_is_for_whom_may_see_it_and_an_editor_sees_no_number_of_money_or_care(role: Role) -> None:
    AppointmentFactory.create(requested=True)
    PaymentFactory.create(paid=True, amount_minor=4321)
    shown = dashboard_of(of_office(role))

    for panel, roles in PANELS.items():
        assert (panel in shown) == (role in roles), panel
    assert ("£43.21" in shown) == (role in {Role.BILLING_OFFICER, Role.ADMINISTRATOR})
    assert (reverse("billing_desk") in shown) == (role == Role.BILLING_OFFICER)
    assert ('class="without-pages"' in shown) == (role not in {Role.CONTENT_EDITOR, Role.ADMINISTRATOR})


def test_the_dashboard_of_an_administrator_costs_the_same_with_much_as_with_little() -> None:
    client = signed_in(of_office(Role.ADMINISTRATOR))

    def counted() -> int:
        client.get(DASHBOARD)
        with CaptureQueriesContext(connection) as taken:
            client.get(DASHBOARD)
        return len(taken)

    AppointmentFactory.create(requested=True)
    empty_search_count(filters=DoctorFilters(language="cy"), now=clock.now())
    little = counted()
    for day in range(1, 5):
        AppointmentFactory.create(requested=True, start=next_slot_start(day))
        AppointmentFactory.create(start=clock.now() - timedelta(days=day))
        empty_search_count(filters=DoctorFilters(q="x" * day), now=clock.now() - timedelta(days=day))
    assert counted() == little


def test_bookings_are_counted_by_who_made_them_and_what_never_was_booked_is_not() -> None:
    today = clock.clinic_day(clock.now())
    own = AppointmentFactory.create()
    carer = CarerFactory.create(ended=True)
    AppointmentFactory.create(patient=carer.patient, booked_by=carer.user)
    AppointmentFactory.create(booked_by=UserFactory.create())
    AppointmentFactory.create(patient=own.patient, start=next_slot_start(2), cancelled=True)
    AppointmentFactory.create(cancelled=True, cancel_reason=CancelReason.HOLD_EXPIRED)
    AppointmentFactory.create(held=True)
    AppointmentFactory.create(created_at=clock.now() - timedelta(days=3))

    before, *_, last = bookings_by_source(today - timedelta(days=3), today)

    assert (last.by_patient, last.by_helper, last.by_practice) == (2, 1, 1)
    assert before.total == 1


def test_requests_that_have_lapsed_wait_for_nobody() -> None:
    now = clock.now()
    waiting = AppointmentFactory.create(requested=True)
    AppointmentFactory.create(requested=True, expires_at=now)

    found = requests_waiting(now=now)

    assert (found.count, found.deadline) == (1, waiting.expires_at)


def test_a_search_that_finds_nobody_is_counted_by_its_kinds_and_never_by_its_words(client: Client) -> None:
    today = clock.clinic_day(clock.now())
    for _ in range(2):
        empty_search_count(filters=DoctorFilters(q="gonorrhoea near Maya Okafor", language="cy"), now=clock.now())
    empty_search_count(filters=DoctorFilters(miles=5, is_nearest_first=True), now=clock.now())

    found = empty_searches(today, today)

    assert found.by_day == {today: 3}
    assert found.asked == [("language, words", 2), ("no filter at all", 1)]
    assert not EmptySearch.objects.exclude(asked__in=["language+q", ""]).exists()


def test_a_visitors_search_is_counted_only_where_it_found_nobody(client: Client) -> None:
    client.get("/doctors/?q=Nobodyofthatname")
    assert [(row.asked, row.count) for row in EmptySearch.objects.all()] == [("q", 1)]


def test_the_steps_of_an_office_tick_themselves_off() -> None:
    user = of_office(Role.ADMINISTRATOR)
    [guide] = officer_guides(user)
    places = next(step for step in guide.steps if "places" in step.title)
    assert not places.is_done
    AppointmentFactory.create()
    [guide] = officer_guides(user)
    assert next(step for step in guide.steps if step.title == places.title).is_done


def pressed(client: Client, address: str) -> str:
    """The dashboard after a press of the button in the form that leads to `address`, with what that form sends."""
    shown = client.get(DASHBOARD).content.decode()
    form = shown.split(f'action="{address}"')[1].split("</form>")[0]
    token = form.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    answer = client.post(address, {"csrfmiddlewaretoken": token}, follow=True)
    assert answer.redirect_chain == [(DASHBOARD, 302)]
    return answer.content.decode()


def test_the_steps_of_an_office_are_put_away_by_a_press_and_come_back_by_one() -> None:
    user = of_office(Role.ADMINISTRATOR)
    client = Client(enforce_csrf_checks=True)
    client.force_login(user, backend="accounts.backends.AccountBackend")
    [guide] = officer_guides(user)
    dismiss, restore = (reverse(f"home_guide_{verb}", args=[guide.kind.value]) for verb in ("dismiss", "restore"))

    shown = pressed(client, dismiss)
    assert guide.steps[1].title not in shown
    assert "Show again" in shown
    assert guide.steps[1].title in pressed(client, restore)
    assert client.post(dismiss).status_code == 403, "without its token it stays refused"


def test_editor_and_moderator_have_first_steps_that_their_work_ticks_off() -> None:
    editor, moderator = of_office(Role.CONTENT_EDITOR), of_office(Role.CONTENT_MODERATOR)
    [guide] = officer_guides(editor)
    assert (guide.kind, guide.done, len(guide.steps)) == ("editor", 0, 3)
    log(instance=HomePage.objects.get(), action="wagtail.edit", user=editor)
    [guide] = officer_guides(editor)
    assert [step.is_done for step in guide.steps] == [False, True, False]
    assert guide.steps[0].title in signed_in(editor).get(DASHBOARD).content.decode()

    log(instance=HomePage.objects.get(), action="wagtail.workflow.approve", user=moderator)
    [guide] = officer_guides(moderator)
    assert [step.is_done for step in guide.steps] == [False, True, False]


def test_whoever_works_at_a_desk_has_first_steps_there_and_can_put_them_away() -> None:
    place = LocationFactory.create()
    client = signed_in(at_the_desk_of(place))
    day = reverse("booking:clinic_day", args=[place.slug])
    assert "First steps at the desk" in client.get(day).content.decode()

    answer = client.post(reverse("home_guide_dismiss", args=["reception"]))
    assert answer["Location"] == reverse("booking:clinics")
    shown = client.get(day).content.decode()
    assert "First steps at the desk" not in shown
    assert reverse("home_guide_restore", args=["reception"]) in shown


def test_nobody_is_guided_through_an_office_that_they_do_not_hold() -> None:
    assert officer_guides(of_office(Role.AUDITOR)) == []
    assert [guide.kind for guide in officer_guides(of_office(Role.BILLING_OFFICER))] == ["billing"]
