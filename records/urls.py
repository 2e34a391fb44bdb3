from __future__ import annotations

from django.urls import path

from records.views.access import emergency, seeing, sharing
from records.views.documents import changing, one, shelves
from records.views.notes import correcting, reading, signing, writing

app_name = "records"

urlpatterns = [
    path("appointments/<uuid:appointment_id>/note/", writing.visit_note, name="visit_note"),
    path("notes/token/", writing.token, name="token"),
    path("notes/<uuid:note_id>/", reading.note, name="note"),
    path("notes/<uuid:note_id>/edit/", writing.edit, name="edit"),
    path("notes/<uuid:note_id>/discard/", writing.discard, name="discard"),
    path("notes/<uuid:note_id>/sign/", signing.sign, name="sign"),
    path("notes/<uuid:note_id>/error/", correcting.ask, name="error"),
    path("notes/<uuid:note_id>/error/withdraw/", correcting.withdraw, name="error_withdraw"),
    path("notes/<uuid:note_id>/error/answer/", correcting.answer, name="error_answer"),
    path("my-day/notes/", reading.to_do, name="to_do"),
    path("health-record/", reading.record, name="record"),
    path("health-record/access/", seeing.who_can_see, name="who_can_see"),
    path("health-record/share/", sharing.share_record, name="share_record"),
    path("health-record/share/<slug:kind>/<uuid:object_id>/", sharing.share_part, name="share_part"),
    path("health-record/shares/<uuid:share_id>/end/", sharing.unshare, name="unshare"),
    path("my-day/records/", seeing.open_to_me, name="open_to_me"),
    path("emergency-access/", emergency.break_glass, name="break_glass"),
    path("emergency-access/<uuid:glass_id>/end/", emergency.end, name="glass_end"),
    path("patients/<uuid:patient_id>/record/", seeing.patient_record, name="patient_record"),
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
