from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms

from booking.models import Appointment
from common.forms import OnceForm
from common.templatetags.when import date_time
from common.uploads.forms import UploadField, UploadsField
from records.models.documents import TITLE_LENGTH
from records.services import Filing
from records.services.documents.correct import REASON_LENGTH
from records.states import DOCTORS_ADD, Category


class DocumentsForm(OnceForm):
    """Files for a record, and under what they are kept; the services judge the files."""

    category = forms.ChoiceField(
        label="What is it?", error_messages={"required": "Choose what kind of document it is."}
    )
    title = forms.CharField(
        label="Title",
        max_length=TITLE_LENGTH,
        required=False,
        help_text="For example “Blood test”. Without one we use the name of the file.",
        error_messages={"max_length": f"Use at most {TITLE_LENGTH} characters."},
    )
    visit = forms.ChoiceField(label="Visit", required=False)
    file = UploadsField()

    def __init__(self, *args: Any, by_doctor: bool, visits: Iterable[Appointment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = [one for one in Category if not by_doctor or one in DOCTORS_ADD]
        self.fields["category"].choices = [("", "Choose one"), *((one.value, one.label) for one in allowed)]  # type: ignore[attr-defined]
        shown = [(str(visit.public_id), _named(visit, by_doctor=by_doctor)) for visit in visits]
        self.fields["visit"].choices = [("", "None in particular"), *shown]  # type: ignore[attr-defined]
        self.fields["visit"].error_messages["invalid_choice"] = "Choose one of the visits."
        self.fields["category"].error_messages["invalid_choice"] = "Choose what kind of document it is."
        if not shown:
            del self.fields["visit"]

    def ask_for_the_file_again(self) -> None:
        """No browser keeps a file in a form that comes back, so whoever sent one has to be told."""
        if "file" in self.cleaned_data:
            self.add_error("file", "Choose the file once more: your browser has not kept it. Nothing was sent.")

    @property
    def filing(self) -> Filing:
        told = self.cleaned_data
        visit = told.get("visit")
        return Filing(category=told["category"], title=told["title"], appointment_id=UUID(visit) if visit else None)


def _named(visit: Appointment, *, by_doctor: bool) -> str:
    when = date_time(visit.start, visit.location.zone)
    return f"{when}, {visit.visit_type.name if by_doctor else visit.doctor.name}"


class NewVersionForm(OnceForm):
    file = UploadField(label="The new version")


class MistakeForm(forms.Form):
    """Why a document is a mistake, and for a doctor where else it may belong."""

    reason = forms.CharField(
        label="What is wrong with it?",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what is wrong.", "max_length": f"Use at most {REASON_LENGTH} characters."},
    )
    visit = forms.ChoiceField(
        label="It belongs to",
        required=False,
        help_text="Your visit with the patient whose it is. It is then moved to their record.",
        error_messages={"invalid_choice": "Choose one of your visits with another patient."},
    )

    def __init__(self, *args: Any, visits: Iterable[Appointment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = [(str(visit.public_id), _of_whom(visit)) for visit in visits]
        # Kept also where there is none to choose: a visit that fits no more must not become a plain mistake.
        self.fields["visit"].choices = [("", "Nobody else"), *shown]  # type: ignore[attr-defined]
        self.can_move = bool(shown)


def _of_whom(visit: Appointment) -> str:
    return f"{visit.patient.name}, {date_time(visit.start, visit.location.zone)}, {visit.visit_type.name}"
