"""Where two persons approve: the first is noted, another completes it, and a change begins anew."""

from __future__ import annotations

import pytest

from accounts.models import User
from accounts.roles import Role
from audit.models import Event
from common.errors import Conflict, Forbidden
from doctors.models import Doctor
from doctors.tests.factories import DoctorFactory
from verification import services
from verification.selectors import second_approvers_for
from verification.states import ItemKind, Status
from verification.tests.factories import CaseFactory, administrator, in_days, officer, person, two_persons_approve
from verification.tests.steps import check, taken_by

pytestmark = pytest.mark.django_db


def test_where_two_approve_the_first_is_noted_and_another_completes() -> None:
    two_persons_approve()
    first, second = officer(), officer()
    case = taken_by(first)

    for _ in range(2):
        noted = services.case_approve(actor=first, case_id=case.public_id, note="Register read.")
        assert (noted.status, noted.first_approved_by) == (Status.PENDING, first)
    assert Doctor.objects.get(pk=case.doctor_id).verification_status == Status.PENDING
    assert Event.objects.filter(action="verification.first_approved").count() == 1

    done = services.case_approve(actor=second, case_id=case.public_id)

    assert (done.status, done.decided_by, done.first_approved_by) == (Status.VERIFIED, second, first)
    assert done.note == "Register read."
    assert services.case_approve(actor=second, case_id=case.public_id) == done
    with pytest.raises(Conflict) as late:
        services.case_approve(actor=first, case_id=case.public_id)
    assert late.value.data == {"current": Status.VERIFIED.value}


def test_the_first_of_two_has_taken_the_case_and_the_second_need_not() -> None:
    two_persons_approve()
    case = CaseFactory.create(ready=True)

    with pytest.raises(Conflict) as refusal:
        services.case_approve(actor=officer(), case_id=case.public_id)
    assert refusal.value.code == "not_claimed"


def test_the_second_of_two_is_never_the_doctor_nor_somebody_else_than_an_officer() -> None:
    two_persons_approve()
    first = officer()
    doctor = DoctorFactory.create(user=officer())
    case = taken_by(first, doctor=doctor)
    services.case_approve(actor=first, case_id=case.public_id)
    assert doctor.user

    for second, code in ((doctor.user, "own_case"), (person(Role.AUDITOR), "not_an_officer")):
        with pytest.raises(Forbidden) as refusal:
            services.case_approve(actor=second, case_id=case.public_id)
        assert refusal.value.code == code


@pytest.mark.parametrize("leaves", [True, False])
def test_the_approval_of_somebody_who_has_left_or_may_not_decide_counts_no_more(*, leaves: bool) -> None:
    two_persons_approve()
    first, second = officer(), officer()
    case = taken_by(first)
    services.case_approve(actor=first, case_id=case.public_id)
    if leaves:
        User.objects.filter(pk=first.pk).update(is_active=False)
    else:
        first.groups.clear()
    services.case_assign(actor=second, case_id=case.public_id, assignee_id=second.public_id)

    noted = services.case_approve(actor=second, case_id=case.public_id)

    assert (noted.status, noted.first_approved_by) == (Status.PENDING, second)
    assert Event.objects.filter(action="verification.first_approval_void").count() == 1
    services.case_approve(actor=officer(), case_id=case.public_id)
    assert Event.objects.get(action="verification.approved").data["persons"] == 2


def test_with_one_officer_alone_an_administrator_is_the_second() -> None:
    two_persons_approve()
    first, second = officer(), administrator()
    User.objects.exclude(pk__in=[first.pk, second.pk]).update(is_active=False)
    case = taken_by(first)
    User.objects.exclude(pk__in=[first.pk, second.pk]).update(is_active=False)
    services.case_approve(actor=first, case_id=case.public_id)
    case.refresh_from_db()

    assert list(second_approvers_for(case)) == [second]
    assert services.case_approve(actor=second, case_id=case.public_id).status == Status.VERIFIED


def test_a_change_to_an_item_takes_the_first_approval_back() -> None:
    two_persons_approve()
    first = officer()
    case = taken_by(first)
    services.case_approve(actor=first, case_id=case.public_id)
    item = case.items.get(kind=ItemKind.INDEMNITY)

    check(first, item, source="Insurer", expires_on=in_days(90))

    case.refresh_from_db()
    assert (case.first_approved_by, case.first_approved_at) == (None, None)
    with pytest.raises(Conflict) as refusal:
        services.case_approve(actor=officer(), case_id=case.public_id)
    assert refusal.value.code == "not_claimed"
