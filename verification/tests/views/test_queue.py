"""The queue as officers meet it in the Wagtail admin."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from common import clock
from doctors.tests.factories import DoctorFactory
from verification.models import VerificationCase
from verification.states import ItemKind, ItemStatus, Status
from verification.tests.factories import case_in, in_days, item_in, officer, person
from verification.tests.views.desk import HTMX, QUEUE, act, case_path, signed_in

pytestmark = pytest.mark.django_db


def listed(client: Client, query: dict[str, str] | None = None) -> list[str]:
    """The doctors on the page in its order, by GMC number."""
    answer = client.get(QUEUE, query or {})
    assert answer.status_code == 200
    return [row.case.doctor.gmc_number for row in answer.context["rows"]]


def numbers(*cases: VerificationCase) -> list[str]:
    return [case.doctor.gmc_number for case in cases]


def test_the_longest_waiting_comes_first_then_drafts_and_then_what_is_decided() -> None:
    now = clock.now()
    verified = case_in(Status.VERIFIED)
    draft = case_in(Status.DRAFT)
    newer = case_in(Status.PENDING, submitted_at=now - timedelta(days=1))
    older = case_in(Status.PENDING, submitted_at=now - timedelta(days=3))

    assert listed(signed_in(officer())) == numbers(older, newer, draft, verified)


def test_a_row_says_age_target_assignee_and_what_is_missing() -> None:
    now, colleague = clock.now(), officer()
    late = case_in(Status.PENDING, submitted_at=now - timedelta(days=7), due_at=now - timedelta(days=2))
    case_in(
        Status.PENDING, submitted_at=now - timedelta(days=6), due_at=now + timedelta(days=1),
        paused_at=now - timedelta(days=3),
    )  # fmt: skip
    case_in(Status.PENDING, claimed_by=colleague, ready=True)

    page = signed_in(officer()).get(QUEUE).content.decode()

    assert late.doctor.gmc_number in page
    assert "Waiting 1\xa0week" in page
    assert "2\xa0days over target" in page
    assert "With the doctor for 3\xa0days" in page
    assert "4\xa0days to target" in page
    assert str(colleague) in page
    assert "Nothing: ready to decide" in page
    assert "To check: GMC number and name, Identity document, Indemnity certificate" in page


def one_of_each(user: User) -> dict[str, VerificationCase]:
    """A case for each saved filter, and none of them in another than that and `waiting`, or `unassigned`."""
    now = clock.now()
    away: dict[str, Any] = {"claimed_by": officer()}
    renewed = case_in(Status.VERIFIED, **away)
    item_in(renewed, ItemKind.INDEMNITY, status=ItemStatus.PROVIDED, expires_on=in_days(200))
    ending = case_in(Status.VERIFIED)
    item_in(ending, ItemKind.INDEMNITY, expires_on=in_days(60))
    case_in(Status.VERIFIED)
    case_in(Status.REJECTED)
    return {
        "mine": case_in(Status.PENDING, claimed_by=user),
        "unassigned": case_in(Status.PENDING),
        "over-target": case_in(Status.PENDING, due_at=now - timedelta(minutes=1), **away),
        "with-doctor": case_in(Status.PENDING, due_at=now, paused_at=now - timedelta(days=1), **away),
        "renewals": renewed,
        "expiring": ending,
    }


@pytest.mark.parametrize("view", ["mine", "unassigned", "over-target", "with-doctor", "renewals", "expiring"])
def test_a_saved_filter_shows_and_counts_its_cases_alone(view: str) -> None:
    user = officer()
    cases, client = one_of_each(user), signed_in(user)

    answer = client.get(QUEUE, {"view": view})

    assert listed(client, {"view": view}) == numbers(cases[view])
    assert {name: count for name, _, count in answer.context["tabs"]}[view] == 1


def test_what_waits_for_a_decision_is_every_pending_case() -> None:
    user = officer()
    cases = one_of_each(user)
    pending = numbers(*(cases[name] for name in ("mine", "unassigned", "over-target", "with-doctor")))

    assert sorted(listed(signed_in(user), {"view": "waiting"})) == sorted(pending)


def test_it_finds_by_name_number_stage_and_assignee() -> None:
    user, colleague = officer(), officer()
    rees = case_in(Status.PENDING, doctor=DoctorFactory.create(given_name="Nia", family_name="Rees"))
    rao = case_in(Status.PENDING, doctor=DoctorFactory.create(given_name="Sunita", family_name="Rao"))
    held = case_in(Status.PENDING, claimed_by=colleague)
    draft = case_in(Status.DRAFT)
    client = signed_in(user)

    assert listed(client, {"q": "rees nia"}) == numbers(rees)
    assert listed(client, {"q": rao.doctor.gmc_number}) == numbers(rao)
    assert listed(client, {"status": "draft"}) == numbers(draft)
    assert listed(client, {"assignee": str(colleague.public_id)}) == numbers(held)
    assert held.doctor.gmc_number not in listed(client, {"assignee": "nobody"})


@pytest.mark.parametrize("query", [{"view": "x"}, {"status": "x"}, {"ordering": "x"}, {"assignee": "x"}, {"p": "x"}])
def test_what_it_does_not_understand_is_left_out(query: dict[str, str]) -> None:
    case = case_in(Status.PENDING)

    assert listed(signed_in(officer()), query) == numbers(case)


def test_it_sorts_by_a_column_in_both_directions() -> None:
    ada = case_in(Status.VERIFIED, doctor=DoctorFactory.create(family_name="Adams"))
    zed = case_in(Status.PENDING, doctor=DoctorFactory.create(family_name="Zeller"))
    client = signed_in(officer())

    assert listed(client, {"ordering": "doctor"}) == numbers(ada, zed)
    assert listed(client, {"ordering": "-doctor"}) == numbers(zed, ada)
    assert 'aria-sort="descending"' in client.get(QUEUE, {"ordering": "-doctor"}).content.decode()


def test_it_costs_the_same_however_long_it_is(django_assert_num_queries: Any) -> None:
    user = officer()
    client = signed_in(user)
    case_in(Status.PENDING, claimed_by=officer())
    client.get(QUEUE)
    with django_assert_num_queries(15, exact=False) as few:
        client.get(QUEUE)
    for _ in range(10):
        case_in(Status.VERIFIED)
        case_in(Status.PENDING, claimed_by=officer())

    with django_assert_num_queries(len(few)):
        client.get(QUEUE)


def test_with_htmx_the_answer_is_the_list_alone() -> None:
    case = case_in(Status.PENDING)

    page = signed_in(officer()).get(QUEUE, {"q": case.doctor.gmc_number}, headers=HTMX).content.decode()

    assert "<html" not in page
    assert page.lstrip().startswith('<div id="verification-queue"')


def test_claiming_from_a_row_goes_back_to_the_same_list() -> None:
    user, case = officer(), case_in(Status.PENDING)

    answer = signed_in(user).post(f"{case_path(case, 'row_claim')}?view=unassigned")

    assert (answer.status_code, answer.headers["Location"]) == (302, f"{QUEUE}?view=unassigned")
    case.refresh_from_db()
    assert case.assignee == user


def test_with_htmx_claiming_and_releasing_answer_with_the_list_as_it_was_filtered() -> None:
    user, case, other = officer(), case_in(Status.PENDING), case_in(Status.PENDING)
    client = signed_in(user)

    claimed = client.post(f"{case_path(case, 'row_claim')}?view=unassigned", headers=HTMX)
    released = client.post(case_path(case, "row_release"), headers=HTMX)

    assert [row.case for row in claimed.context["rows"]] == [other]
    assert f"{case.doctor.name}: the case is yours." in claimed.content.decode()
    assert "the case is back in the queue" in released.content.decode()
    case.refresh_from_db()
    assert case.assignee is None


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_case_that_a_colleague_has_taken_meanwhile_is_a_conflict_that_says_who(headers: dict[str, str]) -> None:
    case = case_in(Status.PENDING, claimed_by=officer())

    answer = act(signed_in(officer()), case, "row_claim", headers=headers)

    assert answer.status_code == 409
    assert "has taken this case already" in answer.content.decode()
    assert ("<html" in answer.content.decode()) is (not headers)


def test_nobody_is_offered_their_own_case_or_may_claim_it() -> None:
    user = officer()
    case = case_in(Status.PENDING, doctor=DoctorFactory.create(user=user))
    client = signed_in(user)

    assert case_path(case, "row_claim") not in client.get(QUEUE).content.decode()
    assert act(client, case, "row_claim").status_code == 403


@pytest.mark.parametrize("action", ["row_claim", "row_release"])
def test_nothing_is_claimed_by_reading(action: str) -> None:
    case = case_in(Status.PENDING)

    assert signed_in(officer()).get(case_path(case, action)).status_code == 405


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({}, "No doctor has applied yet"),
        ({"view": "mine"}, "nothing here at the moment"),
        ({"q": "x"}, "No case matches"),
    ],
)
def test_an_empty_list_says_what_to_do(query: dict[str, str], words: str) -> None:
    assert words in signed_in(officer()).get(QUEUE, query).content.decode()


@pytest.mark.parametrize("role", [None, Role.PATIENT, Role.DOCTOR, Role.CONTENT_EDITOR, Role.AUDITOR])
def test_nobody_but_officers_and_administrators_comes_in(role: Role | None) -> None:
    case = case_in(Status.PENDING)
    client = signed_in(person(*([role] if role else [])))

    answers = [client.get(QUEUE), act(client, case, "row_claim"), act(client, case, "row_release")]

    assert all(answer.status_code in (302, 403) for answer in answers)
    assert all(case.doctor.gmc_number not in answer.content.decode() for answer in answers)


def test_administrators_come_in() -> None:
    case = case_in(Status.PENDING)

    assert listed(signed_in(person(Role.ADMINISTRATOR))) == numbers(case)


def test_a_visitor_is_sent_to_sign_in() -> None:
    answer = Client().get(QUEUE)

    assert answer.status_code == 302
    assert "/login/" in answer.headers["Location"]
