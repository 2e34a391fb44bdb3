"""The verifications that a demo begins with."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from accounts.models import User
from booking.selectors import appointments_ahead
from common import clock
from doctors.models import Doctor, PageProposal
from doctors.states import VerificationStatus
from medconsult.demo import clinic, content, people, verification
from medconsult.demo.accounts import ACCOUNTS
from verification.selectors import latest_case_of, timeline
from verification.selectors.worklist import weeks_of_decisions
from verification.states import ItemKind, ItemStatus, Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(settings: Settings, tmp_path: Path) -> people.Cast:
    settings.MEDIA_ROOT, settings.PRIVATE_ROOT = str(tmp_path / "media"), str(tmp_path / "private")
    clinic.places()
    return people.cast()


@pytest.mark.usefixtures("cast")
def test_somebody_has_just_joined_and_given_a_part_however_often_it_is_seeded() -> None:
    for _ in range(2):
        verification.newcomer()
    case = latest_case_of(User.objects.get(email="newcomer@demo.example"))
    assert case
    assert case.status == Status.DRAFT
    given = {item.kind for item in case.items.exclude(status=ItemStatus.EMPTY)}
    assert given == {ItemKind.GMC_REGISTER, ItemKind.IDENTITY}
    assert case.doctor.user
    assert case.doctor.user.email in [email for email, *_ in ACCOUNTS]


def test_the_suspended_doctor_has_visits_to_come_and_was_verified_within_days(cast: people.Cast) -> None:
    (sample,) = (one for one in content.DOCTORS if one.standing == "suspended")
    clinic.doctor(sample, cast)
    now = clock.now()
    doctor = Doctor.objects.get(gmc_number=sample.gmc_number)
    assert len(appointments_ahead(doctor.public_id, now=now)) == 2
    waits = [week.median_wait for week in weeks_of_decisions(now) if week.median_wait]
    assert [wait.days for wait in waits] == [1]


def test_a_doctor_who_was_suspended_by_hand_proposes_nothing_and_stops_no_seeding(cast: people.Cast) -> None:
    clinic.doctor(content.DOCTORS[0], cast)
    Doctor.objects.filter(user=cast.doctor).update(verification_status=VerificationStatus.SUSPENDED)
    clinic.proposal(cast)
    assert not PageProposal.objects.exists()
    Doctor.objects.filter(user=cast.doctor).update(verification_status=VerificationStatus.VERIFIED)
    clinic.proposal(cast)
    assert PageProposal.objects.count() == 1


def test_the_timeline_tells_the_same_days_as_the_case(cast: people.Cast) -> None:
    (sample,) = (one for one in content.DOCTORS if one.gmc_number == verification.ASKED)
    clinic.doctor(sample, cast)
    case = latest_case_of(User.objects.get(email="applicant@demo.example"))
    assert case
    submitted, asked = case.submitted_at, case.items.get(status=ItemStatus.ASKED).asked_at
    told = {entry.what: entry.at for entry in timeline(case)}
    assert (told["Put the case into the queue"], told["Asked the doctor for one item"]) == (submitted, asked)
    assert submitted
    assert asked
    assert clock.now() - submitted > timedelta(days=2)
    assert asked > submitted
