from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError

from accounts.models import AccountSession, ApiToken, User
from accounts.roles import Role
from accounts.services import session_start, token_issue
from audit.models import Event
from common.errors import Conflict, Forbidden, Invalid, NotFound
from doctors.models import Doctor, DoctorPage, Listing
from doctors.tests.factories import DoctorFactory, DoctorPageFactory
from notifications.models import Message
from verification import services
from verification.models import VerificationCase
from verification.selectors import today
from verification.states import ItemKind, ItemStatus, ReasonCode, Status
from verification.tests.factories import (
    CaseFactory,
    administrator,
    case_in,
    in_days,
    item_in,
    officer,
    person,
)
from verification.tests.steps import taken_by

pytestmark = pytest.mark.django_db


def decisions(doctor: Doctor, case: VerificationCase) -> list[Callable[[User], object]]:
    item = case.items.get(kind=ItemKind.IDENTITY).public_id
    return [
        lambda actor: services.case_open(actor=actor, doctor_id=doctor.public_id),
        lambda actor: services.case_claim(actor=actor, case_id=case.public_id),
        lambda actor: services.case_release(actor=actor, case_id=case.public_id),
        lambda actor: services.case_assign(actor=actor, case_id=case.public_id, assignee_id=actor.public_id),
        lambda actor: services.item_check(
            actor=actor, item_id=item, source="Register", checked_on=today(), seen_at=None
        ),
        lambda actor: services.item_ask(actor=actor, item_id=item, request="A clearer picture."),
        lambda actor: services.register_look_up(actor=actor, case_id=case.public_id),
        lambda actor: services.case_approve(actor=actor, case_id=case.public_id),
        lambda actor: services.case_reject(actor=actor, case_id=case.public_id, reason="No."),
        lambda actor: services.doctor_suspend(actor=actor, doctor_id=doctor.public_id, reason="No."),
        lambda actor: services.barred_appointments_cancel(actor=actor, doctor_id=doctor.public_id),
        lambda actor: services.case_reopen(actor=actor, case_id=case.public_id),
    ]


def test_opening_makes_a_draft_and_asking_again_finds_it() -> None:
    actor, doctor = officer(), DoctorFactory.create()

    case = services.case_open(actor=actor, doctor_id=doctor.public_id)

    assert case.status == Status.DRAFT
    assert services.case_open(actor=actor, doctor_id=doctor.public_id) == case
    assert VerificationCase.objects.count() == 1


@pytest.mark.parametrize("status", [status for status in Status if status != Status.DRAFT])
def test_opening_beside_another_case_is_refused_and_names_it(status: Status) -> None:
    case = case_in(status)

    with pytest.raises(Conflict) as refusal:
        services.case_open(actor=officer(), doctor_id=case.doctor.public_id)

    assert refusal.value.code == "case_exists"
    assert refusal.value.data == {"current": status.value, "case": str(case.public_id)}


def test_approving_publishes_the_page_and_a_suspension_takes_it_down_with_the_listing() -> None:
    actor = officer()
    doctor = DoctorFactory.create(user=person(Role.DOCTOR))
    page = DoctorPageFactory.create(doctor=doctor, live=False)
    case = taken_by(actor, doctor=doctor)

    services.case_approve(actor=actor, case_id=case.public_id, note="Register read today.")

    assert DoctorPage.objects.get(pk=page.pk).live
    assert Doctor.objects.listed().filter(pk=doctor.pk).exists()
    assert Listing.objects.filter(doctor=doctor).exists()

    services.doctor_suspend(actor=actor, doctor_id=doctor.public_id, reason="A complaint.")

    assert not DoctorPage.objects.get(pk=page.pk).live
    assert not Doctor.objects.listed().filter(pk=doctor.pk).exists()
    assert not Listing.objects.filter(doctor=doctor).exists()


def test_a_decision_keeps_who_when_and_why_and_its_history_names_the_officer() -> None:
    actor = officer()
    case = taken_by(actor)

    services.case_reject(
        actor=actor, case_id=case.public_id, reason="  Two people of that name. ", reason_code=ReasonCode.NAME_DIFFERS
    )

    case.refresh_from_db()
    assert (case.decided_by, case.reason, case.reason_code) == (
        actor,
        "Two people of that name.",
        ReasonCode.NAME_DIFFERS,
    )
    assert case.decided_at is not None
    assert case.history.first().history_user == actor
    event = Event.objects.get(action="verification.rejected")
    assert event.data == {"doctor": str(case.doctor.public_id), "reason": ReasonCode.NAME_DIFFERS}


def test_the_second_officer_is_told_what_the_first_decided() -> None:
    first = officer()
    case = taken_by(first)
    services.case_approve(actor=first, case_id=case.public_id)

    for second in (
        lambda: services.case_approve(actor=officer(), case_id=case.public_id),
        lambda: services.case_reject(actor=officer(), case_id=case.public_id, reason="No."),
    ):
        with pytest.raises(Conflict) as refusal:
            second()
        assert refusal.value.data["current"] == Status.VERIFIED


@pytest.mark.parametrize(
    "role", [None, Role.PATIENT, Role.DOCTOR, Role.CONTENT_EDITOR, Role.CLINIC_STAFF, Role.AUDITOR]
)
def test_nobody_but_officers_moves_a_case(role: Role | None) -> None:
    actor = person(*([role] if role else []))
    case = case_in(Status.PENDING)

    for decide in decisions(case.doctor, case):
        with pytest.raises(Forbidden) as refusal:
            decide(actor)
        assert refusal.value.code == "not_an_officer"
    case.refresh_from_db()
    assert case.status == Status.PENDING


def test_an_administrator_decides_too() -> None:
    actor = administrator()

    assert services.case_approve(actor=actor, case_id=taken_by(actor).public_id).status == Status.VERIFIED


@pytest.mark.parametrize("status", list(Status))
def test_no_officer_moves_their_own_case(status: Status) -> None:
    actor = officer()
    case = case_in(status, doctor=DoctorFactory.create(user=actor))

    for decide in decisions(case.doctor, case):
        with pytest.raises(Forbidden) as refusal:
            decide(actor)
        assert refusal.value.code == "own_case"


@pytest.mark.parametrize("reason", ["", "   "])
def test_refusing_without_a_reason_is_invalid_beside_the_field(reason: str) -> None:
    actor = officer()
    pending, verified = taken_by(actor), case_in(Status.VERIFIED)

    with pytest.raises(Invalid) as rejecting:
        services.case_reject(actor=actor, case_id=pending.public_id, reason=reason)
    with pytest.raises(Invalid) as suspending:
        services.doctor_suspend(actor=officer(), doctor_id=verified.doctor.public_id, reason=reason)

    assert "reason" in rejecting.value.fields
    assert "reason" in suspending.value.fields
    pending.refresh_from_db()
    assert pending.status == Status.PENDING


def test_an_unknown_reason_code_is_invalid() -> None:
    actor = officer()
    with pytest.raises(Invalid) as refusal:
        services.case_reject(actor=actor, case_id=taken_by(actor).public_id, reason="No.", reason_code="whim")
    assert "reason_code" in refusal.value.fields


def test_a_doctor_who_was_never_verified_cannot_be_suspended() -> None:
    with pytest.raises(Conflict):
        services.doctor_suspend(actor=officer(), doctor_id=DoctorFactory.create().public_id, reason="A concern.")


def test_what_does_not_exist_is_not_found() -> None:
    with pytest.raises(NotFound):
        services.case_approve(actor=officer(), case_id=uuid4())
    with pytest.raises(NotFound):
        services.doctor_suspend(actor=officer(), doctor_id=uuid4(), reason="A concern.")


def test_the_doctor_is_told_each_decision_in_our_words_and_never_the_officers() -> None:
    doctor = DoctorFactory.create(user=person(Role.DOCTOR))
    actor = officer()
    case = taken_by(actor, doctor=doctor)
    services.case_approve(actor=actor, case_id=case.public_id, note="CANARY-note")
    services.doctor_suspend(
        actor=officer(), doctor_id=doctor.public_id, reason="CANARY-reason", reason_code=ReasonCode.CONCERN
    )

    messages = Message.objects.filter(user=doctor.user).order_by("pk")
    assert [message.kind for message in messages] == ["verification_approved", "verification_suspended"]
    assert messages[1].facts["reason"] == ReasonCode.CONCERN.label
    assert "CANARY" not in str(list(messages.values()) + list(Event.objects.values("data")))


def test_a_doctor_without_an_account_is_decided_without_a_message() -> None:
    actor = officer()
    services.case_approve(actor=actor, case_id=taken_by(actor).public_id)

    assert not Message.objects.exists()


def test_the_database_itself_refuses_a_second_open_case() -> None:
    case = case_in(Status.PENDING)

    with pytest.raises(IntegrityError, match="case_one_open"):
        case_in(Status.DRAFT, doctor=case.doctor)


def test_the_database_itself_refuses_a_decision_without_a_decider() -> None:
    with pytest.raises(IntegrityError, match="case_decided_says_who_and_when"):
        case_in(Status.VERIFIED, decided_by=None)


def test_the_database_itself_refuses_a_refusal_without_a_reason() -> None:
    with pytest.raises(IntegrityError, match="case_refused_says_why"):
        case_in(Status.REJECTED, reason="")


@pytest.mark.parametrize("decide", [services.case_approve, partial(services.case_reject, reason="No.")])
def test_only_whoever_has_taken_the_case_decides_it(decide: Callable[..., Any]) -> None:
    colleague = officer()
    untaken, taken = CaseFactory.create(ready=True), taken_by(colleague)

    for case, by in ((untaken, ""), (taken, str(colleague))):
        with pytest.raises(Conflict) as refusal:
            decide(actor=officer(), case_id=case.public_id)
        assert (refusal.value.code, refusal.value.data) == ("not_claimed", {"by": by})
        case.refresh_from_db()
        assert case.status == Status.PENDING


def test_a_decided_case_is_nobodys_work_any_more() -> None:
    actor = officer()
    case = services.case_approve(actor=actor, case_id=taken_by(actor).public_id)

    case.refresh_from_db()
    assert (case.assignee, case.claimed_at) == (None, None)


@pytest.mark.parametrize("kind", [ItemKind.GMC_REGISTER, ItemKind.IDENTITY, ItemKind.INDEMNITY])
def test_nobody_is_verified_before_everything_required_is_accepted(kind: ItemKind) -> None:
    actor = officer()
    case = taken_by(actor)
    item_in(case, kind, status=ItemStatus.PROVIDED)

    with pytest.raises(Conflict) as refusal:
        services.case_approve(actor=actor, case_id=case.public_id)

    assert (refusal.value.code, refusal.value.data) == ("unproved", {"items": [kind]})


def test_nobody_is_verified_on_a_credential_that_has_run_out_and_its_last_day_counts() -> None:
    actor = officer()
    over, last_day = taken_by(actor), taken_by(actor)
    item_in(over, ItemKind.INDEMNITY, expires_on=in_days(-1))
    item_in(last_day, ItemKind.INDEMNITY, expires_on=in_days(0))

    with pytest.raises(Conflict, match="indemnity"):
        services.case_approve(actor=actor, case_id=over.public_id)
    assert services.case_approve(actor=actor, case_id=last_day.public_id).status == Status.VERIFIED


def test_a_case_without_a_checklist_verifies_nobody() -> None:
    actor = officer()
    case = taken_by(actor)
    case.items.all().delete()

    with pytest.raises(Conflict) as refusal:
        services.case_approve(actor=actor, case_id=case.public_id)
    assert refusal.value.code == "unproved"


@pytest.mark.parametrize("standing", [Status.VERIFIED, Status.SUSPENDED, Status.EXPIRED])
def test_a_gmc_number_is_proved_for_one_doctor_alone(standing: Status) -> None:
    actor, other = officer(), case_in(standing)
    case = taken_by(actor, doctor=DoctorFactory.create(gmc_number=other.doctor.gmc_number))

    with pytest.raises(Conflict) as refusal:
        services.case_approve(actor=actor, case_id=case.public_id)

    assert refusal.value.code == "gmc_number_taken"
    assert Doctor.objects.get(pk=case.doctor_id).verification_status == Status.PENDING


def test_a_number_that_was_proved_once_stays_its_doctors_while_their_case_is_looked_at_again() -> None:
    actor, suspended = officer(), case_in(Status.SUSPENDED)
    services.case_reopen(actor=actor, case_id=suspended.public_id)
    case = taken_by(actor, doctor=DoctorFactory.create(gmc_number=suspended.doctor.gmc_number))

    with pytest.raises(Conflict) as refusal:
        services.case_approve(actor=actor, case_id=case.public_id)
    assert refusal.value.code == "gmc_number_taken"


def test_the_database_has_the_last_word_about_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the other doctor were verified between our look and our write."""
    actor, other = officer(), case_in(Status.VERIFIED)
    case = taken_by(actor, doctor=DoctorFactory.create(gmc_number=other.doctor.gmc_number))
    monkeypatch.setattr("verification.services.decide._assert_proved", lambda *_: None)

    with pytest.raises(Conflict) as refusal:
        services.case_approve(actor=actor, case_id=case.public_id)
    assert refusal.value.code == "gmc_number_taken"


def test_claiming_a_number_that_nobody_has_proved_stands_in_nobodys_way() -> None:
    actor, other = officer(), case_in(Status.PENDING)
    case = taken_by(actor, doctor=DoctorFactory.create(gmc_number=other.doctor.gmc_number))

    assert services.case_approve(actor=actor, case_id=case.public_id).status == Status.VERIFIED


def test_a_suspension_needs_no_claim_and_signs_the_doctor_out() -> None:
    doctor = DoctorFactory.create(user=person(Role.DOCTOR))
    assert doctor.user
    case_in(Status.VERIFIED, doctor=doctor)
    session_start(user_id=doctor.user.public_id, device="Firefox on Linux")
    token_issue(user=doctor.user)

    services.doctor_suspend(actor=officer(), doctor_id=doctor.public_id, reason="A concern.")

    assert not AccountSession.objects.filter(user=doctor.user).exists()
    assert not ApiToken.objects.filter(user=doctor.user).exists()
