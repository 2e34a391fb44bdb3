"""The addresses of the API about health records."""

from __future__ import annotations

from django.urls import path

from records.api import access, documents, notes, prescribing, prescriptions

_APPOINTMENT = "appointments/<uuid:appointment_id>"
_NOTE = "notes/<uuid:note_id>"
_DOCUMENT = "documents/<uuid:document_id>"
_PRESCRIPTION = "prescriptions/<uuid:prescription_id>"
_PATIENT = "patients/<uuid:patient_id>"

urlpatterns = [
    path("health-record/", access.OwnRecord.as_view(), name="api_record"),
    path("health-record/news/", access.OwnNews.as_view(), name="api_news"),
    path("health-record/access/", access.WhoSees.as_view(), name="api_who_sees"),
    path("health-record/shares/", access.RecordShareAdd.as_view(), name="api_record_share"),
    path("health-record/shares/<uuid:share_id>/end/", access.ShareEnd.as_view(), name="api_record_unshare"),
    path("health-record/shares/<slug:kind>/<uuid:object_id>/", access.PartShareAdd.as_view(), name="api_part_share"),
    path("health-record/export/", access.OwnExport.as_view(), name="api_export"),
    path("health-record/export/<uuid:export_id>/file/", access.ExportFile.as_view(), name="api_export_file"),
    path("caring/<uuid:patient_id>/record/", access.CaredRecord.as_view(), name="api_cared_record"),
    path(f"{_PATIENT}/record/", access.PatientRecord.as_view(), name="api_patient_record"),
    path(f"{_PATIENT}/notes/search/", access.NoteSearch.as_view(), name="api_note_search"),
    path(f"{_PATIENT}/documents/", documents.PatientDocumentList.as_view(), name="api_patient_documents"),
    path(f"{_PATIENT}/documents/sent/", documents.PatientDocumentsSent.as_view(), name="api_patient_documents_sent"),
    path("my-day/records/", access.OpenToMe.as_view(), name="api_open_to_me"),
    path("my-day/notes/", notes.NotesToDo.as_view(), name="api_notes_to_do"),
    path("my-day/prescriptions/", prescriptions.PrescriptionsWritten.as_view(), name="api_prescriptions_written"),
    path("emergency-access/", access.EmergencyAccess.as_view(), name="api_break_glass"),
    path("emergency-access/<uuid:glass_id>/end/", access.EmergencyEnd.as_view(), name="api_glass_end"),
    path("notes/", notes.NoteList.as_view(), name="api_notes"),
    path(f"{_APPOINTMENT}/note/", notes.NoteBegin.as_view(), name="api_visit_note"),
    path(f"{_NOTE}/", notes.NoteDetail.as_view(), name="api_note"),
    path(f"{_NOTE}/draft/", notes.NoteDraft.as_view(), name="api_note_draft"),
    path(f"{_NOTE}/sign/", notes.NoteSign.as_view(), name="api_note_sign"),
    path(f"{_NOTE}/error/", notes.NoteErrorAsk.as_view(), name="api_note_error"),
    path(f"{_NOTE}/error/withdraw/", notes.NoteErrorWithdraw.as_view(), name="api_note_error_withdraw"),
    path(f"{_NOTE}/error/answer/", notes.NoteErrorAnswer.as_view(), name="api_note_error_answer"),
    path("documents/", documents.DocumentList.as_view(), name="api_documents"),
    path("documents/sent/", documents.DocumentsSent.as_view(), name="api_documents_sent"),
    path(f"{_DOCUMENT}/", documents.DocumentDetail.as_view(), name="api_document"),
    path(f"{_DOCUMENT}/file/", documents.DocumentFile.as_view(), name="api_document_file"),
    path(f"{_DOCUMENT}/replace/", documents.DocumentReplace.as_view(), name="api_document_replace"),
    path(f"{_DOCUMENT}/error/", documents.DocumentError.as_view(), name="api_document_error"),
    path("prescriptions/", prescriptions.PrescriptionList.as_view(), name="api_prescriptions"),
    path("prescription-checks/", prescriptions.PrescriptionCheck.as_view(), name="api_prescription_check"),
    path("drugs/", prescribing.DrugList.as_view(), name="api_drugs"),
    path("allergies/", prescriptions.AllergyList.as_view(), name="api_allergies"),
    path("allergies/<uuid:allergy_id>/end/", prescriptions.AllergyEnd.as_view(), name="api_allergy_end"),
    path(f"{_APPOINTMENT}/prescriptions/", prescribing.VisitPrescriptions.as_view(), name="api_visit_prescriptions"),
    path(f"{_PRESCRIPTION}/", prescriptions.PrescriptionDetail.as_view(), name="api_prescription"),
    path(f"{_PRESCRIPTION}/pdf/", prescriptions.PrescriptionPdf.as_view(), name="api_prescription_pdf"),
    path(f"{_PRESCRIPTION}/draft/", prescribing.PrescriptionDraft.as_view(), name="api_prescription_draft"),
    path(f"{_PRESCRIPTION}/sign/", prescribing.PrescriptionSign.as_view(), name="api_prescription_sign"),
    path(f"{_PRESCRIPTION}/address/", prescribing.PrescriptionAddress.as_view(), name="api_prescription_address"),
    path(f"{_PRESCRIPTION}/allergies/", prescribing.PrescriptionAllergies.as_view(), name="api_prescription_allergies"),
    path(
        f"{_PRESCRIPTION}/allergies/end/",
        prescribing.PrescriptionAllergyEnd.as_view(),
        name="api_prescription_allergy_end",
    ),
    path(f"{_PRESCRIPTION}/hold/", prescribing.PrescriptionHold.as_view(), name="api_prescription_hold"),
    path(f"{_PRESCRIPTION}/resume/", prescribing.PrescriptionResume.as_view(), name="api_prescription_resume"),
    path(f"{_PRESCRIPTION}/complete/", prescribing.PrescriptionComplete.as_view(), name="api_prescription_complete"),
    path(f"{_PRESCRIPTION}/cancel/", prescribing.PrescriptionCancel.as_view(), name="api_prescription_cancel"),
    path(f"{_PRESCRIPTION}/stop/", prescribing.PrescriptionStop.as_view(), name="api_prescription_stop"),
    path(f"{_PRESCRIPTION}/replace/", prescribing.PrescriptionReplace.as_view(), name="api_prescription_replace"),
    path(f"{_PRESCRIPTION}/error/", prescribing.PrescriptionError.as_view(), name="api_prescription_error"),
    path(f"{_PRESCRIPTION}/repeat/", prescribing.PrescriptionRepeat.as_view(), name="api_prescription_repeat"),
]
