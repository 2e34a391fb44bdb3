"""What many of booking's tests do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.core.mail import EmailMessage
from wagtail.models import Site

from accounts.models import Patient, User
from accounts.tests.factories import PatientFactory, UserFactory
from booking.models import Appointment, AppointmentShare, BookingSettings, Cancelling
from booking.selectors import cancelling_progress
from booking.services import appointment_book, appointment_share, share_accept
from booking.tests.factories import next_slot_start
from doctors.models import Doctor, Location, VisitType
from doctors.services import staff_join
from notifications.models import Message
from notifications.services import messages_deliver


def book(
    doctor: Doctor,
    *,
    patient: Patient | None = None,
    start: datetime | None = None,
    visit_type: VisitType | None = None,
    **more: Any,
) -> Appointment:
    """Book the doctor's only visit type at the only place: tomorrow at ten, for somebody new, unless said otherwise."""
    patient = patient or PatientFactory.create()
    return appointment_book(
        actor=user_of(patient),
        patient_id=patient.public_id,
        visit_type_id=(visit_type or doctor.visit_types.get()).public_id,
        location_id=doctor.locations.get().pk,
        start=start or next_slot_start(),
        **more,
    )


def at_the_desk_of(place: Location) -> User:
    """Somebody new who works there."""
    user: User = UserFactory.create()
    staff_join(actor=None, location_id=place.pk, user_id=user.public_id)
    return User.objects.get(pk=user.pk)


def share(appointment: Appointment, helper: User) -> AppointmentShare:
    """The patient shares the appointment with somebody, who says yes."""
    actor = user_of(appointment.patient)
    share = appointment_share(actor=actor, appointment_id=appointment.public_id, email=helper.email)
    share_accept(actor=helper, share_id=share.public_id)
    return share


def can_view(user: User | AnonymousUser, appointment: Appointment) -> bool:
    """What the backends say of this one object; pages and lists ask `appointments_visible_to`."""
    return user.has_perm("booking.view_appointment", appointment)


def user_of(person: Patient | Doctor) -> User:
    assert person.user is not None
    return person.user


def decide(**settings: Any) -> None:
    """Set this installation's booking settings."""
    site = Site.objects.get(is_default_site=True)
    BookingSettings.objects.update_or_create(site=site, defaults=settings)


def told(person: Patient | Doctor | User) -> list[str]:
    """The kinds of the messages to a person, in order."""
    user = person if isinstance(person, User) else user_of(person)
    return list(Message.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


def mails_to(person: Patient | Doctor | User) -> list[EmailMessage]:
    """What reaches a person by mail of the messages that wait, in order."""
    user = person if isinstance(person, User) else user_of(person)
    messages_deliver()
    return [one for one in mail.outbox if one.to == [user.email]]


def cancelled_by(cancelling: Cancelling) -> int:
    """How many of many are cancelled by now."""
    return cancelling_progress(cancelling).cancelled
