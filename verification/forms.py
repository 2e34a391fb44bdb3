from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from accounts.models import User
from common.forms import DayField
from verification.models import ChecklistItem
from verification.selectors import today
from verification.selectors.worklist import QUEUE_VIEWS
from verification.states import EXPIRING, ItemStatus, ReasonCode, Status

NOBODY = "nobody"


def _choices(officers: Iterable[User]) -> list[tuple[str, str]]:
    """The one place that tells nameless colleagues apart, by their address: who chooses has to know whom."""
    return [(str(officer.public_id), str(officer)) for officer in officers]


class NoteForm(forms.Form):
    """Goes with approving and taking up again."""

    note = forms.CharField(
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What you checked, for colleagues. The doctor does not see it.",
    )


class ReasonForm(forms.Form):
    """Goes with rejecting and suspending."""

    reason_code = forms.ChoiceField(
        label="Main reason",
        choices=[("", "Choose a reason"), *ReasonCode.choices],
        # Its longest reason is wider than a phone.
        widget=forms.Select(attrs={"class": "w-w-full"}),
        help_text="The doctor is told this.",
        error_messages={"required": "Choose a reason: the doctor is told it."},
    )
    reason = forms.CharField(
        label="What you found",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For the record. The doctor does not see it.",
        error_messages={"required": "Say what you found: the record keeps it."},
    )


class CheckForm(forms.Form):
    """What an officer checked of one item. `expires_on` is there for the kinds that run out alone.

    `seen_at` says which answer of the doctor's was on the officer's screen.
    """

    source = forms.CharField(
        max_length=200,
        help_text="Where you looked: the GMC register, the certificate, the document seen in person.",
        error_messages={"required": "Say where you looked."},
    )
    checked_on = DayField(label="Date checked", error_messages={"required": "Say when you checked it."})
    expires_on = DayField(
        label="Valid until",
        help_text="Its last day. The doctor is reminded before it.",
        error_messages={"required": "Give the last day on which it is valid."},
    )
    note = forms.CharField(
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="For colleagues. The doctor does not see it.",
    )

    seen_at = forms.DateTimeField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, item: ChecklistItem) -> None:
        seen_at = item.provided_at.isoformat() if item.provided_at else ""
        last_day = item.expires_on if item.status == ItemStatus.ACCEPTED else item.stated_expires_on
        initial = {"checked_on": today(), "expires_on": last_day, "seen_at": seen_at}
        super().__init__(data, prefix=f"check-{item.kind}", initial=initial)
        if item.kind not in EXPIRING:
            del self.fields["expires_on"]


class AskForm(forms.Form):
    request = forms.CharField(
        label="What you need",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The doctor reads this when they have signed in. The email names the item alone.",
        error_messages={"required": "Say what you need: the doctor reads it."},
    )

    def __init__(self, data: Any = None, *, item: ChecklistItem) -> None:
        super().__init__(data, prefix=f"ask-{item.kind}")


class AssignForm(forms.Form):
    """Gives a case to a colleague."""

    assignee = forms.TypedChoiceField(
        label="Give to",
        coerce=str,
        error_messages={"required": "Choose a colleague.", "invalid_choice": "Choose a colleague."},
    )

    def __init__(self, *args: Any, officers: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = _choices(officers)
        self.fields["assignee"].choices = [("", "Choose a colleague"), *people]  # type: ignore[attr-defined]
        self.has_colleagues = bool(people)


class AppointmentsForm(forms.Form):
    """Which appointments of a doctor who may not work here to cancel; `confirmed` comes with the second step."""

    appointment = forms.TypedMultipleChoiceField(
        label="Appointments",
        coerce=str,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose the appointments to cancel.",
            "invalid_choice": "One of these appointments has ended or was cancelled. Choose again.",
        },
    )
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, appointments: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(one.public_id), one.public_id) for one in appointments]
        self.fields["appointment"].choices = choices  # type: ignore[attr-defined]


class QueueForm(forms.Form):
    """What the queue shows. Everything is optional, and what it does not understand it leaves out."""

    q = forms.CharField(
        label="Find a doctor",
        required=False,
        max_length=100,
        strip=True,
        help_text="By name or GMC number",
    )
    status = forms.ChoiceField(label="Stage", required=False, choices=[("", "Any stage"), *Status.choices])
    assignee = forms.ChoiceField(required=False)
    view = forms.ChoiceField(required=False, choices=[("", ""), *QUEUE_VIEWS.items()], widget=forms.HiddenInput)

    def __init__(self, *args: Any, officers: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(NOBODY, "Nobody"), *_choices(officers)]
        self.fields["assignee"].choices = [("", "Anybody"), *people]  # type: ignore[attr-defined]


class ReportForm(forms.Form):
    """Which cases the report is about; the days are those of submission, as the clinic counts days."""

    first_day = DayField(label="Submitted from", required=False)
    last_day = DayField(label="Submitted until", required=False)
    status = forms.ChoiceField(label="Stage", required=False, choices=[("", "Any stage"), *Status.choices])
    officer = forms.ChoiceField(label="Decided by", required=False)

    def __init__(self, *args: Any, officers: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["officer"].choices = [("", "Anybody"), *_choices(officers)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", "This day is before the first one.")
        return data
