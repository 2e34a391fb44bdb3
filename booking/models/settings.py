from __future__ import annotations

from datetime import time

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from simple_history.models import HistoricalRecords
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting

from notifications.selectors import texts_wait_for_tomorrow

MOST_DAYS_BEFORE = 28


def first_reminder_days() -> list[int]:
    return [7, 2, 1]


@register_setting(icon="calendar")
class BookingSettings(BaseSiteSetting):
    """What an installation decides about booking; one row a Wagtail site."""

    pay_at_clinic = models.BooleanField(
        default=True,
        help_text="Visits with a price are confirmed at once and paid at the clinic.",
    )
    hold_minutes = models.PositiveSmallIntegerField(
        default=15,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 60)],
        help_text="How long a time is kept while the patient pays online.",
    )
    open_holds = models.PositiveSmallIntegerField(
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
        help_text="How many unpaid or unanswered bookings one patient may have at once.",
    )
    visits_ahead = models.PositiveSmallIntegerField(
        "visits ahead",
        default=10,
        db_default=10,
        validators=[MinValueValidator(1), MaxValueValidator(200)],
        help_text="How many visits one patient may have ahead at once, those that wait for something included.",
    )
    approved_hold_hours = models.PositiveSmallIntegerField(
        default=24,
        db_default=24,
        validators=[MinValueValidator(1), MaxValueValidator(28 * 24)],
        help_text="How long a time is kept for payment once the doctor has said yes. The patient reads it in a mail.",
    )
    approval_hours = models.PositiveSmallIntegerField(
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(28 * 24)],
        help_text="How long a doctor has to answer a request before it lapses.",
    )
    free_cancellation_hours = models.PositiveSmallIntegerField(
        default=24,
        validators=[MaxValueValidator(28 * 24)],
        help_text="Until how many hours before a visit with a price the patient may cancel free of charge. Patients "
        "are told that the clinic may charge them after that; with 0 cancelling costs nothing until the visit starts.",
    )
    late_refund_percent = models.PositiveSmallIntegerField(
        "percent given back after that",
        default=50,
        validators=[MaxValueValidator(100)],
        help_text="Of what was paid online, where the patient cancels later than that. Patients are told before they "
        "pay; appointments that are booked already keep what they were told.",
    )
    reminder_days = ArrayField(
        models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS_BEFORE)]),
        verbose_name="reminders, days before a visit",
        default=first_reminder_days,
        db_default=[7, 2, 1],
        blank=True,
        size=5,
        help_text="Numbers with commas between them: 7, 2, 1 reminds of a visit a week, two days and one day before. "
        "Empty sends no reminders.",
    )
    reminder_hour = models.PositiveSmallIntegerField(
        "reminders go out from",
        default=9,
        db_default=9,
        validators=[MinValueValidator(6), MaxValueValidator(21)],
        help_text="The hour, by the clock of the visit’s place, from 6 to 21. What cannot be sent by midnight is not "
        "sent late.",
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = "booking settings"

    def clean(self) -> None:
        if not self.pay_at_clinic and not settings.PAYMENT_PROVIDER:
            raise ValidationError({"pay_at_clinic": "This installation cannot take payments online, so keep this on."})
        # An hour that is none is told by its own validators, after which this is asked too.
        is_hour = self.reminder_hour in range(24)
        if is_hour and self.reminder_days and texts_wait_for_tomorrow(time(self.reminder_hour)):
            told = "At that hour texts are silent until the next day (message settings), so nobody would be texted."
            raise ValidationError({"reminder_hour": f"{told} Choose an earlier one."})
        self.reminder_days = sorted(set(self.reminder_days or ()), reverse=True)
