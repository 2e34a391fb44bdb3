"""Two moderators decide about one doctor's words at the same moment: one word stands, and the other is told so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import UserFactory
from audit.models import Event
from audit.services import event_record
from common import clock
from doctors import locks
from doctors.models import Doctor, DoctorPage, PageProposal
from doctors.services import Seen, moderation, proposal_approve, proposal_reject, proposal_send
from doctors.states import ProposalStatus
from doctors.tests.factories import DoctorFactory, DoctorPageFactory
from notifications.models import Message
from tests.races.conftest import Together, refusals, winners

NEW = {"biography": "<p>As they would like it.</p>"}


def a_proposal() -> PageProposal:
    doctor = DoctorFactory.create(listed=True, user=UserFactory.create(roles=[Role.DOCTOR]))
    DoctorPageFactory.create(doctor=doctor).save_revision().publish()
    return proposal_send(actor=doctor.user, doctor_id=doctor.public_id, content=NEW, seen=0, now=clock.now())


def words(proposal: PageProposal) -> list[Callable[[], Any]]:
    """One approves, the other does not."""
    page = DoctorPage.objects.get(doctor=proposal.doctor)
    seen = Seen(version=proposal.version, revision=page.live_revision_id or 0)
    about: dict[str, Any] = {"proposal_id": proposal.public_id, "seen": seen, "now": clock.now()}
    first, second = (UserFactory.create(roles=[Role.CONTENT_MODERATOR]) for _ in range(2))
    return [
        partial(proposal_approve, actor=first, **about),
        partial(proposal_reject, actor=second, comment="Please name no rivals.", **about),
    ]


def decisions(proposal: PageProposal) -> int:
    said = Event.objects.filter(object_id=str(proposal.doctor.public_id))
    return said.filter(action__in=["doctor_page.proposal_approved", "doctor_page.proposal_rejected"]).count()


def is_public(proposal: PageProposal) -> bool:
    return DoctorPage.objects.get(doctor=proposal.doctor).biography == NEW["biography"]


def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock taken away: both look before either changes anything."""
    both = Barrier(2)

    def unlocked(proposal_id: UUID) -> tuple[Doctor, PageProposal]:
        proposal = PageProposal.objects.select_related("doctor").get(public_id=proposal_id)
        both.wait(timeout=10)
        return proposal.doctor, proposal

    monkeypatch.setattr(locks, "proposal_locked", unlocked)


@pytest.mark.usefixtures("no_deadlock")
def test_of_two_moderators_at_once_one_decides(together: Together, rounds: int) -> None:
    for _ in range(rounds):
        proposal = a_proposal()
        outcomes = together(words(proposal))
        proposal.refresh_from_db()
        assert len(winners(outcomes)) == 1
        assert set(refusals(outcomes)) <= {"proposal_decided", "busy"}
        assert decisions(proposal) == Message.objects.filter(user=proposal.doctor.user).count() == 1
        assert is_public(proposal) == (proposal.status == ProposalStatus.APPROVED)


def test_without_the_lock_the_database_still_lets_one_word_stand(
    together: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal = a_proposal()
    nobody_waits(monkeypatch)
    outcomes = together(words(proposal))
    proposal.refresh_from_db()
    assert refusals(outcomes) == ["proposal_decided"]
    assert decisions(proposal) == 1
    assert is_public(proposal) == (proposal.status == ProposalStatus.APPROVED)


def test_control_without_lock_and_comparison_two_words_stand(
    together: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If this fails, the tests above prove nothing."""

    def overwrite(proposal: PageProposal, status: ProposalStatus, *, actor: User, comment: str, now: datetime) -> None:
        PageProposal.objects.filter(pk=proposal.pk).update(
            status=status, comment=comment, decided_by=actor, decided_at=now
        )
        event_record(f"doctor_page.proposal_{status.value}", proposal.doctor, actor=actor)

    proposal = a_proposal()
    nobody_waits(monkeypatch)
    monkeypatch.setattr(moderation, "_decide", overwrite)
    outcomes = together(words(proposal))
    assert len(winners(outcomes)) == 2
    assert decisions(proposal) == 2


def test_a_doctor_who_sends_twice_at_once_has_one_open_proposal(together: Together, rounds: int) -> None:
    for _ in range(rounds):
        doctor = DoctorFactory.create(listed=True, user=UserFactory.create(roles=[Role.DOCTOR]))
        DoctorPageFactory.create(doctor=doctor)
        send = partial(
            proposal_send, actor=doctor.user, doctor_id=doctor.public_id, content=NEW, seen=0, now=clock.now()
        )
        outcomes = together([send, send])
        assert len(winners(outcomes)) == 1
        assert set(refusals(outcomes)) <= {"proposal_changed", "busy"}


def test_control_without_the_lock_the_constraint_refuses_the_second(
    together: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    doctor = DoctorFactory.create(listed=True, user=UserFactory.create(roles=[Role.DOCTOR]))
    DoctorPageFactory.create(doctor=doctor)
    both = Barrier(2)

    def unlocked(doctor_id: UUID) -> Doctor:
        return Doctor.objects.get(public_id=doctor_id)

    def look(_: Doctor) -> None:
        both.wait(timeout=10)

    monkeypatch.setattr(locks, "doctor_locked", unlocked)
    monkeypatch.setattr("doctors.services.proposal.open_proposal_of", look)
    send = partial(proposal_send, actor=doctor.user, doctor_id=doctor.public_id, content=NEW, seen=0, now=clock.now())
    outcomes = together([send, send])
    assert [type(outcome.error) for outcome in outcomes if outcome.error] == [IntegrityError]
    assert PageProposal.objects.filter(doctor=doctor).count() == 1
