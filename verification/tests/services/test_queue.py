"""Who works on which case."""

from __future__ import annotations

from uuid import uuid4

import pytest

from accounts.roles import Role
from audit.models import Event
from common.errors import Conflict, Invalid
from doctors.tests.factories import DoctorFactory
from verification import services
from verification.states import ItemKind, ItemStatus, Status
from verification.tests.factories import CaseFactory, administrator, item_in, officer, person
from verification.tests.steps import own_case

pytestmark = pytest.mark.django_db


def test_taking_a_case_names_who_and_when_and_taking_it_again_writes_nothing() -> None:
    actor, case = officer(), CaseFactory.create()

    for _ in range(2):
        taken = services.case_claim(actor=actor, case_id=case.public_id)

    assert taken.assignee == actor
    assert taken.claimed_at is not None
    assert Event.objects.filter(action="verification.claimed").count() == 1


def test_the_second_who_takes_it_learns_who_was_first() -> None:
    first = officer()
    case = CaseFactory.create(claimed_by=first)

    with pytest.raises(Conflict) as refusal:
        services.case_claim(actor=officer(), case_id=case.public_id)

    assert (refusal.value.code, refusal.value.data) == ("already_claimed", {"by": str(first)})


@pytest.mark.parametrize("status", [status for status in Status if status != Status.PENDING])
def test_what_waits_for_nobody_is_not_taken_or_given(status: Status) -> None:
    actor, case = officer(), CaseFactory.create(status=status)

    with pytest.raises(Conflict) as refusal:
        services.case_claim(actor=actor, case_id=case.public_id)
    assert (refusal.value.code, refusal.value.data) == ("nothing_to_check", {"current": status.value})
    with pytest.raises(Conflict):
        services.case_assign(actor=actor, case_id=case.public_id, assignee_id=actor.public_id)


def test_a_verified_doctors_case_is_taken_while_a_renewal_waits() -> None:
    actor, case = officer(), CaseFactory.create(status=Status.VERIFIED)
    item_in(case, ItemKind.INDEMNITY, status=ItemStatus.PROVIDED)

    assert services.case_claim(actor=actor, case_id=case.public_id).assignee == actor


def test_giving_a_case_back_leaves_it_to_the_next() -> None:
    actor = officer()
    case = CaseFactory.create(claimed_by=actor)

    for _ in range(2):
        services.case_release(actor=actor, case_id=case.public_id)
    services.case_claim(actor=officer(), case_id=case.public_id)

    assert Event.objects.filter(action="verification.released").count() == 1


def test_a_colleagues_case_is_not_given_back_but_given_to_somebody_who_is_here() -> None:
    absent, here, actor = officer(), officer(), officer()
    case = CaseFactory.create(claimed_by=absent)

    with pytest.raises(Conflict) as refusal:
        services.case_release(actor=actor, case_id=case.public_id)
    assert refusal.value.code == "not_claimed"

    for _ in range(2):
        assert services.case_assign(actor=actor, case_id=case.public_id, assignee_id=here.public_id).assignee == here
    [event] = Event.objects.filter(action="verification.assigned")
    assert event.data["to"] == str(here.public_id)
    assert services.case_reject(actor=here, case_id=case.public_id, reason="No.").status == Status.REJECTED


def test_a_case_is_given_to_active_officers_alone_and_never_to_its_doctor() -> None:
    doctor_and_officer, gone = officer(), officer()
    gone.is_active = False
    gone.save()
    case = CaseFactory.create(doctor=DoctorFactory.create(user=doctor_and_officer))

    for person_id in (doctor_and_officer.public_id, gone.public_id, person(Role.AUDITOR).public_id, uuid4()):
        with pytest.raises(Invalid) as refusal:
            services.case_assign(actor=officer(), case_id=case.public_id, assignee_id=person_id)
        assert list(refusal.value.fields) == ["assignee"]
    chief = administrator()
    assert services.case_assign(actor=chief, case_id=case.public_id, assignee_id=chief.public_id).assignee == chief


def test_a_doctor_who_is_an_officer_takes_other_cases_and_not_their_own() -> None:
    actor, case = own_case(Status.PENDING)
    actor.groups.add(officer().groups.get())

    services.case_claim(actor=actor, case_id=CaseFactory.create().public_id)
    with pytest.raises(Exception, match="your own verification"):
        services.case_claim(actor=actor, case_id=case.public_id)
