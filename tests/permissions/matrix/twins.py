"""What patients, carers, doctors and the desk can do on pages, side by side with how the API does the same."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

ACCOUNTS = {
    "accounts:profile": "PUT api_profile GET api_me",
    "accounts:consents": "GET api_consent_records",
    "accounts:consent_take_back": "POST api_consent_take_back",
    "accounts:record_access": "GET api_record_access",
    "accounts:carers": "GET api_carers",
    "accounts:carer_invite": "POST api_carers",
    "accounts:carer_change": "POST api_carer_change",
    "accounts:carer_revoke": "POST api_carer_revoke",
    "accounts:caring": "GET api_caring",
    "accounts:caring_accept": "POST api_caring_accept",
    "accounts:caring_decline": "POST api_caring_decline",
    "accounts:caring_leave": "POST api_caring_leave",
    "accounts:notices": "GET api_notices",
    "accounts:notices_read": "POST api_notices_read",
    "accounts:notice_open": "POST api_notice_open",
    "accounts:preferences": "GET api_preferences POST api_preferences",
    "accounts:text_number": "POST api_text_number",
    "accounts:text_confirm": "POST api_text_confirm",
    "accounts:text_remove": "POST api_text_remove",
    "accounts:address_try_again": "POST api_address_try_again",
    "accounts:security": "GET api_sessions GET api_tokens GET api_providers",
    "accounts:security_end_others": "POST api_sessions_end",
    "accounts:security_end_session": "POST api_session_end",
}
BOOKING = {
    "booking:appointment_list": "GET api_appointments GET api_offers",
    "booking:past_appointments": "GET api_appointments",
    "booking:appointment_detail": "GET api_appointment",
    "booking:calendar_file": "GET api_calendar_file",
    "booking:hold": "POST api_extend",
    "booking:cancel": "POST api_cancel",
    "booking:history": "GET api_history",
    "booking:move_confirm": "POST api_move",
    "booking:arrive": "POST api_arrive",
    "booking:unarrive": "POST api_unarrive",
    "booking:fulfil": "POST api_fulfil",
    "booking:noshow": "POST api_noshow",
    "booking:correct_noshow": "POST api_correct_noshow",
    "booking:enter_in_error": "POST api_enter_in_error",
    "booking:conceal": "POST api_conceal",
    "booking:share": "POST api_shares",
    "booking:unshare": "POST api_unshare",
    "booking:share_accept": "POST api_share_accept",
    "booking:share_decline": "POST api_share_decline",
    "booking:feeds": "GET api_feeds",
    "booking:feed_make": "POST api_feed_make",
    "booking:feed_revoke": "POST api_feed_revoke",
    "booking:clinics": "GET api_clinics",
    "booking:clinic_day": "GET api_clinic_day",
    "booking:day": "GET api_day",
    "booking:week": "GET api_week",
    "booking:past_days": "GET api_past_days",
    "booking:notices_read": "POST api_notices_read",
    "booking:approve": "POST api_approve",
    "booking:reject": "POST api_reject",
    "booking:availability": "GET api_availability",
    "booking:rule_add": "POST api_rule_add",
    "booking:rule_change": "GET api_rule PUT api_rule",
    "booking:rule_remove": "POST api_rule_remove",
    "booking:rules_change": "POST api_rules_change POST api_rules_remove",
    "booking:day_copy": "POST api_day_copy",
    "booking:outside_hours": "GET api_outside_hours POST api_outside_hours",
    "booking:limits": "POST api_limits",
    "booking:bookings_switch": "POST api_bookings_stop POST api_bookings_resume",
    "booking:leave_add": "POST api_leave_add",
    "booking:leave_remove": "POST api_leave_remove",
    "booking:leave_appointments": "GET api_leave_appointments POST api_leave_appointments",
    "booking:extra_add": "POST api_extra_add",
    "booking:extra_remove": "POST api_extra_remove",
    "booking:cancelling": "GET api_cancelling POST api_cancelling",
    "booking:running_late": "GET api_running_late POST api_running_late",
    "booking:cancel_rest": "GET api_cancel_rest POST api_cancel_rest",
}
BILLING = {
    "billing:payments": "GET api_payments",
    "billing:pay": "GET api_payment POST api_payment",
    "billing:returned": "GET api_payment",
    "billing:receipt": "GET api_receipt_file",
    "billing:complain": "POST api_complain",
    "billing:withdraw": "POST api_withdraw",
    "billing:change_visit": "GET api_change_visit POST api_change_visit",
    "billing:take": "GET api_desk POST api_desk POST api_desk_given",
    "billing:take_back": "POST api_desk_mistake",
}
RECORDS = {
    "records:record": "GET api_record",
    "records:notes": "GET api_notes",
    "records:to_do": "GET api_notes_to_do",
    "records:visit_note": "GET api_visit_note POST api_visit_note",
    "records:note": "GET api_note",
    "records:edit": "GET api_note_draft PUT api_note_draft",
    "records:discard": "DELETE api_note_draft",
    "records:sign": "POST api_note_sign",
    "records:error": "POST api_note_error",
    "records:error_withdraw": "POST api_note_error_withdraw",
    "records:error_answer": "POST api_note_error_answer",
    "records:cared_record": "GET api_cared_record",
    "records:patient_record": "GET api_patient_record",
    "records:note_search": "POST api_note_search",
    "records:export": "GET api_export",
    "records:export_ask": "POST api_export",
    "records:export_file": "GET api_export_file",
    "records:who_can_see": "GET api_who_sees",
    "records:share_record": "POST api_record_share",
    "records:share_part": "POST api_part_share",
    "records:unshare": "POST api_record_unshare",
    "records:open_to_me": "GET api_open_to_me",
    "records:break_glass": "GET api_break_glass POST api_break_glass",
    "records:glass_end": "POST api_glass_end",
    "records:documents": "GET api_documents",
    "records:document_add": "POST api_documents",
    "records:documents_sent": "GET api_documents_sent POST api_documents",
    "records:patient_documents": "GET api_patient_documents",
    "records:patient_document_add": "POST api_patient_documents",
    "records:patient_documents_sent": "GET api_patient_documents_sent POST api_patient_documents",
    "records:document": "GET api_document",
    "records:document_file": "GET api_document_file",
    "records:document_preview": "GET api_document_file",
    "records:document_replace": "POST api_document_replace",
    "records:document_error": "POST api_document_error",
    "records:prescriptions": "GET api_prescriptions",
    "records:prescriptions_written": "GET api_prescriptions_written",
    "records:visit_prescriptions": "GET api_visit_prescriptions POST api_visit_prescriptions",
    "records:prescription": "GET api_prescription",
    "records:prescription_pdf": "GET api_prescription_pdf",
    "records:prescription_check": "POST api_prescription_check",
    "records:prescription_edit": "GET api_prescription_draft PUT api_prescription_draft",
    "records:prescription_discard": "DELETE api_prescription_draft",
    "records:prescription_sign": "GET api_prescription_sign POST api_prescription_sign",
    "records:prescription_address": "POST api_prescription_address",
    "records:prescription_allergies": "GET api_prescription_allergies POST api_prescription_allergies "
    "POST api_prescription_allergy_end",
    "records:prescription_hold": "POST api_prescription_hold",
    "records:prescription_resume": "POST api_prescription_resume",
    "records:prescription_complete": "POST api_prescription_complete",
    "records:prescription_cancel": "POST api_prescription_cancel",
    "records:prescription_stop": "POST api_prescription_stop",
    "records:prescription_replace": "POST api_prescription_replace",
    "records:prescription_error": "POST api_prescription_error",
    "records:prescription_repeat": "POST api_prescription_repeat",
    "records:allergies": "GET api_allergies POST api_allergies",
    "records:allergy_end": "POST api_allergy_end",
    "home_news_read": "POST api_news",
}
DOCTORS = {
    "credentials:start": "POST api_verification",
    "credentials:tasks": "GET api_verification",
    "credentials:particulars": "POST api_particulars",
    "credentials:submit": "POST api_verification_submit",
    "credentials:renew": "POST api_verification_renew",
    "credentials:item": "GET api_verification_item POST api_verification_item",
    "credentials:files": "POST api_evidence_add",
    "credentials:evidence": "GET api_evidence",
    "credentials:evidence_withdraw": "POST api_evidence_withdraw",
    "own_page:edit": "GET api_own_page POST api_own_page",
    "own_page:take_back": "POST api_own_page_take_back",
}
# By the name of a page's route: what its twins are called, each behind its method. Twins let in whoever the page does.
TWINS = ACCOUNTS | BOOKING | BILLING | RECORDS | DOCTORS
# Twins of which each has a line of its own in `api_rows`, for it is asked in another way than its page.
IN_OTHER_WAYS = {
    "booking:slot_picker": "GET api_slots",
    "booking:confirm": "GET api_consents POST api_appointments",
    "booking:move": "GET api_slots",
    "accounts:security_end_token": "DELETE api_token_end",
    "accounts:security_end_tokens": "DELETE api_tokens",
    "accounts:nhs_login_disconnect": "POST api_provider_disconnect",
    "accounts:work_login_disconnect": "POST api_provider_disconnect",
}
# Why a page has no twin.
WITHOUT = {
    "signed_in_home": "made of what each app's own addresses tell",
    "home_guide_dismiss": "the website's guide to its own pages",
    "home_guide_restore": "the website's guide to its own pages",
    "accounts:two_step_needed": "a way through pages; allauth's headless sign-in sets the second step up",
    "accounts:two_step_done": "a way through pages",
    "accounts:two_step_index": "leads on to a page",
    "accounts:two_step_passkeys": "leads on to a page",
    "accounts:two_step_codes": "allauth's headless sign-in shows them",
    "accounts:two_step_codes_file": "allauth's headless sign-in shows them",
    **{
        f"accounts:nhs_login{step}": "a way that a browser goes through NHS login's own pages and back"
        for step in ("", "_go", "_back", "_more", "_connect")
    },
    **{
        f"accounts:work_login{step}": "a way that a browser goes through the provider's own pages and back"
        for step in ("", "_back", "_connect")
    },
    "accounts:stop": "the address in an email is the proof, and is opened by mail programs (RFC 8058)",
    "booking:feed": "calendar programs read it at a secret address",
    "booking:link": "the address in an email opens a page in a browser, which keeps the proof",
    "booking:linked": "behind booking:link",
    "booking:linked_move": "behind booking:link",
    "booking:linked_move_confirm": "behind booking:link",
    "booking:linked_cancel": "behind booking:link",
    "billing:stripe_webhook": "Stripe's own",
    "credentials:join": "a public page of words",
    "mail_events": "the mail provider's own",
}


def operations(twins: str) -> Iterator[tuple[str, str]]:
    """The method and the route of each."""
    words = twins.split()
    return zip(words[::2], words[1::2], strict=True)


@cache
def _pages() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for page, twins in TWINS.items():
        for _, route in operations(twins):
            found[route] = (*found.get(route, ()), page)
    return found


def pages_of(route: str) -> tuple[str, ...]:
    """The pages of which a route of the API is a twin."""
    return _pages().get(route, ())
