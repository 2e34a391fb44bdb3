"""Who a doctor says they are, and what another name or number does to what was proved."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from common import clock
from common.errors import Conflict, Invalid
from doctors.models import Doctor
from doctors.tests.factories import DoctorFactory
from verification import services
from verification.models import VerificationCase
from verification.states import ItemKind, ItemStatus, Status
from verification.tests.factories import CaseFactory, EvidenceFactory, case_in, item_in, officer
from verification.tests.steps import own_case, taken_by

pytestmark = pytest.mark.django_db


def restate(actor: User, case: VerificationCase, **changes: str) -> VerificationCase:
    doctor = Doctor.objects.get(pk=case.doctor_id)
    said: dict[str, Any] = {
        name: getattr(doctor, name) for name in ("title", "given_name", "family_name", "gmc_number")
    }
    return services.particulars_change(actor=actor, case_id=case.public_id, **said | changes)


def statuses(case: VerificationCase) -> dict[str, str]:
    return dict(case.items.values_list("kind", "status"))


def test_a_proved_doctor_who_takes_another_name_is_proved_anew() -> None:
    actor, old = own_case(Status.EXPIRED)
    EvidenceFactory.create(item=old.items.get(kind=ItemKind.IDENTITY), by=actor)
    draft = services.case_renew(actor=actor, case_id=old.public_id)

    restate(actor, draft, given_name="Somebody", family_name="Else")

    assert statuses(draft)[ItemKind.GMC_REGISTER] == ItemStatus.PROVIDED
    assert statuses(draft)[ItemKind.IDENTITY] == ItemStatus.PROVIDED
    assert statuses(draft)[ItemKind.INDEMNITY] == ItemStatus.EMPTY
    identity = draft.items.get(kind=ItemKind.IDENTITY)
    assert (identity.checked_by, identity.source) == (None, "")
    services.item_answer(actor=actor, item_id=identity.public_id, answer="My new passport.")


def test_another_title_leaves_everything_proved() -> None:
    actor, old = own_case(Status.EXPIRED)
    draft = services.case_renew(actor=actor, case_id=old.public_id)

    restate(actor, draft, title="Professor")

    assert statuses(draft)[ItemKind.IDENTITY] == ItemStatus.ACCEPTED


def test_a_number_that_was_proved_is_not_swapped_for_another() -> None:
    actor, old = own_case(Status.EXPIRED)
    draft = services.case_renew(actor=actor, case_id=old.public_id)

    with pytest.raises(Invalid) as refusal:
        restate(actor, draft, gmc_number="7099999")

    assert list(refusal.value.fields) == ["gmc_number"]
    assert Doctor.objects.get(pk=old.doctor_id).gmc_number == old.doctor.gmc_number


def test_saving_the_same_again_does_not_answer_an_officer() -> None:
    actor, case = own_case(Status.PENDING, claimed_by=(desk := officer()))
    item = case.items.get(kind=ItemKind.GMC_REGISTER)
    services.item_ask(actor=desk, item_id=item.public_id, request="Your name as on the register.")

    with pytest.raises(Invalid) as refusal:
        restate(actor, case)

    assert refusal.value.code == "nothing_new"
    assert statuses(case)[ItemKind.GMC_REGISTER] == ItemStatus.ASKED


def test_a_record_that_was_corrected_after_a_refusal_is_proved_anew() -> None:
    old = case_in(Status.REJECTED)
    accepted = {"status": ItemStatus.ACCEPTED, "source": "Seen", "checked_on": clock.now().date()}
    item_in(old, ItemKind.IDENTITY, checked_by=officer(), **accepted)
    VerificationCase.objects.filter(pk=old.pk).update(decided_at=clock.now())
    doctor = Doctor.objects.get(pk=old.doctor_id)
    doctor.gmc_number = "7099999"
    doctor.save()

    new = services.case_reopen(actor=officer(), case_id=old.public_id)

    assert statuses(new)[ItemKind.IDENTITY] == ItemStatus.EMPTY


def test_a_number_is_free_again_once_whoever_had_it_is_rejected() -> None:
    desk, impostor = officer(), case_in(Status.SUSPENDED)
    case = taken_by(desk, doctor=DoctorFactory.create(gmc_number=impostor.doctor.gmc_number))
    again = services.case_reopen(actor=desk, case_id=impostor.public_id)
    with pytest.raises(Conflict) as refusal:
        services.case_approve(actor=desk, case_id=case.public_id)
    assert refusal.value.code == "gmc_number_taken"

    services.case_claim(actor=desk, case_id=again.public_id)
    services.case_reject(actor=desk, case_id=again.public_id, reason="Somebody else's number.")

    assert services.case_approve(actor=desk, case_id=case.public_id).status == Status.VERIFIED


def test_a_number_that_was_only_claimed_after_a_proof_is_not_proved() -> None:
    """An administrator has corrected the record of a doctor who was verified once and rejected afterwards."""
    desk, once = officer(), CaseFactory.create(status=Status.EXPIRED)
    again = services.case_reopen(actor=desk, case_id=once.public_id)
    services.case_claim(actor=desk, case_id=again.public_id)
    services.case_reject(actor=desk, case_id=again.public_id, reason="Not on the register.")
    Doctor.objects.filter(pk=once.doctor_id).update(gmc_number="7088888")
    case = taken_by(desk, doctor=DoctorFactory.create(gmc_number="7088888"))

    assert services.case_approve(actor=desk, case_id=case.public_id).status == Status.VERIFIED


def test_renewing_keeps_its_file_when_the_last_day_is_corrected() -> None:
    actor, old = own_case(Status.REJECTED)
    indemnity = item_in(old, ItemKind.INDEMNITY, status=ItemStatus.PROVIDED, provided_at=clock.now())
    file = EvidenceFactory.create(item=indemnity, by=actor)
    draft = services.case_renew(actor=actor, case_id=old.public_id)
    item = draft.items.get(kind=ItemKind.INDEMNITY)
    day = clock.now().date().replace(year=clock.now().year + 1, day=1)

    answered = services.item_answer(actor=actor, item_id=item.public_id, stated_expires_on=day)

    assert answered.status == ItemStatus.PROVIDED
    assert file.withdrawn_at is None
