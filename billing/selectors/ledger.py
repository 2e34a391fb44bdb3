"""All payments, for billing officers: as a register and as rows of a file, of nobody by name."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from billing.models import Dispute, Payment, Receipt, Refund
from billing.states import DISPUTE_GONE, RefundStatus
from common.keyset import beyond, estimated_rows
from doctors.selectors import VisitSearch, narrowed


@dataclass(frozen=True, kw_only=True)
class LedgerSearch(VisitSearch):
    """`reference` is an appointment's, a receipt's or Stripe's; the period is of when the payment was begun."""

    method: str = ""


def ledger_found(search: LedgerSearch) -> QuerySet[Payment]:
    """The payments of a search, the latest first, without whose they are."""
    found = Payment.objects.select_related("appointment__doctor", "appointment__location")
    found = found.order_by("-created_at", "-pk")
    if search.reference:
        wanted = search.reference.strip()
        numbered = Receipt.objects.filter(number=wanted.upper()).values("payment")
        ids = Q(intent_id=wanted) | Q(session_id=wanted) | Q(charge_id=wanted) | Q(pk__in=numbered)
        found = found.filter(Q(appointment__reference=wanted.upper()) | ids)
    if search.method:
        found = found.filter(method=search.method)
    return narrowed(found, search, at="created_at", visit="appointment__")


def ledger_rows(found: QuerySet[Payment]) -> QuerySet[Payment]:
    """`ledger_found` with what a file says besides: what has gone back, and what banks took, in minor units
    (`returned_minor`, `by_banks_minor`), and the receipts."""
    gone = Refund.objects.filter(status=RefundStatus.SUCCEEDED)
    lost = Dispute.objects.filter(status__in=sorted(DISPUTE_GONE))
    sums = {"returned_minor": _sum_of(gone), "by_banks_minor": _sum_of(lost)}
    return found.annotate(**sums).prefetch_related("receipts")


def _sum_of(rows: QuerySet[Refund] | QuerySet[Dispute]) -> Coalesce:
    own = rows.filter(payment=OuterRef("pk")).order_by()
    total = own.values("payment").annotate(total=Sum("amount_minor")).values("total")
    return Coalesce(Subquery(total, output_field=IntegerField()), 0)


def ledger_beyond(found: QuerySet[Payment], public_id: UUID, *, is_rising: bool) -> QuerySet[Payment]:
    """Those of `ledger_found` before or behind one payment, the nearest first; none where there is no such."""
    at = Payment.objects.filter(public_id=public_id).values("created_at", "pk").first()
    if at is None:
        return found.none()
    beside = found.filter(beyond(dict(at), is_rising=is_rising))
    return beside.order_by("created_at", "pk") if is_rising else beside


def ledger_estimate() -> int:
    """About how many payments there are, as the database keeps count."""
    return estimated_rows(Payment)
