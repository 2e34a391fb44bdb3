"""Everything that an officer does to a whole case: allowed, refused, by htmx and by plain forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from audit.models import Event
from doctors.tests.factories import DoctorFactory
from verification.models import VerificationCase
from verification.states import REFUSED, Status
from verification.tests.factories import case_in, officer, person, two_persons_approve
from verification.tests.views.desk import HTMX, REASON, act, case_path, signed_in

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Move:
    """A form of the case page: sent about a case in `before` it leaves it in `after`."""

    action: str
    before: Status
    after: Status
    data: dict[str, str] = field(default_factory=dict)
    is_claimed: bool = True

    def __str__(self) -> str:
        return self.action


MOVES = [
    Move("claim", Status.PENDING, Status.PENDING, is_claimed=False),
    Move("release", Status.PENDING, Status.PENDING),
    Move("look_up", Status.PENDING, Status.PENDING),
    Move("submit", Status.DRAFT, Status.PENDING, is_claimed=False),
    Move("approve", Status.PENDING, Status.VERIFIED, {"note-note": "Register read."}),
    Move("reject", Status.PENDING, Status.REJECTED, REASON),
    Move("suspend", Status.VERIFIED, Status.SUSPENDED, REASON, is_claimed=False),
]
every_move = pytest.mark.parametrize("move", MOVES, ids=str)


def prepared(move: Move, actor: User) -> VerificationCase:
    return case_in(move.before, ready=True, claimed_by=actor if move.is_claimed else None)


@every_move
def test_a_plain_form_does_it_and_comes_back_to_the_case(move: Move) -> None:
    actor = officer()
    case = prepared(move, actor)

    answer = act(signed_in(actor), case, move.action, move.data)

    assert answer.status_code == 302
    assert answer.headers["Location"].partition("#")[0] == case_path(case)
    case.refresh_from_db()
    assert case.status == move.after


@every_move
def test_with_htmx_the_answer_is_the_case_alone_with_what_was_done_in_focus(move: Move) -> None:
    actor = officer()
    case = prepared(move, actor)

    answer = act(signed_in(actor), case, move.action, move.data, HTMX)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in page
    assert 'id="verification-case"' in page
    assert 'role="status"' in page
    assert page.count("autofocus") == 1


@every_move
@pytest.mark.parametrize("role", [None, Role.PATIENT, Role.DOCTOR, Role.CONTENT_EDITOR, Role.AUDITOR])
def test_nobody_but_officers_and_administrators_does_it(move: Move, role: Role | None) -> None:
    case = prepared(move, officer())
    before = Event.objects.count()

    answer = act(signed_in(person(*([role] if role else []))), case, move.action, move.data)

    assert answer.status_code in (302, 403)
    assert case.doctor.gmc_number not in answer.content.decode()
    case.refresh_from_db()
    assert case.status == move.before
    assert not Event.objects.filter(pk__gt=before, action__startswith="verification").exists()


@pytest.mark.parametrize("move", [move for move in MOVES if move.action != "submit"], ids=str)
def test_nobody_does_it_to_their_own_case(move: Move) -> None:
    """But for submitting, which is a doctor's own."""
    actor = officer()
    case = prepared(move, officer())
    case.doctor.user = actor
    case.doctor.save()

    answer = act(signed_in(actor), case, move.action, move.data)

    assert answer.status_code == 403
    case.refresh_from_db()
    assert case.status == move.before


@every_move
def test_it_is_never_done_by_reading(move: Move) -> None:
    case = case_in(move.before)

    assert signed_in(officer()).get(case_path(case, move.action)).status_code == 405


@every_move
def test_it_needs_a_csrf_token(move: Move) -> None:
    actor = officer()
    case = prepared(move, actor)
    client = Client(enforce_csrf_checks=True)
    client.force_login(actor, backend="accounts.backends.AccountBackend")

    assert act(client, case, move.action, move.data).status_code == 403


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("action", ["approve", "reject", "submit", "reopen", "claim"])
def test_what_comes_too_late_is_a_conflict_that_shows_how_it_stands(action: str, headers: dict[str, str]) -> None:
    case = case_in(Status.VERIFIED)

    answer = act(signed_in(officer()), case, action, REASON, headers)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert 'role="alert"' in page
    assert case_path(case, "suspend") in page
    assert ("<html" in page) is not bool(headers)


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("action", ["approve", "reject"])
def test_deciding_needs_the_claim_and_keeps_what_was_typed(action: str, headers: dict[str, str]) -> None:
    case = case_in(Status.PENDING, claimed_by=officer(), ready=True)
    typed = {"note-note": "Typed with care.", **REASON}

    answer = act(signed_in(officer()), case, action, typed, headers)

    assert answer.status_code == 409
    assert "has taken this case" in answer.content.decode()
    case.refresh_from_db()
    assert case.status == Status.PENDING


def test_a_case_with_something_unchecked_is_not_approved_and_the_note_is_kept() -> None:
    actor = officer()
    case = case_in(Status.PENDING, claimed_by=actor)

    answer = act(signed_in(actor), case, "approve", {"note-note": "x"}, HTMX)

    assert answer.status_code == 409
    assert "These are not checked yet" in answer.content.decode()


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(("action", "status"), [("reject", Status.PENDING), ("suspend", Status.VERIFIED)])
def test_a_refusal_without_a_reason_is_said_beside_the_field_and_keeps_what_was_typed(
    action: str, status: Status, headers: dict[str, str]
) -> None:
    actor = officer()
    case = case_in(status, claimed_by=actor)

    answer = act(signed_in(actor), case, action, {**REASON, "reason-reason": " "}, headers)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Say what you found" in page
    assert f'value="{REASON["reason-reason_code"]}" selected' in page
    case.refresh_from_db()
    assert case.status == status


def test_the_same_key_decides_once_and_another_body_under_it_is_refused() -> None:
    actor = officer()
    client, case = signed_in(actor), case_in(Status.PENDING, claimed_by=actor, ready=True)
    body = {"idempotency_key": "one", "note-note": "Register read."}

    first, again = act(client, case, "approve", body), act(client, case, "approve", body)
    other = act(client, case, "approve", {**body, "note-note": "Another."})

    assert (first.status_code, again.status_code, other.status_code) == (302, 302, 422)
    assert case.history.filter(status=Status.VERIFIED).count() == 1


def test_no_two_forms_of_a_page_share_a_key() -> None:
    actor = officer()
    case = case_in(Status.PENDING, claimed_by=actor, ready=True)

    page = signed_in(actor).get(case_path(case)).content.decode()

    keys = [part.split('"')[0] for part in page.split('name="idempotency_key" value="')[1:]]
    assert len(keys) > 5
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_two_persons_approve_one_after_the_other(headers: dict[str, str]) -> None:
    two_persons_approve()
    first, second = officer(), officer()
    case = case_in(Status.PENDING, claimed_by=first, ready=True)

    one = signed_in(first).post(case_path(case, "approve"), {"note-note": ""}, headers=headers, follow=True)
    case.refresh_from_db()
    assert (case.status, case.first_approved_by) == (Status.PENDING, first)
    two = signed_in(second).post(case_path(case, "approve"), {"note-note": ""}, headers=headers, follow=True)

    assert "Your approval is recorded. A second person decides." in one.content.decode()
    assert "page is public and can be booked" in two.content.decode()
    case.refresh_from_db()
    assert case.status == Status.VERIFIED


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_case_is_given_to_a_colleague_and_to_nobody_else(headers: dict[str, str]) -> None:
    absent, actor, colleague = officer(), officer(), officer()
    case = case_in(Status.PENDING, claimed_by=absent)

    def give(to: User | None) -> Any:
        data = {"assign-assignee": str(to.public_id) if to else ""}
        return act(signed_in(actor), case, "assign", data, headers)

    assert [give(person(Role.PATIENT)).status_code, give(None).status_code] == [422, 422]
    case.refresh_from_db()
    assert case.assignee == absent
    assert give(colleague).status_code in (200, 302)
    case.refresh_from_db()
    assert case.assignee == colleague


@pytest.mark.parametrize("status", [Status.REJECTED, Status.SUSPENDED, Status.EXPIRED])
def test_taking_a_case_up_again_leads_to_the_new_one(status: Status) -> None:
    case = case_in(status)

    plain = act(signed_in(officer()), case, "reopen", {"note-note": "Wrongly refused."})
    again = act(signed_in(officer()), case, "reopen", {"note-note": ""}, HTMX)

    new = VerificationCase.objects.get(previous=case)
    assert plain.headers["Location"].partition("#")[0] == case_path(new)
    assert again.headers["HX-Redirect"] == case_path(new)


@pytest.mark.parametrize("number_of_times", [1, 2])
def test_starting_a_case_leads_to_the_one_that_there_is(number_of_times: int) -> None:
    client, doctor = signed_in(officer()), DoctorFactory.create()
    url = reverse("verification:start", args=[doctor.public_id])

    answers: list[Any] = [client.post(url) for _ in range(number_of_times)]

    case = VerificationCase.objects.get(doctor=doctor)
    assert {answer.headers["Location"] for answer in answers} == {case_path(case)}


@pytest.mark.parametrize("status", sorted(REFUSED))
def test_starting_a_case_beside_a_decided_one_leads_there(status: Status) -> None:
    case = case_in(status)

    answer: Any = signed_in(officer()).post(reverse("verification:start", args=[case.doctor.public_id]))

    assert answer.headers["Location"] == case_path(case)


def test_a_look_into_the_register_is_kept_with_its_result_and_shown() -> None:
    case = case_in(Status.PENDING)

    page = act(signed_in(officer()), case, "look_up", headers=HTMX).content.decode()

    check = case.register_checks.get()
    assert f"Looked up: {check.get_result_display().lower()}." in page
    assert Event.objects.filter(action="register.looked_up", object_id=str(case.public_id)).count() == 1
