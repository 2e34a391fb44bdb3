"""The world that the matrix asks about: one of each role, what is whose, and words that only some may ever read."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.test import Client
from wagtail.models import Site

from accounts.access_needs import AccessNeeds
from accounts.models import Carer, Patient, User
from accounts.roles import Role
from accounts.tests.factories import CarerFactory, ConsentFactory, PatientFactory, UserFactory
from audit.services import event_record
from billing.models import Complaint, Receipt
from billing.tests.factories import ComplaintFactory, PaymentFactory, ReceiptFactory
from booking import services as booking
from booking.models import Appointment, AvailabilityException, AvailabilityRule, BookingSettings, CalendarFeed
from booking.services import listing_refresh
from booking.states import Status as VisitStatus
from booking.tests.factories import AppointmentFactory, LeaveFactory, bookable_doctor, next_slot_start
from common import clock
from common.permissions import grant
from common.uploads.storage import private_storage
from doctors.models import Doctor, Location
from doctors.services import staff_join
from doctors.states import VerificationStatus
from doctors.tests.factories import DoctorFactory, DoctorPageFactory, VisitTypeFactory
from tests.permissions.matrix.accesses import accesses_in
from tests.permissions.matrix.canaries import Canary, canaries_in
from tests.permissions.matrix.documents import document_things, documents_in
from tests.permissions.matrix.notes import WHO_TO_NOTES, exports_in, glasses_in, notes_in, shares_in
from tests.permissions.matrix.notices import notices_in
from tests.permissions.matrix.people import OFFICERS, PATIENTS, WORKING_DOCTORS, Who
from tests.permissions.matrix.prescriptions import WHO_TO_PRESCRIPTIONS, allergies_in, prescriptions_in
from tests.permissions.matrix.proposals import proposal_in
from tests.permissions.matrix.things import Things, ids_of, owned, session_of
from verification.models import Evidence, VerificationCase, VerificationSettings
from verification.states import ItemKind, Status
from verification.tests.factories import CaseFactory, EvidenceFactory, item_in

MISSING = "00000000-0000-4000-8000-000000000007"
MISSING_NUMBER = "987654321"
ROLES = {
    Who.COLLEAGUE: Role.DOCTOR,
    Who.DOCTOR_NEW: Role.DOCTOR,
    Who.DOCTOR_SUSPENDED: Role.DOCTOR,
    Who.DOCTOR_A: Role.DOCTOR,
    Who.DOCTOR_B: Role.DOCTOR,
    Who.OFFICER: Role.VERIFICATION_OFFICER,
    Who.OFFICER_DOCTOR: Role.VERIFICATION_OFFICER,
    Who.BILLING: Role.BILLING_OFFICER,
    Who.EDITOR: Role.CONTENT_EDITOR,
    Who.MODERATOR: Role.CONTENT_MODERATOR,
    Who.AUDITOR: Role.AUDITOR,
    Who.ADMINISTRATOR: Role.ADMINISTRATOR,
}


class World:
    """Built in about two seconds. Build it in a transaction that is rolled back."""

    def __init__(self) -> None:
        self.people: dict[Who, User] = {}
        self.things: dict[str, Things] = {}
        self.canaries: list[Canary] = []
        self._make_people()
        self._make_doctors()
        self._make_visits()
        self._make_carers()
        self._make_consents()
        self._make_feeds()
        self._make_cases()
        self.receipt_a, self.receipt_b = (self._receipt(visit) for visit in (self.visit_a, self.visit_b))
        self.complaint_a: Complaint = ComplaintFactory.create(appointment=self.visit_a, text="canarycomplaintofa")
        self.complaint_b: Complaint = ComplaintFactory.create(appointment=self.visit_b, text="canarycomplaintofb")
        self.notes, self.record_shares = notes_in(self), shares_in(self)
        self.documents = documents_in(self)
        self.glasses = glasses_in(self)
        self.exports = exports_in(self)
        self.prescriptions = prescriptions_in(self)
        self.allergies = allergies_in(self)
        # Made at the first look, which would else be somebody's who is refused.
        VerificationSettings.load()
        BookingSettings.for_site(Site.objects.get())
        self.canaries = canaries_in(self)
        self.sessions = {who: session_of(user) for who, user in self.people.items()}
        self._name_the_things()

    def client(self, who: Who) -> Client:
        """A browser of that person's, signed in where it is no visitor."""
        client = Client(raise_request_exception=False)
        if who in self.sessions:
            client.cookies["sessionid"] = self.sessions[who]
        return client

    def unreadable(self, who: Who) -> list[Canary]:
        return [canary for canary in self.canaries if who not in canary.readers]

    def _make_people(self) -> None:
        for who in Who:
            if who in {Who.VISITOR, Who.PATIENT_A, Who.PATIENT_B}:
                continue
            roles = [ROLES[who]] if who in ROLES else []
            if who == Who.OFFICER_DOCTOR:
                roles = [*roles, Role.DOCTOR]
            is_root = who == Who.SUPERUSER
            self.people[who] = UserFactory.create(
                email=f"{who}@example.org",
                first_name="Some",
                last_name=f"Body {who}",
                roles=roles,
                is_superuser=is_root,
                is_staff=is_root,
            )
        self.patient_a = self._patient(Who.PATIENT_A, "Zephyrine", "Quillfeather", "9990000018", "+447700900911")
        self.patient_b = self._patient(Who.PATIENT_B, "Barnabus", "Underhollow", "9990000026", "+447700900922")
        self.outsider = UserFactory.create(email="outsider@example.org")

    def _patient(self, who: Who, given: str, family: str, number: str, phone: str) -> Patient:
        user = UserFactory.create(
            email=f"{family.lower()}@example.org",
            first_name=f"Account{given.lower()}",
            last_name=f"Of{family.lower()}",
            roles=[Role.PATIENT],
        )
        self.people[who] = user
        patient: Patient = PatientFactory.create(
            user=user,
            given_name=given,
            family_name=family,
            phone=phone,
            address=f"1 canaryaddressof{given.lower()}\nBath",
            nhs_number=number,
            nhs_number_status="stated",
            nhs_number_status_at=clock.now(),
        )
        return patient

    def _make_doctors(self) -> None:
        facts = {"given_name": "Orla"}
        self.doctor_a = self._doctor(Who.DOCTOR_A, {**facts, "family_name": "Abernethy"})
        self.doctor_b = self._doctor(Who.DOCTOR_B, {**facts, "family_name": "Bellweather"})
        self.doctor_suspended = self._doctor(Who.DOCTOR_SUSPENDED, {**facts, "family_name": "Crowhurst"})
        self.colleague = self._doctor(Who.COLLEAGUE, {**facts, "family_name": "Dunmore"})
        self.doctor_new: Doctor = DoctorFactory.create(
            user=self.people[Who.DOCTOR_NEW], given_name="Fenella", family_name="Unlistedson", gmc_number="7999001"
        )
        self.officer_doctor: Doctor = DoctorFactory.create(
            user=self.people[Who.OFFICER_DOCTOR], given_name="Gideon", family_name="Ownjudge"
        )
        for doctor in (self.doctor_a, self.doctor_b):
            DoctorPageFactory.create(doctor=doctor)
            listing_refresh(doctor_id=doctor.pk, now=clock.now())
        self.hidden_page = DoctorPageFactory.create(doctor=self.doctor_new, live=False)
        self.place_a, self.place_b = self._place(self.doctor_a), self._place(self.doctor_b)
        for who, place in ((Who.STAFF_HERE, self.place_a), (Who.STAFF_ELSEWHERE, self.place_b)):
            staff_join(actor=None, location_id=place.pk, user_id=self.people[who].public_id)

    def _doctor(self, who: Who, facts: dict[str, Any]) -> Doctor:
        return bookable_doctor(doctor={"user": self.people[who], **facts})

    def _place(self, doctor: Doctor) -> Location:
        return doctor.locations.get()

    def _make_visits(self) -> None:
        """A's with doctor A, B's with doctor B, and one of the outsider's with a doctor who was suspended since."""
        self.visit_a = self._booked(self.patient_a, self.doctor_a, "canaryreasonofa", "canaryneedofa")
        self.visit_b = self._booked(self.patient_b, self.doctor_b, "canaryreasonofb", "canaryneedofb")
        stranger = PatientFactory.create(user=self.outsider, given_name="Out", family_name="Sider")
        self.visit_suspended = self._booked(stranger, self.doctor_suspended, "canaryreasonofs")
        self.visit_own: Appointment = AppointmentFactory.create(
            visit_type=VisitTypeFactory.create(doctor=self.officer_doctor), patient=stranger, start=next_slot_start(4)
        )
        self.share_a = booking.appointment_share(
            actor=self.people[Who.PATIENT_A],
            appointment_id=self.visit_a.public_id,
            email=self.people[Who.COLLEAGUE].email,
        )
        booking.share_accept(actor=self.people[Who.COLLEAGUE], share_id=self.share_a.public_id)
        self.later_a: Appointment = AppointmentFactory.create(
            visit_type=self.doctor_a.visit_types.get(), patient=self.patient_a, start=next_slot_start(3)
        )
        for patient, doctor in ((self.patient_a, self.doctor_a), (self.patient_b, self.doctor_b)):
            self._over(patient, doctor)
        self.offer_a = self._offer(Who.PATIENT_A, self.later_a, self.people[Who.COLLEAGUE])
        self.share_b = self._offer(Who.PATIENT_B, self.visit_b, self.outsider)
        for codename in ("view_appointment", "cancel_appointment"):
            ended = clock.now() - timedelta(hours=1)
            grant(self.people[Who.CARER_ENDED], codename, self.visit_a, expires_at=ended)
        grant(self.people[Who.STAFF_ELSEWHERE], "view_appointment", self.visit_a)
        self.rule_a, self.rule_b = self._rule(self.doctor_a), self._rule(self.doctor_b)
        far = next_slot_start(40)
        self.leave_a: AvailabilityException = LeaveFactory.create(doctor=self.doctor_a, start=far, note="canaryleavea")
        self.leave_b: AvailabilityException = LeaveFactory.create(doctor=self.doctor_b, start=far, note="canaryleaveb")
        self.extra_a, self.extra_b = self._extra(self.doctor_a, far), self._extra(self.doctor_b, far)

    def _extra(self, doctor: Doctor, start: datetime) -> AvailabilityException:
        """Hours of the day after, besides the weekly ones."""
        extra: AvailabilityException = LeaveFactory.create(
            doctor=doctor,
            kind=AvailabilityException.Kind.EXTRA,
            location=doctor.locations.get(),
            start=start + timedelta(hours=34),
            end=start + timedelta(hours=35),
        )
        return extra

    def _booked(self, patient: Patient, doctor: Doctor, reason: str, need: str = "") -> Appointment:
        assert patient.user
        return booking.appointment_book(
            actor=patient.user,
            patient_id=patient.public_id,
            visit_type_id=doctor.visit_types.get().public_id,
            location_id=self._place(doctor).pk,
            start=next_slot_start(1),
            reason=reason,
            access_needs=AccessNeeds(other=need),
        )

    def _over(self, patient: Patient, doctor: Doctor) -> None:
        """A visit that took place, for the lists of what lies behind."""
        kind = doctor.visit_types.get()
        AppointmentFactory.create(
            visit_type=kind, patient=patient, start=next_slot_start(-2), status=VisitStatus.FULFILLED
        )

    def _offer(self, who: Who, visit: Appointment, invited: User) -> Any:
        return booking.appointment_share(actor=self.people[who], appointment_id=visit.public_id, email=invited.email)

    def _rule(self, doctor: Doctor) -> AvailabilityRule:
        """Of a day on which nobody has a visit, today's weekday whatever it is: else a change would ask about them."""
        return doctor.availability_rules.get(weekday=next_slot_start(2).weekday())

    def _make_carers(self) -> None:
        self.carer_a: Carer = CarerFactory.create(patient=self.patient_a, user=self.people[Who.CARER_A])
        self.carer_b: Carer = CarerFactory.create(patient=self.patient_b, user=self.outsider)
        self.carer_ended: Carer = CarerFactory.create(
            patient=self.patient_a, user=self.people[Who.CARER_ENDED], ended=True
        )
        colleague = self.people[Who.COLLEAGUE]
        self.asked_a: Carer = CarerFactory.create(patient=self.patient_a, email=colleague.email, invited=True)
        self.asked_b: Carer = CarerFactory.create(patient=self.patient_b, email="nobody@example.org", invited=True)

    def _make_consents(self) -> None:
        """To what the clinic asks no more, so that bookings ask for nothing."""
        asked: dict[str, Any] = {"question__code": "asked-once", "question__is_active": False}
        self.consent_a = ConsentFactory.create(patient=self.patient_a, statement="canaryconsentofa", **asked)
        self.consent_b = ConsentFactory.create(patient=self.patient_b, statement="canaryconsentofb", **asked)

    def _make_feeds(self) -> None:
        """Of a diary that is open, and of one whose doctor was suspended since."""
        diary, suspended = CalendarFeed.Kind.DOCTOR, self.people[Who.DOCTOR_SUSPENDED]
        self.feed = booking.feed_make(actor=self.people[Who.OFFICER_DOCTOR], kind=diary)
        self.feed_suspended = booking.feed_make(actor=suspended, kind=diary)

    def _make_cases(self) -> None:
        officer = self.people[Who.OFFICER]
        verified = [self.doctor_a, self.doctor_b, self.colleague]
        by_doctor = {doctor: CaseFactory.create(doctor=doctor, status=Status.VERIFIED) for doctor in verified}
        CaseFactory.create(doctor=self.doctor_suspended, status=Status.SUSPENDED)
        Doctor.objects.filter(pk=self.doctor_suspended.pk).update(verification_status=VerificationStatus.SUSPENDED)
        self.case_new = CaseFactory.create(doctor=self.doctor_new, status=Status.DRAFT)
        self.case_waiting = CaseFactory.create(status=Status.PENDING, claimed_by=officer, note="canarycasenote")
        self.case_own = CaseFactory.create(doctor=self.officer_doctor, status=Status.PENDING)
        self.evidence_new = self._file(self.case_new, "canaryfileofnew.pdf")
        self.evidence_b = self._file(by_doctor[self.doctor_b], "canaryfileofb.pdf")
        item_in(self.case_waiting, ItemKind.STATEMENT, answer="canarystatement", note="canaryitemnote")
        item_in(self.case_new, ItemKind.STATEMENT, answer="canaryanswerofnew")
        event_record("verification.submitted", self.case_waiting, actor=officer)

    def _file(self, case: VerificationCase, name: str) -> Evidence:
        evidence = EvidenceFactory.create(item=item_in(case, ItemKind.INDEMNITY), name=name)
        private_storage().save(evidence.key, ContentFile(b"%PDF-1.4 canary"))
        return evidence

    def _receipt(self, visit: Appointment) -> Receipt:
        receipt: Receipt = ReceiptFactory.create(payment=PaymentFactory.create(appointment=visit, desk=True))
        private_storage().save(receipt.file.name, ContentFile(b"%PDF-1.4 canary"))
        return receipt

    def _of_doctors(self) -> dict[str, Things]:
        """What the doctors keep of their own hours, what they have written, and calendars at secret addresses."""
        of_doctors = {
            "rule": (self.rule_a, self.rule_b),
            "extra": (self.extra_a, self.extra_b),
            "leave": (self.leave_a, self.leave_b),
        }
        by_doctors = owned(Who.DOCTOR_A, Who.DOCTOR_B)
        records = {
            "note": Things(ids_of(**self.notes), WHO_TO_NOTES),
            "glass": Things(ids_of(**self.glasses), {"a": {Who.ADMINISTRATOR: "opener"}}),
            "export": Things(ids_of(**self.exports), owned(Who.PATIENT_A, Who.PATIENT_B)),
            "record_share": Things(ids_of(**self.record_shares), owned(Who.PATIENT_A, Who.PATIENT_B)),
            **document_things(self),
            "prescription": Things(ids_of(**self.prescriptions), WHO_TO_PRESCRIPTIONS),
            "allergy": Things(ids_of(**self.allergies), owned(Who.PATIENT_A, Who.PATIENT_B)),
        }
        return (
            self._feeds()
            | records
            | {name: Things(ids_of(a=a, b=b), by_doctors) for name, (a, b) in of_doctors.items()}
        )

    def _feeds(self) -> dict[str, Things]:
        """Calendars at secret addresses, which open to whoever holds them, and the kinds that one can have."""
        owners = {"a": dict.fromkeys(PATIENTS, "owner"), "b": dict.fromkeys(WORKING_DOCTORS, "owner")}
        owners["b"][Who.DOCTOR_SUSPENDED] = "holder"
        return {
            "feed": Things({"a": self.feed, "hidden": self.feed_suspended}, {"a": dict.fromkeys(Who, "holder")}),
            "feed_kind": Things({"a": "patient", "b": "doctor"}, owners),
        }

    def _of_money(self) -> dict[str, Things]:
        receipts = ids_of(a=self.receipt_a, b=self.receipt_b)
        complaints = ids_of(a=self.complaint_a, b=self.complaint_b)
        by_patients = owned(Who.PATIENT_A, Who.PATIENT_B)
        by_desks = {"a": {Who.STAFF_HERE: "clinic"}, "b": {Who.STAFF_ELSEWHERE: "clinic"}}
        return {
            "payment": Things(ids_of(a=self.receipt_a.payment, b=self.receipt_b.payment), by_desks),
            "receipt": Things(receipts, by_patients),
            "any_receipt": Things(receipts),
            "complaint": Things(complaints, by_patients),
            "any_complaint": Things(complaints),
        }

    def _visits(self) -> Things:
        return Things(
            ids_of(a=self.visit_a, b=self.visit_b, s=self.visit_suspended),
            {
                "a": {
                    Who.PATIENT_A: "patient",
                    Who.CARER_A: "carer",
                    Who.COLLEAGUE: "grantee",
                    Who.DOCTOR_A: "doctor",
                    Who.STAFF_HERE: "clinic",
                    Who.STAFF_ELSEWHERE: "viewer",
                },
                "b": {Who.PATIENT_B: "patient", Who.DOCTOR_B: "doctor", Who.STAFF_ELSEWHERE: "clinic"},
            },
        )

    def _name_the_things(self) -> None:
        judges_of_o = {**dict.fromkeys(OFFICERS, "colleague"), Who.OFFICER_DOCTOR: "self"}
        self.things = {
            "visit": self._visits(),
            "share": Things(ids_of(a=self.share_a, b=self.share_b), owned(Who.PATIENT_A, Who.PATIENT_B)),
            "offer": Things(ids_of(a=self.offer_a, b=self.share_b), {"a": {Who.COLLEAGUE: "invited"}}),
            "carer": Things(ids_of(a=self.carer_a, b=self.carer_b), owned(Who.PATIENT_A, Who.PATIENT_B)),
            "caring": Things(ids_of(a=self.carer_a, b=self.carer_b), {"a": {Who.CARER_A: "carer"}}),
            **notices_in(self),
            "consent": Things(ids_of(a=self.consent_a, b=self.consent_b), owned(Who.PATIENT_A, Who.PATIENT_B)),
            "asked": Things(ids_of(a=self.asked_a, b=self.asked_b), {"a": {Who.COLLEAGUE: "invited"}}),
            **self._of_doctors(),
            **accesses_in(self),
            **self._of_money(),
            "own_file": Things(ids_of(a=self.evidence_new, b=self.evidence_b), owned(Who.DOCTOR_NEW, Who.DOCTOR_B)),
            "file": Things(ids_of(a=self.evidence_new)),
            "case": Things(ids_of(a=self.case_waiting, o=self.case_own), {"o": judges_of_o}),
            "item": Things(
                {
                    "a": str(item_in(self.case_waiting, ItemKind.IDENTITY).public_id),
                    "o": str(item_in(self.case_own, ItemKind.IDENTITY).public_id),
                },
                {"o": judges_of_o},
            ),
            "patient": Things(
                ids_of(a=self.patient_a, b=self.patient_b),
                {
                    "a": {
                        Who.PATIENT_A: "owner",
                        Who.CARER_A: "carer",
                        Who.DOCTOR_A: "treating",
                        Who.COLLEAGUE: "sharee",
                    },
                    "b": {Who.PATIENT_B: "owner", Who.DOCTOR_B: "treating"},
                },
            ),
            "place": Things(
                {"a": self.place_a.slug, "b": self.place_b.slug},
                {"a": {Who.STAFF_HERE: "clinic"}, "b": {Who.STAFF_ELSEWHERE: "clinic"}},
            ),
            "listed": Things(
                {"a": self.doctor_a.slug, "hidden": self.doctor_new.slug}, {"a": dict.fromkeys(Who, "public")}
            ),
            "doctor": Things(ids_of(a=self.doctor_a)),
            "proposal": Things(ids_of(a=proposal_in(self))),
        }
