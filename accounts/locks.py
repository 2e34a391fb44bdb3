from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import Group

from accounts.models import Carer, ConsentQuestion, ConsentRecord, OutsideTokens, Patient, User
from accounts.roles import Role
from common.errors import NotFound
from common.locks import locked


def lock_user(user_id: UUID) -> User:
    """The account of this public id, locked until the transaction ends. Raises `NotFound` and `Busy`."""
    return locked(User.objects.all(), public_id=user_id)


def lock_role(role: Role) -> Group:
    """The role's group, so that two people cannot take the last member out at the same time.

    Whoever needs an account too locks that first. Raises `Busy`.
    """
    return locked(Group.objects.all(), name=role.value)


def lock_patient(patient_id: UUID) -> Patient:
    """The patient of this public id, locked until the transaction ends; booking locks the same row.

    Raises `NotFound` and `Busy`.
    """
    return locked(Patient.objects.all(), public_id=patient_id)


def lock_carer(carer_id: UUID) -> Carer:
    """A carer with the patient, both locked, the patient first: so nobody books by what is being taken back.

    Raises `NotFound` and `Busy`.
    """
    owner = Patient.objects.filter(carers__public_id=carer_id).values_list("public_id", flat=True).first()
    if owner is None:
        raise NotFound
    patient = lock_patient(owner)
    carer = locked(Carer.objects.all(), public_id=carer_id)
    carer.patient = patient
    return carer


def lock_consent(record: ConsentRecord) -> ConsentRecord:
    """As it is now, behind its patient's row, which a booking holds too: nobody agrees and takes back at once.

    Raises `NotFound` and `Busy`.
    """
    lock_patient(record.patient.public_id)
    return locked(ConsentRecord.objects.select_related("question", "patient"), pk=record.pk)


def lock_consent_question(question_id: int) -> ConsentQuestion:
    """Locked until the transaction ends, so that two edits are two versions. Raises `NotFound` and `Busy`."""
    return locked(ConsentQuestion.objects.all(), pk=question_id)


def lock_outside_tokens(tokens_id: UUID) -> OutsideTokens:
    """Locked until the transaction ends, so that one refreshes them. Whoever needs the account too locks that first.

    Raises `NotFound` and `Busy`.
    """
    return locked(OutsideTokens.objects.select_related("identity__user"), public_id=tokens_id)
