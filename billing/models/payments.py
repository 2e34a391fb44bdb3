from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from billing.states import OPEN, Attention, Method, Outcome, PaymentStatus
from booking.models import Appointment
from common.fields import EncryptedTextField
from common.history import HistoryOfTexts
from common.models import PublicIdModel
from common.permissions import GroupGrantBase, UserGrantBase

# The constraint that allows one open payment an appointment.
ONE_OPEN = "payment_one_open_an_appointment"


class Payment(PublicIdModel):
    """Money asked for, or taken, for one appointment: a Stripe PaymentIntent behind one Checkout Session, or what
    the clinic's staff took at the desk.

    Amounts are minor units of `currency`. Only billing's services write `status`, which for online payments is always
    what Stripe said last. Refunded and disputed are not states: their own rows say so.
    """

    class Purpose(models.TextChoices):
        VISIT = "visit", "The visit"
        DIFFERENCE = "difference", "The difference to another visit"

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="payments")
    # Who started it, or recorded it at the desk.
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=10, choices=Purpose, default=Purpose.VISIT)
    method = models.CharField(max_length=15, choices=Method, default=Method.ONLINE)
    status = models.CharField(
        max_length=25, choices=PaymentStatus, default=PaymentStatus.REQUIRES_PAYMENT_METHOD, db_index=True
    )
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    attention = models.CharField(max_length=20, choices=Attention, blank=True, default=Attention.NONE)
    # What whoever settled it last has found, or why the desk's entry was a mistake, in their own words; those before
    # are in the history.
    settled_note = EncryptedTextField(blank=True, default="", db_default="")
    amount_minor = models.PositiveIntegerField()
    captured_minor = models.PositiveIntegerField(default=0)
    currency = models.CharField(max_length=3)
    vat_rate_percent = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    # Of the clinic's till or bank: no card numbers.
    desk_reference = models.CharField(max_length=60, blank=True)
    # Frozen when the payment is made, so that asking Stripe again with the same key asks for the same thing.
    session_key = models.CharField(max_length=80, blank=True)
    session_expires_at = models.DateTimeField(null=True, blank=True)
    session_id = models.CharField(max_length=120, null=True, blank=True, unique=True)
    session_url = models.TextField(blank=True)
    session_end_wanted_at = models.DateTimeField(null=True, blank=True)
    intent_id = models.CharField(max_length=120, null=True, blank=True, unique=True)
    charge_id = models.CharField(max_length=120, blank=True)
    failure_code = models.CharField(max_length=60, blank=True)
    is_late = models.BooleanField("came after the hold's end", default=False)
    # Whoever holds the lease may apply what they fetched from Stripe (domain.md): nobody older overwrites it.
    lease_token = models.UUIDField(null=True, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    checked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    history = HistoryOfTexts(excluded_fields=["session_url", "lease_token", "lease_until", "checked_at"])

    class Meta:
        ordering = ["-created_at"]
        permissions = [("pay_payment", "Can pay a payment")]
        indexes = [
            models.Index(fields=["created_at", "id"], name="payment_created_idx"),
            models.Index(fields=["paid_at"], name="payment_paid_idx"),
            models.Index(fields=["attention"], name="payment_attention_idx", condition=~Q(attention="")),
            models.Index(
                fields=["session_end_wanted_at"],
                name="payment_end_wanted_idx",
                condition=Q(session_end_wanted_at__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["appointment"], condition=Q(status__in=sorted(OPEN)), name=ONE_OPEN),
            models.CheckConstraint(
                condition=~Q(status=PaymentStatus.SUCCEEDED) | (~Q(outcome="") & Q(paid_at__isnull=False)),
                name="payment_succeeded_has_an_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(method=Method.ONLINE) | ~Q(session_key=""), name="payment_online_has_a_key"
            ),
            models.CheckConstraint(
                condition=Q(method=Method.ONLINE) & ~Q(status=PaymentStatus.ENTERED_IN_ERROR)
                | ~Q(method=Method.ONLINE) & Q(captured_minor=F("amount_minor"))
                | ~Q(method=Method.ONLINE) & Q(status=PaymentStatus.ENTERED_IN_ERROR, captured_minor=0),
                name="payment_desk_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appointment} {self.public_id.hex[:8]}"

    @property
    def is_online(self) -> bool:
        return self.method == Method.ONLINE


class PaymentUserGrant(UserGrantBase):
    """A person's right on one payment that is not theirs by ownership: another payer."""

    content_object = models.ForeignKey(Payment, on_delete=models.CASCADE, related_name="user_grants")

    class Meta(UserGrantBase.Meta):
        constraints = [
            models.UniqueConstraint(fields=["user", "permission", "content_object"], name="payment_grant_once")
        ]


class PaymentGroupGrant(GroupGrantBase):
    """Demanded by django-guardian beside the user's table; the database refuses every row."""

    content_object = models.ForeignKey(Payment, on_delete=models.CASCADE, related_name="group_grants")

    class Meta(GroupGrantBase.Meta):
        pass
