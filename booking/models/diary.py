from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now
from simple_history.models import HistoricalRecords

from accounts.models import Invitation, Patient
from accounts.states import LIVE as LIVE_INVITATION
from booking.states import LIVE, CancelReason, PendingReason, Status
from common.fields import EncryptedTextField
from common.models import PublicIdModel
from common.permissions import GroupGrantBase, UserGrantBase
from doctors.models import Doctor, Location, VisitType
from doctors.states import VatRate


class AvailabilityRule(PublicIdModel):
    """A weekly window in the wall-clock time of its location's zone. `weekday` counts from Monday = 0.

    `visit_type_ids` are the keys of the visit types that it is for; empty means all. Keys and no relation: they come
    with the one statement that loads diaries, and a type that is deleted never makes "only this" into "all".
    """

    class Weekday(models.IntegerChoices):
        MONDAY = 0, "Monday"
        TUESDAY = 1, "Tuesday"
        WEDNESDAY = 2, "Wednesday"
        THURSDAY = 3, "Thursday"
        FRIDAY = 4, "Friday"
        SATURDAY = 5, "Saturday"
        SUNDAY = 6, "Sunday"

    doctor = models.ForeignKey(Doctor, on_delete=models.CASCADE, related_name="availability_rules")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    weekday = models.PositiveSmallIntegerField(choices=Weekday)
    start_time = models.TimeField()
    end_time = models.TimeField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    visit_type_ids = ArrayField(models.BigIntegerField(), default=list, db_default=[], blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["weekday", "start_time"]
        indexes = [models.Index(fields=["doctor", "weekday"], name="rule_doctor_weekday_idx")]
        constraints = [
            models.CheckConstraint(condition=Q(end_time__gt=F("start_time")), name="rule_ends_after_start"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")), name="rule_valid_order"
            ),
        ]


class AvailabilityException(PublicIdModel):
    """A dated change to the weekly windows: hours closed, or (with a location) worked besides. Instants in UTC.

    Who takes no new bookings at all has one row of kind `stopped`, from then on and without end (`NO_TIME`).
    """

    class Kind(models.TextChoices):
        CLOSED = "closed", "Not available"
        EXTRA = "extra", "Extra hours"
        STOPPED = "stopped", "No new bookings"

    doctor = models.ForeignKey(Doctor, on_delete=models.CASCADE, related_name="availability_exceptions")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.CLOSED)
    start = models.DateTimeField()
    end = models.DateTimeField()
    note = models.CharField(max_length=120, blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["start"]
        indexes = [models.Index(fields=["doctor", "start"], name="exception_doctor_start_idx")]
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="exception_ends_after_start"),
            models.CheckConstraint(
                condition=~Q(kind="extra") | Q(location__isnull=False), name="exception_extra_has_location"
            ),
            models.UniqueConstraint(
                fields=["doctor"], condition=Q(kind="stopped"), name="exception_stopped_once_a_doctor"
            ),
        ]


class LocationClosure(PublicIdModel):
    """Days, or a part of them, on which a place is shut for everybody who works there.

    Days and wall-clock times of the place and no instants, as people say them: a zone that is corrected moves the
    closure with the place's hours, and a day of 23 or 25 hours is closed as a whole. Without times whole days.
    """

    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="closures")
    label = models.CharField(max_length=80)
    first_day = models.DateField()
    from_time = models.TimeField(null=True, blank=True)
    last_day = models.DateField()
    until_time = models.TimeField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["first_day", "from_time"]
        indexes = [models.Index(fields=["location", "first_day"], name="closure_location_day_idx")]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="closure_ends_after_start")
        ]

    def __str__(self) -> str:
        return self.label


def _live() -> Q:
    return Q(status__in=sorted(LIVE))


def ended_by(at: datetime | Now) -> Q:
    """Appointments that have waited in vain by then: nobody may have cancelled their rows yet, but they hold no time.

    Everything that reads asks with the time of its operation, everything that writes with the database's own clock.
    """
    return Q(status=Status.PENDING, expires_at__lte=at)


def standing_at(at: datetime | Now) -> Q:
    """Appointments that still stand: live, and not waiting in vain."""
    return _live() & ~ended_by(at)


class Appointment(PublicIdModel):
    """One visit of one patient to one doctor (FHIR R4 Appointment); only booking's services write `status`.

    `blocked` is the time taken from the doctor, buffers included, `[)` in UTC. Price (VAT included), currency, amount
    due now (minor units; all of the price, a deposit, or nothing) and the cancellation policy are frozen when it is
    booked.
    """

    reference = models.CharField(max_length=12, unique=True)
    doctor = models.ForeignKey(Doctor, on_delete=models.PROTECT, related_name="appointments")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="appointments")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="appointments")
    visit_type = models.ForeignKey(VisitType, on_delete=models.PROTECT, related_name="appointments")
    booked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=20, choices=Status)
    pending_reason = models.CharField(max_length=10, choices=PendingReason, blank=True)
    cancel_reason = models.CharField(max_length=15, choices=CancelReason, blank=True)
    start = models.DateTimeField()
    end = models.DateTimeField()
    blocked = DateTimeRangeField()
    # 0, or a number that staff choose to overbook on purpose: the constraints only compare equal lanes.
    lane = models.PositiveSmallIntegerField(default=0)
    modality = models.CharField(max_length=10)
    price_minor = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    amount_due_minor = models.PositiveIntegerField()
    vat_rate_percent = models.PositiveSmallIntegerField(
        choices=VatRate, default=VatRate.EXEMPT, db_default=VatRate.EXEMPT
    )
    policy = models.JSONField(default=dict)
    reason = EncryptedTextField(blank=True)
    # What `accounts.access_needs` writes, as it was when the visit was booked.
    access_needs = EncryptedTextField(blank=True, default="", db_default="")
    # Kept by the patient from everybody who helps them.
    is_confidential = models.BooleanField(default=False, db_default=False)
    # When a pending row ends by itself: a hold's end, or the doctor's deadline for an approval.
    expires_at = models.DateTimeField(null=True, blank=True)
    # When the patient asked for more time to pay; a hold is extended once.
    hold_extended_at = models.DateTimeField(null=True, blank=True)
    calendar_sequence = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords(excluded_fields=["reason", "access_needs"])

    class Meta:
        ordering = ["start"]
        permissions = [
            ("cancel_appointment", "Can cancel an appointment"),
            ("move_appointment", "Can give an appointment another time"),
            ("share_appointment", "Can share an appointment"),
            ("answer_appointment", "Can approve or decline a request"),
        ]
        indexes = [
            models.Index(fields=["doctor", "start"], name="appointment_doctor_start_idx"),
            models.Index(fields=["patient", "start"], name="appointment_patient_start_idx"),
            models.Index(fields=["location", "start"], name="appointment_location_start_idx"),
            models.Index(fields=["status", "expires_at"], name="appointment_status_idx"),
            # Of all doctors and places: the register's pages and the report's counts.
            models.Index(fields=["start", "status"], name="appointment_start_idx"),
            # Rows come in the order of this column, so the dashboard's last weeks are found by a few kilobytes.
            BrinIndex(fields=["created_at"], name="appointment_created_idx"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="appointment_ends_after_start"),
            models.CheckConstraint(
                condition=Q(status=Status.PENDING, expires_at__isnull=False) & ~Q(pending_reason="")
                | ~Q(status=Status.PENDING),
                name="appointment_pending_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.CANCELLED) | ~Q(cancel_reason=""), name="appointment_cancelled_says_why"
            ),
            models.CheckConstraint(
                condition=Q(hold_extended_at__isnull=True) | Q(expires_at__isnull=True) | Q(expires_at__lte=F("start")),
                name="appointment_extended_until_start",
            ),
            models.CheckConstraint(
                condition=Q(amount_due_minor__lte=F("price_minor")), name="appointment_due_within_price"
            ),
            ExclusionConstraint(
                name="appointment_doctor_no_overlap",
                expressions=[
                    ("doctor", RangeOperators.EQUAL),
                    ("lane", RangeOperators.EQUAL),
                    ("blocked", RangeOperators.OVERLAPS),
                ],
                condition=_live(),
            ),
            ExclusionConstraint(
                name="appointment_patient_no_overlap",
                expressions=[
                    ("patient", RangeOperators.EQUAL),
                    ("lane", RangeOperators.EQUAL),
                    (
                        Func(
                            F("start"), F("end"), Value("[)"), function="tstzrange", output_field=DateTimeRangeField()
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=_live(),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def has_ended(self, now: datetime) -> bool:
        """What `ended_by` asks of rows."""
        return self.status == Status.PENDING and self.expires_at is not None and self.expires_at <= now

    @property
    def is_given_up(self) -> bool:
        """Whether it was kept until it would be paid for, and the patient did not want it after all: no request."""
        return self.cancel_reason == CancelReason.WITHDRAWN and self.pending_reason == PendingReason.PAYMENT


class AppointmentUserGrant(UserGrantBase):
    """A person's right on one appointment that is not theirs by ownership: a carer, a covering colleague."""

    content_object = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="user_grants")

    class Meta(UserGrantBase.Meta):
        constraints = [
            models.UniqueConstraint(fields=["user", "permission", "content_object"], name="appointment_grant_once")
        ]


class AppointmentGroupGrant(GroupGrantBase):
    """Demanded by django-guardian beside the user's table; booking's services refuse to write it."""

    content_object = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="group_grants")

    class Meta(GroupGrantBase.Meta):
        pass


class AppointmentShare(Invitation):
    """The patient asks whoever has an address to see and cancel this one appointment.

    Saying yes writes the grants that open it, taking back deletes them: this row opens nothing.
    """

    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="shares")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    history = HistoricalRecords()

    class Meta(Invitation.Meta):
        ordering = ["invited_at"]
        constraints = [
            *Invitation.Meta.constraints,
            models.UniqueConstraint(
                fields=["appointment", "email"],
                condition=Q(state__in=sorted(LIVE_INVITATION)),
                name="share_once_an_address",
            ),
        ]
        indexes = [models.Index(fields=["email"], name="share_invited_idx", condition=Q(state="invited"))]

    def __str__(self) -> str:
        return f"{self.appointment} ({self.get_state_display().lower()})"


class CalendarFeed(PublicIdModel):
    """A secret address at which a calendar program reads one person's appointments, without a sign-in.

    The address holds 256 random bits and this table only their digest: whoever reads it can open no calendar. One a
    person and kind; a new address takes the place of the old, and to take it back deletes the row.
    """

    class Kind(models.TextChoices):
        PATIENT = "patient", "My appointments"
        DOCTOR = "doctor", "My diary"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="feed_once_a_kind")]

    def __str__(self) -> str:
        return self.get_kind_display()
