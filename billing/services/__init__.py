from billing.services.complaints import MOST_LETTERS, complaint_decide, complaint_open, complaint_withdraw
from billing.services.desk import payment_record, payment_take_back, refund_record_given
from billing.services.difference import visit_change
from billing.services.disputes import dispute_answer
from billing.services.events import event_apply, event_receive
from billing.services.files import payments_export_record, reconciliations_export_record
from billing.services.officers import (
    EVIDENCE_FIELDS,
    attention_settle,
    payment_fetch,
    payment_viewed,
    refund_let_go,
)
from billing.services.receipts import receipt_draw, receipt_open, receipt_open_as_officer, receipts_draw
from billing.services.reconcile import reconcile
from billing.services.refund_officers import drop_is_told, refund_drop, refund_request, refund_retry, refund_second
from billing.services.refund_send import refunds_look, refunds_send
from billing.services.released import payments_follow_release
from billing.services.start import payment_ask, payment_start
from billing.services.sweep import payments_sweep, session_end
from billing.services.sync import payment_sync
from billing.services.transfers import refund_record_left

__all__ = [
    "EVIDENCE_FIELDS",
    "MOST_LETTERS",
    "attention_settle",
    "complaint_decide",
    "complaint_open",
    "complaint_withdraw",
    "dispute_answer",
    "drop_is_told",
    "event_apply",
    "event_receive",
    "payment_ask",
    "payment_fetch",
    "payment_record",
    "payment_start",
    "payment_sync",
    "payment_take_back",
    "payment_viewed",
    "payments_export_record",
    "payments_follow_release",
    "payments_sweep",
    "receipt_draw",
    "receipt_open",
    "receipt_open_as_officer",
    "receipts_draw",
    "reconcile",
    "reconciliations_export_record",
    "refund_drop",
    "refund_let_go",
    "refund_record_given",
    "refund_record_left",
    "refund_request",
    "refund_retry",
    "refund_second",
    "refunds_look",
    "refunds_send",
    "session_end",
    "visit_change",
]
