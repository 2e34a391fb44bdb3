"""What a doctor states about themselves, before anybody has proved it."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from accounts.roles import Role
from accounts.services import role_grant
from audit.services import event_record
from common.errors import Invalid
from doctors import locks
from doctors.models import Doctor

_ASKED = ("title", "given_name", "family_name", "gmc_number")


@transaction.atomic
def doctor_create_own(*, actor: User, title: str, given_name: str, family_name: str, gmc_number: str) -> Doctor:
    """The actor as a doctor: with the role, and not listed before a verification says so.

    The caller holds the actor's account and knows that it has no doctor yet. Raises `Invalid` (`particulars`, by
    field).
    """
    doctor = Doctor(user=actor, languages=["en"])
    _state(doctor, title=title, given_name=given_name, family_name=family_name, gmc_number=gmc_number)
    doctor._history_user = actor  # noqa: SLF001
    doctor.save()
    event_record("doctor.created", doctor, actor=actor)
    role_grant(actor=None, user_id=actor.public_id, role=Role.DOCTOR, is_own_step=True)
    return doctor


@transaction.atomic
def doctor_particulars_change(
    *, actor: User, doctor_id: UUID, title: str, given_name: str, family_name: str, gmc_number: str
) -> Doctor:
    """Write other words for who the doctor is. Whether that is possible now is for the caller to say.

    Raises `NotFound`, and `Invalid` (`particulars`, by field).
    """
    doctor = locks.doctor_locked(doctor_id)
    _state(doctor, title=title, given_name=given_name, family_name=family_name, gmc_number=gmc_number)
    doctor._history_user = actor  # noqa: SLF001
    doctor.save(update_fields=list(_ASKED))
    event_record("doctor.changed", doctor, actor=actor)
    return doctor


def _state(doctor: Doctor, **stated: str) -> None:
    for name, value in stated.items():
        setattr(doctor, name, " ".join(value.split()))
    doctor.gmc_number = doctor.gmc_number.replace(" ", "").upper()
    try:
        doctor.clean_fields(exclude=[field.name for field in doctor._meta.fields if field.name not in _ASKED])
    except ValidationError as error:
        raise Invalid("particulars", "Some of this cannot be right.", fields=error.message_dict) from error
