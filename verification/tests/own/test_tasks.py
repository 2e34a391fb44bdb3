"""How a verification begins, the list of what is asked, and handing it in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Patient
from accounts.policies import has_role
from accounts.roles import Role
from accounts.tests.factories import PatientFactory, UserFactory
from booking.services import listing_refresh
from booking.tests.factories import bookable_doctor
from common import clock
from doctors.models import Doctor
from doctors.tests.factories import DoctorFactory
from verification.models import VerificationCase
from verification.own.notices import notice_of
from verification.own.presentation import ADD_THE_FILE
from verification.selectors import today
from verification.services import case_claim, item_ask
from verification.states import ItemKind, ItemStatus, Status
from verification.tests.factories import CaseFactory, EvidenceFactory, officer
from verification.tests.own.scenes import PARTICULARS, applicant, case_of, item_of, signed_in

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db

TASKS, START, SUBMIT = "/verification/", "/verification/start/", "/verification/submit/"


def page(client: Client, path: str = TASKS) -> str:
    return client.get(path).content.decode()


def complete(case: VerificationCase) -> None:
    for kind in (ItemKind.IDENTITY, ItemKind.INDEMNITY):
        item = case.items.get(kind=kind)
        EvidenceFactory.create(item=item)
        item.status = ItemStatus.PROVIDED
        item.save()


def test_joining_is_explained_to_everybody_and_leads_to_sign_up(client: Client) -> None:
    shown = page(client, "/join/")
    assert "Join as a doctor" in shown
    assert "within 5 days" in shown
    assert f"{reverse('account_signup')}?next=/verification/" in shown


def test_signing_up_on_that_way_asks_for_no_patients_particulars(client: Client) -> None:
    shown = page(client, "/account/signup/?next=/verification/")
    assert "join as a doctor" in shown
    assert "birth_date" not in shown
    assert "Are you a doctor?" in page(client, "/account/signup/")


@pytest.mark.parametrize("path", [TASKS, START, SUBMIT, "/verification/particulars/", "/verification/identity/"])
def test_visitors_sign_in_first(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer["Location"] == f"/account/login/?next={path}"


def test_who_is_no_doctor_comes_to_the_start(client: Client) -> None:
    patient: Patient = PatientFactory.create()
    assert patient.user
    client.force_login(patient.user)
    answer = client.get(TASKS, follow=True)
    assert answer.redirect_chain == [(START, 302)]
    assert 'value="Maya"' in answer.content.decode()


@pytest.mark.parametrize("path", [SUBMIT, "/verification/particulars/", "/verification/identity/"])
def test_who_has_not_begun_is_sent_to_the_start_from_everywhere(path: str) -> None:
    client = signed_in(UserFactory.create())
    assert client.get(path)["Location"] == START
    assert client.post(path)["Location"] == START


def test_starting_makes_a_doctor_who_is_not_listed_and_leaves_the_patient() -> None:
    patient: Patient = PatientFactory.create()
    assert patient.user
    answer = signed_in(patient.user).post(START, PARTICULARS)
    assert answer["Location"] == TASKS
    doctor = Doctor.objects.get(user=patient.user)
    assert (doctor.name, doctor.gmc_number, doctor.is_listed) == ("Dr Nia Rees", "7654321", False)
    assert has_role(patient.user, Role.DOCTOR)
    assert case_of(patient.user).status == Status.DRAFT


def test_wrong_number_is_told_beside_its_field_and_nothing_typed_is_lost() -> None:
    client = signed_in(UserFactory.create())
    answer = client.post(START, {**PARTICULARS, "gmc_number": "123"})
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert 'id="id_gmc_number_error"' in shown
    assert 'value="123"' in shown
    assert 'value="Rees"' in shown
    assert not Doctor.objects.exists()


def test_starting_twice_leads_to_the_list() -> None:
    client = signed_in(applicant())
    assert client.get(START)["Location"] == TASKS
    assert client.post(START, {**PARTICULARS, "gmc_number": "7000001"})["Location"] == TASKS
    assert Doctor.objects.get().gmc_number == "7654321"


def test_list_says_what_is_asked_and_what_is_missing() -> None:
    shown = page(signed_in(applicant()))
    for kind in ItemKind:
        assert str(kind.label) in shown
    assert "Patients cannot find you yet" in shown
    assert "Identity document: this is still to do." in shown
    assert "Check and submit" not in shown


def test_unconfirmed_address_stands_in_the_way() -> None:
    client = signed_in(applicant(confirmed=False))
    assert "Confirm your email address." in page(client)


def test_two_step_sign_in_is_asked_for_where_it_is_demanded(settings: Any) -> None:
    settings.TWO_STEP_REQUIRED = True
    client = signed_in(applicant())
    shown = page(client)
    assert "Turn on two-step sign-in." in shown
    assert client.get("/verification/identity/")["Location"].startswith(reverse("accounts:two_step_needed"))


def test_submitting_shows_everything_once_more_and_hands_it_in() -> None:
    user = applicant()
    complete(case_of(user))
    client = signed_in(user)
    assert "Check and submit" in page(client)
    shown = page(client, SUBMIT)
    assert "indemnity.pdf" in shown
    assert "7654321" in shown
    assert client.post(SUBMIT)["Location"] == TASKS
    assert case_of(user).status == Status.PENDING
    told = page(client)
    assert "within 5 days" in told
    assert "we are still checking" in told
    assert client.get(SUBMIT)["Location"] == TASKS
    assert client.post(SUBMIT)["Location"] == TASKS


def test_submitting_what_is_not_complete_names_each_gap_with_its_page() -> None:
    answer = signed_in(applicant()).post(SUBMIT)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert 'href="/verification/identity/">Identity document: this is still to do.' in shown
    assert ">Submit<" not in shown


def test_what_an_officer_asks_stands_above_everything() -> None:
    user = applicant()
    complete(case_of(user))
    client = signed_in(user)
    client.post(SUBMIT)
    person = officer()
    case_claim(actor=person, case_id=case_of(user).public_id)
    item_ask(actor=person, item_id=item_of(user, ItemKind.IDENTITY).public_id, request="The page with the photograph.")
    shown = page(client)
    assert shown.index("We need something from you") < shown.index("Where it stands")
    assert "The page with the photograph." in shown
    assert "Asked again" in shown
    assert "The page with the photograph." in page(client, "/verification/identity/")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.REJECTED, "we could not verify you. The reason: evidence is missing or has run out."),
        (Status.SUSPENDED, "your verification is suspended. The reason: evidence is missing or has run out."),
        (Status.EXPIRED, "a credential has run out"),
    ],
)
def test_pages_stay_open_and_say_why_nobody_sees_the_doctor(status: Status, words: str) -> None:
    user = UserFactory.create(roles=[Role.DOCTOR])
    CaseFactory.create(status=status, doctor=DoctorFactory.create(user=user))
    shown = page(signed_in(user))
    assert words in shown
    assert "ran out in March" not in shown
    assert ("Begin again" in shown) == (status != Status.SUSPENDED)


@pytest.mark.parametrize("status", [Status.REJECTED, Status.SUSPENDED])
def test_barred_doctor_finds_from_home_and_from_the_closed_day_to_the_reason(status: Status) -> None:
    user = UserFactory.create(roles=[Role.DOCTOR])
    CaseFactory.create(status=status, doctor=DoctorFactory.create(user=user))
    client = signed_in(user)
    assert client.get("/home/")["Location"] == TASKS
    closed = client.get("/my-day/")
    assert closed.status_code == 403
    assert f'href="{TASKS}"' in closed.content.decode()


def test_beginning_again_keeps_what_was_given() -> None:
    user = UserFactory.create(roles=[Role.DOCTOR])
    old = CaseFactory.create(status=Status.REJECTED, doctor=DoctorFactory.create(user=user))
    EvidenceFactory.create(item=old.items.get(kind=ItemKind.IDENTITY), name="passport.png")
    client = signed_in(user)
    assert client.get("/verification/renew/").status_code == 405
    assert client.post("/verification/renew/")["Location"] == TASKS
    assert case_of(user).status == Status.DRAFT
    assert "passport.png" in page(client, "/verification/identity/")
    assert "Take back" not in page(client, "/verification/identity/")


@pytest.mark.parametrize(("days", "is_told"), [(61, False), (60, True), (3, True)])
def test_credential_that_runs_out_is_told_on_the_list_and_on_the_day(days: int, is_told: bool) -> None:  # noqa: FBT001
    user = UserFactory.create(roles=[Role.DOCTOR])
    case = CaseFactory.create(status=Status.VERIFIED, doctor=DoctorFactory.create(user=user))
    case.items.filter(kind=ItemKind.INDEMNITY).update(expires_on=today() + timedelta(days=days))
    client = signed_in(user)
    assert ("you stay verified while we check it" in page(client)) == is_told
    assert ("Renew it" in page(client, "/my-day/")) == is_told


def test_a_verified_doctor_is_told_what_patients_can_do_and_what_is_still_wanted() -> None:
    user, busy = UserFactory.create(roles=[Role.DOCTOR]), bookable_doctor()
    CaseFactory.create(status=Status.VERIFIED, doctor=DoctorFactory.create(user=user, listed=True))
    assert "as soon as you have free times" in page(signed_in(user))
    CaseFactory.create(status=Status.VERIFIED, doctor=busy)
    listing_refresh(doctor_id=busy.pk, now=clock.now())
    assert busy.user
    assert "Patients find your page and can book you." in page(signed_in(busy.user))


def test_the_strip_on_the_day_costs_two_statements(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    user = UserFactory.create(roles=[Role.DOCTOR])
    CaseFactory.create(status=Status.VERIFIED, doctor=DoctorFactory.create(user=user))
    with django_assert_num_queries(2):
        assert notice_of(user) is None


def test_day_of_somebody_who_has_not_submitted_says_so() -> None:
    assert "Your verification is not submitted yet." in page(signed_in(applicant()), "/my-day/")


def test_particulars_can_be_corrected_until_they_are_checked() -> None:
    user = applicant()
    client = signed_in(user)
    path = "/verification/particulars/"
    assert client.post(path, {**PARTICULARS, "title": "", "family_name": "Reece"})["Location"] == TASKS
    assert Doctor.objects.get().name == "Nia Reece"
    assert client.post(path, {**PARTICULARS, "given_name": ""}).status_code == 422
    complete(case_of(user))
    client.post(SUBMIT)
    assert 'name="gmc_number"' not in page(client, path)
    assert client.post(path, PARTICULARS).status_code == 409
    assert Doctor.objects.get().name == "Nia Reece"


def test_two_doctors_see_their_own() -> None:
    first, second = signed_in(applicant()), signed_in(UserFactory.create())
    second.post(START, {**PARTICULARS, "given_name": "Huw", "gmc_number": "7000002"})
    assert "Nia" not in page(second)
    assert "Huw" not in page(first)


def test_a_later_last_day_alone_is_kept_and_asks_for_the_file() -> None:
    user = UserFactory.create(roles=[Role.DOCTOR])
    CaseFactory.create(status=Status.VERIFIED, doctor=DoctorFactory.create(user=user))
    later = today() + timedelta(days=600)
    client = signed_in(user)

    answer = client.post(
        "/verification/indemnity/",
        {f"stated_expires_on_{part}": getattr(later, part) for part in ("day", "month", "year")},
        follow=True,
    )

    assert answer.content.decode().count(ADD_THE_FILE) == 2  # said at once, and on the list from then on
