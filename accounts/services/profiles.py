from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.access_needs import AccessNeeds, needs_kept, written
from accounts.locks import lock_user
from accounts.models import Gender, Patient, User
from accounts.roles import Role
from accounts.services.nhs import nhs_number_record, nhs_number_state
from accounts.services.roles import role_grant
from accounts.validators import normalise_phone
from audit.services import event_record
from common import clock
from common.errors import Invalid
from common.fields import opened, sealed
from common.history import sign


@transaction.atomic
def profile_complete(
    *,
    actor: User,
    given_name: str,
    family_name: str,
    birth_date: date,
    phone: str,
    gender: str = Gender.UNKNOWN,
    nhs_number: str | None = None,
    access_needs: AccessNeeds | None = None,
    address: str | None = None,
) -> Patient:
    """Write the actor's own patient profile, new or changed, and make them a patient.

    `phone` may be written as people do; it is kept as E.164. `nhs_number` too; None leaves it, "" removes it. None
    leaves `access_needs` and `address` as they are, and so does nothing where what is stored cannot be read. Raises
    `Invalid` (`profile_invalid`, `access_needs_too_long`; with `fields`).
    """
    user = lock_user(actor.public_id)
    patient = Patient.objects.filter(user=user).first()
    is_new = patient is None
    patient = patient or Patient(user=user)
    patient.given_name = " ".join(given_name.split())
    patient.family_name = " ".join(family_name.split())
    patient.birth_date = birth_date
    patient.phone = normalise_phone(phone)
    patient.gender = gender
    if access_needs is not None and (access_needs or needs_kept(patient) is not None):
        patient.access_needs = written(access_needs)
    if address is not None and (address.strip() or opened(patient, "address") is not None):
        patient.address = lines_of(address)
    stated = "" if nhs_number is None else nhs_number_state(patient=patient, text=nhs_number, now=clock.now())
    _assert_clean(patient)
    patient.save()
    actor.may_be_patient = True
    user.first_name, user.last_name = patient.given_name, patient.family_name
    user.save(update_fields=["first_name", "last_name"])
    event_record("patient.created" if is_new else "patient.changed", patient, actor=actor)
    nhs_number_record(event=stated, patient=patient, actor=actor)
    role_grant(actor=None, user_id=user.public_id, role=Role.PATIENT, is_own_step=True)
    return patient


def access_needs_keep(*, actor: User, patient: Patient, needs: AccessNeeds) -> None:
    """Remember what a patient, whose row the caller has locked, needs in order to come, so that nobody asks twice.

    The same again changes nothing, nor do no needs where those that are stored cannot be read: nobody was shown them.
    Raises `Invalid` (`access_needs_too_long`, by field).
    """
    text, kept = written(needs), needs_kept(patient)
    if needs == kept or (kept is None and not needs):
        return
    Patient.objects.filter(pk=patient.pk).update(access_needs=sealed(patient, "access_needs", text))
    patient.access_needs = text
    helped = None if patient.user_id == actor.pk else patient
    event_record("patient.access_needs_changed", patient, actor=actor, on_behalf_of=helped)


def address_keep(*, actor: User, patient: Patient, address: str) -> None:
    """Write down where a patient, whose row the caller has locked, lives; the same again changes nothing."""
    text = lines_of(address)
    if text == opened(patient, "address"):
        return
    patient.address = text
    sign(patient, actor)
    patient.save(update_fields=["address", "updated_at"])
    event_record("patient.changed", patient, actor=actor)


def lines_of(address: str) -> str:
    """An address with a line each, without empty ones."""
    return "\n".join(line for part in address.splitlines() if (line := " ".join(part.split())))


def _assert_clean(patient: Patient) -> None:
    spoilt = {column for column in ("address", "access_needs") if opened(patient, column) is None}
    try:
        patient.clean_fields(exclude={"user", *spoilt})
    except ValidationError as error:
        raise Invalid("profile_invalid", "Some details need another look.", fields=error.message_dict) from error
