from __future__ import annotations

from django.urls import path

from records.views import overview
from records.views.access import emergency, exporting, searching, seeing, sharing
from records.views.documents import changing, one, shelves
from records.views.notes import correcting, reading, signing, writing
from records.views.prescriptions import changing as rx_changing
from records.views.prescriptions import checking as rx_checking
from records.views.prescriptions import reading as rx_reading
from records.views.prescriptions import signing as rx_signing
from records.views.prescriptions import writing as rx_writing

app_name = "records"

urlpatterns = [
    path("appointments/<uuid:appointment_id>/note/", writing.visit_note, name="visit_note"),
    path("notes/<uuid:note_id>/", reading.note, name="note"),
    path("notes/<uuid:note_id>/edit/", writing.edit, name="edit"),
    path("notes/<uuid:note_id>/discard/", writing.discard, name="discard"),
    path("notes/<uuid:note_id>/sign/", signing.sign, name="sign"),
    path("notes/<uuid:note_id>/error/", correcting.ask, name="error"),
    path("notes/<uuid:note_id>/error/withdraw/", correcting.withdraw, name="error_withdraw"),
    path("notes/<uuid:note_id>/error/answer/", correcting.answer, name="error_answer"),
    path("my-day/notes/", reading.to_do, name="to_do"),
    path("health-record/", overview.record, name="record"),
    path("health-record/notes/", reading.own, name="notes"),
    path("health-record/export/", exporting.export, name="export"),
    path("health-record/export/ask/", exporting.export_ask, name="export_ask"),
    path("health-record/export/<uuid:export_id>/file/", exporting.export_file, name="export_file"),
    path("health-record/access/", seeing.who_can_see, name="who_can_see"),
    path("health-record/share/", sharing.share_record, name="share_record"),
    path("health-record/share/<slug:kind>/<uuid:object_id>/", sharing.share_part, name="share_part"),
    path("health-record/shares/<uuid:share_id>/end/", sharing.unshare, name="unshare"),
    path("my-day/records/", seeing.open_to_me, name="open_to_me"),
    path("emergency-access/", emergency.break_glass, name="break_glass"),
    path("emergency-access/<uuid:glass_id>/end/", emergency.end, name="glass_end"),
    path("patients/<uuid:patient_id>/record/", overview.patient_record, name="patient_record"),
    path("patients/<uuid:patient_id>/notes/search/", searching.notes, name="note_search"),
    path("caring/<uuid:patient_id>/record/", seeing.cared_record, name="cared_record"),
    path("health-record/documents/", shelves.documents, name="documents"),
    path("health-record/documents/add/", shelves.document_add, name="document_add"),
    path("health-record/documents/sent/", shelves.documents_sent, name="documents_sent"),
    path("patients/<uuid:patient_id>/documents/", shelves.patient_documents, name="patient_documents"),
    path("patients/<uuid:patient_id>/documents/add/", shelves.patient_document_add, name="patient_document_add"),
    path("patients/<uuid:patient_id>/documents/sent/", shelves.patient_documents_sent, name="patient_documents_sent"),
    path("records/documents/<uuid:document_id>/", one.document, name="document"),
    path("records/documents/<uuid:document_id>/file/", one.file, name="document_file"),
    path("records/documents/<uuid:document_id>/preview/", one.preview, name="document_preview"),
    path("records/documents/<uuid:document_id>/replace/", changing.replace, name="document_replace"),
    path("records/documents/<uuid:document_id>/error/", changing.error, name="document_error"),
]

_RX = "prescriptions/<uuid:prescription_id>/"

urlpatterns += [
    path(
        "appointments/<uuid:appointment_id>/prescriptions/", rx_writing.visit_prescriptions, name="visit_prescriptions"
    ),
    path(_RX, rx_reading.prescription, name="prescription"),
    path("prescriptions/check/", rx_checking.check, name="prescription_check"),
    path(f"{_RX}pdf/", rx_reading.pdf, name="prescription_pdf"),
    path(f"{_RX}edit/", rx_writing.edit, name="prescription_edit"),
    path(f"{_RX}discard/", rx_writing.discard, name="prescription_discard"),
    path(f"{_RX}address/", rx_writing.address, name="prescription_address"),
    path(f"{_RX}allergies/", rx_writing.allergies, name="prescription_allergies"),
    path(f"{_RX}repeat/", rx_writing.repeat, name="prescription_repeat"),
    path(f"{_RX}sign/", rx_signing.sign, name="prescription_sign"),
    path(f"{_RX}hold/", rx_changing.with_reason, {"do": "hold"}, name="prescription_hold"),
    path(f"{_RX}resume/", rx_changing.resume, name="prescription_resume"),
    path(f"{_RX}complete/", rx_changing.complete, name="prescription_complete"),
    path(f"{_RX}cancel/", rx_changing.with_reason, {"do": "cancel"}, name="prescription_cancel"),
    path(f"{_RX}stop/", rx_changing.with_reason, {"do": "stop"}, name="prescription_stop"),
    path(f"{_RX}replace/", rx_changing.with_reason, {"do": "replace"}, name="prescription_replace"),
    path(f"{_RX}error/", rx_changing.with_reason, {"do": "error"}, name="prescription_error"),
    path("my-day/prescriptions/", rx_reading.written, name="prescriptions_written"),
    path("health-record/prescriptions/", rx_reading.own, name="prescriptions"),
    path("health-record/allergies/", rx_reading.allergies, name="allergies"),
    path("health-record/allergies/<uuid:allergy_id>/end/", rx_reading.allergy_end, name="allergy_end"),
]
