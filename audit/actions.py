"""Every action that the product audits, in this one table: its words, and what kind of act it is.

A new event needs one line here, whichever app writes it: `event_record` refuses a code that this table does not know,
so that no auditor and no patient ever meets a bare code. The words complete a sentence that begins with a name
("Dr Okafor booked the appointment"), so they start small and end without a stop. `KINDS` are FHIR R4's
AuditEvent.action: create, read, update, delete, execute. What a person can read of a patient's record and did is a
look: `is_look`, marked by "!". What stays between the people who work here, and would tell a patient of what they may
not read, is `is_internal`, marked by "-": their page leaves it out, the log does not. A dynamic code
(`f"verification.{verb}"`) is fine as long as each of its values stands here.
"""

from __future__ import annotations

from dataclasses import dataclass

KINDS = {"C": "Create", "R": "Read", "U": "Update", "D": "Delete", "E": "Execute"}


class UnknownAction(LookupError):
    """An event that nobody could explain to a person."""


@dataclass(frozen=True)
class Action:
    """What an action is called; `kind` is a letter of `KINDS`."""

    code: str
    kind: str
    label: str
    is_look: bool = False
    is_internal: bool = False

    @property
    def sentence(self) -> str:
        """The label as a line of its own."""
        return self.label[:1].upper() + self.label[1:]


_TABLE = """
account.created                 C created the account
account.changed                 U changed the account
account.closed                  U closed the account
account.reopened                U reopened the account
account.erased                  D erased the account
session.started                 E signed in
session.refused                 E was refused at sign-in
session.limited                 E was refused after too many attempts
session.ended                   E signed out
session.revoked                 E ended a session
session.reauthenticated         E confirmed who they are
password.changed                U changed the password
password.set                    U set a password
password.reset_requested        E asked for a new password
password.reset                  U reset the password
email.changed                   U changed the email address
email.added                     U gave a new email address
email.confirmed                 U confirmed an email address
email.removed                   U removed an email address
notices.chosen                  U chose what to be told, and how
notices.mobile_confirmed        U confirmed a number for texts
notices.mobile_removed          U took back the number for texts
identity.verified               E was recognised by an outside provider
identity.refused                E came back from an outside provider and was not recognised
identity.linked                 C connected the account to an outside provider
identity.unlinked               D disconnected the account from an outside provider
identity.ended                  E is not stood for by an outside provider any more
two_step.added                  U turned two-step sign-in on
two_step.removed                U turned two-step sign-in off
two_step.refused                E gave a wrong two-step code
recovery_codes.generated        U made new recovery codes
recovery_codes.viewed           R looked at the recovery codes
recovery_codes.downloaded       R downloaded the recovery codes
recovery_codes.used             E signed in with a recovery code
passkey.added                   U added a passkey
passkey.renamed                 U renamed a passkey
passkey.removed                 U removed a passkey
token.issued                    C made an API token
token.revoked                   D ended the API tokens
role.granted                    U gave a role
role.revoked                    U took a role away
staff.joined                    U joined the staff of a location
staff.left                      U left the staff of a location
grant.given                     U gave a person access
grant.changed                   U changed a person’s access
grant.revoked                   U took a person’s access away
grant.expired                   U ended access whose time was over
carer.invited                   C invited a carer
carer.accepted                  U accepted to be a carer
carer.declined                  U declined to be a carer
carer.changed                   U changed what a carer may do
carer.revoked                   U ended a carer’s access
carer.left                      U stopped being a carer
carer.expired                   U ended a carer’s access, whose time was over
patient.created                 C created the patient’s details
patient.changed                 U changed the patient’s details
patient.viewed                  R looked at the patient’s details !
patient.exported                R exported the patient’s details !
patient.access_needs_changed    U changed what the patient needs in order to come
consent.given                   C agreed to what the clinic asks
consent.taken_back              U took back what they had agreed to
consent_question.added          C added something that patients are asked to agree to
consent_question.changed        U changed something that patients are asked to agree to
nhs_number.stated               U gave the NHS number
nhs_number.changed              U changed the NHS number
nhs_number.removed              U removed the NHS number
nhs_number.shared               U gave an NHS number that another account has too
nhs_number.traced               U traced the NHS number
nhs_number.verified             U verified the NHS number
appointment.booked              C booked the appointment
appointment.requested           C asked for the appointment
appointment.held                C kept a time for the appointment
appointment.hold_extended       U asked for more time to pay for the appointment
appointment.approved            U approved the appointment
appointment.paid                U recorded the payment for the appointment
appointment.moved               U moved the appointment
appointment.changed             U made the appointment another kind of visit
appointment.cancelled           U cancelled the appointment
appointment.arrived             U marked the patient as arrived
appointment.unarrived           U took back that the patient had arrived
appointment.fulfilled           U marked the appointment as done
appointment.missed              U marked the appointment as missed
appointment.unmissed            U took back that the appointment was missed
appointment.corrected           U marked the appointment as entered in error
appointment.viewed              R looked at the appointment !
appointment.history_viewed      R looked at all appointments with one doctor !
appointment.shared              U shared the appointment
appointment.unshared            U stopped sharing the appointment
appointment.concealed           U kept the appointment from carers
appointment.revealed            U let carers see the appointment again
appointment.share_accepted      U accepted to see the shared appointment
appointment.share_declined      U declined to see the shared appointment
note.begun                      C began a visit note -
note.signed                     C signed a visit note
note.amended                    U amended a visit note
note.discarded                  D threw away what was not signed of a visit note -
note.viewed                     R read a visit note !
note.searched                   R searched the visit notes !
note.error_asked                U asked a colleague whether a visit note was entered in error -
note.error_withdrawn            U took back that a visit note may be entered in error -
note.error_declined             U said that a visit note was not entered in error -
note.entered_in_error           U agreed that a visit note was entered in error
note_sections.changed           U changed which sections visit notes have
prescription.begun              C began a prescription -
prescription.discarded          D threw away a prescription that was not signed -
prescription.signed             C signed a prescription
prescription.listed             R looked at the medicines that are prescribed now !
prescription.viewed             R read a prescription !
prescription.downloaded         R opened the file of a prescription !
prescription.held               U put a prescription on hold
prescription.resumed            U made a prescription valid again
prescription.completed          U marked a prescription as dispensed
prescription.cancelled          U cancelled a prescription
prescription.stopped            U stopped a prescription
prescription.expired            U wrote down that a prescription has expired
prescription.entered_in_error   U marked a prescription as entered in error
prescription.checked            R checked a prescription by its code !
prescription.check_refused      E refused to check a prescription: a wrong code or date of birth
allergy.recorded                C recorded an allergy
allergy.ended                   U took back an allergy
allergy.listed                  R looked at the allergies !
record.shared                   U let a doctor read the health record, or a part of it
record.share_extended           U let a doctor read the health record, or a part of it, for longer
record.unshared                 U ended that a doctor reads the health record, or a part of it
record.viewed                   R opened the health record !
document.uploaded               C sent a file for the record, to be checked -
document.added                  C added a document
document.checked                U checked a document for viruses -
document.infected               U sealed a document that holds a virus -
document.refused                U refused a file for the record -
document.listed                 R looked at the list of documents !
document.viewed                 R looked at a document !
document.downloaded             R downloaded a document !
document.restored               U made a document count again, for the newer version was a mistake
document.superseded             U put a newer version in a document’s place
document.entered_in_error       U marked a document as entered in error
document.moved                  U moved a document that was filed at the wrong patient
document.moved_here             C moved a document here that was filed at the wrong patient
export.asked                    C asked for everything about the patient as a file
export.built                    U put the file with everything about the patient together
export.fetched                  R fetched the file with everything about the patient !
export.removed                  D removed the file with everything about the patient
glass.broken                    R opened the health record in an emergency !
glass.ended                     U ended the emergency access to the health record
glass.refused                   E looked for a patient in an emergency in vain
glass.reviewed                  U reviewed an emergency access to the health record
payment.started                 C began a payment
payment.changed                 U changed the state of a payment
payment.ended                   U ended a payment that was not made
payment.settled                 U settled what came of a payment
payment.recorded                C recorded a payment taken at the desk
payment.taken_back              U took back a payment that was written down by mistake
payment.fetched                 E asked Stripe again about a payment
payment.viewed                  R looked at a payment
payment.decided                 U decided about a payment under review
refund.promised                 C promised a refund
refund.found                    C found a refund made elsewhere
refund.changed                  U changed the state of a refund
refund.seconded                 U agreed to a refund as the second person
refund.let_go                   U said of a failed refund that it is not sent again
refund.left                     U wrote down that a cancelled transfer had gone all the same
dispute.changed                 U changed the state of a dispute
dispute.answered                E sent evidence for a dispute
complaint.opened                C complained about a payment
complaint.decided               U decided about a complaint
complaint.withdrawn             U took back a complaint
receipt.issued                  C issued a receipt or credit note
receipt.downloaded              R opened a receipt or credit note
reconciliation.run              E compared our payments with Stripe’s
appointment.link_opened         R opened the appointment by the link in an email
appointment.link_refused        E refused the link in an email: a wrong date of birth, or a link that is over
calendar_feed.made              C made a secret address for a calendar
calendar_feed.renewed           U made a new secret address for a calendar
calendar_feed.revoked           D took back the secret address for a calendar
availability.rule_added         C added working hours
availability.rule_removed       D removed working hours
availability.leave_added        C added time off
availability.leave_removed      D removed time off
availability.extra_added        C added extra hours
availability.extra_removed      D removed extra hours
availability.rule_changed       U changed working hours
availability.limits_changed     U changed the limits of bookings
availability.stopped            U stopped new bookings
availability.resumed            U took bookings again
day.running_late                E told the patients of the day that they run late
closure.added                   C closed a location for some days
closure.removed                 D opened a location on days when it was closed
doctor.created                  C added the doctor
doctor.changed                  U changed the doctor
doctor.verification_changed     U changed the doctor’s verification
doctor_page.created             C made the doctor’s page
doctor_page.proposed            U proposed changes to their own page
doctor_page.proposal_withdrawn  U took back the changes that they proposed to their page
doctor_page.proposal_approved   U approved the changes that a doctor proposed to their page
doctor_page.proposal_asked      U asked a doctor to change what they proposed for their page
doctor_page.proposal_rejected   U did not take over what a doctor proposed for their page
verification.opened             C opened the case
verification.stated             U filled in the particulars
verification.submitted          U put the case into the queue
verification.claimed            U took the case
verification.released           U gave the case back
verification.assigned           U gave the case to a colleague
verification.item_asked         U asked the doctor for one item
verification.item_provided      U provided what was asked for
verification.item_checked       U checked an item
verification.item_unchecked     U took back the check of an item
verification.first_approved     U approved, as the first of two
verification.first_approval_void U found that the first approval counts no more
verification.approved           U approved the doctor
verification.rejected           U rejected the doctor
verification.suspended          U suspended the doctor
verification.reopened           C took the case up again
verification.expired            U let the verification expire
verification.warned             E warned that a credential expires
verification.viewed             R looked at the case
verification.exported           R exported the cases
register.looked_up              E looked the doctor up in the register
evidence.uploaded               C uploaded evidence
evidence.checked                U checked evidence for viruses
evidence.viewed                 R looked at evidence
evidence.infected               U sealed evidence that holds a virus
evidence.refused                U refused a file
evidence.withdrawn              U took back evidence
backup.made                     E made a backup
backup.restored                 E restored a backup
sending.held                    E held messages and refunds
sending.released                E let messages and refunds go again
upload.uploaded                 C uploaded a file
upload.checked                  U checked a file for viruses
upload.viewed                   R opened a file
upload.infected                 U sealed a file that holds a virus
upload.refused                  U refused a file
upload.removed                  D removed a file
audit.exported                  R exported the audit log
export.appointments             R exported appointments
export.payments                 R exported payments
export.reconciliations          R exported comparisons with Stripe
export.accounts                 R exported accounts
export.report                   R exported a report
message.retried                 E had a message that was given up tried again
message.laid_aside              E laid aside a message that was given up
wording.tried                   E sent themselves a test of a message’s words
enquiry.received                C wrote by the contact page
enquiry.read                    R read what somebody wrote by the contact page
enquiry.answered                U answered what somebody wrote by the contact page
enquiry.forgotten               D deleted what somebody wrote by the contact page
page.created                    C created the page
page.edited                     U edited the page
page.published                  U published the page
page.unpublished                U unpublished the page
page.scheduled                  U changed when the page is published
page.moved                      U moved the page
page.copied                     C copied the page
page.deleted                    D deleted the page
page.moderated                  U moved the page on in its workflow
page.locked                     U locked or unlocked the page
page.access_changed             U changed who may see the page
page.rights_given               U gave groups rights on the page
page.changed                    U changed the page
settings.changed                U changed settings
content.created                 C created content
content.edited                  U edited content
content.published               U published content
content.unpublished             U unpublished content
content.deleted                 D deleted content
content.changed                 U changed content
"""


def _parsed(line: str) -> Action:
    code, kind, label = line.split(maxsplit=2)
    words = label.removesuffix(" !").removesuffix(" -")
    return Action(code, kind, words, is_look=label.endswith(" !"), is_internal=label.endswith(" -"))


ACTIONS = {action.code: action for action in map(_parsed, _TABLE.strip().splitlines())}
LOOKS = frozenset(code for code, action in ACTIONS.items() if action.is_look)
INTERNAL = frozenset(code for code, action in ACTIONS.items() if action.is_internal)
# Done by whoever has a code in their hand and no account here: it has no actor, and is not the system's doing.
BY_STRANGERS = frozenset({"prescription.checked", "prescription.check_refused"})


def action_of(code: str) -> Action:
    """What an action is called. Raises `UnknownAction`."""
    try:
        return ACTIONS[code]
    except KeyError:
        raise UnknownAction(f"{code} is not in audit/actions.py: say there what it is.") from None


def label_of(code: str) -> str:
    """The action as a line; a code of a former release, which the table has forgotten, is shown as it is."""
    action = ACTIONS.get(code)
    return action.sentence if action else code
