from billing.selectors.payments import (
    captured_of,
    has_open_dispute,
    is_payable,
    latest_payment_of,
    open_payment_of,
    own_payments,
    payment_for,
    payments_to_check,
    payments_visible_to,
    promised_of,
    receipts_of,
    refunds_of,
)
from billing.selectors.settings import billing_settings

__all__ = [
    "billing_settings",
    "captured_of",
    "has_open_dispute",
    "is_payable",
    "latest_payment_of",
    "open_payment_of",
    "own_payments",
    "payment_for",
    "payments_to_check",
    "payments_visible_to",
    "promised_of",
    "receipts_of",
    "refunds_of",
]
