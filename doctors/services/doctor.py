from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from accounts.roles import Role
from accounts.services import role_grant
from audit.services import event_record
from common import clock
from common.errors import Invalid
from doctors import locks, policies
from doctors.models import Doctor, DoctorPage, Listing
from doctors.services import listing, page
from doctors.services.limits import OWN_LIMITS
from doctors.states import BARRED, VerificationStatus


@transaction.atomic
def doctor_set_verification(
    *, actor: User | None, doctor_id: UUID, status: VerificationStatus, now: datetime
) -> Doctor:
    """Writes the projection of the case's decision, and opens or closes the doctor's page and place in search.

    The only writer of `Doctor.verification_status` and `is_barred`; the case decides which moves are possible. Becoming
    verified publishes the last finished version of the page (see `page_publish`), anything else takes the page down and
    empties the listing. Whoever is suspended or rejected is barred until they are verified (again). Free times come
    with booking's next `listing_refresh`. Setting the same again changes nothing. Raises `NotFound`.
    """
    doctor = locks.doctor_locked(doctor_id)
    before = doctor.verification_status
    if before == status:
        return doctor
    doctor.verification_status = status
    doctor.verified_at = now if status == VerificationStatus.VERIFIED else None
    doctor.is_barred = status in BARRED or (doctor.is_barred and status != VerificationStatus.VERIFIED)
    reason = f"Verification: {VerificationStatus(before).label} to {status.label}"
    doctor._change_reason = reason  # noqa: SLF001
    doctor.save(update_fields=["verification_status", "verified_at", "is_barred"])
    event_record("doctor.verification_changed", doctor, actor=actor, before=before, after=status.value)
    _show_or_hide(doctor, actor, now)
    return doctor


def doctor_hold(*, actor: User, doctor: Doctor) -> None:
    """Before an edit of the doctor is saved, in the same transaction: nobody else writes the row until that ends.

    The edit was begun on what the row said before, and saving writes all of it; so the instance takes over what a
    decision may have written meanwhile, or the doctor of their own limits. Raises `NotFound`, and `Invalid`
    (`doctor_proved`) where that decision makes what was edited untouchable (see `policies.refused_changes`).
    """
    held = locks.doctor_locked(doctor.public_id)
    if refused := policies.refused_changes(doctor, actor=actor):
        fields = {name: [message] for name, message in refused.items()}
        raise Invalid("doctor_proved", "Somebody has decided about this doctor meanwhile.", fields=fields)
    doctor.verification_status, doctor.verified_at = held.verification_status, held.verified_at
    doctor.is_barred = held.is_barred
    for name in OWN_LIMITS:
        setattr(doctor, name, getattr(held, name))


@transaction.atomic
def doctor_changed(*, actor: User | None, doctor_id: UUID) -> None:
    """After an edit of the doctor, their specialties, locations or visit types: page and search follow.

    Also for "takes part" switched on or off, which opens or closes both; a page that an editor took down while the
    doctor was listed stays down. Whoever the account belongs to gets the role of a doctor. Raises `NotFound`.
    """
    doctor = locks.doctor_locked(doctor_id)
    # Whose account it is decides who reads the doctor's appointments.
    account = str(doctor.user.public_id) if doctor.user else None
    event_record("doctor.changed", doctor, actor=actor, takes_part=doctor.is_active, account=account)
    if doctor.user is not None:
        role_grant(actor=actor, user_id=doctor.user.public_id, role=Role.DOCTOR)
    DoctorPage.objects.filter(doctor=doctor).update(title=doctor.name, draft_title=doctor.name)
    _show_or_hide(doctor, actor, clock.now())


def _show_or_hide(doctor: Doctor, actor: User | None, now: datetime) -> None:
    if not doctor.is_listed:
        page.page_unpublish(doctor, actor=actor)
        listing.listing_close(doctor)
        return
    was_hidden = not Listing.objects.filter(doctor=doctor).exists()
    if was_hidden:
        page.page_publish(doctor, actor=actor)
    listing.listing_open(doctor, now=now)
