from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import IntegrityError

from accounts.models import User
from accounts.roles import Role
from audit.models import Event
from common.errors import Conflict, Forbidden, Invalid, NotFound
from doctors.models import Doctor, DoctorPage, Listing
from doctors.tests.factories import DoctorFactory, DoctorPageFactory
from notifications.models import Message
from verification import services
from verification.models import VerificationCase
from verification.states import ReasonCode, Status
from verification.tests.factories import case_in, officer, person

pytestmark = pytest.mark.django_db


def decisions(doctor: Doctor, case: VerificationCase) -> list[Callable[[User], object]]:
    return [
        lambda actor: services.case_open(actor=actor, doctor_id=doctor.public_id),
        lambda actor: services.case_submit(actor=actor, case_id=case.public_id),
        lambda actor: services.case_approve(actor=actor, case_id=case.public_id),
        lambda actor: services.case_reject(actor=actor, case_id=case.public_id, reason="No."),
        lambda actor: services.doctor_suspend(actor=actor, doctor_id=doctor.public_id, reason="No."),
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
    case = case_in(Status.PENDING, doctor=doctor)

    services.case_approve(actor=actor, case_id=case.public_id, note="Register read today.")

    assert DoctorPage.objects.get(pk=page.pk).live
    assert Doctor.objects.listed().filter(pk=doctor.pk).exists()
    assert Listing.objects.filter(doctor=doctor).exists()

    services.doctor_suspend(actor=actor, doctor_id=doctor.public_id, reason="A complaint.")

    assert not DoctorPage.objects.get(pk=page.pk).live
    assert not Doctor.objects.listed().filter(pk=doctor.pk).exists()
    assert not Listing.objects.filter(doctor=doctor).exists()


def test_a_decision_keeps_who_when_and_why_and_its_history_names_the_officer() -> None:
    actor, case = officer(), case_in(Status.PENDING)

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
    case = case_in(Status.PENDING)
    services.case_approve(actor=officer(), case_id=case.public_id)

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
    case = case_in(Status.PENDING)

    assert services.case_approve(actor=person(Role.ADMINISTRATOR), case_id=case.public_id).status == Status.VERIFIED


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
    pending, verified = case_in(Status.PENDING), case_in(Status.VERIFIED)

    with pytest.raises(Invalid) as rejecting:
        services.case_reject(actor=officer(), case_id=pending.public_id, reason=reason)
    with pytest.raises(Invalid) as suspending:
        services.doctor_suspend(actor=officer(), doctor_id=verified.doctor.public_id, reason=reason)

    assert "reason" in rejecting.value.fields
    assert "reason" in suspending.value.fields
    pending.refresh_from_db()
    assert pending.status == Status.PENDING


def test_an_unknown_reason_code_is_invalid() -> None:
    with pytest.raises(Invalid) as refusal:
        services.case_reject(
            actor=officer(), case_id=case_in(Status.PENDING).public_id, reason="No.", reason_code="whim"
        )
    assert "reason_code" in refusal.value.fields


def test_reopening_starts_a_new_case_and_leaves_the_old_as_it_was_decided() -> None:
    old = case_in(Status.SUSPENDED)

    new = services.case_reopen(actor=officer(), case_id=old.public_id, note="The complaint was withdrawn.")

    old.refresh_from_db()
    assert (old.status, new.status, new.previous, new.doctor_id) == (
        Status.SUSPENDED,
        Status.PENDING,
        old,
        old.doctor_id,
    )


def test_a_case_that_was_taken_up_again_and_decided_cannot_be_taken_up_twice() -> None:
    old = case_in(Status.REJECTED)
    new = services.case_reopen(actor=officer(), case_id=old.public_id)
    services.case_approve(actor=officer(), case_id=new.public_id)

    with pytest.raises(Conflict) as refusal:
        services.case_reopen(actor=officer(), case_id=old.public_id)
    assert refusal.value.data["current"] == Status.VERIFIED


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
    case = case_in(Status.PENDING, doctor=doctor)
    services.case_approve(actor=officer(), case_id=case.public_id, note="CANARY-note")
    services.doctor_suspend(
        actor=officer(), doctor_id=doctor.public_id, reason="CANARY-reason", reason_code=ReasonCode.CONCERN
    )

    messages = Message.objects.filter(user=doctor.user).order_by("pk")
    assert [message.kind for message in messages] == ["verification_approved", "verification_suspended"]
    assert messages[1].facts == {"doctor": doctor.name, "reason": ReasonCode.CONCERN.label}
    assert "CANARY" not in str(list(messages.values()) + list(Event.objects.values("data")))


def test_a_doctor_without_an_account_is_decided_without_a_message() -> None:
    services.case_approve(actor=officer(), case_id=case_in(Status.PENDING).public_id)

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
