"""The one table of what is allowed, and why. Whatever it does not name is denied; a route without a row fails."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from tests.permissions.matrix.api_rows import API, as_the_pages
from tests.permissions.matrix.libraries import DJANGO_ADMIN, WAGTAIL
from tests.permissions.matrix.notice_rows import NOTICES
from tests.permissions.matrix.people import (
    ADMINISTRATORS,
    AUDITORS,
    BILLING_OFFICERS,
    DOCTORS,
    EDITORS,
    EVERYBODY,
    IN_THE_ADMIN,
    MODERATORS,
    OFFICERS,
    PATIENTS,
    SIGNED_IN,
    STAFF,
    WORKING_DOCTORS,
    Who,
)
from tests.permissions.matrix.rows import APPLICANTS, BOTH, READ, REVIEWERS, SEND, Row, row, theirs
from tests.permissions.matrix.sign_in_rows import SIGN_IN

PUBLIC = (
    row("credentials:join robots site_search", READ, EVERYBODY, why="public pages"),
    theirs("security_txt", EVERYBODY, why="whom to tell of a hole, as RFC 9116 has it; nothing where nobody is named"),
    row(
        "shared_picture", READ, EVERYBODY, why="of pages that everybody may see; any other is not found (home/sharing)"
    ),
    theirs(
        "wagtail_serve",
        EVERYBODY,
        why="public pages; a contact page alone takes what is sent (home/tests/test_contact.py)",
    ),
    theirs(
        "sitemaps sitemap news_rss news_atom wagtaildocs_serve /media/<path>",
        EVERYBODY,
        why="public files, GET in effect",
    ),
    row("booking:slot_picker", READ, by="public", why="free times are public, of listed doctors alone"),
    theirs(
        "account_* mfa_*",
        EVERYBODY,
        why="allauth: signing in is for everybody, and what stands behind it works on the own account alone",
    ),
    theirs("wagtailcore_* wagtaildocs_authenticate_with_password", EVERYBODY, why="asks for a page's password"),
    theirs("development_* ui_*", EVERYBODY, why="development alone: no installation's settings have these addresses"),
)
ACCOUNT = (
    row("signed_in_home accounts:security", READ, SIGNED_IN, why="one's own"),
    row("home_guide_dismiss home_guide_restore", SEND, SIGNED_IN, why="whether one's own home shows one's own guide"),
    row("home_news_read", SEND, PATIENTS, why="one's own notices about one's own record"),
    *NOTICES,
    *SIGN_IN,
    row("accounts:profile", BOTH, SIGNED_IN, why="one's own; whoever books fills it in first"),
    row("accounts:record_access accounts:carers", READ, PATIENTS, why="of one's own record"),
    row("accounts:consents", READ, PATIENTS, why="what one agreed to oneself, or a carer for one"),
    row("accounts:consent_take_back", SEND, by="owner", why="the patient alone takes it back"),
    row("accounts:carer_invite", BOTH, PATIENTS, why="patients choose who helps them"),
    row("accounts:carer_change", BOTH, by="owner", why="the patient alone says what a carer may do"),
    row("accounts:carer_revoke", SEND, by="owner", why="the patient takes it back"),
    row("accounts:caring", READ, SIGNED_IN, why="whom one helps"),
    row("accounts:caring_accept accounts:caring_decline", SEND, by="invited", why="whoever has the invited address"),
    row("accounts:caring_leave", SEND, by="carer", why="the carer gives it up"),
)
BOOKING = (
    row("booking:confirm", BOTH, PATIENTS | {Who.CARER_A}, why="whoever has a profile, or books for somebody"),
    row(
        "booking:appointment_list booking:past_appointments",
        READ,
        SIGNED_IN,
        why="one's own, the shared, and those of whom one helps",
    ),
    row(
        "booking:appointment_detail booking:calendar_file",
        READ,
        by="patient carer grantee viewer doctor clinic",
        why="its two people; the patient's carers and whom they share it with; the desk of the place",
    ),
    row("booking:hold", READ, by="patient carer grantee viewer doctor clinic", why="part of the appointment's page"),
    row("booking:hold", SEND, by="patient carer", why="whoever books for the patient asks for more time"),
    row("booking:cancel", READ, by="patient carer grantee viewer doctor clinic", why="says whether one may"),
    row(
        "booking:cancel",
        SEND,
        by="patient carer grantee doctor clinic",
        why="as seeing, but for a grant to look",
    ),
    row(
        "booking:move booking:move_confirm",
        READ,
        by="patient carer doctor clinic",
        why="the times that one may move it to, and no times for whom it is only shared with",
    ),
    row(
        "booking:move_confirm",
        SEND,
        by="patient carer doctor clinic",
        why="as cancelling, but for whom it is only shared with",
    ),
    row("booking:conceal", SEND, by="patient", why="the patient alone keeps a visit from carers"),
    row("booking:share booking:unshare", SEND, by="patient owner", why="the patient alone shares a visit"),
    row("booking:share_accept booking:share_decline", SEND, by="invited", why="whoever has the invited address"),
    row("booking:feeds", READ, PATIENTS | DOCTORS, why="the addresses of one's own calendars"),
    row("booking:feed_make", SEND, by="owner", why="one's own appointments, or one's own diary"),
    row("booking:feed_revoke", SEND, by="owner holder", why="one's own address, also of a diary that is shut"),
    row("booking:feed", READ, by="holder", why="the address alone opens it, for as long as its owner may have one"),
    row(
        "booking:link",
        BOTH,
        EVERYBODY,
        why="asks everybody for a date of birth, whatever the address; booking/tests/views/test_link.py",
    ),
    row(
        "booking:linked booking:linked_move booking:linked_move_confirm booking:linked_cancel",
        (),
        why="only the browser that has proved a link and its date of birth; none of these has",
    ),
    row("booking:clinics", READ, STAFF, why="the places where one works"),
    row("booking:clinic_day", READ, by="clinic", why="the diary of the place where one works"),
    row(
        "booking:day booking:week booking:past_days booking:availability",
        READ,
        WORKING_DOCTORS,
        why="one's own day and hours",
    ),
    row(
        "booking:notices_read booking:rule_add booking:leave_add booking:extra_add booking:day_copy "
        "booking:bookings_switch",
        SEND,
        WORKING_DOCTORS,
        why="one's own day and hours",
    ),
    row(
        "booking:rule_remove booking:leave_remove booking:extra_remove", SEND, by="owner", why="the doctor's own hours"
    ),
    row("booking:rule_change booking:leave_appointments", BOTH, by="owner", why="the doctor's own hours and time off"),
    row("booking:running_late booking:cancel_rest", BOTH, WORKING_DOCTORS, why="the rest of one's own day"),
    row("booking:rules_change booking:outside_hours booking:limits", BOTH, WORKING_DOCTORS, why="one's own hours"),
    row(
        "booking:arrive booking:unarrive booking:noshow",
        SEND,
        by="doctor clinic",
        why="the doctor and the desk of the place say who came",
    ),
    row("booking:history", READ, by="doctor", why="the treating doctor sees what the patient has had with them"),
    row("booking:fulfil", SEND, by="doctor", why="the treating doctor says what is done"),
    row("booking:correct_noshow", BOTH, by="doctor clinic", why="whoever may say that nobody came takes it back"),
    row("booking:enter_in_error", BOTH, by="clinic", why="the desk keeps the diary of its place"),
    row("booking:approve booking:reject", SEND, by="doctor", why="the treating doctor answers"),
)
BILLING = (
    row("billing:stripe_webhook", SEND, EVERYBODY, why="Stripe's signature stands in for a sign-in; without it, 400"),
    row(
        "billing:pay",
        (*READ, *SEND),
        by="patient",
        why="whoever comes pays, and carers whom they let pay; carer A may not",
    ),
    row(
        "billing:change_visit",
        (*READ, *SEND),
        by="patient carer",
        why="what the visit is to be is for whoever comes, and carers who book; the practice has other ways",
    ),
    row("billing:returned", READ, by="patient", why="as paying"),
    row("billing:take", BOTH, by="clinic", why="the desk of the place writes down what it took"),
    row("billing:take_back", BOTH, by="clinic", why="the desk of the place takes back what it wrote down by mistake"),
    row("billing:complain", BOTH, by="patient", why="as paying"),
    row("billing:withdraw", SEND, by="owner", why="one's own complaint"),
    row("billing:payments", READ, SIGNED_IN, why="one's own payments, and of those for whom one pays"),
    row("billing:receipt", READ, by="owner", why="receipts belong to whose visit it was, and to whom they let pay"),
)
RECORDS = (
    row("records:record records:notes", READ, PATIENTS, why="one's own health record"),
    row("records:to_do", READ, WORKING_DOCTORS, why="one's own notes"),
    row("records:visit_note", BOTH, by="doctor", why="the doctor of a visit writes its note"),
    row(
        "records:note",
        READ,
        by="author patient second",
        why="who wrote it, the patient once it is signed and released, and whom the doctor has asked about it",
    ),
    row("records:edit", BOTH, by="author", why="the doctor who writes it"),
    row("records:sign records:error", BOTH, by="author", why="the doctor who writes it"),
    row("records:discard records:error_withdraw", SEND, by="author", why="the doctor who writes it"),
    row("records:error_answer", SEND, by="second", why="the colleague who was asked"),
    row("records:cared_record", READ, why="a carer whom the patient lets read; carer A may not"),
    row("records:export", READ, PATIENTS, why="everything about oneself"),
    row("records:export_ask", SEND, PATIENTS, why="everything about oneself"),
    row("records:export_file", READ, by="owner", why="the patient who asked for it"),
    row("records:who_can_see", READ, PATIENTS, why="of one's own record"),
    row("records:share_record", BOTH, PATIENTS, why="patients choose with which doctor they share"),
    row("records:share_part", BOTH, by="author patient", why="the patient, and the doctor who wrote it, share a note"),
    row("records:unshare", SEND, by="owner", why="the patient ends it"),
    row(
        "records:break_glass",
        BOTH,
        frozenset({Who.DOCTOR_A, Who.DOCTOR_B, Who.COLLEAGUE, Who.ADMINISTRATOR, Who.SUPERUSER}),
        why="verified doctors, administrators and superusers, for a reason that is reviewed",
    ),
    row("records:glass_end", SEND, by="opener", why="whoever has opened a record ends it"),
    row("records:open_to_me", READ, WORKING_DOCTORS, why="what is shared with oneself"),
    row("records:note_search", SEND, by="treating sharee", why="as the record: whoever it is open to as a doctor"),
    row(
        "records:patient_record",
        READ,
        by="treating sharee",
        why="a doctor who sees the patient about now, and one with whom the patient shares the record",
    ),
    row("records:documents", READ, PATIENTS, why="one's own documents"),
    row("records:document_add records:documents_sent", BOTH, PATIENTS, why="one's own documents"),
    row("records:patient_documents", READ, by="doctor sharee", why="to whom the record is open, or who sees them"),
    row("records:patient_document_add records:patient_documents_sent", BOTH, by="doctor", why="who sees them"),
    row(
        "records:document",
        READ,
        by="adder patient treating sender told",
        why="whoever added it; the patient once it is clean, of a mistake that it is one; a doctor who sees them where "
        "its kind is open",
    ),
    row(
        "records:document_file records:document_preview",
        READ,
        by="adder patient treating",
        why="as the page, and nobody before it is clean",
    ),
    row("records:document_replace records:document_error", BOTH, by="adder sender", why="whoever added it"),
    row("records:prescription_check", BOTH, EVERYBODY, why="whoever holds the paper knows code and date of birth"),
    row("records:prescriptions", READ, PATIENTS, why="one's own prescriptions"),
    row("records:allergies", BOTH, PATIENTS, why="one's own allergies"),
    row("records:allergy_end", SEND, by="owner", why="one's own allergy"),
    row("records:prescription_pdf", READ, by="author patient sharee", why="as its page, once it is signed"),
    row("records:prescriptions_written", READ, WORKING_DOCTORS, why="what one has prescribed oneself"),
    row("records:visit_prescriptions", BOTH, by="doctor", why="the doctor of a visit prescribes from it"),
    row(
        "records:prescription",
        READ,
        by="author drafter patient sharee",
        why="who wrote it; the patient, and whom they share their record with, once it is signed",
    ),
    row(
        "records:prescription_edit records:prescription_sign records:prescription_address "
        "records:prescription_allergies records:prescription_hold records:prescription_cancel "
        "records:prescription_stop records:prescription_replace records:prescription_error",
        BOTH,
        by="author drafter",
        why="the doctor who writes it",
    ),
    row(
        "records:prescription_discard records:prescription_resume records:prescription_complete",
        SEND,
        by="author drafter",
        why="the doctor who writes it",
    ),
    row("records:prescription_repeat", SEND, by="author drafter", why="a doctor who sees the patient about now"),
)
VERIFICATION = (
    row("credentials:start", BOTH, SIGNED_IN, why="anybody may apply; whoever has comes to the list"),
    row("credentials:tasks", READ, APPLICANTS, why="one's own verification, also while suspended"),
    row("credentials:particulars credentials:submit", BOTH, APPLICANTS, why="one's own verification"),
    row("credentials:item credentials:files", BOTH, APPLICANTS, why="one's own verification"),
    row("credentials:renew", SEND, APPLICANTS, why="one's own; refused by its state with 409"),
    row(
        "credentials:evidence",
        READ,
        frozenset({Who.OFFICER_DOCTOR}),
        by="owner",
        why="one's own files; who looks at cases may look at every file, by whichever door",
    ),
    row("credentials:evidence_withdraw", SEND, by="owner", why="one's own files"),
    row("verification:index verification:report", READ, OFFICERS, why="officers see the queue"),
    row("verification:inspect verification:evidence", READ, OFFICERS, why="officers see cases and evidence"),
    row("verification:start", SEND, OFFICERS, never="self", why="officers open cases"),
    row(
        "verification:submit",
        SEND,
        OFFICERS,
        never="colleague",
        why="officers submit for a doctor who has no account; everybody else does it themselves",
    ),
    row(
        "verification:claim verification:release verification:assign verification:look_up "
        "verification:approve verification:reject verification:suspend verification:reopen "
        "verification:cancel_appointments verification:item_check verification:item_ask "
        "verification:row_claim verification:row_release",
        SEND,
        OFFICERS,
        never="self",
        why="officers decide, and nobody about themselves",
    ),
)
OWN_PAGE = (
    row("own_page:edit", BOTH, WORKING_DOCTORS, why="what one's own page says; without a page it says so"),
    row("own_page:take_back", SEND, frozenset({Who.DOCTOR_A}), why="one's own proposal: nobody else has one"),
)
OUR_ADMIN = (
    row("home_help", READ, IN_THE_ADMIN, why="who may do what"),
    row(
        "home_report_checks home_report_review home_report_links home_report_images home_report_blocks "
        "home_report_doctors",
        READ,
        EDITORS,
        why="whoever writes pages sees what is to do on them",
    ),
    theirs(
        "doctor_chooser:* specialty_chooser:* location_chooser:* article_chooser:*",
        EDITORS,
        why="whoever writes pages chooses what they show",
    ),
    row("enquiries", READ, frozenset({Who.ADMINISTRATOR}), why="people may have written about their health"),
    row("enquiry", BOTH, frozenset({Who.ADMINISTRATOR}), why="as above; no superuser without the role, and no editor"),
    row("operations", READ, frozenset({Who.ADMINISTRATOR}), why="how the background work stands; names nobody"),
    row("operations_retry operations_lay_aside", SEND, frozenset({Who.ADMINISTRATOR}), why="a message that failed"),
    theirs("home_translate", EDITORS, why="whoever may edit the page translates it: Wagtail asks"),
    theirs("wagtailforms:*", IN_THE_ADMIN, why="Wagtail's list of what forms brought, always empty: ours is above"),
    row("home_proposals", READ, MODERATORS, why="moderators see what doctors propose"),
    row("home_proposal", BOTH, MODERATORS, why="moderators decide about it"),
    theirs("audit_modeladmin_*", AUDITORS, why="auditors read the log"),
    theirs("messages_report*", ADMINISTRATORS, why="administrators see which messages went out"),
    theirs("doctors:* location:* specialty:*", EDITORS, why="editors look, administrators keep them"),
    theirs("searchword:*", EDITORS, why="editors keep the words by which patients find a specialty"),
    row("location:staff", BOTH, ADMINISTRATORS, why="administrators say who works at a place"),
    theirs("appointments_modeladmin_*", ADMINISTRATORS, why="administrators see which appointments there are"),
    theirs("drug:*", EDITORS, why="editors keep the list of medicines; no shipped one leaves its schedule by it"),
    theirs("consentquestion:*", ADMINISTRATORS, why="administrators keep what people are asked to agree to"),
    row(
        "appointments_report",
        READ,
        frozenset({Who.ADMINISTRATOR}),
        why="counts, and of nobody by name; no superuser without the role",
    ),
    theirs("payments_modeladmin_*", BILLING_OFFICERS, why="billing officers read the ledger"),
    row("billing_desk", BOTH, BILLING_OFFICERS, why="what waits for a billing officer"),
    row("billing_payment billing_complaint", BOTH, BILLING_OFFICERS, why="billing officers see and decide"),
    row("billing_comparisons billing_receipt", READ, BILLING_OFFICERS, why="what differed from Stripe; every receipt"),
    row("glass_queue glass_review", READ, REVIEWERS, why="administrators and auditors review emergency access"),
    row("glass_review", SEND, REVIEWERS, never="opener", why="and nobody their own"),
    row("note_sections", READ, ADMINISTRATORS, why="administrators say what notes are made of; no note is read there"),
    row("note_sections_edit clinic_closures", BOTH, ADMINISTRATORS, why="as above; when a place is closed"),
    row("wagtailusers_users:access", READ, ADMINISTRATORS, why="administrators give offices"),
    row("wagtailusers_users:access_change", SEND, ADMINISTRATORS, why="administrators give offices"),
    theirs("wagtailusers_*", ADMINISTRATORS, why="administrators keep accounts"),
    theirs("/admin/login/ /admin/password_reset/ /admin/password_reset/<rest>", EVERYBODY, why="leads to ours"),
)

PAGES: tuple[Row, ...] = (
    *PUBLIC,
    *ACCOUNT,
    *BOOKING,
    *BILLING,
    *RECORDS,
    *VERIFICATION,
    *OWN_PAGE,
    *OUR_ADMIN,
    *WAGTAIL,
    *DJANGO_ADMIN,
)
TABLE = (*PAGES, *API, *as_the_pages(PAGES))


@cache
def rows_of(key: str) -> tuple[Row, ...]:
    """A route's rows: those that name it in full, else those whose prefix it has, the longest."""
    named = tuple(one for one in TABLE if key in one.routes)
    if named:
        return named
    fitting = [one for one in TABLE if one.concerns(key)]
    longest = max((_length(one, key) for one in fitting), default=0)
    return tuple(one for one in fitting if _length(one, key) == longest)


def _length(one: Row, key: str) -> int:
    return max(len(name) for name in one.routes if name.endswith("*") and key.startswith(name[:-1]))


def unused(keys: Iterable[str]) -> list[str]:
    """The names in the table that no route has."""
    known = list(keys)
    names = {name for one in TABLE for name in one.routes}
    return sorted(
        name
        for name in names
        if not any(key.startswith(name[:-1]) if name.endswith("*") else key == name for key in known)
    )
