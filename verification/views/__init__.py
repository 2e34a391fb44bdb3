"""The queue and the case page in the Wagtail admin; every decision is a POST to one service."""

from __future__ import annotations

from verification.views.cancelling import CancelAppointmentsView
from verification.views.case import CaseActionView, CaseView
from verification.views.decisions import (
    ApproveView,
    AssignView,
    ClaimView,
    LookUpView,
    RejectView,
    ReleaseView,
    ReopenView,
    StartView,
    SubmitView,
    SuspendView,
)
from verification.views.evidence import EvidenceView
from verification.views.items import AskItemView, CheckItemView
from verification.views.queue import QueueView, RowClaimView, RowReleaseView
from verification.views.report import ReportView

__all__ = [
    "CASE_ACTIONS",
    "ITEM_ACTIONS",
    "ROW_ACTIONS",
    "CaseView",
    "EvidenceView",
    "QueueView",
    "ReportView",
    "StartView",
]

CASE_ACTIONS: dict[str, type[CaseActionView]] = {
    "claim": ClaimView,
    "release": ReleaseView,
    "assign": AssignView,
    "look_up": LookUpView,
    "submit": SubmitView,
    "approve": ApproveView,
    "reject": RejectView,
    "suspend": SuspendView,
    "reopen": ReopenView,
    "cancel_appointments": CancelAppointmentsView,
}
ITEM_ACTIONS: dict[str, type[CaseActionView]] = {"check": CheckItemView, "ask": AskItemView}
ROW_ACTIONS: dict[str, type[QueueView]] = {"row_claim": RowClaimView, "row_release": RowReleaseView}
