"""What each kind of message tells, in the words of whoever it is written to; the kinds' own names are the desk's."""

from __future__ import annotations

from notifications.kinds import Kind

_OF_A_PATIENT = {
    Kind.APPOINTMENT_BOOKED: "Your appointment is booked",
    Kind.APPOINTMENT_REQUESTED: "You have asked for an appointment",
    Kind.APPOINTMENT_HELD: "We keep a time for you until you have paid",
    Kind.APPOINTMENT_MOVED: "Your appointment has a new time",
    Kind.APPOINTMENT_CHANGED: "Your appointment is now another kind of visit",
    Kind.APPOINTMENT_CANCELLED: "Your appointment is cancelled",
    Kind.APPOINTMENT_DECLINED: "The doctor cannot see you at the time you asked for",
    Kind.APPOINTMENT_LAPSED: "The doctor has not answered your request in time",
    Kind.APPOINTMENT_REMINDER: "Your appointment is coming up",
    Kind.APPOINTMENT_RUNNING_LATE: "Your doctor is running late",
    Kind.PAYMENT_RECEIVED: "We have your payment",
    Kind.PAYMENT_TAKEN_BACK: "We wrote down a payment of yours by mistake",
    Kind.DIFFERENCE_DUE: "Your visit costs more now, and the difference is to be paid",
    Kind.PAYMENT_CAME_LATE: "Your payment came too late, and goes back to you",
    Kind.REFUND_PROMISED: "Your money is on its way back",
    Kind.REFUND_WAITS: "Your refund waits for your bank’s decision",
    Kind.REFUND_MADE: "We have sent your money back",
    Kind.REFUND_FAILED: "Your refund did not get through",
    Kind.REFUND_DROPPED: "A refund to you is taken back",
    Kind.COMPLAINT_DECIDED: "Your complaint about a payment is decided",
    Kind.RECORD_NEW: "There is something new in your health record",
    Kind.RECORD_PASSED_ON: "A doctor has shared something of your health record",
    Kind.DOCUMENT_REFUSED: "We cannot take a document that you sent",
    Kind.RECORD_OPENED: "Somebody has opened your health record in an emergency",
    Kind.EXPORT_READY: "The file with everything about you is ready",
    Kind.CARER_ENDED: "You no longer help somebody",
    Kind.CARERS_CHANGED: "Who helps you has changed",
    Kind.CALENDAR_FEED_CHANGED: "The secret address of your calendar has changed",
}
_OF_A_DOCTOR = {
    Kind.DOCTOR_APPOINTMENT_BOOKED: "A patient has booked with you",
    Kind.DOCTOR_APPOINTMENT_REQUESTED: "A patient asks for an appointment with you",
    Kind.DOCTOR_APPOINTMENT_MOVED: "A booking with you has a new time",
    Kind.DOCTOR_APPOINTMENT_CHANGED: "A booking with you is now another kind of visit",
    Kind.DOCTOR_APPOINTMENT_CANCELLED: "A booking with you is cancelled",
    Kind.RECORD_SHARED: "A patient has shared their health record with you",
    Kind.PRESCRIPTION_ENDED: "A colleague has held, cancelled or stopped your prescription",
    Kind.VERIFICATION_APPROVED: "You are verified",
    Kind.VERIFICATION_REJECTED: "We cannot verify you",
    Kind.VERIFICATION_SUSPENDED: "Your verification is suspended",
    Kind.VERIFICATION_SUBMITTED: "We have what you sent for your verification",
    Kind.VERIFICATION_ITEM_ASKED: "We need one thing more for your verification",
    Kind.VERIFICATION_REOPENED: "We look at your verification again",
    Kind.VERIFICATION_EXPIRED: "Your verification has run out",
    Kind.CREDENTIAL_EXPIRING: "One of your credentials runs out soon",
    Kind.CREDENTIAL_RENEWED: "We have checked what you renewed",
    Kind.EVIDENCE_REFUSED: "We cannot take a file that you sent",
    Kind.PAGE_PROPOSAL_APPROVED: "Your changes to your page are public",
    Kind.PAGE_PROPOSAL_ASKED: "You are asked to change what you propose for your page",
    Kind.PAGE_PROPOSAL_REJECTED: "Your changes to your page are not taken over",
}
# A sentence each, without its full stop.
TOLD = {**_OF_A_PATIENT, **_OF_A_DOCTOR}
