"""The queue and the case page as officers meet them in the Wagtail admin."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from common import clock
from doctors.models import Doctor
from doctors.tests.factories import DoctorFactory
from verification.models import VerificationCase
from verification.states import ReasonCode, Status
from verification.tests.factories import case_in, officer, person

pytestmark = pytest.mark.django_db

REASON = {"reason-reason_code": ReasonCode.EVIDENCE, "reason-reason": "Indemnity ran out."}
HTMX = {"HX-Request": "true"}


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def act(
    client: Client,
    case: VerificationCase,
    action: str,
    data: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Any:
    return client.post(reverse(f"verification:{action}", args=[case.public_id]), data or {}, headers=headers or {})


def test_the_queue_shows_the_longest_waiting_first_and_then_what_is_decided() -> None:
    now = clock.now()
    verified = case_in(Status.VERIFIED)
    newer = case_in(Status.PENDING, submitted_at=now - timedelta(days=1))
    older = case_in(Status.PENDING, submitted_at=now - timedelta(days=3))

    page = signed_in(officer()).get(reverse("verification:index")).content.decode()

    assert page.index(older.doctor.name) < page.index(newer.doctor.name) < page.index(verified.doctor.name)
    assert older.doctor.gmc_number in page
    assert "3\xa0days" in page


def test_the_queue_filters_by_stage_and_finds_by_number() -> None:
    pending, verified = case_in(Status.PENDING), case_in(Status.VERIFIED)
    client = signed_in(officer())

    filtered = client.get(reverse("verification:index"), {"status": "pending"}).content.decode()
    found = client.get(reverse("verification:index"), {"q": verified.doctor.gmc_number}).content.decode()

    assert pending.doctor.name in filtered
    assert verified.doctor.name not in filtered
    assert verified.doctor.name in found
    assert pending.doctor.name not in found


def test_the_queue_costs_the_same_however_long_it_is(django_assert_max_num_queries: Any) -> None:
    client = signed_in(officer())
    case_in(Status.PENDING)
    client.get(reverse("verification:index"))
    for _ in range(12):
        case_in(Status.VERIFIED)

    with django_assert_max_num_queries(10):
        client.get(reverse("verification:index"))


def test_the_case_page_shows_the_claim_and_the_timeline_in_the_clinics_zone(
    django_assert_max_num_queries: Any,
) -> None:
    moment = clock.now().replace(month=7, day=1, hour=11, minute=20)
    case = case_in(Status.PENDING, submitted_at=moment)
    client = signed_in(officer())

    with django_assert_max_num_queries(18):
        page = client.get(reverse("verification:inspect", args=[case.public_id])).content.decode()

    assert case.doctor.gmc_number in page
    assert "12:20pm BST" in page
    assert "Put into the queue" in page


@pytest.mark.parametrize(
    ("status", "offered"),
    [
        (Status.DRAFT, {"submit"}),
        (Status.PENDING, {"approve", "reject"}),
        (Status.VERIFIED, {"suspend"}),
        (Status.REJECTED, {"reopen"}),
        (Status.SUSPENDED, {"reopen"}),
        (Status.EXPIRED, {"reopen"}),
    ],
)
def test_the_case_page_offers_the_moves_of_its_stage_and_no_others(status: Status, offered: set[str]) -> None:
    case = case_in(status)

    page = signed_in(officer()).get(reverse("verification:inspect", args=[case.public_id])).content.decode()

    actions = ("submit", "approve", "reject", "suspend", "reopen")
    assert {action for action in actions if f'action="{case_path(case, action)}"' in page} == offered


def case_path(case: VerificationCase, action: str) -> str:
    return reverse(f"verification:{action}", args=[case.public_id])


def test_an_officer_reads_their_own_case_but_is_offered_no_decision() -> None:
    actor = officer()
    case = case_in(Status.PENDING, doctor=DoctorFactory.create(user=actor))
    client = signed_in(actor)

    page = client.get(reverse("verification:inspect", args=[case.public_id])).content.decode()
    answer = act(client, case, "approve")

    assert "a colleague decides it" in page
    assert case_path(case, "approve") not in page
    assert answer.status_code == 403
    case.refresh_from_db()
    assert case.status == Status.PENDING


@pytest.mark.parametrize(
    ("status", "action", "data", "becomes"),
    [
        (Status.DRAFT, "submit", {}, Status.PENDING),
        (Status.PENDING, "approve", {"note-note": "Register read."}, Status.VERIFIED),
        (Status.PENDING, "reject", REASON, Status.REJECTED),
        (Status.VERIFIED, "suspend", REASON, Status.SUSPENDED),
    ],
)
def test_a_plain_form_decides_and_comes_back_to_the_case(
    status: Status, action: str, data: dict[str, str], becomes: Status
) -> None:
    case = case_in(status)

    answer = act(signed_in(officer()), case, action, data)

    assert (answer.status_code, answer.url) == (302, reverse("verification:inspect", args=[case.public_id]))
    case.refresh_from_db()
    assert case.status == becomes


def test_taking_a_case_up_again_leads_to_the_new_one() -> None:
    case = case_in(Status.REJECTED)

    plain = act(signed_in(officer()), case, "reopen")

    new = VerificationCase.objects.get(previous=case)
    assert plain.url == reverse("verification:inspect", args=[new.public_id])


def test_with_htmx_the_answer_is_the_case_alone() -> None:
    case = case_in(Status.PENDING)

    answer = act(signed_in(officer()), case, "approve", headers=HTMX)

    assert answer.status_code == 200
    page = answer.content.decode()
    assert "<html" not in page
    assert 'id="verification-case"' in page
    assert case_path(case, "suspend") in page


def test_with_htmx_taking_up_again_moves_the_whole_page() -> None:
    case = case_in(Status.EXPIRED)

    answer = act(signed_in(officer()), case, "reopen", headers=HTMX)

    new = VerificationCase.objects.get(previous=case)
    assert answer.headers["HX-Redirect"] == reverse("verification:inspect", args=[new.public_id])


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_refusal_without_a_reason_is_said_beside_the_field_and_keeps_what_was_typed(headers: dict[str, str]) -> None:
    case = case_in(Status.PENDING)

    answer = act(signed_in(officer()), case, "reject", {**REASON, "reason-reason": " "}, headers)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Say what you found" in page
    assert f'value="{ReasonCode.EVIDENCE}" selected' in page


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("action", ["approve", "reject", "submit", "reopen"])
def test_a_decision_that_comes_too_late_is_a_conflict_that_shows_how_it_stands(
    action: str, headers: dict[str, str]
) -> None:
    case = case_in(Status.VERIFIED)

    answer = act(signed_in(officer()), case, action, REASON, headers)

    assert answer.status_code == 409
    assert 'role="alert"' in answer.content.decode()
    assert case_path(case, "suspend") in answer.content.decode()


def test_the_same_key_decides_once_and_another_body_under_it_is_refused() -> None:
    client, case = signed_in(officer()), case_in(Status.PENDING)
    body = {"idempotency_key": "one", "note-note": "Register read."}

    first, again = act(client, case, "approve", body), act(client, case, "approve", body)
    other = act(client, case, "approve", {**body, "note-note": "Another."})

    assert (first.status_code, again.status_code, other.status_code) == (302, 302, 422)
    assert case.history.filter(status=Status.VERIFIED).count() == 1


@pytest.mark.parametrize("action", ["submit", "approve", "reject", "suspend", "reopen"])
def test_nothing_is_decided_by_reading(action: str) -> None:
    case = case_in(Status.PENDING)

    assert signed_in(officer()).get(case_path(case, action)).status_code == 405


def test_a_post_without_a_csrf_token_is_refused() -> None:
    case = case_in(Status.PENDING)
    client = Client(enforce_csrf_checks=True)
    client.force_login(officer(), backend="allauth.account.auth_backends.AuthenticationBackend")

    assert act(client, case, "approve").status_code == 403


@pytest.mark.parametrize("role", [None, Role.PATIENT, Role.DOCTOR, Role.CONTENT_EDITOR, Role.AUDITOR])
def test_nobody_but_officers_comes_to_the_queue(role: Role | None) -> None:
    case = case_in(Status.PENDING)
    client = signed_in(person(*([role] if role else [])))

    answers = [
        client.get(reverse("verification:index")),
        client.get(reverse("verification:inspect", args=[case.public_id])),
        act(client, case, "approve"),
        client.post(reverse("verification:start", args=[case.doctor.public_id])),
    ]

    assert all(answer.status_code in (302, 403) for answer in answers)
    assert all(case.doctor.gmc_number not in answer.content.decode() for answer in answers)
    case.refresh_from_db()
    assert case.status == Status.PENDING


def test_a_visitor_is_sent_to_sign_in() -> None:
    answer: Any = Client().get(reverse("verification:index"))

    assert answer.status_code == 302
    assert "login" in answer.url


def test_an_officer_starts_a_case_and_a_second_time_comes_to_the_same() -> None:
    client, doctor = signed_in(officer()), DoctorFactory.create()
    url = reverse("verification:start", args=[doctor.public_id])

    first: Any = client.post(url)
    again: Any = client.post(url)

    case = VerificationCase.objects.get(doctor=doctor)
    assert first.url == again.url == reverse("verification:inspect", args=[case.public_id])


def test_starting_a_case_beside_a_decided_one_leads_there() -> None:
    case = case_in(Status.REJECTED)

    answer: Any = signed_in(officer()).post(reverse("verification:start", args=[case.doctor.public_id]))

    assert answer.url == reverse("verification:inspect", args=[case.public_id])


def test_there_is_no_way_to_edit_add_or_delete_a_case_in_the_admin() -> None:
    case_in(Status.PENDING)
    client = signed_in(officer())

    for path in ("new/", "edit/1/", "delete/1/", "copy/1/", "history/1/", "usage/1/"):
        assert client.get(f"/admin/verification/{path}").status_code == 404


def test_the_dashboard_counts_for_officers_and_is_silent_for_editors() -> None:
    now = clock.now()
    case_in(Status.PENDING, submitted_at=now - timedelta(days=4))
    case_in(Status.PENDING)
    case_in(Status.VERIFIED, submitted_at=now - timedelta(hours=2))
    case_in(Status.VERIFIED, submitted_at=now - timedelta(days=30), decided_at=now - timedelta(days=20))

    shown = signed_in(officer()).get(reverse("wagtailadmin_home")).content.decode()
    hidden = signed_in(person(Role.CONTENT_EDITOR)).get(reverse("wagtailadmin_home")).content.decode()

    assert "2</span> waiting for a decision" in shown
    assert "1</span> decided in the last 7 days" in shown
    assert "The longest wait is 4\xa0days." in shown
    assert "waiting for a decision" not in hidden


def test_a_change_of_the_doctors_particulars_stands_in_the_timeline() -> None:
    case = case_in(Status.PENDING)
    doctor = Doctor.objects.get(pk=case.doctor_id)
    doctor.gmc_number = "C7654321"
    doctor.save()

    page = signed_in(officer()).get(reverse("verification:inspect", args=[case.public_id])).content.decode()

    assert "Particulars changed" in page
    assert "GMC number" in page
