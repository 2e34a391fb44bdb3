from billing.models.desk import (
    BillingSettings,
    Complaint,
    NumberSequence,
    Receipt,
    Reconciliation,
    StripeEvent,
)
from billing.models.payments import Payment, PaymentGroupGrant, PaymentUserGrant
from billing.models.refunds import AUTOMATIC, Dispute, Refund

__all__ = [
    "AUTOMATIC",
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
