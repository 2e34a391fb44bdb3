from billing.models.desk import (
    BillingSettings,
    Complaint,
    NumberSequence,
    Receipt,
    Reconciliation,
    StripeEvent,
)
from billing.models.payments import ONE_OPEN, Payment, PaymentGroupGrant, PaymentUserGrant
from billing.models.refunds import AUTOMATIC, Dispute, Refund

__all__ = [
    "AUTOMATIC",
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
