from __future__ import annotations

from uuid import UUID

from accounts.models import User
from common.errors import NotFound
from common.locks import locked
from doctors.models import Doctor, PageProposal


def doctor_locked(doctor_id: UUID) -> Doctor:
    """The doctor's row, held to the transaction's end; booking and verification lock the same row.

    Raises `NotFound` and `Busy`.
    """
    return locked(Doctor.objects.all(), public_id=doctor_id)


def account_locked(user_id: UUID) -> User:
    """The account, so that the role of clinic staff goes with the last membership and no sooner.

    Raises `NotFound` and `Busy`.
    """
    return locked(User.objects.all(), public_id=user_id)


def proposal_locked(proposal_id: UUID) -> tuple[Doctor, PageProposal]:
    """A proposal and before it its doctor, whose row everybody holds who writes the doctor's page or proposals.

    Raises `NotFound` and `Busy`.
    """
    found = PageProposal.objects.select_related("doctor").filter(public_id=proposal_id).first()
    if found is None:
        raise NotFound
    doctor = doctor_locked(found.doctor.public_id)
    proposal = locked(PageProposal.objects.all(), public_id=proposal_id)
    proposal.doctor = doctor
    return doctor, proposal
