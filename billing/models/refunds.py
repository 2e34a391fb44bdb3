from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from billing.models.payments import Payment
from billing.states import DROPPED_FOR, REFUND_LIVE, DisputeStatus, RefundReason, RefundStatus
from common.fields import EncryptedTextField
from common.models import PublicIdModel

# Of which nobody has to say yes any more.
AGREED = Q(needs_second=False) | Q(seconded_by__isnull=False)
# What went beyond what was taken: the ledger holds it as cancelled, with the bank's reference or Stripe's.
HAD_LEFT = Q(status=RefundStatus.CANCELED) & ~Q(given_reference="")
# What went out and came back, or Stripe took off its list: it has to be given anew, or settled.
NOT_MADE = Q(status=RefundStatus.FAILED) | Q(status=RefundStatus.CANCELED, stripe_id__isnull=False, given_reference="")
# What a cancellation or a late payment gives back by itself: of these a payment has one.
AUTOMATIC = (RefundReason.POLICY, RefundReason.PRACTICE, RefundReason.LATE, RefundReason.DUPLICATE)


class Refund(PublicIdModel):
    """Money promised or given back of one payment (Stripe Refund), in minor units of its currency.

    The row is the promise: it is written before Stripe is asked, and asking again with `key` gives the same refund.
    The database refuses a sum of live refunds above what the payment captured (a trigger in the first migration).
    A refund of money that was taken at the desk is given back there; what Stripe will not send is given `by_hand`.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    amount_minor = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=20, choices=RefundStatus, default=RefundStatus.PENDING)
    reason = models.CharField(max_length=15, choices=RefundReason)
    # An officer's own words, about a person's money.
    note = EncryptedTextField(blank=True)
    key = models.CharField(max_length=80, unique=True)
    stripe_id = models.CharField(max_length=120, null=True, blank=True, unique=True)
    failure = models.CharField(max_length=60, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Above a set amount a second officer says yes before Stripe is asked.
    needs_second = models.BooleanField(default=False)
    seconded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    # An officer has settled that it failed: so much of it was owed still, and is not to go back any more.
    let_go_minor = models.PositiveIntegerField(null=True, blank=True)
    # Of that, what the rules owed then and have not spoken of anew since.
    let_go_of_rules_minor = models.PositiveIntegerField(default=0, db_default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Stripe will never send it: a billing officer gives it back by bank transfer, and writes down its reference.
    by_hand = models.BooleanField(default=False, db_default=False)
    given_reference = models.CharField(max_length=60, blank=True, default="", db_default="")
    due_at = models.DateTimeField()
    # Who sends it now; over at `lease_until`, so that a crash loses nothing.
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords(excluded_fields=["note", "lease_until"])

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="refund_to_send_idx",
                condition=Q(stripe_id__isnull=True, status=RefundStatus.PENDING),
            ),
            models.Index(fields=["created_at", "id"], name="refund_created_idx"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_is_of_something"),
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(reason__in=sorted(AUTOMATIC), status__in=sorted(REFUND_LIVE)),
                name="refund_automatic_once_a_payment",
            ),
            models.CheckConstraint(
                condition=Q(by_hand=False) | ~Q(status=RefundStatus.SUCCEEDED) | ~Q(given_reference=""),
                name="refund_by_hand_has_a_reference",
            ),
            models.CheckConstraint(
                condition=Q(seconded_by__isnull=True) | ~Q(seconded_by=models.F("requested_by")),
                name="refund_seconded_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payment} -{self.amount_minor}"

    @property
    def is_agreed(self) -> bool:
        """Whether nobody has to agree to it any more."""
        return not self.needs_second or self.seconded_by_id is not None

    @property
    def is_settled(self) -> bool:
        """Whether an officer has said that it is not sent again."""
        return self.let_go_minor is not None

    @property
    def is_at_stripe(self) -> bool:
        """Whether Stripe has it, or may have."""
        return self.stripe_id is not None or (self.attempts > 0 and not self.by_hand)

    @property
    def is_not_made(self) -> bool:
        """As `NOT_MADE`."""
        is_off_the_list = self.status == RefundStatus.CANCELED and self.stripe_id is not None
        return self.status == RefundStatus.FAILED or (is_off_the_list and not self.has_left)

    @property
    def has_left(self) -> bool:
        """As `HAD_LEFT`."""
        return self.status == RefundStatus.CANCELED and self.given_reference != ""

    @property
    def dropped_for(self) -> str:
        """In a word why a promise was dropped by something else than an officer's no."""
        return DROPPED_FOR.get(self.failure, "")

    @property
    def awaits_second(self) -> bool:
        """Whether it waits for a second officer, who may say no: it is asked for, and no promise yet."""
        return self.status == RefundStatus.PENDING and not self.is_agreed


class Dispute(PublicIdModel):
    """A cardholder's bank takes a payment back until it is decided (Stripe Dispute). Evidence is booking facts only."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    stripe_id = models.CharField(max_length=120, unique=True)
    status = models.CharField(max_length=25, choices=DisputeStatus)
    amount_minor = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    # Stripe's word for why, such as "product_not_received".
    reason = models.CharField(max_length=60, blank=True)
    due_by = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()
    evidence_sent_at = models.DateTimeField(null=True, blank=True)
    evidence_sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Of what was sent, so that the same again is known from other words.
    evidence_digest = models.CharField(max_length=64, blank=True, default="", db_default="")
    closed_at = models.DateTimeField(null=True, blank=True)
    # Stripe's word on whether it would still send back anything of the payment.
    is_refundable = models.BooleanField(default=True, db_default=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["due_by", "id"]
        indexes = [models.Index(fields=["status", "due_by"], name="dispute_queue_idx")]

    def __str__(self) -> str:
        return self.stripe_id
