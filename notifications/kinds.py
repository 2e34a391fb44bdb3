from __future__ import annotations

from collections.abc import Mapping

from django.db.models import TextChoices


class Kind(TextChoices):
    """Everything that a person can be told. Each has its templates in templates/notifications/email/<kind>.*"""

    APPOINTMENT_BOOKED = "appointment_booked", "Appointment booked"
    APPOINTMENT_REQUESTED = "appointment_requested", "Appointment requested"
    APPOINTMENT_HELD = "appointment_held", "Appointment kept until paid"
    APPOINTMENT_MOVED = "appointment_moved", "Appointment moved"
    APPOINTMENT_CHANGED = "appointment_changed", "Appointment made another kind of visit"
    APPOINTMENT_CANCELLED = "appointment_cancelled", "Appointment cancelled"
    APPOINTMENT_DECLINED = "appointment_declined", "Request declined"
    APPOINTMENT_LAPSED = "appointment_lapsed", "Request lapsed"
    APPOINTMENT_RUNNING_LATE = "appointment_running_late", "The doctor is running late"
    PAYMENT_RECEIVED = "payment_received", "Payment received"
    PAYMENT_TAKEN_BACK = "payment_taken_back", "Payment written down by mistake"
    DIFFERENCE_DUE = "difference_due", "The difference to another kind of visit is to be paid"
    PAYMENT_CAME_LATE = "payment_came_late", "Payment came too late, and goes back"
    REFUND_PROMISED = "refund_promised", "Refund on its way"
    REFUND_WAITS = "refund_waits", "Refund waits for the bank’s decision"
    REFUND_MADE = "refund_made", "Refund made"
    REFUND_FAILED = "refund_failed", "Refund failed"
    REFUND_DROPPED = "refund_dropped", "Refund taken back"
    COMPLAINT_DECIDED = "complaint_decided", "Complaint about a payment decided"
    SHARE_INVITED = "share_invited", "Appointment shared with an address"
    DOCTOR_APPOINTMENT_BOOKED = "doctor_appointment_booked", "New booking"
    DOCTOR_APPOINTMENT_REQUESTED = "doctor_appointment_requested", "New request"
    DOCTOR_APPOINTMENT_MOVED = "doctor_appointment_moved", "Booking moved"
    DOCTOR_APPOINTMENT_CHANGED = "doctor_appointment_changed", "Booking made another kind of visit"
    DOCTOR_APPOINTMENT_CANCELLED = "doctor_appointment_cancelled", "Booking cancelled"
    RECORD_NEW = "record_new", "Something new in the health record"
    RECORD_SHARED = "record_shared", "A patient’s record shared with a doctor"
    RECORD_PASSED_ON = "record_passed_on", "Something of a health record shared by its doctor"
    PRESCRIPTION_ENDED = "prescription_ended", "A prescription held, cancelled or stopped by a colleague"
    DOCUMENT_REFUSED = "document_refused", "A document was refused"
    RECORD_OPENED = "record_opened", "A health record opened in an emergency"
    EXPORT_READY = "export_ready", "A file with everything about a patient is ready"
    CARER_INVITED = "carer_invited", "Asked to help a patient"
    CARER_ENDED = "carer_ended", "Helping a patient is over"
    CARERS_CHANGED = "carers_changed", "Who helps a patient has changed"
    CALENDAR_FEED_CHANGED = "calendar_feed_changed", "A calendar’s secret address has changed"
    VERIFICATION_APPROVED = "verification_approved", "Verification approved"
    VERIFICATION_REJECTED = "verification_rejected", "Verification not approved"
    VERIFICATION_SUSPENDED = "verification_suspended", "Verification suspended"
    VERIFICATION_SUBMITTED = "verification_submitted", "Verification submitted"
    VERIFICATION_ITEM_ASKED = "verification_item_asked", "Asked for one thing more"
    VERIFICATION_REOPENED = "verification_reopened", "Verification taken up again"
    VERIFICATION_EXPIRED = "verification_expired", "Verification expired"
    CREDENTIAL_EXPIRING = "credential_expiring", "A credential runs out soon"
    CREDENTIAL_RENEWED = "credential_renewed", "A renewed credential is checked"
    EVIDENCE_REFUSED = "evidence_refused", "A file was refused"
    ENQUIRY_RECEIVED = "enquiry_received", "Somebody wrote by the contact page"
    PAGE_PROPOSED = "page_proposed", "A doctor proposes changes to their page"
    PAGE_PROPOSAL_APPROVED = "page_proposal_approved", "Changes to a doctor’s page are public"
    PAGE_PROPOSAL_ASKED = "page_proposal_asked", "Asked to change a proposal for a doctor’s page"
    PAGE_PROPOSAL_REJECTED = "page_proposal_rejected", "Changes to a doctor’s page not taken over"


APPOINTMENT_FACTS = frozenset(
    {"reference", "doctor", "start", "end", "zone", "place", "address", "modality", "path"},
)
VERIFICATION_FACTS = frozenset({"doctor", "path"})
# To an address that nobody has proved: nothing about the person who asks, or about an appointment.
INVITATION_FACTS = frozenset({"path"})
MOVED_FACTS = APPOINTMENT_FACTS | {"old_start", "old_end", "old_zone"}
MONEY_FACTS = APPOINTMENT_FACTS | {"amount", "currency"}
_FACTS = {
    Kind.PAYMENT_RECEIVED: MONEY_FACTS | {"left"},
    Kind.PAYMENT_TAKEN_BACK: MONEY_FACTS,
    Kind.DIFFERENCE_DUE: MONEY_FACTS,
    Kind.PAYMENT_CAME_LATE: MONEY_FACTS,
    Kind.REFUND_PROMISED: MONEY_FACTS,
    Kind.REFUND_WAITS: MONEY_FACTS,
    Kind.REFUND_MADE: MONEY_FACTS,
    Kind.REFUND_FAILED: MONEY_FACTS,
    Kind.REFUND_DROPPED: MONEY_FACTS,
    Kind.APPOINTMENT_MOVED: MOVED_FACTS,
    Kind.APPOINTMENT_CHANGED: MOVED_FACTS | {"price"},
    Kind.DOCTOR_APPOINTMENT_CHANGED: MOVED_FACTS,
    Kind.APPOINTMENT_RUNNING_LATE: APPOINTMENT_FACTS | {"minutes"},
    Kind.DOCTOR_APPOINTMENT_MOVED: MOVED_FACTS,
    Kind.SHARE_INVITED: INVITATION_FACTS,
    Kind.CARER_INVITED: INVITATION_FACTS,
    Kind.ENQUIRY_RECEIVED: frozenset({"reference", "path"}),
    Kind.CARER_ENDED: frozenset({"path"}),
    Kind.RECORD_NEW: frozenset({"path"}),
    Kind.RECORD_SHARED: frozenset({"path"}),
    Kind.RECORD_PASSED_ON: frozenset({"path"}),
    Kind.PRESCRIPTION_ENDED: frozenset({"path"}),
    Kind.DOCUMENT_REFUSED: frozenset({"path"}),
    Kind.RECORD_OPENED: frozenset({"path"}),
    Kind.EXPORT_READY: frozenset({"path"}),
    Kind.CARERS_CHANGED: frozenset({"path", "event"}),
    Kind.CALENDAR_FEED_CHANGED: frozenset({"path", "event"}),
    Kind.VERIFICATION_SUBMITTED: VERIFICATION_FACTS | {"days"},
    Kind.VERIFICATION_ITEM_ASKED: VERIFICATION_FACTS | {"item"},
    Kind.VERIFICATION_EXPIRED: VERIFICATION_FACTS | {"item"},
    Kind.CREDENTIAL_EXPIRING: VERIFICATION_FACTS | {"item", "expires_on"},
    Kind.CREDENTIAL_RENEWED: VERIFICATION_FACTS | {"item", "expires_on"},
    Kind.EVIDENCE_REFUSED: VERIFICATION_FACTS | {"item", "finding"},
    Kind.PAGE_PROPOSED: frozenset({"doctor", "path"}),
    Kind.PAGE_PROPOSAL_APPROVED: frozenset({"doctor", "path"}),
    Kind.PAGE_PROPOSAL_ASKED: frozenset({"doctor", "path"}),
    Kind.PAGE_PROPOSAL_REJECTED: frozenset({"doctor", "path"}),
}


def missing_facts(kind: Kind, facts: Mapping[str, object]) -> set[str]:
    """What the templates of this kind need and were not given; a template would leave a silent gap."""
    of_its_family = VERIFICATION_FACTS if kind.startswith("verification_") else APPOINTMENT_FACTS
    needed = _FACTS.get(kind, of_its_family)
    return set(needed - facts.keys())


def kinds() -> list[tuple[str, str]]:
    """The field's choices: asked for, so that the migrations name this and not each kind."""
    return Kind.choices
