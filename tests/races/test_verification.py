"""Officers, doctors and patients at the same moment, each on a connection of their own.

Each race has a control which shows that without the lock it would be lost. `RACE_ROUNDS=50
pytest tests/races/test_verification.py` runs each a hundred times (a build runs a tenth of that), and the nightly run
with a hundred doctors.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import PatientFactory
from audit.models import Event
from booking import locks as booking_locks
from booking.models import Appointment
from booking.tests.factories import bookable_doctor, next_slot_start
from booking.tests.steps import user_of
from common import clock
from common.errors import Conflict
from devtools.testing.parallel import Outcome
from doctors.models import Doctor
from doctors.tests.factories import DoctorFactory
from notifications.models import Message
from tests.journeys.scenes import BACKEND
from tests.races.conftest import Client, Together, refusals, winners
from verification import locks, services
from verification.models import VerificationCase
from verification.states import ItemKind, Status
from verification.tests.factories import CaseFactory, case_in, in_days, item_in, officer, person, two_persons_approve
from verification.tests.steps import doctor_with_account

PATIENTS = 4
CONTROL_ROUNDS = 60


def verdicts(first: User, second: User, case: VerificationCase) -> list[Callable[[], VerificationCase]]:
    """The first, who had approved, thinks better of it while the second completes the approval."""
    return [
        partial(services.case_reject, actor=first, case_id=case.public_id, reason="No."),
        partial(services.case_approve, actor=second, case_id=case.public_id),
    ]


def half_approved(first: User) -> VerificationCase:
    case = CaseFactory.create(ready=True, claimed_by=first)
    return services.case_approve(actor=first, case_id=case.public_id)


def decided_by_whom(case: VerificationCase) -> list[str]:
    events = Event.objects.filter(object_id=str(case.public_id))
    return list(
        events.filter(action__in=["verification.approved", "verification.rejected"]).values_list("action", flat=True)
    )


@pytest.mark.usefixtures("no_deadlock")
def test_of_two_officers_deciding_at_once_one_decides_and_the_other_learns_what(
    together: Together, rounds: int
) -> None:
    two_persons_approve()
    first, second = officer(), officer()
    for _ in range(rounds * 2):
        case = half_approved(first)
        both = verdicts(first, second, case)
        outcomes = together(list(both))
        case.refresh_from_db()
        assert len(winners(outcomes)) == 1
        [loser] = [verdict for verdict, outcome in zip(both, outcomes, strict=True) if outcome.error]
        with pytest.raises(Conflict) as told:
            loser()
        assert told.value.data == {"current": case.status}
        assert set(refusals(outcomes)) <= {"illegal_transition", "busy"}
        assert len(decided_by_whom(case)) == 1
        assert Doctor.objects.get(pk=case.doctor_id).verification_status == case.status


def test_control_without_the_lock_both_officers_decide(together: Together, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, the test above proves nothing."""

    def unlocked(case_id: UUID) -> VerificationCase:
        return VerificationCase.objects.select_related("doctor").get(public_id=case_id)

    two_persons_approve()
    first, second = officer(), officer()
    monkeypatch.setattr(locks, "case_locked", unlocked)
    rounds = (winners(together(list(verdicts(first, second, half_approved(first))))) for _ in range(CONTROL_ROUNDS))
    assert any(len(deciders) > 1 for deciders in rounds)


@pytest.mark.usefixtures("no_deadlock")
def test_a_case_is_taken_by_one_of_many(together: Together, rounds: int) -> None:
    desk = [officer() for _ in range(6)]
    for _ in range(rounds * 2):
        case = CaseFactory.create()
        outcomes = together([partial(services.case_claim, actor=one, case_id=case.public_id) for one in desk])
        case.refresh_from_db()
        assert len(winners(outcomes)) == 1
        assert refusals(outcomes) == ["already_claimed"] * 5
        assert {outcome.error.data["by"] for outcome in outcomes if isinstance(outcome.error, Conflict)} == {
            str(case.assignee)
        }
        assert Event.objects.filter(action="verification.claimed", object_id=str(case.public_id)).count() == 1


def test_control_without_the_lock_a_case_is_taken_by_several(
    together: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If this fails, the test above proves nothing."""

    def unlocked(case_id: UUID) -> VerificationCase:
        return VerificationCase.objects.select_related("doctor").get(public_id=case_id)

    desk = [officer() for _ in range(6)]
    monkeypatch.setattr(locks, "case_locked", unlocked)

    def takers() -> int:
        case = CaseFactory.create()
        return len(winners(together([partial(services.case_claim, actor=one, case_id=case.public_id) for one in desk])))

    assert any(takers() > 1 for _ in range(CONTROL_ROUNDS))


@pytest.mark.usefixtures("no_deadlock")
def test_officers_starting_a_case_or_taking_one_up_again_at_once_come_to_the_same_one(together: Together) -> None:
    desk, doctor, old = [officer() for _ in range(6)], DoctorFactory.create(), case_in(Status.REJECTED)

    opened = together([partial(services.case_open, actor=one, doctor_id=doctor.public_id) for one in desk])
    reopened = together([partial(services.case_reopen, actor=one, case_id=old.public_id) for one in desk])

    assert {outcome.value for outcome in opened} == {VerificationCase.objects.get(doctor=doctor)}
    assert {outcome.value for outcome in reopened} == {VerificationCase.objects.get(previous=old)}


def test_applying_in_two_windows_makes_one_doctor(together: Together) -> None:
    actor = user_of(PatientFactory.create())
    who = {"title": "Dr", "given_name": "Nia", "family_name": "Rees", "gmc_number": "7012345"}

    outcomes = together([partial(services.doctor_apply, actor=actor, **who)] * 4)

    assert {outcome.value for outcome in outcomes} == {VerificationCase.objects.get(doctor__user=actor)}


class Surgery:
    """A doctor with an account who can be booked, patients who want times of one day, and an officer."""

    def __init__(self) -> None:
        self.account = person(Role.DOCTOR)
        self.doctor = bookable_doctor(doctor={"user": self.account})
        self.officer = officer()
        place = self.doctor.locations.get().pk
        self.patients = [
            Client(
                PatientFactory.create(), self.doctor.visit_types.get(), place, next_slot_start() + timedelta(hours=n)
            )
            for n in range(PATIENTS)
        ]

    def open(self) -> Browser:
        """Verified, with nothing booked, and the doctor signed in."""
        Appointment.objects.all().delete()
        case_in(Status.VERIFIED, doctor=self.doctor)
        browser = Browser()
        browser.force_login(self.account, backend=BACKEND)
        assert browser.get(reverse("booking:day")).status_code == 200
        return browser

    def suspend(self) -> VerificationCase:
        return services.doctor_suspend(actor=self.officer, doctor_id=self.doctor.public_id, reason="A concern.")

    def booked_after_the_suspension(self) -> int:
        """Both write their event while they hold what they have locked, so its number says who came first."""
        suspended = Event.objects.filter(action="verification.suspended").latest("pk")
        return Event.objects.filter(action="appointment.booked", pk__gt=suspended.pk).count()


def at_once(surgery: Surgery, browser: Browser, together: Together) -> list[Outcome[Any]]:
    return together([*surgery.patients, surgery.suspend, partial(browser.get, reverse("booking:day"))])


@pytest.mark.usefixtures("no_deadlock")
def test_after_a_suspension_nothing_is_booked_and_the_doctors_next_request_is_refused(
    together: Together, rounds: int
) -> None:
    surgery = Surgery()
    seen = set()
    for _ in range(rounds * 2):
        browser = surgery.open()
        *booking, suspension, _ = at_once(surgery, browser, together)
        assert suspension.error is None
        assert set(refusals(booking)) <= {"doctor_not_bookable"}
        assert surgery.booked_after_the_suspension() == 0
        assert Appointment.objects.count() == len(winners(booking))
        with pytest.raises(Conflict) as late:
            surgery.patients[0]()
        assert late.value.code == "doctor_not_bookable"
        assert browser.get(reverse("booking:day")).status_code == 302
        seen.add(len(winners(booking)))
    # Some came before and some after, or the two never met.
    assert len(seen) > 1


def test_control_without_bookings_lock_one_slips_through(together: Together, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, the test above proves nothing."""
    surgery = Surgery()
    monkeypatch.setattr(booking_locks, "FOR_UPDATE", "")

    def booked_too_late() -> int:
        at_once(surgery, surgery.open(), together)
        return surgery.booked_after_the_suspension()

    assert any(booked_too_late() for _ in range(CONTROL_ROUNDS))


def run_out(count: int) -> list[User]:
    """Verified doctors whose indemnity has ended, and as many whose indemnity ends soon."""
    people = []
    for number in range(count * 2):
        doctor = doctor_with_account()
        case = case_in(Status.VERIFIED, doctor=doctor)
        item_in(case, ItemKind.INDEMNITY, expires_on=in_days(-1 if number % 2 else 5))
        people.append(user_of(doctor))
    return people


def nightly(together: Together) -> None:
    now = clock.now()
    runs = [partial(services.credentials_expire, now=now), partial(services.credentials_warn, now=now)]
    assert [outcome.error for outcome in together([*runs, *runs])] == [None] * 4
    # Whom one run left because the other held them is there for the next.
    for run in runs:
        run()


@pytest.mark.usefixtures("no_deadlock")
def test_two_nightly_runs_at_once_tell_each_doctor_once(together: Together, rounds: int) -> None:
    people = run_out(rounds * 2)

    nightly(together)

    assert Message.objects.count() == len(people)
    assert Message.objects.values("user").distinct().count() == len(people)
    events = Event.objects.filter(action__in=["verification.expired", "verification.warned"])
    assert events.count() == len(people)
    assert VerificationCase.objects.filter(status=Status.EXPIRED).count() == len(people) // 2


def test_control_without_the_lock_two_nightly_runs_do_the_same_twice(
    together: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If this fails, the test above proves nothing."""

    def unlocked(doctor_id: int) -> Doctor:
        return Doctor.objects.select_related("user").get(pk=doctor_id)

    monkeypatch.setattr(locks, "free_doctor_locked", unlocked)

    def warned_twice() -> int:
        """How many more warnings than doctors: half of those who have run out so far are warned."""
        run_out(4)
        nightly(together)
        return Event.objects.filter(action="verification.warned").count() - Doctor.objects.count() // 2

    assert any(warned_twice() > 0 for _ in range(CONTROL_ROUNDS // 6))
