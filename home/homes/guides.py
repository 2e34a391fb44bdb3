"""What to do first, for each role. Facts tick the steps off, and whoever needs no guide puts it away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from accounts.models import GuideDismissal, Patient, User
from accounts.selectors import guides_dismissed
from audit.selectors import has_done
from booking.models import Appointment, AvailabilityRule, CalendarFeed
from booking.selectors import feeds_of
from booking.states import PendingReason
from doctors.models import Doctor
from verification.selectors import latest_case_of
from verification.states import Status

Kind = GuideDismissal.Guide


@dataclass(frozen=True, kw_only=True)
class Step:
    title: str
    hint: str
    path: str
    is_done: bool


@dataclass(frozen=True, kw_only=True)
class Guide:
    """The first steps of a role. One that is put away has no steps: nobody asks then what is done."""

    kind: Kind
    steps: list[Step]
    is_dismissed: bool = False

    @property
    def panel_id(self) -> str:
        return f"guide-{self.kind.value}"

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)


def guide_of(user: User, kind: Kind, steps: Callable[[], list[Step]]) -> Guide | None:
    """None once every step is done."""
    if kind in guides_dismissed(user):
        return Guide(kind=kind, steps=[], is_dismissed=True)
    guide = Guide(kind=kind, steps=steps())
    return None if guide.done == len(guide.steps) else guide


def patient_guide(user: User, patient: Patient | None) -> Guide | None:
    """Three statements at most."""
    return guide_of(user, Kind.PATIENT, lambda: _of_patient(user, patient))


def _of_patient(user: User, patient: Patient | None) -> list[Step]:
    # A time that is or was only kept until it would be paid for is no appointment.
    booked = Appointment.objects.filter(patient=patient).exclude(pending_reason=PendingReason.PAYMENT)
    return [
        Step(
            title="Complete your profile",
            hint="Your name, date of birth and phone number, which a doctor needs before your first visit.",
            path=f"{reverse('accounts:profile')}?next={reverse('signed_in_home')}",
            is_done=patient is not None,
        ),
        Step(
            title="Book your first appointment",
            hint="Choose a doctor and a time. You see the price and how to cancel before you book.",
            path="/doctors/",
            is_done=patient is not None and booked.exists(),
        ),
        two_step(user, "Your record is yours alone: with a code from your phone a stolen password opens nothing."),
        Step(
            title="See your appointments in your own calendar",
            hint="One secret address for your phone or computer; what changes here changes there.",
            path=reverse("booking:feeds"),
            is_done=patient is not None and CalendarFeed.Kind.PATIENT in feeds_of(user),
        ),
    ]


def doctor_guide(user: User, doctor: Doctor) -> Guide | None:
    """Four statements at most."""
    return guide_of(user, Kind.DOCTOR, lambda: _of_doctor(user, doctor))


def _of_doctor(user: User, doctor: Doctor) -> list[Step]:
    case = latest_case_of(user)
    return [
        two_step(user, "You work with what patients tell you, so a password alone does not let you in."),
        Step(
            title="Send us your credentials",
            hint="Your GMC number, identity and indemnity. Patients find you once we have checked them.",
            path=reverse("credentials:tasks"),
            is_done=doctor.is_listed or (case is not None and case.status != Status.DRAFT),
        ),
        Step(
            title="Say when you work",
            hint="Your weekly hours at each place. Patients are offered the free times in them.",
            path=reverse("booking:availability"),
            is_done=AvailabilityRule.objects.filter(doctor=doctor).exists(),
        ),
        Step(
            title="See your diary in your own calendar",
            hint="One secret address for your phone or computer; it names no patient’s reason to come.",
            path=reverse("booking:feeds"),
            is_done=CalendarFeed.Kind.DOCTOR in feeds_of(user),
        ),
    ]


def reception_guide(user: User) -> Guide | None:
    """Five statements at most."""
    return guide_of(user, Kind.RECEPTION, lambda: _of_reception(user))


def _of_reception(user: User) -> list[Step]:
    diary = reverse("booking:clinics")
    return [
        two_step(user, "You see who comes to whom, so a password alone does not let you in."),
        Step(
            title="Mark somebody as arrived",
            hint="In the day of your place, beside their name. One press takes it back.",
            path=diary,
            is_done=has_done(user, "appointment.arrived"),
        ),
        Step(
            title="Write down a payment at the desk",
            hint="In the appointment, for a visit that is paid for here. The patient gets a receipt.",
            path=diary,
            is_done=has_done(user, "appointment.paid"),
        ),
    ]


def two_step(user: User, hint: str) -> Step:
    title = "Protect your account with two-step sign-in"
    return Step(title=title, hint=hint, path=reverse("accounts:security"), is_done=user.has_two_step)
