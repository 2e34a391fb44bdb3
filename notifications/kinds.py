from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

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
    APPOINTMENT_REMINDER = "appointment_reminder", "Reminder of a visit"
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
    CANCELLING_ENDED = "cancelling_ended", "Cancelling many appointments has ended"
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
    OUTSIDE_ENDED = "outside_ended", "Signed out because a work account has ended"
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
    WORDING_TEST = "wording_test", "Test of a message’s words"


class Topic(TextChoices):
    """What a person's preferences sort the kinds by."""

    APPOINTMENTS = "appointments", "Appointments"
    REMINDERS = "reminders", "Reminders"
    PAYMENTS = "payments", "Payments and refunds"
    RECORDS = "records", "Health records"
    HELPERS = "helpers", "Helping and sharing"
    VERIFICATION = "verification", "Verification"
    PAGE = "page", "Doctors’ public pages"
    SECURITY = "security", "Security"
    ENQUIRIES = "enquiries", "Enquiries"
    WORDING = "wording", "Words of messages"


class Audience(Enum):
    """Whom a kind is written to. A carer reads what is written to the patient whom they help."""

    PATIENT = auto()
    DOCTOR = auto()
    STAFF = auto()
    # Whoever reads the mail of an address; whether anybody has an account with it plays no part.
    ADDRESS = auto()


APPOINTMENT_FACTS = frozenset(
    {"reference", "doctor", "start", "end", "zone", "place", "address", "modality", "path"},
)
PATH = frozenset({"path"})
DOCTOR_FACTS = PATH | {"doctor"}
ITEM_FACTS = DOCTOR_FACTS | {"item"}
MOVED_FACTS = APPOINTMENT_FACTS | {"old_start", "old_end", "old_zone"}
MONEY_FACTS = APPOINTMENT_FACTS | {"amount", "currency"}


@dataclass(frozen=True, slots=True)
class Traits:
    """What is true of every message of a kind. `facts` are those without which its words would have a gap."""

    topic: Topic
    audience: Audience
    facts: frozenset[str] = APPOINTMENT_FACTS
    optional: bool = False
    """Whether a person may switch it off: never what keeps them or their account safe, or waits for them to act."""
    has_text: bool = False
    """Whether it may go out as a text too, to whoever wants that: its words are in templates/notifications/sms."""
    overtaken_by: frozenset[Kind] = frozenset()
    """What, told later of the same thing to the same person, makes it untrue: then it is not sent any more. Never news
    of money that was paid or goes back; what asks for money is overtaken by what ends or changes that."""


# What a visit is from then on, to its patient and to its doctor: when it is, or that it is not.
_NEW_TIMES = frozenset({Kind.APPOINTMENT_MOVED, Kind.APPOINTMENT_CHANGED})
_ENDS = frozenset({Kind.APPOINTMENT_CANCELLED, Kind.APPOINTMENT_DECLINED, Kind.APPOINTMENT_LAPSED})
_ANSWERS = frozenset({Kind.APPOINTMENT_BOOKED, Kind.APPOINTMENT_HELD})
_DIARY_NEWS = frozenset(
    {
        Kind.DOCTOR_APPOINTMENT_MOVED,
        Kind.DOCTOR_APPOINTMENT_CHANGED,
        Kind.DOCTOR_APPOINTMENT_CANCELLED,
    },
)
_VERDICTS = frozenset({Kind.VERIFICATION_APPROVED, Kind.VERIFICATION_REJECTED, Kind.VERIFICATION_SUSPENDED})


def _visit(
    facts: frozenset[str] = APPOINTMENT_FACTS,
    *,
    optional: bool = False,
    has_text: bool = False,
    overtaken_by: frozenset[Kind] = frozenset(),
) -> Traits:
    return Traits(Topic.APPOINTMENTS, Audience.PATIENT, facts, optional, has_text, overtaken_by)


def _diary(
    facts: frozenset[str] = APPOINTMENT_FACTS, *, optional: bool = True, overtaken_by: frozenset[Kind] = _DIARY_NEWS
) -> Traits:
    return Traits(Topic.APPOINTMENTS, Audience.DOCTOR, facts, optional, overtaken_by=overtaken_by)


def _money(
    facts: frozenset[str] = MONEY_FACTS, *, optional: bool = False, overtaken_by: frozenset[Kind] = frozenset()
) -> Traits:
    return Traits(Topic.PAYMENTS, Audience.PATIENT, facts, optional, overtaken_by=overtaken_by)


def _verification(
    facts: frozenset[str] = DOCTOR_FACTS, *, optional: bool = False, overtaken_by: frozenset[Kind] = frozenset()
) -> Traits:
    return Traits(Topic.VERIFICATION, Audience.DOCTOR, facts, optional, overtaken_by=overtaken_by)


def _page(*, optional: bool = False) -> Traits:
    return Traits(Topic.PAGE, Audience.DOCTOR, DOCTOR_FACTS, optional)


# To an address that nobody has proved: nothing about the person who asks, or about an appointment.
_INVITATION = Traits(Topic.HELPERS, Audience.ADDRESS, PATH)

TRAITS: dict[Kind, Traits] = {
    Kind.APPOINTMENT_BOOKED: _visit(has_text=True, overtaken_by=_NEW_TIMES | _ENDS),
    Kind.APPOINTMENT_REQUESTED: _visit(optional=True, overtaken_by=_ANSWERS | _NEW_TIMES | _ENDS),
    Kind.APPOINTMENT_HELD: _visit(overtaken_by=_ANSWERS | _NEW_TIMES | _ENDS),
    Kind.APPOINTMENT_MOVED: _visit(MOVED_FACTS, has_text=True, overtaken_by=_NEW_TIMES | _ENDS),
    Kind.APPOINTMENT_CHANGED: _visit(MOVED_FACTS | {"price"}, overtaken_by=_NEW_TIMES | _ENDS),
    Kind.APPOINTMENT_CANCELLED: _visit(has_text=True),
    Kind.APPOINTMENT_DECLINED: _visit(),
    Kind.APPOINTMENT_LAPSED: _visit(),
    Kind.APPOINTMENT_REMINDER: Traits(Topic.REMINDERS, Audience.PATIENT, optional=True, has_text=True),
    Kind.APPOINTMENT_RUNNING_LATE: _visit(
        APPOINTMENT_FACTS | {"minutes"},
        optional=True,
        has_text=True,
        overtaken_by=_NEW_TIMES | _ENDS | {Kind.APPOINTMENT_RUNNING_LATE},
    ),
    Kind.PAYMENT_RECEIVED: _money(MONEY_FACTS | {"left"}, optional=True),
    Kind.PAYMENT_TAKEN_BACK: _money(),
    # Each is written behind the news of its change; a receipt says what is left to pay.
    Kind.DIFFERENCE_DUE: _money(overtaken_by=_ENDS | {Kind.APPOINTMENT_CHANGED, Kind.PAYMENT_RECEIVED}),
    Kind.PAYMENT_CAME_LATE: _money(),
    Kind.REFUND_PROMISED: _money(optional=True),
    Kind.REFUND_WAITS: _money(),
    Kind.REFUND_MADE: _money(optional=True),
    Kind.REFUND_FAILED: _money(),
    Kind.REFUND_DROPPED: _money(),
    Kind.COMPLAINT_DECIDED: _money(APPOINTMENT_FACTS),
    Kind.SHARE_INVITED: _INVITATION,
    Kind.DOCTOR_APPOINTMENT_BOOKED: _diary(),
    Kind.DOCTOR_APPOINTMENT_REQUESTED: _diary(
        optional=False, overtaken_by=_DIARY_NEWS | {Kind.DOCTOR_APPOINTMENT_BOOKED}
    ),
    Kind.DOCTOR_APPOINTMENT_MOVED: _diary(MOVED_FACTS),
    Kind.DOCTOR_APPOINTMENT_CHANGED: _diary(MOVED_FACTS),
    # What was not paid in time can be paid late, and stands again.
    Kind.DOCTOR_APPOINTMENT_CANCELLED: _diary(overtaken_by=frozenset({Kind.DOCTOR_APPOINTMENT_BOOKED})),
    # Whoever had them cancelled: somebody who works here, and sometimes the doctor.
    Kind.CANCELLING_ENDED: Traits(Topic.APPOINTMENTS, Audience.STAFF, PATH | {"total", "cancelled"}),
    Kind.RECORD_NEW: Traits(Topic.RECORDS, Audience.PATIENT, PATH, optional=True),
    Kind.RECORD_SHARED: Traits(Topic.RECORDS, Audience.DOCTOR, PATH, optional=True),
    Kind.RECORD_PASSED_ON: Traits(Topic.RECORDS, Audience.PATIENT, PATH),
    Kind.PRESCRIPTION_ENDED: Traits(Topic.RECORDS, Audience.DOCTOR, PATH),
    Kind.DOCUMENT_REFUSED: Traits(Topic.RECORDS, Audience.PATIENT, PATH),
    Kind.RECORD_OPENED: Traits(Topic.SECURITY, Audience.PATIENT, PATH),
    Kind.EXPORT_READY: Traits(Topic.RECORDS, Audience.PATIENT, PATH),
    Kind.CARER_INVITED: _INVITATION,
    Kind.CARER_ENDED: Traits(Topic.HELPERS, Audience.PATIENT, PATH),
    Kind.CARERS_CHANGED: Traits(Topic.SECURITY, Audience.PATIENT, PATH | {"event"}),
    Kind.CALENDAR_FEED_CHANGED: Traits(Topic.SECURITY, Audience.PATIENT, PATH | {"event"}),
    Kind.OUTSIDE_ENDED: Traits(Topic.SECURITY, Audience.STAFF, PATH | {"provider"}),
    Kind.VERIFICATION_APPROVED: _verification(overtaken_by=_VERDICTS | {Kind.VERIFICATION_EXPIRED}),
    Kind.VERIFICATION_REJECTED: _verification(),
    Kind.VERIFICATION_SUSPENDED: _verification(),
    Kind.VERIFICATION_SUBMITTED: _verification(DOCTOR_FACTS | {"days"}, optional=True, overtaken_by=_VERDICTS),
    Kind.VERIFICATION_ITEM_ASKED: _verification(ITEM_FACTS, overtaken_by=_VERDICTS),
    Kind.VERIFICATION_REOPENED: _verification(overtaken_by=_VERDICTS),
    Kind.VERIFICATION_EXPIRED: _verification(ITEM_FACTS),
    Kind.CREDENTIAL_EXPIRING: _verification(ITEM_FACTS | {"expires_on"}),
    Kind.CREDENTIAL_RENEWED: _verification(ITEM_FACTS | {"expires_on"}, optional=True),
    Kind.EVIDENCE_REFUSED: _verification(ITEM_FACTS | {"finding"}),
    Kind.ENQUIRY_RECEIVED: Traits(Topic.ENQUIRIES, Audience.ADDRESS, PATH | {"reference"}),
    Kind.PAGE_PROPOSED: Traits(Topic.PAGE, Audience.STAFF, DOCTOR_FACTS, optional=True),
    Kind.PAGE_PROPOSAL_APPROVED: _page(optional=True),
    Kind.PAGE_PROPOSAL_ASKED: _page(),
    Kind.PAGE_PROPOSAL_REJECTED: _page(),
    # Of the kind that `of` names, with the words that somebody tries: it goes to whoever asks for it, and is made up.
    Kind.WORDING_TEST: Traits(Topic.WORDING, Audience.STAFF, PATH | {"of", "words"}),
}


def missing_facts(kind: Kind, facts: Mapping[str, object]) -> set[str]:
    """What the words of this kind need and were not given; a template would leave a silent gap."""
    return set(TRAITS[kind].facts - facts.keys())


def kinds() -> list[tuple[str, str]]:
    """The field's choices: asked for, so that the migrations name this and not each kind."""
    return Kind.choices
