from billing.models.desk import (
    BillingSettings,
    Complaint,
    NumberSequence,
    Receipt,
    Reconciliation,
    StripeEvent,
)
from billing.models.payments import ONE_OPEN, Payment, PaymentGroupGrant, PaymentUserGrant
from billing.models.refunds import AGREED, AUTOMATIC, HAD_LEFT, NOT_MADE, Dispute, Refund

__all__ = [
    "AGREED",
    "AUTOMATIC",
    "HAD_LEFT",
    "NOT_MADE",
    "ONE_OPEN",
    "BillingSettings",
    "Complaint",
    "Dispute",
    "NumberSequence",
    "Payment",
    "PaymentGroupGrant",
    "PaymentUserGrant",
    "Receipt",
    "Reconciliation",
    "Refund",
    "StripeEvent",
]
