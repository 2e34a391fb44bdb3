"""Who may do what to which visit note (docs/decisions/0020), document (0022) and prescription (0023)."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from accounts.models import Patient, User
from accounts.policies import has_role
from accounts.roles import Role
from accounts.states import Scope
from booking.policies import helps_with, treats
from common import clock
from common.among import OfEach
from common.errors import Forbidden, NotFound
from common.permissions import any_of
from common.uploads.states import UploadState
from records.models import Allergy, Document, HealthRecord, Prescription, VisitNote
from records.selectors import (
    cared_documents_rule,
    cared_prescriptions_rule,
    colleague_document_rules,
    colleague_rules,
    is_treated_by,
    prescription_rules,
    sees_patient,
    ways_of,
)
from records.states import DocumentStatus

AnyUser = User | AnonymousUser

_AUTHOR_MAY = frozenset({"view_visitnote", "change_visitnote", "sign_visitnote"})


def owns(user: User, codename: str, note: VisitNote) -> bool:
    """What the foreign keys give: the author everything, the patient what is signed and released, and a doctor who
    sees the patient about now what colleagues have signed."""
    if codename in _AUTHOR_MAY and is_author(user, note):
        return True
    if codename != "view_visitnote":
        return False
    now = clock.now()
    is_released = note.signed_at is not None and note.released_at is not None and note.released_at <= now
    if is_released and (note.patient.user_id == user.pk or reads_as_carer(user, note)):
        return True
    ways = ways_of(user, VisitNote, now=now, patient=note.patient)
    return _fits(note, colleague_rules(ways, now=now))


def _fits(thing: VisitNote | Prescription | Document, rules: Sequence[Q | OfEach]) -> bool:
    """Whether one of the rules that lists go by holds of it."""
    return bool(rules) and type(thing)._default_manager.filter(any_of(rules), pk=thing.pk).exists()


def owns_record(user: User, codename: str, record: HealthRecord) -> bool:
    """The whole record is the patient's to read; everybody else's way to it is a grant."""
    return codename == "view_healthrecord" and record.patient.user_id == user.pk


def reads_as_carer(user: AnyUser, note: VisitNote) -> bool:
    """Whether the person is somebody whom the patient lets read what doctors have written, this visit not kept back."""
    return note.patient.user_id != getattr(user, "pk", None) and helps_with(user, note.appointment, Scope.READ)


def _is_its_doctor(user: User, thing: Prescription | Document) -> bool:
    return thing.doctor is not None and treats(user, thing.doctor)


def opens_as_carer(user: AnyUser, thing: Prescription | Document) -> bool:
    """As `reads_as_carer`, of a prescription or a document: not of one's own, nor of what one wrote as a doctor."""
    if not isinstance(user, User) or thing.patient.user_id == user.pk or _is_its_doctor(user, thing):
        return False
    rule = cared_prescriptions_rule(user) if isinstance(thing, Prescription) else cared_documents_rule(user)
    return _fits(thing, [rule])


def is_author(user: AnyUser, note: VisitNote) -> bool:
    """Whether the person is the doctor who writes it, and may work as one today."""
    return treats(user, note.doctor)


def assert_may_write(user: AnyUser, note: VisitNote) -> None:
    """Raises `Forbidden`: whoever else may read a note never writes it."""
    if not user.has_perm("records.change_visitnote", note):
        raise Forbidden("author_only", "Only the doctor who writes this note can change it.")


def assert_may_sign(user: AnyUser, note: VisitNote) -> None:
    """Raises `Forbidden` (`author_only`, or `not_verified`, for which the doctor's row must be held)."""
    if not user.has_perm("records.sign_visitnote", note):
        raise Forbidden("author_only", "Only the doctor who writes this note can sign it.")
    if not note.doctor.is_listed:
        raise Forbidden("not_verified", "Only a doctor whose verification stands can sign. Your draft is kept.")


def may_second(user: AnyUser, note: VisitNote) -> bool:
    """Whether the person was asked to agree that the note was entered in error, and may still answer: as a doctor whose
    verification stands."""
    doctor = getattr(user, "doctor", None)
    if doctor is None or not (treats(user, doctor) and doctor.is_listed):
        return False
    is_asked = note.error_asked_at is not None and note.corrected_at is None
    return is_asked and note.error_second_id == user.pk and user.has_perm("records.second_visitnote", note)


def assert_may_second(user: AnyUser, note: VisitNote) -> None:
    if not may_second(user, note):
        raise Forbidden("not_asked", "Only the colleague whom the doctor has asked can answer.")


_PRESCRIBER_MAY = frozenset({"view_prescription", "change_prescription", "sign_prescription"})


def owns_prescription(user: User, codename: str, prescription: Prescription) -> bool:
    """As `owns`: its doctor everything, the patient what is signed, and doctors to whom the record is open too."""
    if codename in _PRESCRIBER_MAY and is_prescriber(user, prescription):
        return True
    if codename != "view_prescription":
        return False
    if prescription.is_signed and prescription.patient.user_id == user.pk:
        return True
    ways = ways_of(user, Prescription, now=clock.now(), patient=prescription.patient)
    return _fits(prescription, [*prescription_rules(ways), cared_prescriptions_rule(user)])


def is_prescriber(user: AnyUser, prescription: Prescription) -> bool:
    """Whether the person is the doctor who wrote it, and may work as one today."""
    return treats(user, prescription.doctor)


def may_prescribe_to(user: User, patient: Patient) -> bool:
    """Whether the person is a doctor who may work today and sees the patient about now (see `RecordsSettings`).

    What else opens a record, a colleague's sharing say, lets a doctor read there and not prescribe.
    """
    doctor = getattr(user, "doctor", None)
    if doctor is None or not treats(user, doctor) or patient.user_id == user.pk:
        return False
    return is_treated_by(user, patient, now=clock.now())


def assert_may_prescribe_to(user: User, patient: Patient) -> None:
    """Raises `Forbidden` (`not_treating`)."""
    if not may_prescribe_to(user, patient):
        message = "Only a doctor who sees this patient about now can prescribe to them, and nobody to themselves."
        raise Forbidden("not_treating", message)


def assert_may_write_prescription(user: AnyUser, prescription: Prescription) -> None:
    """Raises `Forbidden`: whoever else may read a prescription never changes it."""
    if not user.has_perm("records.change_prescription", prescription):
        raise Forbidden("prescriber_only", "Only the doctor who writes this prescription can change it.")


def may_end_prescription(user: AnyUser, prescription: Prescription) -> bool:
    """Whether the person may put it on hold, cancel or stop it: the doctor who wrote it, and any other whose
    verification stands and who sees the patient about now (docs/decisions/0024)."""
    if is_prescriber(user, prescription):
        return True
    doctor = getattr(user, "doctor", None)
    return (
        isinstance(user, User)
        and doctor is not None
        and doctor.is_listed
        and may_prescribe_to(user, prescription.patient)
    )


def assert_may_end_prescription(user: AnyUser, prescription: Prescription) -> None:
    """Raises `Forbidden` (`not_treating`); the row of a doctor who did not write it must be held."""
    if not may_end_prescription(user, prescription):
        message = "Only the doctor who wrote this prescription, or a verified doctor who sees the patient, can end it."
        raise Forbidden("not_treating", message)


def assert_may_sign_prescription(user: AnyUser, prescription: Prescription) -> None:
    """Raises `Forbidden` (`prescriber_only`, or `not_verified`, for which the doctor's row must be held)."""
    if not user.has_perm("records.sign_prescription", prescription):
        raise Forbidden("prescriber_only", "Only the doctor who writes this prescription can sign it.")
    if not prescription.doctor.is_listed:
        raise Forbidden("not_verified", "Only a doctor whose verification stands can sign. Your draft is kept.")


def may_record_allergies(user: User, patient: Patient) -> bool:
    """For oneself, and as a doctor for whom one sees about now."""
    return patient.user_id == user.pk or may_prescribe_to(user, patient)


def may_end_allergy(user: User, allergy: Allergy) -> bool:
    """A doctor who sees the patient any; the patient what no doctor has recorded."""
    if allergy.patient.user_id == user.pk:
        return not allergy.is_by_doctor
    return may_prescribe_to(user, allergy.patient)


def owns_document(user: User, codename: str, document: Document) -> bool:
    """What the foreign keys give: whoever added it may see and correct it; once it is checked its patient sees it, and
    a person to whom the record is open, where its category is open to colleagues; what the patient added to a visit,
    its doctor."""
    if codename not in {"view_document", "change_document"}:
        return False
    if added(user, document):
        return True
    if codename != "view_document" or document.state != UploadState.CURRENT:
        return False
    if document.patient.user_id == user.pk:
        return True
    ways = ways_of(user, Document, now=clock.now(), patient=document.patient)
    return _fits(document, [*colleague_document_rules(ways), cared_documents_rule(user)])


def added(user: AnyUser, document: Document) -> bool:
    """Whether it is the person's own: added as its patient, or as a doctor who may work as one today."""
    if document.doctor is not None:
        return treats(user, document.doctor)
    return document.uploaded_by_id == user.pk == document.patient.user_id


def may_open(user: AnyUser, document: Document) -> bool:
    """Whether somebody who may see that a document is there may open its file: of a mistake only whoever added it,
    for it may be about somebody else."""
    if document.status == DocumentStatus.ENTERED_IN_ERROR:
        return document.state == UploadState.CURRENT and added(user, document)
    return document.is_readable


def can_add_to(user: AnyUser, patient: Patient) -> bool:
    """The patient to their own record, and a doctor to that of somebody whom they see: what else opens a record, a
    share or an emergency, lets people read there and not write."""
    return patient.user_id == user.pk or sees_patient(user, patient)


def assert_may_add_to(user: AnyUser, patient: Patient) -> None:
    """Raises `NotFound`: to whom a record is not open there is no such patient."""
    if not can_add_to(user, patient):
        raise NotFound("We cannot find that patient.")


def assert_may_correct(user: AnyUser, document: Document) -> None:
    """Raises `Forbidden`: whoever else may see a document changes nothing about it."""
    if not user.has_perm("records.change_document", document):
        raise Forbidden("adder_only", "Only whoever added this document can change it.")


def may_break_glass(user: AnyUser) -> bool:
    """A doctor whose verification stands, an administrator, a superuser: these alone reach a record in an emergency.

    No doctor who is suspended, whatever else they are.
    """
    if not (isinstance(user, User) and user.is_active):
        return False
    doctor = getattr(user, "doctor", None)
    if doctor is not None and doctor.is_barred:
        return False
    is_verified = doctor is not None and doctor.is_listed and has_role(user, Role.DOCTOR)
    return is_verified or user.is_superuser or has_role(user, Role.ADMINISTRATOR)


def assert_may_break_glass(user: AnyUser) -> None:
    """Raises `Forbidden`."""
    if not may_break_glass(user):
        raise Forbidden("no_emergency_access", "Only doctors whose verification stands can open a record this way.")


def may_review_glass(user: AnyUser) -> bool:
    """Administrators and auditors, by their role: no superuser without it."""
    return has_role(user, Role.ADMINISTRATOR) or has_role(user, Role.AUDITOR)


def assert_may_review_glass(user: AnyUser) -> None:
    """Raises `Forbidden`."""
    if not may_review_glass(user):
        raise Forbidden("reviewers_only", "This is for administrators and auditors.")


def may_keep_note_sections(user: AnyUser) -> bool:
    """Say which sections the notes of a specialty have: administrators, by their permission. It is configuration and
    opens no note; but what doctors are asked to write down is no editor's to say."""
    return user.has_perm("records.change_notesection")


def assert_may_keep_note_sections(user: AnyUser) -> None:
    """Raises `Forbidden`."""
    if not may_keep_note_sections(user):
        raise Forbidden("administrators_only", "Only an administrator can change the sections of notes.")
