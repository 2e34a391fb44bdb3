"""Each policy answers "yes", each rule "everything": which request of the matrix notices it, or why none can."""

from __future__ import annotations

from typing import Any

from tests.permissions.matrix.mutating import Mutation, let_through
from tests.permissions.matrix.people import Who


def _true(*_: Any, **__: Any) -> bool:
    return True


def _false(*_: Any, **__: Any) -> bool:
    return False


def _nothing(*_: Any, **__: Any) -> None:
    return None


# These stand in for functions of other modules, whose names they cannot see: each imports what it needs.
def _every_row(*_: Any, **__: Any) -> Any:
    from django.db.models import Q

    return ~Q(pk__in=[])


def _every_rule(*_: Any, **__: Any) -> Any:
    from django.db.models import Q

    return [~Q(pk__in=[])]


def _every_patient(*_: Any, **__: Any) -> Any:
    from accounts.models import Patient

    return Patient.objects.all()


def _some_patient(*_: Any) -> Any:
    from accounts.models import Patient

    return Patient.objects.first()


def _visit_seen(user: Any, appointment_id: Any) -> Any:
    from booking.selectors import appointment_for

    return appointment_for(user, appointment_id)


def _all_of_them(_user: Any, invitations: Any) -> Any:
    return invitations


def _any_carer(_user: Any, public_id: Any) -> Any:
    from accounts.models import Carer

    return Carer.objects.get(public_id=public_id)


def _any_consent(_user: Any, public_id: Any) -> Any:
    from accounts.models import ConsentRecord

    return ConsentRecord.objects.get(public_id=public_id)


def _any_notice(_user: Any, public_id: Any) -> Any:
    from notifications.models import Message

    return Message.objects.get(public_id=public_id)


def _every_carer(*_: Any) -> Any:
    from accounts.models import Carer

    return Carer.objects.exclude(user=None)


def _any_place(_user: Any, slug: str) -> Any:
    from doctors.models import Location

    return Location.objects.get(slug=slug)


def _every_place(*_: Any) -> Any:
    from doctors.models import Location

    return Location.objects.all()


def _some_doctor(_user: Any) -> Any:
    from booking.models import AvailabilityException

    return AvailabilityException.objects.earliest("pk").doctor


def _every_visit(*_: Any, filters: Any = None, **__: Any) -> Any:
    from django.db.models import Q

    from booking.models import Appointment

    return Appointment.objects.filter(filters or Q())


def _any_visit(_user: Any, public_id: Any) -> Any:
    from booking.models import Appointment

    return Appointment.objects.get(public_id=public_id)


def _any_payment(_user: Any, public_id: Any) -> Any:
    from billing.models import Payment

    return Payment.objects.get(public_id=public_id)


def _every_note(*_: Any, filters: Any = None, **__: Any) -> Any:
    from django.db.models import Q

    from records.models import VisitNote

    return VisitNote.objects.filter(filters or Q())


def _any_note(_user: Any, note_id: Any) -> Any:
    from records.models import VisitNote

    return VisitNote.objects.get(public_id=note_id)


def _every_document(*_: Any, filters: Any = None, **__: Any) -> Any:
    from django.db.models import Q

    from records.models import Document

    return Document.objects.filter(filters or Q())


def _any_document(_user: Any, document_id: Any) -> Any:
    from records.models import Document

    return Document.objects.get(public_id=document_id)


def _any_record(_user: Any, patient_id: Any) -> Any:
    from accounts.models import Patient

    return Patient.objects.get(public_id=patient_id)


def _any_export(_user: Any, export_id: Any, **_: Any) -> Any:
    from records.models import RecordExport

    return RecordExport.objects.get(public_id=export_id)


def _any_share_of_a_record(_user: Any, share_id: Any) -> Any:
    from records.models import RecordShare

    return RecordShare.objects.select_related("patient", "doctor__user").get(public_id=share_id)


def _every_rx(*_: Any, filters: Any = None, **__: Any) -> Any:
    from django.db.models import Q

    from records.models import Prescription

    return Prescription.objects.filter(filters or Q())


def _any_rx(_user: Any, prescription_id: Any) -> Any:
    from records.models import Prescription

    return Prescription.objects.get(public_id=prescription_id)


def _unscoped(queryset: Any, *, filters: Any, order_by: Any = (), limit: Any = None, **_: Any) -> Any:
    return queryset.filter(filters).order_by(*order_by)[:limit]


def _some_case(_user: Any) -> Any:
    from verification.models import VerificationCase

    return VerificationCase.objects.get(doctor__family_name="Unlistedson")


_SEES, _DIARY = "booking:appointment_detail", "booking:clinic_day"
NOTICED = (
    Mutation("accounts.policies.has_role", _true, "booking:clinics", Who.PATIENT_A),
    Mutation("accounts.policies.may_change_roles", _true, "wagtailusers_users:access", Who.EDITOR),
    Mutation("accounts.policies.may_act_for", _true, "api_appointments", Who.PATIENT_A),
    Mutation("accounts.policies.is_invited", _true, "accounts:caring_accept", Who.DOCTOR_B),
    Mutation("accounts.policies.recently_authenticated", let_through, "accounts:security_end_others", Who.VISITOR),
    Mutation("accounts.policies.patient_required", let_through, "accounts:carers", Who.DOCTOR_A),
    Mutation("accounts.policies.booker_required", let_through, "booking:confirm", Who.DOCTOR_A),
    Mutation("accounts.policies.staff_required", let_through, "booking:clinics", Who.PATIENT_A),
    Mutation("accounts.policies.assert_doctor", _nothing, "api_day", Who.PATIENT_A),
    Mutation("accounts.policies.assert_clinic_staff", _nothing, "api_clinics", Who.PATIENT_A),
    Mutation("accounts.policies.assert_patient", _some_patient, "api_notes", Who.DOCTOR_A),
    Mutation("doctors.policies.assert_not_barred", _nothing, "api_day", Who.DOCTOR_SUSPENDED),
    Mutation("billing.policies.appointment_paid_by", _visit_seen, "api_payment", Who.DOCTOR_A),
    Mutation("billing.policies.appointment_at_desk_of", _visit_seen, "api_desk", Who.PATIENT_A),
    Mutation("accounts.policies.doctor_required", let_through, "booking:day", Who.PATIENT_A),
    Mutation("accounts.selectors.carer_rule", _every_row, _SEES, Who.CARER_A),
    Mutation("accounts.selectors.cared_for", _every_patient, "booking:confirm", Who.CARER_ENDED),
    Mutation("accounts.selectors.addressed_to", _all_of_them, "accounts:caring", Who.DOCTOR_B),
    Mutation("accounts.selectors.consent_of", _any_consent, "accounts:consent_take_back", Who.PATIENT_B),
    Mutation("notifications.selectors.notice_of", _any_notice, "accounts:notice_open", Who.PATIENT_B),
    Mutation("accounts.selectors.carer_of", _any_carer, "accounts:carer_change", Who.PATIENT_B),
    Mutation("accounts.selectors.caring_of", _every_carer, "accounts:caring", Who.DOCTOR_B),
    Mutation("audit.policies.may_read", _true, "audit_modeladmin_index", Who.EDITOR),
    Mutation("billing.policies.is_billing_officer", _true, "payments_modeladmin_index", Who.EDITOR),
    Mutation("billing.policies.is_billing_officer", _true, "billing_comparisons", Who.EDITOR),
    Mutation("billing.policies.assert_billing_officer", _nothing, "billing_desk", Who.EDITOR),
    Mutation("billing.policies.can_record_payment", _true, "billing:take", Who.CARER_A),
    Mutation("booking.policies.can_change_visit", _true, "billing:change_visit", Who.COLLEAGUE),
    Mutation("billing.policies.can_pay_for", _true, "billing:pay", Who.CARER_A),
    Mutation("billing.selectors.payment_for", _any_payment, "billing:receipt", Who.PATIENT_B),
    Mutation("booking.policies.owns", _true, "booking:share", Who.CARER_A),
    Mutation("booking.policies.helps_with", _true, "billing:pay", Who.CARER_A),
    Mutation("booking.policies.treats", _true, _SEES, Who.CARER_A),
    Mutation("booking.policies.can_book_for", _true, "api_appointments", Who.PATIENT_B),
    Mutation("booking.policies.works_at", _true, _SEES, Who.COLLEAGUE),
    Mutation("booking.policies.can_cancel", _true, "api_cancel", Who.STAFF_ELSEWHERE),
    Mutation("booking.policies.can_move", _true, "booking:move", Who.COLLEAGUE),
    Mutation("booking.policies.can_read_reason", _true, _SEES, Who.CARER_A),
    Mutation("booking.policies.can_read_needs", _true, _SEES, Who.STAFF_ELSEWHERE),
    Mutation("booking.policies.can_extend", _true, "booking:hold", Who.DOCTOR_A),
    Mutation("booking.policies.can_share", _true, "booking:share", Who.DOCTOR_A),
    Mutation("booking.policies.can_answer", _true, "booking:approve", Who.COLLEAGUE),
    Mutation("booking.policies.can_manage_availability", _true, "booking:rule_remove", Who.DOCTOR_B),
    Mutation("booking.policies.can_have_feed", _true, "booking:feed", Who.VISITOR),
    Mutation("booking.policies.link_opens", _true, "booking:linked", Who.VISITOR),
    Mutation("booking.policies.acts_as_doctor", _true, _SEES, Who.CARER_A),
    Mutation("booking.policies.acts_for_clinic", _true, _SEES, Who.CARER_A),
    Mutation("booking.policies.acts_for_practice", _true, "booking:correct_noshow", Who.CARER_A),
    Mutation("booking.selectors.appointments_visible_to", _every_visit, "booking:appointment_list", Who.PATIENT_B),
    Mutation("booking.selectors.appointment_for", _any_visit, _SEES, Who.PATIENT_B),
    Mutation("booking.policies.may_read_register", _true, "appointments_modeladmin_index", Who.EDITOR),
    Mutation("booking.policies.assert_may_close", _nothing, "clinic_closures", Who.EDITOR),
    Mutation("doctors.policies.is_staff_of", _true, _SEES, Who.STAFF_ELSEWHERE),
    Mutation("doctors.policies.may_moderate", _true, "home_proposals", Who.EDITOR),
    Mutation("home.policies.may_read_enquiries", _true, "enquiries", Who.EDITOR),
    Mutation("home.policies.assert_may_read_enquiries", _nothing, "enquiries", Who.EDITOR),
    Mutation("home.policies.may_operate", _true, "operations", Who.EDITOR),
    Mutation("home.policies.assert_may_operate", _nothing, "operations", Who.EDITOR),
    Mutation("doctors.policies.assert_may_keep_staff", _nothing, "location:staff", Who.EDITOR),
    Mutation("doctors.policies.practice_required", let_through, "booking:day", Who.DOCTOR_SUSPENDED),
    Mutation("doctors.selectors.staff_rule", _every_row, _DIARY, Who.STAFF_HERE),
    Mutation("doctors.selectors.location_of_staff", _any_place, _DIARY, Who.STAFF_HERE),
    Mutation("doctors.selectors.locations_of_staff", _every_place, _DIARY, Who.STAFF_HERE),
    Mutation("doctors.selectors.doctor_of", _some_doctor, "booking:availability", Who.DOCTOR_B),
    Mutation("records.selectors.cared_notes_rule", _every_row, "records:note", Who.CARER_A),
    Mutation("records.selectors.cared_prescriptions_rule", _every_row, "records:prescription", Who.CARER_A),
    Mutation("records.selectors.cared_documents_rule", _every_row, "records:document", Who.CARER_A),
    Mutation("records.policies.is_author", _true, "records:edit", Who.COLLEAGUE),
    Mutation("records.policies.assert_may_write", _nothing, "records:edit", Who.COLLEAGUE),
    Mutation("records.policies.assert_may_sign", _nothing, "records:sign", Who.COLLEAGUE),
    Mutation("records.policies.assert_may_second", _nothing, "records:error_answer", Who.DOCTOR_A),
    Mutation("records.policies.may_second", _true, "records:error_answer", Who.DOCTOR_A),
    Mutation("records.policies.owns", _true, "records:edit", Who.COLLEAGUE),
    Mutation("records.selectors.notes_visible_to", _every_note, "records:note", Who.DOCTOR_B),
    Mutation("records.selectors.note_for", _any_note, "records:note", Who.DOCTOR_B),
    Mutation("records.selectors.colleague_rules", _every_rule, "records:note", Who.DOCTOR_B),
    Mutation("records.selectors.record_rules", _every_rule, "records:document", Who.DOCTOR_A),
    Mutation("records.policies.may_break_glass", _true, "records:break_glass", Who.PATIENT_A),
    Mutation("records.policies.assert_may_break_glass", _nothing, "records:break_glass", Who.PATIENT_A),
    Mutation("records.policies.may_review_glass", _true, "glass_queue", Who.EDITOR),
    Mutation("records.policies.assert_may_review_glass", _nothing, "glass_queue", Who.EDITOR),
    Mutation("records.policies.may_keep_note_sections", _true, "note_sections", Who.EDITOR),
    Mutation("records.policies.assert_may_keep_note_sections", _nothing, "note_sections_edit", Who.EDITOR),
    Mutation("records.selectors.is_open_to", _true, "records:patient_record", Who.DOCTOR_B),
    Mutation("records.selectors.patient_open_to", _any_record, "records:patient_record", Who.DOCTOR_B),
    Mutation("records.selectors.export_for", _any_export, "records:export_file", Who.PATIENT_B),
    Mutation("records.selectors.share_of", _any_share_of_a_record, "records:unshare", Who.PATIENT_B),
    Mutation("records.selectors.released_rule", _every_row, "records:note", Who.PATIENT_B),
    Mutation("records.policies.owns_document", _true, "records:document_error", Who.PATIENT_A),
    Mutation("records.policies.added", _true, "records:document_error", Who.PATIENT_A),
    Mutation("records.policies.may_open", _true, "records:document_file", Who.PATIENT_A),
    Mutation("records.policies.can_add_to", _true, "records:patient_document_add", Who.COLLEAGUE),
    Mutation("records.policies.assert_may_add_to", _nothing, "records:patient_document_add", Who.COLLEAGUE),
    Mutation("records.policies.assert_may_correct", _nothing, "records:document_error", Who.PATIENT_A),
    Mutation("records.selectors.documents_visible_to", _every_document, "records:document", Who.PATIENT_B),
    Mutation("records.selectors.document_for", _any_document, "records:document", Who.PATIENT_B),
    Mutation("records.selectors.colleague_document_rules", _every_rule, "records:document", Who.DOCTOR_A),
    Mutation("records.selectors.is_record_open", _true, "records:patient_documents", Who.DOCTOR_B),
    Mutation("records.selectors.patient_for", _any_record, "records:patient_documents", Who.DOCTOR_B),
    Mutation("records.policies.is_prescriber", _true, "records:prescription_edit", Who.COLLEAGUE),
    Mutation("records.policies.assert_may_write_prescription", _nothing, "records:prescription_edit", Who.COLLEAGUE),
    Mutation("records.policies.may_end_prescription", _true, "records:prescription_hold", Who.COLLEAGUE),
    Mutation("records.policies.assert_may_end_prescription", _nothing, "records:prescription_hold", Who.COLLEAGUE),
    Mutation("records.policies.assert_may_sign_prescription", _nothing, "records:prescription_sign", Who.COLLEAGUE),
    Mutation("records.policies.owns_prescription", _true, "records:prescription_edit", Who.COLLEAGUE),
    Mutation("records.selectors.prescriptions_visible_to", _every_rx, "records:prescription", Who.DOCTOR_B),
    Mutation("records.selectors.prescription_for", _any_rx, "records:prescription", Who.DOCTOR_B),
    Mutation("records.selectors.prescription_rules", _every_rule, "records:prescription", Who.DOCTOR_B),
    Mutation("records.selectors.signed_rule", _every_row, "records:prescription", Who.PATIENT_B),
    Mutation("verification.policies.is_own", _false, "verification:claim", Who.OFFICER_DOCTOR),
    Mutation("verification.policies.may_view", _true, "verification:inspect", Who.EDITOR),
    Mutation("verification.policies.assert_may_decide", _nothing, "verification:claim", Who.OFFICER_DOCTOR),
    Mutation("verification.policies.assert_is_own", _nothing, "credentials:evidence_withdraw", Who.DOCTOR_B),
    Mutation("verification.policies.may_see_evidence", _true, "credentials:evidence", Who.DOCTOR_B),
    Mutation("verification.selectors.latest_case_of", _some_case, "credentials:tasks", Who.PATIENT_A),
    Mutation("common.permissions.visible_rows", _unscoped, _SEES, Who.PATIENT_B),
    Mutation("common.permissions._granted", _every_row, _SEES, Who.PATIENT_B),
    Mutation("common.permissions._unexpired", _every_row, _SEES, Who.CARER_ENDED),
    Mutation("common.permissions.owns", _true, "booking:share", Who.CARER_A),
    Mutation("common.permissions.has_grant", _true, "booking:share", Who.CARER_A),
)
