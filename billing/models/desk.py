from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting

from billing.models.payments import Payment
from billing.models.refunds import Refund
from billing.states import ComplaintReason, ComplaintState, EventState
from booking.models import Appointment
from common.fields import EncryptedTextField
from common.models import PublicIdModel
from common.uploads.storage import private_storage


class StripeEvent(models.Model):
    """One event that Stripe has delivered, once however often it did: what it is about, and nothing of its contents.

    What it says is fetched again before anything is changed, so that its order and age do not matter.
    """

    stripe_id = models.CharField(max_length=120, unique=True)
    type = models.CharField(max_length=80)
    object_type = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=120, blank=True)
    intent_id = models.CharField(max_length=120, blank=True)
    session_id = models.CharField(max_length=120, blank=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="events")
    state = models.CharField(max_length=10, choices=EventState, default=EventState.RECEIVED)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=120, blank=True)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["occurred_at", "id"]
        indexes = [
            models.Index(fields=["due_at"], name="stripe_event_due_idx", condition=Q(state=EventState.RECEIVED)),
            models.Index(fields=["payment", "occurred_at"], name="stripe_event_payment_idx"),
        ]

    def __str__(self) -> str:
        return self.stripe_id


class NumberSequence(models.Model):
    """The last number of a series of receipts. Its row is locked while the next is given, so that none is left out."""

    series = models.CharField(max_length=20, unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.series}: {self.last}"


class Receipt(PublicIdModel):
    """A receipt for a payment, a credit note for a refund, or what cancels one of these: a credit note whose refund
    failed after all, a receipt of what the desk wrote down by mistake. What it says is frozen when it is issued.
    Without those that are cancelled receipts add up to what came, and credit notes to what went back.

    `number` comes from a gap-free sequence. `file` is the PDF, in private storage; empty until a worker has drawn it.
    """

    class Kind(models.TextChoices):
        RECEIPT = "receipt", "Receipt"
        CREDIT_NOTE = "credit-note", "Credit note"
        CANCELLATION = "cancellation", "Cancellation of credit note"
        VOID = "void", "Cancellation of receipt"

    kind = models.CharField(max_length=15, choices=Kind)
    series = models.CharField(max_length=20)
    sequence = models.PositiveIntegerField()
    number = models.CharField(max_length=30, unique=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="receipts")
    refund = models.OneToOneField(Refund, on_delete=models.PROTECT, null=True, blank=True, related_name="credit_note")
    cancels = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="cancelled_by")
    amount_minor = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    vat_rate_percent = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    issued_at = models.DateTimeField()
    file = models.FileField(storage=private_storage, blank=True, max_length=200)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-issued_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["series", "sequence"], name="receipt_number_once"),
            models.UniqueConstraint(fields=["payment"], condition=Q(kind="receipt"), name="receipt_once_a_payment"),
            models.CheckConstraint(
                condition=Q(kind="receipt", refund__isnull=True, cancels__isnull=True)
                | Q(kind="credit-note", refund__isnull=False, cancels__isnull=True)
                | Q(kind__in=["cancellation", "void"], refund__isnull=True, cancels__isnull=False),
                name="receipt_is_of_what_its_kind_says",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Complaint(PublicIdModel):
    """A patient disagrees about the money of one appointment; a billing officer decides by `due_at`."""

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="complaints")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=20, choices=ComplaintReason)
    text = EncryptedTextField(blank=True)
    state = models.CharField(max_length=10, choices=ComplaintState, default=ComplaintState.OPEN)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = EncryptedTextField(blank=True)
    refund = models.OneToOneField(Refund, on_delete=models.PROTECT, null=True, blank=True, related_name="complaint")
    history = HistoricalRecords(excluded_fields=["text", "answer"])

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [models.Index(fields=["state", "due_at"], name="complaint_queue_idx")]
        constraints = [
            models.UniqueConstraint(
                fields=["appointment"], condition=Q(state="open"), name="complaint_one_open_an_appointment"
            )
        ]

    def __str__(self) -> str:
        return f"{self.appointment} ({self.get_state_display().lower()})"


class Reconciliation(PublicIdModel):
    """One comparison of what Stripe has with what we have, over `[since, until)`; amounts in minor units of GBP."""

    since = models.DateTimeField()
    until = models.DateTimeField()
    run_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    run_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    stripe_minor = models.BigIntegerField(default=0)
    ours_minor = models.BigIntegerField(default=0)
    # What was found and what was mended, by Stripe's ids and amounts; nothing about people.
    differences = models.JSONField(default=list)

    class Meta:
        ordering = ["-run_at"]

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d} to {self.until:%Y-%m-%d}"


@register_setting(icon="tag")
class BillingSettings(BaseSiteSetting):
    """What an installation decides about money; one row a Wagtail site. Amounts in pence."""

    second_person_above_minor = models.PositiveIntegerField(
        "a second person above (pence)",
        default=20_000,
        help_text="A refund that an officer decides on needs a second officer above this amount.",
    )
    complaint_days = models.PositiveSmallIntegerField(
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text="Within how many days a complaint about money is answered.",
    )
    business_name = models.CharField(max_length=120, blank=True, help_text="As it stands on receipts.")
    business_address = models.TextField(blank=True)
    vat_number = models.CharField("VAT number", max_length=20, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = "billing settings"
