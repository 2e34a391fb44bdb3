"""What the components of `templates/ui/` need from Python: icons, and the look of each state's badge."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from django import template
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

from booking.states import Status
from doctors.states import Modality, VerificationStatus
from records.states import DocumentStatus, NoteStatus, PrescriptionStatus

register = template.Library()


class Look(NamedTuple):
    """How a state is shown: never by colour alone, so every one has a word and an icon of its own."""

    label: str
    icon: str
    tone: str


def _look(
    status: Status | VerificationStatus | NoteStatus | DocumentStatus | PrescriptionStatus, icon: str, tone: str
) -> Look:
    return Look(str(status.label), icon, tone)


BADGES: dict[str, dict[str, Look]] = {
    "appointment": {
        Status.PENDING: _look(Status.PENDING, "hourglass", "warning"),
        Status.BOOKED: _look(Status.BOOKED, "circle-check", "success"),
        Status.ARRIVED: _look(Status.ARRIVED, "user-round-check", "info"),
        Status.FULFILLED: _look(Status.FULFILLED, "check-check", "neutral"),
        Status.CANCELLED: _look(Status.CANCELLED, "circle-x", "neutral"),
        Status.NOSHOW: _look(Status.NOSHOW, "user-round-x", "danger"),
        Status.ENTERED_IN_ERROR: _look(Status.ENTERED_IN_ERROR, "eraser", "neutral"),
        # No statuses: a booked visit whose time has passed, what waited in vain, and a time that nobody paid for.
        "over": Look("Over", "check", "neutral"),
        "lapsed": Look("Lapsed", "calendar-x", "neutral"),
        "given-up": Look("Given up", "undo-2", "neutral"),
    },
    "verification": {
        VerificationStatus.DRAFT: _look(VerificationStatus.DRAFT, "circle-dashed", "neutral"),
        VerificationStatus.PENDING: _look(VerificationStatus.PENDING, "hourglass", "warning"),
        VerificationStatus.VERIFIED: _look(VerificationStatus.VERIFIED, "badge-check", "success"),
        VerificationStatus.REJECTED: _look(VerificationStatus.REJECTED, "circle-x", "danger"),
        VerificationStatus.SUSPENDED: _look(VerificationStatus.SUSPENDED, "circle-pause", "danger"),
        VerificationStatus.EXPIRED: _look(VerificationStatus.EXPIRED, "calendar-x", "warning"),
    },
    "note": {
        NoteStatus.PRELIMINARY: _look(NoteStatus.PRELIMINARY, "pencil", "warning"),
        NoteStatus.FINAL: _look(NoteStatus.FINAL, "signature", "success"),
        NoteStatus.AMENDED: _look(NoteStatus.AMENDED, "signature", "info"),
        NoteStatus.ENTERED_IN_ERROR: _look(NoteStatus.ENTERED_IN_ERROR, "eraser", "danger"),
    },
    "document": {
        DocumentStatus.CURRENT: _look(DocumentStatus.CURRENT, "file-check", "success"),
        DocumentStatus.SUPERSEDED: _look(DocumentStatus.SUPERSEDED, "history", "neutral"),
        DocumentStatus.ENTERED_IN_ERROR: _look(DocumentStatus.ENTERED_IN_ERROR, "eraser", "danger"),
    },
    "prescription": {
        PrescriptionStatus.DRAFT: _look(PrescriptionStatus.DRAFT, "pencil", "warning"),
        PrescriptionStatus.ACTIVE: _look(PrescriptionStatus.ACTIVE, "circle-check", "success"),
        PrescriptionStatus.ON_HOLD: _look(PrescriptionStatus.ON_HOLD, "circle-pause", "warning"),
        PrescriptionStatus.COMPLETED: _look(PrescriptionStatus.COMPLETED, "check-check", "neutral"),
        PrescriptionStatus.CANCELLED: _look(PrescriptionStatus.CANCELLED, "circle-x", "danger"),
        PrescriptionStatus.STOPPED: _look(PrescriptionStatus.STOPPED, "octagon-x", "danger"),
        PrescriptionStatus.EXPIRED: _look(PrescriptionStatus.EXPIRED, "calendar-x", "neutral"),
        PrescriptionStatus.ENTERED_IN_ERROR: _look(PrescriptionStatus.ENTERED_IN_ERROR, "eraser", "danger"),
    },
    "payment": {
        "free": Look("Nothing to pay", "circle-check", "neutral"),
        "clinic": Look("Pay at the clinic", "building-2", "info"),
        "requires_payment_method": Look("To pay", "credit-card", "warning"),
        "requires_action": Look("Needs your confirmation", "circle-alert", "warning"),
        "processing": Look("Payment on its way", "hourglass", "info"),
        "succeeded": Look("Paid", "circle-check", "success"),
        "canceled": Look("Not paid", "circle-x", "neutral"),
        "review": Look("Being checked", "search", "warning"),
        "refunded": Look("Refunded", "undo-2", "neutral"),
        "disputed": Look("Disputed", "scale", "danger"),
    },
}

MODALITY_ICONS = {Modality.IN_PERSON: "building-2", Modality.VIDEO: "video", Modality.PHONE: "phone"}


@cache
def _svg(name: str, size: int) -> SafeString:
    drawing = lucide(name, size=size, stroke_width="1.5", aria_hidden="true", **{"class": "shrink-0"})
    return mark_safe(drawing)  # noqa: S308 - drawn from the packaged icon set, nothing of a visitor's


@register.simple_tag
def icon(name: str, size: int | str = 20) -> SafeString:
    """A Lucide icon as inline SVG, hidden from screen readers: the word beside it says what it means."""
    return _svg(name, int(size))


@register.simple_tag
def badge_look(kind: str, status: str) -> Look:
    """Label, icon and tone of a state; raises `KeyError` for a state that nobody has drawn."""
    return BADGES[kind][status]


@register.filter
def is_within(path: str | None, sections: str) -> bool:
    """Whether a page belongs to a section of the menu, or to one of several with a space between them; a form that is
    shown again has its own path below it."""
    return (path or "").startswith(tuple(sections.split()))


@register.filter
def modality_icon(modality: str) -> str:
    return MODALITY_ICONS[Modality(modality)]


@register.filter
def modality_label(modality: str) -> str:
    return str(Modality(modality).label)
