"""Beginning a verification: by the doctor who applies, or by an officer; and putting it into the queue."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts.models import User
from accounts.selectors import is_confirmed
from common import clock
from common.errors import Conflict, Forbidden, Invalid
from doctors.models import Doctor
from doctors.services import doctor_create_own, doctor_particulars_change, doctor_set_verification
from verification import locks, policies
from verification.models import ChecklistItem, VerificationCase
from verification.selectors import gaps_of, is_somebody_else, item_of, verification_settings, was_proved_once
from verification.services import steps
from verification.services.items import prove_anew
from verification.states import ItemKind, ItemStatus, Status, can_correct_particulars


@transaction.atomic
def doctor_apply(*, actor: User, title: str, given_name: str, family_name: str, gmc_number: str) -> VerificationCase:
    """Begin one's own verification as a doctor: the doctor (not listed) with the role, and a draft with its items.

    Where the clinic has made the doctor for this account already, what is given now stands. Whoever has applied before
    gets the present case, whatever was entered. Raises `Invalid` (`particulars`; fields
    `given_name`, `family_name`, `gmc_number`) and `Busy`.
    """
    said = {"title": title, "given_name": given_name, "family_name": family_name, "gmc_number": gmc_number}
    doctor = locks.doctor_of_locked(actor)
    if doctor is None:
        locks.applicant_locked(actor.public_id)
        # Somebody who has applied in another window meanwhile has a case; see the order in `locks`.
        case = VerificationCase.objects.select_related("doctor").filter(doctor__user=actor).first()
        return case or _opened(doctor_create_own(actor=actor, **said), actor)
    case = locks.latest_case_locked(doctor)
    if case is not None:
        return case
    if doctor.verification_status == Status.DRAFT:
        doctor = doctor_particulars_change(actor=actor, doctor_id=doctor.public_id, **said)
    return _opened(doctor, actor)


@transaction.atomic
def particulars_change(
    *, actor: User, case_id: UUID, title: str, given_name: str, family_name: str, gmc_number: str
) -> VerificationCase:
    """Correct one's name and GMC number: before submitting, or when they are what an officer asks for.

    With another name or number everything that was proved of the person is to be proved anew; a number that was
    proved once is not changed here. Raises `NotFound` for somebody else's case, `Conflict` (`item_closed`) and
    `Invalid` as `doctor_apply`, or where nothing is new in what an officer asks for (`nothing_new`).
    """
    case = locks.case_locked(case_id)
    policies.assert_is_own(actor, case.doctor)
    item = locks.item_locked(item_of(case, ItemKind.GMC_REGISTER).public_id)
    item.case = case
    if not can_correct_particulars(case.status, item.status):
        message = "Your name and number are with us and cannot be changed now."
        raise Conflict("item_closed", message, current=item.status)
    before = case.doctor
    case.doctor = doctor_particulars_change(
        actor=actor,
        doctor_id=before.public_id,
        title=title,
        given_name=given_name,
        family_name=family_name,
        gmc_number=gmc_number,
    )
    _assert_may_state(before, case.doctor, item)
    now = clock.now()
    steps.item_move(item, ItemStatus.PROVIDED)
    item.provided_at = now
    steps.write_item(item, actor=actor)
    if _who(before) != _who(case.doctor):
        prove_anew(case, actor=actor, now=now)
    steps.record(case, "stated", actor=actor)
    steps.go_on_if_answered(case, actor=actor, now=now)
    return case


@transaction.atomic
def case_open(*, actor: User, doctor_id: UUID) -> VerificationCase:
    """The doctor's first case, as a draft; asking again while it is one answers with it.

    Raises `NotFound`, `Forbidden`, and `Conflict` (`case_exists`, data `current` and `case`) once there is another.
    """
    doctor = locks.doctor_locked(doctor_id)
    policies.assert_may_decide(actor, doctor)
    latest = locks.latest_case_locked(doctor)
    if latest is not None and latest.status == Status.DRAFT:
        return latest
    if latest is not None:
        raise Conflict(
            "case_exists",
            f"{doctor.name} already has a case: {Status(latest.status).label.lower()}.",
            current=latest.status,
            case=str(latest.public_id),
        )
    return _opened(doctor, actor)


@transaction.atomic
def case_submit(*, actor: User, case_id: UUID) -> VerificationCase:
    """Put a draft into the queue: the doctor's own, or by an officer for a doctor who has no account.

    The doctor's needs everything that is required, with files that the virus check has passed, a confirmed email
    address and, where the installation demands it, two-step sign-in: else `Invalid` (`incomplete`), whose fields are
    the kinds of items, `email` and `two_step`. Submitting again changes nothing. Raises `NotFound`, `Forbidden`,
    `Conflict` (`illegal_transition`, data `current`).
    """
    case = locks.case_locked(case_id)
    _assert_may_submit(actor, case)
    if case.status == Status.PENDING:
        return case
    # The way from a refusal back to the queue is a new case: see `case_reopen` and `case_renew`.
    if case.status != Status.DRAFT:
        raise Conflict("illegal_transition", "This case has been decided already.", current=case.status)
    if case.doctor.user_id is not None:
        _assert_complete(case, actor)
    now = clock.now()
    case.status, case.submitted_at, case.due_at = Status.PENDING, now, target_after(now)
    steps.write(case, "submitted", actor=actor)
    if is_somebody_else(case):
        prove_anew(case, actor=actor, now=now)
    asked = steps.pause_if_asked(case, now)
    steps.save(case, actor=actor)
    doctor_set_verification(actor=actor, doctor_id=case.doctor.public_id, status=Status.PENDING, now=now)
    steps.tell(case, "verification_submitted", now, days=verification_settings().target_days, asked=asked)
    return case


def target_after(now: datetime) -> datetime:
    """When a decision is promised for a case that is submitted now."""
    return now + timedelta(days=verification_settings().target_days)


def _opened(doctor: Doctor, actor: User) -> VerificationCase:
    now = clock.now()
    case = VerificationCase(doctor=doctor, created_at=now)
    steps.write(case, "opened", actor=actor)
    steps.items_make(case, actor=actor, now=now)
    return case


def _who(doctor: Doctor) -> tuple[str, ...]:
    return doctor.given_name, doctor.family_name, doctor.gmc_number


def _assert_may_state(before: Doctor, after: Doctor, item: ChecklistItem) -> None:
    if before.gmc_number != after.gmc_number and was_proved_once(after):
        message = "This number was proved for you, so it cannot be changed here. Write to us if it is wrong."
        raise Invalid("number_proved", message, fields={"gmc_number": [message]})
    is_same = (before.title, *_who(before)) == (after.title, *_who(after))
    if item.status == ItemStatus.ASKED and is_same:
        raise Invalid("nothing_new", "Nothing has changed yet. Write to us if everything is right as it stands.")


def _assert_may_submit(actor: User, case: VerificationCase) -> None:
    if policies.is_own(actor, case.doctor):
        return
    policies.assert_may_decide(actor, case.doctor)
    if case.doctor.user_id is not None:
        raise Forbidden("doctor_submits", "This doctor has an account, so only they can submit the case.")


def _assert_complete(case: VerificationCase, actor: User) -> None:
    lacking = {kind: [words] for kind, words in gaps_of(case).items()}
    if not is_confirmed(actor):
        lacking["email"] = ["Confirm your email address."]
    if settings.TWO_STEP_REQUIRED and not actor.has_two_step:
        lacking["two_step"] = ["Turn on two-step sign-in."]
    if lacking:
        raise Invalid("incomplete", "Some things are missing before you can submit.", fields=lacking)
