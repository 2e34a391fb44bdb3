from __future__ import annotations

from typing import Any

from django import forms

from common.forms import BirthDateField
from records.forms.notes import VersionForm
from records.models import Drug
from records.prescription_content import MOST_ITEMS, NAMES, Item, PrescriptionContent, content_of
from records.quantities import LARGEST
from records.services.allergies import REACTION_LENGTH, SUBSTANCE_LENGTH
from records.services.prescriptions.draft import ADDRESS_LENGTH
from records.services.prescriptions.steps import REASON_LENGTH

_OFF = {"autocomplete": "off"}
MOST_REPEATS = 12
LONGEST_LINE = 300
# As long as people type a code with gaps and dashes.
_CODE_TYPED = 60
_DIGEST = 64


def _line(label: str, help_text: str = "", *, most: int = 120, **attrs: str) -> forms.CharField:
    widget = forms.TextInput(attrs={**_OFF, **attrs})
    messages = {"max_length": f"Use at most {most} characters here."}
    return forms.CharField(
        label=label, help_text=help_text, required=False, max_length=most, widget=widget, error_messages=messages
    )


class ItemForm(forms.Form):
    """One medicine. Nothing is required of a draft: what a signature needs is said when it is signed."""

    drug = _line("Medicine", "From the list, by its generic name.", list="drugs")
    form = _line("Form", most=60)
    strength = _line("Strength", most=60)
    dose = _line("Dose", "Such as 1 capsule.")
    frequency = _line("How often", "Such as three times a day.")
    duration = _line("For how long", "Such as 7 days.")
    quantity = forms.IntegerField(
        label="Quantity",
        required=False,
        min_value=1,
        max_value=LARGEST,
        widget=forms.NumberInput(attrs={**_OFF, "inputmode": "numeric"}),
        error_messages={
            "invalid": "Enter a whole number.",
            "min_value": "Enter a whole number of at least 1.",
            "max_value": f"At most {LARGEST:,}.",
        },
    )
    unit = _line("Of what", "Such as capsules, or ml.", most=60)
    repeats = forms.IntegerField(
        label="Repeats",
        help_text="How often it may be dispensed again.",
        required=False,
        min_value=0,
        max_value=MOST_REPEATS,
        widget=forms.NumberInput(attrs={**_OFF, "inputmode": "numeric"}),
        error_messages={
            "invalid": "Enter a whole number.",
            "max_value": f"At most {MOST_REPEATS}.",
            "min_value": "Enter a whole number.",
        },
    )
    instructions = forms.CharField(
        label="Instructions",
        help_text="The patient and the pharmacy read them.",
        required=False,
        max_length=LONGEST_LINE,
        widget=forms.Textarea(attrs={**_OFF, "rows": 2}),
        error_messages={"max_length": f"Use at most {LONGEST_LINE} characters here."},
    )

    def __init__(self, *args: Any, number: int, known: Drug | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": f"item-{number}", **kwargs})
        self.number = number
        # What the list knows of the medicine is offered, and nothing else refused.
        self.known = known
        for name in ("form", "strength") if known else ():
            self.fields[name].widget.attrs["list"] = f"{self.prefix}-{name}s"


class DraftForm(VersionForm):
    """What goes with the medicines: how many of them there are, the version, and after a clash which to keep."""

    count = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MOST_ITEMS)
    keep = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)


def initial_of(item: Item) -> dict[str, Any]:
    """A count of nothing is shown as an empty field."""
    return {name: getattr(item, name) or "" for name in NAMES}


def content_typed(items: list[ItemForm]) -> PrescriptionContent:
    """From forms that are valid."""
    return content_of(form.cleaned_data for form in items)


class SignPrescriptionForm(VersionForm):
    """`warnings` names those that the page has shown, `particulars` the names and addresses; the page writes both anew
    each time, whatever was sent."""

    particulars = forms.CharField(required=False, max_length=_DIGEST)
    warnings = forms.CharField(required=False, max_length=_DIGEST)
    warnings_seen = forms.BooleanField(
        label="I have read the warnings, and sign in spite of them.",
        error_messages={"required": "Say that you have read the warnings, or change the prescription."},
    )

    def __init__(self, *args: Any, has_warnings: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_warnings:
            del self.fields["warnings_seen"]


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Why?",
        help_text="The patient reads this.",
        max_length=REASON_LENGTH,
        error_messages={"required": "Say why."},
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, is_for_patient: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_for_patient:
            self.fields["reason"].help_text = "The patient does not read this."


class AddressForm(forms.Form):
    address = forms.CharField(
        label="Where the patient lives",
        help_text="With the postcode. The patient can change it in their profile.",
        max_length=ADDRESS_LENGTH,
        error_messages={"required": "Enter the address."},
        widget=forms.Textarea(attrs={"rows": 3, **_OFF}),
    )


class AllergyForm(forms.Form):
    substance = forms.CharField(
        label="Allergic to",
        help_text="A medicine or a kind of medicine, such as penicillin; a food; a material.",
        max_length=SUBSTANCE_LENGTH,
        error_messages={"required": "Enter what it is."},
        widget=forms.TextInput(attrs=_OFF),
    )
    reaction = forms.CharField(
        label="What happens",
        help_text="Such as a rash, or trouble breathing.",
        required=False,
        max_length=REACTION_LENGTH,
        widget=forms.TextInput(attrs=_OFF),
    )


class CheckForm(forms.Form):
    """What stands on the paper. Nothing of it is ever part of an address."""

    code = forms.CharField(
        label="Verification code",
        help_text="Sixteen letters and figures, below the QR code.",
        max_length=_CODE_TYPED,
        error_messages={"required": "Enter the code.", "max_length": "The code has sixteen letters and figures."},
        widget=forms.TextInput(
            attrs={**_OFF, "autocapitalize": "characters", "spellcheck": "false", "data-from-fragment": "code"}
        ),
    )
    birth_date = BirthDateField(
        label="Patient’s date of birth",
        error_messages={"required": "Enter the patient’s date of birth."},
    )


def reason_asked(do: str) -> str:
    """What the doctor is told before they give their reason."""
    return {
        "hold": "Nothing is dispensed until the doctor who signed it makes it valid again.",
        "cancel": "For what nobody has dispensed yet. It cannot be made valid again.",
        "stop": "The patient is to stop taking it. Nothing more is dispensed.",
        "replace": "This one is cancelled, and a draft begins with what it says. Nothing is valid until you sign that.",
        "error": "It should never have been, say because it is another patient’s. The patient reads only that it does "
        "not count.",
    }[do]
